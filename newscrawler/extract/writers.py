"""Who wrote it, from all places that say so: the text's own byline, JSON-LD, marked elements, links to writers, the head.

A Chinese page prints its byline in a known form, and what its head calls the author is mostly the site, so the printed line goes
first there. Elsewhere the order is JSON-LD, elements marked by schema.org or rel, elements marked by class, the printed line,
links to a writer's page, the head; organisations come last. Of the marked elements those count that stand from the title to a
little after the text, or before all others; neighbours of the same kind are co-writers.

Known to fail: names that only stand in the text, in a footer or in a script; a site's name that looks like a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from newscrawler.extract import bylines, labels
from newscrawler.extract.linked_data import LinkedData
from newscrawler.extract.marks import AUTHOR, SURE
from newscrawler.extract.names import as_given, chinese_people, fold
from newscrawler.extract.names import people as any_people
from newscrawler.extract.outline import Mark, Outline
from newscrawler.items import Article

_META = "author article:author og:article:author dc.creator dcterms.creator byl parsely-author sailthru.author citation_author cxenseparse:author vr:author".split()
_WRITTEN_BY = re.compile(r"^(?:written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door|author|by)$", re.IGNORECASE)
_WRITER_PAGE = re.compile(r"/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|redakteure?|redaktion|writers?|journalists?|contributors?|reporters?|byline|profile|people)/[^/?#]{2,}", re.IGNORECASE)
_ELSEWHERE = labels.COMMENT | labels.RELATED | labels.RECOMMENDED | labels.POPULAR | labels.LATEST | labels.NAV | labels.FOOT
MAX_MARK = 160
MAX_MARKS = 80
NEAR = 16
AFTER = 30
NEIGHBOURS = 6
MORE = 2


def set_writers(
    article: Article, outline: Outline, data: LinkedData, info: list[str], tail: tuple[str | None, list[str]], span: tuple[int, int], sites: set[str]
) -> tuple[str, str]:
    """Sets authors and byline of an article; returns where each was found.

    `info` are the lines about it, `tail` byline and names that closed its text, `span` the numbers of its text's first and last
    block, `sites` the folded names of the site: no writer where another is found.
    """
    article.byline, names = tail if tail[1] else _printed(info)
    line = "the end of the text" if tail[1] else "a line at the text"
    if not names:
        line = "the text"
        article.byline, names = bylines.byline_in(article.text.split("\n"))
    is_chinese = (article.language or "").startswith("zh")
    people = chinese_people if is_chinese else any_people
    marked = _marked(outline, span)
    if is_chinese and not names:
        article.byline, names = _printed([*marked[0], *marked[1]])
        line = "a marked element"
    sure, declared = people(marked[0]), people(_declared(outline))

    def sources() -> Iterator[tuple[str, list[str]]]:
        yield "byline", names if is_chinese or tail[1] else []
        yield "jsonld", people(data.authors)
        yield "schema.org or rel", sure
        yield "class", people(marked[1])
        yield "byline", names
        yield "link to a writer's page", people(_linked(outline, span))
        yield "jsonld, an organisation", people(data.organisations)
        yield "meta", declared
        yield "jsonld, as given", [] if is_chinese else as_given(data.authors or data.organisations)

    known = next((source for source in sources() if any(fold(name) not in sites for name in source[1])), None)
    where, authors = known or next((source for source in sources() if source[1]), ("", []))
    article.authors = _fuller(authors, sure, declared) if known else authors
    if article.authors is not authors:
        where += ", completed"
    return where, line if article.byline else ""


def _fuller(names: list[str], *others: list[str]) -> list[str]:
    """Returns the names, or others that have all of them and a few more: JSON-LD often has but the first writer."""
    folded = {fold(name) for name in names}
    for other in others:
        if folded < {fold(name) for name in other} and len(other) <= len(names) + MORE:
            return other
    return names


def _printed(info: list[str]) -> tuple[str | None, list[str]]:
    for line in info:
        byline, names = bylines.byline_of(line)
        if names:
            return byline, names
        if line.startswith(("(", "（", "【", "[")):
            rest, byline, names = bylines.cut_tail_byline(line)
            if names and not rest:
                return byline, names
    return None, []


def text_of(mark: Mark) -> str:
    """Returns the text of a marked element, "" when it is long and so no name or date."""
    pieces: list[str] = []
    for piece in map(str, islice(mark.element.itertext(), 40)):
        pieces.append(piece)
        if len(piece) > MAX_MARK:
            return ""
    text = " ".join(" ".join(pieces).split())
    return text if len(text) <= MAX_MARK else ""


def _marked(outline: Outline, span: tuple[int, int]) -> tuple[list[str], list[str]]:
    """Returns the texts of elements marked as writers by a vocabulary, and of those marked by class."""
    sure: list[tuple[int, str]] = []
    classed: list[tuple[int, str]] = []
    for mark in islice((mark for mark in outline.marks if mark.kind & AUTHOR and not mark.place.flags & _ELSEWHERE), MAX_MARKS):
        text = mark.element.get("content") or text_of(mark)
        if text:
            (sure if mark.kind & SURE else classed).append((mark.block, text))
    anchors = (anchor for anchor in outline.anchors if "author" in anchor.rel and anchor.text and not anchor.place.flags & _ELSEWHERE)
    sure.extend((anchor.block, anchor.text) for anchor in anchors)
    return _together(sure, span), _together(classed, span)


def _linked(outline: Outline, span: tuple[int, int]) -> list[str]:
    near = range(span[0] - NEAR, span[1] + AFTER + 1)
    anchors = (one for one in outline.anchors if one.block in near and one.text and not one.place.flags & _ELSEWHERE)
    return _together([(one.block, one.text) for one in anchors if _WRITER_PAGE.search(one.href)], span)


def _together(found: list[tuple[int, str]], span: tuple[int, int]) -> list[str]:
    """Returns the texts that stand together at the title or, failing that, first in the page."""
    found.sort(key=lambda one: one[0])
    close = [one for one in found if span[0] - NEAR <= one[0] <= span[1] + AFTER]
    near = [one for one in close if any_people([one[1]])] or [one for one in found if any_people([one[1]])]
    texts = [text for number, text in near if number - near[0][0] <= NEIGHBOURS]
    return [text for text in texts if not any(inner != text and inner in text for inner in texts)]


def _declared(outline: Outline) -> list[str]:
    meta = outline.meta
    for number in "123":
        if _WRITTEN_BY.match(meta.get(f"twitter:label{number}", "")):
            return [meta.get(f"twitter:data{number}", "")]
    return next(([meta[name]] for name in _META if any_people([meta.get(name, "")])), [])
