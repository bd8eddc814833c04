"""Articles of several pages: which addresses belong together, and the text that their pages make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import extract_page
from newscrawler.extract.parts import MAX_PART, WHOLE, join_texts
from newscrawler.items import Page, Series

A = "https://news.example/2026/03/02/a"
ZH = "这是一个足够长的段落，用来说明今天发生的事情。居民们都说，他们很满意，希望以后能够继续。"
EN = "The ferry left the harbour on time this morning, and nobody on the pier was in the least surprised by it. "
STORY = f"<h1>今天的渡船又准时开出了港口</h1><p>{ZH}</p><p>{ZH}然后大家都回家了。</p><p>{EN * 3}</p>"


def page(url: str, pager: str, head: str = "") -> Page:
    head += "<meta property=og:type content=article>"
    read = extract_page(f"<html><head>{head}</head><body><div class=content>{STORY}</div>{pager}</body></html>", url)
    assert read.kind == "article", read.reason
    return read


def series(url: str, pager: str, head: str = "") -> Series | None:
    return page(url, pager, head).series


def to(*links: tuple[str, str]) -> str:
    return "<div class=pages>" + " ".join(f'<a href="{href}">{text}</a>' for href, text in links) + "</div>"


CONTINUED = {
    "underscore": (".html", "_2.html", "2"),
    "下一页": (".html", "_2.html", "下一页"),
    "下一頁 and arrows": (".html", "_2.html", "下一頁 »"),
    "次へ": (".html", "_2.html", "次へ"),
    "次のページ": (".html", "-2.html", "次のページ"),
    "다음": (".html", "_2.html", "다음"),
    "Next page": ("", "/2", "Next page"),
    "Weiter": (".html", "-2.html", "Weiter"),
    "suivant": (".html", "?page=2", "Suivant"),
    "第2页": (".html", "_2.html", "第2页"),
    "parameter p": (".html", "?p=2", "2"),
    "folder": ("/", "/2/", "2"),
    "page folder": ("/", "/page/2/", "2"),
    "from nought": (".html", "_1.html", "2"),
}


@pytest.mark.parametrize("name", CONTINUED)
def test_a_page_names_the_one_it_goes_on_at(name: str) -> None:
    own, other, words = CONTINUED[name]
    target = f"{A}.html{other}" if other.startswith("?") else A + other
    told = series(A + own, to((target, words)))
    number = 1 if name == "from nought" else 2
    assert told == Series(A + own, 0, ((number, target),))


@pytest.mark.parametrize("name", CONTINUED)
def test_a_further_page_names_the_first(name: str) -> None:
    own, other, _ = CONTINUED[name]
    url = f"{A}.html{other}" if other.startswith("?") else A + other
    told = series(url, to((A + own, "1")))
    assert told is not None
    assert (told.first, told.number) == (A + own, 1 if name == "from nought" else 2)


def test_the_whole_pager_is_read() -> None:
    told = series(f"{A}_2.html", to((f"{A}.html", "1"), (f"{A}_3.html", "3"), (f"{A}_3.html", "下一页"), (f"{A}_all.html", "全文阅读")))
    assert told == Series(f"{A}.html", 2, ((0, f"{A}.html"), (3, f"{A}_3.html"), (WHOLE, f"{A}_all.html")))


def test_numbered_from_one() -> None:
    assert series(f"{A}_1.html", to((f"{A}_2.html", "2"))) == Series(f"{A}_1.html", 0, ((2, f"{A}_2.html"),))
    assert series(f"{A}_2.html", to((f"{A}_1.html", "1"))) == Series(f"{A}_1.html", 2, ((0, f"{A}_1.html"),))


def test_the_head_names_neighbours_and_the_first() -> None:
    told = series(f"{A}.html", "", f'<link rel=next href="{A}_2.html">')
    assert told == Series(f"{A}.html", 0, ((2, f"{A}_2.html"),))
    told = series(f"{A}_3.html", "", f'<link rel=prev href="{A}_2.html"><link rel=canonical href="{A}.html">')
    assert told == Series(f"{A}.html", 3, ((0, f"{A}.html"), (2, f"{A}_2.html")))
    told = series(f"{A}_3.html", "", f'<link rel=prev href="{A}_2.html">')
    assert told is not None and told.first == f"{A}.html", "supposed, as sites write it most"


@pytest.mark.parametrize(
    ("text", "view"), [("全文阅读", "_all.html"), ("余下全文", "_all.html"), ("View as single page", ".html?page=all"), ("单页阅读", ".html?view=all")]
)
def test_a_view_of_the_whole_is_one_of_the_pages(text: str, view: str) -> None:
    told = series(f"{A}.html", to((A + view, text)))
    assert told == Series(f"{A}.html", 0, ((WHOLE, A + view),))


ALONE = {
    "next article, 下一篇": (f"{A}-1.html", to((f"{A}-2.html", "下一篇：渡船的故事"))),
    "next article by rel": ("https://news.example/post/4", '<a rel=next href="/post/5">The storm that took the pier</a>'),
    "next article by the head": ("https://news.example/post/4", "", '<link rel=next href="/post/5"><link rel=prev href="/post/3">'),
    "next article by a mere Next": ("https://news.example/post/4", to(("/post/5", "Next"), ("/post/3", "Previous"))),
    "first article by a mere Next": ("https://news.example/post/1", to(("/post/2", "Next"))),
    "another article": (f"{A}.html", to(("/2026/03/02/b_2.html", "2"))),
    "a list's pager": (f"{A}.html", to(("/list_2.html", "2"), ("/list_3.html", "3"), ("/list.html", "下一页"))),
    "ids that grow": ("https://news.example/t20260302_4415.html", to(("/t20260302_4416.html", "下一页"))),
    "too many": (f"{A}.html", to((f"{A}_{MAX_PART + 1}.html", str(MAX_PART + 1)))),
    "pages of comments": (f"{A}.html", f'<div class=comments><p>我也在船上，钢琴走音了。</p><a href="{A}.html?page=2">2</a></div>'),
    "a teaser at such an address": (f"{A}.html", f'<p><a href="{A}_2.html">渡船公司明年三月的合同还没有着落，议会推迟表决</a></p>'),
    "another site": (f"{A}.html", to(("https://other.example/2026/03/02/a_2.html", "2"))),
    "the home page": ("https://news.example/?p=2", to(("/?p=3", "3"))),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_is_no_part(name: str) -> None:
    assert series(*ALONE[name]) is None


def test_a_list_has_no_parts() -> None:
    items = "".join(f'<li><a href="/2026/03/02/story-about-boat-number-{n}">A story about the boat number {n}</a></li>' for n in range(1000, 1020))
    read = extract_page(
        f"<html><body><ul>{items}</ul>{to(('/boats_2.html', '2'), ('/boats_2.html', 'Next page'))}</body></html>", "https://news.example/boats.html"
    )
    assert (read.kind, read.series) == ("hub", None)


def test_joining_keeps_the_order_and_drops_what_pages_repeat() -> None:
    one, two, three = "导语。\n第一段。\n第二段。\n编辑：甲", "题目（2）\n导语。\n第三段。\n编辑：甲", "题目（3）\n第四段。\n编辑：甲"
    assert join_texts([one, two, three], "题目") == "导语。\n第一段。\n第二段。\n第三段。\n第四段。\n编辑：甲"


LINES = st.lists(st.text("甲乙丙丁ab .", min_size=1, max_size=3).filter(str.strip), min_size=1, max_size=5)
UNLIKE = st.lists(LINES, min_size=1, max_size=5).map(
    lambda parts: [[f"{number}.{place} {line}。" for place, line in enumerate(part)] for number, part in enumerate(parts)]
)


@given(UNLIKE)
def test_parts_that_repeat_nothing_are_joined_as_they_are(parts: list[list[str]]) -> None:
    lines = [line for part in parts for line in part]
    assert join_texts(["\n".join(part) for part in parts]) == "\n".join(lines)


@given(UNLIKE, st.lists(st.sampled_from(["Teaser above.", "Share this."]), unique=True), st.lists(st.sampled_from(["Notice.", "Rights."]), unique=True))
def test_heads_and_tails_that_all_pages_repeat_come_once(parts: list[list[str]], head: list[str], tail: list[str]) -> None:
    texts = ["\n".join([*head, *part, *tail]) for part in parts]
    assert join_texts(texts) == "\n".join([*head, *(line for part in parts for line in part), *tail])


@given(st.lists(LINES.map("\n".join), max_size=5))
def test_joining_twice_the_same_adds_nothing_and_no_line_is_lost(texts: list[str]) -> None:
    joined = join_texts(texts)
    assert {line for text in texts for line in text.split("\n")} >= set(joined.split("\n")) - {""}
    assert join_texts([joined, joined]) == joined == join_texts([joined])


@given(st.lists(LINES.map("\n".join), min_size=1, max_size=5))
def test_every_line_is_said(texts: list[str]) -> None:
    def folded(lines: list[str]) -> set[str]:
        return {"".join(sign for sign in line.casefold() if sign.isalnum()) for line in lines}

    assert folded("\n".join(texts).split("\n")) - {""} <= folded(join_texts(texts).split("\n"))


@pytest.mark.parametrize("rel", ["", " rel=next"])
def test_a_post_with_a_number_for_a_name_that_was_taken_is_no_part(rel: str) -> None:
    """The next post of a blog, by its post navigation; each names itself as its canonical address."""
    other = f'<nav class="post-navigation"><a href="{A}-2"{rel}>Next</a></nav>'
    assert series(A, other, f"<link rel=canonical href={A}>") is None
    other = f'<nav class="post-navigation"><a href="{A}" rel=prev>Previous</a></nav>'
    assert series(f"{A}-2", other, f"<link rel=canonical href={A}-2>") is None
