"""What belongs to a crawl by its options, and how urgent each kind of link is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newscrawler.config import page_address
from newscrawler.exceptions import UsageError
from newscrawler.items import Link
from newscrawler.store import Found

# Related reading before articles before sections before the pages of archives; start pages before all.
PRIORITY = {"seed": 100, "related": 60, "article": 50, "redirect": 70, "hub": 40, "pagination": 30}
FOLLOWED = ("article", "related", "hub", "pagination")
_BY = {"related": "related", "article": "section", "hub": "section", "pagination": "section"}
MAX_URL = 2083


@dataclass(frozen=True, slots=True)
class Scope:
    """The options that leave links out. Patterns are searched in the URL; `depth` counts links from a start page, None: no limit."""

    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    depth: int | None = None

    def reason(self, url: str, depth: int) -> str | None:
        """Why these options leave a URL out, or None. Each reason starts with "left out": a later crawl may admit the page."""
        if self.depth is not None and depth > self.depth:
            return f"left out: deeper than --depth {self.depth}"
        if any(pattern.search(url) for pattern in self.exclude):
            return "left out by --exclude"
        if self.include and not any(pattern.search(url) for pattern in self.include):
            return "left out by --include"
        if len(url) > MAX_URL:
            return f"URL longer than {MAX_URL} characters"
        return None


def compiled(option: str, patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """The patterns of an option as regular expressions; raises UsageError naming the bad one."""
    found = []
    for pattern in patterns:
        try:
            found.append(re.compile(pattern))
        except re.error as error:
            raise UsageError(f"{option} {pattern!r} is no regular expression: {error}") from error
    return tuple(found)


def start_page(url: str) -> Found:
    """A start page as the queue takes it; raises BadUrl for anything but an absolute http or https URL."""
    return Found(page_address(url), "seed", PRIORITY["seed"], 0)


def followed(links: Iterable[Link], source: int, depth: int, scope: Scope) -> list[Found]:
    """The rows that the links of a page become, those left out with their reason."""
    return [
        Found(link.url, _BY[link.kind], PRIORITY[link.kind], depth + 1, source, 0, scope.reason(link.url, depth + 1))
        for link in links
        if link.kind in FOLLOWED
    ]
