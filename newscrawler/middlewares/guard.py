"""Refuses what must never be fetched: private addresses, other schemes. On every hop, and for robots.txt too.

Two halves, because a name can point anywhere: `Guard` judges URLs whose host is an address; `GuardedResolver` takes private
addresses out of every DNS answer, so that the connection can only go to an address that was checked (no rebinding).
Known gap: through an HTTP proxy the proxy resolves names, so only the first half holds.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer, provider

PRIVATE = "private address: allow it with --allow-private {host} if you mean it"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; embedded IPv4 addresses are judged as themselves.

    >>> [is_public(a) for a in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::")]
    [True, False, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


class Guard:
    """Downloader middleware: raises IgnoreRequest with a reason for what must not be fetched."""

    def __init__(self, crawler: Crawler) -> None:
        self.allowed = {host.lower() for host in crawler.settings.getlist("NEWSCRAWLER_ALLOW_PRIVATE")}
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        """Reads NEWSCRAWLER_ALLOW_PRIVATE."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Judges the scheme and a host that is an address."""
        parts = urlparse_cached(request)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            self._refuse(f"{parts.scheme}: is no address of the web")
        if host not in self.allowed and _is_address(host) and not is_public(host):
            self._refuse(PRIVATE.format(host=host))

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Says why a name did not resolve when the resolver took its addresses out."""
        host = (urlparse_cached(request).hostname or "").lower()
        if isinstance(exception, CannotResolveHostError) and host in GuardedResolver.private:
            self._refuse(PRIVATE.format(host=host))

    def _refuse(self, reason: str) -> None:
        if self.stats is not None:
            self.stats.inc_value("guard/refused")
        raise IgnoreRequest(reason)


@provider(IResolutionReceiver)
class _PublicOnly:
    """Hands on the addresses of one DNS answer that are public."""

    def __init__(self, receiver: Any, host: str) -> None:
        self.receiver, self.host, self.resolutionBegan = receiver, host, receiver.resolutionBegan

    def addressResolved(self, address: Any) -> None:  # noqa: N802 (Twisted's name)
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            GuardedResolver.private.add(self.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver without private addresses, but for the hosts that are allowed to have them."""

    private: set[str] = set()

    def __init__(self, reactor: Any, cache_size: int, allowed: Sequence[str] = ()) -> None:
        super().__init__(reactor, cache_size)
        self.allowed = {host.lower() for host in allowed}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        """Reads DNSCACHE_SIZE and NEWSCRAWLER_ALLOW_PRIVATE."""
        return cls(reactor, crawler.settings.getint("DNSCACHE_SIZE"), crawler.settings.getlist("NEWSCRAWLER_ALLOW_PRIVATE"))

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *args: Any, **named: Any) -> Any:  # noqa: N802, N803
        if hostName.lower() not in self.allowed:
            receiver: Any = _PublicOnly(resolutionReceiver, hostName.lower())
            return super().resolveHostName(receiver, hostName, *args, **named)
        return super().resolveHostName(resolutionReceiver, hostName, *args, **named)
