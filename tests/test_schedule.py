"""The schedule on a faked clock with made-up processes over a real database: claims, leases, kills, jumps, reloads, drains."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from older import take_back

from newscrawler.config import Source, read_sources
from newscrawler.exceptions import BadDatabase, BadSource, StoreError
from newscrawler.schedule import Daemon, Job, Timing
from newscrawler.schedule.held import LEASE_LOST, TIME_LIMIT
from newscrawler.store import connect, scheduled, upgrade
from newscrawler.store.scheduled import Gap
from newscrawler.store.tables import scheduled_runs as runs_table

NOON = 1_795_521_600.0  # 2026-11-24 12:00 UTC
TIMING = Timing()


class FakeClock:
    """A clock that tests set; the wall may jump, the other only goes on."""

    def __init__(self) -> None:
        self.wall, self.steady = NOON, 5000.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def sleep(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


class FakeProcess:
    """A process that ends when its time is over, or after a signal that it heeds."""

    def __init__(self, clock: FakeClock, seconds: float, code: int = 0, deaf: bool = False) -> None:
        self.clock, self.end, self.code, self.deaf = clock, clock.steady + seconds, code, deaf
        self.signals: list[str] = []

    def poll(self) -> int | None:
        return self.code if self.clock.steady >= self.end else None

    def stop(self) -> None:
        self.signals.append("TERM")
        if not self.deaf:
            self.end, self.code = self.clock.steady, 143

    def kill(self) -> None:
        self.signals.append("KILL")
        self.end, self.code = self.clock.steady, -9


class Machine:
    """One daemon on its own steady clock, and the processes that it started."""

    def __init__(self, engine: sa.Engine, sources: list[Source], clock: FakeClock, *, once: bool = False, **process: Any) -> None:
        self.clock, self.started, self.process = clock, [], {"seconds": 60.0, **process}
        self.processes: list[FakeProcess] = []
        self.daemon = Daemon(engine, sources, self.job_of, TIMING, clock, once=once)  # type: ignore[arg-type]

    def job_of(self, source: Source) -> Job:
        def start() -> FakeProcess:
            self.started.append(source.name)
            self.processes.append(FakeProcess(self.clock, **self.process))
            return self.processes[-1]

        return Job(source.db or "main", start)

    def run(self, seconds: float, step: float = 5.0) -> None:
        for _ in range(int(seconds / step)):
            self.daemon.tick()
            self.clock.sleep(step)
        self.daemon.tick()


def source(name: str, every: int = 900, **more: Any) -> Source:
    return Source(name, ("https://a.example/",), every=every, **more)


@pytest.fixture
def engine(where: str) -> Iterator[sa.Engine]:
    engine = scheduled.open_schedule(where)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def rows(engine: sa.Engine, missed: bool = False) -> list[tuple[str, float, str | None]]:
    return [(run.source, run.due, run.reason) for run in reversed(scheduled.history(engine)) if bool(run.missed) == missed]


def test_a_claim_is_had_once(engine: sa.Engine) -> None:
    first = scheduled.claim(engine, "a", 100.0, "db", "one", 101.0)
    assert first is not None
    assert scheduled.claim(engine, "a", 100.0, "other", "two", 101.0) is None, "the due time is taken"
    assert scheduled.claim(engine, "a", 200.0, "other", "two", 201.0) is None, "the source is at work"
    assert scheduled.claim(engine, "b", 200.0, "db", "two", 201.0, Gap(50.0, 150.0, 3, "why")) is None, "the database is at work"
    assert len(scheduled.history(engine)) == 1, "and no gap is told for a run that was not had"
    assert scheduled.beat(engine, first, "one") and not scheduled.beat(engine, first, "two")
    assert scheduled.end(engine, first, "one", scheduled.End(110.0, "done", 0, 5, 2))
    assert not scheduled.end(engine, first, "one", scheduled.End(120.0, "done", 0)), "what has ended stays as it is"
    assert scheduled.claim(engine, "a", 100.0, "db", "two", 111.0) is None, "the due time stays taken"
    assert scheduled.claim(engine, "b", 200.0, "db", "two", 201.0, Gap(50.0, 150.0, 3, "why")) is not None
    (gap,) = [run for run in scheduled.history(engine, "b") if run.missed]
    assert (gap.missed, gap.missed_from, gap.due, gap.reason) == (3, 50.0, 150.0, "why")
    assert scheduled.last_run(engine, "a", 99.0) is None
    assert [(run.source, run.articles) for run in scheduled.latest_runs(engine)] == [("a", 2), ("b", None)]


def test_only_one_takes_up_what_a_dead_one_had(engine: sa.Engine) -> None:
    run = scheduled.claim(engine, "a", 100.0, "db", "one", 101.0)
    (seen,) = scheduled.open_runs(engine)
    assert run is not None and scheduled.beat(engine, run, "one")
    assert not scheduled.take_up(engine, seen, "two"), "it lives"
    (seen,) = scheduled.open_runs(engine)
    assert scheduled.take_up(engine, seen, "two") and not scheduled.take_up(engine, seen, "three")
    assert not scheduled.beat(engine, run, "one") and not scheduled.end(engine, run, "one", scheduled.End(9.0, "done"))
    assert scheduled.open_runs(engine)[0].attempts == 2


def test_a_day_of_one_source(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a")], clock)
    machine.run(86400, step=30)
    dues = [due for _, due, reason in rows(engine) if reason == "done"]
    assert 96 <= len(dues) <= 97 and all(later - due == 900 for due, later in pairwise(dues))
    assert rows(engine, missed=True) == []


def test_sources_of_one_database_run_one_after_the_other(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a"), source("b"), source("c", db="own")], clock)
    machine.daemon.tick()
    assert sorted(machine.started) == sorted([machine.started[0], "c"]) and len(machine.started) == 2
    machine.run(200)
    assert sorted(set(machine.started)) == ["a", "b", "c"]


def test_a_long_run_overlaps_with_nothing_and_what_it_covered_is_told(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a")], clock, seconds=3000.0)
    machine.run(4000)
    assert machine.started == ["a", "a"]
    ((_, _, reason),) = rows(engine, missed=True)
    assert reason == "the run before was still going"


def test_a_silence_runs_once_late(engine: sa.Engine, clock: FakeClock) -> None:
    Machine(engine, [source("a")], clock).run(1000)
    before = len(rows(engine))
    clock.sleep(86400)
    Machine(engine, [source("a")], clock).run(100)
    assert len(rows(engine)) == before + 1
    (gap,) = [run for run in scheduled.history(engine) if run.missed]
    assert gap.reason == "no schedule was running" and gap.missed >= 94


@pytest.mark.parametrize("jump", [-7200.0, -40.0, 40.0, 3600.0, 86400.0 * 400])
def test_a_clock_that_jumps_and_comes_back(engine: sa.Engine, clock: FakeClock, jump: float) -> None:
    machine = Machine(engine, [source("a")], clock)
    machine.run(2000)
    clock.wall += jump
    machine.run(3000)
    clock.wall -= jump
    machine.run(6000)
    dues = [due for _, due, reason in rows(engine) if reason == "done"]
    assert len(dues) == len(set(dues)) == len(rows(engine)), "nothing twice, nothing left open"
    told = [run for run in scheduled.history(engine) if run.missed]
    end = machine.clock.wall
    begin = end - 11000
    for due in range(int(begin // 900 + 1) * 900, int(end), 900):
        due += dues[0] % 900
        if begin + 900 < due <= end - 900:
            assert due in dues or any(gap.missed_from <= due <= gap.due for gap in told if gap.missed_from), "not lost"
    lengths = [run.ended_at - run.started_at for run in scheduled.history(engine) if run.ended_at and run.started_at]
    assert all(60 <= length <= 70 for length in lengths), "durations do not jump"
    assert max(dues) <= end or jump > 0


def test_two_daemons_share_every_due_time(engine: sa.Engine, clock: FakeClock) -> None:
    one, two = Machine(engine, [source("a"), source("b")], clock), Machine(engine, [source("a"), source("b")], clock)
    for _ in range(400):
        for machine in (one, two):
            machine.daemon.tick()
        clock.sleep(10)
    pairs = [(name, due) for name, due, _ in rows(engine)]
    assert len(pairs) == len(set(pairs)) == len(one.started) + len(two.started)
    assert rows(engine, missed=True) == []


def test_the_run_of_a_killed_daemon_is_taken_up(engine: sa.Engine, clock: FakeClock) -> None:
    every_day = [source("a", every=86400)]
    dead, other = Machine(engine, every_day, clock), Machine(engine, every_day, clock)
    dead.run(20)
    other.run(TIMING.lease - 20)
    assert other.started == [], "it may live"
    other.run(120)
    assert other.started == ["a"]
    ((_, _, reason),) = rows(engine)
    assert reason == "done" and scheduled.history(engine)[0].attempts == 2
    dead.daemon.tick()
    assert dead.processes[0].poll() is not None or dead.processes[0].signals, "who was only slow stops"


def test_where_a_newer_time_is_due_that_one_runs_and_the_old_one_was_killed(engine: sa.Engine, clock: FakeClock) -> None:
    Machine(engine, [source("a")], clock).daemon.tick()
    clock.sleep(2000)
    other = Machine(engine, [source("a")], clock)
    other.run(400)
    reasons = [reason for _, _, reason in rows(engine)]
    assert reasons == ["killed", "done"] and other.started == ["a"]


def test_what_kills_its_owner_three_times_is_left(engine: sa.Engine, clock: FakeClock) -> None:
    for _ in range(5):
        Machine(engine, [source("a", every=86400 * 300)], clock, seconds=1e9).run(TIMING.lease + 20)
    ((_, _, reason),) = rows(engine)
    assert reason == "killed" and scheduled.history(engine)[0].attempts == 3


def test_a_clock_that_jumps_kills_nobody(engine: sa.Engine, clock: FakeClock) -> None:
    one, other = Machine(engine, [source("a", every=86400)], clock, seconds=500.0), Machine(engine, [source("a", every=86400)], clock)
    one.daemon.tick()
    clock.wall += 3600
    for _ in range(60):
        one.daemon.tick()
        other.daemon.tick()
        clock.sleep(5)
    assert other.started == []


def test_time_limit_grace_and_kill(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a", every=86400, time_limit=100)], clock, seconds=1e9, deaf=True)
    machine.run(100 + TIMING.grace + 20)
    assert machine.processes[0].signals == ["TERM", "KILL"]
    assert [(reason, run.exit_code) for run in scheduled.history(engine) for reason in [run.reason]] == [(TIME_LIMIT, -9)]


def test_a_busy_database_is_waited_for(engine: sa.Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine(engine, [source("a", every=86400)], clock, seconds=1.0, code=4)
    machine.run(60)
    machine.process["code"] = 0
    machine.run(60)
    assert 3 <= len(machine.started) <= 7
    assert rows(engine)[0][2] == "done" and len(rows(engine)) == 1
    assert [message for message in caplog.messages if "busy" in message] == [f"a: its database is busy: trying again, up to {TIMING.busy_patience:.0f} s"]


CODES = [(0, "done"), (1, "failed"), (2, "wrong usage"), (3, "disk full"), (-11, "killed by signal 11"), (7, "failed with exit code 7")]


@pytest.mark.parametrize(("code", "reason"), CODES)
def test_exit_codes(engine: sa.Engine, clock: FakeClock, code: int, reason: str) -> None:
    machine = Machine(engine, [source("a", every=86400)], clock, code=code)
    machine.run(100)
    assert [(run.reason, run.exit_code) for run in scheduled.history(engine)] == [(reason, code)]
    assert machine.daemon.failures == (code != 0)


def test_a_reload_and_a_source_that_goes_while_it_runs(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a")], clock)
    machine.daemon.tick()
    machine.daemon.load([source("b")])
    machine.run(2000)
    assert machine.started.count("a") == 1 and machine.started.count("b") >= 2
    assert [reason for name, _, reason in rows(engine) if name == "a"] == ["done"]


def test_drain_and_stop(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a"), source("b")], clock, seconds=300.0)
    machine.daemon.tick()
    machine.daemon.drain()
    machine.run(100)
    assert len(machine.started) == 1 and not machine.daemon.finished()
    machine.daemon.stop()
    machine.run(10)
    assert machine.daemon.finished()
    assert [(run.reason, run.exit_code) for run in scheduled.history(engine)] == [("stopped", 143)]


def test_once_runs_what_is_due_and_leaves_what_others_do(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a", every=86400), source("b", every=86400)], clock, once=True, seconds=400.0)
    machine.daemon.tick()
    other = Machine(engine, [source("a", every=86400), source("b", every=86400)], clock, once=True)
    for _ in range(6):
        machine.daemon.tick()
        other.daemon.tick()
        clock.sleep(4)
    assert other.daemon.finished() and other.started == [], "the first is seen to live"
    while not machine.daemon.finished():
        machine.run(10)
    assert sorted(machine.started) == ["a", "b"]


def test_once_ends_with_what_was_due_as_it_began(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source(name, every=5) for name in "abc"], clock, once=True, seconds=7.0)
    for _ in range(60):
        machine.daemon.tick()
        if machine.daemon.finished():
            break
        clock.sleep(1)
    assert sorted(machine.started) == ["a", "b", "c"] and machine.daemon.finished(), "each is due again before the others are done"
    Machine(engine, [source(name, every=5) for name in "abc"], clock, once=True, seconds=7.0).run(40)
    assert len(rows(engine)) == 6, "what came due meanwhile is the next one's"
    assert [run.reason for run in scheduled.history(engine) if run.missed], "and told"


def test_once_leaves_a_time_that_another_one_is_past(engine: sa.Engine, clock: FakeClock) -> None:
    machine = Machine(engine, [source("a", every=60), source("b", every=60)], clock, once=True, seconds=200.0)
    machine.daemon.tick()
    clock.sleep(120)
    waits = "b" if machine.started == ["a"] else "a"
    Machine(engine, [source(waits, every=60, db="own")], clock, seconds=1.0).run(10)
    machine.run(300)
    dues = [due for name, due, _ in rows(engine) if name == waits]
    assert dues == sorted(dues) and machine.started == [name for name in machine.started if name != waits], "it is not run for an older time"


def test_old_rows_go_and_what_is_needed_stays(engine: sa.Engine) -> None:
    for number in range(40):
        for name in ("a", "b"):
            gap = Gap(number * 100.0 + 1, number * 100.0 + 9, 2, "why") if number % 2 else None
            run = scheduled.claim(engine, name, number * 100.0 + 50, name, "me", 1.0, gap)
            assert run is not None and ((number == 0 and name == "a") or scheduled.end(engine, run, "me", scheduled.End(2.0, "done", 0)))
            if number == 0 and name == "a":
                with engine.begin() as connection:  # still open, and its indices would keep others off
                    connection.execute(sa.update(runs_table).where(runs_table.c.id == run).values(slot="z", source="open"))
    before = len(scheduled.history(engine, "b"))
    assert scheduled.prune(engine, "b", keep=10) == before - 15 and scheduled.prune(engine, "b", keep=10) == 0
    kept = scheduled.history(engine, "b")
    assert [run.due for run in kept if not run.missed] == [number * 100.0 + 50 for number in range(39, 29, -1)] and len(kept) == 15
    assert len(scheduled.history(engine, "a")) == before - 1 and scheduled.prune(engine, "open", keep=1) == 0
    assert scheduled.prune(engine, "nobody", keep=1) == 0


def test_a_day_of_a_daemon_prunes_each_source(engine: sa.Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned: list[str] = []
    monkeypatch.setattr(scheduled, "prune", lambda _engine, name: pruned.append(name))
    Machine(engine, [source("a"), source("b", db="own")], clock).run(86400 * 2.5, step=300)
    assert sorted(pruned) == ["a"] * 3 + ["b"] * 3


def test_misses_are_summed_by_source(engine: sa.Engine) -> None:
    for number, (name, due, missed, reason) in enumerate([("a", 100.0, 3, "x"), ("a", 200.0, 4, "y"), ("b", 90.0, 5, "x"), ("a", 20.0, 9, "old")]):
        gap = Gap(due - 10, due, missed, reason)
        run = scheduled.claim(engine, name, due + number + 1, f"s{number}", "me", due, gap)
        assert run is not None and scheduled.end(engine, run, "me", scheduled.End(due, "done"))
    found = [(run.source, run.missed, run.missed_from, run.due, run.reason) for run in scheduled.misses(engine, 50.0)]
    assert found == [("a", 7, 90.0, 200.0, "y"), ("b", 5, 80.0, 90.0, "x")]


def test_a_locked_database_loses_and_doubles_nothing(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "PATIENCE_MS", 1)
    engine = scheduled.open_schedule(str(tmp_path / "news.db"))
    one, two = (Machine(engine, [source("a"), source("b", db="own")], clock, seconds=100.0) for _ in range(2))
    for step in range(1200):
        if step == 25:  # runs are under way; a minute
            lock = sqlite3.connect(tmp_path / "news.db", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
        if step == 37:
            lock.execute("ROLLBACK")
            lock.close()
        for machine in (one, two):
            machine.daemon.tick()
        clock.sleep(5)
    pairs = [(name, due) for name, due, _ in rows(engine)]
    assert len(pairs) == len(set(pairs)) == len(one.started) + len(two.started)
    assert {run.attempts for run in scheduled.history(engine)} == {1} and rows(engine, missed=True) == []
    engine.dispose()


def test_who_cannot_tell_that_it_lives_stops(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "PATIENCE_MS", 1)
    engine = scheduled.open_schedule(str(tmp_path / "news.db"))
    machine = Machine(engine, [source("a", every=86400)], clock, seconds=1e9)
    machine.daemon.tick()
    lock = sqlite3.connect(tmp_path / "news.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    machine.run(TIMING.give_up + 5)
    assert machine.processes[0].signals == ["TERM"]
    assert TIMING.give_up + TIMING.grace < TIMING.lease, "dead before others may think so"
    lock.execute("ROLLBACK")
    lock.close()
    machine.run(10)
    assert [run.reason for run in scheduled.history(engine)] == [LEASE_LOST]
    engine.dispose()


def test_the_table_comes_by_migration_too(empty: str) -> None:
    connect(empty, create=True).dispose()
    engine = connect(empty, write=True)
    with engine.begin() as connection:
        take_back(connection, "0005")
    engine.dispose()
    upgrade(empty)
    engine = scheduled.open_schedule(empty)
    assert scheduled.claim(engine, "a", 1.0, "db", "one", 2.0) and scheduled.claim(engine, "b", 1.0, "db", "one", 2.0) is None
    with engine.connect() as connection:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        from newscrawler.store.tables import metadata

        assert [change for change in compare_metadata(MigrationContext.configure(connection), metadata) if "scheduled" in repr(change)] == []
    engine.dispose()


@pytest.mark.parametrize("db", ["mysqll://u:s3cret@x/y", "postgresql://u:s3cret@h:port/n", "postgresql://u:s3cret@[::1/n", "sqlite://", "sqlite://s3cret"])
def test_a_database_that_cannot_be_one_is_told_with_its_line(tmp_path: Path, db: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[source.a]\nstart_pages = ["https://a.example/"]\ndb = "{db}"\n')
    with pytest.raises(BadSource, match=r"sources\.toml:3: source 'a': db: ") as caught:
        read_sources(file)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(BadDatabase):  # as --db too
        connect(db)


@pytest.mark.parametrize("db", ["postgresql://u:p@h:5432/n", "postgresql+psycopg:///n?host=/run/pg", "postgres://h", "sqlite:////var/a.db"])
def test_a_database_that_may_be_one_is_taken_as_it_is(tmp_path: Path, db: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[source.a]\nstart_pages = ["https://a.example/"]\ndb = "{db}"\n')
    assert [found.db for found in read_sources(file)] == [db]


class OneBroken(Machine):
    """A machine for which the source "bad" has no database that could be opened."""

    def job_of(self, source: Source) -> Job:
        if source.name == "bad":
            raise BadDatabase("--db foo://: not a database URL that we know")
        return super().job_of(source)


def test_a_source_that_cannot_run_is_named_once_and_the_others_go_on(engine: sa.Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    machine = OneBroken(engine, [source("a"), source("bad"), source("b", db="own")], clock)
    machine.run(2000)
    assert {name for name, _, reason in rows(engine) if reason == "done"} == {"a", "b"}
    assert [record.getMessage() for record in caplog.records if "bad" in record.getMessage()] == [
        "bad: cannot run: --db foo://: not a database URL that we know"
    ]
    assert machine.daemon.failures == 1, "so `--once` ends with 1"


def test_a_name_that_the_database_cannot_hold_stops_no_other(engine: sa.Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine(engine, [source("a\0b", db="zero"), source("a"), source("b", db="own")], clock)
    machine.run(100)
    assert {"a", "b"} <= {name for name, _, reason in rows(engine) if reason == "done"}
    assert sum("cannot run" in record.getMessage() for record in caplog.records) == (engine.dialect.name == "postgresql")


def test_a_database_in_a_folder_that_may_not_be_entered_is_only_not_counted(tmp_path: Path) -> None:
    assert scheduled.totals(str(tmp_path / ("x" * 300) / "news.db")) is None, "nor one whose name is too long"
    assert scheduled.totals("mysqll://x/y") is None


@contextmanager
def stalling(host: str, port: int, silent: threading.Event) -> Iterator[int]:
    """A proxy that takes all that comes, as a kernel does for a stopped server, and hands nothing on while it is `silent`."""

    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                while silent.is_set():
                    time.sleep(0.02)
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client = listener.accept()[0]
                server = socket.create_connection((host, port))
                ends.extend((client, server))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        silent.clear()
        listener.shutdown(socket.SHUT_RDWR)
    for end in ends:
        end.close()


@pytest.mark.postgres
@pytest.mark.parametrize("where", ["postgresql"], indirect=True)
def test_a_server_that_falls_silent_freezes_nothing(where: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "SERVER_PATIENCE", 1.0)
    url, silent = sa.make_url(where), threading.Event()
    with stalling(url.host or "", url.port or 5432, silent) as port:
        engine = scheduled.open_schedule(url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False))
        machine = Machine(engine, [source("a", every=86400)], clock, seconds=1e9)
        machine.daemon.tick()
        assert machine.started == ["a"]
        silent.set()
        for _ in range(int(TIMING.give_up / 30) + 2):
            clock.sleep(30)
            began = time.monotonic()
            machine.daemon.tick()
            assert time.monotonic() - began < 20, "it comes back (with 1 to 2 seconds, on a machine that has time)"
        assert machine.processes[0].signals[:1] == ["TERM"], "and looks after what it holds meanwhile"
        silent.clear()
        machine.run(20)
        assert [run.reason for run in scheduled.history(engine)] == [LEASE_LOST]
        engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("where", ["postgresql"], indirect=True)
def test_a_lock_on_a_server_is_given_up_by_the_server(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "SERVER_PATIENCE", 3.0)
    engine, other = scheduled.open_schedule(where), sa.create_engine(where)
    with other.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE scheduled_runs IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreError, match="statement timeout"):
            scheduled.open_runs(engine)
    assert scheduled.open_runs(engine) == []
    time.sleep(3.2)
    assert scheduled.open_runs(engine) == [], "what is not in use has no end"
    engine.dispose()
    other.dispose()


@pytest.mark.parametrize("draining", [False, True])
def test_a_claim_whose_answer_was_lost_is_not_lost(engine: sa.Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, draining: bool) -> None:
    machine, claim = Machine(engine, [source("a", every=86400)], clock), scheduled.claim

    def lost(*words: Any) -> None:
        claim(*words)
        raise StoreError("the server is gone")

    monkeypatch.setattr(scheduled, "claim", lost)
    machine.daemon.tick()
    monkeypatch.setattr(scheduled, "claim", claim)
    assert machine.started == [] and len(scheduled.open_runs(engine)) == 1
    if draining:
        machine.daemon.drain()
    machine.run(100)
    assert machine.started == ([] if draining else ["a"])
    assert [reason for _, _, reason in rows(engine)] == ["stopped" if draining else "done"]
