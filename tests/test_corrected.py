"""A site corrects what it says about an article, and not its text: a revision all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CRAWL, newscrawler, serving

from newscrawler.frontier.recognize import CORRECTED, corrected

TEXT = "".join(f"<p>The keeper said that the lamp had been lit on night {night} of the winter, and nobody remembered one as long.</p>" for night in range(6))
FIRST = {"headline": "The lamp was lit all winter", "author": "Ann Reporter", "date": "2026-01-05T07:30:00Z", "keywords": "lamps", "about": "A lamp."}
CHANGES = {
    "title": ("headline", "The lamp was lit all summer"),
    "authors": ("author", "Ben Writer"),
    "date_published": ("date", "2026-01-06T07:30:00Z"),
    "keywords": ("keywords", "lamps, islands"),
    "description": ("about", "A lamp, a keeper and a winter."),
}


def page(said: dict[str, str], views: int) -> bytes:
    data = {"@type": "NewsArticle", "headline": said["headline"], "author": {"@type": "Person", "name": said["author"]}}
    data |= {"datePublished": said["date"], "keywords": said["keywords"], "description": said["about"], "dateModified": f"2026-01-07T07:30:{views:02}Z"}
    head = f"<title>{said['headline']}</title><script type='application/ld+json'>{json.dumps(data)}</script>"
    return f"<html><head>{head}</head><body><article><h1>{said['headline']}</h1>{TEXT}</article><!-- {views} --></body></html>".encode()


def test_what_is_corrected_beside_the_text_makes_a_revision(tmp_path: Path) -> None:
    said, views = dict(FIRST), 0

    def answer(path: str, _port: int) -> bytes:
        return page(said, views) if path == "/stories/lamp-lit-all-winter" else b""

    db = str(tmp_path / "news.db")
    with serving(answer) as port:
        url = f"http://127.0.0.1:{port}/stories/lamp-lit-all-winter"
        newscrawler("crawl", url, "--db", db, "--depth", "0", *CRAWL)
        for views, (key, value) in enumerate(CHANGES.values(), 1):  # noqa: B007 - answer reads it
            said[key] = value
            newscrawler("crawl", url, "--db", db, "--depth", "0", *CRAWL)
        views += 1  # the page is another, and says the same
        newscrawler("crawl", url, "--db", db, "--depth", "0", *CRAWL)
        told = newscrawler("why", url, "--diff", "--db", db).out
    records = [json.loads(line) for line in newscrawler("export", "--revisions", "--db", db).out.splitlines()]
    assert [(one["revision"], one["op"]) for one in records] == [(1, "add"), *((number, "update") for number in range(2, 7))]
    last = records[-1]
    assert (last["title"], last["authors"], last["keywords"]) == ("The lamp was lit all summer", ["Ben Writer"], ["lamps", "islands"])
    assert "unchanged" in told and "+The lamp was lit all summer" in told and "+Ben Writer" in told
    assert newscrawler("audit", "--db", db).code == 0


@pytest.mark.parametrize("name", CORRECTED)
def test_what_a_page_no_longer_says_corrects_nothing(name: str) -> None:
    old = dict.fromkeys(CORRECTED, "a")
    assert corrected(old, old | {name: None}) == []
    assert corrected(old, old | {name: "b"}) == [name]
