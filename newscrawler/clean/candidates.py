"""Which characters can stand where one byte of a pair is known: the guesses of the frame search, by commonness or by reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from newscrawler.chinese.gbk import LEADS, TRAILS, characters, pairs
from newscrawler.chinese.model import load
from newscrawler.chinese.readings import read_so


@dataclass(frozen=True, slots=True)
class Candidate:
    """A character, the byte that was not known, and its symbol and extra bits in the language model."""

    char: str
    byte: int
    symbol: int
    extra: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A character of GBK: its bytes, and its symbol and extra bits in the language model."""

    char: str
    lead: int
    trail: int
    symbol: int
    extra: float


@cache
def joined(lead: int, trail: int) -> Pair | None:
    """Returns the character of two bytes, or None."""
    char = characters().get((lead, trail))
    return None if char is None else Pair(char, lead, trail, *load().place(char))


@cache
def with_lead(lead: int) -> tuple[Candidate, ...]:
    """Returns the characters with this lead byte that running text uses, each with its trail byte."""
    return tuple(found for trail in TRAILS if (found := _candidate(lead, trail, trail)))


@cache
def with_trail(trail: int) -> tuple[Candidate, ...]:
    """Returns the characters with this trail byte that running text uses, each with its lead byte."""
    return tuple(found for lead in LEADS if (found := _candidate(lead, trail, lead)))


@cache
def with_torn_lead(lead: int) -> tuple[Candidate, ...]:
    """Returns those of `with_lead` whose trail byte, taken for a lead byte, has many partners without a character in common text."""
    return tuple(found for found in with_lead(lead) if 0xA1 <= found.byte <= 0xAF or found.byte >= 0xF8)


def _candidate(lead: int, trail: int, unknown: int) -> Candidate | None:
    char = characters().get((lead, trail))
    if char is None or not load().commonness(char):
        return None
    return Candidate(char, unknown, *load().place(char))


@cache
def read_with_lead(lead: int, reading: str) -> tuple[Candidate, ...]:
    """Returns the characters with this lead byte that are read so, rare ones too, each with its trail byte.

    >>> [found.char for found in read_with_lead(0x94, "shù")]
    ['數']
    """
    table = pairs()
    return tuple(Candidate(char, table[char][1], *load().place(char)) for char in read_so(reading) if table[char][0] == lead)


@cache
def read_as(reading: str) -> tuple[Candidate, ...]:
    """Returns the characters of running text that are read so, each with its lead byte."""
    table, model = pairs(), load()
    return tuple(Candidate(char, table[char][0], *model.place(char)) for char in read_so(reading) if model.commonness(char))


@cache
def has_no_character(lead: int, trail: int) -> bool:
    """Returns whether a pair of bytes is empty or user-defined in GBK, so that a decoder showed one mark for both."""
    return (lead, trail) not in characters()
