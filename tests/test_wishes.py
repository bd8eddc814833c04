"""What a publisher says about the use of an article after it was stored: on the newest record, obeyed, and taken back again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]
from conftest import CRAWL, Ran, newscrawler, serving
from hypothesis import given
from hypothesis import strategies as st
from test_manners import TEXT
from test_parts_crawl import Site as Parts
from test_revisit import let_pass

from newscrawler.export import record_schema
from newscrawler.items import Said
from newscrawler.rights import changes, heard, packed, rights_of, unpacked
from newscrawler.store import connect
from newscrawler.store.tables import bodies

STORY, COPY = "/stories/the-new-ferry-line.html", "/stories/the-new-ferry-line-again.html"  # without a date: an old one is not asked for again
NOINDEX = {"X-Robots-Tag": "noindex"}


class Paper:
    """A site with a story and what it says about its use; `asked` has path and status of each answer."""

    def __init__(self) -> None:
        self.robots: tuple[int, str] = (200, "User-agent: *\nAllow: /\n")
        self.tdmrep: tuple[int, str] = (404, "")
        self.headers: dict[str, str] = {}
        self.on_304: dict[str, str] = {}
        self.meta = ""
        self.text = f"<p>{TEXT}</p><p>{TEXT}</p>"
        self.views = 0
        self.validators = True
        self.asked: list[tuple[str, int]] = []
        self.base = ""

    def answer(self, path: str, tag: str | None) -> tuple[int, dict[str, str], str]:
        if path == "/robots.txt":
            return self.robots[0], {}, self.robots[1]
        if path == "/.well-known/tdmrep.json":
            return self.tdmrep[0], {}, self.tdmrep[1]
        if path not in (STORY, COPY):
            return 404, {}, ""
        head = f"<title>The new ferry line</title>{self.meta}<!-- {self.views} -->"
        body = f"<html><head>{head}</head><body><article><h1>The new ferry line</h1>{self.text}</article></body></html>"
        etag = f'"{hashlib.md5(body.encode()).hexdigest()}"'
        if self.validators and tag == etag:
            return 304, self.on_304, ""
        return 200, self.headers | ({"ETag": etag} if self.validators else {}), body


@contextmanager
def serve(paper: Paper) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = paper.answer(self.path, self.headers.get("If-None-Match"))
            paper.asked.append((self.path, status))
            self.send_response(status)
            sent = {} if status == 304 else {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body.encode()))}
            for name, value in (sent | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        paper.base = f"http://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


IMPATIENT = "import newscrawler.frontier.hosts as hosts; hosts.PATIENCE = 1.0"
"""Parks of hosts are not waited for."""


class Archive:
    """A collection that visits the paper."""

    def __init__(self, paper: Paper, db: str) -> None:
        self.paper, self.db = paper, db
        self.more: tuple[str, ...] = ()

    def visit(self, *paths: str) -> int:
        """Crawls the story (or other paths); returns the status of the last answer to the first."""
        starts = [self.paper.base + path for path in paths or (STORY,)]
        ran = newscrawler("crawl", *starts, "--db", self.db, "--depth", "0", *self.more, *CRAWL, before=IMPATIENT)
        assert ran.code in (0, 1), ran.err
        audit = newscrawler("audit", "--db", self.db)
        assert audit.code == 0, audit.out
        return [status for path, status in self.paper.asked if path == (paths or (STORY,))[0]][-1]

    def export(self, *words: str) -> list[dict[str, Any]]:
        records = [json.loads(line) for line in newscrawler("export", "--db", self.db, *words).out.splitlines()]
        for record in records:
            jsonschema.Draft202012Validator(record_schema()).validate(record)
        return records

    def ops(self, *words: str) -> list[tuple[int, str, int]]:
        return [(record["seq"], record["op"], record["revision"]) for record in self.export(*words)]

    def rights(self) -> dict[str, str]:
        (record,) = self.export()
        return {name: value for name, value in record["rights"].items() if value is not None}

    def why(self, *words: str) -> str:
        return newscrawler("why", self.paper.base + STORY, "--db", self.db, *words).out

    def bodies(self) -> int:
        engine = connect(self.db)
        with engine.connect() as connection:
            number: int = connection.execute(sa.text("SELECT count(*) FROM bodies")).scalar_one()
        engine.dispose()
        return number

    def reextract(self, *words: str) -> Ran:
        ran = newscrawler("reextract", "--db", self.db, *words)
        assert ran.code == 0, ran.err
        return ran


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    with serve(paper):
        yield paper


@pytest.fixture
def archive(paper: Paper, where: str) -> Archive:
    archive = Archive(paper, where)
    assert archive.visit() == 200
    assert archive.ops() == [(1, "add", 1)]
    return archive


# ---- each way to say it, on each kind of answer


def on_a_304(paper: Paper, headers: dict[str, str]) -> None:
    """On a whole answer too, for whoever asks for one."""
    paper.on_304 = paper.headers = headers


def on_the_same_body(paper: Paper, headers: dict[str, str]) -> None:
    paper.validators, paper.headers = False, headers


def on_the_same_text(paper: Paper, headers: dict[str, str]) -> None:
    paper.views, paper.headers = paper.views + 1, headers


answers = pytest.mark.parametrize("say", [on_a_304, on_the_same_body, on_the_same_text])


@answers
def test_a_header_that_is_new_is_a_revision_of_the_rights_alone(archive: Archive, say: Callable[[Paper, dict[str, str]], None]) -> None:
    (before,) = archive.export()
    say(archive.paper, {"X-Robots-Tag": "nosnippet", "TDM-Policy": "https://p.example/"})
    status = archive.visit()
    assert status == (304 if say is on_a_304 else 200)
    (after,) = archive.export()
    new = {"seq", "op", "revision", "rights", "date_fetched"}
    assert {name: value for name, value in after.items() if name not in new} == {name: value for name, value in before.items() if name not in new}
    assert (after["seq"], after["op"], after["revision"]) == (2, "update", 2)
    assert archive.rights() == {"robots": "Allow: /", "x_robots_tag": "nosnippet", "tdm_policy": "https://p.example/"}
    assert "; only its rights changed: x_robots_tag, tdm_policy" in archive.why()
    assert "rights, x_robots_tag: None -> 'nosnippet'" in archive.why("--diff")
    archive.visit()
    assert archive.ops() == [(2, "update", 2)], "told once"


def test_a_304_without_the_header_takes_nothing_back_and_a_whole_answer_does(archive: Archive) -> None:
    archive.paper.on_304 = {"X-Robots-Tag": "nosnippet"}
    archive.visit()
    archive.paper.on_304 = {}
    assert archive.visit() == 304
    assert archive.rights()["x_robots_tag"] == "nosnippet" and archive.ops() == [(2, "update", 2)]
    archive.paper.on_304 = {"X-Robots-Tag": "all"}
    archive.visit()
    assert archive.rights()["x_robots_tag"] == "all" and archive.ops() == [(3, "update", 3)]
    archive.paper.views += 1
    assert archive.visit() == 200
    assert "x_robots_tag" not in archive.rights() and archive.ops() == [(4, "update", 4)]


@pytest.mark.parametrize("say", [on_a_304, on_the_same_body])
def test_other_words_for_the_same_wish_are_no_change(archive: Archive, say: Callable[[Paper, dict[str, str]], None]) -> None:
    say(archive.paper, {"X-Robots-Tag": "nosnippet, max-snippet:20"})
    archive.visit()
    say(archive.paper, {"X-Robots-Tag": "Max-Snippet:20,nosnippet, otherbot: noindex"})
    archive.paper.robots = (200, "User-agent: *\nAllow: /stories/\nAllow: /\n")
    archive.visit()
    assert archive.ops() == [(2, "update", 2)]


# ---- withheld, and back


@answers
def test_noindex_by_a_header_withholds_and_its_end_brings_back(archive: Archive, say: Callable[[Paper, dict[str, str]], None]) -> None:
    (first,) = archive.export()
    say(archive.paper, NOINDEX)
    archive.visit()
    assert archive.export() == archive.export("--revisions", "--since", "0") == []
    (grave,) = archive.export("--since", "1")
    assert (grave["op"], grave["id"], grave["text"], grave["seq"]) == ("delete", first["id"], "", 3)
    assert grave["reason"] == "withheld: noindex, as the page or its X-Robots-Tag asks"
    assert grave["rights"]["x_robots_tag"] == "noindex"
    assert archive.export("--since", "1", "--revisions") == [grave], "no text of it, by whatever way"
    assert "refused: noindex, as the page or its X-Robots-Tag asks: its article is withheld" in archive.why()
    assert "  withheld  " in archive.why()
    counts = json.loads(newscrawler("status", "--json", "--db", archive.db).out)
    assert (counts["articles"], counts["articles_gone"], counts["articles_withheld"]) == (0, 0, 1)

    archive.visit()
    archive.reextract()
    archive.reextract("--undo", "utf8_mojibake")
    assert archive.export("--since", "1") == [grave], "once, and nothing brings it back but the page"

    say(archive.paper, {})
    assert archive.visit() == 200, "asked for whole"
    (back,) = archive.export()
    assert (back["op"], back["id"], back["text"], back["revision"]) == ("add", first["id"], first["text"], 3)
    assert "its publisher allows it again" in archive.why()
    assert [op for _, op, _ in archive.ops("--since", "1")] == ["delete", "add"]
    assert [op for _, op, _ in archive.ops("--revisions")] == ["add", "update", "add"]


def test_noindex_by_meta_withholds_and_its_end_brings_back(archive: Archive) -> None:
    archive.paper.meta = '<meta name="robots" content="noindex">'
    archive.visit()
    assert archive.export() == []
    assert [record["rights"]["meta_robots"] for record in archive.export("--since", "1")] == ["noindex"]
    archive.paper.meta = ""
    archive.visit()
    assert [op for _, op, _ in archive.ops("--since", "1")] == ["delete", "add"] and "meta_robots" not in archive.rights()


@pytest.mark.parametrize("validators", [True, False])
def test_what_meta_says_stays_as_long_as_the_page(paper: Paper, where: str, validators: bool) -> None:
    paper.meta, paper.validators = '<meta name="robots" content="nosnippet"><meta name="tdm-reservation" content="0">', validators
    archive = Archive(paper, where)
    archive.visit()
    assert archive.visit() == (304 if validators else 200)
    assert archive.ops() == [(1, "add", 1)] and archive.rights()["meta_robots"] == "nosnippet"
    paper.tdmrep = (200, json.dumps([{"location": "/", "tdm-reservation": 1}]))
    archive.visit()
    assert archive.rights()["tdm_reservation"] == "0", "the page goes before its host"


@pytest.mark.parametrize("validators", [True, False])
def test_a_tdmrep_that_comes_withholds_and_one_that_goes_brings_back(archive: Archive, validators: bool) -> None:
    archive.paper.validators = validators
    archive.paper.tdmrep = (200, json.dumps([{"location": "/stories/", "tdm-reservation": 1, "tdm-policy": "https://p.example/"}]))
    archive.visit()
    (grave,) = archive.export("--since", "1")
    assert grave["reason"] == "withheld: text and data mining is reserved (tdm-reservation: 1)"
    for unknown in ((500, ""), (403, ""), (200, "<html>Not found</html>")):
        archive.paper.tdmrep = unknown
        archive.visit()
        assert archive.export() == [], "what is not known takes nothing back"
    archive.paper.tdmrep = (404, "")
    archive.visit()
    assert [op for _, op, _ in archive.ops("--since", "1")] == ["delete", "add"]
    assert archive.rights() == {"robots": "Allow: /"}


def test_search_no_in_robots_withholds(archive: Archive) -> None:
    archive.paper.robots = (200, "User-agent: *\nContent-Signal: search=no\nAllow: /\n")
    assert archive.visit() == 304
    (grave,) = archive.export("--since", "1")
    assert grave["reason"] == "withheld: Content-Signal of robots.txt: search=no"
    archive.paper.robots = (404, "")
    archive.visit()
    assert [op for _, op, _ in archive.ops()] == ["add"], "no robots.txt says nothing"


def test_no_training_in_robots_is_told_and_takes_back_what_was_exported_for_it(archive: Archive) -> None:
    archive.paper.robots = (200, "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n")
    assert archive.visit() == 304
    assert archive.rights()["content_signal"] == "search=yes, ai-train=no" and archive.ops() == [(2, "update", 2)]
    (taken,) = archive.export("--since", "1", "--rights", "ai-train", "--rights", "tdm")
    assert (taken["op"], taken["reason"], taken["text"]) == ("delete", "refused: ai-train", "")
    assert archive.ops("--since", "1", "--rights", "search") == [(2, "update", 2)]
    archive.paper.robots = (200, "User-agent: *\nAllow: /\n")
    archive.visit()
    assert archive.ops("--since", "2", "--rights", "ai-train") == [(3, "update", 3)]


@pytest.mark.parametrize("failing", [(503, ""), (403, ""), (200, "<!doctype html><title>Back soon</title>")], ids=["503", "403", "a page"])
def test_a_robots_that_fails_in_between_changes_nothing(archive: Archive, failing: tuple[int, str]) -> None:
    archive.paper.robots = (200, "User-agent: *\nContent-Signal: ai-train=no\n")
    archive.visit()
    seq = archive.ops()
    good, archive.paper.robots = archive.paper.robots, failing
    archive.visit()
    archive.paper.robots = good
    archive.visit()
    assert archive.ops() == seq and archive.rights()["content_signal"] == "ai-train=no"


def test_what_the_policy_ignores_is_told_and_not_obeyed(paper: Paper, where: str, tmp_path: Path) -> None:
    archive = Archive(paper, where)
    file = tmp_path / "sources.toml"

    def policy(word: str) -> None:
        wishes = "".join(f'{name} = "{word}"\n' for name in ("noindex", "noarchive", "tdm", "content_signal"))
        file.write_text(f'[source.paper]\nstart_pages = ["{paper.base}{STORY}"]\n[source.paper.rights]\n{wishes}')
        archive.more = ("--sources", str(file))

    policy("ignore")
    archive.visit()
    paper.on_304 = {"X-Robots-Tag": "noindex, noarchive"}
    assert archive.visit() == 304
    assert archive.ops() == [(2, "update", 2)] and archive.bodies() == 1
    policy("obey")
    assert archive.visit() == 304, "nothing is new but what is to be done about it"
    assert archive.export() == [] and archive.ops("--since", "2") == [(3, "delete", 1)] and archive.bodies() == 0
    policy("ignore")
    archive.visit()
    assert archive.ops() == [(4, "add", 3)]


# ---- noarchive


@answers
def test_noarchive_deletes_the_copy_and_nothing_else(archive: Archive, say: Callable[[Paper, dict[str, str]], None]) -> None:
    assert archive.bodies() == 1
    say(archive.paper, {"X-Robots-Tag": "noarchive"})
    archive.visit()
    assert archive.bodies() == 0 and archive.ops() == [(2, "update", 2)]
    assert "the copy of the page that was kept is deleted: noarchive" in archive.why()
    archive.visit()
    assert "the copy of the page that was kept" not in archive.why() and "no copy of the page is kept: noarchive" in archive.why()
    archive.reextract()
    assert archive.ops() == [(2, "update", 2)] and archive.bodies() == 0


# ---- reading again


def test_what_a_304_said_is_on_the_record_that_is_read_again(archive: Archive) -> None:
    archive.paper.on_304 = {"X-Robots-Tag": "nosnippet"}
    archive.paper.robots = (200, "User-agent: *\nContent-Signal: ai-train=no\n")
    archive.visit()
    engine = connect(archive.db, write=True)
    with engine.begin() as connection:  # as an older version had read it
        for article, line in connection.execute(sa.text("SELECT article_id, record FROM revisions WHERE revision = 2")).all():
            older = json.dumps(json.loads(line) | {"keywords": ["of an older version"]})
            connection.execute(sa.text("UPDATE revisions SET record = :r WHERE revision = 2 AND article_id = :a"), {"r": older, "a": article})
    engine.dispose()
    assert "1 changed" in archive.reextract().err
    assert archive.ops() == [(3, "update", 3)]
    assert archive.rights() == {"x_robots_tag": "nosnippet", "content_signal": "ai-train=no"}


def test_an_article_that_an_upgrade_brought_is_asked_for_whole_and_loses_nothing(archive: Archive) -> None:
    archive.paper.tdmrep = (200, json.dumps([{"location": "/", "tdm-reservation": 0}]))
    archive.visit()
    engine = connect(archive.db, write=True)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE visits SET said = NULL"))
    engine.dispose()
    archive.paper.tdmrep, archive.paper.headers = (500, ""), {"X-Robots-Tag": "nosnippet"}
    assert archive.visit() == 200
    assert archive.rights() == {"robots": "Allow: /", "x_robots_tag": "nosnippet", "tdm_reservation": "0"}


def test_reading_again_leaves_the_rights_of_a_duplicate_where_nobody_knows_who_said_them(archive: Archive) -> None:
    archive.paper.robots = (200, "User-agent: *\nContent-Signal: ai-train=no\n")
    archive.visit(COPY)
    before = archive.export("--keep-duplicates")
    engine = connect(archive.db, write=True)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE visits SET said = NULL"))
    engine.dispose()
    archive.reextract()
    assert archive.export("--keep-duplicates") == before


def test_what_is_refused_is_not_stored_by_a_reading_that_finds_an_article(paper: Paper, where: str) -> None:
    paper.headers, text, paper.text = NOINDEX, paper.text, ""
    archive = Archive(paper, where)
    archive.visit()
    assert archive.bodies() == 1 and archive.export() == [], "no article, so nothing to refuse"
    paper.text = text
    engine = connect(where, write=True)
    with engine.begin() as connection:  # a better reader would find one in what is kept
        connection.execute(bodies.update().values(body=zstd.compress(paper.answer(STORY, None)[2].encode(), 3)))
    engine.dispose()
    assert "1 withheld" in archive.reextract().err and archive.export() == []


# ---- when it is asked for again


def test_what_is_withheld_is_visited_as_an_article_is_and_stored_when_it_may_be(paper: Paper, where: str) -> None:
    paper.headers, archive = NOINDEX, Archive(paper, where)
    archive.visit()
    assert archive.export() == [] and "visits    1, due again" in archive.why()
    paper.headers = {}
    archive.visit("/")
    assert archive.export() == [], "not before it is due"
    let_pass(where, 2)
    archive.visit("/")
    assert archive.ops() == [(1, "add", 1)]
    paper.on_304 = paper.headers = NOINDEX
    let_pass(where, 6)
    archive.visit("/")
    assert archive.export() == [], "withheld now"
    paper.on_304 = paper.headers = {}
    let_pass(where, 48)
    archive.visit("/")
    assert [op for _, op, _ in archive.ops()] == ["add"]


def test_a_crawl_writes_what_is_told_again(archive: Archive) -> None:
    archive.paper.on_304 = {"X-Robots-Tag": "nosnippet"}
    ran = newscrawler("crawl", archive.paper.base + STORY, "--db", archive.db, "--depth", "0", "-o", "-", *CRAWL)
    assert [json.loads(line) for line in ran.out.splitlines()] == archive.export()


# ---- duplicates and parts


def test_a_duplicate_is_told_again_and_dropped(archive: Archive) -> None:
    def told() -> set[tuple[bool, int, str | None]]:
        """What is a duplicate, its revision and what a header said of it."""
        records = archive.export("--keep-duplicates")
        return {(one["duplicate_of"] is not None, one["revision"], one["rights"]["x_robots_tag"]) for one in records}

    archive.visit(COPY)
    assert told() == {(False, 1, None), (True, 1, None)}
    archive.paper.on_304 = {"X-Robots-Tag": "nosnippet"}
    assert archive.visit(COPY) == 304
    assert told() == {(False, 1, None), (True, 2, "nosnippet")}
    archive.paper.on_304, since = NOINDEX, max(record["seq"] for record in archive.export("--keep-duplicates"))
    archive.visit(COPY)
    assert told() == {(False, 1, None)}
    deleted = [record for record in archive.export("--keep-duplicates", "--since", str(since)) if record["op"] == "delete"]
    assert [record["url"].endswith(COPY) for record in deleted] == [True]


def test_a_copy_that_may_be_stored_takes_the_place_of_what_is_withheld(archive: Archive) -> None:
    archive.visit(COPY)
    asked = len(archive.paper.asked)
    archive.paper.on_304, answer = NOINDEX, archive.paper.answer
    archive.paper.answer = lambda path, tag: answer(path, None if path == COPY else tag)  # type: ignore[method-assign]
    archive.visit()
    assert [path for path, _ in archive.paper.asked[asked:] if path in (STORY, COPY)] == [STORY, COPY]
    ((_, op, _),) = archive.ops()
    assert op == "add" and archive.export()[0]["url"].endswith(COPY)


class PartsWithWishes(Parts):
    def __init__(self) -> None:
        super().__init__()
        self.unwanted: set[str] = set()
        self.wish = "nosnippet"

    def page(self, path: str) -> str:
        meta = "noindex" if path in self.unwanted else self.wish
        return super().page(path).replace("<head>", f"<head><meta name=robots content={meta}>")


@pytest.mark.parametrize("said", ["noindex", 404])
def test_an_article_of_several_pages_is_not_brought_back_by_its_other_parts(where: str, said: str | int) -> None:
    site = PartsWithWishes()
    with serving(site.answer) as port:
        first, second = (f"http://127.0.0.1:{port}/2026/03/02/{name}.html" for name in ("a", "a_2"))

        def crawl(*urls: str) -> list[str]:
            assert newscrawler("crawl", *urls, "--db", where, *CRAWL).code in (0, 1)
            assert newscrawler("audit", "--db", where).code == 0
            return [json.loads(line)["op"] for line in newscrawler("export", "--db", where).out.splitlines()]

        assert crawl(first) == ["add"]
        for _ in range(3):
            if said == 404:
                site.missing.add("/2026/03/02/a.html")
            else:
                site.unwanted.add("/2026/03/02/a.html")
            told = crawl(first)
        assert told == []
        assert crawl(second) == []
        assert newscrawler("reextract", "--db", where).code == 0
        assert newscrawler("export", "--db", where).out == ""
        site.missing, site.unwanted = set(), set()
        assert crawl(first) == ["add"]


def test_new_rights_of_the_first_part_are_those_of_the_article_and_stay_when_it_is_read_again(where: str) -> None:
    site = PartsWithWishes()
    with serving(site.answer) as port:
        first = f"http://127.0.0.1:{port}/2026/03/02/a.html"

        def exported() -> tuple[str, int, str, str]:
            (record,) = map(json.loads, newscrawler("export", "--db", where).out.splitlines())
            return record["op"], record["revision"], record["rights"]["meta_robots"], record["text"]

        newscrawler("crawl", first, "--db", where, *CRAWL)
        before = exported()
        assert before[:3] == ("add", 1, "nosnippet")
        site.wish = "nosnippet,noimageindex"
        newscrawler("crawl", first, "--db", where, *CRAWL)
        after = exported()
        assert after == ("update", 2, "nosnippet,noimageindex", before[3])
        assert "only its rights changed: meta_robots" in newscrawler("why", first, "--db", where).out
    engine = connect(where, write=True)
    with engine.begin() as connection:  # as if a header had said it: there is none with a body that is kept
        line = connection.execute(sa.text("SELECT record FROM parts WHERE number = 0")).scalar_one()
        told = json.loads(line)
        told["rights"]["x_robots_tag"] = "nosnippet"
        connection.execute(sa.text("UPDATE parts SET record = :r WHERE number = 0"), {"r": json.dumps(told)})
    engine.dispose()
    newscrawler("reextract", "--db", where)
    engine = connect(where)
    with engine.connect() as connection:
        told = json.loads(connection.execute(sa.text("SELECT record FROM parts WHERE number = 0")).scalar_one())
    engine.dispose()
    assert told["rights"]["x_robots_tag"] == "nosnippet"


def test_a_part_that_may_not_be_stored_any_more_is_left_out(where: str) -> None:
    site = PartsWithWishes()
    with serving(site.answer) as port:
        second = f"http://127.0.0.1:{port}/2026/03/02/a_2.html"
        newscrawler("crawl", second, "--db", where, *CRAWL)
        (whole,) = map(json.loads, newscrawler("export", "--db", where).out.splitlines())
        site.unwanted.add("/2026/03/02/a_2.html")
        newscrawler("crawl", second, "--db", where, *CRAWL)
        (cut,) = map(json.loads, newscrawler("export", "--db", where).out.splitlines())
    assert (cut["op"], cut["id"]) == ("update", whole["id"]) and site.lines[4] in whole["text"] and site.lines[4] not in cut["text"]


# ---- pure

VALUES = st.sampled_from(["noindex", "noarchive, nosnippet", "1", "0", "search=no", "", "otherbot: noindex"])
TOLD = st.dictionaries(st.sampled_from(["robots", "content_signal", "tdm_reservation", "tdm_policy"]), VALUES | st.none())
HEADERS = st.dictionaries(st.sampled_from(["x-robots-tag", "tdm-reservation", "etag"]), VALUES)
PAGE = st.none() | st.dictionaries(st.sampled_from(["meta_robots", "license", "tdm_policy"]), VALUES | st.none())


@given(TOLD, HEADERS, PAGE)
def test_an_answer_that_tells_nothing_changes_nothing(host: dict[str, str | None], headers: dict[str, str], page: dict[str, str | None] | None) -> None:
    said = heard(None, host=host, headers=headers, page=page, whole=True)
    assert heard(said, host={}, headers={}, page=None, whole=False) == said == unpacked(packed(said))
    again = heard(said, host=host, headers=headers, page=page, whole=True)
    assert again == said and changes(rights_of(said), rights_of(again)) == []


def test_a_host_that_says_nothing_any_more_takes_back_what_it_said_alone() -> None:
    before = Said({"tdm_reservation": "1", "robots": "Allow: /"}, {"tdm_policy": "https://p.example/"}, {"license": "/cc"})
    after = heard(before, host={"tdm_reservation": None}, headers={}, page=None, whole=False)
    assert rights_of(after) == {"robots": "Allow: /", "tdm_policy": "https://p.example/", "license": "/cc"}
