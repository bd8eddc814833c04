"""Text -> text + repairs: undoes what was done to a text on its way, and leaves a whole text as it is.

`clean_text` is the front function; `repairs` holds one function a kind, `pinyin` the one with a theory, `edits` how a
change is noted. Most texts need nothing: one regular expression finds that out, and the text comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from newscrawler.clean import repairs
from newscrawler.clean.edits import Ledger, Note
from newscrawler.clean.frames import frame_shift, is_marked
from newscrawler.clean.pinyin import TONED, is_noted, pinyin_leak
from newscrawler.items import Cleaned

__all__ = ["KINDS", "clean_text", "count_lost"]

_REPAIRS: tuple[Callable[[str, Note], str], ...] = (
    repairs.html_entities,
    repairs.lone_surrogates,
    frame_shift,  # while its "?" and "(" still say what happened
    repairs.utf8_mojibake,  # before the invisible ones: U+00A0, U+00AD and C1 are continuation bytes here
    repairs.c1_controls,
    repairs.nul_controls,
    repairs.bom_inside,
    repairs.zero_width,
    repairs.soft_hyphens,
    repairs.odd_spaces,
    repairs.nfc,
    pinyin_leak,
)
KINDS = frozenset(repair.__name__ for repair in _REPAIRS)
_CONFIDENCE = {"utf8_mojibake": 0.95, "pinyin_leak": 0.95, "html_entities": 0.99}
_MAX_PASSES = 8

# Every character that some repair, or the count of losses, could be about. Blocks whose characters NFC may change stand as a
# whole (combining marks, Indic, Hangul jamo, compatibility ideographs): a superset costs time, a gap would cost a repair.
_SUSPECT = re.compile(
    f"[&\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u0300-\u1fff\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff\ufffd\ud800-\udfff"
    f"{repairs.MOJIBAKE_LEADS}{TONED}"
    "\u2126-\u212b\u2329\u232a\u2adc\u302a-\u302f\u3099\u309a\ua66f-\uabff\uf900-\ufb4f\ufe20-\ufe2f"
    "锟錕烫燙屯\U00010000-\U0001efff\U0002f800-\U0002fa1f]"
)
_LOST = re.compile("\ufffd|(?:[锟錕]斤拷)+|[烫燙]{3,}|屯{3,}")


def clean_text(text: str, *, without: frozenset[str] = frozenset()) -> Cleaned:
    """Returns the text repaired and in NFC, with each change and the number of characters lost for good.

    It does not change width, quotes or script, and does not guess what is lost. Repairing the result changes nothing more.
    Repairs of the kinds in `without` are not made.
    `start` of a repair counts in the text that this repair was given, so after those listed before it.

    >>> clean_text("è§£å†³&nbsp;问题\\ufeff").text
    '解决 问题'
    """
    if _is_plain_ascii(text) or not (_SUSPECT.search(text) or is_marked(text) or is_noted(text)):
        return Cleaned(text)
    ledger = Ledger()
    steps = tuple(repair for repair in _REPAIRS if repair.__name__ not in without) if without else _REPAIRS
    for _ in range(_MAX_PASSES):
        before, text = text, _pass(text, steps, ledger)
        if text == before:
            break
    return Cleaned(text, tuple(ledger.repairs), count_lost(text))


def count_lost(text: str) -> int:
    """Returns how many characters are known to be lost: U+FFFD, and what U+FFFD (锟斤拷) or empty memory (烫烫烫) look like as GBK.

    >>> count_lost("锟斤拷锟斤拷 and \\ufffd")
    7
    """
    return sum(len(loss[0]) for loss in _LOST.finditer(text))


def _is_plain_ascii(text: str) -> bool:
    """Returns whether an ASCII text needs nothing: what the regular expression would say, at a quarter of its price."""
    return text.isascii() and "&" not in text and text.replace("\n", "").replace("\t", "").isprintable()


def _pass(text: str, steps: tuple[Callable[[str, Note], str], ...], ledger: Ledger) -> str:
    """Returns the text after every repair once; what one repair uncovers for an earlier one is left for the next pass."""
    for repair in steps:
        kind = repair.__name__
        text = repair(text, ledger.under(kind, _CONFIDENCE.get(kind, 1.0)))
    return text
