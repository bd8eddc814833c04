"""Which runs of other schedules are dead: their beat stood still for a whole lease, on this machine's monotonic clock.

No clock is compared with another one's, so one that jumps or goes wrong kills nobody (as in "Leases", Gray & Cheriton 1989, where only
rates of clocks have to agree). The price: who has just been started has to watch for a whole lease first.
"""

from __future__ import annotations

from collections.abc import Iterable

from newscrawler.store.scheduled import ScheduledRun


class Watch:
    """What was seen of the runs of others, and since when it stands still."""

    def __init__(self, lease: float) -> None:
        self.lease = lease
        self._seen: dict[int, tuple[str, int, float]] = {}
        self._alive: set[int] = set()

    def look(self, others: Iterable[ScheduledRun], now: float) -> list[ScheduledRun]:
        """Returns those that are dead by now (monotonic seconds); remembers the rest."""
        before, self._seen = self._seen, {}
        dead = []
        for run in others:
            owner, beat, since = before.get(run.id, ("", -1, now))
            if (owner, beat) != (run.owner, run.beat):
                since = now
                if run.id in before:
                    self._alive.add(run.id)
            self._seen[run.id] = run.owner, run.beat, since
            if now - since >= self.lease:
                dead.append(run)
        self._alive &= self._seen.keys()
        return dead

    def forget(self) -> None:
        """Begins anew: after a time in which the database could not be written, others may have had no chance to beat."""
        self._seen.clear()
        self._alive.clear()

    @property
    def undecided(self) -> bool:
        """Whether there are runs of which it is not known yet if somebody holds them."""
        return bool(self._seen.keys() - self._alive)
