"""The SQL of the schedule: claims of due times, leases, history. One row is one run, or one gap in which due times had none.

Three unique indices are the rules, so that any number of schedulers on any number of machines may ask at once: a due time of a
source once, a source once at a time, a database once at a time. A claim is an insert; whoever comes second gets nothing.

The lease has no end by the clock, since clocks differ and jump. Its owner counts `beat` up; who sees a run whose beat stands still for
long enough on his own monotonic clock takes it for dead (schedule/lapsed.py) and takes it up, if it is still as he saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from newscrawler.exceptions import StoreError
from newscrawler.store.database import connect, database_url, named_errors
from newscrawler.store.tables import articles, counters
from newscrawler.store.tables import scheduled_runs as runs

PATIENCE_MS = 1000  # for a lock of SQLite: the caller has children to look after, and asks again
KEPT = 36_000  # runs of a source: a year of one every 15 minutes
OPENING_PATIENCE = 30.0  # seconds, before there is anything to look after: tables may have to be made
SERVER_PATIENCE = 5.0  # seconds for a transaction on a server, for the same reason


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """One row. Times in seconds since the epoch; `missed` 0 for a run, else the number of due times from `missed_from` to `due`."""

    id: int
    source: str
    due: float
    missed: int
    missed_from: float | None
    slot: str
    owner: str
    beat: int
    attempts: int
    started_at: float | None
    ended_at: float | None
    reason: str | None
    exit_code: int | None
    fetched: int | None
    articles: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Due times that had no run: how many, from the first to the last, and why."""

    first: float
    last: float
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended; `fetched` and `articles` are what it added, None where nobody could count."""

    at: float
    reason: str
    exit_code: int | None = None
    fetched: int | None = None
    articles: int | None = None


def open_schedule(where: str) -> sa.Engine:
    """An engine on a new or existing database that gives up on a lock after PATIENCE_MS, on a server after SERVER_PATIENCE. Raises as `connect` does."""
    connect(where, create=True, write=True, patience=OPENING_PATIENCE).dispose()
    engine = connect(where, write=True, check=False, patience=SERVER_PATIENCE)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}").close())
    return engine


def slot_of(where: str) -> str:
    """One name for one database, however its address is written; without a password."""
    url = database_url(where)
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").resolve())
    return url.render_as_string(hide_password=True)


def claim(engine: sa.Engine, source: str, due: float, slot: str, owner: str, now: float, gap: Gap | None = None) -> int | None:
    """The id of a run that is now the owner's; None when the time, the source or the slot is taken. A gap before it is recorded with it."""
    insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    row = {"source": source, "due": due, "slot": slot, "owner": owner, "started_at": now}
    with named_errors(), engine.begin() as connection:
        found: int | None = connection.execute(insert(runs).values(row).on_conflict_do_nothing().returning(runs.c.id)).scalar()
        if found is not None and gap is not None:
            missed = {"due": gap.last, "missed": gap.number, "missed_from": gap.first, "ended_at": now, "reason": gap.reason}
            connection.execute(runs.insert().values(source=source, slot=slot, owner=owner, **missed))
    return found


def beat(engine: sa.Engine, run: int, owner: str) -> bool:
    """Tells the others that the owner lives; whether the run is still his."""
    return _change(engine, (runs.c.id == run, runs.c.owner == owner), {"beat": runs.c.beat + 1})


def take_up(engine: sa.Engine, seen: ScheduledRun, owner: str) -> bool:
    """Whether a run of a dead owner is now this owner's: not when it has changed since it was seen."""
    return _change(engine, _as_seen(seen), {"owner": owner, "beat": runs.c.beat + 1, "attempts": runs.c.attempts + 1})


def abandon(engine: sa.Engine, seen: ScheduledRun, at: float, reason: str) -> bool:
    """Whether a run of a dead owner has now ended: not when it has changed since it was seen."""
    return _change(engine, _as_seen(seen), {"ended_at": at, "reason": reason})


def end(engine: sa.Engine, run: int, owner: str, how: End) -> bool:
    """Ends a run; whether it was still the owner's."""
    values = {"ended_at": how.at, "reason": how.reason, "exit_code": how.exit_code, "fetched": how.fetched, "articles": how.articles}
    return _change(engine, (runs.c.id == run, runs.c.owner == owner), values)


def _as_seen(seen: ScheduledRun) -> tuple[sa.ColumnElement[bool], ...]:
    return runs.c.id == seen.id, runs.c.owner == seen.owner, runs.c.beat == seen.beat


def _change(engine: sa.Engine, which: tuple[sa.ColumnElement[bool], ...], values: dict[str, Any]) -> bool:
    with named_errors(), engine.begin() as connection:
        return connection.execute(runs.update().where(runs.c.ended_at.is_(None), *which).values(values)).rowcount == 1


def last_run(engine: sa.Engine, source: str, now: float) -> ScheduledRun | None:
    """The run of a source with the newest due time that is not in the future: after a clock was set back, there may be such."""
    query = sa.select(runs).where(runs.c.source == source, runs.c.missed == 0, runs.c.due <= now)
    return next(iter(_read(engine, query.order_by(runs.c.due.desc()).limit(1))), None)


def open_runs(engine: sa.Engine) -> list[ScheduledRun]:
    """All that have not ended, of all owners."""
    return _read(engine, sa.select(runs).where(runs.c.ended_at.is_(None)))


def latest_runs(engine: sa.Engine) -> list[ScheduledRun]:
    """The newest run of each source that ever had one, by name."""
    newest = sa.select(sa.func.max(runs.c.id)).where(runs.c.missed == 0).group_by(runs.c.source)
    return _read(engine, sa.select(runs).where(runs.c.id.in_(newest)).order_by(runs.c.source))


def history(engine: sa.Engine, source: str | None = None, most: int | None = None) -> list[ScheduledRun]:
    """Runs and gaps, newest first."""
    query = sa.select(runs).order_by(runs.c.id.desc()).limit(most)
    return _read(engine, query if source is None else query.where(runs.c.source == source))


def misses(engine: sa.Engine, since: float) -> list[ScheduledRun]:
    """The newest gap of each source that had one since a moment, by name; `missed` is the sum of all since then, `missed_from` the first."""
    recent = sa.and_(runs.c.missed > 0, runs.c.due >= since)
    sums = sa.select(sa.func.max(runs.c.id).label("id"), sa.func.sum(runs.c.missed).label("missed"), sa.func.min(runs.c.missed_from).label("missed_from"))
    of = sums.where(recent).group_by(runs.c.source).subquery()
    columns = [column for column in runs.c if column.name not in ("missed", "missed_from")]
    return _read(engine, sa.select(*columns, of.c.missed, of.c.missed_from).join(of, of.c.id == runs.c.id).order_by(runs.c.source))


def prune(engine: sa.Engine, source: str, keep: int = KEPT) -> int:
    """Removes what is older than the newest `keep` runs of a source; returns how many rows. What has not ended stays.

    By number, not by age: a clock that jumped a year ahead would make everything old, and what is forgotten runs again. For the same reason a row
    that is among the newest of the whole table stays, whatever its due time says.
    """
    oldest = sa.select(runs.c.due).where(runs.c.source == source, runs.c.missed == 0).order_by(runs.c.due.desc()).offset(keep - 1).limit(1)
    with named_errors(), engine.begin() as connection:
        if (due := connection.execute(oldest).scalar()) is None:
            return 0
        newest: int = connection.execute(sa.select(sa.func.max(runs.c.id))).scalar_one()
        old = runs.delete().where(runs.c.source == source, runs.c.due < due, runs.c.ended_at.is_not(None), runs.c.id <= newest - keep)
        return connection.execute(old).rowcount


def without_password(where: str) -> tuple[str, str | None]:
    """The URL of a database without its password, and the line of ~/.pgpass that stands for it (libpq, section 34.16); None where it has no password."""
    url = database_url(where)
    if url.password is None and "password" not in url.query:
        return where, None
    bare = sa.URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query).difference_update_query(["password"])
    parts = (url.host or "localhost", str(url.port or 5432), url.database or "*", url.username or "*")
    return bare.render_as_string(), ":".join((*(part.replace("\\", "\\\\").replace(":", "\\:") for part in parts), "PASSWORD"))


def _read(engine: sa.Engine, query: sa.Select[Any]) -> list[ScheduledRun]:
    with named_errors(), engine.begin() as connection:
        return [ScheduledRun(**row) for row in connection.execute(query).mappings()]


def totals(where: str) -> tuple[int, int] | None:
    """Pages fetched ever, and articles, in a database; (0, 0) where there is none yet, None where it cannot be read now."""
    try:
        url = database_url(where)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            return 0, 0
        engine = connect(where, patience=SERVER_PATIENCE)
        try:
            with named_errors(), engine.begin() as connection:
                fetched = connection.execute(sa.select(counters.c.value).where(counters.c.name == "fetched")).scalar_one()
                return fetched, connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar_one()
        finally:
            engine.dispose()
    except (StoreError, OSError):  # OSError: a folder that may not be looked into
        return None  # the run counts, whether or not it could be counted
