"""newscrawler why: one URL's story."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from newscrawler.cli import options
from newscrawler.exceptions import NewscrawlerError
from newscrawler.rights import allows

MOST_MEMBERS = 20
"""Members of a cluster that are listed; --json has more."""


@click.command("why")
@click.argument("url")
@options.db
@options.sources
@click.option("--diff", is_flag=True, help="What each revision changed: words in colour on a terminal, else a unified diff by sentence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(url: str, db: str, sources: str | None, diff: bool, as_json: bool) -> None:
    """Tell one URL's story: how it was found, what came of it, and why.

    Where the body of a page that links to it is kept, the link is judged again and every term is told with its points, by what
    the crawl has learned of the site until now. With --sources the sister domains of a source count as its site, as they did in the crawl.
    """
    from newscrawler.config import page_address, read_sources
    from newscrawler.frontier import Scope
    from newscrawler.store import reading

    url = page_address(url)
    scope = Scope(sources=tuple(read_sources(sources))) if sources else Scope()
    with options.opened(db) as engine:
        told = reading.story(engine, url)
        if told is not None:
            told["judged"] = _judged(engine, told, scope)
            if diff and told["article"]:
                told["versions"] = reading.versions(engine, told["article"]["id"])
    if told is None:
        raise NewscrawlerError(f"{url}: never seen in {db}: no page that was read links to it as an article, section or related reading")
    options.put(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told)))


def _judged(engine: Any, told: dict[str, Any], scope: Any) -> list[str]:
    """How the link to the page is judged on the first page that has it and whose body is kept, [] without one."""
    from backports import zstd  # type: ignore[import-not-found,unused-ignore]

    from newscrawler import decode_page
    from newscrawler.extract.explain import explain_link
    from newscrawler.store import reading
    from newscrawler.store.shapes import kinds_seen

    for link in told["linked_from"]:
        kept = reading.kept_body(engine, link["url"])
        if kept is not None:
            text = decode_page(zstd.decompress(kept["body"]), kept["content_type"]).text
            sisters, seen = scope.sisters_of(link["url"]), kinds_seen(engine, link["url"])
            return explain_link(text, link["url"], told["page"]["url"], sisters=sisters, seen=seen, rules=scope.rules_of(link["url"]))
    return []


def _lines(told: dict[str, Any]) -> list[str]:
    """The story in the order in which it happened."""
    from newscrawler.export.collected import utc

    page, article = told["page"], told["article"]
    lines = [page["url"], f"  found     {utc(page['discovered_at'])} by {page['discovered_by']}, depth {page['depth']}"]
    lines += [f"            on {told['discovered_from']}"] if told["discovered_from"] else []
    lines += [f"            linked as {link['kind']} from {link['url']}" + (f" ({link['anchor']})" if link["anchor"] else "") for link in told["linked_from"]]
    lines += [f"            {'because ' if number == 0 else '        '}{line}" for number, line in enumerate(told["judged"])]
    if page["fetched_at"]:
        status = f"HTTP {page['status']}" if page["status"] else "no answer"
        lines.append(f"  asked     {utc(page['fetched_at'])}: {status}, {page['fetches']} answers in all")
    lines += [f"  read      as {page['kind']}, encoding {page['encoding']}"] if page["kind"] else []
    lines.append(f"  state     {page['state'].replace('_', ' ')}" + (f": {page['reason']}" if page["reason"] else ""))
    if visit := told["visit"]:
        due = f"due again {utc(visit['next_due'])}" if visit["next_due"] is not None else "not due again by itself"
        lines.append(f"  visits    {visit['visits']}, {due}" + (f"; {visit['misses']} in a row without a good answer" if visit["misses"] else ""))
    lines += [f"  leads to  {told['redirected_to']}"] if told["redirected_to"] else []
    if article:
        lines += [f"  article   {article['title']}", f"            {article['id']}, revision {article['revision']}, of {article['url']}"]
        if article["gone_at"]:
            lost = f"  withheld  {utc(article['gone_at'])}: {article['withheld']}" if article["withheld"] else None
            lines.append(lost or f"  gone      {utc(article['gone_at'])}: its page is no longer there")
        lines += list(_rights(told))
        lines += [f"  kept      as a duplicate of {article['id']}, {told['duplicate']['id']}"] if told["duplicate"] else []
        lines += list(_cluster(told["cluster"], page["url"]))
        lines += [f"  repairs   {one['field']}: {one['count']} {one['kind']}" for one in article["record"]["repairs"]]
        lines += [f"            {one['before']!r} -> {one['after']!r}{_doubt(one)}" for one in article["examples"][:3]]
    if "versions" in told:
        from newscrawler.cli.diff import diff_lines

        lines += diff_lines(told["versions"], colour=sys.stdout.isatty())
    return lines


def _rights(told: dict[str, Any]) -> Iterator[str]:
    """What is said about the use of what the page has, and whether that left no copy; nothing where another page has the article."""
    own = told["duplicate"] or (told["article"]["record"] if told["article"]["url"] == told["page"]["url"] else None)
    rights = own["rights"] if own else {}
    for number, (name, value) in enumerate((name, value) for name, value in rights.items() if value):
        yield f"  {'' if number else 'rights':<10}{name}: {value}"
    if not told["body_kept"] and not allows(rights, "archive"):
        yield f"  {'':<10}no copy of the page is kept: noarchive"


def _cluster(cluster: dict[str, Any] | None, url: str) -> Iterator[str]:
    """The near-duplicates of an article and where the story likely comes from; nothing for one that has none."""
    if cluster is None or cluster["size"] < 2:
        return
    yield f"  cluster   {cluster['id']}: {cluster['size']} copies of one story"
    for member in cluster["members"][:MOST_MEMBERS]:
        words = [f"published {member['date_published']}"] if member["date_published"] else []
        words += [f"credits {member['credit']}"] if member["credit"] else []
        words += ["a duplicate"] if member["duplicate_of"] else []
        words += ["gone"] if member["gone"] else []
        words += ["this page" if member["url"] == url else f"near this page: {member['likeness']}" if member["likeness"] else "too short to compare"]
        yield f"            {member['url']}: {'; '.join(words)}"
    yield f"  origin    likely {cluster['origin']['url']}: {'; '.join(cluster['origin']['reasons'])}"


def _doubt(example: dict[str, Any]) -> str:
    """What to say of a repair that is a guess."""
    confidence = example.get("confidence", 1.0)
    return f" (a guess: {confidence:.0%})" if confidence < 0.9 else ""
