"""How probable a text is as Chinese: a trigram model of characters, Simplified and Traditional alike.

Theory. The bits of a character after the two before it: interpolated absolute discounting (Ney, Essen, Kneser 1994) over
two sources, running text first, then the words of dictionaries with their frequencies, which know far more pairs but no
text. What is seldom or never seen is paid by the next shorter context. A character that no source has costs `UNSEEN` bits,
one that no text holds (U+FFFD, private use) `FOREIGN`. Letters, digits, kana and hangul are one symbol a class, plus the
bits that tell one member from another; a full-width mark and its ASCII form are one symbol, the ASCII form a little dearer.
News costs about 7 bits a character, garbage of Han characters 14 and more.

Where it fails: names and rare words look like garbage; a text of three or four characters says little; classical Chinese
and Cantonese cost more than news; Japanese is seen only as "not Chinese".

The data (`model.bin`) is made by data/make_model.py from the sources in ATTRIBUTION.md.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from functools import cache
from itertools import accumulate
from pathlib import Path
from struct import unpack_from

UNSEEN = 19.0
FOREIGN = 24.0
STEPS = 10
"""Steps of a stored cost in one bit."""

CLASSES = "\n a0あ가éж㐀￿"
"""One symbol for all of a class: line end, space, ASCII letter, digit, kana, hangul, other Latin, other script, unseen Han, foreign."""
_CLASS_BITS = {"\n": 0.0, " ": 0.0, "a": 4.2, "0": 3.3, "あ": 5.5, "가": 9.0, "é": 7.0, "ж": 8.0, "㐀": 0.0, "￿": 0.0}
_UNKNOWN = frozenset(map(CLASSES.index, "㐀￿"))
_NARROW_BITS = 2.5
_FILE = Path(__file__).with_name("model.bin")


class Model:
    """The trigram model. Symbols are small integers; a row of costs is unpacked where it is first asked for."""

    def __init__(self, data: bytes) -> None:
        raw = zlib.decompress(data)
        letters, pairs, contexts, triples = unpack_from("<4I", raw)
        place = 16

        def column(code: str, length: int) -> array[int]:
            nonlocal place
            values = array(code)
            values.frombytes(raw[place : place + length * values.itemsize])
            if sys.byteorder == "big":
                values.byteswap()
            place += length * values.itemsize
            return values

        self._alphabet = raw[place : place + 2 * letters].decode("utf-16-le")
        place += 2 * letters
        self._ids = {char: number for number, char in enumerate(self._alphabet)}
        self._single = column("B", letters)
        self._backoff = column("B", letters)
        self._pair_ends = array("I", accumulate(column("H", letters)))
        self._pair_steps, self._pair_costs = column("H", pairs), column("B", pairs)
        self._contexts = array("I", accumulate(column("I", contexts)))
        self._context_backoff = column("B", contexts)
        self._triple_ends = array("I", accumulate(column("B", contexts)))
        self._triple_steps, self._triple_costs = column("H", triples), column("B", triples)
        self._per_million = unpack_from(f"<{letters}f", raw, place)
        self._places: dict[str, tuple[int, float]] = {}
        self._pair_rows: dict[int, dict[int, float]] = {}
        self._triple_rows: dict[int, tuple[dict[int, float], float] | None] = {}
        self._seen: dict[int, float] = {}

    def place(self, char: str) -> tuple[int, float]:
        """Returns the symbol of a character and the bits that tell it from others of its symbol.

        >>> load().place("，")[0] == load().place(",")[0]
        True
        """
        found = self._places.get(char)
        if found is None:
            found = self._places[char] = self._place(char)
        return found

    def step(self, a: int, b: int, c: int) -> float:
        """Returns the bits of symbol `c` after the symbols `a` and `b`."""
        key = (a << 32) | (b << 16) | c
        bits = self._seen.get(key)
        if bits is None:
            if len(self._seen) > 1_000_000:
                self._seen.clear()
            bits = self._seen[key] = self._step(a, b, c)
        return bits

    def cost(self, before: str, char: str) -> float:
        """Returns the bits of `char` after `before`, whose last two characters count; "" is the start of a line.

        >>> load().cost("北", "京") < 3 < load().cost("北", "璃")
        True
        """
        a = self.place(before[-2])[0] if len(before) > 1 else 0
        b = self.place(before[-1])[0] if before else 0
        c, extra = self.place(char)
        return self.step(a, b, c) + extra

    def bits(self, text: str, before: str = "") -> float:
        """Returns the bits of a whole text, the sum of `cost` over it.

        >>> load().bits("经济持续增长") < load().bits("经济持续增唱")
        True
        """
        a = self.place(before[-2])[0] if len(before) > 1 else 0
        b = self.place(before[-1])[0] if before else 0
        total = 0.0
        step, place = self.step, self.place
        for char in text:
            c, extra = place(char)
            total += step(a, b, c) + extra
            a, b = b, c
        return total

    def commonness(self, char: str) -> float:
        """Returns how often a character stands in a million of running text; 0.0 when no source has it.

        >>> load().commonness("的") > 20_000, load().commonness("\\ue000")
        (True, 0.0)
        """
        number = self._ids.get(char)
        return 0.0 if number is None else self._per_million[number]

    def common(self, least: float) -> set[str]:
        """Returns the characters that stand at least so often in a million of running text.

        >>> "的" in load().common(20_000)
        True
        """
        return {char for char, often in zip(self._alphabet, self._per_million, strict=True) if often >= least}

    def _place(self, char: str) -> tuple[int, float]:
        number = self._ids.get(char)
        if number is not None:
            return number, _CLASS_BITS.get(char, 0.0)
        if "!" <= char <= "~" and (number := self._ids.get(chr(ord(char) + 0xFEE0))) is not None:
            return number, _NARROW_BITS
        kind = class_of(char)
        return self._ids[kind], _CLASS_BITS[kind]

    def _step(self, a: int, b: int, c: int) -> float:
        if c in _UNKNOWN:  # a row of what no text holds must not get cheaper with its length
            return self._single[c] / STEPS
        context = (a << 16) | b
        found = self._triple_rows.get(context, self)
        if found is self:
            found = self._triple_rows[context] = self._triple_row(context)
        if found is None:
            return self._pair(b, c)
        row, backoff = found  # type: ignore[misc]
        bits = row.get(c)
        return self._pair(b, c) + backoff if bits is None else bits

    def _pair(self, b: int, c: int) -> float:
        row = self._pair_rows.get(b)
        if row is None:
            start, end = self._pair_ends[b - 1] if b else 0, self._pair_ends[b]
            row = self._pair_rows[b] = _row(self._pair_steps, self._pair_costs, start, end)
        bits = row.get(c)
        return (self._single[c] + self._backoff[b]) / STEPS if bits is None else bits

    def _triple_row(self, context: int) -> tuple[dict[int, float], float] | None:
        index = bisect_left(self._contexts, context)
        if index == len(self._contexts) or self._contexts[index] != context:
            return None
        start, end = self._triple_ends[index - 1] if index else 0, self._triple_ends[index]
        return _row(self._triple_steps, self._triple_costs, start, end), self._context_backoff[index] / STEPS


def _row(steps: array[int], costs: array[int], start: int, end: int) -> dict[int, float]:
    """Returns symbol -> bits of one context; `steps` holds the distances between the symbols, which rise."""
    return {symbol: bits / STEPS for symbol, bits in zip(accumulate(steps[start:end]), costs[start:end], strict=True)}


def class_of(char: str) -> str:
    """Returns the symbol (one of `CLASSES`) under which a character without one of its own is counted.

    >>> "".join(map(class_of, "x7カ글ü\\u3000中\\ufffd"))
    'a0あ가é 㐀￿'
    """
    if char.isascii():
        return "a" if char.isalpha() else "0" if char.isdigit() else "\n" if char == "\n" else " " if char in " \t" else "￿"
    code = ord(char)
    for last, kind in _RANGES:
        if code <= last:
            return kind
    return "￿"


_RANGES = (
    (0x9F, "￿"),
    (0xA0, " "),
    (0xBF, "￿"),
    (0x24F, "é"),
    (0x2FF, "ж"),
    (0x36F, "￿"),
    (0x1FFF, "ж"),
    (0x2FFF, "￿"),
    (0x3000, " "),
    (0x303F, "￿"),
    (0x30FF, "あ"),
    (0x33FF, "￿"),
    (0x4DBF, "㐀"),
    (0x4DFF, "￿"),
    (0x9FFF, "㐀"),
    (0xABFF, "￿"),
    (0xD7A3, "가"),
    (0xF8FF, "￿"),
    (0xFAFF, "㐀"),
    (0xFF0F, "￿"),
    (0xFF19, "0"),
    (0xFF20, "￿"),
    (0xFF5A, "a"),
    (0x1FFFF, "￿"),
    (0x3FFFF, "㐀"),
)


@cache
def load() -> Model:
    """Returns the model, read once a process (about 30 ms, 20 MB)."""
    return Model(_FILE.read_bytes())
