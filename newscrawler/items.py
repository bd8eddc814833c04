"""What flows through the house: plain values, no behaviour.

A page travels as `RawPage` (what came back for one URL, or why nothing did), becomes a `Page` (kind, article, links)
and ends as an `Article` with a `Decision`. Names and types of `Article` follow docs/record.md: dates are strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PageKind = Literal["article", "hub", "other"]
PageFormat = Literal["feed", "sitemap"]
LinkKind = Literal["article", "related", "hub", "pagination", "other"]
LinkSub = Literal["related", "recommended", "popular", "latest", "prevnext", "inline"]


@dataclass(frozen=True, slots=True)
class Repair:
    """One change made to a text. `start` is the character offset in the text before this repair; confidence is 0 to 1."""

    kind: str
    start: int
    before: str
    after: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a body. `encoding` is the codec used, `declared` the label found in header or page, as written, or None."""

    text: str
    encoding: str
    declared: str | None = None
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text after repair. `lost` counts characters known to be lost that nothing can restore (U+FFFD, 锟斤拷 and the like)."""

    text: str
    repairs: tuple[Repair, ...] = ()
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a page. `url` is absolute, without fragment, otherwise as written; `position` counts from 0 in the page."""

    url: str
    kind: LinkKind
    sub: LinkSub | None = None
    anchor: str = ""
    teaser: str | None = None
    position: int = 0
    heading: str | None = None


@dataclass(slots=True)
class Related:
    """One related-reading entry of an article (相关阅读). `title` is as printed, so often cut short; `id` is filled by the store."""

    url: str
    kind: LinkSub
    title: str
    teaser: str | None = None
    position: int = 0
    id: str | None = None
    title_complete: str | None = None


@dataclass(slots=True)
class Image:
    """An image of an article; `url` is absolute."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(slots=True)
class FieldRepair:
    """How often one kind of repair was made in one field of an article (field "page" for repairs of the bytes)."""

    field: str
    kind: str
    count: int


@dataclass(slots=True)
class Quality:
    """`lost_chars` counts characters that are lost for good; `score` is 0 to 1, 1 for a text without loss."""

    lost_chars: int = 0
    score: float = 1.0


@dataclass(slots=True)
class Article:
    """What a page says as an article. Text fields are repaired, NFC; all but `text` on one line. See docs/record.md."""

    title: str | None = None
    text: str = ""
    subtitle: str | None = None
    description: str | None = None
    authors: list[str] = field(default_factory=list)
    byline: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    date_published_raw: str | None = None
    date_published_source: str | None = None
    date_precision: str | None = None
    tz_source: str | None = None
    language: str | None = None
    language_score: float | None = None
    keywords: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    image_url: str | None = None
    images: list[Image] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    is_accessible_for_free: bool | None = None
    canonical_url: str | None = None
    source_name: str | None = None
    repairs: list[FieldRepair] = field(default_factory=list)
    examples: list[Repair] = field(default_factory=list)
    """The first repairs with their before and after, for people to look at; not part of the record."""
    quality: Quality = field(default_factory=Quality)


@dataclass(frozen=True, slots=True)
class Series:
    """The pages of one article, as one of them tells: `first` is the address of page 1.

    `number` is this page's own as its address has it (0 for the first; see extract/parts.py), `others` are numbers and addresses
    of the pages it names, the first among them.
    """

    first: str
    number: int
    others: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a feed or sitemap says of a page before anyone has read it. Dates are as printed; what is not said is None."""

    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """A page as read. `reason` says why a page is no article (or None); `article` is None unless kind is "article"."""

    url: str
    kind: PageKind
    article: Article | None = None
    links: list[Link] = field(default_factory=list)
    encoding: str | None = None
    declared: str | None = None
    reason: str | None = None
    meta_robots: str | None = None
    doubtful: list[Link] = field(default_factory=list)
    """Some of the links of kind "other": those that may be more, for a crawl that has not seen pages like theirs."""
    series: Series | None = None
    """Set where an article goes on at other addresses, or began at one."""
    rights: dict[str, str] = field(default_factory=dict)
    """What the page says about its use beside meta_robots: tdm_reservation, tdm_policy, license, as written; meta_robots too, with what a
    meta element of our name adds to it."""
    format: PageFormat | None = None
    """What kind of hub it is, when not a page for people."""
    announced: list[Announcement] = field(default_factory=list)
    """What a feed or sitemap says of its links; newest first where it dates them."""
    feeds: list[str] = field(default_factory=list)
    """The feeds and sitemaps that the head of a page names, absolute."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about the use of a page, by who says it: each has keys of the record's `rights`, and only what is said."""

    host: dict[str, str] = field(default_factory=dict)
    """robots.txt and tdmrep.json."""
    header: dict[str, str] = field(default_factory=dict)
    page: dict[str, str] = field(default_factory=dict)


Outcome = Literal["response", "refused", "failed", "unchanged"]


@dataclass(slots=True)
class RawPage:
    """What came back for one URL of the frontier: one per outcome, failures too.

    `outcome` is "response" when the server answered (any status; `status`, `headers` and `body` are set; the body is as
    fetched, after content decoding), "refused" when we did not ask (robots, guard, scope), "failed" when no whole answer
    came; the last two carry a `reason`. `retry` says that another attempt may help. Times are seconds since the epoch, UTC.
    """

    page_id: int
    url: str
    outcome: Outcome
    fetched_at: float
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str | None = None
    retry: bool = False
    timed_out: bool = False
    """The attempt took all the time that it was given: the next one is worth it only a good while later."""
    host_fault: bool = False
    """The host is in trouble: this failure is not counted against the page."""
    rights: dict[str, str | None] = field(default_factory=dict)
    """What the host says about the use of the page, robots.txt above all: keys of the record's `rights`. None: it is known to say nothing; a
    key that is not there: it is not known now what it says."""
    said: Said | None = None
    """What is said about its use as of this answer, with what earlier ones said and this one does not tell."""
    withheld: str | None = None
    """Why the article of the page is not to be stored, or not to be kept in the collection; `page.article` is None then."""
    page: Page | None = None
    unmodified: str | None = None
    """How we know that the page is as we read it last ("not modified", "same body"); it is not read again then."""
    unreadable: str | None = None
    """Why reading the body went wrong, an error of ours; the body is kept for a version that can."""
    article_key: str | None = None
    content_hash: str | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an article is to the collection.

    `verdict`: "new"; "duplicate" of the article `of` (an id); "revision" of `of` (same page, text changed);
    "unchanged" (same page, same text). `reason` says by which rule, in words.
    """

    verdict: Literal["new", "duplicate", "revision", "unchanged"]
    of: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run brought of one origin, a source or a site: numbers of pages, and of articles that are new or changed.

    `complete` says that the run came to its own end. `repairs` (of an article) and `length` (characters of text) are medians, None without articles.
    """

    run_id: int
    origin: str
    started_at: float
    complete: bool
    asked: int = 0
    """Pages asked for: answers of any status, and those that never came."""
    errors: int = 0
    """Of these with status 400 or more, or without a whole answer."""
    duplicates: int = 0
    unchanged: int = 0
    articles: int = 0
    authors: int = 0
    """Articles with an author; likewise the next three."""
    dates: int = 0
    keywords: int = 0
    repaired: int = 0
    repairs: float | None = None
    length: float | None = None
