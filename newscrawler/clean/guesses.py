"""Which character stood where one of its two bytes is lost: the model's choice, and how sure it is.

The frame search finds where characters begin; here each guessed character is weighed once more with what the search cannot
see: what follows it, whether its word stands elsewhere in the text (a text repeats its words: Kuhn and De Mori's cache model,
1990), and whether a quotation mark has its partner. Where it fails: names, and the second character of rare words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from newscrawler.chinese.gbk import is_han, is_simplified, is_traditional
from newscrawler.chinese.model import load
from newscrawler.clean.beam import Found
from newscrawler.clean.candidates import Candidate, has_no_character, with_lead, with_torn_lead, with_trail
from newscrawler.clean.debris import swallows, without_annotations

MOST_CERTAIN = 0.89
"""No guess is surer than this, however clear the model."""

UNCLEAR = 0.25
"""Below this the loss is shown as a loss (measured: a quarter of such guesses is right)."""

_SEEN_ELSEWHERE = 3.0
_PARTNERED = 3.0
_OTHER_SCRIPT = 5.0
_NEAR = 60
_SAMPLE = 3000
_OPENED_BY = {"”": "“", "」": "「", "’": "‘", "』": "『", "》": "《", "】": "【", "）": "（"}
QUOTES = (("“", "”"), ("「", "」"), ("‘", "’"), ("『", "』"))
_CLOSED_BY = {opener: closer for closer, opener in _OPENED_BY.items()}


@dataclass(frozen=True, slots=True)
class Settled:
    """A reading with its guesses settled; `confidence` is that of the least certain, None when nothing was guessed."""

    text: str
    confidence: float | None = None


class Surroundings:
    """All there is of a text, as far as it helps to guess a character of it; looked at when the first is to be guessed."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def swallowing(self) -> bool:
        """Whether lost bytes took the ASCII character after them along."""
        return swallows(self._text)

    @cached_property
    def _plain(self) -> str:
        return without_annotations(self._text)

    @cached_property
    def _pairs(self) -> frozenset[str]:
        return frozenset(map(str.__add__, self._plain, self._plain[1:]))

    @cached_property
    def _is_of_script(self) -> Callable[[str], bool]:
        """Whether a character is one of the text's script; of any if the text is of both or of neither."""
        han = [char for char in self._plain[:_SAMPLE] if is_han(char)]
        traditional, simplified = (sum(not test(char) for char in han) for test in (is_simplified, is_traditional))
        return is_traditional if traditional > 2 * simplified else is_simplified if simplified > 2 * traditional else is_han

    def bits(self, option: str, left: str, right: str) -> float:
        """Returns the bits of characters between what is left and right of them."""
        bits = load().bits(option + right[:2], left[-2:])
        bits -= _SEEN_ELSEWHERE * ((left[-1:] + option[0] in self._pairs) + (option[-1] + right[:1] in self._pairs))
        if any(is_han(char) and not self._is_of_script(char) for char in option):
            bits += _OTHER_SCRIPT
        return bits + self._unpartnered(option[0], left, right)

    def _unpartnered(self, mark: str, left: str, right: str) -> float:
        """Returns bits for a quotation mark or bracket without its partner, negative for one with it."""
        if opener := _OPENED_BY.get(mark):
            return -_PARTNERED if left.count(opener) > left.count(mark) else 2 * _PARTNERED
        if closer := _CLOSED_BY.get(mark):
            if left.count(mark) > left.count(closer):
                return _PARTNERED
            end = right.find(closer)
            return -2 * _PARTNERED if end >= 0 and mark not in right[:end] else _PARTNERED * (closer not in self._plain)
        return 0.0


@dataclass(frozen=True, slots=True)
class _Guess:
    """Where in a reading characters were guessed: one, or two whose lost bytes were shown as one mark."""

    place: int
    options: tuple[str, ...]


def settle(found: Found, before: str, after: str, surroundings: Surroundings) -> Settled:
    """Returns the reading with each guessed character replaced by the likeliest, given its surroundings.

    `before` and `after` are what surrounds the reading in its line. It does not touch characters whose bytes are known. What
    is not clear becomes U+FFFD.
    """
    reading, guesses = found.text, list(_guesses(found))
    confidence = None
    for _ in range(2 if len(guesses) > 1 else 1):
        confidence = 1.0 if guesses else None
        for guess in guesses:
            end = guess.place + len(guess.options[0])
            left = without_annotations(before[-_NEAR:] + reading[: guess.place])
            right = without_annotations(reading[end:] + after[:_NEAR]).replace("\ufffd", "")  # what follows a loss tells more than the loss
            chosen, sure = _likeliest(guess.options, left, right, surroundings)
            reading = reading[: guess.place] + chosen + reading[end:]
            confidence = min(confidence or 1.0, sure)
    return Settled(reading, confidence)


def _guesses(found: Found) -> Iterator[_Guess]:
    place, first = 0, 0
    for step in found.steps:
        if first and step.known:
            yield _Guess(place - 1, _torn_pairs(first, -step.known))
        elif first:
            yield _Guess(place - 1, _chars(with_torn_lead(first)))
        elif step.known and not step.torn:
            yield _Guess(place, _chars(with_lead(step.known) if step.known > 0 else with_trail(-step.known)))
        first = step.known if step.torn else 0
        place += len(step.text)


def _chars(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(candidate.char for candidate in candidates)


@cache
def _torn_pairs(lead: int, trail: int) -> tuple[str, ...]:
    """Returns the pairs of characters that begin and end with these bytes and whose inner bytes make no character."""
    return tuple(
        first.char + second.char
        for first in with_torn_lead(lead)
        for second in with_trail(trail)
        if has_no_character(first.byte, second.byte)
    )


def _likeliest(options: tuple[str, ...], left: str, right: str, surroundings: Surroundings) -> tuple[str, float]:
    bits = {option: surroundings.bits(option, left, right) for option in options}
    best = min(bits, key=bits.__getitem__)
    sure = 1 / sum(2 ** (bits[best] - other) for other in bits.values())
    return (best, min(MOST_CERTAIN, sure)) if sure > UNCLEAR else ("\ufffd" * len(best), 1 - sure)
