"""What reading a page leaves behind when it is asked to explain itself; without one nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawler.items import Repair

if TYPE_CHECKING:
    from lxml import etree

    from newscrawler.extract.links import Found
    from newscrawler.extract.outline import Block, Place


@dataclass(slots=True)
class Trace:
    """The steps of reading one page, filled by the steps themselves; what a page did not come to stays empty.

    `trimmed` counts blocks of text that stand in `place` but are not the body, by reason; `lead` counts those of the body that
    stand outside `place`. `terms` are the terms of "is an article" that held, with their points. `sources` tells for title,
    authors and byline where they were found (the date's is a field of the article). `found` is indexed by `Link.position`. `ruled`
    tells for each field that a rule of the source gave which one; `rule_notes` are lines about the other rules.
    """

    repairs: tuple[Repair, ...] = ()
    root: etree._Element | None = None
    place: Place | None = None
    inside: int = 0
    body: list[Block] = field(default_factory=list)
    lead: int = 0
    trimmed: dict[str, int] = field(default_factory=dict)
    terms: list[tuple[str, int]] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    ruled: dict[str, str] = field(default_factory=dict)
    rule_notes: list[str] = field(default_factory=list)
