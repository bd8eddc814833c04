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
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate

from newscrawler.chinese.model import Model, load
from newscrawler.clean.charsets import GAP, LOST, byte_lengths, bytes_as_read
from newscrawler.clean.edits import Note, graded, ignore
from newscrawler.clean.lost_bytes import Around, Guess, Options, only_reading, read

MARGIN_BITS = 10.0
MARGIN_SHARE = 0.18
KANA_MARGIN_SHARE = 0.07
"""A reading wins when it saves this many bits, and this share of what the line costs as it stands, kana apart. EUC-JP and GBK
share their kana, and Japanese kanji are half known to the model, so its share is smaller: wrong readings save less than none."""
TWICE = "utf-8, twice"
_CONFIDENCE = 0.97
_KANA_BITS = 6.0
_TWO_HAN = re.compile("[一-鿿].*[一-鿿]")
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u0530-\u1fff\u2800-\u2fff\ua000-\uabff\ue000-\uf8ff]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_UNWRITTEN = re.compile("[\x80-\x9f\ue000-\uf8ff\uff61-\uff9f\ufffd]")
_SURCHARGE = 12.0


RARE_BELOW = 4.0
"""A Han character with fewer occurrences in a million is rare: misread text is full of them, Chinese has hardly ever two together."""


@cache
def rare_characters() -> str:
    """Returns the inside of a character class of what misread text is full of. It loads the language model."""
    model = load()
    han = [code for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)) if model.commonness(chr(code)) < RARE_BELOW]
    return _ranges(han) + "\u3105-\u312f\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f\ufffd"


@cache
def _garbled_han() -> re.Pattern[str]:
    """Returns the pattern for three rare characters close to each other; two are enough in a line of hardly more."""
    rare = f"[{rare_characters()}]"
    return re.compile(f"{rare}.{{0,4}}{rare}.{{0,4}}{rare}|^.{{0,6}}{rare}.{{0,3}}{rare}.{{0,6}}$", re.MULTILINE)


def _ranges(codes: list[int]) -> str:
    """Returns the inside of a character class that holds the code points, given in order."""
    parts: list[list[int]] = []
    for code in codes:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in parts)


_HIGH = "\x80-\xffŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_LATIN = re.compile(f"[ -~\t{_HIGH}]*[\x80-\xff][ -~\t{_HIGH}]*")
_GARBLED_LATIN = re.compile("[\x80-\xff][ -~]?[\x80-\xff].?.?[\x80-\xff]")
_KANA = re.compile("[ぁ-ヿ]")

_UTF8_TEXT = re.compile(rb"[^\x00]+")
_UNIT = rb"[\xe2-\xef][\x80-\xbf\xff?]{2}|[\xc2-\xdf][\x80-\xbf\xff]|\xf0[\x90-\xbf][\x80-\xbf\xff]{2}"
_UTF8_RUN = re.compile(rb"[\xe2-\xef][\x80-\xbf\xff?]{2}(?:[ -~]*(?:" + _UNIT + rb"))+(?:[\xe2-\xef][\x80-\xbf\xff?]?\Z)?")
_UTF8_OPEN_UNIT = re.compile(rb"[\xe2-\xef](?:[\x80-\xbf][\xff?]|[\xff?][\x80-\xbf\xff?])")


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
    if not (_garbled_han().search(text) or _GARBLED_LATIN.search(text) or _KANA.search(text)):
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
        trial = _Trial(line, "cp1252", model)
        trial.raw = _UTF8_TEXT.sub(_blank, trial.raw)
        for charset, name in (("gb18030", "gbk"), ("cp950", "big5"), ("cp932", "sjis"), ("euc_jp", "eucjp")):
            yield f"{name}_as_latin1", _spans(trial, charset)
    if _garbled_han().search(line):
        for outer, name in (("gb18030", "gbk"), ("cp932", "sjis"), ("cp950", "big5"), ("cp949", "euckr")):
            trial = _Trial(line, outer, model)
            yield f"u8_as_{name}", (spans := _utf8_spans(trial, "utf-8"))
            if outer == "gb18030" and (not spans or any(_garbled_han().search(span.text) for span in spans)):
                yield "u8_as_gbk_twice", _utf8_spans(trial, TWICE)
        trial = _Trial(line, "gb18030", model)
        for charset, name in (("cp950", "big5"), ("cp932", "sjis")):
            yield f"{name}_as_gbk", _spans(trial, charset)
        yield "gbk_as_big5", _spans(_Trial(line, "cp950", model), "gb18030")
    if _KANA.search(line) and _TWO_HAN.search(line) and (whole := _Trial(line, "gb18030", model)).reads_as("euc_jp"):
        yield "eucjp_as_gbk", _spans(whole, "euc_jp")


class _Trial:
    """A line and the bytes it was, if it was read in `outer`; `ends` is where each character's bytes begin, and where the last end."""

    def __init__(self, line: str, outer: str, model: Model) -> None:
        self.line, self.outer, self.model = line, outer, model
        self.raw = bytes_as_read(line, outer)

    def reads_as(self, charset: str) -> bool:
        """Returns whether the whole line can be read in `charset`."""
        try:
            self.raw.decode(charset)
        except UnicodeDecodeError:
            return False
        return GAP not in self.raw

    @cached_property
    def ends(self) -> list[int]:
        return list(accumulate(byte_lengths(self.line, self.outer), initial=0))


def _blank(run: re.Match[bytes]) -> bytes:
    """Returns gaps for a run of bytes that is UTF-8 (CESU-8 too) as it stands: `repairs.utf8_mojibake` reads it."""
    try:
        run[0].decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return run[0]
    return bytes(len(run[0]))


def _spans(trial: _Trial, charset: str) -> list[_Span]:
    """Returns what becomes text when all that the wrong charset can have produced is read in `charset`, run by run."""
    found, place = [], 0
    for part in trial.raw.split(b"\x00"):
        if len(_HIGH_BYTES.findall(part)) >= 4 and (span := _weigh(trial, place, part, charset)):
            found.append(span)
        place += len(part) + 1
    return found


def _utf8_spans(trial: _Trial, charset: str) -> list[_Span]:
    """Returns what becomes text when the runs of bytes that look like UTF-8 are read as such."""
    found, place = [], 0
    while match := _UTF8_RUN.search(trial.raw, place):
        place = match.end()
        if trial.ends[bisect_left(trial.ends, match.start())] != match.start():
            place = match.start() + 1
        elif span := _weigh(trial, match.start(), match[0], charset):
            found.append(span)
    return found


def _weigh(trial: _Trial, place: int, part: bytes, charset: str) -> _Span | None:
    """Returns the span that `part` of the line's bytes makes when it is read again, or None unless it is clearly more probable."""
    line, ends, model = trial.line, trial.ends, trial.model
    start, end = bisect_left(ends, place), bisect_left(ends, place + len(part))
    if part.count(LOST) * 4 > len(part):
        return None  # what is left is too little: gb2312 read as UTF-8, say
    part += bytes([LOST]) * (ends[end] - place - len(part))
    around = Around(line[max(0, start - 2) : start], line[end : end + 2] + "\n")
    if charset == TWICE:
        text, guesses = _read_twice(part, model, around)
    else:
        text, guesses = read(part, charset, trial.outer, model, around)
    unread = text.count("\ufffd") - sum(guess.char == "\ufffd" for guess in guesses)
    if unread > len(text) // 20 or _IMPOSSIBLE.search(text):
        return None
    old, new = _bits(line[start:end], around.before, model), _bits(text, around.before, model)
    share = KANA_MARGIN_SHARE if charset == "euc_jp" else MARGIN_SHARE
    if old - new < MARGIN_BITS + share * (old - _KANA_BITS * len(_KANA.findall(text))):
        return None
    places = tuple((bisect_left(ends, place + g.start), bisect_left(ends, place + g.start + g.length), g) for g in guesses)
    return _Span(start, end, text, old - new, places)


def _bits(text: str, before: str, model: Model) -> float:
    """Returns the bits of a text; what no text is written in stays dear in a row, where the model gets used to it."""
    return model.bits(text, before[-2:]) + _SURCHARGE * len(_UNWRITTEN.findall(text))


def _read_twice(part: bytes, model: Model, around: Around) -> tuple[str, list[Guess]]:
    """Returns UTF-8 that was read as GBK twice; the guesses have no place, since a lost byte of the second reading is half a pair."""
    middle, options, place = bytearray(), Options(), 0
    for match in _UTF8_OPEN_UNIT.finditer(part):
        middle += bytes_as_read(part[place : match.start()].decode("utf-8", "replace"), "gb18030")
        place = match.end()
        char = only_reading(match[0], part[place] if place < len(part) else GAP, "gb18030")
        if char or match[0].startswith(b"\xef\xbf"):  # U+FFFD itself: a byte lost the first time
            middle += bytes_as_read(char or "\ufffd", "gb18030")
            continue
        pairs = _pairs_of(match[0])
        options[len(middle)], options[len(middle) + 1] = (frozenset(pair[i] for pair in pairs) for i in (0, 1))
        middle += bytes([LOST, LOST])
    middle += bytes_as_read(part[place:].decode("utf-8", "replace"), "gb18030")
    if GAP in middle:
        return "\ufffd" * len(part), []
    text, guesses = read(bytes(middle), "utf-8", "gb18030", model, around, options)
    return text, [Guess(0, 0, guess.char, guess.probability) for guess in guesses]


@cache
def _pairs_of(unit: bytes) -> frozenset[bytes]:
    """Returns the GBK pairs of all characters that a UTF-8 unit with one lost byte may have been."""
    hole = next(i for i, byte in enumerate(unit) if byte in (LOST, 0x3F))
    chars = "".join((unit[:hole] + bytes([byte]) + unit[hole + 1 :]).decode("utf-8", "ignore") for byte in range(0x80, 0xC0))
    return frozenset(pair for char in chars if len(pair := bytes_as_read(char, "gb18030")) == 2)
