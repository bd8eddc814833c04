"""A source's own extraction rules: what they take from a page, and the line that a wrong one gets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import CRAWL, newscrawler, serving
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newscrawler.config import RULED, Rules, read_sources
from newscrawler.config.rules import read_layouts
from newscrawler.exceptions import BadSource
from newscrawler.extract import extract_page, read_page
from newscrawler.extract.explain import explain_link
from newscrawler.extract.explain_page import explain_page
from newscrawler.extract.fields import SETTERS
from newscrawler.extract.rules import apply_rules
from newscrawler.extract.trace import Trace

URL = "https://tide.example/p?id=7"
SOURCE = '[source.tide]\nstart_pages = ["https://tide.example/"]\n'
EXTRACT = "[source.tide.extract]\n"
START = SOURCE + EXTRACT
RULES = """
title = "div.head > b"
text = "div.story"
authors = ".by i"
date_published = '//meta[@name="x-day"]/@content'
keywords = '//ul[@class="tags"]/li/text()'
"""
PAGE = """<html lang="en"><head><title>Tide Daily</title><meta name="x-day" content="3 May 2024"></head><body>
<div class="head"><b>High water
  at noon</b></div><h1>Tide Daily</h1><p class="by">Told by <i>Anna Weber</i> and <i>Jan Roth</i></p>
<div class="story">The harbour master closed the gate.<br>Nobody was hurt.<script>no()</script><p>The ferry sailed <em>late</em>.</p>
<div class="story">It rained.</div></div><ul class="tags"><li>harbour</li><li>tide</li><li>harbour</li></ul></body></html>"""
LINES = ["The harbour master closed the gate.", "Nobody was hurt.", "The ferry sailed late.", "It rained."]


def rules(folder: Path, text: str, table: str = EXTRACT) -> Rules:
    path = folder / "sources.toml"
    path.write_text(SOURCE + table + text, encoding="utf-8")
    return read_sources(path)[0].rules


def test_rules_go_before_what_is_found_without_them(tmp_path: Path) -> None:
    assert read_page(PAGE.encode(), URL).article is None, "short: no article by itself"
    page = read_page(PAGE.encode(), URL, rules=rules(tmp_path, RULES))
    assert page.kind == "article" and page.article is not None
    article = page.article
    assert (article.title, article.text.split("\n")) == ("High water at noon", LINES)
    assert (article.authors, article.keywords) == (["Anna Weber", "Jan Roth"], ["harbour", "tide"])
    assert (article.date_published, article.date_precision, article.date_published_source) == ("2024-05-03", "day", "meta")
    assert article.language == "en"


def test_what_rules_give_is_cleaned_like_all_text(tmp_path: Path) -> None:
    page = read_page(PAGE.replace("It rained.", "銀行&amp;amp;amp;保險").encode(), URL, rules=rules(tmp_path, RULES))
    assert page.article is not None and page.article.text.endswith("銀行&保險")


def test_a_rule_without_a_match_takes_nothing_away(tmp_path: Path) -> None:
    prose = "The harbour was closed on Monday, and the ferries waited outside until the fog had lifted over the town. " * 4
    text = f"<html><head><title>Fog</title></head><body><article><h1>Fog over the harbour</h1><p>{prose}</p><p>{prose}</p></article></body></html>"
    old = 'title = "h1.gone"\ntext = "#gone"\nauthors = ".gone"\ndate_published = "time.gone"\n'
    assert extract_page(text, URL, rules=rules(tmp_path, old)) == extract_page(text, URL)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('title = "h1["', "title: 'h1[' is no CSS selector"),
        ('title = "h1::text"', "title: 'h1::text': for an attribute or a text write XPath"),
        ("text = '//div[@class=]'", "text: '//div[@class=]' is no XPath"),
        ("text = '//x:div'", "text: '//x:div' is no XPath"),
        ("text = '//div[nonsense(.)]'", "text: '//div[nonsense(.)]' is no XPath"),
        ("text = '//div[@id = 1][self::x:p]'", "text: '//div[@id = 1][self::x:p]' is no XPath"),
        ('text = "x|div"', "text: 'x|div' is no"),
        ("keywords = '(1 + 1)'", "keywords: '(1 + 1)' gives a float"),
        ('body = "p"', "'body' is unknown: the fields are title, text"),
        ("authors = 3", "authors: must be a CSS selector"),
        ('authors = " "', "authors: must be a CSS selector"),
    ],
)
def test_a_bad_rule_names_file_source_and_field(rule: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSource) as caught:
        rules(tmp_path, rule)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'sources.toml'}:4: source 'tide': extract: ") and said in message and "\n" not in message


@given(st.text(max_size=30) | st.text("/@[]()*.:='abdiv ", max_size=20))
def test_whatever_a_rule_is_it_is_refused_or_works(rule: str) -> None:
    try:
        (layout,) = read_layouts({"text": rule})
    except ValueError as error:
        assert "text: " in str(error)
    else:
        assert isinstance(apply_rules(layout, etree.HTML(PAGE), URL), dict)


@contextmanager
def served() -> Iterator[str]:
    with serving(lambda path, _: PAGE.encode() if path.startswith("/p") else b"") as port:
        yield f"http://127.0.0.1:{port}/p?id=7"


def test_a_crawl_and_a_second_reading_keep_to_the_rules(tmp_path: Path) -> None:
    file, db = tmp_path / "sources.toml", str(tmp_path / "news.db")
    with served() as url:
        file.write_text(START.replace("https://tide.example/", url) + RULES)
        ran = newscrawler("crawl", "--sources", str(file), "--db", db, *CRAWL)
    assert ran.code == 0, ran.err
    (record,) = [json.loads(line) for line in newscrawler("export", "--db", db).out.splitlines()]
    assert (record["title"], record["text"].split("\n")) == ("High water at noon", LINES)
    assert "1 unchanged" in newscrawler("reextract", "--db", db, "--sources", str(file)).err


PROSE = "The harbour was closed on Monday, and the ferries waited outside until the fog had lifted over the town. " * 4
LONG = f"""<html lang="zh-CN"><head><title>Fog over the harbour</title>
<meta name="made" content="2024-05-03T10:20:00+02:00"></head><body>
<p class="path">News &gt; Harbour</p><h1>Fog over the harbour</h1><p class="lead">Ferries waited outside</p>
<p class="when">Changed <time datetime="2024-05-04T08:00:00Z">yesterday</time></p>
<article><p>{PROSE}</p><div class="promo"><p>Buy our book. {PROSE}</p></div><p>{PROSE}</p></article>
<figure><img src="/a.jpg" alt="fog"><figcaption>The pier (Photo: Anna Weber)</figcaption></figure>
<ul class="more"><li><a href="/x/1?a">The pier is mended</a> Workers were there.</li><li><a href="https://else.test/2">Elsewhere</a></li></ul>
<p class="rights">locked</p></body></html>"""
MANY = """
subtitle = [".gone", ".lead"]
description = ".lead"
byline = "p.when"
date_published = ['//p[@class="rights"]', '//meta[@name="made"]/@content']
date_modified = ".when time"
sections = "p.path"
image_url = "figure"
images = "figure"
related = "ul.more li"
language = "//html/@lang"
source_name = "normalize-space(//h1)"
is_accessible_for_free = "not(//p[@class='rights'])"
remove = [".promo"]
"""


def test_a_rule_for_any_field(tmp_path: Path) -> None:
    trace = Trace()
    page = read_page(LONG.encode(), "https://tide.example/2024/05/03/fog.html", rules=rules(tmp_path, MANY), trace=trace)
    article = page.article
    assert article is not None
    assert (article.subtitle, article.description) == ("Ferries waited outside",) * 2
    assert (article.date_published, article.date_published_source) == ("2024-05-03T10:20:00+02:00", "meta")
    assert (article.date_modified, article.sections) == ("2024-05-04T16:00:00+08:00", ["News", "Harbour"])
    assert (article.image_url, [(one.caption, one.credit) for one in article.images]) == ("https://tide.example/a.jpg", [("The pier", "Anna Weber")])
    assert [(one.url, one.title, one.teaser) for one in article.related] == [
        ("https://tide.example/x/1?a", "The pier is mended", "Workers were there."),
        ("https://else.test/2", "Elsewhere", None),
    ]
    kinds = {link.url: (link.kind, link.sub) for link in page.links}
    assert kinds["https://tide.example/x/1?a"] == ("related", "related") and kinds["https://else.test/2"] == ("other", None)
    assert (article.language, article.source_name, article.is_accessible_for_free) == ("zh-CN", "Fog over the harbour", False)
    assert "Buy our book" not in article.text and article.text.count("Monday") == 8
    told = "\n".join(explain_page(page, trace))
    assert "subtitle  Ferries waited outside  (from the rule .lead)" in told and "subtitle: .gone matched nothing" in told


def test_every_field_that_has_a_rule_has_a_reading() -> None:
    assert sorted(SETTERS) == sorted(RULED)


@pytest.mark.parametrize(
    ("inside", "source"),
    [
        ('<meta class="d" content="2024-05-03">', "meta"),
        ('<time class="d" datetime="2024-05-03">May</time>', "time"),
        ('<time class="d">3 May 2024</time>', "time"),
        ('<b class="d" data-datetime="2024-05-03">May</b>', "time"),
        ('<b class="d">3 May 2024</b>', "text"),
    ],
)
def test_a_date_says_what_kind_of_place_it_stood_in(inside: str, source: str, tmp_path: Path) -> None:
    page = extract_page(f"<body><p id=t>Fog.</p>{inside}</body>", URL, rules=rules(tmp_path, 'text = "#t"\ndate_published = ".d"'))
    assert page.article is not None and (page.article.date_published, page.article.date_published_source) == ("2024-05-03", source)


TIMES = """title = "h1"
[[source.tide.extract]]
until = 2019-06-30
text = "#old"
[[source.tide.extract]]
from = 2019-07-01
text = "#new"
"""
TWO = '<html><head>{}</head><body><h1>Fog</h1><div id="old">Of old.</div><div id="new">As new.</div></body></html>'


@pytest.mark.parametrize(
    ("url", "head", "fetched", "text"),
    [
        ("https://tide.example/2019/06/30/fog", "", None, "Of old."),
        ("https://tide.example/2019/07/01/fog", "", None, "As new."),
        ("https://tide.example/fog", '<meta name="date" content="2018-01-02">', 1.7e9, "Of old."),
        ("https://tide.example/fog", "", 1.7e9, "As new."),
        ("https://tide.example/fog", "", 1.2e9, "Of old."),
        ("https://tide.example/fog", "", None, None),
    ],
)
def test_the_layout_is_that_of_the_articles_time(url: str, head: str, fetched: float | None, text: str | None, tmp_path: Path) -> None:
    found = rules(tmp_path, TIMES, "[[source.tide.extract]]\n").fetched_at(fetched)
    article = extract_page(TWO.format(head), url, rules=found).article
    assert (article.text if article else None) == text and (article is None or article.title == "Fog")


@pytest.mark.parametrize(
    ("tables", "line", "said"),
    [
        ("from = 2019-01-02\nuntil = 2019-01-01", 4, "from 2019-01-02 is after until 2019-01-01"),
        ("until = 2019-01-02\n[[source.tide.extract]]\nfrom = 2019-01-02", 5, "overlap"),
        ("from = 2019-01-02\n[[source.tide.extract]]\nuntil = 2020-01-02", 3, "overlap"),
        ("title = 'h1'\n[[source.tide.extract]]\ntitle = 'h1'", 5, "only one can hold always"),
        ("until = '2019-01-02'", 4, "until: must be a day without quotes"),
        ("until = 2019-01-02T10:00:00", 4, "until: must be a day"),
        ("title = ['h1', 3]", 4, "title: must be a CSS selector"),
        ("title = []", 4, "title: must be a CSS selector"),
        ("remove = ['p[']", 4, "remove: 'p[' is no CSS selector"),
        ("title = 'not(//p)'", 4, "title: 'not(//p)' gives a bool"),
    ],
)
def test_wrong_tables_name_their_line(tables: str, line: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSource) as caught:
        rules(tmp_path, tables, "[[source.tide.extract]]\n")
    assert str(caught.value).startswith(f"{tmp_path / 'sources.toml'}:{line}: source 'tide': extract: ") and said in str(caught.value)


ITEMS = [f'<p><a href="/{kind}/{n}">What came of the fog, part {n} of it</a></p>' for kind in "abc" for n in range(4)]
LISTED = f"<html><body>{''.join(ITEMS)}</body></html>"
KINDS = "article_urls = ['/a/']\nhub_urls = ['/b/']\nother_urls = ['/c/', '/a/3']\n"


def test_addresses_tell_the_kinds_of_links_before_points_do(tmp_path: Path) -> None:
    found = rules(tmp_path, KINDS, "")
    page = extract_page(LISTED, URL, rules=found)
    kinds = {link.url.partition("example")[2]: link.kind for link in page.links}
    assert kinds == {f"/{kind}/{n}": {"a": "article", "b": "hub", "c": "other"}[kind] if (kind, n) != ("a", 3) else "other" for kind in "abc" for n in range(4)}
    lines = explain_link(LISTED, URL, "https://tide.example/a/1", rules=found)
    assert "+100 -100  article_urls of the source" in lines


def test_addresses_tell_the_kinds_of_pages(tmp_path: Path) -> None:
    found = rules(tmp_path, KINDS, "")
    doubtful = LONG.replace(f'<div class="promo"><p>Buy our book. {PROSE}</p></div>', "")
    pages = ("b/1", LONG), ("c/1", LONG), ("d/p?id=7", doubtful), ("a/p?id=7", doubtful)
    kinds = [extract_page(text, f"https://tide.example/{path}", rules=found).kind for path, text in pages]
    assert kinds == ["hub", "other", "other", "article"]
    assert extract_page(PAGE, "https://tide.example/a/1", rules=found).reason == "article_urls of the source, but no text"
    assert extract_page(LONG, "https://tide.example/c/1", rules=found).reason == "other_urls of the source"


CLASSES = '''
class Good:
    def read_article(self, page):
        page.article.title = page.root.findtext(".//p[@class='lead']")
        return page.article
class Never:
    def read_article(self, page):
        return None
class Broken:
    def read_article(self, page):
        page.article.title = "half done"
        raise KeyError("x")
class Leaves:
    def read_article(self, page):
        raise SystemExit(3)
class Odd:
    def read_article(self, page):
        page.article.keywords = "fog"
        return page.article
class Dated:
    def read_article(self, page):
        page.article.date_published = "2026-03-01"
        return page.article
class Vague:
    def read_article(self, page):
        page.article.date_published = "yesterday"
        return page.article
class Shapeless:
    pass
class Asks:
    def __init__(self, name):
        pass
    def read_article(self, page):
        return None
number = 3
'''


@pytest.mark.parametrize(
    ("name", "title", "note"),
    [
        ("Good", "Ferries waited outside", "read by tide_pages:Good"),
        ("Never", None, "read by tide_pages:Never"),
        ("Broken", "Fog over the harbour", "tide_pages:Broken failed: KeyError: 'x'"),
        ("Leaves", "Fog over the harbour", "tide_pages:Leaves failed: SystemExit: 3"),
        ("Vague", "Fog over the harbour", "tide_pages:Vague failed: ValueError: date_published is 'yesterday', not a date like 2026-11-24"),
        ("Odd", "Fog over the harbour", "tide_pages:Odd failed: TypeError: keywords is 'fog'"),
    ],
)
def test_a_class_reads_the_page_or_costs_it_nothing(name: str, title: str | None, note: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = classed(tmp_path, f"tide_pages:{name}")
    trace = Trace()
    page = read_page(LONG.encode(), URL, rules=found, trace=trace)
    assert (page.article.title if page.article else None) == title and page.kind == ("article" if title else "other")
    assert trace.rule_notes == [note] and (("failed" in note) == (note in caplog.text))


def test_a_date_of_a_class_has_the_precision_that_it_says(tmp_path: Path) -> None:
    article = read_page(LONG.encode(), URL, rules=classed(tmp_path, "tide_pages:Dated")).article
    assert article is not None
    assert (article.date_published, article.date_precision, article.date_published_source) == ("2026-03-01", "day", "text")


def classed(folder: Path, name: str) -> Rules:
    """The rules of a source with a class of this name; its module is imported anew, as each test has its own folder."""
    (folder / "tide_pages.py").write_text(CLASSES)
    path = list(sys.path)
    try:
        return rules(folder, f'page = "{name}"\n', "")
    finally:
        sys.path[:] = path
        sys.modules.pop("tide_pages", None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tide_pages", "must name a class"),
        ("tide_pages:", "must name a class"),
        ("no_such_module:Good", "cannot be imported: ModuleNotFoundError"),
        ("tide_pages:Missing", "has no attribute 'Missing'"),
        ("tide_pages:Shapeless", "is no class with a method read_article"),
        ("tide_pages:number", "is no class"),
        ("tide_pages:Asks", "cannot be made without arguments: TypeError"),
    ],
)
def test_a_class_that_cannot_be_used_is_told_before_the_crawl(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSource) as caught:
        classed(tmp_path, name)
    assert f"{tmp_path / 'sources.toml'}:3: source 'tide': page: " in str(caught.value) and said in str(caught.value) and "\n" not in str(caught.value)


def test_extract_tries_the_rules_on_one_page(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    rules(tmp_path, RULES)
    ran = newscrawler("extract", "page.html", "--url", URL, "--sources", "sources.toml", "--explain", cwd=tmp_path)
    assert ran.code == 0 and json.loads(ran.out)["title"] == "High water at noon" and "(from the rule div.head > b)" in ran.err
    for words, said in ((["--url", "https://else.test/"], "belongs to none of its sources: they are tide"), ([], "say with --url")):
        ran = newscrawler("extract", "page.html", *words, "--sources", "sources.toml", cwd=tmp_path)
        assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1
