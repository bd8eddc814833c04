"""The revisions of an article as a person reads them: title and text, one version after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from newscrawler.dedupe.changes import marked, unified
from newscrawler.rights import changes

_COLOURS = {"-": "\x1b[31;9m", "+": "\x1b[32m", " ": ""}
_FIELDS = ("title", "subtitle", "description", "authors", "date_published", "keywords", "text")
_END = "\x1b[0m"


def diff_lines(versions: list[tuple[int, float, dict[str, Any]]], *, colour: bool) -> list[str]:
    """Returns lines for versions as `store.reading.versions` gives them; with `colour` words are marked for a terminal."""
    from newscrawler.export.collected import utc

    if len(versions) < 2:
        return ["", "one revision: nothing changed since it was first seen"]
    lines: list[str] = []
    for (old, _, before), (new, seen, after) in pairwise(versions):
        lines += ["", f"revision {old} -> {new}, seen {utc(seen)}"]
        changed = [line for name in _FIELDS for line in _field(name, _said(before, name), _said(after, name), colour)]
        lines += changed or [f"  {', '.join(_FIELDS)} are the same"]
        was, now = before.get("rights") or {}, after.get("rights") or {}
        lines += [f"  rights, {name}: {was.get(name)!r} -> {now.get(name)!r}" for name in changes(was, now)]
    return lines


def _said(record: dict[str, Any], name: str) -> str:
    value = record.get(name) or ""
    return ", ".join(value) if isinstance(value, list) else str(value)


def _field(name: str, old: str, new: str, colour: bool) -> Iterator[str]:
    if old == new:
        return
    yield f"  {name}:"
    if colour:
        for passage in marked(old, new):
            yield "  " + "".join(f"{_COLOURS[mark]}{words}{_END}" if mark != " " else words for mark, words in passage)
        return
    yield from unified(old, new) or ["  only white space between sentences"]
