"""newscrawler export: the collected articles as JSON lines."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from newscrawler.cli import options
from newscrawler.cli.waiting import until_stopped
from newscrawler.exceptions import DiskFull, FileBusy, UsageError
from newscrawler.rights import USES


@click.command("export")
@options.db
@click.option("-o", "--output", default="-", help="A file, made anew; - for stdout.")
@click.option("--since", type=click.IntRange(min=0), metavar="SEQ", help="Only what changed after this number, deletions too.")
@click.option("--append", is_flag=True, help="Go on at the end of the file, after the change that its last line has.")
@click.option("--follow", is_flag=True, help="Go on as changes come, until SIGINT or SIGTERM.")
@click.option("--site", help="Only this registrable domain.")
@click.option("--revisions", "every", is_flag=True, help="Every version of each article.")
@click.option("--keep-duplicates", is_flag=True, help="Duplicates too, each with duplicate_of.")
@click.option("--rights", "uses", multiple=True, type=click.Choice(USES), help="Only articles whose publisher does not refuse this use (repeatable).")
@options.script
def command(
    db: str, output: str, since: int | None, append: bool, follow: bool, site: str | None, every: bool, keep_duplicates: bool,
    uses: tuple[str, ...], script: str | None,
) -> None:  # fmt: skip
    """Print the collected articles, one JSON object a line, in the order of change."""
    from newscrawler.export.following import Wanted

    if append and output == "-":
        raise UsageError("--append: say with -o which file")
    if follow and output != "-" and not append:
        raise UsageError("--follow: write to stdout, or with --append to a file")
    wanted = Wanted(since or 0, site, every, keep_duplicates, uses)
    with options.opened(db) as engine:
        if append:
            _append(engine, output, since, wanted, follow, script)
        elif follow:
            _follow(engine, wanted, script)
        else:
            _export(engine, output, wanted, script)


def _export(engine: Any, output: str, wanted: Any, script: str | None) -> None:
    """One state of the collection, whole."""
    from newscrawler.export.following import complete

    with _opened(output) as file:
        for record in complete(engine, wanted):
            file.write(_line(record, script))


def _follow(engine: Any, wanted: Any, script: str | None) -> None:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with until_stopped(sys.stdout.fileno()) as waiting:

        def write(lines: str) -> None:
            sys.stdout.write(lines)
            sys.stdout.flush()

        _write_changes(engine, wanted, script, write, waiting)


def _append(engine: Any, output: str, since: int | None, wanted: Any, follow: bool, script: str | None) -> None:
    from dataclasses import replace

    from newscrawler.export.appending import AppendedFile
    from newscrawler.store import reading

    with AppendedFile(output) as file, until_stopped() as waiting:
        if file.cut:
            options.tell(f"newscrawler: -o {output}: a torn last line of {file.cut} bytes was cut off")
        if file.seq is not None:
            if since is not None:
                raise UsageError(f"--since: {output} goes on after its last line (seq {file.seq}): leave --since out, or give a new file")
            if file.seq > (newest := reading.newest_seq(engine)):
                raise UsageError(f"-o {output}: goes up to seq {file.seq}, this database only to {newest}: it was written from another one")
            wanted = replace(wanted, since=file.seq)
        _write_changes(engine, wanted, script, file.write, waiting, follow)


def _write_changes(engine: Any, wanted: Any, script: str | None, write: Callable[[str], None], waiting: Any, follow: bool = True) -> None:
    from newscrawler.export.following import portions

    for records in portions(engine, wanted, waiting.pause if follow else None):
        write("".join(_line(record, script) for record in records))
        if waiting.stopped:
            return


def _line(record: dict[str, Any], script: str | None) -> str:
    from newscrawler.export import dumps, in_script

    return dumps(in_script(record, script) if script else record) + "\n"


@contextmanager
def _opened(where: str) -> Iterator[TextIO]:
    """stdout, or a file that appears whole or not at all."""
    if where == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    target = Path(where).resolve()  # a link stays, and what it leads to is made anew
    half = target if target.exists() and not target.is_file() else target.with_name(f"{target.name}.part")  # a pipe, a device: as it is
    from newscrawler.export.appending import is_appended_to

    try:
        if is_appended_to(target):  # it would go on in a file that nobody sees
            raise FileBusy(f"-o {where}: another export appends to this file: give another name, or stop it")
        with half.open("w", encoding="utf-8") as file:
            yield file
        if half != target:
            half.replace(target)
    except OSError as error:
        if half != target:
            half.unlink(missing_ok=True)
        kind = DiskFull if error.errno == errno.ENOSPC else UsageError
        raise kind(f"-o {where}: cannot be written ({error.strerror})") from error
