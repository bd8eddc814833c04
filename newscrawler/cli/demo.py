"""newscrawler demo: the main job on the bundled sample site."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawler.cli import options
from newscrawler.items import Repair

EXAMPLES = 3


@click.command("demo")
@click.option("--folder", default="data", show_default=True, help="Where the database and the JSON lines go.")
def command(folder: str) -> int:
    """Crawl the bundled sample site, served on loopback: nothing to set up, nothing leaves this machine."""
    from newscrawler.cli.running import Options, crawl

    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    db, lines = home / "demo.db", home / "demo.jsonl"
    for old in (db, lines, *home.glob("demo.db-*"), home / "demo.db.lock"):
        old.unlink(missing_ok=True)
    from newscrawler.sample import serve

    with serve() as site:
        options.tell(f"crawling the sample site at {site} ...")
        code = crawl(Options([f"{site}/"], db=str(db), output=str(lines), delay=0, concurrency=8, allow_private=["127.0.0.1"]))
    _explain(str(db), str(lines))
    return code


def _explain(db: str, lines: str) -> None:
    """What a newcomer wants to see."""
    from newscrawler.cli.running import shown
    from newscrawler.store import reading

    with options.opened(db) as engine:
        repairs = [Repair(**one) for one in reading.examples(engine, EXAMPLES)]
    options.tell("", "repairs, for example:", *(f"  {shown(repair)}" for repair in repairs))
    options.tell(
        "",
        f"database     {db}",
        f"JSON lines   {lines}",
        f"look around  newscrawler status --db {db}",
        f"one page     newscrawler why URL --db {db}",
        "a real site  newscrawler crawl URL --limit 20 -o news.jsonl",
    )
