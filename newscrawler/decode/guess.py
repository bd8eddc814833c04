"""Which encoding a body is in when it is not UTF-8: each candidate is tried, and the text that reads best wins.

It requires some text with bytes above 0x7F; only the lines that hold them are looked at, and no more than a few thousand
bytes. A candidate's score is the share of its non-ASCII characters that its language uses much (`languages`), less what
could not be decoded and what the language never writes; the declared encoding gets a little more. Running text scores
above 0.5 in the right encoding and below 0.2 in a wrong one.

The encodings of Chinese, Japanese and Korean are asked first, and where one of them reads well the others are not tried.
Alphabets other than Latin come next; the Latin ones are tried only where bytes above 0x7F stand alone in words. Where nothing
reads well, charset-normalizer is asked; a declared encoding that fits is taken before its guess.

It is known to fail on very short texts, on lists of names, and between encodings that differ in no character of the text.
"""

from __future__ import annotations

import re
from functools import cache

from newscrawler.decode.languages import DOUBLE_BYTE, LATIN_ALPHABETS, OTHER_ALPHABETS, Script
from newscrawler.decode.legacy import decode_legacy, is_ascii_compatible

SAMPLE_BYTES = 6000
CLEAR = 0.45
PLAUSIBLE = 0.3
DECLARED_BONUS = 0.12
LONE_RUN = 2.3
"""How many bytes above 0x7F stand together, on average, where they are accented letters in words of ASCII letters."""

# "<", ">" and line ends are no trail byte of any candidate, so a piece between them never starts inside a character.
_PIECE = re.compile(rb"[^<>\r\n]+")
_RUN = re.compile(rb"[\x80-\xff]+")
_BAD = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")


def guess_encoding(body: bytes, declared: str | None) -> str:
    """Returns the codec under which `body` reads best, for a body that is not UTF-8; never raises.

    >>> guess_encoding("本报记者昨天在会上说，经济发展的成果要由人民共享。".encode("gbk"), None)
    'gb18030'
    >>> guess_encoding("Парк снова открыт".encode("koi8-r"), "cp1252")
    'koi8-r'
    """
    sample = take_sample(body)
    best, points = _best(sample, DOUBLE_BYTE, declared)
    if points >= CLEAR:
        return best
    other, others_points = _best(sample, LATIN_ALPHABETS if _run_length(sample) < LONE_RUN else OTHER_ALPHABETS, declared)
    if others_points > points:
        best, points = other, others_points
    if points >= PLAUSIBLE:
        return best
    if declared is not None and fits(sample, declared):
        return declared
    return _detect(sample) or best


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
    text = decode_legacy(sample, script.codec)
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


def _best(sample: bytes, scripts: tuple[Script, ...], declared: str | None) -> tuple[str, float]:
    """Returns the codec that scores best, the first of several, and its score."""
    scores = [(score(sample, script) + DECLARED_BONUS * (script.codec == declared), script.codec) for script in scripts]
    points, codec = max(scores, key=lambda scored: scored[0])
    return codec, points


def _run_length(sample: bytes) -> float:
    """Returns the mean length of runs of bytes above 0x7F."""
    runs = _RUN.findall(sample)
    return sum(map(len, runs)) / len(runs) if runs else 0.0


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _detect(sample: bytes) -> str | None:
    """Returns what charset-normalizer takes the sample for, or None."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample[: SAMPLE_BYTES // 2]).best()
    return None if found is None or found.encoding in ("utf_7", "ascii") else found.encoding
