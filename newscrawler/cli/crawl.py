"""newscrawler crawl: the main job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import click

from newscrawler.cli import options as shared
from newscrawler.config import Source, chosen_sources, read_alerts
from newscrawler.exceptions import UsageError

DEFAULT = "data/news.db"


@click.command("crawl")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("-i", "--input", "input_file", type=click.File(encoding="utf-8"), help="A file with one start page a line; - for stdin.")
@shared.sources
@click.option("--only", metavar="NAME", help="Of the sources, only the start pages of this one.")
@click.option("--db", show_default="the source's, else data/news.db", help="A path, or a SQLAlchemy URL.")
@click.option("-o", "--output", help="Append each stored article as a JSON line as soon as it is committed; - for stdout.")
@click.option("--keep-duplicates", is_flag=True, help="Write duplicates to -o too, each with duplicate_of (they are stored in any case).")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after this many new articles.")
@click.option("--max-pages", type=click.IntRange(min=1), help="Stop after this many fetched pages.")
@click.option("--depth", type=click.IntRange(min=0), help="Follow links at most this far from a start page.")
@click.option("--include", multiple=True, metavar="REGEX", help="Only links whose URL matches (repeatable).")
@click.option("--exclude", multiple=True, metavar="REGEX", help="No links whose URL matches (repeatable).")
@click.option("--delay", type=click.FloatRange(min=0), help="Seconds between requests to a host (default: its source's, else 1); 0: AutoThrottle off too.")
@click.option("--concurrency", type=click.IntRange(1, 256), default=16, show_default=True, help="Requests at once, in all and per host.")
@click.option("--allow-private", multiple=True, metavar="HOST", help="A host that may have a loopback or private address (repeatable).")
@click.option("--no-bodies", is_flag=True, help="Do not keep the bodies as fetched.")
@click.option("--list", "listing", is_flag=True, help="Only discover: print the articles' URLs that the start pages lead to; nothing is stored.")
@click.option("--contact", envvar="NEWSCRAWLER_CONTACT", help="Your address for the user agent: a URL or an e-mail.")
@click.option("-v", "--verbose", is_flag=True, help="Log every request, and Scrapy's statistics at the end.")
def command(urls: tuple[str, ...], input_file: TextIO | None, sources: str | None, only: str | None, **options: object) -> int:
    """Crawl news from start pages: articles, their related reading, their sections.

    Takes up what was left unfinished in the same database; start pages are always due.
    """
    given = [*urls]
    if input_file is not None:
        given += [line.strip() for line in input_file if line.strip() and not line.startswith("#")]
    known = chosen_sources(sources, only)
    crawled = [source for source in known if only in (None, source.name)]
    starts = [*given, *(url for source in crawled for url in source.starts)]
    if not starts:
        raise UsageError("no start page: give a URL, a file of them with -i, or sources with --sources")
    from newscrawler.cli.running import Options, crawl, discover

    options |= _of_source(crawled, only, options)
    names = frozenset(source.name for source in crawled) if crawled else None
    chosen = Options(starts, sources=known, names=names, by_hand=given, alerts=read_alerts(sources), **options)  # type: ignore[arg-type]
    check_output(chosen.output)
    return discover(chosen) if chosen.listing else crawl(chosen)


def _of_source(crawled: Sequence[Source], only: str | None, given: Mapping[str, object]) -> dict[str, object]:
    """What the sources say of options that were not given: database and limits of the one that is crawled alone, of several only the database.

    Raises UsageError when sources that are crawled together name different databases.
    """
    places = {source.db or DEFAULT for source in crawled} or {DEFAULT}
    if given["db"] is None and len(places) > 1:
        raise UsageError("the sources name different databases: give --db, or crawl them one by one with --only")
    found: dict[str, object] = {"db": given["db"] or places.pop()}
    for name in ("limit", "max_pages", "depth"):
        found[name] = getattr(crawled[0], name) if only is not None and given[name] is None else given[name]
    return found


def check_output(where: str | None) -> None:
    """Raises UsageError when the output cannot be written, before anything is fetched."""
    if where in (None, "-"):
        return
    try:
        with Path(str(where)).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise UsageError(f"-o {where}: cannot be written ({error.strerror}): give another file") from error
