"""The record of an article, and the line that it is written as.

The keys come in the order of `CORE_KEYS`; every one of them is always there, null or [] where nothing is known, so that
a reader never has to ask whether a key exists. Lines are JSON Lines: UTF-8, one object, "\\n" only between objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from newscrawler.items import Article, FieldRepair, Image, Quality, Related

SCHEMA_NAME = "newscrawler.article/1"
MAX_DISCOVERED_FROM = 10

CORE_KEYS = (
    "schema", "id", "seq", "op", "reason",
    "url", "requested_url", "canonical_url", "source_domain", "source_name",
    "title", "subtitle", "description", "text", "authors", "byline",
    "date_published", "date_modified", "date_published_raw", "date_published_source", "date_precision", "tz_source",
    "date_first_seen", "date_fetched",
    "language", "language_score", "keywords", "sections", "image_url", "images", "related", "is_accessible_for_free",
    "content_hash", "near_hash", "cluster_id", "duplicate_of", "revision",
    "repairs", "quality", "rights", "provenance",
)  # fmt: skip
RIGHTS_KEYS = ("robots", "x_robots_tag", "meta_robots", "tdm_reservation", "tdm_policy", "content_signal", "license")
PROVENANCE_KEYS = (
    "warc_file", "warc_offset", "warc_length", "warc_record_id", "payload_digest", "http_status",
    "encoding_declared", "encoding_used", "extractor", "discovered_by", "discovered_from", "run_id",
)  # fmt: skip
LIST_KEYS = ("discovered_by", "discovered_from")

_SURROGATE = re.compile("[\ud800-\udfff]")
# Line ends to Unicode but not to JSON: a reader that calls str.splitlines() would cut the object in two.
_LINE_ENDS = str.maketrans({"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def article_record(
    article: Article,
    *,
    id: str,
    seq: int,
    url: str,
    source_domain: str,
    date_first_seen: str,
    date_fetched: str,
    op: Literal["add", "update", "delete"] = "add",
    reason: str | None = None,
    requested_url: str | None = None,
    canonical_url: str | None = None,
    content_hash: str | None = None,
    revision: int = 1,
    duplicate_of: str | None = None,
    rights: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> dict[str, object]:
    """The record of `article`, every core key present and in order.

    It checks no types and invents nothing: what the page did not say is null. `requested_url` is `url` when not given,
    `canonical_url` the article's own. Of `rights` and `provenance` any sub key may be left out; an unknown one raises
    ValueError. `run_id` is written as a string. Dates are RFC 3339 strings. Near-duplicate fields are null for now.

    >>> record = article_record(Article(title="通脹降溫"), id="urn:uuid:0", seq=1, url="https://a.example/1", source_domain="a.example",
    ...                         date_first_seen="2026-11-24T00:00:00Z", date_fetched="2026-11-24T00:00:00Z")
    >>> record["title"], record["authors"], record["near_hash"]
    ('通脹降溫', [], None)
    """
    known: dict[str, object] = {
        "schema": SCHEMA_NAME,
        "id": id,
        "seq": seq,
        "op": op,
        "reason": reason,
        "url": url,
        "requested_url": requested_url or url,
        "canonical_url": canonical_url or article.canonical_url,
        "source_domain": source_domain,
        "date_first_seen": date_first_seen,
        "date_fetched": date_fetched,
        "images": [_image(image) for image in article.images],
        "related": [_related(entry) for entry in article.related],
        "content_hash": content_hash,
        "near_hash": None,
        "cluster_id": None,
        "duplicate_of": duplicate_of,
        "revision": revision,
        "repairs": [_repair(repair) for repair in article.repairs],
        "quality": _quality(article.quality),
        "rights": _filled("rights", RIGHTS_KEYS, rights or {}),
        "provenance": _provenance(provenance or {}),
    }
    return {key: known[key] if key in known else _own(getattr(article, key)) for key in CORE_KEYS}


def deleted_record(
    id: str, seq: int, url: str, when: str, *, reason: str | None = None, source_domain: str | None = None, revision: int = 1,
    rights: Mapping[str, Any] | None = None,
) -> dict[str, object]:  # fmt: skip
    """The tombstone of an article: op "delete", its id and URL, why it was deleted, and nothing that the article said.

    `when` (RFC 3339, UTC) stands in both dates. `source_domain` is the host of `url` when not given. `rights` are given where they are why.
    """
    domain = source_domain or urlsplit(url).hostname or ""
    return article_record(
        Article(), id=id, seq=seq, op="delete", reason=reason, url=url, source_domain=domain, date_first_seen=when, date_fetched=when,
        revision=revision, rights=rights,
    )  # fmt: skip


def dumps(record: Mapping[str, object]) -> str:
    """One JSON object on one line, without the newline at its end; always encodes to UTF-8.

    Text is not ASCII-escaped, but for the three Unicode line ends. A surrogate pair becomes its character, a lone
    surrogate U+FFFD. Raises ValueError for NaN and infinity, which JSON (RFC 8259, section 6) cannot say.

    >>> dumps({"title": "锟斤拷\\ud83d", "text": "甲\\n乙"})
    '{"title": "锟斤拷\ufffd", "text": "甲\\\\n乙"}'
    """
    line = json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
    if _SURROGATE.search(line) is None:
        return line
    return line.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _own(value: object) -> object:
    """The value, or a copy of a list, so that the record does not change with the article."""
    return list(value) if isinstance(value, list) else value


def _image(image: Image) -> dict[str, object]:
    return {"url": image.url, "caption": image.caption, "credit": image.credit}


def _related(entry: Related) -> dict[str, object]:
    return {
        "url": entry.url,
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "teaser": entry.teaser,
        "title_complete": entry.title_complete,
        "position": entry.position,
    }


def _repair(repair: FieldRepair) -> dict[str, object]:
    return {"field": repair.field, "kind": repair.kind, "count": repair.count}


def _quality(quality: Quality) -> dict[str, object]:
    return {"lost_chars": quality.lost_chars, "score": quality.score}


def _provenance(given: Mapping[str, Any]) -> dict[str, object]:
    """Every sub key of `provenance`; the list of URLs is cut to the first ten, so that a much-linked page stays small."""
    filled = _filled("provenance", PROVENANCE_KEYS, given)
    lists = {key: list(given.get(key) or ())[:MAX_DISCOVERED_FROM] for key in LIST_KEYS}
    run_id = given.get("run_id")
    return filled | lists | {"run_id": None if run_id is None else str(run_id)}


def _filled(name: str, keys: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, object]:
    unknown = sorted(set(given) - set(keys))
    if unknown:
        raise ValueError(f"{name} has no field {', '.join(unknown)}")
    return {key: given.get(key) for key in keys}
