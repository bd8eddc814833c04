"""What the index of near-duplicates costs an article as it grows, on SQLite and PostgreSQL.

    python bench/near_scale.py [--sizes 10000 100000 1000000] [--postgres URL] [--folder DIR]

Fills an index with fingerprints of as many made-up articles (random keys and sketches of 1,000 shingles, in the order of the keys: what
locality a real collection has is missing), then, in a process of its own, asks for and adds 2,000 more, 64 to a transaction: half are
new, half copies of stored ones with a tenth of the shingles changed.

CPU is this process's: on PostgreSQL without the server's, so look at the wall clock there. RSS is the highest of this process, the
interpreter, numpy and SQLAlchemy included. Prints figures, asserts nothing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from struct import pack

import numpy as np
import sqlalchemy as sa

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from newscrawler.dedupe import Fingerprint, nearest  # noqa: E402
from newscrawler.dedupe.fingerprint import KEYS  # noqa: E402
from newscrawler.store import connect  # noqa: E402
from newscrawler.store import near as index  # noqa: E402

ASKED = 2_000
BATCH = 64
LEVEL, KEPT, NUMBERS = 4, 64, 10
STEP = 20_000


def made_up(rng: random.Random) -> Fingerprint:
    """The fingerprint of an article that does not exist."""
    sketch, numbers = sorted(rng.sample(range(1 << 16), KEPT)), sorted(rng.sample(range(1 << 16), NUMBERS))
    keys = tuple(rng.randrange(1 << 31) for _ in range(KEYS))
    return Fingerprint(keys, KEPT << LEVEL, LEVEL, pack(f"<{KEPT}H", *sketch), pack(f"<{NUMBERS}H", *numbers), 0)


def edited(one: Fingerprint, rng: random.Random) -> Fingerprint:
    """The fingerprint of a copy of which a tenth of the shingles are others."""
    other = made_up(rng)
    keys = tuple(theirs if rng.random() < 0.1 else mine for mine, theirs in zip(one.keys, other.keys, strict=True))
    return Fingerprint(keys, one.shingles, one.level, one.sketch[: -2 * (KEPT // 10)] + other.sketch[-2 * (KEPT // 10) :], one.numbers, 0)


def fill(where: str, size: int) -> None:
    """Stores so many fingerprints: the articles by number, their keys in ascending order."""
    engine = connect(where, create=True, write=True)
    keys = np.random.default_rng(size).integers(0, 1 << 31, (size, KEYS), dtype=np.int32)
    with engine.begin() as connection:
        _insert(connection, "near_prints (number, packed)", ((number, _packed(keys[number], number)) for number in range(size)))
        order = np.argsort(keys, axis=None, kind="stable")
        flat = keys.ravel()
        _insert(connection, "near_keys (key, number)", ((int(flat[place]), int(place) // KEYS) for place in order))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE near_keys, near_prints")
    engine.dispose()


def _packed(keys: np.ndarray, number: int) -> bytes:
    rng = random.Random(number)
    one = made_up(rng)
    return Fingerprint(tuple(keys.tolist()), one.shingles, one.level, one.sketch, one.numbers, 0).packed()


def _insert(connection: sa.Connection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    if connection.dialect.name == "postgresql":
        with connection.connection.driver_connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row(row)
        return
    while part := list(islice(rows, STEP)):
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES (?, ?)", part)


def measure(where: str, size: int, line: str) -> None:
    """Asks and adds, and prints one line of the table."""
    engine = connect(where, write=True)
    rng = random.Random(size + 1)
    with engine.connect() as connection:
        wanted = [rng.randrange(size) for _ in range(ASKED // 2)]
        rows = [connection.exec_driver_sql(f"SELECT packed FROM near_prints WHERE number = {number}").scalar_one() for number in wanted]
        asked = [(number, edited(Fingerprint.unpacked(packed), rng)) for number, packed in zip(wanted, rows, strict=True)]
        asked += [(None, made_up(rng)) for _ in range(ASKED // 2)]
        connection.commit()
        rng.shuffle(asked)
        for one in (asked[0][1], asked[1][1]):  # the statements are compiled once
            index.candidates(connection, one)
        cpu, wall, right = time.process_time(), time.perf_counter(), 0
        for number, (expected, one) in enumerate(asked, size):
            found = nearest(one, index.candidates(connection, one))
            right += (found[0] if found else None) == expected
            index.write(connection, number, one, first=True)
            if number % BATCH == 0:
                connection.commit()
        connection.commit()
        each = [1e6 * seconds / ASKED for seconds in (time.process_time() - cpu, time.perf_counter() - wall)]
    engine.dispose()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{line} {each[0]:8.0f} {each[1]:8.0f} us   {right} of {ASKED} right   RSS {rss:.0f} MB", flush=True)


def bytes_of(where: str) -> int:
    """The size of the index."""
    if "://" not in where:
        return sum(path.stat().st_size for path in Path(where).parent.glob(f"{Path(where).name}*"))
    engine = sa.create_engine(where)
    with engine.connect() as connection:
        size: int = connection.exec_driver_sql(
            "SELECT pg_total_relation_size('near_keys') + pg_total_relation_size('near_prints')"
        ).scalar_one()
    engine.dispose()
    return size


def run(kind: str, where: str, size: int) -> None:
    """Fills and measures, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    filling = spawn.Process(target=fill, args=(where, size))
    filling.start()
    filling.join()
    line = f"{kind:11} {size:9,} {bytes_of(where) / size:6.0f} B"
    measuring = spawn.Process(target=measure, args=(where, size, line))
    measuring.start()
    measuring.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--postgres", help="a database on a server, in which databases may be made")
    parser.add_argument("--folder", help="where the SQLite files go for a while")
    arguments = parser.parse_args()
    print(f"{'database':11} {'articles':>9} {'each':>8} {'CPU':>8} {'wall':>8}      ask and add one article")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            run("sqlite", f"{folder}/near.db", size)
    for size in arguments.sizes if arguments.postgres else ():
        with new_database(arguments.postgres, f"near_scale_{size}") as where:
            run("postgresql", where, size)


@contextmanager
def new_database(server: str, name: str) -> Iterator[str]:
    """The URL of an empty database, which is dropped afterwards."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield engine.url.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


if __name__ == "__main__":
    main()
