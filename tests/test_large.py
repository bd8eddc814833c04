"""How large an answer may be: sitemaps as the protocol allows them, all else as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CRAWL, newscrawler, serving

from newscrawler.config import Source
from newscrawler.frontier import Scope
from newscrawler.frontier.announced import expects_sitemap
from newscrawler.items import Announcement
from newscrawler.store import Task
from newscrawler.store.announcing import Announced

MIB = 1024 * 1024
PAD = "<!--" + "x" * 100_000 + "-->"


@pytest.mark.parametrize(
    ("url", "known", "expected"),
    [
        ("https://a.example/sitemap_index.xml", {}, True),
        ("https://a.example/SiteMap-2.xml.gz", {}, True),
        ("https://a.example/of/articles", {"kind": "sitemap"}, True),
        ("https://a.example/of/articles", {"discovered_by": "robots"}, True),
        ("https://a.example/of/articles", {"announced": Announced("sitemap", 1, Announcement("https://a.example/of/articles"))}, True),
        ("https://a.example/of/articles", {"announced": Announced("sitemap", 0, Announcement("https://a.example/of/articles"))}, False),
        ("https://a.example/named", {}, True),
        ("https://a.example/sitemap/story.html", {}, False),
        ("https://a.example/rss.xml", {"kind": "feed"}, False),
    ],
)
def test_what_is_a_sitemap_is_known_before_it_is_asked_for(url: str, known: dict[str, object], expected: bool) -> None:
    values: dict[str, object] = {"discovered_by": "sitemap", "discovered_from": None} | known
    task = Task(1, url, "a.example", 1, 0, 0, 0, **values)  # type: ignore[arg-type]
    assert expects_sitemap(task, Scope(sources=(Source("a", ("https://a.example/",), sitemaps=("https://a.example/named",)),))) is expected


def test_a_sitemap_may_be_as_large_as_the_protocol_allows_and_nothing_else(tmp_path: Path) -> None:
    def sitemap(port: int, mib: int) -> str:
        entries = (f"<url><loc>http://127.0.0.1:{port}/story/{n}.html</loc>{PAD}</url>" for n in range(mib * 10 + mib))
        return f"<urlset>{''.join(entries)}</urlset>"

    def answer(path: str, port: int) -> bytes:
        if path == "/":
            return b"<h1>News</h1>"
        if path == "/of/stories":
            return sitemap(port, 20).encode()
        if path == "/sitemap.xml":
            return b"<p>All is well.</p>" * MIB  # 19 MiB of no sitemap
        if path == "/of/more":
            return sitemap(port, 53).encode()
        if path == "/feed":
            return f"<rss><channel><item><link>http://127.0.0.1:{port}/story/1.html</link>{PAD * 170}</item></channel></rss>".encode()
        return b""

    db, file = str(tmp_path / "news.db"), tmp_path / "sources.toml"
    with serving(answer) as port:
        site = f"http://127.0.0.1:{port}"
        file.write_text(
            f'[source.a]\nstart_pages = ["{site}/"]\nfeeds = ["{site}/feed"]\nsitemaps = ["{site}/of/stories", "{site}/of/more", "{site}/sitemap.xml"]\n'
        )
        newscrawler("crawl", "--sources", str(file), "--db", db, *CRAWL, "--max-pages", "5")
        told = {path: newscrawler("why", f"{site}/{path}", "--db", db).out for path in ("of/stories", "of/more", "sitemap.xml", "feed", "story/219.html")}
    assert "read" in told["of/stories"] and "failed" not in told["of/stories"]
    assert "sitemap" in told["story/219.html"], "its last entry"
    assert "failed" in told["of/more"] and "larger than 51 MiB, the limit for sitemaps" in told["of/more"]
    for path in ("sitemap.xml", "feed"):
        assert "larger than 16 MiB, the limit for pages and feeds" in told[path]
