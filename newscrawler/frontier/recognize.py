"""What the article of a page is to the collection: the key that it is known by, the hash of its text, the decision."""

from __future__ import annotations

from newscrawler.dedupe import MISTAKEN, article_key, canonical_url, content_hash, decide, second_key
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
        own, by_key, by_hash = ledger.known(page_id, key, digest)
        decision = decide(digest, own, by_key, by_hash, article)
        if decision.reason != MISTAKEN:
            break
    if decision.verdict == "new":
        decision = decide(digest, None, None, None, article, ledger.nearest(page_id, url, article.title, article.text))
    if decision.verdict == "new" and key != keys[0]:
        decision = Decision("new", None, MISTAKEN)
    return key, digest, decision
