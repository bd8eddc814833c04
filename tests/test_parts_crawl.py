"""Articles of several pages, crawled from a loopback site: one article each, whatever comes first, fails or changes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import CRAWL, Ran, newscrawler, serving

EN = [f"Paragraph {number} of the ferry's story tells at length how the boat left the harbour on time and came back late." for number in range(1, 10)]
ZH = [f"这是渡船故事的第{number}段，用来说明今天发生的事情。居民们都说，他们很满意，希望以后能够继续下去。" for number in "一二三四五六七八九"]
TITLES = {"en": "The ferry that carried a piano to the island", "zh": "渡船载着钢琴开往小岛"}


class Site:
    """Articles of three pages under /2026/03/02/, one paragraph lead and one notice on each; counts what is asked for."""

    def __init__(self, lang: str = "en") -> None:
        self.lines = {"en": EN, "zh": ZH}[lang]
        self.title = TITLES[lang]
        self.asked: Counter[str] = Counter()
        self.missing: set[str] = set()
        self.first = self.lines[0]
        self.extra: dict[str, str] = {}
        self.encoding = "utf-8"
        self.head = "<link rel=canonical href=/2026/03/02/a.html>"

    def answer(self, path: str, _: int) -> bytes:
        self.asked[path] += 1
        if path in self.missing:
            return b""
        body = self.extra.get(path) or self.page(path)
        return f"<meta charset={self.encoding}>{body}".encode(self.encoding) if body else b""

    def page(self, path: str) -> str:
        names = {"/2026/03/02/a.html": 1, "/2026/03/02/a_2.html": 2, "/2026/03/02/a_3.html": 3}
        if path not in names:
            return ""
        number = names[path]
        said = [self.first, *self.lines[1:]][number * 3 - 3 : number * 3]
        pager = "".join(f"<a href={other}>{place}</a> " for other, place in names.items() if place != number)
        return (
            f"<html><head><title>{self.title}</title><meta property=og:type content=article>{self.head}</head><body><h1>{self.title}</h1>"
            f"<div class=content>{''.join(f'<p>{line}</p>' for line in said)}</div><div class=pages>{pager}</div></body></html>"
        )


def exported(db: str, *words: str) -> list[dict[str, Any]]:
    ran = newscrawler("export", "--db", db, *words)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def crawl(url: str, db: str, *words: str) -> Ran:
    ran = newscrawler("crawl", url, "--db", db, *words, *CRAWL)
    assert ran.code == 0, ran.err
    audit = newscrawler("audit", "--db", db)
    assert audit.code == 0, audit.out + audit.err
    return ran


def why(db: str, url: str) -> str:
    return newscrawler("why", url, "--db", db).out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("start", ["a.html", "a_2.html", "a_3.html"])
def test_three_pages_are_one_article_whichever_comes_first(start: str, lang: str, where: str) -> None:
    site = Site(lang)
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        ran = crawl(base + start, where, "-o", "-")
    (record,) = [json.loads(line) for line in ran.out.splitlines()]
    assert record["text"] == "\n".join(site.lines)
    assert (record["url"], record["title"], record["revision"], record["quality"]["score"]) == (base + "a.html", site.title, 1, 1.0)
    assert [one["text"] for one in exported(where)] == [record["text"]]
    assert {path: asked for path, asked in site.asked.items() if "/2026/" in path} == {f"/2026/03/02/{name}.html": 1 for name in ("a", "a_2", "a_3")}
    assert "part 2 of" in why(where, base + "a_2.html") and "3 of 3 parts" in why(where, base + "a.html")


def test_pages_in_gbk_without_a_canonical_address(where: str) -> None:
    site = Site("zh")
    site.encoding, site.head = "gbk", ""
    with serving(site.answer) as port:
        crawl(f"http://127.0.0.1:{port}/2026/03/02/a_3.html", where)
    (record,) = exported(where)
    assert record["text"] == "\n".join(ZH)


def test_a_missing_part_leaves_what_there_is_and_comes_later(where: str) -> None:
    site = Site()
    site.missing = {"/2026/03/02/a_2.html"}
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        crawl(base + "a.html", where)
        (record,) = exported(where)
        assert record["text"] == "\n".join(EN[:3] + EN[6:])
        assert record["quality"]["score"] == pytest.approx(2 / 3)
        assert "without part 2 (HTTP 404)" in why(where, base + "a.html")
        site.missing = set()
        crawl(base + "a_2.html", where)
    (record,) = exported(where)
    assert (record["text"], record["revision"], record["op"]) == ("\n".join(EN), 2, "update")


def test_a_page_1_read_again_loses_nothing_and_a_changed_one_asks_for_the_others(where: str) -> None:
    site = Site()
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        crawl(base + "a.html", where)
        crawl(base + "a.html", where)
        assert [record["revision"] for record in exported(where)] == [1]
        assert (site.asked["/2026/03/02/a.html"], site.asked["/2026/03/02/a_2.html"]) == (2, 1)
        site.first = "The first paragraph of the ferry's story was written anew, as the first version had its facts wrong."
        crawl(base + "a.html", where)
        assert (site.asked["/2026/03/02/a.html"], site.asked["/2026/03/02/a_2.html"]) == (3, 2)
    (record,) = exported(where)
    assert (record["text"], record["revision"]) == ("\n".join([site.first, *EN[1:]]), 2)


def test_a_crawl_that_ends_early_stores_what_there_is_and_the_next_one_the_rest(where: str) -> None:
    site = Site()
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        ran = crawl(base + "a.html", where, "--max-pages", "2", "-o", "-")
        (record,) = [json.loads(line) for line in ran.out.splitlines()]
        assert 0 < record["quality"]["score"] < 1 and record["text"].startswith(EN[0])
        assert "not fetched yet" in why(where, base + "a.html")
        crawl(base + "a_3.html", where)
    (record,) = exported(where)
    assert (record["text"], record["revision"]) == ("\n".join(EN), 2)


def test_an_article_in_its_own_right_that_turns_out_to_be_a_part(where: str) -> None:
    site = Site()
    site.head = ""
    path = "/2026/03/02/a_2.html"
    site.extra[path] = site.page(path).replace("<a href", "<a name")
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}"
        crawl(base + path, where)
        (alone,) = exported(where)
        assert alone["text"] == "\n".join(EN[3:6])
        crawl(f"{base}/2026/03/02/a.html", where)
    (record,) = exported(where)
    assert (record["id"], record["text"], record["revision"]) == (alone["id"], "\n".join(EN), 2)


def test_a_page_1_that_is_gone_leaves_the_article_to_the_next_part(where: str) -> None:
    site = Site()
    site.missing = {"/2026/03/02/a.html"}
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        crawl(base + "a_2.html", where)
    (record,) = exported(where)
    assert record["text"] == "\n".join(EN[3:])
    assert "without part 1 (HTTP 404)" in why(where, base + "a_2.html")


def test_the_view_of_the_whole_stands_for_all(where: str) -> None:
    site = Site()
    site.missing = {"/2026/03/02/a_2.html", "/2026/03/02/a_3.html"}
    whole = f"<html><head><title>{site.title}</title>{site.head}</head><body><h1>{site.title}</h1><div class=content>"
    site.extra["/2026/03/02/a_all.html"] = whole + "".join(f"<p>{line}</p>" for line in EN) + "</div></body></html>"
    site.extra["/2026/03/02/a.html"] = site.page("/2026/03/02/a.html").replace("class=pages>", "class=pages><a href=a_all.html>View as single page</a> ")
    with serving(site.answer) as port:
        crawl(f"http://127.0.0.1:{port}/2026/03/02/a.html", where)
    (record,) = exported(where)
    assert (record["text"], record["quality"]["score"]) == ("\n".join(EN), 1.0)


def test_a_copy_of_the_whole_is_a_duplicate_and_a_copy_of_a_part_is_none(where: str) -> None:
    site = Site()
    for name, lines in (("copy", EN), ("half", EN[:3])):
        body = f"<html><head><title>{site.title}</title><meta property=og:type content=article></head><body><h1>{site.title}</h1><div class=content>"
        site.extra[f"/2026/03/05/{name}.html"] = body + "".join(f"<p>{line}</p>" for line in lines) + "</div></body></html>"
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}"
        for path in ("/2026/03/02/a.html", "/2026/03/05/copy.html", "/2026/03/05/half.html"):
            crawl(base + path, where)
    assert sorted(record["url"] for record in exported(where)) == [f"{base}/2026/03/02/a.html", f"{base}/2026/03/05/half.html"]
    assert "same text" in why(where, f"{base}/2026/03/05/copy.html")


def test_reading_again_and_forgetting(where: str) -> None:
    site = Site()
    with serving(site.answer) as port:
        base = f"http://127.0.0.1:{port}/2026/03/02/"
        crawl(base + "a.html", where)
        (before,) = exported(where)
        ran = newscrawler("reextract", "--db", where)
        assert ran.code == 0 and "3 part of an article" in ran.err and "changed" not in ran.err
        assert exported(where) == [before]
        assert newscrawler("forget", base + "a_2.html", "--db", where).code == 0
        (grave,) = exported(where, "--since", "1")
        assert (grave["op"], grave["id"]) == ("delete", before["id"])
        assert exported(where) == []
        asked = site.asked.total()
        newscrawler("crawl", base + "a.html", "--db", where, *CRAWL)
        assert site.asked.total() - asked <= 1, "robots.txt at most"
    assert newscrawler("audit", "--db", where).code == 0


def test_an_endless_pager_ends(tmp_path: Path) -> None:
    site, db = Site(), str(tmp_path / "news.db")

    def answer(path: str, port: int) -> bytes:
        number = int(path.rpartition("_")[2].partition(".")[0]) if "_" in path else 1
        if "/2026/" not in path:
            return b""
        pager = f"<a href=/2026/03/02/a.html>1</a> <a href=/2026/03/02/a_{number + 1}.html>Next page</a>"
        lines = "".join(f"<p>{line} It is chapter {number}.</p>" for line in EN[:3])
        site.asked[path] += 1
        head = f"<title>{site.title}</title><meta property=og:type content=article>"
        return f"{head}<h1>{site.title}</h1><div>{lines}</div><div class=pages>{pager}</div>".encode()

    with serving(answer) as port:
        crawl(f"http://127.0.0.1:{port}/2026/03/02/a.html", db, "--max-pages", "60")
    (first, *_others) = exported(db)
    assert first["text"].count("\n") + 1 == 150
    assert max(site.asked.values()) == 1


def test_extract_joins_the_pages_of_a_url() -> None:
    site = Site("zh")
    with serving(site.answer) as port:
        url = f"http://127.0.0.1:{port}/2026/03/02/a.html"
        ran = newscrawler("extract", url, "--allow-private", "127.0.0.1")
    record = json.loads(ran.out)
    assert (record["text"], record["url"], record["seq"]) == ("\n".join(ZH), url, 0)
