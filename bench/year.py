"""A simulated year of 40 sources: did every due time run once, or is it told? (How fresh what they bring is: bench/freshness.py.)

    python bench/year.py [--days 365] [--seed 1]

Two schedules (newscrawler.schedule.Daemon, the real one, on a real SQLite file without syncs) on a clock that is set by hand.
They go down for hours or days, are killed while crawls run, and the clock jumps and comes back. Sources have rhythms from 15 minutes to a month,
in zones with and without summer time; ten share one database. The processes are made up: each lasts 20 s to 20 min.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from newscrawler.config import Source
from newscrawler.schedule import Daemon, Job, Timing, timetable_of
from newscrawler.store import scheduled

START = 1_767_225_600.0  # 2026-01-01 UTC
DAY, STEP = 86400.0, 120.0
TIMING = Timing(beat=300.0, lease=1800.0, give_up=1200.0, grace=120.0)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe")
EVERY = tuple(int(hours * 3600) for hours in (0.25, 0.5, 1, 1, 1, 2, 2, 2, 3, 4, 6, 6, 8, 12, 12, 24, 24, 24, 7 * 24, 30 * 24))
CRON = (
    "0 */2 * * *", "*/30 6-22 * * 1-5", "15 2 * * *", "30 2 * * 0", "0 6,12,18 * * *", "0 0 1 * *", "45 1-3 * * *", "0 12 * * 1-5",
)  # fmt: skip
SOURCES = 40


class Clock:
    """The wall jumps when it is told to; the other only goes on."""

    def __init__(self) -> None:
        self.wall, self.steady = START, 0.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


@dataclass
class Crawl:
    """A made-up process; its machine's death is its own."""

    clock: Clock
    source: str
    ends: float
    ran: Counter[str]
    dead: bool = False
    told: bool = False

    def poll(self) -> int | None:
        if self.clock.steady < self.ends or self.dead:
            return None
        if not self.told:
            self.ran[self.source] += 1
        self.told = True
        return 0

    def stop(self) -> None:
        self.ends, self.told = self.clock.steady, True

    kill = stop


@dataclass
class Machine:
    """One schedule that comes and goes."""

    engine: Any
    clock: Clock
    sources: list[Source]
    chance: random.Random
    ran: Counter[str]
    daemon: Daemon | None = None
    up_at: float = 0.0
    down_at: float = 0.0
    kills: int = 0
    crawls: list[Crawl] = field(default_factory=list)

    def step(self) -> None:
        if self.daemon is None and self.clock.steady >= self.up_at:
            self.daemon = Daemon(self.engine, self.sources, self._job, TIMING, self.clock)  # type: ignore[arg-type]
            self.down_at = self.clock.steady + self.chance.expovariate(1 / (9 * DAY))
        elif self.daemon is not None and self.clock.steady >= self.down_at:
            self.kills += bool(self.daemon.held)
            for crawl in self.crawls:
                crawl.dead = True
            self.crawls, self.daemon = [], None
            self.up_at = self.clock.steady + self.chance.choice((60, 3600, 8 * 3600, 2 * DAY, 5 * DAY))
        if self.daemon is not None:
            self.daemon.tick()

    def _job(self, source: Source) -> Job:
        def start() -> Crawl:
            self.crawls = [crawl for crawl in self.crawls if not crawl.told]
            self.crawls.append(Crawl(self.clock, source.name, self.clock.steady + self.chance.uniform(20, 1200), self.ran))
            return self.crawls[-1]

        return Job(source.db or source.name, start)


def sources() -> list[Source]:
    """Forty, by turns of both kinds."""
    made = []
    for number in range(SOURCES):
        rhythm: dict[str, Any] = {"every": EVERY[number // 2 % len(EVERY)]}
        if number % 2:
            rhythm = {"cron": CRON[number // 2 % len(CRON)], "time_zone": ZONES[number % len(ZONES)]}
        made.append(Source(f"s{number:02}", ("https://a.example/",), db="shared" if number >= 30 else None, **rhythm))
    return made


def run_year(days: int, seed: int) -> int:
    """Simulates, judges, prints; returns the number of faults."""
    began, chance, ran, clock = time.perf_counter(), random.Random(seed), Counter[str](), Clock()
    with tempfile.TemporaryDirectory() as folder:
        engine = scheduled.open_schedule(f"{folder}/year.db")
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
        engine.dispose()
        pair = [Machine(engine, clock, sources(), chance, ran) for _ in range(2)]
        jumps = sorted((chance.uniform(5, days - 5) * DAY, chance.choice((-3600, -90, 90, 3 * 3600, 2 * DAY))) for _ in range(days // 40))
        back: list[tuple[float, float]] = []
        number = 0
        while clock.steady < days * DAY:
            while jumps and clock.steady >= jumps[0][0]:
                at, by = jumps.pop(0)
                clock.wall, number = clock.wall + by, number + 1
                back.append((at + chance.uniform(600, 2 * DAY), -by))
            for one in [one for one in back if clock.steady >= one[0]]:
                clock.wall += one[1]
                back.remove(one)
            for machine in pair:
                machine.step()
            clock.wall, clock.steady = clock.wall + STEP, clock.steady + STEP
        faults = judge(engine, clock, ran, days, [machine.kills for machine in pair], number)
        engine.dispose()
    print(f"simulated in {time.perf_counter() - began:.0f} s")
    print(*faults[:20], sep="\n")
    return len(faults)


def judge(engine: Any, clock: Clock, ran: Counter[str], days: int, kills: list[int], jumps: int) -> list[str]:
    """The faults in words; prints the figures."""
    rows = scheduled.history(engine)
    runs, gaps = [row for row in rows if not row.missed], [row for row in rows if row.missed]
    faults: list[str] = []
    expected = 0
    for source in sources():
        mine = Counter(row.due for row in runs if row.source == source.name)
        done = sum(row.reason == "done" for row in runs if row.source == source.name)
        told = [(row.missed_from or 0.0, row.due) for row in gaps if row.source == source.name]
        faults += [f"{source.name}: {due} {number} times" for due, number in mine.items() if number > 1]
        if ran[source.name] != done:
            faults.append(f"{source.name}: {ran[source.name]} processes ended, {done} are told")
        for due in _dues(source, min(mine), clock.now() - 3 * DAY):
            expected += 1
            if due not in mine and not any(first <= due <= last for first, last in told):
                faults.append(f"{source.name}: {due} neither ran nor is told")
    reasons = Counter(row.reason or "still going at the end" for row in runs)
    print(f"{days} days, {SOURCES} sources, two schedules: {sum(kills)} killed while crawls ran, {jumps} jumps of the clock and back")
    print(f"{expected} due times; {len(runs)} runs ({dict(reasons)}), {sum(row.attempts > 1 for row in runs)} of them taken up from a killed schedule")
    print(f"{sum(row.missed for row in gaps)} missed and told in {len(gaps)} gaps: {dict(Counter(str(row.reason) for row in gaps))}")
    print(f"doubled or lost: {len(faults)}")
    return faults


def _dues(source: Source, first: float, last: float) -> Iterator[float]:
    table = timetable_of(source)
    assert table is not None
    for due in table.after(first - 1):
        if due > last:
            return
        yield due


def main() -> int:
    """Exits with 1 when a due time was doubled or lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("newscrawler").setLevel(logging.ERROR)
    return 1 if run_year(given.days, given.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
