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


def decide(content_hash: str, own: Known | None, by_key: Known | None, by_hash: Known | None) -> Decision:
    """What the article of a page is, given the page's article so far, the one with its canonical URL, the earliest with its text.

    What a page brought once stays its article, whatever canonical URL it names later: ids never change.
    """
    if own is not None:
        if own.content_hash == content_hash:
            return Decision("unchanged", own.id, "same page, same text")
        return Decision("revision", own.id, "same page, text changed")
    if by_key is not None:
        return Decision("duplicate", by_key.id, "same canonical URL")
    if by_hash is not None:
        return Decision("duplicate", by_hash.id, "same text")
    return Decision("new")
