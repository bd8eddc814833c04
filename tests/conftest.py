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

import pytest
import sqlalchemy as sa
from warm import Process, Warm

from newscrawler.store import Ledger, connect

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is dropped afterwards."""
    server = _postgres()
    if server is None:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    name = f"newscrawler_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: each test that uses it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "news.db")
    url = str(request.getfixturevalue("postgres"))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return url


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
    with open(give, "wb") as stdin, open(out, "rb") as stdout, open(err, "rb") as stderr:
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
