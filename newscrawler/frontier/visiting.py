"""One visit, from the request to what is kept of it: validators sent (RFC 9110, section 13), the same body known again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from newscrawler.extract.announced import day_number
from newscrawler.frontier.announced import GUESSED
from newscrawler.frontier.revisit import DAY, USUAL_EDITS, History, Kind, missed, next_visit, visited
from newscrawler.items import RawPage
from newscrawler.rights import packed
from newscrawler.store import Outcome, Task
from newscrawler.store.visits import Visit

MAX_VALIDATOR = 500
LISTS = ("hub", "feed", "sitemap")
ARTICLES = ("unchanged", "duplicate")
"""What an unchanged answer means for a page that has an article, or repeats one."""
NEVER_READ = "failed"
"""What the visits of a page that failed and was never read are kept as: no validators, so no answer to it can be an unchanged one."""
_NOT_YET = (403, 404)
"""Answers that a page gives which is announced and not there yet. 401, 410 and 451 mean what they say."""
EXPECTED = 3 * DAY
"""Seconds after its link was found, and after its date, in which a page may still be about to come."""
_GOOD = {"stored": "unchanged", "unchanged": "unchanged", "read": "read", "duplicate": "duplicate"}
"""States of a page that was read -> what an unchanged answer means for it from then on."""


def conditional_headers(task: Task) -> dict[str, str]:
    """If-None-Match and If-Modified-Since as the page's last answer had them (RFC 9110, 13.1.2 and 13.1.3), {} for none."""
    visit = task.visit
    given = {"If-None-Match": visit.etag, "If-Modified-Since": visit.last_modified} if visit else {}
    return {name: value for name, value in given.items() if value}


def reading_key(*by: object) -> str:
    """A short key of what pages are read by (version, rules, sister domains, kinds of repair left out).

    Another key, another reading: the page is asked for whole then, as what it was read as before may not hold.
    """
    return sha256(repr(by).encode()).hexdigest()[:16]


def with_reading(task: Task, key: str) -> Task:
    """The task with that key; what was known of a page that was read by something else no longer spares reading it.

    Nor where it is not known who said what about its use: from a 304 alone that cannot be told.
    """
    visit = task.visit
    if visit is not None and (visit.reading != key or visit.said is None):
        visit = replace(visit, etag=None, last_modified=None, body_hash=None)
    return replace(task, visit=visit, reading=key)


def is_conditional(task: Task) -> bool:
    """Whether the page is asked for with validators."""
    return bool(conditional_headers(task))


def is_unmodified(raw: RawPage, task: Task) -> bool:
    """Whether an answer says that the page is what was read last time."""
    return (raw.status == 304 and is_conditional(task)) or is_same_body(raw, task)


def is_same_body(raw: RawPage, task: Task) -> bool:
    """Whether a whole answer is byte for byte what was read last time."""
    return task.visit is not None and task.visit.body_hash is not None and raw.status == 200 and body_hash(raw.body) == task.visit.body_hash


def body_hash(body: bytes) -> str:
    """The body's SHA-256 in hex."""
    return sha256(body).hexdigest()


def kept_visit(outcome: Outcome, raw: RawPage, task: Task) -> Callable[[int], Visit] | None:
    """What to keep of this visit, once the number of pages that it made due is known; None when nothing is to be kept.

    One that will be tried again in a moment is none. A page that was never read is kept in mind when it failed, and asked for again at
    intervals that double, FAILURES visits in all, or MISSES where it is not there but expected; what was refused, is gone or was only
    guessed to be there is not.
    """
    old = task.visit
    if outcome.withheld is not None:
        return lambda _news: _withheld(outcome, raw, task)
    may_come = outcome.state == "failed" or (raw.status in _NOT_YET and outcome.state in ("gone", "refused") and is_expected(task, outcome.at))
    if old is None and may_come and task.discovered_by != GUESSED:
        return lambda _news: _failed(outcome, task)
    if old is not None and old.state == NEVER_READ and outcome.state not in _GOOD and outcome.state != "queued":
        return lambda _news: _failed(outcome, task) if may_come else replace(old, last_at=outcome.at, next_due=None)
    replaced = old is not None and (outcome.state in ("refused", "redirected") or _is_another(outcome, raw, task))
    if not replaced and outcome.state in _GOOD and (old is not None or raw.page is not None):
        return lambda news: _kept(outcome, raw, task, news)
    if old is None or outcome.state == "queued":
        return None
    history = missed(_history(old, _kind(task.kind, old.state, task), task, raw), outcome.at)
    wait = next_visit(history, gone=outcome.state == "gone")
    if replaced or outcome.state == "gone":  # what comes back is read, be it the same: its article may have gone with it
        return lambda _news: _visit((old.state, None, None, None, old.reading), history, wait, old.said)
    return lambda _news: _visit((old.state, old.etag, old.last_modified, old.body_hash, old.reading), history, wait, old.said)


def is_expected(task: Task, at: float) -> bool:
    """Whether a page is announced as news, so that one that is not there may be about to come.

    By a feed, by a sitemap with a date, or by a link that was not on its section when that was visited first: of the links of a first
    crawl, dead ones among them, the others are as old as the site.
    """
    if at - task.discovered_at > EXPECTED or 0 < task.news_date < day_number(at - EXPECTED):
        return False
    if task.discovered_by == "feed" or (task.discovered_by == "sitemap" and task.news_date):
        return True
    return task.discovered_by in ("section", "related", "sitemap") and task.source_since is not None and task.discovered_at > task.source_since


def _is_another(outcome: Outcome, raw: RawPage, task: Task) -> bool:
    """Whether a section, feed or sitemap is none now: a maintenance page, a wall. For once it is taken for a visit without a good answer."""
    still_missed = task.kind == "other" and task.visit is not None and task.visit.misses > 0  # what it was before is known no more
    if (task.kind not in LISTS and not still_missed) or outcome.state not in _GOOD or raw.page is None or outcome.unmodified:
        return False
    return outcome.kind == "other" or (task.kind in ("feed", "sitemap") and outcome.kind not in ("feed", "sitemap"))


def part_visit(task: Task) -> Callable[[int], Visit] | None:
    """What to keep of the visit that read a page as a part of an article: parts are not asked for again by themselves."""
    old = task.visit
    return (lambda _news: replace(old, next_due=None)) if old is not None and old.state == NEVER_READ else None


def _withheld(outcome: Outcome, raw: RawPage, task: Task) -> Visit:
    """The visits of a page whose article is withheld: as often as an article's, and whole, for what may be kept again has to be read again."""
    old = task.visit
    fresh = old is None or old.state == NEVER_READ
    history = History("article", outcome.at, outcome.at, edits=_edits(task)) if old is None or fresh else visited(_history(old, "article", task), outcome.at, 0)
    wait = None if old is not None and old.state == "duplicate" else next_visit(history)
    state = "unchanged" if old is None or fresh else old.state
    return _visit((state, None, None, None, task.reading), history, wait, _said(raw))


def _failed(outcome: Outcome, task: Task) -> Visit:
    """The visits of a page that failed, or was not there, once more and was never read; as often as an article's, whatever it may be."""
    old = task.visit
    history = History("article", outcome.at, outcome.at, visits=0, misses=1) if old is None else missed(_history(old, "article", task), outcome.at)
    return _visit((NEVER_READ, None, None, None, task.reading), history, next_visit(history, gone=outcome.state != "failed"))


def _kept(outcome: Outcome, raw: RawPage, task: Task, news: int) -> Visit:
    old, state = task.visit, _GOOD[outcome.state]
    kind = _kind(raw.page.format if raw.page is not None and raw.page.format else outcome.kind, state, task)
    if kind == "article" and outcome.decision is not None:
        news = int(outcome.decision.verdict == "revision")
    elif kind == "article":
        news = 0
    first = History(kind or "deep", outcome.at, outcome.at, published=_published(raw), edits=_edits(task))
    history = first
    if old is not None and old.state != NEVER_READ:
        history = visited(_history(old, kind, task, raw), outcome.at, news, changed=not outcome.unmodified)
    wait = next_visit(history) if kind is not None else None
    etag, last_modified = (_sent(raw, name) for name in ("etag", "last-modified"))
    if raw.page is None and old is not None:  # a 304 may repeat its validators or leave them out (RFC 9110, 15.4.5)
        return _visit((state, etag or old.etag, last_modified or old.last_modified, old.body_hash, task.reading), history, wait, _said(raw) or old.said)
    return _visit((state, etag, last_modified, body_hash(raw.body), task.reading), history, wait, _said(raw))


def _said(raw: RawPage) -> str | None:
    return packed(raw.said) if raw.said is not None else None


def _visit(read: tuple[str, str | None, str | None, str | None, str], history: History, wait: float | None, said: str | None = None) -> Visit:
    due = None if wait is None else history.last_at + wait
    interval, at = wait if wait is not None else history.interval, history.last_at
    return Visit(*read, history.visits, history.news, history.span, history.misses, history.first_at, at, interval, due, said)


def _history(old: Visit, kind: Kind | None, task: Task, raw: RawPage | None = None) -> History:
    sums = (old.first_at, old.last_at, old.visits, old.news, old.span, old.misses, old.interval)
    return History(kind or "deep", *sums, published=_published(raw) if raw is not None else None, edits=_edits(task))


def _edits(task: Task) -> float:
    return USUAL_EDITS if task.edits is None else task.edits


def _kind(read_as: str | None, state: str, task: Task) -> Kind | None:
    """What the page is to the rule of revisits; None for what is not visited again by itself."""
    if state == "duplicate" or read_as in (None, "other"):
        return None
    if read_as in ("feed", "sitemap", "article"):
        return read_as  # type: ignore[return-value]
    return "section" if task.depth <= 1 else "deep"


def _published(raw: RawPage) -> float | None:
    date = raw.page.article.date_published if raw.page is not None and raw.page.article is not None else None
    if date is None:
        return None
    try:
        value = datetime.fromisoformat(date)
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _sent(raw: RawPage, name: str) -> str | None:
    """A validator as the server sent it; None for one that is too long or that no header can carry back."""
    value = raw.headers.get(name, "").strip()
    return value if value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else None
