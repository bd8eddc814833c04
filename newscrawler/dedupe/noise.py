"""Whether what changed in an article is only noise: a counter of readers, a clock, the mark of an advertisement.

A line is noise if nothing is left of it without labels, numbers, dates and marks, and it has one of these labels: "阅读 1,204 评论 7",
"更新时间：2026-03-02 10:20", "3 minutes ago", "Advertisement". Numbers inside a sentence are never noise: the dead of a
flood are counted too. Where it fails: counters in mid-sentence, and in other languages than these, count as a changed text.
"""

from __future__ import annotations

import re

from newscrawler.dedupe.exact import content_hash

MAX_LINE = 80
"""A longer line is text."""

_COUNTED = (
    r"阅读[数量]?|閱讀[數量]?|浏览[数量次]*|瀏覽[數量次]*|点击[数量率]*|點擊[數量率]*|播放[数量]?|评论[数]?|評論[數]?|留言|点赞|點讚|按讚|收藏|转发|轉發|分享|热度|人气|人氣|"
    r"views?|reads?|comments?|likes?|shares?|clicks?|replies|followers|people are reading this"
)
_TIMED = (
    r"更新时间|更新時間|发布时间|發布時間|发表时间|發表時間|更新于|更新於|发布于|發布於|最后更新|最後更新|更新|发布|發布|刚刚|剛剛|现在时间|現在時間|北京时间|北京時間|"
    r"[分秒]钟?前|[分秒]鐘?前|小时前|小時前|天前|今天|昨天|last updated|updated|published|posted|just now|yesterday|today|"
    r"(?:second|minute|hour|day|week)s? ago|(?:sec|min|hr)s? ago|ago"
)
_ADVERTISED = (
    r"广告|廣告|推广|推廣|赞助内容|贊助內容|相关广告|請繼續往下閱讀|请继续往下阅读|anzeige|publicité|publicidad|"
    r"advertisements?|sponsored(?: content| links?)?|ad|story continues below|scroll to continue|article continues below|remove ads"
)
_LABELS = {"counter": _COUNTED, "clock": _TIMED, "advertisement": _ADVERTISED}
_WORDS = {kind: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])") for kind, words in _LABELS.items()}
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_ZONES = "[ap]m|[kmb]|gmt|utc|est|edt|cet|cst|th|st|nd|rd|at|by|on|t|z"
_BETWEEN = re.compile(rf"[\d\W_年月日时時分秒次人万萬千亿億周星期一二三四五六上下午]+|(?<![a-z])(?:{_MONTHS}|{_ZONES})(?![a-z])")


def noise_of(line: str) -> str | None:
    """Returns the kind of noise that a line is ("counter", "clock", "advertisement"), None if it says something.

    >>> noise_of("阅读 1,204 · 评论 7"), noise_of("Updated 10:20 AM GMT, 3 March 2026"), noise_of("3人死亡")
    ('counter', 'clock', None)
    """
    line = line.strip().casefold()
    if not line or len(line) > MAX_LINE:
        return None
    rest, kinds = line, []
    for kind, words in _WORDS.items():
        if words.search(rest):
            rest = words.sub(" ", rest)
            kinds.append(kind)
    return kinds[0] if kinds and not _BETWEEN.sub("", rest) else None


def only_noise(before: str, after: str) -> str | None:
    """Returns what changed from one text to the other, if that is only noise: its kinds, in words; None if the text changed.

    >>> only_noise("阅读 12\\n渔港的灯塔重新点亮，三百人观看。", "阅读 340\\n渔港的灯塔重新点亮，三百人观看。")
    'counter'
    >>> only_noise("渔港的灯塔重新点亮，三百人观看。", "渔港的灯塔重新点亮，四百人观看。") is None
    True
    """
    old, new = before.split("\n"), after.split("\n")
    if content_hash(None, _said(old)) != content_hash(None, _said(new)):
        return None
    changed = set(old).symmetric_difference(new)
    return ", ".join(sorted({kind for line in changed if (kind := noise_of(line))})) or "marks and spaces"


def _said(lines: list[str]) -> str:
    return "\n".join(line for line in lines if noise_of(line) is None)
