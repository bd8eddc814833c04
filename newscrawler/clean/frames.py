from __future__ import annotations

import re

from newscrawler.chinese.model import load
from newscrawler.clean.alignment import Found, Search
from newscrawler.clean.debris import LOST, without_last_annotation
from newscrawler.clean.edits import Note, ignore
from newscrawler.clean.guesses import settle
from newscrawler.clean.pinyin import SYLLABLE

MARGIN = 8.0
READABLE = 14.0
STRANGE = 17.0
PLAIN = 24.0
FAR = 2.0
_CONTEXT = 12
_LOST_PER_HAN = 2
_HAN = re.compile("[\u3400-\u9fff]")
_MARK = re.compile(rf"[{LOST}](?:\(?{SYLLABLE} ?\)|[!-/:-?](?=[^\x00-\x7f?]|(?<=[^\x00-\x7f]..)[@-~?]))")


def frame_shift(text: str, note: Note = ignore) -> str:
    if not is_marked(text):
        return text
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_repaired(line, start, text, note))
        start += len(line) + 1
    return "\n".join(lines)


def is_marked(text: str) -> bool:
    """Returns whether a text holds what a shift leaves behind."""
    return ("?" in text or "\ufffd" in text or "(" in text) and _MARK.search(text) is not None


def _repaired(line: str, offset: int, text: str, note: Note) -> str:
    if _LOST_PER_HAN * line.count("\ufffd") > len(_HAN.findall(line)):
        return line  # GBK read as UTF-8, or worse: what is left says nothing about pairs
    search, out, place = Search(line), "", 0
    while mark := _MARK.search(line, place):
        out += line[place : mark.start()]
        found = _read(search, mark.start(), out)
        shown = line[found.start : found.end]
        place = found.end
        if found.text != shown and _is_clear(search, found, out):
            settled = settle(found, out, line[place:], text)
            note(offset + found.start, shown, settled.text)
            shown = settled.text
        out += shown
    return out + line[place:]


def _read(search: Search, start: int, before: str) -> Found:
    """Returns the likeliest reading; where that is strange, the likeliest that supposes losses without a mark, if it is far better."""
    found = search.run(start, before)
    if found.strangest(search.line) < STRANGE:
        return found
    other = search.run(start, before, unmarked=True)
    return other if other.end >= found.end and other.cost < found.cost - FAR else found


def _is_clear(search: Search, found: Found, before: str) -> bool:
    """Returns whether the reading found is clearly more probable than the line as it stands, and reads like text, as what is before does."""
    gain = search.bits(found.start, found.end, before) - found.cost
    if gain < MARGIN or not _is_readable(before):
        return False
    return gain > PLAIN or found.cost < READABLE * sum(not char.isascii() for char in found.text)


def _is_readable(before: str) -> bool:
    context = without_last_annotation(before)[-_CONTEXT - 2 :]
    return len(context) < 6 or load().bits(context[2:], context[:2]) < READABLE * (len(context) - 2)
