"""Whether two versions of one text differ only in what is no news: a counter, a clock, an advertisement's line.

Conservative: all lines that are not noise by themselves, short and of a known form, must be the same, in one order. A figure in a
sentence is never noise, nor a line of nothing but a number (it may be a result). In doubt the text has changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from unicodedata import normalize

LONGEST = 60
"""Characters of a line that can be noise."""

# A line is read from left to right once: what could be read in several ways (white space above all) is possessive, and a counter is told by
# its parts, because a repeated pattern of optional parts took time that doubled with every three characters.
_NUMBER = r"\d++(?:[.,]\d++)*+(?: \d{3}(?!\d))*+ ?(?:[kmb万萬千]|mn|億|亿)?\+?"
_COUNTED = (
    r"(?:total |page )?(?:people reading(?: now)?|views?|readers?|reads?|hits?|clicks?|comments?|replies|likes?|shares?)"
    r"|(?:总|總)?(?:阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|点赞|點讚|讚|赞|转发|轉發|分享|收藏|人气|人氣|观看|觀看|跟贴|热度|熱度)(?:次数|次數|人数|人數|量|数|數)?"
)
_UNIT = r"次|人|条|條|回|times"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = rf"(?:\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?|\d{{1,2}} {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
_HOUR = r"(?:[ap]\.?m\.? ?|上午|下午|am|pm)?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: ?(?:gmt|utc|cet|est|edt|bst)(?:[+-]\d{1,2})?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)day,? |[(（]?(?:星期|周|週|禮拜)[一二三四五六日天][)）]?)"
_AGO = r"(?:(?:\d+|an?|one) ?(?:seconds?|mins?|minutes?|hours?|days?) ago|just now|\d+ ?(?:秒|分钟|分鐘|小时|小時|天)(?:之)?前|刚刚|剛剛)"
_CLOCK_LABEL = (
    r"(?:last )?updated?(?: at| on)?|now|local time|current time|(?:最后|最後)?更新(?:时间|時間|于|於)?"
    r"|(?:当前|當前|现在|現在|本地|北京)(?:时间|時間)?(?:是)?"
)
_CLOCK = rf"(?:{_WEEKDAY}? ?{_DAY},? ?{_WEEKDAY}? ?(?:{_HOUR})?|{_WEEKDAY}? ?{_HOUR}(?: ?{_DAY})?|{_AGO})"
_STAMP = rf"{_WEEKDAY}? ?{_DAY},? ?{_WEEKDAY}? ?{_HOUR}|{_WEEKDAY}? ?{_HOUR} ?{_DAY}"
_END = r"[\s:：|·•()\[\]（）【】\-–—]"
_ENDS = rf"{_END}*+"
_COUNTERS = re.compile(r"(?:CNU?|NU?C)+")
"""What a line of counters is made of: what is counted, numbers, units; and in which order they stand."""


@cache
def _part() -> re.Pattern[str]:
    """A part of a line of counters, in a group by its letter. Compiled when first needed, as are the forms: most runs compare no versions."""
    return re.compile(rf"(?P<C>{_COUNTED})|(?P<N>{_NUMBER})|(?P<U>{_UNIT})|{_END}++")


@cache
def _forms() -> dict[str, Callable[[str], object]]:
    """What a line may be, and how that is called. The whole line must be of the form, folded to NFKC and lower case."""
    return {
        "a counter": lambda line: _COUNTERS.fullmatch(_parts(line)),
        # Without a label only day and hour together: a bare 21:15 may be a result, a bare day that of an event.
        "a clock": re.compile(rf"{_ENDS}(?:(?:{_CLOCK_LABEL}){_ENDS}{_CLOCK}|{_STAMP}|{_AGO}){_ENDS}").fullmatch,
        "an advertisement": re.compile(
            rf"{_ENDS}(?:advertisements?|advertisement continues below|ads? by \S++|sponsored(?: content| links?)?|paid content|promoted"
            rf"|story continues below(?: advertisement)?"
            rf"|anzeige|werbung|publicidad|publicité|реклама|广告|廣告|推广|推廣|赞助内容|贊助內容|广告位招租){_ENDS}\d*+{_ENDS}"
        ).fullmatch,
    }


def only_noise(old: str, new: str) -> str | None:
    """Returns what differs ("a counter, a clock") when two texts differ in nothing but noise, else None; None for equal texts too.

    >>> only_noise("Rain came.\\n1,204 views", "Rain came.\\n1,377 views")
    'a counter'
    >>> only_noise("Rain cost 1,204 crowns.", "Rain cost 1,377 crowns.") is None
    True
    """
    (said, before), (says, after) = _parted(old), _parted(new)
    if said != says or before == after:
        return None
    differing = set(before) ^ set(after)
    return ", ".join(dict.fromkeys(kind for kind, line in before + after if (kind, line) in differing)) or None


def _parted(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Returns the lines that say something, in order, and those that are noise, each with its kind; empty ones are neither."""
    lines = [(_kind_of(line), line) for line in text.split("\n") if line.strip()]
    return [line for kind, line in lines if kind is None], [(kind, line) for kind, line in lines if kind is not None]


def _parts(line: str) -> str:
    """Returns a line as the letters of its parts, "CN" for "views: 12"; "" where something else stands in it."""
    letters, place = [], 0
    while place < len(line):
        part = _part().match(line, place)
        if part is None:
            return ""
        letters.append(part.lastgroup or "")
        place = part.end()
    return "".join(letters)


def _kind_of(line: str) -> str | None:
    if len(line) > LONGEST:
        return None
    folded = normalize("NFKC", line).casefold().strip()
    return next((kind for kind, form in _forms().items() if form(folded)), None)
