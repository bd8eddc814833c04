"""newscrawler why: one URL's story."""

from __future__ import annotations

import json
from typing import Any

import click

from newscrawler.cli import options
from newscrawler.exceptions import NewscrawlerError


@click.command("why")
@click.argument("url")
@options.db
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(url: str, db: str, as_json: bool) -> None:
    """Tell one URL's story: how it was found, what came of it, and why."""
    from newscrawler.store import reading

    with options.opened(db) as engine:
        told = reading.story(engine, url)
    if told is None:
        raise NewscrawlerError(f"{url}: never seen in {db}: no page that was read links to it as an article, section or related reading")
    options.put(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    """The story in the order in which it happened."""
    from newscrawler.export.collected import utc

    page, article = told["page"], told["article"]
    lines = [page["url"], f"  found     {utc(page['discovered_at'])} by {page['discovered_by']}, depth {page['depth']}"]
    lines += [f"            on {told['discovered_from']}"] if told["discovered_from"] else []
    lines += [f"            linked as {link['kind']} from {link['url']}" + (f" ({link['anchor']})" if link["anchor"] else "") for link in told["linked_from"]]
    if page["fetched_at"]:
        status = f"HTTP {page['status']}" if page["status"] else "no answer"
        lines.append(f"  asked     {utc(page['fetched_at'])}: {status}, {page['fetches']} answers in all")
    lines += [f"  read      as {page['kind']}, encoding {page['encoding']}"] if page["kind"] else []
    lines.append(f"  state     {page['state'].replace('_', ' ')}" + (f": {page['reason']}" if page["reason"] else ""))
    lines += [f"  leads to  {told['redirected_to']}"] if told["redirected_to"] else []
    if article:
        lines += [f"  article   {article['title']}", f"            {article['id']}, revision {article['revision']}, of {article['url']}"]
        lines += [f"  repairs   {one['field']}: {one['count']} {one['kind']}" for one in article["record"]["repairs"]]
        lines += [f"            {one['before']!r} -> {one['after']!r}{_doubt(one)}" for one in article["examples"][:3]]
    return lines


def _doubt(example: dict[str, Any]) -> str:
    """What to say of a repair that is a guess."""
    confidence = example.get("confidence", 1.0)
    return f" (a guess: {confidence:.0%})" if confidence < 0.9 else ""
