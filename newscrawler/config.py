"""sources.toml -> Source objects: what to crawl, and with which rules. The whole file is checked before anything is fetched.

    [source.example]                                  # the name, as `crawl --only` takes it
    start_pages = ["https://news.example.com/"]       # the only key that is needed
    allowed_domains = ["news.example.com"]
    sister_domains = ["news-example.net"]
    include = ['/20\\d\\d/']
    exclude = ['/sport/']
    delay = 2.5

    [source.example.extract]                          # where a field stands on this site's pages: CSS, or XPath
    title = "h1.headline"
    date_published = '//meta[@name="date"]/@content'

    [source.example.rights]                           # what to do about what its publisher asks: rights.py
    noindex = "ignore"

An unknown key is an error, since a misspelt one would silently do nothing.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newscrawler.exceptions import BadSource, BadUrl
from newscrawler.rights import OBEY_ALL, Policy

Rules = tuple[tuple[str, str], ...]
"""Field of an article -> XPath expression."""
RULED = ("title", "text", "authors", "date_published", "keywords")
_XPATH = ("/", "./", "(", "string(", "normalize-space(", "concat(")
_FUNCTIONS = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before substring-after substring "
    "string-length normalize-space translate boolean not true false lang number sum floor ceiling round "
    "text node comment processing-instruction and or div mod".split()
)
"""What may stand before a bracket in XPath 1.0 (section 4, and the tests of nodes and operators)."""
_LITERAL = re.compile(r"""'[^']*'|"[^"]*\"""")
_CALL = re.compile(r"[\w.-]+(?=\s*\()")
_PREFIX = re.compile(r"[\w.-]+:(?!:)")
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Source:
    """One site to crawl. A domain stands for its subdomains too; names are in lower case, as they go over the wire (RFC 5890).

    `allowed_domains` empty: the sites of the start pages. `sister_domains` count as the same site when links are followed.
    Patterns are searched in the URL. `delay` in seconds between two requests to a host, None: that of the command.
    `extract` says where fields stand on the pages of this source, `rights` what to do about what publishers ask.
    """

    name: str
    start_pages: tuple[str, ...]
    allowed_domains: tuple[str, ...] = ()
    sister_domains: tuple[str, ...] = ()
    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    delay: float | None = None
    extract: Rules = ()
    rights: Policy = OBEY_ALL


def read_sources(path: str | Path) -> list[Source]:
    """Returns the sources of a file in its order; fetches nothing. Raises BadSource, whose one line names file, source and field."""
    try:
        tables = tomllib.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadSource(f"{path}: cannot be read ({error.strerror}): `newscrawler init` writes an example") from error
    except UnicodeDecodeError as error:
        raise BadSource(f"{path}: is not UTF-8 ({error.reason} at byte {error.start}): save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSource(f"{path}: is not TOML: {error}".replace("\n", " ")) from error
    if unknown := sorted(tables.keys() - {"source"}):
        raise BadSource(f"{path}: {unknown[0]!r} is unknown: every source is a table [source.NAME]")
    sources = tables.get("source")
    if not isinstance(sources, dict) or not sources:
        raise BadSource(f"{path}: holds no source: write a table [source.NAME] with start_pages")
    return [_source(path, name, table) for name, table in sources.items()]


def page_address(url: str) -> str:
    """Returns the URL of a start page without white space around; raises BadUrl for all but absolute http and https URLs."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f"{url!r} is no URL ({error}): give one like https://news.example/") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        raise BadUrl(f"{url!r} cannot be crawled: give a whole address, like https://news.example/")
    return url


def is_under(host: str, domain: str) -> bool:
    """Returns whether a host name (lower case, no port) is a domain or a subdomain of it.

    >>> is_under("www.news.example", "news.example"), is_under("badnews.example", "news.example")
    (True, False)
    """
    return host == domain or host.endswith(f".{domain}")


def _source(path: str | Path, name: str, table: object) -> Source:
    if not isinstance(table, dict):
        raise BadSource(f"{path}: source {name!r}: must be a table [source.{name}]")
    if unknown := sorted(table.keys() - _FIELDS.keys()):
        raise BadSource(f"{path}: source {name!r}: {unknown[0]!r} is unknown: the fields are {', '.join(_FIELDS)}")
    if not table.get("start_pages"):
        raise BadSource(f"{path}: source {name!r}: start_pages: give at least one URL")
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            values[key] = _FIELDS[key](value)
        except (ValueError, BadUrl) as error:
            raise BadSource(f"{path}: source {name!r}: {key}: {error}") from error
    source = Source(name, **values)
    for url in source.start_pages if source.allowed_domains else ():
        host = urlsplit(url).hostname or ""
        if not any(is_under(host, domain) for domain in (*source.allowed_domains, *source.sister_domains)):
            raise BadSource(f"{path}: source {name!r}: allowed_domains: the start page {url} is on none of them")
    return source


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError(f'must be a list of texts, like ["..."], not {value!r}')
    return value


def _pages(value: object) -> tuple[str, ...]:
    return tuple(page_address(one) for one in _strings(value))


def _domains(value: object) -> tuple[str, ...]:
    return tuple(_domain(one) for one in _strings(value))


def _domain(written: str) -> str:
    try:
        domain = written.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{written!r} is no domain: write it without https://, port and path, like news.example")
    return domain


def _patterns(value: object) -> tuple[re.Pattern[str], ...]:
    found = []
    for one in _strings(value):
        try:
            found.append(re.compile(one))
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{one!r} is no regular expression: {error}") from error
    return tuple(found)


def _rules(value: object) -> Rules:
    if not isinstance(value, dict):
        raise ValueError("must be a table [source.NAME.extract]")
    found = []
    for name, rule in value.items():
        if name not in RULED:
            raise ValueError(f"{name!r} is unknown: the fields are {', '.join(RULED)}")
        if not isinstance(rule, str) or not rule.strip():
            raise ValueError(f"{name}: must be a CSS selector or an XPath expression, not {rule!r}")
        found.append((name, _expression(name, rule.strip())))
    return tuple(found)


def _expression(name: str, rule: str) -> str:
    """The XPath expression that a rule means. Unknown functions and prefixes are looked for here: libxml2 tells them only once a page
    reaches them."""
    from lxml import etree

    expression = rule if rule.startswith(_XPATH) else _of_css(name, rule)
    try:
        result = etree.XPath(expression)(etree.fromstring("<html><body/></html>"))
    except (etree.XPathError, ValueError) as error:
        raise ValueError(f"{name}: {rule!r} is no XPath expression: {error}") from error
    bare = _LITERAL.sub("''", expression)
    if unknown := [*_PREFIX.findall(bare), *(call for call in _CALL.findall(bare) if call not in _FUNCTIONS)]:
        raise ValueError(f"{name}: {rule!r} is no XPath expression: {unknown[0]!r} is unknown")
    if not isinstance(result, list | str):
        raise ValueError(f"{name}: {rule!r} gives a {type(result).__name__}, not elements or text")
    return expression


def _of_css(name: str, rule: str) -> str:
    import cssselect  # comes with Scrapy

    try:
        if any(selector.pseudo_element for selector in cssselect.parse(rule)):
            raise ValueError(f"{name}: {rule!r}: for an attribute or a text write XPath, like //meta/@content")
        return cssselect.HTMLTranslator().css_to_xpath(rule)
    except cssselect.SelectorError as error:
        raise ValueError(f"{name}: {rule!r} is no CSS selector (XPath begins with /): {error}") from error


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"must be a number of seconds, 0 or more, not {value!r}")
    return float(value)


_FIELDS: Mapping[str, Callable[[object], Any]] = {
    "start_pages": _pages,
    "allowed_domains": _domains,
    "sister_domains": _domains,
    "include": _patterns,
    "exclude": _patterns,
    "delay": _seconds,
    "extract": _rules,
    "rights": Policy.of,
}
