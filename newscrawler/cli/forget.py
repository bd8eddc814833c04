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
    from newscrawler.config import page_address
    from newscrawler.store.forget import forget

    wanted = page_address(what) if options.is_address(what) else _domain(what)
    with options.opened(db, write=True) as engine:
        articles, pages = forget(engine, wanted)
    options.tell(f"forgotten: {articles} articles, {pages} pages; {what} is blocked from now on")


def _domain(site: str) -> str:
    """The domain as the collection has it; raises UsageError for what would block nothing, as an address without its https://."""
    from newscrawler.config.values import domains

    try:
        return domains([site.strip("./")])[0]
    except ValueError as error:
        raise UsageError(f"{site!r} is neither a URL with its https:// nor a domain like news.example") from error
