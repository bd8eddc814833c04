"""The pictures of an article, with caption and credit.

A credit stands in the caption, in brackets or behind a word such as "Photo:", "©", 图 or 攝影; it is taken out of the caption.
"""

from __future__ import annotations

import re

from newscrawler.extract import labels
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.outline import Block, Outline
from newscrawler.items import Image

_WORD = (
    r"(?:photo(?:graph)?s?(?: credit| courtesy of| by)?|image(?: credit| source)?s?|picture|pic|credits?|foto|bild(?:quelle)?|quelle|crédit(?: photo)?|fuente|fotograf[íi]a|"
    r"图片来源|圖片來源|图源|圖源|图片|圖片|照片|图|圖|摄影?|攝影?|写真|撮影|사진)"
)
_IN_BRACKETS = re.compile(rf"\s*[(（\[【]\s*(?:{_WORD}\s*[:：/／]\s*|©\s*)(?P<credit>[^()（）\[\]【】]{{2,60}})[)）\]】]\s*\.?\s*$", re.IGNORECASE)
_AT_END = re.compile(rf"(?:^|[\s.。|–—-]+)(?:{_WORD}\s*[:：]\s*|©\s*(?:\d{{4}}\s*)?)(?P<credit>[^:：©]{{2,60}})$", re.IGNORECASE)
MAX_IMAGES = 50
MAX_CAPTION = 600


def read_images(outline: Outline, body: list[Block], resolver: Resolver) -> list[Image]:
    """Returns the images that stand in the running text or just before it; those of navigation and other articles are none."""
    if not body:
        return []
    first, last = body[0].place.number - 3, body[-1].place.last + 1
    captions = {block.place.parent.number: block.text for block in outline.blocks if block.place.flags & labels.CAPTION and block.place.parent}
    images: dict[str, Image] = {}
    for picture in outline.pictures:
        if first <= picture.place.number <= last and not picture.place.flags & labels.AROUND:
            url = resolver.resolve(picture.src)
            if url and url not in images:
                printed = captions.get(picture.place.number) or captions.get(getattr(picture.place.parent, "number", -1))
                images[url] = Image(url, *split_credit(printed or picture.alt))
    return list(images.values())[:MAX_IMAGES]


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Returns a caption without its credit, and the credit.

    >>> split_credit("The ferry at noon. (Photo: Anna Weber)")
    ('The ferry at noon.', 'Anna Weber')
    """
    caption = " ".join(caption[:MAX_CAPTION].split())
    found = _IN_BRACKETS.search(caption) or _AT_END.search(caption)
    if found is None:
        return caption or None, None
    return caption[: found.start()].strip() + ("." if found[0].startswith(". ") else "") or None, found["credit"].strip(" .")
