"""The headline: a heading of the page that its <title> or og:title also has, else those, without the site's name."""

from __future__ import annotations

import re

from newscrawler.extract.labels import AROUND, TITLE
from newscrawler.extract.outline import Outline

_SEPARATOR = re.compile(r"\s*(?:--+|——|[_|｜»›–—·•]|\s[-:/<]\s|(?<=[\u3000-\u9fff])-)\s*")
_FOLD = re.compile(r"[\W_]+")
_HEADING_TAGS = frozenset({"h1", "h2", "h3"})
MIN_FOLDED = 4


def choose_title(outline: Outline, headline: str | None) -> str | None:
    """Returns the headline; `headline` is what the page's JSON-LD says, or None."""
    meta = outline.meta
    whole = [text for text in (meta.get("og:title"), meta.get("twitter:title"), outline.title, headline) if text]
    folded = [_fold(text) for text in whole]
    found = _matching_heading(outline, folded)
    if found:
        return found
    site = meta.get("og:site_name")
    if meta.get("og:title"):
        return _without_site(meta["og:title"], site, outline.title)
    first = next((block.text for block in outline.blocks if block.place.tag == "h1" and len(_fold(block.text)) >= MIN_FOLDED and not block.linked), None)
    return headline or first or (_without_site(outline.title, site, "") if outline.title else None)


def _matching_heading(outline: Outline, folded: list[str]) -> str | None:
    """Returns the best heading that a <title> or the like contains: h1 before others, then the longest."""
    best: tuple[int, int, str] | None = None
    for block in outline.blocks:
        place = block.place
        if not (place.tag in _HEADING_TAGS or place.flags & TITLE) or len(block.text) > 300 or block.linked * 2 > len(block.text):
            continue
        text = _fold(block.text)
        if len(text) < MIN_FOLDED or not any(text in one for one in folded) or (place.flags & AROUND and place.tag != "h1"):
            continue
        rank = (2 if place.tag == "h1" else 1, len(text), block.text.replace("\n", " "))
        if best is None or rank[:2] > best[:2]:
            best = rank
    return best[2] if best else None


def _without_site(title: str, site: str | None, page_title: str) -> str:
    """Returns a title without the parts behind it that name section and site.

    >>> _without_site("坚决拒绝门外 不就是故事么--科技--新闻网", None, "")
    '坚决拒绝门外 不就是故事么'
    """
    parts = [part for part in _SEPARATOR.split(title) if part]
    if len(parts) < 2:
        return title.strip()
    if page_title and page_title != title and title in page_title and not (site and site in title):
        return title.strip()  # og:title is shorter than <title>: the site's name is off already
    kept = parts[0]
    if len(_fold(kept)) < MIN_FOLDED or len(kept) * 2 < max(map(len, parts)):
        return max(parts, key=len)
    for part in parts[1:]:
        if len(part) <= 20 or (site and site in part):
            break
        kept = title[: title.find(part) + len(part)]
    return kept.strip()


def _fold(text: str) -> str:
    return _FOLD.sub("", text).casefold()
