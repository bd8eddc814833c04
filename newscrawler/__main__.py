"""`python -m newscrawler` is the command `newscrawler`."""

import sys

from newscrawler.cli import main

if __name__ == "__main__":
    sys.exit(main())
