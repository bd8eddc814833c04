"""Crawls by sources.toml: which pages belong to a source, its sister domains, its pause, and the commands around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import CRAWL, Ran, newscrawler, run_warm, serving
from scrapy.utils.test import get_crawler

from newscrawler.cli.init import TEMPLATE
from newscrawler.cli.running import Options, plan_of, settings_of
from newscrawler.config import RULED, Source, read_sources
from newscrawler.extract import extract_page
from newscrawler.frontier import Crawl, Scope, settle
from newscrawler.items import RawPage
from newscrawler.spiders.news import NewsSpider
from newscrawler.store import Task, connect

PROSE = "The harbour was closed on Monday, and the ferries waited outside until the fog had lifted over the town. " * 4
NORTH = Source(
    "north",
    ("https://www.north.example/",),
    allowed_domains=("www.north.example",),
    sister_domains=("north-extra.test",),
    include=(re.compile(r"/20\d\d/"),),
    exclude=(re.compile("/sport/"),),
    delay=3.0,
)
SOUTH = Source("south", ("https://south.example/",), exclude=(re.compile("/2026/b"),))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.north.example/2026/a", None),
        ("https://www.north.example/about", "left out by include of source north"),
        ("https://www.north.example/sport/2026/a", "left out by exclude of source north"),
        ("https://shop.north.example/2026/a", "left out by allowed_domains of source north"),
        ("https://www.north-extra.test/2026/a", None),
        ("https://m.south.example/about", None),
        ("https://south.example/2026/b", "left out by exclude of source south"),
        ("https://elsewhere.test/about", None),
        ("https://notnorth-extra.test/about", None),
    ],
)
def test_each_source_has_its_own_rules(url: str, reason: str | None) -> None:
    assert Scope(sources=(NORTH, SOUTH)).reason(url, 1) == reason


def test_where_sources_meet_one_that_admits_is_enough() -> None:
    zh = Source("zh", ("https://a.example/zh/",), include=(re.compile("/zh/"),))
    en = Source("en", ("https://a.example/en/",), include=(re.compile("/en/"),))
    scope = Scope(sources=(zh, en))
    assert scope.reason("https://a.example/en/1", 1) is None
    assert scope.reason("https://a.example/fr/1", 1) == "left out by include of source zh"


def test_sisters_reach_both_ways_and_no_further() -> None:
    scope = Scope(sources=(NORTH, SOUTH))
    assert scope.is_sister("https://www.north.example/", "https://m.north-extra.test/a")
    assert scope.is_sister("https://north-extra.test/a", "https://www.north.example/")
    assert not scope.is_sister("https://south.example/", "https://north-extra.test/")
    assert scope.sisters_of("https://south.example/") == frozenset()


def test_a_redirect_to_a_sister_is_followed() -> None:
    asked = Task(1, "https://www.north.example/2026/a", "www.north.example", 1, 0, 0, 0, "section", None)
    for target, refused in (("https://north-extra.test/2026/a", None), ("https://elsewhere.test/2026/a", "a redirect to another site")):
        raw = RawPage(1, asked.url, "response", 5.0, 301, {"location": target})
        found = settle(raw, asked, Scope(sources=(NORTH,))).redirected_to
        assert found is not None and found.refused == refused


def test_links_to_a_sister_are_links_within_the_site() -> None:
    items = "".join(
        f'<li><a href="https://x.north-extra.test/2026/01/0{n}/story-of-the-harbour-{n}.html">The harbour, part {n}, and what came of it</a></li>'
        for n in range(1, 8)
    )
    text = f"<html><body><h1>News</h1><ul>{items}</ul></body></html>"
    kinds = [
        {link.kind for link in extract_page(text, "https://www.north.example/", sisters=sisters).links}
        for sisters in (frozenset(), frozenset({"north-extra.test"}))
    ]
    assert kinds == [{"other"}, {"article"}]


def test_the_pause_is_the_sources_unless_the_command_says_one() -> None:
    plan, settings = plan_of(Options([], sources=[NORTH, SOUTH])), settings_of(Options([], sources=[NORTH, SOUTH]))
    assert (plan.delay_of("www.north.example"), plan.delay_of("south.example:8080"), settings["DOWNLOAD_DELAY"]) == (3.0, 1.0, 1.0)
    plan = plan_of(Options([], sources=[NORTH, SOUTH], delay=0.5))
    assert plan.delay_of("www.north.example") == 0.5


def page(title: str, links: list[str]) -> bytes:
    items = "".join(f'<li><a href="{link}">What happened next at the harbour, a report</a></li>' for link in links)
    article = f"<article><h1>{title}</h1><p>{PROSE}</p><p>{title}. {PROSE}</p></article>"
    return f"<html><head><title>{title}</title></head><body>{article}<ul>{items}</ul></body></html>".encode()


@contextmanager
def two_hosts() -> Iterator[tuple[str, str]]:
    """One server under two names, which are two sites: pages of the first link to articles of the second."""

    def answer(path: str, port: int) -> bytes:
        links = [f"http://localhost:{port}/2026/01/03/harbour-report-{number}.html" for number in range(4)] if "start" in path else []
        return page(f"Fog over the harbour {path[-6:-5]}", links) if path.endswith(".html") else b""

    with serving(answer) as port:
        yield f"http://127.0.0.1:{port}/2026/01/02/start.html", "localhost"


def test_a_crawl_by_sources_goes_to_sister_domains(tmp_path: Path) -> None:
    file, db = tmp_path / "sources.toml", str(tmp_path / "news.db")
    with two_hosts() as (start, sister):
        other = start.replace("start.html", "never.html")
        rest = f'[source.other]\nstart_pages = ["{other}"]\n'
        for extra, articles in (("", 1), (f'sister_domains = ["{sister}"]\n', 5)):
            file.write_text(f'[source.fog]\nstart_pages = ["{start}"]\n{extra}{rest}')
            ran = newscrawler("crawl", "--sources", str(file), "--only", "fog", "--db", db, *CRAWL, "--allow-private", "localhost")
            assert ran.code == 0, ran.err
            assert json.loads(newscrawler("status", "--json", "--db", db).out)["articles"] == articles
    assert "never seen" in newscrawler("why", other, "--db", db).err, "the other source's start page was not asked for"
    ran = newscrawler("reextract", "--db", db, "--sources", str(file))
    assert ran.code == 0 and "5 unchanged" in ran.err


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("[source.a]\nstart_pages = ['news.example']", [], "source 'a': start_pages"),
        ("[source.a]\nstart = ['https://news.example/']", [], "'start' is unknown"),
        ("[source.a]\nstart_pages = ['https://news.example/']", ["--only", "b"], "it has a"),
        (None, [], "cannot be read"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_code_2_before_anything_happens(text: str | None, words: list[str], said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "sources.toml").write_text(text)
    ran = newscrawler("crawl", "--sources", "sources.toml", *words, cwd=tmp_path)
    assert ran.code == 2 and said in ran.err and "sources.toml" in ran.err and ran.err.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_page_class_that_breaks_stops_its_own_source_alone(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import no_such_module\n")
    file, db = tmp_path / "sources.toml", str(tmp_path / "news.db")
    with two_hosts() as (start, host):
        broken = start.replace("127.0.0.1", host)
        file.write_text(f'[source.good]\nstart_pages = ["{start}"]\n[source.bad]\nstart_pages = ["{broken}"]\npage = "broken:Story"\n')
        good, bad, all_ = (newscrawler("crawl", "--sources", str(file), *only, "--db", db, *CRAWL) for only in (("--only", "good"), ("--only", "bad"), ()))
    assert good.code == 0 and "1  articles" in good.err and "broken" not in good.err
    for ran in (bad, all_):
        assert ran.code == 2 and ran.err.count("\n") == 1
        assert "sources.toml:5: source 'bad': page: 'broken:Story' cannot be imported: ModuleNotFoundError" in ran.err


def test_a_page_of_a_source_whose_class_cannot_be_had_is_read_without_it_and_that_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "sources.toml"
    lines = "start_pages = ['https://press.example/']"
    file.write_text(f"[source.good]\n{lines}\n[source.bad]\n{lines}\npage = 'no_such_module:Story'\n")
    _, bad = read_sources(file, "good")
    text = page("Fog over the harbour", []).decode()
    found = extract_page(text, "https://press.example/2026/01/02/a.html", rules=bad.rules)
    assert found.article is not None and found.article.title == "Fog over the harbour"
    assert "no_such_module:Story failed: RuntimeError: 'no_such_module:Story' cannot be imported" in caplog.text


@pytest.mark.parametrize(
    "words",
    [
        "crawl",
        "extract page.html --url https://a.example/1.html",
        "reextract --db news.db",
        "schedule --list",
        "schedule --print cron",
        "why https://a.example/ --db news.db",
    ],
)
def test_every_command_checks_the_whole_file(words: str, tmp_path: Path) -> None:
    connect(str(tmp_path / "news.db"), create=True).dispose()
    (tmp_path / "page.html").write_text("<h1>The ferry</h1>")
    (tmp_path / "sources.toml").write_text('[source.a]\nstart_pages = ["https://a.example/"]\nevery = "1h"\n[alerts]\nmail = "a@b.example"\n')
    ran = newscrawler(*words.split(), "--sources", "sources.toml", cwd=tmp_path)
    said = "newscrawler: sources.toml:5: alerts: 'mail' is unknown: the fields are webhook, smtp, mail_from, mail_to\n"
    assert (ran.code, ran.out, ran.err) == (2, "", said)


def test_only_needs_sources(tmp_path: Path) -> None:
    ran = newscrawler("crawl", "--only", "a", cwd=tmp_path)
    assert ran.code == 2 and "--sources" in ran.err and ran.err.count("\n") == 1


def test_init_writes_a_file_that_reads_and_never_over_another(tmp_path: Path) -> None:
    ran = newscrawler("init", cwd=tmp_path)
    assert ran.code == 0 and ran.out == "" and "sources.toml written" in ran.err
    file = tmp_path / "sources.toml"
    (source,) = read_sources(file)
    assert source.name == "example" and not source.include
    file.write_text("mine")
    again = newscrawler("init", cwd=tmp_path)
    assert again.code == 2 and "exists already" in again.err and file.read_text() == "mine"


def test_every_field_in_the_example_holds_when_taken_in(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    (tmp_path / "stories.py").write_text("class Story:\n    def read_article(self, page):\n        return page.article\n")
    file.write_text(re.sub(r"^# (\w+ = |\[)", r"\1", TEMPLATE, flags=re.MULTILINE))
    (source,) = read_sources(file)
    assert source.allowed_domains and source.sister_domains and source.include and source.exclude and source.delay == 2.5
    assert source.article_urls and source.hub_urls and source.other_urls and source.page is not None
    always, earlier = source.extract
    assert {rule.field for rule in always.rules} == set(RULED) and always.remove
    assert earlier.period == "from 2012-01-01 until 2019-06-30"
    assert source.include[0].search("https://news.example.com/2026/1.html")


def test_a_short_pause_of_one_source_is_not_that_of_the_others(tmp_path: Path) -> None:
    options = Options([], db=str(tmp_path / "news.db"), sources=[replace(NORTH, delay=0.2), SOUTH])
    assert settings_of(options)["DOWNLOAD_DELAY"] == 0.2
    crawl = Crawl(plan_of(options))
    try:
        crawler = get_crawler(NewsSpider, settings_of(options))
        crawler.engine = SimpleNamespace(downloader=SimpleNamespace(slots={"elsewhere.test": SimpleNamespace(delay=4.0)}))
        spider = NewsSpider.from_crawler(crawler, crawl=crawl)
        assert [spider.delay_of(host) for host in ("www.north.example", "south.example", "elsewhere.test:81")] == [0.2, 1.0, 4.0]
    finally:
        crawl.close("finished")


@pytest.mark.parametrize(
    "given",
    [
        ["-a", "sources=bad.toml"],
        ["-s", "NEWSCRAWLER_SOURCES=bad.toml"],
        ["-a", "sources=good.toml", "-a", "only=b"],
        ["-a", "only=b"],
    ],
)
def test_scrapy_crawl_says_in_one_line_what_is_wrong_with_sources(given: list[str], tmp_path: Path) -> None:
    ran = scrapy_crawl(tmp_path, "https://a.example/", *given)
    told = [line for line in ran.err.splitlines() if "ERROR" in line]
    assert ran.code == 2 and len(told) == 1 and "Traceback" not in ran.err and not (tmp_path / "x.db").exists()
    assert any(words in told[0] for words in ("bad.toml:2: source 'a': start_pages", "--only b"))


def test_scrapy_crawl_takes_the_start_pages_of_sources(tmp_path: Path) -> None:
    with two_hosts() as (start, _):
        ran = scrapy_crawl(tmp_path, start, "-a", "sources=good.toml", "-s", "NEWSCRAWLER_ONLY=a")
    assert ran.code == 0 and json.loads(newscrawler("status", "--json", "--db", str(tmp_path / "x.db")).out)["articles"] == 1, ran.err


def scrapy_crawl(folder: Path, start: str, *given: str) -> Ran:
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = newscrawler.settings\n")
    (folder / "bad.toml").write_text("[source.a]\nstart_pages = ['x']\n")
    (folder / "good.toml").write_text(f"[source.a]\nstart_pages = ['{start}']\n")
    settings = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "NEWSCRAWLER_ALLOW_PRIVATE=127.0.0.1", "NEWSCRAWLER_DB=x.db")
    words = ("crawl", "news", *given, *(word for one in settings for word in ("-s", one)))
    return run_warm("scrapy", words, cwd=folder)
