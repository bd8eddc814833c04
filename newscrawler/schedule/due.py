"""What is due now: pure. A time that passed unseen runs once, late, for the newest of them; the others are a gap with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawler.schedule.timetable import COUNTED, Timetable
from newscrawler.store.scheduled import Gap, ScheduledRun

STILL_GOING = "the run before was still going"
NO_SCHEDULE = "no schedule was running"
NO_TURN = "the database had other work"
AT_LEAST = " (at least so many: they were not counted further)"


@dataclass(frozen=True, slots=True)
class Due:
    """A due time to run now, and the ones before it that had no run."""

    due: float
    gap: Gap | None = None


def due_now(table: Timetable, now: float, last: ScheduledRun | None, up_since: float) -> Due | None:
    """What to run at a moment, after the last run that is known and due by then; None: nothing. Whether that one goes on is not asked.

    A source that never ran is due at once, by its newest due time. `up_since` is when this schedule began to look, and only
    tells why times were missed.
    """
    latest = table.latest(now)
    if latest is None or (last is not None and last.due >= latest):
        return None
    if last is None:
        return Due(latest)
    number, first, end = table.between(last.due, latest)
    if not number:
        return Due(latest)
    bound = AT_LEAST if table.every is None and number >= COUNTED else ""
    return Due(latest, Gap(first, end, number, _reason(first, last, up_since) + bound))


def _reason(first: float, last: ScheduledRun, up_since: float) -> str:
    if last.ended_at is not None and last.ended_at > first and last.reason != "killed":
        return STILL_GOING
    return NO_TURN if up_since <= first else NO_SCHEDULE
