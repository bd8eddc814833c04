"""Addresses without end: what is given up and what never is (pure), and whole crawls of sites that make them up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from conftest import CRAWL, Ran, newscrawler
from hypothesis import given
from hypothesis import strategies as st
from test_manners import ARTICLE, site

from newscrawler.frontier.barren import AGAIN, IN_A_ROW, IN_A_ROW_OF_HOST, PREFIX, Barren, pattern_of
from newscrawler.frontier.scope import MAX_FOLDERS, Scope
from newscrawler.store import Found

LIST = "https://a.example/cal?page={}"


def read_empty(barren: Barren, number: int, url: str = LIST) -> list[bool]:
    return [barren.empty(url.format(one)) for one in range(number)]


def test_a_row_of_pages_that_bring_nothing_ends_it() -> None:
    barren = Barren()
    assert read_empty(barren, IN_A_ROW) == [False] * (IN_A_ROW - 1) + [True]
    why = barren.reason(LIST.format(999), "section")
    assert why is not None and why.startswith(f"{PREFIX}a.example/cal? ({IN_A_ROW} pages")
    assert barren.reason(LIST.format(999), "related") is not None
    assert {barren.reason(LIST.format(999), by) for by in ("seed", "feed", "sitemap")} == {None}, "somebody names these"
    assert barren.reason("https://a.example/news/1", "section") is None
    assert barren.reason("https://b.example/cal?page=1", "section") is None


def test_whatever_brings_an_article_begins_a_new_row() -> None:
    for url, found_on in ((LIST.format(7), None), ("https://a.example/news/1.html", LIST.format(7))):
        barren = Barren()
        read_empty(barren, IN_A_ROW - 1)
        barren.brought(url, found_on)
        assert not any(read_empty(barren, IN_A_ROW - 1))
        assert barren.reason(LIST.format(1), "section") is None


def test_a_host_that_makes_up_folders_is_given_up_later() -> None:
    folders = [f"https://a.example/{chr(97 + one % 26)}{chr(97 + one // 26 % 26)}{chr(97 + one // 676)}/b/c" for one in range(IN_A_ROW_OF_HOST)]
    barren = Barren()
    assert [barren.empty(url) for url in folders].index(True) == IN_A_ROW_OF_HOST - 1
    assert "a.example (" in str(barren.reason("https://a.example/new/b/c", "section"))


def test_a_later_crawl_tries_a_few_more() -> None:
    first = Barren()
    read_empty(first, IN_A_ROW)
    later = Barren([str(first.reason(LIST.format(1), "section"))])
    assert later.reason(LIST.format(1), "section") is None
    assert read_empty(later, AGAIN).index(True) == AGAIN - 1
    later.brought(LIST.format(5))
    assert later.reason(LIST.format(1), "section") is None


@given(st.text(max_size=60))
def test_no_address_breaks_it(text: str) -> None:
    barren = Barren([PREFIX + text])
    for url in (text, f"https://a.example/{text}", f"http://[{text}"):
        barren.empty(url)
        barren.sift([Found(url, "section", 1, 1)])
        assert pattern_of(url) == pattern_of(url)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/2011/11/11/11.html", None),
        ("/a/b/a/b/a/b/", None),
        ("/a/b/a/b/a/b/a/", "the path repeats itself: more than 3 times /a/"),
        ("/a//////b", None),
        ("/x" * MAX_FOLDERS, "the path repeats itself: more than 3 times /x/"),
        ("/" + "/".join(map(str, range(MAX_FOLDERS))), None),
        ("/" + "/".join(map(str, range(MAX_FOLDERS + 1))), f"the path is deeper than {MAX_FOLDERS} folders"),
        ("/read?u=/a/a/a/a/a/a/a/a/a", None),
    ],
)
def test_paths_that_nest(path: str, why: str | None) -> None:
    assert Scope().reason(f"https://a.example{path}", 1) == why


# ---- whole crawls


def page(*links: str) -> tuple[int, dict[str, str], str]:
    return 200, {}, "<h1>Calendar</h1><p>Nothing on.</p><ul>" + "".join(f'<li><a href="{one}">{one[-12:]}</a>' for one in links) + "</ul>"


def made_up(path: str, _before: int) -> tuple[int, dict[str, str], str]:
    parts = urlsplit(path)
    asked = dict(parse_qsl(parts.query))
    if path == "/":
        return page("/archive/calendar/?y=2026&m=1", "/2026/11/24/the-story-of-the-day.html")
    if parts.path == "/archive/calendar/":
        month = int(asked["y"]) * 12 + int(asked["m"])
        links = [f"/archive/calendar/?y={(month + one) // 12}&m={(month + one) % 12}" for one in (-1, 1, 12)]
        return page(*links, *([f"/2025/0{month % 9}/11/story-of-a-month.html"] if month < 2026 * 12 + 5 else []))
    return (200, {}, ARTICLE.format(path)) if path.startswith("/20") else (404, {}, "")


def crawl(url: str, db: Path, *words: str) -> Ran:
    """A crawl that gives up after five pages in a row, and after two more in later crawls."""
    few = "import newscrawler.frontier.barren as barren; barren.IN_A_ROW, barren.AGAIN = 5, 2"
    return newscrawler("crawl", url, "--db", str(db), *CRAWL, *words, before=few)


def test_a_calendar_without_end_is_given_up_and_told(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with site(made_up) as (url, asked):
        assert (ran := crawl(f"{url}/", db)).code == 0
        months = [path for _, path in asked if path.startswith("/archive/")]
        assert 5 <= len(months) < 64, "a row of five, and what was handed out by then"
        rows = dict(sqlite3.connect(db).execute("SELECT url, reason FROM pages WHERE state = 'refused'").fetchall())
        assert rows and all(why.startswith(f"without end: {urlsplit(url).netloc}/archive/calendar? (5 pages") for why in rows.values())
        assert "without end" in ran.err
        assert sqlite3.connect(db).execute("SELECT count(*) FROM pages WHERE state = 'queued'").fetchone() == (0,)
        assert newscrawler("audit", "--db", str(db)).code == 0
        assert "without end" in newscrawler("why", next(iter(rows)), "--db", str(db)).out

        refused = next(iter(rows))
        asked.clear()
        assert crawl(refused, db).code == 0, "a start page is asked for whatever was given up"
        again = [path for _, path in asked if path.startswith("/archive/")]
        assert refused.endswith(again[0]) and len(again) < 40
