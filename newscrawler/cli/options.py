"""The options that several commands share, and the way they print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

db = click.option("--db", default="data/news.db", show_default=True, help="A path, or a SQLAlchemy URL.")

script = click.option("--script", type=click.Choice(["zh-Hans", "zh-Hant"]), help="Write Chinese in this script (needs OpenCC); Japanese stays.")

sources = click.option("--sources", metavar="FILE", help="A sources.toml: start pages, domains and rules of each source (`newscrawler init` writes one).")


def is_address(text: str) -> bool:
    """Whether something is meant as a URL, a wrong one too: where else a path or a domain may stand."""
    return "://" in text


@contextmanager
def opened(where: str, *, write: bool = False) -> Iterator[Any]:
    """An engine on a database that must exist."""
    from newscrawler.store import connect

    engine = connect(where, write=write)
    try:
        yield engine
    finally:
        engine.dispose()


def tell(*lines: Any) -> None:
    """Prints to stderr: words for a person."""
    print(*lines, sep="\n", file=sys.stderr)  # noqa: T201


def put(*lines: Any) -> None:
    """Prints to stdout: data, or the answer that was asked for."""
    print(*lines, sep="\n")  # noqa: T201
