"""What an article that is gone leaves behind: its copies take its place, and what is not certain buries nothing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import CRAWL, newscrawler
from news_site import news_site
from test_revisit import let_pass

from newscrawler.export.collected import collected_record
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.announced import GUESSED
from newscrawler.frontier.recognize import recognize
from newscrawler.frontier.revisit import CEILING, FAILURES, HOUR
from newscrawler.frontier.visiting import conditional_headers, is_same_body
from newscrawler.items import Article, Page, RawPage, Series
from newscrawler.store import Found, Ledger, Task, reading
from newscrawler.store.audit import findings
from newscrawler.store.tables import articles, duplicates, pages, visits

HOME = "https://gazette.example"
A, B, C = f"{HOME}/a", f"{HOME}/b", f"{HOME}/c"
ELSEWHERE = "https://courier.example/a"
FERRY = "The ferry left the harbour on time in spite of the storm, and nobody on the quay was surprised. It carried 120 people."
HALL = "Council members voted for a new town hall after a long debate about what it will cost and who is to build it."
NOTICE = "no article"  # a page that says something, and tells no story


class Web:
    """Pages that answer with a status or with a text, and crawls of them: asked, read, decided and written as the pipelines do."""

    def __init__(self, engine: sa.Engine, *, validators: bool = True) -> None:
        self.engine, self.validators, self.now = engine, validators, 1e9
        self.answers: dict[str, str | int | None] = {}
        self.asked: list[str] = []

    def crawl(self, *starts: str, by: str = "seed") -> list[dict[str, Any]]:
        """Crawls until nothing is queued; returns the records of what is new or changed."""
        self.asked, told = [], []
        ledger = Ledger(self.engine, "test")
        ledger.revisit(lambda _url, _depth: True, self.now)
        ledger.seed([Found(url, by, 1, 0) for url in starts])
        while tasks := [task for host in ledger.waiting_hosts() for task in ledger.take(host, 1, 1e12)]:
            for task in tasks:
                self.asked.append(task.url)
                told.append(self._visit(ledger, task))
        ledger.close("finished")
        assert not list(findings(self.engine))
        return [record for record in told if record is not None]

    def _visit(self, ledger: Ledger, task: Task) -> dict[str, Any] | None:
        raw = self._answer(task)
        if is_same_body(raw, task):
            raw.unmodified = "same body"
        elif raw.status == 200:
            raw.page = Page(task.url, "other") if raw.body == NOTICE.encode() else Page(task.url, "article", Article("Told", raw.body.decode()))
            if raw.page.article is not None:
                raw.article_key, raw.content_hash, raw.decision = recognize(ledger, task.page_id, task.url, raw.page.article)
        outcome = settle(raw, task, Scope())
        outcome.article_key, outcome.content_hash = raw.article_key, raw.content_hash
        if raw.article_key and raw.content_hash and raw.decision is not None and raw.decision.verdict != "unchanged":
            outcome.record = collected_record(raw, raw.article_key, raw.content_hash, ["seed"], [])
        return ledger.write(outcome)[0]

    def _answer(self, task: Task) -> RawPage:
        said = self.answers[task.url]
        if said is None:
            return RawPage(task.page_id, task.url, "failed", self.now, reason="no whole answer in time")
        if isinstance(said, int):
            return RawPage(task.page_id, task.url, "response", self.now, said, {"location": "/elsewhere"} if said == 301 else {})
        tag = f'"{hash(said)}"'
        if conditional_headers(task).get("If-None-Match") == tag:
            return RawPage(task.page_id, task.url, "response", self.now, 304)
        return RawPage(task.page_id, task.url, "response", self.now, 200, {"etag": tag} if self.validators else {}, said.encode())

    def told(self, url: str) -> str:
        story = reading.story(self.engine, url)
        assert story is not None
        return f"{story['page']['state']}: {story['page']['reason']}"

    def exported(self, **named: Any) -> list[tuple[int, str, str]]:
        """(seq, op, URL) of an export."""
        return [(seq, row["op"] if isinstance(row, dict) else "delete", row["url"]) for seq, row in reading.exported(self.engine, **named)]


@pytest.fixture
def web(engine: sa.Engine) -> Web:
    return Web(engine)


unchanged_by = pytest.mark.parametrize("validators", [True, False], ids=["validators", "same body"])


@unchanged_by
def test_a_copy_takes_the_place_of_an_article_that_is_gone(engine: sa.Engine, validators: bool) -> None:
    web = Web(engine, validators=validators)
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A)
    web.crawl(B)
    ((_, first),) = reading.exported(web.engine)
    assert web.told(B) == "duplicate: same text"
    web.answers[A] = 410
    (record,) = web.crawl(A)
    assert web.asked == [A, B]
    assert web.told(A) == "gone: HTTP 410: its article is gone"
    assert web.told(B) == "stored: there again at another address (same text)"
    assert (record["id"], record["op"], record["revision"], record["url"]) == (first["id"], "add", 2, B)
    # 1 the article, 2 its copy, 3 the article is gone, 4 the copy is none any more, 5 the article is there
    assert web.exported() == [(5, "add", B)]
    assert web.exported(since=2) == [(3, "delete", A), (5, "add", B)]
    assert web.exported(keep_duplicates=True) == [(5, "add", B)]
    assert web.exported(keep_duplicates=True, since=2) == [(3, "delete", A), (4, "delete", B), (5, "add", B)]
    assert web.exported(every_revision=True) == [(1, "add", A), (3, "delete", A), (5, "add", B)]
    ((_, second),) = reading.exported(web.engine)
    assert second["cluster_id"] == record["cluster_id"]
    assert reading.counts(web.engine)["clusters"] == 0, "one member"
    web.now += HOUR
    assert web.crawl() == [], "it is asked again as an article is"
    assert (web.asked, web.told(B).partition(":")[0]) == ([B], "unchanged")
    web.answers[A] = FERRY
    web.crawl(A)
    assert (web.asked, web.told(A)) == ([A], "duplicate: same canonical URL")


def test_three_absences_do_what_a_410_does(web: Web) -> None:
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A)
    web.crawl(B)
    web.answers[A] = 404
    assert [web.crawl(A) for _ in range(2)] == [[], []]
    assert web.asked == [A], "not before it is certain"
    assert [record["url"] for record in web.crawl(A)] == [B]


def test_a_copy_of_which_no_record_is_kept_takes_its_place(web: Web) -> None:
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A, B)
    with web.engine.begin() as connection:  # as a collection of before there were such records
        connection.execute(duplicates.delete())
        page = connection.execute(sa.text("DELETE FROM clusters WHERE page_id = (SELECT id FROM pages WHERE url = :url) RETURNING page_id"), {"url": B})
        number = page.scalar_one()
        for table, column in (("near_prints", "number"), ("near_keys", "number"), ("near_pairs", "one"), ("near_pairs", "other")):
            connection.execute(sa.text(f"DELETE FROM {table} WHERE {column} = {number}"))
        connection.execute(sa.text("UPDATE clusters SET leader = page_id"))
    assert not list(findings(web.engine))
    web.answers[A] = 410
    assert [record["url"] for record in web.crawl(A)] == [B]


@pytest.mark.parametrize("lost", [410, 404, 403, 400, 301, HALL, NOTICE, None], ids=str)
def test_where_the_best_copy_is_none_any_more_the_next_one_is(web: Web, lost: str | int | None) -> None:
    web.answers = {A: FERRY, ELSEWHERE: FERRY, B: FERRY, C: FERRY, f"{HOME}/elsewhere": NOTICE}
    for url in (A, ELSEWHERE, B, C):
        web.crawl(url)
    web.answers |= {A: 410, B: lost}
    web.crawl(A)
    assert [url for url in web.asked if url in web.answers and not url.endswith("elsewhere")] == [A, B, C], "not the one of another site, nor two at once"
    kept = {row["url"] for _, row in reading.exported(web.engine) if isinstance(row, dict)}
    assert kept == ({B, C} if lost == HALL else {C})
    assert web.told(ELSEWHERE) == "duplicate: same text"


@unchanged_by
def test_a_copy_that_fails_is_the_article_when_it_is_back(engine: sa.Engine, validators: bool) -> None:
    web = Web(engine, validators=validators)
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A, B)
    web.answers |= {A: 410, B: None}
    assert web.crawl(A) == []
    assert web.exported() == []
    web.answers[B] = FERRY
    web.now += 25 * HOUR
    assert [record["url"] for record in web.crawl()] == [B]


@unchanged_by
def test_a_copy_that_was_found_unchanged_before_is_asked_again(engine: sa.Engine, validators: bool) -> None:
    web = Web(engine, validators=validators)
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A, B)
    web.answers[A] = 410
    assert [record["url"] for record in web.crawl(A, B)] == [B]
    assert Counter(web.asked) == ({A: 1, B: 2})


def test_a_near_duplicate_takes_its_place_and_its_cluster(web: Web) -> None:
    words = [f"On day {day} of the strike the {noun} of pier {day * 7} was shut" for day in range(9) for noun in ("ferry", "crane", "chapel")]
    web.answers = {A: ". ".join(words), B: ". ".join([*words, "Nobody knows why"])}
    web.crawl(A)
    web.crawl(B)
    assert web.told(B).startswith("duplicate: near-duplicate")
    web.answers[A] = 410
    assert [record["url"] for record in web.crawl(A)] == [B]
    assert web.told(B).startswith("stored: there again at another address (near-duplicate")


def test_articles_that_were_gone_before_are_looked_for_by_the_next_crawl(web: Web) -> None:
    web.answers = {A: FERRY, B: FERRY, C: FERRY}
    web.crawl(A, B)
    web.crawl(C)
    web.answers[A] = 410
    ledger = Ledger(web.engine, "test")
    ledger.seed([Found(A, "seed", 1, 0)])
    (task,) = ledger.take("gazette.example", 1, 1e12)
    ledger.write(settle(RawPage(task.page_id, A, "response", web.now, 410), task, Scope()))
    with ledger.connection.begin_nested():  # as an earlier version left them
        ledger.connection.execute(pages.update().where(pages.c.state == "queued").values(state="duplicate"))
    ledger.close("finished")
    assert web.exported() == []
    assert [record["url"] for record in web.crawl()] == [B]
    assert web.asked == [B]


def test_an_article_that_is_there_has_no_copy_asked_for(web: Web) -> None:
    web.answers = {A: FERRY, B: FERRY}
    web.crawl(A, B)
    web.now += HOUR
    web.crawl(A)
    assert web.asked == [A]


def test_the_site_of_an_article_is_that_of_its_page(web: Web) -> None:
    web.answers = {A: FERRY, ELSEWHERE: FERRY}
    web.crawl(A)
    web.crawl(ELSEWHERE)
    web.answers[A] = 410
    web.crawl(A)
    assert web.exported(site="gazette.example") == []
    ((_, op, url),) = web.exported(site="courier.example")
    assert (op, url) == ("add", ELSEWHERE)
    with web.engine.connect() as connection:
        assert connection.execute(sa.select(articles.c.domain)).scalars().all() == ["courier.example"]


@pytest.mark.parametrize("between", [NOTICE, FERRY, 301, 400, 403], ids=str)
def test_only_absences_in_a_row_bury_an_article(web: Web, between: str | int) -> None:
    web.answers = {A: FERRY, f"{HOME}/elsewhere": NOTICE}
    web.crawl(A)
    for said in (404, between, 404, between, 404):
        web.answers[A] = said
        web.crawl(A)
    assert web.told(A) == "gone: HTTP 404: visit 1 of 3 before its article counts as gone"
    assert web.exported() == [(1, "add", A)]


@pytest.mark.parametrize("between", [500, 503, 429, None], ids=str)
def test_what_tells_of_the_server_alone_neither_counts_nor_ends_the_count(web: Web, between: int | None) -> None:
    web.answers = {A: FERRY}
    web.crawl(A)
    for said in (404, between, 404):
        web.answers[A] = said
        web.crawl(A)
    assert web.told(A) == "gone: HTTP 404: visit 2 of 3 before its article counts as gone"
    web.answers[A] = 404
    web.crawl(A)
    assert web.told(A) == "gone: HTTP 404: its article is gone"


# ---- pages that failed and were never read


def kept(web: Web, url: str) -> Any:
    with web.engine.connect() as connection:
        return connection.execute(sa.select(visits).join(pages, pages.c.id == visits.c.page_id).where(pages.c.url == url)).one_or_none()


def test_a_page_that_failed_and_was_never_read_is_asked_for_by_later_crawls_ever_more_seldom_then_never(web: Web) -> None:
    web.answers = {A: None}
    web.crawl(A, by="section")
    waits = []
    while (row := kept(web, A)).next_due is not None:
        waits.append(row.next_due - web.now)
        web.now = row.next_due - 1
        web.crawl()
        assert web.asked == [], "not before"
        web.now += 1
        web.crawl()
        assert web.asked == [A]
    assert waits == [HOUR * 2**time for time in range(FAILURES - 1)]
    web.now += 2 * CEILING
    web.crawl()
    assert web.asked == []
    assert (row.visits, row.misses) == (0, FAILURES)


def test_a_page_that_failed_is_read_when_it_answers_and_begins_its_visits_then(web: Web) -> None:
    web.answers = {A: 400}
    web.crawl(A, by="section")
    web.now += HOUR
    web.answers[A] = FERRY
    assert [record["url"] for record in web.crawl()] == [A]
    row = kept(web, A)
    assert (row.state, row.visits, row.misses, row.first_at, row.next_due) == ("unchanged", 1, 0, web.now, web.now + HOUR)
    web.now += HOUR
    web.crawl()
    assert (web.asked, web.told(A).partition(":")[0]) == ([A], "unchanged")


@pytest.mark.parametrize("then", [404, 410, 403, 301], ids=str)
def test_a_page_that_failed_is_not_asked_for_when_it_is_gone_refused_or_elsewhere(web: Web, then: int) -> None:
    web.answers = {A: None, f"{HOME}/elsewhere": NOTICE}
    web.crawl(A, by="section")
    web.now += HOUR
    web.answers[A] = then
    web.crawl()
    assert web.asked[0] == A
    web.now += 2 * CEILING
    assert kept(web, A).next_due is None
    web.crawl()
    assert web.asked == []


def test_a_304_to_a_page_never_read_is_a_fault(web: Web) -> None:
    web.answers = {A: None}
    web.crawl(A, by="section")
    web.now += HOUR
    web.answers[A] = 304
    web.crawl()
    assert web.told(A) == "failed: HTTP 304 to a request without validators"


@pytest.mark.parametrize(("by", "status"), [(GUESSED, None), (GUESSED, 304), ("section", 404), ("section", 403)])
def test_what_was_guessed_gone_or_refused_leaves_no_visit(by: str, status: int | None) -> None:
    task = Task(1, A, "gazette.example", 1, 0, 0, 0, by, None)
    raw = RawPage(1, A, "failed", 5.0, reason="no whole answer in time") if status is None else RawPage(1, A, "response", 5.0, status)
    assert settle(raw, task, Scope()).visit is None


def test_a_page_that_failed_and_is_a_part_is_not_asked_for_by_itself() -> None:
    task = Task(1, A, "gazette.example", 1, 0, 0, 0, "section", None)
    failed = settle(RawPage(1, A, "failed", 5.0, reason="no whole answer in time"), task, Scope()).visit
    assert failed is not None and failed(0).next_due == 5.0 + HOUR
    again = Task(1, A, "gazette.example", 1, 0, 0, 0, "section", None, visit=failed(0))
    part = Page(A, "article", Article("Told", FERRY), series=Series(B, 2))
    read = settle(RawPage(1, A, "response", 9.0, 200, body=b"x", page=part), again, Scope()).visit
    assert read is not None and read(0).next_due is None


def test_a_story_that_failed_is_crawled_the_next_day_and_why_tells_when(where: str) -> None:
    with news_site() as site:
        lost = site.base + site.path(7)

        def crawl() -> int:
            site.asked.clear()
            assert newscrawler("crawl", f"{site.base}/", "--db", where, *CRAWL).code == 0
            return sum(number for (path, _), number in site.asked.items() if path == site.path(7))

        site.mapped = site.fed = list(range(10))
        site.listed, site.failing = {"harbour": list(range(10))}, {site.path(7)}
        assert crawl() == 1
        assert "failed: HTTP 400" in (why := newscrawler("why", lost, "--db", where).out)
        assert "visits    0, due again " in why and "; 1 in a row without a good answer" in why
        assert crawl() == 0, "not so soon"
        site.failing = set()
        let_pass(where, 2)
        assert crawl() == 1
        records = [json.loads(line)["url"] for line in newscrawler("export", "--db", where).out.splitlines()]
        assert (len(records), lost in records) == (10, True)
        assert newscrawler("audit", "--db", where).code == 0
