"""The chosen element -> its running text: lists of links out, what stands before and after the text off.

A list is judged as a whole: in a list of sentences one that is mostly a link is a sentence all the same, and a caption
inside a list of links is no paragraph. What closes an article (source, editor, disclaimer, a call to subscribe) are short
paragraphs with known beginnings; they are taken off from the end backwards, so the same words inside a text do no harm.

Known to fail: disclaimers in words of the site's own, a neighbour's teaser marked up as a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate

from newscrawler.extract.bylines import is_source_line
from newscrawler.extract.labels import BYLINE, CALL, CAPTION, CAPTION_LINE, CLOSING, COMMENTS_HEADING, END_HEADING, KEYWORDS, KEYWORDS_LINE, META, NOTICE, TITLE
from newscrawler.extract.outline import Block, Outline, Place
from newscrawler.extract.trace import Trace

LONG_BYTES = 400
LEAD_BLOCKS = 12
LEAD_DISTANCE = 25
LEAD_BYTES = 130
HEADLINE_BYTES = 18
MAX_TITLE = 500
DESCRIPTION = 30
LABEL_BYTES = 40
MAX_CALL = 600
MAX_BIOGRAPHY = 800
MAX_TAIL = 800
MOSTLY_LINKS = 0.75
LITTLE_PROSE = 0.2
MANY_PARAGRAPHS = 2
MAX_CAPTION = 400
SETTLED = 4
BOX_DEPTH = 4
BOX_BLOCKS = 4
BOXED = 0.3
REPEATED_BYTES = 75
SAMPLE = 40
END_FROM = 0.5
MAX_END_HEADING = 90
COMMENTS_FROM = 0.2

_LINE_END = re.compile(r"[。！？!?.…」”\"'）)]$")
_FIGURE = re.compile(r"[^\d:：]{2,40}[:：]\s*[$€£¥]?\s?\d[\d.,]*\s?[^\W\d]{0,8}[%％]?")
"""What a paragraph may say in a figure ("Deaths: 12"): short, and no label where it stands among the paragraphs."""
_COUNTER = re.compile(
    r"view|read|hits?\b|click|comment|repl|like|share|阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|赞|讚|转发|轉發|分享|收藏|人气|人氣|跟贴|编辑|編輯|来源|來源"
    r"|\b(?:id|no|tel|qq|phone|fax)\b|电话|電話|传真|傳真|邮编|郵編",
    re.IGNORECASE,
)
_FOLD = re.compile(r"[\W_]+")
_ABOUT = CAPTION | KEYWORDS | BYLINE | META | TITLE
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def running_text(
    outline: Outline, place: Place, inside: list[int], worths: list[float], open_: list[bool], trace: Trace | None = None
) -> list[Block]:
    """Returns those of the blocks `inside` (numbers, in order) that are the running text of `place`.

    `worths` and `open_` go by block: how much it reads like a paragraph, and whether it may belong to the text at all.
    """
    lists = _link_lists(outline, place, inside, worths)
    start = _after_title(outline, inside, worths)
    teasers, captions = _teaser_boxes(outline, place, inside, worths), _captions(outline, inside, worths)
    may = [index for index in inside[start:] if open_[index] and index not in teasers and index not in captions and _belongs(outline.blocks[index], lists)]
    kept = [index for index in may if not _is_caption(outline.blocks[index])]
    if not any(worths[index] for index in kept):
        kept = may  # a picture with its caption is all the page has
    whole, kept = kept, _without_tail(outline.blocks, inside[start:], kept, worths)
    first = next((number for number, index in enumerate(kept) if worths[index]), 0)
    titles = [fold(outline.title[:MAX_TITLE]), fold(outline.meta.get("og:title", "")[:MAX_TITLE])]
    found = [outline.blocks[index] for number, index in enumerate(kept) if number >= first or _begins(outline.blocks[index], titles)]
    lead = _standfirst(outline, inside[0] if inside else 0, open_, worths)
    text = _once(lead + found)
    if trace is not None:
        rest = {index for index in inside[start:] if open_[index]}
        in_boxes, open_blocks = (len(rest & teasers), len(rest & captions - teasers)), len(rest)
        trace.place, trace.inside, trace.lead = place, len(inside), len(lead)
        trace.trimmed = {
            "up to the headline": start,
            "in a part that is named otherwise": len(inside) - start - open_blocks,
            "in the box of a teaser": in_boxes[0],
            "in lists of links, labels, notices, marked captions": open_blocks - sum(in_boxes) - len(may),
            "captions by place or words": in_boxes[1] + len(may) - len(whole),
            "after the text": len(whole) - len(kept),
            "before the first paragraph": len(kept) - len(found),
            "said twice": len(lead) + len(found) - len(text),
        }
    return text


def _standfirst(outline: Outline, start: int, open_: list[bool], worths: list[float]) -> list[Block]:
    """Returns the paragraphs between the page's h1 and block number `start`: a lead that hangs in the box of the title.

    A line that only repeats the description is a subtitle and no paragraph of the text.
    """
    blocks = outline.blocks
    title = fold(outline.title[:MAX_TITLE])
    first = next((index for index in range(start - 1, max(-1, start - LEAD_DISTANCE), -1) if _is_headline(blocks[index], title)), None)
    if first is None:
        return []
    told = fold(outline.meta.get("description") or outline.meta.get("og:description") or "")[:DESCRIPTION]
    return [blocks[index] for index in range(first + 1, start) if open_[index] and worths[index] and _is_lead(blocks[index], told)]


def _is_headline(block: Block, title: str) -> bool:
    """Returns whether a block is the page's h1, or any block that says what its <title> says."""
    return block.place.tag == "h1" or (HEADLINE_BYTES <= block.size <= 300 and fold(block.text) in title)


def _is_lead(block: Block, told: str) -> bool:
    place, long = block.place, block.size >= LEAD_BYTES
    about = _ABOUT & ~META if long else _ABOUT
    if place.flags & about or place.tag in ("figure", "li") or block.linked * 3 > len(block.text) or not _belongs(block, {}) or _is_caption(block):
        return False
    return long or (place.tag == "p" and not (told and fold(block.text).startswith(told)))


def _once(blocks: list[Block]) -> list[Block]:
    """Returns the blocks without those that say it all again: a page for two screens, or for a reader's voice, has its text twice."""
    seen: dict[str, Place | None] = {}
    once: list[Block] = []
    whole = sum(block.size for block in blocks)
    for block in blocks:
        if block.size >= REPEATED_BYTES and seen.setdefault(block.text, block.place.parent) is not block.place.parent:
            continue
        if block.size * 3 >= whole and _repeats(block, blocks):
            continue
        once.append(block)
    return once


def _repeats(block: Block, blocks: list[Block]) -> bool:
    """Returns whether one long block holds the beginnings of most of the others."""
    others = [other.text[:SAMPLE] for other in blocks if other is not block and other.size >= REPEATED_BYTES]
    sample = others[:: len(others) // 8 + 1]
    return len(others) > 2 and sum(1 for text in sample if text in block.text) * 2 > len(sample)


def _link_lists(outline: Outline, place: Place, inside: list[int], worths: list[float]) -> dict[int, bool]:
    """Returns for each element in `place` (but itself) that holds several blocks whether it is a list of links.

    It is when most of its text is links and little of the prose of `place` stands in it.
    """
    size = place.last - place.number + 2
    links, texts, counts, prose = [0] * size, [0] * size, [0] * size, [0.0] * size
    for index in inside:
        block = outline.blocks[index]
        at = block.place.number - place.number + 1
        links[at] += block.linked
        texts[at] += len(block.text)
        counts[at] += 1
        prose[at] += worths[index]
    links, texts, counts, prose = list(accumulate(links)), list(accumulate(texts)), list(accumulate(counts)), list(accumulate(prose))
    lists: dict[int, bool] = {}
    for one in outline.places[place.number + 1 : place.last + 1]:
        low, high = one.number - place.number, one.last - place.number + 1
        if one.parent is not None and lists.get(one.parent.number):
            lists[one.number] = True
        elif counts[high] - counts[low] > 1:
            most = (links[high] - links[low]) * 2 > texts[high] - texts[low]
            lists[one.number] = most and prose[high] - prose[low] <= LITTLE_PROSE * prose[-1]
    return lists


def _teaser_boxes(outline: Outline, place: Place, inside: list[int], worths: list[float]) -> set[int]:
    """Returns the numbers of paragraphs that stand alone in a small box with a link over them: a teaser of another article.

    Where many paragraphs stand so, the article itself is made of such boxes, and none is returned.
    """
    rows: dict[int, list[int]] = {}
    for index in inside:
        one: Place | None = outline.blocks[index].place
        for _ in range(BOX_DEPTH):
            if one is None or one is place:
                break
            rows.setdefault(one.number, []).append(index)
            one = one.parent
    found: set[int] = set()
    for members in rows.values():
        if len(members) > BOX_BLOCKS:
            continue
        texts = [index for index in members if worths[index]]
        if len(texts) == 1 and any(_is_entry(outline.blocks[index]) for index in members if index < texts[0]):
            found.update(members)
    total = sum(worths[index] for index in inside)
    return found if sum(worths[index] for index in found) <= BOXED * total else set()


def _captions(outline: Outline, inside: list[int], worths: list[float]) -> set[int]:
    """Returns the numbers of short blocks in a box that also holds a picture, where the paragraphs stand in <p>."""
    blocks = outline.blocks
    if sum(1 for index in inside if worths[index] and blocks[index].place.tag == "p") < MANY_PARAGRAPHS:
        return set()
    pictured = {picture.place.number for picture in outline.pictures if picture.place.tag == "div"}
    return {index for index in inside if blocks[index].place.number in pictured and blocks[index].size < MAX_CAPTION}


def _is_entry(block: Block) -> bool:
    return block.linked * 5 > 4 * len(block.text) and block.size > 20


def _after_title(outline: Outline, inside: list[int], worths: list[float]) -> int:
    """Returns how many of the blocks end with the title: a heading before the first paragraph, or the page's headline later.

    What stands before the headline (a consent wall, a teaser) is no text, if no more than what stands after it.
    """
    blocks, title = outline.blocks, fold(outline.title[:MAX_TITLE])
    headline = next((index for index, block in enumerate(blocks) if block.place.tag == "h1" and block.size >= HEADLINE_BYTES and fold(block.text) in title), -1)
    start, before, total = 0, 0.0, sum(worths[index] for index in inside)
    for number, index in enumerate(inside):
        block = blocks[index]
        if before * 2 > total:
            break
        heads = block.place.tag == "h1" or (block.place.flags & TITLE and block.size < 300)
        if (heads and number < LEAD_BLOCKS and not before) or index == headline:
            start = number + 1
        before += worths[index]
    return start


def _belongs(block: Block, lists: dict[int, bool]) -> bool:
    place, text = block.place, block.text
    if lists.get(place.number) or (place.parent is not None and lists.get(place.parent.number)):
        return False
    if place.tag == "figcaption" or ((place.flags & (CAPTION | KEYWORDS) or place.tag == "figure") and block.size < 600):
        return False
    if place.flags & (BYLINE | META) and block.size < 200 and not (place.tag == "p" and block.size >= 75 and _LINE_END.search(text)):
        return False
    if block.linked * 2 > len(text) and not _is_sentence(block, lists):
        return False
    if block.size >= LONG_BYTES:
        return True
    return not (KEYWORDS_LINE.match(text) or NOTICE.match(text) or is_source_line(text))


def _is_caption(block: Block) -> bool:
    return block.size < LONG_BYTES and bool(CAPTION_LINE.match(block.text))


def _is_sentence(block: Block, lists: dict[int, bool]) -> bool:
    """Returns whether a block that is mostly links is a sentence all the same, or an item in a list of sentences."""
    place, share = block.place, block.linked / len(block.text)
    if place.tag == "p" and block.size > 75:
        return share < MOSTLY_LINKS or (block.size > 150 and bool(_LINE_END.search(block.text)))
    return place.item != 0 and place.parent is not None and lists.get(place.parent.number) is False and share < 0.9


def _without_tail(blocks: list[Block], inside: list[int], kept: list[int], worths: list[float]) -> list[int]:
    """Returns the numbers without what follows the text: from a closing heading near the end on, then line by line from the end."""
    end, room = _cut_at(blocks, inside, kept, worths), MAX_TAIL + sum(blocks[index].size for index in kept) // 8
    texts = [blocks[index] for index in kept if worths[index]]
    signed = sum(1 for block in texts if block.place.flags & BYLINE) * 4 <= len(kept)
    strangers = _strangers(texts)
    common = Counter(id(block.place.parent) for block in texts).most_common(1)
    while end > 1 and (id(blocks[kept[end - 1]]) in strangers or _closes(blocks[kept[end - 1]], worths[kept[end - 1]], signed=signed)):
        if common and id(blocks[kept[end - 1]].place.parent) == common[0][0] and _is_figure(blocks[kept[end - 1]]):
            break
        room -= blocks[kept[end - 1]].size
        if room < 0:
            break
        end -= 1
    return kept[:end]


def _strangers(texts: list[Block]) -> set[int]:
    """Returns the ids of paragraphs that alone stand where they stand, when the others stand on one path of tags and classes.

    At the end of a text such a paragraph is a box of the site's own: an appeal, rules for comments, a background.
    """
    paths = Counter(block.place.path for block in texts)
    if not paths or max(paths.values()) < SETTLED:
        return set()
    parents = Counter(id(block.place.parent) for block in texts)
    return {id(block) for block in texts if paths[block.place.path] == 1 == parents[id(block.place.parent)]}


def _cut_at(blocks: list[Block], inside: list[int], kept: list[int], worths: list[float]) -> int:
    """Returns how many of the kept blocks stand before a heading such as "Related" or "Comments", kept or not.

    Where paragraphs go on after it on the same path of tags and classes as before, it was no end.
    """
    total, sofar = sum(worths[index] for index in kept), 0.0
    last = {blocks[index].place.path: index for index in kept if worths[index]}
    texts = set(kept)
    goes_on = number = 0
    for index in inside:
        block = blocks[index]
        if number and block.size <= MAX_END_HEADING and END_HEADING.match(block.text):
            comments = COMMENTS_HEADING.match(block.text)
            if sofar > (COMMENTS_FROM if comments else END_FROM) * total and (comments or goes_on < index) and (index in texts or block.place.tag in _HEADINGS):
                return number
        if index in texts:
            number += 1
            if worths[index]:
                sofar += worths[index]
                goes_on = max(goes_on, last[block.place.path])
    return len(kept)


def _closes(block: Block, value: float, *, signed: bool) -> bool:
    """Returns whether a block at the end is a heading over nothing, a label, a notice or, if `signed`, about the author."""
    text = block.text
    if block.place.tag in _HEADINGS or CLOSING.match(text) or (block.size < MAX_CALL and CALL.search(text)):
        return True
    if signed and block.place.flags & BYLINE and block.size < MAX_BIOGRAPHY:
        return True
    if value:
        return False
    if NOTICE.match(text):
        return True
    return block.size < (LABEL_BYTES if block.place.tag in ("p", "li", "blockquote", "pre") else 75) and not _LINE_END.search(text)


def _is_figure(block: Block) -> bool:
    """Returns whether a short paragraph says something in a figure, and is no counter of the site's."""
    return block.place.tag == "p" and not block.linked and _FIGURE.fullmatch(block.text) is not None and _COUNTER.search(block.text) is None


def _begins(block: Block, titles: list[str]) -> bool:
    """Returns whether a block before the first real paragraph belongs to the text: a short first one, not a label nor the title again."""
    tag, text = block.place.tag, block.text
    if not ((tag == "p" and len(text) >= 6) or (tag in ("div", "td") and _LINE_END.search(text))):
        return False
    folded = fold(text)
    return not any(folded in title for title in titles)


def fold(text: str) -> str:
    """Returns a text's letters and digits only, without case.

    >>> fold("A “title” – here")
    'atitlehere'
    """
    return _FOLD.sub("", text).casefold()
