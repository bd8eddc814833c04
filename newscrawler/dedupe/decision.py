"""What an article is to the collection. Pure: who asks brings what is known."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawler.dedupe.near import Likeness
from newscrawler.items import Decision


@dataclass(frozen=True, slots=True)
class Known:
    """An article of the collection, as far as a decision needs it."""

    id: str
    page_id: int
    content_hash: str


def decide(
    content_hash: str,
    own: Known | None,
    by_key: Known | None,
    by_hash: Known | None,
    near: tuple[Known, Likeness] | None = None,
    noise: str | None = None,
) -> Decision:
    """What the article of a page is: given the page's article so far, the one with its canonical URL, the earliest with its text,
    the most alike (see `nearest`), and what `only_noise` says of the page's article and this text.

    In this order: what a page brought once stays its article, whatever canonical URL it names later, since ids never change; a canonical URL
    is the site's own word; the same text is certain; likeness is an estimate. The reason begins "same page", "same canonical URL",
    "same text" or "near-duplicate".

    >>> decide("b", Known("urn:1", 1, "a"), None, None, noise="counter").reason
    'same page, only noise changed: counter'
    """
    if own is not None:
        if own.content_hash == content_hash:
            return Decision("unchanged", own.id, "same page, same text")
        if noise is not None:
            return Decision("unchanged", own.id, f"same page, only noise changed: {noise}")
        return Decision("revision", own.id, "same page, text changed")
    if by_key is not None:
        return Decision("duplicate", by_key.id, "same canonical URL")
    if by_hash is not None:
        return Decision("duplicate", by_hash.id, "same text")
    if near is not None:
        return Decision("duplicate", near[0].id, f"near-duplicate: {near[1]}")
    return Decision("new")
