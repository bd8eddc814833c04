"""What a page counts for in the yield guard: the source that a run started from, else the site of a start page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from newscrawler.dedupe import registrable_domain
from newscrawler.frontier.scope import Scope


def started_from(scope: Scope, starts: Iterable[str]) -> list[str]:
    """The origins of these start pages, each once: the source that names the page, else the first that it is under, else its site."""
    return list(dict.fromkeys(_origin(scope, url) for url in starts))


def _origin(scope: Scope, url: str) -> str:
    named = next((source.name for source in scope.sources if url in source.starts), None)
    return named or next((source.name for source in scope.sources_of(url)), None) or _site(urlsplit(url).netloc)


def _site(host: str) -> str:
    return registrable_domain(urlsplit(f"//{host}").hostname or "")


class Origins:
    """Tells the origin of a host (with or without port) among some, or None; of two sources that share a host the first has its pages."""

    def __init__(self, scope: Scope, names: Sequence[str]) -> None:
        self._scope, self._names = scope, frozenset(names)
        self._known: dict[str, str | None] = {}

    def __call__(self, host: str) -> str | None:
        if host not in self._known:
            sources = (source.name for source in self._scope.sources_of(f"//{host}"))
            found = next((name for name in sources if name in self._names), None) or _site(host)
            self._known[host] = found if found in self._names else None
        return self._known[host]
