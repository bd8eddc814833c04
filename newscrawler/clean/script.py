"""Text -> the same text in the other Chinese script, on demand: the converter is OpenCC (the extra `script`).

OpenCC converts by words. Its t2s leaves 著 as it is, since in Simplified text the character has two readings: zhe, the
particle, is 着 there (隨著 -> 随着), as in 着手 and 着眼; zhù, to write or be known, stays (著名, 名著, 顯著). A rule by words tells
them apart: 著 before 名作称 and the like, or at the end of 显著, 专著 and the like, stays; after a character that texts join to
the particle it becomes 着; anywhere else it stays, as it may be a name.

Japanese is never converted: a text in which a fifth of the letters is kana stays as a whole, and in others each line in which a
twentieth is. Where it is known to fail: a Japanese title without kana (gate it by the text that it belongs to, as
`export` does); 干, 后, 里 and others that one script writes as one character and the other as several, where OpenCC's words
do not cover them (13 of 304,723 characters in a measurement on news).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from newscrawler.exceptions import UsageError

SCRIPTS = ("zh-Hans", "zh-Hant")
_CONFIG = {"zh-Hans": "t2s", "zh-Hant": "s2t"}
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_LETTER = re.compile(r"[^\W\d_]")
TEXT_SHARE = 0.2
LINE_SHARE = 0.05

# Characters after which 着 is at least ten times as frequent as 著 in the words of jieba and wordfreq, and the last of verbs
# of two characters that take it (存在, 代表, 持续).
_PARTICLE_AFTER = (
    "随接看有想味活指跟穿沿顺试打睡怀向朝沉身围借趁冲靠赶附贴开按背挨乘引硬戴凭摆爱留照吸烧骑对举丧放牵走装粘伴漫领负含胶演绕扛拉持忍抱趴"
    "悠溢弹映印帮混舔连捂望迎说闭养拿循恋挂憋聊藏握绷摸护低藉罩缀揣摇唱搁泛夹抽抿盖弄咬存烁闪弯塞垂立喷飘镶抬伏动努蹑躺缩蔽坐包眯吊停寻悬挑"
    "惦拦透梳抑啃挟捆托舞漂弓迈掐皱翘裸插碰盼擎模歪驼瞧拴抓洒凸架提套垫扶攀佩捏捞披抹偎呛挽渴瞄累搔踮避涵描哼撬逼摊敞喊推扎挥临带坐搭载拖吃"
    "征志浮在依过遇示表饰落集续事息聚酿瞒起导衣合"
)
_TO_WRITE = re.compile(f"著(?<![{'随沿跟'}]著)(?=[名作称述录书者])|(?<=[显专土名卓论原合巨编译昭遗撰杂新旧])著")
_PARTICLE = re.compile(f"(?<=[{_PARTICLE_AFTER}])著|著(?=[手眼重陆想火急迷实凉色落力墨装])")


def to_script(text: str, script: str) -> str:
    """Returns `text` in `script` ("zh-Hans" or "zh-Hant"), Japanese as it is. Line ends stay where they are.

    It does not choose the words of a region (软件, 軟體). Raises UsageError without OpenCC, and for another script.

    >>> to_script("隨著名單公布，這部名著的作者顯著地高興", "zh-Hans")
    '随着名单公布，这部名著的作者显著地高兴'
    >>> to_script("東京の経済は発展している", "zh-Hans")
    '東京の経済は発展している'
    """
    if is_japanese(text):
        return text
    return "\n".join(line if _kana_share(line) >= LINE_SHARE else _convert(line, script) for line in text.split("\n"))


def changed_characters(before: str, after: str) -> int:
    """Returns how many characters a conversion changed.

    >>> changed_characters("臺灣人", "台湾人")
    2
    """
    return sum(a != b for a, b in zip(before, after, strict=False)) + abs(len(before) - len(after))


def is_japanese(text: str, least: float = TEXT_SHARE) -> bool:
    """Returns whether at least such a share of the letters of `text` is kana: then lines without any may be Japanese too.

    >>> is_japanese("アップルの新製品"), is_japanese("日本品牌「の」字招牌隨處可見，台灣人也常用來代替的字")
    (True, False)
    """
    return _kana_share(text) >= least


def _kana_share(text: str) -> float:
    kana = len(_KANA.findall(text))
    return kana / len(_LETTER.findall(text)) if kana else 0.0


def _convert(line: str, script: str) -> str:
    converted: str = _converter(script).convert(line)
    return _particles(converted) if script == "zh-Hans" and "著" in converted else converted


def _particles(line: str) -> str:
    """Returns a line of Simplified text with 着 wherever 著 is the particle."""
    kept = {match.start() for match in _TO_WRITE.finditer(line)}
    return _PARTICLE.sub(lambda match: "著" if match.start() in kept else "着", line)


@cache
def _converter(script: str) -> Any:
    if script not in SCRIPTS:
        raise UsageError(f"--script {script}: not known; it is one of {', '.join(SCRIPTS)}")
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise UsageError("--script needs OpenCC: pip install 'newscrawler[script]' (or pip install opencc)") from error
    return OpenCC(_CONFIG[script])
