"""How a repair changes a text and says so: a note of each place, with what stood there and what stands there now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from newscrawler.items import Repair

MAX_REPAIRS = 1000
MAX_SHOWN = 40
GUESSED_BELOW = 0.9
"""A repair less certain than this holds a guess, and the character guessed may be lost for good."""

Note = Callable[[int, str, str], None]
"""Takes the place (character offset in the text given to the repair), the text before and the text after."""


def ignore(start: int, before: str, after: str) -> None:
    """Returns None: the note of a caller who wants only the repaired text."""


class Ledger:
    """Collects notes as `Repair` values, at most `MAX_REPAIRS` of one kind, each side cut to `MAX_SHOWN` characters.

    `guessed` counts the characters that are guesses of less than `GUESSED_BELOW`, one a repair where it does not say how many.
    """

    def __init__(self) -> None:
        self.repairs: list[Repair] = []
        self.guessed = 0
        self._counts: dict[str, int] = {}

    def under(self, kind: str, confidence: float = 1.0) -> Note:
        """Returns the note that files its repairs under `kind`."""
        return _Filed(self, kind, confidence)

    def file(self, repair: Repair) -> None:
        """Keeps a repair, unless there are enough of its kind."""
        count = self._counts[repair.kind] = self._counts.get(repair.kind, 0) + 1
        if count <= MAX_REPAIRS:
            self.repairs.append(repair)


@dataclass(frozen=True, slots=True)
class _Filed:
    """The note of a ledger: files each change under one kind."""

    ledger: Ledger
    kind: str
    confidence: float
    guessed: int | None = None

    def __call__(self, start: int, before: str, after: str) -> None:
        self.ledger.guessed += (self.confidence < GUESSED_BELOW) if self.guessed is None else self.guessed
        self.ledger.file(Repair(self.kind, start, before[:MAX_SHOWN], after[:MAX_SHOWN], self.confidence))


def graded(note: Note, kind: str, confidence: float, guessed: int | None = None) -> Note:
    """Returns the same note with a kind and a confidence of its own, for a repair that knows more than its name says.

    `guessed` is how many characters of it are guesses of less than `GUESSED_BELOW`, where that is known.
    """
    return _Filed(note.ledger, kind, confidence, guessed) if isinstance(note, _Filed) else note


def substitute(pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str, note: Note = ignore) -> str:
    """Returns `text` with every match replaced; notes those that changed.

    >>> substitute(re.compile("colou?r"), lambda m: "hue", "a color", print)
    2 color hue
    'a hue'
    """

    def swap(match: re.Match[str]) -> str:
        before, after = match[0], replace(match)
        if after != before:
            note(match.start(), before, after)
        return after

    return pattern.sub(swap, text)


def rewrite_lines(rewrite: Callable[[str], str], text: str, note: Note = ignore) -> str:
    """Returns `text` with `rewrite` applied to each line; notes one change a line, without what both versions share at the ends."""
    lines, start = [], 0
    for line in text.split("\n"):
        after = rewrite(line)
        if after != line:
            head, tail = _shared_ends(line, after)
            note(start + head, line[head : len(line) - tail], after[head : len(after) - tail])
        lines.append(after)
        start += len(line) + 1
    return "\n".join(lines)


def _shared_ends(one: str, other: str) -> tuple[int, int]:
    """Returns how many characters both begin and end with; the two never overlap."""
    limit = min(len(one), len(other))
    head = next((i for i in range(limit) if one[i] != other[i]), limit)
    limit -= head
    tail = next((i for i in range(limit) if one[-1 - i] != other[-1 - i]), limit)
    return head, tail
