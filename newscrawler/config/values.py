"""A value of sources.toml -> what it means. Each reader raises ValueError (or BadUrl) with what is wrong, without the key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newscrawler.exceptions import BadUrl

Key = str | int
Reader = Callable[[object], Any]
_DATABASE = re.compile(r"(?:sqlite|postgres|postgresql)(?:\+\w+)?")  # what the store speaks; SQLAlchemy knows more
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


class Wrong(ValueError):
    """Raised for a value within a table; `keys` lead to it from there (a number in a list counts from 0)."""

    def __init__(self, message: str, *keys: Key) -> None:
        super().__init__(message)
        self.keys = keys


def read_table(table: Mapping[str, object], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Returns the values of a table, each by the reader of its key; raises Wrong for an unknown key and for what a reader refuses."""
    if unknown := sorted(table.keys() - readers.keys()):
        raise Wrong(f"{unknown[0]!r} is unknown: the fields are {', '.join(readers)}", unknown[0])
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            values[key] = readers[key](value)
        except (ValueError, BadUrl) as error:
            raise Wrong(f"{key}: {error}", key, *getattr(error, "keys", ())) from error
    return values


def strings(value: object) -> list[str]:
    """Returns a list of texts, none of them blank."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError(f'must be a list of texts, like ["..."], not {value!r}')
    return value


def pages(value: object) -> tuple[str, ...]:
    """Returns a list of start pages."""
    return tuple(page_address(one) for one in strings(value))


def page_address(url: str) -> str:
    """Returns the URL of a start page without white space around; raises BadUrl for all but absolute http and https URLs."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f"{url!r} is no URL ({error}): give one like https://news.example/") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        raise BadUrl(f"{url!r} is no address of a web page: give a whole address, like https://news.example/")
    return url


def domains(value: object) -> tuple[str, ...]:
    """Returns a list of domains, in lower case and punycode (RFC 5890)."""
    return tuple(_domain(one) for one in strings(value))


def _domain(written: str) -> str:
    try:
        domain = written.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{written!r} is no domain: write it without https://, port and path, like news.example")
    return domain


def is_under(host: str, domain: str) -> bool:
    """Returns whether a host name (lower case, no port) is a domain or a subdomain of it.

    >>> is_under("www.news.example", "news.example"), is_under("badnews.example", "news.example")
    (True, False)
    """
    return host == domain or host.endswith(f".{domain}")


def patterns(value: object) -> tuple[re.Pattern[str], ...]:
    """Returns a list of regular expressions."""
    found = []
    for one in strings(value):
        try:
            found.append(re.compile(one))
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{one!r} is no regular expression: {error}") from error
    return tuple(found)


def seconds(value: object) -> float:
    """Returns a number of seconds, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"must be a number of seconds, 0 or more, not {value!r}")
    return float(value)


def number(least: int) -> Reader:
    """Returns a reader of whole numbers from `least` on."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
            raise ValueError(f"must be a whole number, {least} or more, not {value!r}")
        return value

    return read


def words(value: object) -> tuple[str, ...]:
    """Returns a list of words, each once, in their order."""
    return tuple(dict.fromkeys(one.strip() for one in strings(value)))


def database_in(folder: Path) -> Reader:
    """Returns a reader of databases for a file in a folder: a SQLAlchemy URL as it is, a path from that folder."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError(f"must be a path or a database URL, not {value!r}")
        return _database_url(value) if "://" in value else str(folder / value)

    return read


def _database_url(url: str) -> str:
    """Returns the URL as it is; the error does not repeat it, since it may hold a password."""
    scheme, _, rest = url.strip().partition("://")
    if not _DATABASE.fullmatch(scheme):
        raise ValueError(f"{scheme}:// is no database that we know: give a path, sqlite:///PATH or postgresql://...")
    try:
        parts = urlsplit(f"//{rest}")
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{scheme}://...: host or port are wrong: write {scheme}://USER@HOST:PORT/NAME") from error
    if scheme.startswith("sqlite") and (host or not parts.path.strip("/")):
        raise ValueError(f"{scheme}://...: needs three slashes and a path, like sqlite:///data/news.db")
    return url.strip()
