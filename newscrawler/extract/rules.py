"""A source's own rules -> what a page gives for them. They go before everything that is found without rules.

A rule is an XPath expression (`config` makes one of CSS selectors). What a rule matches nothing for stays as it was found, so a
layout that ended takes nothing away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from newscrawler.config import Rules
from newscrawler.extract.dates import find_date, written
from newscrawler.extract.language import language_of
from newscrawler.extract.names import people
from newscrawler.extract.published import Style
from newscrawler.items import Article

logger = logging.getLogger(__name__)

_BREAKS = frozenset("address article aside blockquote br dd div dl dt figcaption h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split())
_SKIPPED = frozenset("script style noscript template button select textarea".split())
MAX_MATCHES = 1000

Given = dict[str, list[str]]
"""Field -> the texts that its rule matched; fields without a match are not in it."""


def apply_rules(rules: Rules, root: etree._Element, url: str) -> Given:
    """Returns what the rules match in a document; a rule that fails on it matches nothing, and is logged with the URL."""
    given = {field: _texts(expression, root, url) for field, expression in rules}
    return {field: texts for field, texts in given.items() if texts}


def set_given(article: Article, given: Given, style: Style, lang: str) -> None:
    """Sets the fields that rules gave. A date that cannot be read, and writers without a name in them, change nothing."""
    if "title" in given:
        article.title = " ".join(given["title"][0].split())
    if "text" in given:
        article.text = "\n".join(given["text"])
        article.language, article.language_score = language_of(article.text, lang)
    if "keywords" in given:
        article.keywords = list(dict.fromkeys(" ".join(text.split()) for text in given["keywords"]))
    if names := people(given.get("authors", [])):
        article.authors = names
    moment = find_date(given["date_published"][0], month_first=style.month_first) if "date_published" in given else None
    if moment is not None:
        article.date_published, article.date_precision, article.tz_source = written(moment, style.zone)
        article.date_published_raw, article.date_published_source = moment.raw, "text"


def _texts(expression: str, root: etree._Element, url: str) -> list[str]:
    try:
        found: Any = _compiled(expression)(root)
    except etree.XPathError as error:
        logger.warning("%s: the rule %s fails: %s", url, expression, error)
        return []
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list):
        return []
    matched = {one for one in found[:MAX_MATCHES] if isinstance(one, etree._Element)}
    texts = (_text_of(one, matched) if isinstance(one, etree._Element) else str(one).strip() for one in found[:MAX_MATCHES])
    return [text for text in texts if text]


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
    return etree.XPath(expression, smart_strings=False)
