"""What a feed or sitemap means for the queue: which pages it brings, how urgent they are, which have changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from newscrawler.dedupe import same_site
from newscrawler.extract.announced import day_number, seconds_of
from newscrawler.extract.autodiscovery import usual_places
from newscrawler.frontier.scope import Scope
from newscrawler.items import Announcement, Page
from newscrawler.store import Found, Task
from newscrawler.store.announcing import Announced

DAY = 86400.0
RECENT = 3 * DAY
FUTURE = 300.0  # seconds that a site's clock may be fast
PRIORITY = {"new": 55, "old": 20, "sitemap": 45, "old sitemap": 25, "place": 62, "guess": 10}
CHILDREN = (1000, 10)
"""How many child sitemaps are read of an index, and of an index in an index; none below (sitemaps.org allows no second level)."""
MANY, LYING = 50, 0.5
GUESSED = "guessed"


def announced_pages(page: Page, source: int, depth: int, nesting: int, scope: Scope, now: float) -> list[Found]:
    """The rows that the links of a feed or sitemap become: recent ones with articles of sections, old ones behind all else.

    A date in the future counts as none. Child sitemaps beyond CHILDREN are refused with their reason, as is what the scope leaves out.
    """
    says = {one.url: one for one in page.announced}
    by = page.format or "section"
    found, children = [], 0
    for link in page.links:
        reason = scope.reason(link.url, depth + 1)
        at = _known(says[link.url], now) if link.url in says else None
        recent = at is not None and at > now - RECENT if by == "sitemap" else at is None or at > now - RECENT
        if link.kind == "hub":
            children += 1
            reason = reason or _too_many(nesting, children)
            priority = PRIORITY["sitemap" if recent or at is None else "old sitemap"]
        else:
            priority = PRIORITY["new" if recent else "old"]
        found.append(Found(link.url, by, priority, depth + 1, source, 0, reason, day_number(at)))
    return found


def expects_sitemap(task: Task, scope: Scope) -> bool:
    """Whether a page is a sitemap as far as one can tell before it is asked for: it was one, or is named as one, or is called so."""
    named = task.discovered_by == "robots" or (task.announced is not None and task.announced.nesting > 0) or scope.names_sitemap(task.url)
    return task.kind == "sitemap" or named or "sitemap" in urlsplit(task.url).path.rpartition("/")[2].lower()


def _too_many(nesting: int, number: int) -> str | None:
    if nesting >= len(CHILDREN):
        return "a sitemap index in an index in an index: sitemaps nested too deep"
    return f"more than {CHILDREN[nesting]} sitemaps in one index" if number > CHILDREN[nesting] else None


def _known(says: Announcement, now: float) -> float | None:
    """When a page was changed or published last, as announced; None without a date or with one in the future."""
    times = [at for text in (says.modified, says.published) if (at := seconds_of(text)) is not None and at <= now + FUTURE]
    return max(times, default=None)


def kept_announcements(page: Page, nesting: int) -> list[tuple[str, Announced]]:
    """What is to be remembered of what a feed or sitemap says: what may help an article, and how deep a child sitemap stands."""
    if page.format is None:
        return []
    children = {link.url for link in page.links if link.kind == "hub"}
    return [
        (one.url, Announced(page.format, nesting + 1 if one.url in children else 0, one))
        for one in page.announced
        if one.title or one.published or one.keywords or one.url in children
    ]


def stale(announced: Sequence[Announcement], now: float) -> Callable[[dict[str, float]], list[str]]:
    """Returns a function that says which known pages (URL -> when fetched) have changed since, as announced.

    A day counts as its beginning, so a page fetched that day is not asked again the same day. Where most of many known pages
    would have changed, the dates are those of the list's making and none is believed.
    """

    def changed(known: dict[str, float]) -> list[str]:
        says = [one for one in announced if one.url in known]
        found = [one.url for one in says if (at := _known(one, now)) is not None and at > known[one.url]]
        return [] if len(says) >= MANY and len(found) > LYING * len(says) else found

    return changed


def places(page: Page | None, task: Task, declared: Sequence[str] | None, scope: Scope, *, guess: bool) -> list[Found]:
    """Where this page shows feeds and sitemaps to be: those that its head names, and for a start page those of robots.txt.

    `declared` are the sitemaps of robots.txt, None when it was not read. With `guess`, the usual paths of a start page's site
    stand in for what is declared nowhere. What a source names itself is all that is read of its kind.
    Nothing when the limit of depth would leave out all that they bring.
    """
    if scope.depth is not None and task.depth + 2 > scope.depth:
        return []
    feeds, sitemaps = scope.looks_for(task.url)
    named = page.feeds if feeds and page is not None and page.kind != "article" and page.format is None else []
    found = [(url, "alternate", PRIORITY["place"]) for url in named]
    if task.depth == 0 and task.discovered_by == "seed":
        found += [(url, "robots", PRIORITY["place"]) for url in (sitemaps and declared) or () if same_site(url, task.url) or scope.is_sister(task.url, url)]
        if guess and page is not None and page.format is None:
            guesses = usual_places(task.url, sitemaps=sitemaps and not declared, feeds=feeds and not named)
            found += [(url, GUESSED, PRIORITY["guess"]) for url in guesses]
    return [Found(url, by, priority, task.depth + 1, task.page_id, 0, scope.reason(url, task.depth + 1)) for url, by, priority in found]
