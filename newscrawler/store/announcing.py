"""What feeds and sitemaps say of pages, kept until those pages are read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from newscrawler.items import Announcement
from newscrawler.store.tables import announced

Source = Literal["feed", "sitemap"]
COLUMNS = (announced.c.source, announced.c.nesting, announced.c.title, announced.c.published, announced.c.keywords)
_SAID = tuple(column.name for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Announced:
    """What is kept of an announcement: where it stands, in how many indexes, and what it says."""

    source: Source
    nesting: int
    says: Announcement


def insert(paramstyle: str) -> str:
    """The statement that keeps an announcement, for `row_of`; what is announced later takes its place."""
    mark = "?" if paramstyle == "qmark" else "%s"
    return (
        f"INSERT INTO announced (page_id, {', '.join(_SAID)}) VALUES ({', '.join([mark] * 6)}) "
        f"ON CONFLICT (page_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SAID)}"
    )


def row_of(page_id: int, source: Source, nesting: int, says: Announcement) -> tuple[Any, ...]:
    """An announcement as the statement of `insert` takes it."""
    return (page_id, source, nesting, says.title, says.published, json.dumps(says.keywords, ensure_ascii=False) if says.keywords else None)


def announced_of(url: str, row: Iterable[Any]) -> Announced | None:
    """The announcement in a row's columns COLUMNS, None where there is none."""
    source, nesting, title, published, keywords = row
    if source is None:
        return None
    return Announced(source, nesting, Announcement(url, title, published, None, tuple(json.loads(keywords)) if keywords else ()))


def delete(connection: sa.Connection, page_ids: list[int]) -> None:
    """Drops what is announced of these pages."""
    connection.execute(announced.delete().where(announced.c.page_id.in_(page_ids)))
