"""Article, hub or other: integer points from the page's own address, what its head says, and its text.

An address may say nothing (an archive's, a site of one script), so the text counts for itself: an article has a headline,
which the page's <title> repeats, a line with its date or source under it, and paragraphs that stand together. What tells
a list with teasers from an article is that between its paragraphs stand links.

Known to fail: lists with few long teasers, very short notices, walls in languages that are not in the table.
"""

from __future__ import annotations

import re

from newscrawler.extract.addresses import Form
from newscrawler.extract.body import worth
from newscrawler.extract.labels import AROUND
from newscrawler.extract.outline import Block, Outline
from newscrawler.extract.trimming import HEADLINE_BYTES, MAX_TITLE, fold

ARTICLE_POINTS = 4
NEVER = -50
LISTED = 3
LONG_PARAGRAPH = 900
MAX_HEADLINE_BYTES = 400
NEAR_BODY = 40
"""How many blocks before the body a headline may stand."""

_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d\d?\s*[-月/.]\s*\d\d?|\d\d?:\d\d|(?:来源|來源|稿源|记者|記者)\s*[:：]"
    r"|\d\d?\.? \w{3,9}\.? (?:19|20)\d\d|\w{3,9}\.? \d\d?, (?:19|20)\d\d"
)
_WALL = re.compile(
    r"^\W*(?:(?:error )?404\b|page (?:not found|unavailable|does not exist)|just a moment\b|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you\b|before you continue\b|"
    r"(?:not found|access denied|forbidden|attention required|(?:robot|security) check|captcha|(?:we value )?your privacy|cookie (?:consent|settings))\s*(?:[|!–—-]|$)|"
    r"页面不存在|頁面不存在|找不到(?:该|此|您)?.{0,4}(?:页|頁)|(?:您|你)(?:访问|訪問|查看)的(?:页面|頁面|内容|內容|文章)|该(?:文章|内容|页面)(?:已|不)|(?:安全|人机|滑动|身份)验证|(?:請|请)?輸?输?入?验证码|"
    r"ページが見つかりません|seite nicht gefunden|page introuvable|página no encontrada|pagina niet gevonden)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\W*(?:\S{1,12}\.? \d\d?(?:, | )|\d\d?[./]\d\d?[./]?(?:\d{2,4})?,? )?(?:\d\d?[:h]\d\d|\d\d?\.\d\d(?= ?uhr))(?: ?(?:am|pm|uhr|GMT|BST|ET|CET))?\W*$",
    re.IGNORECASE,
)
MAX_DATE_LINE = 200
WALL_BYTES = 1500
TICKER_ENTRIES = 6


def article_points(form: Form, outline: Outline, body: list[Block], inside: range, *, declared: bool) -> int:
    """Returns how much a page looks like one article.

    `inside` numbers the blocks from the body's first to its last; `declared` says that the page's JSON-LD calls it an article.
    """
    return sum(points for _, points, holds in terms_of(form, outline, body, inside, declared=declared) if holds)


def terms_of(form: Form, outline: Outline, body: list[Block], inside: range, *, declared: bool) -> list[tuple[str, int, bool]]:
    """Returns each term: its name, its points and whether it holds."""
    size = sum(block.size for block in body if worth(block))
    linked = sum(block.linked for block in outline.blocks)
    total = sum(len(block.text) for block in outline.blocks) or 1
    loose = sum(block.size for block in outline.blocks if not block.linked) or 1
    paragraphs, teasers = _teasers(outline, body, range(max(0, inside.start - 2), inside.stop))
    listed = teasers >= LISTED and teasers * 2 >= paragraphs
    headline = _headline(outline, inside)
    dated = headline is not None and _is_dated(outline, headline, inside)
    return [
        ("address of an article", 3, form.article),
        ("date in the address", 1, form.dated),
        ("address of the first page", -3, form.root),
        ("address of an index", -3, form.index and not form.article and not form.root),
        ("address of a section", -2, form.section and not form.dated),
        ("address of a directory", -1, form.directory and form.slug_words < 4 and not form.dated and not form.root),
        ("JSON-LD says article", 3, declared),
        ("og:type says article", 2, outline.meta.get("og:type", "").lower().endswith("article")),
        ("head tells when it was published", 1, "article:published_time" in outline.meta),
        ("headline that the head repeats", 3, headline is not None and not listed),
        ("date or source at the headline", 3, dated and not listed),
        ("150 bytes of text", 1, size >= 150),
        ("450 bytes of text", 2, size >= 450),
        ("1200 bytes of text", 2, size >= 1200),
        ("a third of the text is the body", 1, size >= 450 and size * 3 >= loose),
        ("a long paragraph", 2, any(block.size >= LONG_PARAGRAPH and worth(block) for block in body)),
        ("half of the text is the body", 2, size >= 450 and size * 2 >= loose and not listed),
        ("no paragraph", -8, size == 0 and not (headline is not None and body)),
        ("mostly links", -2, linked * 10 > total * 7 and size < 1200 and not dated),
        ("teasers between links", -4, listed),
        ("little but teasers between links", -4, listed and teasers * 5 >= paragraphs * 4),
        ("error page, wall or live ticker", NEVER, _is_wall(outline, size) or _is_ticker(outline, inside)),
    ]


def _is_wall(outline: Outline, size: int) -> bool:
    """Returns whether a page with little text says that it is an error, a question for robots or for consent."""
    heading = next((block.text for block in outline.blocks if block.place.tag == "h1"), "")
    return size < WALL_BYTES and bool(_WALL.match(outline.title) or _WALL.match(heading))


def _is_ticker(outline: Outline, inside: range) -> bool:
    """Returns whether a page is a live ticker: it says so, or times stand alone over its entries."""
    if any('"LiveBlogPosting"' in script for script in outline.scripts):
        return True
    return sum(1 for number in inside if len(outline.blocks[number].text) <= 24 and _CLOCK.match(outline.blocks[number].text)) >= TICKER_ENTRIES


def _headline(outline: Outline, inside: range) -> int | None:
    """Returns the number of the heading before or at the body's beginning that the page's <title> repeats, or None."""
    titles = [fold(text[:MAX_TITLE]) for text in (outline.title, outline.meta.get("og:title", "")) if text]
    for number in range(min(inside.start + 2, len(outline.blocks)) - 1, max(-1, inside.start - NEAR_BODY), -1):
        block = outline.blocks[number]
        place = block.place
        if not HEADLINE_BYTES <= block.size <= MAX_HEADLINE_BYTES or block.linked * 2 > len(block.text):
            continue
        if place.flags & AROUND and place.tag != "h1":
            continue
        text = fold(block.text)
        if len(text.encode()) >= HEADLINE_BYTES and any(text in one for one in titles):
            return number
    return None


def _is_dated(outline: Outline, headline: int, inside: range) -> bool:
    """Returns whether a short line near the headline tells date, time or source."""
    lines = outline.blocks[max(0, headline - 2) : max(inside.start + 1, headline + 6)]
    return any(len(block.text) <= MAX_DATE_LINE and _DATE.search(block.text) for block in lines)


def _teasers(outline: Outline, body: list[Block], inside: range) -> tuple[int, int]:
    """Returns how many paragraphs the body has, and before how many of them stands a block that is little but a link."""
    members = {id(block) for block in body}
    paragraphs = teasers = 0
    entry = False
    for number in inside:
        block = outline.blocks[number]
        if id(block) in members and worth(block):
            paragraphs += 1
            teasers += entry
            entry = False
        elif block.linked * 3 > 2 * len(block.text) and block.size > 20:
            entry = True
    return paragraphs, teasers
