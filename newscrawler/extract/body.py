"""Outline -> the blocks of the running text.

It requires that an article's paragraphs stand together under one element, and that they are longer, less linked and better
punctuated than what stands around. Each block that reads like a paragraph votes for the elements around it, with less
weight the farther up (the idea of Arc90's Readability); the winner is widened while its parent holds clearly more text.
Inside it everything counts that is not told to be something else: navigation, captions, bylines, lists of links.

Known to fail: texts of one or two short sentences, pages whose paragraphs hang in many separate boxes, live blogs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate

from newscrawler.extract.bylines import is_source_line
from newscrawler.extract.labels import AROUND, BODY, BYLINE, CAPTION, KEYWORDS, KEYWORDS_LINE, META, PRINTED_HEADING, TITLE
from newscrawler.extract.outline import Block, Outline, Place

PARAGRAPH_BYTES = 75
VOTES = (1.0, 0.75, 0.5, 0.25, 0.12)
WIDEN = 1.2
MAX_WIDEN = 6
LIST_WEIGHT = 1.0

_MARK = re.compile(r"[。，！？；、：,.!?;:」”]")
_PARAGRAPH_TAGS = frozenset({"p", "blockquote", "pre", "li", "dd", "h2", "h3", "h4"})
_LINE_END = re.compile(r"[。！？!?.…」”\"'）)]$")
_NOTICE = re.compile(
    r"^(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|本文来源|声明[:：]|责任编辑|責任編輯|责编|編輯[:：]|编辑[:：]|校对[:：]|审核[:：]|扫一扫|扫码|"
    r"原标题[:：]|原標題[:：]|更多精彩|未经授权|分享到|点击进入|返回搜狐|copyright\b|©|all rights reserved|advertisement$|广告$|[\[(（【]责任?编辑)",
    re.IGNORECASE,
)


def choose_body(outline: Outline) -> list[Block]:
    """Returns the blocks of the running text in order, [] when nothing reads like one.

    Regions that say they stand around the text (navigation, related lists) are left out, unless that leaves almost nothing.
    """
    for around in (AROUND, 0):
        blocks = [block for block in outline.blocks if not block.place.flags & around and not _is_listed(block.place)]
        place = _best_place(blocks, outline)
        if place is not None:
            found = _running_text(place, blocks, outline)
            if around == 0 or sum(block.size for block in found) >= 2 * PARAGRAPH_BYTES:
                return found
    return []


def worth(block: Block) -> float:
    """Returns how much a block reads like a paragraph, in bytes of text; 0 for a line of links or a label."""
    if block.size < PARAGRAPH_BYTES or block.linked * 2 > len(block.text):
        return 0.0
    marks = min(len(_MARK.findall(block.text)), 12)
    return block.size * (1 - block.linked / len(block.text)) * (0.4 + 0.05 * marks) if marks else 0.0


def _best_place(blocks: list[Block], outline: Outline) -> Place | None:
    scores: dict[int, float] = {}
    own: dict[int, float] = {}
    for block in blocks:
        value = worth(block)
        if not value:
            if block.linked * 2 > len(block.text):
                own[block.place.number] = own.get(block.place.number, 0.0) - LIST_WEIGHT * block.size
            continue
        own[block.place.number] = own.get(block.place.number, 0.0) + value
        place = block.place.parent if block.place.tag in _PARAGRAPH_TAGS and block.place.parent is not None else block.place
        for vote in VOTES:
            weight = vote * (1.3 if place.flags & BODY else 1.0)
            scores[place.number] = scores.get(place.number, 0.0) + value * weight
            if place.parent is None or place.tag == "body":
                break
            place = place.parent
    if not scores:
        return None
    return _widened(outline.places[max(scores, key=lambda number: (scores[number], number))], own)


def _widened(place: Place, own: dict[int, float]) -> Place:
    """Returns the place or an ancestor of it, such that going up brings clearly more prose than lists of links at each step."""
    numbers = sorted(own)
    sums = [0.0, *accumulate(own[number] for number in numbers)]

    def inside(one: Place) -> float:
        return sums[bisect_right(numbers, one.last)] - sums[bisect_left(numbers, one.number)]

    best, up, steps = place, place.parent, 0
    while up is not None and up.tag not in ("html", "") and steps < MAX_WIDEN:
        if inside(up) > WIDEN * inside(best):
            best = up
        up, steps = up.parent, steps + 1
    return best


def _running_text(place: Place, blocks: list[Block], outline: Outline) -> list[Block]:
    inside = [block for block in blocks if place.number <= block.place.number <= place.last]
    kept = [block for block in _after_title(inside) if _belongs(block)]
    first = next((index for index, block in enumerate(kept) if worth(block)), 0)
    return [block for block in kept[:first] if _may_begin(block)] + kept[first:]


def _may_begin(block: Block) -> bool:
    """Returns whether a block before the first real paragraph belongs to the text: a short first one, not a label."""
    tag = block.place.tag
    return (tag == "p" and len(block.text) >= 6) or (tag in ("div", "td") and bool(_LINE_END.search(block.text)))


def _is_listed(place: Place) -> bool:
    """Returns whether a place is an item of a list under a heading such as 相关阅读."""
    return bool(place.item and place.heading and len(place.heading) <= 20 and PRINTED_HEADING.match(place.heading))


def _after_title(blocks: list[Block]) -> list[Block]:
    """Returns the blocks after the page's h1, when it stands among the first ones."""
    for index, block in enumerate(blocks[:12]):
        if block.place.tag == "h1" or (block.place.flags & TITLE and block.size < 300):
            return blocks[index + 1 :]
    return blocks


def _belongs(block: Block) -> bool:
    place, text = block.place, block.text
    if place.flags & (CAPTION | KEYWORDS) and block.size < 600:
        return False
    if place.flags & (BYLINE | META) and block.size < 200:
        return False
    if block.linked * 2 > len(text) and not (place.tag == "p" and _LINE_END.search(text) and block.size > 2 * PARAGRAPH_BYTES):
        return False
    if block.size >= 400:
        return True
    return not (KEYWORDS_LINE.match(text) or _NOTICE.match(text) or is_source_line(text))
