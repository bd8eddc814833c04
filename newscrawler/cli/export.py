"""newscrawler export: the collected articles as JSON lines."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from newscrawler.cli import options
from newscrawler.exceptions import DiskFull, UsageError
from newscrawler.rights import USES, allows


@click.command("export")
@options.db
@click.option("-o", "--output", default="-", help="A file, made anew; - for stdout.")
@click.option("--since", type=click.IntRange(min=0), default=0, metavar="SEQ", help="Only what changed after this number, deletions too.")
@click.option("--site", help="Only this registrable domain.")
@click.option("--revisions", "every", is_flag=True, help="Every version of each article.")
@click.option("--keep-duplicates", is_flag=True, help="Duplicates too, each with duplicate_of.")
@click.option("--rights", "uses", multiple=True, type=click.Choice(USES), help="Only articles whose publisher does not refuse this use (repeatable).")
@options.script
def command(
    db: str, output: str, since: int, site: str | None, every: bool, keep_duplicates: bool, uses: tuple[str, ...], script: str | None
) -> None:
    """Print the collected articles, one JSON object a line, in the order of change."""
    from newscrawler.export import dumps, in_script
    from newscrawler.store import reading

    with options.opened(db) as engine, _opened(output) as file:
        for seq, found in reading.exported(engine, since=since, site=site, every_revision=every, keep_duplicates=keep_duplicates):
            record = _record(seq, found)
            if not all(allows(record["rights"], use) for use in uses):
                continue
            file.write(dumps(in_script(record, script) if script else record) + "\n")


def _record(seq: int, found: Any) -> dict[str, Any]:
    """The record as stored, or that of a tombstone."""
    if isinstance(found, dict):
        return found
    from newscrawler.export import deleted_record
    from newscrawler.export.collected import utc

    return deleted_record(found["article_id"], seq, found["url"], utc(found["deleted_at"]))


@contextmanager
def _opened(where: str) -> Iterator[TextIO]:
    """stdout, or a file that appears whole or not at all."""
    if where == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    target = Path(where).resolve()  # a link stays, and what it leads to is made anew
    half = target if target.exists() and not target.is_file() else target.with_name(f"{target.name}.part")  # a pipe, a device: as it is
    try:
        with half.open("w", encoding="utf-8") as file:
            yield file
        if half != target:
            half.replace(target)
    except OSError as error:
        if half != target:
            half.unlink(missing_ok=True)
        kind = DiskFull if error.errno == errno.ENOSPC else UsageError
        raise kind(f"-o {where}: cannot be written ({error.strerror})") from error
