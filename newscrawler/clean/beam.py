"""The bookkeeping of the frame search: hypotheses about a damaged text, what each has cost, and how each came about.

A hypothesis stands at a place of the line. What decides how it can go on is its `State`; of two hypotheses with the same state at the same
place only the cheaper one is kept (Viterbi), and of all states at a place only the cheapest (a beam).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from newscrawler.chinese.model import Model, load

WIDTH = 24
"""Hypotheses of each sort that go on from one place."""

UNKNOWN = -1
"""Stands for a waiting byte that is not known."""


class State(NamedTuple):
    """The byte that waits for its other half (0: in step), the model's symbol before the last character, that character."""

    waiting: int
    before: int
    last: str
    torn: int = 0
    """The byte that was lost together with a waiting byte that is `UNKNOWN`, as far as it is supposed."""


@dataclass(slots=True)
class Step:
    """A hypothesis: its bits so far, the one it came from, and what it wrote for the line from `start` on.

    `known` is set when the character was guessed: the byte that is known, negative when that is the second one. `torn`
    says that the other byte was lost together with the first byte of the next character.
    """

    cost: float
    came_from: Step | None
    start: int
    text: str = ""
    known: int = 0
    torn: bool = False


@dataclass(slots=True)
class Found:
    """A reading of line[start:end], and its bits."""

    start: int
    end: int
    cost: float
    steps: list[Step] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(step.text for step in self.steps)

    def known(self, line: str) -> int:
        """Returns how many wide characters have both their bytes and do not stand in the line as they are."""
        read = (step for step in self.steps if step.text and not step.text.isascii())  # a letter is what one of them left: 厚T of 馮
        return sum(not step.known and not line.startswith(step.text, step.start) for step in read)

    def strangest(self, line: str) -> float:
        """Returns the bits of the dearest character that neither stands in the line as it is nor was guessed."""
        changed = (step for step in self.steps if not step.known and not line.startswith(step.text, step.start))
        return max((step.cost - step.came_from.cost for step in changed if step.came_from), default=0.0)


class Beam:
    """The hypotheses of one search, by the place where they stand."""

    def __init__(self) -> None:
        self.model: Model = load()
        self._layers: dict[int, dict[State, Step]] = {}

    def begin(self, place: int, before: str) -> None:
        """Forgets all hypotheses but one: in step at `place`, after the text `before`."""
        symbol = self.model.place(before[-2])[0] if len(before) > 1 else 0
        self._layers = {place: {State(0, symbol, before[-1:] or "\n"): Step(0.0, None, place)}}

    def take(self, place: int) -> list[tuple[State, Step]]:
        """Returns, and forgets, the hypotheses at a place: the cheapest of each sort (in step, out of step, with an unknown byte)."""
        layer = self._layers.pop(place, {})
        return list(layer.items()) if len(layer) <= WIDTH else list(_cheapest(layer))

    def agreed(self, place: int) -> Step | None:
        """Returns the hypothesis at `place` if it is the only one anywhere, and in step."""
        if len(self._layers) != 1 or len(layer := self._layers.get(place, {})) != 1:
            return None
        ((state, step),) = layer.items()
        return None if state.waiting else step

    def put(self, place: int, state: State, step: Step) -> None:
        """Lets a hypothesis stand at `place`, unless a cheaper one with this state does."""
        layer = self._layers.setdefault(place, {})
        known = layer.get(state)
        if known is None or step.cost < known.cost:
            layer[state] = step

    def bits(self, state: State, symbol: int, extra: float) -> float:
        """Returns the bits of one more character after a state."""
        return self.model.step(state.before, self.model.place(state.last)[0], symbol) + extra

    def written(self, state: State, step: Step, start: int, char: str, price: float = 0.0, known: int = 0) -> Step:
        """Returns the hypothesis with one more character, which stands for the line from `start` on."""
        return Step(step.cost + price + self.bits(state, *self.model.place(char)), step, start, char, known)

    def after(self, state: State, char: str, waiting: int = 0, torn: int = 0) -> State:
        """Returns the state that one more character leads to."""
        return State(waiting, self.model.place(state.last)[0], char, torn)


def _cheapest(layer: dict[State, Step]) -> Iterator[tuple[State, Step]]:
    left = {True: WIDTH, False: WIDTH, None: WIDTH}
    for state, step in sorted(layer.items(), key=lambda item: item[1].cost):
        sort = None if state.waiting == UNKNOWN else bool(state.waiting)
        if left[sort]:
            left[sort] -= 1
            yield state, step


def traced(start: int, end: int, step: Step) -> Found:
    """Returns the reading that a hypothesis stands for."""
    found = Found(start, end, step.cost)
    while step.came_from is not None:
        found.steps.append(step)
        step = step.came_from
    found.steps.reverse()
    return found
