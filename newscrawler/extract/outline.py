"""Tree -> outline: one walk that collects blocks of text, links, images and the head.

A block is the text between two borders of block elements, with how much of it stands in links. A place is a block element
with its ancestors' flags and the heading that stands over it; places are numbered in document order, so "inside" is a
comparison of numbers. The walk is iterative: a page may be as deep as it likes. This is the hot loop of reading a page:
no regular expression and no search runs per element, classes are looked up in tables that remember.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from newscrawler.extract.classes import mark_of, said_by
from newscrawler.extract.labels import PRINTED_HEADING
from newscrawler.extract.marks import TIME

_BLOCKS = (
    "html body main article section div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption blockquote pre "
    "header footer nav aside figure figcaption form fieldset center address details summary hr menu hgroup"
)
_SKIPPED = "style noscript template svg iframe object select textarea button math canvas map audio video"
_INLINE = "span em strong small cite"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "dd", "dt", "tr", "article"})
_BREAK = "\x0b"
MAX_HEADING = 40
MAX_LINKED_HEADING = 8
MAX_ANCHOR = 2000
"""Characters after which no more blocks are added to the text of one link: one that nobody closed has the rest of the page in it."""


@dataclass(slots=True)
class Place:
    """A block element: `number` to `last` are the numbers of it and all inside it; `path` is its generalised way from the root."""

    tag: str
    path: int
    flags: int
    number: int
    parent: Place | None
    item: int
    heading: str | None
    chars: int
    own: int
    """The flags that the element itself brings; `flags` are its ancestors' too."""
    last: int = 0


@dataclass(slots=True)
class Block:
    """A run of text, white space collapsed, lines as <br> parts them; `linked` counts characters in links."""

    text: str
    place: Place
    linked: int
    size: int
    """Bytes in UTF-8: a measure by which a Chinese character counts about as much as it says."""
    loose: str
    """The text outside links."""


@dataclass(slots=True)
class Anchor:
    """An <a href> as found: `block` is the index of the block it begins in."""

    href: str
    rel: str
    name: str
    path: int
    place: Place
    block: int
    heading: str | None
    text: str = ""
    title: str = ""
    image: bool = False


@dataclass(slots=True)
class Picture:
    """An <img> as found."""

    src: str
    alt: str
    place: Place


@dataclass(slots=True)
class Mark:
    """An element that says it holds a writer or a date: `kind` as in `marks`; its text is read when it is asked for."""

    element: etree._Element
    kind: int
    place: Place
    block: int


@dataclass(slots=True)
class Outline:
    """All that is known of a page after the walk."""

    blocks: list[Block] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    times: list[tuple[str, int]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    base: str | None = None
    canonical: str | None = None
    rels: list[tuple[str, str]] = field(default_factory=list)


def outline_of(root: etree._Element, *, has_microdata: bool = True) -> Outline:
    """Returns the outline of a parsed page; elements are asked for microdata only where the page `has_microdata`."""
    return _Walk(has_microdata).run(root)


class _Walk:
    """The state of one walk: the place we are in, the text since the last border, the link we are in."""

    def __init__(self, has_microdata: bool) -> None:
        self.has_microdata = has_microdata
        self.out = Outline()
        self.parts: list[str] = []
        self.linked = 0
        self.loose: list[str] = []
        self.anchor: Anchor | None = None
        self.anchor_from = 0
        self.chars = 0
        self.whole: str | None = None
        """The text of the link that has just ended, when nothing stands before it in its block."""
        self.paths: dict[tuple[int, str], int] = {}
        self.kinds: dict[tuple[int, str, str | None, str | None], tuple[int, int, int]] = {}
        """Path, own flags and mark of an element by the path around it, its tag, class and id: the items of a list share one entry."""
        self.places, self.blocks = self.out.places, self.out.blocks
        self.place = Place("", 0, 0, 0, None, 0, None, 0, 0)
        self.places.append(self.place)

    def run(self, root: etree._Element) -> Outline:
        walk = self.walk = etree.iterwalk(root, events=("start", "end"))
        parts, starts, ends = self.parts, _STARTS.get, _ENDS.get
        for event, element in walk:
            if event == "start":
                start = starts(element.tag)
                text = element.text if start is None or start(self, element) else None
            else:
                end = ends(element.tag)
                if end is not None:
                    end(self)
                text = element.tail
            if text and (parts or not text.isspace()):  # white space begins no block, and most tails are nothing else
                parts.append(text)
        self._flush()
        self.places[0].last = len(self.places)
        return self.out

    def _open_html(self, element: etree._Element) -> bool:
        self.out.lang = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        return self._open(element)

    def _open(self, element: etree._Element) -> bool:
        if self.parts:
            self._flush()
        tag, name, up, places = element.tag, element.get("class"), self.place, self.places
        key = up.path, tag, name, element.get("id")
        path, own, kind = self.kinds.get(key) or self._know(key)
        number = len(places)
        place = self.place = Place(tag, path, up.flags | own, number, up, number if tag in _ITEMS else up.item, up.heading, self.chars, own)
        places.append(place)
        if self.has_microdata and (prop := element.get("itemprop") or element.get("property")):
            kind = mark_of(name, prop)
        if kind:
            self.out.marks.append(Mark(element, kind, place, len(self.blocks)))
        return True

    def _know(self, key: tuple[int, str, str | None, str | None]) -> tuple[int, int, int]:
        around, tag, name, ident = key
        signature, flags, mark = said_by(tag, name, ident)
        path = self.paths.setdefault((around, signature), len(self.paths) + 1)
        known = self.kinds[key] = path, flags, mark
        return known

    def _inline(self, element: etree._Element) -> bool:
        name = element.get("class")
        prop = (element.get("itemprop") or element.get("property")) if self.has_microdata else None
        if (name or prop) and (kind := mark_of(name, prop)):
            self.out.marks.append(Mark(element, kind, self.place, len(self.blocks)))
        return True

    def _close(self) -> None:
        if self.parts:
            self._flush()
        place = self.place
        up = place.parent
        if up is None:
            return
        place.last = len(self.places) - 1
        if place.heading is not up.heading and place.tag not in _ITEMS and self.chars - place.chars <= MAX_HEADING:
            up.heading = place.heading  # a heading alone in its box stands over what follows the box
        self.place = up

    def _flush(self) -> None:
        """Ends the block under way, if any text has come together."""
        parts = self.parts
        if self.anchor is not None:
            self._take_anchor_text()
        elif self.linked:
            self.loose.extend(parts[self.anchor_from :])
        raw = parts[0] if len(parts) == 1 else "".join(parts)
        alone = self.whole if self.anchor_from == len(parts) else None  # most blocks of a page are one link, read already
        parts.clear()
        self.whole = None
        text = _lines(raw) if _BREAK in raw else " ".join(raw.split()) if alone is None else alone
        if text:
            self._add_block(text)
        self.linked = self.anchor_from = 0
        if self.loose:
            self.loose.clear()

    def _add_block(self, text: str) -> None:
        place, linked, length = self.place, self.linked, len(text)
        self.chars += length
        loose = text if not linked else " ".join("".join(self.loose).split()) if self.loose else ""
        size = length if text.isascii() else len(text.encode("utf-8", "replace"))
        self.blocks.append(Block(text, place, min(length, linked), size, loose))
        if length <= MAX_HEADING and self._heads(text):
            place.heading = text

    def _heads(self, text: str) -> bool:
        """Returns whether a short block stands over what follows; a linked heading does only when it is too short for a headline."""
        if self.linked * 2 > len(text) and len(text) > MAX_LINKED_HEADING:
            return False
        return self.place.tag in _HEADINGS or bool(PRINTED_HEADING.match(text))

    def _open_anchor(self, element: etree._Element) -> bool:
        if self.anchor is not None:
            self._close_anchor()
        href = element.get("href")
        if href:
            name, place = element.get("class") or "", self.place
            path = place.path
            if name:
                key = path, "a", name, None
                path = (self.kinds.get(key) or self._know(key))[0]
            anchor = Anchor(href, element.get("rel") or "", name, path, place, len(self.blocks), place.heading, "", element.get("title") or "")
            if self.parts:
                self._keep_loose()
            self.whole = None
            self.anchor, self.anchor_from = anchor, len(self.parts)
            self.out.anchors.append(anchor)
        return True

    def _keep_loose(self) -> None:
        if len(self.parts) > self.anchor_from:
            self.loose.extend(self.parts[self.anchor_from :])
            self.anchor_from = len(self.parts)

    def _take_anchor_text(self) -> None:
        anchor = self.anchor
        assert anchor is not None
        parts = self.parts[self.anchor_from :] if self.anchor_from else self.parts
        text = " ".join((parts[0] if len(parts) == 1 else "".join(parts)).split())  # _BREAK is white space too
        self.linked += len(text)
        if len(anchor.text) < MAX_ANCHOR:
            anchor.text = f"{anchor.text} {text}" if anchor.text and text else anchor.text or text
        self.whole = text if parts is self.parts else None
        self.anchor_from = 0

    def _close_anchor(self) -> None:
        if self.anchor is not None:
            self._take_anchor_text()
            self.anchor = None
            self.anchor_from = len(self.parts)

    def _break(self, element: etree._Element) -> bool:
        self.parts.append(_BREAK)
        return False

    def _skip(self, element: etree._Element) -> bool:
        self.walk.skip_subtree()
        return False

    def _nothing(self, element: etree._Element) -> bool:
        return False

    def _picture(self, element: etree._Element) -> bool:
        alt = element.get("alt") or ""
        if self.anchor is not None:
            self.anchor.image = True
            if not self.anchor.title:
                self.anchor.title = alt
        src = element.get("data-original") or element.get("data-src") or element.get("src")
        if src and not src.startswith("data:"):
            self.out.pictures.append(Picture(src, alt, self.place))
        return False

    def _script(self, element: etree._Element) -> bool:
        if (element.get("type") or "").startswith("application/ld+json") and element.text:
            self.out.scripts.append(element.text)
        return False

    def _title(self, element: etree._Element) -> bool:
        if not self.out.title and element.text:
            self.out.title = " ".join(element.text.split())
        return False

    def _meta(self, element: etree._Element) -> bool:
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content:
            name = name.lower()
            if name == "robots" and name in self.out.meta:  # all of them count
                self.out.meta[name] += ", " + content.strip()
            self.out.meta.setdefault(name, content.strip())
        return False

    def _link(self, element: etree._Element) -> bool:
        rel, href = (element.get("rel") or "").lower(), element.get("href")
        if href and rel == "canonical":
            self.out.canonical = self.out.canonical or href
        elif href and rel in ("next", "prev"):
            self.out.rels.append((rel, href))
        elif href and rel in ("license", "copyright"):
            self.out.meta.setdefault("rel=license", href)
        return False

    def _base(self, element: etree._Element) -> bool:
        self.out.base = self.out.base or element.get("href")
        return False

    def _time(self, element: etree._Element) -> bool:
        when = element.get("datetime")
        if when:
            self.out.times.append((when, self.place.number))
        kind = mark_of(element.get("class"), element.get("itemprop")) or TIME
        self.out.marks.append(Mark(element, kind, self.place, len(self.blocks)))
        return True


# What an element's start does; it returns whether the element's own text counts. Functions and not methods of one walk: those
# would hold the walk, and with it a page's thousands of values, in a cycle that only garbage collection ends.
_STARTS: dict[str, Callable[[_Walk, etree._Element], bool]] = {
    **dict.fromkeys(_BLOCKS.split(), _Walk._open),
    **dict.fromkeys(_SKIPPED.split(), _Walk._skip),
    **dict.fromkeys(_INLINE.split(), _Walk._inline),
    "html": _Walk._open_html,
    "a": _Walk._open_anchor,
    "br": _Walk._break,
    "img": _Walk._picture,
    "script": _Walk._script,
    "title": _Walk._title,
    "meta": _Walk._meta,
    "link": _Walk._link,
    "base": _Walk._base,
    "time": _Walk._time,
    "input": _Walk._nothing,
}
_ENDS: dict[str, Callable[[_Walk], None]] = {**dict.fromkeys(_BLOCKS.split(), _Walk._close), "a": _Walk._close_anchor}


def _lines(raw: str) -> str:
    """Returns the text with one line for each that <br> parts, none empty."""
    lines = (" ".join(line.split()) for line in raw.split(_BREAK))
    return "\n".join(line for line in lines if line)
