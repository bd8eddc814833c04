"""Text -> Page: parse | outline | wrappers | body | kind | links | fields, in this order."""

from __future__ import annotations

from newscrawler.config import Rules
from newscrawler.extract import feeds
from newscrawler.extract.addresses import Resolver, Site, form_of
from newscrawler.extract.body import choose_body
from newscrawler.extract.kind import ARTICLE_POINTS, article_points, terms_of
from newscrawler.extract.linked_data import linked_data_of
from newscrawler.extract.links import classify, find_links, page_forms
from newscrawler.extract.metadata import read_article, style_of
from newscrawler.extract.outline import Block, Outline, outline_of
from newscrawler.extract.parse import parse_html
from newscrawler.extract.parts import find_series
from newscrawler.extract.related import give_teasers, related_entries
from newscrawler.extract.rules import Given, apply_rules, set_given
from newscrawler.extract.trace import Trace
from newscrawler.extract.wrappers import forget_wrappers
from newscrawler.items import Page

HUB_LINKS = 3


def extract_page(text: str, url: str, trace: Trace | None = None, *, sisters: frozenset[str] = frozenset(), rules: Rules = ()) -> Page:
    """Returns what a page is and says, from its text; nothing in it is cleaned or made canonical.

    Links to the domains in `sisters` (lower case, subdomains included) count as links within the site.
    `rules` go before what is found without them, and a page that gives a text for one is an article.
    A `trace` is given what an explanation needs.

    Never raises and fetches nothing. A page with neither text nor links is "other", with a reason.
    """
    if feeds.is_feed(text):
        return feeds.read_feed(text, url)
    if "<" not in text:
        return Page(url, "other", reason="empty" if not text.strip() else "not HTML")
    root = parse_html(text)
    if root is None:
        return Page(url, "other", reason="no HTML could be parsed")
    outline = outline_of(root, has_microdata="itemprop" in text or "typeof=" in text)
    forget_wrappers(outline)
    page = _read(outline, url, trace, sisters, apply_rules(rules, root, url) if rules else {})
    if trace is not None:
        trace.root = root
    page.meta_robots = outline.meta.get("robots")
    return page


def _read(outline: Outline, url: str, trace: Trace | None, sisters: frozenset[str], given: Given) -> Page:
    resolver = Resolver(_base(outline, url))
    found = find_links(outline, resolver, Site(url, sisters))
    give_teasers(found, outline)
    body = choose_body(outline, trace)
    data = linked_data_of(outline.scripts)
    inside = _span(outline, body)
    points = article_points(form_of(url), outline, body, inside, declared=data.is_article) if body else 0
    if trace is not None:
        terms = terms_of(form_of(url), outline, body, inside, declared=data.is_article) if body else []
        trace.found, trace.body, trace.terms = found, body, [(name, value) for name, value, holds in terms if holds]
    article = read_article(outline, data, body, url, resolver, trace) if points >= ARTICLE_POINTS or "text" in given else None
    if article is not None and given:
        set_given(article, given, style_of(outline, article, url), outline.lang)
    if article is not None and not article.text:
        article = None
    own = url.partition("#")[0]
    links = classify(found, outline, own, inside, on_article=article is not None)
    if article is not None:
        article.related = related_entries(links)
        page = Page(url, "article", article, links)
        page.series = find_series(own, found, article.canonical_url, _rels(outline, resolver))
        return page
    forms = page_forms(found)
    if forms[True] >= HUB_LINKS or (forms[True] and forms[False] >= HUB_LINKS):
        return Page(url, "hub", links=links)
    return Page(url, "other", links=links, reason="no article text and no list of articles" if outline.blocks else "empty")


def _rels(outline: Outline, resolver: Resolver) -> list[tuple[str, str]]:
    """Returns what the head names as the page before and after."""
    return [(rel, url) for rel, href in outline.rels if (url := resolver.resolve(href))]


def _span(outline: Outline, body: list[Block]) -> range:
    """Returns the numbers of the blocks from the body's first to its last."""
    inside = {id(block) for block in body}
    numbers = [number for number, block in enumerate(outline.blocks) if id(block) in inside]
    return range(numbers[0], numbers[-1] + 1) if numbers else range(0)


def _base(outline: Outline, url: str) -> str:
    """Returns what relative links are joined to: the page's <base>, itself resolved, or its URL."""
    return (Resolver(url).resolve(outline.base) if outline.base else None) or url
