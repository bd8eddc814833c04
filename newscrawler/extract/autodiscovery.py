"""Where a site may have feeds and sitemaps: what a page's head names, what robots.txt names, and the usual paths."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from newscrawler.extract.addresses import Resolver, Site

MAX_FEEDS = 10
MAX_SITEMAPS = 50
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_COMMENTS = re.compile(r"comment|评论|評論", re.IGNORECASE)

USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
USUAL_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml")


def feeds_of(root: etree._Element, resolver: Resolver, site: Site) -> list[str]:
    """Returns the feeds and sitemaps that <link> elements name (RSS Advisory Board, "RSS Autodiscovery"), in order, each once.

    Only those of the page's own site; feeds of comments are left out. At most MAX_FEEDS.
    """
    found: dict[str, None] = {}
    for element in root.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").split(";")[0].strip().lower()
        is_feed = "alternate" in rel and kind in _TYPES and not _COMMENTS.search(f"{element.get('title')} {element.get('href')}")
        if is_feed or "sitemap" in rel:
            target = resolver.resolve(element.get("href") or "")
            if target and site.has(target):
                found[target] = None
        if len(found) >= MAX_FEEDS:
            break
    return list(found)


def usual_places(url: str, *, sitemaps: bool, feeds: bool) -> list[str]:
    """Returns where feeds and sitemaps of the site of `url` usually are.

    >>> usual_places("https://news.example/a/1", sitemaps=True, feeds=False)[0]
    'https://news.example/sitemap.xml'
    """
    parts = urlsplit(url)
    paths = (*(USUAL_SITEMAPS if sitemaps else ()), *(USUAL_FEEDS if feeds else ()))
    return [f"{parts.scheme}://{parts.netloc}{path}" for path in paths]
