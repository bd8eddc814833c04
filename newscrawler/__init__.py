"""newscrawler: from a URL to clean JSON lines. The way of a page through this package:

    config/       sources.toml -> what to crawl, when, and by which rules, with clear errors
    rights.py     what publishers say about the use of pages, and a source's policy
    frontier/     which URL is next, of which host, and when
    spiders/      ask the frontier, yield requests; one RawPage per outcome          [Scrapy]
    middlewares/  fetch, politely and safely                                         [Scrapy]
    decode/       bytes -> text: which encoding; damage that only bytes can tell
    extract/      text -> Page: kind of page, links and their kinds, title, body, byline, date, keywords, related
    clean/        text -> text + repairs
    chinese/      what decode and clean know of written Chinese: how probable a text is
    dedupe/       article + candidates -> decision: canonical URL, exact, near-duplicate, revision, only noise
    store/        tables, migrations, all SQL (SQLAlchemy Core on SQLite or PostgreSQL)
    pipelines.py  decode to store as Scrapy runs them                                [Scrapy]
    export/       articles -> records -> JSON lines
    report/       each run judged by the history of its source: alerts
    schedule/     what is due now (pure), and the loop that asks
    extensions/   tell a person how the crawl goes; write -o                         [Scrapy]
    sample.py     the sample site of the demo, on loopback
    cli/          one short file per command

Imports point one way: items, exceptions, rights, config, chinese <- decode, clean, dedupe <- extract <- store <- export <- report <-
frontier <- cli (schedule stands on store alone); the modules marked [Scrapy] import the plain ones and are imported only by `cli`.
tests/test_layers.py holds us to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawler.clean import clean_text
    from newscrawler.decode import decode_page
    from newscrawler.extract import extract_page, read_page

__version__ = "0.1.0"
__all__ = ["clean_text", "decode_page", "extract_page", "read_page"]

_HOMES = {
    "clean_text": "newscrawler.clean",
    "decode_page": "newscrawler.decode",
    "extract_page": "newscrawler.extract",
    "read_page": "newscrawler.extract",
}


def __getattr__(name: str) -> Any:
    """Imports a public name where it is first used (PEP 562), so that `import newscrawler` stays light."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
