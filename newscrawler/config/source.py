"""One [source.NAME] table -> Source. A new key is a field of `Source` and a line in `readers`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from newscrawler.config.page_class import PageClass, page_class_in
from newscrawler.config.rules import Layout, Rules, UrlKind, read_layouts
from newscrawler.config.timing import cron_line, duration, zone_name
from newscrawler.config.values import Reader, Wrong, database_in, domains, is_under, number, pages, patterns, read_table, seconds, words
from newscrawler.rights import OBEY_ALL, Policy

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One site to crawl. A domain stands for its subdomains too; names are in lower case, as they go over the wire (RFC 5890).

    A crawl begins at `start_pages`, `feeds` and `sitemaps`. Feeds, or sitemaps, of None are looked for on the site; those that are given,
    () too, are all that are read. `allowed_domains` empty: the sites of the start pages (without any: of the feeds and sitemaps).
    `sister_domains` count as the same site when links are followed.
    Patterns are searched in the URL. `delay` in seconds between two requests to a host, None: that of the command.
    `article_urls`, `hub_urls` and `other_urls` tell what a page is by its address. `extract` says where fields stand on the pages,
    `page` is a class that reads them, `rights` what to do about what publishers ask.

    It is due `every` so many seconds, or by a `cron` line as clocks show it in `time_zone` (None: UTC); without either never by itself.
    `limit` (new articles), `max_pages` (fetched) and `depth` are those of a crawl of this source alone; a scheduled one is stopped
    after `time_limit` seconds. `db` is its database, None: that of the command. `tags` choose sources.
    """

    name: str
    start_pages: tuple[str, ...]
    feeds: tuple[str, ...] | None = field(default=None, hash=False)
    sitemaps: tuple[str, ...] | None = field(default=None, hash=False)
    allowed_domains: tuple[str, ...] = ()
    sister_domains: tuple[str, ...] = ()
    include: Patterns = ()
    exclude: Patterns = ()
    delay: float | None = None
    # Left out of the hash, which is asked for at every link; two sources that differ in nothing else are still not equal.
    article_urls: Patterns = field(default=(), hash=False)
    hub_urls: Patterns = field(default=(), hash=False)
    other_urls: Patterns = field(default=(), hash=False)
    extract: tuple[Layout, ...] = field(default=(), hash=False)
    page: PageClass | None = field(default=None, hash=False)
    rights: Policy = field(default=OBEY_ALL, hash=False)
    every: int | None = field(default=None, hash=False)
    cron: str | None = field(default=None, hash=False)
    time_zone: str | None = field(default=None, hash=False)
    limit: int | None = field(default=None, hash=False)
    max_pages: int | None = field(default=None, hash=False)
    depth: int | None = field(default=None, hash=False)
    time_limit: int | None = field(default=None, hash=False)
    tags: tuple[str, ...] = field(default=(), hash=False)
    db: str | None = field(default=None, hash=False)

    @property
    def starts(self) -> tuple[str, ...]:
        """Where a crawl of it begins: start pages, feeds and sitemaps, each once."""
        return tuple(dict.fromkeys((*self.start_pages, *(url for url, _ in self.lists))))

    @property
    def lists(self) -> tuple[tuple[str, str], ...]:
        """The feeds and sitemaps that it names, each with its kind."""
        return (*((url, "feed") for url in self.feeds or ()), *((url, "sitemap") for url in self.sitemaps or ()))

    @property
    def rules(self) -> Rules:
        """How its pages are read. `other_urls` go before `hub_urls`, those before `article_urls`: what is named in two is left out."""
        named: tuple[tuple[UrlKind, Patterns], ...] = (("other", self.other_urls), ("hub", self.hub_urls), ("article", self.article_urls))
        kinds = tuple((kind, pattern) for kind, found in named for pattern in found)
        return Rules(self.extract, kinds, self.page.page, self.page.name) if self.page else Rules(self.extract, kinds)


def readers(folder: Path, is_crawled: bool = True) -> Mapping[str, Reader]:
    """Returns what reads each key of a source, for a file in a folder."""
    return {
        "start_pages": pages,
        "feeds": pages,
        "sitemaps": pages,
        "allowed_domains": domains,
        "sister_domains": domains,
        "include": patterns,
        "exclude": patterns,
        "delay": seconds,
        "article_urls": patterns,
        "hub_urls": patterns,
        "other_urls": patterns,
        "extract": read_layouts,
        "page": page_class_in(folder, needed=is_crawled),
        "rights": _rights,
        "every": duration,
        "cron": cron_line,
        "time_zone": zone_name,
        "limit": number(1),
        "max_pages": number(1),
        "depth": number(0),
        "time_limit": duration,
        "tags": words,
        "db": database_in(folder),
    }


def _rights(table: object) -> Policy:
    """Returns the policy; what `Policy.of` refuses of one field is told of that field, not of the table."""
    for name, value in table.items() if isinstance(table, dict) else ():
        try:
            Policy.of({name: value})
        except ValueError as error:
            raise Wrong(str(error), name) from error
    return Policy.of(table)


def read_source(name: str, table: object, folder: Path, *, is_crawled: bool = True) -> Source:
    """Returns the source that a table describes; raises Wrong. One that is not crawled may name a class that cannot be had."""
    if not isinstance(table, dict):
        raise Wrong(f"must be a table [source.{name}]")
    known = readers(folder, is_crawled)
    if unknown := sorted(table.keys() - known.keys()):
        raise Wrong(f"{unknown[0]!r} is unknown: the fields are {', '.join(known)}", unknown[0])
    source = Source(name, **{"start_pages": (), **read_table(table, known)})
    if not source.starts:
        raise Wrong("start_pages: give at least one URL (or feeds, or sitemaps)", "start_pages")
    if source.every is not None and source.cron is not None:
        raise Wrong("cron: there is `every` too: give one of them", "cron")
    if source.time_zone is not None and source.cron is None:
        raise Wrong("time_zone: is for a `cron` line, and there is none", "time_zone")
    for url in source.start_pages if source.allowed_domains else ():
        host = urlsplit(url).hostname or ""
        if not any(is_under(host, domain) for domain in (*source.allowed_domains, *source.sister_domains)):
            raise Wrong(f"allowed_domains: the start page {url} is on none of them", "allowed_domains")
    return source
