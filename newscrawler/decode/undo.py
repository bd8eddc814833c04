"""What a site's scripts did to the bytes of a page, undone on its text.

Readings put behind characters (`clean.pinyin`) tear labels such as 關鍵詞 and 相關閱讀 that the extraction must read, so they
are undone for the whole page, before it is taken apart.
"""

from __future__ import annotations

from newscrawler.clean.edits import Ledger
from newscrawler.clean.pinyin import pinyin_leak

LEAKS_OF_A_PAGE = 5


def undo_scripts(text: str, encoding: str, ledger: Ledger, without: frozenset[str] = frozenset()) -> str:
    """Returns the text of a page, decoded from `encoding`, without leaked readings. The place for all such repairs of whole pages.

    Repairs of the kinds in `without` are not made.
    """
    if "pinyin_leak" in without or "(" not in text:
        return text
    return pinyin_leak(text, ledger.under("pinyin_leak", 0.95), LEAKS_OF_A_PAGE)
