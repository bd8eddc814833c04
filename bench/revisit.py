"""Rules for revisiting sections and feeds, at the same number of requests: how late news is found.

    python bench/revisit.py [--days 120] [--seeds 3]

Simulates 40 sources whose rates spread log-uniformly from one news in 10 minutes to one in 20 days, quiet at night and on
weekends; at half time a quarter of them take another's rhythm. Every rule has one scale, found by bisection so that all ask
as often as polling each source once an hour. Delays are from publication to the visit that finds it, in minutes, the first
10 days left out. Prints a table; asserts nothing.
"""

from __future__ import annotations

import argparse
import bisect
import math
import random
import statistics
from collections.abc import Callable

from newscrawler.frontier import revisit

HOUR, DAY = 3600.0, 86400.0
FLOOR, CEILING = revisit.FLOOR, revisit.CEILING
SOURCES = 40


def sources(seed: int, days: int) -> list[list[float]]:
    """The moments of news of each source, in order."""
    dice = random.Random(seed)
    rates = [math.exp(dice.uniform(math.log(1 / (20 * DAY)), math.log(1 / 600))) for _ in range(SOURCES)]
    later = [dice.choice(rates) if number % 4 == 0 else rate for number, rate in enumerate(rates)]
    return [_news(dice, (before, after), days * DAY) for before, after in zip(rates, later, strict=True)]


def _news(dice: random.Random, rates: tuple[float, float], end: float) -> list[float]:
    moments, now = [], 0.0
    while True:
        rate = rates[now > end / 2] * 2.2  # the peak: thinned to the rhythm below
        now += dice.expovariate(rate)
        if now >= end:
            return moments
        activity = max(0.03, math.sin((now % DAY / DAY - 0.25) * 2 * math.pi)) * (0.4 if now // DAY % 7 >= 5 else 1.0)
        if dice.random() < activity:
            moments.append(now)


class Rule:
    """A rule with its state for one source: `wait(now, found)` is the time to the next visit, before scaling."""

    def __init__(self) -> None:
        self.history = revisit.History("feed", 0.0, 0.0)
        self.last, self.interval, self.changed, self.unchanged = 0.0, HOUR, [], 0.0

    def fixed(self, _now: float, _found: int) -> float:
        return HOUR

    def multiplicative(self, _now: float, found: int) -> float:
        self.interval = min(CEILING, max(FLOOR, self.interval * (0.5 if found else 1.5)))
        return self.interval

    def changes(self, now: float, found: int) -> float:
        """Cho & Garcia-Molina's estimator for unequal intervals, of the last 30 visits: the rate at which changed ones are as likely as seen."""
        passed, self.last = now - self.last, now
        self.changed.append((passed, bool(found)))
        del self.changed[:-30]
        return 1 / _likeliest(self.changed)

    def changes_root(self, now: float, found: int) -> float:
        return HOUR * (self.changes(now, found) / HOUR) ** 0.5

    def counts(self, now: float, found: int) -> float:
        self.history = revisit.visited(self.history, now, found)
        return 1 / revisit.rate(self.history)

    def counts_root(self, now: float, found: int) -> float:
        return HOUR * (self.counts(now, found) / HOUR) ** 0.5

    def ours(self, now: float, found: int) -> float:
        self.history = revisit.visited(self.history, now, found)
        wait = revisit.next_visit(self.history)
        assert wait is not None
        self.history = revisit.replace(self.history, interval=wait)
        return wait


def _likeliest(visits: list[tuple[float, bool]]) -> float:
    low, high = 1 / (60 * DAY), 1 / 60
    for _ in range(40):
        middle = math.sqrt(low * high)
        score = sum(passed / math.expm1(min(700, middle * passed)) if changed else -passed for passed, changed in visits if passed)
        low, high = (middle, high) if score > 0 else (low, middle)
    return math.sqrt(low * high)


def run(rule: Callable[[Rule, float, int], float], news: list[list[float]], scale: float, end: float) -> tuple[int, list[float]]:
    """The number of visits, and all delays in seconds."""
    visits, delays = 0, []
    for moments in news:
        state, now, seen = Rule(), HOUR, 0
        while now < end:
            upto = bisect.bisect_right(moments, now)
            delays += [now - moment for moment in moments[seen:upto] if moment > 10 * DAY]
            wait = rule(state, now, upto - seen)
            seen, visits = upto, visits + 1
            now += min(CEILING, max(FLOOR, wait * scale))
    return visits, delays


def scaled(rule: Callable[[Rule, float, int], float], news: list[list[float]], end: float, wanted: int) -> tuple[float, int, list[float]]:
    """The scale at which a rule makes about the wanted number of visits, with what it then does."""
    low, high = 1 / 256, 256.0
    for _ in range(18):
        middle = math.sqrt(low * high)
        visits, delays = run(rule, news, middle, end)
        low, high = (middle, high) if visits > wanted else (low, middle)
    return middle, visits, delays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    end, wanted = args.days * DAY, SOURCES * args.days * 24
    rules = (Rule.fixed, Rule.multiplicative, Rule.changes, Rule.changes_root, Rule.counts, Rule.counts_root, Rule.ours)
    print(f"{'rule':16s} {'scale':>7s} {'visits':>9s} {'mean':>8s} {'median':>8s} {'95 %':>8s}  minutes late")
    for rule in rules:
        rows = [scaled(rule, sources(seed, args.days), end, wanted) for seed in range(args.seeds)]
        delays = sorted(delay / 60 for _, _, found in rows for delay in found)
        middle, last = delays[len(delays) // 2], delays[len(delays) * 95 // 100]
        scale, visits = statistics.mean(row[0] for row in rows), sum(row[1] for row in rows)
        print(f"{rule.__name__:16s} {scale:7.3f} {visits:9,d} {statistics.mean(delays):8.1f} {middle:8.1f} {last:8.1f}", flush=True)


if __name__ == "__main__":
    main()
