"""The frame search: the likeliest text behind a stretch of GBK whose pairs of bytes were torn apart.

A damaged text is read as what it says about bytes. A character of GBK says two, an ASCII character one, "?" or U+FFFD that one
byte (or a pair that is no character) was lost, and `?yán)` what is left of an annotation whose bracket a lost byte swallowed.
A hypothesis is how far it has read, the byte that waits for its other half (none while in step), and the last characters.
Every step costs bits: the language model's for what it writes, a fixed price for what it supposes. The search ends where all
hypotheses agree again.

Steps in step:
    a character stands for itself; an annotation is passed over;
    a lost byte before a folded mark opens a shift: ?? was a byte, A3 BF, and what waits is BF;
    the rest of an annotation opens one: a character with this reading begins with the last byte before it.
Steps with a byte p waiting:
    a character xy ends it as (p x) and leaves y; an ASCII letter ends it as (p letter);
    an ASCII mark was A3 and its own byte with 0x80: it ends it as (p A3);
    a lost byte ends it as any character that begins with p, and if a reading follows, as one that is read so;
    a mark of loss may stand for a pair that is no character, so for the second half of one and the first half of another;
    if nothing else makes sense, such a pair was left out without a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from newscrawler.chinese.gbk import EURO, is_simplified, pairs, spellings
from newscrawler.clean.beam import UNKNOWN, WIDTH, Beam, Found, State, Step, traced
from newscrawler.clean.candidates import Candidate, has_no_character, joined, read_as, read_with_lead, with_lead, with_torn_lead, with_trail
from newscrawler.clean.debris import LOST, annotation_at, rest_of_annotation_at, swallowed_at, without_last_annotation
from newscrawler.clean.effort import Effort

FOLDED = 0xA3
"""The lead byte of the full-width forms of ASCII."""
FOLDED_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?")

# Prices in bits, set on damage made from texts of our own and found on the web.
OPEN_BY_QUESTION_MARK = 6.0
OPEN_BY_REPLACEMENT = 1.0
FOLD_INSIDE = 5.0
ANNOTATION = 1.0
UNUSUAL = 5.0
END_BY_GUESS = 1.0
NO_CHARACTER = 6.0
UNMARKED = 6.0
ALL_LOST = 8.0
CUT_OFF = 12.0
LOST_STAYS = 10.0
"""A U+FFFD that stays. The model's own bits would make it pay to explain any away."""
REPEATED = 2.0
"""A question or exclamation mark after another or a full stop: the model knows few, people write many, and "?" stands for lost spaces."""
MARK_AFTER_MARK = 8.0
"""The most for an ASCII mark after "?" or "(": there are many such pairs, and each is rare."""
WIDE_LETTER = 8.0
"""A full-width letter or digit, beyond the model, which counts them with the plain ones."""
STRANGE = 15.0
"""Bits of a character from which on it is worth asking whether a pair was left out before it."""

_PAIRS_LEFT_OUT = 8


class Search:
    """The search in one line; `run` for each place where a shift may begin."""

    def __init__(self, line: str, effort: Effort, *, swallowing: bool = False) -> None:
        """`swallowing` says that a lost byte took the ASCII character after it along, wherever one followed."""
        self.line = line
        self._swallowing = swallowing
        self._effort = effort
        self._beam = Beam()
        self._unmarked = False
        self._cheapest = 0.0

    def run(self, start: int, before: str, *, unmarked: bool = False) -> Found:
        """Returns the likeliest reading from `start`, where the line is in step, to where all hypotheses agree again.

        `before` is the text before that place as repaired. With `unmarked`, pairs may have been left out without a mark. When
        the effort is spent the reading is empty and infinitely dear.
        """
        beam, self._unmarked = self._beam, unmarked
        beam.begin(start, without_last_annotation(before))
        for place in range(start, len(self.line)):
            if place > start and (step := beam.agreed(place)):
                return traced(start, place, step)
            hypotheses = beam.take(place)
            self._effort.left -= len(hypotheses)
            if self._effort.left < 0:
                return Found(start, place + 1, inf)
            self._cheapest = min((step.cost for _, step in hypotheses), default=0.0)
            for state, step in hypotheses:
                self._go_on(place, state, step)
        return traced(start, len(self.line), self._end())

    def bits(self, start: int, end: int, before: str) -> float:
        """Returns what it costs that line[start:end] stays as it is, by the prices that `run` has for it."""
        beam = self._beam
        beam.begin(start, without_last_annotation(before))
        for place in range(start, end):
            for state, step in beam.take(place):
                self._stay(place, state, step)
        return self._end().cost if end == len(self.line) else min((step.cost for _, step in beam.take(end)), default=0.0)

    def _end(self) -> Step:
        """Returns the cheapest hypothesis at the end of the line, where a byte that still waits is a loss."""
        beam, end, ended = self._beam, len(self.line), []
        for state, step in beam.take(end):
            cost = step.cost + beam.bits(state, 0, 0.0)
            ended.append(Step(cost + CUT_OFF, step, end, "\ufffd") if state.waiting else Step(cost, step, end))
        return min(ended, key=lambda step: step.cost)

    def _go_on(self, place: int, state: State, step: Step) -> None:
        if state.waiting == UNKNOWN:
            self._join_unknown(place, state, step)
        elif state.waiting:
            self._join(place, state, step)
        else:
            self._stay(place, state, step)
            if self.line[place] in LOST:
                self._open(place, state, step)

    def _write(self, end: int, place: int, state: State, step: Step, char: str, price: float = 0.0, *, waiting: int = 0, known: int = 0) -> None:
        """Goes on at `end`, with one more character for the line from `place` on."""
        self._beam.put(end, self._beam.after(state, char, waiting), self._beam.written(state, step, place, char, price, known))

    def _stay(self, place: int, state: State, step: Step) -> None:
        """In step: the line means what it says."""
        char = self.line[place]
        if char == "(" and (end := annotation_at(self.line, place, state.last)):
            self._beam.put(end, state, Step(step.cost, step, place, self.line[place:end]))
        elif char == "\ufffd":
            self._beam.put(place + 1, State(0, 0, "\n"), Step(step.cost + LOST_STAYS, step, place, char))
        elif char in "?!" and state.last in "?!。！？":
            self._beam.put(place + 1, State(0, state.before, char), Step(step.cost + REPEATED, step, place, char))
        elif state.last in "?(" and char in FOLDED_MARKS:
            cost = min(MARK_AFTER_MARK, self._beam.bits(state, *self._beam.model.place(char)))
            self._beam.put(place + 1, self._beam.after(state, char), Step(step.cost + cost, step, place, char))
        else:
            self._write(place + 1, place, state, step, char)

    def _open(self, place: int, state: State, step: Step) -> None:
        """In step, at a lost byte: a shift begins here."""
        line = self.line
        if rest := rest_of_annotation_at(line, place):
            end, reading = rest
            _, trail = pairs().get(state.last, (0, 0))
            for found in read_with_lead(trail, reading):
                self._beam.put(end, state._replace(waiting=found.byte), Step(step.cost + ANNOTATION + _unusual(found.char), step, place))
        if place + 2 < len(line) and line[place + 1] in FOLDED_MARKS:
            price = OPEN_BY_QUESTION_MARK if line[place] == "?" else OPEN_BY_REPLACEMENT
            waiting = ord(line[place + 1]) | 0x80
            self._effort.left -= len(with_trail(FOLDED))
            for found in with_trail(FOLDED):
                self._write(place + 2, place, state, step, found.char, price, waiting=waiting, known=-FOLDED)

    def _join(self, place: int, state: State, step: Step) -> None:
        """Out of step: the waiting byte gets its other half."""
        char = self.line[place]
        if char in LOST:
            self._join_lost(place, state, step)
        elif char == "(" and (end := annotation_at(self.line, place, _shown(state))):
            self._beam.put(end, state, Step(step.cost + ANNOTATION, step, place))
        elif char.isascii():
            self._join_ascii(place, state, step, ord(char))
        elif char == "€" and (whole := joined(state.waiting, EURO)):
            self._write(place + 1, place, state, step, whole.char)
        elif pair := spellings().get(char):
            self._join_pair(place, state, step, pair)

    def _join_pair(self, place: int, state: State, step: Step, pair: tuple[int, int]) -> None:
        whole = joined(state.waiting, pair[0])
        bits = STRANGE
        if whole:
            price = WIDE_LETTER if "０" <= whole.char <= "ｚ" else 0.0
            bits = price + self._beam.bits(state, whole.symbol, whole.extra)
            self._leave(place, state, step, whole.char, pair[1], price)
        if self._unmarked and bits >= STRANGE and step.cost <= self._cheapest:
            for found in self._likeliest(with_torn_lead(state.waiting), state)[:_PAIRS_LEFT_OUT]:
                torn, cost = self._beam.after(state, found.char, UNKNOWN, found.byte), self._beam.bits(state, found.symbol, found.extra)
                self._join_unknown(place, torn, Step(step.cost + UNMARKED + cost, step, place, found.char, state.waiting, torn=True))

    def _leave(self, place: int, state: State, step: Step, char: str, rest: int, price: float = 0.0, known: int = 0) -> None:
        """Writes a character that took the first half of the one shown; its second half waits, or is an ASCII character."""
        if rest > 0x80:
            self._write(place + 1, place, state, step, char, price, waiting=rest, known=known)
        elif rest < 0x80:
            self._write_two(place, state, step, char, chr(rest), price, known)

    def _write_two(self, place: int, state: State, step: Step, char: str, second: str, price: float = 0.0, known: int = 0) -> None:
        """Writes a character and an ASCII character, or the mark that one is lost, and is in step again."""
        written = self._beam.written(state, step, place, char, price, known)
        if second == "\ufffd":
            self._beam.put(place + 1, State(0, 0, "\n"), Step(written.cost, written, place, second))
        else:
            self._write(place + 1, place, self._beam.after(state, char), written, second)

    def _join_ascii(self, place: int, state: State, step: Step, code: int) -> None:
        if 0x40 <= code < 0x7F and (whole := joined(state.waiting, code)):
            self._write(place + 1, place, state, step, whole.char)
        if 0x21 <= code < 0x7F and (whole := joined(state.waiting, FOLDED)):
            self._write(place + 1, place, state, step, whole.char, FOLD_INSIDE, waiting=code | 0x80)

    def _join_lost(self, place: int, state: State, step: Step) -> None:
        line, waiting = self.line, state.waiting
        if rest := rest_of_annotation_at(line, place):
            for found in read_with_lead(waiting, rest[1]):
                self._write(rest[0], place, state, step, found.char, _unusual(found.char))
        taken = swallowed_at(line, place, self._swallowing)
        for found in self._likeliest(with_lead(waiting), state):
            if taken:
                self._write_two(place, state, step, found.char, taken, END_BY_GUESS, known=waiting)
            else:
                self._write(place + 1, place, state, step, found.char, END_BY_GUESS, known=waiting)
        if place + 1 < len(line) and line[place + 1] >= "?":
            for found in with_torn_lead(waiting):
                cost = step.cost + NO_CHARACTER + self._beam.bits(state, found.symbol, found.extra)
                torn = Step(cost, step, place, found.char, waiting, torn=True)
                self._beam.put(place + 1, self._beam.after(state, found.char, UNKNOWN, found.byte), torn)

    def _join_unknown(self, place: int, state: State, step: Step) -> None:
        """Out of step, and the byte that waits is lost too: one that makes no character with the one before it."""
        char = self.line[place]
        if rest := rest_of_annotation_at(self.line, place):
            for found in read_as(rest[1]):
                if not state.torn or has_no_character(state.torn, found.byte):
                    self._write(rest[0], place, state, step, found.char, _unusual(found.char))
        elif char in LOST:
            lost = Step(step.cost + ALL_LOST, step, place, "\ufffd")
            self._beam.put(place + 1, State(0, 0, "\n"), lost)
            self._beam.put(place + 1, State(UNKNOWN, 0, "\n"), lost)
        else:
            self._guess_first_byte(place, state, step)

    def _guess_first_byte(self, place: int, state: State, step: Step) -> None:
        char = self.line[place]
        trail, rest = (ord(char), None) if char.isascii() else spellings().get(char, (0, None))
        possible = [found for found in with_trail(trail) if not state.torn or has_no_character(state.torn, found.byte)]
        for found in self._likeliest(possible, state):
            if rest is None:
                self._write(place + 1, place, state, step, found.char, known=-trail)
            else:
                self._leave(place, state, step, found.char, rest, known=-trail)

    def _likeliest(self, candidates: Sequence[Candidate], state: State) -> list[Candidate]:
        """Returns the best of many candidates, by the model."""
        self._effort.left -= len(candidates)
        return sorted(candidates, key=lambda found: self._beam.bits(state, found.symbol, found.extra))[:WIDTH]


def _unusual(annotated: str) -> float:
    """Returns the price of a character to be annotated: those that Simplified text has hardly ever are (see `pinyin`)."""
    return UNUSUAL * is_simplified(annotated)


def _shown(state: State) -> str:
    """Returns the character that the line shows where the last character's second byte and the waiting one met."""
    whole = joined(pairs().get(state.last, (0, 0))[1], state.waiting)
    return whole.char if whole else ""
