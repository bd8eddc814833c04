"""Spares a compressed body the question which encoding its text has."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response, TextResponse


class Compressed:
    """Downloader middleware between the downloader and Scrapy's HttpCompressionMiddleware, which undoes the compression.

    That one asks the response it replaces for its encoding and throws the answer away; where no header tells, the answer is
    guessed from compressed bytes, at the price of reading a page. A response without text has none to ask for.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Compressed:
        """Off where COMPRESSION_ENABLED is: then nobody would make it a text again."""
        if not crawler.settings.getbool("COMPRESSION_ENABLED"):
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        """The same response, without the class of a text if its body is compressed."""
        if not isinstance(response, TextResponse) or "Content-Encoding" not in response.headers:
            return response
        return Response(
            response.url,
            response.status,
            response.headers,
            response.body,
            response.flags,
            response.request,
            response.certificate,
            response.ip_address,
            response.protocol,
        )
