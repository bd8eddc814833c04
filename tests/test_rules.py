"""A source's own extraction rules: what they take from a page, and the line that a wrong one gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import CRAWL, newscrawler, serving
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newscrawler.config import Rules, read_sources
from newscrawler.config.rules import read_layouts
from newscrawler.exceptions import BadSource
from newscrawler.extract import extract_page, read_page
from newscrawler.extract.rules import apply_rules

URL = "https://tide.example/p?id=7"
START = '[source.tide]\nstart_pages = ["https://tide.example/"]\n[source.tide.extract]\n'
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


def rules(folder: Path, text: str) -> Rules:
    path = folder / "sources.toml"
    path.write_text(START + text, encoding="utf-8")
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
