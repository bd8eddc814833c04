"""Feeds and sitemaps -> hubs: RSS, Atom (RFC 4287), RDF, sitemaps and sitemap indexes (sitemaps.org).

Entries become links of kind "article", child sitemaps of kind "hub". A document with a DTD is refused: none of these formats
needs one, and entities are how XML is made to explode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from newscrawler.extract.addresses import Resolver
from newscrawler.extract.parse import parse_xml
from newscrawler.items import Link, LinkKind, Page

MAX_ENTRIES = 50_000
"""What sitemaps.org allows in one file."""

# What may stand before the root, then the root. Possessive (Python 3.11), so that no page makes it go back and forth.
_PROLOGUE = r"(?:\s|<\?[^>]{0,500}\?>|<!--(?:(?!-->).){0,5000}+-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]{0,20000}+\]\s*+)?>)*+"
_ROOT = re.compile(_PROLOGUE + r"<(?:\w+:)?(rss|feed|urlset|sitemapindex|RDF)\b", re.DOTALL)
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_ENTRIES: dict[str, LinkKind] = {"item": "article", "entry": "article", "url": "article", "sitemap": "hub"}


def is_feed(text: str) -> bool:
    """Returns whether a text is a feed or sitemap by its root element."""
    return text.lstrip("\ufeff \t\r\n").startswith("<") and _ROOT.match(text.lstrip("\ufeff")) is not None


def read_feed(text: str, url: str) -> Page:
    """Returns the hub that a feed or sitemap is; "other" with a reason when it has a DTD or cannot be parsed."""
    if _DTD.search(text[:20000]):
        return Page(url, "other", reason="XML with a DTD is not read")
    root = parse_xml(text)
    if root is None:
        return Page(url, "other", reason="broken XML")
    links: dict[str, Link] = {}
    for position, (href, kind, title, teaser) in enumerate(_entries(root)):
        target = Resolver(url).resolve(href) if href else None
        if target and target not in links:
            links[target] = Link(target, kind, None, title, teaser, position)
        if len(links) >= MAX_ENTRIES:
            break
    return Page(url, "hub", links=list(links.values()), reason=None if links else "a feed without entries")


def _entries(root: etree._Element) -> Iterator[tuple[str | None, LinkKind, str, str | None]]:
    for element in root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap"):
        kind = _ENTRIES[etree.QName(element).localname]
        fields: dict[str, str] = {}
        for child in element:
            if isinstance(child.tag, str):
                name = etree.QName(child).localname
                fields[name] = fields.get(name) or _value(child, name)
        href = fields.get("loc") or fields.get("link") or (fields.get("guid") if fields.get("guid", "").startswith("http") else None)
        teaser = fields.get("description") or fields.get("summary")
        yield href, kind, fields.get("title", ""), _plain(teaser) if teaser else None


def _value(child: etree._Element, name: str) -> str:
    if name == "link" and child.get("href"):
        return (child.get("href") or "") if child.get("rel", "alternate") == "alternate" else ""
    return " ".join((child.text or "").split())


def _plain(markup: str) -> str | None:
    return " ".join(_MARKUP.sub(" ", markup[:4000]).split())[:400] or None
