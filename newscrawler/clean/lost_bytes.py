"""Reads bytes of which some are lost: what is certain is decoded, what one byte less leaves open is guessed by the language model.

Theory. A decoder that gives up on a byte shows U+FFFD (or "?") for it and goes on with the next one, so the number of bytes is
known, and with it which character each byte belongs to: a lost byte costs its own character and no other. The rest of that
character is there (the lead of three UTF-8 bytes and one more, half of a GBK pair), which leaves 64 to 126 candidates; the
decoder's own rule leaves fewer, since it gives up only on a byte that makes no pair with the following one (in UTF-8 read as
GBK that is 0x80 alone, unless ASCII or the end follows). Of the candidates the model chooses by the two characters before and
after; its probability is the confidence of the guess, and below `SURE_ENOUGH` the character stays lost (so do those
of another script than the text's, and the less sure ones of short lines). Guesses side by side rest on each other.

Where it fails: a name guessed from its neighbours is a guess; two characters lost side by side are guessed one after the
other; a decoder that also swallows the byte after the bad one puts a wrong character there, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from unicodedata import category

from newscrawler.chinese.model import Model, load
from newscrawler.clean.charsets import GAP, LOST, lost_alone

SURE_ENOUGH = 0.5
"""Guesses less probable than this are not made: the character is marked as lost (U+FFFD)."""
_SURE_ENOUGH_IN_FEW = 0.85
_FEW = 12
"""So few characters say little of what they are about (暴雨预警 or 暴雨预赛), and the model is surer than it should be."""
_KANA_BY_USE = "のいんしるとたにはでうかてなすがくをりっれきらーこまつさちあもどよおけせだそじみえひめばほわぶろやねふべゆょごげむゅびへずぎゃぐ"
"""Kana in the order of their use in Japanese prose, as everybody who reads it would put them; hiragana stand for both."""
_CERTAIN = 0.9
_KANA = re.compile("[ぁ-ヿ]")
_HAN = re.compile("[一-鿿]")
_LIKELIER = 20
_NEVER = 12.0
_UNRULY_BITS = 8.0
"""Price of a candidate whose byte the decoder would not have given up on: a text cut and joined may hold one."""

_OTHER_SCRIPT_BITS = 5.0

_Candidates = tuple[tuple[str, float], ...]
_Known = tuple[frozenset[int] | None, ...]
Options = dict[int, frozenset[int]]
"""Byte offset -> the values that a lost byte there can have, where more is known of it than the decoder's rule says."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A character chosen for lost bytes: the offset and number of its bytes, the character, its probability."""

    start: int
    length: int
    char: str
    probability: float


@dataclass(slots=True)
class _Open:
    """A character with a lost byte: its candidates and what each costs before the model is asked."""

    start: int
    length: int
    candidates: _Candidates


_MIXED_LENGTHS = ("cp932", "euc_jp")
"""Charsets with characters of one, two and three bytes: a lost byte leaves open where the next character begins."""
_TAIL = rb"[\x80-\xbf\xff?]"  # "?" too: where a UTF-8 character needs a byte, no question was asked
_KNOWN = {
    "utf-8": rb"(?:[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+",
    "pairs": rb"(?:[\x01-\x7f]|[\x80-\xfe][\x30-\xfe])+",
}
_DAMAGED = {
    "utf-8": rb"[\xc2-\xdf]" + _TAIL + rb"|[\xe0-\xef]" + _TAIL + rb"{2}|[\xf0-\xf4]" + _TAIL + rb"{3}",
    "pairs": rb"\xff[\x40-\xff]|[\x81-\xfe]\xff",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and after the bytes in the line, the end of which is a newline, and how many characters that are in all."""

    before: str = ""
    after: str = "\n"
    count: int = 0


def read(raw: bytes, charset: str, outer: str, model: Model, around: Around, options: Options | None = None) -> tuple[str, list[Guess]]:
    """Returns `raw` read in `charset`, after `outer` had lost some of its bytes, and the guesses made on the way.

    What cannot be read is U+FFFD, one for each byte. `options` says what is known of lost bytes.
    """
    if LOST not in raw and (charset != "utf-8" or b"?" not in raw):
        return raw.decode(charset, "replace"), []
    if charset in _MIXED_LENGTHS:
        return "\ufffd" * len(raw), []
    pieces = list(_pieces(raw, charset, outer, options or {}))
    return _fill(pieces, model, around)


def only_reading(unit: bytes, following: int, outer: str) -> str:
    """Returns the one character of UTF-8 that the decoder's rule leaves for a unit with a lost byte, "" if it leaves more."""
    allowed = {char for char, unruly in _possible(unit, following, "utf-8", outer, (None,) * len(unit)) if not unruly}
    return allowed.pop() if len(allowed) == 1 else ""


def _pieces(raw: bytes, charset: str, outer: str, options: Options) -> Iterator[str | _Open]:
    for match in _pattern(charset).finditer(raw):
        if match.lastgroup == "known":
            yield match[0].decode(charset, "replace")
        elif match.lastgroup == "damaged" and (candidates := _candidates(match, charset, outer, options)):
            yield _Open(match.start(), len(match[0]), candidates)
        else:
            yield "\ufffd"


@cache
def _pattern(charset: str) -> re.Pattern[bytes]:
    kind = "utf-8" if charset == "utf-8" else "pairs"
    return re.compile(rb"(?P<known>" + _KNOWN[kind] + rb")|(?P<damaged>" + _DAMAGED[kind] + rb")|(?P<rest>.)", re.DOTALL)


def _candidates(match: re.Match[bytes], charset: str, outer: str, options: Options) -> _Candidates:
    unit, start = match[0], match.start()
    following = match.string[match.end()] if match.end() < len(match.string) else GAP
    return _priced(unit, following, charset, outer, tuple(options.get(start + i) for i in range(len(unit))))


@lru_cache(maxsize=2048)
def _priced(unit: bytes, following: int, charset: str, outer: str, known: _Known) -> _Candidates:
    """Returns the candidates with their prices; those that the model has never seen are left out, if it has seen any."""
    priced = tuple((char, unruly * _UNRULY_BITS + _price(char)) for char, unruly in _possible(unit, following, charset, outer, known))
    return tuple(candidate for candidate in priced if candidate[1] < _NEVER) or priced


def _possible(unit: bytes, following: int, charset: str, outer: str, known: _Known) -> Iterator[tuple[str, bool]]:
    """Returns the characters that `unit` may have been, each with whether the decoder should not have lost its byte.

    If two bytes are lost, only what the decoder's rule allows is returned.
    """
    utf8 = charset == "utf-8"
    low, high = (0x80, 0xC0) if utf8 else (0x40, 0xFF)
    holes = [i for i, byte in enumerate(unit) if byte == LOST or (utf8 and byte == 0x3F)]
    after = [*unit[1:], following]
    alone = [lost_alone(outer, low + 1 if after[i] == LOST else after[i]) for i in holes]
    everything = [known[i] or range(low, high) for i in holes]
    allowed = [known[i] or rule for i, rule in zip(holes, alone, strict=True)]
    filled = bytearray(unit)
    for values in product(*(everything if len(holes) == 1 else allowed)):
        for hole, value in zip(holes, values, strict=True):
            filled[hole] = value
        char = filled.decode(charset, "ignore")
        if len(char) == 1:
            yield char, values[0] not in allowed[0]


@cache
def _price(char: str) -> float:
    """Returns the bits that tell characters apart which the model counts as one: kana by their use, the rare and the odd."""
    if "\u3040" <= char <= "\u30ff":
        return 0.25 * place if (place := _KANA_BY_USE.find(chr(ord(char) - 0x60) if char >= "\u30a1" else char)) >= 0 else 9.0
    if "\ue000" <= char <= "\uf8ff" or category(char) == "Cn":
        return 2 * _NEVER
    if char == "\u3000":
        return 4.0
    if "\uff10" <= char <= "\uff5a" and char.isalnum():
        return 5.0
    return 0.0 if load().commonness(char) else _NEVER


def _fill(pieces: list[str | _Open], model: Model, around: Around) -> tuple[str, list[Guess]]:
    """Returns the text with the best candidate in every open place; a place near another open one is looked at again."""
    pieces = [around.before, *pieces, around.after]
    texts = [piece if isinstance(piece, str) else "" for piece in pieces]
    probabilities: dict[int, float] = {}
    known = "".join(texts)
    script = sum(map(_script, known))
    for again in (False, True):
        for index, piece in enumerate(pieces):
            if isinstance(piece, str) or (again and not _has_open_neighbour(pieces, index)):
                continue
            before, after = _context(texts, index)
            candidates = _of_script(piece.candidates, script)
            texts[index], probabilities[index] = _best(candidates, before, after, model)
    enough = _SURE_ENOUGH_IN_FEW if around.count + sum(map(len, texts[1:-1])) <= _FEW else SURE_ENOUGH
    guesses = {}
    for index, piece in enumerate(pieces):
        if not isinstance(piece, str):
            sure = _sure(probabilities, index)
            made = sure >= enough and _is_written(texts[index], known)
            guesses[index] = Guess(piece.start, piece.length, texts[index] if made else "\ufffd", sure)
    for index, guess in guesses.items():
        texts[index] = guess.char
    return "".join(texts[1:-1]), list(guesses.values())


def _sure(probabilities: dict[int, float], index: int) -> float:
    """Returns the probability of a guess, times those of guesses beside it that it rests on, unless it is as good as certain."""
    sure = probabilities[index]
    return sure if sure >= _CERTAIN else sure * probabilities.get(index - 1, 1.0) * probabilities.get(index + 1, 1.0)


def _is_written(char: str, known: str) -> bool:
    """Returns whether a character is one of a script that the text is known to use: no kana in Chinese, nothing that is no character."""
    return category(char) != "Cn" and not (_KANA.match(char) and _HAN.search(known) and not _KANA.search(known))


def _of_script(candidates: _Candidates, script: int) -> _Candidates:
    """Returns the candidates, those of the other script dearer; `script` is below 0 in a Simplified text and above in a Traditional."""
    return tuple((char, price + _OTHER_SCRIPT_BITS * (script * _script(char) < 0)) for char, price in candidates)


@cache
def _script(char: str) -> int:
    """Returns -1 for a character that only GB 2312 has, 1 for one that only Big5 has, 0 for others."""
    return 0 if char.isascii() else bool(char.encode("big5", "ignore")) - bool(char.encode("gb2312", "ignore"))


def _has_open_neighbour(pieces: list[str | _Open], index: int) -> bool:
    return any(not isinstance(piece, str) for piece in pieces[index + 1 : index + 3])


def _context(texts: list[str], index: int) -> tuple[str, str]:
    """Returns the two characters before, and up to two after: none past a place that is still open."""
    before = "".join(text[-2:] for text in texts[max(0, index - 2) : index])
    after = ""
    for text in texts[index + 1 : index + 3]:
        if not text:
            break
        after += text[:2]
    return before[-2:], after[:2]


def _best(candidates: _Candidates, before: str, after: str, model: Model) -> tuple[str, float]:
    """Returns the most probable candidate and its probability among all; what comes after is asked only of the likelier ones."""
    costs = sorted((price + model.cost(before, char), char) for char, price in candidates)[:_LIKELIER]
    costs = [(cost + model.bits(after, before[-1:] + char), char) for cost, char in costs]
    least, best = min(costs)
    return best, 1 / sum(2 ** (least - cost) for cost, _ in costs)
