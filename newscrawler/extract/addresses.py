"""How an href becomes an absolute URL, and which URLs belong to the site of a page."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from newscrawler.config import is_under
from newscrawler.dedupe import registrable_domain, same_site
from newscrawler.extract.forms import Form, form_of

__all__ = ["Form", "Resolver", "Site", "form_of"]

MAX_URL = 2048

_OTHER_SCHEMES = ("javascript:", "mailto:", "tel:")
_ONLY_HOST = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_ABSOLUTE = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/(?!\.)[^\s/\\?#;]*)+(?:\?[^\s\\#]*)?")
"""Addresses that resolving would leave as they are: no port, no dot segments, no backslash or white space."""
_ARCHIVED = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/\d{14}(?:[a-z]{2}_)?/(https?://.*)", re.DOTALL)
_ARCHIVE = "web.archive.org"
MIN_NAME = 4


class Resolver:
    """Turns hrefs of one page into absolute URLs. Relative ones are joined to `base`; a fragment is cut off.

    A page saved from the Wayback Machine has hrefs like /web/20170913081049/http://news.example/a: they mean the address inside,
    unless the page itself is known by the archive's address.
    """

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base = base
        self.scheme = parts.scheme
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.in_archive = parts.netloc == _ARCHIVE

    def resolve(self, href: str) -> str | None:
        """Returns the absolute http(s) URL of an href, or None for every other scheme, a mere fragment or a broken URL."""
        href = href.strip()
        if "#" in href:
            href = href.partition("#")[0]
        if not href or len(href) > MAX_URL:
            return None
        if "/web/" in href and not self.in_archive and (archived := _ARCHIVED.match(href)):
            href = archived[1]
        if href[:4] == "http" and href[-1] not in "?;" and _ABSOLUTE.fullmatch(href):  # joining drops an empty query
            return href
        if _ONLY_HOST.fullmatch(href):
            return href + "/"
        if href.startswith(_OTHER_SCHEMES):
            return None
        if href[0] == "/" and href[1:2] not in ("/", "\\") and self._is_plain(href):
            return self.origin + href
        return self._join(href)

    @staticmethod
    def _is_plain(href: str) -> bool:
        return "/." not in href and "\\" not in href and "\n" not in href and "\t" not in href and "\r" not in href

    def _join(self, href: str) -> str | None:
        try:
            url = urljoin(self.base, href)
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                return None
            parts.port  # noqa: B018 - raises ValueError for a port out of range
        except ValueError:
            return None
        url = parts.scheme + url[len(parts.scheme) :]
        return url if parts.path or parts.query else f"{parts.scheme}://{parts.netloc}/"


class Site:
    """Answers whether URLs belong to the site of one page; remembers hosts, so that a page costs one real answer per host.

    One name under a suffix and a part of it (news-agency.com.cn, news-agency.cn, news-agency.com) is one site, when the name is long
    enough to be a name; under other suffixes it may be anybody's. So are the domains in `sisters`, which a user named.
    """

    def __init__(self, url: str, sisters: frozenset[str] = frozenset()) -> None:
        self.url, self.sisters = url, sisters
        self._own = f"{url.partition('://')[0]}://{_host(url)}/"
        self._known = {_host(url): True}
        self._domain = registrable_domain(_name(_host(url)))
        self._label = f"{self._domain.partition('.')[0]}."

    def has(self, url: str) -> bool:
        """Returns whether `url` (absolute) is on this page's site."""
        if url.startswith(self._own):
            return True
        host = _host(url)
        known = self._known.get(host)
        if known is None:
            known = self._known[host] = (self._may_be_own(host) and (same_site(url, self.url) or _same_name(host, _host(self.url)))) or self._is_sister(host)
        return known

    def _may_be_own(self, host: str) -> bool:
        """Returns False for most hosts of other sites, without asking for their registrable domain, which takes long."""
        name = _name(host)
        return self._label in f"{name}." or name.endswith(self._domain) or "?" in host or "[" in host

    def _is_sister(self, host: str) -> bool:
        name = _name(host)
        return any(is_under(name, domain) for domain in self.sisters)


def _name(host: str) -> str:
    """Returns the name of a host without user and port, in lower case."""
    return host.rpartition("@")[2].partition(":")[0].lower().rstrip(".")


def _same_name(host: str, other: str) -> bool:
    """Returns whether two hosts have one name before public suffixes of which one is a part of the other; never for IP addresses.

    >>> _same_name("v.example-news.cn", "www.example-news.com.cn"), _same_name("www.example-news.org", "example-news.com")
    (True, False)
    """
    name, other_name = (registrable_domain(one.partition(":")[0]).partition(".") for one in (host, other))
    if name[0] != other_name[0] or len(name[0]) < MIN_NAME or name[0].isdigit():
        return False
    suffix, other_suffix = set(name[2].split(".")) - {""}, set(other_name[2].split(".")) - {""}
    return bool(suffix and other_suffix) and (suffix <= other_suffix or other_suffix <= suffix)


def _host(url: str) -> str:
    start = url.find("://") + 3
    end = url.find("/", start)
    return url[start:end] if end > 0 else url[start:].partition("?")[0]
