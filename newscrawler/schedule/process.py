"""One crawl as a process of its own: `newscrawler crawl --sources FILE --only NAME --db DB`, FILE being a copy (accepted.py)."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

_PR_SET_PDEATHSIG = 1  # Linux: prctl(2)


class Process(Protocol):
    """What a run needs of a process."""

    def poll(self) -> int | None:
        """The exit code (negative: the signal that ended it), None while it runs."""

    def stop(self) -> None:
        """Asks it to end, whole pages first."""

    def kill(self) -> None:
        """Ends it now."""


class Command:
    """A command as a process in a process group of its own: Ctrl-C in a terminal reaches the schedule, which then decides.

    Its stdout goes nowhere, its stderr where the schedule's goes. Where the system can (Linux), it is asked to stop when the schedule
    dies; elsewhere it ends by itself, and until then the lock of the database keeps another crawl off.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  the words are our own command and the user's
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0, preexec_fn=_end_with_parent(os.getpid())
        )

    def poll(self) -> int | None:
        """The exit code (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """SIGTERM to the group."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the group."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:  # else the group may be another's by now
            os.killpg(self._process.pid, number)


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: after it only the call is left to do

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(143)

    return ask


def crawl_words(file: str, folder: str, source: str, db: str, more: Sequence[str] = ()) -> list[str]:
    """The command of one run, by the same Python as this one; `folder` is where the file was copied from."""
    return [sys.executable, "-m", "newscrawler.cli.scheduled", folder, "crawl", "--sources", file, "--only", source, "--db", db, *more]
