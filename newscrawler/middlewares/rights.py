"""What a host says about the use of its pages, gathered as they are fetched: meta["newscrawler_rights"] of a request.

The robots.txt is known from `manners.Robots`. /.well-known/tdmrep.json is asked for once a host and crawl, with its first good page or the
first that is as it was (304), and robots.txt holds for it too. Where it could not be had, or is something else, it is not known what the
host says: nothing is noted then. The page itself and the policy are looked at later (rights.py, pipelines.py).
"""

from __future__ import annotations

import asyncio
import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from newscrawler.rights import tdm_of, tdm_rules

logger = logging.getLogger(__name__)
TIMEOUT = 10.0
MOST_BYTES = 1024 * 1024
Rules = list[tuple[str, dict[str, str]]] | None
"""Of a tdmrep.json; [] where there is none, None where it is not known."""
_NONE = (404, 410)


class Rights:
    """Downloader middleware above the one for robots.txt; looks only at requests of our spider (those with a task)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._known: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Rights:
        """Off with NEWSCRAWLER_TDMREP = False: then only what comes with the page counts."""
        if not crawler.settings.getbool("NEWSCRAWLER_TDMREP"):
            raise NotConfigured
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The same response; the request's meta says what the host's tdmrep.json has for it."""
        if "task" in request.cb_kwargs and (200 <= response.status < 300 or response.status == 304):
            parts = urlparse_cached(request)
            rules = await self._rules(f"{parts.scheme}://{parts.netloc}/.well-known/tdmrep.json")
            if rules is not None:
                told = tdm_of(rules, parts.path + (f"?{parts.query}" if parts.query else ""))
                known = {key: told.get(key) for key in ("tdm_reservation", "tdm_policy")}
                request.meta.setdefault("newscrawler_rights", {}).update(known)
        return response

    async def _rules(self, url: str) -> Rules:
        known = self._known.get(url)
        if known is not None:
            return known.result() if known.done() else await asyncio.shield(known)
        answer = self._known[url] = asyncio.get_running_loop().create_future()
        rules: Rules = None
        try:
            rules = await self._fetch(url)
        finally:
            answer.set_result(rules)
        return rules

    async def _fetch(self, url: str) -> Rules:
        meta = {"download_timeout": TIMEOUT, "download_maxsize": MOST_BYTES, "autothrottle_dont_adjust_delay": True}
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(Request(url, meta=meta, callback=NO_CALLBACK))
        except IgnoreRequest:
            return None  # robots.txt or the guard forbids it
        except Exception as error:  # noqa: BLE001 (whatever it is: the file could not be had, which says nothing about the page)
            logger.warning("%s: %s: what it says is not known now", url, type(error).__name__)
            return None
        return tdm_rules(response.body) if response.status == 200 else [] if response.status in _NONE else None
