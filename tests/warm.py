"""Commands in processes of their own, without their start-up: a server that has imported everything forks one for each.

Importing Scrapy, SQLAlchemy and newscrawler costs more than what most tests do with a command. A forked process is as much its own as one
that is started: its own memory, event loop, files, folder, environment, signals and end; nothing it does is seen by the next one.

What is different, and proved by commands that are started cold (the `crawled` fixture, test_cold, test_schedule_command, test_wheel): that a command
imports what it needs, and that two processes do not depend on one seed of hashes. The server imports and calls nothing, so no cache is
filled, and it refuses to work with a reactor or a second thread, which a fork would break.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from select import select
from typing import Any

PROGRAMS = {"newscrawler": ("newscrawler.cli", "main"), "scrapy": ("scrapy.cmdline", "execute")}
# What Scrapy imports by names in its settings, or as late as it can.
_SCRAPY = """
    cmdline commands.crawl core.downloader.handlers.http11 core.engine core.scheduler core.scraper crawler downloadermiddlewares.redirect
    downloadermiddlewares.defaultheaders downloadermiddlewares.downloadtimeout downloadermiddlewares.httpcompression downloadermiddlewares.httpproxy
    downloadermiddlewares.stats downloadermiddlewares.useragent extensions.closespider extensions.corestats extensions.feedexport
    extensions.logstats extensions.memusage extensions.throttle pqueues robotstxt spiderloader spidermiddlewares.start squeues statscollectors utils.reactor
""".split()


class Warm:
    """The server, as a test sees it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # threads are not forked
            # Pipes, as the commands will have: what Python found out about its streams at the start, it keeps.
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
            self._server = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment, **streams)

    def start(
        self, words: tuple[str, ...], stdin: int, stdout: int, stderr: int, cwd: Path | None = None, before: str = "", program: str = "newscrawler"
    ) -> Process:
        """A command that runs; its three streams are the given file descriptors. `before` is Python that it runs first."""
        asked = {"words": words, "cwd": str(cwd or Path.cwd()), "before": before, "program": program, "environment": dict(os.environ)}
        told, tell = os.pipe()
        try:
            socket.send_fds(self._socket, [json.dumps(asked).encode()], [stdin, stdout, stderr, tell])
        finally:
            os.close(tell)
        process = Process(told)
        if process.pid is None:
            raise RuntimeError(f"the server of commands is gone: {self._server.communicate()[1].decode()}")
        return process

    def close(self) -> None:
        """Ends the server."""
        self._socket.close()
        self._server.communicate(timeout=20)


class Process:
    """A command that was started."""

    def __init__(self, told: int) -> None:
        self._told = told
        self._code: int | None = None
        line = self._line(time.monotonic() + 120)
        self.pid = int(line) if line else None

    def _line(self, until: float) -> str:
        """The next line of the server; "" when there will be none. Raises TimeoutExpired."""
        said = b""
        while not said.endswith(b"\n"):
            if not select([self._told], [], [], max(0.0, until - time.monotonic()))[0]:
                raise subprocess.TimeoutExpired("a command", 0)
            one = os.read(self._told, 1)
            if not one:
                return ""
            said += one
        return said.decode()

    def wait(self, timeout: float) -> int:
        """The exit code, negative for a signal, as of subprocess.Popen."""
        if self._code is None:
            self._code = int(self._line(time.monotonic() + timeout))
            os.close(self._told)
        return self._code

    def send_signal(self, number: int) -> None:
        """Sends a signal to a command that has not ended."""
        if self._code is None and self.pid is not None:
            os.kill(self.pid, number)

    def end(self) -> None:
        """Kills what still runs."""
        if self._code is None:
            self.send_signal(signal.SIGKILL)
            self.wait(20)


def _import_all() -> None:
    import newscrawler

    for module in pkgutil.walk_packages(newscrawler.__path__, "newscrawler."):
        if not module.name.startswith(("newscrawler.store.migrations", "newscrawler.__main__")):
            importlib.import_module(module.name)
    for name in _SCRAPY:
        importlib.import_module(f"scrapy.{name}")
    for name in ("numpy", "psycopg", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.postgresql.psycopg", "twisted.internet.asyncioreactor"):
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor was installed: a fork would share it"
    assert threading.active_count() == 1


def _serve(asking: socket.socket) -> Mapping[str, Any]:
    """Forks a process for each request; returns in that process alone, with the request."""
    while True:
        message, files, _, _ = socket.recv_fds(asking, 1 << 20, 4)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # waited for, so that what they cost is counted with the tests
                pass
        if not message:
            os._exit(0)
        if os.fork():
            for file in files:
                os.close(file)
            continue
        asking.close()
        *streams, tell = files
        pid = os.fork()
        if pid == 0:
            os.close(tell)
            for place, file in enumerate(streams):
                os.dup2(file, place)
                os.close(file)
            return json.loads(message)
        for file in streams:
            os.close(file)
        os.write(tell, b"%d\n" % pid)
        os.write(tell, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)


if __name__ == "__main__":
    sys.path[0] = ""  # as of `python -c`: the tests' folder is nobody's
    _import_all()
    gc.freeze()  # a collection in a child would copy every page of memory
    asked = _serve(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.argv = ["-c", *asked["words"]]
    exec(asked["before"])
    module, function = PROGRAMS[asked["program"]]
    sys.exit(getattr(sys.modules[module], function)())
