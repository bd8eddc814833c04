"""extract --explain: what it tells agrees with what was read, and asking changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import newscrawler

from newscrawler.extract import read_page
from newscrawler.extract.explain_page import explain_page
from newscrawler.extract.trace import Trace

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(folder.name for folder in PAGES.iterdir())
URL = "https://news.example/2024/01/02/a-story-of-five-words.html"
PARAGRAPH = "这是一个足够长的段落，用来说明今天发生的事情。居民们都说，他们很满意，希望以后能够继续。"
PAGE = f"""<html><head><meta charset="gb2312"><title>河边的图书馆今年重新开门</title></head><body>
<div class="wrap-2"><div class="story"><h1>河边的图书馆今年重新开门</h1><div class="info">2024-01-02 08:00 来源：河边日报 记者 王小明</div>
<p>{PARAGRAPH}甲</p><p>{PARAGRAPH}乙</p><figure><figcaption>图书馆的门</figcaption></figure><p>{PARAGRAPH}丙</p><p>责任编辑：李小红</p></div></div>
<h3>相关阅读</h3><ul><li><a href="/2024/01/01/an-older-story-of-words.html">老船长和他的口琴：三十年的坚持</a></li></ul></body></html>"""


@pytest.mark.parametrize("name", NAMES)
def test_a_trace_changes_nothing_and_adds_up(name: str) -> None:
    body, trace = (PAGES / name / "page.html").read_bytes(), Trace()
    page = read_page(body, URL, "text/html", trace=trace)
    assert page == read_page(body, URL, "text/html")
    if trace.body:
        assert trace.inside + trace.lead - sum(trace.trimmed.values()) == len(trace.body)
        assert min(trace.trimmed.values()) >= 0
    told = explain_page(page, trace)
    assert any(line.startswith(f"kind      {page.kind}") for line in told)
    assert any(line == f"links     {len(page.links)}" for line in told)


def test_an_article_is_explained() -> None:
    trace = Trace()
    page = read_page(PAGE.encode("gbk"), URL, trace=trace)
    assert page.article is not None
    told = "\n".join(explain_page(page, trace))
    for line in (
        "encoding  gb18030, declared gb2312",
        "  +3  headline that the head repeats",
        "body      html > body > div.wrap > div.story",
        "  3 paragraphs, 135 characters, of 7 blocks in it",
        "  left out  1 up to the headline",
        "  left out  3 in lists of links, labels, notices, marked captions",
        "title     河边的图书馆今年重新开门  (from heading <h1>)",
        "authors   王小明  (from byline)",
        "byline    记者 王小明  (from a line at the text)",
        "  (from text)",
        "  related, related: 1\n    https://news.example/2024/01/01/an-older-story-of-words.html  老船长",
        "date in the address +",
    ):
        assert line in told, told


def test_repairs_are_told() -> None:
    trace = Trace()
    page = read_page(PAGE.replace("gb2312", "utf-8").replace("甲", "è§£å†³").encode(), URL, trace=trace)
    assert any(line.startswith("  repaired  ") and "mojibake" in line for line in explain_page(page, trace))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "kind      other: empty"),
        (b"%PDF-1.7", "encoding  none: not decoded"),
        (b"only words", "kind      other: not HTML"),
        (b"<p>", "body      none"),
        (b"<rss><channel><item><link>https://news.example/a</link></item></channel></rss>", "kind      hub"),
    ],
)
def test_what_is_no_article_is_explained(body: bytes, said: str) -> None:
    trace = Trace()
    assert said in "\n".join(explain_page(read_page(body, URL, trace=trace), trace))


def test_the_command_explains_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE.encode("gbk"))
    (tmp_path / "hub.html").write_text("<p>nothing</p>", encoding="utf-8")
    plain, told = (newscrawler("extract", "page.html", "--url", URL, *words, cwd=tmp_path) for words in ((), ("--explain",)))
    assert (plain.code, told.code, plain.err) == (0, 0, "")
    records = [json.loads(ran.out) for ran in (plain, told)]
    assert records[0]["text"] == records[1]["text"] and told.out.count("\n") == 1
    assert told.err.startswith("encoding  gb18030") and "body      html > body" in told.err
    none = newscrawler("extract", "hub.html", "--explain", cwd=tmp_path)
    assert none.code == 1 and none.out == "" and "kind      other" in none.err
    assert none.err.splitlines()[-1].endswith("no article (no article text and no list of articles)")
