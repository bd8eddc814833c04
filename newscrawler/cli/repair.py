"""newscrawler repair: stdin to stdout, repaired."""

from __future__ import annotations

import sys
from collections import Counter

import click

from newscrawler.cli import options


@click.command("repair")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was repaired.")
def command(quiet: bool) -> None:
    """Repair text: reads bytes of any encoding from stdin, writes UTF-8 to stdout, says on stderr what was done."""
    from newscrawler import clean_text, decode_page

    decoded = decode_page(sys.stdin.buffer.read())
    cleaned = clean_text(decoded.text)
    sys.stdout.buffer.write(cleaned.text.encode("utf-8"))
    if quiet:
        return
    options.tell(f"read as {decoded.encoding}")
    for kind, number in Counter(repair.kind for repair in (*decoded.repairs, *cleaned.repairs)).items():
        options.tell(f"{kind}: {number}")
