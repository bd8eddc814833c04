"""Parts -> article: what the pages of one series make together, judged and written as one. The design stands in store/parts.py."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from newscrawler.dedupe import article_id, article_key, decide
from newscrawler.exceptions import BadRow
from newscrawler.export.joined import joined_record
from newscrawler.extract.parts import WHOLE
from newscrawler.extract.read import MAX_EXAMPLES
from newscrawler.frontier.recognize import corrected, known_of
from newscrawler.items import Article, Decision, Repair, Series
from newscrawler.rights import changes
from newscrawler.store import Ledger, Outcome, PartRead
from newscrawler.store.parts import PartRow, is_pending

logger = logging.getLogger(__name__)

_STATES = {"new": "stored", "revision": "stored", "unchanged": "unchanged", "duplicate": "duplicate"}
# What differs from one reading to the next without the article being any different.
VOLATILE = ("seq", "revision", "op", "date_first_seen", "date_fetched", "provenance", "rights", "id")


def differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two records of one article differ in what the article says."""
    return any(old.get(name) != value for name, value in new.items() if name not in VOLATILE)


def part_of(series: Series, record: dict[str, Any], examples: Sequence[Repair], *, again: bool = True) -> PartRead:
    """What a page says as a part, as the ledger keeps it."""
    return PartRead(series, record, json.dumps([asdict(repair) for repair in examples], ensure_ascii=False) if examples else None, again)


def join_parts(ledger: Ledger, page_id: int, at: float, *, whole: bool = True, again: bool = False) -> Iterator[dict[str, Any]]:
    """Yields the records of the articles that the series of a page makes, where they are new or changed; writes them.

    With `whole` nothing happens while a part is still to come. With `again` the same text in another record is a revision.
    """
    rows = ledger.series_rows(page_id)
    if not rows or (whole and is_pending(rows)) or not any(row.record for row in rows):
        return
    head = next((row for row in rows if row.page_id == row.head_id), rows[0])
    read = [row for row in rows if row.record]
    if head.kind == "hub" and not head.record:  # a list: its pages are articles of their own
        groups, missing = [[row] for row in read], []
    else:
        groups, missing = [read], [row for row in rows if not row.record]
    for group in groups:
        record = _write(ledger, group, missing, at, again)
        if record is not None:
            yield record


def _write(ledger: Ledger, read: Sequence[PartRow], missing: Sequence[PartRow], at: float, again: bool) -> dict[str, Any] | None:
    owner = _owner(read)
    try:
        with ledger.together("series"):
            if owner.state != "read" and ledger.has_gone(owner.page_id):  # until its page says again what it is
                return None
            outcome = _outcome(ledger, owner, read, [row for row in missing if _is_missed(row, read)], at, again)
            record: dict[str, Any] | None = ledger.write(outcome)[0]
            return record
    except (BadRow, ValueError) as error:
        logger.error("%s: its parts could not be stored as an article: %s", owner.url, error)
        return None


def _owner(read: Sequence[PartRow]) -> PartRow:
    """The page that the article is stored under: part 1 where it was read, else the one that has it already, else the first there is."""
    first = next((row for row in read if row.page_id == row.head_id), None)
    return first or next((row for row in read if row.own_article), read[0])


def _is_missed(row: PartRow, read: Sequence[PartRow]) -> bool:
    """Whether a part that was not read is lacking: not one that another address of the same part brought, nor a view of the whole."""
    held = {other.number for other in read}
    return row.number != WHOLE and WHOLE not in held and row.number not in held and row.state != "redirected"


def _outcome(ledger: Ledger, owner: PartRow, read: Sequence[PartRow], missed: Sequence[PartRow], at: float, again: bool) -> Outcome:
    others = [row.page_id for row in read if row.page_id != owner.page_id]
    ledger.gather(owner.page_id, [row.page_id for row in read], at)
    record = joined_record([(row.number, json.loads(row.record)) for row in read if row.record], len(missed))
    key, digest = article_key(record["url"], record["canonical_url"]), record["content_hash"]
    record["id"] = article_id(key)
    said = Article(record["title"], record["text"])
    own, by_key, by_hash = known_of(ledger, owner.page_id, record["url"], record["title"], key, digest)
    decision = decide(digest, own, by_key, by_hash) if own or by_key else decide(digest, None, None, by_hash, said)
    if decision.verdict == "new":
        decision = decide(digest, None, None, None, said, ledger.nearest(owner.page_id, record["url"], record["title"], record["text"]))
    if decision.verdict == "unchanged" and decision.of:
        newest = ledger.newest(decision.of)
        if again and differs(newest, record):
            decision = Decision("revision", decision.of, "read again")
        elif not again and (fields := corrected(newest, record)):
            decision = Decision("revision", decision.of, f"same page, changed: {', '.join(fields)}")
        elif not again and (wishes := changes(newest["rights"], record["rights"])):
            decision = Decision("revision", decision.of, f"only its rights changed: {', '.join(wishes)}")
    pending = owner.state in ("queued", "in_flight")  # one that is due again stays so
    state, reason = (owner.state, owner.reason) if pending else (_STATES[decision.verdict], _reason(decision, read, missed))
    return Outcome(
        owner.page_id, state, owner.fetched_at or at, reason, owner.status, owner.kind, owner.encoding, owner.attempts, owner.due,
        decision=decision, article_key=key, content_hash=digest, record=record, examples=_examples(read), owns=others,
    )  # fmt: skip


def _examples(read: Sequence[PartRow]) -> list[Repair]:
    return [Repair(**repair) for row in read for repair in json.loads(row.examples or "[]")][:MAX_EXAMPLES]


def _reason(decision: Decision, read: Sequence[PartRow], missed: Sequence[PartRow]) -> str:
    words = [decision.reason] if decision.reason else []
    if len(read) + len(missed) > 1:
        words.append(f"{len(read)} of {len(read) + len(missed)} parts")
    words += [f"without part {row.number or 1} ({'not fetched yet' if row.state in ('queued', 'in_flight') else row.reason or row.state})" for row in missed]
    return "; ".join(words)[:500]
