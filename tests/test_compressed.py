"""A compressed body reaches us as if nobody had spared it a question."""

from __future__ import annotations

import gzip

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from newscrawler.middlewares.compressed import Compressed

URL = "https://news.example/2026/1.html"
PAGE = "<title>今天的新闻</title>".encode("gbk")


def both(response: Response) -> tuple[Response, Response]:
    """The response after Scrapy's middleware alone, and after ours and then Scrapy's."""
    crawler = get_crawler()
    undo = HttpCompressionMiddleware.from_crawler(crawler)
    ours = Compressed.from_crawler(crawler).process_response(Request(URL), response)
    return tuple(undo.process_response(Request(URL), one) for one in (response.copy(), ours))  # type: ignore[return-value]


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "unheard-of"])
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=gbk", "application/octet-stream", None])
def test_nothing_is_lost_on_the_way(encoding: str, content_type: str | None) -> None:
    headers = {"Content-Encoding": encoding, "ETag": '"1"'} | ({"Content-Type": content_type} if content_type else {})
    body = PAGE if encoding == "unheard-of" else gzip.compress(PAGE)
    without, with_ours = both(HtmlResponse(URL, 203, headers, body, flags=["partial"], protocol="HTTP/1.1"))
    assert type(with_ours) is type(without) and with_ours.body == without.body == PAGE
    for name in ("url", "status", "headers", "flags", "protocol"):
        assert getattr(with_ours, name) == getattr(without, name)


def test_a_plain_text_stays_as_it_is() -> None:
    response = HtmlResponse(URL, body=PAGE)
    assert Compressed().process_response(Request(URL), response) is response


def test_off_where_nobody_would_undo_it() -> None:
    with pytest.raises(NotConfigured):
        Compressed.from_crawler(get_crawler(settings_dict={"COMPRESSION_ENABLED": False}))
