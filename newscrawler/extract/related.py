"""The related-reading list (相关阅读) of an article, entry by entry as printed: title, address, teaser."""

from __future__ import annotations

from newscrawler.extract.dates import find_date
from newscrawler.extract.headings import offers_reading
from newscrawler.extract.links import Found
from newscrawler.extract.outline import Outline
from newscrawler.items import Link, Related

MIN_TEASER = 6
MAX_TEASER = 400
_FOLLOWING = frozenset({"dd", "p"})


def give_teasers(found: list[Found], outline: Outline) -> None:
    """Sets the teaser of each link that stands in an item of a list: the item's text outside links.

    In a definition list or a run of paragraphs the teaser is the <dd> or paragraph right after the link's own.
    """
    texts: dict[int, list[str]] = {}
    for block in outline.blocks:
        if block.place.item and block.loose:
            texts.setdefault(block.place.item, []).append(block.loose)
    joined = {item: " ".join(lines) for item, lines in texts.items()}
    following = {index for index, block in enumerate(outline.blocks) if block.place.tag in _FOLLOWING and not block.linked}
    for one in found:
        anchor = one.anchor
        teaser = joined.get(anchor.place.item, "")
        if anchor.block + 1 in following and anchor.text and (not teaser or anchor.place.tag == "dt"):
            teaser = _following(one, outline) or teaser
        if not teaser:
            continue
        teaser = teaser.strip(" \n-·|")
        if MIN_TEASER <= len(teaser) <= MAX_TEASER and not _is_date(teaser):
            one.teaser = teaser.replace("\n", " ")


def related_entries(links: list[Link]) -> list[Related]:
    """Returns the entries of the related-reading lists, in page order, numbered from 0.

    Recommendations count where the heading offers them for reading (推荐阅读, "Read more"); what is popular or new does not.
    """
    entries = sorted((link for link in links if _is_reading(link)), key=lambda link: link.position)
    return [Related(link.url, link.sub or "related", link.anchor, link.teaser, number) for number, link in enumerate(entries)]


def _is_reading(link: Link) -> bool:
    return link.sub == "related" or (link.sub == "recommended" and bool(link.heading and offers_reading(link.heading)))


def _following(one: Found, outline: Outline) -> str:
    """Returns the text of the <dd> or <p> that comes right after the link's block and has no links."""
    index = one.anchor.block + 1
    if index >= len(outline.blocks) or one.anchor.block < 0:
        return ""
    block, own = outline.blocks[index], one.anchor.place
    if block.linked or block.place.tag not in _FOLLOWING or block.place.tag == own.tag:
        return ""
    return block.text if block.place.parent in (own.parent, own) else ""


def _is_date(text: str) -> bool:
    moment = find_date(text) if len(text) < 40 else None
    return moment is not None and len(text) - len(moment.raw) < MIN_TEASER
