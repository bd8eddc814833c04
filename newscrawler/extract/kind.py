"""Article, hub or other: integer points from the page's own address, what its head says, and its text.

Known to fail: lists with long teasers, very short notices.
"""

from __future__ import annotations

from newscrawler.extract.addresses import Form
from newscrawler.extract.body import worth
from newscrawler.extract.outline import Block, Outline

ARTICLE_POINTS = 4


def article_points(form: Form, outline: Outline, body: list[Block], *, declared: bool) -> int:
    """Returns how much a page looks like one article; `declared` says that its JSON-LD calls it one."""
    size = sum(block.size for block in body if worth(block))
    linked = sum(block.linked for block in outline.blocks)
    total = sum(len(block.text) for block in outline.blocks) or 1
    terms = (
        (3, form.article),
        (1, form.dated),
        (-6, form.root),
        (-3, form.index and not form.article),
        (-2, form.section and not form.dated),
        (-1, form.directory and form.slug_words < 4 and not form.dated),
        (3, declared),
        (3, outline.meta.get("og:type", "").lower().endswith("article")),
        (2, "article:published_time" in outline.meta),
        (1, size >= 150),
        (2, size >= 450),
        (2, size >= 1200),
        (-8, size == 0),
        (-2, linked * 10 > total * 7 and size < 1200),
    )
    return sum(points for points, holds in terms if holds)
