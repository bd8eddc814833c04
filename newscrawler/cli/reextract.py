"""newscrawler reextract: every kept page again, without a request."""

from __future__ import annotations

import click

from newscrawler.cli import options
from newscrawler.exceptions import UsageError


@click.command("reextract")
@options.db
@click.option("--undo", "undone", multiple=True, metavar="KIND", help="From now on make no repair of this kind in this collection (repeatable).")
@click.option("--redo", "redone", multiple=True, metavar="KIND", help="Make repairs of this kind again (repeatable).")
@options.sources
def command(db: str, sources: str | None, undone: tuple[str, ...], redone: tuple[str, ...]) -> None:
    """Read every kept body again as this version does; what came out different becomes a new revision."""
    _check_kinds((*undone, *redone))
    if both := {*undone} & {*redone}:
        raise UsageError(f"{', '.join(sorted(both))}: undo or redo, not both")
    from newscrawler.config import read_sources
    from newscrawler.frontier import Scope
    from newscrawler.frontier.reread import reread
    from newscrawler.store import hold, redo, undo

    scope = Scope(sources=tuple(read_sources(sources))) if sources else Scope()
    with options.opened(db, write=True) as engine, options.opened(db) as reader, hold(engine):
        for kind in undone:
            undo(engine, kind)
        for kind in redone:
            redo(engine, kind)
        told = reread(engine, reader, scope)
    options.tell(", ".join(f"{number} {what}" for what, number in sorted(told.items())) or "no body is kept in this database")


def _check_kinds(kinds: tuple[str, ...]) -> None:
    """Raises UsageError for a kind of repair that does not exist."""
    if not kinds:
        return
    from newscrawler import clean, decode

    known = clean.KINDS | decode.KINDS
    for kind in kinds:
        if kind not in known:
            raise UsageError(f"{kind}: no kind of repair: it is one of {', '.join(sorted(known))}")
