"""What an article is to the collection. Pure: who asks brings what is known.

Copies. A duplicate is an article that another page brought already, and it is not exported unless somebody asks for it. So of copies only
those are duplicates that bring nothing new. A reprint on another site says who printed it, word for word or edited: it is an article of its
own, in one cluster with the others. On one site a text that is the same is a duplicate, under another headline too. A near-duplicate is one
where nine tenths of both texts are in both and neither title nor any number differs: an edited story, with more text, with less or with
another number, says what was edited, and the daily reports of one template say something every day. What stands in place of a text on many
pages (a caption, a notice for subscribers) is short: a short text is a copy only under the same title, and a tiny one never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newscrawler.dedupe.fingerprint import MAX_LENGTH
from newscrawler.dedupe.fold import tokens
from newscrawler.dedupe.likeness import bears_out, bears_out_supposed, is_one_title, is_twin
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
    supposed: bool = False
    """The canonical URL by which it was found drops what may tell pages apart (`likeness.is_supposed`)."""
    elsewhere: bool = False
    """It is of another site than the page."""
    withheld: bool = False
    """It is gone because its publisher asked for it."""


TINY = 20
"""Tokens (characters of Chinese, words): a text with fewer, about those that have no fingerprint, is like no other."""
SHORT = 200
"""Tokens: a text with fewer may be a notice that stands on many pages. By judgement, not fitted to cases."""
COPIED = 0.9
"""So much of the shorter text in the longer, of the two together in both, and of the numbers in both, and a near-duplicate says nothing new."""


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
    unchanged. An article that was gone is brought back by any page of its site with it. Likeness is an estimate, so it comes last, and only
    a copy that brings nothing new is a duplicate (`is_copy`).
    """
    if own is not None:
        return _again(content_hash, own, article)
    if by_hash is not None and (by_hash.elsewhere or not _says_enough(article, by_hash)):
        by_hash = None
    if by_key is not None and not _is_borne_out(by_key, content_hash, article):
        if by_hash is None and not by_key.twin:
            return Decision("new", None, MISTAKEN)
        by_key = None
    if by_key is not None:
        return _copy(by_key, "an address that differs only in dress (mobile, AMP, print), and its text" if by_key.twin else "same canonical URL")
    if by_hash is not None:
        return _copy(by_hash, "same text")
    if near is not None and is_copy(near) and _says_enough(article, near[0]):
        return _copy(near[0], "same text" if near[0].content_hash == content_hash else f"near-duplicate: {near[1]}")
    return Decision("new", None, "" if near is None else _apart(*near))


def is_copy(near: tuple[Known, Likeness]) -> bool:
    """Returns whether a page that is so near an article brings nothing new."""
    known, likeness = near
    shares = (likeness.containment, likeness.resemblance, 1.0 if likeness.numbers is None else likeness.numbers)
    return not known.elsewhere and min(shares) >= COPIED and not likeness.other_title and not likeness.other_numbers


def _is_borne_out(by_key: Known, content_hash: str, article: Article | None) -> bool:
    """Returns whether title and text, so far as they are given, bear out that an address is that of an article."""
    if article is None:
        return True
    if by_key.content_hash == content_hash:
        return not by_key.supposed or _says_enough(article, by_key)
    if by_key.text is None:
        return True
    alike = is_twin if by_key.twin else bears_out_supposed if by_key.supposed else bears_out
    return alike(article.title, article.text, by_key.title, by_key.text)


def _says_enough(article: Article | None, known: Known) -> bool:
    """Returns whether an article's text and title, so far as they are given, are enough to tell that one with its text is the same."""
    if article is None:
        return True
    length = tokens(article.text[:MAX_LENGTH]).values.size
    if length < TINY:
        return False
    return length >= SHORT or bool(article.title and known.title and is_one_title(article.title, known.title))


def likeliest(near: Sequence[tuple[Known, Likeness]]) -> tuple[Known, Likeness] | None:
    """Returns the first that a page is a copy of, else the first, None of none."""
    return next((one for one in near if is_copy(one)), next(iter(near), None))


def _apart(known: Known, likeness: Likeness) -> str:
    return f"an article of its own, though near {known.id}{', of another site' if known.elsewhere else ''}: {likeness}"


def _again(content_hash: str, own: Known, article: Article | None) -> Decision:
    if own.gone:
        return Decision("revision", own.id, "its publisher allows it again" if own.withheld else "the page is there again")
    if own.content_hash == content_hash:
        return Decision("unchanged", own.id, "same page, same text")
    if article is not None and own.text is not None and own.title == article.title:
        noise = only_noise(own.text, article.text)
        if noise is not None:
            return Decision("unchanged", own.id, f"only noise changed: {noise}")
    return Decision("revision", own.id, "same page, text changed")


def _copy(of: Known, why: str) -> Decision:
    return Decision("revision", of.id, f"there again at another address ({why})") if of.gone else Decision("duplicate", of.id, why)
