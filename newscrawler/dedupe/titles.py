"""Whether a title as a list prints it, often cut short (经济学家：今年的…), is the beginning of an article's whole title.

Never a guess: without the marks of the cut, spaces, punctuation and width, the printed title must be the whole one or its
beginning. A few characters may differ (a list's own misprint, one sign in the other script) when the rest is long enough to tell.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

MIN_BEGINNING = 6
"""A shorter beginning fits too many titles."""
MIN_LIKENESS = 0.9
MIN_LIKE = 12

_CUT = ("...", "…", "⋯", "。。。", "..")


def whole_title(printed: str, title: str) -> str | None:
    """Returns `title` when `printed` is it or its beginning, else None.

    >>> whole_title("老船长和他的口琴：三十...", "老船长和他的口琴：三十年的坚持"), whole_title("小镇的冬天...", "大城的冬天来了")
    ('老船长和他的口琴：三十年的坚持', None)
    """
    known, whole = _bare(printed), _bare(title)
    if not known or not whole:
        return None
    if known == whole:
        return title
    if len(known) < MIN_BEGINNING or len(known) > len(whole):
        return None
    if whole.startswith(known):
        return title
    return title if _is_cut(printed) and len(known) >= MIN_LIKE and _likeness(known, whole[: len(known)]) >= MIN_LIKENESS else None


def _bare(text: str) -> str:
    """Returns the letters, digits and signs of a text in one form; the marks of a cut are no letters."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", text).casefold() if mark.isalnum())


def _is_cut(printed: str) -> bool:
    return printed.rstrip().endswith(_CUT)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
