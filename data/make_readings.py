"""Writes newscrawler/chinese/readings.bin: how each character of GBK may be read, from the data of pypinyin.

    python data/make_readings.py    (needs pypinyin, which the project itself does not)

Source: pypinyin (https://github.com/mozillazg/python-pinyin, MIT licence) with the readings of pinyin-data
(https://github.com/mozillazg/pinyin-data, MIT licence), which come from Unihan. Layout: newscrawler/chinese/readings.py.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
import zlib
from pathlib import Path

from pypinyin.constants import PINYIN_DICT

sys.path.insert(0, str(Path(__file__).parent.parent))
from newscrawler.chinese.gbk import is_han, pairs

TARGET = Path(__file__).parent.parent / "newscrawler" / "chinese" / "readings.bin"


def readings_of(char: str) -> list[str]:
    """The toned readings of a character, the commonest first; NFC."""
    return [unicodedata.normalize("NFC", reading) for reading in PINYIN_DICT.get(ord(char), "").split(",") if reading]


def main() -> None:
    table = {char: readings for char in sorted(pairs()) if is_han(char) and (readings := readings_of(char))}
    syllables = sorted({reading for readings in table.values() for reading in readings})
    number = {syllable: i for i, syllable in enumerate(syllables)}
    names = "\n".join(syllables).encode()
    body = b"".join(
        struct.pack(f"<HB{len(readings)}H", ord(char), len(readings), *(number[reading] for reading in readings)) for char, readings in table.items()
    )
    TARGET.write_bytes(zlib.compress(struct.pack("<HH", len(names), len(table)) + names + body, 9))
    print(f"{len(table)} characters, {len(syllables)} syllables, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
