"""The yield guard: what is judged, when it is told, and that it is told once."""

from __future__ import annotations

import base64
import json
import random
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import newscrawler, serving
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.config import Alerts, read_alerts
from newscrawler.config.alerts import MailServer
from newscrawler.exceptions import BadSource
from newscrawler.export import article_record
from newscrawler.frontier.origins import Origins, started_from
from newscrawler.frontier.scope import Scope
from newscrawler.items import Article, Decision, Figures
from newscrawler.report import delivery, settle
from newscrawler.report.guard import DAY, Judgement, judge
from newscrawler.report.turning import turning
from newscrawler.store import Found, Ledger, Outcome, alerts, connect, yields
from newscrawler.store.tables import runs

HOUR = 3600.0
SITE = "https://news.example"


def run(number: int, every: float = HOUR, **named: Any) -> Figures:
    usual: dict[str, Any] = {
        "asked": 40, "errors": 1, "duplicates": 1, "unchanged": 2, "articles": 30, "authors": 28, "dates": 30, "keywords": 12, "repaired": 2,
        "repairs": 0.0, "length": 900.0,
    }  # fmt: skip
    return Figures(number, "a.example", number * every, True, **usual | named)


def outside(history: Sequence[Figures], now: Figures, **named: Any) -> set[str]:
    return {one.field for one in judge(history, now, **named) if one.outside}


# ---- judging


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"authors": 2}, {"author"}),
        ({"authors": 14}, {"author"}),
        ({"dates": 0}, {"date"}),
        ({"keywords": 0}, {"keywords"}),
        ({"repaired": 25, "repairs": 12.0}, {"repaired", "repairs"}),
        ({"duplicates": 40, "articles": 3, "authors": 3, "dates": 3, "keywords": 1, "repaired": 0}, {"duplicates", "articles"}),
        ({"errors": 38}, {"failed answers"}),
        ({"length": 120.0}, {"length"}),
        ({"length": 1100.0}, set()),
        ({"articles": 0, "authors": 0, "dates": 0, "keywords": 0, "repaired": 0, "length": None, "repairs": None}, {"articles"}),
        ({"authors": 25, "dates": 29, "keywords": 9, "repaired": 4, "errors": 3, "articles": 30}, set()),
    ],
)
def test_what_falls_out(changes: dict[str, Any], fields: set[str]) -> None:
    history = [run(number, authors=28 + number % 3, articles=30 + number % 5, keywords=12 + number % 4) for number in range(150)]
    assert outside(history, run(150, **changes)) == fields


def test_under_five_runs_nothing_is_said() -> None:
    for known in range(8):
        said = judge([run(number, DAY) for number in range(known)], run(known, DAY, authors=0, dates=0, articles=30))
        assert bool(said) == (known >= 5)
        assert {one.field for one in said if one.outside} == ({"author", "date"} if known >= 5 else set())


def test_the_number_of_articles_waits_for_five_days_and_for_whole_runs() -> None:
    hours = [run(number) for number in range(150)]
    silent = replace(run(150), articles=0)
    assert "articles" in outside(hours, silent)
    assert "articles" not in outside(hours[50:], silent)
    assert "articles" not in outside(hours, replace(silent, complete=False))


def test_nights_are_no_alarm_and_silent_days_are() -> None:
    def articles(number: int) -> int:
        return 0 if number % 24 < 8 else 30

    history = [run(number, articles=articles(number)) for number in range(24 * 8)]
    for number in range(24 * 8, 24 * 9):
        now = run(number, articles=articles(number))
        assert "articles" not in outside(history, now)
        assert ("articles" in outside(history, replace(now, articles=0))) == (number % 24 >= 8)
        history.append(now)


def test_the_same_hour_of_the_week_is_compared_when_it_is_known() -> None:
    def articles(number: int) -> int:  # every six hours; Sundays at midnight are quiet
        return 2 if number % 28 == 0 else 60

    history = [run(number, 6 * HOUR, articles=articles(number)) for number in range(28 * 6)]
    assert "articles" in outside(history, run(28 * 6, 6 * HOUR, articles=60, authors=56)), "60 are usual, but not in this hour"
    assert "articles" not in outside(history, run(28 * 6, 6 * HOUR, articles=2, authors=2, dates=2, keywords=1, repaired=0))
    assert "articles" in outside(history, run(28 * 6 + 1, 6 * HOUR, articles=2, authors=2, dates=2, keywords=1, repaired=0))


def test_small_runs_are_judged_with_those_before_them() -> None:
    small: dict[str, Any] = {"articles": 2, "authors": 2, "dates": 2, "keywords": 1, "repaired": 0}
    history = [run(number, **small) for number in range(40)]
    told = []
    for number in range(40, 60):
        now = run(number, **small | {"authors": 0})
        told += [number] if "author" in outside(history, now) else []
        history.append(now)
    assert told and 42 <= told[0] <= 46, "two articles without author are chance, ten are not"


def test_a_small_source_that_falls_silent_is_told_after_three_times_its_longest_silence() -> None:
    usual = [0, 1, 0, 0, 2, 1]
    history = [run(number, 6 * HOUR, articles=usual[number % 6], authors=0, dates=0, keywords=0, repaired=0) for number in range(90)]
    told = []
    for number in range(90, 102):
        now = run(number, 6 * HOUR, articles=0, authors=0, dates=0, keywords=0, repaired=0)
        told += [number] if "articles" in outside(history, now) else []
        history.append(now)
    assert told[0] == 96, "it was silent for two runs at most: six are as many as it may be, the seventh is told"


def bringing(articles: int, number: int, every: float) -> Figures:
    rest: dict[str, Any] = {"authors": articles, "dates": articles, "keywords": articles // 2, "repaired": 0}
    return run(number, every, articles=articles, **rest, **({} if articles else {"repairs": None, "length": None}))


@pytest.mark.parametrize(("every", "known", "days"), [(DAY, 5, 3), (DAY, 9, 3), (DAY / 96, 96, 3), (DAY / 96, 96 * 2, 3), (HOUR, 72, 3), (HOUR, 24 * 9, 1)])
def test_a_source_that_brings_nothing_any_more_is_told_within_days(every: float, known: int, days: int) -> None:
    """Also where too little is known to judge numbers; and the silence is no measure of what is normal."""
    history = [bringing(10, number, every) for number in range(known)]
    for number in range(known, known + int(days * DAY / every) + 1):
        now = bringing(0, number, every)
        if "articles" in outside(history, now):
            break
        history.append(now)
    else:
        pytest.fail("it was not told")
    (told,) = [one for one in judge(history, now) if one.field == "articles"]
    assert told.value == 0 and told.expected > 0 and not told.back
    spans = {"articles": [(now.started_at, None)]}
    for later in (1, 20, 40):  # days: it stays out, also when it has lasted for longer than SETTLED
        silence = [bringing(0, number, every) for number in range(number, number + int(later * DAY / every))]
        still = [one for one in judge([*history, *silence], bringing(0, number + len(silence), every), spans) if one.field == "articles"]
        assert not any(one.back for one in still)
    good = [bringing(10, number + len(silence) + more, every) for more in range(12 if every == DAY else int(12 * DAY / every))]
    assert any(one.back for one in judge([*history, *silence, *good[:-1]], good[-1], spans) if one.field == "articles"), "and comes back"


def test_the_first_nights_and_the_first_weekend_are_no_silence() -> None:
    def articles(number: int) -> int:  # every half hour from 7 to 19, on working days; it begins on a Thursday
        hour, day = number / 2 % 24, (number // 48 + 3) % 7
        return 10 if 7 <= hour < 19 and day < 5 else 0

    history: list[Figures] = []
    for number in range(48 * 5):
        now = bringing(articles(number), number, HOUR / 2)
        assert "articles" not in outside(history, now), number
        history.append(now)


def test_runs_of_an_alert_are_no_measure_and_what_stays_becomes_normal() -> None:
    good = [run(number, DAY) for number in range(20)]
    bad = [run(number, DAY, authors=0) for number in range(20, 60)]
    span = {"author": [(20 * DAY, None)]}
    assert "author" in outside([*good, *bad[:20]], bad[20], troubled=span)
    (settled,) = [one for one in judge([*good, *bad[:39]], bad[39], span) if one.field == "author"]
    assert settled.back and settled.expected < 0.1
    closed: dict[str, list[tuple[float, float | None]]] = {"author": [(20 * DAY, 40 * DAY)]}
    again = [run(number, DAY) for number in range(40, 43)]
    assert "author" in outside([*good, *bad[:20], *again], run(43, DAY, authors=0), troubled=closed)


@settings(deadline=None)  # its first example pays for imports
@given(st.lists(st.integers(0, 50), min_size=6, max_size=40), st.data())
def test_anything_can_be_judged(numbers: list[int], data: st.DataObject) -> None:
    def made(number: int, articles: int) -> Figures:
        less = st.integers(0, articles)
        counts = {name: data.draw(less) for name in ("authors", "dates", "keywords", "repaired")}
        middle = 100.0 if articles else None
        return Figures(number, "a", number * 7 * HOUR, data.draw(st.booleans()), articles, 0, 0, 0, articles, **counts, repairs=middle, length=middle)

    history = [made(number, articles) for number, articles in enumerate(numbers)]
    for one in judge(history[:-1], history[-1]):
        assert not (one.outside and one.back)


def test_steady_sources_raise_no_alarm() -> None:
    """Two months of hourly runs with the noise of chance: some 10,000 figures judged."""
    chance = random.Random(3)
    history: list[Figures] = []
    for number in range(0, 24 * 60, 1):
        articles = sum(chance.random() < 0.3 for _ in range(40))
        with_author, with_keywords = (sum(chance.random() < share for _ in range(articles)) for share in (0.9, 0.4))
        now = run(number, articles=articles, authors=with_author, dates=articles, keywords=with_keywords, repaired=0, length=800 * 1.1 ** chance.gauss())
        if number % 3 == 0:
            assert outside(history[-1000:], now) == set()
        history.append(now)


@pytest.mark.parametrize(
    ("pages", "turn"),
    [("ggggbbbb", (3, 4)), ("gbggbgbbbbb", (5, 6)), ("bbbb", (None, 0)), ("gggg", (3, None)), ("", (None, None)), ("bbgggggbgbbbbbb", (8, 9))],
)
def test_the_turn(pages: str, turn: tuple[int | None, int | None]) -> None:
    assert turning([(str(number), one == "g") for number, one in enumerate(pages)]) == tuple(None if one is None else str(one) for one in turn)


# ---- what a run leaves


@pytest.fixture
def engine(where: str) -> Iterator[sa.Engine]:
    engine = connect(where, create=True, write=True)
    yield engine
    engine.dispose()


def of(*names: str) -> Origins:
    return Origins(Scope(), names)


def collect(engine: sa.Engine, articles: list[Article], at: float, end: str | None = "finished") -> int:
    """A run of the site that stores these articles and has one page that fails, at a time."""
    ledger = Ledger(engine, "test")
    ledger.started_at = at
    ledger.watch(["news.example"], of("news.example"))
    names = [f"{SITE}/{ledger.run_id}/{number}" for number in range(len(articles))]
    ids = ledger.seed([Found(url, "seed", 100, 0) for url in [*names, f"{SITE}/{ledger.run_id}/fails"]])
    for page_id, url, article in zip(ids, names, articles, strict=False):
        record: dict[str, Any] = article_record(
            article, id=f"urn:{url}", seq=0, url=url, source_domain="news.example",
            date_first_seen="2026-11-24T00:00:00Z", date_fetched="2026-11-24T00:00:00Z",
        )  # fmt: skip
        made = {"decision": Decision("new"), "article_key": url, "content_hash": url, "record": record, "asked": url}
        ledger.write(Outcome(page_id, "stored", at, status=200, answered=True, **made))  # type: ignore[arg-type]
    ledger.write(Outcome(ids[-1], "failed", at, "HTTP 500", status=500, answered=True, asked=f"{SITE}/fails"))
    ledger.commit()
    run_id = ledger.run_id
    if end is not None:
        ledger.close(end)
        with engine.begin() as connection:
            connection.execute(runs.update().where(runs.c.id == run_id).values(started_at=at, ended_at=at + 60))
    ledger.connection.close()
    return run_id


def good(number: int = 12) -> list[Article]:
    return [Article(title="T", text="a" * (100 + 10 * one), authors=["A"], date_published="2026-11-24", keywords=["k"]) for one in range(number)]


def bad(number: int = 12) -> list[Article]:
    return [replace(one, authors=[]) for one in good(number)]


def settled(engine: sa.Engine, *channels: str) -> list[tuple[str, str]]:
    return [(alert.field, event) for alert, event in settle(engine, lambda names: of(*names), channels)]


def test_the_figures_of_a_run(engine: sa.Engine) -> None:
    collect(engine, [*good(3), *bad(1)], 1000.0)
    assert settled(engine) == []
    with engine.begin() as connection:
        (found,) = yields.history(connection, Figures(99, "news.example", 2000.0, True))
    assert found == Figures(1, "news.example", 1000.0, True, 5, 1, 0, 0, 4, 3, 4, 4, 0, 0.0, 105.0)


def test_an_alert_is_told_once_and_its_end_once(engine: sa.Engine) -> None:
    for day in range(6):
        collect(engine, good(), day * DAY)
    assert settled(engine, "webhook") == []
    told = []
    for day, articles in enumerate([good(5) + bad(7), bad(), bad(), good(), good()], 6):
        collect(engine, articles, day * DAY)
        told.append(settled(engine, "webhook"))
    assert told == [[("author", "out")], [], [], [("author", "back")], []]
    assert alerts.open_alerts(engine) == []
    assert [(one["event"], one["channel"]) for one in alerts.unsent(engine)] == [("out", "webhook"), ("back", "webhook")]


def test_an_alert_names_the_page_where_it_turned(engine: sa.Engine) -> None:
    for day in range(6):
        collect(engine, good(), day * DAY)
    collect(engine, good(5) + bad(7), 6 * DAY)
    settled(engine)
    (alert,) = alerts.open_alerts(engine)
    assert (alert.field, alert.last_good, alert.first_bad) == ("author", f"{SITE}/7/4", f"{SITE}/7/5")
    assert (alert.value, alert.number, alert.runs) == (5 / 12, 12, 5) and alert.expected > 0.95


def test_a_killed_run_is_settled_by_the_next_one(engine: sa.Engine) -> None:
    for day in range(6):
        collect(engine, good(), day * DAY)
    collect(engine, bad(), 6 * DAY, end=None)
    assert settled(engine) == [], "it may be running still"
    Ledger(engine, "next").connection.close()
    assert settled(engine) == [("author", "out")]
    assert settled(engine) == []
    with engine.begin() as connection:
        assert [one.complete for one in yields.history(connection, Figures(99, "news.example", 9 * DAY, True))] == [True] * 6 + [False]


def test_what_is_rolled_back_does_not_count(engine: sa.Engine) -> None:
    ledger = Ledger(engine, "test")
    ledger.watch(["news.example"], of("news.example"))
    (page_id,) = ledger.seed([Found(f"{SITE}/1", "seed", 100, 0)])
    for state in ("failed", "gone"):
        ledger.write(Outcome(page_id, state, 1.0, "HTTP 404", status=404, answered=True, asked=f"{SITE}/1"))
        if state == "failed":
            ledger.rollback()
    ledger.close("finished")
    settled(engine)
    with engine.begin() as connection:
        (found,) = yields.history(connection, Figures(99, "news.example", time.time() + 9, True))
    assert (found.asked, found.errors) == (1, 1)


def test_a_page_counts_for_what_the_run_started_from(tmp_path: Path) -> None:
    from newscrawler.config import read_sources

    file = tmp_path / "sources.toml"
    file.write_text('[source.one]\nstart_pages = ["https://a.example/"]\nsister_domains = ["b.example"]\n[source.two]\nstart_pages = ["https://c.example/"]\n')
    scope = Scope(sources=tuple(read_sources(file)))
    names = started_from(scope, ["https://a.example/", "https://www.b.example/x", "https://d.example/1", "https://x.d.example/2"])
    assert names == ["one", "d.example"]
    origin_of = Origins(scope, names)
    assert [origin_of(host) for host in ("a.example", "m.b.example:8080", "c.example", "www.d.example", "e.example")] == [
        "one", "one", None, "d.example", None,
    ]  # fmt: skip


# ---- sending


@contextmanager
def webhook(*statuses: int) -> Iterator[tuple[str, list[tuple[str | None, Any]]]]:
    """A loopback webhook that answers with these statuses in turn, the last for ever; gives its URL and what it got."""
    got: list[tuple[str | None, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.headers["Idempotency-Key"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(statuses[min(len(got), len(statuses)) - 1])
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", got
        server.shutdown()


def opened(engine: sa.Engine, *channels: str) -> alerts.Alert:
    """An alert as of now, with its notices."""
    with engine.begin() as connection:
        now = Figures(1, "news.example", time.time(), True)
        alert = alerts.open_alert(connection, now, Judgement("author", True, False, 0.1, 0.97, 40, 20), f"{SITE}/a", f"{SITE}/b")
        alerts.announce(connection, alert.id, "out", channels)
    return alert


@pytest.mark.parametrize(
    ("statuses", "requests", "error"),
    [((204,), 1, None), ((503, 429, 200), 3, None), ((500,), 3, "HTTP 500"), ((404,), 1, "HTTP 404"), ((302,), 1, "HTTP 302")],
)
def test_a_webhook_is_told_until_it_takes_it(
    statuses: tuple[int, ...], requests: int, error: str | None, engine: sa.Engine, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 0.01)
    alert = opened(engine, "webhook")
    with webhook(*statuses) as (url, got):
        delivery.deliver(where, Alerts(webhook=url))
        delivery.deliver(where, Alerts(webhook=url))  # taken, or claimed for a while
    assert [key for key, _ in got] == [f"{alert.id}/out"] * requests
    said = got[0][1]
    assert (said["schema"], said["event"], said["field"], said["last_good"], said["first_bad"]) == (
        "newscrawler.alert/1", "out", "author", f"{SITE}/a", f"{SITE}/b",
    )  # fmt: skip
    assert said["message"] == (
        f"news.example: articles with author: 10%, usually 97% (of 40 articles, against 20 earlier runs); last good page {SITE}/a; first bad page {SITE}/b"
    )
    assert [one["error"] for one in alerts.unsent(engine)] == ([error] if error else [])


def test_what_was_not_sent_is_sent_later_and_given_up_after_days(engine: sa.Engine) -> None:
    alert, now = opened(engine, "webhook"), time.time()
    first = alerts.claim(engine, "webhook", now)
    assert first is not None and first.attempts == 1
    assert alerts.claim(engine, "webhook", now + 10) is None, "another sender is at it"
    assert alerts.claim(engine, "mail", now) is None
    killed = alerts.claim(engine, "webhook", now + alerts.CLAIM_SECONDS + 1)
    assert killed is not None and killed.alert == alert and killed.attempts == 2
    assert alerts.claim(engine, "webhook", now + alerts.GIVEN_UP_SECONDS + 1) is None
    alerts.sent(engine, killed, now)
    assert alerts.unsent(engine) == []


def test_a_webhook_that_is_not_there_costs_no_more_than_the_patience(engine: sa.Engine, where: str) -> None:
    opened(engine, "webhook")
    start = time.monotonic()
    delivery.deliver(where, Alerts(webhook="http://127.0.0.1:9/"), patience=0.5)
    assert time.monotonic() - start < 5
    (left,) = alerts.unsent(engine)
    assert "refused" in left["error"]


@pytest.mark.parametrize("userinfo", ["me:s3cret", "me:s3cr%65t", "me%3As3cret"])
def test_a_webhook_with_a_password_gets_it_as_a_header(userinfo: str, engine: sa.Engine, where: str) -> None:
    opened(engine, "webhook")
    asked: list[tuple[str, str | None, str | None]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.headers["Authorization"], self.headers["Host"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        delivery.deliver(where, Alerts(webhook=f"http://{userinfo}@127.0.0.1:{port}/hook?x=1"))
        server.shutdown()
    expected = "me:s3cret:" if "%3A" in userinfo else "me:s3cret"  # without a colon all of it is the user
    assert asked == [("/hook?x=1", "Basic " + base64.b64encode(expected.encode()).decode(), f"127.0.0.1:{port}")]
    assert alerts.unsent(engine) == []


@pytest.mark.parametrize("url", ["http://me:s3cret@127.0.0.1:9/s3cret", "http://127.0.0.1:9/s3cret\x7f", "http://127.0.0.1:9/s3cret/新", "http://s3cret.invalid./"])
def test_nothing_that_is_told_repeats_a_webhook(
    url: str, engine: sa.Engine, where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 0.01)
    opened(engine, "webhook")
    delivery.deliver(where, Alerts(webhook=url))
    (left,) = alerts.unsent(engine)
    assert left["error"] and "did not take" in caplog.text
    assert "s3cret" not in caplog.text + left["error"] + repr(Alerts(webhook=url))


@pytest.mark.parametrize("value", ['"hooks.example.com/s3cret"', '["https://hooks.example.com/s3cret"]', '"https://me:s3cret@[::1/"', '"https://h:s3cret/"'])
def test_a_mistyped_webhook_is_not_repeated(value: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(f"[alerts]\nwebhook = {value}\n")
    with pytest.raises(BadSource, match=r"sources\.toml:2: alerts: webhook: ") as caught:
        read_alerts(tmp_path / "sources.toml")
    assert "s3cret" not in str(caught.value)


class Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as taking a mail needs."""

    got: list[str]

    def handle(self) -> None:
        self.say("220 ready")
        lines: list[str] | None = None
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if lines is not None:
                if line == ".":
                    self.got.append("\n".join(lines))
                    lines = None
                    self.say("250 taken")
                else:
                    lines.append(line)
            elif line.upper().startswith("RCPT") and "nobody" in line:
                self.say("550 no such user")
            elif line.upper() == "DATA":
                lines = []
                self.say("354 go on")
            elif line.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.mark.parametrize("to", [("desk@example.com",), ("nobody@example.com", "desk@example.com"), ("nobody@example.com",)])
def test_a_mail(to: tuple[str, ...], engine: sa.Engine, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 0.01)
    alert, got = opened(engine, "mail"), []
    handler = type("Handler", (Smtp,), {"got": got})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mail = MailServer("smtp", "127.0.0.1", server.server_address[1], None)
        delivery.deliver(where, Alerts(smtp=mail, mail_from="crawler@example.com", mail_to=to))
        server.shutdown()
    if to == ("nobody@example.com",):
        assert got == [] and "no such user" in alerts.unsent(engine)[0]["error"]
        return
    (message,) = got
    assert "Subject: newscrawler: news.example: articles with author fell out" in message
    assert f"Message-ID: <{alert.id}.out@newscrawler.invalid>" in message and f"first bad page {SITE}/b" in message
    assert alerts.unsent(engine) == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_mail_server_without_the_tls_that_was_asked_for_gets_nothing(scheme: str, engine: sa.Engine, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 0.01)
    got: list[str] = []
    opened(engine, "mail")
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (Smtp,), {"got": got})) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        delivery.deliver(where, Alerts(smtp=MailServer(scheme, "127.0.0.1", server.server_address[1], None), mail_to=("desk@example.com",)))
        server.shutdown()
    assert got == [] and len(alerts.unsent(engine)) == 1


# ---- where it is set up


SOURCE = '[source.a]\nstart_pages = ["https://a.example/"]\n'


def test_alerts_as_configured(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(SOURCE + '[alerts]\nwebhook = "https://hooks.example/x"\nsmtp = "smtps://me%40x@mail.example"\nmail_to = "desk@example.com"\n')
    assert read_alerts(file) == Alerts("https://hooks.example/x", MailServer("smtps", "mail.example", 465, "me@x"), None, ("desk@example.com",))
    assert read_alerts(file).channels == ("webhook", "mail") and read_alerts(None).channels == ()
    file.write_text(SOURCE)
    assert read_alerts(file).channels == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('webhook = "file:///etc/passwd"', "webhook: must be a URL"),
        ("webhook = 7", "webhook: must be a URL"),
        ('hook = "https://x.example/"', "'hook' is unknown"),
        ('smtp = "mail.example"\nmail_to = ["a@b.example"]', "smtp: must be like"),
        ('smtp = "smtps://me:s3cret@mail.example/x"\nmail_to = ["a@b.example"]', "smtp: must be like .*, not '...@mail.example/x'"),
        ('smtp = "smtp://mail.example:x"\nmail_to = ["a@b.example"]', "smtp: .*no address"),
        ('smtp = "smtps://me:secret@mail.example"\nmail_to = ["a@b.example"]', "smtp: no password"),
        ('smtp = "smtp://me@mail.example"\nmail_to = ["a@b.example"]', "smtp: .*unencrypted"),
        ('smtp = "smtps://mail.example"', "mail needs both smtp and mail_to"),
        ('mail_to = ["a b"]', "mail_to: must be an address"),
    ],
)
def test_a_mistake_in_alerts_names_file_line_and_key(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f"{SOURCE}[alerts]\n{line}\n")
    with pytest.raises(BadSource, match=f"sources.toml:4: alerts: {said}") as caught:
        read_alerts(file)
    assert "secret" not in str(caught.value)


# ---- a whole crawl


def article_page(number: int, signed: bool) -> bytes:
    text = "".join(f"<p>The council of town {number} met on day {part} and decided on the bridge, the school and the harbour.</p>" for part in range(12))
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Council of town {number} decides on bridge"'
    head += ', "author": {"@type": "Person", "name": "Ann Reporter"}}</script>' if signed else "}</script>"
    title = f"Council of town {number} decides on bridge"
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><article>{text}</article></body></html>".encode()


def front_page(first: int, number: int) -> bytes:
    items = "".join(f'<li><a href="/2026/11/24/{n}.html">Council of town {n} decides on bridge</a></li>' for n in range(first, first + number))
    return f"<html><head><title>News</title></head><body><h1>News</h1><ul>{items}</ul></body></html>".encode()


def test_a_template_that_changes_in_mid_crawl_raises_one_alert(tmp_path: Path) -> None:
    """Six real runs, then one in which the site stops signing after its fifth article, and one more; then it signs again."""
    day, changes_after, db = 0, 10**9, str(tmp_path / "news.db")
    served: list[str] = []

    def answer(path: str, _port: int) -> bytes:
        if path == "/":
            return front_page(day * 12, 12)
        if not path.startswith("/2026/"):
            return b""
        served.append(path)
        return article_page(int(path.split("/")[-1].removesuffix(".html")), len(served) <= changes_after)

    with serving(answer) as port, webhook(200) as (url, got):
        sources = tmp_path / "sources.toml"
        sources.write_text(f'[source.town]\nstart_pages = ["http://127.0.0.1:{port}/"]\n[alerts]\nwebhook = "{url}"\n')
        words = ("crawl", "--sources", str(sources), "--db", db, "--delay", "0", "--concurrency", "1", "--allow-private", "127.0.0.1")
        said = []
        for day in range(9):
            changes_after = {6: len(served) + 5, 7: 0}.get(day, 10**9)
            ran = newscrawler(*words)
            assert ran.code == 0, ran.err
            said.append(ran.err.count("yield guard:"))
            if day == 7:
                status = newscrawler("status", "--db", db)
                as_json = json.loads(newscrawler("status", "--json", "--db", db).out)
    assert said == [0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert [(one["origin"], one["event"], one["field"]) for _, one in got] == [("town", "out", "author"), ("town", "back", "author")]
    seventh = [f"http://127.0.0.1:{port}{path}" for path in served[72:84]]
    assert (got[0][1]["last_good"], got[0][1]["first_bad"]) == (seventh[4], seventh[5])
    assert "town: articles with author: 42%" in status.out and [one["field"] for one in as_json["alerts"]] == ["author"]
    assert as_json["unsent"] == []
