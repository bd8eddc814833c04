"""When sources are due, and the loop that asks.

    sources.toml -> Timetable | due_now -> claim a row -> a crawl in a process of its own -> end the row

`timetable` and `due` are pure: times in, times out. `lapsed` tells which runs of others are dead, `held` looks after one process,
`daemon` puts them together over the rows of store/scheduled.py, `loop` gives it signals and time, `units` prints files for systemd and cron.

There is no scheduler library underneath: the rows have to decide what runs anyway, since memory and a second daemon cannot, and what is
left for one would be to wake up once a second.
"""

from __future__ import annotations

from newscrawler.schedule.daemon import Daemon, Job
from newscrawler.schedule.due import Due, due_now
from newscrawler.schedule.held import Timing
from newscrawler.schedule.timetable import Timetable, timetable_of

__all__ = ["Daemon", "Due", "Job", "Timetable", "Timing", "due_now", "timetable_of"]
