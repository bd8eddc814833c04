"""Feeds -> hubs: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom (RFC 4287), JSON Feed 1 (jsonfeed.org).

Entries become links of kind "article" and announcements: title, dates and keywords as the feed has them. A document with a DTD
is refused: none of these formats needs one, and entities are how XML is made to explode. Broken XML gives its whole entries.
Sitemaps are XML of another shape: see sitemaps.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from newscrawler.extract import sitemaps
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.parse import local_name, parse_xml
from newscrawler.items import Announcement, Link, Page

MAX_ENTRIES = 10_000
MAX_KEYWORDS = 50

# What may stand before the root, then the root. Possessive (Python 3.11), so that no page makes it go back and forth.
_PROLOGUE = r"(?:\s|<\?[^>]{0,500}\?>|<!--(?:(?!-->).){0,5000}+-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]{0,20000}+\]\s*+)?>)*+"
_ROOT = re.compile(_PROLOGUE + r"<(?:\w+:)?(rss|feed|urlset|sitemapindex|RDF)\b", re.DOTALL)
_JSON = re.compile(r'\s*+\{(?=.{0,2000}?"version"\s*+:\s*+"https?:\\?/\\?/jsonfeed\.org\\?/)', re.DOTALL)
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_QUOTED = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
"""In these a DTD is text: a feed may quote a page whole."""
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_FOREIGN = ("search.yahoo.com/mrss", "itunes.com/dtds", "itunes.apple.com", "media", "itunes")
"""Namespaces whose title and description are those of a picture or an episode."""
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PUBLISHED = ("pubDate", "published", "issued", "date", "created")
_MODIFIED = ("updated", "modified")
_KEYWORDS = ("category", "subject", "keywords")


@dataclass(slots=True)
class Entry:
    """One entry of a feed; dates as printed."""

    href: str | None
    title: str = ""
    teaser: str | None = None
    published: str | None = None
    modified: str | None = None
    keywords: tuple[str, ...] = ()


def is_feed(text: str) -> bool:
    """Returns whether a text is a feed or sitemap: by its root element, or by the version that a JSON feed must name."""
    start = text[:200].lstrip("\ufeff \t\r\n")[:1]
    if start == "{":
        return _JSON.match(text.lstrip("\ufeff")) is not None
    return start == "<" and _ROOT.match(text.lstrip("\ufeff")) is not None


def read_feed(text: str, url: str, sisters: frozenset[str] = frozenset()) -> Page:
    """Returns the hub that a feed or sitemap is; "other" with a reason when it has a DTD or cannot be parsed."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text, url)
    root_name = _ROOT.match(text.lstrip("\ufeff"))
    if root_name and root_name[1] in sitemaps.ROOTS:
        return sitemaps.read_sitemap(sitemaps.as_bytes(text), url, sisters)
    if _DTD.search(_QUOTED.sub("", text[:20000])):
        return Page(url, "other", reason="XML with a DTD is not read", format="feed")
    root = parse_xml(text)
    if root is None:
        return Page(url, "other", reason="broken XML", format="feed")
    return _hub(url, _xml_entries(root, url))


def _read_json(text: str, url: str) -> Page:
    try:
        feed = json.loads(text.lstrip("\ufeff"))
        items = feed.get("items") if isinstance(feed, dict) else None
    except (ValueError, RecursionError):
        return Page(url, "other", reason="broken JSON", format="feed")
    return _hub(url, (_json_entry(item) for item in items or () if isinstance(item, dict)) if isinstance(items, list) else ())


def _hub(url: str, entries: Iterable[Entry]) -> Page:
    resolver = Resolver(url)
    links: dict[str, Link] = {}
    announced: list[Announcement] = []
    for position, entry in enumerate(entries):
        if position >= MAX_ENTRIES:
            break
        target = resolver.resolve(entry.href) if entry.href else None
        if target and target not in links:
            links[target] = Link(target, "article", None, entry.title, entry.teaser, position)
            announced.append(Announcement(target, entry.title or None, entry.published, entry.modified, entry.keywords))
    return Page(url, "hub", links=list(links.values()), reason=None if links else "a feed without entries", format="feed", announced=announced)


def _joined(base: str, own: str | None) -> str:
    """Returns the base that an element names with xml:base, or the one over it where that is no address."""
    try:
        return urljoin(base, own or "")
    except ValueError:
        return base


def _xml_entries(root: etree._Element, url: str) -> Iterator[Entry]:
    base = _joined(url, root.get(_BASE))
    for element in root.iter("{*}item", "{*}entry"):
        entry = _xml_entry(element)
        if entry.href:
            entry.href = urljoin(_joined(base, element.get(_BASE)), entry.href) if _is_joinable(entry.href) else entry.href
        yield entry


def _is_joinable(href: str) -> bool:
    try:
        urljoin("https://host/", href)
    except ValueError:
        return False
    return True


def _xml_entry(element: etree._Element) -> Entry:
    fields: dict[str, str] = {}
    keywords: dict[str, None] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        namespace, name = local_name(child)
        if name in _KEYWORDS:
            keywords.update(dict.fromkeys(_words(child)))
        elif not any(part in namespace for part in _FOREIGN):
            fields[name] = fields.get(name) or _value(child, name)
    guid = fields.get("guid", "")
    href = fields.get("origLink") or fields.get("link") or (guid if guid.startswith("http") else None)
    teaser = fields.get("description") or fields.get("summary")
    return Entry(
        href,
        _plain(fields.get("title", "")) or "",
        _plain(teaser) if teaser else None,
        next((fields[name] for name in _PUBLISHED if fields.get(name)), None),
        next((fields[name] for name in _MODIFIED if fields.get(name)), None),
        tuple(keywords)[:MAX_KEYWORDS],
    )


def _value(child: etree._Element, name: str) -> str:
    if name == "link" and child.get("href"):
        return (child.get("href") or "") if child.get("rel", "alternate") == "alternate" else ""
    return " ".join((child.text or "").split())


def _words(child: etree._Element) -> list[str]:
    text = child.get("label") or child.get("term") or child.text or ""
    parts = text.split(",") if local_name(child)[1] == "keywords" else [text]
    return [word for part in parts if (word := " ".join(part.split())) and len(word) <= 100]


def _json_entry(item: dict[str, Any]) -> Entry:
    texts = {name: value for name, value in item.items() if isinstance(value, str)}
    tags = item.get("tags")
    teaser = texts.get("summary") or texts.get("content_text")
    identity = texts.get("id", "")
    return Entry(
        texts.get("url") or texts.get("external_url") or (identity if identity.startswith("http") else None),
        " ".join(texts.get("title", "").split()),
        _plain(teaser) if teaser else None,
        texts.get("date_published"),
        texts.get("date_modified"),
        tuple(tag for tag in tags if isinstance(tag, str))[:MAX_KEYWORDS] if isinstance(tags, list) else (),
    )


def _plain(markup: str) -> str | None:
    return " ".join(_MARKUP.sub(" ", markup[:4000]).split())[:400] or None
