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
from newscrawler.store import reading

PORTION = 500
POLL = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the changes: those after `since`, of one registrable domain, every revision instead of the newest of each article."""

    since: int = 0
    site: str | None = None
    every_revision: bool = False


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
            records = [as_record(seq, one) for seq, one in found if isinstance(one, dict) or seq > untold]
            if records:
                yield records
            if len(found) == PORTION:
                continue
        if pause is None or not pause(POLL):
            return


def _portion(engine: Any, cursor: int, wanted: Wanted) -> list[tuple[int, Any]]:
    with closing(reading.exported(engine, since=cursor, site=wanted.site, every_revision=wanted.every_revision)) as rows:  # type: ignore[type-var]
        return list(islice(rows, PORTION))


def as_record(seq: int, found: Any) -> dict[str, Any]:
    """The record as stored, or that of a tombstone."""
    if isinstance(found, dict):
        return found
    return deleted_record(found["article_id"], seq, found["url"], utc(found["deleted_at"]))
