"""Which list of articles a link stands in, told by the heading over the list.

A heading stands over what follows it in its box. Where it is wrapped in boxes of its own (<div><h3>热门</h3></div><ul>...), it stands
over what follows the outermost of those. Of the headings over a link the nearest counts that either has a word of the table or is
marked up as a heading; headlines of the list's own entries are no headings.

相关阅读 is "related reading", 推荐 "recommended", 热门 "popular", 最新 "latest".

Known to fail: lists without a heading, tabs whose headings all stand before the first list, headings in pictures.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawler.extract.labels import CRUMB, FOOT, NAV
from newscrawler.extract.outline import Block, Outline, Place
from newscrawler.items import LinkSub

MAX_HEADING = 60
MAX_PRINTED = 30
MAX_LINKED = 12
MAX_BOXES = 4
MAX_HEADING_BOX = 40
SIBLINGS = 3
_APART = NAV | FOOT | CRUMB
LEVELS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_SUBS: tuple[tuple[LinkSub, str, str], ...] = (
    (
        "popular",
        r"热门|熱門|热榜|热点排行|排行|点击(?:量|率|榜)|點擊(?:量|率|榜)|热搜|热读|大家都|人气|人氣|人気|ランキング|アクセス|よく読まれ|많이 본|인기|랭킹",
        r"most|top \d+|popular|trending|hot(?:test)?\b|best of|meist|beliebt|top-?themen|les plus|plus lus|più letti|i più|"
        r"más (?:leíd|vist|popular)|lo más|mais (?:lid|vist)|meest|mest læs|mest läst|najczęściej|najpopular|популярн|самое читаем|"
        r"đọc nhiều|xem nhiều|terpopuler|terpopular|ยอดนิยม|zilizosomwa",
    ),
    (
        "latest",
        r"最新|即时|即時|滚动|滾動|7x24|快讯|快訊|速報|新着|최신|속보",
        r"latest|recent(?!ly viewed)|newest|breaking|just in|in brief|newsticker|news ticker|live ticker|aktuell|neueste|dernières|"
        r"à la une|últim|ultime|ultimi|laatste|seneste|senaste|siste nytt|najnowsze|последние|лента|свежие|нов[оы](?:сти|е) (?:часа|дня)|"
        r"останні|mới nhất|terbaru|terkini|ล่าสุด|ข่าวรอบวัน",
    ),
    (
        "recommended",
        r"推荐|推薦|猜你|精选|精選|精彩|为您|為您|为你|為你|编辑.{0,3}选|編輯.{0,3}選|おすすめ|オススメ|ピックアップ|注目|추천",
        r"recommend|you (?:may|might)|for you|editors?['’]? ?s? (?:pick|choice)|don['’]?t miss|must[- ]read|more stories|more news|"
        r"empfehl|empfohlen|das könnte sie|à lire|recommand|consigliat|recomenda|polecam|рекоменд|выбор редакции|rekomendasi|pilihan",
    ),
    (
        "related",
        r"相关|相關|延伸|关联|關聯|関連|관련|更多.{0,4}(?:新闻|报道|新聞|報導)|往期|关键词阅读|เกี่ยวข้อง",
        r"related|see also|read also|also read|more (?:on|in|about|from)|further reading|on this (?:topic|story)|zum thema|mehr zum|lesen sie auch|auch interessant|"
        r"lire aussi|sur le même (?:sujet|thème)|leggi anche|articoli correlati|correlat|relacionad|te puede interesar|leia (?:também|mais)|lees ook|læs også|läs också|"
        r"les også|czytaj (?:też|także|więcej)|zobacz też|powiązane|читайте также|по теме|похожие|материалы по теме|читайте також|tin liên quan|liên quan|"
        r"baca juga|berita terkait|terkait",
    ),
)
_PATTERNS = tuple((sub, re.compile(rf"{parts}|\b(?:{words})", re.IGNORECASE)) for sub, parts, words in _SUBS)
_WORDS = rf"\b(?:{'|'.join(words for *_, words in _SUBS)})"
_ANY = re.compile("|".join([*(parts for _, parts, _ in _SUBS), _WORDS]), re.IGNORECASE)
"""One search for all tells that most short texts have none of the words."""
_ANY_ASCII = re.compile(f"7x24|{_WORDS}", re.IGNORECASE)
"""The same for texts in ASCII, which have none of the parts of words of scripts without spaces."""
_READING = re.compile(r"阅读|閱讀|\b(?:read|reading|lesen|lire|leer|leggi|ler|lezen|czytaj|читайте)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.。！!？?,，;；]\s*$")


@lru_cache(maxsize=16384)
def sub_of_heading(heading: str) -> LinkSub | None:
    """Returns which list of articles a heading stands over, or None. 相关推荐 ("related recommendations") are recommendations.

    >>> sub_of_heading("相关阅读"), sub_of_heading("热门排行"), sub_of_heading("相关推荐"), sub_of_heading("天气")
    ('related', 'popular', 'recommended', None)
    """
    if not (_ANY_ASCII if heading.isascii() else _ANY).search(heading):
        return None
    return next((sub for sub, words in _PATTERNS if words.search(heading)), None)


def offers_reading(heading: str) -> bool:
    """Returns whether a heading offers something to read after the article, as 推荐阅读 and "Read more" do."""
    return len(heading) <= MAX_PRINTED and _READING.search(heading) is not None


class _Scope:
    """A heading and the numbers of the places that it stands over."""

    __slots__ = ("around", "first", "last", "listed", "text")

    def __init__(self, first: int, last: int, block: Block) -> None:
        self.first, self.last, self.text, self.around = first, last, block.text, block.place.flags & _APART
        self.listed = sub_of_heading(block.text) is not None


def headings_over(outline: Outline) -> dict[int, str]:
    """Returns the heading over each place that links stand in, by the place's number; places without one are left out."""
    scopes = _scopes(outline)
    over: dict[int, str] = {}
    open_scopes: list[_Scope] = []
    upcoming = iter(scopes)
    following = next(upcoming, None)
    places = {anchor.place.number: anchor.place for anchor in outline.anchors}
    for number in sorted(places):
        while following is not None and following.first <= number:
            while open_scopes and open_scopes[-1].last < following.first:
                open_scopes.pop()
            open_scopes.append(following)
            following = next(upcoming, None)
        while open_scopes and open_scopes[-1].last < number:
            open_scopes.pop()
        around = places[number].flags & _APART
        near = [scope for scope in open_scopes[-2:] if scope.around == around]
        if near:
            over[number] = near[0].text if near[0].listed and not near[-1].listed else near[-1].text
    return over


def _scopes(outline: Outline) -> list[_Scope]:
    """Returns what the blocks that are headings stand over, in page order."""
    scopes, places = [], outline.places
    for block in outline.blocks:
        length = len(block.text)
        if length > MAX_HEADING or (length > MAX_LINKED and block.linked * 2 > length):
            continue  # most blocks are linked headlines, and cost no call
        place = block.place
        if place.tag != "h1" and _heads(block) and (last := _reach(place, places)) > place.number:
            scopes.append(_Scope(place.number + 1, last, block))
    return scopes


def _heads(block: Block) -> bool:
    """Returns whether a short block is a heading by its tag or its words; a linked headline or a sentence may happen to have such a word."""
    linked = block.linked * 2 > len(block.text)
    if not linked and block.place.tag in LEVELS:
        return True
    return len(block.text) <= (MAX_LINKED if linked else MAX_PRINTED) and sub_of_heading(block.text) is not None and not _SENTENCE.search(block.text)


def _reach(place: Place, places: list[Place]) -> int:
    """Returns the number of the last place that a heading stands over.

    A heading that is alone in its boxes, but for tabs and the like, stands over the SIBLINGS after them, for the element that holds
    more may hold much more.
    """
    if _chars(place, places) > MAX_HEADING_BOX:  # the list stands in the heading, which nobody closed
        return place.last
    box, up = place, place.parent
    for _ in range(MAX_BOXES):
        if up is None or _chars(up, places) > MAX_HEADING_BOX:
            break
        box, up = up, up.parent
    if up is None or box is place:
        return up.last if up is not None else place.last
    last = box.last
    for _ in range(SIBLINGS):
        if last >= min(up.last, len(places) - 1):
            break
        last = places[last + 1].last
    return last


def _chars(place: Place, places: list[Place]) -> int:
    """Returns about how many characters of text a place holds; infinitely many when nothing comes after it."""
    return places[place.last + 1].chars - place.chars if place.last + 1 < len(places) else 1 << 30
