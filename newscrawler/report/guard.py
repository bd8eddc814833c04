"""The figures of a run -> which of them fall out of what the same origin used to bring. Pure: no database, no clock.

What it requires. Figures of at least MIN_RUNS earlier runs. Once they reach back four weeks, and the weekday and hour of this run (give or
take an hour) are among them in four different weeks, only those runs are compared, else the last LAST runs. Runs in which a field had
fallen out are no measure of that field.

How it works.
- Shares (with author, with date, repaired, failed answers ...) are counts k of n. The earlier runs are pooled, but for those that would
  be an alarm among the others: a share p of N, and a Beta(pN + 1/2, (1 - p)N + 1/2) for what is not known of it (Jeffreys's
  prior). The chance of k or worse is the tail of the beta-binomial distribution, so that small numbers say little by themselves. Where
  runs differ by more than chance, by the median of their residuals, n and N are divided by the square of it (quasi-binomial). A run of few
  articles is judged twice: alone, and with the runs right before it.
- Values: the number of articles (as 2 sqrt(x + 3/8), whose variance is about 1 for a Poisson count: Anscombe 1948), the median length of text
  and the median number of repairs (logarithms). z is the distance from the median in units of the scaled median absolute deviation
  (1.4826 MAD, Rousseeuw and Croux 1993), which is never taken to be smaller than chance alone makes it. Small numbers of articles are summed over
  several runs; and no article at all in three times as many runs as ever before, at least three, is out too, by itself where the number cannot be
  judged yet. Until a week is known, with its nights and its weekend, it has to last for WEEKEND as well. The runs of a silence are no measure of what
  is normal: neither of one that goes on, nor of one that was told.

How false alarms are bounded. A share is out when its chance is below ALPHA and it differs by MIN_SHIFT; a value when |z| is
above 5 + 10 / runs and it differs by a factor (2 for articles and repairs, 1.5 for length). Back in is asked for less: half of the z, a
chance of 0.01. bench/guard.py prints what that comes to on made-up years.

Where it fails.
- Below 5 articles in a window nothing is said of articles' fields; a rare field (keywords on a tenth of the pages) cannot be missed: MIN_SHIFT.
- A slow decline within MAD is what the origin brings, so it is followed, not told.
- The number of articles is judged for runs that came to their own end. Runs more often than twice a day are compared at the same hour of the
  last days, so not before five days; until four weeks are known a quiet weekend widens what is normal, and a feast day in a steady month is an alarm.
- A change that stays is the new normal after SETTLED seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from newscrawler.items import Figures

MIN_RUNS = 5
LAST = 60
ALPHA = 1e-5
MIN_SHIFT = 0.1
POOL, POOL_RUNS, MIN_SAMPLE = 20, 12, 5
DAY = 86_400.0
WEEK = 7 * DAY
SETTLED = 4 * WEEK
WEEKEND = 2.75 * DAY  # from Friday evening to Monday morning

Span = tuple[float, float | None]
"""The starts of the runs in which a field fell out and came back; None: not yet."""

SHARES: dict[str, Callable[[Figures], tuple[int, int]]] = {
    "author": lambda run: (run.authors, run.articles),
    "date": lambda run: (run.dates, run.articles),
    "keywords": lambda run: (run.keywords, run.articles),
    "repaired": lambda run: (run.repaired, run.articles),
    "duplicates": lambda run: (run.duplicates, run.duplicates + run.unchanged + run.articles),
    "failed answers": lambda run: (run.errors, run.asked),
}
VALUES = ("articles", "length", "repairs")
FIELDS = (*SHARES, *VALUES)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one field of a run stands. Neither `outside` nor `back`: within the wide bounds, not within the narrow ones.

    `value` and `expected` are shares from 0 to 1, numbers of articles, characters or repairs; `number` of pages or articles that `value` rests on
    (for "articles": of runs), `runs` of history.
    """

    field: str
    outside: bool
    back: bool
    value: float
    expected: float
    number: int
    runs: int


def judge(history: Sequence[Figures], now: Figures, troubled: Mapping[str, Sequence[Span]] | None = None) -> list[Judgement]:
    """Returns a judgement of each field of which enough is known; `history` is of the same origin, oldest first, without `now`.

    `troubled` has the times of each field's alerts. Says nothing of which alerts are open: that is the caller's.

    >>> runs = [Figures(i, "a.example", i * 3600.0, True, articles=30, authors=29) for i in range(8)]
    >>> [(one.field, one.outside) for one in judge(runs[:7], runs[7]) if one.field == "author"]
    [('author', False)]
    """
    found = []
    for field in FIELDS:
        spans = (troubled or {}).get(field, ())
        if field == "articles":
            spans = [(_silent_since(history, start), end) for start, end in spans]
        before = _normal(history, spans, now)
        if len(before) < MIN_RUNS:
            continue
        if field in SHARES:
            found.append(_judge_share(field, before, _poolable(history, spans), now, is_open=any(end is None for _, end in spans)))
        elif field == "articles":
            found.append(_judge_count(before, _poolable(history, spans), now))
        else:
            found.append(_judge_median(field, before, now))
    return [one for one in found if one is not None]


# ---- which runs


def _normal(history: Sequence[Figures], spans: Iterable[Span], now: Figures) -> list[Figures]:
    """The runs that tell what is normal: those outside of alerts; after SETTLED in an alert those within it."""
    runs = list(history)
    for start, end in spans:
        if end is None and now.started_at - start > SETTLED:
            return [run for run in history if run.started_at >= start]
        runs = [run for run in runs if not start <= run.started_at < (math.inf if end is None else end)]
    return runs


def _silent_since(history: Sequence[Figures], start: float) -> float:
    """The start of the first run of the silence that the alert of a run tells; of that run, where it was not silent."""
    runs = [run for run in reversed(history) if run.started_at <= start and run.complete]
    return runs[silent - 1].started_at if (silent := _leading_zeros(runs)) else start


def _poolable(history: Sequence[Figures], spans: Iterable[Span]) -> list[Figures]:
    """The runs that may be counted with this one, newest first: none of an alert that is over, in an open alert only its own."""
    runs = list(reversed(history))
    for start, end in spans:
        runs = [run for run in runs if (run.started_at >= start if end is None else not start <= run.started_at < end)]
    return runs


def _comparable(before: Sequence[Figures], now: Figures) -> tuple[list[Figures], bool]:
    """The runs of the same weekday and hour, where four weeks of them are known, else the last ones; and whether the former."""
    if now.started_at - before[0].started_at >= SETTLED:
        same = [run for run in before if _from_slot(run, now) <= 3600 and now.started_at - run.started_at < 8 * WEEK + DAY]
        if len({round((now.started_at - run.started_at) / WEEK) for run in same}) >= 4:
            return same, True
    return list(before[-LAST:]), False


def _from_slot(run: Figures, now: Figures) -> float:
    """Seconds between the times of the week of two runs."""
    apart = (now.started_at - run.started_at) % WEEK
    return min(apart, WEEK - apart)


# ---- shares


def _judge_share(field: str, before: Sequence[Figures], poolable: Sequence[Figures], now: Figures, *, is_open: bool) -> Judgement | None:
    count = SHARES[field]
    pooled = _pooled(count, poolable, now)
    used = {run.run_id for run in pooled}
    rest = [run for run in before if run.run_id not in used]
    windows = [[now], pooled] if len(pooled) > 1 and len(rest) >= MIN_RUNS else [[now]]
    base = [count(run) for run in _comparable(rest if len(windows) > 1 else before, now)[0]]
    base = [(k, n) for k, n in base if n]
    sizes = [_sum(count(run) for run in window) for window in windows]
    sizes = [(k, n) for k, n in sizes if n >= MIN_SAMPLE]
    if not sizes or len(base) < 4 or sum(n for _, n in base) < MIN_SAMPLE:
        return None
    if is_open:  # the smallest window that says something: those before it may be bad
        sizes = [next((size for size in sizes if size[1] >= 2 * MIN_SAMPLE), sizes[-1])]
    share, known, spread = _pool(base)
    chances = [_chance(k, n, share, known, spread) for k, n in sizes]
    out = [i for i, (k, n) in enumerate(sizes) if chances[i] < ALPHA / len(windows) and abs(k / n - share) >= MIN_SHIFT]
    k, n = sizes[out[0] if out else 0]
    back = not out and (abs(k / n - share) < MIN_SHIFT or chances[0] > 0.01)
    return Judgement(field, bool(out), back, k / n, share, n, len(base))


def _pooled(count: Callable[[Figures], tuple[int, int]], poolable: Sequence[Figures], now: Figures) -> list[Figures]:
    """This run and those right before it, until together they have POOL pages."""
    window, number = [now], count(now)[1]
    for run in poolable[: POOL_RUNS - 1]:
        if number >= POOL:
            break
        window.append(run)
        number += count(run)[1]
    return window


def _sum(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    listed = list(counts)
    return sum(k for k, _ in listed), sum(n for _, n in listed)


def _pool(base: Sequence[tuple[int, int]]) -> tuple[float, int, float]:
    """The usual share, the number that it rests on, and how much more than chance runs differ (1: no more)."""
    k, n = _sum(base)
    kept = [pair for pair in base if _chance(*pair, k / n, n, 1.0) >= ALPHA] or list(base)
    k, n = _sum(kept)
    rough = (k + 0.5) / (n + 1)
    residuals = [abs(hits - number * rough) / math.sqrt(number * rough * (1 - rough)) for hits, number in kept if number >= 2 * MIN_SAMPLE]
    spread = 1.4826 * median(residuals) if len(residuals) >= MIN_RUNS else 1.0
    return k / n, n, max(1.0, spread)


def _chance(k: int, n: int, share: float, known: int, spread: float) -> float:
    """The chance of a share as far from the usual one, or farther on that side."""
    scale = min(1 / spread**2, 2000 / n)  # beyond that many the shift decides, not the chance
    a, b = share * known * scale + 0.5, (1 - share) * known * scale + 0.5
    hits = k if k / n < share else n - k  # the lower tail, of hits or of misses
    if k / n >= share:
        a, b = b, a
    number = max(1, round(n * scale))
    return _beta_binomial(min(number, math.ceil(hits * scale)), number, a, b)


def _beta_binomial(k: int, n: int, a: float, b: float) -> float:
    """P(K <= k) for K of n with a share from Beta(a, b).

    >>> round(_beta_binomial(0, 1, 1, 3), 9), round(_beta_binomial(2, 2, 1, 3), 9)
    (0.75, 1.0)
    """
    base = math.lgamma(n + 1) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(n + a + b)
    return min(1.0, sum(math.exp(base - math.lgamma(i + 1) - math.lgamma(n - i + 1) + math.lgamma(i + a) + math.lgamma(n - i + b)) for i in range(k + 1)))


# ---- values


def _judge_count(before: Sequence[Figures], poolable: Sequence[Figures], now: Figures) -> Judgement | None:
    recent = [now, *(run for run in poolable if run.complete)]
    silent = _leading_zeros(recent)
    whole = [run for run in before if run.complete and not (silent and run.started_at >= recent[silent - 1].started_at)]
    whole = whole[_leading_zeros(whole) :]  # a silence of four weeks does not become what is normal
    if not now.complete or len(whole) < MIN_RUNS:
        return None
    found = _judge_sum(whole, recent)
    if not silent:
        return found
    too_long = _is_too_long(silent, whole, now)
    if found is None:
        usual = silent * _articles(whole) / len(whole)
        return Judgement("articles", True, False, 0, usual, silent, len(whole)) if too_long else None
    return replace(found, outside=found.outside or too_long, back=False)


def _is_too_long(silent: int, whole: Sequence[Figures], now: Figures) -> bool:
    """Whether so many runs without an article are more than nights and weekends have brought, or could bring."""
    longest = max((len(list(some)) for is_silent, some in groupby(whole, key=lambda run: run.articles == 0) if is_silent), default=0)
    is_known = whole[-1].started_at - whole[0].started_at >= WEEK
    return silent >= 3 and silent > 3 * longest and (is_known or now.started_at - whole[-1].started_at >= WEEKEND)


def _judge_sum(whole: Sequence[Figures], recent: Sequence[Figures]) -> Judgement | None:
    """The articles of the newest runs (`recent` is newest first) against as many earlier ones at a time."""
    same, by_slot = _comparable(whole, recent[0])
    size = 1 if by_slot else _block(same)
    every = median(one.started_at - other.started_at for other, one in pairwise([*whole[-20:], recent[0]]))
    if size * every >= DAY / 2 and every < DAY:  # whole days, or nights would be compared with days
        size = math.ceil(size * every / DAY) * max(1, round(DAY / every))
    if len(recent) < size:
        return None
    used = {run.run_id for run in recent[:size]}
    earlier = [run for run in reversed(whole) if run.run_id not in used]
    if by_slot:
        blocks = [run.articles for run in same]
    elif size * every < DAY / 2:
        blocks = list(_same_hours(earlier, recent[0].started_at, size))
    else:
        blocks = [_articles(earlier[at : at + size]) for at in range(0, min(len(earlier), max(LAST, 15 * size)) - size + 1, size)]
    if len(blocks) < (4 if by_slot else MIN_RUNS):
        return None
    newest, usual = _articles(recent[:size]), median(blocks)
    z = _z([_anscombe(one) for one in blocks], _anscombe(newest), 1.0)
    return _value("articles", newest, usual, z, max(newest, usual) + 1 >= 2 * (min(newest, usual) + 1), size, len(blocks))


def _same_hours(earlier: Sequence[Figures], at: float, size: int) -> Iterator[int]:
    """The articles of as many runs up to this hour of each of the last fourteen days; a day with less than that is left out."""
    for day in range(1, 15):
        until = at - day * DAY + 1800
        block = [run for run in earlier if until - DAY / 2 < run.started_at <= until][:size]
        if len(block) == size:
            yield _articles(block)


def _articles(runs: Iterable[Figures]) -> int:
    return sum(run.articles for run in runs)


def _leading_zeros(runs: Sequence[Figures]) -> int:
    """How many runs in a row brought nothing, from the first one on."""
    return next((number for number, run in enumerate(runs) if run.articles), len(runs))


def _block(runs: Sequence[Figures]) -> int:
    """How many runs are summed, so that a dozen articles are usual."""
    usual = sum(run.articles for run in runs) / len(runs)
    return max(1, min(POOL_RUNS, math.ceil(12 / usual))) if usual else POOL_RUNS


def _judge_median(field: str, before: Sequence[Figures], now: Figures) -> Judgement | None:
    """`length` and `repairs`: medians over the articles of a run, compared as logarithms."""
    same = [run for run in _comparable(before, now)[0] if run.articles >= MIN_SAMPLE]
    if now.articles < MIN_SAMPLE or len(same) < 4:
        return None
    values = [math.log1p(getattr(run, field) or 0) for run in same]
    value = math.log1p(getattr(now, field) or 0)
    z = _z(values, value, max(0.15, 0.9 / math.sqrt(now.articles)))  # lengths differ by e^0.7; the error of a median is 1.25 of that
    shift = math.log(1.5 if field == "length" else 2)
    usual = median(values)
    return _value(field, math.expm1(value), math.expm1(usual), z, abs(value - usual) >= shift, now.articles, len(same))


def _anscombe(count: float) -> float:
    return 2 * math.sqrt(count + 0.375)


def _z(values: Sequence[float], value: float, least: float) -> float:
    middle = median(values)
    return (value - middle) / max(least, 1.4826 * median(abs(one - middle) for one in values))


def _value(field: str, value: float, usual: float, z: float, shifted: bool, number: int, runs: int) -> Judgement:
    bound = 5 + 10 / runs
    return Judgement(field, abs(z) > bound and shifted, abs(z) < bound / 2 or not shifted, value, usual, number, runs)
