"""The lines of a text that its site may repeat on every article (a disclaimer, a word to subscribers, an agency's foot), as numbers.

Theory. Such lines are no part of the story: two briefs under one long foot are alike by it, and two copies of a brief under two feet are
not. A text does not tell them, its site does: a line is the site's when it stands, word for word, on `REPEATED` of its articles. They
have to have as many titles, because the copies of one story on a site, and what is reported every day from one template, have all lines
in common too. They stand at the ends of a text, so only these are looked at: versions of one long story that differ in their titles keep
their middle. Where it fails: feet that say something else each time (a name, a date), or stand in the middle; a short story that a
site brings under `REPEATED` titles is taken for the site's own words.
"""

from __future__ import annotations

from collections.abc import Collection
from struct import pack, unpack
from zlib import crc32

from newscrawler.dedupe.fingerprint import MAX_LENGTH

HEAD, TAIL = 2, 8
"""So many lines at the beginning and at the end of a text are looked at; empty ones and those of a word or two do not count."""
SHORTEST = 5
"""Characters of a line that counts: with fewer it has no shingle of its own."""
REPEATED = 8
"""Titles under which a line must stand. With more, more articles are compared with the line before it is known, and then once again."""

_BITS = 0x7FFF_FFFF


def site_hash(site: str) -> int:
    """Returns 31 bits of the name of a site."""
    return crc32(site.encode("utf-8", "surrogatepass")) & _BITS


def edges(text: str, site: int) -> tuple[int, ...]:
    """Returns the different lines at both ends of a text of that site, as 31 bits each: at most HEAD + TAIL."""
    lines = [line for line in map(str.strip, text[:MAX_LENGTH].split("\n")) if len(line) >= SHORTEST]
    ends = lines if len(lines) <= HEAD + TAIL else lines[:HEAD] + lines[-TAIL:]
    return tuple(dict.fromkeys(_hash(line, site) for line in ends))


def without(text: str, lines: Collection[int], site: int) -> str:
    """Returns a text of that site without these lines, wherever they stand in it.

    >>> foot = edges("Follow the Daily Herald.", 7)
    >>> without("The ferry is late.\\nFollow the Daily Herald.", foot, 7)
    'The ferry is late.'
    """
    if not lines:
        return text
    return "\n".join(line for line in text[:MAX_LENGTH].split("\n") if _hash(line.strip(), site) not in lines)


def packed(lines: Collection[int]) -> bytes | None:
    """Returns lines as bytes, which `unpacked` reads; None of none."""
    return pack(f"<{len(lines)}I", *sorted(lines)) if lines else None


def unpacked(data: bytes | None) -> tuple[int, ...]:
    """Returns the lines that `packed` wrote."""
    return unpack(f"<{len(data or b'') // 4}I", data or b"")


def _hash(line: str, site: int) -> int:
    return crc32(line.encode("utf-8", "surrogatepass"), site) & _BITS
