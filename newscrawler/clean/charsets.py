"""The charsets that are mistaken for each other: which bytes a character was, where a decoder gives up, what bytes can be read as.

A text that was read in the wrong charset still tells its bytes: `bytes_as_read` looks each character up in the table of the
charset it was read in. U+FFFD stands for one byte that the decoder gave up on (`LOST`); a character that the charset does
not have never came from it (`GAP`). The tables hold what decoders in use really do: 0x80 of GBK is the euro sign (cp936) or a
control, unmapped pairs are private-use characters, cp1252's five holes are C1 controls, the no-break space may have become a
plain one. Pairs that several bytes read alike keep the first; what that costs is a handful of symbols.
"""

from __future__ import annotations

from codecs import charmap_encode
from functools import cache
from itertools import product

LOST = 0xFF
"""The byte that stands for a lost one: no charset here has it in a character, save Latin-1 (ÿ), where it is taken for a gap."""
GAP = 0x00
"""The byte that stands for a character which the charset cannot have produced."""


class _Table(dict[int, bytes]):
    """Code point -> bytes; `GAP` for every character without any."""

    def __missing__(self, code: int) -> bytes:
        return b"\x00"


def bytes_as_read(text: str, charset: str) -> bytes:
    """Returns the bytes that `text` was before it was read in `charset`, with `LOST` and `GAP` where there is no telling.

    >>> bytes_as_read("缂�", "gb18030").hex(" ")
    'e7 bc ff'
    """
    return bytes(charmap_encode(text, "strict", _table(charset))[0])


def byte_lengths(text: str, charset: str) -> list[int]:
    """Returns how many of those bytes each character was."""
    table = _table(charset)
    return [len(table[ord(char)]) for char in text]


@cache
def _table(charset: str) -> _Table:
    table = _Table({code: bytes([code]) for code in range(1, 0x80)})
    if charset == "cp1252":
        table.update({code: bytes([code]) for code in range(0x80, LOST)})
        table.update({ord(char): bytes([byte]) for byte in range(0x80, 0xA0) if (char := _decoded(bytes([byte]), charset))})
        table[0xFFFD] = bytes([LOST])
        return table
    pairs = [bytes(pair) for pair in product(range(0x81, 0xFF), range(0x40, 0xFF))]
    for pair, char in zip(pairs, b"\n".join(pairs).decode(charset, "replace").split("\n"), strict=True):
        if len(char) == 1:
            table.setdefault(ord(char), pair)
    table.update({ord(char): bytes([byte]) for byte in range(0x80, 0xFF) if (char := _decoded(bytes([byte]), charset))})
    if charset in ("gb18030", "gbk"):
        table.update({0x80: b"\x80", ord("·"): b"\xa1\xa4", ord("—"): b"\xa1\xaa", ord("・"): b"\xa1\xa4", ord("―"): b"\xa1\xaa"})
    if charset == "gbk":
        table[ord("€")] = b"\x80"  # as Windows has it; GB 18030 has a pair for it
    table[0xFFFD] = bytes([LOST])
    return table


def _decoded(code: bytes, charset: str) -> str:
    try:
        return code.decode(charset)
    except UnicodeDecodeError:
        return ""


@cache
def lost_alone(charset: str, following: int) -> frozenset[int]:
    """Returns the bytes that a decoder of `charset` gives up on before the byte `following` (`GAP` at the end of the text).

    >>> 0x80 in lost_alone("gb18030", 0xE4), 0x82 in lost_alone("gb18030", 0xE4), 0x82 in lost_alone("gb18030", 0x20)
    (True, False, True)
    """
    return frozenset(byte for byte in range(0x80, 0xFF) if not _decoded(bytes([byte]), charset) and not _decoded(bytes([byte, following]), charset))
