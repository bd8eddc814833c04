"""The tables, as SQLAlchemy Core sees them; migrations/ brings an older database here.

`REVISION` names the newest migration: a new database is made from this file and marked with it.
Times are seconds since the epoch, UTC. Nothing here reads or writes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

REVISION = "0012"
STATES = (
    "queued",  # to be fetched when it is due
    "in_flight",  # handed to the crawl that holds the database; queued again when that crawl is dead
    "stored",  # an article of ours
    "read",  # a section, feed, sitemap or other page that is no article
    "duplicate",  # an article that another page brought already
    "unchanged",  # an article of ours, fetched again, the same
    "redirected",  # to `redirected_to`
    "refused",  # not asked, or forbidden: `reason`
    "failed",  # no whole answer after all attempts: `reason`
    "gone",  # the server says that there is no such page
)

metadata = MetaData()
BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite makes row ids only of INTEGER PRIMARY KEY

runs = Table(
    "runs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("command", Text, nullable=False),
    Column("end_reason", Text),
)

pages = Table(
    "pages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", Text, nullable=False),  # as first seen
    Column("url_key", Text, nullable=False, unique=True),  # canonical: one page, one row
    Column("host", Text, nullable=False),
    Column("state", Text, CheckConstraint(f"state IN ({', '.join(repr(s) for s in STATES)})", name="known_state"), nullable=False),
    Column("reason", Text),
    Column("priority", Integer, nullable=False),
    Column("news_date", Integer, nullable=False, server_default="0"),  # YYYYMMDD as the URL has it, else 0
    Column("depth", Integer, nullable=False),
    Column("hops", Integer, nullable=False, server_default="0"),  # redirects that led here
    Column("attempts", Integer, nullable=False, server_default="0"),  # failed ones in a row
    Column("fetches", Integer, nullable=False, server_default="0"),  # answers received, ever
    Column("due", Float, nullable=False, server_default="0"),
    Column("discovered_at", Float, nullable=False),
    Column("discovered_by", Text, nullable=False),
    Column("discovered_from", BigId, ForeignKey("pages.id")),
    Column("fetched_at", Float),
    Column("status", Integer),
    Column("kind", Text),
    Column("encoding", Text),
    Column("redirected_to", BigId, ForeignKey("pages.id")),
    Column("article_id", Text),  # its own article, or the one that it duplicates
    Column("run_id", BigId, ForeignKey("runs.id")),
    # The frontier's question: the best queued rows of one host.
    Index(
        "pages_queue",
        "host",
        text("priority DESC"),
        text("news_date DESC"),
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index("pages_state", "state"),
    Index("pages_article", "article_id", sqlite_where=text("article_id IS NOT NULL"), postgresql_where=text("article_id IS NOT NULL")),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("page_id", BigId, ForeignKey("pages.id"), nullable=False, unique=True),
    Column("article_key", Text, nullable=False, unique=True),  # canonical URL
    Column("content_hash", Text, nullable=False, index=True),
    Column("domain", Text, nullable=False, index=True),
    Column("title", Text),
    Column("first_seen", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("twin_key", Text, nullable=False, server_default="", index=True),  # dedupe.twin_key of article_key
    Column("absences", Integer, nullable=False, server_default="0"),  # visits in a row that did not find its page; a 410 counts as all
    Column("absent_run", BigInteger),  # the run that counted last: one counts once
    Column("gone_at", Float),  # NULL: it is there
    Column("withheld", Text),  # the wish of its publisher for which it is not exported; gone_at says since when
)

duplicates = Table(
    "duplicates",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("article_id", Text, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("of_revision", Integer, nullable=False),
    Column("revision", Integer, nullable=False),  # of the duplicate itself
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("content_hash", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("record", LargeBinary, nullable=False),  # its JSON, Zstandard with the record of that revision as the dictionary
)

revisions = Table(
    "revisions",
    metadata,
    Column("article_id", Text, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("content_hash", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("record", Text, nullable=False),  # the JSON line of this version
    Column("examples", Text),  # the first repairs with before and after, as JSON
    PrimaryKeyConstraint("article_id", "revision"),
)

links = Table(
    "links",
    metadata,
    Column("from_page", BigId, ForeignKey("pages.id"), nullable=False),
    Column("to_page", BigId, ForeignKey("pages.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("sub", Text),
    Column("anchor", Text),
    Column("teaser", Text),
    Column("position", Integer, nullable=False),
    Column("heading", Text),
    PrimaryKeyConstraint("from_page", "to_page"),
    Index("links_to", "to_page"),
    sqlite_with_rowid=False,  # the key is the table: half the writes
)

ways = Table(
    "ways",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), nullable=False),
    Column("way", Text, nullable=False),  # section, feed, sitemap, related...: each way in which a page was found, beside the first
    Column("from_page", BigId, ForeignKey("pages.id"), nullable=False),  # the first page that it was found on in this way
    PrimaryKeyConstraint("page_id", "way"),
    sqlite_with_rowid=False,
)

announced = Table(
    "announced",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("source", Text, CheckConstraint("source IN ('feed', 'sitemap')", name="known_source"), nullable=False),
    Column("nesting", Integer, nullable=False, server_default="0"),  # of a sitemap: how many indexes it stands in
    Column("title", Text),
    Column("published", Text),  # as printed
    Column("keywords", Text),  # JSON
)

visits = Table(
    "visits",  # of pages that were read, or failed: what makes the next visit cheap, and when it is due
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),  # what an unchanged answer means: read, unchanged, duplicate; failed: was never read
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("reading", Text, nullable=False, server_default=""),  # by what it was read: by anything else it may say something else
    Column("visits", Integer, nullable=False),
    Column("news", Float, nullable=False),  # what was new at visits, older ones counting less
    Column("span", Float, nullable=False),  # seconds watched, older ones counting less
    Column("misses", Integer, nullable=False, server_default="0"),  # visits in a row without a good answer
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("interval", Float, nullable=False),
    Column("next_due", Float),  # NULL: never again by itself
    Column("said", Text),  # about the use of the page, by who said it: rights.packed; NULL: not known
    Index("visits_due", "next_due", sqlite_where=text("next_due IS NOT NULL"), postgresql_where=text("next_due IS NOT NULL")),
)

bodies = Table(
    "bodies",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # Zstandard (RFC 8878)
    Column("size", Integer, nullable=False),  # of the body before compression
    Column("content_type", Text),
    Column("fetched_at", Float, nullable=False),
)

parts = Table(  # pages of articles of several pages: see store/parts.py
    "parts",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True),
    Column("head_id", BigId, ForeignKey("pages.id"), nullable=False, index=True),  # the page of part 1
    Column("number", Integer, nullable=False),  # 0 for part 1
    Column("record", Text),  # the JSON record of this part by itself; none while it was never read
    Column("examples", Text),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("deleted_at", Float, nullable=False),
    Column("kind", Text, nullable=False, server_default="forgotten"),  # forgotten; gone, withheld (may come back); duplicate: is none any more
    Column("reason", Text),  # of one withheld, the wish
)

blocks = Table(
    "blocks",
    metadata,
    Column("value", Text, primary_key=True),  # a canonical URL, or a domain with everything below it
    Column("kind", Text, CheckConstraint("kind IN ('url', 'site')", name="known_block"), nullable=False),
    Column("blocked_at", Float, nullable=False),
)

near_prints = Table(
    "near_prints",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=False),  # in a collection the page's
    Column("packed", LargeBinary, nullable=False),  # dedupe.Fingerprint.packed
    Column("left_out", LargeBinary),  # the lines of the site that it was made without: dedupe.lines.packed; NULL for none
)

near_keys = Table(
    "near_keys",
    metadata,
    Column("key", Integer, nullable=False),
    Column("number", BigId, nullable=False),
    PrimaryKeyConstraint("key", "number"),
    sqlite_with_rowid=False,
)

near_pairs = Table(  # near-duplicates, by page, the smaller number first: see store/clusters.py
    "near_pairs",
    metadata,
    Column("one", BigId, nullable=False),
    Column("other", BigId, nullable=False),
    PrimaryKeyConstraint("one", "other"),
    Index("near_pairs_other", "other"),
    sqlite_with_rowid=False,
)

near_lines = Table(  # where lines stand on the articles of a site: see store/site_lines.py
    "near_lines",
    metadata,
    Column("site", Integer, nullable=False),  # dedupe.lines.site_hash
    Column("line", Integer, nullable=False),
    Column("title", Integer, nullable=False),  # under which it stands; -1 in the one row of a line that the site repeats
    Column("number", BigId, nullable=False),  # the page
    PrimaryKeyConstraint("site", "line", "title"),
    sqlite_with_rowid=False,
)

clusters = Table(
    "clusters",
    metadata,
    Column("page_id", BigId, ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Column("leader", BigId, nullable=False, index=True),  # the page whose address names the cluster
)

undone = Table(
    "undone",
    metadata,
    Column("kind", Text, primary_key=True),  # of repair, by its name in clean/
    Column("undone_at", Float, nullable=False),
)

shapes = Table(
    "shapes",
    metadata,
    Column("site", Text, nullable=False),  # registrable domain, with the port where it has one
    Column("shape", Text, nullable=False),  # of addresses, as extract/seen.py makes it
    Column("articles", Integer, nullable=False),  # pages of this shape that were articles, when they were last read
    Column("hubs", Integer, nullable=False),
    Column("others", Integer, nullable=False),
    PrimaryKeyConstraint("site", "shape"),
)

scheduled_runs = Table(  # by `newscrawler schedule`: see store/scheduled.py
    "scheduled_runs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("source", Text, nullable=False),
    Column("due", Float, nullable=False),
    Column("missed", Integer, nullable=False, server_default="0"),  # 0: a run; else so many due times in a row that had none
    Column("missed_from", Float),  # the first of them; `due` is the last
    Column("slot", Text, nullable=False),  # the database that it crawls into, which takes one crawl at a time
    Column("owner", Text, nullable=False),  # machine, process and a random word
    Column("beat", Integer, nullable=False, server_default="0"),  # counts up while the owner lives
    Column("attempts", Integer, nullable=False, server_default="1"),  # more than 1: an owner was killed, another took it up
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("reason", Text),
    Column("exit_code", Integer),
    Column("fetched", Integer),
    Column("articles", Integer),
    # Each rule of the schedule is an index: a due time once, a source once at a time, a database once at a time.
    Index("scheduled_once", "source", "due", unique=True, sqlite_where=text("missed = 0"), postgresql_where=text("missed = 0")),
    Index("scheduled_source", "source", unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    Index("scheduled_slot", "slot", unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
)

yields = Table(  # what each run brought of each origin: see store/yields.py
    "yields",
    metadata,
    Column("run_id", BigId, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("origin", Text, primary_key=True),  # the name of a source, else a registrable domain
    Column("started_at", Float, nullable=False),
    Column("since", BigInteger, nullable=False),  # the last seq before the run
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("settled", "complete", "asked", "errors", "duplicates", "unchanged", "articles", "authors", "dates", "keywords", "repaired")
    ),
    Column("repairs", Float),  # medians over the articles
    Column("length", Float),
    Index("yields_history", "origin", "started_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("opened_run", BigId, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("value", Float, nullable=False),
    Column("expected", Float, nullable=False),
    Column("number", Integer, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("last_good", Text),
    Column("first_bad", Text),
    Column("closed_run", BigId),
    Column("closed_at", Float),
    Column("closed_value", Float),
    Index("alerts_open", "origin", "field", unique=True, sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
)

notices = Table(
    "notices",
    metadata,
    Column("alert_id", Text, ForeignKey("alerts.id"), primary_key=True),
    Column("event", Text, primary_key=True),  # out, back
    Column("channel", Text, primary_key=True),  # webhook, mail
    Column("claimed_until", Float, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_at", Float),
    Column("error", Text),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
COUNTERS = ("seq", "fetched")
