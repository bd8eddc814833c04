"""python -m newscrawler.cli.scheduled FOLDER crawl ...: a crawl as `newscrawler schedule` starts it, from a copy of its sources.

FOLDER is where the sources came from. Their `page` classes are looked for there, after everywhere else, as for `newscrawler crawl`. What
else such a file says of places (`db`) the schedule has resolved, and says by options.
"""

from __future__ import annotations

import logging
import sys

from newscrawler.cli import main as newscrawler
from newscrawler.exceptions import DatabaseBusy


def main() -> int:
    """Runs the rest of the command line; returns its exit code. That the database is busy the schedule tells, once: it starts this again and again."""
    sys.path.append(sys.argv.pop(1))
    logging.getLogger("newscrawler.store.database").setLevel(logging.ERROR)
    return newscrawler(untold=(DatabaseBusy,))


if __name__ == "__main__":
    sys.exit(main())
