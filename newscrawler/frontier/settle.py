"""What one outcome means for the ledger: the state of the page, its reason, and whether another attempt is worth it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from newscrawler.dedupe import canonical_url, same_site
from newscrawler.export.collected import fetched_rights, utc
from newscrawler.export.record import RIGHTS_KEYS
from newscrawler.frontier.announced import GUESSED, announced_pages, kept_announcements, stale
from newscrawler.frontier.manners import LONGEST, SLOWING, parked_text, retry_after
from newscrawler.frontier.scope import PRIORITY, Scope, followed
from newscrawler.frontier.visiting import ARTICLES, is_conditional, kept_visit, part_visit
from newscrawler.items import Link, RawPage, Series
from newscrawler.store import Body, Found, Outcome, Task, absence
from newscrawler.store.parts import PRIORITY as PART_PRIORITY

ATTEMPTS = 5
BACK_OFF = 1.0  # seconds before the second attempt; doubles with each
LONG_BACK_OFF = 120.0  # after an attempt that timed out: longer than a crawl waits that has nothing else to do (hosts.PATIENCE)
HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRIED = (408, 425, 429, 500, 502, 503, 504, *range(520, 531))
"""520 to 530 are said by a proxy (Cloudflare's, and others after it) of the server behind it: an answer that is none (520), down (521), no
connection (522), no way to it (523), no answer in time (524), TLS that fails (525, 526), overloaded (529), its name does not resolve (530)."""
_GONE = {404: 1, 410: absence.ENOUGH}  # how much one visit says that the page is gone for good
"""Any other answer ends the count of such visits, one of _RETRIED or 5xx apart, as no answer at all: they tell of the server, not of the page."""
_FORBIDDEN = (401, 402, 403, 451)
_STATES = {"new": "stored", "revision": "stored", "unchanged": "unchanged", "duplicate": "duplicate"}


def settle(raw: RawPage, task: Task, scope: Scope, *, keep_body: bool = True, tried: Sequence[Link] = ()) -> Outcome:
    """The outcome to write for what came back. An article's record, key and hash are added by the caller, and what a part says.

    `tried` are links of kind "other" that are fetched all the same, to learn what pages like theirs are.
    """
    outcome = Outcome(raw.page_id, "read", raw.fetched_at, status=raw.status)
    outcome.answered, outcome.first, outcome.asked = raw.status is not None, task.fetches == 0, task.url
    outcome.present = raw.status is not None and raw.status < 500 and raw.status not in (*_GONE, *_RETRIED)
    if raw.unmodified is not None or raw.status == 304:
        _unmodified(outcome, raw, task, scope)
    elif task.discovered_by == GUESSED and not _is_hit(raw):
        _miss(outcome, raw)
    elif raw.outcome == "refused":
        outcome.state, outcome.reason = "refused", raw.reason
    elif raw.outcome == "failed":
        _fail(outcome, raw, task, raw.reason or "failed", raw.retry, LONG_BACK_OFF if raw.timed_out else BACK_OFF)
    elif raw.status in _REDIRECTS and raw.headers.get("location"):
        _redirect(outcome, raw, task, scope)
    elif raw.status is not None and not 200 <= raw.status < 300:
        _refuse(outcome, raw, task, raw.status)
    else:
        _read(outcome, raw, task, scope, keep_body)
        outcome.found = [*outcome.found, *followed(tried, raw.page_id, task.depth, scope, ("other",))]
    if raw.page is not None and raw.page.series is not None:  # what a part says is not the article's
        outcome.visit = part_visit(task)
    else:
        outcome.visit = kept_visit(outcome, raw, task)
    return outcome


def _unmodified(outcome: Outcome, raw: RawPage, task: Task, scope: Scope) -> None:
    """The page is as it was read last: an article is `unchanged`, a section, feed or sitemap stays `read`, with the reason.

    Not so what is said about its use.
    """
    if task.visit is None or not (raw.unmodified or is_conditional(task)):
        outcome.state, outcome.reason = "failed", "HTTP 304 to a request without validators"
        return
    outcome.state, outcome.reason = task.visit.state, raw.unmodified or "not modified"
    outcome.kind, outcome.encoding, outcome.unmodified = task.kind, task.encoding, True
    if raw.said is not None:
        outcome.no_copy = _forbids_copy(raw, scope)
        if outcome.state in ARTICLES:
            _heed(outcome, raw)


def _forbids_copy(raw: RawPage, scope: Scope) -> bool:
    return not scope.policy_of(raw.url).keeps_copy(fetched_rights(raw))


def _heed(outcome: Outcome, raw: RawPage) -> None:
    """What is said about the use of an article's page now: the ledger tells it again where it is new, and obeys it where the policy does."""
    rights = fetched_rights(raw)
    outcome.retold = {"rights": {key: rights.get(key) for key in RIGHTS_KEYS}, "date_fetched": utc(raw.fetched_at)}
    outcome.withheld = raw.withheld
    if raw.withheld is not None:
        outcome.state, outcome.reason = "refused", raw.withheld


def _is_hit(raw: RawPage) -> bool:
    """Whether a usual path led to a feed or sitemap, or may yet: a redirect is followed."""
    if raw.status in _REDIRECTS:
        return bool(raw.headers.get("location"))
    return raw.page is not None and raw.page.format is not None and raw.page.kind == "hub"


def _miss(outcome: Outcome, raw: RawPage) -> None:
    """Nothing where a feed or sitemap might have been: no fault of anybody, and nothing to try again."""
    if raw.outcome != "response":
        outcome.state, outcome.reason = "refused", f"guessed: {raw.reason or 'no answer'}"
        return
    good = raw.status is not None and 200 <= raw.status < 300
    outcome.state, outcome.reason = "gone", "guessed: no feed or sitemap" if good else f"guessed: HTTP {raw.status}"


def _fail(outcome: Outcome, raw: RawPage, task: Task, reason: str, retry: bool, back_off: float = BACK_OFF) -> None:
    if retry and raw.host_fault:  # the host waits, and this page with it: the attempt does not count
        outcome.state, outcome.attempts, outcome.reason = "queued", task.attempts, f"{reason}, as other pages of the host"
        return
    attempts = task.attempts + 1
    again = retry and attempts < ATTEMPTS
    outcome.state, outcome.attempts = ("queued" if again else "failed"), attempts
    outcome.reason = f"attempt {attempts} of {ATTEMPTS}: {reason}" if again else reason if attempts == 1 else f"{reason} ({attempts} attempts)"
    outcome.due = outcome.at + back_off * 2 ** (attempts - 1) if again else 0.0


def _refuse(outcome: Outcome, raw: RawPage, task: Task, status: int) -> None:
    if status in _RETRIED:
        wait = retry_after(raw.headers, raw.fetched_at)
        if wait is not None and wait > SLOWING:  # told when to come back: that is no failure
            wait = min(wait, LONGEST)
            reason = parked_text(wait, f"HTTP {status} with Retry-After: {raw.headers['retry-after'][:60]}", outcome.at)
            outcome.state, outcome.attempts, outcome.due, outcome.reason = "queued", task.attempts, outcome.at + wait, reason
            return
        _fail(outcome, raw, task, f"HTTP {status}", True)
        if wait is not None and outcome.state == "queued":
            outcome.due = max(outcome.due, outcome.at + wait)
        return
    outcome.state = "gone" if status in _GONE else "refused" if status in _FORBIDDEN else "failed"
    outcome.reason, outcome.absence = f"HTTP {status}", _GONE.get(status, 0)


def _redirect(outcome: Outcome, raw: RawPage, task: Task, scope: Scope) -> None:
    try:
        target = urljoin(raw.url, raw.headers["location"].strip()).partition("#")[0]
        parts = urlsplit(target)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound, target = False, ""
    if not sound:
        outcome.state, outcome.reason = "failed", f"HTTP {raw.status} to an address that is none: {raw.headers['location'][:200]!r}"
    elif target == raw.url:
        outcome.state, outcome.reason = "failed", "redirects to itself"
    elif task.hops >= HOPS:
        outcome.state, outcome.reason = "failed", f"more than {HOPS} redirects in a row"
    elif canonical_url(target) == canonical_url(raw.url):  # the same page, so the same row: ask again as the site spells it
        outcome.state, outcome.reason = "queued", f"HTTP {raw.status} to another spelling of its address"
        outcome.url, outcome.hops = target, task.hops + 1
    else:
        start = task.depth == 0
        refused = None if start else scope.reason(target, task.depth)
        if not start and not same_site(target, raw.url) and not scope.is_sister(raw.url, target):
            refused = "a redirect to another site"
        outcome.state, outcome.reason, outcome.again = "redirected", f"HTTP {raw.status}", start
        outcome.redirected_to = Found(target, task.discovered_by, PRIORITY["redirect"], task.depth, raw.page_id, task.hops + 1, refused)


def _read(outcome: Outcome, raw: RawPage, task: Task, scope: Scope, keep_body: bool) -> None:
    page = raw.page
    repaired = page is not None and page.article is not None and bool(page.article.repairs)
    outcome.no_copy = _forbids_copy(raw, scope)
    if raw.body and raw.withheld is None and not outcome.no_copy and (keep_body or repaired):  # wherever something was changed, the original stays
        outcome.body = Body(raw.body, raw.headers.get("content-type"))
    if raw.unreadable is not None:
        outcome.state, outcome.reason = "failed", raw.unreadable
        return
    if page is None:
        outcome.reason = "empty" if not raw.body else raw.reason
        return
    outcome.kind, outcome.encoding, outcome.reason = page.format or page.kind, page.encoding, page.reason
    if task.kind in ("feed", "sitemap") and page.format is None:
        outcome.reason = f"a {task.kind} until now, a page of HTML this time" + (f": {page.reason}" if page.reason else "")
    outcome.links = page.links
    if page.format is None:
        outcome.found = followed(page.links, raw.page_id, task.depth, scope)
    else:
        nesting = task.announced.nesting if task.announced else 0
        outcome.found = announced_pages(page, raw.page_id, task.depth, nesting, scope, raw.fetched_at)
        outcome.announced = kept_announcements(page, nesting)
        outcome.stale = stale(page.announced, raw.fetched_at)
    if raw.withheld is not None or (raw.decision is not None and raw.decision.verdict == "unchanged"):
        _heed(outcome, raw)
    if page.series is not None:
        _read_part(outcome, page.series, task, scope)
    elif page.article is not None and raw.decision is not None:
        outcome.state, outcome.reason = _STATES[raw.decision.verdict], raw.decision.reason or None
        outcome.decision = raw.decision
        outcome.examples = page.article.examples


def _read_part(outcome: Outcome, series: Series, task: Task, scope: Scope) -> None:
    """A part of an article: as deep as the page that names it, and fetched before other pages."""
    outcome.part_pages = part_pages(series, outcome.page_id, task.depth, scope)
    outcome.reason = f"part {series.number} of {series.first}" if series.number else "part 1 of an article whose other parts are awaited"


def part_pages(series: Series, page_id: int, depth: int, scope: Scope) -> list[Found]:
    """The rows that the other parts become which a page names."""
    return [Found(url, "section", PART_PRIORITY, depth, page_id, 0, scope.reason(url, depth)) for _, url in series.others]
