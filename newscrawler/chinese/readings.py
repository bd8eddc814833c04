"""How characters are read: every pinyin reading of every Han character of GBK, from the data of pypinyin (MIT licence).

readings.bin is one zlib stream: the length of the names and the number of characters (two little-endian 16-bit numbers), the
names of the syllables one a line in UTF-8, then for each character its code point (16 bits), the number of its readings
(8 bits) and the numbers of these (16 bits each), the commonest first. data/make_readings.py writes it.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("readings.bin")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c"))
# How typists and fonts write it: breves for the third tone, the school-book letters ɡ and ɑ, v and u: for ü.
_SPELLED = str.maketrans({"\u0306": "\u030c", "\u0302": "\u030c", "ɡ": "g", "ɑ": "a", "v": "u\u0308"})


@cache
def _table() -> dict[str, tuple[str, ...]]:
    data = zlib.decompress(_FILE.read_bytes())
    size, count = struct.unpack_from("<HH", data)
    names, at = data[4 : 4 + size].decode().split("\n"), 4 + size
    table = {}
    for _ in range(count):
        code, many = struct.unpack_from("<HB", data, at)
        table[chr(code)] = tuple(names[number] for number in struct.unpack_from(f"<{many}H", data, at + 3))
        at += 3 + 2 * many
    return table


def readings(char: str) -> tuple[str, ...]:
    """Returns the toned readings of a character, the commonest first; none for what is not a Han character of GBK.

    A neutral tone has no mark. Readings in words (儿 as r) are not among them.

    >>> readings("长")
    ('zhǎng', 'cháng')
    """
    return _table().get(char, ())


@cache
def toneless(reading: str) -> str:
    """Returns a reading without its tone mark, with ü as it is.

    >>> toneless("lǜ")
    'lü'
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", reading).translate(_TONES))


def reads(char: str, reading: str) -> bool:
    """Returns whether a character may be read so; a reading without a tone mark fits every tone.

    >>> reads("长", "cháng"), reads("长", "chang"), reads("长", "chǎng")
    (True, True, False)
    """
    return reading in readings(char) or reading in {toneless(known) for known in readings(char)}


@cache
def normal(reading: str) -> str:
    """Returns a reading as the table writes it: lower case stays required, breves are carons, v is ü.

    >>> normal("lv̌"), normal("hăo")
    ('lǚ', 'hǎo')
    """
    decomposed = unicodedata.normalize("NFD", reading)
    if "ê" not in reading and "ế" not in reading:
        decomposed = decomposed.translate(_SPELLED)
    return unicodedata.normalize("NFC", decomposed)


@cache
def _readers() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for char, known in _table().items():
        for reading in {*known, *map(toneless, known)}:
            found.setdefault(reading, []).append(char)
    return {reading: tuple(chars) for reading, chars in found.items()}


def read_so(reading: str) -> tuple[str, ...]:
    """Returns the characters that may be read so (see `reads`), in the order of code points.

    >>> "數" in read_so("shù")
    True
    """
    return _readers().get(reading, ())


def is_syllable(word: str) -> bool:
    """Returns whether some character is read so; without a tone mark, in any tone.

    >>> is_syllable("chuǎng"), is_syllable("ngbjxym"), is_syllable("café")
    (True, False, False)
    """
    return word in _readers()
