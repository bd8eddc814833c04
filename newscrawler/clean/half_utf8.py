"""GBK that was read as UTF-8 where it happened to be valid and as Latin-1 otherwise: ±àÂ벻ͳһ was 编码不统一.

Theory. Such a reader (a browser extension, an old feed library) loses nothing but one thing: U+0080 to U+00FF may have been
one byte (Latin-1) or two (valid UTF-8). Every other character tells its bytes. So the line is a chain of bytes with a few
forks, and as GBK comes in pairs, a wrong turn soon runs into a byte that pairs with nothing, or into nonsense: a beam
over the forks, weighed by the language model, finds the way. Required are Latin-1 and other letters (Greek, Cyrillic,
Hangul ...) side by side without ASCII in between, which no language writes.

Where it fails: a run of only three or four characters; bytes that were valid but meant nothing in Unicode.
"""

from __future__ import annotations

import re
from functools import cache

from newscrawler.chinese.model import Model, load
from newscrawler.clean.edits import Note, ignore, substitute

_OTHER = "\u0100-\u1fff\ua000-\ud7ff"
_STRANGE = f"(?![ŒœŠšŸŽžƒˆ˜])[{_OTHER}]"  # cp1252 has the ten, and GBK read as cp1252 is another matter
_MIXED = re.compile(f"[\x80-\xff][\x80-\xff]?{_STRANGE}|(?:{_STRANGE}){{1,3}}[\x80-\xff]{{2}}")
_RUN = re.compile(f"(?=[ -~]*[\x80-\xff{_OTHER}])[!-~\x80-\xff{_OTHER}][ -~\x80-\xff{_OTHER}]*")
_BEAM = 12
_FORK_BITS = 6.0
_MARGIN_BITS = 20.0
_MAX_BITS_PER_PAIR = 13.0

_State = tuple[float, str, int]
"""Bits so far, the text so far, the lead byte that waits for its trail (0: none)."""


def gbk_as_half_utf8(text: str, note: Note = ignore) -> str:
    """Returns the text with runs of such characters read as GBK where that is clearly more probable.

    >>> gbk_as_half_utf8("±àÂ벻ͳһ")
    '编码不统一'
    """
    return substitute(_RUN, _read_run, text, note) if _MIXED.search(text) else text


def _read_run(run: re.Match[str]) -> str:
    if not _MIXED.search(run[0]):
        return run[0]
    model = load()
    states: list[_State] = [(0.0, "", 0)]
    for char in run[0]:
        states = _step(states, char, model)
        if not states:
            return run[0]
    whole = [(bits, read) for bits, read, lead in states if not lead]
    if not whole:
        return run[0]
    bits, read = min(whole)
    pairs = sum(not char.isascii() for char in read)
    likely = bits < model.bits(run[0]) - _MARGIN_BITS and bits < _MAX_BITS_PER_PAIR * pairs + 6.0 * (len(read) - pairs)
    return read if likely else run[0]


def _step(states: list[_State], char: str, model: Model) -> list[_State]:
    """Returns the best states after one more character; of two that end alike the better one."""
    best: dict[tuple[str, int], _State] = {}
    for state in states:
        for fork, code in enumerate(_codes(char)):
            after = _read_bytes(state, code, model)
            if after:
                after = (after[0] + fork * _FORK_BITS, after[1], after[2])
                key = (after[1][-2:], after[2])
                best[key] = min(best.get(key, after), after)
    return sorted(best.values())[:_BEAM]


@cache
def _codes(char: str) -> tuple[bytes, ...]:
    return (char.encode("latin-1"), char.encode()) if "\x80" <= char <= "\xff" else (char.encode(),)


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
