"""GBK as a table: which two bytes are which character.

This is code page 936 as web sites use it: lead bytes 0x81-0xFE, trail bytes 0x40-0x7E and 0x80-0xFE, 0x80 alone the euro sign.
The user-defined cells (0xAAA1-0xAFFE, 0xF8A1-0xFEFE, 0xA140-0xA7A0) and the few empty ones have no character here; a decoder for
GB18030 shows them as private-use characters, so those are known as spellings of bytes, never as characters of a text.
"""

from __future__ import annotations

from functools import cache

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
EURO = 0x80


@cache
def pairs() -> dict[str, tuple[int, int]]:
    """Returns the two bytes of every character that GBK has.

    >>> pairs()["海"]
    (186, 163)
    """
    return {char: pair for pair, char in characters().items()}


@cache
def characters() -> dict[tuple[int, int], str]:
    """Returns the character of every pair of bytes that has one."""
    decoded = {(lead, trail): bytes((lead, trail)).decode("gbk", "ignore") for lead in LEADS for trail in TRAILS}
    return {pair: char for pair, char in decoded.items() if len(char) == 1 and not char.isascii()}


@cache
def spellings() -> dict[str, tuple[int, int]]:
    """Returns the two bytes behind every character that a decoder may have shown for a pair: `pairs` and the private-use ones."""
    private: dict[str, tuple[int, int]] = {}
    for lead in LEADS:
        for trail in TRAILS:
            shown = bytes((lead, trail)).decode("gb18030", "ignore")
            if len(shown) == 1 and (lead, trail) not in characters():
                private[shown] = (lead, trail)
    return private | pairs()


def is_han(char: str) -> bool:
    """Returns whether a character is a Han ideograph of the blocks that GBK draws from (〇 included).

    >>> is_han("海"), is_han("。")
    (True, False)
    """
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char == "〇"


def is_simplified(char: str) -> bool:
    """Returns whether a Han character is in GB 2312, the set of Simplified writing; what is not there is Traditional or rare.

    >>> is_simplified("学"), is_simplified("學"), is_simplified("人")
    (True, False, True)
    """
    lead, trail = pairs().get(char, (0, 0))
    return 0xB0 <= lead <= 0xF7 and trail >= 0xA1


@cache
def is_traditional(char: str) -> bool:
    """Returns whether a character is in Big5, the set of Traditional writing; what is not there is Simplified or rare.

    >>> is_traditional("学"), is_traditional("學"), is_traditional("人")
    (False, True, True)
    """
    return bool(char.encode("big5", "ignore"))
