"""Whose turn it is, and what an outcome means: without network and clock."""

from __future__ import annotations

from newscrawler.frontier import Scope, settle
from newscrawler.frontier.hosts import Frontier
from newscrawler.frontier.settle import HOPS
from newscrawler.items import RawPage
from newscrawler.store import Ledger, Task
from newscrawler.store.database import connect, hold

SITE = "https://news.example"


def task(url: str, hops: int = 0, depth: int = 1) -> Task:
    return Task(1, url, "news.example", depth, hops, 0, 0, "section", None)


def redirect(source: str, target: str, **named: int):
    asked = task(source, **named)
    return settle(RawPage(1, source, "response", 5.0, 301, {"location": target}), asked, Scope())


def test_a_redirect_to_another_spelling_of_the_page_asks_again():
    outcome = redirect(f"{SITE}/a?utm_source=rss", "/a")
    assert (outcome.state, outcome.url, outcome.hops, outcome.redirected_to) == ("queued", f"{SITE}/a", 1, None)


def test_spellings_that_redirect_to_each_other_end():
    outcome = redirect(f"{SITE}/a?utm_source=rss", "/a", hops=HOPS)
    assert (outcome.state, outcome.reason) == ("failed", f"more than {HOPS} redirects in a row")


def test_a_redirect_to_another_site_is_not_for_a_later_crawl_to_admit():
    outcome = redirect(f"{SITE}/a", "https://elsewhere.example.org/")
    assert outcome.redirected_to is not None
    assert outcome.redirected_to.refused == "a redirect to another site"


def test_a_page_that_could_not_be_read_fails_with_its_reason():
    raw = RawPage(1, f"{SITE}/a", "response", 5.0, 200, {}, b"<p>", unreadable="could not be read: RecursionError: deep")
    outcome = settle(raw, task(raw.url), Scope())
    assert (outcome.state, outcome.reason) == ("failed", raw.unreadable)
    assert outcome.body is not None, "a better version may read it"


def test_new_links_wake_a_host_that_waits_for_a_retry(tmp_path):
    from newscrawler.frontier.scope import start_page
    from newscrawler.store import Outcome

    engine = connect(str(tmp_path / "news.db"), create=True, write=True)
    with hold(engine):
        ledger = Ledger(engine, "test")
        first, second = ledger.seed([start_page(f"{SITE}/1"), start_page(f"{SITE}/2")])
        frontier = Frontier(ledger, 4, lambda host: 0.0)
        frontier.good("news.example")  # has answered before: more than one request at once
        tasks = [frontier.next(), frontier.next()]
        ledger.write(Outcome(first, "queued", 1.0, "attempt 1", due=1e12))
        frontier.answered(tasks[0])
        assert frontier.next() is None
        _, queued = ledger.write(Outcome(second, "read", 1.0, status=200, answered=True, found=[start_page(f"{SITE}/3")]))
        for host, _ in queued:
            frontier.more(host)
        found = frontier.next()
        assert found is not None and found.url == f"{SITE}/3"
        ledger.close("finished")
    engine.dispose()


def test_a_crawl_whose_ledger_failed_waits_for_nothing(tmp_path):
    from newscrawler.exceptions import DatabaseBusy
    from newscrawler.frontier.crawl import Crawl, Plan
    from newscrawler.frontier.scope import start_page

    crawl = Crawl(Plan(db=str(tmp_path / "news.db"), starts=[start_page(f"{SITE}/1")], delay=0))
    assert crawl.next() is not None
    assert not crawl.finished
    crawl.fail(DatabaseBusy("locked"))
    assert crawl.finished and crawl.news.is_set()
    crawl.close("failed")
