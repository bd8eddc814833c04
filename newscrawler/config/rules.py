"""The extract tables of a source -> Rules: where fields stand on its pages, in which years, and what its addresses tell."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, Literal

from newscrawler.config.selectors import xpath_of
from newscrawler.config.values import Reader, Wrong, read_table

RULED = (
    "title text subtitle description authors byline date_published date_modified keywords sections image_url images related language source_name "
    "canonical_url is_accessible_for_free"
).split()
"""The fields of an article that a rule can give, in the order in which they are set."""
_YES_OR_NO = "is_accessible_for_free"
UrlKind = Literal["article", "hub", "other"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a field stands: `written` as in the file, `expression` the XPath that it means."""

    field: str
    written: str
    expression: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The rules of one extract table. They hold for articles published from `first` to `last`, both included; None: no end.

    Of several rules for a field the first that gives something counts. What `remove` matches is no part of the text.
    """

    rules: tuple[Rule, ...] = ()
    remove: tuple[Rule, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def dated(self) -> bool:
        """Whether it holds for a time only."""
        return self.first is not None or self.last is not None

    def holds(self, day: date) -> bool:
        """Whether it holds for an article of that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    @property
    def period(self) -> str:
        """Its time in words."""
        since, until = (f"from {self.first}" if self.first else ""), (f"until {self.last}" if self.last else "")
        return " ".join(filter(None, (since, until))) or "always"


@dataclass(frozen=True, slots=True)
class Rules:
    """How the pages of one source are read; false when it says nothing about that.

    `kinds` are patterns searched in URLs, the first that is found counts; each has the kind it tells and the key it stands under.
    `page` is an object with a method `read_article` (extract/page_object.py), `page_name` as the file has it. `fetched` is the
    day on which the page was fetched, for articles that tell no date.
    """

    layouts: tuple[Layout, ...] = ()
    kinds: tuple[tuple[UrlKind, re.Pattern[str]], ...] = ()
    page: Any = field(default=None, hash=False)
    page_name: str = ""
    fetched: date | None = None

    @property
    def identity(self) -> str:
        """The same for rules that read pages alike, in another process too; the code of a class is part of it as far as it can be read."""
        code = ""
        if self.page is not None:
            with suppress(OSError, TypeError):
                code = inspect.getsource(type(self.page))
        return repr((self.layouts, [(kind, pattern.pattern, pattern.flags) for kind, pattern in self.kinds], self.page_name, code))

    def __bool__(self) -> bool:
        return bool(self.layouts or self.kinds or self.page is not None)

    @property
    def dated(self) -> bool:
        """Whether the day of an article matters."""
        return any(layout.dated for layout in self.layouts)

    @property
    def always(self) -> Layout:
        """The layout without a date, or one without rules."""
        return next((layout for layout in self.layouts if not layout.dated), Layout())

    def kind_of(self, url: str) -> UrlKind | None:
        """Returns what the page at a URL is by its address, None where no pattern tells."""
        return next((kind for kind, pattern in self.kinds if pattern.search(url)), None)

    def layout_on(self, day: date | None) -> Layout:
        """Returns the rules for an article of that day: those of its time, then those that always hold; None: only the latter."""
        always = self.always
        of_time = next((layout for layout in self.layouts if layout.dated and day is not None and layout.holds(day)), None)
        return replace(of_time, rules=of_time.rules + always.rules, remove=of_time.remove + always.remove) if of_time else always

    def fetched_at(self, seconds: float | None) -> Rules:
        """Returns these rules for a page that was fetched at a time in seconds since the epoch."""
        return self if seconds is None or not self.dated else replace(self, fetched=datetime.fromtimestamp(seconds, UTC).date())


NO_RULES = Rules()


def read_layouts(value: object) -> tuple[Layout, ...]:
    """Returns what stands under `extract`: one table, or several ([[source.NAME.extract]]), of which at most one is without a date."""
    if isinstance(value, dict):
        return (_layout(value),)
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise ValueError("must be a table [source.NAME.extract], or several [[source.NAME.extract]]")
    layouts = []
    for number, table in enumerate(value):
        try:
            layouts.append(_layout(table))
        except Wrong as error:
            raise Wrong(str(error), number, *error.keys) from error
    _check_times(layouts)
    return tuple(layouts)


def _check_times(layouts: list[Layout]) -> None:
    """Raises Wrong where two layouts hold for one day."""
    undated = [number for number, layout in enumerate(layouts) if not layout.dated]
    if len(undated) > 1:
        raise Wrong("a second table without from and until: only one can hold always", undated[1])
    dated = sorted((number for number, layout in enumerate(layouts) if layout.dated), key=lambda number: layouts[number].first or date.min)
    for one, other in pairwise(dated):
        if (layouts[one].last or date.max) >= (layouts[other].first or date.min):
            raise Wrong(f"the times {layouts[one].period!r} and {layouts[other].period!r} overlap", other)


def _layout(table: Mapping[str, object]) -> Layout:
    values = read_table(table, _READERS)
    first, last = values.pop("from", None), values.pop("until", None)
    if first and last and first > last:
        raise Wrong(f"from {first} is after until {last}", "from")
    remove = values.pop("remove", ())
    return Layout(tuple(rule for rules in values.values() for rule in rules), remove, first, last)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"must be a day without quotes, like 2019-06-30, not {value!r}")
    return value


def _reader(field: str) -> Reader:
    """Returns the reader of the rules for a field: one, or a list of them."""
    gives = (list, str, bool) if field == _YES_OR_NO else (list, str)

    def read(value: object) -> tuple[Rule, ...]:
        written = value if isinstance(value, list) else [value]
        return tuple(_rule(field, one, gives) for one in _texts(written))

    return read


def _texts(written: Iterable[object]) -> list[str]:
    rules = []
    for one in written:
        if not isinstance(one, str) or not one.strip():
            raise ValueError(f"must be a CSS selector or an XPath expression, or a list of them, not {one!r}")
        rules.append(one.strip())
    if not rules:
        raise ValueError("must be a CSS selector or an XPath expression, or a list of them, not an empty list")
    return rules


def _rule(field: str, written: str, gives: tuple[type, ...]) -> Rule:
    return Rule(field, written, xpath_of(written, gives))


_READERS: Mapping[str, Reader] = {**{field: _reader(field) for field in (*RULED, "remove")}, "from": _day, "until": _day}
