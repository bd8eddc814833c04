"""What the form of a URL tells before anything is fetched, and how an href becomes one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from newscrawler.dedupe import same_site

MAX_URL = 2048

_DATED = re.compile(r"/(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2])(?:[/_-]?(?:0[1-9]|[12]\d|3[01]))?(?=[/_.-])|(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NUMBER = re.compile(r"\d{4,}|(?=[0-9a-f]*\d)[0-9a-f]{12,}|^[a-z]{1,3}\d+\b|[0-9A-Z]{14,}")
_ID_QUERY = re.compile(r"(?:^|&)(?:id|aid|nid|newsid|news_id|articleid|article_id|p|docid|sid|itemid|contentid)=[\w-]*\d", re.IGNORECASE)
_PAGE_FILE = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do)$", re.IGNORECASE)
_MEDIA_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|zip|rar|gz|7z|exe|apk|dmg|mp[34]|m4a|avi|mov|wmv|flv|css|js|json|woff2?)$", re.IGNORECASE
)
_INDEX = re.compile(r"^(?:index|default|list|node|p|page|home)[-_]?\d*(?:\.\w+)?$|^\d{1,3}(?:\.\w+)?$", re.IGNORECASE)
_SECTION = re.compile(
    r"/(?:tags?|topics?|category|categories|cat|sections?|channel|authors?|author|people|profile|keyword|search|archives?|list|c|special|zt|page|label)/", re.IGNORECASE
)
_SERVICE = re.compile(
    r"/(?:login|logout|signin|signup|register|account|user|users|search|share|comments?|reply|print|about|about-?us|contact|privacy|terms|legal|"
    r"help|faq|subscribe|subscription|newsletters?|feedback|advert\w*|cookies?|app|apps|download|cart|shop|forum|bbs|rss|feed|wp-login|wp-admin|cgi-bin|cdn-cgi)(?:[/.?]|$)",
    re.IGNORECASE,
)
_SHARE_QUERY = re.compile(r"(?:^|&)(?:share|replytocom|action|login|redirect|return(?:url)?)=", re.IGNORECASE)
_WORD = re.compile(r"(?:^|/)(?:news|article|articles|story|stories|a|content|detail|show|view|video|photo|pic|post|posts|blog)(?=[/_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """What a path and query look like; `article` sums it up: it has the form of an article's address.

    `points` is what the form adds to the points of a link to it (see `links`).
    """

    dated: bool
    number: bool
    page_file: bool
    slug_words: int
    word: bool
    root: bool
    index: bool
    section: bool
    service: bool
    media: bool
    directory: bool
    depth: int
    plain_query: bool
    article: bool
    points: int


@lru_cache(maxsize=16384)
def form_of(url: str) -> Form:
    """Returns the form of an absolute URL.

    >>> form_of("http://news.example/2024/0102/keji/a7.html").article, form_of("http://news.example/c/keji/p2.html").article
    (True, False)
    """
    _, _, rest = url.partition("://")
    path, _, query = rest[rest.find("/") :].partition("?") if "/" in rest else ("/", "", "")
    last = path.rstrip("/").rsplit("/", 1)[-1]
    dated, page_file = bool(_DATED.search(path)), bool(_PAGE_FILE.search(last))
    id_query = bool(query) and bool(_ID_QUERY.search(query))
    number = id_query or bool(_NUMBER.search(last))
    root = path in ("", "/") and not query
    index = root or (bool(_INDEX.match(last)) and not (dated and page_file and last[0].isdigit()))
    section = bool(_SECTION.search(path))
    service = bool(_SERVICE.search(path)) or (bool(query) and bool(_SHARE_QUERY.search(query)))
    stem = last.rsplit(".", 1)[0]
    slug_words = stem.count("-") + stem.count("_") + 1 if stem else 0
    strong = (dated and (number or page_file or slug_words >= 3)) or (number and (page_file or id_query or path.count("/") >= 2)) or slug_words >= 5
    article = strong and not index and not service and not (section and not number and not dated)
    word, media = bool(_WORD.search(path)), bool(_MEDIA_FILE.search(last))
    directory, depth, plain_query = path.endswith("/"), path.count("/"), bool(query) and not id_query
    points = (
        3 * dated
        + 2 * number
        + 2 * page_file
        + (slug_words >= 4)
        + (slug_words >= 6)
        + word
        - section
        - 3 * service
        - 6 * root
        - 2 * index
        - directory
        - (depth <= 1)
        - plain_query
        - 9 * media
    )
    return Form(dated, number, page_file, slug_words, word, root, index, section, service, media, directory, depth, plain_query, article, points)


class Resolver:
    """Turns hrefs of one page into absolute URLs. Relative ones are joined to `base`; a fragment is cut off."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base = base
        self.scheme = parts.scheme
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def resolve(self, href: str) -> str | None:
        """Returns the absolute http(s) URL of an href, or None for every other scheme, a mere fragment or a broken URL."""
        href = href.strip()
        if "#" in href:
            href = href.partition("#")[0]
        if not href or len(href) > MAX_URL:
            return None
        if href[0] == "/" and href[1:2] not in ("/", "\\") and self._is_plain(href):
            return self.origin + href
        return self._join(href)

    @staticmethod
    def _is_plain(href: str) -> bool:
        return "/." not in href and "\\" not in href and "\n" not in href and "\t" not in href and "\r" not in href

    def _join(self, href: str) -> str | None:
        try:
            url = urljoin(self.base, href)
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                return None
            parts.port  # noqa: B018 - raises ValueError for a port out of range
        except ValueError:
            return None
        url = parts.scheme + url[len(parts.scheme) :]
        return url if parts.path or parts.query else f"{parts.scheme}://{parts.netloc}/"


class Site:
    """Answers whether URLs belong to the site of one page; remembers hosts, so that a page costs one real answer per host."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._own = f"{url.partition('://')[0]}://{_host(url)}/"
        self._known = {_host(url): True}

    def has(self, url: str) -> bool:
        """Returns whether `url` (absolute) is on this page's site."""
        if url.startswith(self._own):
            return True
        host = _host(url)
        known = self._known.get(host)
        if known is None:
            known = self._known[host] = same_site(url, self.url)
        return known


def _host(url: str) -> str:
    start = url.find("://") + 3
    end = url.find("/", start)
    return url[start:end] if end > 0 else url[start:].partition("?")[0]
