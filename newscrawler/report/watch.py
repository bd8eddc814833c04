"""The end of a run: its figures are written, judged, and what fell out or came back becomes an alert, all in one transaction.

Runs that were killed are settled by the next one, by the pages that they committed; so an alert is neither lost nor doubled.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence

import newscrawler.store.alerts as alerts
import newscrawler.store.yields as yields
from newscrawler.items import Figures
from newscrawler.report.guard import SHARES, Judgement, judge
from newscrawler.report.turning import turning
from newscrawler.report.words import line

logger = logging.getLogger(__name__)
OriginOf = Callable[[str], str | None]
Good = Callable[[yields.Read], bool]


def settle(engine: yields.Engine, origins: Callable[[Sequence[str]], OriginOf], channels: Sequence[str] = ()) -> list[tuple[alerts.Alert, str]]:
    """Settles every run that has ended and was not settled yet; returns the events, each logged too: ("out" or "back").

    `origins(names)` gives what tells the origin of a host among those names. `channels` are those that shall get each event. Sends nothing.
    Raises StoreError, and then nothing of that run is written.
    """
    events = []
    for run_id, names in yields.unsettled(engine):
        with yields.writing(engine) as connection:
            origin_of = origins(names)
            for figures in yields.measure(connection, run_id, names, origin_of):
                events += _judged(connection, figures, origin_of, channels)
    for alert, event in events:
        logger.warning("yield guard: %s", line(alert, event))
    return events


def _judged(connection: yields.Connection, now: Figures, origin_of: OriginOf, channels: Sequence[str]) -> list[tuple[alerts.Alert, str]]:
    history = yields.history(connection, now)
    troubled = alerts.spans(connection, now.origin)
    is_open = {field for field, spans in troubled.items() if any(end is None for _, end in spans)}
    events = []
    for found in judge(history, now, troubled):
        if found.outside and found.field not in is_open:
            last_good, first_bad = _turn(connection, found, now, origin_of)
            events.append((alerts.open_alert(connection, now, found, last_good, first_bad), "out"))
        elif found.back and found.field in is_open:
            events.append((alerts.close_alert(connection, now, found.field, found.value), "back"))
    for alert, event in events:
        alerts.announce(connection, alert.id, event, channels)
    return events


def _turn(connection: yields.Connection, found: Judgement, now: Figures, origin_of: OriginOf) -> tuple[str | None, str | None]:
    """The last good and the first bad page."""
    if found.field == "articles" or found.field not in _GOOD:
        pages = yields.asked_pages(connection, now.origin, origin_of)
    else:
        pages = yields.read_articles(connection, now.origin, origin_of)
    return turning([(page.url, good) for page in pages if (good := _is_good(page, found)) is not None])


def _is_good(page: yields.Read, found: Judgement) -> bool | None:
    """Whether a page is as pages used to be; None where it does not count."""
    fell = found.value < found.expected
    if found.field == "articles":
        return None if page.seed else page.is_article == fell
    if found.field == "failed answers":
        return page.failed != fell
    if found.field == "duplicates":
        return (page.is_duplicate != fell) if page.is_article else None
    if found.field in SHARES:
        return _GOOD[found.field](page) == fell
    measure: float = page.length if found.field == "length" else page.repairs
    middle = math.sqrt((found.value + 1) * (found.expected + 1)) - 1
    return measure > middle if fell else measure < middle


_GOOD: dict[str, Good] = {
    "author": lambda page: page.author,
    "date": lambda page: page.date,
    "keywords": lambda page: page.keywords,
    "repaired": lambda page: page.repairs > 0,
    "length": lambda page: page.length > 0,
    "repairs": lambda page: page.repairs > 0,
}
