"""What a newcomer meets: input that is none, outputs that cannot be written, signals, odd terminals. Each fault is one line and its exit code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from conftest import CRAWL, newscrawler, serving

STORY = "<html><body><h1>The ferry number {0}</h1>" + "<p>" + "It left the harbour on time, and {0} people were on board that day. " * 20


def states(db: Path) -> dict[str, tuple[str, str | None]]:
    """State and reason of each page, by its path."""
    with closing(sqlite3.connect(db)) as connection:
        return {url.split("/", 3)[3]: (state, reason) for url, state, reason in connection.execute("SELECT url, state, reason FROM pages")}


def test_bytes_that_lie_about_their_type_are_no_pages_of_a_crawl(tmp_path: Path) -> None:
    bodies = {"1.html": b"%PDF-1.7 " + STORY.format(1).encode(), "2.html": bytes(range(256)) * 99, "3.html": STORY.format(3).encode()}
    links = "".join(f"<p><a href='/2026/01/02/{name}'>The ferry left the harbour on time {name}</a></p>" for name in bodies)

    def answer(path: str, port: int) -> bytes:
        return f"<html><body>{links}".encode() if path == "/" else bodies.get(path.rpartition("/")[2], b"")

    with serving(answer) as port:
        ran = newscrawler("crawl", f"http://127.0.0.1:{port}/", "--db", "news.db", *CRAWL, cwd=tmp_path)
    found = states(tmp_path / "news.db")
    assert ran.code == 0 and found["2026/01/02/3.html"] == ("stored", None)
    assert found["2026/01/02/1.html"] == ("read", "not HTML but PDF")
    assert found["2026/01/02/2.html"] == ("read", "not HTML but binary data")


def test_extract_says_what_a_file_is_that_is_no_page(tmp_path: Path) -> None:
    for body, said in ((b"", "empty"), (b"\x89PNG\r\n\x1a\n" + STORY.format(1).encode(), "not HTML but a picture")):
        (tmp_path / "page.html").write_bytes(body)
        ran = newscrawler("extract", "page.html", cwd=tmp_path)
        assert (ran.code, ran.out, ran.err) == (1, "", f"newscrawler: page.html: no article ({said})\n")


def test_each_feed_that_brought_nothing_is_named_once_with_its_reason(tmp_path: Path) -> None:
    story = "<item><title>The ferry</title><link>/2026/01/02/1.html</link></item>"
    bodies = {
        "/good.xml": f"<rss><channel>{story}</channel></rss>",
        "/empty.xml": "<rss><channel></channel></rss>",
        "/broken.xml": "<rss><channel><item",
        "/dtd.xml": '<!DOCTYPE x [<!ENTITY a "b">]><rss><channel></channel></rss>',
        "/page.xml": "<html><body><p><a href='/2026/01/02/1.html'>The ferry left on time again</a></p></body></html>",
        "/map.xml": "<urlset></urlset>",
        "/2026/01/02/1.html": STORY.format(1),
    }
    with serving(lambda path, _: bodies.get(path, "").encode()) as port:
        site = f"http://127.0.0.1:{port}"
        feeds = [f"{site}/{name}.xml" for name in ("good", "empty", "broken", "dtd", "page", "gone")]
        (tmp_path / "sources.toml").write_text(f'[source.a]\nfeeds = {feeds}\nsitemaps = ["{site}/map.xml"]\n')
        for again in (False, True):
            ran = newscrawler("crawl", "--sources", "sources.toml", "--db", "news.db", *CRAWL, cwd=tmp_path)
            status = newscrawler("status", "--db", "news.db", cwd=tmp_path).out
            for name, reason in (
                ("empty.xml", "nothing in it, as before" if again else "a feed without entries"),
                ("map.xml", "nothing in it, as before" if again else "a sitemap without entries"),
                ("dtd.xml", "nothing in it, as before" if again else "XML with a DTD is not read"),
                ("page.xml", "no feed, as which it is named: " + ("same body" if again else "no article text and no list of articles")),
                ("gone.xml", "HTTP 404"),
            ):
                assert ran.err.count(f"{site}/{name}: {reason}\n") == 1 and status.count(f"{site}/{name}: {reason}\n") == 1, f"{name}\n{ran.err}\n{status}"
            assert ran.err.count("/broken.xml: ") == status.count("/broken.xml: ") == 1 and "good.xml" not in ran.err + status


def test_a_feed_that_leads_to_a_page_is_named(tmp_path: Path) -> None:
    class Moved(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = STORY.format(1).encode() if self.path == "/home" else b""
            self.send_response(302 if self.path == "/feed" else 200 if body else 404)
            self.send_header("Location", "/home")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Moved) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_address[1]}"
        (tmp_path / "sources.toml").write_text(f'[source.a]\nfeeds = ["{site}/feed"]\nsitemaps = []\n')
        ran = newscrawler("crawl", "--sources", "sources.toml", "--db", "news.db", *CRAWL, cwd=tmp_path)
        server.shutdown()
    assert f"{site}/feed: no feed, as which it is named: it leads to {site}/home, a page of HTML\n" in ran.err


@pytest.mark.parametrize("mode", [[], ["--once"], ["--print", "cron"], ["--list"]])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--limt", "3"], "--limt"),
        (["--limit", "0"], "--limit"),
        (["--limit"], "--limit"),
        (["--include", "("], "--include '('"),
        (["--help"], "--help"),
        (["--list"], "stores nothing"),
        (["-o", "-"], "nobody reads"),
        (["-i", "missing.txt"], "missing.txt"),
        (["https://a.example/"], "'https://a.example/' is none"),
        (["--db", "other.db"], "--db after --"),
        (["--only", "a"], "--only after --"),
    ],
)
def test_options_for_every_crawl_are_checked_before_any(mode: list[str], options: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[source.a]\nstart_pages = ["https://a.example/"]\nevery = "1h"\n')
    ran = newscrawler("schedule", *mode, "--", *options, cwd=tmp_path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1) and ran.err.startswith("newscrawler: ") and said in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["sources.toml"]


def test_good_options_for_every_crawl_are_printed_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[source.a]\nstart_pages = ["https://a.example/"]\nevery = "1h"\n')
    ran = newscrawler("schedule", "--print", "cron", "--", "--limit", "3", "--contact", "me@a.example", cwd=tmp_path)
    assert ran.code == 0 and "-- --limit 3 --contact me@a.example" in ran.out
