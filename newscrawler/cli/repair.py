"""newscrawler repair: stdin, or a file, to stdout, repaired; on a terminal, what was changed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import BinaryIO

import click

from newscrawler.cli import options

MAX_COMPARED = 2000


@click.command("repair")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was repaired.")
@click.option("--diff/--no-diff", default=None, help="Show the changed lines, or the whole repaired text. Default: the changes on a terminal.")
@options.script
def command(file: BinaryIO, quiet: bool, diff: bool | None, script: str | None) -> None:
    """Repair text: reads bytes of any encoding from stdin or FILE, writes UTF-8 to stdout, says on stderr what was done. FILE stays as it is."""
    from newscrawler import clean_text, decode_page
    from newscrawler.clean.edits import MAX_REPAIRS

    body = file.read()
    decoded = decode_page(body)
    cleaned = clean_text(decoded.text)
    text = cleaned.text
    if script:
        from newscrawler.clean.script import changed_characters, to_script

        text = to_script(text, script)
    if sys.stdout.isatty() if diff is None else diff:
        text = "".join(f"{line}\n" for line in changed_lines(body.decode(decoded.encoding, "replace"), text))
        click.echo(text or "nothing to repair\n", nl=False)
    else:
        sys.stdout.buffer.write(text.encode("utf-8"))
    if quiet:
        return
    options.tell(f"read as {decoded.encoding}")
    for kind, number in Counter(repair.kind for repair in (*decoded.repairs, *cleaned.repairs)).items():
        options.tell(f"{kind}: {number}{' or more' if number >= MAX_REPAIRS else ''}")
    if script:
        options.tell(f"script: {changed_characters(cleaned.text, text)}")
    if cleaned.lost:
        options.tell(f"lost for good, or guessed: {cleaned.lost} characters")


def changed_lines(before: str, after: str) -> Iterator[str]:
    """Yields each line that differs, with its number: what went in red and [-brackets-], what came in green and {+brackets+}.

    >>> [click.unstyle(line) for line in changed_lines("一\\n產(chǎn)品", "一\\n產品")]
    ['2: 產[-(chǎn)-]品']
    """
    old, new = before.splitlines(), after.splitlines()
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            for offset in range(max(last - first, end - start)):
                ours = old[first + offset] if first + offset < last else ""
                theirs = new[start + offset] if start + offset < end else ""
                yield f"{click.style(f'{start + offset + 1}:', dim=True)} {_marked(ours, theirs)}"


def _marked(before: str, after: str) -> str:
    """Returns one line with what went and what came."""
    if max(len(before), len(after)) > MAX_COMPARED:  # comparing takes the square of the length
        return f"{click.style(f'[-{before}-]', fg='red')}{click.style(f'{{+{after}+}}', fg='green')}"
    pieces = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(before[first:last])
            continue
        if last > first:
            pieces.append(click.style(f"[-{before[first:last]}-]", fg="red"))
        if end > start:
            pieces.append(click.style(f"{{+{after[start:end]}+}}", fg="green"))
    return "".join(pieces)
