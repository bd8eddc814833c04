"""What an article is to the collection. Pure: who asks brings what is known."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawler.dedupe.likeness import bears_out, is_twin
from newscrawler.dedupe.near import Likeness
from newscrawler.dedupe.noise import only_noise
from newscrawler.items import Article, Decision

MISTAKEN = "its canonical URL is another article's"
"""Reason of a new article whose page names an address that a page of wholly other title and text has; it needs another key."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article of the collection, as far as a decision needs it. `text` is None where it was not looked up."""

    id: str
    page_id: int
    content_hash: str
    gone: bool = False
    title: str | None = None
    text: str | None = None
    twin: bool = False
    """It does not have the canonical URL asked for, only an address that differs in dress (`twins`)."""


def decide(
    content_hash: str,
    own: Known | None,
    by_key: Known | None,
    by_hash: Known | None,
    article: Article | None = None,
    near: tuple[Known, Likeness] | None = None,
) -> Decision:
    """What the article of a page is, given the page's article so far, one with its canonical URL (or its twin's), the earliest with its
    text, what the page says now, and the article most alike (see `nearest`).

    What a page brought once stays its article, whatever canonical URL it names later: ids never change. With `article` and the texts of
    `own` and `by_key`, an address is believed only where title or text bear it out, and a text that changed in nothing but noise is
    unchanged. An article that was gone is brought back by any page with it. Likeness is an estimate, so it comes last.
    """
    if own is not None:
        return _again(content_hash, own, article)
    if by_key is not None and by_key.content_hash != content_hash and article is not None and by_key.text is not None:
        alike = is_twin if by_key.twin else bears_out
        if not alike(article.title, article.text, by_key.title, by_key.text):
            if by_hash is None and not by_key.twin:
                return Decision("new", None, MISTAKEN)
            by_key = None
    if by_key is not None:
        return _copy(by_key, "an address that differs only in dress (mobile, AMP, print), and its text" if by_key.twin else "same canonical URL")
    if by_hash is not None:
        return _copy(by_hash, "same text")
    if near is not None:
        return _copy(near[0], f"near-duplicate: {near[1]}")
    return Decision("new")


def _again(content_hash: str, own: Known, article: Article | None) -> Decision:
    if own.gone:
        return Decision("revision", own.id, "the page is there again")
    if own.content_hash == content_hash:
        return Decision("unchanged", own.id, "same page, same text")
    if article is not None and own.text is not None and own.title == article.title:
        noise = only_noise(own.text, article.text)
        if noise is not None:
            return Decision("unchanged", own.id, f"only noise changed: {noise}")
    return Decision("revision", own.id, "same page, text changed")


def _copy(of: Known, why: str) -> Decision:
    return Decision("revision", of.id, f"there again at another address ({why})") if of.gone else Decision("duplicate", of.id, why)
