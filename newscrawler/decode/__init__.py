"""Bytes -> text: the bytes decide, the declaration is a hint.

In this order: a byte order mark, or the NULs of UTF-16 (`utf`); the escapes of the encodings in seven bits (`seven_bit`);
valid UTF-8, whatever was declared; UTF-8 with a cut tail or bad bytes, as long as most of it is valid; else the encoding
under which the text reads best (`guess`, `languages`), the declared one preferred a little, read as browsers read it
(`legacy`). Blocks of a page that are in another encoding than the rest are read in theirs (`mixed`). What cannot be decoded
is marked as U+FFFD, and costs its own line at most.

Then what a site's scripts did to the bytes is undone, as far as the text still tells (`undo`), since labels such as
關(guān)鍵詞 must be readable for what comes next; so is mojibake that a site wrote itself.

Where it fails: a few words of another encoding that happen to be valid UTF-8 (联通 in GBK) are read as UTF-8; one word in an
alphabet may be read in the encoding of another one, unless the page declares its own.
"""

from __future__ import annotations

from newscrawler.clean.edits import Ledger
from newscrawler.clean.mojibake import MISREADINGS
from newscrawler.decode.declared import codec_in_page, declared_encoding
from newscrawler.decode.guess import PLAUSIBLE, guess_encoding, guess_wide, reads_as_double_byte, take_sample
from newscrawler.decode.legacy import decode_legacy
from newscrawler.decode.likelihood import likelihood
from newscrawler.decode.mixed import read_foreign_blocks, without_utf8_runs
from newscrawler.decode.seven_bit import count_pairs, find_seven_bit, raise_bits
from newscrawler.decode.undo import undo_scripts
from newscrawler.decode.utf import CUT_TAIL, SURE, decode_utf8, decode_wide, is_cut, split_mark, weigh_utf8
from newscrawler.items import Decoded

__all__ = ["KINDS", "decode_page"]

KINDS = MISREADINGS | {"frame_shift", "mixed_encoding", "pinyin_leak"}
"""The kinds of repair that `decode_page` makes."""

_ASCII = bytes(range(128))


def decode_page(body: bytes, content_type: str | None = None, *, without: frozenset[str] = frozenset()) -> Decoded:
    """Returns the text of `body` with the codec used, the label declared (header before page) and the repairs made.

    Repairs of the kinds in `without` are not made. It does not parse the page, resolve references or normalise. Never raises:
    undecodable bytes become U+FFFD.

    >>> decode_page("新闻：今天的天气很好。".encode("gbk"), "text/html; charset=utf-8").encoding
    'gb18030'
    """
    codec, declared = declared_encoding(body, content_type)
    ledger = Ledger()
    text, encoding = _decode(body, codec, ledger, without)
    text = undo_scripts(text, encoding, ledger, without)
    return Decoded(text, encoding, declared, tuple(ledger.repairs))


def _decode(body: bytes, declared: str | None, ledger: Ledger, without: frozenset[str]) -> tuple[str, str]:
    """Returns the text and the codec used."""
    body, marked = split_mark(body)
    if marked and marked != "utf-8":  # editors put the mark of UTF-8 before anything; the rest must bear it out
        return decode_wide(body, marked), marked
    if seven_bit := _seven_bit(body):
        return decode_legacy(*raise_bits(body, seven_bit)), seven_bit
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return _decode_other(body, declared, ledger, without)


def _seven_bit(body: bytes) -> str | None:
    """Returns the encoding in seven bits that `body` is in, even with a few spoiled bytes, or None."""
    name = find_seven_bit(body)
    if name is None or (not body.isascii() and count_pairs(body, name) <= 2 * len(body.translate(None, _ASCII))):
        return None
    if name == "hz" and likelihood(take_sample(raise_bits(body, name)[0]), "gb18030") < PLAUSIBLE:
        return None  # "~{" has other uses
    return name


def _decode_other(body: bytes, declared: str | None, ledger: Ledger, without: frozenset[str]) -> tuple[str, str]:
    """Returns the text and the codec used of a body that is not valid UTF-8."""
    if wide := guess_wide(body):
        return decode_wide(body, wide), wide
    text, encoding = decode_utf8(body), "utf-8"
    hints = tuple(hint for hint in (declared, codec_in_page(body)) if hint)
    if not _is_utf8(body, weigh_utf8(text, cut=is_cut(body), declared="utf-8" in hints), hints):
        encoding = guess_encoding(without_utf8_runs(body), hints)
        text = decode_legacy(body, encoding)
    if "mixed_encoding" not in without:
        text = read_foreign_blocks(body, text, encoding, ledger.under("mixed_encoding", 0.9))
    return text, encoding


def _is_utf8(body: bytes, weight: float, hints: tuple[str, ...]) -> bool:
    """Returns whether a body that is not valid UTF-8 is UTF-8 after all. Few characters of another encoding may look so by chance."""
    if weight <= 0:
        return False
    if weight > SURE:
        return True
    # A page that says it is something else needs more evidence than one cut sequence at its end.
    return not reads_as_double_byte(without_utf8_runs(body)) and (weight > CUT_TAIL or hints[:1] in ((), ("utf-8",)))
