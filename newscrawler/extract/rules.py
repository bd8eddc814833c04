"""A source's own rules -> what a page gives for them. They go before everything that is found without rules.

A rule is an XPath expression (`config` makes one of CSS selectors). What a rule matches nothing for stays as it was found, so a
layout that ended takes nothing away. What a match means for a field stands in `fields`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from newscrawler.config import Layout, Rule

logger = logging.getLogger(__name__)

_BREAKS = frozenset("address article aside blockquote br dd div dl dt figcaption h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split())
_SKIPPED = frozenset("script style noscript template button select textarea".split())
MAX_MATCHES = 1000


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a rule matched: an element, or a text with the element that it is of (None: made by a function of XPath).

    `attribute` is the name of the attribute that the text is the value of.
    """

    element: etree._Element | None
    text: str | None = None
    attribute: str | None = None


Given = dict[str, list[tuple[Rule, list[Match]]]]
"""Field -> its rules that matched something, in their order; fields without a match are not in it."""


def apply_rules(layout: Layout, root: etree._Element, url: str) -> Given:
    """Returns what the rules match in a document; a rule that fails on it matches nothing, and is logged with the URL."""
    given: Given = {}
    for rule in layout.rules:
        if matches := _matches(rule, root, url):
            given.setdefault(rule.field, []).append((rule, matches))
    return given


def remove_matches(layout: Layout, root: etree._Element, url: str) -> bool:
    """Takes what `remove` matches out of the document; returns whether anything went. The root stays."""
    elements = [match.element for rule in layout.remove for match in _matches(rule, root, url) if match.text is None]
    gone = False
    for element in elements:
        parent = element.getparent() if element is not None else None
        if element is None or parent is None:
            continue
        if element.tail:
            before = element.getprevious()
            if before is None:
                parent.text = (parent.text or "") + element.tail
            else:
                before.tail = (before.tail or "") + element.tail
            element.tail = None
        parent.remove(element)
        gone = True
    return gone


def texts_of(matches: list[Match]) -> list[str]:
    """Returns the texts of matches, an element's with its lines; those inside another match and those without text are left out."""
    elements = {match.element for match in matches if match.text is None and match.element is not None}
    return [text for match in matches if (text := _printed(match, elements))]


def _printed(match: Match, elements: set[etree._Element]) -> str:
    if match.text is not None or match.element is None:
        return (match.text or "").strip()
    if match.element.tag == "meta":
        return (match.element.get("content") or "").strip()
    return _text_of(match.element, elements)


def _matches(rule: Rule, root: etree._Element, url: str) -> list[Match]:
    try:
        found: Any = _compiled(rule.expression)(root)
    except etree.XPathError as error:
        logger.warning("%s: the rule %s = %s fails: %s", url, rule.field, rule.written, error)
        return []
    if isinstance(found, bool):
        return [Match(None, "true" if found else "false")]
    results = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return [_match(one) for one in results[:MAX_MATCHES] if one is not None and str(one).strip()]


def _match(result: Any) -> Match:
    if isinstance(result, etree._Element):
        return Match(result)
    parent = result.getparent() if hasattr(result, "getparent") else None
    return Match(parent, str(result), result.attrname if getattr(result, "is_attribute", False) else None)


def _text_of(element: etree._Element, matched: set[etree._Element]) -> str:
    """Returns the lines of an element; nothing for one inside another that matched, whose lines have it already."""
    if any(parent in matched for parent in element.iterancestors()):
        return ""
    lines = "".join(_pieces(element)).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _pieces(element: etree._Element) -> Iterator[str]:
    """The texts of an element in reading order, with a line break where a block begins or ends; never recurses."""
    hidden = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag, starts = node.tag, event == "start"
        if tag in _BREAKS and not hidden:
            yield "\n"
        if tag in _SKIPPED:
            hidden += 1 if starts else -1
        text = node.text if starts else node.tail if node is not element else None
        if text and not hidden:
            yield " ".join(text.split("\n"))


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> etree.XPath:
    return etree.XPath(expression)
