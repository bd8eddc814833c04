"""A news site on loopback that answers conditional requests: 300 articles, 10 sections, an Atom feed, a news sitemap with lastmod."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

SECTIONS = ("harbour", "weather", "schools", "markets", "theatre", "railways", "gardens", "health", "rivers", "letters")
_NOUNS = "council bridge library museum ferry market school hospital stadium orchard lighthouse factory theatre garden railway".split()
_VERBS = "opened closed repaired painted measured visited praised questioned counted moved".split()
OLD = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)


class NewsSite:
    """The state of the site: a test adds articles and edits them between two crawls. `asked` counts (path, status)."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, int]] = Counter()
        self.versions = dict.fromkeys(range(300), 1)
        self.published = dict.fromkeys(range(300), OLD)
        self.changed: dict[int, datetime] = {}
        self.listed = {name: list(range(place * 30, place * 30 + 30)) for place, name in enumerate(SECTIONS)}
        self.fed = list(range(280, 300))
        self.mapped = list(range(300))
        self.base = ""
        self.failing: set[str] = set()

    def path(self, number: int) -> str:
        return f"/{SECTIONS[number % 300 // 30]}/story-{number:04d}.html"

    def add(self, number: int, where: list[int], when: datetime) -> None:
        """A new article, told by one list alone."""
        self.versions[number], self.published[number] = 1, when
        where.insert(0, number)

    def edit(self, number: int, when: datetime) -> None:
        self.versions[number] += 1
        self.changed[number] = when

    def body(self, path: str) -> tuple[str, str] | None:
        """Content type and body."""
        numbers = {self.path(number): number for number in self.versions}
        if path == "/robots.txt":
            return "text/plain", f"User-agent: *\nAllow: /\nSitemap: {self.base}/news-sitemap.xml\n"
        if path == "/":
            return "text/html; charset=utf-8", self._front()
        if path == "/latest.atom":
            return "application/atom+xml", self._feed()
        if path == "/news-sitemap.xml":
            return "application/xml", self._sitemap()
        if path.strip("/") in self.listed:
            return "text/html; charset=utf-8", self._section(path.strip("/"))
        return ("text/html; charset=utf-8", self._article(numbers[path])) if path in numbers else None

    def _front(self) -> str:
        links = "".join(f'<li><a href="/{name}/">{name.title()}</a></li>' for name in SECTIONS)
        feed = '<link rel="alternate" type="application/atom+xml" href="/latest.atom">'
        return f"<!doctype html><html><head><title>The Pier</title>{feed}</head><body><nav><ul>{links}</ul></nav>{self._list(range(5))}</body></html>"

    def _section(self, name: str) -> str:
        head = f"<!doctype html><html><head><title>{name.title()} - The Pier</title></head>"
        return f"{head}<body><h1>{name.title()}</h1>{self._list(self.listed[name])}</body></html>"

    def _list(self, numbers: object) -> str:
        entries = "".join(f'<li><a href="{self.path(number)}">{self.title(number)}</a></li>' for number in numbers)  # type: ignore[attr-defined]
        return f"<main><ul>{entries}</ul></main>"

    def title(self, number: int) -> str:
        return f"The {_NOUNS[number % 15]} number {number} was {_VERBS[number % 10]} again this week"

    def _article(self, number: int) -> str:
        lines = [
            f"Residents said on day {number * 7 + line} that the {_NOUNS[(number + line) % 15]} would be {_VERBS[(number * 3 + line) % 10]} "
            f"before the {_NOUNS[(number * 5 + line * 2) % 15]} of street {number} in version {self.versions[number]}, and nobody at the meeting disagreed."
            for line in range(6)
        ]
        text = "".join(f"<p>{line}</p>" for line in lines)
        date = self.published[number].isoformat()
        meta = f'<meta property="og:type" content="article"><meta property="article:published_time" content="{date}">'
        return (
            f"<!doctype html><html lang=en><head><title>{self.title(number)} - The Pier</title>{meta}</head>"
            f"<body><article><h1>{self.title(number)}</h1>{text}</article></body></html>"
        )

    def _feed(self) -> str:
        entries = "".join(
            f'<entry><title>{self.title(number)}</title><link href="{self.path(number)}"/><published>{self.published[number].isoformat()}</published>'
            f"<updated>{self.changed.get(number, self.published[number]).isoformat()}</updated><category term='pier'/></entry>"
            for number in self.fed
        )
        return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Pier</title>{entries}</feed>'

    def _sitemap(self) -> str:
        entries = "".join(
            f"<url><loc>{self.base}{self.path(number)}</loc><lastmod>{self.changed.get(number, self.published[number]).isoformat()}</lastmod></url>"
            for number in self.mapped
        )
        return f'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


@contextmanager
def news_site() -> Iterator[NewsSite]:
    """The site as long as the block lasts; every answer has an ETag, and a request that names it gets a 304."""
    site = NewsSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.body(self.path)
            kind, body = ("text/html", b"no such page") if found is None else (found[0], found[1].encode())
            tag = f'"{md5(body).hexdigest()}"'
            status = 400 if self.path in site.failing else 404 if found is None else 304 if self.headers.get("If-None-Match") == tag else 200
            site.asked[self.path, status] += 1
            self.send_response(status)
            self.send_header("ETag", tag)
            if status != 304:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.base = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()
