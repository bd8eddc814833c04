"""The sample site answers as site.json says, is damaged where it should be, and is what make_site.py writes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from newscrawler import sample
from newscrawler.exceptions import NewscrawlerError

DATA = Path(__file__).parent.parent / "data"
SITE: dict[str, dict[str, Any]] = json.loads((DATA / "site" / "site.json").read_text(encoding="utf-8"))
PAGES = sorted(path for path, row in SITE.items() if "file" in row and row["file"].endswith(".html"))
DAMAGED = ("/business/202603/2007.html", "/science/202603/2008.html")
GBK = tuple(f"/{name}.html" for name in ("business/202603/1002", "science/202603/1008", "science/202603/1012", "culture/202603/1015"))
GBK_AS_UTF8 = tuple(f"/{name}.html" for name in ("business/202603/1004", "science/202603/1010", "culture/202603/1016"))
LINK = re.compile(rb'(?:href="|<link>|<loc>|Sitemap: )([^"<\s]+)')


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with sample.serve() as address:
        yield address


def fetch(url: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Returns status, headers and body, whatever the status; follows no redirect."""
    try:
        response = build_opener(_Stay).open(Request(url, method=method), timeout=10)
    except HTTPError as error:
        response = error
    with response:
        return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()


def stored(path: str) -> bytes:
    return (DATA / "site" / SITE[path]["file"]).read_bytes()


def declared(body: bytes) -> str | None:
    found = re.search(rb'<meta charset="([^"]+)"', body)
    return found and found[1].decode()


def h1(body: bytes, codec: str = "utf-8") -> str:
    found = re.search(r"<h1>(.*?)</h1>", body.decode(codec))
    assert found
    return found[1]


@pytest.mark.parametrize("path", SITE)
def test_answers_as_listed(base: str, path: str) -> None:
    row = SITE[path]
    status, headers, body = fetch(base + path)
    assert (status, headers.get("content-type"), headers.get("location")) == (row["status"], row["content_type"], row["location"])
    assert int(headers["content-length"]) == len(body)
    assert "file" not in row or body == stored(path)


def test_every_link_leads_to_a_listed_path() -> None:
    links = {link.decode() for path, row in SITE.items() if "file" in row for link in LINK.findall(stored(path))}
    assert links <= set(SITE), links - set(SITE)
    assert {path for path in SITE if path != "/404.html"} <= links | {"/robots.txt", "/sitemap.xml"}, "a page that nothing links to"
    assert Counter(SITE[link]["status"] for link in links)[404] == 1


def test_head_has_headers_only(base: str) -> None:
    status, headers, body = fetch(base + "/", "HEAD")
    assert (status, int(headers["content-length"]), body) == (200, len(stored("/")), b"")


@pytest.mark.parametrize("path", ["/nothing.html", "/../site.json", "/site.json", "/%2e%2e/articles.toml", "/index.html"])
def test_unknown_paths_are_404(base: str, path: str) -> None:
    with closing(HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        assert (response.status, response.read()) == (404, stored("/404.html"))


def test_a_connection_serves_many_requests(base: str) -> None:
    with closing(HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
        ports = set()
        for path in ("/", "/robots.txt", "/nothing.html", "/feed.xml"):
            connection.request("GET", path)
            connection.getresponse().read()
            assert connection.sock is not None, "the server hung up"
            ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1


def test_encodings_are_as_intended() -> None:
    seen: Counter[tuple[str | None, str | None, bool]] = Counter()
    for path in PAGES:
        body = stored(path)
        seen[SITE[path]["content_type"], declared(body), _is_utf8(body)] += 1
    assert seen == {
        ("text/html", None, False): 4,
        ("text/html; charset=utf-8", "utf-8", False): 3,
        ("text/html; charset=big5", "big5", False): 4,
        ("text/html; charset=utf-8", "utf-8", True): len(PAGES) - 11,
    }


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("path", GBK + GBK_AS_UTF8)
def test_gbk_pages_decode_whatever_they_declare(path: str) -> None:
    body = stored(path)
    assert "相关阅读" in body.decode("gbk")
    assert declared(body) == (None if path in GBK else "utf-8")


@pytest.mark.parametrize("path", DAMAGED)
def test_damaged_pages_leak_pinyin_and_lose_frames(path: str) -> None:
    text = stored(path).decode("utf-8")
    assert "關(guān)鍵詞:" in text
    assert "相關(guān)閱讀" in text
    assert "??" in text, "no frame shift"
    assert not set("，：（）？！；") & set(text)
    assert len(re.findall(r"[\u4e00-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔù]+\)", text)) > 30


def test_the_copies_differ_as_planned() -> None:
    first, same = stored("/business/202603/1001.html"), stored("/topic/harbour/1001.html")
    assert first == same
    assert b'<link rel="canonical" href="/business/202603/1001.html">' in same
    told, syndicated = (stored(f"/culture/202603/{name}.html").decode() for name in (1013, 1913))
    assert _content(told) == _content(syndicated)
    assert "来源：北湾日报" in syndicated
    before, after = (_content(stored(f"/science/202603/{name}.html").decode()) for name in (1007, 1907))
    assert sum(a != b for a, b in zip(before.split("\n"), after.split("\n"), strict=True)) == 2


def _content(html: str) -> str:
    return html.partition('<div class="content">')[2].partition("</div>")[0]


def test_titles_read_back() -> None:
    assert h1(stored("/business/202603/2001.html"), "big5") == "老街店家聯手延長夜市 週末人潮多三成"
    assert h1(stored("/science/202603/1012.html"), "gbk").startswith("给千年古樟做“亲子鉴定”")


def test_make_site_writes_what_is_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, DATA / "make_site.py", tmp_path], check=True)
    assert _tree(tmp_path) == _tree(DATA / "site")


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_missing_site_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "files", lambda _: tmp_path)
    monkeypatch.setattr(sample, "__file__", str(tmp_path / "newscrawler" / "sample.py"))
    with pytest.raises(NewscrawlerError, match="the sample site is missing"), sample.serve():
        pass
