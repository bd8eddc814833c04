"""newscrawler db: looks after a database."""

from __future__ import annotations

import click

from newscrawler.cli import options


@click.group("db")
def command() -> None:
    """Look after a database."""


@command.command("upgrade")
@options.db
def upgrade(db: str) -> None:
    """Bring a database of an older version to this one, in place."""
    from newscrawler.store import upgrade as to_this_version

    before, after = to_this_version(db)
    options.tell(f"{db}: {'already at' if before == after else f'{before} ->'} {after}")
