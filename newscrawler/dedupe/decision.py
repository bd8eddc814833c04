"""What an article is to the collection. Pure: who asks brings what is known."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawler.items import Decision


@dataclass(frozen=True, slots=True)
class Known:
    """An article of the collection, as far as a decision needs it."""

    id: str
    page_id: int
    content_hash: str


def decide(page_id: int, content_hash: str, by_key: Known | None, by_hash: Known | None) -> Decision:
    """What the article of a page is, given the article with its canonical URL and the earliest one with its text."""
    if by_key is not None:
        if by_key.page_id != page_id:
            return Decision("duplicate", by_key.id, "same canonical URL")
        if by_key.content_hash == content_hash:
            return Decision("unchanged", by_key.id, "same page, same text")
        return Decision("revision", by_key.id, "same page, text changed")
    if by_hash is not None:
        if by_hash.page_id == page_id:
            return Decision("unchanged", by_hash.id, "same page, same text")
        return Decision("duplicate", by_hash.id, "same text")
    return Decision("new")
