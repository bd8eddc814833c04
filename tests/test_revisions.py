"""Versions of an article: noise that makes none, changes that people can read, pages that go and come back, duplicates that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
from conftest import CRAWL, newscrawler, serving
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.cli.diff import diff_lines
from newscrawler.dedupe.changes import marked, sentences, unified
from newscrawler.dedupe.noise import only_noise
from newscrawler.export import record_schema
from newscrawler.export.collected import collected_record
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.recognize import recognize
from newscrawler.items import Article, Page, RawPage
from newscrawler.store import Found, Ledger, Outcome, Task, connect, reading
from newscrawler.store.audit import findings
from newscrawler.store.forget import forget
from newscrawler.store.tables import articles, duplicates, tombstones

SITE = "https://gazette.example"  # of its addresses /a has the smallest id: it names the clusters, and is not told again
FERRY = "The ferry left the harbour on time in spite of the storm, and nobody on the quay was surprised. It carried 120 people."

NOISE = {
    ("Rain.\n1,204 views", "Rain.\n1,377 views"): "a counter",
    ("雨停了。\n阅读量：1.2万", "雨停了。\n阅读量：1.3万"): "a counter",
    ("Rain.\nComments (3) | Shares 12", "Rain.\nComments (4) | Shares 15"): "a counter",
    ("Rain.\n更新时间：2026年1月2日 12:30", "Rain.\n更新时间：2026年1月2日 12:35"): "a clock",
    ("Rain.\nUpdated 5 minutes ago", "Rain.\nUpdated 2 hours ago"): "a clock",
    ("2026-01-02 12:30 Friday\nRain.", "2026-01-02 12:30 Friday\nRain."): None,
    ("Rain.\nSun.", "Rain.\nAdvertisement\nSun."): "an advertisement",
    ("Rain.\n广告\nSun.\n12 likes", "Rain.\nSun.\n14 likes"): "an advertisement, a counter",
    ("Rain cost 1,204 crowns.", "Rain cost 1,377 crowns."): None,
    ("The town has 120 readers of poetry.", "The town has 140 readers of poetry."): None,
    ("The train leaves at 12:30.", "The train leaves at 12:35."): None,
    ("Final\n21:15", "Final\n22:15"): None,
    ("Goals\n3", "Goals\n4"): None,
    ("The fair opens:\n3 March 2026", "The fair opens:\n4 March 2026"): None,
    ("Rain.\n1,204 views", "Rain, at last.\n1,377 views"): None,
    ("Rain.", "Rain.\n\n "): None,
    ("Rain.", "Rain."): None,
}


@pytest.mark.parametrize(("old", "new"), NOISE)
def test_only_noise(old: str, new: str) -> None:
    assert only_noise(old, new) == NOISE[old, new]


@given(st.text(), st.text())
def test_noise_takes_any_text_and_is_the_same_both_ways(old: str, new: str) -> None:
    assert (only_noise(old, new) is None) == (only_noise(new, old) is None)


def test_lines_in_another_order_are_a_change() -> None:
    assert only_noise("One.\nTwo.\n3 views", "Two.\nOne.\n4 views") is None


@given(st.text(), st.text())
def test_the_parts_of_a_marked_passage_are_the_old_and_the_new(old: str, new: str) -> None:
    passages = list(marked(old, new))
    assert bool(passages) == (sentences(old) != sentences(new))
    for text, other in ((old, "+"), (new, "-")):
        whole = " ".join(sentences(text))
        assert all("".join(words for mark, words in passage if mark != other) in whole for passage in passages)


def test_a_diff_is_by_sentence_and_by_character_in_chinese() -> None:
    assert unified("雨停了。船开了。人走了。", "雨停了。船没开。人走了。")[1:] == [" 雨停了。", "-船开了。", "+船没开。", " 人走了。"]
    assert list(marked("船开了。", "船没开。")) == [[(" ", "船"), ("+", "没"), (" ", "开"), ("-", "了"), (" ", "。")]]


def test_versions_side_by_side() -> None:
    old, new = {"title": "Ferry", "text": "It left. It sank."}, {"title": "Ferry", "text": "It left. It arrived."}
    plain = diff_lines([(1, 0.0, old), (2, 60.0, new)], colour=False)
    assert plain[1:3] == ["revision 1 -> 2, seen 1970-01-01T00:01:00Z", "  text:"]
    assert plain[-2:] == ["-It sank.", "+It arrived."]
    (line,) = [one for one in diff_lines([(1, 0.0, old), (2, 60.0, new)], colour=True) if "sank" in one]
    assert line == "  It \x1b[31;9msank\x1b[0m\x1b[32marrived\x1b[0m."
    assert "nothing changed" in diff_lines([(1, 0.0, old)], colour=False)[-1]


@pytest.fixture
def engine(where: str) -> Iterator[sa.Engine]:
    engine = connect(where, create=True, write=True)
    yield engine
    engine.dispose()


class Site:
    """Visits of pages, each in a crawl of its own, as the pipelines write them."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def visit(self, path: str, text: str | None = None, status: int = 200, times: int = 1) -> str:
        """Visits a page `times` in one run; returns its state and reason."""
        ledger = Ledger(self.engine, "test")
        for _ in range(times):
            self._visit(ledger, SITE + path, text, status)
        ledger.close("finished")
        assert not list(findings(self.engine))
        told = reading.story(self.engine, SITE + path)
        assert told is not None
        return f"{told['page']['state']}: {told['page']['reason']}"

    def _visit(self, ledger: Ledger, url: str, text: str | None, status: int) -> None:
        ledger.seed([Found(url, "seed", 1, 0)])
        (task,) = ledger.take("gazette.example", 1, 1e12)
        raw = RawPage(task.page_id, url, "response", 5.0, status)
        if text is not None:
            raw.page = Page(url, "article", Article(f"Title of {text[:9]}", text))
            raw.article_key, raw.content_hash, raw.decision = recognize(ledger, task.page_id, url, raw.page.article or Article())
        outcome = settle(raw, task, Scope())
        outcome.article_key, outcome.content_hash = raw.article_key, raw.content_hash
        if raw.article_key and raw.content_hash:
            outcome.record = collected_record(raw, raw.article_key, raw.content_hash, ["seed"], [])
        ledger.write(outcome)

    def exported(self, **named: Any) -> list[tuple[int, str]]:
        """(seq, op) of an export."""
        return [(seq, row["op"] if isinstance(row, dict) else "delete") for seq, row in reading.exported(self.engine, **named)]


@pytest.fixture
def site(engine: sa.Engine) -> Site:
    return Site(engine)


def test_noise_makes_no_revision_and_says_so(site: Site) -> None:
    site.visit("/a", FERRY + "\n12 views")
    assert site.visit("/a", FERRY + "\n15 views") == "unchanged: only noise changed: a counter"
    assert site.visit("/a", FERRY.replace("120", "121") + "\n16 views") == "stored: same page, text changed"
    assert site.exported(every_revision=True) == [(1, "add"), (2, "update")]


def test_410_is_gone_at_once_and_told_to_who_follows(site: Site) -> None:
    site.visit("/a", FERRY)
    assert site.visit("/a", status=410) == "gone: HTTP 410: its article is gone"
    assert site.visit("/a", status=410) == "gone: HTTP 410", "once"
    assert site.exported() == []
    assert site.exported(since=1) == [(2, "delete")]
    assert site.exported(every_revision=True) == [(1, "add"), (2, "delete")], "the text is kept"
    counts = reading.counts(site.engine)
    assert (counts["articles"], counts["articles_gone"], counts["forgotten"]) == (0, 1, 0)


def test_404_is_gone_at_the_third_run(site: Site) -> None:
    site.visit("/a", FERRY)
    assert site.visit("/a", status=404, times=5) == "gone: HTTP 404: visit 1 of 3 before its article counts as gone"
    assert site.visit("/a", status=404).startswith("gone: HTTP 404: visit 2 of 3")
    assert site.exported() == [(1, "add")], "still there"
    assert site.visit("/a", status=404) == "gone: HTTP 404: its article is gone"
    assert site.exported(since=1) == [(2, "delete")]


def test_a_good_answer_between_begins_the_count_anew(site: Site) -> None:
    site.visit("/a", FERRY)
    for status in (404, 404, 200, 404, 404):
        site.visit("/a", FERRY if status == 200 else None, status)
    assert site.exported() == [(1, "add")]


def test_other_faults_never_bury_an_article(site: Site) -> None:
    site.visit("/a", FERRY)
    for status in (500, 403, 503, 451):
        site.visit("/a", status=status)
    assert site.exported() == [(1, "add")]


def test_a_page_that_was_never_an_article_is_simply_gone(site: Site) -> None:
    assert site.visit("/nothing", status=410) == "gone: HTTP 410"
    assert site.exported(since=0) == []


def test_a_page_that_comes_back_is_added_again(site: Site) -> None:
    site.visit("/a", FERRY)
    site.visit("/a", status=410)
    assert site.visit("/a", FERRY) == "stored: the page is there again"
    assert site.exported(since=1) == [(2, "delete"), (3, "add")]
    assert [row["revision"] for _, row in reading.exported(site.engine)] == [2]
    assert site.visit("/a", status=404).startswith("gone: HTTP 404: visit 1 of 3")


def test_an_article_that_moved_keeps_its_id(site: Site) -> None:
    site.visit("/a", FERRY)
    ((_, first),) = reading.exported(site.engine)
    site.visit("/a", status=410)
    assert site.visit("/moved", FERRY).startswith("stored: there again at another address")
    ((_, second),) = reading.exported(site.engine)
    assert (second["id"], second["url"]) == (first["id"], f"{SITE}/moved")
    assert site.visit("/a", FERRY) == "duplicate: same canonical URL"


def test_a_duplicate_is_kept_and_exported_on_demand(site: Site) -> None:
    site.visit("/a", FERRY)
    assert site.visit("/b", FERRY) == "duplicate: same text"
    assert site.exported() == [(1, "add")]
    (_, original), (seq, copy) = reading.exported(site.engine, keep_duplicates=True)
    assert (seq, copy["url"], copy["duplicate_of"], copy["text"]) == (2, f"{SITE}/b", original["id"], FERRY)
    assert copy["id"] != original["id"] and copy["content_hash"] == original["content_hash"]
    jsonschema.validate(copy, record_schema())
    site.visit("/b", FERRY)
    assert site.exported(keep_duplicates=True, since=2) == [], "as it was"
    site.visit("/c", FERRY.upper())
    assert [row["text"] for _, row in reading.exported(site.engine, keep_duplicates=True, since=2)] == [FERRY.upper()]


def test_a_duplicate_that_becomes_an_article_is_taken_back(site: Site) -> None:
    site.visit("/a", FERRY)
    site.visit("/b", FERRY)
    other = "Council members voted for a new town hall after a long debate about what it will cost and who is to build it."
    assert site.visit("/b", other) == "stored: None"
    assert site.exported(since=2) == [(4, "add")]
    assert site.exported(since=2, keep_duplicates=True) == [(3, "delete"), (4, "add")]
    assert reading.counts(site.engine)["duplicates"] == 0


def test_forgetting_takes_duplicates_revisions_and_absences_away(site: Site) -> None:
    site.visit("/a", FERRY)
    site.visit("/b", FERRY)
    site.visit("/a", status=410)
    assert forget(site.engine, f"{SITE}/b") == (1, 2)
    with site.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(duplicates)).scalar() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar() == 0
        kinds = connection.execute(sa.select(tombstones.c.kind).order_by(tombstones.c.seq)).scalars().all()
    assert kinds == ["gone", "duplicate", "forgotten"]
    assert site.exported(keep_duplicates=True, every_revision=True) == [(3, "delete")]
    assert not list(findings(site.engine))


def test_audit_finds_a_gone_article_without_a_tombstone(site: Site) -> None:
    site.visit("/a", FERRY)
    with site.engine.begin() as connection:
        connection.execute(articles.update().values(gone_at=1.0))
    assert "an article that is gone has no tombstone" in [what for what, _ in findings(site.engine)]


def test_settle_says_how_much_an_answer_counts() -> None:
    task = Task(1, f"{SITE}/a", "news.example", 0, 0, 0, 1, "seed", None)
    told: dict[int, Outcome] = {status: settle(RawPage(1, task.url, "response", 5.0, status), task, Scope()) for status in (404, 410, 403, 500)}
    assert {status: (outcome.state, outcome.absence) for status, outcome in told.items()} == {
        404: ("gone", 1), 410: ("gone", 3), 403: ("refused", 0), 500: ("queued", 0),
    }  # fmt: skip


def test_an_article_is_edited_goes_and_comes_back(tmp_path: Path) -> None:
    served = {"text": "The ferry left the harbour on time. Nobody was surprised to see it go. " * 6, "there": "yes"}

    def answer(path: str, _: int) -> bytes:
        if path == "/robots.txt" or not served["there"]:
            return b""
        head = "<title>The ferry leaves on time again</title><meta property=og:type content=article>"
        body = f"<h1>The ferry leaves on time again</h1><p>{served['text']}</p>"
        return f"<html><head>{head}</head><body>{body}</body></html>".encode()

    db, lines = str(tmp_path / "news.db"), tmp_path / "news.jsonl"
    with serving(answer) as port:
        url, copy = f"http://127.0.0.1:{port}/2026/01/02/start.html", f"http://127.0.0.1:{port}/2026/01/02/copy.html"

        def crawl(*urls: str) -> None:
            newscrawler("crawl", *urls, "--db", db, "-o", str(lines), "--keep-duplicates", *CRAWL)

        crawl(url)
        crawl(copy)
        served["text"] = served["text"].replace("on time", "late")
        crawl(url)
        served["there"] = ""
        for _ in range(3):
            crawl(url)
        gone = newscrawler("why", url, "--db", db, "--diff").out
        served["there"] = "yes"
        crawl(url)
    written = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(record["op"], record["revision"], bool(record["duplicate_of"])) for record in written] == [
        ("add", 1, False), ("add", 1, True), ("update", 2, False), ("add", 3, False),
    ]  # fmt: skip
    assert "HTTP 404: its article is gone" in gone and "-The ferry left the harbour on time." in gone and "+The ferry left the harbour late." in gone
    export = newscrawler("export", "--db", db, "--since", str(written[2]["seq"]), "--keep-duplicates").out.splitlines()
    assert [json.loads(line)["op"] for line in export] == ["delete", "add"]
    assert newscrawler("audit", "--db", db).code == 0
    assert "1  duplicates" in newscrawler("status", "--db", db).out
