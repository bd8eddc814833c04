"""newscrawler audit: the proof that the ledger adds up."""

from __future__ import annotations

import click

from newscrawler.cli import options
from newscrawler.exceptions import DatabaseBusy


@click.command("audit")
@options.db
def command(db: str) -> int:
    """Prove that the ledger adds up: exit code 0 only when it does."""
    from newscrawler.store import hold, reading
    from newscrawler.store.audit import findings

    with options.opened(db) as engine:
        try:
            with hold(engine):
                wrong = list(findings(engine))
        except DatabaseBusy:
            options.tell("a crawl is running: pages in flight are not judged")
            wrong = list(findings(engine, idle=False))
        for what, rows in wrong:
            options.put(f"WRONG: {what}", *(f"    {row}" for row in rows))
        counts = reading.counts(engine)
        by_state = ", ".join(f"{number} {state}" for state, number in counts["pages"].items() if number and state not in ("fetched", "total"))
        options.put(f"{counts['pages']['total']} pages = {by_state or 'none'}; {counts['articles']} articles")
        options.put("the ledger does not add up" if wrong else "the ledger adds up")
    return 1 if wrong else 0
