"""Links that are "other" but may be more: worth a fetch when nobody knows yet what pages at addresses of their shape are.

Without them a site whose addresses tell nothing would never be understood: what is never fetched teaches nothing. Only links
for which something speaks are meant, and none to a service, whatever it is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from newscrawler.extract import labels
from newscrawler.extract.links import Found
from newscrawler.extract.seen import TRIED_PAGES, shape_of
from newscrawler.items import Link

DOUBTFUL_POINTS = 4
_APART = labels.FOOT | labels.SHARE | labels.AD | labels.COMMENT | labels.SERVICE


def doubtful_links(links: Iterable[Link], found: list[Found], own: str) -> list[Link]:
    """Returns of the links of kind "other" those that may lead to reading, TRIED_PAGES at most of each shape; `own` is the page's URL."""
    chosen: list[Link] = []
    of_shape: Counter[str] = Counter()
    for link in _doubtful(links, found, own):
        shape = shape_of(link.url)
        if of_shape[shape] < TRIED_PAGES:
            of_shape[shape] += 1
            chosen.append(link)
    return chosen


def _doubtful(links: Iterable[Link], found: list[Found], own: str) -> Iterator[Link]:
    for link in links:
        if link.kind != "other":
            continue
        one = found[link.position]
        if one.points < DOUBTFUL_POINTS or not one.same_site or one.url == own:
            continue
        if one.form.service or one.form.media or one.words.service or one.spot.over_services or one.spot.flags & _APART:
            continue
        if "nofollow" not in one.anchor.rel and "sponsored" not in one.anchor.rel:
            yield link
