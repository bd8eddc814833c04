"""The sample news site, served on loopback: `with serve() as base:` gives its address while the block runs.

Pages are sent byte for byte as data/make_site.py wrote them, with the status and headers that site.json names; wrong and
missing declarations of the encoding are part of the sample. Everything is read once at the start and found by its exact
path, so no request can reach any other file.
"""

from __future__ import annotations

import json
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

from newscrawler.exceptions import NewscrawlerError

_NOT_THERE = "/404.html"
_POLL = 0.05  # seconds between two looks at whether to stop: what leaving the block may cost


@dataclass(frozen=True, slots=True)
class Answer:
    """What one path answers. `headers` lacks Content-Length, Date and Server, which every answer has."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@contextmanager
def serve() -> Iterator[str]:
    """Yields the address of the running site, "http://127.0.0.1:PORT" without a slash; stops it when the block ends.

    Listens on loopback only, on a port that the system picks. Raises NewscrawlerError when the site's files are missing.
    """
    answers = load(site_folder())
    with _Server(("127.0.0.1", 0), partial(_Handler, answers)) as server:
        thread = Thread(target=server.serve_forever, args=(_POLL,), name="sample site", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def site_folder() -> Traversable:
    """Returns where the site's files are: packed into an installed package, else in the repository beside it."""
    places: tuple[Traversable, ...] = (files("newscrawler") / "_site", Path(__file__).parent.parent / "data" / "site")
    for place in places:
        if (place / "site.json").is_file():
            return place
    raise NewscrawlerError(f"the sample site is missing (looked in {places[0]} and {places[1]}); `python data/make_site.py` writes it")


def load(folder: Traversable) -> dict[str, Answer]:
    """Returns path -> answer for every row of site.json; a row without a file of its own answers with the 404 page or nothing."""
    rows = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    not_there = (folder / rows[_NOT_THERE]["file"]).read_bytes()
    return {path: _answer(folder, row, not_there) for path, row in rows.items()}


def _answer(folder: Traversable, row: dict[str, Any], not_there: bytes) -> Answer:
    body = not_there if row["status"] == 404 else b""
    if "file" in row:
        body = folder.joinpath(*row["file"].split("/")).read_bytes()
    named = (("Content-Type", row["content_type"]), ("Location", row["location"]))
    return Answer(row["status"], tuple((name, value) for name, value in named if value is not None), body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Says nothing of a client that hung up, which crawlers do when they stop."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sample"
    sys_version = ""
    wbufsize = -1  # headers and body in one packet; the base class flushes after each request
    disable_nagle_algorithm = True
    timeout = 60

    def __init__(self, answers: dict[str, Answer], request: socket, client_address: Any, server: socketserver.BaseServer) -> None:
        self.answers = answers
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        answer = self.answers.get(self.path.partition("?")[0]) or self.answers[_NOT_THERE]
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the crawl beside it has the terminal."""
