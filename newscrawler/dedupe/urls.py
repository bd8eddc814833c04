"""One form for each address, and which addresses belong to one site.

RFC 3986 section 6 says which differences mean nothing (case of scheme and host, default ports, escapes that need none);
trackers and session ids are a table (`tracking`). What is not touched, because it can mean another page: the path's case and
trailing slash, `www.`, the scheme, empty or unknown parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from newscrawler.dedupe.tracking import is_tracking

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HTTP = frozenset(_DEFAULT_PORTS)
_MAX_PASSES = 8

# Addresses that are in their one form already: most of those a news site prints. A segment that begins with a dot is not.
_IN_FORM = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/(?:[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)?)+")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?;]*", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """Returns the one form of an http(s) address; fetches nothing and follows no redirect.

    Scheme and host in lower case (host in punycode), without default port, user, fragment, trackers and session ids; query
    sorted; escapes as w3lib.url.canonicalize_url writes them. Doing it twice changes nothing. What is no http(s) address,
    or a broken one, comes back as it is.

    >>> canonical_url("HTTP://me@News.example:80/a?utm_source=x&id=2#top")
    'http://news.example/a?id=2'
    """
    if _IN_FORM.fullmatch(url):
        return url
    for _ in range(_MAX_PASSES):  # an escaped escape comes apart one level a pass
        before, url = url, _one_pass(url)
        if url == before:
            break
    return url


def _one_pass(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        netloc = _netloc(parts) if parts.scheme in _HTTP else ""
        if not netloc:
            return url
        path = _SESSION_PATH.sub("", parts.path) if ";" in parts.path else parts.path
        query = "&".join(one for one in parts.query.split("&") if not _is_dropped(one))
        return canonicalize_url(urlunsplit((parts.scheme, netloc, path or "/", query, "")))
    except ValueError:  # a port of 99999, brackets around no IPv6 address
        return url


def _is_dropped(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return is_tracking(name, value)


def _netloc(parts: SplitResult) -> str:
    """Returns host and port in one form, "" for none; raises ValueError for a bad port or a host that is no name."""
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return ""
    if not host.isascii():
        host = _ascii(host)
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    return host if port is None or port == _DEFAULT_PORTS[parts.scheme] else f"{host}:{port}"


@lru_cache(maxsize=1024)
def _ascii(host: str) -> str:
    """Returns a host in punycode as browsers write it (IDNA 2008, UTS 46 non-transitional: ß stays ß); raises ValueError for no name.

    Names that IDNA 2008 forbids and that exist all the same (emoji) are written by IDNA 2003.
    """
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host.encode("idna").decode("ascii").lower()


def article_key(url: str, declared: str | None) -> str:
    """Returns the address an article is known by: the canonical URL its page declares where that is plausible, else the page's.

    Not plausible: another registrable domain, no http(s) address, or the home page (a template's mistake on many sites).

    >>> article_key("https://m.news.example/a/1?from=app", "https://www.news.example/a/1")
    'https://www.news.example/a/1'
    >>> article_key("https://www.news.example/a/1", "https://www.news.example/")
    'https://www.news.example/a/1'
    """
    own = canonical_url(url)
    if not declared:
        return own
    named = canonical_url(declared)
    if named == own:
        return own
    return named if same_site(named, own) and (not _is_home(named) or _is_home(own)) else own


def second_key(url: str) -> str:
    """Returns the key of a page whose own address is already that of another page's article; never that of any other page.

    No canonical URL has a fragment, so this is none.

    >>> second_key("https://news.example/a")
    'https://news.example/a#2'
    """
    return canonical_url(url) + "#2"


def duplicate_key(url: str) -> str:
    """Returns what the id of a duplicate's record is made from: never that of an article.

    >>> duplicate_key("https://news.example/a?utm_source=x")
    'https://news.example/a#duplicate'
    """
    return canonical_url(url) + "#duplicate"


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def same_site(url_a: str, url_b: str) -> bool:
    """Returns whether two http(s) addresses belong to one site: one registrable domain, or for IP hosts one host and port.

    >>> same_site("https://a.example.co.uk/", "http://b.example.co.uk/x"), same_site("http://127.0.0.1:1/", "http://127.0.0.1:2/")
    (True, False)
    """
    try:
        a, b = urlsplit(url_a), urlsplit(url_b)
    except ValueError:
        return False
    if a.scheme not in _HTTP or b.scheme not in _HTTP:
        return False
    if a.netloc == b.netloc:
        return bool(a.netloc)
    host_a, host_b = a.hostname or "", b.hostname or ""
    if not host_a or not host_b or registrable_domain(host_a) != registrable_domain(host_b):
        return False
    return not _has_no_domain(host_a) or _port(a) == _port(b)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def registrable_domain(host: str) -> str:
    """Returns the part of a host name that somebody registered, by the public suffix list that tldextract brings; no network.

    The list's private part counts too: each blog of blogspot.com, each page of github.io is its owner's. An IP address, localhost and bare
    suffixes come back as they are, in lower case. Of an unknown suffix the last label counts, as the list's own rule has it
    (publicsuffix.org/list, "the prevailing rule is *").

    >>> registrable_domain("www.news.com.cn"), registrable_domain("10.0.0.1"), registrable_domain("localhost")
    ('news.com.cn', '10.0.0.1', 'localhost')
    """
    host = host.lower().rstrip(".")
    if _has_no_domain(host):
        return host
    return _split_host()(host) or host


@lru_cache(maxsize=8192)
def _has_no_domain(host: str) -> bool:
    """Returns whether a host is an IP address or a single name such as localhost."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host
    return True


@cache
def _split_host() -> Callable[[str], str]:
    """Returns the function from host to registrable domain, on the suffix list that came with the package."""
    from tldextract import TLDExtract

    extract = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

    def split(host: str) -> str:
        found = extract(host)
        return found.top_domain_under_public_suffix if found.suffix else ".".join(host.split(".")[-2:])

    return split
