"""robots.txt by RFC 9309. Scrapy's own middleware takes a robots.txt that cannot be had for a permission, and keeps what it has for ever.

What becomes of it (RFC 9309, section 2.3.1): 2xx is parsed; 4xx, or more redirects than are followed: everything is allowed; 5xx, 429
or no answer: nothing is, until it can be had; where it says when that is (Retry-After), it is not asked for before. A body counts up to
500 KiB (2.5), and is asked for anew after 24 hours (2.4).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler, load_object

from newscrawler.frontier.manners import LONGEST, retry_after
from newscrawler.frontier.robots import Rules, content_signal, group_of

MOST_BYTES = 500 * 1024
KEPT = 24 * 3600.0
TIMEOUT = 15.0
PRIORITY = 1000
_BLANK = b"\xef\xbb\xbf \t\r\n"  # before the first mark of a page of HTML, which is no robots.txt and tells nothing


class RobotsUnreachable(IgnoreRequest):
    """Raised for a page whose robots.txt cannot be had now; the spider queues it again. `wait`: seconds that its host asks to be left alone."""

    def __init__(self, fault: str, wait: float | None = None) -> None:
        super().__init__(fault)
        self.wait = wait


@dataclass(slots=True)
class RobotsTxt:
    """The robots.txt of one host as had at `at` (monotonic seconds); `fault` says why it could not be had, `parser` is None without rules.

    `until` is the moment before which it is not asked for again. `rules` are those that hold for us, `signal` the Content-Signal of the same group;
    `told` says that it is known what the host says there, be it nothing.
    """

    at: float
    parser: RobotParser | None = None
    rules: Rules | None = None
    signal: str | None = None
    fault: str | None = None
    until: float = 0.0
    told: bool = False

    def is_good(self, now: float) -> bool:
        """Whether it need not be asked for now: had within a day, or told to come back later."""
        return now < self.until if self.fault is not None else now - self.at < KEPT


class Robots:
    """Downloader middleware: raises IgnoreRequest for what robots.txt forbids. Sends the signal `robots_parsed`, as Scrapy's does."""

    def __init__(self, crawler: Crawler, now: Callable[[], float] = time.monotonic) -> None:
        self.crawler, self.now = crawler, now
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self.timeout = min(TIMEOUT, crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
        self.maxsize = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self.parse = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        self._had: dict[str, RobotsTxt] = {}
        self._asked: dict[str, asyncio.Future[RobotsTxt]] = {}
        self._sizes: dict[str, int] = {}
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """Off where ROBOTSTXT_OBEY is."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Judges a request; the first one of a host waits for robots.txt."""
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith(("http:", "https:")):
            return
        robots = await self.of(request)
        if robots.fault is not None:
            wait = robots.until - self.now()
            raise RobotsUnreachable(robots.fault, wait if wait > 0 else None)
        if robots.parser is not None and not robots.parser.allowed(request.url, self.agent):
            self._count("forbidden")
            raise IgnoreRequest("Forbidden by robots.txt")
        if robots.told:
            line = robots.rules.deciding(request.url) if robots.rules is not None else None
            request.meta["newscrawler_rights"] = {"robots": line, "content_signal": robots.signal}

    async def of(self, request: Request) -> RobotsTxt:
        """The robots.txt of the host of a request, asked for if it is not known, too old, or could not be had."""
        host = urlparse_cached(request).netloc
        had = self._had.get(host)
        if had is not None and had.is_good(self.now()):
            return had
        if host in self._asked:
            return await asyncio.shield(self._asked[host])
        answer = self._asked[host] = asyncio.get_running_loop().create_future()
        try:
            self._had[host] = robots = await self._fetch(request)
            answer.set_result(robots)
            return robots
        except BaseException:
            answer.cancel()
            raise
        finally:
            del self._asked[host]

    async def _fetch(self, request: Request) -> RobotsTxt:
        parts = urlparse_cached(request)
        url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        meta = {"dont_obey_robotstxt": True, "download_timeout": self.timeout, "newscrawler_robots": url, "download_maxsize": 0}
        asking = Request(url, headers={"Accept-Encoding": "identity"}, priority=PRIORITY, meta=meta, callback=NO_CALLBACK)
        self._count("request_count")
        try:
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(asking)
        except IgnoreRequest:  # a redirect too many, or to where we do not go
            return RobotsTxt(self.now())
        except Exception as error:  # noqa: BLE001 (whatever it is: it could not be had, and says so)
            return RobotsTxt(self.now(), fault=f"robots.txt could not be had ({type(error).__name__})")
        finally:
            self._sizes.pop(url, None)
        self._count(f"response_status_count/{response.status}")
        return await self._read(response, request)

    async def _read(self, response: Response, request: Request) -> RobotsTxt:
        if response.status >= 500 or response.status == 429:
            return self._put_off(response)
        if not 200 <= response.status < 300:
            return RobotsTxt(self.now(), told=response.status in (404, 410))  # other answers allow everything, and tell nothing
        body = response.body[:MOST_BYTES]
        parser = build_from_crawler(self.parse, self.crawler, body)
        await self.crawler.signals.send_catch_log_async(signal=signals.robots_parsed, robotparser=parser, request=request)
        group = group_of(body.decode("utf-8-sig", "ignore"), self.agent)  # as the parser's bytes are read
        return RobotsTxt(self.now(), parser, Rules(group), content_signal(group), told=not body.lstrip(_BLANK).startswith(b"<"))

    def _put_off(self, response: Response) -> RobotsTxt:
        headers = {name: (response.headers.get(name) or b"").decode("utf-8", "replace") for name in ("retry-after", "date")}
        wait = retry_after(headers, time.time())
        fault = f"robots.txt could not be had (HTTP {response.status}" + (f", Retry-After: {headers['retry-after'][:60]})" if wait else ")")
        return RobotsTxt(self.now(), fault=fault, until=self.now() + min(wait or 0.0, LONGEST))

    def bytes_received(self, data: bytes, request: Request, spider: Any) -> None:
        """Ends the download of a robots.txt where it is longer than what counts."""
        url = request.meta.get("newscrawler_robots")
        if url is None:
            return
        request.meta["download_maxsize"] = self.maxsize  # it may be announced as larger, but not grow so when decompressed
        self._sizes[url] = self._sizes.get(url, 0) + len(data)
        if self._sizes[url] > MOST_BYTES:
            raise StopDownload(fail=False)

    def _count(self, what: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"robotstxt/{what}")
