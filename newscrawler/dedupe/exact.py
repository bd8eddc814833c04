"""Ids and hashes: equal exactly when the article, or its text, is the same."""

from __future__ import annotations

import hashlib
import re
from unicodedata import normalize
from uuid import NAMESPACE_URL, uuid5

SHORT_TEXT = 20

_UNSAID = re.compile(r"[\W_]+")


def article_id(key: str) -> str:
    """Returns the id of the article with this key: a name-based UUID (version 5, RFC 9562 section 5.5) as a URN.

    >>> article_id("https://news.example/1.html")
    'urn:uuid:53f3c838-8b55-5dd4-8f53-b423f4c2f6dc'
    """
    return f"urn:uuid:{uuid5(NAMESPACE_URL, key)}"


def content_hash(title: str | None, text: str) -> str:
    """Returns "sha256:" and the hex digest of the text, folded: width, case, spaces and punctuation do not count.

    The title counts only where the text has fewer than `SHORT_TEXT` folded characters: reprints change headlines, but
    captions like "图片新闻" are alike on pages that are not.

    >>> content_hash("A", "Rain, more rain - and then the sun.") == content_hash("B", "RAIN more rain and then the sun")
    True
    """
    folded = _fold(text)
    if len(folded) < SHORT_TEXT:
        folded = f"{_fold(title or '')}\n{folded}"
    return "sha256:" + hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def _fold(text: str) -> str:
    return _UNSAID.sub("", normalize("NFKC", normalize("NFKC", text).casefold()))
