"""Alerts of the yield guard, and what of them is still to be sent: the SQL.

An alert is opened and closed in the transaction that settles a run, with one row in `notices` for each event and channel. A notice is
claimed for a while before it is sent and marked when it was taken, so that it is sent at least once: twice only where the
sender was killed between the two, and then with the same id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from newscrawler.items import Figures
from newscrawler.store.database import named_errors
from newscrawler.store.tables import alerts, notices

__all__ = [
    "CLAIM_SECONDS", "Alert", "Engine", "Notice", "announce", "claim", "close_alert", "failed", "open_alert", "open_alerts", "sent", "spans", "unsent",
]  # fmt: skip
CLAIM_SECONDS = 120.0
GIVEN_UP_SECONDS = 3 * 86_400.0
_NAMESPACE = uuid.UUID("9f3c4a0e-5d0e-5b1c-8a58-0d1f5c1f7e11")


@dataclass(frozen=True, slots=True)
class Alert:
    """A field of an origin that fell out, and when it came back. Times are seconds since the epoch; see report/guard.py for the figures."""

    id: str
    origin: str
    field: str
    opened_run: int
    opened_at: float
    value: float
    expected: float
    number: int
    runs: int
    last_good: str | None = None
    first_bad: str | None = None
    closed_run: int | None = None
    closed_at: float | None = None
    closed_value: float | None = None


class _Judged(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def expected(self) -> float: ...
    @property
    def number(self) -> int: ...
    @property
    def runs(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of an alert that one channel has not got yet."""

    alert: Alert
    event: str
    channel: str
    attempts: int


def spans(connection: Connection, origin: str) -> dict[str, list[tuple[float, float | None]]]:
    """Field -> when it fell out and came back, oldest first."""
    found: dict[str, list[tuple[float, float | None]]] = {}
    query = sa.select(alerts.c.field, alerts.c.opened_at, alerts.c.closed_at).where(alerts.c.origin == origin).order_by(alerts.c.opened_at)
    for field, start, end in connection.execute(query):
        found.setdefault(field, []).append((start, end))
    return found


def open_alert(connection: Connection, now: Figures, found: _Judged, last_good: str | None, first_bad: str | None) -> Alert:
    """Opens the alert of a field; its times are the start of the run. Raises BadRow when one is open."""
    name = str(uuid.uuid5(_NAMESPACE, f"{now.origin}\n{found.field}\n{now.run_id}\n{now.started_at}"))
    figures = (found.value, found.expected, found.number, found.runs)
    alert = Alert(name, now.origin, found.field, now.run_id, now.started_at, *figures, last_good, first_bad)
    connection.execute(alerts.insert(), {field: getattr(alert, field) for field in Alert.__dataclass_fields__})
    return alert


def close_alert(connection: Connection, now: Figures, field: str, value: float) -> Alert:
    """Closes the open alert of a field."""
    mine = sa.and_(alerts.c.origin == now.origin, alerts.c.field == field, alerts.c.closed_at.is_(None))
    closed = alerts.update().where(mine).values(closed_run=now.run_id, closed_at=now.started_at, closed_value=value).returning(alerts)
    return Alert(**connection.execute(closed).mappings().one())


def announce(connection: Connection, alert_id: str, event: str, channels: Iterable[str]) -> None:
    """Queues an event for each channel."""
    rows = [{"alert_id": alert_id, "event": event, "channel": channel} for channel in channels]
    if rows:
        connection.execute(notices.insert(), rows)


def open_alerts(engine: Engine) -> list[Alert]:
    """The alerts that are open, newest first."""
    with named_errors(), engine.begin() as connection:
        rows = connection.execute(sa.select(alerts).where(alerts.c.closed_at.is_(None)).order_by(alerts.c.opened_at.desc(), alerts.c.id)).mappings()
        return [Alert(**row) for row in rows]


def unsent(engine: Engine) -> list[dict[str, Any]]:
    """What no channel took yet, as alert_id, event, channel, attempts, error; given up ones too."""
    chosen = [notices.c[name] for name in ("alert_id", "event", "channel", "attempts", "error")]
    with named_errors(), engine.begin() as connection:
        query = sa.select(*chosen).where(notices.c.sent_at.is_(None)).order_by(notices.c.alert_id, notices.c.event.desc(), notices.c.channel)
        return [dict(row) for row in connection.execute(query).mappings()]


def claim(engine: Engine, channel: str, now: float) -> Notice | None:
    """The oldest notice that a channel has to get, for CLAIM_SECONDS nobody else's; None when there is none. Of one alert "out" goes before "back"."""
    query = (
        sa.select(alerts, notices.c.event, notices.c.attempts)
        .join(notices, notices.c.alert_id == alerts.c.id)
        .where(notices.c.channel == channel, notices.c.sent_at.is_(None), notices.c.claimed_until < now)
        .where(sa.func.coalesce(alerts.c.closed_at, alerts.c.opened_at) > now - GIVEN_UP_SECONDS)
        .order_by(sa.case((notices.c.event == "out", alerts.c.opened_at), else_=alerts.c.closed_at), notices.c.event.desc(), alerts.c.id)
        .limit(1)
    )
    with named_errors(), engine.begin() as connection:
        row = connection.execute(query).mappings().first()
        if row is None:
            return None
        alert = Alert(**{name: row[name] for name in Alert.__dataclass_fields__})
        taken = notices.update().where(*_this(alert.id, row["event"], channel), notices.c.claimed_until < now)
        taken = taken.values(claimed_until=now + CLAIM_SECONDS, attempts=notices.c.attempts + 1)
        if not connection.execute(taken).rowcount:  # another one was faster
            return None
        return Notice(alert, row["event"], channel, row["attempts"] + 1)


def sent(engine: Engine, notice: Notice, now: float) -> None:
    """Marks a notice as taken by its channel."""
    with named_errors(), engine.begin() as connection:
        connection.execute(notices.update().where(*_this(notice.alert.id, notice.event, notice.channel)).values(sent_at=now, error=None))


def failed(engine: Engine, notice: Notice, error: str, until: float) -> None:
    """Notes why a notice was not taken; nobody tries it again before `until`."""
    with named_errors(), engine.begin() as connection:
        row = notices.update().where(*_this(notice.alert.id, notice.event, notice.channel))
        connection.execute(row.values(error=error[:300], claimed_until=until))


def _this(alert_id: str, event: str, channel: str) -> tuple[Any, ...]:
    return notices.c.alert_id == alert_id, notices.c.event == event, notices.c.channel == channel
