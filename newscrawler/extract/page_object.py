"""A class of the user's own that reads the pages of a source, for sites whose rules need code.

    class Story:                                      # example.py, beside sources.toml; page = "example:Story"
        def read_article(self, page):
            article = page.article                    # as read without the class: a copy, or None where the page is none
            if article is not None:
                article.title = page.root.findtext(".//h2")
            return article                            # None: this page is no article

One object, made without arguments, reads all pages of a source in turn, so it should keep nothing of a page. It is asked for pages of HTML, after the
rules, before the fields are cleaned; links and the kinds of pages that are no articles are not its business. What it raises or
returns wrongly costs that page nothing: the page stays as read without the class, and that is logged. A method that never
returns is not stopped.
"""

from __future__ import annotations

import copy
import logging
import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from lxml import etree

from newscrawler.extract.parse import parse_html
from newscrawler.items import Article, Image, Related

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GivenPage:
    """What a class is given: the page's address, its text, and the article that was read without the class."""

    url: str
    text: str
    article: Article | None

    @property
    def root(self) -> etree._Element:
        """The page as a tree of its own (lxml), parsed anew at each asking."""
        root = parse_html(self.text)
        assert root is not None, "only pages that can be parsed are given"
        return root


class PageObject(Protocol):
    """What a class has to have."""

    def read_article(self, page: GivenPage) -> Article | None:
        """Returns the article of a page, or None where it is none."""
        ...


def read_by(page: PageObject, name: str, given: GivenPage) -> tuple[Article | None, str | None]:
    """Returns what an object of the user's makes of a page, and None; or the article as it was given, and why the object failed."""
    try:
        article = page.read_article(GivenPage(given.url, given.text, copy.deepcopy(given.article)))
        _check(article)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - not our code: whatever it raises is this page's matter alone
        fault = " ".join(f"{name} failed: {type(error).__name__}: {error}".split())[:300]
        logger.warning("%s: %s; read without it", given.url, fault)
        return given.article, fault
    if article is not None and article.date_published is not None and article.date_published != (given.article and given.article.date_published):
        article.date_precision = "second" if "T" in article.date_published else "day"
        article.date_published_raw, article.date_published_source, article.tz_source = article.date_published, "text", None
    return article, None


_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?")
_LISTS: dict[str, type] = {"authors": str, "keywords": str, "sections": str, "images": Image, "related": Related}
_OTHERS = {"is_accessible_for_free": bool, "language_score": float}
_NOT_THEIRS = frozenset({"repairs", "examples", "quality"})


def _check(article: Any) -> None:
    """Raises TypeError for what is no Article, or one with a value of the wrong type in it."""
    if article is None:
        return
    if not isinstance(article, Article):
        raise TypeError(f"read_article returned a {type(article).__name__}, not an Article or None")
    if not isinstance(article.text, str):
        raise TypeError(f"text is a {type(article.text).__name__}, not a text")
    for name in (one.name for one in fields(article) if one.name not in _NOT_THEIRS):
        value = getattr(article, name)
        if name in _LISTS:
            sound = isinstance(value, list) and all(isinstance(one, _LISTS[name]) for one in value)
        else:
            sound = value is None or isinstance(value, _OTHERS.get(name, str))
        if not sound:
            raise TypeError(f"{name} is {value!r:.80}")
    for name in ("date_published", "date_modified"):
        value = getattr(article, name)
        if value is not None and not _is_date(value):
            raise ValueError(f"{name} is {value!r:.80}, not a date like 2026-11-24")


def _is_date(text: str) -> bool:
    """Returns whether a text is a date as the record has it, of a day that there is."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
