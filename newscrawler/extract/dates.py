"""When it was published: dates as pages write them -> RFC 3339.

Only what is written is used: no clock, no guess of the year. A time without zone on a Chinese page is taken as China's
(+08:00, tz_source "site"); on others such a time is given as its day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|nov november|dec december".split("|"), 1
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLOCK = (
    r"(?:(?:\s*T\s*|\s*[|·,]?\s*(?:at |um |星期. |周. )?)(?P<hour>[01]?\d|2[0-3])\s*[:：时時]\s*(?P<minute>[0-5]\d)(?:\s*[:：分]\s*(?P<second>[0-5]\d))?分?(?:\.\d{1,9})?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*(?P<zone>Z\b|GMT\b|UTC\b|[+-]\d\d:?\d\d)?)?"
)
_FORMS = (
    re.compile(rf"(?<!\d)(?P<year>(?:19|20)\d\d)\s*[-年/.]\s*(?P<month>1[0-2]|0?[1-9])\s*[-月/.]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?{_CLOCK}", re.IGNORECASE),
    re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d){_CLOCK}", re.IGNORECASE),
    re.compile(rf"\b(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|\.)?\s+(?P<name>{_MONTH})\.?,?\s+(?P<year>(?:19|20)\d\d){_CLOCK}", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>3[01]|[12]\d|0[1-9])(?:(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"),
)
_YEAR = re.compile(r"(?:19|20)\d\d")  # no form does without: most lines are through with that
_URL_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[/_-]?)(?P<month>0[1-9]|1[0-2])(?:(?P=sep)|[/_-])?(?P<day>3[01]|[12]\d|0[1-9])(?!\d)"
    r"|/t(?P<year2>20\d\d)(?P<month2>0[1-9]|1[0-2])(?P<day2>3[01]|[12]\d|0[1-9])_"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as found: `raw` as printed, `value` without zone, `offset` in minutes or None, `precision` day, minute or second."""

    raw: str
    value: datetime
    offset: int | None
    precision: str


def find_date(text: str) -> Moment | None:
    """Returns the first date written in a text, or None.

    >>> find_date("发布时间：2024年01月02日 10:20").value.isoformat()
    '2024-01-02T10:20:00'
    >>> find_date("March 3, 2024").precision
    'day'
    """
    for form in _FORMS if _YEAR.search(text) else ():
        for match in form.finditer(text):
            moment = _moment(match)
            if moment is not None:
                return moment
    return None


def date_in_url(url: str) -> Moment | None:
    """Returns the day in a URL's path such as /2024/0102/ or /t20240102_1.html, or None."""
    found = _URL_DATE.search(url.partition("://")[2])
    if found is None:
        return None
    year, month, day = (int(found[name] or found[f"{name}2"]) for name in ("year", "month", "day"))
    try:
        return Moment(found[0].strip("/"), datetime(year, month, day), None, "day")
    except ValueError:
        return None


def written(moment: Moment, *, china: bool) -> tuple[str, str, str]:
    """Returns the date as RFC 3339, its precision and where the zone is from (page, site, none).

    >>> written(find_date("2024-01-02 10:20"), china=True)
    ('2024-01-02T10:20:00+08:00', 'minute', 'site')
    """
    if moment.precision == "day" or (moment.offset is None and not china):
        return moment.value.date().isoformat(), "day", "none"
    minutes = 480 if moment.offset is None else moment.offset
    zone = UTC if minutes == 0 else timezone(timedelta(minutes=minutes))
    return moment.value.replace(tzinfo=zone).isoformat(), moment.precision, "site" if moment.offset is None else "page"


def _moment(match: re.Match[str]) -> Moment | None:
    parts = match.groupdict()
    month = _MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["month"])
    hour = int(parts["hour"]) if parts.get("hour") else None
    if hour is not None and parts.get("half"):
        hour = hour % 12 + (12 if parts["half"][0].lower() == "p" else 0)
    try:
        value = datetime(int(parts["year"]), month, int(parts["day"]), hour or 0, int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return None
    precision = "day" if hour is None else "second" if parts.get("second") else "minute"
    return Moment(match[0].strip(), value, _offset(parts.get("zone")), precision)


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60:
        return None
    return -minutes if zone[0] == "-" else minutes
