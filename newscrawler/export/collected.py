"""The record of a page just read: what the article says plus what we know of its fetch."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from newscrawler import __version__
from newscrawler.dedupe import article_id, registrable_domain
from newscrawler.export.record import article_record
from newscrawler.items import RawPage, Said
from newscrawler.rights import heard, rights_of


def utc(seconds: float) -> str:
    """A moment as RFC 3339 in UTC, to the second.

    >>> utc(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def said_by(raw: RawPage, before: Said | None = None, *, whole: bool = True) -> Said:
    """What is said about the use of a page as of this answer, given what was said `before`. Without `whole` its headers are not all there."""
    page = None if raw.page is None else {"meta_robots": raw.page.meta_robots, **raw.page.rights}
    return heard(before, host=raw.rights, headers=raw.headers, page=page, whole=whole and raw.status != 304)


def fetched_rights(raw: RawPage) -> dict[str, str]:
    """The record's `rights`."""
    return rights_of(raw.said or said_by(raw))


def collected_record(raw: RawPage, article_key: str, content_hash: str, discovered_by: list[str], discovered_from: list[str]) -> dict[str, Any]:
    """The record of `raw.page.article`; `seq`, `revision` and the run are the ledger's to set.

    `discovered_by` and `discovered_from` are the ways in which the page was found and the pages it was found on, the first first.
    """
    page = raw.page
    assert page is not None and page.article is not None
    rights = fetched_rights(raw)
    return article_record(
        page.article,
        id=article_id(article_key),
        seq=0,
        op="add",
        url=raw.url,
        requested_url=raw.url,
        canonical_url=page.article.canonical_url,
        source_domain=registrable_domain(urlsplit(raw.url).hostname or ""),
        date_first_seen=utc(raw.fetched_at),
        date_fetched=utc(raw.fetched_at),
        content_hash=content_hash,
        revision=1,
        duplicate_of=None,
        rights=rights,
        provenance={
            "payload_digest": "sha256:" + sha256(raw.body).hexdigest(),
            "http_status": raw.status,
            "encoding_declared": page.declared,
            "encoding_used": page.encoding,
            "extractor": f"newscrawler {__version__}",
            "discovered_by": discovered_by,
            "discovered_from": discovered_from,
        },
    )
