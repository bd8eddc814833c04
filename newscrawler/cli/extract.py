"""newscrawler extract: one page to one JSON line."""

from __future__ import annotations

import time
from pathlib import Path

import click

from newscrawler.cli import options
from newscrawler.exceptions import NewscrawlerError, UsageError
from newscrawler.items import RawPage


@click.command("extract")
@click.argument("source", metavar="FILE|URL")
@click.option("--url", help="The address that a FILE was fetched from: links are resolved against it.")
@click.option("--allow-private", multiple=True, metavar="HOST", help="A host that may have a loopback or private address (repeatable).")
@click.option("--explain", is_flag=True, help="Tell on stderr how the page was read: encoding, kind, body, fields, links.")
@options.script
def command(source: str, url: str | None, allow_private: tuple[str, ...], explain: bool, script: str | None) -> None:
    """Read one saved page, or fetch one, and print its article as one JSON line."""
    from newscrawler import read_page
    from newscrawler.dedupe import article_key, content_hash
    from newscrawler.export import dumps, in_script
    from newscrawler.export.collected import collected_record
    from newscrawler.extract.explain_page import explain_page
    from newscrawler.extract.trace import Trace

    raw = _fetch(source, allow_private) if source.startswith(("http://", "https://")) else _load(source, url)
    trace = Trace() if explain else None
    raw.page = read_page(raw.body, raw.url, raw.headers.get("content-type"), trace=trace)
    if trace is not None:
        options.tell(*explain_page(raw.page, trace))
    if raw.page.article is None:
        raise NewscrawlerError(f"{source}: no article ({raw.page.reason or f'a page of kind {raw.page.kind}'})")
    article = raw.page.article
    key = article_key(raw.url, article.canonical_url)
    record = collected_record(raw, key, content_hash(article.title, article.text), ["seed"], [])
    options.put(dumps(in_script(record, script) if script else record))


def _load(path: str, url: str | None) -> RawPage:
    try:
        body = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    return RawPage(0, url or "http://localhost/" + Path(path).name, "response", time.time(), 200, {}, body)


def _fetch(url: str, allow_private: tuple[str, ...]) -> RawPage:
    """Fetches one page as a crawl would (robots, guard, redirects), into a database that is thrown away."""
    import tempfile

    from backports import zstd  # type: ignore[import-not-found,unused-ignore]

    from newscrawler.cli.running import Options, plan_of, run, settings_of
    from newscrawler.frontier import Crawl
    from newscrawler.store import reading

    with tempfile.TemporaryDirectory() as folder:
        chosen = Options([url], db=str(Path(folder) / "one.db"), depth=0, allow_private=allow_private)
        running = Crawl(plan_of(chosen))
        run(running, settings_of(chosen) | {"NEWSCRAWLER_PROGRESS": False, "LOG_LEVEL": "ERROR"})
        with options.opened(chosen.db) as engine:
            for row in reading.kept_bodies(engine):
                headers = {"content-type": row["content_type"]} if row["content_type"] else {}
                return RawPage(0, row["url"], "response", row["fetched_at"], row["status"], headers, zstd.decompress(row["body"]))
    why = running.seen.reasons.most_common(1)
    raise NewscrawlerError(f"{url}: not fetched ({why[0][0] if why else 'no answer with a body'})")
