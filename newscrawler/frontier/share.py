"""Which pages of a database that several sources share are for this crawl: those of its own sources, and of hosts that they lead to.

Theory: a page belongs to the sources whose domains its host is under; where several share a host, the crawl of either may fetch it. A host
may be no listed source's at all: where a start page redirects to, the same site under another suffix. Such a host is for the crawl whose
pages led there, now or in an earlier crawl; what nothing of ours led to (the sources of another file, crawls of single URLs) stays
queued for its own crawl. The queue is asked by host, so this is decided by host; only feeds and sitemaps that sources name, which may lie
with a service or on another's site, count one by one.

Known gap: a host of no listed source that our pages led to is worked through whole, whoever else left pages queued on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from newscrawler.dedupe import canonical_url
from newscrawler.frontier.scope import Scope, is_one_site
from newscrawler.store import Choice


class Share:
    """The part of the queue that a crawl of these sources works on; `names` None: all of it.

    `by_hand` are start pages that were given beside the sources: their sites are part of it whatever source they belong to.
    """

    def __init__(self, scope: Scope, names: frozenset[str] | None = None, by_hand: Iterable[str] = ()) -> None:
        self.names, self._scope, self._by_hand = names, scope, tuple(by_hand)
        self._owned: dict[str, bool | None] = {}
        self._led: set[str] = set()
        self._lists: dict[str, dict[str, bool]] = {}  # host -> the feeds and sitemaps that sources name there -> whether one of ours does
        if names is None:
            return
        for source in scope.sources:
            for url in (*(source.feeds or ()), *(source.sitemaps or ())):
                self._note_list(url, source.name in names)
        for url in self._by_hand:
            self._note_list(url, True)

    def _note_list(self, url: str, ours: bool) -> None:
        key = canonical_url(url)
        named = self._lists.setdefault(urlsplit(key).netloc, {})
        named[key] = named.get(key, False) or ours

    def owns(self, host: str) -> bool | None:
        """Whether a host (with port, where it has one) is of the domains of this crawl; None: of no listed source's."""
        if self.names is None:
            return True
        if host not in self._owned:
            self._owned[host] = self._is_given(host) or self._is_of_sources(host)
        return self._owned[host]

    def _is_given(self, host: str) -> bool:
        url = f"http://{host}/"
        return any(is_one_site(start, url) or self._scope.is_sister(start, url) for start in self._by_hand)

    def _is_of_sources(self, host: str) -> bool | None:
        owners = self._scope.owners_of(f"http://{host}/")
        return any(source.name in (self.names or ()) for source in owners) if owners else None

    def lead_to(self, host: str) -> None:
        """Notes that a page of this crawl leads to a host; it counts when that is no listed source's."""
        if self.owns(host) is None:
            self._led.add(host)

    def takes(self, host: str) -> bool:
        """Whether this crawl works on a host, if only on single pages of it."""
        return bool(self.owns(host)) or host in self._led or any(self._lists.get(host, {}).values())

    def choice_of(self, host: str) -> Choice | None:
        """Which pages of a host that this crawl works on are its own; None: all."""
        lists = self._lists.get(host, {})
        if self.owns(host) is False:
            return Choice(frozenset(key for key, ours in lists.items() if ours))
        others = frozenset(key for key, ours in lists.items() if not ours)
        return Choice(others, leave_out=True) if others else None

    def has(self, url: str) -> bool:
        """Whether a page is this crawl's."""
        if self.names is None:
            return True
        key = canonical_url(url)
        host = urlsplit(key).netloc
        if not self.takes(host):
            return False
        choice = self.choice_of(host)
        return choice is None or (key in choice.keys) != choice.leave_out


WHOLE = Share(Scope())
"""All of the queue."""
