"""The pages of one article: which addresses its other pages have, and the text that they make together.

Theory: the address of a further page is that of the first with a number added (a_2.html, a-2.html, a/2, a?page=2), and the
pages say so themselves: a link whose words are that number or "next page" leads from one to the other. Both are asked for.
An address alone is no proof (ids are numbers too), nor are the words (下一篇, "next article", has none of ours; a list's or
gallery's own pages are no articles). Where the number stands after a mere "-" or "/", the words must speak of pages, be the
number or stand in a pager (blogs link to the next article by "Next", and number a name that was taken), and a page with a number
must also link to the first one so or name it as its canonical address: /post/4 and /post/5 are two articles.

Known to fail: parts with unrelated addresses; pagers without addresses (script); more than MAX_PART parts; the number of
a series that counts from nought is the address's, one less than the printed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newscrawler.dedupe import canonical_url
from newscrawler.extract import labels
from newscrawler.extract.links import Found
from newscrawler.items import Series

MAX_PART = 50
"""No article has more pages; a pager that goes on is a trap or a list."""
MAX_WORDS = 40
WHOLE = 1000
"""Stands for the number of a view that holds all parts on one page."""

_PARAMETERS = frozenset("page p pg pn pageno page_no pagenum paged seite pagina sivu strona part".split())
_VIEWS = frozenset("view show full single singlepage print".split())
_FILE = re.compile(r"(?P<stem>.*[^/_-])(?P<mark>[_-])(?P<number>\d{1,2}|all)(?P<end>\.[a-z]{3,5})?", re.IGNORECASE)
_FOLDER = re.compile(r"(?P<stem>.*?[^/])/(?P<mark>(?:page|seite|pagina|p)[/-]?)?(?P<number>\d{1,2}|all)/?", re.IGNORECASE)
_STEM_END = re.compile(r"(?:/|/index\.s?html?)$", re.IGNORECASE)

_NEXT = re.compile(
    r"[\s«‹<\[(【]*(?:(?:上|下|前|后|後)一?[页頁]|(?:前|次)の?(?:ページ|頁)|次へ|前へ|다음 ?(?:페이지)?|이전 ?(?:페이지)?|(?:next|prev(?:ious)?)(?: page)?|continue(?: reading)?"
    r"|(?:nächste|vorherige) seite|weiter(?:lesen)?|zurück|(?:page )?(?:suivante?|précédente?)|(?:página )?(?:siguiente|anterior|seguinte)|(?:pagina )?(?:successiva|precedente)"
    r"|volgende(?: pagina)?|следующая(?: страница)?|[»›>«‹<]+)[\s»›>\])】]*",
    re.IGNORECASE,
)
_PAGE = re.compile("页|頁|page|ページ|페이지|seite|página|pagina|страница", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(【第]?\s*(?:page |seite |página )?(\d{1,2})\s*(?:[\])】页頁]|ページ)?", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:阅读|閱讀|查看|显示|顯示|浏览|瀏覽|余下|餘下|展开|展開|单页|單頁)?(?:全文|余下全文|餘下全文|全部内容|全部內容)(?:阅读|閱讀)?|(?:单页|單頁)(?:阅读|閱讀|浏览)?"
    r"|(?:view|show|read)(?: (?:as|on|the|this))*(?: (?:a|one|single|full|whole|entire|all))+(?: (?:page|article|story|pages))?|single page|全文を(?:読む|表示)|전체 ?보기|auf einer seite(?: lesen)?",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"[\s(（\[【]*(?:(?:page|part|第)\s*)?\d{1,2}(?:\s*(?:/|of|页|頁|ページ)\s*\d{0,2})?[\s)）\]】]*$", re.IGNORECASE)
_UNSAID = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """An address taken apart: `stem` is what all parts share, `number` None where there is none, `weak` where an id looks the same.

    Of a link `weak` says that neither the address nor the words tell a part from the next article.
    """

    stem: str
    number: int | None
    weak: bool = False


def find_series(url: str, found: Sequence[Found], canonical: str | None, rels: Iterable[tuple[str, str]] = ()) -> Series | None:
    """Returns the series that an article page belongs to by its own account, None for an article of one page.

    `found` are the page's links, `canonical` and `rels` (of <link rel=next> and prev) absolute addresses. Fetches nothing: that
    the other pages exist, and are articles, is for who fetches them to find.
    """
    own = _apart(url)
    other: dict[str, Numbered] = {}
    for one in found:
        if one.same_site and one.url != url and (part := _part(one, own)) is not None:
            other.setdefault(one.url, part)
    for _, address in rels:
        if address != url and (part := _continued(address, own)) is not None:
            other.setdefault(address, part)
    alike = next((reading for reading in own if reading.number is None or _is_member(reading, other, canonical)), None)
    if alike is None:
        return None
    others = {address: part for address, part in other.items() if part.stem == alike.stem and not (part.weak and alike.number is None)}
    first = _first(url, alike, others, canonical)
    if not others and first == url:
        return None
    number = _order(alike, url == first)
    rest = {address: _order(part, address == first) for address, part in others.items()}
    rest.setdefault(first, _order(_named(first, alike.stem), first=True))
    return Series(first, number, tuple(sorted((number, address) for address, number in rest.items() if address != url)))


def _order(part: Numbered, first: bool) -> int:
    return 0 if first else part.number or 1


def _named(url: str, stem: str) -> Numbered:
    return next((one for one in _apart(url) if one.stem == stem), Numbered(stem, None))


def _is_member(own: Numbered, other: dict[str, Numbered], canonical: str | None) -> bool:
    """Returns whether a page whose address has a number says that it is that part."""
    if canonical and _stem(canonical) == own.stem:
        return True
    numbers = {part.number for part in other.values() if part.stem == own.stem and not part.weak}
    if own.number == 1:
        return bool(numbers & {None, 0, 2})
    if own.weak:
        return bool(numbers & {None, 0, 1})
    return any(number is None or number < (own.number or 0) for number in numbers)


def _first(url: str, own: Numbered, others: dict[str, Numbered], canonical: str | None) -> str:
    """Returns the address of the first page: the one without a number that the page links to or names, else number 0 or 1."""
    if own.number is None:
        return url
    known = {part.number: address for address, part in others.items()}
    if canonical and _stem(canonical) == own.stem:
        known.setdefault(None, canonical)
    known.setdefault(own.number, url)
    return known.get(None) or known.get(0) or known.get(1) or _without(url)


def _without(url: str) -> str:
    """Returns an address without its number, as sites write it most: a_3.html becomes a.html."""
    parts = urlsplit(url)
    queries = parse_qsl(parts.query, keep_blank_values=True)
    query = [(name, value) for name, value in queries if name.lower() not in _PARAMETERS | _VIEWS]
    path = parts.path
    if len(query) == len(queries):
        match = _FILE.fullmatch(path) or _FOLDER.fullmatch(path)
        path = match["stem"] + (match.groupdict().get("end") or "") if match else path
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))


def _part(one: Found, own: list[Numbered]) -> Numbered | None:
    """Returns which part a link leads to, None when its address or its words are not those of one."""
    flags, rel = one.anchor.place.flags, one.anchor.rel
    if flags & (labels.COMMENT | labels.RELATED | labels.RECOMMENDED) or one.words.next_article:
        return None
    words, next_or_prev = _words_of(one.text.strip()[:MAX_WORDS]), rel != "" and not {"next", "prev"}.isdisjoint(rel.lower().split())
    part = _continued(one.url, own) if words or next_or_prev else None  # words cost a tenth of an address, and most are none of a part's
    if part is None:
        return None
    if part.number == WHOLE:
        return part if words and words.whole else None
    if words and words.number is not None:
        return replace(part, weak=False) if words.number - (part.number or 0) in (0, 1) else None
    if words and words.near:
        in_pager = flags & labels.PAGER and not any(one.weak and one.stem == part.stem for one in own if part.number is not None)
        return replace(part, weak=part.weak and not words.page and not in_pager)
    return part if next_or_prev else None


class _Words(NamedTuple):
    """What a link's text says of parts: the number of one, all of them, or the one before or after; `page` that they are pages."""

    number: int | None
    whole: bool
    near: bool
    page: bool


@lru_cache(maxsize=8192)
def _words_of(text: str) -> _Words | None:
    """Returns what a text says of parts, None for most texts."""
    number, whole, near = _NUMBER.fullmatch(text), _WHOLE.fullmatch(text) is not None, _NEXT.fullmatch(text) is not None
    if number is None and not whole and not near:
        return None
    return _Words(int(number[1]) if number is not None else None, whole, near, _PAGE.search(text) is not None)


def _continued(url: str, own: list[Numbered]) -> Numbered | None:
    """Returns an address taken apart in the way that shares its stem with one of the page's own: weak where a number of the two is."""
    stems = {one.stem: one for one in own}
    for part in _apart(url):
        same = stems.get(part.stem)
        if same is not None and part.number != same.number:
            return replace(part, weak=part.weak or same.weak)
    return None


def _apart(url: str) -> list[Numbered]:
    """Returns the ways to read an address as stem and number; the last is that it has none.

    >>> [(one.number, one.weak) for one in _apart("https://news.example/a-2.html?page=3")]
    [(3, False), (2, True), (None, False)]
    """
    parts = urlsplit(url)
    readings: list[Numbered] = []
    queries = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in queries:
        if (name.lower() in _PARAMETERS and _small(value)) or (name.lower() in _PARAMETERS | _VIEWS and value.lower() in ("all", "1", "full", "single")):
            rest = urlencode([(key, said) for key, said in queries if key != name])
            number = int(value) if _small(value) and name.lower() in _PARAMETERS else WHOLE
            readings.append(Numbered(_stem(urlunsplit((parts.scheme, parts.netloc, parts.path, rest, ""))), number))
    for pattern in (_FILE, _FOLDER):
        if match := pattern.fullmatch(parts.path):
            said, mark = match["number"], match["mark"]
            path = match["stem"] + (match.groupdict().get("end") or "")
            stem = _stem(urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")))
            readings.append(Numbered(stem, int(said) if said.isdigit() else WHOLE, weak=mark in ("-", None)))
    return [one for one in readings if "/" in one.stem and (one.number == WHOLE or (one.number or 0) <= MAX_PART)] + [Numbered(_stem(url), None)]


def _small(value: str) -> bool:
    return value.isascii() and value.isdigit() and int(value) <= MAX_PART


def _stem(url: str) -> str:
    """Returns what an address shares with those of the other parts: scheme, last slash and index.html do not count."""
    address = canonical_url(url).partition("://")[2]
    path, mark, query = address.partition("?")
    return _STEM_END.sub("", path) + mark + query


def join_texts(texts: Sequence[str], title: str | None = None) -> str:
    """Returns the text of an article from those of its parts, in their order: paragraphs joined by newlines.

    What pages repeat comes once: at the head of a later part what was said before (teaser, title), at the tail what stands at the
    next one's tail too, kept at the last. A repeated paragraph elsewhere stays: it may be a refrain.

    >>> join_texts(["Lead.\\nOne.\\nAll rights.", "Lead.\\nTwo.\\nAll rights."])
    'Lead.\\nOne.\\nTwo.\\nAll rights.'
    """
    parts: list[list[str]] = []
    said = {_fold(title)} if title else set()
    for text in texts:
        lines = [line for line in text.split("\n") if line.strip()]
        parts.append(_without_head(lines, said) if parts else lines)
        said.update(map(_fold, lines))
    parts = [part for part in parts if part]
    tails = [_common_tail(part, after) for part, after in pairwise(parts)] + [0]
    return "\n".join(line for part, tail in zip(parts, tails, strict=False) for line in part[: len(part) - tail])


def _without_head(part: list[str], said: set[str]) -> list[str]:
    start = next((number for number, line in enumerate(part) if _fold(line) not in said and _fold(_COUNTER.sub("", line)) not in said), len(part))
    return part[start:]


def _common_tail(part: list[str], after: list[str]) -> int:
    number = 0
    while number < min(len(part), len(after)) - 1 and _fold(part[-1 - number]) == _fold(after[-1 - number]):
        number += 1
    return number


def _fold(line: str) -> str:
    return _UNSAID.sub("", normalize("NFKC", line).casefold())
