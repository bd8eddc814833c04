"""What the form of a URL tells before anything is fetched: a date, a number, a file, a slug, or the words of sections and services.

Known to fail: sites of one script whose every address is a number in the query; sections that are named like sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newscrawler.dedupe.tracking import is_tracking
from newscrawler.extract.points import Fired, Term, weigh
from newscrawler.extract.sections import names_section

MAX_FORM = 2048
MAX_PARENTS = 12
MAX_FILE = 80
LONG_SLUG = 5
ESCAPES_PER_WORD = 6
"""A Chinese character is three escaped bytes, and two characters are about one word."""

_DATED = re.compile(r"/(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2])(?:[/_-]?(?:0[1-9]|[12]\d|3[01]))?(?=[/_.-])|(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NUMBER = re.compile(
    r"\d{4,}|(?<![0-9a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,}|^[a-z]{1,3}\d+\b|[0-9A-Z]{14,}|(?<![\w=-])(?=[\w=-]*\d)(?=[\w=-]*[a-z])(?=[\w=-]*[A-Z])[\w=]{16,}"
)
_ID_QUERY = re.compile(r"(?:^|&)(?:id|aid|nid|newsid|news_id|articleid|article_id|artno|p|docid|sid|itemid|contentid)=[\w-]*\d", re.IGNORECASE)
_PAGE_FILE = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do)$", re.IGNORECASE)
_MEDIA_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|zip|rar|gz|7z|exe|apk|dmg|mp[34]|m4a|avi|mov|wmv|flv|css|js|json|woff2?)$", re.IGNORECASE
)
_INDEX = re.compile(r"^(?:index|default|list|node|p|page|home)[-_]?\d*(?:\.\w+)?$|^\d{1,3}(?:\.\w+)?$", re.IGNORECASE)
_SECTION = re.compile(
    r"/(?:tags?|topics?|category|categories|cat|sections?|channels?|authors?|people|profiles?|keywords?|search|archives?|list|c|special|zt|page|label|"
    r"themes?|them[ae]n?|temas?|tematy?|subjects?|autor(?:en|i|es)?|auteurs?|dossiers?|series|rubri\w+|columns?|columnists?|u|space)/",
    re.IGNORECASE,
)
_LISTS = frozenset(
    "tag tags topic topics category categories cat section sections channel channels author authors people profile profiles keyword keywords search label list "
    "theme themes thema themen tema temas temat subject subjects autor autoren autori autores auteur auteurs dossier dossiers column columns columnist u user users space".split()
)
"""Segments after which even a number names a section, a person or a topic."""
_TAGS = frozenset("tag tags topic topics keyword keywords author authors autor autoren auteur thema themen theme search".split())
"""Those of them after which a whole sentence still names a topic or a person."""
_LIST_FILE = re.compile(r"(?:[a-z]*list|channel|category|class|column|lanmu|section|topic|tags?|search|forum)[a-z]*(?:[-_][\d_-]+)?\.[a-z]+$", re.IGNORECASE)
_SERVICE = re.compile(
    r"/(?:login|logout|signin|signup|register|account|user|users|search|share|reply|print|about|about-?us|contact|privacy|terms|legal|"
    r"help|faqs?|subscribe|subscriptions?|newsletters?|feedback|advert\w*|ad|cookies?|apps?|download|cart|shop|forum|bbs|rss|feed|wp-login|wp-admin|cgi-bin|"
    r"impressum|datenschutz\w*|kontakt|agb|abos?|abonnements?|werbung|anzeigen|mediadaten|karriere|mentions-legales|aviso-legal|privacidad|contacto|publicidad|"
    r"contatti|pubblicita|chi-siamo|reklama|regulamin|prenumerata|redakcja|redaksi|masthead|ethics|accessibility|sitemap|copyright|licen[cs]es?|staff|"
    r"cdn-cgi|room|notice|classifieds?|events?|donate|jobs?|careers?)(?:[/.?]|$)|/comments?(?:/[^/]*)?/?$",
    re.IGNORECASE,
)
_SERVICE_HOST = re.compile(
    r"^(?:comments?|bbs|forum|club|guba|passport|login|sso|reg|e?mail|help|user|my|account|accounts|shop|store|mall|app|apps|survey|vote|jobs?|hr|"
    r"careers?|ads?|pay|epay|live|subscriptions?|subscribe|support|stellenmarkt|newsletter|search|so)\.",
    re.IGNORECASE,
)
_SHARE_QUERY = re.compile(r"(?:^|&)(?:share|replytocom|action|login|redirect|return(?:url)?)=", re.IGNORECASE)
_WORD = re.compile(
    r"(?:^|/)(?:news|articles?|story|stories|a|content|detail|show|view|videos?|photos?|pic|picture|gallery|posts?|blog|doc|art|read|review|journal)(?=[/_-])",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"\D{1,3}(?=\d)")
_ID = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_PAGE_NUMBER = re.compile(r"(?:/page[/_-]?|[?&](?:page|paged|pageno|pn|pg|pageindex)=)(\d{1,5})(?=[/&.?]|$)", re.IGNORECASE)
_OWN_MARKS = frozenset({"ref", "source", "src", "variant", "nc", "cid"})


@dataclass(frozen=True, slots=True)
class Form:
    """What host, path and query look like; `article` sums it up: it has the form of an article's address.

    `fired` is what the form adds to the points of a link to it (see `links`); `shape` is equal for addresses that only names and numbers tell
    apart; `place` is host and path without an index file, `parents` are the places above it.
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
    parents: tuple[str, ...]
    shape: tuple[int, bool, bool, str, str]
    page_number: int | None
    named: bool
    ids: tuple[str, ...]


@lru_cache(maxsize=16384)
def form_of(url: str) -> Form:
    """Returns the form of an absolute URL.

    >>> form_of("http://news.example/2024/0102/keji/a7.html").article, form_of("http://news.example/c/keji/p2.html").article
    (True, False)
    """
    _, _, rest = url[:MAX_FORM].partition("://")
    host, slash, rest = rest.partition("/")
    path, _, query = (slash + rest).partition("?") if slash else ("/", "", "")
    if "?" in host:
        host, _, query = host.partition("?")
    names = path.strip("/").split("/")
    last, dated = names[-1], bool(_DATED.search(path))
    page_file = bool(_PAGE_FILE.search(last))
    id_query, told = bool(query) and bool(_ID_QUERY.search(query)), bool(query) and _tells(query)
    stem = last.rsplit(".", 1)[0]
    slug_words = stem.count("-") + stem.count("_") + 1 + stem.count("%") // ESCAPES_PER_WORD if stem else 0
    listed = (len(last) <= MAX_FILE and _LIST_FILE.match(last) is not None) or (len(names) > 1 and names[-2].lower() in _LISTS and not dated and (slug_words < LONG_SLUG or names[-2].lower() in _TAGS))
    number = not listed and (id_query or bool(_NUMBER.search(last)))
    root = path in ("", "/") and not told
    index = root or (bool(_INDEX.match(last)) and not (dated and page_file and (last[0].isdigit() or stem == "index")))
    section = listed or bool(_SECTION.search(path))
    service = bool(_SERVICE.search(path)) or bool(_SERVICE_HOST.match(host)) or (bool(query) and bool(_SHARE_QUERY.search(query)))
    strong = (dated and (number or page_file or slug_words >= 3)) or (number and (page_file or id_query or len(names) >= 2)) or slug_words >= LONG_SLUG
    article = strong and not index and not service and not (section and not number and not dated)
    parents = tuple("/".join([host, *names[:count]]) for count in range(min(len(names), MAX_PARENTS)))
    place = "/".join([host, *names[:-1]]) if index else "/".join([host, *names])
    return Form(
        dated, number, page_file, slug_words, bool(_WORD.search(path)), root, index, section, listed, service, bool(_MEDIA_FILE.search(last)),
        path.endswith("/"), path.count("/"), told and not id_query, article, host, place, parents, _shape(len(names), dated, page_file, stem, query if told else ""),
        int(paged[1]) if (paged := _PAGE_NUMBER.search(url)) else None,
        names_section(host.partition(".")[0] if root else stem if not index or len(names) == 1 else names[-2]),
        tuple(_ID.findall(url)),
    )  # fmt: skip


def _tells(query: str) -> bool:
    """Returns whether a query says what is shown, not merely how the reader came."""
    return any(value and not is_tracking(name) and name.lower() not in _OWN_MARKS for name, _, value in (one.partition("=") for one in query.split("&")))


def _shape(depth: int, dated: bool, page_file: bool, stem: str, query: str) -> tuple[int, bool, bool, str, str]:
    """Returns what is equal for addresses that only names and numbers tell apart: depth, date, file, kind of last name, parameters."""
    if stem.count("-") >= 3 or stem.count("%") > ESCAPES_PER_WORD:
        last = "slug"
    elif _NUMBER.search(stem):
        last = stem[: prefix.end()] + "number" if (prefix := _PREFIX.match(stem)) else "number"
    else:
        last = "name"
    return depth, dated, page_file, last, ",".join(sorted(one.partition("=")[0] for one in query.split("&"))) if query else ""


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
    Term("media file", -9, -9, lambda form: form.media),
)


_known: dict[tuple[object, ...], Fired] = {}


def form_points(form: Form) -> Fired:
    """Returns what the form of a URL adds to the points of a link to it; remembered by all that TERMS ask for."""
    slug = (form.slug_words >= 4) + (form.slug_words >= 6)
    key = (
        form.dated, form.number, form.page_file, form.article, slug, form.word, form.section, form.listed, form.named, form.service,
        form.root, form.index, form.directory, form.depth <= 1, form.plain_query, form.media,
    )  # fmt: skip
    fired = _known.get(key)
    if fired is None:
        fired = _known[key] = weigh(TERMS, form)
    return fired
