"""Kinds of links: whole small pages as cases, and each part that gives points."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import extract_page
from newscrawler.extract.addresses import Resolver, Site
from newscrawler.extract.anchors import TERMS as WORD_TERMS
from newscrawler.extract.anchors import word_points, words_of
from newscrawler.extract.blocks import Neighbours, Relation
from newscrawler.extract.explain import explain_link
from newscrawler.extract.forms import TERMS, form_of, form_points
from newscrawler.extract.headings import headings_over, offers_reading, sub_of_heading
from newscrawler.extract.outline import outline_of
from newscrawler.extract.parse import parse_html
from newscrawler.extract.points import weigh

CASES = json.loads((Path(__file__).parent / "cases" / "links.json").read_text(encoding="utf-8"))
ITEM = "老船长和他的口琴：三十年的坚持，从河边的码头一直讲到山里的小学，还有一座还没有名字的桥，和它的工匠"
PARAGRAPH = "这一段文字与前面的列表没有关系，它只是说，河边的图书馆今年春天重新开门，欢迎大家常来坐坐。"
TEXTS = {
    "@long1": "Am Sonntagabend legte die letzte Fähre der Saison ab, mit elf Reisenden, zwei Hunden und einem Klavier, das niemand gebucht hatte, und",
    "@long2": "war schon davon die Rede gewesen, dass es einmal so kommen werde; der Kapitän jedenfalls schwieg, zog die Leinen ein und fuhr los.",
    "@zh1": "三月的第一个星期一，山里的雾还没有散，孩子们已经坐在教室里，等着他们的第一堂音乐课，老师从县城带来了一架旧手风琴。",
    "@zh2": "校长说，这所学校一共有二十三个学生，过去没有音乐老师；今年春天，镇上的退休教师每个星期来上两次课，不收一分钱。",
}


def page_of(body: str) -> str:
    for mark, text in TEXTS.items():
        body = body.replace(mark, text)
    return f"<html><head><title>-</title></head><body>{body}</body></html>"


@pytest.mark.parametrize("name", CASES)
def test_kinds_of_links(name: str) -> None:
    case = CASES[name]
    found = {link.url: [link.kind, link.sub] for link in extract_page(page_of(case["body"]), case["url"]).links}
    assert {url: found.get(url) for url in case["links"]} == case["links"]


def test_the_terms_that_fired_are_told() -> None:
    case = CASES["hub with articles, pages and services"]
    url = "https://hillpost.example/local/2024/03/03/school-garden-wins-a-prize"
    told = explain_link(page_of(case["body"]), case["url"], url)
    assert told[0].startswith("article ")
    assert any("date in the address" in line for line in told)
    assert explain_link(page_of(case["body"]), case["url"], "https://hillpost.example/nowhere") == []
    assert explain_link("", case["url"], url) == []


LISTS = {
    "相关阅读": "related", "延伸閱讀": "related", "関連記事": "related", "관련기사": "related", "Lire aussi": "related", "Читайте также": "related",
    "相关推荐": "recommended", "猜你喜欢": "recommended", "おすすめ": "recommended", "Editors' picks": "recommended",
    "热门文章 3天|7天": "popular", "人気ランキング": "popular", "많이 본 뉴스": "popular", "Most read": "popular", "Lo más leído": "popular",
    "最新消息": "latest", "速報": "latest", "Breaking news": "latest", "Последние новости": "latest",
    "天气": None, "Kommentare": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize("heading", LISTS)
def test_what_a_heading_stands_over(heading: str) -> None:
    assert sub_of_heading(heading) == LISTS[heading]


def test_what_offers_reading() -> None:
    assert offers_reading("推荐阅读")
    assert offers_reading("Read more")
    assert not offers_reading("猜你喜欢")


BOXES = {
    "in the list's own box": "<div><h3>最新</h3><ul><li><a href='/1'>@item</a></li></ul></div>",
    "wrapped": "<div><div class='hd'><span><h3>最新</h3></span></div><ul><li><a href='/1'>@item</a></li></ul></div>",
    "beside tabs and a link to more": "<div><div><h3>最新</h3><a href='/x'>更多</a></div><ul><li>3天</li></ul><ol><li><a href='/1'>@item</a></li></ol></div>",
    "around the list": "<h3>最新<ul><li><a href='/1'>@item</a></li></ul></h3>",
    "as plain text": "<div><p>最新消息</p><p><a href='/1'>@item</a></p></div>",
    "under a heading without a word": "<div><h2>最新</h2><div><h3>天气</h3><p><a href='/1'>@item</a></p></div></div>",
}


@pytest.mark.parametrize("name", BOXES)
def test_headings_reach_what_follows(name: str) -> None:
    root = parse_html(f"<body><div>{BOXES[name].replace('@item', ITEM)}</div><div><p>{PARAGRAPH} <a href='/2'>二</a></p></div></body>")
    assert root is not None
    outline = outline_of(root)
    over = headings_over(outline)
    first, second = (over.get(anchor.place.number, "") for anchor in outline.anchors[-2:])
    assert "最新" in first
    assert not second


def test_neighbours() -> None:
    own = "https://a.example/sport/2024/03/05/a-match-in-the-rain-123456.html"
    urls = [f"https://a.example/politics/2024/03/0{day}/the-vote-of-the-day-{day}4321.html" for day in range(1, 10)]
    neighbours = Neighbours(own, [form_of(url) for url in urls])

    def relation(url: str) -> Relation:
        return neighbours.relation(form_of(url), url)

    assert relation("https://a.example/politics/").above_many
    assert not relation("https://a.example/about/").above
    assert relation("https://a.example/sport/").above_own
    assert relation(urls[0]).own_shape
    assert relation("https://a.example/print/123456").own_id
    assert relation("https://a.example/sport/2024/03/05/a-match-in-the-rain-123456_2.html").own_page
    assert relation("https://b.a.example/").other_host


SHAPES = {
    ("/news/11333783", "/news/11305870"): True,
    ("/!5928990/", "/!p4310/"): False,
    ("/a/the-boats-of-the-old-harbour", "/b/what-we-know-of-the-storm"): True,
    ("/a/1234567.html", "/a/1234567"): False,
    ("/a?id=1234567", "/a?id=7654321&x=1"): False,
}


@pytest.mark.parametrize("paths", SHAPES)
def test_shapes_of_addresses(paths: tuple[str, str]) -> None:
    one, other = (form_of(f"https://a.example{path}").shape for path in paths)
    assert (one == other) is SHAPES[paths]


FORMS = {
    "https://a.example/b/2015-12-03/post-%E5%A4%9A%E8%BB%8A%E7%9B%B8%E6%92%9E/": "article",
    "https://a.example/%E5%8C%97%E9%83%A8%E5%A4%A7%E9%9B%A8%E5%88%B0%E6%98%9F%E6%9C%9F%E4%BA%8C%E6%89%8D%E6%9C%83%E5%81%9C%E6%AD%A2%E5%90%97": "article",
    "https://tv.a.example/v/dXMvMzQxMDE0ODc3LzIwMzQwMDkzOC5z.html": "article",
    "https://a.example/2024/0102/index.html": "article",
    "https://a.example/18/0613/06/shan-li.html": "article",
    "https://a.example/2024/03/06/wagon/": "article",
    "https://a.example/stories/2019/nov/19/a-bridge/": "article",
    "https://a.example/2024/03/06/": None,
    "https://a.example/product/7404.html": "service",
    "https://a.example/tag/437881-a-town-and-its-one-and-only-bridge": "section",
    "https://a.example/channel.aspx?id=50": "section",
    "https://a.example/s/articlelist_1394379401_0_1.html": "section",
    "https://a.example/autoren/johanna-knut-1.1767041": "section",
    "https://a.example/theme/3160": "section",
    "https://bbs.a.example/t/599162556.html": "service",
    "https://a.example/news/notice/11333554": "service",
}


@pytest.mark.parametrize("url", FORMS)
def test_forms_of_addresses(url: str) -> None:
    form = form_of(url)
    told = "article" if form.article else "service" if form.service else "section" if form.section else None
    assert told == FORMS[url]


ARCHIVED = {
    "/web/20170913081049/http://news.example/a": "http://news.example/a",
    "https://web.archive.org/web/20170913081049/https://news.example/b?x=1": "https://news.example/b?x=1",
    "/web/2017/a": "https://news.example/web/2017/a",
}


@pytest.mark.parametrize("href", ARCHIVED)
def test_hrefs_of_archived_pages_mean_the_page(href: str) -> None:
    assert Resolver("https://news.example/").resolve(href) == ARCHIVED[href]


def test_a_page_of_the_archive_leads_into_the_archive() -> None:
    resolver = Resolver("https://web.archive.org/web/20170913081049/http://news.example/")
    assert resolver.resolve("/web/20170913081049/http://news.example/a") == "https://web.archive.org/web/20170913081049/http://news.example/a"


def test_one_name_under_two_suffixes_is_one_site() -> None:
    site = Site("https://www.northwindnews.com.cn/a")
    assert site.has("https://v.northwindnews.cn/b")
    assert not site.has("https://northwind.cn/b")
    assert not Site("http://10.0.0.1/").has("http://10.0.0.2/")
    assert not Site("https://abc.com/").has("https://abc.org/")


TEXTS_OF_LINKS = {
    "12": "number", "【3】": "number", "下一页": "next_page", "Politics": "section", "评论": "section",
    "登录": "service", "Impressum": "service", "更多>>": "more",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS_OF_LINKS)
def test_words_of_links(text: str) -> None:
    words = words_of(text)
    assert [name for name in ("number", "next_page", "section", "service", "more") if getattr(words, name)][:1] == [TEXTS_OF_LINKS[text]]


paths = st.text(alphabet="abz019-_/.%?=&!中", max_size=60)


@given(paths)
def test_remembered_points_are_those_of_the_terms(path: str) -> None:
    form = form_of(f"https://a.example/{path}")
    assert form_points(form) == weigh(TERMS, form)


@given(st.text(max_size=80))
def test_any_text_has_words(text: str) -> None:
    words = words_of(text)
    assert word_points(words) == weigh(WORD_TERMS, words)
    sub_of_heading(text)


@given(st.text(alphabet="htps:/.#?a-b1; \\\t中", max_size=40))
def test_absolute_addresses_are_as_joining_would_have_them(rest: str) -> None:
    href = f"https://{rest}".partition("#")[0].strip()
    resolver = Resolver("https://news.example/x/")
    assert resolver.resolve(href) == resolver._join(href)


def test_a_long_address_costs_little() -> None:
    start = process_time()
    for mark in ("a", "A1", "-", "%E5", "/", "1"):
        form_of("https://a.example/" + mark * 2000)
    assert process_time() - start < 20  # quadratic work takes minutes


def test_a_port_is_no_number_of_the_page() -> None:
    """Of two related entries the one at another kind of address is as good: its host has the same port, which is in every address."""
    entries = "".join(f'<li><a href="{path}">河边的图书馆今年春天重新开门了</a></li>' for path in ("/2025/0104/a7.html", "/m/105.html", "/2025/0105/a12.html"))
    paragraphs = "".join(f"<p>{PARAGRAPH}</p>" for _ in range(4))
    page = page_of(f"<h1>老船长和他的口琴</h1>{paragraphs}<h3>相关阅读</h3><ul>{entries}</ul>")
    found = {link.url.rsplit(":", 1)[1]: link.kind for link in extract_page(page, "http://127.0.0.1:18990/2025/0103/a9.html").links}
    assert set(found.values()) == {"related"}
