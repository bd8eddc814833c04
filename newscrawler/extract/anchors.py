"""What the words of a link tell before anybody asks where it stands: by its text, and by the heading over it.

A site prints the same menus, lists and headings on every page, so both answers are remembered, as those of `addresses` are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newscrawler.extract import labels
from newscrawler.items import LinkSub

BYTES_PER_UNIT = 6
"""An anchor's length counts in units: a Chinese character is half a unit, a word about one."""
MAX_REMEMBERED = 200
MAX_PAGER = 20
MAX_HUB_BYTES = 60

_NUMBER = re.compile(r"[\[(第]?\s*\d{1,4}\s*[\])页頁]?")
_MORE = re.compile(r"^(?:更多|more|查看|详细|全文|>+|»|»+|read more|阅读全文|閱讀全文)\W*$|^\W*\d*\W*$", re.IGNORECASE)
_MARK = re.compile(r"[，。：！？“”、,:!?\"'…]")


@dataclass(frozen=True, slots=True)
class Words:
    """What a link's text tells. `points` is what it adds to the link's points, `units` its length; `hub` says that it may name a section."""

    units: float
    points: int
    next_page: bool
    home: bool
    number: bool
    next_article: bool
    hub: bool
    more: bool


def words_of(text: str) -> Words:
    """Returns what the text of a link tells.

    >>> words_of("下一页").next_page, words_of("12").number, words_of("体育").hub, words_of("登录").hub
    (True, True, True, False)
    """
    return _remembered(text) if len(text) <= MAX_REMEMBERED else _judged(text)


def _judged(text: str) -> Words:
    bare = text.strip()
    units = len(text.encode("utf-8", "replace")) / BYTES_PER_UNIT
    short = len(bare) <= MAX_PAGER
    next_page = short and labels.NEXT_PREV.fullmatch(bare) is not None
    return Words(
        units,
        _points(text, units),
        next_page,
        next_page and bare.lower() in labels.HOME_WORDS,
        short and _NUMBER.fullmatch(bare) is not None,
        labels.PREV_NEXT_ARTICLE.search(text) is not None,
        bool(bare) and len(bare.encode("utf-8", "replace")) <= MAX_HUB_BYTES and labels.SERVICE_WORDS.search(bare) is None,
        _MORE.match(bare) is not None,
    )


_remembered = lru_cache(maxsize=16384)(_judged)


def _points(text: str, units: float) -> int:
    points = 2 * (units >= 4) + (units >= 7) - (units < 2)
    if units >= 2 and _MARK.search(text):
        points += 1
    if units < 4:
        points -= 3 * bool(_MORE.match(text)) + 3 * bool(labels.SERVICE_WORDS.search(text))
    return points


@lru_cache(maxsize=4096)
def heads_related(heading: str) -> bool:
    """Returns whether a heading speaks of related reading."""
    return labels.SUB_HEADINGS[0][1].search(heading) is not None


@lru_cache(maxsize=4096)
def sub_of_heading(heading: str) -> LinkSub | None:
    """Returns which list of articles a heading stands over, or None.

    >>> sub_of_heading("推荐阅读"), sub_of_heading("热门排行"), sub_of_heading("天气")
    ('related', 'popular', None)
    """
    if labels.READ_MORE.match(heading):
        return "related"
    return next((sub for sub, words in labels.SUB_HEADINGS if words.search(heading)), None)
