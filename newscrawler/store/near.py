"""The index of near-duplicates: fingerprints by number, and keys that lead from a new text to the few that may be its like.

    candidates -> dedupe.nearest -> write

`candidates`, `write` and `forget` work on a connection inside its transaction; a number is whatever the caller counts texts by.
`NearIndex` is the same on a file or database of its own, with ids in place of numbers.

Theory: see `dedupe.fingerprint`. A key of which `CROWD` texts have their rows gets no more: it is of boilerplate, or of a text that was
copied again and again, which these find. So a lookup reads at most KEYS * CROWD short rows and compares `CANDIDATES` fingerprints, whatever
the collection holds. Where it fails: a text of which all keys are boilerplate is not found, unless it is like one of the first `CROWD`; and
which these are, the order of arrival says.
"""

from __future__ import annotations

from types import TracebackType

import sqlalchemy as sa

from newscrawler.clean import clean_text
from newscrawler.clean.effort import shared_effort
from newscrawler.dedupe import Fingerprint, fingerprint, nearest
from newscrawler.dedupe.fingerprint import KEYS, MAX_LENGTH, MAX_TITLE
from newscrawler.exceptions import BadDatabase
from newscrawler.store.database import connect, named_errors
from newscrawler.store.tables import BigId, near_keys, near_prints

CROWD = 16
"""Texts that one key leads to, at most."""
CANDIDATES = 16
"""Fingerprints compared with a new one: those that share most keys with it, the lowest numbers first."""

REPAIR_EFFORT = 5_000
"""Characters that the search for frame shifts may weigh in a text, about 10 ms: comparing is worth less than storing."""

_FIND = """
SELECT near_prints.number, near_prints.packed FROM near_prints JOIN (
  SELECT number, count(*) AS votes FROM near_keys WHERE key IN ({keys}) GROUP BY number ORDER BY votes DESC, number LIMIT {candidates}
) AS best ON best.number = near_prints.number ORDER BY best.votes DESC, best.number
"""
_CROWDED = "SELECT key FROM near_keys WHERE key IN ({keys}) GROUP BY key HAVING count(*) >= {crowd}"
_PACKED = "SELECT packed FROM near_prints WHERE number = {mark}"


def candidates(connection: sa.Connection, new: Fingerprint) -> list[tuple[int, Fingerprint]]:
    """Returns the stored texts that may be like `new`, likeliest first: at most `CANDIDATES`, none for a text without keys."""
    if not new.keys:
        return []
    rows = connection.exec_driver_sql(_sql(_FIND, connection), _all_keys(new))
    return [(number, Fingerprint.unpacked(packed)) for number, packed in rows]


def write(connection: sa.Connection, number: int, new: Fingerprint, left_out: bytes | None = None, *, first: bool = False) -> None:
    """Stores the fingerprint of a text, in place of the one that it had; of a text without keys nothing is stored, but what was left out.

    `left_out` says which lines it was made without (`dedupe.lines.packed`), `first` that the text has none yet, which spares the question.
    """
    if not first:
        forget(connection, number)
    if not new.keys and left_out is None:
        return
    mark = _mark(connection)
    row = {"number": number, "packed": new.packed()} | ({} if left_out is None else {"left_out": left_out})
    columns, marks = ", ".join(row), ", ".join([mark] * len(row))
    connection.exec_driver_sql(f"INSERT INTO near_prints ({columns}) VALUES ({marks})", tuple(row.values()))
    if not new.keys:
        return
    crowded = {key for (key,) in connection.exec_driver_sql(_sql(_CROWDED, connection), _all_keys(new))}
    if keys := [key for key in new.keys if key not in crowded]:
        rows = ", ".join([f"({mark}, {mark})"] * len(keys))  # one statement: a server answers once
        connection.exec_driver_sql(f"INSERT INTO near_keys (key, number) VALUES {rows}", tuple(each for key in keys for each in (key, number)))


def forget(connection: sa.Connection, number: int) -> None:
    """Removes the fingerprint and keys of a text; one that has none is no error."""
    packed = connection.exec_driver_sql(_sql(_PACKED, connection), (number,)).scalar()
    if packed is None:
        return
    keys = Fingerprint.unpacked(packed).keys
    connection.execute(near_keys.delete().where(near_keys.c.key.in_(keys), near_keys.c.number == number))
    connection.execute(near_prints.delete().where(near_prints.c.number == number))


def _mark(connection: sa.Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _sql(statement: str, connection: sa.Connection) -> str:
    mark = _mark(connection)
    return statement.format(keys=", ".join([mark] * KEYS), candidates=CANDIDATES, crowd=CROWD, mark=mark)


def _all_keys(one: Fingerprint) -> tuple[int, ...]:
    """Its keys, the last one again and again, so that every lookup is the same statement."""
    return (*one.keys, *[one.keys[-1]] * (KEYS - len(one.keys)))


_ESCAPED = "\x1b"


def _stored(id: str) -> str:
    """Returns an id as databases take it, each as another: none takes half a surrogate pair, PostgreSQL no NUL."""
    if id.startswith(_ESCAPED) or "\0" in id or any("\ud800" <= mark <= "\udfff" for mark in id):
        return _ESCAPED + id.encode("unicode_escape").decode("ascii")
    return id


def _given(name: str) -> str:
    """Returns the id that `_stored` wrote so."""
    return name.removeprefix(_ESCAPED).encode("ascii").decode("unicode_escape") if name.startswith(_ESCAPED) else name


_alone = sa.MetaData()
near_keys.to_metadata(_alone)
sa.Table(  # with nothing left out: texts alone have no site
    near_prints.name,
    _alone,
    sa.Column("number", BigId, primary_key=True, autoincrement=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)
_names = sa.Table("near_names", _alone, sa.Column("number", BigId, primary_key=True), sa.Column("name", sa.Text, nullable=False, unique=True))


class NearIndex:
    """Near-duplicates on a file (or SQLAlchemy URL) of its own: which earlier text is a new one a copy of?

    Not for the database of a collection, which has the same index inside. One writer at a time. What was added is durable at `close`, and
    before it after every `COMMIT` texts. Raises StoreError where the database fails.
    """

    COMMIT = 500

    def __init__(self, path: str) -> None:
        self._engine = connect(path, create=True, write=True, check=False)
        with named_errors(path):
            if set(sa.inspect(self._engine).get_table_names()) - set(_alone.tables):
                self._engine.dispose()
                raise BadDatabase(f"{path}: this database holds other tables: give the index one of its own")
            _alone.create_all(self._engine)
            self._connection = self._engine.connect()
        self._pending = 0

    def add(self, id: str, title: str, text: str) -> str | None:
        """Adds a text, and returns the id of the one before it that it is a near-duplicate of, or None.

        Title and text may be raw: damage is repaired first. An id that was added before is replaced. Texts of less than about twenty
        characters or words are like none, and of longer ones than MAX_LENGTH only the beginning is looked at. Any string is an id.
        """
        with shared_effort(REPAIR_EFFORT):
            new = fingerprint(clean_text(title[:MAX_TITLE]).text, clean_text(text[:MAX_LENGTH]).text)
        with named_errors():
            number = self._forgotten(_stored(id))
            found = nearest(new, candidates(self._connection, new))
            write(self._connection, number, new, first=True)
            name = None if found is None else self._connection.execute(sa.select(_names.c.name).where(_names.c.number == found[0])).scalar_one()
            self._pending += 1
            if self._pending >= self.COMMIT:
                self._connection.commit()
                self._pending = 0
        return None if name is None else _given(name)

    def _forgotten(self, name: str) -> int:
        """The number of an id, a new one where it has none yet; what it stood for is forgotten."""
        mark = _mark(self._connection)
        number: int | None = self._connection.exec_driver_sql(f"SELECT number FROM near_names WHERE name = {mark}", (name,)).scalar()
        if number is not None:
            forget(self._connection, number)
            return number
        made: int = self._connection.exec_driver_sql(f"INSERT INTO near_names (name) VALUES ({mark}) RETURNING number", (name,)).scalar_one()
        return made

    def close(self) -> None:
        """Commits and lets go of the database."""
        with named_errors():
            self._connection.commit()
            self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> NearIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
