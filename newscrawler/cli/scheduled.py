"""python -m newscrawler.cli.scheduled FOLDER crawl ...: a crawl as `newscrawler schedule` starts it, from a copy of its sources.

FOLDER is where the sources came from. Their `page` classes are looked for there, after everywhere else, as for `newscrawler crawl`. What
else such a file says of places (`db`) the schedule has resolved, and says by options.
"""

from __future__ import annotations

import sys

from newscrawler.cli import main as newscrawler


def main() -> int:
    """Runs the rest of the command line; returns its exit code."""
    sys.path.append(sys.argv.pop(1))
    return newscrawler()


if __name__ == "__main__":
    sys.exit(main())
