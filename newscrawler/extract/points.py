"""Integer points: a table of terms, each with what it adds when it holds; the names of those that held are the explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Term(NamedTuple):
    """One yes/no question. It adds `article` to the points for "leads to an article" and `hub` to those for "leads to a section"."""

    name: str
    article: int
    hub: int
    holds: Callable[[Any], bool]


class Fired(NamedTuple):
    """The terms that held: both sums, and what each added."""

    article: int
    hub: int
    terms: tuple[Term, ...]


def weigh(terms: Iterable[Term], facts: object) -> Fired:
    """Returns what of a table holds for `facts`; terms that add nothing are left out.

    >>> weigh([Term("even", 2, -1, lambda n: n % 2 == 0), Term("big", 1, 0, lambda n: n > 9)], 4)[:2]
    (2, -1)
    """
    fired = tuple(term for term in terms if term.holds(facts))
    return Fired(sum(term.article for term in fired), sum(term.hub for term in fired), fired)
