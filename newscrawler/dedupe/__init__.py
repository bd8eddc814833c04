"""Article + candidates -> decision: which addresses mean one page, which texts are one text.

`urls` writes addresses in one form and tells sites apart, `exact` turns keys and texts into ids and hashes, `fold` and
`fingerprint` turn a text into what copies of it have in common, without the `lines` that its site repeats, `near` compares two of these,
`decision` decides (with `twins`, `likeness` and `noise`), `origin` tells where a story came from, `changes` shows what a revision
changed, `titles` tells whether a title cut short is an article's. Nothing here touches storage: whoever calls looks up the candidates.
"""

from __future__ import annotations

from newscrawler.dedupe.decision import MISTAKEN, Known, decide, is_copy, likeliest
from newscrawler.dedupe.exact import article_id, content_hash
from newscrawler.dedupe.fingerprint import Fingerprint, fingerprint
from newscrawler.dedupe.near import Likeness, alike, compare, nearest
from newscrawler.dedupe.origin import Telling, credited, likely_origin
from newscrawler.dedupe.titles import whole_title
from newscrawler.dedupe.twins import twin_key
from newscrawler.dedupe.urls import article_key, canonical_url, duplicate_key, registrable_domain, same_site, second_key

__all__ = [
    "MISTAKEN",
    "Fingerprint",
    "Known",
    "Likeness",
    "Telling",
    "alike",
    "article_id",
    "article_key",
    "canonical_url",
    "compare",
    "content_hash",
    "credited",
    "decide",
    "duplicate_key",
    "fingerprint",
    "is_copy",
    "likeliest",
    "likely_origin",
    "nearest",
    "registrable_domain",
    "same_site",
    "second_key",
    "twin_key",
    "whole_title",
]
