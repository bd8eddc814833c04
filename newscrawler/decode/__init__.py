"""Bytes -> text: the bytes decide, the declaration is a hint.

In this order: a byte order mark; plain ASCII; valid UTF-8, whatever was declared; UTF-8 with a cut tail or a few bad bytes;
else the encoding under which the text reads best (`guess`), the declared one preferred a little. What cannot be decoded is
marked as U+FFFD. Readings that a site's script left after Han characters (`clean.pinyin`) are taken out when a page is
full of them, since labels such as 關(guān)鍵詞 must be readable for what comes next.

What it cannot do yet: repair frame shifts, where one byte was lost and all pairs after it are read one byte off
(在??谖逶春芋w育場), and readings inserted without regard to character boundaries (車?yán)^續): both stay as they are. A
page in two encodings is read in one of them.
"""

from __future__ import annotations

import codecs
import re

from newscrawler.clean.edits import Ledger
from newscrawler.clean.pinyin import pinyin_leak
from newscrawler.decode.declared import declared_encoding
from newscrawler.decode.guess import guess_encoding
from newscrawler.items import Decoded

__all__ = ["decode_page"]

LEAKS_OF_A_PAGE = 5

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII = bytes(range(128))
_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")
_JIS = re.compile(rb"\x1b\$[@B](?:[!-t][!-~])+\x1b\(")


def decode_page(body: bytes, content_type: str | None = None, *, without: frozenset[str] = frozenset()) -> Decoded:
    """Returns the text of `body` with the codec used, the label declared (header before page) and the repairs made.

    Repairs of the kinds in `without` are not made. It does not parse the page, resolve references or normalise. Never raises: undecodable bytes become U+FFFD.

    >>> decode_page("新闻：今天的天气很好。".encode("gbk"), "text/html; charset=utf-8").encoding
    'gb18030'
    """
    codec, declared = declared_encoding(body, content_type)
    text, encoding = _decode(body, codec)
    ledger = Ledger()
    if "pinyin_leak" not in without:
        text = pinyin_leak(text, ledger.under("pinyin_leak", 0.95), LEAKS_OF_A_PAGE)
    return Decoded(text, encoding, declared, tuple(ledger.repairs))


def _decode(body: bytes, codec: str | None) -> tuple[str, str]:
    """Returns the text and the codec used."""
    for bom, wide in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(wide, "replace"), wide
    name = _wide(body) or (_seven_bit(body) if body.isascii() else None)
    if name:
        return body.decode(name, "replace"), name
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_other(body, codec)


def _decode_other(body: bytes, codec: str | None) -> tuple[str, str]:
    """Returns the text and the codec of a body that is not valid UTF-8."""
    if _is_mostly_hz(body):
        return body.decode("hz", "replace"), "hz"
    text = body.decode("utf-8", "replace")
    if is_nearly_utf8(text):
        return text, "utf-8"
    name = guess_encoding(body, codec)
    # The error handler is w3lib's: 0x80 is the euro sign in the GBK of the web (Encoding Standard, 10.2.1).
    return body.decode(name, "w3lib_gb18030_replace" if name == "gb18030" else "replace"), name


def is_nearly_utf8(text: str) -> bool:
    """Returns whether bytes read as UTF-8 with replacements, `text`, were UTF-8: more good characters than bad, or only a cut tail.

    Text in another encoding has hardly any sequence of bytes that is valid by chance.

    >>> is_nearly_utf8("caf�"), is_nearly_utf8("caf� au lait")
    (True, False)
    """
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return good > bad or (bad == 1 and text.endswith("\ufffd"))


def _seven_bit(body: bytes) -> str:
    """Returns the codec of a body without high bytes: HZ or ISO-2022-JP where their escapes stand, else "utf-8"."""
    if b"~{" in body and _HZ.search(body):
        return "hz"
    return "iso2022_jp" if b"\x1b$" in body and _JIS.search(body) else "utf-8"


def _is_mostly_hz(body: bytes) -> bool:
    """Returns whether a body with high bytes is HZ with a few bytes spoiled: more pairs between the escapes than bytes outside."""
    if b"~{" not in body:
        return False
    return sum(len(run[0]) - 4 for run in _HZ.finditer(body)) > 2 * len(body.translate(None, _ASCII))


def _wide(body: bytes) -> str | None:
    """Returns the codec of UTF-16 without a byte order mark, told by the NULs of its ASCII markup, or None."""
    head = body[:1024]
    if head.count(0) * 10 < len(head) or len(head) < 4:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
