"""Records of the parts of one article -> the record of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from newscrawler.dedupe import canonical_url, content_hash
from newscrawler.extract.parts import WHOLE, join_texts

_OF_THE_PAGE = ("date_published", "date_modified", "date_published_raw", "date_published_source", "date_precision", "tz_source")
_FILLED = ("title", "subtitle", "description", "byline", "language", "source_name", "image_url", "is_accessible_for_free")


def joined_record(numbered: Sequence[tuple[int, dict[str, Any]]], missing: int = 0) -> dict[str, Any]:
    """Returns the record of an article from those of its parts, given with their numbers in order; the first's dates and names stand.

    The text is joined (see `join_texts`), or that of a view of the whole where it is no shorter. What the first part does not say
    the next one that does says. Images, keywords, related entries and authors come once; an entry that leads to one of the parts is none.
    `missing` parts lower `quality.score` by their share.
    """
    records = [record for _, record in numbered]
    first = records[0]
    joined = dict(first)
    for name in _FILLED:
        joined[name] = next((record[name] for record in records if record[name] is not None), None)
    if joined["date_published"] is None:
        joined |= {name: next((r for r in records if r["date_published"] is not None), first)[name] for name in _OF_THE_PAGE}
    joined["text"] = _text(numbered, joined["title"])
    joined["authors"] = next((record["authors"] for record in records if record["authors"]), [])
    joined["keywords"] = list(dict.fromkeys(word for record in records for word in record["keywords"]))
    joined["images"] = list({image["url"]: image for record in reversed(records) for image in reversed(record["images"])}.values())[::-1]
    joined["related"] = _related(records)
    joined["repairs"] = _repairs(records)
    joined["quality"] = _quality(records, len(joined["text"]), missing)
    joined["content_hash"] = content_hash(joined["title"], joined["text"])
    return joined


def _text(numbered: Sequence[tuple[int, dict[str, Any]]], title: str | None) -> str:
    """Returns the text of the parts, or of the view of the whole: the longer, as a view may be cut and a part may be missing."""
    parts = join_texts([record["text"] for number, record in numbered if number != WHOLE], title)
    whole = max((record["text"] for number, record in numbered if number == WHOLE), key=len, default="")
    return whole if len(whole) >= len(parts) * 0.95 else parts


def _related(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    own = {canonical_url(record["url"]) for record in records}
    entries: dict[str, dict[str, Any]] = {}
    for record in records:
        for entry in record["related"]:
            if (key := canonical_url(entry["url"])) not in own:
                entries.setdefault(key, entry)
    return [entry | {"position": position} for position, entry in enumerate(entries.values())]


def _repairs(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str]] = Counter()
    for record in records:
        for repair in record["repairs"]:
            counts[repair["field"], repair["kind"]] += repair["count"]
    return [{"field": field, "kind": kind, "count": count} for (field, kind), count in counts.items()]


def _quality(records: Sequence[dict[str, Any]], length: int, missing: int) -> dict[str, Any]:
    lost = sum(record["quality"]["lost_chars"] for record in records)
    share = len(records) / (len(records) + missing)
    return {"lost_chars": lost, "score": max(0.0, 1 - lost / max(1, length)) * share}
