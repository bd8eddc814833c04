"""Text -> Page: parse | outline | wrappers | body | kind | links | fields, in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from newscrawler.config import NO_RULES, Layout, Rules
from newscrawler.extract import feeds
from newscrawler.extract.addresses import Resolver, Site, form_of
from newscrawler.extract.autodiscovery import feeds_of
from newscrawler.extract.body import choose_body
from newscrawler.extract.dates import date_in_url
from newscrawler.extract.doubtful import doubtful_links
from newscrawler.extract.fields import Context, set_given
from newscrawler.extract.kind import ARTICLE_POINTS, article_points, terms_of
from newscrawler.extract.linked_data import LinkedData, linked_data_of
from newscrawler.extract.links import MAX_LINKS, TOLD, Found, classify, find_links, page_forms
from newscrawler.extract.metadata import read_article, style_of
from newscrawler.extract.outline import Block, Outline, outline_of
from newscrawler.extract.page_object import GivenPage, read_by
from newscrawler.extract.parse import parse_whole
from newscrawler.extract.parts import find_series
from newscrawler.extract.related import give_teasers, related_entries
from newscrawler.extract.reserved import page_rights
from newscrawler.extract.rules import Given, apply_rules, remove_matches
from newscrawler.extract.seen import NONE_SEEN, Seen
from newscrawler.extract.trace import Trace
from newscrawler.extract.wrappers import forget_wrappers
from newscrawler.items import Article, Link, Page, PageKind

HUB_LINKS = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    """The page's URL and what is known beside its text: see `extract_page`."""

    url: str
    sisters: frozenset[str]
    rules: Rules
    seen: Seen
    trace: Trace | None

    def links(self, outline: Outline) -> list[Found]:
        """Returns the links of a page, with their points and teasers."""
        kind_of = self.rules.kind_of if self.rules.kinds else None
        found = find_links(outline, Resolver(_base(outline, self.url)), Site(self.url, self.sisters), self.seen, kind_of)
        give_teasers(found, outline)
        return found


def extract_page(
    text: str, url: str, trace: Trace | None = None, *, sisters: frozenset[str] = frozenset(), rules: Rules = NO_RULES, seen: Seen = NONE_SEEN
) -> Page:
    """Returns what a page is and says, from its text; nothing in it is cleaned or made canonical.

    Links to the domains in `sisters` (lower case, subdomains included) count as links within the site.
    `rules` go before what is found without them: what an address is said to be, where fields stand, a class that reads the page.
    A page that gives a text for a rule is an article, unless its address says otherwise.
    `seen` are the kinds of the site's pages by the shape of their addresses: they tell about links, not about this page.
    A `trace` is given what an explanation needs.

    Never raises and fetches nothing. A page with neither text nor links is "other", with a reason.
    """
    if feeds.is_feed(text):
        return feeds.read_feed(text, url, sisters)
    if "<" not in text:
        return Page(url, "other", reason="empty" if not text.strip() else "not HTML")
    root, is_cut = parse_whole(text)
    if root is None:
        return Page(url, "other", reason="no HTML could be parsed")
    outline = _outline_of(root, text)
    asked = _Asked(url, sisters, rules, seen, trace)
    page = _read_by_rules(asked, outline, root, text) if rules else _read(asked, outline, outline, {})
    if trace is not None:
        trace.root = root
    if left_out := _left_out(outline, is_cut):
        page.reason = f"{page.reason}; {left_out}" if page.reason else left_out
    page.meta_robots = outline.meta.get("robots")
    page.feeds = feeds_of(root, Resolver(_base(outline, url)), Site(url, sisters))
    return page


def _left_out(outline: Outline, is_cut: bool) -> str:
    """Returns what of a page was not read, in words; "" for nothing."""
    told = ["nested too deep, what follows is not read"] if is_cut else []
    if len(outline.anchors) > MAX_LINKS and (more := len({anchor.href for anchor in outline.anchors}) - MAX_LINKS) > 0:
        told.append(f"links beyond {MAX_LINKS} different ones are not read, about {more}")
    return "; ".join(told)


def _outline_of(root: etree._Element, text: str) -> Outline:
    outline = outline_of(root, has_microdata="itemprop" in text or "typeof=" in text)
    forget_wrappers(outline)
    return outline


def _read_by_rules(asked: _Asked, outline: Outline, root: etree._Element, text: str) -> Page:
    """Returns the page as the rules of its time have it; takes what they remove out of the tree."""
    url, rules, trace = asked.url, asked.rules, asked.trace
    layout, day = _layout_of(outline, root, url, rules)
    given = apply_rules(layout, root, url)
    whole = outline
    if remove_matches(layout, root, url):
        outline = _outline_of(root, text)
    page = _read(asked, whole, outline, given)
    fault, is_article = None, page.article is not None
    if rules.page is not None and rules.kind_of(url) in (None, "article"):
        page.article, fault = read_by(rules.page, rules.page_name, GivenPage(url, text, page.article))
        page = _judged_by_class(asked, page, whole)
    if trace is not None:
        trace.rule_notes = _notes(layout, day, given, trace, rules, fault, is_article=is_article)
    return page


def _layout_of(outline: Outline, root: etree._Element, url: str, rules: Rules) -> tuple[Layout, str]:
    """Returns the rules for the day of the article, and that day in words: by the URL, else by the page, else the day of fetching."""
    if not rules.dated:
        return rules.layout_on(None), ""
    moment = date_in_url(url)
    if moment is not None:
        return rules.layout_on(moment.value.date()), f" on {moment.value.date()} (from url)"
    always = apply_rules(rules.always, root, url)
    article = _article(outline, linked_data_of(outline.scripts), choose_body(outline, None), url, None, always)
    if article.date_published is not None:
        day = date.fromisoformat(article.date_published[:10])
        return rules.layout_on(day), f" on {day} (from {article.date_published_source})"
    return rules.layout_on(rules.fetched), f" on {rules.fetched} (fetched)" if rules.fetched else ""


def _notes(layout: Layout, day: str, given: Given, trace: Trace, rules: Rules, fault: str | None, *, is_article: bool) -> list[str]:
    """Returns what an explanation tells of rules beside the fields that they gave."""
    lines = [f"extract {layout.period}{day}"] if rules.layouts else []
    lines += [f"{rule.field}: {rule.written} matched nothing" for rule in layout.rules if rule not in [one for one, _ in given.get(rule.field, ())]]
    unread = [field for field in given if field not in trace.ruled] if is_article else []
    lines += [f"{field}: nothing that could be read in what {given[field][0][0].written} matched" for field in unread]
    return lines + ([fault or f"read by {rules.page_name}"] if rules.page is not None else [])


def _read(asked: _Asked, whole: Outline, outline: Outline, given: Given) -> Page:
    """Returns the page; its links are those of the `whole` page, its text is in `outline`, which may lack what rules remove."""
    url, trace, found = asked.url, asked.trace, asked.links(whole)
    body = choose_body(outline, trace)
    data, told = linked_data_of(outline.scripts), asked.rules.kind_of(url)
    inside = _span(outline, body)
    points = article_points(form_of(url), outline, body, inside, declared=data.is_article) if body else 0
    points += TOLD[told].article if told else 0
    if trace is not None:
        terms = terms_of(form_of(url), outline, body, inside, declared=data.is_article) if body else []
        trace.found, trace.body, trace.terms = found, body, [(name, value) for name, value, holds in terms if holds]
        trace.terms += [(term.name, term.article) for term in TOLD[told].terms] if told else []
    is_article = points >= ARTICLE_POINTS or ("text" in given and told is None)
    article = _article(outline, data, body, url, trace, given, _base(whole, url)) if is_article else None
    if article is not None and not article.text:
        article = None
    if outline is not whole:
        data, inside = linked_data_of(whole.scripts), _span(whole, choose_body(whole, None))
    return _page(article, found, whole, data, url, inside, told)


def _article(
    outline: Outline, data: LinkedData, body: list[Block], url: str, trace: Trace | None, given: Given, base: str | None = None
) -> Article:
    """Returns the article with what the rules gave for it; without its related reading, unless a rule gave that."""
    resolver = Resolver(base or _base(outline, url))
    article = read_article(outline, data, body, url, resolver, trace)
    by = set_given(article, given, Context(style_of(outline, article, url), outline.lang, resolver, url)) if given else {}
    if trace is not None:
        trace.ruled = by
    return article


def _page(
    article: Article | None, found: list[Found], outline: Outline, data: LinkedData, url: str, inline: range, told: PageKind | None = None
) -> Page:
    own = url.partition("#")[0]
    links = classify(found, outline, own, inline, on_article=article is not None)
    doubtful = doubtful_links(links, found, own)
    if article is not None:
        if article.related:  # a rule's, or a class's
            links = _related_first(links, article, {one.url for one in found if one.same_site})
        else:
            article.related = related_entries(links)
        base = _base(outline, url)
        page = Page(url, "article", article, links, doubtful=doubtful)
        page.rights = page_rights(outline, data.license, base)
        page.series = find_series(own, found, article.canonical_url, _rels(outline, Resolver(base)))
        return page
    forms = page_forms(found)
    if told != "other" and (told == "hub" or forms[True] >= HUB_LINKS or (forms[True] and forms[False] >= HUB_LINKS)):
        return Page(url, "hub", links=links, doubtful=doubtful)
    reason = "no article text and no list of articles" if outline.blocks else "empty"
    if told is not None:
        reason = "other_urls of the source" if told == "other" else "article_urls of the source, but no text"
    return Page(url, "other", links=links, reason=reason, doubtful=doubtful)


def _related_first(links: list[Link], article: Article, own: set[str]) -> list[Link]:
    """Returns the links with those that the user calls related reading as such; those that lead to another site stay what they are."""
    related = {entry.url for entry in article.related} & own
    return [replace(link, kind="related", sub=link.sub or "related") if link.url in related and link.kind != "related" else link for link in links]


def _judged_by_class(asked: _Asked, page: Page, outline: Outline) -> Page:
    """Returns the page with its links judged by whether a class found an article in it; one without text is none."""
    article = page.article if page.article is not None and page.article.text.strip() else None
    inline = _span(outline, choose_body(outline, None))
    return _page(article, asked.links(outline), outline, linked_data_of(outline.scripts), asked.url, inline)


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
