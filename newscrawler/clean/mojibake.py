"""Misreadings: a text that was read in the wrong charset, read again in the right one.

Theory. Every misreading can be undone on trial: the characters tell the bytes they were (`charsets`), and the bytes can be
read in each charset of the family. Hardly ever is more than one of these readings a text, so no rule is needed for what
mojibake looks like: of all readings the most probable wins (bits of the language model; all encode the same bytes, so the
bits can be compared as they are), and only when it is clearly more probable than the line as it stands and makes sense by
itself. Bits alone are no evidence (a letter held down, ÄÄÄÄ, or three icons of a private font cost more than any Chinese): it
takes several different characters, rare Han among them where Han are read as Han, or, where they are few, a clear word. Few
lines are worth a trial: those with rare Han characters close to each other (one line in a hundred of good Chinese), and
those with Latin-1 as no word has it. Spans inside good text are found where their bytes show them: UTF-8 by its shape,
one-byte charsets by their characters. Bytes that a decoder lost are guessed by `lost_bytes`.

Where it fails: short spans (two characters say too little); text of rare names; pairs of which both readings are probable; a
Chinese text read as another *and* damaged in a third way; Korean and other languages, which the model does not know, and
Japanese where a byte is lost, since it knows no kana words. UTF-8 read as a one-byte charset without loss is
`repairs.utf8_mojibake`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from newscrawler.chinese.model import Model, load
from newscrawler.clean.edits import GUESSED_BELOW, Note, graded, ignore
from newscrawler.clean.trials import KANA, RARE_BELOW, UTF8_ALONE, UTF8_RUN, Line, Margin, Misreading, Span, try_misreading

CLEARLY = Margin(10.0, 0.18)
CLEARLY_BY_KANJI = Margin(10.0, 0.07)
"""EUC-JP and GBK share their kana, and the model half knows kanji: a wrong reading there saves less than nothing."""
HARDLY = Margin(4.0, 0.1, evident=False)
"""For a line of at most `SHORT` characters in a text of which other lines were misread in the same way: they are the evidence."""
CLEARLY_SO_TOO = Margin(10.0, 0.18, evident=False)
"""For a longer line there."""
SHORT = 20
CLOSE = 5
_CONFIDENCE = 0.97


@cache
def rare_characters() -> str:
    """Returns the inside of a character class of what misread text is full of. It loads the language model."""
    common = load().common(RARE_BELOW)
    han = [code for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)) if chr(code) not in common]
    return _ranges(han) + "\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f\ufffd"


@cache
def _together(count: int) -> re.Pattern[str]:
    """Returns the pattern of so many rare characters on one line, each close to the one before."""
    rare = f"[{rare_characters()}]"
    return re.compile(f".{{,{CLOSE - 1}}}".join([rare] * count))


def is_garbled(text: str) -> bool:
    """Returns whether rare characters stand together in some line, as they do in misread text; cheap where there are none."""
    seen = -1  # the end of the last line that was looked at
    for pair in _together(2).finditer(text):
        if pair.start() > seen:
            end = text.find("\n", pair.start())
            seen = len(text) if end < 0 else end
            if _is_garbled(text[text.rfind("\n", 0, pair.start()) + 1 : seen]):
                return True
    return False


def may_be_misread(text: str) -> bool:
    """Returns whether kana or characters of Latin-1 stand in a text as they do in misread text; cheap. `is_garbled` asks for Han."""
    return KANA.search(text) is not None or _GARBLED_LATIN.search(text) is not None


def _is_garbled(line: str) -> bool:
    """Returns whether three rare characters stand close to each other; two, not the same (滔滔), are enough in a line of hardly more."""
    if len(line) > SHORT:
        return _together(3).search(line) is not None
    return any(pair[0][0] != pair[0][-1] or pair[0][0] == "\ufffd" for pair in _together(2).finditer(line))


def _ranges(codes: list[int]) -> str:
    """Returns the inside of a character class that holds the code points, given in order."""
    parts: list[list[int]] = []
    for code in codes:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in parts)


_HIGH = "\ufffd\x80-\xffŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_GARBLED_LATIN = re.compile(f"[\x80-\xff][ -~]?[{_HIGH}].?.?[{_HIGH}]")
_HIRAGANA = re.compile("[ぁ-ん]")
_TWO_HAN = re.compile("[一-鿿].*[一-鿿]")
_WITHOUT_GAP = re.compile(rb"[^\x00]+")

_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf\xff]|[\xe0-\xef][\x80-\xbf\xff]{2}|[\xf0-\xf4][\x80-\xbf\xff]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
# The last byte of a character, A0, shown as no-break space, then made a plain one; only behind a character that is whole.
_SPACE_FOR_NBSP = re.compile(rb"((?<=[\x80-\xbf]{2})[!-~]{0,4}[\xe3-\xe9][\x80-\xbf])\x20")

_UTF8_AS_LATIN1 = Misreading("utf8_mojibake", "cp1252", "utf-8", UTF8_ALONE)
_AS_LATIN1 = [
    Misreading(f"{name}_as_latin1", "cp1252", charset) for name, charset in (("gbk", "gb18030"), ("big5", "cp950"), ("sjis", "cp932"), ("eucjp", "euc_jp"))
]
_UTF8_AS_GBK = Misreading("u8_as_gbk", "gb18030", "utf-8", UTF8_RUN)
_UTF8_AS_STRICT_GBK = Misreading("u8_as_gbk", "gbk", "utf-8", UTF8_RUN)  # loses private use; 80 is €
_UTF8_AS_GBK_TWICE = Misreading("u8_as_gbk_twice", "gb18030", "utf-8", UTF8_RUN, twice=True)
_AS_EACH_OTHER = [
    Misreading("u8_as_sjis", "cp932", "utf-8", UTF8_RUN),
    Misreading("u8_as_big5", "cp950", "utf-8", UTF8_RUN),
    Misreading("u8_as_euckr", "cp949", "utf-8", UTF8_RUN),
    Misreading("big5_as_gbk", "gb18030", "cp950"),
    Misreading("sjis_as_gbk", "gb18030", "cp932"),
    Misreading("gbk_as_big5", "cp950", "gb18030"),
]
_GBK_AS_HKSCS = Misreading("gbk_as_big5", "big5hkscs", "gb18030")  # Big5 as browsers read it (Encoding Standard, 12.1)
_EUCJP_AS_GBK = Misreading("eucjp_as_gbk", "gb18030", "euc_jp")
_BY_KIND = {misreading.kind: misreading for misreading in (*_AS_LATIN1, _UTF8_AS_GBK, *_AS_EACH_OTHER)}
MISREADINGS = frozenset((*_BY_KIND, "u8_as_gbk_twice", "eucjp_as_gbk", "utf8_mojibake"))
"""The kinds of repair that `misread_charset` notes."""


def misread_charset(text: str, note: Note = ignore, *, without: frozenset[str] = frozenset()) -> str:
    """Returns the text with every line, or part of one, that was read in a wrong charset read in its own.

    It notes each under the kind's own name (`gbk_as_latin1`: GBK bytes that were read as Latin-1), in the order of the text. The
    confidence is that of the least certain guess in it; what cannot be guessed is U+FFFD. A line of a
    kind in `without` stays, and is not read as the second best kind either.

    >>> misread_charset("ÐÂÎÅÁª²¥"), misread_charset("鏂伴椈鑱旀挱")
    ('新闻联播', '新闻联播')
    """
    kana, latin, rare = KANA.search(text), _GARBLED_LATIN.search(text), _together(2).search(text)
    if not (kana or latin or rare):
        return text
    lines = text.split("\n")
    doubtful = [bool((latin and _GARBLED_LATIN.search(line)) or (kana and KANA.search(line)) or (rare and _is_garbled(line))) for line in lines]
    if not any(doubtful):
        return text
    model = load()
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    read = [_read_again(line, model, without) if in_doubt else _Read(line) for line, in_doubt in zip(lines, doubtful, strict=True)]
    kinds = Counter(one.kind for one in read if one.kind in _BY_KIND and one.spans)
    if kinds:
        read = _read_the_rest(read, kinds.most_common(1)[0][0], model)
    return "\n".join(_apply(one, start, note) for one, start in zip(read, starts, strict=False))


@dataclass(frozen=True, slots=True)
class _Read:
    """A line, and the spans of it that are to be read again, in order; `kind` is how they were misread, "" if nothing was."""

    line: str
    kind: str = ""
    spans: tuple[Span, ...] = ()


def _read_the_rest(read: list[_Read], kind: str, model: Model) -> list[_Read]:
    """Returns the lines, with those that say too little by themselves read in the way that others of the same text were misread."""
    misreading, result = _BY_KIND[kind], []
    for one in read:
        if not one.kind and not one.line.isascii():
            spans = try_misreading(misreading, Line(one.line, misreading.outer, model), HARDLY if len(one.line) <= SHORT else CLEARLY_SO_TOO)
            result.append(_Read(one.line, kind, tuple(spans)))
        else:
            result.append(one)
    return result


def _read_again(line: str, model: Model, without: frozenset[str]) -> _Read:
    """Returns the line with its most probable misreading, if there is one."""
    best_kind, best = "", list[Span]()
    for kind, spans in _readings(line, model):
        if sum(span.gain for span in spans) > sum(span.gain for span in best):
            best_kind, best = kind, spans
    return _Read(line, best_kind, () if best_kind in without else tuple(best))


def _apply(read: _Read, start: int, note: Note) -> str:
    """Returns the line with its spans read again, each noted with its place in the text as it stood."""
    parts, place = [], 0
    for span in read.spans:
        sure, guessed = min((_CONFIDENCE, *span.guesses)), sum(probability < GUESSED_BELOW for probability in span.guesses)
        graded(note, read.kind, round(sure, 3), guessed)(start + span.start, read.line[span.start : span.end], span.text)
        parts += [read.line[place : span.start], span.text]
        place = span.end
    return "".join([*parts, read.line[place:]])


def _readings(line: str, model: Model) -> Iterator[tuple[str, list[Span]]]:
    """Returns every kind of misreading that would explain parts of the line, with these parts."""
    if _GARBLED_LATIN.search(line):
        yield from _readings_as_latin1(line, model)
    if _is_garbled(line) and 5 * len(_HIRAGANA.findall(line)) < len(line):  # Japanese has more, misread text fewer
        yield from _readings_as_each_other(line, model)
    if KANA.search(line) and _TWO_HAN.search(line) and _is_gb2312(line):
        yield "eucjp_as_gbk", try_misreading(_EUCJP_AS_GBK, Line(line, "gb18030", model), CLEARLY_BY_KANJI)


def _readings_as_latin1(line: str, model: Model) -> Iterator[tuple[str, list[Span]]]:
    """Returns the readings of one-byte characters, save where they are UTF-8 (CESU-8 too): all along that is ftfy's."""
    latin = Line(line, "cp1252", model)
    mostly_utf8 = _is_mostly_utf8(latin.raw) and not _can_be_read(latin.raw, "gb18030")  # a few words of GBK may look so
    latin.raw = _WITHOUT_GAP.sub(lambda run: bytes(len(run[0])) if _can_be_read(run[0], "utf-8") else run[0], latin.raw)
    if not mostly_utf8:
        for misreading in _AS_LATIN1:
            yield misreading.kind, try_misreading(misreading, latin, CLEARLY)
    latin.raw = _SPACE_FOR_NBSP.sub(lambda run: run[1] + b"\xa0", latin.raw)
    yield "utf8_mojibake", try_misreading(_UTF8_AS_LATIN1, latin, CLEARLY)


def _is_mostly_utf8(raw: bytes) -> bool:
    """Returns whether most of the bytes that are not ASCII make UTF-8: of GBK a third does by chance, of UTF-8 with losses the rest."""
    return 10 * sum(map(len, _UTF8_CHARACTER.findall(raw))) > 7 * len(_HIGH_BYTE.findall(raw))


def _readings_as_each_other(line: str, model: Model) -> Iterator[tuple[str, list[Span]]]:
    as_read = {outer: Line(line, outer, model) for outer in ("gb18030", "cp932", "cp950", "cp949")}
    spans = try_misreading(_UTF8_AS_GBK, as_read["gb18030"], CLEARLY)
    yield "u8_as_gbk", spans
    if any(mark in line for mark in "\ufffd?€"):
        yield "u8_as_gbk", try_misreading(_UTF8_AS_STRICT_GBK, Line(line, "gbk", model), CLEARLY)
    if not spans or any(_is_garbled(span.text) for span in spans):
        yield "u8_as_gbk_twice", try_misreading(_UTF8_AS_GBK_TWICE, as_read["gb18030"], CLEARLY)
    for misreading in _AS_EACH_OTHER:
        yield misreading.kind, try_misreading(misreading, as_read[misreading.outer], CLEARLY)
    if b"\0" in as_read["cp950"].raw:  # characters that only the wider set has
        yield "gbk_as_big5", try_misreading(_GBK_AS_HKSCS, Line(line, "big5hkscs", model), CLEARLY)


def _is_gb2312(line: str) -> bool:
    """Returns whether GB 2312 has all characters: it shares its rows with JIS X 0208, and Japanese as it should be has others soon."""
    try:
        line.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _can_be_read(raw: bytes, charset: str) -> bool:
    """Returns whether there is no gap, and no byte that `charset` does not have."""
    try:
        raw.decode(charset, "surrogatepass" if charset == "utf-8" else "strict")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in raw
