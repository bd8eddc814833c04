"""What is said about the use of a page, kept with its visits; articles withheld because of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Three columns, empty: who said what of pages read before is not known, so each is asked for whole at its next visit."""
    op.add_column("visits", sa.Column("said", sa.Text))
    op.add_column("articles", sa.Column("withheld", sa.Text))
    op.add_column("tombstones", sa.Column("reason", sa.Text))
