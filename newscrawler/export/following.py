"""Changes as they come, by the portion: what `export --follow` and `--append` read.

Each portion is a short read of one state of the database, so a slow reader holds nothing up: neither a crawl, nor SQLite's checkpoints. Looking
whether anything is new is one row of a small table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from newscrawler.export.collected import utc
from newscrawler.export.record import deleted_record
from newscrawler.rights import allows
from newscrawler.store import reading

PORTION = 500
POLL = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the changes: those after `since`, of one registrable domain, every revision instead of the newest of each article,
    duplicates too, only what no publisher refuses for any of the `uses` (rights.USES); deletions come in any case."""

    since: int = 0
    site: str | None = None
    every_revision: bool = False
    keep_duplicates: bool = False
    uses: tuple[str, ...] = ()


def portions(engine: Any, wanted: Wanted, pause: Callable[[float], bool] | None = None) -> Iterator[list[dict[str, Any]]]:
    """Yields the records of changes in order, none twice, at most PORTION at once; of what was forgotten a record with op "delete".

    Without `pause` it ends when it has caught up with what was there at the start or later; with it, it goes on: `pause(seconds)` waits, and
    returns False when it is time to end. From the very beginning nothing is deleted that was never told. Raises StoreError.
    """
    cursor = wanted.since
    untold = reading.newest_seq(engine) if not cursor else 0
    while True:
        newest = reading.newest_seq(engine)
        if newest > cursor:
            found = _portion(engine, cursor, wanted)
            cursor = found[-1][0] if len(found) == PORTION else max(newest, found[-1][0] if found else 0)
            records = [as_record(seq, one) for seq, one in found if (_is_wanted(one, wanted) if isinstance(one, dict) else seq > untold)]
            if records:
                yield records
            if len(found) == PORTION:
                continue
        if pause is None or not pause(POLL):
            return


def complete(engine: Any, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yields the records of one state of the collection, in order. Raises StoreError."""
    for seq, found in _exported(engine, wanted.since, wanted):
        if not isinstance(found, dict) or _is_wanted(found, wanted):
            yield as_record(seq, found)


def _is_wanted(record: dict[str, Any], wanted: Wanted) -> bool:
    return all(allows(record["rights"], use) for use in wanted.uses)


def _exported(engine: Any, since: int, wanted: Wanted) -> Iterator[tuple[int, Any]]:
    return reading.exported(engine, since=since, site=wanted.site, every_revision=wanted.every_revision, keep_duplicates=wanted.keep_duplicates)


def _portion(engine: Any, cursor: int, wanted: Wanted) -> list[tuple[int, Any]]:
    with closing(_exported(engine, cursor, wanted)) as rows:  # type: ignore[type-var]
        return list(islice(rows, PORTION))


def as_record(seq: int, found: Any) -> dict[str, Any]:
    """The record as stored, or that of a tombstone."""
    if isinstance(found, dict):
        return found
    return deleted_record(found["article_id"], seq, found["url"], utc(found["deleted_at"]))
