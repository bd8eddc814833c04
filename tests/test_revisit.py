"""The second visit: what is asked again, and when; on the command line against a site that answers conditional requests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import CRAWL, newscrawler
from hypothesis import given
from hypothesis import strategies as st
from news_site import SECTIONS, NewsSite, news_site

from newscrawler.frontier import Crawl, Scope, settle
from newscrawler.frontier.crawl import Plan
from newscrawler.frontier.revisit import (
    CEILING,
    DAY,
    FIRST,
    FLOOR,
    HOUR,
    USUAL_EDITS,
    History,
    Kind,
    edit_rates,
    missed,
    next_visit,
    replace,
    visited,
)
from newscrawler.frontier.scope import start_page
from newscrawler.items import Page, RawPage
from newscrawler.store import Found, Ledger, Task, connect
from newscrawler.store.tables import articles
from newscrawler.store.visits import Visit, Watched, row_of, upsert, watched_articles

OF_THE_HOST = ("/robots.txt", "/.well-known/tdmrep.json")
LISTS = {"/", "/latest.atom", "/news-sitemap.xml", *(f"/{name}/" for name in SECTIONS)}


def let_pass(db: str, hours: float) -> None:
    """Makes everything in the database so many hours older."""
    engine = connect(db, write=True)
    with engine.begin() as connection:
        seconds = hours * 3600
        changed = "first_at = first_at - :s, last_at = last_at - :s, next_due = next_due - :s"
        connection.execute(sa.text(f"UPDATE visits SET {changed}"), {"s": seconds})
        connection.execute(sa.text("UPDATE pages SET fetched_at = fetched_at - :s"), {"s": seconds})
    engine.dispose()


def crawl(site: NewsSite, db: str) -> dict[str, int]:
    """Crawls, and returns the answers counted by the site: path -> status."""
    site.asked.clear()
    ran = newscrawler("crawl", f"{site.base}/", "--db", db, *CRAWL)
    assert ran.code == 0, ran.err
    asked = {path: status for (path, status) in site.asked if path not in OF_THE_HOST}
    assert sum(number for (path, _), number in site.asked.items() if path not in OF_THE_HOST) == len(asked), "nothing is asked twice"
    return asked


def counted(db: str) -> dict[str, int]:
    counts = json.loads(newscrawler("status", "--json", "--db", db).out)
    return {name: counts[name] for name in ("articles", "revisions")} | {"pages": counts["pages"]["total"]}


def test_a_second_crawl_asks_for_what_is_due_and_a_third_finds_what_is_announced(empty: str) -> None:
    with news_site() as site:
        now = datetime.now(UTC)
        fresh = list(range(0, 300, 15))  # 20 articles of this hour, the rest years old
        for number in fresh:
            site.published[number] = now
        first = crawl(site, empty)
        before = counted(empty)
        assert before["articles"] == before["revisions"] == 300
        assert {path for path, status in first.items() if status == 404} <= {"/feed", "/rss.xml", "/feed.xml", "/atom.xml"}

        let_pass(empty, 2)
        second = crawl(site, empty)
        assert set(second) == LISTS | {site.path(number) for number in fresh}
        assert set(second.values()) == {304}
        assert counted(empty) == before

        for number in range(300, 310):
            site.add(number, site.fed if number < 305 else site.mapped, now)
        for number in (40, 41, 42, 298, 299):
            site.edit(number, now)
        let_pass(empty, 2)
        third = crawl(site, empty)
        wanted = {site.path(number) for number in (*range(300, 310), 40, 41, 42, 298, 299)}
        assert {path for path, status in third.items() if status == 200} == wanted | {"/latest.atom", "/news-sitemap.xml"}
        assert len(third) < 60
        assert counted(empty) == {"articles": 310, "revisions": 315, "pages": before["pages"] + 10}
        assert newscrawler("audit", "--db", empty).code == 0


def test_an_article_knows_all_the_ways_in_which_it_was_found(tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    with news_site() as site:
        crawl(site, db)
        records = {record["url"]: record for record in map(json.loads, newscrawler("export", "--db", db).out.splitlines())}
        ways = records[site.base + site.path(299)]["provenance"]
        assert set(ways["discovered_by"]) == {"feed", "section", "sitemap"}
        assert {url.removeprefix(site.base) for url in ways["discovered_from"]} == {"/latest.atom", "/letters/", "/news-sitemap.xml"}


def task(visit: Visit | None) -> Task:
    return Task(1, "https://news.example/a", "news.example", 1, 0, 0, 1, "section", None, "article", "utf-8", visit)


def visit(**named: object) -> Visit:
    values: dict[str, object] = {"state": "unchanged", "etag": '"1"', "last_modified": None, "body_hash": "0", "reading": ""}
    values |= {"visits": 1, "news": 0.0, "span": 0.0, "misses": 0, "first_at": 0.0, "last_at": 0.0, "interval": HOUR, "next_due": HOUR}
    return Visit(**(values | named))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "state", "reason"),
    [
        (visit(), "unchanged", "not modified"),
        (visit(state="read"), "read", "not modified"),
        (visit(state="duplicate"), "duplicate", "not modified"),
        (visit(etag=None), "failed", "HTTP 304 to a request without validators"),
        (None, "failed", "HTTP 304 to a request without validators"),
    ],
)
def test_what_a_304_means(known: Visit | None, state: str, reason: str) -> None:
    outcome = settle(RawPage(1, "https://news.example/a", "response", 9.0, 304), task(known), Scope())
    assert (outcome.state, outcome.reason) == (state, reason)


def test_a_304_may_leave_out_its_validators() -> None:
    outcome = settle(RawPage(1, "https://news.example/a", "response", 9.0, 304), task(visit()), Scope())
    assert outcome.visit is not None and outcome.visit(0).etag == '"1"'


@pytest.mark.parametrize("kind", ["hub", "feed", "sitemap"])
@pytest.mark.parametrize(
    "raw",
    [
        RawPage(1, "https://a.example/", "response", 5.0, 200, page=Page("https://a.example/", "other", reason="no article text and no list of articles")),
        RawPage(1, "https://a.example/", "response", 5.0, 403),
        RawPage(1, "https://a.example/", "response", 5.0, 302, {"location": "/wall"}),
    ],
    ids=["maintenance", "403", "302"],
)
def test_a_list_that_is_something_else_for_once_is_asked_again_and_whole(raw: RawPage, kind: str) -> None:
    known, told = visit(state="read"), []
    for number in range(1, 9):
        outcome = settle(raw, replace(task(known), kind=kind if number == 1 else "other"), Scope())
        assert outcome.visit is not None
        known = outcome.visit(0)
        told.append((known.misses, known.etag, known.body_hash, known.next_due is None))
    assert told == [(number, None, None, number == 8) for number in range(1, 9)]


def test_a_visit_in_the_future_is_due(engine: sa.Engine) -> None:
    """It was written by a clock that was wrong."""
    ledger = Ledger(engine, "test")
    ledger.seed([Found("https://a.example/", "seed", 1, 0)])
    (asked,) = ledger.take("a.example", 1, 1e12)
    raw = RawPage(asked.page_id, asked.url, "response", 9e9, 200, {}, b"x", page=Page(asked.url, "hub"))
    ledger.write(settle(raw, asked, Scope()))
    assert ledger.revisit(lambda _url, _depth: True, 1e9) == 1
    ledger.close("finished")


def hub(found: list[int], every: float, kind: Kind = "section") -> History:
    history = History(kind, 0.0, 0.0)
    for place, number in enumerate(found, 1):
        history = visited(history, place * every, number)
        history = replace(history, interval=next_visit(history) or 0.0)
    return history


def test_a_section_is_asked_the_more_often_the_more_it_brings() -> None:
    waits = [next_visit(hub([number] * 40, HOUR)) for number in (60, 6, 1)]
    assert all(wait is not None for wait in waits) and waits == sorted(waits)  # type: ignore[type-var]
    assert waits[0] is not None and waits[0] <= 2 * FLOOR


def test_a_section_that_brings_nothing_is_asked_ever_less_down_to_the_ceiling() -> None:
    history = History("section", 0.0, 0.0)
    waits = [next_visit(history) or 0.0]
    for _ in range(15):
        history = visited(replace(history, interval=waits[-1]), history.last_at + waits[-1], 0)
        waits.append(next_visit(history) or 0.0)
    assert waits == sorted(waits) and waits[0] == FIRST["section"] and waits[-1] == CEILING


def test_a_section_that_changes_but_brings_nothing_is_asked_daily() -> None:
    """A feed brings all that it has; when the feed falls silent one day, it is the section that is left."""
    kinds: tuple[Kind, ...] = ("section", "feed", "deep")
    waits = {}
    for kind in kinds:
        history = History(kind, 0.0, 0.0)
        for _ in range(20):
            history = replace(history, interval=next_visit(history) or 0.0)
            history = visited(history, history.last_at + history.interval, 0, changed=True)
        waits[kind] = next_visit(history)
    assert waits == {"section": DAY, "feed": DAY, "deep": CEILING}


def ages(edits: float) -> list[float]:
    """The ages in seconds at which an article without edits is visited, where articles of its host are edited so often."""
    history, found = History("article", 0.0, 0.0, edits=edits), []
    while (wait := next_visit(history)) is not None:
        history = visited(history, history.last_at + wait, 0)
        found.append(history.last_at)
    return found


def test_articles_are_asked_the_more_often_the_more_those_of_their_host_are_edited() -> None:
    numbers = [len(ages(edits)) for edits in (1e-9, 0.003, 0.03, 0.12, 100.0)]
    assert numbers == sorted(numbers) and numbers[0] == 3 and numbers[2] == 7
    assert all(found[0] == HOUR and found[-1] > 30 * DAY for found in map(ages, (1e-9, 0.03, 100.0)))


def test_how_often_articles_are_edited_is_learned_for_each_host() -> None:
    month = 30 * DAY
    rates = edit_rates([*(Watched("still.example", 0, month) for _ in range(200)), *(Watched("busy.example", 2, month) for _ in range(200))])
    assert rates["still.example"] < USUAL_EDITS / 10 and rates["busy.example"] > USUAL_EDITS * 5
    assert edit_rates([Watched("new.example", 0, HOUR)])["new.example"] == pytest.approx(USUAL_EDITS, rel=0.1), "one article says little"


def test_what_was_seen_of_edits_reaches_the_visits_of_the_next_crawl(tmp_path: Path) -> None:
    """Twenty articles of one host were visited again and never changed, those of another changed at each visit."""
    db = str(tmp_path / "news.db")
    engine = connect(db, create=True, write=True)
    ledger = Ledger(engine, "test")
    urls = [f"https://{host}.example/{number}" for host in ("still", "busy") for number in range(20)]
    ids = ledger.seed([Found(url, "seed", 1, 0) for url in urls])
    with engine.connect() as connection:  # the ledger has committed
        for page, url in zip(ids, urls, strict=True):
            row = {"id": url, "page_id": page, "article_key": url, "content_hash": url, "domain": "x", "first_seen": 0.0, "seq": page}
            connection.execute(articles.insert().values(**row, revision=3 if "busy" in url else 1))
            connection.exec_driver_sql(upsert("qmark"), row_of(page, visit(visits=9, last_at=20 * DAY, next_due=None)))
        connection.commit()
    ledger.close("finished")
    engine.dispose()
    crawl = Crawl(Plan(db=db, starts=[start_page("https://still.example/"), start_page("https://busy.example/")], delay=0.0))
    tasks = list(iter(crawl.next, None))
    crawl.close("stopped")
    edits = {task.host: task.edits for task in tasks}
    assert edits["still.example"] is not None and edits["busy.example"] is not None
    assert edits["still.example"] < USUAL_EDITS < edits["busy.example"]
    due: dict[str, float] = {}
    for one in tasks:
        raw = RawPage(one.page_id, one.url, "response", 5 * DAY, 304)
        known = visit(visits=2, last_at=DAY)
        outcome = settle(raw, replace(one, kind="article", visit=known), Scope())
        assert outcome.visit is not None
        due[one.host] = outcome.visit(0).next_due or 0.0
    assert due["busy.example"] < due["still.example"]


def test_the_articles_that_were_watched(engine: sa.Engine) -> None:
    """The newest, and only those that were visited again."""
    ledger = Ledger(engine, "test")
    ids = ledger.seed([Found(f"https://a.example/{number}", "seed", 1, 0) for number in range(4)])
    ledger.close("finished")
    with engine.begin() as connection:
        for number, page in enumerate(ids):
            row = {"id": str(page), "page_id": page, "article_key": str(page), "content_hash": "", "domain": "x", "first_seen": 0.0, "seq": page}
            connection.execute(articles.insert().values(**row, revision=number + 1))
            known = visit(visits=1 if number == 2 else 2, first_at=HOUR, last_at=DAY)
            connection.exec_driver_sql(upsert(engine.dialect.paramstyle), row_of(page, known))
    assert set(watched_articles(engine, 3)) == {Watched("a.example", 3, 23 * HOUR), Watched("a.example", 1, 23 * HOUR)}


def test_an_article_is_asked_at_growing_intervals_then_never() -> None:
    history, times = History("article", 0.0, 0.0), []
    while (wait := next_visit(history)) is not None:
        times.append(wait)
        history = visited(history, history.last_at + wait, 0)
    assert times == sorted(times) and 5 <= len(times) <= 10 and history.last_at > 30 * DAY
    assert next_visit(History("article", 100 * DAY, 100 * DAY, published=0.0)) is None, "an old one is not asked for edits"


def test_what_is_gone_retires() -> None:
    once = missed(History("section", 0.0, 0.0), HOUR)
    assert next_visit(once, gone=True) is not None, "a section may be gone by mistake"
    assert next_visit(missed(missed(once, DAY), 2 * DAY), gone=True) is None
    article = missed(History("article", 0.0, 0.0), HOUR)
    assert next_visit(article, gone=True) is not None, "it takes three visits to be sure"
    assert next_visit(missed(missed(article, DAY), 2 * DAY), gone=True) is None


@given(
    st.sampled_from(["feed", "sitemap", "section", "deep", "article"]),
    st.lists(st.tuples(st.floats(0, 1e8), st.integers(0, 50_000), st.booleans()), max_size=30),
)
def test_every_interval_is_between_floor_and_ceiling(kind: Kind, visits: list[tuple[float, int, bool]]) -> None:
    history = History(kind, 0.0, 0.0)
    for passed, news, good in visits:
        history = visited(history, history.last_at + passed, news) if good else missed(history, history.last_at + passed)
        wait = next_visit(history)
        assert wait is None or FLOOR <= wait <= CEILING
        history = replace(history, interval=wait or history.interval)

