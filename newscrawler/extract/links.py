"""Links -> kinds: the block of links is judged, then each link in it, by integer points.

Links that stand on the same way of tags and classes from the root are one block. How long their anchors are on average and
how many of their addresses have an article's form tells nearly everything; what the single link adds are small points. A
link with ARTICLE_POINTS or more leads to an article: `related` on an article page, `article` on a hub.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from newscrawler.extract import labels
from newscrawler.extract.addresses import Form, Resolver, Site, form_of
from newscrawler.extract.outline import Anchor, Block, Outline
from newscrawler.items import Link, LinkKind, LinkSub

ARTICLE_POINTS = 7
MAX_LINKS = 2000
BYTES_PER_UNIT = 6
"""An anchor's length counts in units: a Chinese character is half a unit, a word about one."""

_STRENGTH: dict[str, int] = {"related": 4, "article": 3, "hub": 2, "pagination": 1, "other": 0}
_SUB_STRENGTH: dict[str | None, int] = {"related": 6, "recommended": 5, "popular": 4, "latest": 3, "prevnext": 2, "inline": 1, None: 0}
_NUMBER = re.compile(r"[\[(第]?\s*\d{1,4}\s*[\])页頁]?")
_MORE = re.compile(r"^(?:更多|more|查看|详细|全文|>+|»|»+|read more|阅读全文|閱讀全文)\W*$|^\W*\d*\W*$", re.IGNORECASE)
_MARK = re.compile(r"[，。：！？“”、,:!?\"'…]")
_SUB_FLAGS: tuple[tuple[int, LinkSub], ...] = (
    (labels.RELATED, "related"),
    (labels.RECOMMENDED, "recommended"),
    (labels.POPULAR, "popular"),
    (labels.LATEST, "latest"),
)


@dataclass(slots=True)
class Found:
    """A link with what was found out about it; `anchor` is as in the outline."""

    url: str
    anchor: Anchor
    text: str
    form: Form
    same_site: bool
    points: int = 0
    teaser: str | None = None


@dataclass(slots=True)
class _Group:
    """A block of links: how many, their mean anchor length in units, the share of article-form addresses."""

    count: int = 0
    units: float = 0.0
    article_forms: int = 0


def find_links(outline: Outline, resolver: Resolver, site: Site) -> list[Found]:
    """Returns every link with an http(s) address, in page order, with its points; a URL may still come twice."""
    found: list[Found] = []
    seen: set[str] = set()
    for anchor in outline.anchors:
        url = resolver.resolve(anchor.href)
        if url is None:
            continue
        seen.add(url)
        if len(seen) > MAX_LINKS:
            break
        found.append(Found(url, anchor, anchor.text or anchor.title, form_of(url), site.has(url)))
    _give_points(found)
    return found


def classify(found: list[Found], outline: Outline, url: str, inline: range, *, on_article: bool) -> list[Link]:
    """Returns one Link for each distinct URL, with its strongest kind; `inline` are the blocks of the running text."""
    best: dict[str, Link] = {}
    rels = {target: rel for rel, target in outline.rels}
    for position, one in enumerate(found):
        kind, sub = _judge(one, outline, url, inline, rels, on_article=on_article)
        link = Link(one.url, kind, sub, one.text, one.teaser, position, one.anchor.heading)
        other = best.get(one.url)
        if other is None or _strength(link) > _strength(other):
            best[one.url] = link
    return list(best.values())


def _strength(link: Link) -> tuple[int, int, int, int]:
    return _STRENGTH[link.kind], _SUB_STRENGTH[link.sub], link.teaser is not None, bool(link.anchor)


def _give_points(found: list[Found]) -> None:
    groups: dict[int, _Group] = {}
    sizes = [len(one.text.encode("utf-8", "replace")) / BYTES_PER_UNIT for one in found]
    for one, units in zip(found, sizes, strict=True):
        group = groups.setdefault(one.anchor.path, _Group())
        group.count += bool(one.text)
        group.units += units
        group.article_forms += one.form.article
    for one, units in zip(found, sizes, strict=True):
        one.points = _points(one, units, groups[one.anchor.path])


def _points(one: Found, units: float, group: _Group) -> int:
    form, flags, text = one.form, one.anchor.place.flags, one.text
    count = group.count or 1
    mean, share = group.units / count, group.article_forms / count
    points = (
        3 * form.dated
        + 2 * form.number
        + 2 * form.page_file
        + 2 * (units >= 4)
        + 2 * (mean >= 5)
        + 2 * (share >= 0.6)
        - 2 * (share < 0.2)
        - 2 * (mean < 2.5)
        - 2 * bool(flags & (labels.NAV | labels.FOOT | labels.CRUMB))
        - 2 * (not one.same_site)
        + (form.slug_words >= 4)
        + (form.slug_words >= 6)
        + form.word
        + (units >= 7)
        + one.anchor.image
        + (count >= 4)
        - (units < 2)
        - form.section
        - 3 * form.service
        - 6 * form.root
        - 2 * form.index
        - form.directory
        - (form.depth <= 1)
        - form.plain_query
        - 9 * form.media
    )
    heading = one.anchor.heading
    if flags & labels.RELATED or (heading and labels.SUB_HEADINGS[0][1].search(heading)):
        points += 2
    if units >= 2 and _MARK.search(text):
        points += 1
    if units < 4 and _MORE.match(text):
        points -= 3
    if units < 4 and labels.SERVICE_WORDS.search(text):
        points -= 3
    return points


def _judge(one: Found, outline: Outline, url: str, inline: range, rels: dict[str, str], *, on_article: bool) -> tuple[LinkKind, LinkSub | None]:
    anchor = one.anchor
    rel = anchor.rel.lower()
    if not one.same_site or one.url == url or "nofollow" in rel or "sponsored" in rel:
        return "other", None
    if "next" in rel or "prev" in rel or _is_pager(one):
        return "pagination", None
    if anchor.place.flags & (labels.SHARE | labels.AD) and not one.form.article:
        return "other", None
    if one.points >= ARTICLE_POINTS and not anchor.place.flags & labels.COMMENT:
        return ("related", _sub(one, outline.blocks, inline)) if on_article else ("article", None)
    return ("hub", None) if _is_hub(one) else ("other", None)


def _is_pager(one: Found) -> bool:
    text = one.text.strip()
    if len(text) > 20 or (one.form.dated and one.form.slug_words > 3):
        return False
    if labels.NEXT_PREV.fullmatch(text):
        return not labels.HOME_WORDS.intersection({text.lower()}) or bool(one.anchor.place.flags & labels.PAGER)
    return bool(_NUMBER.fullmatch(text)) and bool(one.anchor.place.flags & labels.PAGER or one.form.plain_query or one.form.index)


def _is_hub(one: Found) -> bool:
    form, text = one.form, one.text.strip()
    if form.service or form.media or not text or len(text.encode("utf-8", "replace")) > 60:
        return False
    if labels.SERVICE_WORDS.search(text) or (_MORE.match(text) and not form.section and not form.directory):
        return False
    return not form.article or form.section


def _sub(one: Found, blocks: list[Block], inline: range) -> LinkSub:
    """Returns where on an article page a link to another article stands."""
    place = one.anchor.place
    if labels.PREV_NEXT_ARTICLE.search(one.text):
        return "prevnext"
    if one.anchor.block < len(blocks):
        block = blocks[one.anchor.block]
        if labels.PREV_NEXT_ARTICLE.match(block.text):
            return "prevnext"
        if one.anchor.block in inline and not place.flags & labels.AROUND and block.linked * 2 < len(block.text):
            return "inline"
    heading = one.anchor.heading
    if heading:
        if labels.READ_MORE.match(heading):
            return "related"
        for sub, words in labels.SUB_HEADINGS:
            if words.search(heading):
                return sub  # type: ignore[return-value]
    for flag, name in _SUB_FLAGS:
        if place.flags & flag:
            return name
    return "recommended"


def page_forms(found: list[Found]) -> Counter[bool]:
    """Returns how many distinct same-site links look like articles (True) and how many do not (False)."""
    return Counter({one.url: one.points >= ARTICLE_POINTS for one in found if one.same_site}.values())
