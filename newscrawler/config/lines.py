"""TOML text -> the line of each key. `tomllib` tells no lines, so the text is read once more when an error has to name one.

It is a reader of statements only: where a table or a key begins, and where its value ends; the text is known to be valid TOML 1.0.
Keys within inline tables are not told apart: they have the line of the key before them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from newscrawler.config.values import Key

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_TOKEN = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]|[^"\'#\[\]{}\n]+', re.DOTALL)

Path = tuple[Key, ...]


def line_of(text: str, keys: Sequence[Key]) -> int | None:
    """Returns the line (from 1) of a key, or of the nearest table or key that leads to it; None where there is none.

    >>> line_of('[source.a]\\n"start_pages" = [\\n  "x" ]\\n\\n[[source.a.extract]]\\ntitle = "h1"', ["source", "a", "extract", 0, "title"])
    6
    """
    lines = _lines(text)
    path = tuple(keys)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _lines(text: str) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    tables: dict[Path, int] = {}  # of arrays of tables: the number of the last one
    table: Path = ()
    at = _end_of_blank(text, 0)
    while at < len(text):
        heading = len(text[at : at + 2]) - len(text[at : at + 2].lstrip("["))
        parts, end = _key(text, at + heading)
        if end == at:
            break  # nothing that TOML has: better no line than none at all
        path = _resolved(parts if heading else (*table, *parts), tables, is_new=heading == 2)
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], text.count("\n", 0, at) + 1)
        if heading:
            table, at = path, end + heading
        else:
            at = _end_of_value(text, end + 1)
        at = _end_of_blank(text, at)
    return lines


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _key(text: str, at: int) -> tuple[Path, int]:
    """Returns the parts of a dotted key, and where it ends."""
    parts: list[Key] = []
    while part := _PART.match(text, at):
        written = part[1]
        parts.append(tomllib.loads(f"key = {written}")["key"] if written[0] in "\"'" else written)
        at = part.end()
        if text[at : at + 1] != ".":
            break
        at += 1
    return tuple(parts), at


def _resolved(keys: Path, tables: dict[Path, int], *, is_new: bool) -> Path:
    """Returns the path with the number of the table after each array of tables; a new table of one is counted."""
    path: Path = ()
    for position, key in enumerate(keys):
        if isinstance(key, int):  # resolved before, as a part of the current table
            path = (*path, key)
            continue
        path = (*path, key)
        if is_new and position == len(keys) - 1:
            tables[path] = tables.get(path, -1) + 1
        if path in tables and not isinstance((keys[position + 1 :] or ("",))[0], int):
            path = (*path, tables[path])
    return path


def _end_of_value(text: str, at: int) -> int:
    """Returns where the line ends on which a value ends."""
    depth = 0
    while at < len(text) and (token := _TOKEN.match(text, at)):
        at = token.end()
        depth += token[0] in ("[", "{")
        depth -= token[0] in ("]", "}")
        if token[0] == "\n" and depth <= 0:
            break
    return at
