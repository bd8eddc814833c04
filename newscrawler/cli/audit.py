"""newscrawler audit: the proof that the ledger adds up."""

from __future__ import annotations

import click

from newscrawler.cli import options


@click.command("audit")
@options.db
def command(db: str) -> int:
    """Prove that the ledger adds up: exit code 0 only when it does."""
    from newscrawler.store import reading
    from newscrawler.store.audit import findings

    with options.opened(db) as engine:
        wrong = list(findings(engine))
        for what, rows in wrong:
            options.put(f"WRONG: {what}", *(f"    {row}" for row in rows))
        counts = reading.counts(engine)
        by_state = ", ".join(f"{number} {state}" for state, number in counts["pages"].items() if number and state not in ("fetched", "total"))
        options.put(f"{counts['pages']['total']} pages = {by_state or 'none'}; {counts['articles']} articles")
        if counts["pages"]["in_flight"]:
            options.put("in flight: being fetched now, or left by a crawl that was killed; the next crawl queues those again")
        options.put("the ledger does not add up" if wrong else "the ledger adds up")
    return 1 if wrong else 0
