"""Reads every kept body again, as this version does, without a request: what came out better becomes a new revision."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]

from newscrawler.dedupe import article_key, content_hash, decide
from newscrawler.export.collected import collected_record
from newscrawler.extract import read_page
from newscrawler.extract.announced import complete_article
from newscrawler.frontier.scope import Scope
from newscrawler.items import Decision, RawPage
from newscrawler.store import Ledger, Outcome, announcing, reading, undone_kinds
from newscrawler.store.announcing import announced_of

BATCH = 64
# What differs from one reading to the next without the article being any different.
_VOLATILE = ("seq", "revision", "op", "date_first_seen", "date_fetched", "provenance", "rights")


def reread(engine: sa.Engine, reader: sa.Engine, scope: Scope | None = None) -> Counter[str]:
    """Reads all kept bodies; returns how many pages were "unchanged", "changed", "new", "duplicate", "no article".

    `reader` is a second engine on the same database, for reading only; the caller holds the database. `scope`
    knows the sister domains and the rules of sources; it leaves nothing out.
    """
    ledger = Ledger(engine, "reextract")
    without = undone_kinds(reader)
    told: Counter[str] = Counter()
    for row in reading.kept_bodies(reader):
        told[_reread_page(ledger, row, without, scope or Scope())] += 1
        if ledger.pending >= BATCH:
            ledger.commit()
    ledger.close("finished")
    return told


def _reread_page(ledger: Ledger, row: sa.RowMapping, without: frozenset[str], scope: Scope) -> str:
    headers = {"content-type": row["content_type"]} if row["content_type"] else {}
    body = zstd.decompress(row["body"])
    raw = RawPage(row["id"], row["url"], "response", row["fetched_at"], row["status"], headers, body)
    sisters, rules = scope.sisters_of(row["url"]), scope.rules_of(row["url"])
    raw.page = read_page(body, row["url"], row["content_type"], without=without, sisters=sisters, rules=rules)
    article = raw.page.article
    said = announced_of(row["url"], [row[column.name] for column in announcing.COLUMNS])
    if article is not None and said is not None:
        complete_article(article, said.says, said.source, row["fetched_at"])
    if article is None or row["state"] == "refused":
        return "no article"
    key, digest = article_key(row["url"], article.canonical_url), content_hash(article.title, article.text)
    raw.decision = decide(digest, *ledger.known(raw.page_id, key, digest))
    record = collected_record(raw, key, digest, *ledger.ways_to(raw.page_id))
    if raw.decision.verdict == "duplicate":
        return "duplicate"
    if raw.decision.verdict == "unchanged":
        assert raw.decision.of is not None
        if not _differs(ledger.newest(raw.decision.of), record):
            return "unchanged"
        raw.decision = Decision("revision", raw.decision.of, "read again")
    state = "queued" if row["state"] == "queued" else "stored"  # one that is due again stays so
    outcome = Outcome(raw.page_id, state, row["fetched_at"], "read again", row["status"], kind="article", encoding=raw.page.encoding)
    outcome.decision, outcome.article_key, outcome.content_hash = raw.decision, key, digest
    outcome.record, outcome.examples = record, article.examples
    ledger.write(outcome)
    return "new" if raw.decision.verdict == "new" else "changed"


def _differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old.get(name) != value for name, value in new.items() if name not in _VOLATILE and name != "id")
