"""Article, hub or other: integer points from the page's own address, what its head says, and its text.

An address may say nothing (an archive's, a site of one script), so a long text that stands together can outweigh it. What
tells a list with teasers from an article is that between its paragraphs stand links.

Known to fail: lists with few long teasers, very short notices.
"""

from __future__ import annotations

from newscrawler.extract.addresses import Form
from newscrawler.extract.body import worth
from newscrawler.extract.outline import Block, Outline

ARTICLE_POINTS = 4
LISTED = 4


def article_points(form: Form, outline: Outline, body: list[Block], inside: range, *, declared: bool) -> int:
    """Returns how much a page looks like one article.

    `inside` numbers the blocks from the body's first to its last; `declared` says that the page's JSON-LD calls it an article.
    """
    size = sum(block.size for block in body if worth(block))
    linked = sum(block.linked for block in outline.blocks)
    total = sum(len(block.text) for block in outline.blocks) or 1
    loose = sum(block.size for block in outline.blocks if not block.linked) or 1
    entries = _entries(outline, inside)
    terms = (
        (3, form.article),
        (1, form.dated),
        (-4, form.root),
        (-3, form.index and not form.article and not form.root),
        (-2, form.section and not form.dated),
        (-1, form.directory and form.slug_words < 4 and not form.dated and not form.root),
        (3, declared),
        (2, outline.meta.get("og:type", "").lower().endswith("article")),
        (1, "article:published_time" in outline.meta),
        (1, size >= 150),
        (2, size >= 450),
        (2, size >= 1200),
        (1, size >= 450 and size * 3 >= loose),
        (2, size >= 450 and size * 2 >= loose and entries < LISTED),
        (-8, size == 0),
        (-2, linked * 10 > total * 7 and size < 1200),
        (-4, entries >= LISTED and entries * 3 >= 2 * len(body)),
    )
    return sum(points for points, holds in terms if holds)


def _entries(outline: Outline, inside: range) -> int:
    """Returns how many blocks between the body's first and last are nothing but a link."""
    return sum(1 for number in inside if (block := outline.blocks[number]).linked * 5 > 4 * len(block.text) and block.size > 20)
