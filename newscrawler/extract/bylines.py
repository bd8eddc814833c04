"""Who wrote it: lines and brackets that name a writer, in the text and around it.

Chinese: 记者 and 記者 are "reporter", 通讯员 "correspondent", 文/ and 作者 "by", 来源 "source", 报道 "reports", 发自 "from". A
reporter stands in a line of his own (某某新闻记者 王小明), in brackets at the beginning of the text (（记者王小明）, 記者王小明／台北報導) or at
its end. A bare name in brackets at the very end, such as （楊聯民）, counts when it begins with one of the common family names; in a
Japanese text when it is no office or agency. Korean: a name before 기자. Latin: "By" and its like before capitalised names.

A first or second line of nothing but such names is a byline too.

Known to fail: a name that stands alone elsewhere; Chinese names of rare families and pen names without a word before them.
"""

from __future__ import annotations

import re

from newscrawler.extract.names import is_chinese_name, people, split_names

_HAN = r"[\u4e00-\u9fff·．•‧]"
_LABEL = r"(?!责任|責任|编辑|編輯|来源|來源|文字|时间|時間|字号|字號|出处|出處|发布|發布|阅读|閱讀|点击|點擊|日期|评论)"
_ROLE = (
    r"(?:(?:本报|本報|本网|本刊|本台|新华社|新華社|中新社|中新网|人民网|见习|見習|实习|實習|特约|特約|首席|驻[\u4e00-\u9fff]{1,6}|[\u4e00-\u9fff]{0,6})?"
    r"(?:记者|記者|通讯员|通訊員|作者|撰文|撰稿人?|执笔人?|執筆人?|文字|文图|图文))"
)
_NAMES = rf"{_LABEL}(?:[\u4e00-\u9fff]{{1,6}}[·．•‧][\u4e00-\u9fff·．•‧]{{1,10}}|{_HAN}{{2,4}})(?:[、,，/\s和]+{_LABEL}(?:(?:通讯员|通訊員|实习生|實習生|记者|記者)\s*)?{_HAN}{{2,4}}){{0,5}}"
_TAIL = re.compile(
    rf"\s*[(（【\[]\s*(?:(?:(?P<role>{_ROLE}|文)\s*[:：/／╱]?\s*|)(?P<names>{_NAMES})(?:\s+[^()（）]{{0,20}})?"
    r"|(?i:(?:reporting|report|written|story|text)?\s*by)\s+(?P<english>[^()（）]{3,120}?))\s*[)）】\]][.。]?\s*$",
)
_LATIN_NAME = r"[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){1,3}"
_LEAD = re.compile(
    rf"(?:^|[(（【\[\s|])(?:{_ROLE}|作\s*者|撰\s*文|文)\s*[:：/／╱]\s*(?:[\u4e00-\u9fff]{{2,12}}(?:作者|记者|記者|评论员|研究员)\s+)?(?P<names>{_NAMES}|{_LATIN_NAME})"
)
_PEN_NAME = re.compile(r"(?:^|\s)作\s*者\s*[:：]\s*(?P<names>[A-Za-z][\w.-]{2,19})(?=\s|$)")
_LEAD_BARE = re.compile(rf"(?:^\W*|[(（\s])(?:本报|本網|本网|新华社|中新网|[\u4e00-\u9fff·]{{0,12}})?(?:记者|記者|通讯员|通訊員)\s+(?P<names>{_NAMES})")
_AFTER_NAME = r"(?:\s*[／/╱]\s*(?:文|图|[\u4e00-\u9fff]{2,6}(?:报道|報道|報導))|\s*(?:发自|發自|摄影|攝影|报道|報道|報導|综合|整合)|\s)"
_REPORTER = rf"(?:记者|記者|通讯员|通訊員|特派员|特派員)\s*(?P<names>{_NAMES})"
_LINE_OF_REPORTER = re.compile(rf"^\W*[\u4e00-\u9fff·]{{0,16}}{_REPORTER}(?:{_AFTER_NAME}.{{0,16}})?\W*$")
_IN_BRACKETS = re.compile(rf"[(（【〔\[][^()（）【】〔〕]{{0,14}}?{_REPORTER}(?:{_AFTER_NAME}[^()（）【】〔〕]{{0,12}})?[)）】〕\]]|^{_REPORTER.replace('names', 'more')}[／/╱][\u4e00-\u9fff]{{2,8}}(?:报道|報道|報導)")
_KOREAN = re.compile(r"(?:^|[\s=\]])(?P<names>[가-힣]{2,4})\s?(?:선임|수습|인턴)?\s?(?:기자|특파원)(?![가-힣])")
_JAPANESE = re.compile(r"^\W*(?:取材・文|文|執筆|ライター|記者|著者)\s*[:：・/／＝=]\s*(?P<names>[\u4e00-\u9fff々ぁ-んァ-ヶ]{2,5}(?: [\u4e00-\u9fff々ぁ-んァ-ヶ]{1,5})?)\W*$")
_JAPANESE_TAIL = re.compile(r"[（【](?P<names>[\u4e00-\u9fff々]{2,4}[ \u3000]?[\u4e00-\u9fff々ぁ-んァ-ヶ]{0,4})[）】]\s*$")
_KANA = re.compile(r"[\u3041-\u30ff]")
_OFFICE = re.compile(r"[社部面会聞信版局課省庁共同時事]$")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-Я][\w.'’-]*"
_ENGLISH_NAME = rf"{_CAPITAL}(?: (?:{_CAPITAL}|de|van|von|der|al|bin|da|di|la|le)){{1,4}}"
_BY = re.compile(rf"^(?:(?:(?:Reporting|Written|Story|Text) )?[Bb][Yy]|Von|Par|Por|Door|Av|Af):?\s+(?P<english>{_ENGLISH_NAME}(?:(?:, | and |, and | und | et | y | e | og | en ){_ENGLISH_NAME})*)")
_EDITOR = re.compile(r"编辑|編輯|校对|校對|审核|審核|摄影|攝影|[摄攝图圖][)）】\]]")
_BETWEEN = re.compile(r"[、,，\s]+")
_HINT = re.compile(
    r"记者|記者|[通特][讯訊派][员員]|作\s*者|撰|执笔|執筆|文[字图]?\s*[:：/／╱・]|图文|ライター|著者|기자|특파원|^(?:by|von|par|por|door|av|af|reporting|written|story|text)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"(?:来源|來源|稿源|稿件来源|出处|Source)\s*[:：]\s*(?P<source>[^\s|（(]{2,40})", re.IGNORECASE)
_LINE = re.compile(
    rf"^\s*[(（【\[]?\s*(?:{_ROLE}|作\s*者|文|图|摄影|攝影|编辑|編輯|责任编辑|責任編輯|责编|来源|來源|稿源|稿件来源|发布时间|發布時間|时间|時間|日期|浏览|点击|字号|(?i:source|by|reporting by|published|posted|updated))\s*[:：/／╱ ]",
)
_DATE_LINE = re.compile(r"^\W*(?:\w+ ){0,3}(?:20|19)\d\d\s*[-年/.]\s*\d\d?\s*[-月/.]\s*\d\d?日?")
_SENTENCE_END = re.compile(r"[。！？]$|.{60}[.!?]$")
MAX_LINE_BYTES = 200
MAX_LEAD, MAX_LONE = 120, 20


def is_source_line(text: str) -> bool:
    """Returns whether a block is a line about the article (by whom, from where, when) and not part of it."""
    if len(text) > 120 or len(text.encode("utf-8", "replace")) > MAX_LINE_BYTES:
        return False
    return bool(_LINE.match(text) or (_DATE_LINE.match(text) and len(text) < 60)) and not _SENTENCE_END.search(text)


def cut_tail_byline(text: str) -> tuple[str, str | None, list[str]]:
    """Returns the text without a name in brackets at its very end, that byline as printed, and the names.

    >>> cut_tail_byline("共促发展。(楊聯民)")
    ('共促发展。', '(楊聯民)', ['楊聯民'])
    """
    if not text.rstrip().endswith((")", "）", "】", "]", ".", "。")):
        return text, None, []
    start = max(0, len(text) - 160)
    found = _TAIL.search(text, start)
    if found is None or (found["names"] and not found["role"] and _KANA.search(text, start)):
        return _cut_japanese(text, start)
    if _EDITOR.search(found[0]):
        return text, None, []
    names = split_names(found["names"]) if found["names"] else people([found["english"] or ""])
    if not names or (not found["role"] and not found["english"] and not all(is_chinese_name(name) for name in names)):
        return text, None, []
    return text[: found.start()].rstrip(), found[0].strip(), names


def _cut_japanese(text: str, start: int) -> tuple[str, str | None, list[str]]:
    found = _JAPANESE_TAIL.search(text, start)
    if found is None or not _KANA.search(text, start) or len(found["names"]) < 3 or _OFFICE.search(found["names"]):
        return text, None, []
    return text[: found.start()].rstrip(), found[0].strip(), [" ".join(found["names"].split())]


def byline_of(line: str) -> tuple[str | None, list[str]]:
    """Returns the byline as printed and the names of a short line such as "作者：王小明 来源：某报"."""
    if not _HINT.search(line):
        return None, []
    for pattern in (_LEAD, _PEN_NAME, _LEAD_BARE, _JAPANESE, _KOREAN, _BY):
        found = pattern.search(line)
        if found:
            groups = found.groupdict()
            names = groups.get("names")
            return found[0].strip(" (（【|"), [names] if names and pattern is _JAPANESE else split_names(names) if names else people([groups.get("english") or ""])
    found = _LINE_OF_REPORTER.match(line)
    return _reporter(found) if found else (None, [])


def byline_in(lines: list[str]) -> tuple[str | None, list[str]]:
    """Returns the byline that stands in the first or last lines of a text: a reporter in brackets or in a line of his own.

    >>> byline_in(["某市讯（记者 王小明）今天……"])
    ('（记者 王小明）', ['王小明'])
    """
    for line in [*lines[:3], *lines[3:][-2:]]:
        found = _IN_BRACKETS.search(line, 0, MAX_LEAD)
        if found and _reporter(found)[1]:
            return _reporter(found)
        if len(line) <= MAX_LEAD // 3:
            byline, names = byline_of(line)
            if names:
                return byline, names
    return next((lone for line in lines[:2] if (lone := _lone_names(line))[1]), (None, []))


def _lone_names(line: str) -> tuple[str | None, list[str]]:
    """Returns the names of a line that is nothing but Chinese names."""
    names = split_names(line) if len(line) <= MAX_LONE else []
    whole = "".join(names) == _BETWEEN.sub("", line) and all(map(is_chinese_name, names))
    return (line, names) if names and whole else (None, [])


def _reporter(found: re.Match[str]) -> tuple[str | None, list[str]]:
    """Returns a match and the names in it as far as they begin with a family name."""
    groups = found.groupdict()
    names = [name for name in split_names(groups["names"] or groups.get("more") or "") if is_chinese_name(name)]
    return (found[0].strip(), names) if names else (None, [])


def source_of(line: str) -> str | None:
    """Returns what a line names as its source: the paper or agency."""
    found = _SOURCE.search(line)
    return found["source"] if found else None
