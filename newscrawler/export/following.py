"""Changes as they come, by the portion: what `export --follow` and `--append` read.

Each portion is a short read of one state of the database, so a slow reader holds nothing up: neither a crawl, nor SQLite's checkpoints. Looking
whether anything is new is one row of a small table.

What a publisher refuses for one of the uses asked for is left out. An earlier version may have been told, when it was not refused yet: then a
record with op "delete" takes it back, and its `rights` say why. A later version that may be used again comes as "update". So an export has to
ask for the same uses each time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
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
_REASONS = {"forgotten": "removed", "gone": "its page is gone", "duplicate": "no duplicate any more", "withheld": "withheld"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the changes: those after `since`, of one registrable domain, every revision instead of the newest of each article,
    duplicates too, only what no publisher refuses for any of the `uses` (rights.USES) and the deletion of what
    is refused by now; other deletions come in any case."""

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
            records = list(_told(found, wanted, untold))
            if records:
                yield records
            if len(found) == PORTION:
                continue
        if pause is None or not pause(POLL):
            return


def complete(engine: Any, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yields the records of one state of the collection, in order; from the very beginning nothing is deleted that was never told. Raises StoreError."""
    yield from _told(_exported(engine, wanted.since, wanted), wanted, 0 if wanted.since else sys.maxsize)


def _told(found: Iterable[tuple[int, Any]], wanted: Wanted, untold: int) -> Iterator[dict[str, Any]]:
    """Yields the records to write of the changes found; up to the number `untold` nobody got an earlier version, unless all are written."""
    for seq, one in found:
        is_record = isinstance(one, dict)
        if is_record and all(allows(one["rights"], use) for use in wanted.uses):
            yield one
        elif is_record:
            if one["revision"] > 1 and (wanted.every_revision or seq > untold):
                yield _taken_back(one, wanted.uses)
        elif seq > untold or (wanted.every_revision and one["kind"] == "gone"):
            why = one["reason"] or _REASONS[one["kind"]]
            rights = json.loads(one["record"])["rights"] if one["record"] else None
            yield deleted_record(one["article_id"], seq, one["url"], utc(one["deleted_at"]), reason=why, rights=rights)


def _taken_back(record: dict[str, Any], uses: Iterable[str]) -> dict[str, Any]:
    """What is told of a version that may not be used: the deletion of those before it, and why."""
    why = f"refused: {', '.join(use for use in uses if not allows(record['rights'], use))}"
    return deleted_record(
        record["id"], record["seq"], record["url"], record["date_fetched"], reason=why, source_domain=record["source_domain"],
        revision=record["revision"], rights=record["rights"],
    )  # fmt: skip


def _exported(engine: Any, since: int, wanted: Wanted) -> Iterator[tuple[int, Any]]:
    return reading.exported(engine, since=since, site=wanted.site, every_revision=wanted.every_revision, keep_duplicates=wanted.keep_duplicates)


def _portion(engine: Any, cursor: int, wanted: Wanted) -> list[tuple[int, Any]]:
    with closing(_exported(engine, cursor, wanted)) as rows:  # type: ignore[type-var]
        return list(islice(rows, PORTION))
