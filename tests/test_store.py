"""The store, on SQLite and on PostgreSQL: the ledger's batches, the queue's order, and what happens when something breaks."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Emptied
from older import take_back

from newscrawler.dedupe import content_hash
from newscrawler.exceptions import BadDatabase, BadRow, DatabaseBusy, OldDatabase
from newscrawler.export import article_record
from newscrawler.frontier import join_parts
from newscrawler.items import Article, Decision, Link, Series
from newscrawler.store import Body, Found, Ledger, Outcome, PartRead, connect, database, hold, queue, reading, redo, undo, undone_kinds, upgrade
from newscrawler.store.audit import findings
from newscrawler.store.forget import forget
from newscrawler.store.tables import REVISION, articles, metadata, pages

SITE = "https://news.example"


def found(path: str, priority: int = 50, **named: Any) -> Found:
    return Found(SITE + path, "section", priority, 1, **named)


def taken(ledger: Ledger, most: int = 10) -> list[str]:
    return [task.url.removeprefix(SITE) for task in ledger.take("news.example", most, 1e12)]


def article(page_id: int, key: str, verdict: str = "new", of: str | None = None, digest: str = "sha256:1", **named: Any) -> Outcome:
    record: dict[str, Any] = {
        "id": f"urn:{key}", "seq": 0, "op": "add", "url": f"{SITE}/{key}", "title": "T", "source_domain": "news.example", "revision": 1,
        "date_first_seen": "2026-01-01T00:00:00Z", "provenance": {}, "related": [], "repairs": [],
    }  # fmt: skip
    state = {"duplicate": "duplicate", "unchanged": "unchanged"}.get(verdict, "stored")
    found: dict[str, Any] = {"decision": Decision(verdict, of, "why"), "article_key": key, "content_hash": digest, "record": record}  # type: ignore[arg-type]
    return Outcome(page_id, state, 10.0, "why", status=200, answered=True, **found, **named)


def test_a_url_is_one_page_however_often_it_is_found(ledger: Ledger) -> None:
    ledger.seed([found("/a?utm_source=x"), found("/a"), found("/b")])
    assert taken(ledger) == ["/a?utm_source=x", "/b"]


def test_order_is_priority_then_newest_then_first_found(ledger: Ledger) -> None:
    (start,) = ledger.seed([found("/", 100)])
    ledger.take("news.example", 1, 1e12)
    links = [found("/2026/01/01/old"), found("/hub", 40), found("/plain"), found("/2026/03/02/new"), found("/related", 60)]
    ledger.write(Outcome(start, "read", 1.0, status=200, answered=True, found=links))
    ledger.commit()
    assert taken(ledger) == ["/related", "/2026/03/02/new", "/2026/01/01/old", "/plain", "/hub"]


def test_what_is_not_committed_never_was(engine: sa.Engine, ledger: Ledger) -> None:
    (start,) = ledger.seed([found("/")])
    ledger.take("news.example", 1, 1e12)
    ledger.commit()
    link = Link(SITE + "/x", "article")
    ledger.write(article(start, "k", found=[found("/x")], links=[link], body=Body(b"body", None)))
    ledger.rollback()
    ledger.connection.close()  # as a kill does
    again = Ledger(engine, "again")
    assert taken(again) == ["/"], "in flight at the kill: queued again"
    again.connection.rollback()
    counts = reading.counts(engine)
    assert (counts["articles"], counts["pages"]["total"], counts["links"], counts["bodies"]) == (0, 1, 0, 0)
    assert not list(findings(engine))
    again.connection.close()


def test_a_page_with_its_article_links_and_body_is_whole(engine: sa.Engine, ledger: Ledger) -> None:
    (start,) = ledger.seed([found("/")])
    links = [Link(SITE + "/x", "related", "related", "X...", "teaser", 0, "相关阅读"), Link(SITE + "/x#again", "related")]
    record, queued = ledger.write(article(start, "k", found=[found("/x")], links=links[:1], body=Body(b"body" * 100, "text/html")))
    ledger.close("finished")
    assert record is not None and record["seq"] == 1 and record["revision"] == 1
    assert queued == [("news.example", 1)]
    told = reading.story(engine, SITE + "/x")
    assert told is not None and told["linked_from"][0]["anchor"] == "X..."
    assert [row["body"][:4] for row in reading.kept_bodies(engine)] == [b"\x28\xb5\x2f\xfd"], "a Zstandard frame"
    assert not list(findings(engine))


def test_revisions_and_duplicates(engine: sa.Engine, ledger: Ledger) -> None:
    one, two = ledger.seed([found("/1"), found("/2")])
    ledger.write(article(one, "k1"))
    own, other, by_hash = ledger.known(one, SITE, None, "k1", "sha256:1")
    assert own is not None and own == by_hash and own.page_id == one and other is None
    nothing, by_key, _ = ledger.known(two, SITE, None, "k1", "sha256:1")
    assert nothing is None and by_key == own
    assert ledger.known(one, SITE, None, "another key", "sha256:9") == (own, None, None)
    ledger.write(article(two, "k1", "duplicate", own.id))
    record, _ = ledger.write(article(one, "k1", "revision", own.id, "sha256:2"))
    ledger.close("finished")
    assert record is not None and (record["revision"], record["seq"], record["op"]) == (2, 3, "update"), "the duplicate has a number too"
    assert [(seq, row["revision"]) for seq, row in reading.exported(engine)] == [(3, 2)]
    assert [(seq, row["revision"]) for seq, row in reading.exported(engine, every_revision=True)] == [(1, 1), (3, 2)]
    assert list(reading.exported(engine, since=3)) == []
    assert not list(findings(engine))


def test_forgetting_leaves_a_tombstone_and_a_block(engine: sa.Engine, ledger: Ledger) -> None:
    one, _two = ledger.seed([found("/1"), found("/2")])
    ledger.write(article(one, "k1", body=Body(b"x", None)))
    ledger.close("finished")
    assert forget(engine, SITE + "/1") == (1, 1)
    assert [row["url"] for _, row in reading.exported(engine, since=1)] == [SITE + "/1"]
    assert list(reading.exported(engine)) == [], "no text is left"
    assert reading.counts(engine)["bodies"] == 0
    later = Ledger(engine, "later")
    later.seed([found("/1"), found("/2")])
    assert taken(later) == ["/2"]
    later.close("finished")
    assert forget(engine, "news.example") == (0, 2)
    latest = Ledger(engine, "latest")
    latest.seed([found("/3")])
    assert taken(latest) == []
    latest.close("finished")
    assert not list(findings(engine))


def test_audit_finds_what_does_not_add_up(engine: sa.Engine, ledger: Ledger) -> None:
    (one,) = ledger.seed([found("/1")])
    ledger.write(article(one, "k1"))
    ledger.close("finished")
    with engine.begin() as connection:
        connection.execute(pages.update().values(state="redirected", redirected_to=one, fetches=7))
    wrong = [what for what, _ in findings(engine)]
    assert "a page redirects to itself" in wrong
    assert "the answers counted differ from the answers of the pages" in wrong


def test_one_crawl_at_a_time(engine: sa.Engine, where: str) -> None:
    other = connect(where, write=True)
    with hold(engine), pytest.raises(DatabaseBusy, match="another crawl"), hold(other):
        pass
    with hold(other):
        pass
    other.dispose()


def test_a_database_that_another_process_is_switching_is_waited_for(tmp_path: Path) -> None:
    path = str(tmp_path / "news.db")
    connect(path, create=True).dispose()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN IMMEDIATE")  # on which the switch back to WAL fails at once, whatever the patience
    release = threading.Timer(0.3, other.execute, ("COMMIT",))
    release.start()
    connect(path).dispose()
    release.join()
    other.close()
    again = sqlite3.connect(path)
    assert again.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    again.close()


def test_migrations_lead_to_the_tables(empty: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = connect(empty, create=True, write=True)
    with engine.connect() as connection:
        # Indexes on expressions cannot be compared: the databases give them back in other words.
        chosen = {"include_object": lambda _object, name, kind, *_: (kind, name) != ("index", "pages_queue")}
        context = MigrationContext.configure(connection, opts=chosen)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    assert upgrade(empty) == (REVISION, REVISION)


@pytest.mark.postgres
def test_a_database_that_is_emptied_is_as_a_new_one(emptied: Emptied) -> None:
    """What the fixture `where` gives on PostgreSQL."""

    def content(engine: sa.Engine) -> dict[str, list[Any]]:
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            return {name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")] for name in names}

    def seeded() -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        emptied.empty()
        engine = connect(emptied.url, write=True)
        new = content(engine)
        ledger = Ledger(engine, "test")
        ledger.seed([Found(f"{SITE}/{number}", "seed", 100, 0) for number in range(3)])
        ledger.close("finished")
        ledger.connection.close()
        used = content(engine)
        engine.dispose()
        return new, used

    emptied.drop()
    new, used = seeded()
    assert new != used and new["counters"] and new["alembic_version"]
    again, used_again = seeded()
    assert again == new
    assert [row[0] for row in used_again["pages"]] == [row[0] for row in used["pages"]], "numbers begin anew"
    for change in ("ALTER TABLE pages ADD COLUMN more INTEGER", "DROP INDEX pages_queue", "DROP TABLE parts", "CREATE TABLE other (id INTEGER)"):
        engine = connect(emptied.url, write=True)
        with engine.begin() as connection:
            connection.exec_driver_sql(change)
        engine.dispose()
        made = emptied.made
        emptied.empty()
        assert emptied.made == made + 1, "changed tables are made again"


def test_an_older_database_is_brought_up_to_date(engine: sa.Engine, where: str) -> None:
    ledger = Ledger(engine, "test")
    (one,) = ledger.seed([found("/1")])
    ledger.write(article(one, "https://m.news.example/1"))
    ledger.close("finished")
    with engine.begin() as connection:
        take_back(connection, "0001")
    assert upgrade(where) == ("0001", REVISION)
    undo(engine, "zero_width")
    assert undone_kinds(engine) == {"zero_width"}
    assert {index["name"] for index in sa.inspect(engine).get_indexes("parts")} == {"ix_parts_head_id"}
    with engine.connect() as connection:
        assert connection.execute(sa.select(articles.c.twin_key)).scalars().all() == ["https://news.example/1"]
    assert [record["op"] for _, record in reading.exported(engine)] == ["add"]
    assert not list(findings(engine))


def test_a_kind_of_repair_is_undone_and_made_again(engine: sa.Engine) -> None:
    undo(engine, "zero_width")
    undo(engine, "zero_width")
    undo(engine, "nfc")
    redo(engine, "zero_width")
    redo(engine, "never_undone")
    assert undone_kinds(engine) == {"nfc"}


def test_an_old_database_is_refused_with_the_command_to_run(engine: sa.Engine, where: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(OldDatabase, match="newscrawler db upgrade"):
        connect(where)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(BadDatabase, match="no SQLite database"):
        connect(str(tmp_path / "x.db"))
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE theirs (id)")
    other.close()
    with pytest.raises(BadDatabase, match="none of ours"):
        connect(str(tmp_path / "other.db"), create=True)
    with pytest.raises(BadDatabase, match="no such database"):
        connect(str(tmp_path / "missing.db"))
    with pytest.raises(BadDatabase, match="not a database URL"):
        connect("nonsense://x")


def test_a_page_that_cannot_be_written_leaves_the_batch_whole(engine: sa.Engine, ledger: Ledger) -> None:
    one, two, three = ledger.seed([found("/1"), found("/2"), found("/3")])
    ledger.write(article(one, "k1"))
    with pytest.raises(BadRow):
        ledger.write(article(two, "k1", links=[Link(f"{SITE}/new", "article")], found=[found("/new")]))
    ledger.write(article(three, "k3", digest="sha256:3"))
    ledger.close("finished")
    assert [seq for seq, _ in reading.exported(engine)] == [1, 2]
    assert reading.story(engine, f"{SITE}/new") is None
    assert not list(findings(engine))


def test_a_page_met_on_a_shorter_way_is_brought_nearer(ledger: Ledger) -> None:
    (start,) = ledger.seed([found("/")])
    ledger.take("news.example", 1, 1e12)
    deep = Found(f"{SITE}/deep", "related", 50, 2, start, 0, "left out: deeper than --depth 1")
    ledger.depth_limited = True
    ledger.write(Outcome(start, "read", 1.0, status=200, answered=True, found=[deep]))
    assert taken(ledger) == []
    _, queued = ledger.write(Outcome(start, "read", 1.0, status=200, answered=True, found=[Found(deep.url, "section", 50, 1, start)]))
    assert queued == [("news.example", 1)]
    assert taken(ledger) == ["/deep"]


def test_another_spelling_is_asked_for_on_the_same_row(engine: sa.Engine, ledger: Ledger) -> None:
    (page,) = ledger.seed([found("/a?utm_source=rss")])
    ledger.take("news.example", 1, 1e12)
    ledger.write(Outcome(page, "queued", 1.0, "HTTP 301", status=301, answered=True, url=f"{SITE}/a", hops=1))
    (task,) = ledger.take("news.example", 1, 1e12)
    assert (task.page_id, task.url, task.hops) == (page, f"{SITE}/a", 1)
    ledger.close("finished")
    assert not list(findings(engine))


def test_start_pages_by_the_ten_thousand(ledger: Ledger) -> None:
    """More than the parameters that one statement may have: 65,535 on PostgreSQL, 32,766 on SQLite as it comes."""
    ids = ledger.seed([found(f"/{number}") for number in range(66_000)])
    assert len(set(ids)) == 66_000
    assert ledger.waiting_hosts() == {"news.example": 66_000}


def test_related_entries_meet_articles_by_page_and_by_redirect(engine: sa.Engine, ledger: Ledger) -> None:
    (one, two, moved) = ledger.seed([found("/a"), found("/b"), found("/moved")])
    ledger.write(Outcome(moved, "redirected", 1.0, status=301, answered=True, redirected_to=found("/b")))
    target = article(two, "k2", digest="sha256:2")
    assert target.record is not None
    target.record["title"] = "The last bus to Upper Hill runs in May"
    ledger.write(target)
    source = article(one, "k1")
    assert source.record is not None
    entry = {"id": None, "title_complete": None}
    source.record["related"] = [
        {"url": f"{SITE}/b?utm_source=x", "title": "The last bus to Upper...", **entry},
        {"url": f"{SITE}/moved", "title": "Something else altogether", **entry},
        {"url": f"{SITE}/nowhere", "title": "The last bus to Upper...", **entry},
    ]
    ledger.write(source)
    ledger.commit()
    records = {record["id"]: record for _, record in reading.exported(engine)}
    told = [(one["id"], one["title_complete"]) for one in records["urn:k1"]["related"]]
    assert told == [("urn:k2", "The last bus to Upper Hill runs in May"), ("urn:k2", None), (None, None)]


PART_URLS = [f"{SITE}/a.html", f"{SITE}/a_2.html", f"{SITE}/a_3.html"]


def part(page_id: int, number: int) -> Outcome:
    """What a crawl writes when it has read one of three pages that name one another; each says one paragraph."""
    text = f"What page {number} of the story about the ferry says."
    article = Article(title="The ferry", text=text)
    digest = content_hash(article.title, text)
    record = article_record(
        article, id=f"urn:{number}", seq=0, url=PART_URLS[number - 1], source_domain="news.example", content_hash=digest,
        date_first_seen="2026-01-01T00:00:00Z", date_fetched="2026-01-01T00:00:00Z",
    )  # fmt: skip
    others = tuple((place if place > 1 else 0, PART_URLS[place - 1]) for place in (1, 2, 3) if place != number)
    read = PartRead(Series(PART_URLS[0], number if number > 1 else 0, others), dict(record))
    named = [Found(url, "section", 90, 0) for _, url in others]
    return Outcome(page_id, "read", 10.0, f"part {number}", 200, "article", answered=True, part=read, part_pages=named)


def test_an_open_series_is_joined_only_by_who_asks_for_it(ledger: Ledger) -> None:
    (first,) = ledger.seed([Found(PART_URLS[0], "seed", 100, 0)])
    ledger.write(part(first, 1))
    assert ledger.open_series(lambda url: True) == [first]
    assert ledger.open_series(lambda url: url != PART_URLS[0]) == [], "a series of another source waits for the crawl of that one"


def texts(engine: sa.Engine) -> list[str]:
    return [record["text"] for _, record in reading.exported(engine)]


WHOLE_TEXT = "\n".join(f"What page {number} of the story about the ferry says." for number in (1, 2, 3))


@pytest.mark.parametrize("killed_after", [1, 2, 3])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_a_kill_between_parts_loses_and_doubles_nothing(engine: sa.Engine, order: tuple[int, ...], killed_after: int) -> None:
    ledger = Ledger(engine, "first")
    ledger.seed([Found(PART_URLS[order[0] - 1], "seed", 100, 0)])
    for count, number in enumerate(order, 1):
        task = next(task for task in ledger.take("news.example", 10, 1e12) if task.url == PART_URLS[number - 1])
        ledger.write(part(task.page_id, number))
        records = list(join_parts(ledger, task.page_id, 10.0))
        assert [record["text"] for record in records] == ([WHOLE_TEXT] if count == 3 else [])
        if count == killed_after:
            ledger.rollback()  # fetched, written and not committed: as a kill leaves it
            ledger.connection.close()
            assert not list(findings(engine)) and texts(engine) == []
            ledger = Ledger(engine, "again")
            (task, *_) = [one for one in ledger.take("news.example", 10, 1e12) if one.url == PART_URLS[number - 1]]
            ledger.write(part(task.page_id, number))
            list(join_parts(ledger, task.page_id, 10.0))
        ledger.commit()
        queue.give_back(ledger.connection)
        ledger.commit()
        assert not list(findings(engine))
    ledger.close("finished")
    assert texts(engine) == [WHOLE_TEXT]
    assert not list(findings(engine))


def test_a_part_that_moved_and_a_first_page_that_moved(engine: sa.Engine, ledger: Ledger) -> None:
    first, second, third = ledger.seed([Found(url, "seed", 100, 0) for url in PART_URLS])
    ledger.take("news.example", 10, 1e12)
    ledger.write(part(second, 2))
    ledger.write(Outcome(third, "redirected", 10.0, "HTTP 302", 302, answered=True, redirected_to=found("/a_2.html")))
    moved = found("/moved/a.html")
    ledger.write(Outcome(first, "redirected", 10.0, "HTTP 301", 301, answered=True, redirected_to=moved))
    assert list(join_parts(ledger, second, 10.0)) == [], "the first page is awaited at its new address"
    (task,) = ledger.take("news.example", 10, 1e12)
    assert task.url == moved.url
    ledger.write(part(task.page_id, 1))
    (record,) = join_parts(ledger, second, 10.0)
    ledger.close("finished")
    assert record["text"] == WHOLE_TEXT.rpartition("\n")[0]
    assert not list(findings(engine))


def test_the_pages_of_a_list_are_articles_of_their_own(engine: sa.Engine, ledger: Ledger) -> None:
    first, second, third = ledger.seed([Found(url, "seed", 100, 0) for url in PART_URLS])
    ledger.take("news.example", 10, 1e12)
    ledger.write(part(second, 2))
    ledger.write(part(third, 3))
    ledger.write(Outcome(first, "read", 10.0, None, 200, "hub", answered=True))
    assert len(list(join_parts(ledger, first, 10.0))) == 2
    ledger.close("finished")
    assert texts(engine) == WHOLE_TEXT.split("\n")[1:]
    assert not list(findings(engine))


def test_parts_that_were_articles_become_one(engine: sa.Engine, ledger: Ledger) -> None:
    first, second, third = ledger.seed([Found(url, "seed", 100, 0) for url in PART_URLS])
    ledger.take("news.example", 10, 1e12)
    for page, number in ((second, 2), (third, 3)):
        alone = part(page, number)
        assert alone.part is not None
        alone.record, alone.part, alone.part_pages = alone.part.record, None, ()
        alone.state, alone.decision, alone.article_key, alone.content_hash = "stored", Decision("new"), f"k{number}", alone.record["content_hash"]
        ledger.write(alone)
    ledger.write(part(first, 1))
    (record,) = join_parts(ledger, first, 10.0)
    ledger.close("finished")
    assert (record["id"], record["text"], record["revision"]) == ("urn:2", WHOLE_TEXT, 2)
    assert [(seq, one.get("op", "delete")) for seq, one in reading.exported(engine, since=2)] == [(3, "delete"), (4, "update")]
    assert not list(findings(engine))


def test_a_wait_for_a_lock_is_told_at_its_start_and_at_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "UNTOLD_MS", 10)
    path = str(tmp_path / "news.db")
    engine = connect(path, create=True, write=True)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    told: list[str] = []

    def tell(words: str, *values: object) -> None:
        told.append(words % values)
        if lock.in_transaction:
            lock.execute("ROLLBACK")

    monkeypatch.setattr(database.logger, "warning", tell)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == database.BUSY_MS
    with engine.begin():
        pass
    lock.close()
    engine.dispose()
    assert told == [f"--db {path}: another program has locked it: waiting for it, up to 30 s", f"--db {path}: going on"]
