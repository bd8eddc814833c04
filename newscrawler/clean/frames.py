"""Frame shifts: a script worked on the bytes of a GBK page without regard to where characters begin.

What happened. GBK writes a character as two bytes, and the second of one with the first of the next may look like a character
too. Many sites run two replacements over their bytes: a character of some table gets its reading behind it, 數 -> 數(shù), and
full-width marks, A3 xx, become one ASCII byte. Where such bytes straddle two characters, a text in step comes out of step:

    海口五源河體 = BA[A3 BF]DA CEE5 D4B4 BAD3 F377 -> BA 3F DACE E5D4 B4BA D3F3 77 = ??谖逶春芋w
    車繼         = DC[87 C0]5E                      -> DC87 (yán) C05E              = 車?yán)^ (a lead byte swallows the bracket)

Some sites lose a single byte with the same effect. Every pair after that is torn until a byte below 0x80 puts it back in step.

What it requires. A mark: "?" or U+FFFD before an ASCII mark, or before the rest of a reading, or U+FFFD at the end of a run. From
there `alignment` (or, for a byte lost without a mark, `dropped`) finds the likeliest reading, and `guesses` the characters of
which a byte is lost. It is taken only if it costs clearly fewer bits than the line as it stands, and if it and the text before
it read like Chinese; otherwise all stays. Most bytes are known, so most of a repaired stretch is certain; the confidence of a
repair is that of its least certain guess. A character of which no byte is left stays a U+FFFD.

Where it fails. Guessed characters of names are often wrong. An ASCII character that a lost byte swallowed (5 in 青森等5縣) is
gone, and is marked only where the text shows that its decoder swallows and a letter or digit follows. A shift without a mark
that ends by chance at a letter is not seen. Lines that are mostly U+FFFD (GBK read as UTF-8) say nothing about pairs and stay.
Folded marks that stand in step stay folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawler.chinese.model import load
from newscrawler.clean.alignment import Search
from newscrawler.clean.beam import Found
from newscrawler.clean.debris import LOST, without_last_annotation
from newscrawler.clean.dropped import dropped_byte
from newscrawler.clean.edits import Note, graded, ignore
from newscrawler.clean.effort import Effort, shared_effort
from newscrawler.clean.guesses import QUOTES, Surroundings, settle
from newscrawler.clean.pinyin import SYLLABLE

KNOWN_BYTES = 0.97
"""The confidence of a repair in which no character was guessed."""

_MARK = re.compile(
    rf"[{LOST}](?:\(?{SYLLABLE} ?\)|[!-/:-?](?=[^\x00-\x7f?]|(?<=[^\x00-\x7f]..)[@-~?]))"
    "|(?<=[^\x00-\x7f\ufffd]{3})\ufffd(?![^\x00-\x7f])"
)
_HAN = re.compile("[\u3400-\u9fff]")
_ASKS = re.compile(r"[吗嗎呢么麼谁誰哪怎几幾何][^，。！？；：,;:]{0,10}\Z|(?:什|多少|是不是|有没有|有沒有|难道|難道)[^，。！？；：,;:]{0,20}\Z")

# In bits, on all of a stretch or for each of its characters.
_LEAST_GAIN = 8.0
_PLAIN_GAIN = 24.0
_GAIN_WITHOUT_MARK = 20.0
_GUESSED_GAIN = 17.0
_CLOSING_GAIN = 5.0
_READABLE = 14.0
_STRANGE = 17.0
_GAIN_OF_UNMARKED = 2.0

_CONTEXT = 12
_NEAR = 400
_QUOTATION = 1000
_HAN_FOR_A_LOSS = 2
_EFFORT_OF_A_MARK = 500


def frame_shift(text: str, note: Note = ignore) -> str:
    """Returns the text with frame shifts undone; each note carries its own confidence, below 0.9 where a character was guessed.

    It works line by line, as long as its budget lasts (see `effort`), and changes only stretches that begin at a mark of loss. It
    does not take out readings that stand behind their whole character (`pinyin_leak` does), nor restore full-width marks.

    >>> frame_shift("在??谖逶春芋w育場")
    '在海口五源河體育場'
    >>> frame_shift("我浠\\ufffd都来了，真的吗??我不知道")
    '我浠\\ufffd都来了，真的吗??我不知道'
    """
    if not is_marked(text):
        return text
    lines, start, surroundings = [], 0, Surroundings(text)
    with shared_effort() as effort:
        for line in text.split("\n"):
            lines.append(_Line(line, start, surroundings, effort).repaired(note) if effort.left > 0 and is_marked(line) else line)
            start += len(line) + 1
    return "\n".join(lines)


def is_marked(text: str) -> bool:
    """Returns whether a text holds what a shift leaves behind; cheap."""
    return ("?" in text or "\ufffd" in text) and _MARK.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a text, where it begins there, what is around, and what the search may still cost."""

    line: str
    offset: int
    surroundings: Surroundings
    effort: Effort

    def repaired(self, note: Note) -> str:
        """Returns the line with its shifts undone, from left to right."""
        line = self.line
        if _HAN_FOR_A_LOSS * line.count("\ufffd") > len(_HAN.findall(line)):
            return line
        search, done, before, place, at = Search(line, self.effort, swallowing=self.surroundings.swallowing), [], "", 0, 0
        while self.effort.left > 0 and (mark := _MARK.search(line, at)):
            self.effort.left -= _EFFORT_OF_A_MARK
            found, at = _reading_at(search, mark.start(), place, before)
            if found:
                plain = line[place : found.start]
                before = (before + plain)[-_NEAR:]
                settled = settle(found, before, line[found.end : found.end + _NEAR], self.surroundings)
                sure = KNOWN_BYTES if settled.confidence is None else settled.confidence
                graded(note, "frame_shift", sure)(*_changed(self.offset + found.start, line[found.start : found.end], settled.text))
                done += [plain, settled.text]
                before, place = (before + settled.text)[-_NEAR:], found.end
        return "".join([*done, line[place:]])


def _changed(start: int, before: str, after: str) -> tuple[int, str, str]:
    """Returns a change without what both versions share at their ends: a search goes on until it is sure to be in step."""
    tail = _shared(before[::-1], after[::-1])
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    head = _shared(before, after)
    return start + head, before[head:], after[head:]


def _shared(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _reading_at(search: Search, mark: int, place: int, before: str) -> tuple[Found | None, int]:
    """Returns a reading to be taken, if there is one, and where to look on; the line is done up to `place`, as `before`."""
    line = search.line
    context = before + line[max(place, mark - _NEAR) : mark]
    found = _likeliest(search, mark, context)
    gain = search.bits(found.start, found.end, context) - found.cost
    if gain > _least_gain(found, line, mark, context) and (gain > _PLAIN_GAIN or _is_readable(found)) and _is_chinese(context):
        return found, found.end
    if line[mark] == "\ufffd" and (missing := dropped_byte(line, place, mark, before)):
        found, gain = missing
        if gain > _GAIN_WITHOUT_MARK and _is_readable(found) and _is_chinese(before + line[max(place, found.start - _NEAR) : found.start]):
            return found, found.end
    return None, max(found.end, mark + 1)


def _likeliest(search: Search, start: int, before: str) -> Found:
    """Returns the likeliest reading; where that is strange, one that supposes losses without a mark, if it is better."""
    found = search.run(start, before)
    if found.strangest(search.line) < _STRANGE:
        return found
    other = search.run(start, before, unmarked=True)
    return other if other.end >= found.end and other.cost < found.cost - _GAIN_OF_UNMARKED else found


def _is_chinese(before: str) -> bool:
    """Returns whether the end of the text before a stretch reads like Chinese, or is too short to say."""
    context = without_last_annotation(before)[-_CONTEXT - 2 :]
    return len(context) < 6 or load().bits(context[2:], context[:2]) < _READABLE * (len(context) - 2)


def _least_gain(found: Found, line: str, mark: int, before: str) -> float:
    """Returns the bits that a reading must gain: many if it is little but guesses for a few marks, since people do write ?!?

    Fewer if a quotation is open that is not closed later, so that such marks (。” as ?!?) may close it; not after a question.
    """
    known = found.known(line) if line[mark] == "?" else 2
    if known:
        return _LEAST_GAIN if known > 1 else _GUESSED_GAIN
    after = line[found.end : found.end + _QUOTATION]
    if _ASKS.search(before):
        return _GUESSED_GAIN
    may_close = any(before.count(one) > before.count(other) and not _closes(after, one, other) for one, other in QUOTES)
    return _CLOSING_GAIN if may_close else _GUESSED_GAIN


def _closes(after: str, opener: str, closer: str) -> bool:
    """Returns whether what is open before a text is closed in it."""
    place = after.find(closer)
    return place >= 0 and opener not in after[:place]


def _is_readable(found: Found) -> bool:
    return found.cost < _READABLE * len(found.text)
