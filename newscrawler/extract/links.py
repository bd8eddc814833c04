"""Links -> kinds: the block of links is judged, then each link in it, by integer points.

Links that stand on the same way of tags and classes from the root are one block. How long their anchors are on average and
how many of their addresses have an article's form tells nearly everything; what the single link adds are small points. A
link with ARTICLE_POINTS or more leads to an article: `related` on an article page, `article` on a hub.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from newscrawler.extract import labels
from newscrawler.extract.addresses import Form, Resolver, Site, form_of
from newscrawler.extract.anchors import Words, heads_related, sub_of_heading, words_of
from newscrawler.extract.outline import Anchor, Block, Outline
from newscrawler.items import Link, LinkKind, LinkSub

ARTICLE_POINTS = 7
MAX_LINKS = 2000

_STRENGTH: dict[str, int] = {"related": 4, "article": 3, "hub": 2, "pagination": 1, "other": 0}
_SUB_STRENGTH: dict[str | None, int] = {"related": 6, "recommended": 5, "popular": 4, "latest": 3, "prevnext": 2, "inline": 1, None: 0}
_MENUS = labels.NAV | labels.FOOT | labels.CRUMB
_SUB_FLAGS: tuple[tuple[int, LinkSub], ...] = (
    (labels.RELATED, "related"),
    (labels.RECOMMENDED, "recommended"),
    (labels.POPULAR, "popular"),
    (labels.LATEST, "latest"),
)
_Strength = tuple[int, int, bool, bool]


@dataclass(slots=True)
class Found:
    """A link with what was found out about it; `anchor` is as in the outline."""

    url: str
    anchor: Anchor
    text: str
    form: Form
    words: Words
    same_site: bool
    points: int = 0
    teaser: str | None = None


@dataclass(slots=True)
class _Group:
    """A block of links: how many, their mean anchor length in units, the share of article-form addresses."""

    count: int = 0
    units: float = 0.0
    article_forms: int = 0

    @property
    def points(self) -> int:
        """What the block adds to the points of each of its links."""
        count = self.count or 1
        mean, share = self.units / count, self.article_forms / count
        return 2 * (mean >= 5) + 2 * (share >= 0.6) - 2 * (share < 0.2) - 2 * (mean < 2.5) + (count >= 4)


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
        text = anchor.text or anchor.title
        found.append(Found(url, anchor, text, form_of(url), words_of(text), site.has(url)))
    _give_points(found)
    return found


def classify(found: list[Found], outline: Outline, url: str, inline: range, *, on_article: bool) -> list[Link]:
    """Returns one Link for each distinct URL, with its strongest kind; `inline` are the blocks of the running text."""
    best: dict[str, tuple[_Strength, LinkKind, LinkSub | None, int]] = {}
    rels = {target: rel for rel, target in outline.rels}
    for position, one in enumerate(found):
        kind, sub = _judge(one, outline, url, inline, rels, on_article=on_article)
        strength = _STRENGTH[kind], _SUB_STRENGTH[sub], one.teaser is not None, bool(one.text)
        other = best.get(one.url)
        if other is None or strength > other[0]:
            best[one.url] = strength, kind, sub, position
    return [
        Link(target, kind, sub, (one := found[position]).text, one.teaser, position, one.anchor.heading) for target, (_, kind, sub, position) in best.items()
    ]


def _give_points(found: list[Found]) -> None:
    groups: dict[int, _Group] = {}
    for one in found:
        group = groups.get(one.anchor.path)
        if group is None:
            group = groups[one.anchor.path] = _Group()
        group.count += bool(one.text)
        group.units += one.words.units
        group.article_forms += one.form.article
    of_group = {path: group.points for path, group in groups.items()}
    for one in found:
        one.points = _own_points(one) + of_group[one.anchor.path]


def _own_points(one: Found) -> int:
    anchor = one.anchor
    flags, heading = anchor.place.flags, anchor.heading
    points = one.form.points + one.words.points + anchor.image
    if not one.same_site:
        points -= 2
    if flags & _MENUS:
        points -= 2
    if flags & labels.RELATED or (heading and heads_related(heading)):
        points += 2
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
    words, form = one.words, one.form
    if not (words.next_page or words.number) or (form.dated and form.slug_words > 3):
        return False
    if words.next_page:
        return not words.home or bool(one.anchor.place.flags & labels.PAGER)
    return bool(one.anchor.place.flags & labels.PAGER or form.plain_query or form.index)


def _is_hub(one: Found) -> bool:
    form, words = one.form, one.words
    if form.service or form.media or not words.hub or (words.more and not form.section and not form.directory):
        return False
    return not form.article or form.section


def _sub(one: Found, blocks: list[Block], inline: range) -> LinkSub:
    """Returns where on an article page a link to another article stands."""
    place = one.anchor.place
    if one.words.next_article:
        return "prevnext"
    if one.anchor.block < len(blocks):
        block = blocks[one.anchor.block]
        if labels.PREV_NEXT_ARTICLE.match(block.text):
            return "prevnext"
        if one.anchor.block in inline and not place.flags & labels.AROUND and block.linked * 2 < len(block.text):
            return "inline"
    heading = one.anchor.heading
    told = sub_of_heading(heading) if heading else None
    if told:
        return told
    for flag, name in _SUB_FLAGS:
        if place.flags & flag:
            return name
    return "recommended"


def page_forms(found: list[Found]) -> Counter[bool]:
    """Returns how many distinct same-site links look like articles (True) and how many do not (False)."""
    return Counter({one.url: one.points >= ARTICLE_POINTS for one in found if one.same_site}.values())
