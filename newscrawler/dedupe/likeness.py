"""Whether two pages can be one article at all: a check on what an address claims, no search for copies.

A canonical URL or a twin's address says that two pages are one article. Content systems get it wrong (one canonical URL on every page
of a template), so the claim is believed only where title or text bear it out. Runs of four tokens (a CJK character, a word) that both
texts have count as common. A claim that what is known speaks against (other titles, an address that drops what may tell pages apart)
needs as much as a supposition of ours. Where it fails: pages of one template whose fixed words outweigh their own.
"""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import parse_qsl, urlsplit

from newscrawler.dedupe.fold import tokens
from newscrawler.dedupe.titles import whole_title

CLAIMED = 0.1
"""So much of the shorter text in the longer bears out a canonical URL where no titles speak against it. By judgement, not fitted to cases."""
SUPPOSED = 0.5
"""So much bears out what only our rules say of two addresses, or what the titles speak against: a sign-off on every page is less."""
NEARLY_ALL = 0.9
"""So much bears out a supposition that the titles speak against."""
SHORT = 12
"""Tokens; of a shorter text only the title tells."""
MOST = 20_000
"""Characters that are looked at."""

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_RUN = 4


def bears_out(title: str | None, text: str, other_title: str | None, other_text: str) -> bool:
    """Returns whether two pages with one canonical URL can be one article: by title, or by a part of the text.

    With no title and no text to compare, the claim stands. The second page of an article has its title, not its text.

    >>> bears_out("The ferry is late", "It left at nine. " * 9, "A new town hall", "The council has met and voted for it. " * 9)
    False
    """
    share = common_share(text, other_text)
    if title and other_title:
        return is_one_title(title, other_title) or (share is not None and share >= SUPPOSED)
    return share is None or share >= CLAIMED


def is_twin(title: str | None, text: str, other_title: str | None, other_text: str) -> bool:
    """Returns whether two pages of twin addresses are one article: half of the shorter text in the longer; of short texts, one title."""
    share = common_share(text, other_text)
    if share is None:
        return bool(title and other_title) and is_one_title(title or "", other_title or "")
    return share >= SUPPOSED


def bears_out_supposed(title: str | None, text: str, other_title: str | None, other_text: str) -> bool:
    """Returns whether two pages are one article of which the canonical URL drops what may tell them apart: by the text, never by a title alone."""
    share = common_share(text, other_text)
    apart = bool(title and other_title) and not is_one_title(title or "", other_title or "")
    return share is not None and share >= (NEARLY_ALL if apart else SUPPOSED)


def is_supposed(url: str, declared: str | None) -> bool:
    """Returns whether a canonical URL is no more than a supposition: it drops a parameter of the page's own, which may tell pages apart.

    Pass both in canonical form: what only says how a reader came is gone from them.

    >>> is_supposed("https://news.example/view.php?id=1", "https://news.example/view.php")
    True
    >>> is_supposed("https://news.example/view.php?id=1", "https://www.news.example/view.php?id=1")
    False
    """
    if declared is None:
        return False
    mine, theirs = (parse_qsl(urlsplit(one).query, keep_blank_values=True) for one in (url, declared))
    return not set(mine) <= set(theirs)


def is_one_title(one: str, other: str) -> bool:
    """Returns whether two titles are one, in either Chinese script, or one the beginning of the other."""
    if whole_title(one, other) is not None or whole_title(other, one) is not None:
        return True
    mine, theirs = tokens(one).values.tolist(), tokens(other).values.tolist()
    return bool(mine) and mine == theirs


def common_share(one: str, other: str) -> float | None:
    """Returns the share (0 to 1) of the shorter text's runs that the longer one has too; None when one has fewer than SHORT tokens."""
    mine, theirs = _runs(one), _runs(other)
    if mine is None or theirs is None:
        return None
    return len(mine & theirs) / min(len(mine), len(theirs))


def _runs(text: str) -> set[tuple[str, ...]] | None:
    tokens = _TOKEN.findall(normalize("NFKC", text[:MOST]).casefold())
    if len(tokens) < SHORT:
        return None
    return {tuple(tokens[start : start + _RUN]) for start in range(len(tokens) - _RUN + 1)}
