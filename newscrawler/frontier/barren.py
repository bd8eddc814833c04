"""Addresses without end that lead to nothing: calendars, filters that combine, lists of lists. Pure: no clock, no network.

Theory: a page that is no article is read for the articles that it leads to, and these are asked for before further pages of its kind. So
when many pages in a row whose addresses are alike were no articles and led to none that was new, the others will not either. Addresses
are alike that share the host and two folders, digits put for one another; a host as a whole gets a longer row, for sites that make up
folders. What brings an article ends the row: of its own address, and of the page that it was found on.

Known to fail: a list of more than IN_A_ROW empty pages before the first that leads to something new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from newscrawler.store import Found

IN_A_ROW = 200
IN_A_ROW_OF_HOST = 1000
AGAIN = 20
"""So many more are tried by each later crawl, of addresses that an earlier one gave up: sites change."""
PREFIX = "without end: "
_DIGITS = re.compile(r"\d+")
_EXEMPT = ("seed", "feed", "sitemap")  # somebody names these pages one by one


@lru_cache(maxsize=16384)
def pattern_of(url: str) -> str:
    """What the addresses like this one have in common.

    >>> pattern_of("https://a.example/cal/2026/5/7.html"), pattern_of("https://a.example/cal?y=2026"), pattern_of("https://a.example/x")
    ('a.example/cal/0/', 'a.example/cal?', 'a.example/')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    *folders, last = parts.path.strip("/").split("/")
    named = [_DIGITS.sub("0", folder) for folder in folders[:2]]
    if parts.query and len(named) < 2:
        return "/".join([parts.netloc, *named, f"{last}?"])
    return "/".join([parts.netloc, *named, ""])


class Barren:
    """Counts the pages of one crawl that brought nothing. `given_up`: reasons that `reason` gave in earlier crawls."""

    def __init__(self, given_up: Iterable[str] = ()) -> None:
        self._row: Counter[str] = Counter()
        self._ended: set[str] = set()  # those of _row that are long enough: asked for every link
        for why in given_up:
            pattern = why.removeprefix(PREFIX).partition(" ")[0]
            self._row[pattern] = _most(pattern) - AGAIN

    def empty(self, url: str) -> bool:
        """Notes a page that is no article and was read for the first time; returns whether addresses like its are given up with it."""
        before = len(self._ended)
        for pattern in _patterns(url):
            self._row[pattern] += 1
            if self._row[pattern] >= _most(pattern):
                self._ended.add(pattern)
        return len(self._ended) > before

    def brought(self, *urls: str | None) -> None:
        """Notes that a new article was found at the first of these addresses, by the page at the second."""
        for url in urls:
            for pattern in _patterns(url or ""):
                del self._row[pattern]
                self._ended.discard(pattern)

    def reason(self, url: str, by: str) -> str | None:
        """Why a page found in that way (Found.by) is not asked for, or None."""
        if not self._ended or by in _EXEMPT:
            return None
        for pattern in _patterns(url):
            if pattern in self._ended:
                return f"{PREFIX}{pattern} ({_most(pattern)} pages like it in a row were no articles and led to none that was new)"
        return None

    def sift(self, found: Iterable[Found]) -> None:
        """Refuses those that are not asked for."""
        if self._ended:
            for one in found:
                one.refused = one.refused or self.reason(one.url, one.by)


def _patterns(url: str) -> tuple[str, str]:
    pattern = pattern_of(url)
    return pattern, pattern.partition("/")[0]


def _most(pattern: str) -> int:
    return IN_A_ROW if "/" in pattern else IN_A_ROW_OF_HOST
