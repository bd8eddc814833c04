"""What a site's scripts did to the bytes of a page, undone on its text.

Readings put behind characters (`clean.pinyin`) and bytes replaced without regard to character boundaries (`clean.frames`)
tear labels such as 關鍵詞 and 相關閱讀 that the extraction must read, so they are undone for the whole page, before it is
taken apart. Tags end a line here: what is torn never reaches beyond a "<", and a page may have all its text on one line.

So is mojibake, a text that the site itself read in a wrong charset and then wrote as UTF-8 (`clean.mojibake`, ftfy): of it the
extraction would know neither labels nor language, and take some of its characters for white space (U+0085). Only pages that
show the full-width comma, the full stop or the commonest letters of a misread text are looked at: to ask more of every page
would cost more than decoding it. What shows none of these is left to `clean`, field by field.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from newscrawler.clean.edits import Ledger, Note, ignore
from newscrawler.clean.effort import OF_A_PAGE, shared_effort
from newscrawler.clean.frames import frame_shift
from newscrawler.clean.mojibake import MISREADINGS, misread_charset
from newscrawler.clean.pinyin import is_noted, pinyin_leak
from newscrawler.clean.repairs import utf8_mojibake

LEAKS_OF_A_PAGE = 5
_ENDS = '<>"'
"""What a misread piece of a page never reaches across: tags, and the quotes of attributes, whose few words are lost among markup."""
_LOOKS = 8
"""Places of a letter that are looked at for the rest of a sign; in misread text nearly all have it."""

GB = frozenset({"gb18030", "hz"})

# What texts in a charset cannot do without, whole characters or the first bytes of many; below, by the charset that they are read as.
_ONE_BYTE = (
    *(b"\xef\xbc", b"\xe3\x80", b"\xe2\x80"),
    *(letter.encode() for letter in "éáíóüöäñоеа"),
    *(mark.encode(charset) for charset, marks in (("gbk", "，。"), ("big5", "，。"), ("cp932", "、。"), ("euc_jp", "、。")) for mark in marks),
)
_DOUBLE_BYTE = (
    ("gb18030", b"\xef\xbc"),
    ("cp932", b"\xe3\x80"),
    ("cp950", b"\xef\xbc"),
    ("cp949", b"\xef\xbc"),
    ("gb18030", "，".encode("big5")),
    ("gb18030", "の".encode("cp932")),
    ("big5hkscs", "，".encode("gbk")),
)


def undo_scripts(text: str, encoding: str, ledger: Ledger, without: frozenset[str] = frozenset()) -> str:
    """Returns the text of a page, decoded from `encoding`, without torn characters, leaked readings and mojibake.

    Torn characters are looked for where the bytes of GB did not decode, or where readings leaked: the search costs more than
    decoding, and nearly all pages are whole. What a site tore and then wrote anew without a trace of either is left to `clean`.
    Mojibake is looked for in Unicode, which alone has all its characters. Repairs of the kinds in `without` are not made.
    """
    if "frame_shift" not in without and ((encoding in GB and "\ufffd" in text) or is_noted(text)):
        text = mend_frames(text, ledger.under("frame_shift", 0.9))
    if encoding.startswith("utf") and not without >= MISREADINGS and shows_mojibake(text):
        text = read_again(text, ledger, without)
    if "pinyin_leak" not in without and is_noted(text):
        text = pinyin_leak(text, ledger.under("pinyin_leak", 0.95), LEAKS_OF_A_PAGE)
    return text


def mend_frames(text: str, note: Note = ignore) -> str:
    """Returns the text with frame shifts repaired between tags, and nothing else changed; each note has the confidence of its repair."""
    with shared_effort(OF_A_PAGE):
        return _between(text, "<", partial(frame_shift, note=note))


def read_again(text: str, ledger: Ledger, without: frozenset[str] = frozenset()) -> str:
    """Returns the text with what stands between tags read in the charset it was in, where it was read in another one.

    >>> read_again("<b>ÐÂÎÅÁª²¥</b><i title='æ–°é—» è§£å†³'>", Ledger())
    "<b>新闻联播</b><i title='新闻 解决'>"
    """
    text = _between(text, _ENDS, partial(misread_charset, note=ledger.under("misread_charset"), without=without))
    if "utf8_mojibake" in without:
        return text
    return _between(text, _ENDS, partial(utf8_mojibake, note=ledger.under("utf8_mojibake", 0.95)))


def shows_mojibake(text: str) -> bool:
    """Returns whether a page holds some of the commonest signs of misread text; it costs a few looks for one character each, a tenth of a look for two.

    >>> shows_mojibake("<p>ä»Šå¤©ï¼Œ"), shows_mojibake("<p>浠婂ぉ锛屼粬"), shows_mojibake("<p>今天，É")
    (True, True, False)
    """
    return any(sign in text and (sign not in _LATIN_SIGNS or _is_followed(text, sign)) for sign in _FIRST_SIGNS)


def _is_followed(text: str, first: str) -> bool:
    """Returns whether one of the first places of a character goes on as a sign does; the letter itself is good French or Portuguese."""
    at = -1
    for _ in range(_LOOKS):
        at = text.find(first, at + 1)
        if at < 0:
            return False
        if text[at + 1 : at + 2] in _LATIN_SIGNS[first]:
            return True
    return False


def _between(text: str, ends: str, repair: Callable[[str], str]) -> str:
    """Returns the text with what stands between characters of `ends` repaired line by line; places stay what they are in the text."""
    lines = text
    for end in ends:
        lines = lines.replace(end, "\n")
    repaired = repair(lines)
    if repaired == lines:
        return text
    pieces, breaks = repaired.split("\n"), re.findall(f"[{ends}\n]", text)
    return "".join(piece + end for piece, end in zip(pieces, [*breaks, ""], strict=True))


def _as_latin1(raw: bytes) -> set[str]:
    """Returns bytes as the two sets read them that are called Latin-1."""
    return {raw.decode("latin-1"), raw.decode("cp1252", "ignore")}


def _latin_signs() -> dict[str, frozenset[str]]:
    """Returns the signs of text read as Latin-1: by their first characters, the second ones."""
    signs = {sign for raw in _ONE_BYTE for sign in _as_latin1(raw) if len(sign) == len(raw)}
    return {first: frozenset(sign[1] for sign in signs if sign[0] == first) for first in sorted({sign[0] for sign in signs})}


_SIGNS = tuple(dict.fromkeys(raw.decode(outer)[0] for outer, raw in _DOUBLE_BYTE))
_LATIN_SIGNS = _latin_signs()
_FIRST_SIGNS = (*_SIGNS, *_LATIN_SIGNS)
