"""Which encoding a body is in when it is not UTF-8: each candidate is tried, and the text that reads best wins.

It requires some text with bytes above 0x7F; only the lines that hold them are looked at, and no more than a few thousand
bytes. A candidate's score is the share of its non-ASCII characters that its language uses much (`languages`), less what
could not be decoded and what the language never writes; the declared encoding gets a little more. Running text scores
above 0.5 in the right encoding and below 0.2 in a wrong one.

The encodings of Chinese, Japanese and Korean are asked first. Where none of them stands out, GB and Big5 are scored by the
language model too (`likelihood`), which knows a title of a dozen rare characters from rubbish, and text whose bytes were
damaged; and the alphabets are tried: the Latin ones where bytes above 0x7F stand alone in words, else the others. An alphabet
has few letters, so a share of them is worth less: wrong readings reach 0.6, right ones stay above 0.9.

Where nothing reads well, a declared encoding that fits is taken, then what charset-normalizer says. It is known to fail on
texts of two or three characters, on lists of names, and between encodings that differ in no character of the text.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from newscrawler.decode.declared import widest
from newscrawler.decode.languages import DOUBLE_BYTE, LATIN_ALPHABETS, OTHER_ALPHABETS, Script
from newscrawler.decode.legacy import is_ascii_compatible
from newscrawler.decode.likelihood import likelihood

SAMPLE_BYTES = 3000
CLEAR = 0.45
"""What running text in the right encoding scores at least."""
GAP = 0.15
PLAUSIBLE = 0.3
FAINT = 0.12
"""What a few words of Japanese or Korean score at least; an alphabet is below in their encodings."""
DAMAGED = -0.05
"""What text in GB or Big5 scores at least by the language model, however damaged; text in other alphabets is below."""
ENOUGH = 100
"""Bytes of a sample whose shares of frequent characters need no second opinion; a title's are chance."""
DECLARED_BONUS = 0.12
DECLARED_ALPHABET_BONUS = 0.08
DECLARED_LATIN_BONUS = 0.04
"""Little: Latin-1 is what servers declare unasked, and the sets share most letters."""
LONE_RUN = 2.3
"""How many bytes above 0x7F stand together, on average, where they are accented letters in words of ASCII letters."""
SINGLE_RUN, SPARSE = 1.2, 0.2
"""The same, and their share of all bytes, where nearly all stand alone and are few: no double-byte encoding looks so."""
REMNANT = 3
"""How many bytes above 0x7F may be what is left of one spoiled UTF-8 character."""

CHINESE_SETS = frozenset({"gb18030", "big5hkscs"})
KNOWN = frozenset(script.codec for script in (*DOUBLE_BYTE, *OTHER_ALPHABETS, *LATIN_ALPHABETS))

_WIDEST = {"euc_jis_2004": "euc_jp", "euc_jisx0213": "euc_jp", "shift_jis_2004": "cp932", "shift_jisx0213": "cp932"}
_DOUBLE_BYTE = frozenset(script.codec for script in DOUBLE_BYTE)

# "<", ">" and line ends are no trail byte of any candidate, so a piece between them never starts inside a character.
_PIECE = re.compile(rb"[^<>\r\n]+")
_RUN = re.compile(rb"[\x80-\xff]+")
_BAD = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")


def guess_encoding(body: bytes, hints: tuple[str, ...] = ()) -> str:
    """Returns the codec under which `body` reads best, for a body that is not UTF-8; never raises. `hints` are the codecs declared.

    >>> guess_encoding("本报记者昨天在会上说，经济发展的成果要由人民共享。".encode("gbk"))
    'gb18030'
    >>> guess_encoding("Парк снова открыт".encode("koi8-r"), ("cp1252",))
    'koi8-r'
    """
    sample = take_sample(body)
    best, points = best_reading(sample, hints)
    if points >= (DAMAGED if best in CHINESE_SETS else FAINT if best in _DOUBLE_BYTE else PLAUSIBLE):
        return best
    if hint := next((hint for hint in hints if fits(sample, hint)), None):
        return hint
    if sum(map(len, _RUN.findall(sample))) <= REMNANT:
        return "utf-8"
    return _detect(sample) or best


def best_reading(sample: bytes, hints: tuple[str, ...] = ()) -> tuple[str, float]:
    """Returns the codec under which a sample reads best, and its score: `CLEAR` or more for text, below `PLAUSIBLE` for rubbish."""
    length, density = _runs(sample)
    scripts = [script for script in DOUBLE_BYTE if length > SINGLE_RUN or density > SPARSE or script.codec in hints]
    scores = {script.codec: score(sample, script) + DECLARED_BONUS * (script.codec in hints) for script in scripts}
    second, points = sorted((-1.0, -1.0, *scores.values()))[-2:]
    if points < CLEAR or points - second < GAP or len(sample) < ENOUGH:
        for codec in CHINESE_SETS & scores.keys():
            scores[codec] = max(scores[codec], likelihood(sample, codec) + DECLARED_BONUS * (codec in hints))
        if length < LONE_RUN or max(scores.values()) < CLEAR:
            scores |= _score_alphabets(sample, hints)
    best = max(scores, key=scores.__getitem__)
    return best, scores[best]


def _score_alphabets(sample: bytes, hints: tuple[str, ...]) -> dict[str, float]:
    """Returns the scores of encodings of alphabets, each its best one, scaled to those of the rest."""
    is_latin = _runs(sample)[0] < LONE_RUN
    scripts = LATIN_ALPHABETS if is_latin else OTHER_ALPHABETS
    for hint in hints:
        if hint not in KNOWN and is_ascii_compatible(hint):
            scripts = (*scripts, *(script._replace(codec=hint) for script in scripts))
    bonus = DECLARED_LATIN_BONUS if is_latin else DECLARED_ALPHABET_BONUS
    scored = [(PLAUSIBLE + 2 * (score(sample, script) + bonus * (script.codec in hints) - 0.75), script.codec) for script in scripts]
    scored.sort(key=lambda pair: -pair[0])  # stable: of equals, the more usual one stays first
    best: dict[str, float] = {}
    for points, codec in scored:
        best.setdefault(codec, points)
    return best


def reads_as_double_byte(body: bytes) -> bool:
    """Returns whether `body` is text in an encoding of Chinese, Japanese or Korean."""
    best, points = best_reading(take_sample(body))
    return points >= PLAUSIBLE and best in _DOUBLE_BYTE


def take_sample(body: bytes) -> bytes:
    """Returns lines of `body` with bytes above 0x7F, about `SAMPLE_BYTES` in all."""
    pieces, size = [], 0
    for match in _PIECE.finditer(body):
        piece = match[0]
        if piece.isascii():
            continue
        pieces.append(piece[:SAMPLE_BYTES])
        size += len(pieces[-1])
        if size >= SAMPLE_BYTES:
            break
    return b"\n".join(pieces)


def score(sample: bytes, script: Script) -> float:
    """Returns how much `sample` reads like a language in an encoding: at most 1, below 0 for rubbish."""
    # Not by `legacy`: its mending takes time, and changes no letter. Korean by the narrow set: the syllables that only the
    # wide one has are hardly ever written, but many a wrong reading is full of them.
    text = sample.decode("euc_kr" if script.codec == "cp949" else script.codec, "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if not foreign:
        return 0.0
    odd = len(_pattern(script.odd).findall(text)) if script.odd else 0
    return (len(_pattern(f"[{script.usual}]").findall(text)) - 2 * len(_BAD.findall(text)) - odd) / foreign


def fits(sample: bytes, codec: str) -> bool:
    """Returns whether `sample` decodes with at most one bad place in fifty characters above ASCII."""
    if not is_ascii_compatible(codec):
        return False
    text = sample.decode(codec, "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 50 <= foreign


def _runs(sample: bytes) -> tuple[float, float]:
    """Returns the mean length of runs of bytes above 0x7F, and the share that these are of all bytes."""
    runs = _RUN.findall(sample)
    high = sum(map(len, runs))
    return (high / len(runs), high / len(sample)) if runs else (0.0, 0.0)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _detect(sample: bytes) -> str | None:
    """Returns the widest set of what charset-normalizer takes the sample for, or None."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    if found is None or found.encoding == "ascii" or not is_ascii_compatible(found.encoding):
        return None
    return _WIDEST.get(found.encoding) or widest(codecs.lookup(found.encoding).name)
