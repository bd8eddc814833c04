"""What must never be fetched: addresses in URLs, in DNS answers and behind redirects; and what Scrapy leaves open."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import newscrawler
from hypothesis import given
from hypothesis import strategies as st

from newscrawler import settings
from newscrawler.middlewares.guard import is_public


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_as_itself(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@pytest.mark.parametrize("address", ["0.0.0.0", "100.64.0.1", "192.168.1.1", "224.0.0.1", "fe80::1%eth0", "fd00::1", "::1", "::", "junk"])
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_what_scrapy_leaves_open_is_shut() -> None:
    assert settings.DOWNLOAD_HANDLERS == {"file": None, "ftp": None, "s3": None, "data": None}
    assert not settings.TELNETCONSOLE_ENABLED and not settings.REMOTE_CONTROL_ENABLED and not settings.COOKIES_ENABLED
    assert settings.ROBOTSTXT_OBEY and settings.DOWNLOAD_VERIFY_CERTIFICATES


class _Redirector(http.server.BaseHTTPRequestHandler):
    """Sends everyone to the inside: 127.0.0.2, which is not allowed."""

    inside: list[str] = []

    def do_GET(self) -> None:
        if self.headers["Host"].startswith("127.0.0.2"):
            self.inside.append(self.path)
        self.send_response(302 if self.path.startswith("/go") else 404)
        self.send_header("Location", f"http://127.0.0.2:{self.server.server_address[1]}/secret")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def redirector() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("0.0.0.0", 0), _Redirector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_redirect_to_a_private_address_is_refused(redirector: str, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    ran = newscrawler("crawl", f"{redirector}/go", "--db", db, "--allow-private", "127.0.0.1", "--delay", "0")
    assert "private address" in ran.err and ran.code == 1
    assert _Redirector.inside == []
    assert newscrawler("audit", "--db", db).code == 0
