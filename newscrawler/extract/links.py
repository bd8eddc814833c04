"""Links -> kinds: the block of links is judged, then each link in it, by integer points.

A link collects points for "leads to an article" and for "leads to a section" from the form of its address (`forms`), its words
(`anchors`), its block, its place and the other links of the page (`blocks`). With ARTICLE_POINTS it leads to an article:
`related` on an article page, `article` on a hub; else with HUB_POINTS to a hub. The terms that fired are the
explanation. What a crawl has learned of the site's addresses (`seen`) adds points of its own.

Known to fail: promotion that looks like the site's articles in every way, sections and articles of one address form.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from newscrawler.extract import labels
from newscrawler.extract.addresses import Resolver, Site
from newscrawler.extract.anchors import Words, word_points, words_of
from newscrawler.extract.blocks import PROSE_BYTES, Group, Neighbours, Relation, Spot, group_points, relation_points, spot_points
from newscrawler.extract.forms import Form, form_of, form_points
from newscrawler.extract.headings import LEVELS, headings_over, sub_of_heading
from newscrawler.extract.outline import Anchor, Block, Outline
from newscrawler.extract.points import Fired, Term
from newscrawler.extract.seen import NONE_SEEN, NOTHING, Seen, points_of
from newscrawler.extract.services import heads_services, names_legal_notice
from newscrawler.items import Link, LinkKind, LinkSub, PageKind

ARTICLE_POINTS = 12
HUB_POINTS = 0
MAX_LINKS = 10_000
"""Of one page; more are a list of all that a site has, for which there are sitemaps."""

_STRENGTH: dict[str, int] = {"related": 4, "article": 3, "hub": 2, "pagination": 1, "other": 0}
_SUB_FLAGS: tuple[tuple[int, LinkSub], ...] = (
    (labels.RELATED, "related"),
    (labels.RECOMMENDED, "recommended"),
    (labels.POPULAR, "popular"),
    (labels.LATEST, "latest"),
)
_DIGITS = re.compile(r"\d{1,5}")
_LAST_DIGITS = re.compile(r"(?<!\d)(\d{1,5})\D*$")
_Strength = tuple[int, int, bool, bool]
SURE = 100
"""Points of what the user says about an address: more than all else together."""
_SIGNS: tuple[tuple[PageKind, int, int], ...] = (("article", 1, -1), ("hub", -1, 1), ("other", -1, -1))
TOLD = {kind: Fired(a * SURE, h * SURE, (Term(f"{kind}_urls of the source", a * SURE, h * SURE, bool),)) for kind, a, h in _SIGNS}
"""What a pattern of the source adds to the points of an address that it is found in."""


@dataclass(slots=True)
class Found:
    """A link with what was found out about it; `anchor` is as in the outline, `text` its text, title or that of its twin."""

    url: str
    anchor: Anchor
    text: str
    form: Form
    words: Words
    same_site: bool
    spot: Spot
    heading: str | None
    relation: Relation | None = None
    group: Fired | None = None
    learned: Fired = NOTHING
    told: PageKind | None = None
    points: int = 0
    hub_points: int = 0
    teaser: str | None = None

    @property
    def fired(self) -> tuple[Fired, ...]:
        """What form, words, spot, block, relation and what was learned added to the points; () before there are any."""
        if self.relation is None or self.group is None:
            return ()
        own = form_points(self.form), word_points(self.words), spot_points(self.spot), self.group, relation_points(self.relation), self.learned
        return (*own, TOLD[self.told]) if self.told else own

    @property
    def why(self) -> str:
        """The terms that fired, each with what it added to the points for an article and for a section."""
        terms = [term for fired in self.fired for term in fired.terms]
        return ", ".join(f"{term.name} {term.article:+d}/{term.hub:+d}" for term in terms if term.article or term.hub)


def find_links(
    outline: Outline, resolver: Resolver, site: Site, seen: Seen = NONE_SEEN, kind_of: Callable[[str], PageKind | None] | None = None
) -> list[Found]:
    """Returns every link with an http(s) address, in page order, with its points; a URL may still come twice.

    `seen` are the kinds of the site's pages by the shape of their addresses. `kind_of` tells what the user says about an address:
    that goes before all points.
    """
    found: list[Found] = []
    urls: set[str] = set()
    known: dict[str, tuple[str, Form, bool] | None] = {}
    over, blocks = headings_over(outline), outline.blocks
    spots: dict[tuple[object, ...], Spot] = {}
    for anchor in outline.anchors:
        href = anchor.href
        address = known[href] if href in known else known.setdefault(href, _address(href, resolver, site))
        if address is None:
            continue
        url, form, same_site = address
        urls.add(url)
        if len(urls) > MAX_LINKS:  # a bound on time
            break
        text, heading = anchor.text or anchor.title, over.get(anchor.place.number)
        legal = anchor.place.flags & labels.FOOT != 0 and names_legal_notice(text)
        key = anchor.place.flags, anchor.place.tag, heading, _in_prose(anchor, blocks), anchor.image, legal
        spot = spots.get(key)
        if spot is None:  # the links of a page stand in few spots
            spot = spots[key] = _spot(anchor, heading, blocks, legal=legal)
        found.append(Found(url, anchor, text, form, words_of(text), same_site, spot, heading))
    _lend_texts(found)
    _give_points(found, site.url)
    if seen:
        _add_learned(found, seen)
    if kind_of is not None:
        _tell(found, kind_of)
    return found


def _address(href: str, resolver: Resolver, site: Site) -> tuple[str, Form, bool] | None:
    """Returns the URL of an href, its form, and whether it is on the site; a page has many addresses twice."""
    url = resolver.resolve(href)
    return (url, form_of(url), site.has(url)) if url is not None else None


def _spot(anchor: Anchor, heading: str | None, blocks: list[Block], *, legal: bool) -> Spot:
    place, told = anchor.place, heading or ""
    in_prose = _in_prose(anchor, blocks)
    return Spot(place.flags, place.tag in LEVELS, sub_of_heading(told) is not None, heads_services(told), in_prose, anchor.image, legal)


def _in_prose(anchor: Anchor, blocks: list[Block]) -> bool:
    """Returns whether a link stands in a sentence: its block has more text outside links than in them."""
    if anchor.block >= len(blocks):
        return False
    block = blocks[anchor.block]
    return block.size > PROSE_BYTES and block.linked * 2 < len(block.text) and not block.place.flags & labels.AROUND


def _lend_texts(found: list[Found]) -> None:
    """Gives a picture without words the text of the link beside it that leads to the same address."""
    texts: dict[str, str] = {}
    for one in found:
        if len(one.text) > len(texts.get(one.url, "")):
            texts[one.url] = one.text
    for one in found:
        if one.anchor.text:
            continue
        if len(one.text) < len(lent := texts.get(one.url, "")):
            one.text, one.words = lent, words_of(lent)


def _give_points(found: list[Found], own: str) -> None:
    groups: defaultdict[int, Group] = defaultdict(Group)
    neighbours = Neighbours(own, {one.url: one.form for one in found if one.same_site}.values())
    of_url: dict[str, tuple[Relation, int, int]] = {}
    for one in found:
        form, url = one.form, one.url
        known = of_url.get(url)
        if known is None:
            relation = neighbours.relation(form, url)
            (article, hub, _), (own_article, own_hub, _) = form_points(form), relation_points(relation)
            known = of_url[url] = relation, article + own_article, hub + own_hub
        one.relation, one.points, one.hub_points = known
        groups[one.anchor.path].add(form, one.words, form.article or one.relation.own_shape, one.same_site, one.anchor.image)
    of_group = {path: group_points(group.facts()) for path, group in groups.items()}
    for one in found:
        one.group = group = of_group[one.anchor.path]
        # By unpacking, as it takes half the time of attributes.
        (word_article, word_hub, _), (spot_article, spot_hub, _), (article, hub, _) = one.words.fired or word_points(one.words), spot_points(one.spot), group
        one.points += word_article + spot_article + article
        one.hub_points += word_hub + spot_hub + hub


def _add_learned(found: list[Found], seen: Seen) -> None:
    for one in found:
        if one.same_site:
            one.learned = learned = points_of(one.url, seen)
            one.points += learned.article
            one.hub_points += learned.hub


def _tell(found: list[Found], kind_of: Callable[[str], PageKind | None]) -> None:
    for one in found:
        one.told = kind_of(one.url) if one.same_site else None
        if one.told is not None:
            one.points += TOLD[one.told].article
            one.hub_points += TOLD[one.told].hub


def classify(found: list[Found], outline: Outline, url: str, inline: range, *, on_article: bool) -> list[Link]:
    """Returns one Link for each distinct URL, with its strongest kind; `inline` are the blocks of the running text."""
    best: dict[str, tuple[_Strength, LinkKind, LinkSub | None, int]] = {}
    for position, one in enumerate(found):
        kind, sub = _judge(one, outline, url, inline, on_article=on_article)
        strength = _STRENGTH[kind], (sub == "related") + (sub is not None), one.teaser is not None, bool(one.text)
        other = best.get(one.url)
        if other is None or strength > other[0]:
            best[one.url] = strength, kind, sub, position
    return [_link(found[position], kind, sub, position) for _, kind, sub, position in best.values()]


def _link(one: Found, kind: LinkKind, sub: LinkSub | None, position: int) -> Link:
    """Returns the link as the page has it; a list of articles of which nothing is told is one of recommendations."""
    return Link(one.url, kind, "recommended" if kind == "related" and sub is None else sub, one.text, one.teaser, position, one.heading)


def _judge(one: Found, outline: Outline, url: str, inline: range, *, on_article: bool) -> tuple[LinkKind, LinkSub | None]:
    rel = one.anchor.rel.lower().split() if one.anchor.rel else ()
    if not one.same_site or one.url == url or one.told == "other":
        return "other", None
    if one.told is not None:
        return ("hub", None) if one.told == "hub" else ("related", _sub(one, outline.blocks, inline)) if on_article else ("article", None)
    if "sponsored" in rel:
        return "other", None
    if _is_pager(one):
        return "pagination", None
    if "next" in rel or "prev" in rel:
        return ("related", "prevnext") if on_article and one.form.article else ("pagination", None)
    if one.points >= ARTICLE_POINTS:
        return ("related", _sub(one, outline.blocks, inline)) if on_article else ("article", None)
    return ("hub" if one.hub_points >= HUB_POINTS or _stays_followed(one) else "other"), None


def _stays_followed(one: Found) -> bool:
    """Returns whether a link is followed though its points are too few: what was learned makes it less urgent, never leaves it out.

    Pages of its shape must go on being seen. Where those seen were articles, so may this one be that nothing else speaks for.
    """
    learned = one.learned
    return learned.article > 0 or one.points - learned.article >= ARTICLE_POINTS or one.hub_points - learned.hub >= HUB_POINTS


def _is_pager(one: Found) -> bool:
    """Returns whether a link leads to another page of the same list or article."""
    words, form, relation = one.words, one.form, one.relation
    if form.service or form.media:
        return False
    if (relation is not None and relation.own_page) or (form.page_number is not None and not form.article):
        return True
    if form.dated and form.slug_words > 3:
        return False
    in_pager = bool(one.anchor.place.flags & labels.PAGER)
    if words.next_page:
        return not words.home or in_pager
    return words.number and (in_pager or _counts(one.text, one.url))


def _counts(text: str, url: str) -> bool:
    """Returns whether the last number of an address is the page's number as printed, counted from one or from nought."""
    printed, last = _DIGITS.search(text), _LAST_DIGITS.search(url)
    return printed is not None and last is not None and int(printed[0]) - int(last[1]) in (0, 1)


def _sub(one: Found, blocks: list[Block], inline: range) -> LinkSub | None:
    """Returns where on an article page a link to another article stands, None when nothing tells."""
    place = one.anchor.place
    if one.words.next_article:
        return "prevnext"
    if one.anchor.block < len(blocks):
        block = blocks[one.anchor.block]
        if labels.PREV_NEXT_ARTICLE.match(block.text):
            return "prevnext"
        if one.anchor.block in inline and not place.flags & labels.AROUND and block.linked * 2 < len(block.text):
            return "inline"
    heading = one.heading
    told = sub_of_heading(heading) if heading else None
    if told:
        return told
    for flag, name in _SUB_FLAGS:
        if place.flags & flag:
            return name
    return None


def page_forms(found: list[Found]) -> Counter[bool]:
    """Returns how many distinct same-site links look like articles (True) and how many do not (False), by what the page itself tells."""
    return Counter({one.url: one.points - one.learned.article >= ARTICLE_POINTS for one in found if one.same_site}.values())
