"""What the answers of a host mean for the next request to it: wait, park the host, ask once, go on. Pure: no clock, no network.

Theory: a host that fails several times in a row is in trouble, and more requests make it worse. So it is parked (a circuit breaker),
then asked once (half-open): an answer closes the breaker, another failure parks the host for longer. A page that was asked for while
its host was in trouble is not to blame: such an attempt is not counted. Moments are those of the caller's monotonic clock, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

IN_A_ROW = 5
"""Failures that park a host. A single page is asked for five times, so one bad page alone parks nobody before it has failed itself."""
FIRST_PARK = 5.0
PARK_GROWTH = 4
HUNG_PARK = 120.0
"""Seconds that a host is parked at least which lets requests hang: each costs the time of many, and a crawl has nothing to wait for."""
LONGEST = 3600.0
"""Seconds: nothing is parked for longer at a time, whatever a server asks for."""
SLOWING = 60.0
"""A Retry-After of so many seconds slows the host; a longer one parks the page."""
SLOWEST = 60.0
"""Seconds: a longer Crawl-delay counts as this; a page a minute is as good as none, and a slip of the pen (a delay in ms) is likelier."""
KNOWN_TROUBLE = 2
"""Parks that are taken as behind it when a host was still parked at the end of the last crawl."""


def is_trouble(status: int) -> bool:
    """Whether a status says "not now": too many requests, too early, or a fault of the server."""
    return status in (408, 425, 429) or 500 <= status <= 599


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that an answer asks to wait (RFC 9110, section 10.2.3: seconds or an HTTP date), None when it asks nothing that makes sense.

    A date counts from the answer's own Date header, so that a wrong clock on either side does no harm; `now` (since the epoch)
    stands in where there is none. Negative, past and unreadable values are None. Nothing is capped here.

    >>> retry_after({"retry-after": "120"}, 0.0), retry_after({"retry-after": "-5"}, 0.0), retry_after({"retry-after": "soon"}, 0.0)
    (120.0, None, None)
    >>> retry_after({"retry-after": "Tue, 24 Nov 2026 15:00:30 GMT", "date": "Tue, 24 Nov 2026 15:00:00 GMT"}, 0.0)
    30.0
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:18]), 1e18) or None
    until = _http_date(value)
    if until is None:
        return None
    sent = _http_date(headers.get("date", ""))
    seconds = until - (now if sent is None else sent)
    return seconds if seconds > 0 else None


def _http_date(value: str) -> float | None:
    """An HTTP date as seconds since the epoch; None for what is none. One without a zone is in GMT (RFC 9110, section 5.6.7)."""
    try:
        moment = parsedate_to_datetime(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def parked_text(seconds: float, why: str, now: float) -> str:
    """The reason that a parked page has in the ledger; `now` since the epoch."""
    return f"parked until {datetime.fromtimestamp(now + seconds, UTC):%Y-%m-%d %H:%M:%SZ}: {why}"


@dataclass(slots=True)
class HostManners:
    """What is known of one host. Change it only by its methods."""

    crawl_delay: float = 0.0
    answered: bool = False  # once at least: before that its robots.txt is not known either
    failures: int = 0  # in a row
    parks: int = 0  # in a row
    not_before: float = 0.0
    why: str | None = None  # it is parked, in words
    half_open: bool = False  # one request decides
    hangs: bool = False  # its last failure was a request that hung
    waits: int = 1  # answers that ask for a long wait since the last good one; of a host without a good one the first is enough

    def asks_delay(self, seconds: float | None) -> None:
        """Notes a Crawl-delay; one that is no positive number says nothing."""
        self.crawl_delay = min(seconds, SLOWEST) if seconds is not None and seconds > 0 else 0.0

    def succeed(self) -> None:
        """Notes an answer that is none of trouble: all is well."""
        self.answered, self.failures, self.parks, self.why, self.half_open, self.hangs, self.waits = True, 0, 0, None, False, False, 0

    def fail(self, now: float, why: str, *, at_once: bool = False, hung: bool = False) -> bool:
        """Notes a failure; returns whether it is the host's, so that the page's attempt does not count.

        `at_once` parks on the first; `hung`: the request took all the time that it was given.
        """
        self.answered, self.hangs = True, hung
        if self.why is not None and not self.half_open:
            return True  # parked already: this one was on its way
        probe = self.half_open or self.parks > 0
        self.failures += 1
        if probe or at_once or self.failures >= IN_A_ROW:
            self._park(now, why, HUNG_PARK if hung else FIRST_PARK)
        return probe or at_once

    def _park(self, now: float, why: str, at_least: float) -> None:
        seconds = max(at_least, min(LONGEST, FIRST_PARK * PARK_GROWTH ** min(self.parks, 10)))
        self.parks += 1
        self.not_before, self.why, self.half_open = max(self.not_before, now + seconds), why, False

    def is_asked_to_wait(self, seconds: float) -> bool:
        """Notes that an answer asks for a wait; returns whether it is the host that asks: a single one between good answers is the page."""
        if seconds <= SLOWING:
            return False
        self.waits += 1
        return self.waits > 1

    def was_parked(self, why: str, until: float) -> None:
        """Notes that an earlier crawl left the host parked until a moment, with the reason it wrote: then one request decides."""
        self.parks, self.why, self.not_before = KNOWN_TROUBLE, why.partition(": ")[2] or why, until

    def slow(self, now: float, seconds: float) -> None:
        """Asks nothing more of the host for a while, at most LONGEST."""
        self.not_before = max(self.not_before, now + min(seconds, LONGEST))

    def open(self) -> None:
        """Notes that the time of a parked host is over: one request decides."""
        self.half_open = self.why is not None

    @property
    def most(self) -> int | None:
        """How many requests it may have at once: one while it is not known, in trouble or lets requests hang, else as many as anybody (None)."""
        return 1 if self.half_open or self.hangs or not self.answered else None
