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
"""Below this the loss is shown as a loss (measured: of guesses from 0.1 to 0.2 a sixth is right, from 0.2 to 0.3 nearly a half)."""

_TEMPER = 0.75
"""The model's bits are no independent witnesses: with this share of them, guesses said to be 0.5, 0.7, 0.9 sure are right 0.6, 0.8, 0.95 of the time."""
_SEEN_ELSEWHERE = 3.0
_PARTNERED = 3.0
_CLOSING = 6.5
"""For a mark that closes what is open after the end of a sentence: in reports about every third end does, in the model one of 500."""
_SHORT_SENTENCE = 5.0
"""For a full stop after one or two characters: 3 of 38 such guesses were right."""
_AFTER_A_FRAGMENT = 2.5
"""For a full stop after a character that does not go with the one before it, as what began a word: 的深。 for 的深海."""
_FRAGMENT = 10.0
_OTHER_SCRIPT = 5.0
_NEAR = 400
_FIRSTS = 15
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
        """Returns the bits of characters between what is left and right of them; "\\n" is the end of the line."""
        bits = load().bits(option + right[:2], left[-2:])
        bits -= _SEEN_ELSEWHERE * ((left[-1:] + option[0] in self._pairs) + (option[-1] + right[:1] in self._pairs))
        if any(is_han(char) and not self._is_of_script(char) for char in option):
            bits += _OTHER_SCRIPT
        bits += sum(_ends_too_soon(left + option[:i]) for i, char in enumerate(option) if char == "。")
        return bits + sum(self._unpartnered(char, left + option[:i], right) for i, char in enumerate(option))

    def _unpartnered(self, mark: str, left: str, right: str) -> float:
        """Returns bits for a quotation mark or bracket without its partner, negative for one with it."""
        if opener := _OPENED_BY.get(mark):
            if left.count(opener) > left.count(mark):
                return -_CLOSING if left[-1:] in "。！？!?" else -_PARTNERED
            return 2 * _PARTNERED
        if closer := _CLOSED_BY.get(mark):
            if left.count(mark) > left.count(closer):
                return _PARTNERED
            end = right.find(closer)
            return -2 * _PARTNERED if end >= 0 and mark not in right[:end] else _PARTNERED * (closer not in self._plain)
        return 0.0


def _ends_too_soon(left: str) -> float:
    """Returns bits for a full stop after `left`, where a sentence hardly ends."""
    last = left[-3:]
    if not all(map(is_han, last)) or len(last) < 3:
        return _SHORT_SENTENCE
    return _AFTER_A_FRAGMENT if load().cost(last[:2], last[2]) > _FRAGMENT else 0.0


@dataclass(frozen=True, slots=True)
class _Guess:
    """Where in a reading characters were guessed: one, two whose lost bytes were shown as one mark, or `then` another after it."""

    place: int
    options: tuple[str, ...]
    then: tuple[str, ...] = ("",)

    @property
    def end(self) -> int:
        return self.place + len(self.options[0]) + len(self.then[0])


def settle(found: Found, before: str, after: str, surroundings: Surroundings) -> Settled:
    """Returns the reading with each guessed character replaced by the likeliest, given its surroundings.

    `before` and `after` are what surrounds the reading in its line. It does not touch characters whose bytes are known. What
    is not clear becomes U+FFFD.
    """
    reading, guesses = found.text, list(_joined(_guesses(found)))
    after = without_annotations(after[:_NEAR]) or "\n"
    confidence = None
    for _ in range(2 if len(guesses) > 1 else 1):
        confidence = 1.0 if guesses else None
        for guess in guesses:
            left = without_annotations(before[-_NEAR:] + reading[: guess.place])
            right = without_annotations(reading[guess.end :] + after).replace("\ufffd", "")  # what follows a loss tells more than the loss
            chosen, sure = _likeliest(guess, left, right, surroundings)
            reading = reading[: guess.place] + chosen + reading[guess.end :]
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


def _joined(guesses: Iterator[_Guess]) -> Iterator[_Guess]:
    """Yields the guesses with two single characters that follow each other as one, since each is the other's context."""
    last: _Guess | None = None
    for guess in guesses:
        if last and last.end == guess.place and len(last.options[0]) == len(guess.options[0]) == 1 and last.then == ("",):
            last = _Guess(last.place, last.options, guess.options)
        else:
            if last:
                yield last
            last = guess
    if last:
        yield last


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


def _likeliest(guess: _Guess, left: str, right: str, surroundings: Surroundings) -> tuple[str, float]:
    """Returns the likeliest characters, each as U+FFFD if it is not clear, and the probability of the least certain."""
    firsts = guess.options
    if len(guess.then) > 1:
        firsts = tuple(sorted(firsts, key=lambda option: surroundings.bits(option, left, ""))[:_FIRSTS])
    bits = {first + then: surroundings.bits(first + then, left, right) for first in firsts for then in guess.then}
    best = min(bits, key=bits.__getitem__)
    weights = {option: 2 ** (_TEMPER * (bits[best] - other)) for option, other in bits.items()}
    total = sum(weights.values())
    sure = [sum(weight for option, weight in weights.items() if option[i] == char) / total for i, char in enumerate(best)]
    chosen = "".join(char if each > UNCLEAR else "\ufffd" for char, each in zip(best, sure, strict=True))
    return chosen, min(MOST_CERTAIN, *(each if each > UNCLEAR else 1 - each for each in sure))
