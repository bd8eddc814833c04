"""The proof that the ledger adds up: each check is a question whose answer must be no row."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from newscrawler.store import clusters
from newscrawler.store.database import named_errors

# What would be wrong, and the SQL that finds the first ten such rows.
CHECKS: tuple[tuple[str, str], ...] = (
    ("a stored or unchanged page has no article of its own", """
        SELECT p.url FROM pages p LEFT JOIN articles a ON a.page_id = p.id AND a.id = p.article_id
        WHERE p.state IN ('stored', 'unchanged') AND a.id IS NULL"""),
    ("a duplicate names no article", """
        SELECT p.url FROM pages p LEFT JOIN articles a ON a.id = p.article_id WHERE p.state = 'duplicate' AND a.id IS NULL"""),
    ("an article's page was never fetched", """
        SELECT p.url FROM articles a JOIN pages p ON p.id = a.page_id WHERE p.fetches = 0"""),
    ("an article lacks its newest revision, or has gaps", """
        SELECT a.id FROM articles a LEFT JOIN revisions r ON r.article_id = a.id
        GROUP BY a.id, a.revision HAVING count(r.revision) <> a.revision OR max(r.revision) <> a.revision"""),
    ("an article's number of change is not that of its newest revision", """
        SELECT a.id FROM articles a JOIN revisions r ON r.article_id = a.id AND r.revision = a.revision WHERE r.seq <> a.seq"""),
    ("an article that is gone has no tombstone", """
        SELECT a.id FROM articles a WHERE a.gone_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.article_id = a.id AND t.kind IN ('gone', 'withheld') AND t.seq > a.seq)"""),
    ("an article that is withheld is not gone, or its last tombstone says nothing of it", """
        SELECT a.id FROM articles a WHERE a.withheld IS NOT NULL AND (a.gone_at IS NULL OR coalesce((
            SELECT t.kind FROM tombstones t WHERE t.article_id = a.id ORDER BY t.seq DESC LIMIT 1), '') <> 'withheld')"""),
    ("a duplicate is kept of another article than its page says", """
        SELECT p.url FROM duplicates d JOIN pages p ON p.id = d.page_id WHERE coalesce(p.article_id, '') <> d.article_id"""),
    ("a duplicate's number of change is above the counter", """
        SELECT CAST(seq AS TEXT) FROM duplicates WHERE seq > (SELECT value FROM counters WHERE name = 'seq')"""),
    ("a number of change is above the counter", """
        SELECT CAST(seq AS TEXT) FROM revisions WHERE seq > (SELECT value FROM counters WHERE name = 'seq')"""),
    ("a refused, failed or gone page has no reason", """
        SELECT url FROM pages WHERE state IN ('refused', 'failed', 'gone') AND coalesce(reason, '') = ''"""),
    ("a redirect leads nowhere", """
        SELECT p.url FROM pages p LEFT JOIN pages t ON t.id = p.redirected_to WHERE p.state = 'redirected' AND t.id IS NULL"""),
    ("a page redirects to itself", "SELECT url FROM pages WHERE state = 'redirected' AND redirected_to = id"),
    ("a page counts as done and was never fetched", """
        SELECT url FROM pages WHERE state IN ('stored', 'read', 'duplicate', 'unchanged', 'redirected', 'gone') AND fetches = 0"""),
    ("the answers counted differ from the answers of the pages", """
        SELECT 'counted ' || CAST(value AS TEXT) FROM counters WHERE name = 'fetched'
        AND value <> (SELECT coalesce(sum(fetches), 0) FROM pages)"""),
    ("a page stands twice under one address", """
        SELECT url_key FROM pages GROUP BY url_key HAVING count(*) > 1"""),
    ("a link leads to no page", """
        SELECT CAST(l.from_page AS TEXT) FROM links l LEFT JOIN pages p ON p.id = l.to_page WHERE p.id IS NULL"""),
    ("a part of an article belongs to no article, though no other part is awaited", """
        SELECT p.url FROM parts r JOIN pages p ON p.id = r.page_id LEFT JOIN articles a ON a.id = p.article_id
        WHERE r.record IS NOT NULL AND a.id IS NULL AND NOT EXISTS (
            SELECT 1 FROM parts o JOIN pages q ON q.id = o.page_id WHERE o.head_id = r.head_id AND q.state IN ('queued', 'in_flight'))"""),
    ("an article or duplicate is in no cluster", """
        SELECT p.url FROM pages p LEFT JOIN clusters c ON c.page_id = p.id
        WHERE c.page_id IS NULL AND (p.id IN (SELECT page_id FROM articles) OR p.id IN (SELECT page_id FROM duplicates))
        AND NOT EXISTS (SELECT 1 FROM counters WHERE name = 'near_pending')"""),
    ("a page is in a cluster and has no article or duplicate", """
        SELECT p.url FROM clusters c JOIN pages p ON p.id = c.page_id
        WHERE c.page_id NOT IN (SELECT page_id FROM articles) AND c.page_id NOT IN (SELECT page_id FROM duplicates)"""),
    ("a fingerprint, or a key to one, is of a text in no cluster", """
        SELECT CAST(n.number AS TEXT) FROM (SELECT number FROM near_prints UNION SELECT number FROM near_keys) n
        LEFT JOIN clusters c ON c.page_id = n.number WHERE c.page_id IS NULL"""),
    ("a pair of near-duplicates is not in one cluster", """
        SELECT CAST(n.one AS TEXT) FROM near_pairs n LEFT JOIN clusters a ON a.page_id = n.one LEFT JOIN clusters b ON b.page_id = n.other
        WHERE a.leader IS NULL OR b.leader IS NULL OR a.leader <> b.leader"""),
    ("the parts of an article name a first page that is not among them", """
        SELECT CAST(r.page_id AS TEXT) FROM parts r LEFT JOIN parts h ON h.page_id = r.head_id WHERE h.page_id IS NULL OR h.head_id <> h.page_id"""),
)  # fmt: skip


def findings(engine: sa.Engine) -> Iterator[tuple[str, list[str]]]:
    """What is wrong: (what, up to ten examples). Nothing when the ledger adds up.

    A page in flight is none, crawl or no crawl: what a killed one left so, the next one queues again. SQLite's own integrity
    is checked too.
    """
    with named_errors(), engine.begin() as connection:
        for what, query in CHECKS:
            rows = connection.exec_driver_sql(f"{query} LIMIT 10").scalars().all()
            if rows:
                yield what, [str(row) for row in rows]
        wrong = [*clusters.findings(connection)]
        if wrong:
            yield "a cluster is not what its ties make it", wrong
        stale = [*clusters.stale(connection)]
        if stale:
            yield "a fingerprint is not that of the text", stale
        if engine.dialect.name == "sqlite":
            said = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
            if said != ["ok"]:
                yield "SQLite finds the file damaged", [str(line) for line in said]
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if orphans:
                yield "a row refers to one that is not there", [str(tuple(row)) for row in orphans[:10]]
