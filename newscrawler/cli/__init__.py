"""The command line: one short file per command, each parses, calls one plain function and prints.

Data goes to stdout, everything else to stderr. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any

import click

from newscrawler import __version__
from newscrawler.exceptions import DiskFull, NewscrawlerError

COMMANDS = {
    "audit": "Prove that the ledger adds up.",
    "crawl": "Crawl news from start pages into a database.",
    "db": "Look after a database.",
    "demo": "The main job on the bundled sample site.",
    "export": "Print the collected articles as JSON lines.",
    "extract": "One page to one JSON line.",
    "forget": "Remove an article or a site for good.",
    "init": "Write a commented sources.toml.",
    "reextract": "Read every kept page again, without a request.",
    "repair": "Repair text: stdin, or a file, to stdout.",
    "schedule": "Run the sources of sources.toml when they are due.",
    "schema": "Print the JSON Schema of the record.",
    "status": "Print what the collection holds.",
    "why": "Tell one URL's story.",
}


class Commands(click.Group):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"newscrawler.cli.{cmd_name}").command  # type: ignore[no-any-return]

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; a reader of its output that has gone (`| head`) is no error, though click takes it for one."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _silence_stdout()
            return 0
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, from the table: it imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="newscrawler %(version)s")
def group() -> None:
    """Crawl news: from a URL to clean JSON lines, and nothing lost on the way."""


def main(untold: tuple[type[NewscrawlerError], ...] = ()) -> int:
    """Runs the command line; returns the exit code (docs/operations.md). An error of ours is one line on stderr, unless it is `untold`."""
    try:
        result = group.main(standalone_mode=False)
    except click.UsageError as error:
        if error.ctx is None or isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
        else:
            said = error.format_message().rstrip(".")
            print(f"newscrawler: {said}. See `{error.ctx.command_path} --help`.", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except NewscrawlerError as error:
        if not isinstance(error, untold):
            print(f"newscrawler: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except OSError as error:  # what a command did not expect: a full disk behind stdout, say
        print(f"newscrawler: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)  # noqa: T201
        _silence_stdout()
        return DiskFull.exit_code if error.errno == errno.ENOSPC else 1
    return result if isinstance(result, int) else 0


def _silence_stdout() -> None:
    """Lets what is still buffered go nowhere: Python would complain while closing stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
