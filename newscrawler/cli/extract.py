"""newscrawler extract: one page to one JSON line."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newscrawler.cli import options
from newscrawler.exceptions import NewscrawlerError, UsageError
from newscrawler.items import RawPage

MAX_PAGES = 30

if TYPE_CHECKING:
    from newscrawler.frontier import Scope


@click.command("extract")
@click.argument("source", metavar="FILE|URL")
@click.option("--url", help="The address that a FILE was fetched from: links are resolved against it.")
@click.option("--allow-private", multiple=True, metavar="HOST", help="A host that may have a loopback or private address (repeatable).")
@click.option("--explain", is_flag=True, help="Tell on stderr how the page was read: encoding, kind, body, fields, links.")
@options.sources
@options.script
def command(source: str, url: str | None, allow_private: tuple[str, ...], explain: bool, sources: str | None, script: str | None) -> None:
    """Read one saved page, or fetch one with the other pages of its article, and print the article as one JSON line.

    With --sources by the rules of the source that its address belongs to; a FILE needs its --url for that.
    """
    from newscrawler import read_page
    from newscrawler.dedupe import article_key, content_hash
    from newscrawler.export import dumps, in_script
    from newscrawler.export.collected import collected_record
    from newscrawler.extract.explain_page import explain_page
    from newscrawler.extract.trace import Trace

    scope = _scope(sources, _address(source, url), source)
    raw, joined = _fetch(source, allow_private, scope) if options.is_address(source) else (_load(source, url), None)
    trace = Trace() if explain else None
    sisters, rules = scope.sisters_of(raw.url), scope.rules_of(raw.url, raw.fetched_at)
    raw.page = read_page(raw.body, raw.url, raw.headers.get("content-type"), sisters=sisters, rules=rules, trace=trace)
    if trace is not None:
        options.tell(*explain_page(raw.page, trace))
    if raw.page.article is None:
        raise NewscrawlerError(f"{source}: no article ({raw.page.reason or f'a page of kind {raw.page.kind}'})")
    article = raw.page.article
    key = article_key(raw.url, article.canonical_url)
    record = joined or collected_record(raw, key, content_hash(article.title, article.text), ["seed"], [])
    options.put(dumps(in_script(record, script) if script else record))


def _address(source: str, url: str | None) -> str | None:
    """The address of the page, None of a FILE that is given without one; raises BadUrl for what is none."""
    from newscrawler.config import page_address

    if not options.is_address(source):
        return None if url is None else page_address(url)
    if url is not None:
        raise UsageError(f"--url {url}: is for a FILE: {source} is fetched from where it is")
    return page_address(source)


def _scope(file: str | None, address: str | None, source: str) -> Scope:
    """The scope of the sources in a file; raises UsageError when the page belongs to none of them."""
    from newscrawler.config import read_sources
    from newscrawler.frontier import Scope

    if file is None:
        return Scope()
    scope = Scope(sources=tuple(read_sources(file)))
    if address is None:
        raise UsageError(f"--sources {file}: say with --url where {source} was fetched from: the address tells the source")
    if not scope.sources_of(address):
        raise UsageError(f"--sources {file}: {address} belongs to none of its sources: they are {', '.join(one.name for one in scope.sources)}")
    return scope


def _load(path: str, url: str | None) -> RawPage:
    try:
        body = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file, and no whole address like https://news.example/1.html") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    return RawPage(0, url or "http://localhost/" + Path(path).name, "response", time.time(), 200, {}, body)


def _fetch(url: str, allow_private: tuple[str, ...], scope: Scope) -> tuple[RawPage, dict[str, Any] | None]:
    """Fetches one page as a crawl would (robots, guard, redirects), into a database that is thrown away.

    An article's further pages are fetched too, MAX_PAGES in all; then its record comes with the page, else None.
    """
    import tempfile

    from backports import zstd  # type: ignore[import-not-found,unused-ignore]

    from newscrawler.cli.running import Options, plan_of, run, settings_of
    from newscrawler.frontier import Crawl
    from newscrawler.store import reading

    with tempfile.TemporaryDirectory() as folder:
        chosen = Options([url], db=str(Path(folder) / "one.db"), depth=0, max_pages=MAX_PAGES, allow_private=allow_private, sources=scope.sources)
        running = Crawl(plan_of(chosen))
        run(running, settings_of(chosen) | {"NEWSCRAWLER_PROGRESS": False, "LOG_LEVEL": "ERROR"})
        with options.opened(chosen.db) as engine:
            for row in reading.kept_bodies(engine):
                headers = {"content-type": row["content_type"]} if row["content_type"] else {}
                raw = RawPage(0, row["url"], "response", row["fetched_at"], row["status"], headers, zstd.decompress(row["body"]))
                told = reading.story(engine, row["url"])
                joined = told["article"]["record"] if told and told["article"] and reading.counts(engine)["bodies"] > 1 else None
                return raw, _loose(joined) if joined else None
    why = running.seen.reasons.most_common(1)
    raise NewscrawlerError(f"{url}: not fetched ({why[0][0] if why else 'no answer with a body'})")


def _loose(record: dict[str, Any]) -> dict[str, Any]:
    """The record without the numbers that the thrown-away database gave it."""
    return record | {"seq": 0, "revision": 1, "op": "add", "provenance": record["provenance"] | {"run_id": None}}
