"""What the page's JSON-LD says of its article (schema.org), flat."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import Any

_ARTICLE = re.compile(r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|MedicalScholarlyArticle)$")
_ABOUT = re.compile(r"^(?:Review|ClaimReview|Recipe|DiscussionForumPosting|QAPage|Question|VideoObject|PodcastEpisode|CreativeWork|\w*Page)$")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_WRAPPERS = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "-->", "//]]>", "// ]]>", "/*]]>*/", ";")
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_INNER = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "item")
MAX_NODES = 2000
MAX_VISITED = 10_000
MAX_NAME = 80


@dataclass(slots=True)
class LinkedData:
    """The fields we use; all None or empty when the page has none. Names only for authors, URLs as written.

    `organisations` are the authors that are said to be no persons.
    """

    is_article: bool = False
    headline: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    image: str | None = None
    free: bool | None = None
    description: str | None = None
    subtitle: str | None = None
    license: str | None = None
    crumbs: list[str] = field(default_factory=list)


def linked_data_of(scripts: list[str]) -> LinkedData:
    """Returns what the first article node says, else the first node about the page that has a date or a writer.

    Broken JSON counts as none, but for a date of publication in it; nesting is followed without recursion.
    """
    nodes = [node for script in scripts for node in _nodes(script)]
    data = _of_article(nodes) or LinkedData(published=next((found[1] for script in scripts if (found := _PUBLISHED.search(script))), None))
    trail = next((node for node in nodes if "BreadcrumbList" in _strings(node.get("@type"))), {})
    data.crumbs = [name for name in map(_crumb, _listed(trail.get("itemListElement"))) if name]
    return data


def _of_article(nodes: list[dict[str, Any]]) -> LinkedData | None:
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    for node in nodes:
        if _is(node, _ARTICLE):
            return _completed(_read(node, named, is_article=True), nodes, named)
    about = next((node for node in nodes if _is(node, _ABOUT) and ("datePublished" in node or "author" in node)), None)
    return _read(about, named, is_article=False) if about is not None else None


def _crumb(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    item = entry.get("item")
    return _first(entry.get("name")) or (_first(item.get("name")) if isinstance(item, dict) else None)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _completed(data: LinkedData, nodes: list[dict[str, Any]], named: dict[str, dict[str, Any]]) -> LinkedData:
    """Gives an article what only another node about the page says: its date and its writers."""
    for node in nodes:
        if data.published and data.authors:
            break
        if _is(node, _ARTICLE) or _is(node, _ABOUT):
            other = _read(node, named, is_article=True)
            data.published = data.published or other.published
            data.authors = data.authors or other.authors
    return data


def _is(node: dict[str, Any], kinds: re.Pattern[str]) -> bool:
    return any(kinds.search(kind) for kind in _strings(node.get("@type")))


def _nodes(script: str) -> list[dict[str, Any]]:
    try:
        start = json.loads(_CONTROL.sub(" ", _unwrapped(script)))
    except (ValueError, RecursionError):
        return []
    found: list[dict[str, Any]] = []
    queue: deque[Any] = deque([start])
    for _ in range(MAX_VISITED):  # lists count too: nested in each other they may be more than all else
        if not queue or len(found) >= MAX_NODES:
            break
        one = queue.popleft()
        if isinstance(one, list):
            queue.extend(islice(one, MAX_NODES))
        elif isinstance(one, dict):
            found.append(one)
            queue.extend(one[key] for key in _INNER if isinstance(one.get(key), (list, dict)))
    return found


def _unwrapped(script: str) -> str:
    """Returns a script without the comment marks around it that hid scripts from old browsers."""
    script = script.strip()
    for mark in _WRAPPERS:
        script = script.removeprefix(mark).removesuffix(mark).strip()
    return script


def _read(node: dict[str, Any], named: dict[str, dict[str, Any]], *, is_article: bool) -> LinkedData:
    free = node.get("isAccessibleForFree")
    image = _strings(node.get("image"), "url", "@id")
    people, organisations = _authors(node.get("author") or node.get("creator"), named)
    return LinkedData(
        is_article=is_article,
        headline=_first(node.get("headline")) or _first(node.get("name")),
        published=_first(node.get("datePublished")) or _first(node.get("dateCreated")),
        modified=_first(node.get("dateModified")),
        authors=people,
        organisations=organisations,
        keywords=_strings(node.get("keywords"), "name"),
        sections=_strings(node.get("articleSection")),
        image=image[0] if image else None,
        free={"true": True, "false": False}.get(str(free).lower()) if free is not None else None,
        description=_first(node.get("description")),
        license=next(iter(_strings(node.get("license"), "url", "@id", "name")), None),
        subtitle=_first(node.get("alternativeHeadline")),
    )


def _authors(value: Any, named: dict[str, dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Returns the names of persons and of organisations; an author given by @id alone is looked up among the nodes."""
    people: list[str] = []
    organisations: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and "name" not in one and isinstance(one.get("@id"), str):
            one = named.get(one["@id"], one)
        is_company = isinstance(one, dict) and any("Organization" in kind for kind in _strings(one.get("@type")))
        names = [name for name in _strings(one, "name") if len(name) <= MAX_NAME and "://" not in name]
        (organisations if is_company else people).extend(names)
    return people, organisations


def _strings(value: Any, *keys: str) -> list[str]:
    """Returns the strings in a value that may be a string, an object with one of `keys`, or a list of those."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            one = _named(one, keys)
        texts = one if isinstance(one, list) else [one]
        found.extend(unescape(text).strip() for text in texts if isinstance(text, str) and text.strip())
    return found


def _named(one: dict[str, Any], keys: Iterable[str]) -> Any:
    return next((one[key] for key in keys if isinstance(one.get(key), (str, list))), None)


def _first(value: Any) -> str | None:
    return next(iter(_strings(value)), None)
