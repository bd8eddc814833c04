"""The headline: the heading over the text that the page's head also has, else what the head says without the site's name.

A page tells its title up to five times: in a heading, in <title>, og:title, twitter:title and JSON-LD. They differ (a title
for search engines, a kicker before it, the site's name behind it), and a page has other headings (the site's name, sections,
lists). So every heading gets integer points: for its tag, for how it agrees with what the head says, for standing over the
text, against standing in navigation or being the site's name. A line that is marked up as text counts when the head begins
with it. Without a heading that is good enough, the head is asked.

Known to fail: a page whose only h1 is a slogan of several words; titles of which the head has a different wording and that are
no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from newscrawler.extract.labels import AROUND, TITLE
from newscrawler.extract.outline import Block, Outline

_SEPARATOR = re.compile(r"\s*(?:--+|——|[_|｜»›«‹·•]|\s[-–—:/<]\s|(?<=[\u3000-\u9fff])-)\s*")
_FOLD = re.compile(r"[\W_]+")
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u9fff\uac00-\ud7af]+")
_TAG_POINTS = {"h1": 5, "h2": 2, "h3": 1, "h4": 1}
_HOME = re.compile(r"^(?:https?:)?(?://[^/]*)?/?(?:index\.\w+)?$")
_ORNAMENT = " 》〉>◎●■◆·»►▶*"
MIN_FOLDED = 4
MIN_POINTS = 5
MAX_TITLE = 300
MAX_SAID = 1000
"""What is longer than any headline is cut here: a title of megabytes has been seen, and is in every list of titles."""
MAX_SITE = 24
MAX_SLASHES = 3
SIMILAR, RELATED = 0.5, 0.34
EXACT, BEGINS, HAS, HELD, ALIKE = 5, 4, 3, 3, 2
NEAR, FAR = 14, 60


@dataclass(slots=True)
class _Head:
    """What the page's head says its title is: one on a line, whole and folded, without the site's name, that folded; the site's names folded; the words."""

    written: str
    wholes: list[str]
    plain: list[str]
    shorts: list[str]
    sites: set[str]
    words: list[set[str]]


def choose_title(outline: Outline, headline: str | None, url: str, start: int) -> tuple[str | None, str]:
    """Returns the headline on one line, or None, and where it was found; `headline` is what JSON-LD says, `start` the number of the text's first block."""
    meta = outline.meta
    said = (("og:title", meta.get("og:title")), ("twitter:title", meta.get("twitter:title")), ("<title>", outline.title), ("jsonld", headline))
    places, written = [name for name, text in said if text], [text[:MAX_SAID] for _, text in said if text]
    wholes = [_fold(text) for text in written]
    sites = site_names(meta.get("og:site_name"), url) - set(wholes)
    plain = [without_site(text, sites) for text in written]
    head = _Head("\n".join(written), wholes, plain, [_fold(text) for text in plain], sites, [set(_WORD.findall(text.casefold())) for text in plain])
    found, tag = _best_heading(outline, head, start)
    if headline and (not found or _fold(found) not in {*wholes, *head.shorts}) and _fold(headline) in {*wholes[:-1], *head.shorts[:-1]}:
        return plain[-1], "jsonld"  # two places of the head say the same, and no heading does
    if found:
        return found, f"heading <{tag}>" if tag in _TAG_POINTS else f"line in <{tag}>"
    return next(((text, place) for text, place in zip(plain, places, strict=True) if _fold(text) not in sites), (None, ""))


def _best_heading(outline: Outline, head: _Head, start: int) -> tuple[str | None, str]:
    """Returns the heading with the most points, the longest of equals, and its tag, or None when none has enough."""
    best: tuple[int, int, str, str] | None = None
    logos: set[int] | None = None
    near = range(start - FAR, start + 2)
    for number, block in enumerate(outline.blocks):
        place = block.place
        tag = _TAG_POINTS.get(place.tag, 0)
        if not (tag or place.flags & TITLE or (number in near and _is_written(block.text, head))):
            continue
        if block.linked * 2 > len(block.text):
            logos = _logos(outline) if logos is None else logos
            if number in logos:
                continue
        if len(block.text) > MAX_TITLE or (best is not None and number > start + 3 and tag < best[0] - EXACT):
            continue  # too far down to win
        for text in _wordings(block, head):
            points = _points(text, tag, block, number, head, start)
            if points >= MIN_POINTS and (best is None or (points, len(text)) > best[:2]):
                best = points, len(text), text, place.tag
    return best[2:] if best else (None, "")


def _wordings(block: Block, head: _Head) -> Iterator[str]:
    """Yields a block's text, its lines where <br> parts a kicker from the title, and what the head says without such a kicker."""
    text = block.text.replace("\n", " ")
    yield text
    if "\n" in block.text:
        yield from block.text.split("\n")
    text = text.replace("\xad", "")
    folded = _fold(text)
    if any(folded in whole for whole in head.wholes):
        return
    for plain in head.plain:
        if len(plain) < len(text) and len(plain) >= 2 * MIN_FOLDED and text.endswith(plain) and not text[-len(plain) - 1].isalnum():
            yield plain


def _logos(outline: Outline) -> set[int]:
    """Returns the numbers of the blocks with a link to the site's first page."""
    return {anchor.block for anchor in outline.anchors if anchor.href.count("/") <= MAX_SLASHES and _HOME.search(anchor.href)}


def _is_written(text: str, head: _Head) -> bool:
    """Returns whether a line that is no heading stands in what the head says."""
    return MIN_FOLDED <= len(text) <= MAX_TITLE and text.strip(_ORNAMENT) in head.written


def _points(text: str, tag: int, block: Block, number: int, head: _Head, start: int) -> int:
    folded = _fold(text)
    if len(folded) < MIN_FOLDED or folded in head.sites:
        return 0
    agrees = _agreement(folded, text, head)
    if not agrees and (tag < _TAG_POINTS["h1"] or len(_WORD.findall(text)) < 2):
        return 0
    if block.linked * 2 > len(block.text) and agrees < BEGINS:
        return 0
    is_marked = tag or block.place.flags & TITLE
    if not is_marked and agrees < BEGINS:
        return 0
    near = start - NEAR <= number <= start
    terms = (
        (tag, True),
        (agrees, True),
        (1, bool(block.place.flags & TITLE) and tag < 5),
        (1, near),
        (-1, number > start),
        (-2, number > start + 3 and tag < 5 and agrees < EXACT),
        (-3, bool(block.place.flags & AROUND) and tag < 5),
        (-1, bool(block.place.flags & AROUND) and tag == 5),
        (-2, block.linked * 2 > len(block.text)),
        (1, not is_marked and agrees >= BEGINS),
    )
    return sum(points for points, holds in terms if holds)


def _agreement(folded: str, text: str, head: _Head) -> int:
    """Returns how a heading agrees with what the head says."""
    if folded in head.shorts or folded in head.wholes:
        return EXACT
    for whole, short in zip(head.wholes, head.shorts, strict=True):
        if folded in whole and len(folded) * 4 >= len(short):
            return BEGINS if whole.startswith(folded) or (whole.endswith(folded) and len(folded) * 2 >= len(whole)) else HAS
    if any(len(one) >= 2 * MIN_FOLDED and one in folded for one in head.shorts):
        return HELD
    words = set(_WORD.findall(text.casefold()))
    if any(len(words & one) >= max(SIMILAR * min(len(words), len(one)), RELATED * max(len(words), len(one))) > 1 for one in head.words):
        return ALIKE
    return 0


def site_names(site: str | None, url: str) -> set[str]:
    """Returns the folded names of the site: what it calls itself (`site`), its host and the host's parts."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = {_fold(site or ""), _fold(host), *host.split(".")[:-1]}
    return {name for name in names if len(name) > 2}


def without_site(title: str, sites: set[str]) -> str:
    """Returns a title without the parts before and behind it that name section and site.

    >>> without_site("坚决拒绝门外 不就是故事么--科技--新闻网", set())
    '坚决拒绝门外 不就是故事么'
    """
    title = " ".join(title.split())
    spans = [(0, 0), *((found.start(), found.end()) for found in _SEPARATOR.finditer(title)), (len(title), len(title))]
    parts = [(left[1], right[0]) for left, right in pairwise(spans) if right[0] > left[1]]
    named = [one for one in parts if _fold(title[slice(*one)]) not in sites]
    if len(parts) < 2 or not named:
        return title
    sizes = {one: len(title[slice(*one)].encode("utf-8", "replace")) for one in named}
    first = next((one for one in named if sizes[one] * 2 >= max(sizes.values()) or one[1] - one[0] > MAX_SITE), named[0])
    last = first
    for one in named[named.index(first) + 1 :]:
        if one[1] - one[0] <= MAX_SITE:
            break
        last = one
    return title[first[0] : last[1]]


def _fold(text: str) -> str:
    return _FOLD.sub("", text).casefold()
