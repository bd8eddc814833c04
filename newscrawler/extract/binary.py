"""Bytes that are no text, by what they begin with and by the characters in them, whatever the header says.

No encoding of text uses the control characters of ASCII but for white space and the shifts of ISO 2022 (ESC, SO, SI), and damage to a text
brings few: on 1,000 real pages at most 3 in 10,000 bytes. Of random or compressed bytes they are a tenth. NULs are another thing: pages
are padded with them, and UTF-16 and UTF-32 have them by nature.

It fails for noise that is printable: a text in base64, say, is no worse than a text in a language that nobody knows.
"""

from __future__ import annotations

from codecs import BOM_UTF8

from newscrawler.decode.guess import guess_wide
from newscrawler.decode.utf import split_mark

_BEGINNINGS = {
    "PDF": (b"%PDF",),
    "PostScript": (b"%!PS",),
    "RTF": (b"{\\rtf",),
    "a picture": (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"BM\x00", b"\x00\x00\x01\x00"),
    "a zip file": (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
    "compressed data": (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"Rar!", b"7z\xbc\xaf"),
    "sound or film": (b"RIFF", b"OggS", b"ID3", b"fLaC", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00 ftyp"),
    "a program": (b"\x7fELF", b"MZ\x90"),
    "a font": (b"wOFF", b"wOF2"),
    "an office file": (b"\xd0\xcf\x11\xe0",),
}
_HEAD = 1024
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\v\f\r\x0e\x0f\x1b"}) + b"\x7f"
_MOST, _FEW = 0.04, 8
"""The share of control characters that no text has, and how many of them say nothing yet."""


def told_binary(body: bytes) -> str | None:
    """Returns what a body is in place of text, "PDF" say; None for text in any encoding, damaged or not. Never raises.

    >>> told_binary(b"%PDF-1.7 ..."), told_binary(b"<p>Prices rose.</p>")
    ('PDF', None)
    """
    head = body.removeprefix(BOM_UTF8)[:_HEAD].lstrip()
    for name, beginnings in _BEGINNINGS.items():
        if head.startswith(beginnings):
            return name
    return "binary data" if _has_nuls(body[:_HEAD]) or _is_noise(body) else None


def _has_nuls(head: bytes) -> bool:
    """Returns whether a body's head has NUL bytes that UTF-16 or UTF-32 does not explain."""
    if b"\x00" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return False
    even, odd = head[::2].count(0), head[1::2].count(0)
    return b"<" not in head or (head.count(b"\x00") * 4 >= len(head) and min(even, odd) * 2 > max(even, odd))


def _is_noise(body: bytes) -> bool:
    """Returns whether too many bytes are control characters, other than those that are halves of UTF-16 and quarters of UTF-32."""
    controls = len(body) - len(body.translate(None, _CONTROLS))
    if controls < _FEW or controls < _MOST * (len(body) - body.count(0)):
        return False
    return split_mark(body)[1] in (None, "utf-8") and guess_wide(body) is None
