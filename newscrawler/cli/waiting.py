"""Waits that a signal or a reader that has gone ends at once: for commands that go on until they are stopped."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Waiting:
    """`until_stopped` gives one; `stopped` is True after SIGINT or SIGTERM, or when nobody reads the output any more."""

    def __init__(self, wakeup: int, output: int | None) -> None:
        self.stopped = False
        self._wakeup = wakeup
        self._poll = select.poll()
        self._poll.register(wakeup, select.POLLIN)
        if output is not None:
            self._poll.register(output, 0)  # no event but the end of its reader: POLLERR

    def pause(self, seconds: float) -> bool:
        """Waits so long, or until it is stopped; returns whether to go on."""
        if not self.stopped:
            found = self._poll.poll(seconds * 1000)
            self.stopped = self.stopped or any(handle != self._wakeup for handle, _ in found)
        return not self.stopped

    def stop(self, signum: int, _frame: FrameType | None) -> None:
        """The first signal ends what goes on, in good order; the next one of its kind ends the process."""
        self.stopped = True
        signal.signal(signum, signal.SIG_DFL)


@contextmanager
def until_stopped(output: int | None = None) -> Iterator[Waiting]:
    """Takes SIGINT and SIGTERM as the wish to end; `output` is the file descriptor whose reader counts. For the main thread."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    waiting = Waiting(reader, output)
    before = {number: signal.signal(number, waiting.stop) for number in (signal.SIGINT, signal.SIGTERM)}
    wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield waiting
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
