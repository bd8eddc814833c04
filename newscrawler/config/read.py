"""A file -> its sources, or one line that says what is wrong and where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from newscrawler.config.alerts import NO_ALERTS, Alerts, alerts_of
from newscrawler.config.lines import line_of
from newscrawler.config.source import Source, read_source
from newscrawler.config.values import Key, Wrong
from newscrawler.exceptions import BadSource, UsageError


def read_sources(path: str | Path, only: str | None = None) -> list[Source]:
    """Returns the sources of a file in its order; fetches nothing. Raises BadSource, whose one line names file, line, table and field.

    The whole file is checked, [alerts] too, as the same file is read by many commands. Imports the classes that sources name as `page`: code,
    which may break by an edit elsewhere. With `only` that of this source has to be there; pages of the others are met only where domains are
    shared, and are read without a class that is not.
    """
    text, tables = _tables(path)
    if unknown := sorted(tables.keys() - {"source", "alerts"}):
        raise _bad(path, text, f"{unknown[0]!r} is unknown: every source is a table [source.NAME]", unknown[0])
    sources = tables.get("source")
    if not isinstance(sources, dict) or not sources:
        raise _bad(path, text, "holds no source: write a table [source.NAME] with start_pages", "source")
    read = []
    for name, table in sources.items():
        try:
            read.append(read_source(name, table, Path(path).parent, is_crawled=only in (None, name)))
        except Wrong as error:
            raise _bad(path, text, f"source {name!r}: {error}", "source", name, *error.keys) from error
    _alerts(path, text, tables)
    return read


def read_alerts(path: str | Path | None) -> Alerts:
    """Returns where the alerts of a file go, nowhere without a file or without its table [alerts]; raises BadSource, with file, line and field."""
    return NO_ALERTS if path is None else _alerts(path, *_tables(path))


def _alerts(path: str | Path, text: str, tables: Mapping[str, object]) -> Alerts:
    try:
        return alerts_of(tables.get("alerts", {}))
    except Wrong as error:
        raise _bad(path, text, f"alerts: {error}", "alerts", *error.keys) from error


def chosen_sources(file: str | Path | None, only: str | None) -> list[Source]:
    """Returns all sources of a file, as the rules of each hold with `only` too; [] without a file.

    Raises UsageError when `only` is none of them, or there is no file to be one of.
    """
    if file is None:
        if only is not None:
            raise UsageError(f"--only {only}: say with --sources in which file that source is")
        return []
    sources = read_sources(file, only)
    if only is not None and only not in (names := [source.name for source in sources]):
        raise UsageError(f"--only {only}: {file} has no such source: it has {', '.join(names)}")
    return sources


def _tables(path: str | Path) -> tuple[str, dict[str, object]]:
    """Returns the text of a file, and what it says as TOML."""
    text = _text(path)
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:  # the latter two: nested too deep, a number too long
        raise BadSource(f"{path}: is not TOML: {error}".replace("\n", " ")) from error


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadSource(f"{path}: cannot be read ({error.strerror}): `newscrawler init` writes an example") from error
    except UnicodeDecodeError as error:
        raise BadSource(f"{path}: is not UTF-8 ({error.reason} at byte {error.start}): save it as UTF-8") from error


def _bad(path: str | Path, text: str, message: str, *keys: Key) -> BadSource:
    """Returns the error, with the line where the text has one for these keys: FILE:LINE, as editors take it."""
    line = line_of(text, keys)
    where = f"{path}:{line}" if line else f"{path}"
    return BadSource(" ".join(f"{where}: {message}".split("\n")))
