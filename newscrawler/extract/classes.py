"""What the classes and the id of an element say: flags (`labels`), writer or date (`marks`), and how elements are alike.

Elements have each their own classes together, but pages are written in few words: so a word is read once, for all that is asked
of it, and is remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from newscrawler.extract import labels, marks

MAX_READ = 200
"""So many characters of class and id are read for flags."""
_SHORT = 3
_SHIFT = 24
"""What a word says for and against a writer and a date stands in bits above those of flags."""
_FLAGS = (1 << _SHIFT) - 1
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SEGMENT = re.compile(r"[A-Za-z0-9]+")
_DIGITS = re.compile(r"[\d_-]+")
_VALUE = re.compile(r"\[[^\[\]]*\]")  # a value in a utility class: "[grid-area:authors]"


class Said(NamedTuple):
    """What an element says of itself; `signature` is its tag and classes without numbers, so that the items of one list look alike."""

    signature: str
    flags: int
    mark: int


@lru_cache(maxsize=16384)
def said_by(tag: str, name: str | None, ident: str | None) -> Said:
    """Returns what tag, class and id say.

    >>> said_by("li", "item item--3", None).signature, said_by("div", "share-bar", None).flags == labels.SHARE
    ('li.item.item', True)
    """
    signature, said = tag, 0
    if name:
        for word in name.split():
            bare, bits = _said_by_word(word)
            signature += bare
            said |= bits
    signs = _said_by_words(_VALUE.sub("", name)) if name and "[" in name else said
    if name and len(name) + len(ident or "") >= MAX_READ:
        said = _said_by_words(f"{name} {ident or ''}"[:MAX_READ])
    elif ident:
        said |= _said_by_words(ident[: MAX_READ - 1])
    return Said(signature, labels.flags_in(tag, said & _FLAGS), marks.kind_of_signs(signs >> _SHIFT))


def mark_of(name: str | None, prop: str | None) -> int:
    """Returns what an element's class and itemprop (or RDFa property) say that its text is, 0 for nothing.

    >>> mark_of("post-authorName", None) == marks.AUTHOR, mark_of("meta__date--small", None) == marks.DATE, mark_of("author-bio", None)
    (True, True, 0)
    """
    return (marks.kind_of_property(prop) if prop else 0) or (said_by("", name, None).mark if name else 0)


def _said_by_words(words: str) -> int:
    said = 0
    for word in words.split():
        said |= _said_by_word(word)[1]
    return said


@lru_cache(maxsize=32768)
def _said_by_word(word: str) -> tuple[str, int]:
    """Returns what a word adds to a signature, and what it says."""
    said = 0
    for token in _TOKEN.findall(word):
        said |= _said_by_token(token)
    bare = _DIGITS.sub("", word)
    return f".{bare}" if bare else "", said & ~_FLAGS | _flags_of_word(word) if said & _FLAGS else said


def _flags_of_word(word: str) -> int:
    flags, word = 0, labels.without_looks(word)
    for token in _TOKEN.findall(word):
        if len(token) >= _SHORT or token in _SEGMENT.findall(word):  # "ad" out of a hash such as "e1e566ad" says nothing
            flags |= _said_by_token(token)
    return flags & _FLAGS


@lru_cache(maxsize=16384)
def _said_by_token(token: str) -> int:
    low = token.lower()
    return labels.flag_of_word(low) | marks.signs_of_word(low) << _SHIFT
