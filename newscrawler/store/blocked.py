"""What was forgotten on demand and must not come back: single URLs and whole sites."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa

from newscrawler.dedupe import registrable_domain
from newscrawler.store.tables import blocks

FORGOTTEN = "forgotten on demand"


class Blocks:
    """The blocks as they stood when the crawl began."""

    def __init__(self, connection: sa.Connection) -> None:
        rows = connection.execute(sa.select(blocks.c.kind, blocks.c.value)).all()
        self.urls = {value for kind, value in rows if kind == "url"}
        self.sites = {value for kind, value in rows if kind == "site"}

    def reason(self, key: str) -> str | None:
        """Why this canonical URL must not be fetched, or None."""
        if key in self.urls:
            return FORGOTTEN
        host = urlsplit(key).hostname or ""
        return FORGOTTEN if self.sites and (host in self.sites or registrable_domain(host) in self.sites) else None
