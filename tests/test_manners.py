"""How hosts are treated: what answers mean (pure, with a clock of our own), and whole crawls of loopback servers that answer badly."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from conftest import CRAWL, Ran, newscrawler
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract.autodiscovery import USUAL_FEEDS, USUAL_SITEMAPS
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.hosts import PATIENCE, Frontier
from newscrawler.frontier.manners import FIRST_PARK, IN_A_ROW, LONGEST, SLOWEST, SLOWING, HostManners, retry_after
from newscrawler.frontier.scope import start_page
from newscrawler.items import RawPage
from newscrawler.middlewares.manners import Robots, RobotsUnreachable
from newscrawler.store import Ledger, Task
from newscrawler.store.database import connect, hold

SITE = "https://news.example"
HOST = "news.example"

# ---- Retry-After

GUESSED = (*USUAL_FEEDS, *USUAL_SITEMAPS)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2", 2.0), (" 120 ", 120.0), ("99999999", 99999999.0), ("9" * 400, 1e18), ("0", None), ("-1", None), ("1.5", None), ("", None), ("soon", None),
        ("٣", None), ("Tue, 24 Nov 2026 15:00:30 GMT", 30.0), ("Tuesday, 24-Nov-26 15:00:30 GMT", 30.0), ("Tue Nov 24 15:00:30 2026", 30.0),
        ("Tue, 24 Nov 2026 14:59:00 GMT", None), ("Tue, 99 Nov 2026 15:00:30 GMT", None), ("Tue, 24 Nov 99999 15:00:30 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_both_forms(value: str, wanted: float | None) -> None:
    assert retry_after({"retry-after": value, "date": "Tue, 24 Nov 2026 15:00:00 GMT"}, 0.0) == wanted


def test_a_date_counts_from_our_clock_where_the_answer_has_none() -> None:
    assert retry_after({"retry-after": formatdate(1_000_030, usegmt=True)}, 1_000_000.0) == 30.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_it(value: str, date: str) -> None:
    seconds = retry_after({"retry-after": value, "date": date}, 0.0)
    assert seconds is None or (seconds > 0 and math.isfinite(seconds))


def answered(status: int, attempts: int = 0, **named: object) -> RawPage:
    headers = {key.replace("_", "-"): str(value) for key, value in named.items()}
    return RawPage(1, f"{SITE}/a", "response", 1000.0, status, headers)


def task(attempts: int = 0) -> Task:
    return Task(1, f"{SITE}/a", HOST, 1, 0, attempts, 0, "section", None)


def test_a_short_retry_after_is_waited_for_and_a_long_one_parks_the_page() -> None:
    short = settle(answered(429, retry_after=30), task(), Scope())
    assert (short.state, short.attempts, short.due) == ("queued", 1, 1030.0)
    long = settle(answered(503, retry_after=600), task(4), Scope())
    assert (long.state, long.attempts, long.due) == ("queued", 4, 1600.0), "told when to come back: no failure, whatever the attempts"
    assert long.reason is not None and long.reason.startswith("parked until 1970-01-01 00:26:40Z: HTTP 503 with Retry-After: 600")
    assert settle(answered(429, retry_after=99999999), task(), Scope()).due == 1000.0 + LONGEST


def test_a_failure_of_the_host_is_not_counted_against_the_page() -> None:
    raw = answered(503)
    raw.host_fault = True
    outcome = settle(raw, task(4), Scope())
    assert (outcome.state, outcome.attempts) == ("queued", 4)
    assert settle(answered(503), task(4), Scope()).state == "failed"


# ---- the breaker


def test_failures_in_a_row_park_a_host_and_an_answer_opens_it() -> None:
    host = HostManners()
    told = [host.fail(100.0, "HTTP 503") for _ in range(IN_A_ROW)]
    assert not any(told), "until then the pages may be to blame"
    assert host.not_before == 100.0 + FIRST_PARK
    assert host.fail(100.1, "HTTP 503") and host.not_before == 100.0 + FIRST_PARK, "it was on its way already"
    host.open()
    assert host.most == 1
    assert host.fail(200.0, "HTTP 503") and host.not_before == 200.0 + 4 * FIRST_PARK
    host.open()
    host.succeed()
    assert (host.most, host.failures, host.parks, host.why) == (None, 0, 0, None)


def test_a_good_answer_between_failures_parks_nobody() -> None:
    host = HostManners()
    for _ in range(20):
        host.fail(0.0, "HTTP 500")
        host.succeed()
    assert host.why is None and host.not_before == 0.0


def test_no_park_is_longer_than_the_longest() -> None:
    host = HostManners()
    for moment in range(0, 200_000, 10_000):
        host.open()
        host.fail(float(moment), "HTTP 503", at_once=True)
        assert host.not_before <= moment + LONGEST
    host.slow(0.0, 1e18)
    assert host.not_before <= 190_000 + LONGEST


@pytest.mark.parametrize(("asked", "kept"), [(5.0, 5.0), (None, 0.0), (-3.0, 0.0), (math.nan, 0.0), (86400.0, SLOWEST), (math.inf, SLOWEST)])
def test_crawl_delay_is_kept_within_reason(asked: float | None, kept: float) -> None:
    host = HostManners()
    host.asks_delay(asked)
    assert host.crawl_delay == kept


class Clock:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@contextmanager
def frontier_of(where: str, *urls: str) -> Iterator[tuple[Frontier, Clock, Ledger]]:
    engine = connect(where, create=True, write=True)
    with hold(engine):
        ledger, clock = Ledger(engine, "test"), Clock()
        ledger.seed([start_page(url) for url in urls])
        yield Frontier(ledger, 8, lambda host: 0.0, clock), clock, ledger
        ledger.close("finished")
    engine.dispose()


def take(frontier: Frontier) -> Task:
    found = frontier.next()
    assert found is not None
    return found


def test_a_host_is_asked_one_page_until_it_has_answered(tmp_path: Path) -> None:
    with frontier_of(str(tmp_path / "a.db"), f"{SITE}/1", f"{SITE}/2", "https://other.example/1") as (frontier, _, _):
        first, other = take(frontier), take(frontier)
        assert {first.host, other.host} == {HOST, "other.example"}
        assert frontier.next() is None
        frontier.good(first.host)
        frontier.answered(first)
        assert take(frontier).host == first.host


def test_a_crawl_delay_that_comes_with_the_first_answer_holds_for_the_second_page(tmp_path: Path) -> None:
    with frontier_of(str(tmp_path / "a.db"), f"{SITE}/1", f"{SITE}/2", f"{SITE}/3") as (frontier, clock, _):
        for _ in range(2):
            one = take(frontier)
            frontier.manners(HOST).asks_delay(10.0)
            frontier.good(HOST)
            frontier.answered(one)
            assert frontier.next() is None
            assert frontier.pause() == 10.0
            clock.at += 9.9
            assert frontier.next() is None
            clock.at += 0.2
        assert take(frontier).url == f"{SITE}/3"


def test_a_parked_host_waits_others_do_not_and_one_request_decides(tmp_path: Path) -> None:
    pages = [f"{SITE}/{number}" for number in range(12)]
    with frontier_of(str(tmp_path / "a.db"), *pages, "https://other.example/1") as (frontier, clock, _):
        first = take(frontier)
        others = take(frontier) if first.host == HOST else first
        first = first if first.host == HOST else take(frontier)
        assert others.host == "other.example"
        frontier.good(HOST)
        frontier.answered(first)
        for _ in range(IN_A_ROW):
            one = take(frontier)
            frontier.bad(HOST, "HTTP 503")
            frontier.answered(one)
        assert frontier.next() is None
        assert frontier.pause() == FIRST_PARK
        clock.at += FIRST_PARK
        probe = take(frontier)
        assert frontier.next() is None, "one request decides"
        frontier.good(HOST)
        frontier.answered(probe)
        assert take(frontier) and take(frontier)


def test_a_crawl_does_not_wait_for_what_is_parked_for_long_and_later_it_is_asked_once(where: str) -> None:
    with frontier_of(where, f"{SITE}/1", f"{SITE}/2", f"{SITE}/3") as (frontier, clock, ledger):
        one = take(frontier)
        for _ in range(3):
            frontier.bad(HOST, "HTTP 503", at_once=True)
            clock.at += PATIENCE
            frontier.manners(HOST).open()
        frontier.bad(HOST, "HTTP 503")
        frontier.answered(one)
        assert frontier.pause() is None
        assert "HTTP 503" in frontier.park()[HOST]
        assert HOST in ledger.parked_hosts()
    with frontier_of(where, f"{SITE}/4") as (frontier, clock, ledger):
        reason, until = ledger.parked_hosts()[HOST]
        assert frontier.next() is None and frontier.pause() is None, "its time has not come, whatever is due"
        assert frontier.park() == {HOST: reason.removeprefix("host ")}
        assert ledger.parked_hosts() == {HOST: (reason, until)}, "being left alone does not put it off"
    with frontier_of(where, f"{SITE}/1") as (frontier, clock, ledger):
        clock.at += FIRST_PARK * 4**3
        probe = take(frontier)
        assert probe.url == f"{SITE}/1" and frontier.next() is None
        frontier.good(HOST)
        frontier.answered(probe)
        assert {take(frontier).url for _ in range(3)} == {f"{SITE}/2", f"{SITE}/3", f"{SITE}/4"}, "what was parked is due again"
        assert ledger.parked_hosts() == {}


def test_a_host_that_asks_for_a_long_wait_is_left_alone_and_a_single_page_between_good_ones_is_not_the_host(where: str) -> None:
    with frontier_of(where, f"{SITE}/1", f"{SITE}/2") as (frontier, clock, _):
        assert not frontier.bad("other.example", "HTTP 429", wait=SLOWING), "slowed, not parked"
        one = take(frontier)
        assert frontier.bad(HOST, "HTTP 429", wait=600.0), "the first answer of a host"
        frontier.answered(one)
        assert frontier.next() is None and frontier.manners(HOST).not_before == clock.at + 600.0
        clock.at += 600.0
        frontier.good(take(frontier).host)
        assert not frontier.bad(HOST, "HTTP 503", wait=600.0)
        frontier.good(HOST)
        assert not frontier.bad(HOST, "HTTP 503", wait=600.0) and frontier.bad(HOST, "HTTP 503", wait=900.0), "two in a row"
        assert frontier.manners(HOST).not_before == clock.at + 900.0


# ---- whole crawls

TEXT = "The harbour council met on Tuesday to weigh the new ferry line. " * 12
ARTICLE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>" + TEXT + "{0}.</p></body></html>"
Answer = Callable[[str, int], tuple[int, dict[str, str], str]]


@contextmanager
def site(answer: Answer) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """A loopback server; `answer` takes the path and how often it was asked for before. Yields its address and what was asked, with moments."""
    asked: list[tuple[float, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            before = sum(path == self.path for _, path in asked)
            asked.append((time.monotonic(), self.path))
            status, headers, body = answer(self.path, before)
            sent = body.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(sent))} | headers).items():
                for one in value.split("\n"):  # of X-Robots-Tag there may be several
                    self.send_header(name, one)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # a robots.txt that is too long is not read to its end
                super().handle()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def crawl(url: str, db: Path, *words: str) -> Ran:
    """A crawl that waits for hosts and pages up to 3 seconds only."""
    return newscrawler("crawl", f"{url}/", "--db", str(db), *CRAWL, *words, before="import newscrawler.frontier.hosts as hosts; hosts.PATIENCE = 3.0")


def crawl_source(url: str, db: Path, *words: str) -> Ran:
    """The same by a source, as `schedule` does it."""
    file = db.parent / "sources.toml"
    file.write_text(f'[source.news]\nstart_pages = ["{url}/"]\n')
    before = "import newscrawler.frontier.hosts as hosts; hosts.PATIENCE = 3.0"
    return newscrawler("crawl", "--sources", str(file), "--only", "news", "--db", str(db), *CRAWL, *words, before=before)


def let_pass(db: Path, seconds: float) -> None:
    """As if all that waits had waited so long already."""
    connection = sqlite3.connect(db)
    connection.execute("UPDATE pages SET due = due - ? WHERE due > 0", (seconds,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("refusing", ["/", "/robots.txt"])
def test_a_host_that_says_when_to_come_back_is_asked_nothing_before_by_any_crawl(refusing: str, tmp_path: Path) -> None:
    """Whether by its start page or by robots.txt; after one good crawl, so that there are pages that are due for other reasons."""
    trouble = False

    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        return (429, {"Retry-After": "600"}, "") if trouble and path == refusing else plain(path, before)

    db = tmp_path / "news.db"
    with site(answer) as (url, asked):
        assert crawl_source(url, db).code == 0
        trouble = True
        asked.clear()
        first = crawl_source(url, db)
        assert [path for _, path in asked][-1] == refusing and "parked until" in first.err
        asked.clear()
        for _ in range(2):
            ran = crawl_source(url, db)
            assert asked == [] and "parked until" in ran.err and "Retry-After: 600" in ran.err
        assert newscrawler("audit", "--db", str(db)).code == 0
        by_hand = crawl(url, db)
        assert [path for _, path in asked][-1] == refusing
        assert f"{url}/ is asked for all the same, as it was given by hand: host parked until" in by_hand.err
        asked.clear()
        trouble = False
        crawl_source(url, db)
        assert asked == []
        let_pass(db, 700.0)
        assert crawl_source(url, db).code == 0 and asked, "then it is"


def rows(db: Path) -> dict[str, tuple[str, str | None, int]]:
    connection = sqlite3.connect(db)
    found = {url.split("/", 3)[3]: (state, why, tries) for url, state, why, tries in connection.execute("SELECT url, state, reason, attempts FROM pages")}
    connection.close()
    return found


def front(*paths: str) -> str:
    return "<h1>News</h1>" + "".join(f'<p><a href="{path}">The long headline of the story at {path} today</a></p>' for path in paths)


def plain(path: str, before: int) -> tuple[int, dict[str, str], str]:
    if path == "/":
        return 200, {}, front("/2026/11/24/one-story.html", "/2026/11/24/two-story.html")
    return (404, {}, "") if path == "/robots.txt" else (200, {}, ARTICLE.format(path))


def test_robots_txt_that_fails_forbids_for_a_while_and_nothing_is_lost(tmp_path: Path) -> None:
    broken = True

    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        return (503, {}, "") if broken and path == "/robots.txt" else plain(path, before)

    db = tmp_path / "news.db"
    with site(answer) as (url, asked):
        ran = crawl(url, db)
        assert ran.code == 1
        assert {path for _, path in asked} == {"/robots.txt"}
        state, reason, attempts = rows(db)[""]
        assert (state, attempts) == ("queued", 0)
        assert reason is not None and reason.startswith("host parked until") and "robots.txt could not be had (HTTP 503)" in reason
        assert "parked until" in ran.err
        assert "robots.txt could not be had" in newscrawler("status", "--db", str(db)).out
        assert newscrawler("audit", "--db", str(db)).code == 0
        broken = False
        assert crawl(url, db).code == 0
        assert [state for state, _, _ in rows(db).values()].count("stored") == 2


def test_a_host_that_hangs_is_left_to_the_next_crawl() -> None:
    hung, broken = HostManners(), HostManners()
    for number in range(IN_A_ROW):
        hung.fail(100.0 + number, "no whole answer in time", hung=True)
        broken.fail(100.0 + number, "HTTP 500")
    assert broken.not_before == 99.0 + IN_A_ROW + FIRST_PARK
    assert hung.not_before > 99.0 + IN_A_ROW + PATIENCE and hung.why is not None
    once = HostManners()
    once.fail(100.0, "no whole answer in time", hung=True)
    assert once.most == 1, "no more of them are sent after it until there is an answer"
    once.succeed()
    assert once.most is None


def test_a_page_that_hangs_is_left_to_the_next_crawl(tmp_path: Path) -> None:
    released = Event()

    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        if path == "/2026/11/24/one-story.html":
            released.wait(60)
        return plain(path, before)

    db = tmp_path / "news.db"
    with site(answer) as (url, asked):
        patient = "import newscrawler.settings as settings; settings.DOWNLOAD_TIMEOUT = 1"
        ran = newscrawler("crawl", f"{url}/", "--db", str(db), *CRAWL, before=patient)
        ended = time.time()
        released.set()
    assert ran.code == 0
    assert [path for _, path in asked].count("/2026/11/24/one-story.html") == 1
    assert rows(db)["2026/11/24/one-story.html"] == ("queued", "attempt 1 of 5: no whole answer in time", 1)
    assert rows(db)["2026/11/24/two-story.html"][0] == "stored"
    ((due,),) = sqlite3.connect(db).execute("SELECT due FROM pages WHERE attempts = 1")
    assert due > ended + PATIENCE
    assert "1  left in the queue" in ran.err


@pytest.mark.parametrize(("wait", "parked"), [("300", 300.0), ("99999999", LONGEST), ("2", FIRST_PARK)])
def test_robots_txt_that_says_when_to_come_back_parks_its_host_so_long(wait: str, parked: float, tmp_path: Path) -> None:
    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        return (503, {"Retry-After": wait}, "") if path == "/robots.txt" and before == 0 else plain(path, before)

    db = tmp_path / "news.db"
    with site(answer) as (url, asked):
        began = time.time()
        assert crawl(url, db).code == 1
        ended = time.time()
        assert [path for _, path in asked] == ["/robots.txt"]
        connection = sqlite3.connect(db)
        ((state, reason, attempts, due),) = connection.execute("SELECT state, reason, attempts, due FROM pages").fetchall()
        connection.close()
        assert (state, attempts) == ("queued", 0)
        assert f"robots.txt could not be had (HTTP 503, Retry-After: {wait})" in reason
        assert began + parked <= due <= ended + parked, "an hour at most, and never less than a parked host waits"
        assert newscrawler("audit", "--db", str(db)).code == 0
        assert crawl(url, db).code == 0, "the next crawl asks once"


def test_robots_txt_is_left_alone_as_long_as_it_says_whoever_asks() -> None:
    """As in a project with spiders of its own, where nobody parks the host."""
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.utils.test import get_crawler

    clock, asked = Clock(), []

    class Engine:
        async def download_async(self, request: Request) -> Response:
            asked.append(clock.at)
            return Response(request.url, 429, {"Retry-After": "600"})

    crawler = get_crawler(settings_dict={"ROBOTSTXT_USER_AGENT": "newscrawler"})
    crawler.engine = Engine()  # type: ignore[assignment]
    robots = Robots(crawler, clock)

    async def refused() -> RobotsUnreachable:
        with pytest.raises(RobotsUnreachable) as raised:
            await robots.process_request(Request(f"{SITE}/a"))
        return raised.value

    assert asyncio.run(refused()).wait == 600.0
    clock.at += 400.0
    assert asyncio.run(refused()).wait == 200.0
    assert asked == [1000.0]
    clock.at += 200.0
    assert asyncio.run(refused()).wait == 600.0
    assert asked == [1000.0, 1600.0]


@pytest.mark.parametrize(("status", "stored"), [(401, 2), (403, 2), (404, 2), (410, 2)])
def test_robots_txt_that_is_not_there_allows_everything(status: int, stored: int, tmp_path: Path) -> None:
    with site(lambda path, before: (status, {}, "User-agent: *\nDisallow: /") if path == "/robots.txt" else plain(path, before)) as (url, _):
        assert crawl(url, tmp_path / "news.db").code == 0
        assert [state for state, _, _ in rows(tmp_path / "news.db").values()].count("stored") == stored


def test_robots_txt_counts_up_to_500_kib(tmp_path: Path) -> None:
    head = "User-agent: *\nDisallow: /2026/11/24/one\n"
    body = head + "# nothing\n" * 60_000 + "Disallow: /2026/11/24/two\n" + "# more\n" * 3_000_000
    with site(lambda path, before: (200, {}, body) if path == "/robots.txt" else plain(path, before)) as (url, _):
        assert crawl(url, tmp_path / "news.db").code == 0
        told = {path[-14:]: state for path, (state, _, _) in rows(tmp_path / "news.db").items() if f"/{path}" not in GUESSED}
        assert told == {"": "read", "one-story.html": "refused", "two-story.html": "stored"}


def test_crawl_delay_is_kept_even_with_delay_0(tmp_path: Path) -> None:
    with site(lambda path, before: (200, {}, "User-agent: *\nCrawl-delay: 0.5") if path == "/robots.txt" else plain(path, before)) as (url, asked):
        assert crawl(url, tmp_path / "news.db").code == 0
    moments = [moment for moment, path in asked if path not in ("/robots.txt", "/.well-known/tdmrep.json")]  # these two come with the first page
    assert len(moments) == 3 + len(GUESSED)
    assert all(later - earlier > 0.45 for earlier, later in pairwise(moments))


def test_what_a_server_asks_for_is_waited_for_and_a_long_wait_is_left_to_the_next_crawl(tmp_path: Path) -> None:
    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        if "one" in path and before == 0:
            return 429, {"Retry-After": "2"}, ""
        if "two" in path:
            return 503, {"Retry-After": "99999999"}, ""
        return plain(path, before)

    with site(answer) as (url, asked):
        assert crawl(url, tmp_path / "news.db").code == 0
    one = [moment for moment, path in asked if "one" in path]
    assert one[1] - one[0] > 1.9
    assert [path for _, path in asked].count("/2026/11/24/two-story.html") == 1
    pages = rows(tmp_path / "news.db")
    assert pages["2026/11/24/one-story.html"][0] == "stored"
    state, reason, _ = pages["2026/11/24/two-story.html"]
    assert state == "queued" and reason is not None and "HTTP 503 with Retry-After: 99999999" in reason


def test_a_storm_of_failures_parks_the_host(tmp_path: Path) -> None:
    paths = [f"/2026/11/24/story-{number}.html" for number in range(60)]
    with site(lambda path, before: (200, {}, front(*paths)) if path == "/" else (404 if path == "/robots.txt" else 503, {}, "")) as (url, asked):
        ran = crawl(url, tmp_path / "news.db")
    assert ran.code == 0 and "parked until" in ran.err
    assert len(asked) < 2 + 3 * 8, "not one request for each page"
    counts = json.loads(newscrawler("status", "--json", "--db", str(tmp_path / "news.db")).out)["pages"]
    assert counts["queued"] == 60 + len(GUESSED), "nothing lost"
