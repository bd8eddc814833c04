"""The schedule: looks after its runs, watches those of others, starts what is due. One `tick` does what there is to do, and waits for nothing.

Sources of one database run one after the other, the longest due first, since a database takes one crawl at a time.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from newscrawler.config import Source
from newscrawler.exceptions import BadRow, NewscrawlerError, StoreError
from newscrawler.schedule.due import Due, due_now
from newscrawler.schedule.held import STOPPED, Held, Timing
from newscrawler.schedule.lapsed import Watch
from newscrawler.schedule.process import Process
from newscrawler.schedule.timetable import Timetable, timetable_of
from newscrawler.store import scheduled
from newscrawler.store.scheduled import End, ScheduledRun

ATTEMPTS = 3  # a run whose owner was killed as often is not taken up once more: it may be what kills them
KILLED = "killed"
DAY = 86_400.0
logger = logging.getLogger(__name__)


class Clock:
    """Seconds since the epoch, which may jump, and monotonic seconds, which do not."""

    def now(self) -> float:
        """What due times are compared with."""
        return time.time()

    def monotonic(self) -> float:
        """What durations are measured by."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Job:
    """What a schedule has to know of a source to run it: where it crawls into, and how it is started."""

    slot: str
    start: Callable[[], Process]
    totals: Callable[[], tuple[int, int] | None] = lambda: None


@dataclass(slots=True)
class _Times:
    """The timetable of a source, and what is known between two due times: nothing has to be asked then."""

    source: Source
    table: Timetable
    job: Job
    since: float = 0.0
    until: float = 0.0
    last: ScheduledRun | None = None

    def settled(self, now: float) -> bool:
        """Whether the newest due time is known to have had its run; false when the clock was set back behind it."""
        if not self.since <= now < self.until:
            self.since, self.until = self.table.latest(now) or 0.0, self.table.next(now) or float("inf")
        return self.last is not None and self.last.due == self.since


class Daemon:
    """Runs sources when they are due, over the rows of store/scheduled.py. `job_of` makes a source's Job.

    `once`: only what is due as it begins, however long that takes; what comes due meanwhile would be without end.
    """

    def __init__(
        self,
        engine: Any,  # of scheduled.open_schedule
        sources: Sequence[Source],
        job_of: Callable[[Source], Job],
        timing: Timing | None = None,
        clock: Clock | None = None,
        *,
        once: bool = False,
    ) -> None:
        self.engine, self.job_of, self.timing, self.clock = engine, job_of, timing or Timing(), clock or Clock()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.up_since, self.once = self.clock.now(), once
        self.held: list[Held] = []
        self.blocked: set[str] = set()  # due, and somebody else is at work there
        self.failures = 0  # runs that ended otherwise than done
        self.draining = False
        self.watch = Watch(self.timing.lease)
        self._watched = self._pruned = float("-inf")
        self._to_prune: list[str] = []
        self._others: list[ScheduledRun] = []  # as last seen
        self._trouble: str | None = None
        self._troubled_at = 0.0
        self._stopping = False
        self._times: list[_Times] = []
        self._faults: dict[str, str] = {}  # what keeps a source from running, as told
        self.load(sources)

    def load(self, sources: Sequence[Source]) -> None:
        """Takes the sources of now. What runs goes on, with the limits that it began with, also when its source is gone.

        A source that cannot be run, its database being none that is known, is told and left out: the others run.
        """
        self._times, self._faults = [], {}
        for source in sources:
            if (table := timetable_of(source)) is not None:
                try:
                    self._times.append(_Times(source, table, self.job_of(source)))
                except NewscrawlerError as error:
                    self._fault(source, error)

    def drain(self) -> None:
        """Starts nothing more; what runs may end."""
        self.draining = True

    def stop(self) -> None:
        """Starts nothing more and stops what runs."""
        self.draining = self._stopping = True
        for held in self.held:
            held.stop(STOPPED, self.clock.monotonic())

    def finished(self) -> bool:
        """Whether there is nothing left to wait for; what others hold and keep alive is theirs."""
        if self.held:  # stopped, and the database does not take it down: the next schedule will find it
            return self._stopping and bool(self._trouble) and all(held.ended is not None for held in self.held)
        if self._trouble:
            return self.draining or (self.once and self.clock.monotonic() - self._troubled_at > self.timing.lease)
        return self.draining or (self.once and not (self.blocked and self.watch.undecided))

    def tick(self) -> None:
        """Does what there is to do. A database that fails is told once, and asked again by the next tick: nothing ends for that."""
        for held in self.held:
            held.tend(self.clock.monotonic())
        try:
            self._report()
            self._watch_others()
            if not self.draining:
                self._start_due()
            self._prune()
        except StoreError as error:
            self._in_trouble(str(error))
        else:
            if self._trouble:
                logger.info("the database answers again")
                self.failures -= 1
            self._trouble = None

    # ---- what this schedule holds

    def _report(self) -> None:
        for held in list(self.held):
            if held.ended is not None:
                self._end(held)
            elif self.clock.monotonic() - held.beaten >= self.timing.beat:
                self._beat(held)

    def _beat(self, held: Held) -> None:
        if scheduled.beat(self.engine, held.run, self.owner):
            held.beaten = self.clock.monotonic()
        else:  # taken for dead: the other one's run counts
            held.stop("taken up by another schedule", self.clock.monotonic())

    def _end(self, held: Held) -> None:
        assert held.ended is not None
        seconds = held.ended - held.began
        after = held.totals()
        added = (after[0] - held.before[0], after[1] - held.before[1]) if after and held.before else (None, None)
        ours = scheduled.end(self.engine, held.run, self.owner, End(held.started_at + seconds, held.reason, held.code, *added))
        self.held.remove(held)
        self.failures += held.reason != "done"
        if ours:
            logger.info("%s: %s after %.0f s%s", held.source, held.reason, seconds, "" if added[1] is None else f", {added[0]} pages, {added[1]} new articles")
        else:
            logger.warning("%s: %s after %.0f s, and another schedule has taken it up", held.source, held.reason, seconds)

    # ---- what others hold

    def _watch_others(self) -> None:
        now = self.clock.monotonic()
        if not self.blocked and now - self._watched < self.timing.beat:
            return
        self._watched = now
        found = scheduled.open_runs(self.engine)
        self._others = [run for run in found if run.owner != self.owner]
        self._find_lost([run for run in found if run.owner == self.owner])
        for run in self.watch.look(self._others, now):
            if not self.draining:
                self._succeed(run)

    def _find_lost(self, ours: list[ScheduledRun]) -> None:
        """Holds runs of ours that are not held: the database took the claim, and its answer got lost."""
        for run in ours:
            if any(run.id == held.run for held in self.held):
                continue
            times = next((times for times in self._times if times.source.name == run.source and times.job.slot == run.slot), None)
            if times is not None and not self.draining:
                self._hold(times, run.id, run.due)
            else:
                scheduled.abandon(self.engine, run, self.clock.now(), STOPPED)

    def _succeed(self, dead: ScheduledRun) -> None:
        """Takes up the run of a dead owner; where a newer time is due by now, that one runs, and this one was killed."""
        times = next((times for times in self._times if times.source.name == dead.source), None)
        latest = times.table.latest(self._looked_at()) if times else None
        if times is None or latest is None or latest > dead.due or dead.attempts >= ATTEMPTS or times.job.slot != dead.slot:
            if scheduled.abandon(self.engine, dead, self.clock.now(), KILLED):
                logger.warning("%s: the run of %s was killed, its schedule (%s) too", dead.source, _shown(dead.due), dead.owner)
        elif scheduled.take_up(self.engine, dead, self.owner):
            logger.warning("%s: taking up the run of %s, whose schedule (%s) was killed", dead.source, _shown(dead.due), dead.owner)
            self._hold(times, dead.id, dead.due)

    # ---- what is due

    def _looked_at(self) -> float:
        """The moment up to which due times count."""
        return self.up_since if self.once else self.clock.now()

    def _start_due(self) -> None:
        now = self._looked_at()
        self.blocked = set()
        due = []
        for times in self._times:
            with self._kept_apart(times.source):
                if not times.settled(now) and (found := self._due(times, now)) is not None:
                    due.append((found, times))
        for found, times in sorted(due, key=lambda pair: pair[0].due):
            with self._kept_apart(times.source):
                self._claim(found, times, self.clock.now())

    def _due(self, times: _Times, now: float) -> Due | None:
        """What is due of a source and has nothing in its way that is known here; the claim decides."""
        name, slot = times.source.name, times.job.slot
        if any(slot == held.slot or name == held.source for held in self.held):
            return None  # its turn comes
        if any(slot == run.slot or name == run.source for run in self._others):
            self.blocked.add(name)
            return None
        times.last = scheduled.last_run(self.engine, times.source.name, max(now, self.clock.now()))  # another schedule may be ahead
        return due_now(times.table, now, times.last, self.up_since)

    def _claim(self, due: Due, times: _Times, now: float) -> None:
        source, slot = times.source, times.job.slot
        if any(slot == held.slot or source.name == held.source for held in self.held):
            return  # its turn comes
        run = scheduled.claim(self.engine, source.name, due.due, slot, self.owner, now, due.gap)
        if run is None:
            self.blocked.add(source.name)
            return
        if due.gap:
            logger.warning("%s: %d due times up to %s were missed: %s", source.name, due.gap.number, _shown(due.gap.last), due.gap.reason)
        self._hold(times, run, due.due)

    def _hold(self, times: _Times, run: int, due: float) -> None:
        source, job, now = times.source, times.job, self.clock.monotonic()
        limit = source.time_limit or self.timing.time_limit
        held = Held(run, source.name, job.slot, due, self.clock.now(), now, limit, job.start, self.timing, job.totals, job.totals(), beaten=now)
        self.held.append(held)
        logger.info("%s: due %s, started", source.name, _shown(due))
        held.tend(now)

    # ---- what is old

    def _prune(self) -> None:
        """Once a day the oldest rows of each source go: of one source a tick, since others wait."""
        now = self.clock.monotonic()
        if now - self._pruned >= DAY:
            self._pruned, self._to_prune = now, [times.source.name for times in self._times]
        elif self._to_prune:
            scheduled.prune(self.engine, self._to_prune.pop())

    # ---- what goes wrong

    @contextmanager
    def _kept_apart(self, source: Source) -> Iterator[None]:
        """What the database refuses of one source (a name that it cannot hold, say) is that one's fault, and the others go on."""
        try:
            yield
        except BadRow as error:
            self._fault(source, error)

    def _fault(self, source: Source, error: NewscrawlerError) -> None:
        if source.name not in self._faults:
            self.failures += 1
        if self._faults.get(source.name) != str(error):
            logger.error("%s: cannot run: %s", source.name, error)
        self._faults[source.name] = str(error)

    def _in_trouble(self, said: str) -> None:
        self.watch.forget()  # who could not beat is not dead
        if self._trouble is None:
            self._troubled_at = self.clock.monotonic()
            self.failures += 1  # for --once, which may end before it is over
        if self._trouble != said:
            logger.warning("%s: trying again", said)
        self._trouble = said


def _shown(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment)) + " UTC"
