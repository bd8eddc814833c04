"""What the article of a page is to the collection: the key that it is known by, the hash of its text, the decision."""

from __future__ import annotations

from dataclasses import replace

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
        own, by_key, by_hash = known_of(ledger, page_id, url, key, digest)
        decision = decide(digest, own, by_key, by_hash, article)
        if decision.reason != MISTAKEN:
            break
    if decision.verdict == "new":
        decision = decide(digest, None, None, None, article, ledger.nearest(page_id, url, article.title, article.text))
    if decision.verdict == "new" and key != keys[0]:
        decision = Decision("new", None, MISTAKEN)
    return key, digest, decision


def known_of(ledger: Ledger, page_id: int, url: str, key: str, digest: str) -> tuple[Known | None, Known | None, Known | None]:
    """Returns what `Ledger.known` does, with what the page's address says about each. Raises StoreError."""
    own, by_key, by_hash = ledger.known(page_id, key, digest)
    if by_key is not None and is_supposed(canonical_url(url), key):
        by_key = replace(by_key, supposed=True)
    if by_hash is not None and own is None:
        by_hash = replace(by_hash, elsewhere=not same_site(url, ledger.newest(by_hash.id)["url"]))
    return own, by_key, by_hash
