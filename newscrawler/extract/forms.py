"""What the form of a URL tells before anything is fetched: a date, a number, a file, a slug, or the words of sections and services.

Known to fail: sites of one script whose every address is a number in the query; sections that are named like sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from newscrawler.dedupe.tracking import is_tracking
from newscrawler.extract.points import Fired, Term, weigh
from newscrawler.extract.sections import names_section

MAX_FORM = 2048
MAX_FILE = 80
LONG_SLUG = 5
ESCAPES_PER_WORD = 6
"""A Chinese character is three escaped bytes, and two characters are about one word."""

_DATED = re.compile(
    r"/[0-2]\d/(?:0[1-9]|1[0-2])/?(?:0[1-9]|[12]\d|3[01])/|"
    r"/(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2])(?:[/_-]?(?:0[1-9]|[12]\d|3[01]))?(?=[/_.-])|"
    r"/(?:19|20)\d\d/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}/[0-3]?\d/|"
    r"(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)
_SHORT_YEAR = re.compile(r"/[0-2]\d/[01]\d")
_DAY_NAMED = re.compile(r"/(?:19|20)\d\d/(?:\d\d?|[a-z]{3,9})/\d\d?/[^/]*[^\W\d][^/]*/?$")
"""A name under a whole date, as blogs have it: nothing else is addressed so, however short the name."""
_NUMBER = re.compile(
    r"\d{4,}|(?<![0-9a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,}|^[a-z]{1,3}\d+\b|[0-9A-Z]{14,}|^(?=\D*\d\D*\d)[0-9A-Z]{8,}$|(?<![\w=-])(?=[\w=-]*\d)(?=[\w=-]*[a-z])(?=[\w=-]*[A-Z])[\w=]{16,}"
)
_ID_QUERY = re.compile(r"(?:^|&)(?:id|aid|nid|newsid|news_id|articleid|article_id|artno|p|docid|sid|itemid|contentid)=[\w-]*\d", re.IGNORECASE)
_PAGE_FILES = frozenset("htm html shtm shtml php asp aspx jsp do".split())
_MEDIA_FILES = frozenset(
    "jpg jpeg png gif webp svg ico bmp pdf doc docx xls xlsx ppt pptx zip rar gz 7z exe apk dmg mp3 mp4 m4a avi mov wmv flv css js json woff woff2".split()
)
_INDEX = re.compile(r"^(?:index|default|list|node|p|page|home)[-_]?\d*(?:\.\w+)?$|^\d{1,3}(?:\.\w+)?$", re.IGNORECASE)
_INDEX_BEGINS = frozenset("idlnphIDLNPH0123456789")
_LISTS = frozenset(
    "tag tags topic topics category categories cat section sections channel channels author authors people profile profiles keyword keywords search label list "
    "theme themes thema themen tema temas temat subject subjects autor autoren autori autores auteur auteurs "
    "dossier dossiers column columns columnist u user users space".split()
)
"""Segments after which even a number names a section, a person or a topic."""
_TAGS = frozenset("tag tags topic topics keyword keywords author authors autor autoren auteur thema themen theme search".split())
"""Those of them after which a whole sentence still names a topic or a person."""
_LIST_FILE = re.compile(r"(?:[a-z]*list|channel|category|class|column|lanmu|section|topic|tags?|search|forum)[a-z]*(?:[-_][\d_-]+)?\.[a-z]+$", re.IGNORECASE)
_SECTIONS = _LISTS | frozenset(
    "archive archives c special zt page tematy autores rubric rubrics rubrik rubriken rubrique rubriques rubriki series".split()
)
_SERVICES = frozenset(
    "login logout signin signup register account user users search share reply print about aboutus about-us contact privacy terms legal help faq faqs subscribe "
    "subscription subscriptions newsletter newsletters feedback advert advertise advertising advertisement advertisements ad cookie cookies app apps download cart "
    "shop forum bbs rss feed wp-login wp-admin cgi-bin cdn-cgi room notice classified classifieds event events donate job jobs career careers "
    "impressum datenschutz datenschutzerklaerung kontakt agb abo abos abonnement abonnements werbung anzeigen mediadaten karriere mentions-legales aviso-legal "
    "privacidad contacto publicidad contatti pubblicita chi-siamo reklama regulamin prenumerata redakcja redaksi masthead ethics accessibility sitemap copyright "
    "out goto redirect click product products goods cinema cinemas ticket tickets hotel hotels licence license licences licenses staff".split()
)
_COMMENTS = frozenset({"comment", "comments"})
_SERVED = _SERVICES | _COMMENTS
_SERVICE_HOSTS = frozenset(
    "comment comments bbs forum club guba passport login sso reg mail email help user my account accounts shop store mall app apps survey vote job jobs hr "
    "career careers ad ads pay epay live subscription subscriptions subscribe support stellenmarkt newsletter search so".split()
)
_SHARE_QUERY = re.compile(r"(?:^|&)(?:share|replytocom|action|login|redirect|return(?:url)?)=", re.IGNORECASE)
_WORDS = frozenset(
    "news article articles story stories a content detail show view video videos photo photos pic picture gallery post posts blog doc art read review journal".split()
)
_WORD_END = re.compile(r"[-_]")
_DIGIT = re.compile(r"\d")
_NAME = "name"
_PREFIX = re.compile(r"\D{1,3}(?=\d)")
_PAGE_NUMBER = re.compile(r"(?:/page[/_-]?|[?&](?:page|paged|pageno|pn|pg|pageindex)=)(\d{1,5})(?=[/&.?]|$)", re.IGNORECASE)
_OWN_MARKS = frozenset({"ref", "source", "src", "variant", "nc", "cid"})


@dataclass(slots=True)
class Form:
    """What host, path and query look like; `article` sums it up: it has the form of an article's address.

    `shape` is equal for addresses that only names and numbers tell apart, `plain_name` says that their last name has no form, `parameters`
    that they have some; `place` is host and path without an index file. `fired` remembers what `form_points` said.
    """

    dated: bool
    number: bool
    page_file: bool
    slug_words: int
    word: bool
    root: bool
    index: bool
    section: bool
    listed: bool
    service: bool
    media: bool
    directory: bool
    depth: int
    plain_query: bool
    article: bool
    host: str
    place: str
    shape: str
    plain_name: bool
    parameters: bool
    page_number: int | None
    named: bool
    fired: Fired | None = field(default=None, compare=False, repr=False)


@lru_cache(maxsize=16384)
def form_of(url: str) -> Form:
    """Returns the form of an absolute URL.

    >>> form_of("http://news.example/2024/0102/keji/a7.html").article, form_of("http://news.example/c/keji/p2.html").article
    (True, False)
    """
    host, _, rest = url[:MAX_FORM].partition("://")[2].partition("/")
    rest, _, query = rest.partition("?")
    if "?" in host:
        host, _, query = host.partition("?")
    path, whole = "/" + rest, rest.strip("/")
    folder, _, last = whole.rpartition("/")
    above, directory = _folders(host, folder), path[-1] == "/"
    stem, dot, extension = last.rpartition(".")
    stem, extension = (stem, extension.lower()) if dot else (last, "")
    named = last.lower() if directory else ""  # the last name is a folder too, where a slash ends the path
    dated, page_file = _is_dated(path), extension in _PAGE_FILES
    id_query, told = bool(query) and bool(_ID_QUERY.search(query)), bool(query) and _tells(query)
    root = path == "/" and not told
    slug_words = stem.count("-") + stem.count("_") + 1 + stem.count("%") // ESCAPES_PER_WORD if stem else 0
    listed = _is_listed(above, last, slug_words, has_dot=bool(dot), dated=dated)
    numbered = (_DIGIT.search(stem) is not None or not stem.islower()) and _NUMBER.search(stem) is not None  # no number has neither digits nor capitals
    number = not listed and (id_query or numbered)
    index = root or (last[:1] in _INDEX_BEGINS and bool(_INDEX.match(last)) and not (dated and page_file and (last[0].isdigit() or stem == "index")))
    section = listed or above.section or named in _SECTIONS
    service = above.service or named in _SERVICES or stem.lower() in _SERVED or (named if directory else above.name) in _COMMENTS or _serves_by(query)
    strong = (dated and (number or page_file or slug_words >= 3 or _DAY_NAMED.search(path))) or (number and (page_file or id_query or above.depth)) or slug_words >= LONG_SLUG
    article = bool(strong) and not index and not service and not (section and not number and not dated)
    word = above.word or named in _WORDS or (len(last) > len(head := _WORD_END.split(last, 1)[0]) and head.lower() in _WORDS)
    kind, parameters = _kind(stem, numbered=numbered), _parameters(query) if told else ""
    return Form(
        dated, number, page_file, slug_words, word, root, index, section, listed, service, extension in _MEDIA_FILES,
        directory, path.count("/"), told and not id_query, article, host, above.place if index else f"{host}/{whole}",
        f"{above.depth + 1} {'1' if dated else '0'}{'1' if page_file else '0'} {kind} {parameters}", kind == _NAME, parameters != "", _page_number(url),
        names_section(host.partition(".")[0] if root else above.name if index and above.depth else stem),
    )  # fmt: skip


class _Above(NamedTuple):
    """What host and folders tell of all addresses in them: `name` is the last folder's, `depth` counts them."""

    place: str
    name: str
    depth: int
    section: bool
    service: bool
    word: bool


@lru_cache(maxsize=8192)
def _folders(host: str, folder: str) -> _Above:
    """Returns what the way to the last name of an address tells: most addresses of a site share few."""
    names = folder.split("/") if folder else []
    low = {name.lower() for name in names}
    service = host.partition(".")[0] in _SERVICE_HOSTS or not _SERVICES.isdisjoint(low)
    place = f"{host}/{folder}" if folder else host
    return _Above(place, names[-1].lower() if names else "", len(names), not _SECTIONS.isdisjoint(low), service, not _WORDS.isdisjoint(low))


def _is_dated(path: str) -> bool:
    """Returns whether a date stands in a path; years and months without a century are rare, and cost a search of their own."""
    return ("20" in path or "19" in path or _SHORT_YEAR.search(path) is not None) and _DATED.search(path) is not None


def _is_listed(above: _Above, last: str, slug_words: int, *, has_dot: bool, dated: bool) -> bool:
    """Returns whether the address names a tag, a person or a list although it has a number."""
    if has_dot and len(last) <= MAX_FILE and _LIST_FILE.match(last):
        return True
    return not dated and above.name in _LISTS and (slug_words < LONG_SLUG or above.name in _TAGS)


def _serves_by(query: str) -> bool:
    """Returns whether a query names a service."""
    return bool(query) and _SHARE_QUERY.search(query) is not None


def _page_number(url: str) -> int | None:
    if "page" not in url and "pn=" not in url and "pg=" not in url:
        return None
    found = _PAGE_NUMBER.search(url)
    return int(found[1]) if found else None


def _tells(query: str) -> bool:
    """Returns whether a query says what is shown, not merely how the reader came."""
    return any(value and not is_tracking(name) and name.lower() not in _OWN_MARKS for name, _, value in (one.partition("=") for one in query.split("&")))


def _kind(stem: str, *, numbered: bool) -> str:
    """Returns what the last name of an address is: words, a number with the letters before it, or just a name."""
    if stem.count("-") >= 3 or stem.count("%") > ESCAPES_PER_WORD:
        return "slug"
    if numbered:
        return stem[: prefix.end()] + "number" if (prefix := _PREFIX.match(stem)) else "number"
    return _NAME


def _parameters(query: str) -> str:
    return ",".join(sorted(one.partition("=")[0] for one in query.split("&"))) if query else ""


TERMS = (
    Term("date in the address", 3, -2, lambda form: form.dated),
    Term("date and name in the address", 2, 0, lambda form: form.dated and form.article),
    Term("number in the address", 2, 0, lambda form: form.number),
    Term("address of a page file", 2, -1, lambda form: form.page_file),
    Term("address of an article's form", 0, -1, lambda form: form.article),
    Term("slug of four words", 1, 0, lambda form: form.slug_words >= 4),
    Term("slug of six words", 1, -2, lambda form: form.slug_words >= 6),
    Term("word for an article in the address", 1, -1, lambda form: form.word),
    Term("address of a section", -1, 2, lambda form: form.section),
    Term("address of a tag, a person or a list", -3, 0, lambda form: form.listed),
    Term("address names a section", -1, 1, lambda form: form.named),
    Term("address of a service", -7, -3, lambda form: form.service),
    Term("home page", -6, 0, lambda form: form.root),
    Term("index of a directory", -2, 1, lambda form: form.index),
    Term("address of a directory", -1, 0, lambda form: form.directory),
    Term("shallow address", -1, 0, lambda form: form.depth <= 1),
    Term("query without an id", -1, 0, lambda form: form.plain_query and not form.article),
    Term("media file", -30, -30, lambda form: form.media),
)


_known: dict[tuple[object, ...], Fired] = {}


def form_points(form: Form) -> Fired:
    """Returns what the form of a URL adds to the points of a link to it; remembered by all that TERMS ask for."""
    if form.fired is not None:
        return form.fired
    slug = (form.slug_words >= 4) + (form.slug_words >= 6)
    key = (
        form.dated, form.number, form.page_file, form.article, slug, form.word, form.section, form.listed, form.named, form.service,
        form.root, form.index, form.directory, form.depth <= 1, form.plain_query, form.media,
    )  # fmt: skip
    fired = _known.get(key)
    if fired is None:
        fired = _known[key] = weigh(TERMS, form)
    form.fired = fired
    return fired
