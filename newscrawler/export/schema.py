"""The JSON Schema (2020-12) of the record: what `newscrawler schema` prints and every exported line obeys.

A table of types, field by field. Fields may be added without a new version, so unknown ones are allowed everywhere.
"""

from __future__ import annotations

import copy
from typing import Any

from newscrawler.export.record import CORE_KEYS, MAX_DISCOVERED_FROM, SCHEMA_NAME

SCHEMA_ID = "urn:newscrawler:schema:article:1"

Schema = dict[str, Any]

_MAX_INTEGER = 2**53 - 1  # beyond this, readers that keep numbers as IEEE 754 doubles lose digits
_UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
_DATE = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$"


def record_schema() -> Schema:
    """The schema of one record, as a new dict.

    >>> record_schema()["properties"]["is_accessible_for_free"]
    {'type': ['boolean', 'null']}
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A news article",
    } | copy.deepcopy(_object({key: _FIELDS[key] for key in CORE_KEYS}))


def _object(fields: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": True}


def _list(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _maybe(schema: Schema) -> Schema:
    """The same schema, null allowed too."""
    loose = schema | {"type": [schema["type"], "null"]}
    return loose | {"enum": [*schema["enum"], None]} if "enum" in schema else loose


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _pattern(expression: str) -> Schema:
    return {"type": "string", "pattern": expression}


def _count(minimum: int = 0) -> Schema:
    return {"type": "integer", "minimum": minimum, "maximum": _MAX_INTEGER}


_TEXT: Schema = {"type": "string"}
_URL = _pattern(r"^[a-z][a-z0-9+.-]*:")
_ID = _pattern(r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ONE_LINE = _pattern(r"^[^\n\r]*$")
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_KIND = _one_of("related", "recommended", "popular", "latest", "prevnext", "inline")

_IMAGE = _object({"url": _URL, "caption": _maybe(_TEXT), "credit": _maybe(_TEXT)})
_RELATED = _object(
    {
        "url": _URL,
        "id": _maybe(_ID),
        "kind": _KIND,
        "title": _TEXT,
        "teaser": _maybe(_TEXT),
        "title_complete": _maybe(_TEXT),
        "position": _count(),
    }
)
_RIGHTS = _object(
    {
        "robots": _maybe(_TEXT),
        "x_robots_tag": _maybe(_TEXT),
        "meta_robots": _maybe(_TEXT),
        "tdm_reservation": _maybe(_TEXT),
        "tdm_policy": _maybe(_TEXT),
        "content_signal": _maybe(_TEXT),
        "license": _maybe(_TEXT),
    }
)
_PROVENANCE = _object(
    {
        "warc_file": _maybe(_TEXT),
        "warc_offset": _maybe(_count()),
        "warc_length": _maybe(_count()),
        "warc_record_id": _maybe(_TEXT),
        "payload_digest": _maybe(_TEXT),
        "http_status": _maybe(_count(100) | {"maximum": 999}),
        "encoding_declared": _maybe(_TEXT),
        "encoding_used": _maybe(_TEXT),
        "extractor": _maybe(_TEXT),
        "discovered_by": _list(_one_of("seed", "section", "feed", "sitemap", "related", "archive")),
        "discovered_from": _list(_URL, maxItems=MAX_DISCOVERED_FROM),
        "run_id": _maybe(_TEXT),
    }
)
_FIELDS: dict[str, Schema] = {
    "schema": {"type": "string", "const": SCHEMA_NAME},
    "id": _ID,
    "seq": _count(),
    "op": _one_of("add", "update", "delete"),
    "reason": _maybe(_TEXT),
    "url": _URL,
    "requested_url": _URL,
    "canonical_url": _maybe(_URL),
    "source_domain": _TEXT,
    "source_name": _maybe(_TEXT),
    "title": _maybe(_ONE_LINE),
    "subtitle": _maybe(_ONE_LINE),
    "description": _maybe(_ONE_LINE),
    "text": _TEXT,
    "authors": _list(_TEXT),
    "byline": _maybe(_TEXT),
    "date_published": _maybe(_pattern(_DATE)),
    "date_modified": _maybe(_pattern(_DATE)),
    "date_published_raw": _maybe(_TEXT),
    "date_published_source": _maybe(_one_of("jsonld", "meta", "time", "feed", "sitemap", "text", "url")),
    "date_precision": _maybe(_one_of("second", "minute", "day")),
    "tz_source": _maybe(_one_of("page", "site", "none")),
    "date_first_seen": _pattern(_UTC),
    "date_fetched": _pattern(_UTC),
    "language": _maybe(_TEXT),
    "language_score": _maybe(_SHARE),
    "keywords": _list(_TEXT),
    "sections": _list(_TEXT),
    "image_url": _maybe(_URL),
    "images": _list(_IMAGE),
    "related": _list(_RELATED),
    "is_accessible_for_free": {"type": ["boolean", "null"]},
    "content_hash": _maybe(_pattern(r"^sha256:[0-9a-f]{64}$")),
    "near_hash": _maybe(_TEXT),
    "cluster_id": _maybe(_TEXT),
    "duplicate_of": _maybe(_ID),
    "revision": _count(1),
    "repairs": _list(_object({"field": _TEXT, "kind": _TEXT, "count": _count(1)})),
    "quality": _object({"lost_chars": _count(), "score": _SHARE}),
    "rights": _RIGHTS,
    "provenance": _PROVENANCE,
}
