"""Gives a Daemon time and signals: SIGHUP reads the sources again, SIGTERM and SIGINT drain, a second one stops what runs."""

from __future__ import annotations

import logging
import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from newscrawler.config import Source
from newscrawler.exceptions import BadSource
from newscrawler.schedule.daemon import Daemon

logger = logging.getLogger(__name__)
_STOPS = (signal.SIGTERM, signal.SIGINT)


def run(daemon: Daemon, read: Callable[[], Sequence[Source]]) -> None:
    """Ticks until the daemon is finished. `read` gives the sources of now; what it refuses is told, and the old ones stay."""
    with _signals() as arrived:
        while True:
            for number in arrived(0):
                _answer(daemon, read, number)
            daemon.tick()
            if daemon.finished():
                return
            for number in arrived(daemon.timing.look):
                _answer(daemon, read, number)


def _answer(daemon: Daemon, read: Callable[[], Sequence[Source]], number: int) -> None:
    if number in _STOPS and daemon.draining:
        logger.warning("%s: stopping %d runs now", signal.Signals(number).name, len(daemon.held))
        daemon.stop()
    elif number in _STOPS:
        logger.warning("%s: waiting for %d runs to end; once more stops them", signal.Signals(number).name, len(daemon.held))
        daemon.drain()
    elif number == signal.SIGHUP:
        try:
            sources = read()
        except BadSource as error:
            logger.error("%s: the old sources stay", error)
            return
        daemon.load(sources)
        logger.info("SIGHUP: %d sources read", len(sources))


@contextmanager
def _signals() -> Iterator[Callable[[float], bytes]]:
    """Yields what waits so many seconds at most and returns the numbers of the signals that came, in order.

    The numbers go through a pipe (signal.set_wakeup_fd), so none is lost between a look and a wait. SIGCHLD only wakes.
    """
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    caught = (signal.SIGHUP, signal.SIGCHLD, *_STOPS)
    before = {number: signal.signal(number, _nothing) for number in caught}
    old = signal.set_wakeup_fd(writes)

    def arrived(seconds: float) -> bytes:
        ready, _, _ = select.select([reads], [], [], seconds)
        return os.read(reads, 256) if ready else b""

    try:
        yield arrived
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reads)
        os.close(writes)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """The pipe has the number already."""
