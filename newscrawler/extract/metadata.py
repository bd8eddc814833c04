"""Outline + body -> the fields of an article: title, text, bylines, dates, keywords, pictures."""

from __future__ import annotations

import re

from newscrawler.dedupe import same_site
from newscrawler.extract import bylines, labels
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.dates import Moment, date_in_url, find_date, written
from newscrawler.extract.language import language_of
from newscrawler.extract.linked_data import LinkedData
from newscrawler.extract.outline import Block, Outline
from newscrawler.extract.titles import choose_title
from newscrawler.items import Article, Image

_META_DATES = (
    "article:published_time og:article:published_time publishdate pubdate datepublished publish_date publish-date publication_date date "
    "dc.date.issued dc.date dcterms.created parsely-pub-date sailthru.date weibo:article:create_at bytedance:published_time og:published_time"
).split()
_META_MODIFIED = "article:modified_time og:updated_time datemodified lastmod last-modified bytedance:updated_time weibo:article:update_at".split()
_META_AUTHORS = "author article:author dc.creator byl parsely-author sailthru.author".split()
_KEYWORD_SPLIT = re.compile(r"[,，、;；|]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FOLD = re.compile(r"\W+")
MAX_KEYWORDS = 50
NEAR_TITLE = 14
MAX_INFO = 200


def read_article(outline: Outline, data: LinkedData, body: list[Block], url: str, resolver: Resolver) -> Article:
    """Returns the article without its related reading; every field as on the page, not cleaned."""
    start = next((number for number, block in enumerate(outline.blocks) if body and block is body[0]), len(outline.blocks))
    article = Article(title=choose_title(outline, data.headline, url, start), subtitle=data.subtitle)
    lines, tail, tail_names = _paragraphs(body, article.title)
    article.text = "\n".join(lines)
    info = _info_lines(outline, body)
    _set_authors(article, info, tail, tail_names, data, outline)
    article.language, article.language_score = language_of(article.text or article.title or "", outline.lang)
    _set_dates(article, info, data, outline, url)
    article.keywords = _keywords(outline, data)
    article.sections = _sections(outline) or data.sections or _listed(outline.meta.get("article:section"))
    article.description = outline.meta.get("description") or outline.meta.get("og:description") or data.description
    article.source_name = outline.meta.get("og:site_name") or next(filter(None, map(bylines.source_of, info)), None)
    image = outline.meta.get("og:image") or data.image
    article.image_url = resolver.resolve(image) if image else None
    article.images = _images(outline, body, resolver)
    article.is_accessible_for_free = data.free
    article.canonical_url = _canonical(outline, resolver, url)
    return article


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


def _info_lines(outline: Outline, body: list[Block]) -> list[str]:
    """Returns the short lines about the article: around its title and first paragraph, and those classed or placed as bylines."""
    blocks = outline.blocks
    first = next((index for index, block in enumerate(blocks) if body and block is body[0]), 0)
    last = next((index for index in range(len(blocks) - 1, -1, -1) if body and blocks[index] is body[-1]), 0)
    start = next((index for index, block in enumerate(blocks[:first]) if block.place.tag == "h1"), max(0, first - NEAR_TITLE))
    inside = {id(block) for block in body}
    near = [block for block in blocks[min(start, first) : last + 6] if id(block) not in inside and len(block.text) <= MAX_INFO]
    return [block.text for block in near if not block.place.flags & (labels.COMMENT | labels.RELATED | labels.SHARE)]


def _set_authors(article: Article, info: list[str], tail: str | None, tail_names: list[str], data: LinkedData, outline: Outline) -> None:
    byline, names = tail, tail_names
    for line in info:
        if byline:
            break
        _, byline, names = bylines.cut_tail_byline(line)
        if not byline:
            byline, names = bylines.byline_of(line)
    declared = next((outline.meta[name] for name in _META_AUTHORS if name in outline.meta and "://" not in outline.meta[name]), "")
    article.byline = byline
    article.authors = names or data.authors or [name for name in bylines.split_names(declared) if len(name) <= 60]


def _set_dates(article: Article, info: list[str], data: LinkedData, outline: Outline, url: str) -> None:
    china = (article.language or "").startswith("zh")
    found = [(source, moment) for source, raw in _date_texts(info, data, outline) if (moment := find_date(raw))]
    in_url = date_in_url(url)
    if in_url:
        found.append(("url", in_url))
    if found:
        source, moment = _most_exact(found)
        article.date_published, article.date_precision, article.tz_source = written(moment, china=china)
        article.date_published_raw, article.date_published_source = moment.raw, source
    modified = data.modified or next((outline.meta[name] for name in _META_MODIFIED if name in outline.meta), "")
    changed = find_date(modified) if modified else None
    if changed:
        article.date_modified = written(changed, china=china)[0]


def _date_texts(info: list[str], data: LinkedData, outline: Outline) -> list[tuple[str, str]]:
    texts = [("jsonld", data.published)] if data.published else []
    texts += [("meta", outline.meta[name]) for name in _META_DATES if name in outline.meta]
    texts += [("time", when) for when, _ in outline.times[:1]]
    return texts + [("text", line) for line in info]


def _most_exact(found: list[tuple[str, Moment]]) -> tuple[str, Moment]:
    """Returns the first date, or a later one that tells the time of the very same day."""
    source, first = found[0]
    if first.precision == "day":
        for other, moment in found[1:]:
            if moment.precision != "day" and moment.value.date() == first.value.date():
                return other, moment
    return source, first


def _keywords(outline: Outline, data: LinkedData) -> list[str]:
    for index, block in enumerate(outline.blocks):
        line = labels.KEYWORDS_LINE.match(block.text) if block.size < 600 else None
        if line:
            linked = [anchor.text for anchor in outline.anchors if anchor.block == index and anchor.text]
            rest = block.text[line.end() :]
            return _distinct(linked) if linked else _listed(rest)
    return _listed(outline.meta.get("keywords") or outline.meta.get("news_keywords")) or _distinct(data.keywords)


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


def _images(outline: Outline, body: list[Block], resolver: Resolver) -> list[Image]:
    if not body:
        return []
    first, last = body[0].place.number - 3, body[-1].place.last + 1
    captions = {block.place.parent.number: block.text for block in outline.blocks if block.place.flags & labels.CAPTION and block.place.parent}
    images: dict[str, Image] = {}
    for picture in outline.pictures:
        if first <= picture.place.number <= last and not picture.place.flags & labels.AROUND:
            url = resolver.resolve(picture.src)
            if url:
                images.setdefault(url, Image(url, _caption(picture.place.number, picture.place.parent, captions) or picture.alt or None))
    return list(images.values())[:MAX_KEYWORDS]


def _caption(number: int, parent: object, captions: dict[int, str]) -> str | None:
    return captions.get(number) or captions.get(getattr(parent, "number", -1))


def _canonical(outline: Outline, resolver: Resolver, url: str) -> str | None:
    for href in (outline.canonical, outline.meta.get("og:url")):
        target = resolver.resolve(href) if href else None
        if target and same_site(target, url):
            return target
    return None
