"""The address of a page without what only says in which dress it is shown: AMP, mobile, print, www, http or https.

A twin shows the same article, but nobody can tell from the address alone that it exists, nor that /m/ is no section about music. So
a twin key is never fetched and never an id: it only finds the articles whose text is then compared (`decision`). The rules are tables;
query parameters that are known in no other sense stand in `PARAMETERS`, and only a value that means yes counts.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from newscrawler.dedupe.urls import canonical_url, registrable_domain

HOST_LABELS = frozenset(("www", "m", "wap", "mobile", "mobil", "touch", "3g", "4g", "amp", "print"))
"""First names of a host: m.news.example, amp.news.example."""

FIRST_SEGMENTS = frozenset(("m", "wap", "mobile", "amp", "print"))
"""First parts of a path: /amp/2026/a.html."""

LAST_SEGMENTS = frozenset(("amp", "print", "amp.html", "print.html", "mobile"))
"""Last parts of a path: /2026/a.html/amp, /2026/a/print/."""

SUFFIX = re.compile(r"[._-](?:amp|print|printable|mobile)(?=$|\.s?html?$|\.php$|\.aspx?$)", re.IGNORECASE)
"""Ends of the last part: a.amp.html, a_print.html, a.amp."""

PARAMETERS = {
    "amp": ("", "1", "true", "yes", "amp"),
    "outputtype": ("amp",),
    "output": ("amp", "print"),
    "print": ("", "1", "true", "yes", "y", "print"),
    "printable": ("", "1", "true", "yes"),
    "mobile": ("", "1", "true", "yes"),
    "view": ("amp", "print", "mobile"),
    "mode": ("amp", "print", "mobile"),
}
"""Names in lower case, each with the values that mean this dress: ?amp=1, ?view=print."""

_MOST = 5  # passes; an address in more dresses than that (/m/m/m/m/m/m/) is no twin of anything


def twin_key(url: str) -> str:
    """Returns the form that all twins of an http(s) address have in common; of no such address, the address. Doing it twice changes nothing.

    >>> twin_key("https://m.news.example/2026/a.html"), twin_key("http://www.news.example/amp/2026/a.html?print=1")
    ('https://news.example/2026/a.html', 'https://news.example/2026/a.html')
    >>> twin_key("https://news.example/view?id=1&amp=0")
    'https://news.example/view?amp=0&id=1'
    """
    key = own = canonical_url(url)
    for _ in range(_MOST):
        before, key = key, _one_pass(key)
        if key == before:
            return key
    return own


def _one_pass(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return url
        query = "&".join(one for one in parts.query.split("&") if not _is_dress(one))
        return canonical_url(urlunsplit(("https", _host(parts), _path(parts.path), query, "")))
    except ValueError:
        return url


def _is_dress(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return value.lower() in PARAMETERS.get(name.lower(), ())


def _host(parts: SplitResult) -> str:
    """Returns the host without a first name that says the dress; the registrable domain always stays whole."""
    first, _, rest = parts.netloc.partition(".")
    host = (parts.hostname or "").partition(".")[2]
    return rest if first in HOST_LABELS and host and registrable_domain(host) == registrable_domain(parts.hostname or "") else parts.netloc


def _path(path: str) -> str:
    """Returns a path without the parts that say the dress; the page at the root stays there, and a path of nothing else stays."""
    segments = path.split("/")[1:]
    if len(segments) > 1 and segments[0].lower() in FIRST_SEGMENTS and any(segments[1:]):
        segments = segments[1:]
    bare = segments[:-1] if segments and segments[-1] == "" else segments
    if len(bare) > 1 and bare[-1].lower() in LAST_SEGMENTS:
        segments = bare[:-1]
    if segments and segments[-1]:
        shorter = SUFFIX.sub("", segments[-1])
        segments = [*segments[:-1], shorter if shorter.partition(".")[0] else segments[-1]]
    return "/" + "/".join(segments)
