"""Sitemaps -> hubs: urlset and sitemapindex (sitemaps.org), with the news extension (sitemap-news/0.9), plain or in gzip.

Read as a stream: the tree never holds more than one entry, so that the largest file that the protocol allows (50,000 entries,
50 MiB) costs no more memory than its links. What goes beyond is left out and the reason says so. Entries on other sites are left
out too (sitemaps.org: a sitemap speaks for its own host). A document with a DTD is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from newscrawler.extract.addresses import Resolver, Site
from newscrawler.extract.announced import seconds_of
from newscrawler.extract.parse import local_name
from newscrawler.items import Announcement, Link, LinkKind, Page

ROOTS = ("urlset", "sitemapindex")
MAX_ENTRIES = 50_000
MAX_BYTES = 50 * 1024 * 1024
MAX_KEYWORDS = 50
CHUNK = 64 * 1024
HEAD = 4096

_GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"[\xef\xbb\xbf\s]*+(?:<\?[^>]{0,500}\?>|<!--(?:(?!-->).){0,2000}+-->|\s)*+(?:<!DOCTYPE[^>]*+>\s*+)?<(?:\w+:)?(?:urlset|sitemapindex)\b", re.DOTALL)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_QUOTED = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_END = re.compile(rb"(?:</(?:\w+:)?(?:urlset|sitemapindex)\s*>|/>|-->)\s*\Z")
_CONTROL = bytes(32 if byte < 32 and byte not in (9, 10, 13) else byte for byte in range(256))


@dataclass(slots=True)
class _Read:
    """What is read so far."""

    links: dict[str, Link] = field(default_factory=dict)
    announced: list[Announcement] = field(default_factory=list)
    entries: int = 0
    elsewhere: int = 0
    cut: str | None = None
    tail: bytes = b""


def is_sitemap(body: bytes) -> bool:
    """Returns whether a body is a sitemap by its root element, gunzipped where it is gzip. For UTF-16 see `feeds.is_feed`."""
    head = next(_chunks(body, HEAD), b"")[:HEAD] if body.startswith(_GZIP) else body[:HEAD]
    return any(root.encode() in head for root in ROOTS) and _ROOT.match(head) is not None


def as_bytes(text: str) -> bytes:
    """Returns a decoded sitemap as bytes that `read_sitemap` takes: UTF-8, without a declaration of another encoding."""
    return _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).lstrip().encode("utf-8", "replace")


def read_sitemap(body: bytes, url: str, sisters: frozenset[str] = frozenset()) -> Page:
    """Returns the hub that a sitemap is, newest entries first where it dates them; "other" with a reason when it cannot be read.

    Pages become links of kind "article", child sitemaps of kind "hub". Damage ends the reading where it cannot be recovered
    from; the entries before it stand.
    """
    read, resolver, site = _Read(), Resolver(url), Site(url, sisters)
    try:
        for element in _elements(body, read):
            if read.entries >= MAX_ENTRIES:
                read.cut = f"only the first {MAX_ENTRIES:,} entries are read"
                break
            read.entries += 1
            _take(element, read, resolver, site)
    except _HasDtd:
        return Page(url, "other", reason="XML with a DTD is not read", format="sitemap")
    except (etree.LxmlError, zlib.error) as error:
        read.cut = f"broken after {read.entries} entries: {error}"[:200]
    if read.cut is None and not _END.search(read.tail):
        read.cut = f"cut short after {read.entries} entries"
    newest = sorted(read.announced, key=lambda one: seconds_of(one.modified or one.published) or 0.0, reverse=True)
    reason = read.cut or (f"{read.elsewhere} entries on other sites" if read.elsewhere else None)
    if not read.links:
        return Page(url, "other" if read.cut else "hub", reason=reason or "a sitemap without entries", format="sitemap", encoding="utf-8")
    links = [read.links[one.url] for one in newest]
    return Page(url, "hub", links=links, reason=reason, format="sitemap", announced=newest, encoding="utf-8")


class _HasDtd(Exception):
    """The document has a DTD."""


def _elements(body: bytes, read: _Read) -> Iterator[etree._Element]:
    """Yields each `url` and `sitemap` element once it is whole, then drops it."""
    parser = etree.XMLPullParser(
        events=("end",), tag=("{*}url", "{*}sitemap"), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    size = 0
    for chunk in _chunks(body, CHUNK):
        if not size and _DTD.search(_QUOTED.sub(b"", chunk[:20000])):
            raise _HasDtd
        size += len(chunk)
        if size > MAX_BYTES:
            read.cut = f"only the first {MAX_BYTES // 1024 // 1024} MiB are read"
            return
        read.tail = (read.tail + chunk)[-200:]
        parser.feed(chunk.translate(_CONTROL))
        for _, element in parser.read_events():
            yield element  # type: ignore[misc]
            _drop(element)  # type: ignore[arg-type]


def _drop(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]  # type: ignore[union-attr, index, misc, unused-ignore]


def _chunks(body: bytes, size: int) -> Iterator[bytes]:
    """Yields the body in portions, gunzipped (RFC 1952) as they come: a bomb is never unpacked whole. Raises zlib.error."""
    if not body.startswith(_GZIP):
        yield from (body[start : start + size] for start in range(0, len(body), size))
        return
    unzip, rest = zlib.decompressobj(wbits=31), body
    while rest:
        chunk = unzip.decompress(rest, size)
        rest = unzip.unconsumed_tail
        if chunk:
            yield chunk
        if unzip.eof:  # a file may have several members (section 2.2); what else follows is no part of it
            rest = unzip.unused_data
            if not rest.startswith(_GZIP):
                return
            unzip = zlib.decompressobj(wbits=31)


def _take(element: etree._Element, read: _Read, resolver: Resolver, site: Site) -> None:
    fields: dict[str, str] = {}
    for child in element.iter("{*}loc", "{*}lastmod", "{*}title", "{*}publication_date", "{*}keywords"):
        _, name = local_name(child)
        parent = child.getparent()
        if parent is element or (parent is not None and local_name(parent)[1] == "news"):  # not those of pictures and films
            fields.setdefault(name, " ".join((child.text or "").split()))
    target = resolver.resolve(fields.get("loc", ""))
    if target is None or target in read.links:
        return
    if not site.has(target):
        read.elsewhere += 1
        return
    kind: LinkKind = "hub" if local_name(element)[1] == "sitemap" else "article"
    title = fields.get("title") or None
    read.links[target] = Link(target, kind, None, title or "", None, read.entries - 1)
    words = [word for part in fields.get("keywords", "").split(",") if (word := part.strip())]
    read.announced.append(Announcement(target, title, fields.get("publication_date") or None, fields.get("lastmod") or None, tuple(words[:MAX_KEYWORDS])))
