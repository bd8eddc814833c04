"""Feeds, sitemaps, and where a site has them: what is read, what is refused, and what it means for the queue."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from conftest import CRAWL, newscrawler, serving
from hypothesis import given
from hypothesis import strategies as st

from newscrawler import read_page
from newscrawler.config import Source
from newscrawler.extract.announced import complete_article, moment_of, seconds_of
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.announced import CHILDREN, announced_pages, places, stale
from newscrawler.items import Announcement, Article, Page, RawPage
from newscrawler.store import Task

SITE = "https://news.example"
URL = f"{SITE}/list.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>News</title><link>https://news.example/</link><image><url>https://news.example/logo.png</url></image>
<item><media:title>A picture</media:title><title>Ferry returns</title><link> /a/1 </link><pubDate>Tue, 24 Nov 2026 10:00:00 EST</pubDate>
<category>harbour</category><category>ferry</category></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/b/"><entry><title>Bridge</title>
<link rel="replies" href="/no"/><link href="2"/><published>2026-11-20T08:00:00+08:00</published><updated>2026-11-21T09:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item rdf:about="x"><title>Library</title><link>https://news.example/c/3</link><dc:date>2026-11-19</dc:date></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "4", "url": "/d/4", "title": "Market", "date_modified": "2026-11-22T00:00:00Z", "tags": ["x"]}],
    }
)
NEWS = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/old</loc><lastmod>2020-01-01</lastmod></url>
<url><loc>https://news.example/new</loc><image:image><image:title>A pier</image:title></image:image><news:news><news:title>Pier</news:title>
<news:publication_date>2026-11-24T06:00:00Z</news:publication_date><news:keywords>pier, harbour</news:keywords></news:news></url>
<url><loc>https://elsewhere.test/x</loc></url></urlset>"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (RSS, Announcement(f"{SITE}/a/1", "Ferry returns", "Tue, 24 Nov 2026 10:00:00 EST", None, ("harbour", "ferry"))),
        (ATOM, Announcement(f"{SITE}/b/2", "Bridge", "2026-11-20T08:00:00+08:00", "2026-11-21T09:00:00Z", ())),
        (RDF, Announcement(f"{SITE}/c/3", "Library", "2026-11-19", None, ())),
        (JSON, Announcement(f"{SITE}/d/4", "Market", None, "2026-11-22T00:00:00Z", ("x",))),
    ],
)
def test_every_kind_of_feed(text: str, wanted: Announcement) -> None:
    page = read_page(text.encode(), URL)
    assert (page.kind, page.format, page.announced) == ("hub", "feed", [wanted])
    assert [(link.url, link.kind) for link in page.links] == [(wanted.url, "article")]


@pytest.mark.parametrize("body", [NEWS.encode(), gzip.compress(NEWS.encode()), NEWS.replace("UTF-8", "UTF-16").encode("utf-16")])
def test_a_news_sitemap_plain_zipped_and_in_utf_16(body: bytes) -> None:
    page = read_page(body, URL)
    assert (page.kind, page.format, page.reason) == ("hub", "sitemap", "1 entries on other sites")
    assert page.announced == [
        Announcement(f"{SITE}/new", "Pier", "2026-11-24T06:00:00Z", None, ("pier", "harbour")),
        Announcement(f"{SITE}/old", None, None, "2020-01-01", ()),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><item><link>/a</link></item></rss>', "other", "XML with a DTD is not read"),
        (b'<!DOCTYPE urlset SYSTEM "http://x.test/d"><urlset><url><loc>/a</loc></url></urlset>', "other", "XML with a DTD is not read"),
        (b"<rss><channel></channel></rss>", "hub", "a feed without entries"),
        (b"<urlset></urlset>", "hub", "a sitemap without entries"),
        (b"<urlset><url><loc>/a</loc></url><url><lo", "hub", "cut short after 1 entries"),
        (gzip.compress(b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % (number**9) for number in range(900)))[:-40], "hub", "cut short after"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "other", "broken JSON"),
    ],
)
def test_bad_lists_have_a_reason(body: bytes, kind: str, reason: str) -> None:
    page = read_page(body, URL)
    assert page.kind == kind and (page.reason or "").startswith(reason)


def test_a_feed_cut_short_gives_its_whole_entries() -> None:
    page = read_page(RSS[: RSS.index("</channel>")].replace("Ferry", "Ferry & boat").encode(), URL)
    assert [link.url for link in page.links] == [f"{SITE}/a/1"]


def test_a_feed_may_quote_a_page_with_a_doctype() -> None:
    quoted = RSS.replace("<category>harbour", "<description><![CDATA[<!DOCTYPE html><html><body>Ferry</body></html>]]></description><category>harbour")
    assert [link.url for link in read_page(quoted.encode(), URL).links] == [f"{SITE}/a/1"]
    hidden = RSS.replace("<rss", "<!DOCTYPE rss [<!ENTITY a 'b'>]><!-- <![CDATA[ --><rss", 1)
    assert read_page(hidden.encode(), URL).reason == "XML with a DTD is not read"


def test_a_zipped_sitemap_of_several_members_is_read_whole() -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % number for number in range(100)) + b"</urlset>"
    page = read_page(gzip.compress(body[:900]) + gzip.compress(body[900:]) + b"\0\0", URL)
    assert (len(page.links), page.reason) == (100, None)


def test_what_is_beyond_the_protocols_limits_is_left_out_and_said() -> None:
    many = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % number for number in range(50_010)) + b"</urlset>"
    page = read_page(gzip.compress(many, 1), URL)
    assert len(page.links) == 50_000 and page.reason == "only the first 50,000 entries are read"
    bomb = gzip.compress(b"<urlset><url><loc>/a</loc></url>" + b" " * (60 * 1024 * 1024) + b"</urlset>", 1)
    assert read_page(bomb, URL).reason == "only the first 50 MiB are read"


def test_a_base_that_is_no_address_counts_for_nothing() -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://[news"><entry xml:base="//["><title>Bridge</title><link href="2"/></entry></feed>'
    page = read_page(feed.encode(), "https://news.example/a/feed.xml", "application/atom+xml")
    assert [link.url for link in page.links] == ["https://news.example/a/2"]


@given(st.binary(max_size=300), st.integers(0, len(NEWS)), st.sampled_from([RSS, ATOM, RDF, JSON, NEWS]))
def test_no_damage_raises(junk: bytes, place: int, text: str) -> None:
    body = text.encode()
    damaged = body[:place] + junk + body[place + len(junk) :]
    for given_body in (damaged, gzip.compress(damaged)[: len(damaged) // 2]):
        assert read_page(given_body, URL).url == URL


@given(st.text(max_size=60))
def test_a_date_of_a_feed_never_raises(text: str) -> None:
    assert moment_of(text) is None or seconds_of(text) is None or isinstance(seconds_of(text), float)


def test_an_announcement_fills_what_the_page_does_not_say() -> None:
    says = Announcement(URL, "From the feed", "Tue, 24 Nov 2026 10:00:00 GMT", None, ("ferry",))
    now = seconds_of("2026-11-25") or 0.0
    bare, full = Article(), Article(title="Own", date_published="2026-11-01", date_published_source="meta", keywords=["own"])
    for article in (bare, full):
        complete_article(article, says, "feed", now)
    assert (bare.title, bare.date_published, bare.date_published_source, bare.keywords) == ("From the feed", "2026-11-24T10:00:00+00:00", "feed", ["ferry"])
    assert (full.title, full.date_published, full.date_published_source, full.keywords) == ("Own", "2026-11-01", "meta", ["own"])
    future = Article()
    complete_article(future, says, "feed", now - 30 * 86400)
    assert future.date_published is None


def test_only_what_changed_since_is_due() -> None:
    now = seconds_of("2026-11-24T12:00:00Z") or 0.0
    dates = {"before": "2026-11-24T09:00:00Z", "after": "2026-11-24T11:00:00Z", "day": "2026-11-24", "future": "2027-01-01T00:00:00Z", "none": None}
    says = [Announcement(name, modified=date) for name, date in dates.items()]
    assert stale(says, now)(dict.fromkeys(dates, now - 2 * 3600)) == ["after"]


def test_a_sitemap_that_dates_everything_now_is_not_believed() -> None:
    now = seconds_of("2026-11-24T12:00:00Z") or 0.0
    says = [Announcement(f"{SITE}/{number}", modified="2026-11-24T12:00:00Z") for number in range(100)]
    assert stale(says, now)({one.url: now - 3600 for one in says}) == []
    assert len(stale(says, now)({one.url: now - 3600 for one in says[:10]})) == 10


def test_sitemaps_of_sitemaps_are_bounded() -> None:
    index = "<sitemapindex>" + "".join(f"<sitemap><loc>/s{number}.xml</loc></sitemap>" for number in range(20)) + "</sitemapindex>"
    page = read_page(index.encode(), URL)
    for nesting, admitted in ((0, 20), (1, CHILDREN[1]), (2, 0)):
        rows = announced_pages(page, 1, 1, nesting, Scope(), 0.0)
        assert sum(one.refused is None for one in rows) == admitted


def task(by: str = "seed", depth: int = 0) -> Task:
    return Task(1, f"{SITE}/", "news.example", depth, 0, 0, 0, by, None)


def test_usual_places_stand_in_for_what_is_declared_nowhere() -> None:
    page = Page(f"{SITE}/", "hub", feeds=[f"{SITE}/rss"])
    found = {one.url.removeprefix(SITE): one.by for one in places(page, task(), [f"{SITE}/map.xml", "https://other.test/map.xml"], Scope(), guess=True)}
    assert found == {"/rss": "alternate", "/map.xml": "robots"}
    bare = [one.by for one in places(Page(f"{SITE}/", "hub"), task(), None, Scope(), guess=True)]
    assert bare and set(bare) == {"guessed"}
    assert places(Page(f"{SITE}/", "hub"), task(depth=1), None, Scope(), guess=True) == []
    assert places(page, task(), None, Scope(depth=1), guess=True) == [], "nothing that they bring would be followed"


def test_what_a_source_names_is_all_that_is_read() -> None:
    page, declared = Page(f"{SITE}/", "hub", feeds=[f"{SITE}/rss"]), [f"{SITE}/map.xml"]
    of_source = {
        "feeds": Source("a", (f"{SITE}/",), feeds=("https://feeds.test/a",)),
        "sitemaps": Source("a", (f"{SITE}/",), sitemaps=()),
        "both": Source("a", (f"{SITE}/",), feeds=(), sitemaps=()),
    }
    found = {name: {one.by for one in places(page, task(), declared, Scope(sources=(source,)), guess=True)} for name, source in of_source.items()}
    assert found == {"feeds": {"robots"}, "sitemaps": {"alternate"}, "both": set()}
    empty = Page(f"{SITE}/", "hub")
    bare = {name: [one.url for one in places(empty, task(), None, Scope(sources=(source,)), guess=True)] for name, source in of_source.items()}
    assert all("sitemap" in url for url in bare["feeds"]) and bare["feeds"]
    assert not any("sitemap" in url for url in bare["sitemaps"]) and bare["sitemaps"]
    assert bare["both"] == []


@pytest.mark.parametrize(
    ("raw", "state", "reason"),
    [
        (RawPage(1, URL, "response", 1.0, 404), "gone", "guessed: HTTP 404"),
        (RawPage(1, URL, "response", 1.0, 503), "gone", "guessed: HTTP 503"),
        (RawPage(1, URL, "response", 1.0, 200, {}, b"<p>", page=Page(URL, "article", Article(title="soft 404"))), "gone", "guessed: no feed or sitemap"),
        (RawPage(1, URL, "failed", 1.0, reason="no whole answer in time", retry=True), "refused", "guessed: no whole answer in time"),
        (RawPage(1, URL, "response", 1.0, 301, {"location": "/map.xml"}), "redirected", "HTTP 301"),
    ],
)
def test_a_guess_that_misses_is_no_fault(raw: RawPage, state: str, reason: str) -> None:
    outcome = settle(raw, task("guessed", 1), Scope())
    assert (outcome.state, outcome.reason, outcome.body, outcome.decision) == (state, reason, None, None)


PROSE = "The keeper said that the lamp had been lit every night of the winter, and that nobody on the island remembered a longer one. " * 4


def test_a_crawl_tries_usual_paths_quietly_and_takes_dates_from_the_feed(tmp_path: Path) -> None:
    def answer(path: str, _port: int) -> bytes:
        if path == "/":
            return b"<title>Island</title><ul><li><a href='/about'>About the island</a></li></ul><p>Welcome.</p>"
        if path == "/feed":
            item = "<item><title>The lamp on the island was lit all winter</title><link>/stories/lamp-lit-all-winter</link>"
            return f"<rss><channel>{item}<pubDate>Mon, 05 Jan 2026 07:30:00 GMT</pubDate><category>lamps</category></item></channel></rss>".encode()
        if path == "/stories/lamp-lit-all-winter":
            return f"<html><body><article><h1>The lamp on the island was lit all winter</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p></article></body></html>".encode()
        return b""

    db = str(tmp_path / "news.db")
    with serving(answer) as port:
        ran = newscrawler("crawl", f"http://127.0.0.1:{port}/", "--db", db, *CRAWL)
        (record,) = map(json.loads, newscrawler("export", "--db", db).out.splitlines())
        told = newscrawler("why", f"http://127.0.0.1:{port}/sitemap.xml", "--db", db).out
        feed = newscrawler("why", f"http://127.0.0.1:{port}/feed", "--db", db).out
    assert ran.code == 0 and "guessed" not in ran.err
    assert "gone: guessed: HTTP 404" in told and "visits" not in told
    assert re.search(r"visits    1, due again \d{4}-", feed)
    assert (record["date_published"], record["date_published_source"], record["keywords"]) == ("2026-01-05T07:30:00+00:00", "feed", ["lamps"])
    assert record["provenance"]["discovered_by"] == ["feed"]
    assert "unchanged" in newscrawler("reextract", "--db", db).err


def test_a_feed_of_a_source_may_lie_with_a_service(tmp_path: Path) -> None:
    """Its entries are the source's, within its domains; the service itself is no part of the source, and nothing else is looked for."""
    asked = []

    def answer(path: str, port: int) -> bytes:
        asked.append(path)
        if path == "/of/island":
            links = (f"http://127.0.0.1:{port}/stories/lamp-lit-all-winter", f"http://127.0.0.1:{port}/sport/race", f"http://localhost:{port}/stories/other-users-news")
            return f"<rss><channel>{''.join(f'<item><title>News</title><link>{link}</link></item>' for link in links)}</channel></rss>".encode()
        if path.startswith("/stories/"):
            return f"<html><body><article><h1>The lamp on the island</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p></article></body></html>".encode()
        return b""

    db, sources = str(tmp_path / "news.db"), tmp_path / "sources.toml"
    with serving(answer) as port:
        lines = f'feeds = ["http://localhost:{port}/of/island"]\nsitemaps = []\nallowed_domains = ["127.0.0.1"]\nexclude = ["/sport/"]\n'
        sources.write_text(f"[source.island]\n{lines}")
        ran = newscrawler("crawl", "--sources", str(sources), "--db", db, *CRAWL, "--allow-private", "localhost")
        told = newscrawler("why", f"http://127.0.0.1:{port}/sport/race", "--db", db).out
    assert ran.code == 0, ran.err
    assert sorted(path for path in asked if "robots" not in path and "tdmrep" not in path) == ["/of/island", "/stories/lamp-lit-all-winter"]
    assert "left out by exclude of source island" in told
