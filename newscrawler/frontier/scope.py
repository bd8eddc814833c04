"""What belongs to a crawl by its options and sources, and how urgent each kind of link is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from newscrawler.config import NO_RULES, Rules, Source, is_under, page_address
from newscrawler.dedupe import registrable_domain, same_site
from newscrawler.exceptions import UsageError
from newscrawler.items import Link
from newscrawler.rights import OBEY_ALL, Policy
from newscrawler.store import Found

# Related reading before articles before sections before the pages of archives, and what is only
# tried comes last; start pages before all.
PRIORITY = {"seed": 100, "related": 60, "article": 50, "redirect": 70, "hub": 40, "pagination": 30, "other": 20}
FOLLOWED = ("article", "related", "hub", "pagination")
_BY = {"related": "related", "article": "section", "hub": "section", "pagination": "section", "other": "section"}
MAX_URL = 2083
MAX_FOLDERS = 20
MAX_REPEATED = 3
"""So often a name may stand in a path: /2011/11/11/11.html has one twice and a third time in a name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The options that leave links out. Patterns are searched in the URL; `depth` counts links from a start page, None: no limit.

    The rules of a source hold for the sites of its start pages and for its domains; where several sources meet, one that admits
    a URL is enough. What belongs to no source stands under the options alone.
    """

    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    depth: int | None = None
    sources: tuple[Source, ...] = ()

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
        if (nested := _nests(url)) is not None:
            return nested
        reasons = [_left_out(source, url) for source in self.sources_of(url)]
        return reasons[0] if reasons and all(reasons) else None

    def sources_of(self, url: str) -> list[Source]:
        """The sources whose rules a URL stands under."""
        host = _host(url) if self.sources else ""
        return [source for source in self.sources if _is_under_any(host, _reach(source)) or _names_list(source, url)]

    def owners_of(self, url: str) -> list[Source]:
        """The sources that a URL's host belongs to, which may be fewer than have rules for it: not those that leave it out by their allowed_domains."""
        return [source for source in self.sources if _has_host(source, url)]

    def looks_for(self, url: str) -> tuple[bool, bool]:
        """Whether feeds, and whether sitemaps, of this URL's site are looked for: not where a source names its own."""
        sources = self.sources_of(url)
        return all(source.feeds is None for source in sources), all(source.sitemaps is None for source in sources)

    def names_sitemap(self, url: str) -> bool:
        """Whether a source names this very URL as a sitemap."""
        return any(url in (source.sitemaps or ()) for source in self.sources)

    def is_site_of(self, starts: Iterable[Found]) -> Callable[[str, int], bool]:
        """Whether a URL at a depth is of the sites of these start pages, and not left out; without start pages, every site is."""
        domains = {registrable_domain(_host(one.url)) for one in starts}
        reach = frozenset().union(*(self.sisters_of(one.url) for one in starts))

        def wanted(url: str, depth: int) -> bool:
            own = not domains or registrable_domain(_host(url)) in domains or _is_under_any(_host(url), reach)
            return own and self.reason(url, depth) is None

        return wanted

    def sisters_of(self, url: str) -> frozenset[str]:
        """The domains that count as the site of this URL beside its own, when links are followed."""
        return frozenset().union(*(_reach(source) for source in self.sources_of(url) if source.sister_domains or _names_list(source, url)))

    def is_sister(self, url: str, other: str) -> bool:
        """Whether another URL is on a sister domain of this one's site."""
        return _is_under_any(_host(other), self.sisters_of(url))

    def rules_of(self, url: str, fetched_at: float | None = None) -> Rules:
        """How the page of that URL is read: the rules of the first of its sources that has some, one that admits it before others.

        `fetched_at`, in seconds since the epoch, is the day of pages that tell none.
        """
        ruled = [source for source in self.sources_of(url) if source.rules] if self.sources else []
        chosen = next((source for source in ruled if _left_out(source, url) is None), ruled[0] if ruled else None)
        return chosen.rules.fetched_at(fetched_at) if chosen else NO_RULES

    def policy_of(self, url: str) -> Policy:
        """What to do about the rights of that page: the policy of the first of its sources that admits it, else everything is obeyed."""
        return next((source.rights for source in self.sources_of(url) if _left_out(source, url) is None), OBEY_ALL)

    def delay_of(self, host: str) -> float | None:
        """The pause in seconds that sources ask for at a host (with or without port): the longest, or None."""
        return max((source.delay for source in self.sources_of(f"//{host}") if source.delay is not None), default=None)


def _nests(url: str) -> str | None:
    """Why the path of a URL is one that goes on for ever, as relative links on wrong bases make it, or None.

    >>> _nests("https://a.example/2011/11/11/11-11.html"), _nests("https://a.example/a/b/a/b/a/b/a/")
    (None, 'the path repeats itself: more than 3 times /a/')
    """
    if url.count("/") < MAX_REPEATED + 3:
        return None
    names = url.partition("?")[0].partition("://")[2].split("/")[1:]
    if len(names) > MAX_FOLDERS:
        return f"the path is deeper than {MAX_FOLDERS} folders"
    if len(names) - len(set(names)) < MAX_REPEATED:  # every link is asked: most end here
        return None
    name, number = Counter(name for name in names if name).most_common(1)[0] if any(names) else ("", 0)
    return f"the path repeats itself: more than {MAX_REPEATED} times /{name}/" if number > MAX_REPEATED else None


def _left_out(source: Source, url: str) -> str | None:
    """Why a source leaves out a URL within its reach, or None."""
    if source.allowed_domains and not _is_under_any(_host(url), (*source.allowed_domains, *source.sister_domains)):
        return f"left out by allowed_domains of source {source.name}"
    if any(pattern.search(url) for pattern in source.exclude):
        return f"left out by exclude of source {source.name}"
    if source.include and not any(pattern.search(url) for pattern in source.include):
        return f"left out by include of source {source.name}"
    return None


def _has_host(source: Source, url: str) -> bool:
    """Whether the host of a URL is the source's own; of hosts without a domain (IP addresses) one port is."""
    if _is_under_any(_host(url), (*source.allowed_domains, *source.sister_domains)):
        return True
    own = () if source.allowed_domains else source.start_pages or source.starts
    return any(is_one_site(start, url) for start in own)


def _names_list(source: Source, url: str) -> bool:
    """Whether a source names this very URL as a feed or sitemap, which may lie with a service for such."""
    return url in (source.feeds or ()) or url in (source.sitemaps or ())


@lru_cache(maxsize=4096)
def _reach(source: Source) -> frozenset[str]:
    """The domains that the rules of a source hold for."""
    own = (registrable_domain(_host(url)) for url in (source.start_pages or source.starts))
    return frozenset((*own, *source.allowed_domains, *source.sister_domains))


def is_one_site(start: str, url: str) -> bool:
    """Whether a URL is on the site of a start page, whichever of http and https each has."""
    parts = urlsplit(start)
    return urlsplit(url).netloc == parts.netloc or same_site(start, f"{parts.scheme}:{url.partition(':')[2]}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_under_any(host: str, domains: Iterable[str]) -> bool:
    return any(is_under(host, domain) for domain in domains)


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


def followed(links: Iterable[Link], source: int, depth: int, scope: Scope, kinds: Container[str] = FOLLOWED) -> list[Found]:
    """The rows that the links of these kinds become, those left out with their reason."""
    return [
        Found(link.url, _BY[link.kind], PRIORITY[link.kind], depth + 1, source, 0, scope.reason(link.url, depth + 1))
        for link in links
        if link.kind in kinds
    ]
