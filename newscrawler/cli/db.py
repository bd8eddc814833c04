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
    from newscrawler.store import reading
    from newscrawler.store import upgrade as to_this_version

    before, after = to_this_version(db)
    with options.opened(db) as engine:
        lacking = reading.lacks_clusters(engine)
    options.tell(f"{db}: {'already at' if before == after else f'{before} ->'} {after}")
    if lacking:
        options.tell(f"what was stored before has no near-duplicates and clusters yet: `newscrawler reextract --db {db}` finds them, without a request")
