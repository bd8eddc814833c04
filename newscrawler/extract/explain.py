"""Why a link was taken for what it is: the points of its best place on the page, term by term."""

from __future__ import annotations

from newscrawler.config import NO_RULES, Rules
from newscrawler.dedupe import canonical_url
from newscrawler.extract.addresses import Resolver, Site
from newscrawler.extract.links import ARTICLE_POINTS, HUB_POINTS, find_links
from newscrawler.extract.outline import outline_of
from newscrawler.extract.parse import parse_html
from newscrawler.extract.seen import NONE_SEEN, Seen


def explain_link(
    text: str, page_url: str, url: str, *, sisters: frozenset[str] = frozenset(), seen: Seen = NONE_SEEN, rules: Rules = NO_RULES
) -> list[str]:
    """Returns lines that say how a page's link to `url` was judged, [] when the page has no such link.

    The first line sums up the points for "leads to an article", the second those for "leads to a section", each with what it
    takes; then comes each term with both. What the kind of page adds (related or article) is not told.
    `sisters` are the domains that count as the page's site, `seen` what was learned of its addresses, `rules` those of its source.
    """
    root = parse_html(text) if "<" in text else None
    if root is None:
        return []
    outline, wanted = outline_of(root), canonical_url(url)
    base = (Resolver(page_url).resolve(outline.base) if outline.base else None) or page_url
    links = find_links(outline, Resolver(base), Site(page_url, sisters), seen, rules.kind_of if rules.kinds else None)
    found = [one for one in links if canonical_url(one.url) == wanted]
    if not found:
        return []
    best = max(found, key=lambda one: one.points)
    terms = [term for fired in best.fired for term in fired.terms if term.article or term.hub]
    return [
        f"article {best.points:+d}, enough from {ARTICLE_POINTS}",
        f"section {best.hub_points:+d}, enough from {HUB_POINTS}",
        *(f"{term.article:+d} {term.hub:+d}  {term.name}" for term in terms),
        *(() if best.same_site else ("on another site",)),
    ]
