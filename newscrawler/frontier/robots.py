"""robots.txt as a person would quote it: which line allowed or forbade a page, and its Content-Signal. Pure.

The verdict itself is the parser's (middlewares/manners.py); this says why, by the same rules (RFC 9309, section 2.2): the groups of our
name, else those of *; of the rules that match, the longest; of equals Allow.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

LONGEST_RULE = 2000


def group_of(text: str, agent: str) -> list[tuple[str, str]]:
    """The (field, value) lines of the groups that hold for an agent, fields in lower case; those of * where no group names it."""
    ours: list[tuple[str, str]] = []
    all_: list[tuple[str, str]] = []
    named: set[str] = set()
    heads, seen_ours = True, False
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if name == "user-agent":
            named = {value.lower()} | (named if heads else set())
            heads = True
            seen_ours = seen_ours or agent.lower() in named
        elif name and value and name != "sitemap":
            heads = False
            if agent.lower() in named:
                ours.append((name, value[:LONGEST_RULE]))
            elif "*" in named:
                all_.append((name, value[:LONGEST_RULE]))
    return ours if seen_ours else all_


def rule_of(group: list[tuple[str, str]], path: str) -> str | None:
    """The line that decides about a path with its query, as "Allow: /news/"; None where no rule matches, so that it is allowed."""
    plain = unquote(path)
    matching = [(len(value), name == "allow", value) for name, value in group if name in ("allow", "disallow") and _matches(value, plain)]
    if not matching:
        return None
    _, allowed, value = max(matching)
    return f"{'Allow' if allowed else 'Disallow'}: {value}"


def _matches(rule: str, path: str) -> bool:
    end = rule.endswith("$")
    parts = [re.escape(unquote(part)) for part in (rule[:-1] if end else rule).split("*")]
    if len(parts) > 20:  # made to cost time
        return False
    return re.match("[^\0]*?".join(parts) + (r"\Z" if end else ""), path) is not None


def content_signal(group: list[tuple[str, str]]) -> str | None:
    """The Content-Signal of a group, as written; the last one where there are several."""
    return next((value for name, value in reversed(group) if name == "content-signal"), None)
