"""How bytes are read in each encoding of the web: the codecs of Python, with what pages hold beyond them.

Python's tables are the standards of the 1990s; pages use what browsers made of them (Encoding Standard, WHATWG). The
differences that matter are mended here: 0x80 is the euro sign in GBK, GB 18030-2022 gives eighteen characters that were
private-use code points their own, EUC-JP holds the circled numbers and ㈱ of Windows, Big5 has a euro sign and a full-width
tilde. Shift_JIS is read by the wide set of Windows, but its wave dash and its minus are JIS X 0208's own (U+301C, U+2212),
as in EUC-JP and ISO-2022-JP, so that a character is the same character whatever encoding a page is in.

A byte that fits nowhere becomes U+FFFD and never takes an ASCII byte with it that could be markup: "<", ">", quotes, digits,
blanks and line ends are no second bytes in any of these encodings, so decoding is in step again at the next of them at the
latest. (A letter after a cut character can be swallowed: it is a valid second byte.)
"""

from __future__ import annotations

import codecs
import re

import w3lib.encoding  # noqa: F401 (registers the error handler of GB, "w3lib_gb18030_replace")

_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
# GB 18030-2022, table of changed code points: bytes A6D9-A6DF, A6EC-A6ED, A6F3 and eight of row FE.
_GB_2022 = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
)
_JIS_X_0208 = str.maketrans("\uff5e\u2225\uff0d\uffe0\uffe1\uffe2", "\u301c\u2016\u2212\u00a2\u00a3\u00ac")
_BIG5 = str.maketrans("\u223c\uff64\u2641\u2609", "\uff5e\ufe51\u2295\u2299")
_EUC_JP_PAIR = "newscrawler_euc_jp_pair"
_BIG5_EURO = "newscrawler_big5_euro"


def decode_legacy(body: bytes, codec: str) -> str:
    """Returns the text of `body` in `codec`, a Python codec of text; never raises. What does not fit becomes U+FFFD.

    >>> decode_legacy(b"5\\x80 \\xa6\\xd9", "gb18030"), decode_legacy(b"\\xad\\xa1\\xb0\\xa1", "euc_jp")
    ('5€ ︐', '①亜')
    """
    if codec == "gb18030":
        text = body.decode(codec, "w3lib_gb18030_replace")
        return text.translate(_GB_2022) if _PRIVATE_USE.search(text) else text
    if codec == "cp932":
        return body.decode(codec, "replace").translate(_JIS_X_0208)
    if codec == "euc_jp":
        return body.decode(codec, _EUC_JP_PAIR)
    if codec == "big5hkscs":
        return body.decode(codec, _BIG5_EURO).translate(_BIG5)
    return body.decode(codec, "replace")


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


codecs.register_error(_EUC_JP_PAIR, _euc_jp_pair)
codecs.register_error(_BIG5_EURO, _big5_euro)
