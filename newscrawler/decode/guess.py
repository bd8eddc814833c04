"""Which encoding a body is in when it is not UTF-8: each candidate is tried, and the text that reads best wins.

It requires some text with bytes above 0x7F; only the lines that hold them are looked at, and no more than a few thousand
bytes. A candidate's score is the share of its non-ASCII characters that its language uses much (`languages`), less what
could not be decoded and what the language never writes; the declared encoding gets a little more. Running text scores
above 0.5 in the right encoding and below 0.2 in a wrong one.

The encodings of Chinese, Japanese and Korean are asked first. Where none of them stands out, GB and Big5 are scored by the
language model too (`likelihood`), which knows a title of a dozen rare characters from rubbish, and text whose bytes were
damaged; and the alphabets are tried: the Latin ones where bytes above 0x7F stand alone in words, else the others. An alphabet
has few letters, so a share of them is worth less: wrong readings reach 0.6, right ones stay above 0.9.

An alphabet is scored with its capitals too, a little less: ЦСКА in one encoding is small letters in another. Of a few words
the declaration says more than any share of letters: a declared encoding in which they are words is taken (`FEW`), unless the
language model reads them as Chinese.

Where nothing reads well, a declared encoding that fits is taken, then what charset-normalizer says. It is known to fail on
texts of two or three characters without a declaration, on lists of names, and between encodings that differ in no character of the text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache

from newscrawler.decode.declared import widest
from newscrawler.decode.languages import CHINESE, DOUBLE_BYTE, HANGUL, JAPANESE, LATIN_ALPHABETS, OTHER_ALPHABETS, PUNCTUATION, QUOTES, SWAPPED_CASE, Script
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
CAPITALS = 0.03
"""What text in capitals scores less: the small letters of one encoding are the capitals of another, and small ones are the rule."""
LONE_RUN = 2.3
"""How many bytes above 0x7F stand together, on average, where they are accented letters in words of ASCII letters."""
SINGLE_RUN, SPARSE = 1.2, 0.2
"""The same, and their share of all bytes, where nearly all stand alone and are few: no double-byte encoding looks so."""
REMNANT = 3
"""How many bytes above 0x7F may be what is left of one spoiled UTF-8 character."""

FEW = 12
"""Bytes above 0x7F of which a declared encoding is believed rather than any share of frequent characters."""
LETTERS = 3
"""The same, of which not even the language model can tell anything: an abbreviation, or one Chinese character."""
CLEAR_OF_FEW = 0.35
"""What a word in GB or Big5 scores at least by the language model; words in alphabets stay below 0.25."""

WIDE_BYTES, LEAST_WIDE = 1024, 24
"""How much of a body is tried as UTF-16 without a mark, and what is too little."""

CHINESE_SETS = frozenset({"gb18030", "big5hkscs"})
KNOWN = frozenset(script.codec for script in (*DOUBLE_BYTE, *OTHER_ALPHABETS, *LATIN_ALPHABETS))

_WIDEST = {"euc_jis_2004": "euc_jp", "euc_jisx0213": "euc_jp", "shift_jis_2004": "cp932", "shift_jisx0213": "cp932"}
_DOUBLE_BYTE = frozenset(script.codec for script in DOUBLE_BYTE)
_TRUSTED = KNOWN - CHINESE_SETS - {"cp1252"}
_LATIN = frozenset(script.codec for script in LATIN_ALPHABETS)
_ASCII = bytes(range(128))

# "<", ">" and line ends are no trail byte of any candidate, so a piece between them never starts inside a character.
_PIECE = re.compile(rb"[^<>\r\n]+")
_MARKUP = re.compile(rb"<[A-Za-z/!?]")
_EAST_ASIAN = (CHINESE, JAPANESE, HANGUL)
# All but ASCII, Latin-1, punctuation, CJK, Hangul and full-width forms; half a character where the head was cut.
_NOT_EAST_ASIAN = re.compile("[^\t\n\r -~\xa0-\xff\u2010-\u27ff\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef\U0001f300-\U0002ffff](?!\\Z)")
_RUN = re.compile(rb"[\x80-\xff]+")
_IN_WORD = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][@-Z^-z|~]")
_BAD = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")


def guess_encoding(body: bytes, hints: tuple[str, ...] = ()) -> str:
    """Returns the codec under which `body` reads best, for a body that is not UTF-8; never raises. `hints` are the codecs declared.

    >>> guess_encoding("本报记者昨天在会上说，经济发展的成果要由人民共享。".encode("gbk"))
    'gb18030'
    >>> guess_encoding("Парк снова открыт".encode("koi8-r"), ("cp1252",))
    'koi8-r'
    """
    sample = take_sample(body)
    if hint := _declared_for_few(sample, hints):
        return hint
    best, points = best_reading(sample, hints)
    if points >= (DAMAGED if best in CHINESE_SETS else FAINT if best in _DOUBLE_BYTE else PLAUSIBLE):
        return best
    if hint := next((hint for hint in hints if fits(sample, hint)), None):
        return hint
    if sum(map(len, _RUN.findall(sample))) <= REMNANT:
        return "utf-8"
    return _detect(sample) or best


def guess_wide(body: bytes) -> str | None:
    """Returns the codec of UTF-16 without a byte order mark, told by its frequent characters, or None: for texts with hardly any ASCII.

    It asks nothing of a body with markup in ASCII, nor of one that is valid UTF-8; a dozen characters are needed.
    """
    head = body[: min(WIDE_BYTES, len(body) // 2 * 2)]
    if len(head) < LEAST_WIDE or _MARKUP.search(head):
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        # Shift_JIS fits the block of the ideographs too, but only text has its frequent ones.
        if _NOT_EAST_ASIAN.search(head.decode(codec, "replace")) is None and max(score(head, Script(codec, usual)) for usual in _EAST_ASIAN) > CLEAR:
            return codec
    return None


def _declared_for_few(sample: bytes, hints: tuple[str, ...]) -> str | None:
    """Returns the declared encoding of a sample too short to tell by itself, if its reading there is words, and it is no clear Chinese.

    A declared Latin-1 says nothing (servers declare it unasked), and GB and Big5 are declared for each other.
    """
    high = sample.translate(None, _ASCII)
    if not 0 < len(high) <= FEW:
        return None
    hint = next((hint for hint in hints if hint in _TRUSTED and _is_words(sample, hint)), None)
    if hint and max(map(len, _RUN.findall(sample))) > LETTERS and max(likelihood(sample, codec) for codec in CHINESE_SETS) > CLEAR_OF_FEW:
        return None
    return hint


def _is_words(sample: bytes, codec: str) -> bool:
    """Returns whether all that is above ASCII reads as letters, no capital behind a small one, and quotes, apart from words in ASCII."""
    try:
        text = sample.decode("euc_kr" if codec == "cp949" else codec)
    except UnicodeDecodeError:
        return False
    if (codec not in _LATIN and _IN_WORD.search(sample)) or (codec in _DOUBLE_BYTE and _runs(sample)[0] <= SINGLE_RUN):
        return False
    return not _pattern(SWAPPED_CASE).search(text) and all(char.isalpha() or char in QUOTES + PUNCTUATION for char in text if char > "\x7f")


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
    scored = [(PLAUSIBLE + 2 * (_score_letters(sample, script) + bonus * (script.codec in hints) - 0.75), script.codec) for script in scripts]
    scored.sort(key=lambda pair: -pair[0])  # stable: of equals, the more usual one stays first
    best: dict[str, float] = {}
    for points, codec in scored:
        best.setdefault(codec, points)
    return best


def _score_letters(sample: bytes, script: Script) -> float:
    """Returns the score by the letters of an alphabet as running text has them, or, a little less, with its capitals."""
    points = score(sample, script)
    capitals = script.usual.upper()
    if capitals == script.usual or points > 0.9:
        return points
    return max(points, score(sample, script._replace(usual=script.usual + capitals)) - CAPITALS)


def reads_as_double_byte(body: bytes) -> bool:
    """Returns whether `body` is text in an encoding of Chinese, Japanese or Korean."""
    best, points = best_reading(take_sample(body))
    return points >= PLAUSIBLE and best in _DOUBLE_BYTE


def take_sample(body: bytes) -> bytes:
    """Returns lines of `body` with bytes above 0x7F, about `SAMPLE_BYTES` in all."""
    pieces, size = [], 0
    for match in foreign_pieces(body):
        pieces.append(match[0][:SAMPLE_BYTES])
        size += len(pieces[-1])
        if size >= SAMPLE_BYTES:
            break
    return b"\n".join(pieces)


def foreign_pieces(body: bytes) -> Iterator[re.Match[bytes]]:
    """Yields the pieces of `body`, from tag to tag or a line, that hold bytes above 0x7F; looks at every byte a fixed number of times.

    One pattern for such a piece would try each place of a long ASCII line (a script) to its end.
    """
    return (piece for piece in _PIECE.finditer(body) if not piece[0].isascii())


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
