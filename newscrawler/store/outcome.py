"""What the frontier hands to the ledger of one page: all that is written together. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from newscrawler.items import Decision, Link, Repair
from newscrawler.store import announcing, parts, visits
from newscrawler.store.discover import Found


@dataclass(slots=True)
class Body:
    """A body as fetched, content decoding undone."""

    content: bytes
    content_type: str | None


@dataclass(slots=True)
class Outcome:
    """What became of one page: everything that is written together.

    `record` is the article's JSON line without its `seq` and `revision` (the ledger gives those), None when there is none to store.
    """

    page_id: int
    state: str
    at: float
    reason: str | None = None
    status: int | None = None
    kind: str | None = None
    encoding: str | None = None
    attempts: int = 0
    due: float = 0.0
    redirected_to: Found | None = None
    decision: Decision | None = None
    article_key: str | None = None
    content_hash: str | None = None
    record: dict[str, Any] | None = None
    examples: Sequence[Repair] = ()
    found: Sequence[Found] = ()
    links: Sequence[Link] = ()
    body: Body | None = None
    part: parts.PartRead | None = None  # what it says as a part of an article of several pages
    part_pages: Sequence[Found] = ()  # the pages that it names as further parts
    owns: Sequence[int] = ()  # the other pages whose parts this page's article is made of
    again: bool = False  # a redirect of a start page: its target is due too
    answered: bool = False  # counts as one more answer of the page
    first: bool = False  # the page never had an answer: there are no links and no body of it to replace
    url: str | None = None  # the spelling to ask for from now on, where the site redirects to another one of the same page
    hops: int | None = None  # redirects that led here, where they grew
    asked: str | None = None  # the address of the page as its row has it; looked up where it is not given
    retold: dict[str, Any] | None = None  # `rights` and `date_fetched` of a record that may have to be told again for its rights alone
    withheld: str | None = None  # the wish for which its article must not be in the collection
    no_copy: bool = False  # nor its body
    unmodified: bool = False  # not read, as it is what was read last
    absence: int = 0  # the server has no such page: how much that counts (`absence.ENOUGH` makes an article gone)
    present: bool = False  # the server has something there: absences before it count no more
    announced: Sequence[tuple[str, announcing.Announced]] = ()  # what a feed or sitemap says of pages, by their URL in `found`
    stale: Callable[[dict[str, float]], Sequence[str]] | None = None  # of known pages (URL -> when fetched), those announced as changed since
    visit: Callable[[int], visits.Visit] | None = None  # what to keep of this visit, from the number of pages that it made due
