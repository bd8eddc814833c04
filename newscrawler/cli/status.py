"""newscrawler status: what the collection holds."""

from __future__ import annotations

import json

import click

from newscrawler.cli import options


@click.command("status")
@options.db
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(db: str, as_json: bool) -> None:
    """Print what the collection holds: pages by state, articles, the last run."""
    from newscrawler.store import reading

    with options.opened(db) as engine:
        counts = reading.counts(engine)
        if as_json:
            options.put(json.dumps(counts, ensure_ascii=False))
            return
        for state, number in counts["pages"].items():
            if number or state in ("fetched", "queued", "stored", "total"):
                options.put(f"{number:>10,}  pages {state.replace('_', ' ')}")
        for name in ("articles", "articles_gone", "duplicates", "clusters", "revisions", "links", "forgotten", "runs"):
            if counts[name] or name != "articles_gone":
                options.put(f"{counts[name]:>10,}  {name.replace('_', ' ')}")
        if counts["undone"]:
            options.put(f"            repairs not made here: {', '.join(counts['undone'])}")
        for state, reason, number in reading.reasons(engine):
            options.put(f"{number:>10,}  {state}: {reason}")
