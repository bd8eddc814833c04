"""Copies of one story -> where it likely comes from: the source that they credit, else the earliest published, else the first seen.

A guess with its reasons, never a proof: dates are what pages say, and who is credited may have copied too. A source that most copies
credit and that is not in the collection is named all the same, and of the copies the earliest stands beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

AGENCIES = {
    "Reuters": ("reuters", "路透社", "路透"),
    "Associated Press": ("associated press", "ap", "美联社", "美聯社"),
    "Agence France-Presse": ("agence france-presse", "afp", "法新社"),
    "Bloomberg": ("bloomberg", "彭博社", "彭博"),
    "Kyodo": ("kyodo", "kyodo news", "共同社"),
    "dpa": ("dpa", "deutsche presse-agentur", "德新社"),
    "UPI": ("upi", "united press international"),
    "Xinhua": ("xinhua", "新华社", "新華社", "新华网", "新華網"),
    "China News Service": ("china news service", "中新社", "中新网", "中新網", "中国新闻网", "中國新聞網"),
    "Central News Agency": ("central news agency", "中央社"),
}
"""Names in one form -> as they are printed, in lower case."""

_LABELLED = re.compile(r"(?:来源|來源|稿源|出处|出處|\bsource)\s*[:：]\s*(?P<name>[^\s|（(，,。；;]{2,40})", re.IGNORECASE)
_REPORTED = re.compile(r"[据據](?P<name>[\u3400-\u9fff]{2,12}?)(?:\d|[一二三四五六七八九十]|[报報][道导導]|消息|[电電])")
_PRINTED = re.compile(
    r"(?P<name>[\u3400-\u9fff]{2}社)[\u3400-\u9fff]{1,8}\d{1,2}月?\d{0,2}日?[电電]"  # 新华社北京1月2日电: agency, place, day, "wire"
    r"|[(（](?P<dateline>[A-Za-z][A-Za-z -]{1,24})[)）]\s*[-–—]"  # LONDON (Reuters) -
)
_HEAD, _TAIL = 200, 200  # characters where a credit stands
_FORMS = {form: name for name, forms in AGENCIES.items() for form in forms}
_ZONES = timedelta(hours=14), timedelta(hours=12)  # east and west of UTC, the farthest


@dataclass(frozen=True, slots=True)
class Telling:
    """One copy of a story. `published` is RFC 3339 or a bare day, `first_seen` seconds since the epoch, `credit` what `credited` gave."""

    url: str
    domain: str
    site_name: str | None
    published: str | None
    first_seen: float
    credit: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a story likely comes from: the copy at `url`; `source` is who is credited, in the collection or not; why, in words."""

    url: str
    source: str | None
    reasons: tuple[str, ...]


def credited(byline: str | None, text: str) -> str | None:
    """Returns whom a copy names as its source, agencies in one form; None when it names nobody where credits stand.

    >>> credited("来源：新华社 编辑：某某", ""), credited(None, "LONDON (Reuters) - The ferry is late."), credited(None, "The ferry is late.")
    ('Xinhua', 'Reuters', None)
    """
    for where in (byline or "", text[:_HEAD], text[-_TAIL:]):
        for form in (_LABELLED, _PRINTED, _REPORTED):
            found = form.search(where)
            name = next((one for one in found.groups() if one), "").strip() if found else ""
            if name and (form is _LABELLED or _one_form(name) in AGENCIES):
                return _one_form(name)
    return None


def likely_origin(copies: Sequence[Telling]) -> Origin:
    """Returns the likely origin of copies, at least one. What does not tell two apart is passed over; of equals the first address counts."""
    source, number = _source(copies)
    own = [copy for copy in copies if source is not None and _is_of(copy, source)]
    reasons = []
    if source is not None:
        reasons.append(f"{number} of {len(copies)} credit {source}" + ("" if own else ", which is not in the collection"))
    candidates = own or list(copies)
    if len(candidates) > 1:
        earliest = _earliest(candidates)
        if len(earliest) == 1:
            reasons.append(f"published earliest ({earliest[0].published})")
        else:
            reasons.append("first seen" if len(earliest) == len(candidates) else "first seen of those that may be published earliest")
        candidates = earliest
    best = min(candidates, key=lambda copy: (copy.first_seen, copy.url))
    return Origin(best.url, source, tuple(reasons) or ("the only copy",))


def _source(copies: Sequence[Telling]) -> tuple[str | None, int]:
    """Whom most copies credit, themselves apart, and how many do; of equals the first by name."""
    counts = Counter(copy.credit for copy in copies if copy.credit and not _is_of(copy, copy.credit))
    return min(counts.items(), key=lambda one: (-one[1], one[0]), default=(None, 0))


def _is_of(copy: Telling, source: str) -> bool:
    names = {_bare(source), *AGENCIES.get(source, ())}
    label = copy.domain.partition(".")[0]
    return _bare(copy.site_name or "") in names or copy.domain.casefold() in names or label.casefold() in names


def _earliest(copies: Sequence[Telling]) -> list[Telling]:
    """Those that may have been published first: all that are not certainly later than another; all, where no date is known."""
    spans = {copy.url: span for copy in copies if (span := _span(copy.published)) is not None}
    if not spans:
        return list(copies)
    bound = min(end for _, end in spans.values())
    return [copy for copy in copies if copy.url in spans and spans[copy.url][0] <= bound]


def _span(published: str | None) -> tuple[datetime, datetime] | None:
    """The first and last moment that a date may mean; a bare day is that of any zone."""
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return None
    if len(published or "") > len("2026-01-02") and moment.tzinfo is not None:
        return moment.astimezone(UTC), moment.astimezone(UTC)
    day = moment.replace(tzinfo=UTC)
    return (day - _ZONES[0], day + timedelta(days=1) + _ZONES[1]) if timedelta(days=2) < day - datetime.min.replace(tzinfo=UTC) else None


def _one_form(name: str) -> str:
    return _FORMS.get(_bare(name), name.strip())


def _bare(name: str) -> str:
    return normalize("NFKC", name).casefold().strip()
