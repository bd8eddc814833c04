"""What a site's scripts did to the bytes of a page, undone on its text.

Readings put behind characters (`clean.pinyin`) and bytes replaced without regard to character boundaries (`clean.frames`)
tear labels such as 關鍵詞 and 相關閱讀 that the extraction must read, so they are undone for the whole page, before it is
taken apart. Tags end a line here: what is torn never reaches beyond a "<", and a page may have all its text on one line.
"""

from __future__ import annotations

from newscrawler.clean.edits import Ledger, Note, ignore
from newscrawler.clean.frames import frame_shift
from newscrawler.clean.pinyin import is_noted, pinyin_leak

LEAKS_OF_A_PAGE = 5
GB = frozenset({"gb18030", "hz"})


def undo_scripts(text: str, encoding: str, ledger: Ledger, without: frozenset[str] = frozenset()) -> str:
    """Returns the text of a page, decoded from `encoding`, without torn characters and leaked readings.

    Torn characters are looked for where the bytes of GB did not decode, or where readings leaked: the search costs more than
    decoding, and nearly all pages are whole. What a site tore and then wrote anew without a trace of either is left to `clean`.
    Repairs of the kinds in `without` are not made.
    """
    if "frame_shift" not in without and ((encoding in GB and "\ufffd" in text) or is_noted(text)):
        text = mend_frames(text, ledger.under("frame_shift", 0.9))
    if "pinyin_leak" not in without and is_noted(text):
        text = pinyin_leak(text, ledger.under("pinyin_leak", 0.95), LEAKS_OF_A_PAGE)
    return text


def mend_frames(text: str, note: Note = ignore) -> str:
    """Returns the text with frame shifts repaired between tags, and nothing else changed."""
    edits: list[tuple[int, str, str]] = []
    frame_shift(text.replace("<", "\n"), lambda start, before, after: edits.append((start, before, after)))
    if not edits:
        return text
    parts, at = [], 0
    for start, before, after in sorted(edits):
        note(start, before, after)
        parts += [text[at:start], after]
        at = start + len(before)
    return "".join([*parts, text[at:]])
