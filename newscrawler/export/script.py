"""A record -> the same record in one Chinese script. The collection keeps what the page says; only what leaves is converted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from newscrawler.clean.script import LINE_SHARE, changed_characters, is_japanese, to_script

_LINES = ("source_name", "title", "subtitle", "description", "text", "byline", "date_published_raw")
_LISTS = ("authors", "keywords", "sections")
_NESTED = {"related": ("title", "teaser", "title_complete"), "images": ("caption", "credit")}
KIND = "script"


def in_script(record: dict[str, Any], script: str) -> dict[str, Any]:
    """Returns the record with every text in `script`, `language` with it, and the changed characters counted under `repairs`.

    A record in another language comes back as it is. `content_hash` stays that of the text as published.

    >>> found = in_script({"title": "臺灣", "text": "經濟", "language": "zh-Hant", "repairs": []}, "zh-Hans")
    >>> found["title"], found["language"], found["repairs"][0]
    ('台湾', 'zh-Hans', {'field': 'title', 'kind': 'script', 'count': 2})
    """
    language = record.get("language")
    whole = f"{record.get('title') or ''}\n{record.get('text') or ''}"  # one article is in one language
    if is_japanese(whole, LINE_SHARE) or (language and not language.startswith("zh")):
        return record
    counts: dict[str, int] = {}

    def convert(field: str, text: str | None) -> str | None:
        if not text:
            return text
        after = to_script(text, script)
        if changed := changed_characters(text, after):
            counts[field] = counts.get(field, 0) + changed
        return after

    converted = record | _texts(record, convert)
    if language:
        converted["language"] = script
    if counts:
        converted["repairs"] = [*record.get("repairs", ()), *({"field": field, "kind": KIND, "count": count} for field, count in counts.items())]
    return converted


def _texts(record: dict[str, Any], convert: Callable[[str, str | None], str | None]) -> dict[str, Any]:
    """Returns the text fields of a record, converted."""
    texts: dict[str, Any] = {name: convert(name, record[name]) for name in _LINES if name in record}
    texts |= {name: [convert(name, entry) for entry in record[name]] for name in _LISTS if name in record}
    for name, keys in _NESTED.items():
        if name in record:
            texts[name] = [entry | {key: convert(name, entry.get(key)) for key in keys if key in entry} for entry in record[name]]
    return texts
