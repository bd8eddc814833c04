"""Outline -> the blocks of the running text.

It requires that an article's paragraphs stand together under one element, and that they are longer, less linked and better
punctuated than what stands around. Each block that reads like a paragraph votes for the elements around it, with less
weight the farther up (the idea of Arc90's Readability). The winner is widened to an ancestor as long as that brings clearly
more prose than lists of links, since paragraphs may hang in separate boxes. Inside it everything counts that is not told
to be something else, which is what `trimming` does.

Sizes are bytes in UTF-8: a Chinese character counts as much as three Latin letters, and says about as much.

Known to fail: texts of one or two short sentences, galleries, pages where the text is not in the markup.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate

from newscrawler.extract.labels import AROUND, BODY, CLOSING, COMMENT, CONSENT, FOOT, PRINTED_HEADING, SERVICE, SHARE
from newscrawler.extract.outline import Block, Outline, Place
from newscrawler.extract.trace import Trace
from newscrawler.extract.trimming import running_text

PARAGRAPH_BYTES = 75
VOTES = (1.0, 0.75, 0.5, 0.25, 0.12)
WIDEN = 1.2
WIDEN_TO_BODY = 1.6
MAX_WIDEN = 3
MAX_MARKS = 12
TEASER = 0.3
"""What a paragraph in an item of a list counts after a link in the same item."""

_MARK = re.compile(r"[。，！？；、：,.!?;:」”]")
_ENTRY_TAGS = frozenset({"li", "dd", "dt"})
_PARAGRAPH_TAGS = frozenset({"p", "blockquote", "pre", "li", "dd", "h2", "h3", "h4"})


def choose_body(outline: Outline, trace: Trace | None = None) -> list[Block]:
    """Returns the blocks of the running text in order, [] when nothing reads like one.

    Regions that say they stand around the text (navigation, related lists) are left out, unless that leaves almost nothing.
    """
    worths = [_worth(block) if block.size >= PARAGRAPH_BYTES else 0.0 for block in outline.blocks]  # a call less for most blocks
    for around in (AROUND | SERVICE | CONSENT, FOOT | COMMENT | SERVICE | CONSENT, 0):
        open_ = [
            (not (against := block.place.flags & around) or (against == SHARE and value > 0)) and not (block.place.item and _is_listed(block.place))
            for block, value in zip(outline.blocks, worths, strict=True)
        ]  # a post quoted from a social network is text: a bar of buttons has no sentences
        place = _best_place(outline, worths, open_)
        if place is not None:
            first, last = place.number, place.last
            inside = [index for index, block in enumerate(outline.blocks) if first <= block.place.number <= last]
            found = running_text(outline, place, inside, worths, open_, trace)
            if around == 0 or sum(block.size for block in found) >= 2 * PARAGRAPH_BYTES:
                return found
    return []


def _worth(block: Block) -> float:
    """Returns how much a block reads like a paragraph of the text, not of the page."""
    value = worth(block)
    return value if value and not CLOSING.match(block.text) else 0.0


def worth(block: Block) -> float:
    """Returns how much a block reads like a paragraph, in bytes of text; 0 for a line of links or a label."""
    if block.size < PARAGRAPH_BYTES or block.linked * 2 > len(block.text):
        return 0.0
    marks = min(len(_MARK.findall(block.text)), MAX_MARKS)
    return block.size * (1 - block.linked / len(block.text)) * (0.4 + 0.05 * marks) if marks else 0.0


def _best_place(outline: Outline, worths: list[float], open_: list[bool]) -> Place | None:
    scores: dict[int, float] = {}
    own: dict[int, float] = {}
    entries: set[int] = set()
    for index, block in enumerate(outline.blocks):
        if not open_[index]:
            continue
        value, place = worths[index], block.place
        if not value:
            if block.linked * 2 > len(block.text):
                entries.add(place.item)
                own[place.number] = own.get(place.number, 0.0) - block.size
            continue
        if place.item in entries and outline.places[place.item].tag in _ENTRY_TAGS:
            value *= TEASER
        else:
            own[place.number] = own.get(place.number, 0.0) + value * (1 - 2 * block.linked / len(block.text))
        _vote(place, value, scores)
    if not scores:
        return None
    return _widened(outline.places[max(scores, key=lambda number: (scores[number], number))], own)


def _vote(place: Place, value: float, scores: dict[int, float]) -> None:
    """Adds the votes of one paragraph for the elements around it."""
    if place.tag in _PARAGRAPH_TAGS and place.parent is not None:
        place = place.parent
    for vote in VOTES:
        weight = vote * (0.5 if place.tag == "body" else 1.3 if place.flags & BODY else 1.0)
        scores[place.number] = scores.get(place.number, 0.0) + value * weight
        if place.parent is None or place.tag == "body":
            break
        place = place.parent


def _widened(place: Place, own: dict[int, float]) -> Place:
    """Returns the place or an ancestor of it, such that going up brings clearly more prose than lists of links at each step."""
    numbers = sorted(own)
    sums = [0.0, *accumulate(own[number] for number in numbers)]

    def inside(one: Place) -> float:
        return sums[bisect_right(numbers, one.last)] - sums[bisect_left(numbers, one.number)]

    best, before, up, steps = place, inside(place), place.parent, 0
    while up is not None and up.tag not in ("html", "") and steps < MAX_WIDEN:
        here = inside(up)
        if here > (WIDEN_TO_BODY if up.tag == "body" else WIDEN) * inside(best):
            best = up
        steps += here != before  # a box around one box is no step
        before, up = here, up.parent
    return best


def _is_listed(place: Place) -> bool:
    """Returns whether a place, in an item of a list, stands under a heading such as 相关阅读."""
    return bool(place.heading and len(place.heading) <= 20 and PRINTED_HEADING.match(place.heading))
