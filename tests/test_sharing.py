"""Several sources in one database: a crawl of some of them works on their pages alone, and the rest waits for its own crawl."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import CRAWL, Ran, newscrawler, serving

from newscrawler.config import Source
from newscrawler.frontier import Crawl, Scope
from newscrawler.frontier.crawl import Plan
from newscrawler.frontier.scope import start_page
from newscrawler.frontier.share import Share
from newscrawler.store import Found, Ledger, Outcome, connect, hold
from newscrawler.store.tables import pages

NORTH = Source("north", ("https://www.north.example/",), sister_domains=("north-extra.test",))
ZH = Source("zh", ("https://zh.press.example/",), allowed_domains=("zh.press.example",), feeds=("https://feeds.test/zh",))
EN = Source("en", ("https://en.press.example/",), allowed_domains=("en.press.example",), feeds=("https://feeds.test/en", "https://www.north.example/en.xml"))
PORTS = (Source("one", ("http://127.0.0.1:8001/",)), Source("two", ("http://127.0.0.1:8002/",)))
ALL = Scope(sources=(NORTH, ZH, EN, *PORTS))


@pytest.mark.parametrize(
    ("name", "url", "ours"),
    [
        ("north", "https://m.north.example/a", True),
        ("north", "https://x.north-extra.test/a", True),
        ("north", "https://zh.press.example/a", False),
        ("zh", "https://zh.press.example/a", True),
        ("zh", "https://en.press.example/a", False),
        ("zh", "https://feeds.test/zh", True),
        ("zh", "https://feeds.test/en", False),
        ("en", "https://www.north.example/en.xml", True),
        ("en", "https://www.north.example/a", False),
        ("north", "https://www.north.example/en.xml", False),
        ("one", "http://127.0.0.1:8001/a", True),
        ("one", "http://127.0.0.1:8002/a", False),
        ("one", "https://nobody.example/a", False),
    ],
)
def test_a_page_is_of_the_sources_that_its_host_is_of(name: str, url: str, ours: bool) -> None:
    assert Share(ALL, frozenset({name})).has(url) is ours
    assert Share(ALL).has(url), "without sources the whole queue is worked through"


def test_two_sources_of_one_domain_share_its_pages() -> None:
    scope = Scope(sources=(Source("a", ("https://press.example/a/",)), Source("b", ("https://press.example/b/",))))
    assert all(Share(scope, frozenset({name})).has("https://press.example/a/1") for name in "ab")


def test_a_start_page_given_by_hand_brings_its_site() -> None:
    share = Share(ALL, frozenset({"zh"}), ["https://nobody.example/", "https://feeds.test/en", "https://www.north.example/"])
    for url in ("https://m.nobody.example/a", "https://feeds.test/en", "https://en.press.example/a", "https://www.north.example/a", "https://north-extra.test/a"):
        assert share.has(url), url
    assert not share.has("http://127.0.0.1:8001/")


@contextmanager
def crawl_of(db: str, *names: str, scope: Scope = ALL, starts: tuple[str, ...] = (), **plan: object) -> Iterator[Crawl]:
    crawl = Crawl(Plan(db=db, starts=[start_page(url) for url in starts], scope=scope, names=frozenset(names), delay=0, **plan))  # type: ignore[arg-type]
    try:
        yield crawl
    finally:
        crawl.close("finished")


def handed_out(crawl: Crawl) -> set[str]:
    """All that the crawl hands out, host after host."""
    found = set()
    while (task := crawl.next()) is not None:
        found.add(task.url)
        crawl.frontier.good(task.host)
        crawl.frontier.answered(task)
    assert crawl.frontier.pause() is None, "nothing waits that is never handed out"
    return found


@contextmanager
def ledger_of(db: str) -> Iterator[tuple[sa.Engine, Ledger]]:
    engine = connect(db, create=True, write=True)
    with hold(engine):
        ledger = Ledger(engine, "test")
        yield engine, ledger
        ledger.close("finished")
    engine.dispose()


QUEUED = (
    "https://www.north.example/1", "https://north-extra.test/1", "https://zh.press.example/1", "https://en.press.example/1",
    "https://feeds.test/zh", "https://feeds.test/en", "https://nobody.example/1",
)  # fmt: skip


def test_a_crawl_hands_out_its_own_pages_and_the_rest_stays_queued(where: str) -> None:
    with ledger_of(where) as (_, ledger):
        ledger.seed([start_page(url) for url in QUEUED])
    with crawl_of(where, "zh") as crawl:
        assert handed_out(crawl) == {"https://zh.press.example/1", "https://feeds.test/zh"}
    assert crawl.left_to_others == 4, "of hosts that it does not work on"
    with crawl_of(where, "north", "en") as crawl:
        assert handed_out(crawl) == {QUEUED[0], QUEUED[1], QUEUED[3], QUEUED[5]}
    crawl = Crawl(Plan(db=where, delay=0))
    assert handed_out(crawl) == set(QUEUED)
    crawl.close("finished")


def test_what_a_source_leads_to_is_its_own_in_later_crawls_too(where: str) -> None:
    with ledger_of(where) as (_, ledger):
        (start,) = ledger.seed([start_page("https://www.north.example/")])
        moved = Found("https://north.press.test/", "seed", 70, 0, start, 1)
        ledger.write(Outcome(start, "redirected", 1.0, status=301, redirected_to=moved))
        (target,) = ledger.seed([moved])
        ledger.write(Outcome(target, "read", 2.0, status=200, found=[Found("https://north.press.test/1", "section", 50, 1, target)]))
        ledger.seed([start_page("https://nobody.example/1")])
    with crawl_of(where, "zh") as crawl:
        assert handed_out(crawl) == set()
    with crawl_of(where, "north") as crawl:
        assert handed_out(crawl) == {"https://north.press.test/1"}


def test_what_another_source_left_out_is_not_admitted(where: str) -> None:
    with ledger_of(where) as (engine, ledger):
        left = [Found(f"https://{name}.press.example/deep", "section", 50, 3, None, 0, "left out: deeper than --depth 2") for name in ("zh", "en")]
        (start,) = ledger.seed([start_page("https://zh.press.example/")])
        ledger.write(Outcome(start, "read", 1.0, status=200, found=left))
    with crawl_of(where, "zh") as crawl:
        assert handed_out(crawl) == {"https://zh.press.example/deep"}
    with ledger_of(where) as (engine, _), engine.begin() as connection:
        assert connection.execute(sa.select(pages.c.state).where(pages.c.host == "en.press.example")).scalar_one() == "refused"


# ---- whole crawls

PROSE = "The harbour was closed on Monday, and the ferries waited outside until the fog had lifted over the town. " * 4


def page(title: str, links: list[str]) -> bytes:
    items = "".join(f'<li><a href="{link}">What happened next at the harbour, report {link[-6]}</a></li>' for link in links)
    article = f"<article><h1>{title}</h1><p>{PROSE}</p><p>{title}. {PROSE}</p></article>"
    return f"<html><head><title>{title}</title></head><body>{article}<ul>{items}</ul></body></html>".encode()


@contextmanager
def two_sources(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """One server under two names, which are two sources; what was asked for, as host and path."""
    asked: list[str] = []

    def answer(path: str, port: int) -> bytes:
        asked.append(path)
        if not path.endswith(".html"):
            return b""
        name = re.findall(r"/([ab])-", path)[0]
        links = [f"/2026/01/03/{name}-report-{number}.html" for number in range(6)] if "start" in path else []
        return page(f"Fog over the harbour {name} {path[-6]}", links)

    with serving(answer) as port:
        file = folder / "sources.toml"
        hosts = {"a": "127.0.0.1", "b": "localhost"}
        file.write_text("".join(f'[source.{name}]\nstart_pages = ["http://{host}:{port}/2026/01/02/{name}-start.html"]\n' for name, host in hosts.items()))
        yield file, asked


def crawl(file: Path, db: str, *words: str) -> Ran:
    ran = newscrawler("crawl", "--sources", str(file), "--db", db, *CRAWL, "--allow-private", "localhost", *words)
    assert ran.code == 0, ran.err
    return ran


def of_news(asked: list[str]) -> list[str]:
    return [path for path in asked if path.endswith(".html")]


def test_a_run_of_one_source_leaves_what_is_queued_of_the_other(where: str, tmp_path: Path) -> None:
    with two_sources(tmp_path) as (file, asked):
        assert "stopped at the limit" in crawl(file, where, "--only", "a", "--max-pages", "1").err
        waiting = json.loads(newscrawler("status", "--json", "--db", where).out)["pages"]["queued"]
        asked.clear()
        ran = crawl(file, where, "--only", "b", "--limit", "7")
        assert of_news(asked) and all("/b-" in path for path in of_news(asked))
        assert re.search(r"^ +7  articles$", ran.err, re.MULTILINE), "the limit counts its own articles"
        assert f"{waiting:>8,}  pages of other sources wait for their own crawl" in ran.err
        assert json.loads(newscrawler("status", "--json", "--db", where).out)["pages"]["queued"] >= waiting, "they wait, and status tells"
        asked.clear()
        crawl(file, where, "--only", "a")
        assert {path for path in of_news(asked) if "report" in path} == {f"/2026/01/03/a-report-{number}.html" for number in range(6)}
        assert newscrawler("audit", "--db", where).code == 0


def test_without_only_all_sources_of_the_file_are_crawled_and_nothing_else(tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    with two_sources(tmp_path) as (file, asked), serving(lambda path, port: page("Elsewhere", [f"/2026/01/03/c-report-{n}.html" for n in range(3)])) as port:
        newscrawler("crawl", f"http://127.0.0.1:{port}/2026/01/02/c-start.html", "--db", db, *CRAWL, "--max-pages", "1")
        ran = crawl(file, db)
        assert {path[12] for path in of_news(asked)} == {"a", "b"}
        assert re.search(r"pages of other sources wait", ran.err)
        story = newscrawler("why", f"http://127.0.0.1:{port}/2026/01/03/c-report-0.html", "--db", db)
        assert "queued" in story.out + story.err
