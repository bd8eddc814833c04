"""Opens a database: SQLite by path, anything SQLAlchemy knows by URL. Makes a new one, refuses an old one, names what fails."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError

from newscrawler.exceptions import BadDatabase, BadRow, DatabaseBusy, DiskFull, NewDatabase, OldDatabase, StoreError
from newscrawler.store import silence
from newscrawler.store.tables import COUNTERS, REVISION, counters, metadata

logger = logging.getLogger(__name__)
DEFAULT = "data/news.db"
BUSY_MS = 30_000
UNTOLD_MS = 2_000  # a wait for a lock that is shorter is nothing to speak of
CRAWL_LOCK = 0x6E657773  # PostgreSQL's advisory lock of one crawl: "news"

# What the drivers say, and what that is to a user. The first that fits counts.
_FAULTS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("disk is full", DiskFull, "the disk is full: free some space and run the same command again; nothing is half-written"),
    ("no space left", DiskFull, "the disk is full: free some space and run the same command again; nothing is half-written"),
    ("disk i/o error", DiskFull, "the disk cannot be written: look at its free space and health, then run the same command again"),
    ("database is locked", DatabaseBusy, "the database stayed locked by another program: close that program and run the same command again"),
    ("readonly database", BadDatabase, "the database is read-only: check the permissions of its file and folder"),
    ("unable to open", BadDatabase, "the database file cannot be opened: check the path and its permissions"),
    ("not a database", BadDatabase, "that file is no SQLite database: give another path with --db"),
    ("malformed", BadDatabase, "the database file is damaged: restore it from a copy, or try sqlite3's .recover"),
    ("connection", BadDatabase, "the database server does not answer: check the URL and that the server runs"),
)


@contextmanager
def named_errors(where: str | None = None) -> Iterator[None]:
    """Turns a driver's error into one of ours, with a line that says what to do, and with the database's name if it is given."""
    prefix = f"--db {where}: " if where else ""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        for words, kind, advice in _FAULTS:
            if words in said.lower():
                raise kind(f"{prefix}{advice} ({said})") from error
        kind = BadRow if isinstance(error, (IntegrityError, DataError)) else StoreError
        raise kind(f"{prefix}the database failed: {said}") from error


def database_url(where: str) -> sa.URL:
    """The SQLAlchemy URL of `where`, a path or a URL; raises BadDatabase for what is neither. Connects to nothing."""
    if "://" not in where:
        return sa.URL.create("sqlite", database=where)
    try:
        url = sa.make_url(where)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:  # ValueError: a port that is no number
        raise BadDatabase(f"--db {_safe(where)}: not a database URL that we know: give a path, sqlite:///PATH or postgresql://...") from error
    return url


def _safe(where: str) -> str:
    """The address without a password, for messages."""
    return where if "@" not in where else where.split("://")[0] + "://..." + where[where.rindex("@") :]


def connect(where: str = DEFAULT, *, create: bool = False, write: bool = False, check: bool = True, patience: float | None = None) -> sa.Engine:
    """An engine on an existing or, with `create`, a new database of this version.

    SQLite runs with WAL, foreign keys and full syncs. With `write` every transaction may write from its start (BEGIN
    IMMEDIATE), so that a locked database is noticed there; without it readers never wait. `patience`: seconds after which a transaction on a
    PostgreSQL that does not answer fails (store/silence.py), SQLite waiting for its lock as ever. Raises BadDatabase, OldDatabase, NewDatabase, DatabaseBusy.
    """
    url = database_url(where)
    if url.get_backend_name() == "sqlite":
        _prepare_folder(url.database, create)
    try:
        engine = sa.create_engine(url, connect_args=_connect_arguments(url, patience))
    except ImportError as error:
        raise BadDatabase(f"--db {_safe(where)}: its driver is not installed: pip install 'newscrawler[postgres]'") from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _tune_sqlite)
        sa.event.listen(engine, "begin", _begin_writing if write else _begin)
    elif engine.dialect.name == "postgresql" and patience is not None:
        silence.limit(engine, patience)
    if check:
        try:
            with named_errors(_safe(where)):
                _check_version(engine, create, _safe(where))
        except StoreError:
            engine.dispose()
            raise
    return engine


def _connect_arguments(url: sa.URL, patience: float | None) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": BUSY_MS / 1000}
    return {} if patience is None or url.get_backend_name() != "postgresql" else silence.connect_arguments(patience)


def _prepare_folder(path: str | None, create: bool) -> None:
    if not path:
        raise BadDatabase("--db: a database in memory is forgotten at once: give a path")
    if create:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadDatabase(f"--db {path}: its folder cannot be made ({error.strerror})") from error
    elif not Path(path).exists():
        raise BadDatabase(f"--db {path}: no such database: run `newscrawler crawl` first, or name another with --db")


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3's own BEGINs off: ours are explicit
    _switch_to_wal(connection)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-32768", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: sa.Connection) -> None:
    """Waits for the lock as long as the connection's busy_timeout says: told once where that is long, and once more when it goes on."""
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    if patience <= UNTOLD_MS:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={UNTOLD_MS}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    except sa.exc.OperationalError as error:
        if not isinstance(error.orig, sqlite3.OperationalError) or error.orig.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    logger.warning("--db %s: another program has locked it: waiting for it, up to %d s", connection.engine.url.database, patience // 1000)
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    logger.warning("--db %s: going on", connection.engine.url.database)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Sets write-ahead logging, again while another process is at it: SQLite does not wait then, since two that switch at once could wait for each other."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _check_version(engine: sa.Engine, create: bool, where: str) -> None:
    tables = set(sa.inspect(engine).get_table_names())
    if "alembic_version" not in tables:
        if tables - {"spatial_ref_sys"}:
            raise BadDatabase(f"--db {where}: this database holds other tables and none of ours: give one of its own")
        if not create:
            raise BadDatabase(f"--db {where}: this database is empty: run `newscrawler crawl` first")
        _create(engine)
        return
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found is None or found < REVISION:
        raise OldDatabase(f"--db {where}: made by an older version ({found}): run `newscrawler db upgrade --db {where}` once")
    if found > REVISION:
        raise NewDatabase(f"--db {where}: made by a newer version ({found}): upgrade newscrawler, then run this again")


def _create(engine: sa.Engine) -> None:
    """All tables in one transaction, marked as the newest migration; harmless when another process was first."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CRAWL_LOCK})")
        if sa.inspect(connection).has_table("alembic_version"):
            return
        metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{REVISION}')")
        connection.execute(counters.insert(), [{"name": name, "value": 0} for name in COUNTERS])


def upgrade(where: str) -> tuple[str | None, str]:
    """Brings an older database to this version, in place; returns the versions before and after."""
    from alembic import command
    from alembic.config import Config

    engine = connect(where, write=True, check=False)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with named_errors(_safe(where)), hold(engine):
            if not sa.inspect(engine).has_table("alembic_version"):
                raise BadDatabase(f"--db {_safe(where)}: this is no database of newscrawler")
            with engine.connect() as connection:
                before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return before, REVISION


@contextmanager
def hold(engine: sa.Engine) -> Iterator[None]:
    """Holds the database for one writing command at a time; raises DatabaseBusy when another has it.

    The lock is the operating system's (flock beside the SQLite file) or the server's (an advisory lock of a session), so a
    killed crawl never leaves it behind. Readers need none.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({CRAWL_LOCK})").scalar():
                raise DatabaseBusy("another crawl works on this database: wait for it, or stop it")
            connection.commit()  # a session lock outlives the transaction; an open one would hold back vacuum
            try:
                yield
            finally:  # the pool keeps the session, and the session its lock; a broken connection has let go of it
                with suppress(DBAPIError):
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({CRAWL_LOCK})")
        return
    path = f"{engine.url.database}.lock"
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DatabaseBusy("another crawl works on this database: wait for it, or stop it") from error
    try:
        yield
    finally:
        os.close(handle)
