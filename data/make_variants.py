"""Writes newscrawler/chinese/simplified.txt: which Simplified character stands for each Traditional or variant one, by OpenCC.

    python data/make_variants.py    (needs OpenCC, the extra `script`)

Source: OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0), its characters converted one by one with t2s. Layout: two lines of the same
length, the characters and what stands for each.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from opencc import OpenCC

TARGET = Path(__file__).parent.parent / "newscrawler" / "chinese" / "simplified.txt"
HAN = (range(0x3400, 0xA000), range(0x20000, 0x323B0))
ALSO = {"著": "着"}
"""What t2s leaves alone since it may be either: to compare texts, both are one."""


def main() -> None:
    converter = OpenCC("t2s")
    table = {char: to for char in map(chr, chain(*HAN)) if len(to := converter.convert(char)) == 1 and to != char} | ALSO
    table = {char: table.get(to, to) for char, to in sorted(table.items())}
    TARGET.write_text("".join(table) + "\n" + "".join(table.values()) + "\n", encoding="utf-8")
    print(f"{len(table)} characters, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
