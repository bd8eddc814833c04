"""One run that this schedule holds: its process, its limits in monotonic seconds, and how it ended. It knows no database.

    start -> poll ... -> ended     exit code 4 (the database is busy): wait, start again, up to a patience
                \\-> stop: SIGTERM, after a grace SIGKILL
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from newscrawler.schedule.process import Process

logger = logging.getLogger(__name__)
BUSY = 4  # DatabaseBusy.exit_code
TIME_LIMIT = "stopped at its time limit"
STOPPED = "stopped"
LEASE_LOST = "stopped because the database could not be told that it lives"
_REASONS = {0: "done", 1: "failed", 2: "wrong usage", 3: "disk full", BUSY: "the database stayed busy", 130: STOPPED, 143: STOPPED}


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. A run whose beat could not be written for `give_up` is stopped, so that it is dead, `grace` later, before `lease` is over."""

    beat: float = 10.0
    lease: float = 180.0
    give_up: float = 120.0
    grace: float = 30.0
    busy_pause: float = 15.0
    busy_patience: float = 3600.0
    time_limit: float = 7200.0
    look: float = 1.0


@dataclass(slots=True)
class Held:
    """A run and its process. `began` and all other times are monotonic, but `started_at`, which is the clock's."""

    run: int
    source: str
    slot: str
    due: float
    started_at: float
    began: float
    limit: float
    start: Callable[[], Process]
    timing: Timing
    totals: Callable[[], tuple[int, int] | None] = lambda: None
    before: tuple[int, int] | None = None
    process: Process | None = None
    beaten: float = 0.0
    code: int | None = None
    ended: float | None = None
    why: str | None = None
    _stopping: float | None = None
    _killed: bool = False
    _again: float = field(default=0.0)

    def tend(self, now: float) -> None:
        """Starts, polls or stops the process, whatever is to be done by now; never raises for a process that cannot be started."""
        if self.ended is not None:
            return
        if self.process is None:
            self._begin(now)
        elif (code := self.process.poll()) is not None:
            self._end(code, now)
        else:
            self._limit(now)

    def stop(self, why: str, now: float) -> None:
        """Asks the process to stop; the reason of the first time is kept."""
        if self._stopping is not None or self.ended is not None:
            return
        self.why, self._stopping = why, now
        if self.process is None:
            self.ended = now
        else:
            self.process.stop()

    @property
    def reason(self) -> str:
        """How it ended, in words."""
        if self.why is not None:
            return self.why
        if self.code is not None and self.code < 0:
            return f"killed by signal {-self.code}"
        return _REASONS.get(self.code or 0, f"failed with exit code {self.code}")

    def _begin(self, now: float) -> None:
        if now < self._again:
            return
        try:
            self.process = self.start()
        except OSError as error:
            self.why, self.ended = f"could not be started ({error.strerror})", now

    def _end(self, code: int, now: float) -> None:
        self.process = None
        if code == BUSY and self._stopping is None and now - self.began < min(self.limit, self.timing.busy_patience):
            if not self._again:
                logger.warning("%s: its database is busy: trying again, up to %d s", self.source, min(self.limit, self.timing.busy_patience))
            self._again = now + self.timing.busy_pause
            return
        self.code, self.ended = code, now

    def _limit(self, now: float) -> None:
        assert self.process is not None
        if self._stopping is None and now - self.began >= self.limit:
            self.stop(TIME_LIMIT, now)
        elif self._stopping is None and now - self.beaten >= self.timing.give_up:
            self.stop(LEASE_LOST, now)
        elif self._stopping is not None and not self._killed and now - self._stopping >= self.timing.grace:
            self._killed = True
            self.process.kill()
