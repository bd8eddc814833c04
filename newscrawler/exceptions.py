"""Every error this project raises on purpose, in one tree.

NewscrawlerError
    UsageError              the command line or an argument is wrong (exit code 2)
        BadUrl              raised for what is no address of a web page, wherever one is asked for
        BadSource           raised by `config` for a line of sources.toml
    FileBusy                raised by `export` for a file that another export writes (exit code 4)
    StoreError              raised by `store` (exit code 1 unless said otherwise)
        BadDatabase         the database cannot be opened or is not ours (exit code 2)
        OldDatabase         made by an older version: run `newscrawler db upgrade` (exit code 2)
        NewDatabase         made by a newer version: upgrade newscrawler (exit code 2)
        DatabaseBusy        another crawl works on it, or it stayed locked (exit code 4)
        BadRow              the database refuses the values of one page: that page fails, the crawl goes on
        DiskFull            nothing more can be written (exit code 3)

Each message is one line that says what happened and what to do next.
"""

from __future__ import annotations


class NewscrawlerError(Exception):
    """Base of them all; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(NewscrawlerError):
    """An argument is wrong; the user mends it and runs again."""

    exit_code = 2


class BadUrl(UsageError):
    """Raised for a URL that is not an absolute http or https URL with a host."""


class BadSource(UsageError):
    """Raised for a sources file that cannot be read or has a wrong value; the message names file, source and field."""


class FileBusy(NewscrawlerError):
    """Raised when another process appends to the same file; the user waits or stops the other one."""

    exit_code = 4


class StoreError(NewscrawlerError):
    """Raised by the store when the database fails; what was not committed is rolled back."""


class BadDatabase(StoreError):
    """Raised when the address is no database that we can open; the user corrects `--db`."""

    exit_code = 2


class OldDatabase(BadDatabase):
    """Raised when the tables are of an older version; the user runs `newscrawler db upgrade`."""


class NewDatabase(BadDatabase):
    """Raised when the tables are of a newer version than this program; the user upgrades newscrawler."""


class DatabaseBusy(StoreError):
    """Raised when another crawl holds the database, or it stayed locked too long; the user waits or stops the other one."""

    exit_code = 4


class BadRow(StoreError):
    """Raised when the database refuses what is to be written of one page; the user reports it, the page is marked as failed."""


class DiskFull(StoreError):
    """Raised when the disk is full; the user frees space and runs the same command again."""

    exit_code = 3
