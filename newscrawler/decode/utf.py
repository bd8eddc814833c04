"""Unicode's own encodings: byte order marks, UTF-16 without one, and UTF-8 that is not quite valid.

UTF-8 shows itself: text in another encoding hardly ever holds a valid sequence of three bytes, and seldom one of two
(a few in a hundred pairs of GBK or Thai). So what is valid is weighed against what is not (`weigh_utf8`), and a page with
a cut tail, some spoiled bytes, or a block in another encoding is still read as UTF-8. A bad byte costs one U+FFFD; what
follows is in step at once, since a UTF-8 lead byte is never a continuation. Surrogates written as UTF-8 (CESU-8, of old
databases) are joined.

UTF-16 without a mark is told by the NULs of its ASCII markup; text in it with hardly any ASCII is `guess`'s
to see. After a missing or an extra byte it is in step again at the next tag or line.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_CUT = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_TURNS = re.compile(rb"\x00?(?:[\t\n\r -~]\x00)+[\t\n\r -~]?")
_STEP = {"utf-16-le": re.compile(rb"(?=[<\n]\x00)"), "utf-16-be": re.compile(rb"(?=\x00[<\n])")}

# Logarithms of how much more likely UTF-8 makes it than another encoding, roughly: a valid sequence of two bytes, of more, a bad place.
_TWO, _MORE, _BAD = 1.5, 8, -3
_BAD_IF_DECLARED = -1
_CLEAN = 3
"""What the weight gains where bad places are less than half as many as characters: chance does not look so."""
SURE = 50.0
"""The weight of a body that nobody need compare with another encoding: half a dozen characters of three bytes."""
CUT_TAIL = 1.0
"""The weight of a body that is ASCII but for one bad place at its very end."""


def split_mark(body: bytes) -> tuple[bytes, str | None]:
    """Returns the body without its byte order mark, and the codec that the mark names, or None.

    UTF-16 without a mark counts as marked.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :], codec
    return body, _by_zeros(body)


def decode_wide(body: bytes, codec: str) -> str:
    """Returns the text of a body that a mark or its NULs named; never raises."""
    if codec == "utf-8":
        return decode_utf8(body)
    step = _STEP.get(codec)
    if step is None or len(body) % 2 == 0:
        return body.decode(codec, "replace")
    return "".join(piece.decode(codec, "replace") for piece in step.split(body))


def decode_utf8(body: bytes) -> str:
    """Returns the text of `body` as UTF-8, U+FFFD for each bad place, pairs of encoded surrogates joined.

    >>> decode_utf8(b"caf\\xc3\\xa9 \\xed\\xa0\\xbd\\xed\\xb8\\x80 \\xff")
    'café 😀 �'
    """
    try:
        return body.decode()
    except UnicodeDecodeError:
        return _CESU.sub(_join, body).decode("utf-8", "replace")


def is_cut(body: bytes) -> bool:
    """Returns whether `body` ends in the beginning of a UTF-8 character."""
    return _CUT.search(body, max(len(body) - 3, 0)) is not None


def weigh_utf8(text: str, *, cut: bool = False, declared: bool = False) -> float:
    """Returns above 0 where bytes read as UTF-8 with replacements, `text`, were more likely UTF-8 than anything else.

    Where most places are bad it is `SURE` at most: there may be blocks of UTF-8 on a page in another encoding.
    `cut` says that the bytes end within a character: where that is the only bad place, it counts as `CUT_TAIL`.
    Bad places count less where the page is `declared` to be UTF-8.

    >>> weigh_utf8("caf�", cut=True) > 0, weigh_utf8("caf� au lait") > 0, weigh_utf8("it’s caf� au lait") > 0
    (True, False, True)
    """
    bad = text.count("\ufffd")
    plain = len(text.encode("ascii", "ignore"))
    foreign = len(text) - plain - bad
    # Of what is not ASCII, U+FFFD included, the bytes that are missing to three each; a character of four hides one of two.
    two = max(3 * (foreign + bad) - (len(text.encode()) - plain), 0)
    valid = _TWO * two + _MORE * (foreign - two)
    if bad == 1 and cut:
        return valid + CUT_TAIL
    weight = valid + (_BAD_IF_DECLARED if declared else _BAD) * bad
    return min(weight, SURE) if bad > foreign else weight * _CLEAN if bad * 2 <= foreign else weight


def _join(pair: re.Match[bytes]) -> bytes:
    return pair[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _by_zeros(body: bytes) -> str | None:
    """Returns the codec of UTF-16 without a byte order mark, or None: NULs take turns with its ASCII, before or after it."""
    head = body[:4096]
    if len(head) < 4 or head.count(0) * 10 < len(head):
        return None
    after = before = 0
    for turns in _TURNS.finditer(head):
        starts, ends = turns[0][0] == 0, turns[0][-1] == 0
        after += ends and not starts
        before += starts and not ends
    if after == before:
        return None
    return "utf-16-le" if after > before else "utf-16-be"
