"""The first tables. They are made from store/tables.py, which this revision names; later revisions change them step by step."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing to do: a database older than these tables does not exist."""
