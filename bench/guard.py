"""The yield guard on made-up sources: how often it cries for nothing, and how many runs pass until it tells of a break.

    python bench/guard.py [--weeks 10] [--seed 1]

Each source brings articles at a rate that follows the hour and the weekday, scattered more than chance (a gamma-mixed Poisson count), with shares that
differ from run to run (beta-mixed) and lengths that are log-normal. The last two weeks have a break. Figures are made, nothing is crawled.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from newscrawler.items import Figures
from newscrawler.report.guard import judge

WEEK = 7 * 86_400.0


@dataclass(frozen=True)
class Kind:
    """A kind of source: seconds between runs, articles a run on average, the share with author, whether nights and weekends are quiet."""

    name: str
    every: float
    articles: float
    author: float
    rhythm: bool


KINDS = [
    Kind("every 15 min, 1 article", 900, 1, 0.9, True),
    Kind("hourly, 4 articles", 3600, 4, 0.95, True),
    Kind("hourly, 30 articles", 3600, 30, 0.7, True),
    Kind("hourly, 30, no rhythm", 3600, 30, 0.98, False),
    Kind("every 6 h, 40 articles", 21_600, 40, 0.9, True),
    Kind("daily, 12 articles", 86_400, 12, 0.9, True),
    Kind("daily, 150 articles", 86_400, 150, 0.6, True),
]
BREAKS = {
    "author": lambda run: replace(run, authors=0),
    "date": lambda run: replace(run, dates=0),
    "half of the authors": lambda run: replace(run, authors=run.authors // 2),
    "length": lambda run: replace(run, length=run.length and run.length / 4),
    "articles": lambda run: replace(run, articles=0, authors=0, dates=0, keywords=0, repaired=0, length=None, repairs=None),
    "failed answers": lambda run: replace(run, errors=run.asked),
}


def poisson(chance: random.Random, rate: float) -> int:
    """A count with mean `rate`."""
    if rate > 50:
        return max(0, round(chance.gauss(rate, math.sqrt(rate))))
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product, count = product * chance.random(), count + 1
    return count


def hits(chance: random.Random, number: int, share: float) -> int:
    """Of `number` those that have something, of which the share differs from run to run (standard deviation 0.03 at a half)."""
    own = chance.betavariate(share * 250, (1 - share) * 250)
    return sum(chance.random() < own for _ in range(number))


def figures(chance: random.Random, kind: Kind, weeks: int) -> Iterator[Figures]:
    """The runs of a source, all well."""
    for number in range(int(weeks * WEEK / kind.every)):
        at = number * kind.every
        hour, day = at / 3600 % 24, at // 86_400 % 7
        rate = kind.articles * (((0.15 if hour < 6 else 1.3) if kind.every < 43_200 else 1) * (0.6 if day >= 5 else 1.15) if kind.rhythm else 1)
        articles = poisson(chance, rate * chance.gammavariate(20, 1 / 20))
        asked = articles + 10
        middle = 900 * math.exp(chance.gauss(0, 0.9 / math.sqrt(articles))) if articles else None
        yield Figures(
            number, kind.name, at, True, asked, hits(chance, asked, 0.02), hits(chance, articles, 0.05), 0, articles, hits(chance, articles, kind.author),
            hits(chance, articles, 0.99), hits(chance, articles, 0.4), hits(chance, articles, 0.05), 0.0 if articles else None, middle,
        )  # fmt: skip


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"{'source':26} {'runs':>6} {'judged':>7} {'false':>6}  ms a run   runs until told (of 30; - not within 30 runs)")
    print(" " * 60 + "   ".join(BREAKS))
    for kind in KINDS:
        runs = list(figures(chance, kind, options.weeks))
        stride = max(1, len(runs) // 700)  # every run of the slow sources, some of the fast ones
        judged, false, start = 0, 0, time.perf_counter()
        chosen = range(1, len(runs), stride)
        for at in chosen:
            told = judge(runs[:at], runs[at])
            judged += len(told)
            false += sum(one.outside for one in told)
        cost = (time.perf_counter() - start) / len(chosen) * 1000
        delays = [delay(runs, change) for change in BREAKS.values()]
        print(f"{kind.name:26} {len(chosen):6} {judged:7} {false:6} {cost:9.1f}   " + "   ".join(f"{one:>7}" for one in delays))


def delay(runs: list[Figures], change: object) -> str:
    """The median number of runs until a break of the last ones is told, over several moments at which it begins."""
    found: list[float] = []
    last = len(runs) - 31
    for start in sorted({last - step * max(1, last // 40) for step in range(5)}):
        history, told = runs[:start], math.inf
        for number, run in enumerate(runs[start : start + 30], 1):
            broken = change(run)  # type: ignore[operator]
            if any(one.outside for one in judge(history, broken)):
                told = number
                break
            history = [*history, broken]
        found.append(told)
    middle = median(found)
    return "-" if middle == math.inf else f"{middle:.0f}"


if __name__ == "__main__":
    main()
