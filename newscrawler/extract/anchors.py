"""What the words of a link tell before anybody asks where it stands.

A site prints the same menus and lists on every page, so the answers are remembered, as those of `forms` are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from newscrawler.extract import labels
from newscrawler.extract.points import Fired, Term, weigh
from newscrawler.extract.sections import names_section
from newscrawler.extract.services import names_licence, names_service

BYTES_PER_UNIT = 6
"""An anchor's length counts in units: a Chinese character is half a unit, a word about one."""
MAX_REMEMBERED = 200
MAX_PAGER = 20
MAX_PREV_NEXT = 24

_NUMBER = re.compile(r"[\[(【第]?\s*\d{1,4}\s*[\])】页頁]?")
_MORE = re.compile(r"^\W*(?:更多|more|查看|详细|全文|>+|»|»+|read more|阅读全文|閱讀全文)\W*$|^\W*\d*\W*$", re.IGNORECASE)
_MARK = re.compile(r"[，。：！？“”、,:!?\"'…]")


@dataclass(slots=True)
class Words:
    """What a link's text tells: `units` is its length; `service` says that it names a service, `mark` that it is punctuated; `fired` remembers what `word_points` said."""

    units: float
    next_page: bool
    home: bool
    number: bool
    next_article: bool
    more: bool
    service: bool
    section: bool
    mark: bool
    fired: Fired | None = field(default=None, compare=False, repr=False)


@lru_cache(maxsize=16384)
def words_of(text: str) -> Words:
    """Returns what the text of a link tells.

    >>> words_of("下一页").next_page, words_of("12").number, words_of("体育").service, words_of("登录").service
    (True, True, False, True)
    """
    bare = text[:MAX_REMEMBERED].strip()
    units = len(text.encode("utf-8", "replace")) / BYTES_PER_UNIT
    short = len(bare) <= MAX_PAGER
    section = short and names_section(bare.strip("»›>+ "))
    next_page = short and labels.NEXT_PREV.fullmatch(bare) is not None
    return Words(
        units,
        next_page,
        next_page and bare.lower() in labels.HOME_WORDS,
        short and _NUMBER.fullmatch(bare) is not None,
        _tells_next_article(bare[:MAX_PREV_NEXT]),
        bool(bare) and units < 4 and _MORE.match(bare) is not None,
        (units < 4 and not section and names_service(bare)) or names_licence(bare),
        section,
        units >= 2 and _MARK.search(bare) is not None,
    )


def _tells_next_article(text: str) -> bool:
    """Returns whether a text says that it leads to the next or the previous article (下一篇): most have not even one of the words."""
    low = text.lower()
    return ("一" in low or "next" in low or "previous" in low) and labels.PREV_NEXT_ARTICLE.search(text) is not None


TERMS = (
    Term("no text", -1, -1, lambda words: not words.units),
    Term("text of two words", 1, 0, lambda words: words.units >= 2),
    Term("text of four words", 2, 0, lambda words: words.units >= 4),
    Term("text of seven words", 1, -1, lambda words: words.units >= 7),
    Term("text of ten words", 0, -1, lambda words: words.units >= 10),
    Term("punctuated text", 1, -1, lambda words: words.mark),
    Term("text says more", -3, -1, lambda words: words.more),
    Term("text is a number", -3, -3, lambda words: words.number),
    Term("text names a section", -1, 2, lambda words: words.section),
    Term("text names a service", -7, -5, lambda words: words.service),
)


_known: dict[tuple[object, ...], Fired] = {}


def word_points(words: Words) -> Fired:
    """Returns what the text of a link adds to its points; remembered by all that TERMS ask for."""
    if words.fired is not None:
        return words.fired
    units = words.units
    length = (units > 0) + (units >= 2) + (units >= 4) + (units >= 7) + (units >= 10)
    key = length, words.mark, words.more, words.number, words.section, words.service
    fired = _known.get(key)
    if fired is None:
        fired = _known[key] = weigh(TERMS, words)
    words.fired = fired
    return fired
