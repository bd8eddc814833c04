"""Dates of feeds and sitemaps, and what an announcement adds to an article.

Feeds write dates by RFC 822 (RSS) or RFC 3339 (Atom, JSON Feed), sitemaps by W3C Datetime, and many by neither.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal

from newscrawler.extract.dates import Moment, find_date, written
from newscrawler.items import Announcement, Article

_RFC_822 = re.compile(r"\s*(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d")
MAX_DATE = 100


@lru_cache(maxsize=4096)
def moment_of(text: str) -> Moment | None:
    """Returns the moment that a date of a feed or sitemap tells, or None.

    >>> moment_of("Tue, 24 Nov 2026 10:00:00 EST").offset, moment_of("2026-11-24").precision
    (-300, 'day')
    """
    text = text[:MAX_DATE]
    if _RFC_822.match(text):
        try:
            value = parsedate_to_datetime(text)
            offset = value.utcoffset()
        except (ValueError, OverflowError):
            return find_date(text)
        minutes = None if offset is None else int(offset.total_seconds() // 60)
        return Moment(text.strip(), value.replace(tzinfo=None), minutes, "second")
    return find_date(text)


def seconds_of(text: str | None) -> float | None:
    """Returns that moment in seconds since the epoch, UTC; of a day its beginning. A time without zone is taken as UTC."""
    moment = moment_of(text) if text else None
    if moment is None:
        return None
    try:
        return (moment.value.replace(tzinfo=UTC) - timedelta(minutes=moment.offset or 0)).timestamp()
    except (OverflowError, ValueError):
        return None


def complete_article(article: Article, announced: Announcement, source: Literal["feed", "sitemap"], now: float) -> None:
    """Gives an article what its page does not say: title, keywords, and the date of publication (source "feed" or "sitemap").

    The page goes before the announcement, always. A date in the future by more than a day is not taken.
    """
    article.title = article.title or announced.title
    article.keywords = article.keywords or list(announced.keywords)
    moment = moment_of(announced.published) if announced.published and not article.date_published else None
    if moment is not None and (seconds_of(announced.published) or 0.0) <= now + 86400:
        article.date_published, article.date_precision, article.tz_source = written(moment, None)
        article.date_published_raw, article.date_published_source = moment.raw, source


def day_number(seconds: float | None) -> int:
    """Returns the day (UTC) of a moment as YYYYMMDD, 0 for None or a moment that the calendar does not have."""
    if seconds is None:
        return 0
    try:
        return int(datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d"))
    except (OverflowError, ValueError, OSError):
        return 0
