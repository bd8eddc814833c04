"""newscrawler schedule: runs the sources when they are due."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from newscrawler.cli import options
from newscrawler.cli.crawl import check_output
from newscrawler.cli.crawl import command as crawl
from newscrawler.config import Source, read_sources
from newscrawler.exceptions import UsageError


@click.command("schedule")
@click.argument("crawl_options", nargs=-1, metavar="[-- OPTIONS OF CRAWL]")
@click.option("--sources", default="sources.toml", show_default=True, metavar="FILE", help="The sources, with `every` or `cron` (see `newscrawler init`).")
@click.option("--tag", multiple=True, metavar="TAG", help="Only sources with this tag (repeatable: with any of them).")
@click.option("--db", default="data/news.db", show_default=True, help="Keeps what ran when, and the news of sources without a `db`.")
@click.option("--once", is_flag=True, help="Run what is due now, then exit: 0 when every run was done, else 1.")
@click.option("--list", "listing", is_flag=True, help="Print what is due when, and how the last runs ended.")
@click.option("--history", is_flag=True, help="Print past runs, and due times that had none, newest first.")
@click.option("--only", metavar="NAME", help="With --history: only those of this source.")
@click.option("--last", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="With --history: so many.")
@click.option("--print", "printed", type=click.Choice(["systemd", "cron"]), help="Print a unit or crontab lines for this very command.")
def command(sources: str, tag: tuple[str, ...], db: str, once: bool, listing: bool, history: bool, only: str | None, last: int, **more: Any) -> int:
    """Run each source when it is due, as a crawl in a process of its own: never twice, never two at once, and late rather than never.

    SIGHUP reads the file again, SIGTERM waits for what runs, a second one stops it. What stands after -- goes to every crawl.
    """
    crawl_options, printed = more["crawl_options"], more["printed"]
    if history:
        options.put(*_history(db, only, last))
        return 0
    if only is not None:
        raise UsageError("--only is for --history: to run some of the sources give them tags, and --tag")
    output = _check_options(crawl_options)
    chosen = _tagged(read_sources(sources), frozenset(tag))
    if printed:
        _print(printed, chosen, sources, tag, db, crawl_options)
        return 0
    if not any(source.every or source.cron for source in chosen):
        raise UsageError(f"{sources}: no source{' with this tag' if tag else ''} has a schedule: write every = \"15m\" or a cron line")
    if listing:
        options.put(*_listed(chosen, db))
        return 0
    check_output(output)
    return _serve(sources, frozenset(tag), db, crawl_options, once)


_REFUSED = {
    "sources": "--sources after --: the schedule gives it to each crawl: write it before the --",
    "only": "--only after --: the schedule gives it to each crawl",
    "db": "--db after --: the schedule gives it to each crawl: write it before the --",
    "listing": "--list after --: such a crawl stores nothing",
}
"""Options of crawl that no scheduled one can be given."""


def _check_options(words: Sequence[str]) -> str | None:
    """Returns the -o of what stands after --, and runs nothing. Raises UsageError where it is no option of crawl, or a bad value: each run would fail."""
    from newscrawler.frontier.scope import compiled

    try:
        with crawl.make_context("crawl", list(words), help_option_names=[]) as context:
            given = {name for name in context.params if context.get_parameter_source(name) == ParameterSource.COMMANDLINE}
    except click.ClickException as error:
        raise UsageError(f"what stands after -- goes to every crawl: {error.format_message()}") from error
    if context.params["urls"]:
        raise UsageError(f"what stands after -- are options for every crawl, and {context.params['urls'][0]!r} is none")
    for name, said in _REFUSED.items():
        if name in given:
            raise UsageError(said)
    for name in ("include", "exclude"):
        compiled(f"--{name}", context.params[name])
    output: str | None = context.params["output"]
    if output == "-":
        raise UsageError("-o - after --: nobody reads the output of a scheduled crawl: give a file")
    return output


def _tagged(sources: Sequence[Source], tags: frozenset[str]) -> list[Source]:
    return [source for source in sources if not tags or tags & set(source.tags)]


def _serve(file: str, tags: frozenset[str], db: str, more: Sequence[str], once: bool) -> int:
    from newscrawler.schedule import Daemon, Job, loop
    from newscrawler.schedule.accepted import Accepted
    from newscrawler.schedule.process import Command, crawl_words
    from newscrawler.store import scheduled

    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO, stream=sys.stderr)
    accepted = Accepted(file)

    def read() -> Sequence[Source]:
        return _tagged(accepted.read(), tags)

    def start(source: str, where: str) -> Command:
        return Command(crawl_words(accepted.copy(), accepted.folder, source, where, more))

    def job_of(source: Source) -> Job:
        where = source.db or db
        return Job(scheduled.slot_of(where), partial(start, source.name, where), partial(scheduled.totals, where))

    sources = read()
    engine = scheduled.open_schedule(db)
    try:
        daemon = Daemon(engine, sources, job_of, once=once)
        loop.run(daemon, read)
    finally:
        engine.dispose()
        accepted.close()
    return 1 if once and daemon.failures else 0


def _listed(chosen: Sequence[Source], db: str) -> list[str]:
    """One line a source: name, rhythm, next due time in its zone, how the last run ended."""
    import time

    from newscrawler.schedule import timetable_of

    now, last = time.time(), _last_runs(db)
    rows = [("source", "rhythm", "next due", "last due", "last result")]
    for source in chosen:
        zone, table, run = source.time_zone or "UTC", timetable_of(source), last.get(source.name)
        due = table.next(now) if table else None
        if table and run is None:
            due = now
        result = "never ran" if run is None else run.reason or f"runs since {_at(run.started_at, zone)}"
        rows.append((source.name, _rhythm(source), _at(due, zone) if due else "never by itself", _at(run.due, zone) if run else "-", result))
    return _columns(rows)


def _history(db: str, only: str | None, last: int) -> list[str]:
    """One line a run, or a gap of due times without one. It needs no sources: they may be gone by now."""
    from newscrawler.store import scheduled

    with options.opened(db) as engine:
        found = scheduled.history(engine, only, last)
    rows: list[tuple[str, ...]] = [("source", "due", "started", "seconds", "pages", "new articles", "result")]
    for run in found:
        if run.missed:
            since = _at(run.missed_from or run.due, "UTC")
            rows.append((run.source, _at(run.due, "UTC"), "-", "-", "-", "-", f"missed: {run.missed:,} from {since} on: {run.reason}"))
            continue
        seconds = "-" if run.ended_at is None or run.started_at is None else f"{run.ended_at - run.started_at:,.0f}"
        counts = ["-" if number is None else f"{number:,}" for number in (run.fetched, run.articles)]
        started = "-" if run.started_at is None else _at(run.started_at, "UTC")
        again = f" (attempt {run.attempts})" if run.attempts > 1 else ""
        rows.append((run.source, _at(run.due, "UTC"), started, seconds, *counts, (run.reason or "runs") + again))
    return _columns(rows)


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _last_runs(db: str) -> dict[str, Any]:
    from newscrawler.store import connect, database_url, scheduled

    url = database_url(db)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return {}
    engine = connect(db)
    try:
        return {run.source: run for run in scheduled.latest_runs(engine)}
    finally:
        engine.dispose()


def _rhythm(source: Source) -> str:
    if source.every is None:
        return source.cron or "-"
    number = next((size, unit) for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if source.every % size == 0)
    return f"every {source.every // number[0]}{number[1]}"


def _at(moment: float, zone: str) -> str:
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S ") + zone


def _without_password(db: str) -> tuple[str, str]:
    """The URL of a database as a unit and a list of processes may show it, and a comment on where the password goes."""
    from newscrawler.store import scheduled

    bare, line = scheduled.without_password(db)
    if line is None:
        return db, ""
    return bare, f"# The password is left out: PostgreSQL's client takes it from ~/.pgpass (mode 600) of the user who runs this, as the line\n#   {line}\n"


def _print(kind: str, chosen: Sequence[Source], file: str, tags: Sequence[str], db: str, more: Sequence[str]) -> None:
    from newscrawler.schedule import Timing
    from newscrawler.schedule.units import cron_lines, systemd_unit

    program = shutil.which("newscrawler")
    words = [str(Path(program).absolute())] if program else [sys.executable, "-m", "newscrawler"]
    where, secret = (str(Path(db).absolute()), "") if "://" not in db else _without_password(db)
    words += ["schedule", "--sources", str(Path(file).absolute()), "--db", where, *(word for tag in tags for word in ("--tag", tag))]
    folder = str(Path.cwd())
    rest = ["--", *more] if more else []
    if kind == "systemd":
        longest = max((source.time_limit or int(Timing().time_limit) for source in chosen), default=0)
        options.put(secret + systemd_unit([*words, *rest], folder, longest + int(Timing().grace) + 10).rstrip())
    else:
        options.put(secret + cron_lines([*words, "--once", *rest], folder, str(Path(folder) / "newscrawler-schedule.log")).rstrip())
