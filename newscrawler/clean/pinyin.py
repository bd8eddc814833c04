"""Pinyin leaks: a web site's script meant to gloss rare characters put their readings into the running text.

企業(yè)產(chǎn)品 was 企業產品. The damage requires a Han character, half-width brackets directly after it and one toned syllable
in them. One such bracket is how people write about a reading (行(xíng)), so a leak is only what comes in numbers: the
caller says how many. Where more than half of the characters have a reading, it is a text for
learners, and it stays. Where it is known to fail: a text for learners that glosses only some characters loses the readings;
leaks that were inserted into the bytes without regard to character boundaries (車?yán)^續) are not seen; toneless readings
and readings with a space in the bracket stay.
"""

from __future__ import annotations

import re
import unicodedata

from newscrawler.clean.edits import Note, ignore, substitute

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"

# The bracket stands first so that the search runs from bracket to bracket. ɡ and ɑ are the school-book letter forms.
_LEAK = re.compile(rf"\((?<=[{HAN}]\()([a-zɡɑüêăĕĭŏŭ{TONED}\u0300-\u030c]{{1,10}})\)")
_HAN = re.compile(f"[{HAN}]")
_TONE_MARKS = re.compile("[\u0300\u0301\u0304\u0306\u030c]")
_SYLLABLE = re.compile(
    r"(?:[bpmf]?(?:a|o|e|ai|ei|ao|ou|an|en|ang|eng|u)|[bpmdtnljqxy]i(?:e|an|ao|n|ng|u|a|ang|ong)?"
    r"|(?:[dtnlgkhrzcsyw]|[zcs]h)(?:a|e|o|ai|ei|ao|ou|an|en|ang|eng|ong|u|uo|uan|un|ui)"
    r"|(?:[gkh]|[zcs]h)u(?:a|ai|ang)|(?:[zcs]h?|r)i|[jqxy]u(?:e|an|n)?|[nl]ü(?:e|an|n)?|fo|er|ê|n|ng|m|hng|hm|nia|lia)"
)


def pinyin_leak(text: str, note: Note = ignore, at_least: int = 3) -> str:
    """Returns the text without leaked readings if it holds `at_least` of them, else the text as it is.

    >>> pinyin_leak("企業(yè)產(chǎn)品的關(guān)鍵")
    '企業產品的關鍵'
    >>> pinyin_leak("行(xíng)")
    '行(xíng)'
    """
    leaks = sum(is_syllable(leak[1]) for leak in _LEAK.finditer(text))
    if leaks < at_least or 2 * leaks > len(_HAN.findall(text)):
        return text

    def with_its_character(start: int, before: str, after: str) -> None:
        note(start - 1, text[start - 1] + before, text[start - 1] + after)  # a reading alone tells a person nothing

    return substitute(_LEAK, lambda leak: "" if is_syllable(leak[1]) else leak[0], text, with_its_character)


def is_syllable(word: str) -> bool:
    """Returns whether `word` is one pinyin syllable with one tone mark; whether the language uses it is not asked.

    >>> is_syllable("chuǎng"), is_syllable("chuang"), is_syllable("café")
    (True, False, False)
    """
    plain, tones = _TONE_MARKS.subn("", unicodedata.normalize("NFD", word))
    plain = unicodedata.normalize("NFC", plain).replace("ɡ", "g").replace("ɑ", "a")
    return tones == 1 and _SYLLABLE.fullmatch(plain) is not None
