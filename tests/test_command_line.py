"""What a newcomer meets: input that is none, outputs that cannot be written, signals, odd terminals. Each fault is one line and its exit code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

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
