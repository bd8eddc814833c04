"""Misreadings: a text that was read in the wrong charset, read again in the right one.

Theory. Every misreading can be undone on trial: the characters tell the bytes they were (`charsets`), and the bytes can be
read in each charset of the family. Hardly ever is more than one of these readings a text, so no rule is needed for what
mojibake looks like: of all readings the most probable wins (bits of the language model; all encode the same bytes, so the
bits can be compared as they are), and only when it is clearly more probable than the line as it stands. Regular
expressions find the lines worth a trial: characters that neither GB 2312 nor Big5 counts as common, close to each other, or
Latin-1 where no word has it. Spans inside good text are found where their bytes show them: UTF-8 by its shape, one-byte
charsets by their characters. Bytes that a decoder lost are guessed by `lost_bytes`.

Where it fails: short spans (two characters say too little); text of rare names; pairs of which both readings are probable; a
Chinese text read as another *and* damaged in a third way; Korean and other languages, which the model does not know, and
Japanese where a byte is lost, since it knows no kana words. UTF-8 read as a one-byte charset is `repairs.utf8_mojibake`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from newscrawler.chinese.model import Model, load
from newscrawler.clean.charsets import GAP, LOST, byte_lengths, bytes_as_read
from newscrawler.clean.edits import Note, graded, ignore
from newscrawler.clean.lost_bytes import Guess, Options, read

MARGIN_BITS = 10.0
MARGIN_SHARE = 0.18
"""A reading wins when it saves this many bits, and this share of what the line costs as it stands."""
MAX_BITS_PER_CHARACTER = 12.5
_CONFIDENCE = 0.97
_UNWRITTEN = re.compile("[\x80-\x9f\ue000-\uf8ff\uff61-\uff9f\ufffd]")
_SURCHARGE = 12.0


def _common_han() -> frozenset[str]:
    """Returns the Han characters of the first levels of GB 2312 (3,755) and Big5 (5,401), ordered by use in both standards."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    simplified = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    traditional = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    return frozenset(simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore"))


def _ranges(chars: list[int]) -> str:
    """Returns the inside of a character class that holds the code points, given in order."""
    parts: list[list[int]] = []
    for code in chars:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in parts)


_COMMON = _common_han()
RARE = _ranges([code for code in range(0x4E00, 0xA000) if chr(code) not in _COMMON]) + "\u3105-\u312f\u3400-\u4dbf\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f\ufffd"
"""Inside of a character class: what misread text is full of. Seldom in Chinese text, and hardly ever twice within a few characters."""
_HIGH = "\x80-\xffŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_LATIN = re.compile(f"[ -~\t{_HIGH}]*[\x80-\xff][ -~\t{_HIGH}]*")
_GARBLED_LATIN = re.compile("[\x80-\xff][ -~]?[\x80-\xff].?.?[\x80-\xff]")
_GARBLED_HAN = re.compile(f"[{RARE}].{{0,5}}[{RARE}]")
_KANA = re.compile("[ぁ-ヿ]")
SUSPECT = _HIGH[0:3] + RARE

_UNIT = rb"[\xe2-\xef][\x80-\xbf\xff?]{2}|[\xc2-\xdf][\x80-\xbf\xff]|\xf0[\x90-\xbf][\x80-\xbf\xff]{2}"
_UTF8_RUN = re.compile(rb"[\xe2-\xef][\x80-\xbf\xff?]{2}(?:[ -~]*(?:" + _UNIT + rb"))+(?:[\xe2-\xef][\x80-\xbf\xff?]?\Z)?")
_UTF8_OPEN_UNIT = re.compile(rb"(?:[\xe2-\xef][\x80-\xbf]?[\xff?]|[\xe2-\xef][\xff?][\x80-\xbf])")


@dataclass(frozen=True, slots=True)
class _Span:
    """A reading of part of a line: its characters from `start` to `end` were `text`, and so save `gain` bits."""

    start: int
    end: int
    text: str
    gain: float
    guesses: tuple[tuple[int, int, Guess], ...] = ()


def misread_charset(text: str, note: Note = ignore) -> str:
    """Returns the text with every line, or part of one, that was read in a wrong charset read in its own.

    It notes each under the kind's own name (`gbk_as_latin1`: GBK bytes that were read as Latin-1). Guessed characters are noted
    one by one with their probabilities; what cannot be guessed is U+FFFD.

    >>> misread_charset("ÐÂÎÅÁª²¥"), misread_charset("鏂伴椈鑱旀挱")
    ('新闻联播', '新闻联播')
    """
    if not (_GARBLED_HAN.search(text) or _GARBLED_LATIN.search(text) or _KANA.search(text)):
        return text
    model, lines, start = load(), [], 0
    for line in text.split("\n"):
        lines.append(_read_again(line, start, note, model))
        start += len(line) + 1
    return "\n".join(lines)


def _read_again(line: str, start: int, note: Note, model: Model) -> str:
    best_kind, best = "", list[_Span]()
    for kind, spans in _readings(line, model):
        if sum(span.gain for span in spans) > sum(span.gain for span in best):
            best_kind, best = kind, spans
    for span in reversed(best):
        _note(line, start, span, graded(note, best_kind, _CONFIDENCE), lambda p: graded(note, best_kind, p))
        line = line[: span.start] + span.text + line[span.end :]
    return line


def _note(line: str, start: int, span: _Span, note: Note, guessed: Callable[[float], Note]) -> None:
    note(start + span.start, line[span.start : span.end], span.text)
    for first, last, guess in span.guesses:
        guessed(guess.probability)(start + first, line[first:last], guess.char)


def _readings(line: str, model: Model) -> Iterator[tuple[str, list[_Span]]]:
    """Returns every kind of misreading that would explain parts of the line, with these parts."""
    if _GARBLED_LATIN.search(line):
        for charset, name in (("gb18030", "gbk"), ("cp950", "big5"), ("cp932", "sjis"), ("euc_jp", "eucjp")):
            yield f"{name}_as_latin1", _spans(line, "cp1252", charset, model)
    if _GARBLED_HAN.search(line):
        for outer, name in (("gb18030", "gbk"), ("cp932", "sjis"), ("cp950", "big5"), ("cp949", "euckr")):
            yield f"u8_as_{name}", _utf8_spans(line, outer, model)
        yield "u8_as_gbk_twice", _utf8_spans(line, "gb18030", model, twice=True)
        for charset, name in (("cp950", "big5"), ("cp932", "sjis")):
            yield f"{name}_as_gbk", _spans(line, "gb18030", charset, model)
        yield "gbk_as_big5", _spans(line, "cp950", "gb18030", model)
    if _KANA.search(line):
        yield "eucjp_as_gbk", _spans(line, "gb18030", "euc_jp", model)


def _spans(line: str, outer: str, charset: str, model: Model) -> list[_Span]:
    """Returns what becomes text when all that `outer` can have produced is read in `charset`, run by run."""
    raw = bytes_as_read(line, outer)
    if not any(byte > 0x7F for byte in raw):
        return []
    ends = list(accumulate(byte_lengths(line, outer), initial=0))
    found = []
    place = 0
    for part in raw.split(b"\x00"):
        if sum(byte > 0x7F for byte in part) >= 4:
            span = _weigh(line, ends, place, part, charset, outer, model)
            if span:
                found.append(span)
        place += len(part) + 1
    return found


def _utf8_spans(line: str, outer: str, model: Model, *, twice: bool = False) -> list[_Span]:
    """Returns what becomes text when the runs of bytes that look like UTF-8 are read as such."""
    raw = bytes_as_read(line, outer)
    if not _UTF8_RUN.search(raw):
        return []
    ends = list(accumulate(byte_lengths(line, outer), initial=0))
    boundaries, found, place = set(ends), [], 0
    while match := _UTF8_RUN.search(raw, place):
        place = match.end()
        if match.start() not in boundaries:
            place = match.start() + 1
            continue
        span = _weigh(line, ends, match.start(), match[0], "utf-8", outer, model, twice=twice)
        if span:
            found.append(span)
    return found


def _weigh(line: str, ends: list[int], place: int, part: bytes, charset: str, outer: str, model: Model, *, twice: bool = False) -> _Span | None:
    """Returns the span that `part` of the line's bytes makes when it is read again, or None unless it is clearly more probable."""
    start = _character_at(ends, place)
    end = _character_at(ends, place + len(part))
    if ends[end] != place + len(part):
        part = part + b"\xff" * (ends[end] - place - len(part))
    if twice:
        text, guesses = _read_twice(part, model)
    else:
        text, guesses = read(part, charset, outer, model)
    if text.count("\ufffd") > 2 + len(text) // 8:
        return None
    before = line[max(0, start - 2) : start]
    old, new = _bits(line[start:end], before, model), _bits(text, before, model)
    wide = sum(char > "\x7f" for char in text)
    if old - new < MARGIN_BITS + MARGIN_SHARE * old or new > MAX_BITS_PER_CHARACTER * max(1, wide) + 5 * (len(text) - wide):
        return None
    places = tuple((_character_at(ends, place + g.start), _character_at(ends, place + g.start + g.length), g) for g in guesses)
    return _Span(start, end, text, old - new, places)


def _bits(text: str, before: str, model: Model) -> float:
    """Returns the bits of a text; what no text is written in stays dear in a row, where the model gets used to it."""
    return model.bits(text, before) + _SURCHARGE * len(_UNWRITTEN.findall(text))


def _character_at(ends: list[int], place: int) -> int:
    """Returns the index of the character that holds the byte offset, the next one when it starts there."""
    from bisect import bisect_left

    return bisect_left(ends, place)


def _read_twice(part: bytes, model: Model) -> tuple[str, list[Guess]]:
    """Returns UTF-8 that was read as GBK twice. What the second misreading lost are pairs of bytes, some of them known in part."""
    middle, options = bytearray(), Options()
    place = 0
    for match in _UTF8_OPEN_UNIT.finditer(part):
        middle += bytes_as_read(part[place : match.start()].decode("utf-8", "replace"), "gb18030")
        pairs = _pairs_of(match[0])
        if pairs:
            options[len(middle)], options[len(middle) + 1] = (frozenset(pair[i] for pair in pairs) for i in (0, 1))
        middle += b"\xff\xff"
        place = match.end()
    middle += bytes_as_read(part[place:].decode("utf-8", "replace"), "gb18030")
    if GAP in middle:
        return "\ufffd" * len(part), []
    text, guesses = read(bytes(middle), "utf-8", "gb18030", model, options)
    return text, []


@cache
def _pairs_of(unit: bytes) -> frozenset[bytes]:
    """Returns the GBK pairs of all characters that a UTF-8 unit with one lost byte may have been."""
    hole = next(i for i, byte in enumerate(unit) if byte in (LOST, 0x3F))
    chars = "".join((unit[:hole] + bytes([byte]) + unit[hole + 1 :]).decode("utf-8", "ignore") for byte in range(0x80, 0xC0))
    return frozenset(pair for char in chars if len(pair := bytes_as_read(char, "gb18030")) == 2)
