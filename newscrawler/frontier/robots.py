"""robots.txt as a person would quote it: which line allowed or forbade a page, and its Content-Signal. Pure.

The verdict itself is the parser's (middlewares/manners.py); this says why, by the same rules (RFC 9309, section 2.2): the groups of our
name, else those of *; of the rules that match, the longest; of equals Allow. A file is prepared once, each page costs a few look-ups.

Theory: a rule without * and $ is the beginning of an address, so it is enough to look up the beginnings that the address has, in the
lengths that rules have. The others are tried one by one, longest first: the parts between the stars are looked for from left to right, each
from where the one before it ended. That never has to go back, since the first place where a part is found leaves the most for the rest.

Known gap: the parser forgives more in the writing of a line ("Disalow", no colon), and such a line is not quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

LONGEST_RULE = 2000
"""Characters of a rule that are quoted; all of them count."""
_OF_THE_SITE = ("sitemap", "host")
_INDEX = "index.html"
_AS_WRITTEN = re.compile("%(2[aAfF5])")  # an escaped * / % is another character than a plain one
_PLAIN = "/%="
_NOTHING_TO_ESCAPE = re.compile("[A-Za-z0-9_.~/=*-]*").fullmatch


def group_of(text: str, agent: str) -> list[tuple[str, str]]:
    """The (field, value) lines of the groups that hold for an agent, fields in lower case; those of * where no group names it."""
    ours: list[tuple[str, str]] = []
    all_: list[tuple[str, str]] = []
    named: set[str] = set()
    heads, seen_ours = True, False
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if name == "user-agent":
            named = {value.lower()} | (named if heads else set())
            heads = True
            seen_ours = seen_ours or agent.lower() in named
        elif name and colon and name not in _OF_THE_SITE:
            heads = False  # a rule that says nothing ("Disallow:") ends the names of a group too
            if not value:
                continue
            if agent.lower() in named:
                ours.append((name, value))
            elif "*" in named:
                all_.append((name, value))
    return ours if seen_ours else all_


def content_signal(group: Sequence[tuple[str, str]]) -> str | None:
    """The Content-Signal of a group, as written; the last one where there are several."""
    return next((value[:LONGEST_RULE] for name, value in reversed(group) if name == "content-signal"), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `rank` is its length in octets and whether it allows; `parts` is what stands between its stars; `ends` says that it has $."""

    rank: tuple[int, bool]
    parts: tuple[str, ...]
    ends: bool
    line: str

    def matches(self, path: str) -> bool:
        """Whether the rule matches an address as `path_of` has it, in a time that grows with the length of both."""
        first, *rest = self.parts
        if not path.startswith(first):
            return False
        if not rest:
            return not self.ends or path == first
        at = len(first)
        for part in rest[:-1]:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        if self.ends:
            return len(path) - len(rest[-1]) >= at and path.endswith(rest[-1])
        return path.find(rest[-1], at) >= 0


class Rules:
    """The rules of a group, prepared to be asked about many pages."""

    def __init__(self, group: Sequence[tuple[str, str]]) -> None:
        self._beginnings: dict[str, Rule] = {}
        self._others: list[Rule] = []
        for name, value in group:
            for rule in _read(name, value):
                self._add(rule)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings}, reverse=True)
        self._others.sort(key=lambda rule: rule.rank, reverse=True)

    def _add(self, rule: Rule) -> None:
        if rule.ends or len(rule.parts) > 1:
            self._others.append(rule)
            return
        kept = self._beginnings.setdefault(rule.parts[0], rule)
        if rule.rank > kept.rank:
            self._beginnings[rule.parts[0]] = rule

    def deciding(self, url: str) -> str | None:
        """The line that decides about a URL, as "Allow: /news/"; None where no rule matches, so that it is allowed."""
        path = path_of(url)
        found = (self._beginnings.get(path[:length]) for length in self._lengths if length <= len(path))
        best = next((rule for rule in found if rule is not None), None)
        for rule in self._others:
            if best is not None and rule.rank <= best.rank:
                break
            if rule.matches(path):
                best = rule
                break
        return best.line if best is not None else None


def path_of(url: str) -> str:
    """What rules are compared with: the path and query of a URL, spelled in one way."""
    url = url.partition("#")[0]
    parts = urlsplit(url)
    return _spelled((parts.path or "/") + (f"?{parts.query}" if "?" in url else ""), _PLAIN)


def _read(name: str, value: str) -> Iterator[Rule]:
    """Yields the rules that a line stands for. Beyond RFC 9309 as the parser has it: a $ may also be meant as a character of the address;
    who allows index.html allows its folder; a whole URL is no address on this site."""
    if name not in ("allow", "disallow"):
        return
    line = f"{name.capitalize()}: {value[:LONGEST_RULE]}"
    if "$" in value:
        yield from _read_one(name, value.replace("$", "%24"), line)
    yield from _read_one(name, value, line)


def _read_one(name: str, value: str, line: str) -> Iterator[Rule]:
    ends, allows = value.endswith("$"), name == "allow"
    if value.startswith(("http://", "https://")):
        value = f"/{value}"
    pattern = _spelled(value[:-1] if ends else value, _PLAIN + "*")
    if not pattern and not ends:
        return
    yield Rule((len(pattern) + ends, allows), tuple(re.split(r"\*+", pattern)), ends, line)
    if allows and not ends and pattern.endswith(f"/{_INDEX}"):
        folder = pattern.removesuffix(_INDEX)
        yield Rule((len(folder) + 1, allows), tuple(re.split(r"\*+", folder)), True, line)


def _spelled(text: str, safe: str) -> str:
    """The text with escapes where they are needed and nowhere else (RFC 9309, section 2.2.2)."""
    if ("*" in safe or "*" not in text) and _NOTHING_TO_ESCAPE(text):
        return text
    return quote(unquote(_AS_WRITTEN.sub(lambda escaped: "%25" + escaped[1].upper(), text)), safe=safe)
