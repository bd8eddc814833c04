"""Due times: grids, cron lines through the hours that clocks skip or show twice, and what is due after any silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.config import Source
from newscrawler.schedule import Timetable, due_now, timetable_of
from newscrawler.schedule.due import AT_LEAST, NO_SCHEDULE, NO_TURN, STILL_GOING
from newscrawler.schedule.timetable import COUNTED
from newscrawler.store.scheduled import ScheduledRun

DAY = 86400.0


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def due_times(cron: str, zone: str, first: str, hours: int) -> list[str]:
    """Due times from local midnight on, in UTC."""
    start = at(first, zone) - 1
    found = takewhile(lambda due: due < start + hours * 3600, Timetable(cron=cron, zone=zone).after(start))
    return [datetime.fromtimestamp(due, UTC).strftime("%d %H:%M") for due in found]


CRON = {  # line, zone, day from its local midnight on, hours -> UTC
    "a working day": ("30 6 * * 1-5", "Asia/Shanghai", "2026-11-20", 96, ["19 22:30", "22 22:30"]),
    "0 and 7 are Sunday": ("0 0 * * 0", "UTC", "2026-11-16", 24 * 14, ["22 00:00", "29 00:00"]),
    "days or weekdays": ("0 0 1 * 1", "UTC", "2026-11-25", 24 * 8, ["30 00:00", "01 00:00"]),
    "a skipped time comes after the gap": ("30 2 * * *", "Europe/Berlin", "2026-03-28", 72, ["28 01:30", "29 01:00", "30 00:30"]),
    "a doubled time comes once": ("30 2 * * *", "Europe/Berlin", "2026-10-24", 72, ["24 00:30", "25 00:30", "26 01:30"]),
    "half hours go on through the gap": ("*/30 * * * *", "America/New_York", "2026-03-08T01:00", 2, ["08 06:00", "08 06:30", "08 07:00", "08 07:30"]),
    "half hours go on through both": ("*/30 * * * *", "America/New_York", "2026-11-01T01:00", 2, ["01 05:00", "01 05:30", "01 06:00", "01 06:30"]),
    "a zone of half an hour": ("0 2 * * *", "Australia/Lord_Howe", "2026-04-04", 48, ["03 15:00", "04 15:30"]),
}


@pytest.mark.parametrize("name", CRON)
def test_cron_lines(name: str) -> None:
    cron, zone, first, hours, expected = CRON[name]
    assert due_times(cron, zone, first, hours) == expected


def test_a_leap_day_is_found_both_ways() -> None:
    leap = Timetable(cron="0 12 29 2 *")
    assert leap.latest(at("2026-11-24")) == at("2024-02-29T12:00")
    assert leap.next(at("2026-11-24")) == at("2028-02-29T12:00")


def test_sources_of_one_rhythm_do_not_start_together() -> None:
    tables = [timetable_of(Source(f"s{number}", ("https://a.example/",), every=900)) for number in range(40)]
    assert len({table.offset for table in tables if table}) > 35
    assert all(table == timetable_of(Source(f"s{number}", (), every=900)) for number, table in enumerate(tables)), "and always at the same times"
    assert timetable_of(Source("never", ("https://a.example/",))) is None


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca"]
LINES = ["*/15 * * * *", "0 * * * *", "30 2 * * *", "0 2 * * 0", "15,45 1-3 * * *", "0 0 1 * *", "59 23 31 12 *"]
TABLES = st.builds(lambda every, offset: Timetable(every, offset % every), st.integers(60, 10**6), st.integers(0, 10**6)) | st.builds(
    lambda line, zone: Timetable(cron=line, zone=zone), st.sampled_from(LINES), st.sampled_from(ZONES)
)
MOMENTS = st.floats(at("2025-01-01"), at("2028-01-01"))


@given(TABLES, MOMENTS, st.floats(0, 10 * DAY))
@settings(deadline=None, max_examples=150)
def test_forwards_and_backwards_agree(table: Timetable, moment: float, span: float) -> None:
    latest, coming = table.latest(moment), table.next(moment)
    assert latest is not None and coming is not None and latest <= moment < coming
    assert table.next(latest) == coming and table.latest(coming) == coming
    listed = [due for due in takewhile(lambda due: due < moment + span, table.after(moment)) if due < moment + span]
    assert table.between(moment, moment + span) == ((len(listed), listed[0], listed[-1]) if listed else (0, 0.0, 0.0))


def ran(due: float, ended_at: float | None, reason: str | None = "done") -> ScheduledRun:
    return ScheduledRun(1, "a", due, 0, None, "db", "me", 0, 1, due, ended_at, reason, 0, None, None)


def test_what_is_due() -> None:
    table = Timetable(every=900)
    ten = at("2026-11-24T10:00")
    assert due_now(table, ten + 5, None, ten) is not None, "a source that never ran"
    assert due_now(table, ten + 899, ran(ten, ten + 60), 0) is None
    found = due_now(table, ten + 900, ran(ten, ten + 60), 0)
    assert found is not None and (found.due, found.gap) == (ten + 900, None)
    assert due_now(table, ten - 1800, ran(ten - 1800, ten), 0) is None, "a clock set back finds the run of that time"


@pytest.mark.parametrize(
    ("last", "up_since", "reason"),
    [
        (ran(0.0, 3000.0), 0.0, STILL_GOING),
        (ran(0.0, 60.0), 0.0, NO_TURN),
        (ran(0.0, 60.0), 3500.0, NO_SCHEDULE),
        (ran(0.0, 3500.0, "killed"), 3500.0, NO_SCHEDULE),
    ],
)
def test_missed_times_run_once_late_and_the_others_are_told(last: ScheduledRun, up_since: float, reason: str) -> None:
    found = due_now(Timetable(every=900), 3700.0, last, up_since)
    assert found is not None and found.gap is not None
    assert (found.due, found.gap.first, found.gap.last, found.gap.number, found.gap.reason) == (3600.0, 900.0, 2700.0, 3, reason)


@given(st.sampled_from(LINES[:5]), st.sampled_from(ZONES), st.lists(st.floats(1, 3 * DAY), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_after_any_silences_every_due_time_ran_or_is_told(line: str, zone: str, silences: list[float]) -> None:
    table, now, last, accounted = Timetable(cron=line, zone=zone), at("2026-03-27"), None, 0
    begin = None
    for silence in silences:
        now += silence
        if (found := due_now(table, now, last, 0)) is not None:
            accounted += 1 + (found.gap.number if found.gap else 0)
            begin = begin or found.due
            last = ran(found.due, now)
    if begin is not None:
        assert accounted == len(list(takewhile(lambda due: due <= now, table.after(begin - timedelta(seconds=1).total_seconds()))))


@pytest.mark.parametrize("line", ["* * * * *", "*/2 7-20 * * *"])
def test_a_gap_of_years_is_not_counted_to_its_end(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    after = Timetable.after

    def counted(table: Timetable, moment: float) -> Iterator[float]:
        nonlocal looked
        for due in after(table, moment):
            looked += 1
            yield due

    monkeypatch.setattr(Timetable, "after", counted)
    first, now = at("2026-11-24T10:00"), at("2056-11-24T10:00:30")
    found = due_now(Timetable(cron=line), now, ran(first, first + 9), 0)
    assert found is not None and found.gap is not None
    assert (found.due, found.gap.last, found.gap.number) == (at("2056-11-24T10:00"), at("2056-11-24T10:00") - (60 if line[1] == " " else 120), COUNTED)
    assert found.gap.first == first + (60 if line[1] == " " else 120) and found.gap.reason == NO_TURN + AT_LEAST
    assert looked < 2 * COUNTED, "thirty years of minutes are fifteen million"
    exact = due_now(Timetable(every=60), now, ran(first, first + 9), 0)
    assert exact is not None and exact.gap is not None and exact.gap.number > 15e6 and exact.gap.reason == NO_TURN
