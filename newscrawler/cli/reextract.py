"""newscrawler reextract: every kept page again, without a request."""

from __future__ import annotations

import click

from newscrawler.cli import options


@click.command("reextract")
@options.db
def command(db: str) -> None:
    """Read every kept body again as this version does; what came out better becomes a new revision."""
    from newscrawler.frontier.reread import reread
    from newscrawler.store import hold

    with options.opened(db, write=True) as engine, options.opened(db) as reader, hold(engine):
        told = reread(engine, reader)
    options.tell(", ".join(f"{number} {what}" for what, number in sorted(told.items())) or "no body is kept in this database")
