from __future__ import annotations

import re

from newscrawler.clean.alignment import Found, Search
from newscrawler.clean.debris import LOST
from newscrawler.clean.edits import Note, ignore
from newscrawler.clean.pinyin import SYLLABLE

MARGIN = 8.0
_MARK = re.compile(rf"[{LOST}](?:\(?{SYLLABLE} ?\)|[!-?](?=[^\x00-\x7f?]|(?<=[^\x00-\x7f]..)[@-~?]))")


def frame_shift(text: str, note: Note = ignore) -> str:
    if not is_marked(text):
        return text
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_repaired(line, start, note))
        start += len(line) + 1
    return "\n".join(lines)


def is_marked(text: str) -> bool:
    """Returns whether a text holds what a shift leaves behind."""
    return ("?" in text or "\ufffd" in text or "(" in text) and _MARK.search(text) is not None


def _repaired(line: str, offset: int, note: Note) -> str:
    search, out, place = Search(line), "", 0
    while mark := _MARK.search(line, place):
        out += line[place : mark.start()]
        found = search.run(mark.start(), out)
        shown = line[found.start : found.end]
        place = found.end
        if found.text != shown and search.bits(found.start, found.end, out) - found.cost > MARGIN:
            note(offset + found.start, shown, found.text)
            out += found.text
        else:
            out += shown
    return out + line[place:]
