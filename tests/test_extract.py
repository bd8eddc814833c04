"""Pages read whole, and what must hold for every page. A case is a folder: pages/NAME/page.html and what it says."""

from __future__ import annotations

import gc
import gzip
import json
from dataclasses import asdict
from datetime import timedelta, timezone
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.extract import extract_page, read_page
from newscrawler.extract.addresses import Resolver, form_of
from newscrawler.extract.bylines import cut_tail_byline, is_source_line
from newscrawler.extract.dates import date_in_url, find_date, written
from newscrawler.extract.language import language_of
from newscrawler.extract.links import MAX_LINKS
from newscrawler.extract.names import split_names
from newscrawler.extract.parse import parse_html
from newscrawler.items import Article, Page

PAGES = Path(__file__).parent / "pages"
URL = "https://news.example/2024/01/02/a-story-of-five-words.html"
KINDS = {"article", "related", "hub", "pagination", "other"}
PARAGRAPH = "这是一个足够长的段落，用来说明今天发生的事情。居民们都说，他们很满意，希望以后能够继续。"


def read_case(name: str) -> tuple[Page, dict[str, object]]:
    expected = json.loads((PAGES / name / "expected.json").read_text(encoding="utf-8"))
    if "series" in expected:
        expected["series"]["others"] = tuple(tuple(other) for other in expected["series"]["others"])
    return read_page((PAGES / name / "page.html").read_bytes(), expected["url"], "text/html"), expected


def article_of(body: str, url: str = URL, head: str = "") -> Article:
    page = extract_page(f"<html><head>{head}</head><body>{body}</body></html>", url)
    assert page.article is not None, page.reason
    return page.article


FAILING = {"de_consent_wall": "the words of a consent wall are taken for an article where the address looks like one"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(folder.name, marks=pytest.mark.xfail(strict=True, reason=FAILING[folder.name])) if folder.name in FAILING else folder.name
        for folder in sorted(PAGES.iterdir())
    ],
)
def test_saved_page(name: str) -> None:
    page, expected = read_case(name)
    assert (page.kind, page.encoding) == (expected["kind"], "utf-8")
    assert page.meta_robots == expected.get("meta_robots")
    assert page.reason == expected.get("reason")
    assert (asdict(page.series) if page.series else None) == expected.get("series")
    links = {link.url: [link.kind, link.sub] for link in page.links}
    assert {url: links.get(url) for url in expected["links"]} == expected["links"]  # type: ignore[attr-defined]
    if page.kind != "article":
        assert page.article is None
        return
    found = asdict(page.article)  # type: ignore[call-overload]
    fields = expected["article"]
    assert {name: found[name] for name in fields} == fields  # type: ignore[attr-defined]
    keys = ("url", "title", "teaser", "position")
    assert [{key: entry[key] for key in keys} for entry in found["related"]] == expected["related"]
    assert found["images"] == expected.get("images", [])


def test_the_same_page_in_gbk_reads_the_same() -> None:
    text = (PAGES / "zh_table" / "page.html").read_text(encoding="utf-8").replace("charset=utf-8", "charset=gb2312")
    page, expected = read_page(text.encode("gbk"), "http://www.qingshi.example/s/201903/t20190308_4415.html"), read_case("zh_table")[0]
    assert page.encoding != "utf-8"
    assert page.article == expected.article


PAGE_OF_TEXT = "<html><body><h1>渡輪</h1>\n" + "<p>渡輪今天早上準時離開了港口，船上有三百名乘客，天氣很好。</p>\n" * 20


NOT_PAGES = {
    "nothing": b"",
    "white space": b" \n\t ",
    "pdf": b"%PDF-1.7\n<html>",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "zip": b"PK\x03\x04\x14\x00",
    "gzip": b"\x1f\x8b\x08\x00",
    "NULs": b"\x00" * 5000,
    "json": b'{"title": "no markup"}',
    "plain text": "只有文字，没有标记。".encode(),
}


@pytest.mark.parametrize("name", NOT_PAGES)
def test_what_is_no_page_is_other_with_a_reason(name: str) -> None:
    page = read_page(NOT_PAGES[name], URL)
    assert (page.kind, page.article, page.links) == ("other", None, [])
    assert page.reason


_HTML = b"<html><body><h1>The ferry</h1><p>It left the harbour on time.</p>"
BINARY = {
    "PDF": (b"\r\n%PDF-1.7\n" + b"1 0 obj << /Type /Page >> text " * 50, b"\xef\xbb\xbf%PDF-1.7\n" + b"<< /Type /Page >> text " * 50),
    "a zip file": (b"PK\x05\x06" + b"\x00" * 18, b"PK\x03\x04" + _HTML),
    "a program": (b"\x7fELF\x02\x01\x01" + _HTML,),
    "a picture": (b"\x89PNG\r\n\x1a\n" + _HTML,),
    "compressed data": (gzip.compress(_HTML * 50),),
    "binary data": (
        *(Random(size).randbytes(size) for size in (200, 1_000, 50_000)),
        Random(1).randbytes(20_000).replace(b"\0", b""),
        b"<html><body>" + Random(2).randbytes(5_000),
        b"<!-- cached -->" + gzip.compress(Random(3).randbytes(5_000)),
        bytes(range(1, 9)) * 100,
        b"\x1aE\xdf\xa3" + Random(4).randbytes(3_000),
    ),
}


@pytest.mark.parametrize("name", BINARY)
def test_bytes_that_are_no_text_are_named(name: str) -> None:
    for body in BINARY[name]:
        page = read_page(body, URL, "text/html; charset=gbk")
        assert (page.kind, page.reason) == ("other", f"not HTML but {name}")


@pytest.mark.parametrize(
    "damaged",
    [
        PAGE_OF_TEXT.encode("gbk").replace(b"\n", b"\x01\x02\n"),
        PAGE_OF_TEXT.encode().replace(b"</p>", b"</p>" + b"\0" * 2),  # templates pad with NULs
        PAGE_OF_TEXT.encode("utf-16"),
        PAGE_OF_TEXT.encode("utf-16-le"),
        PAGE_OF_TEXT.encode("utf-16-be"),
        PAGE_OF_TEXT.encode("utf-32"),
        PAGE_OF_TEXT.encode("iso2022_jp_ext", "replace"),
        bytes(byte if number % 60 else number // 60 % 256 for number, byte in enumerate(PAGE_OF_TEXT.encode("gbk"), 1)),  # one in sixty spoiled
    ],
    ids=["controls", "NULs", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-2022", "spoiled"],
)
def test_text_that_is_damaged_or_in_a_rare_encoding_is_still_read(damaged: bytes) -> None:
    assert read_page(damaged, URL).article is not None


SHAPES = {
    "deep": "<div>" * 50_000 + "text",
    "deep inline": "<b><i>" * 50_000 + "text",
    "deep lists": "<ul><li>" * 20_000 + "<a href=/x>x</a>",
    "unclosed": "<a href='/a'><p>" * 20_000,
    "one tag": "<" * 100_000,
    "attributes": "<p " + "a=b " * 50_000 + ">",
    "no end of comment": "<!-- " * 20_000,
    "processing instructions": "<?xml ?>" * 20_000 + "<p>x",
    "white space before the root": "<?xml version='1.0'?>" + " \n" * 50_000 + "<p>x",
    "comments before the root": "<!-- a -->\n" * 200 + "<p>x",
    "doctypes": "<!DOCTYPE html [" * 5_000 + "<p>x",
    "brackets": "<p>" + "（记者" * 20_000 + "</p>",
    "digits": "<p>" + "2024-01-" * 20_000 + "</p>",
    "json": '<script type="application/ld+json">' + "[" * 100_000 + "</script><p>x",
    "NULs": "<p>a\x00b\x00</p>",
    "surrogates": "<p>\ud800</p><a href='/\udfff'>\ud800</a>",
}


@pytest.mark.parametrize("name", SHAPES)
def test_no_shape_of_page_takes_long_or_raises(name: str) -> None:
    start = process_time()
    page = extract_page(f"<html><body><p>{PARAGRAPH}</p>{SHAPES[name]}", URL)
    extract_page(SHAPES[name], URL)
    assert page.kind in ("article", "hub", "other")
    assert process_time() - start < 20  # backtracking or quadratic work takes minutes


@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=gbk", "application/xml", "x\x00/y; charset=\xff"]))
def test_read_page_takes_any_bytes(body: bytes, content_type: str | None) -> None:
    for whole in (body, b"<html><body><p>" + body, b'<a href="' + body + b'">x</a>', b"<rss><item><link>" + body):
        page = read_page(whole, URL, content_type)
        assert page.kind == "article" or page.article is None
        assert page.kind != "other" or page.reason


TAGS = st.sampled_from(["p", "div", "a", "li", "ul", "h1", "h3", "span", "td", "dt", "dd", "br", "time", "figure", "table", "svg", "base"])
PIECES = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    st.text(max_size=20),
    st.just(PARAGRAPH),
    st.sampled_from(["相关阅读", "关键词：甲 乙", "（王小明）", "2024年1月2日 10:20", "下一页", "<a href='/2024/01/02/x1234.html'>", "<a href='http://[::'>"]),
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_pages_of_any_markup_keep_the_contract(markup: str) -> None:
    page = extract_page(markup, URL)
    urls = [link.url for link in page.links]
    assert len(urls) == len(set(urls))
    assert all(url.startswith(("http://", "https://")) and "#" not in url for url in urls)
    assert {link.kind for link in page.links} <= KINDS
    for link in page.links:
        assert link.sub is None or link.kind == "related"
    if page.article:
        lines = page.article.text.split("\n")
        assert all(line and line == line.strip() for line in lines)
        assert [entry.position for entry in page.article.related] == list(range(len(page.article.related)))


def test_repairs_and_losses_are_counted_by_field() -> None:
    head = "<html><head><title>标题很长的一篇文章</title></head><body><h1>标题很长的一篇文章</h1>"
    markup = f"{head}<p>{PARAGRAPH}\u200b</p><p>{PARAGRAPH}\ufffd</p></body></html>"
    article = read_page(markup.encode(), URL).article
    assert article is not None
    assert [(one.field, one.kind, one.count) for one in article.repairs] == [("text", "zero_width", 1)]
    assert len(article.examples) == 1
    assert article.quality.lost_chars == 1
    assert 0.98 < article.quality.score < 1


def test_short_first_paragraph_stays_and_title_and_lines_about_the_article_go() -> None:
    body = (
        f"<div class=content><h1>一个很长的标题在这里</h1><p>一个很长的标题在这里</p><p>2024-01-02 10:20 来源：某报</p><p>本报讯 据新华社消息，</p>"
        f"<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p><p>关键词：甲 乙</p></div>"
    )
    article = article_of(body, head="<title>一个很长的标题在这里_某报网</title>")
    assert article.text == f"本报讯 据新华社消息，\n{PARAGRAPH}\n{PARAGRAPH}"
    assert (article.title, article.keywords) == ("一个很长的标题在这里", ["甲", "乙"])


def test_definition_lists_have_teasers_too() -> None:
    entry = "<dt><a href='/2024/01/01/a1234.html'>另一篇很长的新闻标题在此</a></dt><dd>这里是摘要的文字，有一点长。</dd>"
    body = f"<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p><div><h4>延伸閱讀</h4><dl>{entry}</dl></div>"
    related = article_of(body).related
    assert [(one.title, one.teaser) for one in related] == [("另一篇很长的新闻标题在此", "这里是摘要的文字，有一点长。")]


def test_one_url_comes_once_with_its_strongest_kind() -> None:
    target = "/2024/01/01/a1234.html"
    body = (
        f"<div class=nav><a href='{target}#top'>短</a></div><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>"
        f"<div class=related><h3>相关阅读</h3><ul><li><a href='{target}'>另一篇很长的新闻标题在此</a></li></ul></div>"
    )
    page = extract_page(f"<body>{body}</body>", URL)
    assert [(link.url, link.kind, link.sub, link.anchor) for link in page.links] == [
        ("https://news.example/2024/01/01/a1234.html", "related", "related", "另一篇很长的新闻标题在此")
    ]


def test_links_stop_at_ten_thousand_and_the_reason_says_so() -> None:
    text = "".join(f"<a href='/2024/01/02/a{n}1234.html'>一条新闻的标题 {n}</a> " for n in range(MAX_LINKS + 500))
    page = extract_page(text, URL)
    assert (len(page.links), page.reason) == (MAX_LINKS, f"links beyond {MAX_LINKS} different ones are not read, about 500")
    assert extract_page(text[: text.index("a501234")], URL).reason is None


@pytest.mark.parametrize("unclosed", ["<b>", "<font color=red>", "<span>", "<dd>", "<ul><li>", "<b><i><div>"])
def test_tags_that_nobody_closes_hide_nothing(unclosed: str) -> None:
    page = extract_page("".join(f"{unclosed}<a href='/2024/01/02/a{n}1234.html'>一条新闻的标题 {n}</a> " for n in range(600)), URL)
    assert (len(page.links), page.reason) == (600, None)


def test_what_lies_too_deep_is_told() -> None:
    """Deeper than libxml2 takes at all."""
    page = extract_page(f"<a href='/2024/01/02/a11234.html'>一条新闻的标题</a>{'<div>' * 3000}<a href='/2024/01/02/a21234.html'>另一条新闻的标题</a>", URL)
    assert page.reason is not None and page.reason.endswith("nested too deep, what follows is not read")
    assert len(page.links) == 1


def test_base_is_what_relative_links_are_joined_to() -> None:
    page = extract_page("<base href='/other/'><a href='x.html'>a</a><a href='/y.html'>b</a><a href='//news.example/z'>c</a>", URL)
    assert [link.url for link in page.links] == ["https://news.example/other/x.html", "https://news.example/y.html", "https://news.example/z"]


CANONICAL = {
    "absolute": ("<link rel=canonical href='https://news.example/a'>", "https://news.example/a"),
    "relative": ("<link rel=canonical href='/a'>", "https://news.example/a"),
    "og:url": ("<meta property=og:url content='https://news.example/b'>", "https://news.example/b"),
    "another site": ("<link rel=canonical href='https://elsewhere.example/a'>", None),
    "no http": ("<link rel=canonical href='ftp://news.example/a'>", None),
}


@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_url(name: str) -> None:
    head, expected = CANONICAL[name]
    assert article_of(f"<h1>A title</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>", head=head).canonical_url == expected


RSS = (
    "<?xml version='1.0'?><rss version='2.0'><channel><link>https://news.example/</link>"
    "<item><title>T &amp; U</title><link>/1</link><description>&lt;p&gt;D&lt;/p&gt;</description></item></channel></rss>"
)
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><link rel='self' href='/no'/><link href='/1'/></entry></feed>"
SITEMAPS = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
SITEMAP = f"<urlset {SITEMAPS}><url><loc> https://news.example/1 </loc></url><url><loc>javascript:x</loc></url></urlset>"
INDEX = f"<sitemapindex {SITEMAPS}><sitemap><loc>https://news.example/1</loc></sitemap></sitemapindex>"
FEEDS = {"rss": (RSS, "article"), "sitemap": (SITEMAP, "article"), "index": (INDEX, "hub"), "atom": (ATOM, "article")}


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_and_sitemaps_are_hubs(name: str) -> None:
    text, kind = FEEDS[name]
    page = read_page(text.encode(), "https://news.example/feed", "application/xml")
    assert page.kind == "hub"
    assert [(link.url, link.kind) for link in page.links] == [("https://news.example/1", kind)]


def test_entries_of_a_feed_bring_title_and_teaser() -> None:
    link = extract_page(RSS, URL).links[0]
    assert (link.anchor, link.teaser) == ("T & U", "D")


def test_xml_with_a_dtd_is_refused() -> None:
    bomb = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rss><item><link>/1</link><title>&b;</title></item></rss>"
    page = extract_page(bomb, URL)
    assert (page.kind, page.links) == ("other", [])
    assert "DTD" in (page.reason or "")


CHINA = timezone(timedelta(hours=8))
DATES = {
    "2024年01月02日 10:20": ("2024-01-02T10:20:00+08:00", "minute", "site"),
    "发布时间：2024-1-2 10:20:30": ("2024-01-02T10:20:30+08:00", "second", "site"),
    "2024-01-02T10:20:30Z": ("2024-01-02T18:20:30+08:00", "second", "page"),
    "2024-01-02T10:20:30.123-0500": ("2024-01-02T10:20:30-05:00", "second", "page"),
    "March 3, 2024": ("2024-03-03", "day", "none"),
    "3rd Mar 2024, 4:05 pm GMT": ("2024-03-04T00:05:00+08:00", "minute", "page"),
    "20240102": ("2024-01-02", "day", "none"),
    "31 February 2024": None,
    "2024年13月40日": None,
    "call 2024-123-4567": None,
}


@pytest.mark.parametrize("raw", DATES)
def test_dates_as_written(raw: str) -> None:
    moment = find_date(raw)
    assert (written(moment, CHINA) if moment else None) == DATES[raw]


def test_a_time_without_zone_is_only_a_day_where_the_site_has_none() -> None:
    moment = find_date("2024-01-02 10:20")
    assert moment is not None
    assert written(moment, None) == ("2024-01-02", "day", "none")


URL_DATES = {
    "http://a.example/2024/0102/x.html": "2024-01-02",
    "http://a.example/s/t20240102_99.html": "2024-01-02",
    "http://a.example/2024-01-02/x": "2024-01-02",
    "http://a.example/n/123456789.html": None,
}


@pytest.mark.parametrize("url", URL_DATES)
def test_dates_in_urls(url: str) -> None:
    moment = date_in_url(url)
    assert (moment.value.date().isoformat() if moment else None) == URL_DATES[url]


TAILS = {
    "句子。（记者 王小明）": ("句子。", "（记者 王小明）", ["王小明"]),
    "句子。(本报记者：李雷、韩梅梅)": ("句子。", "(本报记者：李雷、韩梅梅)", ["李雷", "韩梅梅"]),
    "Text. (Reporting by Mary Ashdown and Tom Fell)": ("Text.", "(Reporting by Mary Ashdown and Tom Fell)", ["Mary Ashdown", "Tom Fell"]),
    "句子。（完）": ("句子。（完）", None, []),
    "公司（集团）": ("公司（集团）", None, []),
    "共有三十人（见图）": ("共有三十人（见图）", None, []),
    "（林志遠）说": ("（林志遠）说", None, []),
}


@pytest.mark.parametrize("text", TAILS)
def test_a_name_in_brackets_ends_a_text(text: str) -> None:
    assert cut_tail_byline(text) == TAILS[text]


def test_lines_about_the_article_are_told_from_sentences() -> None:
    assert is_source_line("2024-01-02 10:20 来源：某报")
    assert is_source_line("责任编辑：吴江")
    assert not is_source_line("2024年1月2日，大会在海港市开幕。")
    assert not is_source_line("By the end of the year the pier will be open again, the council said on Tuesday, after a long debate in the hall.")


def test_names_are_split() -> None:
    assert split_names("张 三、李四 王五") == ["张三", "李四", "王五"]


LANGUAGES = {
    "我们还没有见过这个问题的答案": "zh-Hans",
    "我們還沒有見過這個問題的答案": "zh-Hant",
    "これは日本語の文章です。新聞を読みます": "ja",
    "이것은 한국어 문장입니다": "ko",
    "This is an English sentence": "en",
    "": None,
}


@pytest.mark.parametrize("text", LANGUAGES)
def test_language_by_script(text: str) -> None:
    assert language_of(text, "")[0] == LANGUAGES[text]


def test_a_declared_language_counts_where_the_script_does_not_tell() -> None:
    assert language_of("Dies ist ein Satz", "de-AT") == ("de", 0.7)


FORMS = {
    "https://a.example/2024/0102/keji/a7.html": True,
    "https://a.example/story-12345678": False,
    "https://a.example/news/story-12345678": True,
    "https://a.example/view.php?id=77": True,
    "https://a.example/how-a-small-town-kept-its-cinema": True,
    "https://a.example/": False,
    "https://a.example/tag/98/": False,
    "https://a.example/list/index_2.html": False,
    "https://a.example/login?next=/2024/01/02/a1.html": False,
}


@pytest.mark.parametrize("url", FORMS)
def test_form_of_an_address(url: str) -> None:
    assert form_of(url).article is FORMS[url]


HREFS = {
    "/a": "https://news.example/a",
    "b#c": "https://news.example/x/b",
    "../b": "https://news.example/b",
    "/x/../b": "https://news.example/b",
    "?p=2": "https://news.example/x/y?p=2",
    "//other.example": "https://other.example/",
    " HTTP://Other.example/a ": "http://Other.example/a",
    "#top": None,
    "": None,
    "javascript:void(0)": None,
    "mailto:a@b.example": None,
    "data:text/html,x": None,
    "file:///etc/passwd": None,
    "http://[broken": None,
    "http://a.example:99999/": None,
    "http:///path": None,
    "/" + "a" * 5000: None,
}


@pytest.mark.parametrize("href", HREFS)
def test_hrefs_resolve(href: str) -> None:
    assert Resolver("https://news.example/x/y").resolve(href) == HREFS[href]


def test_texts_of_links_stand_on_one_line_on_a_clean_page() -> None:
    page = read_page(b'<body><a href="/2024/01/02/a.html" title="One\n  two"><img src="a.png"></a></body>', "https://news.example/")
    assert [link.anchor for link in page.links] == ["One two"]


@pytest.mark.parametrize("on", [True, False])
def test_garbage_collection_is_afterwards_as_it_was(on: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        read_page(b"<p>A page.</p>", "https://news.example/")
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()


def test_a_tag_of_a_hundred_thousand_attributes_is_bare_and_a_long_one_stays() -> None:
    flood = "<img " + " ".join(f"a{number}=1" for number in range(100_000)) + ">"
    long = "<div data-points='" + "1 " * 50_000 + "' id=map></div>"
    root = parse_html(f"<html><body><p>{flood}</p>{long}<h1>The ferry</h1></body></html>")
    assert root is not None
    (image,), (map_,), (heading,) = (root.xpath(f"//{name}") for name in ("img", "div", "h1"))
    assert dict(image.attrib) == {} and map_.get("id") == "map" and heading.text == "The ferry"
