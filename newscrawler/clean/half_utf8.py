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
_LEAST_NEW = 2
"""Different characters that a reading must bring: one may come of letters held down (ééØØØ)."""

_PLAIN = "\x00-\x7f\u2000-\u206f\u2e80-\ua4cf\uff00-\uffef"
_STRETCH = re.compile(f".{{0,8}}[^{_PLAIN}](?:.{{0,15}}[^{_PLAIN}])*.{{0,8}}")
"""Characters that Chinese and English text has no use for, what stands between two that are near, and a little on both sides."""

_Chain = tuple["_Chain", str] | None
"""What was read last, behind what was read before: states share their past, none copies it."""
_State = tuple[float, str, int, _Chain]
"""Bits so far, the last two characters, the lead byte that waits for its trail (0: none), all characters so far."""


def gbk_as_half_utf8(text: str, note: Note = ignore) -> str:
    """Returns the text with lines of such characters read as GBK where that is clearly more probable.

    >>> gbk_as_half_utf8("±àÂ벻ͳһ")
    '编码不统一'
    """
    return rewrite_lines(_read_line, text, note) if is_half_utf8(text) else text


def is_half_utf8(text: str) -> bool:
    """Returns whether a text has such characters side by side; cheap where it has none of Latin-1."""
    return _LATIN1.search(text) is not None and _MIXED.search(text) is not None


def _read_line(line: str) -> str:
    if not _MIXED.search(line) or "\ufffd" in line:  # such a reader loses nothing, so this was another
        return line
    return _STRETCH.sub(_read_stretch, line)


def _read_stretch(match: re.Match[str]) -> str:
    stretch, before, model = match[0], match.string[max(0, match.start() - 2) : match.start()], load()
    if not _MIXED.search(stretch):
        return stretch
    states: list[_State] = [(0.0, before, 0, None)]
    for char in stretch:
        states = _step(states, char, model)
    whole = [state for state in states if not state[2]]
    if not whole:
        return stretch
    bits, *_, chain = min(whole, key=_by_bits)
    read = _joined(chain)
    if len({char for char in read if char.isalpha() and char > "\u2e80"}.difference(stretch)) < _LEAST_NEW:
        return stretch
    return read if model.bits(stretch, before) - bits > _MARGIN_BITS and makes_sense(read, model) else stretch


def _by_bits(state: _State) -> tuple[float, str, int]:
    return state[:3]


def _joined(chain: _Chain) -> str:
    pieces = []
    while chain:
        chain, piece = chain
        pieces.append(piece)
    return "".join(reversed(pieces))


def _step(states: list[_State], char: str, model: Model) -> list[_State]:
    """Returns the best states after one more character; of two that end alike the better one."""
    best: dict[tuple[str, int], _State] = {}
    for state in states:
        for code, price in _codes(char):
            if after := _read_bytes(state, code, model) if code else _keep(state, char, model):
                bits, tail, lead, chain = after
                key = tail, lead
                if key not in best or bits + price < best[key][0]:
                    best[key] = bits + price, tail, lead, chain
    return sorted(best.values(), key=_by_bits)[:_BEAM]


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
    return None if state[2] else _append(state, char, model)


def _append(state: _State, char: str, model: Model) -> _State:
    bits, tail, _, chain = state
    return bits + model.cost(tail, char), (tail + char)[-2:], 0, (chain, char)


def _read_bytes(state: _State, code: bytes, model: Model) -> _State | None:
    for byte in code:
        if state[2]:
            char = bytes((state[2], byte)).decode("gb18030", "ignore")
            if len(char) != 1 or "\ue000" <= char <= "\uf8ff":
                return None
            state = _append(state, char, model)
        elif byte < 0x80:
            state = _append(state, chr(byte), model)
        else:
            state = state[0], state[1], byte, state[3]
    return state
