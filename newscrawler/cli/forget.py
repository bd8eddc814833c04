"""newscrawler forget: removes an article or a site for good."""

from __future__ import annotations

import click

from newscrawler.cli import options
from newscrawler.exceptions import UsageError


@click.command("forget")
@click.argument("what", metavar="URL|SITE")
@options.db
def command(what: str, db: str) -> None:
    """Remove an article (by its URL) or a site (by its domain) for good, and block it.

    A tombstone stays, so that consumers of the export learn of the deletion.
    """
    from newscrawler.store.forget import forget

    if not what.strip():
        raise UsageError("nothing to forget: give a URL, or a site's domain")
    with options.opened(db, write=True) as engine:
        articles, pages = forget(engine, what)
    options.tell(f"forgotten: {articles} articles, {pages} pages; {what} is blocked from now on")
