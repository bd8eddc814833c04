"""Outline -> what the page says about its use: licence and reservations, as written."""

from __future__ import annotations

from urllib.parse import urljoin

from newscrawler.extract.outline import Outline
from newscrawler.rights import AGENT

MAX_VALUE = 2000
_META = ("license", "dc.rights.license", "dcterms.license", "dcterms.rights", "dc.rights", "copyright")


def page_rights(outline: Outline, linked_data: str | None, base: str) -> dict[str, str]:
    """Returns `license` (rel=license, else JSON-LD, else meta), `tdm_reservation` and `tdm_policy` (meta), those that the page has, and
    `meta_robots` where a meta element has our name: what it says is a line after that of robots, as X-Robots-Tag would say it.

    A licence is an address or words; an address of a rel is made absolute. Nothing is judged here.
    """
    link = outline.meta.get("rel=license") or next((one.href for one in outline.anchors if one.rel and "license" in one.rel.lower().split()), None)
    ours = outline.meta.get(AGENT)
    told = {
        "meta_robots": "\n".join(filter(None, (outline.meta.get("robots"), f"{AGENT}: {ours}"))) if ours else None,
        "license": _joined(base, link) or linked_data or next(filter(None, map(outline.meta.get, _META)), None),
        "tdm_reservation": outline.meta.get("tdm-reservation"),
        "tdm_policy": outline.meta.get("tdm-policy"),
    }
    return {name: value[:MAX_VALUE] for name, value in told.items() if value}


def _joined(base: str, link: str | None) -> str | None:
    try:
        return urljoin(base, link.strip()) if link and link.strip() else None
    except ValueError:
        return link
