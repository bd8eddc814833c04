"""When it was published: dates as pages write them -> RFC 3339.

Only what is written is used: no clock, no guess of the year. Of 03/04/2024 the day comes first, except where the caller says
that the page is American. A time without zone gets the zone of the site's country where the caller knows it (tz_source "site");
else such a time is given as its day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from newscrawler.extract.months import MONTHS, fold

_CLOCK = (
    r"(?:(?:\s*T\s*|\s*[(（]?[日月火水木金土月一二三四五六]?[)）]?\s*[|·•,/–—-]?\s*(?:(?:at|um|kl\.?|à|às|alle(?: ore)?|ore|om|klo|saat|в|о|星期.|周.|time:?)\s*)?)"
    r"(?P<noon>上午|下午|中午|凌晨|早上|晚上|晚间|午前|午後|오전|오후)?\s*"
    r"(?P<hour>[01]?\d|2[0-3])\s*(?:[:：时時h点點시]|\.(?=\d\d\s*(?:Uhr|h\b)))\s*(?P<minute>[0-5]\d)(?:\s*[:：分분]\s*(?P<second>[0-5]\d)(?!\d))?[分분]?(?:[.,]\d{1,9})?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?\s*(?P<zone>Z\b|GMT\b|UTC\b|[+-]\d\d:?\d\d)?)?"
)
_DAY, _MONTH, _YEAR_GROUP = r"(?P<day>3[01]|[12]\d|0?[1-9])", r"(?P<month>1[0-2]|0?[1-9])", r"(?P<year>(?:19|20)\d\d)"
_NAME = r"(?P<name>[^\W\d_]{3,13})"
_FORMS = (
    re.compile(rf"(?<!\d){_YEAR_GROUP}\s*[-年년/.]\s*{_MONTH}\s*[-月월/.]\s*{_DAY}(?!\d)\s*[日일]?\.?{_CLOCK}", re.IGNORECASE),
    re.compile(rf"(?<!\d){_YEAR_GROUP}\.?\s+{_NAME}\.?\s+{_DAY}(?!\d)\.?{_CLOCK}", re.IGNORECASE),
    re.compile(rf"\b{_NAME}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR_GROUP}(?!\d){_CLOCK}", re.IGNORECASE),
    re.compile(
        rf"(?<![\d.]){_DAY}(?:st|nd|rd|th|er|[.ºª°])?(?:\s+|-|(?<=\.))(?:(?:de|of|d['’])\s*)?{_NAME}\.?,?(?:\s+|-)(?:(?:de|del|of)\s+)?{_YEAR_GROUP}(?!\d)(?:\s*г\.)?{_CLOCK}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\d./-])(?P<first>\d\d?)(?P<sep>[./-])\s?(?P<second_>\d\d?)(?P=sep)\s?{_YEAR_GROUP}(?!\.?\d){_CLOCK}", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>3[01]|[12]\d|0[1-9])(?:T?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"),
)
_SHORT = re.compile(rf"(?<![\d./-])(?P<first>\d\d)(?P<sep>[./])(?P<second_>\d\d)(?P=sep)(?P<short>[0-3]\d)(?![\d./-]){_CLOCK}", re.IGNORECASE)
_SHORT_HINT = re.compile(r"\d\d[./]\d\d[./]\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")  # no long form does without: most lines are through with that
_URL_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[/_-]?)(?P<month>0[1-9]|1[0-2])(?:(?P=sep)|[/_-])?(?P<day>3[01]|[12]\d|0[1-9])(?!\d)"
    r"|/t(?P<year2>20\d\d)(?P<month2>0[1-9]|1[0-2])(?P<day2>3[01]|[12]\d|0[1-9])_"
    r"|/(?P<year3>20\d\d)/(?P<month3>1[0-2]|0?[1-9])/(?P<day3>3[01]|[12]\d|0?[1-9])(?=/)"
)
FIRST_WHOLE_OFFSETS = 1970
"""Before that a zone's offset may have seconds, which RFC 3339 cannot write."""
_AFTERNOON = frozenset({"下午", "晚上", "晚间", "午後", "오후", "p"})
_MORNING = frozenset({"上午", "凌晨", "早上", "午前", "오전", "a"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as found: `raw` as printed, `value` without zone, `offset` in minutes or None, `precision` day, minute or second."""

    raw: str
    value: datetime
    offset: int | None
    precision: str


def find_date(text: str, *, month_first: bool = False, short: bool = False) -> Moment | None:
    """Returns the date that is written first in a text, or None.

    `month_first` reads 03/04/2024 as the fourth of March; `short` takes years of two digits (24.01.22), for texts that are
    known to hold a date.

    >>> find_date("发布时间：2024年01月02日 10:20").value.isoformat()
    '2024-01-02T10:20:00'
    >>> find_date("3. März 2024").value.isoformat(), find_date("March 3, 2024").precision
    ('2024-03-03T00:00:00', 'day')
    """
    has_year = _YEAR.search(text)
    if not has_year and not (short and _SHORT_HINT.search(text)):
        return None
    text = " ".join(text.split())  # the forms allow white space in many places: runs of it would cost dearly
    best: tuple[int, Moment] | None = None
    for form in _FORMS if has_year else ():
        for match in form.finditer(text):
            if best is not None and match.start() >= best[0]:
                break
            moment = _moment(match, month_first)
            if moment is not None:
                best = match.start(), moment
                break
    if best is None and short:
        found = _SHORT.search(text)
        return _moment(found, month_first) if found else None
    return best[1] if best else None


def date_in_url(url: str) -> Moment | None:
    """Returns the day in a URL's path such as /2024/0102/ or /t20240102_1.html, or None."""
    found = _URL_DATE.search(url.partition("://")[2])
    if found is None:
        return None
    year, month, day = (int(found[name] or found[f"{name}2"] or found[f"{name}3"]) for name in ("year", "month", "day"))
    try:
        return Moment(found[0].strip("/"), datetime(year, month, day), None, "day")
    except ValueError:
        return None


def written(moment: Moment, zone: tzinfo | None) -> tuple[str, str, str]:
    """Returns the date as RFC 3339, its precision and where the zone is from (page, site, none); `zone` is the site's, if known.

    A time in UTC is written in the site's zone: the same moment, and the day that readers of the site saw.

    >>> written(find_date("2024-01-02 10:20"), timezone(timedelta(hours=8)))
    ('2024-01-02T10:20:00+08:00', 'minute', 'site')
    """
    if moment.value.year < FIRST_WHOLE_OFFSETS:
        zone = None
    if moment.precision == "day" or (moment.offset is None and zone is None):
        return moment.value.date().isoformat(), "day", "none"
    if moment.offset is None:
        return moment.value.replace(tzinfo=zone).isoformat(), moment.precision, "site"
    own = UTC if moment.offset == 0 else timezone(timedelta(minutes=moment.offset))
    value = moment.value.replace(tzinfo=own)
    return (value.astimezone(zone) if moment.offset == 0 and zone else value).isoformat(), moment.precision, "page"


def _moment(match: re.Match[str], month_first: bool) -> Moment | None:
    parts = match.groupdict()
    day = _day_of(parts, month_first)
    hour = int(parts["hour"]) if parts.get("hour") else None
    if day is None:
        return None
    half = parts.get("noon") or (parts["half"][0].lower() if parts.get("half") else "")
    if hour is not None and hour <= 12 and half in _AFTERNOON | _MORNING:
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    try:
        value = datetime(*day, hour or 0, int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return None
    precision = "day" if hour is None else "second" if parts.get("second") else "minute"
    return Moment(match[0].strip(), value, _offset(parts.get("zone")), precision)


def _day_of(parts: dict[str, str | None], month_first: bool) -> tuple[int, int, int] | None:
    """Returns year, month and day of a match, None for what is no date after all."""
    year = int(parts.get("year") or 0) or 2000 + int(parts.get("short") or 0)
    if parts.get("first"):
        one, two = int(parts["first"] or 0), int(parts["second_"] or 0)
        if two > 12 or (month_first and one <= 12 and parts["sep"] != "."):
            one, two = two, one
        return (year, two, one) if one and 0 < two <= 12 else None
    name = parts.get("name")
    month = MONTHS.get(fold(name), 0) if name else int(parts.get("month") or 0)
    return (year, month, int(parts.get("day") or 0)) if month else None


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
