"""newscrawler schema: the JSON Schema of the record."""

from __future__ import annotations

import json

import click

from newscrawler.cli import options


@click.command("schema")
def command() -> None:
    """Print the JSON Schema (2020-12) that every exported line validates against."""
    from newscrawler.export import record_schema

    options.put(json.dumps(record_schema(), ensure_ascii=False, indent=2))
