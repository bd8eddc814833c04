"""GBK that was read as UTF-8 where it happened to be valid and as Latin-1 otherwise: ±àÂ벻ͳһ was 编码不统一.

Theory. Such a reader (a browser extension, an old feed library) loses nothing: a character from U+0100 on was the bytes of its
UTF-8, one from U+0080 to U+00FF was that byte or, where that was valid, two. As GBK comes in pairs, a wrong turn soon runs into
a byte that pairs with nothing, or into nonsense: a beam over these forks, weighed by the language model, finds the way. Good
text in the same line is one more fork: a character may also be itself. Required are Latin-1 and other letters (Greek, Cyrillic,
Hangul ...) side by side without ASCII in between, which no language writes.

Where it fails: lines of only three or four characters; bytes that were valid but no character of Unicode.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawler.chinese.model import Model, load
from newscrawler.clean.edits import Note, ignore, rewrite_lines
from newscrawler.clean.trials import makes_sense

_STRANGE = "(?![ŒœŠšŸŽžƒˆ˜])[\u0100-\u1fff\ua000-\ud7ff]"  # cp1252 has the ten, and GBK read as cp1252 is another matter
_LATIN1 = re.compile("[\x80-\xff]")  # asked first: it is a fifth of the price
_MIXED = re.compile(f"[\x80-\xff][\x80-\xff]?{_STRANGE}|(?:{_STRANGE}){{1,3}}[\x80-\xff]{{2}}")
_BEAM = 12
_AS_TWO_BITS = 6.0
_ITSELF_BITS = 8.0
_MARGIN_BITS = 20.0

_State = tuple[float, str, int]
"""Bits so far, the text so far, the lead byte that waits for its trail (0: none)."""


def gbk_as_half_utf8(text: str, note: Note = ignore) -> str:
    """Returns the text with lines of such characters read as GBK where that is clearly more probable.

    >>> gbk_as_half_utf8("±àÂ벻ͳһ")
    '编码不统一'
    """
    return rewrite_lines(_read_line, text, note) if _LATIN1.search(text) and _MIXED.search(text) else text


def _read_line(line: str) -> str:
    if not _MIXED.search(line) or "\ufffd" in line:  # such a reader loses nothing, so this was another
        return line
    model = load()
    states: list[_State] = [(0.0, "", 0)]
    for char in line:
        states = _step(states, char, model)
    whole = [(bits, read) for bits, read, lead in states if not lead]
    if not whole:
        return line
    bits, read = min(whole)
    likely = model.bits(line) - bits > _MARGIN_BITS  # the rest of the line costs both the same
    return read if likely and makes_sense(read, model) else line


def _step(states: list[_State], char: str, model: Model) -> list[_State]:
    """Returns the best states after one more character; of two that end alike the better one."""
    best: dict[tuple[str, int], _State] = {}
    for state in states:
        for code, price in _codes(char):
            if after := _read_bytes(state, code, model) if code else _keep(state, char, model):
                bits, read, lead = after
                key = read[-2:], lead
                if key not in best or bits + price < best[key][0]:
                    best[key] = bits + price, read, lead
    return sorted(best.values())[:_BEAM]


@lru_cache(maxsize=4096)
def _codes(char: str) -> tuple[tuple[bytes, float], ...]:
    """Returns the bytes that a character may have been, and what it costs to assume so; no bytes: it is itself."""
    if char < "\x80":
        return ((char.encode(), 0.0),)
    itself = (b"", 0.0 if char >= "\u2e80" else _ITSELF_BITS)
    if char <= "\xff":
        return ((char.encode("latin-1"), 0.0), (char.encode(), _AS_TWO_BITS), itself)
    return ((char.encode("utf-8", "surrogatepass"), 0.0), itself)


def _keep(state: _State, char: str, model: Model) -> _State | None:
    bits, read, lead = state
    return None if lead else (bits + model.cost(read[-2:], char), read + char, 0)


def _read_bytes(state: _State, code: bytes, model: Model) -> _State | None:
    bits, read, lead = state
    for byte in code:
        if lead:
            char = bytes((lead, byte)).decode("gb18030", "ignore")
            if len(char) != 1 or "\ue000" <= char <= "\uf8ff":
                return None
            bits, read, lead = bits + model.cost(read[-2:], char), read + char, 0
        elif byte < 0x80:
            bits, read = bits + model.cost(read[-2:], chr(byte)), read + chr(byte)
        else:
            lead = byte
    return bits, read, lead
