"""Reads every kept body again, as this version does, without a request: what came out better becomes a new revision."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]

from newscrawler.export.collected import collected_record, fetched_rights, said_by
from newscrawler.extract import read_page
from newscrawler.extract.announced import complete_article
from newscrawler.extract.seen import Seen
from newscrawler.frontier.joining import differs, join_parts, part_of
from newscrawler.frontier.recognize import recognize
from newscrawler.frontier.scope import Scope
from newscrawler.frontier.settle import part_pages
from newscrawler.frontier.visiting import body_hash
from newscrawler.items import Decision, RawPage, Said, Series
from newscrawler.rights import unpacked
from newscrawler.store import Ledger, Outcome, announcing, reading, undone_kinds
from newscrawler.store.announcing import announced_of
from newscrawler.store.shapes import kinds_seen

BATCH = 64


def reread(engine: sa.Engine, reader: sa.Engine, scope: Scope | None = None) -> Counter[str]:
    """Reads all kept bodies; returns how many pages were "unchanged", "changed", "new", "duplicate", "part of an article", "no article", "withheld"
    (an article that its source's policy refuses, and that is not stored); an article of several pages counts among those changed.
    "given a cluster" are those stored before there were any, body or no body.

    `reader` is a second engine on the same database, for reading only; the caller holds the database. `scope`
    knows the sister domains and the rules of sources; it leaves nothing out. What was learned of addresses is taken as it stands at
    the beginning, so that the order of the pages does not matter.
    """
    ledger = Ledger(engine, "reextract")
    without, seen = undone_kinds(reader), kinds_seen(reader)
    told: Counter[str] = Counter()
    series: dict[int, None] = {}  # first pages of what is joined when all parts are read again
    for row in reading.kept_bodies(reader):
        told[_reread_page(ledger, row, without, scope or Scope(), seen)] += 1
        if (first := ledger.first_part(row["id"])) is not None:
            series[first] = None
        if ledger.pending >= BATCH:
            ledger.commit()
    for first in series:
        told["changed"] += len(list(join_parts(ledger, first, time.time(), whole=False, again=True)))
    told["given a cluster"] = ledger.fill_clusters()
    ledger.close("finished")
    return +told


def _reread_page(ledger: Ledger, row: sa.RowMapping, without: frozenset[str], scope: Scope, seen: Seen) -> str:
    headers = {"content-type": row["content_type"]} if row["content_type"] else {}
    body = zstd.decompress(row["body"])
    raw = RawPage(row["id"], row["url"], "response", row["fetched_at"], row["status"], headers, body)
    sisters, rules = scope.sisters_of(row["url"]), scope.rules_of(row["url"], row["fetched_at"])
    raw.page = read_page(body, row["url"], row["content_type"], without=without, sisters=sisters, rules=rules, seen=seen)
    article = raw.page.article
    said = announced_of(row["url"], [row[column.name] for column in announcing.COLUMNS])
    if article is not None and said is not None:
        complete_article(article, said.says, said.source, row["fetched_at"])
    if article is None or row["state"] == "refused":
        return "no article"
    raw.said = _said(row, raw)
    if scope.policy_of(row["url"]).refusal(fetched_rights(raw)) is not None and not _is_held(ledger, raw.page_id):
        return "withheld"
    key, digest, raw.decision = recognize(ledger, raw.page_id, row["url"], article)
    series = raw.page.series or ledger.series_of(raw.page_id)
    if series is not None:
        return _reread_part(ledger, row, raw, key, digest, series)
    if raw.decision.of is not None and raw.decision.verdict == "revision" and ledger.is_gone(raw.decision.of):
        return "gone"  # an old body does not bring it back
    record = collected_record(raw, key, digest, *ledger.ways_to(raw.page_id))
    record["rights"] = _rights(raw, record, ledger.rights_of(raw.page_id))
    if raw.decision.verdict == "unchanged":
        assert raw.decision.of is not None
        if not differs(ledger.newest(raw.decision.of), record):
            return "unchanged"
        raw.decision = Decision("revision", raw.decision.of, "read again")
    told = {"new": "new", "duplicate": "duplicate"}.get(raw.decision.verdict, "changed")
    # One that is due again or missing stays so.
    state = row["state"] if row["state"] in ("queued", "gone") else "duplicate" if told == "duplicate" else "stored"
    reason = raw.decision.reason if told == "duplicate" else row["reason"] if state == "gone" else "read again"
    outcome = Outcome(raw.page_id, state, row["fetched_at"], reason, row["status"], kind="article", encoding=raw.page.encoding)
    outcome.decision, outcome.article_key, outcome.content_hash = raw.decision, key, digest
    outcome.record, outcome.examples = record, article.examples
    ledger.write(outcome)
    return told


def _is_held(ledger: Ledger, page_id: int) -> bool:
    """Whether the page has an article, a duplicate or a part already: those are withheld by the crawl that hears of it."""
    return ledger.rights_of(page_id) is not None or ledger.first_part(page_id) is not None


def _said(row: sa.RowMapping, raw: RawPage) -> Said | None:
    """What was said about the use of a page by its last answer, None where that is not known. What the page itself says is read in its body,
    where that is of this answer."""
    before = unpacked(row["said"])
    return before if before is None or row["body_hash"] != body_hash(raw.body) else said_by(raw, before, whole=False)


def _rights(raw: RawPage, record: dict[str, Any], before: dict[str, str | None] | None) -> dict[str, Any]:
    """The rights of a record that is made anew: where it is not known who said what, those before have what came with the answer."""
    told: dict[str, Any] = record["rights"]
    return told if raw.said is not None or before is None else before | {name: value for name, value in told.items() if value is not None}


def _reread_part(ledger: Ledger, row: sa.RowMapping, raw: RawPage, key: str, digest: str, series: Series) -> str:
    """Notes what a page says now as a part; parts that nobody named before are queued, none is made due again."""
    assert raw.page is not None and raw.page.article is not None
    record = collected_record(raw, key, digest, *ledger.ways_to(raw.page_id))
    before = next((part.record for part in ledger.series_rows(raw.page_id) if part.page_id == raw.page_id and part.record), None)
    record["rights"] = _rights(raw, record, json.loads(before)["rights"] if before else None)
    examples = raw.page.article.examples
    ledger.enter_part(raw.page_id, part_of(series, record, examples, again=False), part_pages(series, raw.page_id, row["depth"], Scope()))
    return "part of an article"
