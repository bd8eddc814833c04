"""The byte model of damaged GBK pages, small: what the tests of frames and pinyin undo. See newscrawler/clean/frames.py."""

from __future__ import annotations

from collections.abc import Mapping

MARKS = "，。：（）！？；"


def annotated(data: bytes, table: Mapping[str, str]) -> bytes:
    """Returns the bytes after one replacement per character of the table, blind to where characters begin."""
    for char, reading in table.items():
        data = data.replace(char.encode("gbk"), char.encode("gbk") + f"({reading})".encode("gb18030"))
    return data


def folded(data: bytes, marks: str = MARKS) -> list[bytes | str]:
    """Returns the pieces between full-width marks, and the ASCII marks that these became, blind to where characters begin."""
    found = {mark.encode("gbk")[1]: chr(ord(mark) - 0xFEE0) for mark in marks if mark.encode("gbk")[0] == 0xA3}
    pieces: list[bytes | str] = []
    begin = place = 0
    while place < len(data) - 1:
        if data[place] == 0xA3 and data[place + 1] in found:
            pieces += [data[begin:place], found[data[place + 1]]]
            begin = place = place + 2
        else:
            place += 1
    return [*pieces, data[begin:]]


def decoded(data: bytes, loss: str = "?") -> str:
    """Returns the text as a decoder shows it that takes two bytes wherever a lead byte stands, with `loss` for what is no character."""
    shown, place = "", 0
    while place < len(data):
        if data[place] <= 0x80:
            shown += chr(data[place]) if data[place] < 0x80 else "€"
            place += 1
        else:
            char = data[place : place + 2].decode("gbk", "ignore")
            shown += char if len(char) == 1 and not char.isascii() else loss
            place += 2
    return shown


def with_annotations(text: str, table: Mapping[str, str]) -> str:
    """Returns what a page shows of a text whose characters were annotated."""
    return decoded(annotated(text.encode("gbk"), table))


def with_folded_marks(text: str, loss: str = "?", marks: str = MARKS) -> str:
    """Returns what a page shows of a text whose full-width marks became ASCII."""
    return "".join(piece if isinstance(piece, str) else decoded(piece, loss) for piece in folded(text.encode("gbk"), marks))


def in_step(text: str, marks: str = MARKS) -> str:
    """Returns the text with its full-width marks folded and nothing else changed."""
    return text.translate({ord(mark): chr(ord(mark) - 0xFEE0) for mark in marks if mark.encode("gbk")[0] == 0xA3})
