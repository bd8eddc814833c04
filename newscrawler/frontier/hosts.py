"""Whose turn it is: hands out pages by host, so that no host is asked more often than its delay allows or holds up another.

Theory: a heap holds one entry for each host that has something to fetch, by the moment it may be asked next. The best page of
a host comes from the ledger (priority, then newest, then oldest found), a few at a time. Delays are on a monotonic clock.
What the answers of a host say about the next request to it is in `manners`.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from itertools import count

from newscrawler.frontier.manners import LONGEST, SLOWING, HostManners, parked_text
from newscrawler.frontier.share import WHOLE, Share
from newscrawler.store import Ledger, Task

HEAD = 32  # pages of one host in memory
PATIENCE = 60.0  # seconds: a crawl waits so long for a host or a page, and leaves what is due later to the next one


class Frontier:
    """The order of a crawl. `delay(host)` is the pause in seconds between two requests to a host; its Crawl-delay comes on top.

    `share` is the part of the queue that it hands out; the rest is left as it is. Hosts that an earlier crawl parked are left alone until
    their time; `parked` are these with reason and time, as the ledger has them.
    """

    def __init__(
        self,
        ledger: Ledger,
        concurrency: int,
        delay: Callable[[str], float],
        now: Callable[[], float] = time.monotonic,
        share: Share = WHOLE,
        parked: Mapping[str, tuple[str, float]] | None = None,
    ) -> None:
        self.ledger, self.concurrency, self.delay, self.now, self.share = ledger, concurrency, delay, now, share
        self.out: Counter[str] = Counter()  # handed out and not answered, by host
        self.total_out = 0
        self._heads: dict[str, deque[Task]] = {}
        self._turns: list[tuple[float, int, str]] = []
        self._listed: dict[str, float] = {}  # the moment that counts; the heap may hold later ones too
        self._not_before: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._manners: dict[str, HostManners] = {}
        self._tick = count()
        self._held: dict[str, tuple[float, float, str]] = {}  # host parked by an earlier crawl -> until, by our clock and by all clocks; why
        waiting = ledger.waiting_hosts()
        for host in ledger.led_hosts([host for host in waiting if share.owns(host) is None], lambda host: share.owns(host) is True):
            share.lead_to(host)
        for host, (why, until) in (ledger.parked_hosts() if parked is None else parked).items():
            if share.takes(host):
                self._hold(host, why, until)
        for host in waiting:
            self.more(host)

    def manners(self, host: str) -> HostManners:
        """What the answers of a host have said so far."""
        return self._manners.setdefault(host, HostManners())

    def _hold(self, host: str, why: str, until: float) -> None:
        """Keeps a host parked; no longer than a host is parked for, should the clock have been wrong."""
        at = self.now() + min(LONGEST, max(0.0, until - time.time()))
        self.manners(host).was_parked(why, at)
        self._held[host] = at, until, why

    def next(self) -> Task | None:
        """The page to fetch now, or None when no host may be asked at this moment (see `pause`)."""
        while self.total_out < self.concurrency and self._turns and self._turns[0][0] <= self.now():
            at, _, host = heappop(self._turns)
            if self._listed.get(host) != at:
                continue  # listed again for an earlier moment
            del self._listed[host]
            if not self._may_ask(host):
                continue
            task = self._pop(host)
            if task is not None:
                self._hand_out(host)
                return task
        return None

    def _may_ask(self, host: str) -> bool:
        """Whether a host may be asked now; if not, it is listed again for the moment when it may, or by `answered`."""
        manners = self.manners(host)
        if (at := self._earliest(host, manners)) > self.now():
            self._list(host, at)
            return False
        manners.open()
        return self.out[host] < (manners.most or self._share())

    def _earliest(self, host: str, manners: HostManners) -> float:
        """The moment before which a host is left alone; its Crawl-delay may have become known after it was asked last."""
        return max(manners.not_before, self._asked[host] + manners.crawl_delay if host in self._asked else 0.0)

    def _is_put_off(self, host: str) -> bool:
        """Whether a listed host must be left alone for longer than it is listed for; it is listed for that moment then."""
        at = self._earliest(host, self.manners(host))
        if at <= max(self._listed[host], self.now()):
            return False
        del self._listed[host]
        self._list(host, at)
        return True

    def _hand_out(self, host: str) -> None:
        self.out[host] += 1
        self.total_out += 1
        self._asked[host] = now = self.now()
        self._not_before[host] = now + max(self.delay(host), self.manners(host).crawl_delay)
        self.more(host)

    def _share(self) -> int:
        """How many requests one host may have at once: half of all as soon as there is another host, so that none starves."""
        return self.concurrency if len(self._heads) <= 1 else max(1, self.concurrency // 2)

    def _pop(self, host: str) -> Task | None:
        head = self._heads.setdefault(host, deque())
        if not head:
            head.extend(self.ledger.take(host, HEAD, time.time(), self.share.choice_of(host)))
        if head:
            return head.popleft()
        del self._heads[host]
        due = self.ledger.next_due(host, self.share.choice_of(host))
        if due is not None:
            self._list(host, self.now() + max(0.05, due - time.time()))
        return None

    def _list(self, host: str, at: float) -> None:
        listed = self._listed.get(host)
        if listed is None or at < listed:
            self._listed[host] = at
            heappush(self._turns, (at, next(self._tick), host))

    def more(self, host: str) -> None:
        """Notes that a host has something in the queue; that of other crawls is none of ours."""
        if self.share.takes(host):
            self._list(host, self._not_before.get(host, 0.0))

    def found(self, host: str) -> None:
        """Notes that a page of this crawl has put something of a host into the queue."""
        self.share.lead_to(host)
        self.more(host)

    def left_to_others(self) -> int:
        """How many queued pages are of hosts that this crawl does not work on."""
        return sum(number for host, number in self.ledger.waiting_hosts().items() if not self.share.takes(host))

    def answered(self, task: Task) -> None:
        """Notes that a page handed out is no longer being fetched."""
        self.out[task.host] -= 1
        self.total_out -= 1
        if not self.out[task.host]:
            del self.out[task.host]
        self.more(task.host)

    def good(self, host: str) -> None:
        """Notes an answer without trouble; what was parked with the host is due again."""
        manners = self.manners(host)
        if manners.why is not None:
            self.ledger.release(host)
            self.more(host)
        manners.succeed()

    def refused(self, host: str) -> None:
        """Notes that robots.txt is known and forbids a page: no answer of the host, but it need not be approached with care any more."""
        self.manners(host).answered = True

    def bad(self, host: str, why: str, *, wait: float | None = None, at_once: bool = False, hung: bool = False) -> bool:
        """Notes a failure; returns whether it is the host's and not the page's. `wait`: seconds that the answer asks to be left alone.

        `at_once` and `hung`: see `HostManners.fail`.
        """
        manners = self.manners(host)
        for_long = wait is not None and manners.is_asked_to_wait(wait)
        blameless = manners.fail(self.now(), why, at_once=at_once or for_long, hung=hung)
        if wait is not None and (wait <= SLOWING or manners.why is not None):
            manners.slow(self.now(), wait)
        return blameless

    def park(self) -> dict[str, str]:
        """Writes into the ledger which hosts are parked, with all their queued pages; returns them with the reason."""
        now, told = self.now(), {}
        for host, manners in self._manners.items():
            if manners.why is not None and manners.not_before > now:
                at, until, why = self._held.get(host, (0.0, 0.0, ""))
                if manners.not_before == at:  # nothing new: it was left alone
                    told[host] = why.removeprefix("host ")
                    self.ledger.park(host, until, why)
                    continue
                seconds = min(LONGEST, manners.not_before - now)
                told[host] = parked_text(seconds, manners.why, time.time())
                self.ledger.park(host, time.time() + seconds, "host " + told[host])
        return told

    def pause(self) -> float | None:
        """Seconds until a host may be asked, 0 when one may be now; None when nothing waits but for answers, or for too long."""
        while self._turns and (self._listed.get(self._turns[0][2]) != self._turns[0][0] or self._is_put_off(self._turns[0][2])):
            heappop(self._turns)
        if not self._turns:
            return None
        at, now = self._turns[0][0], self.now()
        return None if at - now > PATIENCE else max(0.0, at - now)
