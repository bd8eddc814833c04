"""One misreading tried on one line: which of its characters could have come from it, what they would be, and what that saves."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise

from newscrawler.chinese.model import Model
from newscrawler.clean.charsets import GAP, LOST, byte_lengths, bytes_as_read
from newscrawler.clean.lost_bytes import Around, Guess, Options, only_reading, read

KANA = re.compile("[ぁ-ヿ]")
_KANA_BITS = 6.0
_UNWRITTEN = re.compile("[\x80-\x9f\ue000-\uf8ff\uff61-\uff9f]")
_SURCHARGE = 12.0
_SENSE_BITS, _SENSE_BITS_JAPANESE = 15.0, 17.5
# Controls, scripts from Armenian to extended Greek, radicals, Yi and other scripts, private use: no text of these charsets.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u0530-\u1fff\u2800-\u2fff\ua000-\uabff\ue000-\uf8ff]")
_NO_TEXT = re.compile("[\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f\ufffd]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_MAX_LOST_SHARE = 0.25
_MAX_LOST_SHARE_LATIN = 0.4  # only five bytes can be lost there
_CERTAIN = 0.9
_LOST_BITS = 10.0
"""What a lost character costs a reading that is compared with another: about as much as one that is there."""
RARE_BELOW = 4.0
"""A Han character with fewer occurrences in a million is rare: misread text is full of them, Chinese has hardly ever two together."""
_FEW = 5
_WORD_BITS = 11.5
"""What so few characters may cost each, in words (新闻 6.6, 热点 10.2); chance makes 郎仁 (14.9) of ÀÉÈÊ, 宋埔运 (13.4) of 冼攴堍."""
_DISTINCT, _DISTINCT_BYTES, _MANY_SUSPECTS = 3, 5, 6
_HELD_DOWN = 3  # where every third character is the same as the one before, somebody plays with letters

_UNIT = rb"[\xe2-\xef][\x80-\xbf\xff?]{2}|[\xc2-\xdf][\x80-\xbf\xff]|\xf0[\x90-\xbf][\x80-\xbf\xff]{2}"
UTF8_RUN = re.compile(rb"(?:[\xe2-\xef]|\xf0[\x90-\xbf])[\x80-\xbf\xff?]{2}(?:[ -~]*(?:" + _UNIT + rb"))+(?:[\xe2-\xef][\x80-\xbf\xff?]?\Z)?")
"""Bytes that can only be UTF-8, lost ones among them: two characters or more, and what stands between."""
UTF8_ALONE = re.compile(rb"(?<![A-Za-z\x80-\xff])[\xe2-\xef][\x80-\xbf\xff]{2}(?:[ -~]*(?:" + _UNIT + rb"))*(?![\x80-\xff])")
"""The same with one character or more and no other such byte beside it: for Latin-1, where UTF-8 twice misread is ftfy's."""
_OPEN_UNIT = re.compile(rb"[\xe2-\xef](?:[\x80-\xbf][\xff?]|[\xff?][\x80-\xbf\xff?])")


@dataclass(frozen=True, slots=True)
class Misreading:
    """Bytes of `charset` that were read in `outer`; `run` finds them by their shape, None takes all that `outer` can have made."""

    kind: str
    outer: str
    charset: str
    run: re.Pattern[bytes] | None = None
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Margin:
    """What a reading must save to win: so many bits, and this share of what the text costs as it stands, kana apart.

    `evident` asks for evidence besides, which bits are not: a letter held down (ÄÄÄÄ) costs more than any Chinese.
    """

    bits: float
    share: float
    evident: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """A reading of part of a line: its characters from `start` to `end` were `text`, and so save `gain` bits, less those of lost characters.

    `guesses` are the probabilities of the characters in it that were guessed.
    """

    start: int
    end: int
    text: str
    gain: float
    guesses: tuple[float, ...] = ()


class Line:
    """A line and the bytes it was, if it was read in `outer`."""

    def __init__(self, text: str, outer: str, model: Model) -> None:
        self.text, self.outer, self.model = text, outer, model
        self.raw = bytes_as_read(text, outer)

    @cached_property
    def ends(self) -> list[int]:
        """Where the bytes of each character begin, and where the last end."""
        return list(accumulate(byte_lengths(self.text, self.outer), initial=0))

    def character_at(self, place: int) -> int:
        """Returns the index of the character that begins at this byte or is the first to begin after it."""
        return bisect_left(self.ends, place)


def try_misreading(misreading: Misreading, line: Line, margin: Margin) -> list[Span]:
    """Returns the parts of the line that become clearly more probable when their bytes are read again."""
    places = _runs(misreading.run, line) if misreading.run else _parts(line)
    return [span for start, part in places if (span := _weigh(misreading, line, start, part, margin))]


def _parts(line: Line) -> Iterator[tuple[int, bytes]]:
    """Returns the stretches without a gap, with their places: two characters or more, six between gaps in a text of Han."""
    enough = 12 if GAP in line.raw and line.outer != "cp1252" else 4
    place = 0
    for part in line.raw.split(b"\x00"):
        if len(_HIGH_BYTES.findall(part)) >= enough:
            yield place, part
        place += len(part) + 1


def _runs(pattern: re.Pattern[bytes], line: Line) -> Iterator[tuple[int, bytes]]:
    """Returns the runs that begin with a character of the line, to the end of a character: its last byte may be an ASCII letter."""
    place = 0
    while match := pattern.search(line.raw, place):
        first = line.character_at(match.start())
        if line.ends[first] == match.start():
            place = match.end()
            yield match.start(), line.raw[match.start() : line.ends[line.character_at(place)]]
        else:
            place = match.start() + 1


def _weigh(misreading: Misreading, line: Line, place: int, part: bytes, margin: Margin) -> Span | None:
    """Returns the span that `part` of the line's bytes makes when it is read again, or None unless it is clearly more probable."""
    share = _MAX_LOST_SHARE_LATIN if misreading.outer == "cp1252" else _MAX_LOST_SHARE
    if part.count(LOST) > share * len(_HIGH_BYTES.findall(part)):
        return None  # what is left would be invented: GBK read as UTF-8, say
    if not misreading.run and LOST not in part and not _is_text(part.decode(misreading.charset, "replace")):
        return None
    start, end, model = line.character_at(place), line.character_at(place + len(part)), line.model
    around = Around(line.text[max(0, start - 2) : start], line.text[end : end + 2] + "\n", len(line.text) - end + start)
    if misreading.twice:
        text, guesses = _read_twice(part, model, around)
    else:
        text, guesses = read(part, misreading.charset, misreading.outer, model, around)
    lost, doubtful = sum(guess.char == "\ufffd" for guess in guesses), sum(guess.probability < _CERTAIN for guess in guesses)
    if not _is_text(text, lost) or not _is_known(text, doubtful):
        return None
    old, new = _bits(line.text[start:end], around.before, model), _bits(text, around.before, model)
    if old - new < margin.bits + margin.share * (old - _KANA_BITS * len(KANA.findall(text))) or not makes_sense(text, model):
        return None
    if margin.evident and not misreading.run and not _is_evident(line.text[start:end], text, misreading, model):
        return None
    return Span(start, end, text, old - new - _LOST_BITS * text.count("\ufffd"), tuple(guess.probability for guess in guesses if guess.char != "\ufffd"))


def _is_text(text: str, lost: int = 0) -> bool:
    """Returns whether hardly anything in it is unreadable or of no use in text; `lost` characters are known to be lost."""
    return text.count("\ufffd") - lost <= sum(char > "\x7f" for char in text) // 20 and not _IMPOSSIBLE.search(text)


def _is_known(text: str, guessed: int) -> bool:
    """Returns whether at least half of the characters, and two, are certain where others are guessed."""
    return not guessed or sum(not char.isascii() for char in text) - guessed >= max(2, guessed)


def _is_evident(was: str, text: str, misreading: Misreading, model: Model) -> bool:
    """Returns whether there is enough to tell a reading from chance: different characters, or a clear word if they are few.

    It makes no text of signs; signs for it (private use of an icon font, vertical forms) are not enough, unless they are many.
    """
    wide, high = [char for char in text if char > "\x7f"], [char for char in was if char > "\x7f"]
    letters = {char for char in wide if char.isalpha()}
    held_down = sum(one == other > "\x7f" for one, other in pairwise(was))
    if 2 * sum(char in letters for char in wide) < len(wide) or len(letters) < 2 or _HELD_DOWN * held_down > len(high):
        return False
    suspect = misreading.outer == "cp1252" or KANA.search(was) or any(_is_rare(char, model) for char in was)
    if not suspect and (len(_NO_TEXT.findall(was)) < _MANY_SUSPECTS or len(letters) < _DISTINCT):
        return False
    if suspect and len(wide) > _FEW:
        return len(letters) >= _DISTINCT and max(len(letters), len(set(high))) >= _DISTINCT_BYTES
    return model.bits("".join(wide)) <= len(wide) * (_WORD_BITS + (_SENSE_BITS_JAPANESE - _SENSE_BITS if KANA.search(text) else 0.0))


def _is_rare(char: str, model: Model) -> bool:
    return "\u3400" <= char < "\ua000" and model.commonness(char) < RARE_BELOW


def makes_sense(text: str, model: Model) -> bool:
    """Returns whether the characters that are not ASCII cost no more than in the most laboured headline (13.6 bits; Japanese 17).

    What is made of the capitals of other languages costs 18 and more; it may save bits all the same, since they are dear too.
    """
    wide = [model.cost(text[max(0, place - 2) : place], char) for place, char in enumerate(text) if char > "\x7f" and char != "\ufffd"]
    bits = sum(wide) + 2 * _SURCHARGE * len(_UNWRITTEN.findall(text))
    return bits <= len(wide) * (_SENSE_BITS_JAPANESE if KANA.search(text) else _SENSE_BITS)


def _bits(text: str, before: str, model: Model) -> float:
    """Returns the bits of a text; what no text is written in stays dear in a row, where the model gets used to it.

    Lost characters cost nothing: a reading must win by what is there, not by filling holes.
    """
    return model.bits(text.replace("\ufffd", ""), before) + _SURCHARGE * len(_UNWRITTEN.findall(text))


def _read_twice(part: bytes, model: Model, around: Around) -> tuple[str, list[Guess]]:
    """Returns UTF-8 that was read as GBK twice; the guesses have no place, since a lost byte of the second reading is half a pair."""
    middle, options, place = bytearray(), Options(), 0
    for match in _OPEN_UNIT.finditer(part):
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
