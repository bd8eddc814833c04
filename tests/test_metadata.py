"""What pages say about an article: title, writers, dates. Cases are data; pages here are small and written for the one thing they show."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import extract_page
from newscrawler.extract.bylines import byline_in, byline_of, cut_tail_byline
from newscrawler.extract.classes import mark_of
from newscrawler.extract.dates import find_date, written
from newscrawler.extract.language import language_of
from newscrawler.extract.linked_data import linked_data_of
from newscrawler.extract.marks import AUTHOR, DATE, MODIFIED
from newscrawler.extract.names import chinese_people, people
from newscrawler.extract.pictures import split_credit
from newscrawler.extract.titles import MAX_SAID, site_names, without_site
from newscrawler.extract.zones import is_american, site_zone
from newscrawler.items import Article

CASES: dict[str, list[list[Any]]] = json.loads((Path(__file__).parent / "cases" / "metadata.json").read_text(encoding="utf-8"))
URL = "https://news.example/2024/01/02/a-story-of-five-words.html"
PARAGRAPHS = "".join(
    f"<p>Paragraph {number} tells at some length what the people of the town had seen, heard and said on that day, and why they did.</p>" for number in range(8)
)
ABSATZ = "".join(f"<p>第{number}段讲的是当天镇上的人们看到、听到、说过的事情，以及他们为什么这样做，说得相当详细，大家都很满意。</p>" for number in range(8))


def article_of(body: str, head: str = "", url: str = URL, text: str = PARAGRAPHS, attributes: str = "") -> Article:
    page = extract_page(f"<html {attributes}><head>{head}</head><body>{body.replace('TEXT', text)}</body></html>", url)
    assert page.article is not None, page.reason
    return page.article


@pytest.mark.parametrize(("text", "names"), CASES["names"])
def test_names_in_a_text(text: str, names: list[str]) -> None:
    assert people([text]) == names


@pytest.mark.parametrize(("line", "names"), CASES["bylines"])
def test_byline_of_a_line(line: str, names: list[str]) -> None:
    assert byline_of(line)[1] == names


@pytest.mark.parametrize(("lines", "names"), CASES["leads"])
def test_byline_in_a_text(lines: list[str], names: list[str]) -> None:
    assert byline_in(lines)[1] == names


@pytest.mark.parametrize(("text", "names"), CASES["tails"])
def test_byline_that_closes_a_text(text: str, names: list[str]) -> None:
    rest, _, found = cut_tail_byline(text)
    assert found == names
    assert (rest == text) is not bool(names)


@pytest.mark.parametrize(("text", "expected"), CASES["dates"])
def test_dates(text: str, expected: str | None) -> None:
    moment = find_date(text)
    assert (moment.value.isoformat() if moment else None) == expected


@pytest.mark.parametrize(("text", "expected"), CASES["short_dates"])
def test_years_of_two_digits_only_where_a_date_is_expected(text: str, expected: str | None) -> None:
    moment = find_date(text, short=True)
    assert (moment.value.isoformat() if moment else None) == expected
    assert find_date(text) is None


def test_the_first_date_of_a_line_counts_whatever_its_form() -> None:
    moment = find_date("Created March 3, 2024, changed 2024-04-05")
    assert moment is not None
    assert moment.value.day == 3


def test_american_pages_write_the_month_first() -> None:
    moment = find_date("03/04/2024", month_first=is_american("site.example.com", ("en-US",)))
    assert moment is not None
    assert (moment.value.month, moment.value.day) == (3, 4)
    assert not is_american("site.example.co.uk", ("en",))
    assert not is_american("site.example.com", ("en-GB",))


@pytest.mark.parametrize(("title", "sites", "expected"), CASES["titles"])
def test_title_without_site(title: str, sites: list[str], expected: str) -> None:
    assert without_site(title, set(sites)) == expected


def test_a_title_of_megabytes_is_cut() -> None:
    long = "長" * 1_000_000
    page = extract_page(f"<html><head><title>{long}</title></head><body><h1>{long}</h1>{PARAGRAPHS}</body></html>", URL)
    assert page.article is not None and page.article.title == long[:MAX_SAID]


@pytest.mark.parametrize(("name", "prop", "expected"), CASES["marks"])
def test_marks(name: str | None, prop: str | None, expected: str | None) -> None:
    kind = mark_of(name, prop)
    assert [word for word, bit in (("author", AUTHOR), ("date", DATE), ("modified", MODIFIED)) if kind & bit] == ([expected] if expected else [])


def test_zones() -> None:
    assert str(site_zone("www.site.de", (), None)) == "Europe/Berlin"
    assert str(site_zone("www.site.com", ("de_AT",), "de")) == "Europe/Vienna"
    assert str(site_zone("www.site.com", (), "zh-Hans")) == "Asia/Shanghai"
    assert str(site_zone("www.site.com.tw", (), "zh-Hans")) == "Asia/Taipei"
    assert site_zone("www.site.com", ("en_US",), "en") is None


def test_a_time_in_utc_is_written_as_the_readers_saw_it() -> None:
    moment = find_date("2022-11-06T23:00:00Z")
    assert moment is not None
    assert written(moment, site_zone("site.de", (), None)) == ("2022-11-07T00:00:00+01:00", "second", "page")
    assert written(moment, UTC)[0] == "2022-11-06T23:00:00+00:00"
    old = find_date("1901-02-03 10:20")
    assert old is not None
    assert written(old, site_zone("site.cn", (), None)) == ("1901-02-03", "day", "none")  # the offset had seconds then


HEADINGS = {
    "the h1 that <title> begins with": ("<h1>Example News</h1><h1>A house by the sea</h1>TEXT", "<title>A house by the sea - Example News</title>"),
    "a linked h1 is the site's name": ("<h1><a href='/'>Seaside</a></h1><h2>A house by the sea</h2>TEXT", "<title>Seaside » A house by the sea</title>"),
    "a kicker before <br>": ("<h1>Living<br>A house by the sea</h1>TEXT", "<title>A house by the sea | Example News</title>"),
    "a kicker with a colon": ("<h1>Living: A house by the sea</h1>TEXT", "<meta property='og:title' content='A house by the sea'>"),
    "a soft hyphen": ("<h1>Living: A house by the s\u00adea</h1>TEXT", "<meta property='og:title' content='A house by the sea'>"),
    "marked by class": ("<div class='article-title'>A house by the sea</div>TEXT", "<title>A house by the sea_news</title>"),
    "a line that <title> begins with": ("<div>A house by the sea</div>TEXT", "<title>A house by the sea Town Quality Example</title>"),
    "no heading": ("TEXT", "<title>A house by the sea | Example News</title>"),
    "the heading wins over a title for machines": ("<h1>A house by the sea</h1>TEXT", "<title>Best sea houses to see this year</title>"),
    "a heading of a list is none": ("TEXT<h2>Other stories from the town</h2>", "<title>A house by the sea</title>"),
    "og:site_name that is the title": ("TEXT", "<meta property='og:site_name' content='A house by the sea'><title>A house by the sea</title>"),
}


@pytest.mark.parametrize("name", HEADINGS)
def test_headline(name: str) -> None:
    body, head = HEADINGS[name]
    assert (article_of(body, head).title or "").replace("\u00ad", "") == "A house by the sea"


WRITERS = {
    "microdata": "<h1>A house by the sea</h1><span itemprop='author'><span itemprop='name'>Anna Weber</span></span>TEXT",
    "rel": "<h1>A house by the sea</h1><p>Written with care <a rel='author' href='/x'>Anna Weber</a></p>TEXT",
    "class": "<h1>A house by the sea</h1><div class='byline'>By <span class='author-name'>Anna Weber</span> 3 hours ago</div>TEXT",
    "a link to the writer's page": "<h1>A house by the sea</h1><div><a href='/authors/anna-weber'>Anna Weber</a></div>TEXT",
    "a printed line": "<h1>A house by the sea</h1><p>By Anna Weber</p>TEXT",
    "comments are no source": "<h1>A house by the sea</h1><p>By Anna Weber</p>TEXT<div class='comments'><span class='author'>Tom Young</span></div>",
    "a writer below": "<h1>A house by the sea</h1>TEXT<div class='author-info'><a rel='author' href='/a'>View all posts by Anna Weber</a></div>",
}


@pytest.mark.parametrize("name", WRITERS)
def test_writers(name: str) -> None:
    assert article_of(WRITERS[name]).authors == ["Anna Weber"]


def test_the_site_is_no_writer_where_there_is_another() -> None:
    head = "<meta property='og:site_name' content='Example News'><meta name='author' content='Example News'>"
    assert article_of("<h1>A house by the sea</h1><div class='byline'>Anna Weber</div>TEXT", head).authors == ["Anna Weber"]
    assert article_of("<h1>A house by the sea</h1>TEXT", head).authors == ["Example News"]


def test_labels_of_a_form_are_no_chinese_writers() -> None:
    assert chinese_people(["账号", "密码", "我的跟贴", "chinanews", "王小明", "安德魯．史密森"]) == ["王小明", "安德魯．史密森"]
    article = article_of("<h1>海边的房子和镇上的人们</h1><div class='author'>账号</div><p>（记者 王小明）</p>TEXT", text=ABSATZ)
    assert (article.authors, article.byline) == (["王小明"], "记者 王小明")


def test_linked_data_names_persons_by_id_and_organisations_apart() -> None:
    graph = {
        "@graph": [
            {"@type": "NewsArticle", "headline": "A &amp; B", "author": [{"@id": "#anna"}, {"@type": "Organization", "name": "Example News"}]},
            {"@type": "WebPage", "datePublished": "2024-01-02"},
            {"@type": "Person", "@id": "#anna", "name": "Anna Weber"},
        ]
    }
    data = linked_data_of(["<!-- " + json.dumps(graph) + " -->"])
    assert (data.is_article, data.headline, data.published) == (True, "A & B", "2024-01-02")
    assert (data.authors, data.organisations) == (["Anna Weber"], ["Example News"])


def test_lists_in_lists_of_linked_data_cost_no_more_than_their_length() -> None:
    text = json.dumps([[[]] * 2000] * 500)
    began = process_time()
    linked_data_of([text])
    assert process_time() - began < 20  # it takes 0.1 s, and took minutes


def test_broken_linked_data_still_tells_a_date() -> None:
    data = linked_data_of(['{"@type": "NewsArticle", "datePublished": "2024-01-02T10:20:30Z", oops'])
    assert (data.is_article, data.published) == (False, "2024-01-02T10:20:30Z")


PUBLISHED = {
    "microdata": ("<span itemprop='datePublished' content='2023-05-06'>gestern</span>", "2023-05-06", "time"),
    "time": ("<time datetime='2023-05-06'>6 May</time>", "2023-05-06", "time"),
    "class": ("<span class='publish-date'>06.05.23</span>", "2023-05-06", "text"),
    "a change is no publication": ("<p>Last updated: 7 May 2023</p><p>Published: 6 May 2023</p>", "2023-05-06", "text"),
    "a change, where nothing else is": ("<p>Last updated: 6 May 2023</p>", "2023-05-06", "text"),
    "a lone line": ("<div>6 May 2023 · 5 min read</div>", "2023-05-06", "text"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published(name: str) -> None:
    body, date, source = PUBLISHED[name]
    article = article_of(f"<h1>A house by the sea</h1>{body}TEXT", url="https://news.example/a-story-of-five-words.html")
    assert (article.date_published, article.date_published_source) == (date, source)


def test_an_event_in_the_header_is_no_publication() -> None:
    menu = "".join(f"<div>Section {number} of the site</div>" for number in range(30))
    article = article_of(f"<span class='date'>01.11.2025</span>{menu}<h1>A house by the sea</h1>TEXT")
    assert (article.date_published, article.date_published_source) == ("2024-01-02", "url")


def test_day_of_the_head_is_refined_by_the_line() -> None:
    article = article_of("<h1>A house by the sea</h1><p>2024-01-02 10:20</p>TEXT", "<meta name='pubdate' content='2024-01-02'>", "https://news.site.de/a.html")
    assert (article.date_published, article.tz_source) == ("2024-01-02T10:20:00+01:00", "site")


@pytest.mark.parametrize(("text", "declared", "expected"), CASES["languages"])
def test_language(text: str, declared: str, expected: str | None) -> None:
    assert language_of(text, declared)[0] == expected


@pytest.mark.parametrize(("caption", "rest", "credit"), CASES["credits"])
def test_credit_of_a_picture(caption: str, rest: str | None, credit: str | None) -> None:
    assert split_credit(caption) == (rest, credit)


def test_sections_keywords_and_access() -> None:
    trail = {"@type": "BreadcrumbList", "itemListElement": [{"item": {"name": name}} for name in ("Home", "Town", "A house by the sea")]}
    head = f"<script type='application/ld+json'>{json.dumps(trail)}</script><meta name='article:content_tier' content='metered'>"
    tags = "<a rel='tag' href='/t/sea'>Sea</a><a rel='category tag' href='/c/town'>Town</a><a rel='tag' href='/t/houses'>Houses</a>"
    article = article_of(f"<h1>A house by the sea</h1><img src='/a.jpg'>TEXT<p>{tags}</p>", head)
    assert (article.sections, article.keywords, article.is_accessible_for_free) == (["Town"], ["Sea", "Houses"], False)
    assert article.image_url == "https://news.example/a.jpg"


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    people([text])
    byline_of(text)
    byline_in(text.split("\n"))
    cut_tail_byline(text)
    find_date(text, short=True)
    without_site(text, site_names(text, URL))
    mark_of(text, text)
    linked_data_of([text])
    language_of(text, text)
    split_credit(text)


LONG = {
    "spaces": " " * 100_000 + "2024",
    "spaced digits": "1 . " * 30_000 + "2024",
    "names": "王小明、" * 30_000,
    "brackets": "（记者 " * 30_000,
    "capitals": "Anna Weber and " * 10_000,
    "separators": "a - b | " * 15_000,
    "dates": "3 March " * 15_000 + "2024",
    "words": "by " * 50_000,
}


@pytest.mark.parametrize("name", LONG)
def test_no_text_takes_long(name: str) -> None:
    start = process_time()
    text = LONG[name]
    people([text])
    byline_of(text)
    cut_tail_byline(text)
    find_date(text, short=True)
    without_site(text, set())
    assert process_time() - start < 20  # backtracking takes minutes


def test_many_linked_headings_take_no_square_of_time() -> None:
    start = process_time()
    article_of("".join(f"<h2><a href='/s/{number}'>Heading {number} of a long page</a></h2>" for number in range(5_000)) + "<h1>A house by the sea</h1>TEXT")
    assert process_time() - start < 20
