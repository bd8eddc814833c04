"""Outline -> outline in which names of parts hold: what a class says is taken back where the element's text says otherwise.

A class may wrap the page ("page-nav-open"), tell the topics of a text (WordPress: "tag-football") or name a layout
("l-sidebar-content"), not what the element is. Such an element holds much of the page's prose, or the headline. A real list
of links shows it by its links, however much its teasers say; comments and consent banners may hold more prose than the
text, so their names count for more.

Known to fail: a text in many small elements each named like a sidebar, a page that is little but a named box.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from newscrawler.extract.labels import COMMENT, CONSENT, ONLY_PARTS
from newscrawler.extract.outline import Outline, Place

PROSE_BYTES = 75
MUCH = 0.4
NEARLY_ALL = 0.8
SOME = 0.15
PARAGRAPHS = 4
LINKED = 0.25

_NAMED = ONLY_PARTS & ~(COMMENT | CONSENT)


def forget_wrappers(outline: Outline) -> None:
    """Takes back in place the flags that elements cannot bear; changes nothing else."""
    sums = _Sums(outline)
    wrong = False
    for place in outline.places:
        taken = place.own & ONLY_PARTS and place.own & sums.not_borne(place)
        if taken:
            place.own &= ~taken
            wrong = True
    if wrong:
        for place in outline.places[1:]:
            place.flags = place.own | (place.parent.flags if place.parent else 0)


class _Sums:
    """What stands in each element, as running sums over the numbers of places: bytes of prose, paragraphs, characters in links."""

    def __init__(self, outline: Outline) -> None:
        size = len(outline.places) + 1
        prose, paragraphs, chars, linked = [0] * size, [0] * size, [0] * size, [0] * size
        for block in outline.blocks:
            at, length = block.place.number + 1, len(block.text)
            chars[at] += length
            linked[at] += block.linked
            if block.size >= PROSE_BYTES and block.linked * 3 < length:
                prose[at] += block.size
                paragraphs[at] += 1
        self.prose, self.paragraphs = list(accumulate(prose)), list(accumulate(paragraphs))
        self.chars, self.linked = list(accumulate(chars)), list(accumulate(linked))
        self.heads = [place.number for place in outline.places if place.tag == "h1"]

    def not_borne(self, place: Place) -> int:
        """Returns the flags that an element with such a text does not have."""
        low, high = place.number, place.last + 1
        paragraphs = self.paragraphs[high] - self.paragraphs[low]
        if not paragraphs:
            return 0
        share = (self.prose[high] - self.prose[low]) / self.prose[-1]
        headed = bisect_left(self.heads, low) < bisect_left(self.heads, high)
        flags = COMMENT | _NAMED if share > NEARLY_ALL else 0
        if headed and share > MUCH:
            flags |= CONSENT
        if self.linked[high] - self.linked[low] < LINKED * (self.chars[high] - self.chars[low]):
            reads = headed or (share > MUCH and paragraphs > 1) or (share > SOME and paragraphs >= PARAGRAPHS)
            flags |= _NAMED if reads else 0
        return flags
