"""Two fingerprints -> whether they are near-duplicates: by containment, resemblance, numbers, and the title a little.

The thresholds are round. They were found on labelled reprints and edited copies, with all shingles in place of a sketch. Moving any of
them by a fifth costs at most 0.3 points of F1, but for `CONTAINMENT`: 0.6 costs 1.6 points in English. Where it is known to fail: a digest
of less than a seventh of a long article, copies of which more than every fifth word is another, two reports of one event that quote
the same speech at length, short texts under a notice that is longer than they are and not known to be their site's (`lines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from struct import unpack

from newscrawler.dedupe.fingerprint import NUMBERS, Fingerprint

CONTAINMENT = 0.5
"""So much of the shorter text must be in the longer."""
RESEMBLANCE = 0.15
"""So much of the two together must be in both (Jaccard): a quotation is no copy of the article that it is from."""
SAME_TITLE = 0.1
"""With one title, so much less containment is enough, and half of that less resemblance."""
FEW_NUMBERS = 4
"""With fewer numbers in one of the two, numbers say nothing."""
DENSE = 0.05
"""With so many numbers a shingle, a text is a report of numbers, perhaps from a template whose words do not change."""
NUMBERS_OF_REPORTS = 0.7
NUMBERS_OF_TEXTS = 0.4
"""So many numbers of the text with fewer must be in the other."""
_COARSEST = 8
"""Bits that a hash of a sketch must keep when two levels are brought to one; the lengths then differ by more than a hundred times."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are: shares from 0 to 1, estimates. `numbers` is None where there are too few to tell."""

    containment: float
    resemblance: float
    numbers: float | None
    same_title: bool
    other_title: bool = False
    """Both have a title to speak of, and not the same."""
    other_numbers: bool = False
    """One has a number that the other has not, however few there are."""

    def __str__(self) -> str:
        """In words, for the reason of a decision.

        >>> print(Likeness(0.913, 0.7, None, True))
        91 % of the shorter in the longer, 70 % in both, same title
        """
        words = [f"{100 * self.containment:.0f} % of the shorter in the longer", f"{100 * self.resemblance:.0f} % in both"]
        words += [] if self.numbers is None else [f"{100 * self.numbers:.0f} % of the numbers"]
        words += [name for name, told in (("same title", self.same_title), ("another title", self.other_title), ("other numbers", self.other_numbers)) if told]
        return ", ".join(words)


def nearest(new: Fingerprint, candidates: Iterable[tuple[int, Fingerprint]]) -> tuple[int, Likeness] | None:
    """Returns the number and the likeness of the candidate that `new` is a near-duplicate of, None if it is one of none.

    The most alike wins; of several the one with the lowest number.
    """
    return next(iter(alike(new, candidates)), None)


def alike(new: Fingerprint, candidates: Iterable[tuple[int, Fingerprint]]) -> list[tuple[int, Likeness]]:
    """Returns all candidates that `new` is a near-duplicate of, the most alike first, of equals the lowest number first.

    `compare` does not care which of two comes first, so clusters joined from these are the same in any order of arrival.
    """
    found = []
    for number, other in candidates:
        likeness = compare(new, other)
        if likeness is not None and is_near(new, other, likeness):
            found.append((number, likeness))
    return sorted(found, key=lambda one: (-one[1].containment - one[1].resemblance, one[0]))


def compare(one: Fingerprint, other: Fingerprint) -> Likeness | None:
    """Returns how alike two texts are, near-duplicates or not, whichever comes first; None where that cannot be told.

    It cannot where a text is too short, or more than a hundred times as long as the other.
    """
    if not one.keys or not other.keys or abs(one.level - other.level) > 16 - _COARSEST:
        return None
    mine, theirs = _at_one_level(one, other)
    if not mine or not theirs:
        return None
    common = len(mine & theirs)
    resemblance = common / (len(mine) + len(theirs) - common)
    numbers, other_numbers = _common_numbers(one.numbers, other.numbers)
    same_title, other_title = one.title == other.title != 0, 0 not in (one.title, other.title) and one.title != other.title
    return Likeness(common / min(len(mine), len(theirs)), resemblance, numbers, same_title, other_title, other_numbers)


def is_near(one: Fingerprint, other: Fingerprint, likeness: Likeness) -> bool:
    """Returns whether two texts so alike are near-duplicates."""
    bonus = SAME_TITLE if likeness.same_title else 0.0
    if likeness.containment < CONTAINMENT - bonus or likeness.resemblance < RESEMBLANCE - bonus / 2:
        return False
    if likeness.numbers is None:
        return True
    numbers, shingles = min(len(one.numbers), len(other.numbers)) // 2, min(one.shingles, other.shingles)
    return likeness.numbers >= (NUMBERS_OF_REPORTS if numbers >= DENSE * shingles else NUMBERS_OF_TEXTS)


def _at_one_level(one: Fingerprint, other: Fingerprint) -> tuple[Set[int], Set[int]]:
    """The hashes of both, as if both were sketched at the higher level, in the bits that both have; which is which is no matter."""
    fine, coarse = (one, other) if one.level <= other.level else (other, one)
    steps = coarse.level - fine.level
    if not steps:
        return _integers(one.sketch), _integers(other.sketch)
    bound = 1 << (16 - steps)
    return {value for value in _integers(fine.sketch) if value < bound}, {value >> steps for value in _integers(coarse.sketch)}


def _common_numbers(one: bytes, other: bytes) -> tuple[float | None, bool]:
    """The share of numbers of the one with fewer that are in the other, None of too few, and whether any is only in one of them.

    Of lists cut at `NUMBERS` the parts that both keep.
    """
    mine, theirs = _integers(one), _integers(other)
    if len(mine) == NUMBERS or len(theirs) == NUMBERS:
        bound = min(max(values) for values in (mine, theirs) if len(values) == NUMBERS)
        mine, theirs = (frozenset(value for value in values if value <= bound) for values in (mine, theirs))
    fewer = min(len(mine), len(theirs))
    return len(mine & theirs) / fewer if fewer >= FEW_NUMBERS else None, mine != theirs


@lru_cache(maxsize=256)
def _integers(packed: bytes) -> frozenset[int]:
    return frozenset(unpack(f"<{len(packed) // 2}H", packed))
