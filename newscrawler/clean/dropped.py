"""A byte that vanished, or slipped in, without a mark: every pair after it is torn, up to the byte left over, which shows as U+FFFD.

2011年考研时淙范� was 2011年考研时间确定. Requires a run of characters of GBK that ends in a U+FFFD before an ASCII character or the
end of the line. From that end the run is read backwards with its pairs torn the other way; where the torn reading
becomes dearer than the plain one, the byte is missing or too many. The character that lost it and the last one are guessed.
Where it fails: a run that ends in step by chance (a trail byte below 0x80, all of Traditional text) shows no mark and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from newscrawler.chinese.gbk import spellings
from newscrawler.chinese.model import load
from newscrawler.clean.alignment import LOST_STAYS
from newscrawler.clean.beam import Found, Step
from newscrawler.clean.candidates import joined, with_lead, with_trail

_GUESSES = 6.0
"""Bits that it costs to suppose a missing byte."""
_SPURIOUS = 13.0
"""Bits of a byte that belongs to nothing."""
_SHORTEST = 3
_LONGEST = 2000
"""Characters of a run that are looked at: torn for longer, some pair would have been none, or ended at a letter."""
_PLACES = 3
_DEAD = 1000.0


def dropped_byte(line: str, start: int, end: int, before: str) -> tuple[Found, float] | None:
    """Returns the likeliest reading of the run up to the U+FFFD at `end` with a byte missing or too many in it, and how many bits it gains.

    `start` is where the run may begin at the earliest, `before` the text before that. None when there is no such run.

    >>> line = "2011年考研时淙范\ufffd"
    >>> found, gain = dropped_byte(line, 0, len(line) - 1, "")
    >>> line[: found.start] + found.text, gain > 20
    ('2011年考研时间确定', True)
    """
    bytes_of = spellings()
    start, lead_in = max(start, end - _LONGEST), line[max(start, end - _LONGEST - 2) : max(start, end - _LONGEST)]
    begin = next((i + 1 for i in range(end - 1, start - 1, -1) if line[i] not in bytes_of), start)
    if end - begin < _SHORTEST or not with_lead(bytes_of[line[end - 1]][1]):
        return None
    return _likeliest(line[begin:end], begin, (before[-2:] + lead_in + line[start:begin])[-2:])


def _likeliest(run: str, begin: int, before: str) -> tuple[Found, float]:
    model = load()
    pairs = [spellings()[char] for char in run]
    torn = [whole.char if (whole := joined(one[1], other[0])) else "" for one, other in pairwise(pairs)]
    plain = list(accumulate((model.cost(run[i - 2 : i] if i > 1 else (before + run[:i])[-2:], char) for i, char in enumerate(run)), initial=0.0))
    shifted = list(accumulate((_cost_of_torn(torn, i) for i in reversed(range(len(torn)))), initial=0.0))[::-1]
    best = Found(begin, begin, _DEAD)
    for place in sorted(range(len(run) - 1), key=lambda i: plain[i] + shifted[i])[:_PLACES]:
        if shifted[place] < _DEAD:
            steps = _out_of_step(pairs, torn, place, run[place - 2 : place] if place > 1 else (before + run[:place])[-2:])
            if plain[place] + steps[-1].cost < plain[best.start - begin] + best.cost:
                best = Found(begin + place, begin + len(run) + 1, steps[-1].cost, steps)
    return best, plain[-1] - plain[best.start - begin] + LOST_STAYS - best.cost


def _cost_of_torn(torn: Sequence[str], place: int) -> float:
    return load().cost("".join(torn[max(0, place - 2) : place]), torn[place]) if torn[place] else _DEAD


def _out_of_step(pairs: Sequence[tuple[int, int]], torn: Sequence[str], place: int, before: str) -> list[Step]:
    """Returns the steps of the reading from `place` to the end, where the pair at `place` lost a byte or begins with one too many."""
    model, known, last_known = load(), pairs[place][0], pairs[-1][1]
    rest = "".join(torn[place:])
    bits, side, first = model.bits(rest[:2], before) + _SPURIOUS, 0, ""
    for options, side_of in ((with_lead(known), known), (with_trail(known), -known)):
        for option in options:
            cost = model.bits(option.char + rest[:2], before)
            if cost < bits:
                bits, side, first = cost, side_of, option.char
    text = first + rest
    last = min(with_lead(last_known), key=lambda option: model.cost(text[-2:], option.char))
    cost = model.bits(text + last.char, before) + _GUESSES + _SPURIOUS * (not first)
    return [Step(0.0, None, place, first, side), Step(0.0, None, place, rest), Step(cost, None, place, last.char, last_known)]
