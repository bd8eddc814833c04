"""Two schedules on one database, and kill -9 of either, again and again: did every due time run exactly once, or is it told?

    python bench/schedule_kill.py [--kills 20] [--db URL] [--seed 1]

Runs are small processes that write "start" and "end" to a file of their own, so what ran is known from outside, not from the
schedule's table. Leases are shortened (2 s) so that many kills fit into a minute or two; the rest is as it is in use. Without --db: SQLite;
a database given is one without runs of a schedule.
Prints figures; exits with 1 when a due time ended twice, two runs of a source overlapped, or a due time is neither run nor told.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from newscrawler.config import Source, read_sources
from newscrawler.schedule import Daemon, Job, Timing, loop, timetable_of
from newscrawler.schedule.process import Command
from newscrawler.store import scheduled
from newscrawler.store.scheduled import ScheduledRun

TIMING = Timing(beat=0.3, lease=2.0, give_up=1.2, grace=0.5, busy_pause=0.5, look=0.1)
SOURCES = "".join(
    f'[source.{name}]\nstart_pages = ["https://{name}.example/"]\nevery = "{every}s"\ndb = "{db}"\n'
    for name, every, db in (("a", 2, "one.db"), ("b", 5, "one.db"), ("c", 3, "two.db"), ("d", 7, "three.db"))
)
RUN = """
import os, signal, sys, time
def say(word):
    with open(sys.argv[1], "a") as log:
        log.write(f"{word} {sys.argv[2]} {os.getpid()} {time.monotonic()}\\n")
signal.signal(signal.SIGTERM, lambda *_: (say("stop"), os._exit(143)))
say("start"); time.sleep(float(sys.argv[3])); say("end")
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out: counts, and the faults in words."""

    kills: int
    ended: int
    reasons: Counter[str]
    gaps: int
    missed: int
    taken_up: int
    faults: list[str]


def serve(folder: Path, db: str) -> None:
    """One schedule, as `newscrawler schedule` runs it, but for the timing and the command."""
    logging.basicConfig(format="%(asctime)s %(process)d %(message)s", level=logging.INFO)
    engine = scheduled.open_schedule(db)
    read = partial(read_sources, folder / "sources.toml")
    (folder / f"up-{os.getpid()}").touch()

    def job_of(source: Source) -> Job:
        words = [sys.executable, "-S", "-c", RUN, str(folder / "ran"), source.name, "0.6"]
        return Job(scheduled.slot_of(source.db or db), partial(Command, words))

    loop.run(Daemon(engine, read(), job_of, TIMING), read)


def kill_often(folder: Path, db: str, kills: int, seed: int) -> Verdict:
    """Starts two, kills one of them `kills` times, each time starting another at once or later; drains at last, and judges."""
    chance = random.Random(seed)
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (folder / "ran").touch()
    with (folder / "log").open("wb") as log:
        start = partial(subprocess.Popen, [sys.executable, __file__, "--serve", str(folder), "--db", db], stdout=log, stderr=log)
        pair = [start(), start()]
        began = time.time()
        time.sleep(3)
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 4))
            which = chance.randrange(2)
            pair[which].send_signal(signal.SIGKILL)
            pair[which].wait()
            time.sleep(chance.choice((0, 0, 1, 3)))
            pair[which] = start()
        _wait_for(folder, pair)  # on a busy machine a schedule takes longer to start than to be killed
        time.sleep(TIMING.lease * 3)
        until = time.time()
        for process in pair:
            process.send_signal(signal.SIGTERM)
        for process in pair:
            process.wait(timeout=60)
    engine = scheduled.open_schedule(db)
    try:
        return judge(folder, scheduled.history(engine), kills, began, until)
    finally:
        engine.dispose()


def _wait_for(folder: Path, pair: list[subprocess.Popen[bytes]]) -> None:
    """Waits until both schedules are at work."""
    while any(process.poll() is None and not (folder / f"up-{process.pid}").exists() for process in pair):
        time.sleep(0.1)


def _is_used(db: str) -> bool:
    engine = scheduled.open_schedule(db)
    try:
        return bool(scheduled.history(engine))
    finally:
        engine.dispose()


def judge(folder: Path, rows: list[ScheduledRun], kills: int, began: float, until: float) -> Verdict:
    """Compares the table with what the runs wrote themselves, and both with the timetable."""
    runs, gaps = [row for row in rows if not row.missed], [row for row in rows if row.missed]
    faults = list(_overlaps((folder / "ran").read_text().splitlines()))
    words = [line.split()[:2] for line in (folder / "ran").read_text().splitlines()]
    for source in read_sources(folder / "sources.toml"):
        done = sum(row.reason == "done" for row in runs if row.source == source.name)
        ran = sum(word == ["end", source.name] for word in words)
        unwritten = sum(row.attempts > 1 or row.reason != "done" for row in runs if row.source == source.name)
        if not done <= ran <= done + unwritten:  # a schedule may be killed between the end of a run and its row
            faults.append(f"{source.name}: {ran} runs ended, {done} are told")
        table = timetable_of(source)
        assert table is not None
        first = min((row.due for row in runs if row.source == source.name), default=began)
        _, _, last = table.between(first, until - source.every - 4) if source.every else (0, 0.0, 0.0)
        dues = {row.due for row in runs if row.source == source.name}
        for due in table.after(first - 1):
            if due > last:
                break
            if due not in dues and not any(gap.source == source.name and (gap.missed_from or 0) <= due <= gap.due for gap in gaps):
                faults.append(f"{source.name}: {due} neither ran nor is told")
    doubled = [key for key, number in Counter((row.source, row.due) for row in runs).items() if number > 1]
    faults += [f"{source}: {due} twice" for source, due in doubled] + [f"{row.source}: left open" for row in runs if row.ended_at is None]
    reasons = Counter(str(row.reason) for row in runs)
    ended = sum(word[0] == "end" for word in words)
    taken_up = sum(row.attempts > 1 for row in runs)
    return Verdict(kills, ended, reasons, len(gaps), sum(gap.missed for gap in gaps), taken_up, faults)


def _overlaps(lines: list[str]) -> list[str]:
    """Runs of one source that were at work at once, by their own words. One without a last word was killed: it overlaps with nothing."""
    spans: dict[str, tuple[str, float, float]] = {}
    for line in lines:
        word, source, pid, at = line.split()
        spans[pid] = (source, float(at), float(at)) if word == "start" else (*spans[pid][:2], float(at))
    ordered = sorted(spans.values())
    return [f"{one[0]}: two at once" for one, two in pairwise(ordered) if one[0] == two[0] and two[1] < one[2]]


def main() -> int:
    """Runs and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--db")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.db)
        return 0
    if given.db and _is_used(given.db):
        parser.error("--db: it has runs of a schedule already, and they would be judged with ours: give an empty database")
    with tempfile.TemporaryDirectory() as folder:
        found = kill_often(Path(folder), given.db or f"{folder}/schedule.db", given.kills, given.seed)
        log = (Path(folder) / "log").read_text(errors="replace")
    print(f"kills {found.kills}: {found.ended} runs ended; told: {dict(found.reasons)}")
    print(f"taken up {found.taken_up}; {found.missed} due times missed and told in {found.gaps} gaps; faults: {len(found.faults)}")
    print(*found.faults[:20], sep="\n")
    if found.faults or "Traceback" in log:
        print(*log.splitlines()[-60:], sep="\n")
    return 1 if found.faults or "Traceback" in log else 0


if __name__ == "__main__":
    sys.exit(main())
