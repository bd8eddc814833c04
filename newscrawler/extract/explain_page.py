"""How a page was read, told to a person: encoding, kind, body, fields, links. It tells a `Trace`, and judges nothing anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from lxml import etree

from newscrawler.extract.kind import ARTICLE_POINTS
from newscrawler.extract.links import page_forms
from newscrawler.extract.outline import Place, _Walk
from newscrawler.extract.trace import Trace
from newscrawler.items import Article, Link, Page

FIRST = 3
"""How many links of each kind are told."""
MAX_TEXT = 60
MAX_TERMS = 6
"""How many terms of a link are told, those with the most points: `newscrawler why` tells all."""


def explain_page(page: Page, trace: Trace) -> list[str]:
    """Returns lines that tell how `page` was read; `trace` is the one that `read_page` was given for it."""
    return [*_encoding(page, trace), *_kind(page, trace), *_body(trace), *(_fields(page.article, trace) if page.article else ()), *_rules(trace), *_links(page, trace)]


def _encoding(page: Page, trace: Trace) -> Iterator[str]:
    yield f"encoding  {page.encoding or 'none: not decoded'}, declared {page.declared or 'nowhere'}"
    made = Counter({("page", kind): count for kind, count in Counter(one.kind for one in trace.repairs).items()})
    if page.article is not None:
        made = Counter({(one.field, one.kind): one.count for one in page.article.repairs})
    for (field, kind), count in made.items():
        yield f"  repaired  {field}: {count} {kind}"


def _kind(page: Page, trace: Trace) -> Iterator[str]:
    yield f"kind      {page.kind}" + (f": {page.reason}" if page.reason else "")
    if trace.terms:
        yield f"  article {sum(points for _, points in trace.terms):+d}, enough from {ARTICLE_POINTS}"
    for name, points in trace.terms:
        yield f"  {points:+d}  {name}"
    if page.article is None and trace.found:
        forms = page_forms(trace.found)
        yield f"  links to {forms[True]} addresses of the site look like articles, to {forms[False]} do not"


def _body(trace: Trace) -> Iterator[str]:
    if not trace.body or trace.place is None or trace.root is None:
        yield "body      none: nothing reads like a text"
        return
    yield f"body      {path_of(trace.place, trace.root)}"
    yield f"  {len(trace.body)} paragraphs, {sum(len(block.text) for block in trace.body)} characters, of {trace.inside} blocks in it"
    if trace.lead:
        yield f"  {trace.lead} more from the box of the headline"
    for reason, count in trace.trimmed.items():
        if count:
            yield f"  left out  {count} {reason}"


def _fields(article: Article, trace: Trace) -> Iterator[str]:
    by = {name.replace("date_published", "date"): f"the rule {rule}" for name, rule in trace.ruled.items()}
    sources = trace.sources | {"date": article.date_published_source or ""} | by
    values = {"title": article.title, "authors": ", ".join(article.authors), "byline": article.byline, "date": article.date_published}
    for name, value in values.items():
        yield f"{name:<8}  {_short(value)}  (from {sources.get(name) or 'the page class'})" if value else f"{name:<8}  none"
    for name in (name for name in by if name not in values):
        yield f"{name:<8}  {_short(_shown(getattr(article, name)))}  (from {by[name]})"


def _shown(value: object) -> str:
    """Returns a field's value in a few words: of a list how many entries it has, and the first."""
    if isinstance(value, list):
        return f"{len(value)}: {getattr(value[0], 'url', value[0])}" if value else "none"
    return str(value)


def _rules(trace: Trace) -> Iterator[str]:
    if trace.rule_notes:
        yield "rules"
    for note in trace.rule_notes:
        yield f"  {note}"


def _links(page: Page, trace: Trace) -> Iterator[str]:
    groups: defaultdict[str, list[Link]] = defaultdict(list)
    for link in page.links:
        groups[f"{link.kind}, {link.sub}" if link.sub else link.kind].append(link)
    yield f"links     {len(page.links)}"
    for name, links in sorted(groups.items()):
        yield f"  {name}: {len(links)}"
        for link in links[:FIRST]:
            yield f"    {link.url}  {_short(link.anchor)}".rstrip()
            yield from _why(link, trace)


def _why(link: Link, trace: Trace) -> Iterator[str]:
    """Yields the terms of the place by which a link was judged, with their points for an article and for a section."""
    if link.position < len(trace.found):  # a feed's links are not judged
        one = trace.found[link.position]
        held = [term for fired in one.fired for term in fired.terms if term.article or term.hub]
        terms = sorted(held, key=lambda term: -abs(term.article) - abs(term.hub))
        told = ", ".join(f"{term.name} {term.article:+d}/{term.hub:+d}" for term in terms[:MAX_TERMS])
        more = f" and {len(terms) - MAX_TERMS} more" if len(terms) > MAX_TERMS else ""
        where = "" if one.same_site else ", on another site"
        yield f"      article {one.points:+d}, section {one.hub_points:+d}{where}" + (f": {told}{more}" if told else "")


def path_of(place: Place, root: etree._Element) -> str:
    """Returns the way to a place from the page's root by tags and classes (without their numbers), as the walk tells them apart.

    The walk keeps numbers for paths only, so the page is walked again for their names.
    """
    walk = _Walk(has_microdata=False)
    walk.run(root)
    names = {number: name for (_, name), number in walk.paths.items()}
    steps: list[str] = []
    one: Place | None = place
    while one is not None and one.parent is not None:
        steps.append(names[one.path])
        one = one.parent
    return " > ".join(reversed(steps))


def _short(text: str | None) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
