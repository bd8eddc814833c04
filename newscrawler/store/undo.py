"""Which kinds of repair this collection does without: a person's decision, kept with the collection."""

from __future__ import annotations

import time

import sqlalchemy as sa

from newscrawler.store.database import named_errors
from newscrawler.store.tables import undone


def undone_kinds(engine: sa.Engine) -> frozenset[str]:
    """Returns the kinds of repair that are not made here."""
    with named_errors(), engine.connect() as connection:
        return frozenset(connection.execute(sa.select(undone.c.kind)).scalars())


def undo(engine: sa.Engine, kind: str) -> None:
    """Makes no repair of this kind from now on; what is stored changes when it is read again (`reextract`)."""
    with named_errors(), engine.begin() as connection:
        if connection.execute(sa.select(undone.c.kind).where(undone.c.kind == kind)).first() is None:
            connection.execute(undone.insert().values(kind=kind, undone_at=time.time()))


def redo(engine: sa.Engine, kind: str) -> None:
    """Makes repairs of this kind again from now on."""
    with named_errors(), engine.begin() as connection:
        connection.execute(undone.delete().where(undone.c.kind == kind))
