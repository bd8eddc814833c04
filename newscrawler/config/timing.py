"""Rhythms of sources.toml: durations, cron lines, time zones. Each reader raises ValueError with what is wrong, without the key."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?")
_LONGEST = 366 * 86400


def duration(value: object) -> int:
    """Returns whole seconds, 1 to a year.

    >>> duration("1h30m"), duration("15m")
    (5400, 900)
    """
    found = _DURATION.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    total = sum(int(number) * seconds for number, seconds in zip(found.groups("0"), _UNITS.values(), strict=True)) if found else 0
    if not 0 < total <= _LONGEST:
        raise ValueError(f'must be a time of at most a year, like "15m", "2h" or "1d", not {value!r}')
    return total


def cron_line(value: object) -> str:
    """Returns the five fields of a cron line: minute, hour, day of the month, month, day of the week (0 and 7: Sunday)."""
    from datetime import UTC, datetime

    if not isinstance(value, str) or len(value.split()) != 5:
        raise ValueError(f'must have five fields, like "30 6 * * 1-5", not {value!r}')
    try:
        next(CronSim(value, datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"{value!r} is no cron line: {error}") from error
    except StopIteration:
        raise ValueError(f"{value!r} is a time that never comes") from None
    return value


def zone_name(value: object) -> str:
    """Returns the name of a time zone that the machine knows (the IANA database)."""
    try:
        return ZoneInfo(value if isinstance(value, str) else "").key
    except (OSError, ValueError, KeyError) as error:  # KeyError: ZoneInfoNotFoundError
        raise ValueError(f'is no time zone that is known here: give one like "Asia/Shanghai", not {value!r}') from error
