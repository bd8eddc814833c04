"""What the article of a page is to the collection: the key that it is known by, the hash of its text, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from newscrawler.dedupe import MISTAKEN, Known, article_key, canonical_url, content_hash, decide, same_site, second_key
from newscrawler.dedupe.likeness import is_supposed
from newscrawler.items import Article, Decision
from newscrawler.store import Ledger


def recognize(ledger: Ledger, page_id: int, url: str, article: Article) -> tuple[str, str, Decision]:
    """Returns (article key, content hash, decision) of the article that a page brought; writes nothing. Raises StoreError.

    Where the canonical URL that the page names is that of an article with wholly other title and text, the page's own address is its
    key; where that is taken so as well, the second key.
    """
    digest = content_hash(article.title, article.text)
    keys = (article_key(url, article.canonical_url), canonical_url(url), second_key(url))
    for key in dict.fromkeys(keys):
        own, by_key, by_hash = known_of(ledger, page_id, url, article.title, key, digest)
        decision = decide(digest, own, by_key, by_hash, article)
        if decision.reason != MISTAKEN:
            break
    if decision.verdict == "new":
        decision = decide(digest, None, None, None, article, ledger.nearest(page_id, url, article.title, article.text))
    if decision.verdict == "unchanged" and decision.of and (fields := corrected(ledger.newest(decision.of), vars_of(article))):
        decision = Decision("revision", decision.of, f"same page, changed: {', '.join(fields)}")
    if decision.verdict == "new" and key != keys[0]:
        decision = Decision("new", None, MISTAKEN)
    return key, digest, decision


CORRECTED = ("title", "subtitle", "description", "authors", "date_published", "keywords")
"""What a site may correct without a change of the text. What it changes at every visit is not here: date_modified, related reading, pictures."""


def corrected(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Returns the names of the fields that say something else than in the record so far; one that says nothing now corrects nothing."""
    return [name for name in CORRECTED if new[name] and new[name] != old.get(name)]


def vars_of(article: Article) -> dict[str, Any]:
    """Returns what `corrected` compares of an article."""
    return {name: getattr(article, name) for name in CORRECTED}


def known_of(
    ledger: Ledger, page_id: int, url: str, title: str | None, key: str, digest: str
) -> tuple[Known | None, Known | None, Known | None]:
    """Returns what `Ledger.known` does, with what the page's address says about each. Raises StoreError."""
    own, by_key, by_hash = ledger.known(page_id, url, title, key, digest)
    if by_key is not None and is_supposed(canonical_url(url), key):
        by_key = replace(by_key, supposed=True)
    if by_hash is not None and own is None:  # of an address with no domain, its port may be another
        by_hash = replace(by_hash, elsewhere=not same_site(url, ledger.newest(by_hash.id)["url"]))
    return own, by_key, by_hash
