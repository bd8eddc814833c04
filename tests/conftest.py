"""What the tests share: databases of both kinds, and the sample site crawled once."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import hypothesis
import pytest
import sqlalchemy as sa
from warm import Process, Warm

from newscrawler.store import Ledger, connect, tables

# A time by the clock says how busy the machine is: what must be fast is measured in the time of the processor, and in bench/.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")

POSTGRES = os.environ.get("NEWSCRAWLER_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


def _postgres() -> str | None:
    """The server's URL, or None where there is none; with NEWSCRAWLER_REQUIRE_POSTGRES its absence is an error."""
    engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return POSTGRES
    except sa.exc.OperationalError:
        if os.environ.get("NEWSCRAWLER_REQUIRE_POSTGRES"):
            raise
        return None
    finally:
        engine.dispose()


@contextmanager
def _database() -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is dropped afterwards."""
    server = _postgres()
    if server is None:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    name = f"newscrawler_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        # No test stops the server: a commit need not wait for the disk to be read by others.
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def _drop_all(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database that `empty` drops everything in."""
    with _database() as url:
        yield url


class Emptied:
    """A PostgreSQL database with our tables and no rows: making the tables takes half a second, so they are made again only
    when a test has changed one."""

    # All that a test could add, take away or change, by number: what was dropped and made again has another.
    _SHAPE = """
        SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
            SELECT concat_ws(' ', 'relation', oid, relname) AS part FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef)
                FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled) FROM pg_trigger
            UNION ALL SELECT concat_ws(' ', 'default', oid, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
            UNION ALL SELECT concat_ws(' ', 'function', oid, proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ) AS parts
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._shape: str | None = None
        self.made = 0
        """How often the tables were made."""

    def drop(self) -> None:
        """Leaves nothing."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            _drop_all(connection)
        engine.dispose()

    def empty(self) -> None:
        """Leaves what `connect` makes of an empty database: tables, counters at 0, numbers from 1."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            found = connection.exec_driver_sql(self._SHAPE).scalar()
            as_made = self._shape is not None and found == self._shape and self._holds_few(connection)
            if as_made:
                self._clear(connection)
            else:
                _drop_all(connection)
        if not as_made:
            connect(self.url, create=True).dispose()
            self.made += 1
            with engine.connect() as connection:
                self._shape = connection.exec_driver_sql(self._SHAPE).scalar()
        engine.dispose()

    @staticmethod
    def _holds_few(connection: sa.Connection) -> bool:
        """Whether deleting is the cheaper way: each deleted row is looked for in every table that may refer to it."""
        most = connection.execute(sa.select(*(sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (tables.pages, tables.revisions))))
        return max(most.one()) <= 100

    @staticmethod
    def _clear(connection: sa.Connection) -> None:
        names = [table.name for table in reversed(tables.metadata.sorted_tables)]
        connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in [*names, "alembic_version"]))
        connection.exec_driver_sql("SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{tables.REVISION}')")
        connection.execute(tables.counters.insert(), [{"name": name, "value": 0} for name in tables.COUNTERS])


@pytest.fixture(scope="session")
def emptied() -> Iterator[Emptied]:
    with _database() as url:
        yield Emptied(url)


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables: each test that uses it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "news.db")
    url = str(request.getfixturevalue("postgres"))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        _drop_all(connection)
    engine.dispose()
    return url


@pytest.fixture(params=BOTH)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without rows, on SQLite and on PostgreSQL; for a test of the making of tables there is `empty`."""
    if request.param == "sqlite":
        return str(tmp_path / "news.db")
    database: Emptied = request.getfixturevalue("emptied")
    database.empty()
    return database.url


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str


def newscrawler(*words: str, stdin: bytes = b"", cwd: Path | None = None, before: str = "", cold: bool = False) -> Ran:
    """Runs the command line in a process of its own, as a user does; `before` is Python that runs first, to shorten a wait.

    The process is forked from one that has imported everything (see warm.py), or with `cold` started from nothing.
    """
    if not cold:
        return run_warm("newscrawler", words, stdin, cwd, before)
    process = subprocess.run(
        [sys.executable, "-c", f"{before}\nimport sys; from newscrawler.cli import main; sys.exit(main())", *words],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        timeout=120,
        check=False,
    )
    return Ran(process.returncode, process.stdout.decode(), process.stderr.decode())


@cache
def warm() -> Warm:
    """The server of commands, from the first that is asked for to the end of the tests."""
    return Warm()


@pytest.fixture(scope="session", autouse=True)
def _end_of_warm() -> Iterator[None]:
    yield
    if warm.cache_info().currsize:
        warm().close()


@dataclass(frozen=True, slots=True)
class Started:
    """A command that runs: the ends of its pipes that a test has."""

    process: Process
    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO


@contextmanager
def started(*words: str, cwd: Path | None = None, before: str = "", program: str = "newscrawler") -> Iterator[Started]:
    """A command of warm.py that runs beside the test, killed at the end of the block if it still does."""
    (read, give), (out, write), (err, complain) = os.pipe(), os.pipe(), os.pipe()
    with os.fdopen(give, "wb") as stdin, os.fdopen(out, "rb") as stdout, os.fdopen(err, "rb") as stderr:
        try:
            process = warm().start(words, read, write, complain, cwd, before, program)
        finally:
            for theirs in (read, write, complain):
                os.close(theirs)
        try:
            yield Started(process, stdin, stdout, stderr)
        finally:
            process.end()


def run_warm(program: str, words: tuple[str, ...], stdin: bytes = b"", cwd: Path | None = None, before: str = "") -> Ran:
    """Runs a program of warm.py to its end."""
    with started(*words, cwd=cwd, before=before, program=program) as command, ThreadPoolExecutor(3) as reading:
        given = reading.submit(_give, command.stdin, stdin)
        out, err = reading.submit(command.stdout.read), reading.submit(command.stderr.read)
        try:
            code = command.process.wait(120)
        finally:
            command.process.end()
        given.result()
        return Ran(code, out.result().decode(), err.result().decode())


def _give(stdin: BinaryIO, content: bytes) -> None:
    with suppress(BrokenPipeError):  # who needs no input does not read it
        stdin.write(content)
        stdin.close()


@dataclass(frozen=True, slots=True)
class Crawled:
    """The sample site after one complete crawl."""

    site: str
    db: str
    lines: Path
    ran: Ran


@pytest.fixture(scope="session")
def sample_site() -> Iterator[str]:
    """The bundled sample site on loopback, as long as the tests run."""
    from newscrawler.sample import serve

    with serve() as site:
        yield site


CRAWL = ("--delay", "0", "--concurrency", "8", "--allow-private", "127.0.0.1")


@pytest.fixture(scope="session")
def crawled(sample_site: str, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """The sample site, crawled once; many tests ask this database."""
    folder = tmp_path_factory.mktemp("crawled")
    db, lines = str(folder / "news.db"), folder / "news.jsonl"
    ran = newscrawler("crawl", f"{sample_site}/", "--db", db, "-o", str(lines), *CRAWL, cold=True)
    return Crawled(sample_site, db, lines, ran)


@contextmanager
def serving(answer: Callable[[str, int], bytes]) -> Iterator[int]:
    """A loopback server of HTML pages: `answer` takes path and port, and b"" is a 404. Yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer(self.path, self.server.server_address[1])
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def engine(where: str) -> Iterator[sa.Engine]:
    engine = connect(where, create=True, write=True)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    ledger = Ledger(engine, "test")
    yield ledger
    ledger.connection.close()
