"""Export for consumers: changes in order, followed as they come, appended to a file that survives kills."""

from __future__ import annotations

import json
import random
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import newscrawler, started

from newscrawler.exceptions import FileBusy, UsageError
from newscrawler.export import article_record, following
from newscrawler.export.appending import AppendedFile
from newscrawler.export.following import Wanted, complete, portions
from newscrawler.items import Article, Decision
from newscrawler.store import Found, Ledger, Outcome, connect, hold
from newscrawler.store.absence import ENOUGH
from newscrawler.store.forget import forget

SITE = "https://news.example"


def page(number: int) -> str:
    return f"{SITE}/{number}"


def outcome(page_id: int, number: int, verdict: str = "new", of: str | None = None, text: str = "text", asks: str | None = None) -> Outcome:
    record: dict[str, Any] = article_record(
        Article(title=f"Title {number}", text=text), id=of or f"urn:{number}", seq=0, url=page(number), source_domain="news.example",
        date_first_seen="2026-11-24T00:00:00Z", date_fetched="2026-11-24T00:00:00Z", rights={"meta_robots": asks},
    )  # fmt: skip
    decision = Decision(verdict, of, "why")  # type: ignore[arg-type]
    return Outcome(
        page_id, "stored", 10.0, status=200, answered=True, decision=decision, article_key=page(number), content_hash=f"{number} {text}", record=record
    )


@pytest.fixture
def engine(where: str) -> Iterator[sa.Engine]:
    engine = connect(where, create=True, write=True)
    yield engine
    engine.dispose()


def store(engine: sa.Engine, numbers: range) -> list[int]:
    ledger = Ledger(engine, "test")
    ids = ledger.seed([Found(page(number), "seed", 100, 0) for number in numbers])
    for page_id, number in zip(ids, numbers, strict=True):
        ledger.write(outcome(page_id, number))
    ledger.close("finished")
    return ids


def told(engine: sa.Engine, since: int = 0, **named: Any) -> list[tuple[int, str, str]]:
    return [(one["seq"], one["op"], one["url"].removeprefix(SITE)) for records in portions(engine, Wanted(since, **named)) for one in records]


def test_changes_come_in_order_with_updates_and_deletions(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = store(engine, range(4))
    ledger = Ledger(engine, "again")
    ledger.write(outcome(ids[1], 1, "revision", "urn:1", "new text"))
    ledger.write(Outcome(ids[2], "gone", 11.0, "HTTP 404", status=404, answered=True))
    ledger.close("finished")
    forget(engine, page(0))
    monkeypatch.setattr(following, "PORTION", 2)
    assert told(engine) == [(3, "add", "/2"), (4, "add", "/3"), (5, "update", "/1")], "a page that has gone stays; what nobody got is not deleted"
    assert told(engine, 1) == [(3, "add", "/2"), (4, "add", "/3"), (5, "update", "/1"), (6, "delete", "/0")]
    assert told(engine, 2, every_revision=True) == [(3, "add", "/2"), (4, "add", "/3"), (5, "update", "/1"), (6, "delete", "/0")]
    assert told(engine, every_revision=True)[:1] == [(2, "add", "/1")]
    assert told(engine, 1, site="other.example") == [] and told(engine, 6) == []


def test_what_is_forgotten_while_the_first_export_reads_is_deleted(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    store(engine, range(3))
    forget(engine, page(2))
    monkeypatch.setattr(following, "PORTION", 1)
    reader = portions(engine, Wanted())
    assert [one["seq"] for one in next(reader)] == [1]
    forget(engine, page(0))
    store(engine, range(5, 6))
    assert [(one["seq"], one["op"]) for records in reader for one in records] == [(2, "add"), (5, "delete"), (6, "add")]


NO_COPY = {"uses": ("archive",)}


def test_what_may_no_longer_be_used_is_taken_back(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = store(engine, range(3))
    ledger = Ledger(engine, "again")
    new = ledger.seed([Found(page(7), "seed", 100, 0)])[0]
    ledger.write(outcome(ids[1], 1, "revision", "urn:1", "new text", "noarchive"))
    ledger.write(outcome(new, 7, asks="noarchive"))
    ledger.write(outcome(ids[2], 2, "revision", "urn:2", "new text"))
    ledger.commit()
    monkeypatch.setattr(following, "PORTION", 2)
    for since in (1, 3):
        assert told(engine, since, **NO_COPY) == [(4, "delete", "/1"), (6, "update", "/2")], "what never might be used was never told"
    assert told(engine, **NO_COPY) == [(1, "add", "/0"), (6, "update", "/2")], "what nobody got is not deleted"
    wanted = [(1, "add", "/0"), (2, "add", "/1"), (3, "add", "/2"), (4, "delete", "/1"), (6, "update", "/2")]
    assert told(engine, every_revision=True, **NO_COPY) == wanted, "here somebody got it"
    for since, every in ((0, False), (0, True), (1, False), (3, True)):
        state = [(one["seq"], one["op"], one["url"].removeprefix(SITE)) for one in complete(engine, Wanted(since, every_revision=every, **NO_COPY))]
        assert state == told(engine, since, every_revision=every, **NO_COPY)
    (taken,) = [one for one in complete(engine, Wanted(3, **NO_COPY)) if one["op"] == "delete"]
    assert (taken["id"], taken["title"], taken["text"], taken["revision"]) == ("urn:1", None, "", 2)
    assert taken["rights"]["meta_robots"] == "noarchive", "why"
    ledger.write(outcome(ids[1], 1, "revision", "urn:1", "newest text"))
    ledger.close("finished")
    assert told(engine, 6, **NO_COPY) == [(7, "update", "/1")]


def test_what_is_reserved_while_the_first_export_reads_is_taken_back(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = store(engine, range(3))
    monkeypatch.setattr(following, "PORTION", 1)
    reader = portions(engine, Wanted(**NO_COPY))
    assert [one["seq"] for one in next(reader)] == [1]
    ledger = Ledger(engine, "again")
    ledger.write(outcome(ids[0], 0, "revision", "urn:0", "new text", "noarchive"))
    ledger.close("finished")
    assert [(one["seq"], one["op"]) for records in reader for one in records] == [(2, "add"), (3, "add"), (4, "delete")]


def test_all_versions_end_with_those_that_are_gone(engine: sa.Engine) -> None:
    ids = store(engine, range(2))
    ledger = Ledger(engine, "again")
    ledger.write(Outcome(ids[0], "gone", 11.0, "HTTP 410", status=410, answered=True, absence=ENOUGH))
    ledger.close("finished")
    assert told(engine) == [(2, "add", "/1")]
    wanted = [(1, "add", "/0"), (2, "add", "/1"), (3, "delete", "/0")]
    assert told(engine, every_revision=True) == wanted
    assert [(one["seq"], one["op"], one["url"].removeprefix(SITE)) for one in complete(engine, Wanted(every_revision=True))] == wanted


def test_follow_brings_what_comes_and_ends_on_a_signal(where: str, engine: sa.Engine) -> None:
    store(engine, range(2))
    with hold(engine), started("export", "--follow", "--db", where) as command:
        assert [json.loads(command.stdout.readline())["seq"] for _ in range(2)] == [1, 2]
        store(engine, range(2, 4))
        assert [json.loads(command.stdout.readline())["seq"] for _ in range(2)] == [3, 4]
        command.process.send_signal(signal.SIGTERM)
        assert command.process.wait(60) == 0 and command.stdout.read() == b"" and command.stderr.read() == b""


def test_follow_ends_when_its_reader_has_gone(engine: sa.Engine, where: str) -> None:
    store(engine, range(1))
    with started("export", "--follow", "--db", where) as command:
        command.stdout.readline()
        command.stdout.close()  # nothing more will be written: it is noticed all the same
        assert command.process.wait(60) == 0 and command.stderr.read() == b""


@pytest.mark.parametrize("cut", [1, 2, 100, 10_000])
def test_a_torn_last_line_is_cut_and_written_again(cut: int, tmp_path: Path) -> None:
    db, file = str(tmp_path / "news.db"), tmp_path / "out.jsonl"
    engine = connect(db, create=True, write=True)
    store(engine, range(3))
    engine.dispose()
    assert newscrawler("export", "--append", "-o", str(file), "--db", db).code == 0
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    ran = newscrawler("export", "--append", "-o", str(file), "--db", db)
    assert ran.code == 0 and file.read_bytes() == whole
    assert ("torn last line" in ran.err) == (cut < len(whole) and whole[-cut - 1 : -cut] != b"\n")


def test_a_torn_line_at_every_length(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    lines = b'{"seq": 1}\n{"seq": 22}\n'
    for length in range(len(lines) + 1):
        file.write_bytes(lines[:length])
        with AppendedFile(str(file)) as opened:
            assert opened.seq == (None, 1, 22)[lines[:length].count(b"\n")]
        assert file.read_bytes() == lines[: lines.rfind(b"\n", 0, length) + 1]


def test_two_exports_to_one_file_are_refused(tmp_path: Path) -> None:
    file = str(tmp_path / "out.jsonl")
    with AppendedFile(file), pytest.raises(FileBusy, match="another export"):
        AppendedFile(file)
    with AppendedFile(file) as again:
        assert again.seq is None


def test_a_plain_export_does_not_take_the_file_from_one_that_appends(tmp_path: Path) -> None:
    file, db = tmp_path / "out.jsonl", str(tmp_path / "news.db")
    newscrawler("crawl", "http://127.0.0.1:1/", "--db", db, "--allow-private", "127.0.0.1", "--delay", "0", "--max-pages", "1")
    with AppendedFile(str(file)):
        ran = newscrawler("export", "--db", db, "-o", str(file))
        assert (ran.code, file.exists()) == (4, True) and "another export appends to this file" in ran.err
    assert newscrawler("export", "--db", db, "-o", str(file)).code == 0


@pytest.mark.parametrize("content", ["words\n", "[1]\n", '{"seq": "7"}\n', '{"title": "x"}\n', "\n"])
def test_a_file_of_something_else_stays_as_it_is(content: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(content)
    with pytest.raises(UsageError, match="last line"):
        AppendedFile(str(file))
    assert file.read_text() == content


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--append"], "say with -o"),
        (["--follow", "-o", "x.jsonl"], "with --append"),
        (["--append", "-o", "/dev/null"], "needs a file"),
        (["--append", "-o", "."], "cannot be written"),
        (["--append", "-o", "full.jsonl", "--since", "3"], "leave --since out"),
        (["--append", "-o", "other.jsonl"], "another one"),
    ],
)
def test_wrong_calls(words: list[str], said: str, tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "news.db"), create=True, write=True)
    store(engine, range(1))
    engine.dispose()
    (tmp_path / "full.jsonl").write_text('{"seq": 1}\n')
    (tmp_path / "other.jsonl").write_text('{"seq": 99}\n')
    ran = newscrawler("export", *words, "--db", "news.db", cwd=tmp_path)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1


def test_kills_tear_and_double_nothing(where: str, engine: sa.Engine, tmp_path: Path) -> None:
    """An export that follows a collection in the making is killed again and again: each record is there once, each line whole."""
    file, chance, done = tmp_path / "out.jsonl", random.Random(7), Event()

    def lines() -> int:
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def collect() -> None:
        ledger = Ledger(engine, "test")
        for number in range(4000):
            if done.is_set():
                break
            page_id = ledger.seed([Found(page(number), "seed", 100, 0)])[0]
            ledger.write(outcome(page_id, number, text="text " * chance.randrange(1000)))
            ledger.commit()
        ledger.close("finished")

    words = ("export", "--append", "--follow", "-o", str(file), "--db", where)
    writer = Thread(target=collect)
    writer.start()
    try:
        for _ in range(6):
            before = lines()
            with started(*words) as command:
                until = time.monotonic() + 60
                while lines() < before + 20 and time.monotonic() < until:
                    select.select([], [], [], 0.002)
                select.select([], [], [], chance.random() / 5)
                command.process.end()
            assert lines() > before
    finally:
        done.set()
        writer.join()
    ran = newscrawler("export", "--append", "-o", str(file), "--db", where)
    assert ran.code == 0, ran.err
    seqs = [json.loads(line)["seq"] for line in file.read_text(encoding="utf-8").splitlines()]
    with engine.begin() as connection:
        stored = list(connection.exec_driver_sql("SELECT seq FROM revisions ORDER BY seq").scalars())
    assert len(seqs) > 100 and seqs == stored
