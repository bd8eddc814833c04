"""A byte that vanished without a mark: every pair after it is torn, up to the byte left over, which shows as U+FFFD.

2011年考研时淙范� was 2011年考研时间确定. Requires a run of characters of GBK that ends in a U+FFFD before an ASCII character or the
end of the line. From that end the run is read backwards with its pairs torn the other way; where the torn reading
becomes dearer than the plain one, the byte is missing. Two characters are guessed, the one that lost the byte and the last.
Where it fails: a run that ends in step by chance (a trail byte below 0x80, all of Traditional text) shows no mark and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from newscrawler.chinese.gbk import spellings
from newscrawler.chinese.model import load
from newscrawler.clean.alignment import LOST_STAYS, Found, Step
from newscrawler.clean.candidates import Candidate, joined, with_lead, with_trail

_RUN = re.compile("([^\x00-\x7f\ufffd]{4,})\ufffd(?![^\x00-\x7f])")
_GUESSES = 6.0
"""Bits that it costs to suppose a missing byte."""
_PLACES = 6
_DEAD = 1000.0


def dropped_byte(line: str, start: int, before: str) -> tuple[Found, float] | None:
    """Returns the likeliest place of a missing byte in the first run from `start` on, and how many bits it gains; None without one.

    >>> found, gain = dropped_byte("考研时淙范�", 0, "2011年")
    >>> found.text[:4], gain > 20
    ('考研时间', True)
    """
    match = _RUN.search(line, start)
    if match is None:
        return None
    bytes_of = spellings()
    begin = next((i + 1 for i in range(match.end(1) - 1, match.start() - 1, -1) if line[i] not in bytes_of), match.start())
    if match.end(1) - begin < 3 or not with_lead(bytes_of[match[1][-1]][1]):
        return None
    return _likeliest(line[begin : match.end(1)], begin, (before + line[start:begin])[-2:])


def _likeliest(run: str, begin: int, before: str) -> tuple[Found, float]:
    model = load()
    pairs = [spellings()[char] for char in run]
    torn = [whole.char if (whole := joined(one[1], other[0])) else "" for one, other in pairwise(pairs)]
    plain = list(accumulate((model.cost((before + run[:i])[-2:], char) for i, char in enumerate(run)), initial=0.0))
    shifted = list(accumulate((_cost_of_torn(torn, i) for i in reversed(range(len(torn)))), initial=0.0))[::-1]
    best = Found(begin, begin, _DEAD)
    for place in sorted(range(len(run) - 1), key=lambda i: plain[i] + shifted[i])[:_PLACES]:
        if shifted[place] < _DEAD:
            found = _with_byte_missing(run, pairs, torn, place, (before + run[:place])[-2:])
            found.cost += plain[place]
            if found.cost < best.cost:
                best = Found(begin + place, begin + len(run) + 1, found.cost, found.steps)
    return best, plain[-1] + LOST_STAYS - best.cost


def _cost_of_torn(torn: Sequence[str], place: int) -> float:
    return load().cost("".join(torn[max(0, place - 2) : place]), torn[place]) if torn[place] else _DEAD


def _with_byte_missing(run: str, pairs: Sequence[tuple[int, int]], torn: Sequence[str], place: int, before: str) -> Found:
    """Returns the reading of run[place:] and the lost byte after it, in which the character at `place` lost one of its bytes."""
    model, known = load(), pairs[place][0]
    rest = "".join(torn[place:])
    options = [*((known, option) for option in with_lead(known)), *((-known, option) for option in with_trail(known))]

    def bits(option: tuple[int, Candidate]) -> float:
        return model.bits(option[1].char + rest[:2], before)

    side, first = min(options, key=bits)
    text = first.char + rest
    last = min(with_lead(pairs[-1][1]), key=lambda option: model.cost(text[-2:], option.char))
    cost = model.bits(text + last.char, before) + _GUESSES
    steps = [Step(0.0, None, place, first.char, side), Step(0.0, None, place, rest), Step(0.0, None, place, last.char, pairs[-1][1])]
    return Found(0, 0, cost, steps)
