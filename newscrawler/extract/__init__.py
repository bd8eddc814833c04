"""Text -> Page: what kind of page it is, where its links lead, and what it says as an article.

    read_page = decode_page | extract_page | clean each field once

    parse      text -> tree, once
    outline    tree -> blocks of text, links, head: one walk, and nobody looks at the tree again
    wrappers   names of parts that the text belies   trimming: the lists inside the text and the lines around it
    body       which blocks are the article          title, bylines, dates, keywords, language, metadata: its fields
    links      which kind each link is               related: the related-reading list as printed
    kind       article, hub or other                 feeds: RSS, Atom and sitemaps are hubs
    labels     every word all this is told by        addresses, anchors: what the form of a URL, the words of a link tell
"""

from __future__ import annotations

from newscrawler.extract.page import extract_page
from newscrawler.extract.read import read_page

__all__ = ["extract_page", "read_page"]
