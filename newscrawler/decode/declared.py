"""What a page says its encoding is: the Content-Type header first, then the first 4 KiB (meta, XML declaration)."""

from __future__ import annotations

import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

HEAD_BYTES = 4096

_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
# The wider sets of the same encodings: pages labelled with the narrow one use characters of the wide one.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-8-sig": "utf-8",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
}
_NEVER = frozenset({"utf-7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})
# Labels of the WHATWG Encoding Standard (4.2) that Python does not know by that name.
_LABELS = {
    "x-gbk": "gb18030",
    "gb_2312": "gb18030",
    "iso-ir-58": "gb18030",
    "cn-gb": "gb18030",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "hz-gb-2312": "hz",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
}


def declared_encoding(body: bytes, content_type: str | None) -> tuple[str | None, str | None]:
    """Returns the Python codec declared (its wider set) or None, and the label as written or None.

    A header whose label nobody knows leaves the page to say it.

    UTF-7 is not known (browsers dropped it: it hides markup), and neither is any codec that is not about text.

    >>> declared_encoding(b'<meta charset="GB2312">', None)
    ('gb18030', 'GB2312')
    """
    header_label = _label(content_type.encode("ascii", "replace")) if content_type else None
    if header_label is not None:
        codec = widest(http_content_type_encoding(content_type)) or codec_of(header_label)
        if codec is not None:
            return codec, header_label
    head = body[:HEAD_BYTES]
    label = _label(head)
    if label is None:
        return None, header_label
    codec = codec_in_page(head)
    return codec, _as_written(head, codec) or label


def codec_in_page(body: bytes) -> str | None:
    """Returns the codec that the page itself declares, whatever the header says, or None."""
    head = body[:HEAD_BYTES]
    label = _label(head)
    return None if label is None else widest(html_body_declared_encoding(head)) or codec_of(label)


def codec_of(label: str | None) -> str | None:
    """Returns the codec for a label, or None.

    >>> codec_of("x-gbk"), codec_of("utf-7"), codec_of("rot13")
    ('gb18030', None, None)
    """
    if label is None:
        return None
    return _LABELS.get(label.lower()) or widest(resolve_encoding(label))


def widest(codec: str | None) -> str | None:
    """Returns the codec of the widest set that a page in `codec` may use; None for codecs that are no text encoding."""
    if codec is None or codec in _NEVER:
        return None
    codec = _WIDER.get(codec, codec)
    try:
        b"a".decode(codec)
    except (LookupError, UnicodeError):  # base64, rot13: codecs, but none of text
        return None
    return codec


def _label(head: bytes) -> str | None:
    lower = head.lower()  # a plain search is forty times as fast as the pattern, and most pages of UTF-8 need nothing else
    places = [at for at in (lower.find(b"charset"), lower.find(b"encoding")) if at >= 0]
    found = _LABEL.search(head, min(places)) if places else None
    return found[1].decode("ascii", "replace") if found else None


def _as_written(head: bytes, codec: str | None) -> str | None:
    """Returns the first label in `head` that names `codec`: w3lib knows which declaration counts, but not how it was spelled."""
    labels = (found[1].decode("ascii", "replace") for found in _LABEL.finditer(head))
    return next((label for label in labels if codec and codec_of(label) == codec), None)
