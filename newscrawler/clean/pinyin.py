"""Pinyin leaks: a web site's script meant to gloss rare characters put their readings into the running text.

企業(yè)產(chǎn)品 was 企業產品. The damage requires a Han character, half-width brackets directly after it, and in them one syllable
that is a reading of this very character. Which characters are glossed differs from page to page, so no table is known here; what
tells a leak from a person's note about a reading, 行(xíng), is how it comes:

- a script glosses a character wherever it stands, and always with the same reading; a person glosses once, or in two readings;
- a script with tone marks glosses characters that Simplified text has not (GB 2312): of 3,200 such leaks none was on another;
- a script glosses common characters with their common reading; a person glosses the rare ones and the rare readings;
- a script glosses a part of the text; a text for learners glosses most of it, and stays as it is;
- a text about readings says so (拼音, 讀音), and there only many leaks are believed.

Several toned leaks, or one on a common character, are enough. Toneless glosses, 想(xiang)象一(yi)下, are strewn at random, so they
must be several, and different. Some sites write a space into the bracket, 會(huì )議, or after it.

Where it fails: a Traditional text for learners that glosses only some characters loses its readings; a Simplified one that leaks
readings with tone marks keeps them (none was found); so does a short text of which more than half is glossed, unless all the
glosses are on Traditional characters and something is not glossed. Leaks inserted without regard to character boundaries
(車?yán)^續) are the business of `frames`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawler.chinese.gbk import characters, is_simplified, pairs
from newscrawler.chinese.readings import normal, readings, reads, toneless
from newscrawler.clean.edits import Note, ignore

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
SYLLABLE = rf"[a-zɡɑüêăĕĭŏŭ{TONED}\u0300-\u030c]{{1,10}}"
"""Pattern of what may be a syllable of pinyin: a superset."""

# The bracket stands first so that the search runs from bracket to bracket. The space after counts only if every leak has one.
_LEAK = re.compile(rf"\((?:(?<=[{HAN}]\()|(?<=[{HAN}][@-~]\()) ?({SYLLABLE}) ?\)")
_HAN = re.compile(f"[{HAN}]")
_ABOUT_READINGS = re.compile("拼音|[读讀][音作为為]|念作|[发發]音|多音字|声调|聲調|同音|注音|pinyin")
_COMMON = 40
"""Counts per million from which a character is one that nobody needs a note on."""
_SEVERAL = 3
"""Different characters of Traditional text, always noted, that are no coincidence."""
_CERTAIN = 6
"""The same in a text that speaks of readings."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A bracket at `start`:`end` that holds a reading of the character before it.

    `char` is that character; before an ASCII letter it is what its byte and the last one before it are in GBK, where a script
    that worked on bytes saw it: 步M(zǔ)onty, where BD of 步 and M are 組.
    """

    start: int
    end: int
    char: str
    reading: str

    @property
    def toned(self) -> bool:
        """Whether the reading is as a table with tone marks has it: marked, or one of those that have no tone (的 de)."""
        return self.reading in readings(self.char)


def pinyin_leak(text: str, note: Note = ignore, at_least: int = 1) -> str:
    """Returns the text without the readings that a script put behind characters; a text that people wrote about readings stays.

    Fewer leaks than `at_least` stay: a whole page, of which much is no running text, deserves more caution than a paragraph.

    Only half-width brackets are looked at. A reading in capitals, a syllable that is no reading of its character, and two
    syllables in one bracket stay.

    >>> pinyin_leak("企業(yè)產(chǎn)品的關(guān)鍵")
    '企業產品的關鍵'
    >>> pinyin_leak("行(xíng)")
    '行(xíng)'
    """
    while len(leaks := _leaks_of_a_script(text)) >= max(at_least, 1):
        text = _without(text, leaks, note)  # again, for what was leaked twice: 國(guó)(guó)
        at_least = 1
    return text


def is_noted(text: str) -> bool:
    """Returns whether a text has a bracket after a Han character that may hold a reading; cheap."""
    return "(" in text and _LEAK.search(text) is not None


def _leaks_of_a_script(text: str) -> list[Leak]:
    """Returns the leaks to remove, in the order of the text."""
    leaks = find_leaks(text)
    if not leaks or _is_for_learners(text, leaks):
        return []
    return sorted({*_toned_leaks(text, leaks), *_toneless_leaks(text, leaks)}, key=lambda leak: leak.start)


def find_leaks(text: str) -> list[Leak]:
    """Returns the brackets that hold a reading of the character before them, whether meant or leaked.

    >>> [leak.reading for leak in find_leaks("產(chǎn)品(pǐn )羽毛(ngbjxym)")]
    ['chǎn', 'pǐn']
    """
    if not is_noted(text):
        return []
    found = (Leak(match.start(), match.end(), _annotated(text, match.start()), normal(match[1])) for match in _LEAK.finditer(text))
    return [leak for leak in found if reads(leak.char, leak.reading)]


def _annotated(text: str, bracket: int) -> str:
    """Returns the character that a bracket annotates, "" if there is none."""
    char = text[bracket - 1]
    if not char.isascii():
        return char
    _, trail = pairs().get(text[bracket - 2], (0, 0))
    return characters().get((trail, ord(char)), "")


def _is_for_learners(text: str, leaks: Sequence[Leak]) -> bool:
    """Returns whether so much is glossed that the glosses are the purpose of the text."""
    han = len(_HAN.findall(text))
    if 2 * len(leaks) <= han:
        return False
    return len(leaks) == han or sum(is_simplified(leak.char) for leak in leaks) > len(leaks) // 10


def _toned_leaks(text: str, leaks: Sequence[Leak]) -> list[Leak]:
    """Returns the leaks of a table with tone marks."""
    toned = [leak for leak in leaks if leak.toned]
    kinds = Counter((leak.char, leak.reading) for leak in toned)
    for char, reading in [kind for kind, times in kinds.items() if times == 1 and kind[1] == toneless(kind[1])]:
        if is_simplified(char) or reading != readings(char)[0]:
            del kinds[char, reading]  # once without a tone, 的(de), may be a coincidence
    several = Counter(char for char, _ in kinds)
    steady = {kind: times for kind, times in kinds.items() if several[kind[0]] == 1 and _is_always_noted(text, kind[0], times)}
    if 2 * len(steady) < len(kinds):
        return []
    telling = {kind: times for kind, times in steady.items() if not is_simplified(kind[0])}
    if _ABOUT_READINGS.search(_without(text, leaks)):
        usual = sum(reading == readings(char)[0] for char, reading in telling)
        return toned if len(telling) >= _CERTAIN or usual == len(telling) >= _SEVERAL + 1 else []
    enough = len(telling) >= _SEVERAL or any(_is_plain(*kind, times) for kind, times in telling.items())
    return toned if enough and not _is_a_list(text, toned) else []


def _is_plain(char: str, reading: str, times: int) -> bool:
    """Returns whether one noted character tells a script: nobody would note this reading of it, or note it again and again."""
    return (reading == readings(char)[0] or times > 1) and _is_common(char)


def _is_always_noted(text: str, char: str, times: int) -> bool:
    """Returns whether a character hardly ever stands in the text without its reading."""
    return 10 * (text.count(char) - times) <= times


def _is_common(char: str) -> bool:
    from newscrawler.chinese.model import load

    return load().commonness(char) >= _COMMON


def _is_a_list(text: str, leaks: Sequence[Leak]) -> bool:
    """Returns whether every noted character stands by itself: 行(xíng)：走。 or 馬(mǎ)、鳥(niǎo)、魚(yú)."""
    return all(not _HAN.match(text, leak.end) and _begins(text, leak.start - 1) for leak in leaks)


def _begins(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] in "\n“「『\"'‘《【、，,；;：: 　/／|"


def _toneless_leaks(text: str, leaks: Sequence[Leak]) -> list[Leak]:
    """Returns the leaks without tone marks if they are several; one coincidence, 米(mi), is none."""
    found = [leak for leak in leaks if leak.reading == toneless(leak.reading)]
    telling = {leak.char for leak in found if len(leak.reading) > 1}
    enough = _CERTAIN if _ABOUT_READINGS.search(_without(text, leaks)) else 2
    return found if len(telling) >= enough else []


def _without(text: str, leaks: Sequence[Leak], note: Note = ignore) -> str:
    """Returns the text without these leaks; notes each with its character, since a reading alone tells a person nothing."""
    spaced = len(leaks) > 1 and all(text[leak.end : leak.end + 1] == " " and not leak.toned for leak in leaks)
    parts, place = [], 0
    for leak in leaks:
        end = leak.end + spaced
        note(leak.start - 1, text[leak.start - 1 : end], text[leak.start - 1])
        parts.append(text[place : leak.start])
        place = end
    return "".join([*parts, text[place:]])
