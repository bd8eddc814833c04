"""Pinyin leaks: a web site's script meant to gloss rare characters put their readings into the running text.

企業(yè)產(chǎn)品 was 企業產品. The damage requires a Han character, half-width brackets directly after it, and in them one syllable
that is a reading of this very character. Which characters are glossed differs from page to page, so no table is known here; what
tells a leak from a person's note about a reading, 行(xíng), is how it comes:

- a script glosses a character wherever it stands, and always with the same reading; a person glosses once, or in two readings;
- a script with tone marks glosses characters that Simplified text has not (GB 2312): of 3,208 such leaks 6 were on another. So
  glosses on others stay, and where they are more than a few, a person wrote them all: 銀行(háng), 長(zhǎng)大, 重(chóng)慶;
- a script glosses common characters with their common reading; a person glosses the rare ones, the rare readings and names;
- a script glosses in mid-text; a person also sets the character apart, in quotes, in lists: “把(ba)”, 馬(mǎ)、鳥(niǎo)、魚(yú);
- a script glosses a part of the text; a line for learners is glossed for the most part, and stays as it is;
- a text about readings says so (拼音, 讀音, or an entry 覺(jué)：醒), and there only many leaks are believed.

Several toned leaks with a very common character among them, or one on such a character, are enough. Toneless glosses,
想(xiang)象一(yi)下, are strewn at random, so they must be several, and different. Some sites write a space into the bracket,
會(huì )議, or after it.

Where it fails: a Traditional text for learners that glosses only some characters loses its readings; a Simplified one that leaks
readings with tone marks keeps them, as does a short text of which a gloss on a rare character, or few toneless ones, are all
the damage; so does a line of which more than half is glossed, unless all the glosses are on Traditional characters and
something is not glossed. Leaks inserted without regard to character boundaries (車?yán)^續) are the business of `frames`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from newscrawler.chinese.gbk import characters, is_simplified, pairs
from newscrawler.chinese.readings import normal, readings, reads, toneless
from newscrawler.clean.edits import Note, ignore

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
SYLLABLE = rf"[a-zɡɑüêăĕĭŏŭ{TONED}\u0300-\u030c]{{1,10}}"
"""Pattern of what may be a syllable of pinyin: a superset."""

# The bracket stands first so that the search runs from bracket to bracket. The space after counts only if every leak has one.
_LEAK = re.compile(rf"\((?:(?<=[{HAN}]\()|(?<=[{HAN}][@-~]\()) ?({SYLLABLE}) ?\)")
_AGAIN = re.compile(rf"\( ?({SYLLABLE}) ?\)")
_HAN = re.compile(f"[{HAN}]")
_ABOUT_READINGS = re.compile("拼音|[读讀][音作为為]|念作|[发發]音|多音字|声调|聲調|同音|注音|pinyin")
_COMMON = 40
"""Counts per million from which a character is one that nobody needs a note on, if it stands in a word that everybody knows."""
_VERY_COMMON = 150
"""The same for any word, names too (錢(qián)穆: 135)."""
_MOST_COMMON = 1000
"""What makes up half of any text, so that some of it is among four characters that chance chose."""
_KNOWN_WORD = 8.0
"""Bits of a character after the one before it, up to which the two make a word that everybody knows."""
_SEVERAL = 3
"""Different characters of Traditional text, always noted, that are no coincidence."""
_CERTAIN = 6
"""The same in a text that speaks of readings, or if all of them are rare."""
_SEVERAL_TONELESS = 4
"""Different characters noted without tones, in mid-text, that are no coincidence; names in brackets come in twos and threes."""
_EXCEPTIONS = 6
"""So many characters that Simplified text has not are noted, at least, for one that it has and that is noted in a rarer reading."""


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
    spoken = _ABOUT_READINGS.search(_without(text, leaks)) is not None or any(_is_entry(text, leak) for leak in leaks)
    toned, toneless_ones = _toned_leaks(text, leaks, spoken=spoken), _toneless_leaks(text, leaks, spoken=spoken)
    return sorted({*toned, *toneless_ones}, key=lambda leak: leak.start)


def find_leaks(text: str) -> list[Leak]:
    """Returns the brackets that hold a reading of the character before them, whether meant or leaked.

    >>> [leak.reading for leak in find_leaks("產(chǎn)品(pǐn )羽毛(ngbjxym)")]
    ['chǎn', 'pǐn']
    """
    if not is_noted(text):
        return []
    found = (Leak(match.start(), match.end(), _annotated(text, match.start()), normal(match[1])) for match in _LEAK.finditer(text))
    return [replace(leak, end=_end_of_all(text, leak)) for leak in found if reads(leak.char, leak.reading)]


def _end_of_all(text: str, leak: Leak) -> int:
    """Returns where a leak ends with what was leaked again behind it: 國(guó)(guó)."""
    end = leak.end
    while (match := _AGAIN.match(text, end)) and reads(leak.char, normal(match[1])):
        end = match.end()
    return end


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


def _without_lines_for_learners(text: str, leaks: Sequence[Leak]) -> list[Leak]:
    """Returns the leaks that do not stand in a line for learners, whatever the rest of the text is."""
    by_line: dict[int, list[Leak]] = {}
    start = 0
    for leak in leaks:
        start = text.rfind("\n", start, leak.start) + 1 or start
        by_line.setdefault(start, []).append(leak)
    kept = []
    for start, those in by_line.items():
        end = text.find("\n", those[-1].end)
        moved = [replace(leak, start=leak.start - start, end=leak.end - start) for leak in those]
        if not _is_for_learners(text[start : len(text) if end < 0 else end], moved) or not any(is_simplified(leak.char) for leak in those):
            kept += those
    return kept


def _toned_leaks(text: str, leaks: Sequence[Leak], *, spoken: bool) -> list[Leak]:
    """Returns the leaks of a table with tone marks; `spoken` says that the text speaks of readings."""
    toned = [leak for leak in _without_lines_for_learners(text, leaks) if leak.toned]
    kinds = Counter((leak.char, leak.reading) for leak in toned)
    for char, reading in [kind for kind, times in kinds.items() if times == 1 and kind[1] == toneless(kind[1])]:
        if is_simplified(char) or reading != readings(char)[0]:
            del kinds[char, reading]  # once without a tone, 的(de), may be a coincidence
    several, standing = Counter(char for char, _ in kinds), Counter(text) if kinds else Counter()
    steady = {kind for kind, times in kinds.items() if several[kind[0]] == 1 and 10 * (standing[kind[0]] - times) <= times}
    if 2 * len(steady) < len(kinds):
        return []
    telling = {kind for kind in steady if not is_simplified(kind[0])}
    others = [reading == readings(char)[0] for char, reading in kinds if is_simplified(char)]
    if len(others) > len(telling) or _EXCEPTIONS * others.count(False) > len(telling):
        return []
    telling &= {(leak.char, leak.reading) for leak in toned if not _is_set_apart(text, leak)}
    enough = _tell_in_talk(telling) if spoken else _tell(text, toned, telling, kinds)
    return [leak for leak in toned if not is_simplified(leak.char)] if enough else []


def _tell_in_talk(telling: Collection[tuple[str, str]]) -> bool:
    """Returns whether the noted characters tell a script even in a text that speaks of readings."""
    usual = sum(reading == readings(char)[0] for char, reading in telling)
    return len(telling) >= _CERTAIN or usual == len(telling) > _SEVERAL


def _tell(text: str, leaks: Sequence[Leak], telling: Collection[tuple[str, str]], times: Mapping[tuple[str, str], int]) -> bool:
    """Returns whether the noted characters tell a script: many, some of them very common, or one that nobody would note."""
    if len(telling) >= _CERTAIN or (len(telling) >= _SEVERAL and any(_commonness(char) >= _VERY_COMMON for char, _ in telling)):
        return True
    return any((leak.char, leak.reading) in telling and _is_plain(text, leak, times[leak.char, leak.reading]) for leak in leaks)


def _is_plain(text: str, leak: Leak, times: int) -> bool:
    """Returns whether one noted character tells a script: nobody would note this reading of it, or note it again and again."""
    if leak.reading != readings(leak.char)[0] and times == 1:
        return False
    common = _commonness(leak.char)
    return common >= _VERY_COMMON or (common >= _COMMON and (times > 1 or _is_in_a_known_word(text, leak)))


def _is_in_a_known_word(text: str, leak: Leak) -> bool:
    """Returns whether the noted character makes a word with a character beside it: 保險(xiǎn), and not 錢(qián)穆."""
    from newscrawler.chinese.model import load

    before, after = text[max(0, leak.start - 2) : leak.start - 1], text[leak.end : leak.end + 1]
    pairs_of_it = [pair for pair in (before + leak.char, leak.char + after) if len(pair) == len(_HAN.findall(pair)) == 2]
    return any(load().cost("，" + pair[0], pair[1]) < _KNOWN_WORD for pair in pairs_of_it)


def _commonness(char: str) -> float:
    from newscrawler.chinese.model import load

    return load().commonness(char)


def _is_set_apart(text: str, leak: Leak) -> bool:
    """Returns whether a noted character stands by itself: 行(xíng)：走。 or “把(ba)” or 馬(mǎ)、鳥(niǎo)、魚(yú)."""
    return not _HAN.match(text, leak.end) and _begins(text, leak.start - 1)


def _is_entry(text: str, leak: Leak) -> bool:
    """Returns whether the noted character is the head of an explanation, as in a dictionary: 覺(jué)：醒."""
    return text[leak.end : leak.end + 1] in ("：", ":") and _begins(text, leak.start - 1)


def _begins(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] in "\n“「『\"'‘《【、，,；;：:。 　/／|"


def _toneless_leaks(text: str, leaks: Sequence[Leak], *, spoken: bool) -> list[Leak]:
    """Returns the leaks without tone marks if they are several; one coincidence, 米(mi), is none."""
    found = [leak for leak in leaks if leak.reading == toneless(leak.reading)]
    telling = {leak.char for leak in found if len(leak.reading) > 1 and not _is_set_apart(text, leak)}
    if spoken:
        return found if len(telling) >= _CERTAIN else []
    if len(telling) > 1 and _are_spaced(text, found):
        return found
    return found if len(telling) >= _SEVERAL_TONELESS and any(_commonness(char) >= _MOST_COMMON for char in telling) else []


def _are_spaced(text: str, leaks: Sequence[Leak]) -> bool:
    """Returns whether a space follows every leak, as some scripts write it and nobody else."""
    return len(leaks) > 1 and all(text[leak.end : leak.end + 1] == " " and not leak.toned for leak in leaks)


def _without(text: str, leaks: Sequence[Leak], note: Note = ignore) -> str:
    """Returns the text without these leaks; notes each with its character, since a reading alone tells a person nothing."""
    spaced = _are_spaced(text, leaks)
    parts, place = [], 0
    for leak in leaks:
        end = leak.end + spaced
        note(leak.start - 1, text[leak.start - 1 : end], text[leak.start - 1])
        parts.append(text[place : leak.start])
        place = end
    return "".join([*parts, text[place:]])
