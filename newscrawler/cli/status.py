"""newscrawler status: what the collection holds."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click

from newscrawler.cli import options

MISSES = 30 * 86_400.0  # seconds in which due times that had no run are told, and start pages that brought nothing


@click.command("status")
@options.db
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(db: str, as_json: bool) -> None:
    """Print what the collection holds: pages by state, articles, start pages and feeds that brought nothing, open alerts of the yield
    guard, the last run of each source, and due times that had none."""
    from newscrawler.report.words import line
    from newscrawler.store import alerts, reading, scheduled, starts

    with options.opened(db) as engine:
        counts = reading.counts(engine)
        runs, missed = scheduled.latest_runs(engine), scheduled.misses(engine, time.time() - MISSES)
        open_alerts, unsent = alerts.open_alerts(engine), alerts.unsent(engine)
        fruitless = starts.fruitless(engine, time.time() - MISSES)
        if as_json:
            counts["fruitless_starts"] = [{"url": url, "reason": reason} for url, reason in fruitless]
            counts["schedule"] = {run.source: asdict(run) for run in runs}
            counts["missed"] = {gap.source: {name: getattr(gap, name) for name in ("missed", "missed_from", "due", "reason")} for gap in missed}
            counts["alerts"] = [asdict(alert) for alert in open_alerts]
            counts["unsent"] = unsent
            options.put(json.dumps(counts, ensure_ascii=False))
            return
        for state, number in counts["pages"].items():
            if number or state in ("fetched", "queued", "stored", "total"):
                options.put(f"{number:>10,}  pages {state.replace('_', ' ')}")
        for name in ("articles", "articles_gone", "articles_withheld", "duplicates", "clusters", "revisions", "links", "forgotten", "runs"):
            if counts[name] or name not in ("articles_gone", "articles_withheld"):
                options.put(f"{counts[name]:>10,}  {name.replace('_', ' ')}")
        if counts["undone"]:
            options.put(f"            repairs not made here: {', '.join(counts['undone'])}")
        for state, reason, number in reading.reasons(engine):
            options.put(f"{number:>10,}  {state}: {reason}")
        for url, reason in fruitless:
            options.put(f"   nothing  {url}: {reason}")
        for run in runs:
            due = _at(run.due)
            added = "" if run.articles is None else f", {run.articles:,} new articles of {run.fetched:,} pages"
            options.put(f"            {run.source}: due {due}: {run.reason or 'runs'}{added}")
        for gap in missed:
            options.put(f"    missed  {gap.source}: {gap.missed:,} due times in the last 30 days, the last {_at(gap.due)}: {gap.reason}")
        for alert in open_alerts:
            options.put(f"     alert  {line(alert, 'out')}")
        for one in unsent:
            options.put(f"  not sent  {one['event']} of alert {one['alert_id']} to {one['channel']}, tried {one['attempts']} times: {one['error']}")


def _at(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
