"""How bytes are read in each encoding of the web: the codecs of Python, with what pages hold beyond them.

Python's tables are the standards of the 1990s; pages use what browsers made of them (Encoding Standard, WHATWG). The
differences that matter are mended here. 0x80 is the euro sign in GBK, GB 18030-2022 gives eighteen characters that were
private-use code points their own, EUC-JP holds the circled numbers and ㈱ of Windows, Big5 has a euro sign and a full-width
tilde. Shift_JIS is read by the wide set of Windows, but its wave dash and its minus are JIS X 0208's own (U+301C, U+2212),
as in EUC-JP and ISO-2022-JP, so that a character is the same character whatever encoding a page is in. "hz" stands for HZ
whose escapes were rewritten (`seven_bit`): pairs with high bits, of GB 2312 proper.

A byte that fits nowhere becomes U+FFFD and never takes an ASCII byte with it that could be markup: "<", ">", quotes, digits,
blanks and line ends are no second bytes in any of these encodings, so decoding is in step again at the next of them at the
latest. (A letter after a cut character can be swallowed: it is a valid second byte.)
"""

from __future__ import annotations

import codecs
import re

import w3lib.encoding  # noqa: F401 (registers the error handler of GB, "w3lib_gb18030_replace")

# GB 18030-2022, table of changed code points: bytes A6D9-A6DF, A6EC-A6ED, A6F3 and eight of row FE.
_GB_2022 = dict(zip(
    map(ord, "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"),
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
    strict=True,
))
_GB_1980 = {0xB7: "\u30fb", 0x2014: "\u2015"}  # Unicode's table of GB 2312 for 2124 and 212A, as in Python's own codec of HZ
_JIS_X_0208 = {0xFF5E: "\u301c", 0x2225: "\u2016", 0xFF0D: "\u2212", 0xFFE0: "\xa2", 0xFFE1: "\xa3", 0xFFE2: "\xac"}
_BIG5 = {0x223C: "\uff5e", 0xFF64: "\ufe51", 0x2641: "\u2295", 0x2609: "\u2299"}
_EUC_JP_PAIR = "newscrawler_euc_jp_pair"
_BIG5_EURO = "newscrawler_big5_euro"


def decode_legacy(body: bytes, codec: str) -> str:
    """Returns the text of `body` in `codec`, a Python codec of text; never raises. What does not fit becomes U+FFFD.

    >>> decode_legacy(b"5\\x80 \\xa6\\xd9", "gb18030"), decode_legacy(b"\\xad\\xa1\\xb0\\xa1", "euc_jp")
    ('5€ ︐', '①亜')
    """
    name, errors, odd, table = _READ.get(codec, (codec, "replace", None, None))
    text = body.decode(name, errors)
    return text.translate(table) if odd and table and odd.search(text) else text


def is_ascii_compatible(codec: str) -> bool:
    """Returns whether markup in `codec` is written in ASCII bytes, so that bytes which read well as ASCII may be in it."""
    try:
        return b"<a b='1'>~{".decode(codec) == "<a b='1'>~{"
    except UnicodeDecodeError:
        return False


def _euc_jp_pair(error: UnicodeError) -> tuple[str, int]:
    """Handler of decoding errors: a pair of rows 13 and 89 to 92 is looked up in Windows' Shift_JIS; else U+FFFD for what is bad."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if len(pair) == 2 and min(pair) > 0xA0:
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
        trail = cell + (0x9E if row % 2 == 0 else 0x3F + (cell >= 64))
        try:
            return bytes((lead, trail)).decode("cp932"), error.start + 2
        except UnicodeDecodeError:
            pass
    return "\ufffd", error.end


def _big5_euro(error: UnicodeError) -> tuple[str, int]:
    """Handler of decoding errors: A3E1 is the euro sign of Windows' Big5; else U+FFFD for what is bad."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.object[error.start : error.start + 2] == b"\xa3\xe1":
        return "€", error.start + 2
    return "\ufffd", error.end


def _one_of(table: dict[int, str]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, table))}]")


# Codec -> the Python codec that reads it, how errors are handled, and what of the result is another character.
_READ: dict[str, tuple[str, str, re.Pattern[str] | None, dict[int, str] | None]] = {
    "gb18030": ("gb18030", "w3lib_gb18030_replace", _one_of(_GB_2022), _GB_2022),
    "hz": ("gb18030", "w3lib_gb18030_replace", _one_of(_GB_1980), _GB_1980),
    "big5hkscs": ("big5hkscs", _BIG5_EURO, _one_of(_BIG5), _BIG5),
    "cp932": ("cp932", "replace", _one_of(_JIS_X_0208), _JIS_X_0208),
    "euc_jp": ("euc_jp", _EUC_JP_PAIR, None, None),
}
codecs.register_error(_EUC_JP_PAIR, _euc_jp_pair)
codecs.register_error(_BIG5_EURO, _big5_euro)
