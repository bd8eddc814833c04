"""What a page's publisher says about its use: read from headers, page and robots.txt, judged by the policy of a source. Pure.

Where it comes from: X-Robots-Tag, meta robots and a meta element of our name (Google's and Bing's documentation, by which the wishes of both
add up; noarchive: no copy of the page as it is), TDM Reservation Protocol (W3C community group report of 2024: `tdm-reservation` and
`tdm-policy` as header, meta or in /.well-known/tdmrep.json), Content-Signal (draft of contentsignals.org: search, ai-input, ai-train, each
yes or no). None of it is legal advice: what is recorded is what was fetched, whatever the policy.

What is said changes after an article was stored. A later answer tells some of it: a 304 only the headers that it carries (RFC 9110, section
15.4.5), a robots.txt that cannot be had nothing. So what each says is kept by who said it (`Said`), and `heard` puts a later answer on top:
what is not known does not take back what was known. What counts as a change is another meaning, not other words for it: see `changes`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from newscrawler.items import Said

AGENT = "newscrawler"
USES = ("search", "ai-input", "ai-train", "tdm", "archive", "index")
"""What `allows` can be asked for."""
_OBEY, _IGNORE = "obey", "ignore"
HEADERS = {"x_robots_tag": "x-robots-tag", "tdm_reservation": "tdm-reservation", "tdm_policy": "tdm-policy"}
"""Keys of a record's `rights` that a header says, and its name."""
HOST_KEYS = ("robots", "content_signal", "tdm_reservation", "tdm_policy")
"""Those that robots.txt and tdmrep.json say."""
_AGENT_PREFIX = re.compile(r"\s*([\w-]+)\s*:\s*")
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_SIGNAL = re.compile(r"([a-z-]+)\s*=\s*(yes|no)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a source does about each wish, "obey" or "ignore": `[source.NAME.rights]` of sources.toml."""

    noindex: str = _OBEY
    noarchive: str = _OBEY
    tdm: str = _OBEY
    content_signal: str = _OBEY

    @classmethod
    def of(cls, table: object) -> Policy:
        """The policy that a table says; raises ValueError for an unknown name or value."""
        if not isinstance(table, dict):
            raise ValueError("must be a table [source.NAME.rights]")
        known = [one.name for one in fields(cls)]
        for name, value in table.items():
            if name not in known:
                raise ValueError(f"{name!r} is unknown: the fields are {', '.join(known)}")
            if value not in (_OBEY, _IGNORE):
                raise ValueError(f'{name}: must be "obey" or "ignore", not {value!r}')
        return cls(**table)

    def refusal(self, rights: Mapping[str, Any]) -> str | None:
        """Why an article with these rights is not stored, or None."""
        if self.noindex == _OBEY and not allows(rights, "index"):
            return "noindex, as the page or its X-Robots-Tag asks"
        if self.tdm == _OBEY and not allows(rights, "tdm"):
            return "text and data mining is reserved (tdm-reservation: 1)"
        if self.content_signal == _OBEY and not allows(rights, "search"):
            return "Content-Signal of robots.txt: search=no"
        return None

    def keeps_copy(self, rights: Mapping[str, Any]) -> bool:
        """Whether the page as fetched may be kept beside the article."""
        return self.noarchive == _IGNORE or allows(rights, "archive")


OBEY_ALL = Policy()


def allows(rights: Mapping[str, Any], use: str) -> bool:
    """Whether nothing in a record's `rights` speaks against a use of USES; what is not said is not refused.

    >>> allows({"content_signal": "search=yes, ai-train=no"}, "ai-train"), allows({}, "ai-train")
    (False, True)
    """
    if use == "tdm":
        return str(rights.get("tdm_reservation") or "").strip() != "1"
    if use in ("index", "archive"):
        wishes = directives(rights.get("x_robots_tag")) | directives(rights.get("meta_robots"))
        return not wishes & ({"noindex", "none"} if use == "index" else {"noarchive", "nocache"})
    return signals_of(rights.get("content_signal")).get(use, True)


def heard(
    before: Said | None, *, host: Mapping[str, str | None], headers: Mapping[str, str], page: Mapping[str, str | None] | None, whole: bool
) -> Said:
    """What is said as of a later answer. `host` has None for what it is known not to say, and lacks what is not known; `page` is None where the
    page was not read, as it is the same; without `whole` (a 304) headers that are not there are unchanged.

    >>> before = Said({"content_signal": "ai-train=no"}, {"x_robots_tag": "noarchive"}, {"license": "/cc"})
    >>> heard(before, host={}, headers={}, page=None, whole=False) == before
    True
    >>> heard(before, host={"content_signal": None}, headers={}, page=None, whole=True)
    Said(host={}, header={}, page={'license': '/cc'})
    """
    before = before or Said()
    told = {key: headers[name] for key, name in HEADERS.items() if name in headers}
    return Said(
        _said({**before.host, **host}),
        told if whole else {**before.header, **told},
        before.page if page is None else _said(page),
    )


def _said(told: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in told.items() if value is not None}


def rights_of(said: Said) -> dict[str, str]:
    """The record's `rights`: what the page says goes before its headers, and these before what its host says of all pages."""
    return {**said.host, **said.header, **said.page}


def packed(said: Said) -> str:
    """The same as text, for `unpacked`."""
    return json.dumps([said.host, said.header, said.page], ensure_ascii=False)


def unpacked(text: str | None) -> Said | None:
    """What `packed` made text of; None for None."""
    return None if text is None else Said(*json.loads(text))


def directives(value: str | None) -> set[str]:
    """The directives of X-Robots-Tag or meta robots that hold for us, in lower case; those for other agents by name are left out.

    Each line is a header or a meta element of its own, and an agent that is named in it holds to its end.

    >>> sorted(directives("noarchive, otherbot: noindex, nofollow, newscrawler: nosnippet"))
    ['noarchive', 'nosnippet']
    >>> sorted(directives("otherbot: nofollow\\nnoindex"))
    ['noindex']
    """
    found: set[str] = set()
    for line in (value or "").lower().split("\n"):
        ours = True
        for part in line.split(","):
            named = _AGENT_PREFIX.match(part)
            if named and named[1] not in _VALUED:
                ours, part = named[1] == AGENT, part[named.end() :]
            if ours and part.strip():
                found.add(part.strip())
    return found


def signals_of(value: str | None) -> dict[str, bool]:
    """The signals of a Content-Signal line; a later one of the same name counts."""
    return {name.lower(): said.lower() == "yes" for name, said in _SIGNAL.findall(value or "")}


_MEANINGS: dict[str, Callable[[str | None], object]] = {
    "x_robots_tag": directives,
    "meta_robots": directives,
    "content_signal": signals_of,
    **dict.fromkeys(("tdm_reservation", "tdm_policy", "license"), lambda value: (value or "").strip()),
}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys of two records' `rights` that mean something else to us: not another order, spelling or agent, nor `robots`, since a page that was
    asked for was allowed by whichever line.

    >>> changes({"x_robots_tag": "noarchive, nosnippet"}, {"x_robots_tag": "NOSNIPPET,noarchive", "robots": "Allow: /"})
    []
    >>> changes({"meta_robots": "index"}, {"meta_robots": "index, noarchive", "license": "/cc"})
    ['meta_robots', 'license']
    """
    return [key for key, meaning in _MEANINGS.items() if meaning(old.get(key)) != meaning(new.get(key))]


def tdm_rules(body: bytes) -> list[tuple[str, dict[str, str]]] | None:
    """(location, rights) of a tdmrep.json in its order, at most 1,000; None for what is none (a page that says "not found" with 200)."""
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list):
        return None
    found = []
    for one in listed[:1000]:
        if isinstance(one, dict) and isinstance(one.get("location"), str):
            policy = one.get("tdm-policy")
            reservation = one.get("tdm-reservation")
            told = {"tdm_reservation": str(reservation)} if reservation in (0, 1, "0", "1") else {}
            found.append((one["location"], told | ({"tdm_policy": policy[:2000]} if isinstance(policy, str) else {})))
    return found


def tdm_of(rules: list[tuple[str, dict[str, str]]], path: str) -> dict[str, str]:
    """What a tdmrep.json says of a path: the first location that matches, * for anything and $ for the end, as in robots.txt."""
    for location, told in rules:
        pattern = location.replace("[", "[[]").replace("?", "[?]")
        if fnmatchcase(path, pattern[:-1] if pattern.endswith("$") else f"{pattern}*"):
            return told
    return {}
