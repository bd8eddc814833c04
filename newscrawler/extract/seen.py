"""What the pages of a site taught: of which kind the fetched ones were, by the shape of their addresses.

A page is judged by its own text, so its kind says more of the addresses like its own than these say by themselves. A shape is
the host, the first folder and the form of the last name, digits and words put for what they are.

Learned points are bounded: what the words, the block and the place of a link say may still go against them. They make a link
more or less urgent, and never leave out one that would be followed without them (`links`), so that pages of a
shape go on being fetched and a shape once misjudged is put right by them; of shapes that nothing speaks for a few are tried
(`doubtful`). Kinds of pages are judged without what was
learned, or a mistake would prove itself.

Known to fail: sites whose sections and articles have one shape: then nothing is learned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from newscrawler.extract.forms import form_of
from newscrawler.extract.points import Fired, Term

MIN_PAGES = 3
MANY_PAGES = 8
FEW_POINTS = 4
MANY_POINTS = 8
TRIED_PAGES = 5
"""Of a shape that nobody knows so many pages are tried: MIN_PAGES teach it, and the others are read with that knowledge."""
MAJORITY = 0.8
MAX_FOLDER = 24
MAX_SHAPE = 160

_DIGITS = re.compile(r"\d+")
NOTHING = Fired(0, 0, ())


class Kinds(NamedTuple):
    """How many pages of one shape were articles, hubs and neither."""

    articles: int = 0
    hubs: int = 0
    others: int = 0


Seen = Mapping[str, Kinds]
NONE_SEEN: Seen = {}


@lru_cache(maxsize=16384)
def shape_of(url: str) -> str:
    """Returns the shape of an absolute URL: equal for addresses of a site that one rule of the site seems to have made.

    >>> shape_of("https://a.example/x7/abc") == shape_of("https://a.example/x12/de"), shape_of("https://a.example/x7/abc/")
    (True, 'a.example/x0 2 00 name  /')
    """
    form = form_of(url)
    _, _, path = form.place.partition("/")
    folder, slash, _ = path.partition("/")
    folder = _DIGITS.sub("0", folder[:MAX_FOLDER].lower()) if slash else ""
    marks = ("/" if form.directory else "") + ("s" if form.named else "") + ("d" if form.root else "")
    return f"{form.host}/{folder} {form.shape} {marks}"[:MAX_SHAPE]


@lru_cache(maxsize=4096)
def seen_points(kinds: Kinds) -> Fired:
    """Returns what the pages of a shape add to the points of a link to another one of it: nothing without a clear majority.

    >>> seen_points(Kinds(articles=12))[:2], seen_points(Kinds(hubs=3))[:2], seen_points(Kinds(articles=2, hubs=2))[:2]
    ((8, 0), (-4, 4), (0, 0))
    """
    total, most = sum(kinds), max(kinds)
    if total < MIN_PAGES or most < MAJORITY * total:
        return NOTHING
    points = MANY_POINTS if total >= MANY_PAGES else FEW_POINTS
    name, article, hub = (("articles", points, 0), ("sections", -points, points), ("neither articles nor sections", -points, -points))[kinds.index(most)]
    return Fired(article, hub, (Term(f"pages of this shape were {name}: {most} of {total}", article, hub, bool),))


def points_of(url: str, seen: Seen) -> Fired:
    """Returns what was learned of addresses like this one."""
    kinds = seen.get(shape_of(url))
    return seen_points(kinds) if kinds is not None else NOTHING
