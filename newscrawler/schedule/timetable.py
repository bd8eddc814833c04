"""The due times of a source: pure, and the same for every process and machine, since a due time is what is claimed.

`every` has a fixed grid from the epoch on, shifted by the source's name, so that forty sources "every 15 minutes" do not start at once
and a restart shifts nothing. A cron line follows the clocks of its zone as Debian's cron does: where they are set forward, a fixed
time that was skipped comes right after the gap; where they are set back, a fixed time comes once, and "every so many minutes" goes on.
(Of the libraries, cronsim does that and reads 0 and 7 as Sunday and days "or" weekdays, as cron(8) does; APScheduler's from_crontab
reads 0 as Monday and "and".)
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from newscrawler.config import Source

COUNTED = 10_000  # cronsim finds 70 a millisecond, and a clock that jumps by ten years must not hold up the others for a minute
_HOUR, _DAY = 3600, 86400
_BACK = (2 * _HOUR, 2 * _DAY, 62 * _DAY, 800 * _DAY, 9 * 366 * _DAY)  # how far to look back; the last for 29 February over a century


@dataclass(frozen=True, slots=True)
class Timetable:
    """`every` seconds at `offset` after the epoch, or a `cron` line in `zone`. Moments are seconds since the epoch, due times whole ones."""

    every: int | None = None
    offset: int = 0
    cron: str = ""
    zone: str = "UTC"

    def after(self, moment: float) -> Iterator[float]:
        """All due times later than a moment, in order, without end."""
        if self.every is not None:
            due = self._floor(moment)
            while True:
                due += self.every
                yield float(due)
        last = moment
        for at in CronSim(self.cron, datetime.fromtimestamp(moment, ZoneInfo(self.zone))):
            due_at = at.astimezone(UTC).timestamp()
            if due_at > last:
                last = due_at
                yield due_at

    def next(self, moment: float) -> float | None:
        """The first due time after a moment; None: there is none (a cron line may end)."""
        return next(self.after(moment), None)

    def latest(self, moment: float) -> float | None:
        """The last due time at or before a moment; None: there was none in nine years."""
        if self.every is not None:
            return float(self._floor(moment))
        for span in _BACK:
            found = None
            for due in self.after(moment - span):
                if due > moment:
                    break
                found = due
            if found is not None:
                return found
        return None

    def between(self, first: float, last: float, most: int = COUNTED) -> tuple[int, float, float]:
        """How many due times lie between two moments, both left out, with the earliest and the latest of them; (0, 0, 0) for none.

        Those of a cron line are counted up to `most`: `most` means at least so many.
        """
        if self.every is not None:
            low, high = self._floor(first) + self.every, self._floor(last - 1)
            return ((high - low) // self.every + 1, float(low), float(high)) if low <= high else (0, 0.0, 0.0)
        number, low_due, high_due = 0, 0.0, 0.0
        for due in self.after(first):
            if due >= last:
                break
            number, low_due, high_due = number + 1, low_due or due, due
            if number == most:
                return number, low_due, self.latest(last - 1) or due
        return number, low_due, high_due

    def _floor(self, moment: float) -> int:
        assert self.every is not None
        return int((moment - self.offset) // self.every) * self.every + self.offset


def timetable_of(source: Source) -> Timetable | None:
    """The timetable of a source; None when it is never due by itself."""
    if source.every is not None:
        return Timetable(source.every, zlib.crc32(source.name.encode()) % source.every)
    return Timetable(cron=source.cron, zone=source.time_zone or "UTC") if source.cron else None
