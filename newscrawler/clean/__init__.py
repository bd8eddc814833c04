"""Text -> text + repairs: undoes what was done to a text on its way, and leaves a whole text as it is.

`clean_text` is the front function; `repairs` holds one function a kind (`entities` one of them),
`edits` how a change is noted. Those with a theory
have their own modules: `mojibake` (a charset read as another; `trials` is one such reading of one line, `charsets` the tables,
`lost_bytes` what is guessed), `half_utf8` (read as two charsets in turn), `letters` (Latin letters as Han characters), `frames`
(GBK out of step: `alignment` is the search, `beam` its bookkeeping, `candidates` and `guesses` the lost characters, `debris` what
the damage leaves, `dropped` a single byte, `effort` how long they look), `pinyin` (readings in the text). Most texts need nothing: a few regular expressions
find that out, and the text comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from newscrawler.clean import repairs
from newscrawler.clean.edits import Ledger, Note
from newscrawler.clean.effort import shared_effort
from newscrawler.clean.entities import html_entities
from newscrawler.clean.frames import frame_shift, is_marked
from newscrawler.clean.half_utf8 import gbk_as_half_utf8, is_half_utf8
from newscrawler.clean.letters import is_spelled, letters_as_hanzi
from newscrawler.clean.mojibake import MISREADINGS, is_garbled, may_be_misread, misread_charset
from newscrawler.clean.pinyin import TONED, is_noted, pinyin_leak
from newscrawler.items import Cleaned

__all__ = ["KINDS", "clean_text", "count_lost", "may_need_repair"]

_Repair = Callable[[str, Note], str]

_REPAIRS: tuple[_Repair, ...] = (
    html_entities,
    repairs.lone_surrogates,
    frame_shift,  # what is left of a shifted line looks like a misread charset, and would be read as one
    gbk_as_half_utf8,
    misread_charset,  # before ftfy, which would break what it does not know
    repairs.utf8_mojibake,  # before the invisible ones: U+00A0, U+00AD and C1 are continuation bytes here
    repairs.c1_controls,
    repairs.nul_controls,
    repairs.bom_inside,
    repairs.zero_width,
    repairs.soft_hyphens,
    repairs.odd_spaces,
    repairs.fullwidth_alnum,
    letters_as_hanzi,
    repairs.nfc,
    pinyin_leak,  # last: it counts readings behind Han characters, and all of them stand as they should by then
)
KINDS = MISREADINGS.union(repair.__name__ for repair in (*_REPAIRS, repairs.folded_punctuation) if repair is not misread_charset)
"""The kinds of repair that may be noted, each of which can be left out."""
_ON_BYTES = (gbk_as_half_utf8, repairs.utf8_mojibake, repairs.c1_controls, repairs.soft_hyphens, repairs.odd_spaces, repairs.fullwidth_alnum)
"""Repairs of characters that are bytes in a misread text."""
_ALL_MISREAD = MISREADINGS | {"gbk_as_half_utf8"}
_CONFIDENCE = {"utf8_mojibake": 0.95, "gbk_as_half_utf8": 0.9, "letters_as_hanzi": 0.9, "pinyin_leak": 0.95, "html_entities": 0.99, "folded_punctuation": 0.9}
_MAX_PASSES = 8
# What cannot be restored: U+FFFD, U+FFFD's three bytes twice as GBK, empty memory as GBK, glyphs of a private font.
_LOST = re.compile("[\ufffd\ue000-\uf8ff]|(?:[锟錕]斤拷)+|[烫燙]{3,}|屯{3,}")
_LOSS_SIGN = re.compile("[\ufffd\ue000-\uf8ff锟錕烫燙屯]")  # one set of characters is found at a tenth of the price


@cache
def _suspect() -> re.Pattern[str]:
    """Returns the pattern of every character that some repair, or the count of losses, could be about by itself.

    Blocks whose characters NFC may change stand as a whole (combining marks, Indic, Hangul jamo, compatibility ideographs): a
    superset costs time, a gap would cost a repair.
    """
    return re.compile(
        f"[&\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u0300-\u1fff\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff\ufffd\ud800-\udfff０-９Ａ-Ｚａ-ｚ锘"
        f"{repairs.MOJIBAKE_LEADS}{TONED}ぁ-ヿㄅ-ㄯ\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f"
        "\u2126-\u212b\u2329\u232a\u2adc\u302a-\u302f\u3099\u309a\ua66f-\uabff\uf900-\ufb4f\ufe20-\ufe2f"
        "锟錕烫燙屯\U00010000-\U0001efff\U0002f800-\U0002fa1f]"
    )


@cache
def _alone() -> re.Pattern[str]:
    """Returns the pattern of those of these characters that say so by themselves, not only in the company that `_in_company` asks for."""
    return re.compile(
        "[&\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u0300-\u0375\u037e\u0387\u0483-\u0489\u0530-\u1fff\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff\ufffd\ud800-\udfff"
        "０-９Ａ-Ｚａ-ｚ锘\ue000-\uf8ff\ufe30-\ufe6f\uff61-\uff9f"
        "\u2126-\u212b\u2329\u232a\u2adc\u302a-\u302f\u3099\u309a\ua66f-\uabff\uf900-\ufb4f\ufe20-\ufe2f"
        "锟錕烫燙屯\U00010000-\U0001efff\U0002f800-\U0002fa1f]"
    )


def _in_company(text: str) -> bool:
    """Returns whether letters of Latin-1, Greek, Cyrillic or kana stand together as they do in misread text: "é" alone is a letter."""
    return repairs.has_mojibake(text) or may_be_misread(text) or is_half_utf8(text)


def clean_text(text: str, *, without: frozenset[str] = frozenset(), restore_punctuation: bool = False) -> Cleaned:
    """Returns the text repaired and in NFC, with each change and the number of characters lost for good.

    It does not change script, quotes or the width of punctuation; with `restore_punctuation` ASCII marks between Han characters
    become full-width. What a lost byte leaves open is guessed only where the rest of the character stands, and the repair says
    how probable the guess is; a guess of less than 0.9 counts as lost. Repairs of the kinds in `without` are not made. Repairing the
    result changes nothing more. `start` of a repair counts in the text that the step of its kind was given, so after the repairs of
    the steps before it, not after those of its own step; these are listed in the order of that text.

    >>> clean_text("è§£å†³&nbsp;问题\\ufeff").text
    '解决 问题'
    """
    if _is_plain_ascii(text) or not (restore_punctuation or may_need_repair(text)):
        return Cleaned(text)
    ledger = Ledger()
    steps = _steps(without, restore_punctuation=restore_punctuation) if without or restore_punctuation else _STEPS
    with shared_effort():
        for _ in range(_MAX_PASSES):
            before, text = text, _pass(text, steps, ledger)
            if text == before or not (restore_punctuation or may_need_repair(text)):
                break
    halves = sum(repair.kind == "lone_surrogates" and not repair.after for repair in ledger.repairs)
    return Cleaned(text, tuple(ledger.repairs), count_lost(text) + halves + ledger.guessed)


def count_lost(text: str) -> int:
    """Returns how many characters are known to be lost: U+FFFD, what it (锟斤拷) or empty memory (烫烫烫) looks like as GBK, private use.

    Lost characters that left a plain "?" are not counted: nothing tells it from a question.

    >>> count_lost("锟斤拷锟斤拷 and \\ufffd")
    7
    """
    return sum(len(loss[0]) for loss in _LOST.finditer(text)) if _LOSS_SIGN.search(text) else 0


def _is_plain_ascii(text: str) -> bool:
    """Returns whether an ASCII text needs nothing: what the regular expression would say, at a quarter of its price."""
    return text.isascii() and "&" not in text and text.replace("\n", "").replace("\t", "").isprintable()


def may_need_repair(text: str) -> bool:
    """Returns whether some repair, or the count of losses, may have to do with the text: a cheap question; "no" is certain."""
    found = _suspect().search(text)
    if found is not None and (_alone().search(text, found.start()) is not None or _in_company(text)):
        return True
    return is_marked(text) or is_noted(text) or is_spelled(text) or is_garbled(text)


def _steps(without: frozenset[str], *, restore_punctuation: bool = False) -> tuple[tuple[str, _Repair], ...]:
    """Returns the repairs to make, each with its name; `misread_charset` has kinds of its own to leave out."""
    stays = cache(partial(_is_misread, without)) if without & _ALL_MISREAD else None
    steps: list[tuple[str, _Repair]] = []
    for repair in _REPAIRS:
        if repair is misread_charset and without:
            limited = partial(misread_charset, without=without)
            steps.append((repair.__name__, partial(repairs.outside, stays, limited) if stays and "gbk_as_half_utf8" in without else limited))
        elif repair.__name__ not in without:
            steps.append((repair.__name__, partial(repairs.outside, stays, repair) if stays and repair in _ON_BYTES else repair))
    if restore_punctuation and "folded_punctuation" not in without:
        steps.append(("folded_punctuation", repairs.folded_punctuation))
    return tuple(steps)


def _is_misread(kinds: frozenset[str], line: str) -> bool:
    """Returns whether a line was misread in one of these ways: where that is not to be repaired, its bytes stay as they are."""
    ledger = Ledger()
    for repair in (gbk_as_half_utf8, misread_charset, repairs.utf8_mojibake):
        line = repair(line, ledger.under(repair.__name__))
    return any(repair.kind in kinds for repair in ledger.repairs)


_STEPS = _steps(frozenset())


def _pass(text: str, steps: tuple[tuple[str, _Repair], ...], ledger: Ledger) -> str:
    """Returns the text after every repair once; what one repair uncovers for an earlier one is left for the next pass."""
    for kind, repair in steps:
        text = repair(text, ledger.under(kind, _CONFIDENCE.get(kind, 1.0)))
    return text
