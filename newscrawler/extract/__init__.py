"""Text -> Page: what kind of page it is, where its links lead, and what it says as an article.

    read_page = decode_page | extract_page | clean each field once

    binary     bytes that are no text, by name
    parse      text -> tree, once
    outline    tree -> blocks of text, links, head: one walk, and nobody looks at the tree again
    wrappers   names of parts that the text belies   trimming: the lists inside the text and the lines around it
    body       which blocks are the article          title, bylines, dates, keywords, language, metadata: its fields
    links      which kind each link is               related: the related-reading list as printed
    kind       article, hub or other                 feeds: RSS, Atom and sitemaps are hubs
    classes    what an element's classes and id say  marks: names of writers and dates
    labels     words by which parts are told         addresses: hrefs -> URLs, and whose site they are
    points     terms and what they add               forms, anchors, blocks, headings: what the address, the words, the place of a link tell
    trace      what a page leaves behind when asked  explain_page: how it was read, told to a person
    explain    why a link is what it is              sections, services: the names that menus have
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawler.extract.page import extract_page
    from newscrawler.extract.read import read_page

__all__ = ["extract_page", "read_page"]


def __getattr__(name: str) -> Any:
    """Imports the readers where they are first used: who only needs a shape of addresses (store) starts without them."""
    if name in __all__:
        from newscrawler.extract import page, read

        return {"extract_page": page.extract_page, "read_page": read.read_page}[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
