"""Databases as older versions left them: what each migration made is taken away again."""

from __future__ import annotations

import sqlalchemy as sa

_MADE = {
    "0012": ["DROP TABLE near_lines", "ALTER TABLE near_prints DROP COLUMN left_out"],
    "0011": ["ALTER TABLE visits DROP COLUMN said", "ALTER TABLE articles DROP COLUMN withheld", "ALTER TABLE tombstones DROP COLUMN reason"],
    "0010": ["DROP TABLE clusters", "DROP TABLE near_pairs", "DELETE FROM near_keys", "DELETE FROM near_prints"],
    "0009": ["DROP TABLE notices", "DROP TABLE alerts", "DROP TABLE yields"],
    "0008": ["DROP TABLE scheduled_runs"],
    "0007": ["DROP TABLE visits", "DROP TABLE ways", "DROP TABLE announced"],
    "0006": [
        "DROP TABLE duplicates",
        "DROP INDEX ix_articles_twin_key",
        "ALTER TABLE articles DROP COLUMN twin_key",
        "ALTER TABLE articles DROP COLUMN absences",
        "ALTER TABLE articles DROP COLUMN absent_run",
        "ALTER TABLE articles DROP COLUMN gone_at",
        "ALTER TABLE tombstones DROP COLUMN kind",
    ],
    "0005": ["DROP TABLE near_keys", "DROP TABLE near_prints"],
    "0004": ["DROP TABLE parts"],
    "0003": ["DROP TABLE shapes"],
    "0002": ["DROP TABLE undone"],
}


def take_back(connection: sa.Connection, to: str) -> None:
    """Makes a database of today one of an older revision."""
    for revision, statements in _MADE.items():
        for statement in statements if revision > to else ():
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{to}'")
