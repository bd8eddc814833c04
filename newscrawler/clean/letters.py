"""Latin letters that a page shows as Han characters: 鲍罢贵-8 was UTF-8.

Theory. One converter between Big5 and GBK maps the 52 letters to 52 Han characters whose readings it sorts by (础 for A, 叠 for
B, ... 补 for a, 产 for b ...); the table is the converter's, the same on every page it spoiled. Each of these is a Han character
of its own, so a letter is put back only in a run that makes hardly any sense as Chinese and is clearly more probable as
letters: three or more, or two in a text that holds such a run.

Where it fails: single letters; a run next to a character that is in the table but meant as it stands.
"""

from __future__ import annotations

import re

from newscrawler.chinese.model import load
from newscrawler.clean.edits import Note, ignore, substitute

_LETTERS = dict(
    zip(
        "础叠颁顿贰贵骋贬滨闯碍尝惭狈翱笔蚕搁厂罢鲍痴奥齿驰窜补产肠诲别蹿驳丑颈箩办濒尘苍辞辫辩谤蝉迟耻惫飞虫测锄",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
_RUN = re.compile(f"[{''.join(_LETTERS)}]{{3,}}")
_SIGN = re.compile(f"[{''.join(_LETTERS)}]" * 3)  # as _RUN, but found faster
_PAIR = re.compile(f"[{''.join(_LETTERS)}]{{2,}}")
_MARGIN_BITS = 6.0
_BITS_AS_HAN = 14.5
"""A run must cost this much a character as Chinese."""
_WORD = 5
"""Small letters alone are a word from this length: their characters are the common ones."""


def letters_as_hanzi(text: str, note: Note = ignore) -> str:
    """Returns the text with runs of these characters as letters where Chinese makes no sense of them.

    >>> letters_as_hanzi("没有统一使用鲍罢贵-8")
    '没有统一使用UTF-8'
    >>> letters_as_hanzi("补办产权")
    '补办产权'
    """
    if not is_spelled(text) or all(_spell(run) == run[0] for run in _RUN.finditer(text)):
        return text
    return substitute(_PAIR, _spell, text, note)


def is_spelled(text: str) -> bool:
    """Returns whether three of these characters stand together; cheap."""
    return _SIGN.search(text) is not None


def _spell(run: re.Match[str]) -> str:
    model, before = load(), run.string[max(0, run.start() - 2) : run.start()]
    letters = "".join(_LETTERS[char] for char in run[0])
    old, new = model.bits(run[0], before), model.bits(letters, before)
    if letters.islower() and len(letters) < _WORD:
        return run[0]
    return letters if old - new > _MARGIN_BITS and old > _BITS_AS_HAN * len(letters) else run[0]
