"""Whose turn it is: hands out pages by host, so that no host is asked more often than its delay allows or holds up another.

Theory: a heap holds one entry for each host that has something to fetch, by the moment it may be asked next. The best page of
a host comes from the ledger (priority, then newest, then oldest found), a few at a time. Delays are on a monotonic clock.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from newscrawler.store import Ledger, Task

HEAD = 32  # pages of one host in memory


class Frontier:
    """The order of a crawl. `delay(host)` is the pause in seconds between two requests to a host."""

    def __init__(self, ledger: Ledger, concurrency: int, delay: Callable[[str], float], now: Callable[[], float] = time.monotonic) -> None:
        self.ledger, self.concurrency, self.delay, self.now = ledger, concurrency, delay, now
        self.out: Counter[str] = Counter()  # handed out and not answered, by host
        self.total_out = 0
        self._heads: dict[str, deque[Task]] = {}
        self._turns: list[tuple[float, int, str]] = []
        self._listed: dict[str, float] = {}  # the moment that counts; the heap may hold later ones too
        self._not_before: dict[str, float] = {}
        self._tick = count()
        for host in ledger.waiting_hosts():
            self.more(host)

    def next(self) -> Task | None:
        """The page to fetch now, or None when no host may be asked at this moment (see `pause`)."""
        while self.total_out < self.concurrency and self._turns and self._turns[0][0] <= self.now():
            at, _, host = heappop(self._turns)
            if self._listed.get(host) != at:
                continue  # listed again for an earlier moment
            del self._listed[host]
            if self.out[host] >= self._share():
                continue  # listed again by `answered`
            task = self._pop(host)
            if task is not None:
                self.out[host] += 1
                self.total_out += 1
                self._not_before[host] = self.now() + self.delay(host)
                self.more(host)
                return task
        return None

    def _share(self) -> int:
        """How many requests one host may have at once: half of all as soon as there is another host, so that none starves."""
        return self.concurrency if len(self._heads) <= 1 else max(1, self.concurrency // 2)

    def _pop(self, host: str) -> Task | None:
        head = self._heads.setdefault(host, deque())
        if not head:
            head.extend(self.ledger.take(host, HEAD, time.time()))
        if head:
            return head.popleft()
        del self._heads[host]
        due = self.ledger.next_due(host)
        if due is not None:
            self._list(host, self.now() + max(0.05, due - time.time()))
        return None

    def _list(self, host: str, at: float) -> None:
        listed = self._listed.get(host)
        if listed is None or at < listed:
            self._listed[host] = at
            heappush(self._turns, (at, next(self._tick), host))

    def more(self, host: str) -> None:
        """Notes that a host has something in the queue."""
        self._list(host, self._not_before.get(host, 0.0))

    def answered(self, task: Task) -> None:
        """Notes that a page handed out is no longer being fetched."""
        self.out[task.host] -= 1
        self.total_out -= 1
        if not self.out[task.host]:
            del self.out[task.host]
        self.more(task.host)

    def pause(self) -> float | None:
        """Seconds until a host may be asked, 0 when one may be now; None when nothing waits but for answers."""
        while self._turns and self._listed.get(self._turns[0][2]) != self._turns[0][0]:
            heappop(self._turns)
        if not self._turns:
            return None
        return max(0.0, self._turns[0][0] - self.now())
