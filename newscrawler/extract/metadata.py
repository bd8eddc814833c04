"""Outline + body -> the fields of an article: title, text, bylines, dates, keywords, pictures."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from newscrawler.dedupe import same_site
from newscrawler.extract import bylines, labels
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.language import language_of
from newscrawler.extract.linked_data import LinkedData
from newscrawler.extract.outline import Anchor, Block, Outline
from newscrawler.extract.pictures import read_images
from newscrawler.extract.published import Style, set_dates
from newscrawler.extract.titles import choose_title, site_names
from newscrawler.extract.trace import Trace
from newscrawler.extract.writers import set_writers
from newscrawler.extract.zones import is_american, site_zone
from newscrawler.items import Article

_KEYWORD_SPLIT = re.compile(r"[,，、;；|]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FOLD = re.compile(r"\W+")
MAX_KEYWORDS = 50
MAX_TAG = 40
NEAR_TITLE, FAR_TITLE = 24, 60
MAX_INFO = 200


def read_article(outline: Outline, data: LinkedData, body: list[Block], url: str, resolver: Resolver, trace: Trace | None = None) -> Article:
    """Returns the article without its related reading; every field as on the page, not cleaned."""
    span = _span(outline, body)
    title, said_in = choose_title(outline, data.headline, url, span[0])
    article = Article(title=title, subtitle=data.subtitle)
    lines, tail, tail_names = _paragraphs(body, article.title)
    article.text = "\n".join(lines)
    article.language, article.language_score = language_of(article.text or article.title or "", outline.lang)
    info = _info_lines(outline, body, span)
    signed = set_writers(article, outline, data, info, (tail, tail_names), span, site_names(outline.meta.get("og:site_name"), url))
    if trace is not None:
        trace.sources = {"title": said_in, "authors": signed[0], "byline": signed[1]}
    set_dates(article, outline, data, info, span, url, style_of(outline, article, url))
    _set_subjects(article, outline, data)
    article.source_name = outline.meta.get("og:site_name") or next(filter(None, map(bylines.source_of, info)), None)
    article.images = read_images(outline, body, resolver)
    image = outline.meta.get("og:image") or data.image
    article.image_url = resolver.resolve(image) if image else article.images[0].url if article.images else None
    article.canonical_url = _canonical(outline, resolver, url)
    return article


def _set_subjects(article: Article, outline: Outline, data: LinkedData) -> None:
    """Sets what tells a reader what the article is about, and whether it can be read."""
    article.keywords = _keywords(outline, data)
    article.sections = _sections(outline) or data.sections or _crumbs(data, article.title) or _listed(outline.meta.get("article:section"))
    article.description = outline.meta.get("description") or outline.meta.get("og:description") or data.description
    free = _is_free(outline.meta.get("isaccessibleforfree") or outline.meta.get("article:content_tier"))
    article.is_accessible_for_free = data.free if data.free is not None else free


def _span(outline: Outline, body: list[Block]) -> tuple[int, int]:
    """Returns the numbers of the body's first and last block, twice the number of blocks where there is no body."""
    blocks = outline.blocks
    start = next((number for number, block in enumerate(blocks) if body and block is body[0]), len(blocks))
    return start, next((number for number in range(len(blocks) - 1, -1, -1) if body and blocks[number] is body[-1]), start)


def style_of(outline: Outline, article: Article, url: str) -> Style:
    """Returns how the page writes dates, by its host and languages."""
    host = urlsplit(url).hostname or ""
    locales = tuple(filter(None, (outline.lang, outline.meta.get("og:locale"))))
    return Style(site_zone(host, locales, article.language), is_american(host, locales))


def _paragraphs(body: list[Block], title: str | None) -> tuple[list[str], str | None, list[str]]:
    """Returns the paragraphs, and the byline in brackets that closed the last one with its names."""
    lines = [line for block in body for line in block.text.split("\n")]
    if lines and title and _FOLD.sub("", lines[0]) == _FOLD.sub("", title):
        del lines[0]
    tail: str | None = None
    names: list[str] = []
    for _ in range(3):  # a byline may stand in a paragraph of its own, and an editor's after it
        if not lines:
            break
        lines[-1], tail, names = bylines.cut_tail_byline(lines[-1])
        if lines[-1]:
            break
        del lines[-1]
        if tail:
            break
    return lines, tail, names


def _info_lines(outline: Outline, body: list[Block], span: tuple[int, int]) -> list[str]:
    """Returns the short lines about the article: at its title, before its first paragraph, and behind its last."""
    blocks = outline.blocks
    first = span[0] if body else 0
    start = next((number for number, block in enumerate(blocks[:first]) if block.place.tag == "h1"), max(0, first - NEAR_TITLE))
    middle = min(start + FAR_TITLE, first)
    numbers = [*range(start, middle), *range(max(middle, first - FAR_TITLE), min(span[1] + 6 if body else 6, len(blocks)))]
    inside = {id(block) for block in body}
    near = [block for number in numbers if id(block := blocks[number]) not in inside and len(block.text) <= MAX_INFO]
    return [block.text for block in near if not block.place.flags & (labels.COMMENT | labels.RELATED | labels.SHARE)]


def _keywords(outline: Outline, data: LinkedData) -> list[str]:
    for index, block in enumerate(outline.blocks):
        line = labels.KEYWORDS_LINE.match(block.text) if block.size < 600 else None
        if line:
            linked = [anchor.text for anchor in outline.anchors if anchor.block == index and anchor.text]
            rest = block.text[line.end() :]
            return _distinct(linked) if linked else _listed(rest)
    declared = _listed(outline.meta.get("keywords") or outline.meta.get("news_keywords"))
    linked = data.keywords if len(data.keywords) > 1 else _listed(next(iter(data.keywords), None))
    return declared or _distinct(linked) or _distinct([anchor.text for anchor in outline.anchors if _is_tag(anchor)])


def _is_tag(anchor: Anchor) -> bool:
    """Returns whether a link leads to a keyword's page; WordPress calls its sections "category tag"."""
    return "tag" in anchor.rel.split() and "category" not in anchor.rel and len(anchor.text) <= MAX_TAG and not anchor.place.flags & (labels.SIDE | labels.FOOT)


def _listed(text: str | None) -> list[str]:
    """Returns the entries of a written list; spaces part entries only in Chinese without other separators."""
    if not text:
        return []
    if _KEYWORD_SPLIT.search(text):
        return _distinct(_KEYWORD_SPLIT.split(text))
    return _distinct(text.split() if _HAN.search(text) else [text])


def _distinct(entries: list[str]) -> list[str]:
    return list(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))[:MAX_KEYWORDS]


def _sections(outline: Outline) -> list[str]:
    texts = [anchor.text for anchor in outline.anchors if anchor.place.flags & labels.CRUMB and 0 < len(anchor.text) <= 30]
    return _distinct([text for text in texts if text.lower() not in labels.HOME_WORDS])[:6]


def _crumbs(data: LinkedData, title: str | None) -> list[str]:
    """Returns the sections of JSON-LD's breadcrumbs, without the first page and the article itself."""
    own = _FOLD.sub("", title or "")
    return _distinct([crumb for crumb in data.crumbs if crumb.lower() not in labels.HOME_WORDS and _FOLD.sub("", crumb) != own and len(crumb) <= 30])[:6]


def _is_free(declared: str | None) -> bool | None:
    """Returns whether a page says that everybody may read it, in the words of schema.org or of article:content_tier."""
    return {"true": True, "free": True, "yes": True, "false": False, "no": False, "locked": False, "metered": False}.get((declared or "").strip().lower())


def _canonical(outline: Outline, resolver: Resolver, url: str) -> str | None:
    for href in (outline.canonical, outline.meta.get("og:url")):
        target = resolver.resolve(href) if href else None
        if target and same_site(target, url):
            return target
    return None
