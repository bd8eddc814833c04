"""Links in their block: what the block, the place and the rest of the page add to the points of a link.

A block is the links that stand on one generalised way of tags and classes from the root (parting it by headings too made nothing
better). How long its anchors are on average and how many of its addresses have an article's form tells more than all that
the single link says. What the other links of the page say is the third thing: an address under which articles stand is a
section's, and many addresses of one shape with numbers are articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from newscrawler.extract import labels
from newscrawler.extract.anchors import Words
from newscrawler.extract.forms import Form, form_of
from newscrawler.extract.points import Fired, Term, weigh

MANY = 4
PROSE_BYTES = 75
MAX_PARENTS = 12

_ID = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_OTHER_PAGE = re.compile(r"[-_](?:p|page)?\d{1,2}(?:\.\w+)?")


@dataclass(slots=True)
class Group:
    """A block of links: how many, how many have text, how long that is in all, and how many are of which kind."""

    count: int = 0
    told: int = 0
    units: float = 0.0
    articles: int = 0
    services: int = 0
    sections: int = 0
    off_site: int = 0
    roots: int = 0
    images: int = 0

    @property
    def mean(self) -> float:
        """The mean length of the texts in units."""
        return self.units / self.told if self.told else 0.0

    def add(self, form: Form, words: Words, article: bool, same_site: bool, image: bool) -> None:
        """Counts one link; `article` says that its address has an article's form."""
        self.count += 1
        if words.units:
            self.told += 1
            self.units += words.units
        if article:
            self.articles += 1
        if form.named or words.section:
            self.sections += 1
        if form.service or words.service:
            self.services += 1
        if not same_site:
            self.off_site += 1
        self.roots += form.root
        self.images += image

    def facts(self) -> tuple[float, ...]:
        """Returns all that the group has counted, to remember its points by."""
        return self.count, self.told, self.units, self.articles, self.services, self.sections, self.off_site, self.roots, self.images

    def share(self, part: int) -> float:
        """Returns which share of the links `part` is."""
        return part / (self.count or 1)


GROUP_TERMS = (
    Term("texts of the block: none", 2, -1, lambda group: not group.told),
    Term("texts of the block: two words and a half", 2, 0, lambda group: group.mean >= 2.5),
    Term("texts of the block: five words", 2, 0, lambda group: group.mean >= 5),
    Term("texts of the block: seven words", 0, -1, lambda group: group.mean >= 7),
    Term("article addresses in the block: a fifth", 2, 0, lambda group: group.share(group.articles) >= 0.2),
    Term("article addresses in the block: three fifths", 2, 0, lambda group: group.share(group.articles) >= 0.6),
    Term("article addresses in the block: nearly all", 0, -1, lambda group: group.share(group.articles) >= 0.9),
    Term("block of four links", 1, 0, lambda group: group.count >= MANY),
    Term("block of ten links", 0, 1, lambda group: group.count >= 10),
    Term("block with services", 0, -2, lambda group: group.share(group.services) >= 0.3),
    Term("block with names of sections", -1, 3, lambda group: group.share(group.sections) >= 0.2),
    Term("long block without names of sections", 0, -1, lambda group: group.count >= 10 and not group.sections),
    Term("block of home pages", 0, -1, lambda group: group.share(group.roots) >= 0.5),
    Term("block of pictures", 0, -1, lambda group: group.share(group.images) >= 0.5),
    Term("block that leads off the site", 0, -2, lambda group: group.share(group.off_site) >= 0.3),
)


@lru_cache(maxsize=2048)
def group_points(facts: tuple[float, ...]) -> Fired:
    """Returns what a block with these `Group.facts` adds to the points of its links: a site prints the same menus on every page."""
    return weigh(GROUP_TERMS, Group(*facts))  # type: ignore[arg-type]


class Spot(NamedTuple):
    """Where a link stands: the flags of the place, what the heading over it speaks of, whether running text or a picture surrounds it,
    and whether it stands in the foot and names rules of the site."""

    flags: int
    in_heading: bool
    over_list: bool
    over_services: bool
    prose: bool
    image: bool
    legal: bool


_LISTS = labels.RELATED | labels.RECOMMENDED | labels.POPULAR | labels.LATEST

SPOT_TERMS = (
    Term("in a menu", -2, 1, lambda spot: spot.flags & labels.NAV),
    Term("in the foot", -2, -2, lambda spot: spot.flags & labels.FOOT),
    Term("rules of the site in the foot", -12, -3, lambda spot: spot.legal),
    Term("in the way of sections", -2, 2, lambda spot: spot.flags & labels.CRUMB),
    Term("at the side", 0, -1, lambda spot: spot.flags & labels.SIDE),
    Term("among comments", -2, -1, lambda spot: spot.flags & labels.COMMENT and not spot.flags & _LISTS),
    Term("among share buttons", -2, -2, lambda spot: spot.flags & labels.SHARE),
    Term("among advertisements", -1, -1, lambda spot: spot.flags & labels.AD),
    Term("in a form", 0, -2, lambda spot: spot.flags & labels.SERVICE),
    Term("among keywords", -1, 2, lambda spot: spot.flags & labels.KEYWORDS),
    Term("in the byline", 0, 1, lambda spot: spot.flags & labels.BYLINE),
    Term("in a list of related reading", 1, 0, lambda spot: spot.flags & labels.RELATED),
    Term("in a list of articles", 1, 0, lambda spot: spot.flags & _LISTS and not spot.flags & labels.RELATED),
    Term("heading of a list of articles", 2, 0, lambda spot: spot.over_list),
    Term("heading of services", -7, 0, lambda spot: spot.over_services),
    Term("in a heading", 1, 0, lambda spot: spot.in_heading),
    Term("with a picture", 1, 0, lambda spot: spot.image),
    Term("in running text", 2, -1, lambda spot: spot.prose),
)


@lru_cache(maxsize=4096)
def spot_points(spot: Spot) -> Fired:
    """Returns what the place of a link adds to its points."""
    return weigh(SPOT_TERMS, spot)


class Relation(NamedTuple):
    """What an address is to the page's own and to the page's others."""

    own_shape: bool
    many: bool
    above: bool
    above_many: bool
    above_own: bool
    below_own: bool
    own_page: bool
    own_place: bool
    own_id: bool
    other_host: bool
    host_of_articles: bool


RELATION_TERMS = (
    Term("shaped like the page's own address", 2, 0, lambda one: one.own_shape),
    Term("one of many numbers of one shape", 1, 0, lambda one: one.many),
    Term("articles stand under the address", -1, 2, lambda one: one.above),
    Term("many articles stand under the address", -1, 1, lambda one: one.above_many),
    Term("the page stands under the address", -1, 2, lambda one: one.above_own),
    Term("the address stands under the page", -8, -2, lambda one: one.below_own or one.own_page),
    Term("the page itself in another form", -9, -6, lambda one: one.own_place),
    Term("the page's own number in another address", -6, -4, lambda one: one.own_id),
    Term("on another host of the site", 0, -1, lambda one: one.other_host),
    Term("on a host with articles", 0, 1, lambda one: one.host_of_articles),
)


@lru_cache(maxsize=512)
def relation_points(relation: Relation) -> Fired:
    """Returns what an address adds to the points by what it is to the others."""
    return weigh(RELATION_TERMS, relation)


class Neighbours:
    """Answers what an address is to the page's own one and to those of its links that look like articles."""

    def __init__(self, url: str, forms: Iterable[Form]) -> None:
        own = self.own = form_of(url)
        self.own_parents = set(_parents(own.place))
        numbers = _ID.findall(url.partition("://")[2].partition("/")[2]) if own.article else []  # a port is no number of the page's
        self.own_id = numbers[-1] if numbers else None
        self.own_stem = own.place[: own.place.rfind(".")] if own.page_file else own.place
        self.under: dict[str, int] = {}
        self.shapes: dict[str, int] = {}
        under, shapes = self.under, self.shapes  # plain dicts: a Counter's update is a call for each address
        for form in forms:
            if form.article:
                for parent in _parents(form.place):
                    under[parent] = under.get(parent, 0) + 1
            shapes[form.shape] = shapes.get(form.shape, 0) + 1

    def relation(self, form: Form, url: str) -> Relation:
        """Returns the relation of one address and its form."""
        own, stem, place, shape = self.own, self.own_stem, form.place, form.shape
        rest = place[len(stem) :] if own.article and place.startswith(stem) else ""
        under = self.under.get(place, 0)
        own_id = self.own_id is not None and self.own_id in url and place != own.place and _has_number(url, self.own_id)
        return Relation(
            own.article and shape == own.shape and not form.plain_name,
            not form.plain_name and self.shapes.get(shape, 0) >= 2 * MANY,
            under >= 1,
            under >= MANY,
            place in self.own_parents and not form.root,
            rest.startswith("/"),
            rest != "" and _OTHER_PAGE.fullmatch(rest) is not None,
            own.article and place == own.place and (shape != own.shape or not form.parameters),
            own_id,
            form.host != own.host,
            form.host in self.under,
        )


def _has_number(url: str, number: str) -> bool:
    """Returns whether a number stands in a URL as a whole, not as a part of a longer one."""
    start = url.find(number)
    while start >= 0:
        end = start + len(number)
        if not url[start - 1 : start].isdecimal() and not url[end : end + 1].isdecimal():
            return True
        start = url.find(number, end)
    return False


@lru_cache(maxsize=16384)
def _parents(place: str) -> tuple[str, ...]:
    """Returns host and folders above a place, the nearest first, MAX_PARENTS at most."""
    parents: list[str] = []
    end = place.rfind("/")
    while end > 0 and len(parents) < MAX_PARENTS:
        parents.append(place[:end])
        end = place.rfind("/", 0, end)
    return tuple(parents)
