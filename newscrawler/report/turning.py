"""Pages in the order they were read, good and bad ones -> where it turned.

Good pages are few among bad ones and the other way round, so neither the last good nor the first bad page of all tells much. The place
is the one at which two shares, one before and one after it, make what was seen likeliest (the maximum likelihood of one change point, Hinkley 1970).
It does not find two changes, and within the pages that are at work at once the order is that of their ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate


def turning(pages: Sequence[tuple[str, bool]]) -> tuple[str | None, str | None]:
    """Returns the last good page before the turn and the first bad page after it; None for one that is not there.

    >>> turning([("a", True), ("b", False), ("c", True), ("d", True), ("e", False), ("f", False), ("g", False)])
    ('d', 'e')
    """
    good = [0, *accumulate(is_good for _, is_good in pages)]
    at = max(range(len(pages) + 1), key=lambda split: _likelihood(good, split, len(pages))) if good[-1] < len(pages) else len(pages)
    before = next((url for url, is_good in reversed(pages[:at]) if is_good), None)
    after = next((url for url, is_good in pages[at:] if not is_good), None)
    return before, after


def _likelihood(good: Sequence[int], split: int, number: int) -> float:
    """The logarithm; a split after which pages are better is none."""
    left, right = good[split], good[number] - good[split]
    if split and number - split and left / split < right / (number - split):
        return -math.inf
    return _bernoulli(left, split) + _bernoulli(right, number - split)


def _bernoulli(hits: int, number: int) -> float:
    return sum(count * math.log(count / number) for count in (hits, number - hits) if count)
