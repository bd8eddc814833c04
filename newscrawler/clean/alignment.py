"""The frame search: the likeliest text behind a stretch of GBK whose pairs of bytes were torn apart.

A damaged text is read as what it says about bytes. A character of GBK says two, an ASCII character one, "?" or U+FFFD that one
byte (or a pair without a character) was lost, and `?yán)` what is left of an annotation whose bracket a lost byte swallowed. A
hypothesis is how far it has read, the byte that waits for its other half (none while in step), and the last characters. Every
step costs bits: the language model's for what it writes, a fixed price for what it supposes. The cheapest hypothesis of each
kind goes on, the dearest are dropped (a beam). The search ends where all agree again.

Steps from "in step":            a character stands for itself; a lost byte before a folded mark opens a shift; the rest of an
                                 annotation opens one, when a character read so begins with the last byte before it.
Steps with a byte p waiting:     a character xy ends it (p x) and leaves y; an ASCII letter ends it; an ASCII mark is A3 and its own
                                 byte with 0x80 (p A3); a lost byte ends it as any character that begins with p, or as the
                                 one with that reading, where a reading follows; a pair without a character is two lost bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newscrawler.chinese.gbk import pairs, spellings
from newscrawler.chinese.model import Model, load
from newscrawler.clean.candidates import Candidate, has_no_character, joined, read_with_lead, with_lead, with_torn_lead, with_trail
from newscrawler.clean.debris import LOST, annotation_at, rest_of_annotation_at, swallowed_at, without_last_annotation

BEAM = 24
FOLDED = 0xA3
"""The lead byte of the full-width forms of ASCII."""
FOLDED_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?")

OPEN = 6.0
WIDE_LETTER = 8.0
"""Bits that a full-width letter or digit costs more here than the model says, which counts them with the plain ones."""
OPEN_FOR_SURE = 1.0
ALL_LOST = 8.0
UNMARKED = 6.0
STRANGE = 15.0
REPEATED = 2.0
FOLD_INSIDE = 5.0
ANNOTATION = 1.0
END_BY_GUESS = 1.0
NO_CHARACTER = 6.0
CUT_OFF = 12.0
LOST_STAYS = 10.0
"""Bits of a U+FFFD that stays: it must not pay to explain it away."""

UNKNOWN = -1
"""Stands for a waiting byte that is not known, after a pair without a character."""


@dataclass(frozen=True, slots=True)
class State:
    """What decides how a hypothesis goes on: the byte that waits (0 for none), the model's last symbol but one, the last character."""

    waiting: int
    before: int
    last: str
    torn: int = 0
    """The first byte of the pair without a character whose second waits."""


@dataclass(slots=True)
class Step:
    """A hypothesis at a place: its cost so far and how it came here."""

    cost: float
    came_from: Step | None
    start: int
    text: str = ""
    known: int = 0
    """The byte of a guessed character that is known, as lead (positive) or trail (negative); 0 when nothing was guessed."""
    torn: bool = False
    """Whether the other byte of this guess and the first of the next were lost as one."""


@dataclass(slots=True)
class Found:
    """The likeliest reading of text[start:end]."""

    start: int
    end: int
    cost: float
    steps: list[Step] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(step.text for step in self.steps)

    def strangest(self, line: str) -> float:
        """Returns the bits of the dearest character that does not stand in the line as it is."""
        changed = (step for step in self.steps if not line.startswith(step.text, step.start))
        return max((step.cost - step.came_from.cost for step in changed if step.came_from), default=0.0)


Layer = dict[State, Step]


class Search:
    """One search over one line. `run` may be called for each marker of the line."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.model: Model = load()
        self._layers: dict[int, Layer] = {}
        self._unmarked = False
        self._cheapest = 0.0

    def run(self, start: int, before: str, *, unmarked: bool = False) -> Found:
        """Returns the likeliest reading from `start`, where the line is in step, to where all hypotheses agree again.

        `before` is the text that comes before, as repaired.
        """
        line, self._unmarked = self.line, unmarked
        self._layers = {start: {self._state(before): Step(0.0, None, start)}}
        place = start
        while place < len(line):
            layer = self._layers.pop(place, {})
            if place > start and not self._layers and len(layer) == 1 and _agreed(layer):
                return _traced(start, place, next(iter(layer.values())))
            self._cheapest = min((step.cost for step in layer.values()), default=0.0)
            for state, step in _best(layer):
                self._advance(place, state, step)
            place += 1
        return _traced(start, place, self._end(self._layers.pop(place, {})))

    def bits(self, start: int, end: int, before: str) -> float:
        """Returns what it costs that line[start:end] stays as it is, by the prices that `run` has for it."""
        self._layers = {start: {self._state(before): Step(0.0, None, start)}}
        for place in range(start, end):
            for state, step in self._layers.pop(place, {}).items():
                self._stay(place, state, step)
        ((_, layer),) = self._layers.items()
        return self._end(layer).cost if end == len(self.line) else min(step.cost for step in layer.values())

    def _state(self, before: str) -> State:
        before = without_last_annotation(before)
        return State(0, self.model.place(before[-2])[0] if len(before) > 1 else 0, before[-1:] or "\n")

    def _end(self, layer: Layer) -> Step:
        """Returns the likeliest hypothesis at the end of the line, where a byte that still waits is a loss."""
        ended = []
        for state, step in layer.items():
            cost = step.cost + self.model.step(state.before, self.model.place(state.last)[0], 0)
            ended.append(Step(cost + CUT_OFF, step, len(self.line), "\ufffd") if state.waiting else Step(cost, step, len(self.line)))
        return min(ended, key=lambda step: step.cost)

    def _put(self, place: int, state: State, step: Step) -> None:
        layer = self._layers.setdefault(place, {})
        known = layer.get(state)
        if known is None or step.cost < known.cost:
            layer[state] = step

    def _write(self, end: int, start: int, state: State, step: Step, char: str, price: float, waiting: int = 0, known: int = 0) -> None:
        """Goes on to `end` with one more character."""
        symbol, extra = self.model.place(char)
        middle = self.model.place(state.last)[0]
        cost = step.cost + price + extra + self.model.step(state.before, middle, symbol)
        self._put(end, State(waiting, middle, char), Step(cost, step, start, char, known))

    def _advance(self, place: int, state: State, step: Step) -> None:
        if state.waiting == UNKNOWN:
            self._join_unknown(place, state, step)
        elif state.waiting:
            self._join(place, state, step)
        else:
            self._stay(place, state, step)
            self._open(place, state, step)

    def _stay(self, place: int, state: State, step: Step) -> None:
        """In step: the line means what it says."""
        char = self.line[place]
        if char == "(" and (end := annotation_at(self.line, place, state.last)):
            self._put(end, state, Step(step.cost, step, place, self.line[place:end]))
        elif char == "\ufffd":
            self._put(place + 1, State(0, 0, "\n"), Step(step.cost + LOST_STAYS, step, place, char))
        elif char == "?" and state.last in "?!":
            self._put(place + 1, State(0, state.before, char), Step(step.cost + REPEATED, step, place, char))
        else:
            self._write(place + 1, place, state, step, char, 0.0)

    def _open(self, place: int, state: State, step: Step) -> None:
        """In step: a shift begins here."""
        line = self.line
        if line[place] not in LOST:
            return
        if rest := rest_of_annotation_at(line, place):
            end, reading = rest
            _, trail = pairs().get(state.last, (0, 0))
            for found in read_with_lead(trail, reading):
                self._put(end, State(found.byte, state.before, state.last), Step(step.cost + ANNOTATION, step, place))
        if place + 2 < len(line) and line[place + 1] in FOLDED_MARKS:
            mark = line[place + 1]
            for found in with_trail(FOLDED):
                price = OPEN if line[place] == "?" else OPEN_FOR_SURE
                self._write(place + 2, place, state, step, found.char, price, waiting=ord(mark) | 0x80, known=-FOLDED)

    def _join(self, place: int, state: State, step: Step) -> None:
        """Out of step: the waiting byte gets its other half."""
        line, waiting = self.line, state.waiting
        char = line[place]
        if char in LOST:
            self._join_lost(place, state, step)
        elif char == "(" and (end := annotation_at(line, place, _shown(state))):
            self._put(end, state, Step(step.cost + ANNOTATION, step, place))
        elif char.isascii():
            self._join_ascii(place, state, step, ord(char))
        elif pair := spellings().get(char):
            self._join_pair(place, state, step, pair)

    def _join_pair(self, place: int, state: State, step: Step, pair: tuple[int, int]) -> None:
        whole = joined(state.waiting, pair[0])
        if whole:
            self._leave(place, state, step, whole.char, pair[1], price=WIDE_LETTER if "０" <= whole.char <= "ｚ" else 0.0)
        middle = self.model.place(state.last)[0]
        if self._unmarked and step.cost <= self._cheapest and (not whole or whole.extra + self.model.step(state.before, middle, whole.symbol) > STRANGE - 20 * ("０" <= whole.char <= "ｚ")):
            for found in self._likeliest(with_torn_lead(state.waiting), state):
                cost = step.cost + UNMARKED + found.extra + self.model.step(state.before, middle, found.symbol)
                torn = State(UNKNOWN, middle, found.char, found.byte)
                self._join_unknown(place, torn, Step(cost, step, place, found.char, state.waiting, torn=True))

    def _leave(self, place: int, state: State, step: Step, char: str, rest: int, known: int = 0, price: float = 0.0) -> None:
        """Writes a character made of the waiting byte and the first half of the one shown, whose second half goes on."""
        if rest > 0x80:
            self._write(place + 1, place, state, step, char, price, waiting=rest, known=known)
        elif rest < 0x80:
            symbol, extra = self.model.place(char)
            cost = step.cost + extra + self.model.step(state.before, self.model.place(state.last)[0], symbol)
            middle = Step(cost, step, place, char, known)
            self._write(place + 1, place, State(0, self.model.place(state.last)[0], char), middle, chr(rest), 0.0)

    def _join_ascii(self, place: int, state: State, step: Step, code: int) -> None:
        if 0x40 <= code < 0x7F and (whole := joined(state.waiting, code)):
            self._write(place + 1, place, state, step, whole.char, 0.0)
        if 0x21 <= code < 0x7F and (whole := joined(state.waiting, FOLDED)):
            self._write(place + 1, place, state, step, whole.char, FOLD_INSIDE, waiting=code | 0x80)

    def _join_lost(self, place: int, state: State, step: Step) -> None:
        line, waiting = self.line, state.waiting
        if rest := rest_of_annotation_at(line, place):
            for found in read_with_lead(waiting, rest[1]):
                self._write(rest[0], place, state, step, found.char, 0.0)
        for found in self._likeliest(with_lead(waiting), state):
            if swallowed_at(line, place):
                self._leave(place, state, step, found.char, ord("<"), known=waiting)
            else:
                self._write(place + 1, place, state, step, found.char, END_BY_GUESS, known=waiting)
        if place + 1 < len(line) and line[place + 1] >= "?":
            for found in self._likeliest(with_torn_lead(waiting), state):
                self._write_torn(place, state, step, found)

    def _write_torn(self, place: int, state: State, step: Step, found: Candidate) -> None:
        middle = self.model.place(state.last)[0]
        cost = step.cost + NO_CHARACTER + found.extra + self.model.step(state.before, middle, found.symbol)
        self._put(place + 1, State(UNKNOWN, middle, found.char, found.byte), Step(cost, step, place, found.char, state.waiting, torn=True))

    def _likeliest(self, candidates: Iterable[Candidate], state: State) -> list[Candidate]:
        """Returns the best of many candidates, by the model."""
        model, middle = self.model, self.model.place(state.last)[0]
        return sorted(candidates, key=lambda found: model.step(state.before, middle, found.symbol) + found.extra)[:BEAM]

    def _join_unknown(self, place: int, state: State, step: Step) -> None:
        """Out of step, and the byte that waits is lost: only those that make no character with the one before it."""
        char = self.line[place]
        if char in LOST:
            lost = Step(step.cost + ALL_LOST, step, place, "\ufffd")
            self._put(place + 1, State(0, 0, "\n"), lost)
            self._put(place + 1, State(UNKNOWN, 0, "\n"), lost)
            return
        if char.isascii():
            pair = (ord(char), -1)
        elif not (pair := spellings().get(char, (0, 0)))[0]:
            return
        possible = (found for found in with_trail(pair[0]) if not state.torn or has_no_character(state.torn, found.byte))
        for found in self._likeliest(possible, state):
            if pair[1] < 0:
                self._write(place + 1, place, state, step, found.char, 0.0, known=-pair[0])
            else:
                self._leave(place, state, step, found.char, pair[1], known=-pair[0])


def _shown(state: State) -> str:
    """Returns the character that the line shows where the last character's second byte and the waiting one met."""
    whole = joined(pairs().get(state.last, (0, 0))[1], state.waiting)
    return whole.char if whole else ""


def _agreed(layer: Layer) -> bool:
    return next(iter(layer)).waiting == 0


def _best(layer: Layer) -> Iterator[tuple[State, Step]]:
    """Yields the cheapest hypotheses of each sort: in step, out of step, out of step with an unknown byte."""
    if len(layer) <= BEAM:
        yield from list(layer.items())
        return
    left = {True: BEAM, False: BEAM, None: BEAM}
    for state, step in sorted(layer.items(), key=lambda item: item[1].cost):
        sort = None if state.waiting == UNKNOWN else bool(state.waiting)
        left[sort] -= 1
        if left[sort] >= 0:
            yield state, step


def _traced(start: int, end: int, step: Step) -> Found:
    found, at = Found(start, end, step.cost), step
    while at.came_from is not None:
        found.steps.append(at)
        at = at.came_from
    found.steps.reverse()
    return found
