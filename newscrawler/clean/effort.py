"""How long the frame search may look: a budget for one text, or for all texts of a page together.

Without a limit a text made for it could keep the search busy for hours. The budget counts what is weighed, not seconds, so that
the result is the same on every machine. What is left of a text when the budget is spent stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

OF_A_TEXT = 400_000
"""Characters weighed, about one second. A shift takes about 1,000; the most of 350 damaged paragraphs was 23,000."""
OF_A_PAGE = 2 * OF_A_TEXT


@dataclass(slots=True)
class Effort:
    """How many characters may still be weighed; nothing more once it is below 1."""

    left: int


_shared: ContextVar[Effort | None] = ContextVar("shared_effort", default=None)


@contextmanager
def shared_effort(most: int = OF_A_TEXT) -> Iterator[Effort]:
    """Lets every search inside draw on one budget, of at most `most` characters weighed; inside another, on that one.

    >>> with shared_effort(1000) as page, shared_effort() as text:
    ...     page is text
    True
    """
    outer = _shared.get()
    if outer is not None:
        yield outer
        return
    effort = Effort(most)
    token = _shared.set(effort)
    try:
        yield effort
    finally:
        _shared.reset(token)
