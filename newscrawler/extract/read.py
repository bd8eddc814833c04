"""Bytes -> Page: decode | extract | clean each field once."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from newscrawler.clean import clean_text, may_need_repair
from newscrawler.clean.effort import OF_A_PAGE, shared_effort
from newscrawler.config import NO_RULES, Rules
from newscrawler.decode import decode_page
from newscrawler.extract.binary import told_binary
from newscrawler.extract.page import extract_page
from newscrawler.extract.seen import NONE_SEEN, Seen
from newscrawler.extract.sitemaps import is_sitemap, read_sitemap
from newscrawler.extract.trace import Trace
from newscrawler.items import Announcement, Article, Decoded, FieldRepair, Link, Page, Quality, Repair

MAX_EXAMPLES = 20
AT_ONCE = 8
"""So many links are asked together whether they need a repair: on most pages few do."""

_NOT_TEXT = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream", "application/msword")
_LINES = ("title", "subtitle", "description", "byline", "source_name", "date_published_raw")
_LISTS = ("authors", "keywords", "sections")


def read_page(
    body: bytes,
    url: str,
    content_type: str | None = None,
    *,
    without: frozenset[str] = frozenset(),
    sisters: frozenset[str] = frozenset(),
    rules: Rules = NO_RULES,
    seen: Seen = NONE_SEEN,
    trace: Trace | None = None,
) -> Page:
    """Returns the page that `body` is: decoded, extracted, each field cleaned once. `content_type` is the HTTP header.

    Repairs of the kinds in `without` are not made. Links to the domains in `sisters` count as links within the site.
    `rules` are those of the page's source, `seen` the kinds of the site's pages by the shape of their addresses. A `trace` is given what
    an explanation needs.

    Never raises, whatever the bytes: what is no HTML, feed or sitemap has kind "other" and a reason. Fetches nothing. Garbage
    collection waits meanwhile.
    """
    if not body.strip():
        return Page(url, "other", reason="empty")
    if is_sitemap(body):
        return _announcements_tidied(read_sitemap(body, url, sisters), _Tidy(without))
    if (binary := told_binary(body)) is not None:
        return Page(url, "other", reason=f"not HTML but {binary}")
    if content_type and content_type.lower().startswith(_NOT_TEXT) and b"<" not in body[:1024]:
        return Page(url, "other", reason="not HTML")
    with shared_effort(OF_A_PAGE), _no_collection():
        decoded = decode_page(body, content_type, without=without)
        page = extract_page(decoded.text, url, trace, sisters=sisters, rules=rules, seen=seen)
        if trace is not None:
            trace.repairs = decoded.repairs
        return _tidied(page, decoded, without)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Puts off garbage collection, for all threads, where it is on: a page's thousands of values have no cycles and die by themselves.

    While they live, a collection goes through all of them, and through all that the process has, and finds nothing: a sixth of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _tidied(page: Page, decoded: Decoded, without: frozenset[str]) -> Page:
    """Returns the page with what its bytes told, and every field cleaned."""
    page.encoding, page.declared = decoded.encoding, decoded.declared
    tidy = _Tidy(without)
    if page.article is not None:  # before the links: what a search may cost is spent on it first
        tidy.note("page", decoded.repairs)
        tidy.article(page.article)
    if _any_needs_repair(page.links):
        page.links = [clean for start in range(0, len(page.links), AT_ONCE) for clean in tidy.links(page.links[start : start + AT_ONCE])]
    else:
        page.links = [_tidied_link(link, _on_one_line) for link in page.links]
    return _announcements_tidied(page, tidy)


def _announcements_tidied(page: Page, tidy: _Tidy) -> Page:
    """Returns the page with clean titles and keywords in what it announces."""
    page.announced = [
        replace(one, title=tidy.line("announced", one.title), keywords=tuple(word for text in one.keywords if (word := tidy.line("announced", text))))
        if _any_needs_repair_in(one)
        else one
        for one in page.announced
    ]
    return page


def _any_needs_repair_in(one: Announcement) -> bool:
    return any(may_need_repair(text) for text in (one.title or "", *one.keywords))


class _Tidy:
    """Cleans the fields of one page and keeps count of what was repaired and lost."""

    def __init__(self, without: frozenset[str]) -> None:
        self.without = without
        self.counts: Counter[tuple[str, str]] = Counter()
        self.examples: list[Repair] = []

    def note(self, field: str, repairs: Iterable[Repair]) -> None:
        for repair in repairs:
            self.counts[field, repair.kind] += 1
            if len(self.examples) < MAX_EXAMPLES:
                self.examples.append(repair)

    def clean(self, field: str, text: str) -> str:
        cleaned = clean_text(text, without=self.without)
        self.note(field, cleaned.repairs)
        return cleaned.text

    def line(self, field: str, text: str | None) -> str | None:
        """Returns a field on one line, or None where nothing is left of it."""
        return (" ".join(self.clean(field, text).split()) or None) if text else None

    def article(self, article: Article) -> None:
        """Cleans every text field in place and sets repairs, examples and quality."""
        cleaned = clean_text(article.text, without=self.without)
        self.note("text", cleaned.repairs)
        article.text = cleaned.text
        article.quality = Quality(cleaned.lost, max(0.0, 1 - cleaned.lost / max(1, len(cleaned.text))))
        for name in _LINES:
            setattr(article, name, self.line(name, getattr(article, name)))
        for name in _LISTS:
            lines = [self.line(name, entry) for entry in getattr(article, name)]
            setattr(article, name, [line for line in lines if line])
        for image in article.images:
            image.caption = self.line("images", image.caption)
        for one in article.related:
            one.title, one.teaser = self.line("related", one.title) or "", self.line("related", one.teaser)
        article.repairs = [FieldRepair(field, kind, count) for (field, kind), count in self.counts.items()]
        article.examples = self.examples

    def links(self, links: list[Link]) -> list[Link]:
        """Returns links with clean anchors, teasers and headings, each on one line; these repairs are not counted."""
        tidied = self._clean_line if _any_needs_repair(links) else _on_one_line
        return [_tidied_link(link, tidied) for link in links]

    def _clean_line(self, text: str) -> str:
        return _on_one_line(clean_text(text, without=self.without).text)


def _tidied_link(link: Link, tidied: Callable[[str], str]) -> Link:
    anchor, teaser = tidied(link.anchor), tidied(link.teaser) or None if link.teaser else None
    heading = tidied(link.heading) or None if link.heading else None
    if anchor == link.anchor and teaser == link.teaser and heading == link.heading:
        return link
    return Link(link.url, link.kind, link.sub, anchor, teaser, link.position, heading)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _any_needs_repair(links: list[Link]) -> bool:
    """Returns whether a text of some link may need a repair: asked once for all, as most pages' are clean."""
    return may_need_repair("\n".join(text for link in links for text in (link.anchor, link.teaser, link.heading) if text))
