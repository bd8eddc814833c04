"""When an article was published, from all places that say so, with the place noted.

The order is JSON-LD, the head, marked elements at the text (by schema.org, then `time` and by class), lines about the article, the
URL, lines at the text that are little more than a date, marked elements elsewhere, and last any date in a line at the text. A place that says "updated" tells
the date of the last change, and that of publication only where nothing else does. A day is refined to the minute by a later place
that tells the same day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from newscrawler.extract import labels
from newscrawler.extract.dates import Moment, date_in_url, find_date, written
from newscrawler.extract.linked_data import LinkedData
from newscrawler.extract.marks import DATE, MODIFIED, SURE
from newscrawler.extract.outline import Outline
from newscrawler.extract.writers import text_of
from newscrawler.items import Article

_META = (
    "article:published_time og:article:published_time publishdate pubdate datepublished publish_date publish-date publication_date date "
    "dc.date.issued dc.date dcterms.created dcterms.issued dcterms.date parsely-pub-date sailthru.date weibo:article:create_at bytedance:published_time "
    "og:published_time og:pubdate article:published article.published cxenseparse:publishtime cxenseparse:recs:publishtime vr:published-time "
    "citation_publication_date citation_online_date citation_date published published_at published-date datecreated article_date_original "
    "originalpublicationdate lastpubdate created dc.created release_date"
).split()
_META_MODIFIED = (
    "article:modified_time og:updated_time datemodified lastmod last-modified bytedance:updated_time weibo:article:update_at article:modified modified revised"
).split()
_UPDATED = re.compile(
    r"\b(?:updated?|modified|last (?:edited|changed|reviewed)|aktualisiert|stand|geändert|mis à jour|actualizado|aggiornato|atualizado|bijgewerkt|uppdaterad|opdateret|oppdatert)\b|更新|修改",
    re.IGNORECASE,
)
_ELSEWHERE = labels.COMMENT | labels.RELATED | labels.RECOMMENDED | labels.POPULAR | labels.LATEST | labels.NAV | labels.PAGER
BEFORE, AFTER = 16, 12
MAX_MARKS = 60
MAX_LONE, MAX_LINE = 45, 120


@dataclass(frozen=True, slots=True)
class Style:
    """How a page writes dates: the zone of the site's country or None, and whether the month comes before the day."""

    zone: tzinfo | None
    month_first: bool


def set_dates(article: Article, outline: Outline, data: LinkedData, info: list[str], span: tuple[int, int], url: str, style: Style) -> None:
    """Sets the dates of an article; `info` are the lines about it, `span` the numbers of its text's first and last block."""
    found: list[tuple[str, Moment]] = []
    updates: list[tuple[str, Moment]] = []
    for source, text, is_update in _texts(outline, data, info, span, url):
        moment = date_in_url(text) if source == "url" else find_date(text, month_first=style.month_first, short=source in ("time", "text"))
        if moment is not None:
            (updates if is_update or (source == "text" and _UPDATED.search(text)) else found).append((source, moment))
            if found and (found[0][1].precision != "day" or _most_exact(found)[1].precision != "day"):
                break
    best = found or updates or _loose(outline, span, style)
    if best:
        source, moment = _most_exact(best)
        article.date_published, article.date_precision, article.tz_source = written(moment, style.zone)
        article.date_published_raw, article.date_published_source = moment.raw, source
    declared = data.modified or next((outline.meta[name] for name in _META_MODIFIED if name in outline.meta), "")
    changed = find_date(declared) if declared else updates[0][1] if updates else None
    if changed:
        article.date_modified = written(changed, style.zone)[0]


def _texts(outline: Outline, data: LinkedData, info: list[str], span: tuple[int, int], url: str) -> Iterator[tuple[str, str, bool]]:
    """Yields source, text and whether its place tells a change, best first; for the source "url" the text is the URL."""
    if data.published:
        yield "jsonld", data.published, False
    for name in _META:
        if name in outline.meta:
            yield "meta", outline.meta[name], False
    near, far = _marks(outline, span)
    yield from near
    for line in info:
        yield "text", line, False
    yield "url", url, False
    for text in _lines_near(outline, span, MAX_LONE):
        yield "text", text, False
    yield from far
    if data.modified:
        yield "jsonld", data.modified, True
    for name in _META_MODIFIED:
        if name in outline.meta:
            yield "meta", outline.meta[name], True


def _marks(outline: Outline, span: tuple[int, int]) -> tuple[list[tuple[str, str, bool]], list[tuple[str, str, bool]]]:
    """Returns source, text and whether it tells a change of the marked elements at the text, and of the others; those of a vocabulary first."""
    sides: tuple[list[tuple[str, str, bool]], list[tuple[str, str, bool]]] = ([], [])
    marks = [mark for mark in outline.marks if mark.kind & (DATE | MODIFIED) and not mark.place.flags & _ELSEWHERE]
    for mark in sorted(marks[:MAX_MARKS], key=lambda mark: not mark.kind & SURE):
        element = mark.element
        declared = element.get("datetime") or element.get("content") or element.get("data-datetime")
        printed = text_of(mark)
        if declared or printed:
            source = "time" if element.tag == "time" or declared else "text"
            is_update = bool(mark.kind & MODIFIED or _UPDATED.search(printed))
            sides[not span[0] - BEFORE <= mark.block <= span[1] + AFTER].append((source, declared or printed, is_update))
    return sides


def _lines_near(outline: Outline, span: tuple[int, int], longest: int) -> Iterator[str]:
    for block in outline.blocks[max(0, span[0] - BEFORE) : span[1] + 1 + AFTER]:
        if len(block.loose) <= longest and not block.place.flags & _ELSEWHERE:
            yield block.loose


def _loose(outline: Outline, span: tuple[int, int], style: Style) -> list[tuple[str, Moment]]:
    """Returns the first date in a line at the text."""
    for text in _lines_near(outline, span, MAX_LINE):
        moment = find_date(text, month_first=style.month_first)
        if moment is not None:
            return [("text", moment)]
    return []


def _most_exact(found: list[tuple[str, Moment]]) -> tuple[str, Moment]:
    """Returns the first date, or a later one that tells the time of the very same day."""
    source, first = found[0]
    if first.precision == "day":
        for other, moment in found[1:]:
            if moment.precision != "day" and moment.value.date() == first.value.date():
                return other, moment
    return source, first
