"""Pages in two encodings: blocks (from tag to tag, or a line) in another encoding than the rest of their page.

Templates in UTF-8 around articles in GBK, counters and adverts in UTF-8 on a GBK page, a quotation pasted from Windows: the
page as a whole has one encoding, and a few blocks have another. It requires that a block as a whole is in one encoding. In a
UTF-8 page the blocks that hold no valid UTF-8 are looked at together, since they mostly have one origin; in any other page
the blocks that are valid UTF-8 of three-byte characters and read better so.

What it cannot do: tell two legacy encodings on one page apart, change the encoding inside a block, or read a block whose
bytes fit both. Bytes left over from a spoiled UTF-8 character stay U+FFFD: a lone byte counts as Windows-1252 only where it
is a letter or a quote there that no half of a two-byte sequence can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from newscrawler.clean.edits import Note
from newscrawler.decode.guess import CHINESE_SETS, CLEAR, PLAUSIBLE, best_reading, foreign_pieces, score, take_sample
from newscrawler.decode.languages import CHINESE, DOUBLE_BYTE, HANGUL, JAPANESE, LATIN_ALPHABETS, Script
from newscrawler.decode.legacy import decode_legacy
from newscrawler.decode.likelihood import likelihood
from newscrawler.decode.utf import decode_utf8, weigh_utf8

Block = tuple[int, int, str]

# What comes before is asked after the first byte: a pattern that begins with a set of bytes is searched for much faster.
_UTF8_RUN = re.compile(rb"[\xe2-\xef](?<![\x80-\xff].)[\x80-\xbf]{2}(?:[\xe2-\xef][\x80-\xbf]{2}){2,}(?![\x80-\xff])", re.DOTALL)
# Accented small letters from E0 on and curly quotes, between ASCII: neither is half of a UTF-8 sequence of two bytes.
_WINDOWS = re.compile(rb"(?:[\x00-\x7f]+[\x91-\x97\xa0\xab\xbb\xe0-\xff])+[\x00-\x7f]*|[\xe0-\xff\x91-\x97][\x00-\x7f]+")
_WORD = re.compile(rb"[\x80-\xff]{4}")
_EAST_ASIAN = Script("utf-8", CHINESE + JAPANESE + HANGUL)
_DOUBLE_BYTE = {script.codec: script for script in DOUBLE_BYTE}
_LATIN = frozenset(script.codec for script in LATIN_ALPHABETS)


def read_foreign_blocks(body: bytes, text: str, encoding: str, note: Note) -> str:
    """Returns `text`, which is `body` read as `encoding`, with the blocks of other encodings read in theirs; each is noted.

    >>> page = "<p>中文</p><p>".encode() + "新闻：今天的天气很好".encode("gbk") + b"</p>"
    >>> read_foreign_blocks(page, page.decode("utf-8", "replace"), "utf-8", lambda start, before, after: None)
    '<p>中文</p><p>新闻：今天的天气很好</p>'
    """
    if encoding == "utf-8" and "\ufffd" in text:
        return _rewrite(body, text, decode_utf8, list(_blocks_in_utf8(body)), note)
    if encoding != "utf-8" and _UTF8_RUN.search(body):
        return _rewrite(body, text, lambda part: decode_legacy(part, encoding), list(_utf8_blocks(body, encoding)), note)
    return text


def without_utf8_runs(body: bytes) -> bytes:
    """Returns `body` without runs of three-byte UTF-8, which would blur what the rest of a mixed page is in."""
    return _UTF8_RUN.sub(b"", body) if _UTF8_RUN.search(body) else body


def _blocks_in_utf8(body: bytes) -> Iterator[Block]:
    """Yields the blocks of a UTF-8 page that are no UTF-8, with their texts."""
    blocks = [block for block in foreign_pieces(body) if _is_no_utf8(block[0])]
    sample = take_sample(b"\n".join(block[0] for block in blocks))
    codec, points = best_reading(sample) if sample else ("", 0.0)
    for block in blocks if points >= CLEAR else ():
        text = decode_legacy(block[0], codec)
        if "\ufffd" not in text and _may_be(block[0], codec):
            yield block.start(), block.end(), text


def _may_be(block: bytes, codec: str) -> bool:
    """Returns whether a block may be in `codec`, rather than what is left of spoiled UTF-8."""
    if codec in _DOUBLE_BYTE:
        return score(block, _DOUBLE_BYTE[codec]) > 0 or (codec in CHINESE_SETS and likelihood(block, codec) > PLAUSIBLE)
    if codec in _LATIN:
        return _WINDOWS.fullmatch(block) is not None
    return _WORD.search(block) is not None


def _is_no_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return weigh_utf8(decode_utf8(block)) <= 0
    return False


def _utf8_blocks(body: bytes, encoding: str) -> Iterator[Block]:
    """Yields the blocks of a page in `encoding` that are UTF-8 and read better so."""
    for block in foreign_pieces(body):
        if not _UTF8_RUN.search(block[0]):
            continue
        try:
            text = block[0].decode()
        except UnicodeDecodeError:
            continue
        if score(block[0], _EAST_ASIAN) > score(block[0], _EAST_ASIAN._replace(codec=encoding)):
            yield block.start(), block.end(), text


def _rewrite(body: bytes, text: str, decode: Callable[[bytes], str], blocks: list[Block], note: Note) -> str:
    """Returns the text of `body` with `blocks` put in place; `text` where there are none."""
    if not blocks:
        return text
    parts, at, length = [], 0, 0
    for start, end, right in blocks:
        gap, wrong = decode(body[at:start]), decode(body[start:end])
        note(length + len(gap), wrong, right)
        length += len(gap) + len(wrong)
        parts += [gap, right]
        at = end
    return "".join([*parts, decode(body[at:])])
