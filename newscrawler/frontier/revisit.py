"""When to visit a page again: pure, from what its visits brought.

Theory. News of a section or feed comes as a Poisson process of rate r. A visit every I seconds finds news I/2 late on average,
so of many sources with a common budget of visits, sum(1/I), the delay of all news, sum(r I/2), is least where I is proportional
to 1/sqrt(r) (Lagrange; Cho & Garcia-Molina, "Effective page refresh policies for web crawlers", 2003, find the same flattening:
visits must not be proportional to the rate of change). The rate is estimated from counts, (news + a)/(span + b): visits tell how
many pages were new, which says more than whether any was, as Cho & Garcia-Molina's "Estimating frequency of change" (2003) has to
do with; unequal intervals need no correction then. Both sums decay, halved in HALF_LIFE or in VISITS_KEPT visits, whichever comes
later: so a source's rhythm may change. While no news came at all, there is nothing to estimate: the interval doubles. News is what nobody
brought before, so a section that says only what the feed has said is asked ever less; but one that goes on changing is asked once in
LIVELY, deep ones apart: should the feed fall silent, the section is what is left.

Articles are edited soon after publication or never: the interval is proportional to the age, which spreads a fixed number of visits
evenly over the logarithm of the age, and ends after ARTICLE_LIFE. An edit that was found halves the next interval. How much the age grows
from visit to visit is learned for each host: with edits at c in a unit of log-age, visits every L units cost 1/L and find them L/2
late, so L is proportional to 1/sqrt(c), as above. c is (edits + a)/(log-age watched + b) over the articles met last there.

Known to fail: news in bursts longer than a feed is, which then drop out unseen (nothing here sees that they did). Edits that a feed or
sitemap announced are found by it, and yet count for visits by age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log, log1p, sqrt
from typing import Literal

from newscrawler.store.visits import Watched

HOUR, DAY = 3600.0, 86400.0
FLOOR, CEILING = 300.0, 30 * DAY
FIRST = {"feed": HOUR / 2, "sitemap": HOUR, "section": HOUR, "deep": DAY, "article": HOUR}
"""The first interval, when nothing is known."""
REFERENCE = HOUR / 2  # the interval of a source with one news an hour
PRIOR_NEWS, PRIOR_SPAN = 0.5, DAY / 4
HALF_LIFE, VISITS_KEPT = 3 * DAY, 10
LIVELY = DAY
ARTICLE_LIFE = 30 * DAY
USUAL_EDITS, USUAL_GROWTH = 0.03, log(3)  # edits of an article in a unit of log-age (a fifth of all articles are edited), and L at that
LEAST_GROWTH, MOST_GROWTH = log(1.5), log(27)
PRIOR_WATCHED = 20.0  # the log-age of three articles
MISSES = 3  # visits in a row after which a page that is gone retires
FAILURES = 8  # and one that fails: with doubling intervals that is weeks

Kind = Literal["article", "feed", "sitemap", "section", "deep"]
"""Deep: a section or page of a list that is more than one link away from a start page."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a page's visits. Times in seconds since the epoch, `interval` and `span` in seconds.

    `news` and `span` are the decayed sums of what was new and of the time watched; `misses` visits in a row without a good answer.
    """

    kind: Kind
    first_at: float
    last_at: float
    visits: int = 1
    news: float = 0.0
    span: float = 0.0
    misses: int = 0
    interval: float = 0.0
    published: float | None = None
    """When an article was published, where that is known."""
    edits: float = USUAL_EDITS
    """Of an article: how often those of its host are edited, as `edit_rates` says."""
    changed: bool = False
    """Whether the last visit found a section, feed or sitemap changed, be all of it known."""


def visited(history: History, at: float, news: int, *, changed: bool = False) -> History:
    """The history after one more good visit that brought so many new pages (an article: 1 for an edit); `changed`: it was no answer known before."""
    passed = max(0.0, at - history.last_at)
    keep = max(0.5 ** (passed / HALF_LIFE), 1 - 1 / VISITS_KEPT)
    kept = 0.0 if history.kind == "article" else history.news * keep  # of an article only the last visit counts
    return replace(history, last_at=at, visits=history.visits + 1, news=kept + news, span=history.span * keep + passed, misses=0, changed=changed)


def missed(history: History, at: float) -> History:
    """The history after a visit without a good answer: what was known of the page stays."""
    return replace(history, last_at=at, misses=history.misses + 1)


def next_visit(history: History, *, gone: bool = False) -> float | None:
    """Seconds from the last visit to the next; None: never again by itself. `gone`: the last answer was that there is no such page."""
    if history.misses:
        most = MISSES if gone else FAILURES
        return None if history.misses >= most else min(CEILING, max(FIRST[history.kind], 2 * history.interval))
    return _next_of_article(history) if history.kind == "article" else _next_of_hub(history)


def rate(history: History) -> float:
    """New pages a second, as estimated."""
    return (history.news + PRIOR_NEWS) / (history.span + PRIOR_SPAN)


def edit_rates(watched: Iterable[Watched]) -> dict[str, float]:
    """Host -> edits of an article in a unit of log-age, as estimated; a host that is not there has USUAL_EDITS."""
    sums: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (USUAL_EDITS * PRIOR_WATCHED, PRIOR_WATCHED))
    for one in watched:
        edits, age = sums[one.host]
        sums[one.host] = edits + one.edits, age + log1p(max(0.0, one.seconds) / FIRST["article"])
    return {host: edits / age for host, (edits, age) in sums.items()}


def _next_of_hub(history: History) -> float:
    if history.visits <= 1:
        return FIRST[history.kind]
    ceiling = LIVELY if history.changed and history.kind != "deep" else CEILING
    if history.news < 0.1:  # decayed to nothing counts as none
        return min(ceiling, max(FLOOR, 2 * history.interval))
    return min(ceiling, max(FLOOR, REFERENCE / sqrt(rate(history) * HOUR)))


def _next_of_article(history: History) -> float | None:
    born = min(history.first_at, history.published if history.published is not None else history.first_at)
    age = max(history.last_at - born, 0.0)
    if age > ARTICLE_LIFE:
        return None
    growth = exp(min(MOST_GROWTH, max(LEAST_GROWTH, USUAL_GROWTH * sqrt(USUAL_EDITS / history.edits))))
    wait = min(CEILING, max(FIRST["article"], age * (growth - 1)))
    return max(FIRST["article"], wait / 2) if history.news >= 1 else wait
