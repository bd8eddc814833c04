"""What the page's JSON-LD says of its article (schema.org), flat."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_ARTICLE = re.compile(r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|MedicalScholarlyArticle)$")
_CONTROL = re.compile(r"[\x00-\x1f]+")
MAX_NODES = 2000


@dataclass(slots=True)
class LinkedData:
    """The fields we use; all None or empty when the page has none. Names only for authors, URLs as written."""

    is_article: bool = False
    headline: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    image: str | None = None
    free: bool | None = None
    description: str | None = None
    subtitle: str | None = None


def linked_data_of(scripts: list[str]) -> LinkedData:
    """Returns what the first article node says. Broken JSON counts as none; nesting is followed without recursion."""
    for script in scripts:
        for node in _nodes(script):
            if any(_ARTICLE.search(kind) for kind in _strings(node.get("@type"))):
                return _read(node)
    return LinkedData()


def _nodes(script: str) -> list[dict[str, Any]]:
    try:
        start = json.loads(_CONTROL.sub(" ", script).strip().removesuffix(";"))
    except (ValueError, RecursionError):
        return []
    found: list[dict[str, Any]] = []
    queue: list[Any] = [start]
    while queue and len(found) < MAX_NODES:
        one = queue.pop(0)
        if isinstance(one, list):
            queue.extend(one[:MAX_NODES])
        elif isinstance(one, dict):
            found.append(one)
            queue.extend(one[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(one.get(key), (list, dict)))
    return found


def _read(node: dict[str, Any]) -> LinkedData:
    free = node.get("isAccessibleForFree")
    image = _strings(node.get("image"), "url", "@id")
    return LinkedData(
        is_article=True,
        headline=_first(node.get("headline")) or _first(node.get("name")),
        published=_first(node.get("datePublished")),
        modified=_first(node.get("dateModified")),
        authors=[name for name in _strings(node.get("author"), "name") if len(name) <= 80 and "://" not in name],
        keywords=_strings(node.get("keywords"), "name"),
        sections=_strings(node.get("articleSection")),
        image=image[0] if image else None,
        free={"true": True, "false": False}.get(str(free).lower()) if free is not None else None,
        description=_first(node.get("description")),
        subtitle=_first(node.get("alternativeHeadline")),
    )


def _strings(value: Any, *keys: str) -> list[str]:
    """Returns the strings in a value that may be a string, an object with one of `keys`, or a list of those."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            one = next((one[key] for key in keys if isinstance(one.get(key), str)), None)
        if isinstance(one, str) and one.strip():
            found.append(one.strip())
    return found


def _first(value: Any) -> str | None:
    return next(iter(_strings(value)), None)
