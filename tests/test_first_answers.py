"""Pages that were never read because their first answer was none: which are asked for again, how often, and which are not."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import CRAWL, newscrawler, serving

from newscrawler.frontier import Scope, settle
from newscrawler.frontier.manners import is_trouble
from newscrawler.frontier.revisit import DAY, HOUR, MISSES
from newscrawler.items import RawPage
from newscrawler.store import Found, Ledger, Outcome, Task
from newscrawler.store.tables import pages
from newscrawler.store.visits import Visit

URL = "https://news.example/2026/11/24/a.html"
NOW = 1_795_500_000.0  # 2026-11-24


def task(by: str = "feed", **named: object) -> Task:
    return replace(Task(1, URL, "news.example", 1, 0, 0, 0, by, None), discovered_at=NOW, **named)  # type: ignore[arg-type]


def visit_after(status: int, asked: Task, at: float = NOW) -> Visit | None:
    outcome = settle(RawPage(1, URL, "response", at, status), asked, Scope())
    return outcome.visit(0) if outcome.visit is not None else None


# ---- 520 to 530


@pytest.mark.parametrize("status", range(520, 531))
def test_what_a_proxy_says_of_the_server_behind_it_is_tried_again(status: int) -> None:
    outcome = settle(RawPage(1, URL, "response", NOW, status), task(), Scope())
    assert (outcome.state, outcome.attempts) == ("queued", 1) and is_trouble(status)
    last = settle(RawPage(1, URL, "response", NOW, status), task(attempts=4), Scope())
    assert last.state == "failed" and last.visit is not None and last.visit(0).next_due == NOW + HOUR


@pytest.mark.parametrize("status", [501, 505, 511, 531])
def test_other_faults_of_a_server_are_not_tried_at_once(status: int) -> None:
    assert settle(RawPage(1, URL, "response", NOW, status), task(), Scope()).state == "failed"


# ---- 404 and 403


@pytest.mark.parametrize("status", [404, 403])
def test_a_page_that_is_announced_and_not_there_is_asked_twice_more_at_growing_intervals(status: int) -> None:
    asked, at, waits = task(), NOW, []
    for _ in range(MISSES):
        visit = visit_after(status, asked, at)
        assert visit is not None and visit.state == "failed" and visit.etag is None
        waits.append(None if visit.next_due is None else visit.next_due - at)
        asked, at = replace(asked, visit=visit), visit.next_due or at
    assert waits == [HOUR, 2 * HOUR, None]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (task("feed"), True),
        (task("feed", news_date=20261123), True),
        (task("feed", news_date=20261101), False),
        (task("sitemap", news_date=20261124), True),
        (task("sitemap"), False),
        (task("sitemap", source_since=NOW - DAY), True),
        (task("section", source_since=NOW - DAY), True),
        (task("related", source_since=NOW - DAY), True),
        (task("section", source_since=NOW - DAY, news_date=20260302), False),
        (task("section", source_since=NOW), False),
        (task("section"), False),
        (task("guessed", source_since=NOW - DAY), False),
        (task("seed"), False),
    ],
)
def test_only_what_is_announced_as_news_may_be_about_to_come(asked: Task, expected: bool) -> None:
    assert (visit_after(404, asked) is not None) is expected
    assert visit_after(404, asked, NOW + 4 * DAY) is None, "not days after its link was found"


@pytest.mark.parametrize("status", [401, 410, 451])
def test_what_says_that_it_is_gone_or_closed_is_believed(status: int) -> None:
    assert visit_after(status, task()) is None


def test_a_page_that_failed_and_is_not_there_then_ends_as_it_would_have_at_first() -> None:
    failed = settle(RawPage(1, URL, "failed", NOW, reason="no whole answer in time"), task("section"), Scope()).visit
    assert failed is not None
    then = visit_after(404, task("section", visit=failed(0)), NOW + HOUR)
    assert then is not None and then.next_due is None


def test_a_link_is_new_on_a_page_when_it_was_not_there_at_the_first_visit(ledger: Ledger) -> None:
    (start,) = ledger.seed([Found("https://news.example/", "seed", 100, 0)])
    for at, found in ((NOW, "old"), (NOW + DAY, "new")):
        (asked,) = ledger.take("news.example", 1, 1e12)
        raw = RawPage(start, asked.url, "response", at, 200)
        outcome = settle(raw, asked, Scope())
        outcome.found = [Found(f"https://news.example/{found}", "section", 50, 1, start)]
        outcome.visit = lambda _news, at=at: Visit("read", None, None, None, "", 1, 0.0, 0.0, 0, NOW, at, HOUR, at + HOUR)  # type: ignore[misc]
        ledger.write(outcome)
        ledger.seed([Found("https://news.example/", "seed", 100, 0)])
    told = {one.url[-3:]: (one.discovered_at, one.source_since) for one in ledger.take("news.example", 3, 1e12) if one.page_id != start}
    assert told == {"old": (NOW, NOW), "new": (NOW + DAY, NOW)}


PROSE = "The harbour was closed on Monday, and the ferries waited outside until the fog had lifted over the town. " * 6
FEED = '<rss version="2.0"><channel><title>News</title>{}</channel></rss>'


def test_a_page_that_comes_after_its_announcement_is_stored_and_a_dead_link_of_the_first_crawl_is_asked_once(tmp_path: Path) -> None:
    there, asked = False, Counter[str]()

    def answer(path: str, port: int) -> bytes:
        asked[path] += 1
        if path == "/":
            links = "".join(f'<li><a href="/story/dead-report-{n}.html">What happened next at the harbour, report {n}</a></li>' for n in range(5))
            return f'<link rel="alternate" type="application/rss+xml" href="/rss.xml"><h1>News</h1><ul>{links}</ul>'.encode()
        if path == "/rss.xml":
            entries = "".join(f"<item><title>Report {name}</title><link>http://127.0.0.1:{port}/story/{name}.html</link></item>" for name in ("late", "never"))
            return FEED.format(entries).encode()
        if path == "/story/late.html" and there:
            return f"<title>Late</title><article><h1>Late</h1><p>{PROSE}</p></article>".encode()
        return b""

    db = tmp_path / "news.db"
    with serving(answer) as port:
        for number in range(6):
            ran = newscrawler("crawl", f"http://127.0.0.1:{port}/", "--db", str(db), *CRAWL)
            assert ran.code == 0, ran.err
            there = number > 0
            with sqlite3.connect(db) as connection:
                connection.execute("UPDATE visits SET first_at = first_at - 9000, last_at = last_at - 9000, next_due = next_due - 9000")
                connection.execute("UPDATE pages SET discovered_at = discovered_at - 9000")
            connection.close()
        dead = {path: number for path, number in asked.items() if "dead" in path}
        assert set(dead.values()) == {1} and len(dead) == 5
        assert asked["/story/never.html"] == MISSES
        assert asked["/story/late.html"] >= 2
        story = newscrawler("why", f"http://127.0.0.1:{port}/story/late.html", "--db", str(db)).out
    assert "unchanged" in story or "stored" in story


# ---- collections of before visits were kept


def test_what_failed_before_visits_were_kept_is_due_once(ledger: Ledger, engine: sa.Engine) -> None:
    names = {"plain": "section", "tried": "guessed", "gone": "section"}
    ids = {name: ledger.seed([Found(f"https://news.example/{name}", by, 50, 1)])[0] for name, by in names.items()}
    for name, page in ids.items():  # as before: no visit
        ledger.write(Outcome(page, "gone" if name == "gone" else "failed", NOW, "HTTP 500"))
    ledger.commit()
    assert ledger.revisit(lambda url, _depth: False, NOW) == 0, "only what is wanted"
    assert ledger.revisit(lambda url, _depth: True, NOW) == 1
    (asked,) = ledger.take("news.example", 5, 1e12)
    assert asked.page_id == ids["plain"] and asked.visit is None
    ledger.write(settle(RawPage(asked.page_id, asked.url, "failed", NOW, reason="no whole answer in time"), asked, Scope()))
    assert ledger.revisit(lambda url, _depth: True, NOW) == 0, "from then on by its visits"
    ledger.commit()
    with engine.begin() as connection:
        assert connection.execute(sa.select(pages.c.state).where(pages.c.id == ids["plain"])).scalar_one() == "failed"
