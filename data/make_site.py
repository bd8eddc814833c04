"""Writes the sample news site: `python data/make_site.py [FOLDER]` turns articles.toml into data/site/, the final bytes.

One file per URL path, and site.json: path -> {file, status, content_type (the header, or null for none), location}.
The same input gives the same bytes. Links are root-relative, since nobody knows the port that the site will be served on.
Two pages are damaged as the pages of many republishing sites are; `damage` says how.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PER_PAGE = 8
CUT = {"zh-Hans": 14, "zh-Hant": 14, "en": 44}  # characters of a title that a related-reading list prints
SHANGHAI = timezone(timedelta(hours=8))

# How a page goes out: the codec, what the page says it is, what the header says.
SERVED = {
    "utf-8": ("utf-8", "utf-8", "text/html; charset=utf-8"),
    "gbk": ("gbk", None, "text/html"),
    "gbk-as-utf-8": ("gbk", "utf-8", "text/html; charset=utf-8"),
    "big5": ("big5", "big5", "text/html; charset=big5"),
    "damaged-44": ("utf-8", "utf-8", "text/html; charset=utf-8"),
    "damaged-36": ("utf-8", "utf-8", "text/html; charset=utf-8"),
}
WORDS = {
    "zh-Hans": {
        "site": "青屿新闻网", "home": "首页", "business": "财经", "science": "科技", "culture": "文化", "body": "正文", "source": "来源：",
        "keywords": "关键词：", "related": "相关阅读", "rights": "青屿新闻网 版权所有 未经许可不得转载", "byline": "（{}）",
        "date": "%Y年%m月%d日 %H:%M",
    },
    "zh-Hant": {
        "site": "青嶼新聞網", "home": "首頁", "business": "財經", "science": "科技", "culture": "文化", "body": "正文", "source": "來源：",
        "keywords": "關鍵詞：", "related": "相關閱讀", "rights": "青嶼新聞網 版權所有 未經許可不得轉載", "byline": "（{}）",
        "date": "%Y年%m月%d日 %H:%M",
    },
    "en": {
        "site": "Qingyu News", "home": "Home", "business": "Business", "science": "Science", "culture": "Culture", "body": "Article",
        "source": "Source: ", "keywords": "Keywords: ", "related": "Related reading", "rights": "Qingyu News. All rights reserved.",
        "byline": "By {}", "date": "%B %d, %Y %H:%M",
    },
}  # fmt: skip
SECTIONS = ("business", "science", "culture")
COMMA = {"zh-Hans": " ", "zh-Hant": " ", "en": ", "}

# The annotated characters with their readings, and the full-width marks (A3xx in GBK) with what they become.
PINYIN = """
業yè 產chǎn 務wù 質zhì 關guān 經jīng 發fā 會huì 學xué 國guó 現xiàn 進jìn 時shí 聯lián 對duì 個gè 內nèi 區qū 設shè 場chǎng 營yíng
濟jì 標biāo 準zhǔn 動dòng 創chuàng 實shí 織zhī 嚴yán 運yùn 電diàn 機jī 間jiān 長zhǎng 資zī 員yuán 級jí 測cè 據jù 術shù 數shù 應yìng
達dá 過guò
""".split()
MARKS = {mark.encode("gbk"): bytes([mark.encode("gbk")[1] & 0x7F]) for mark in "，：（）？！；"}


def make_site(folder: Path) -> None:
    """Writes every file of the site into `folder`; removes nothing that is there."""
    pages = build(tomllib.loads((HERE / "articles.toml").read_text(encoding="utf-8")))
    for path, (body, row) in pages.items():
        if body is not None:
            row["file"] = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
            target = folder / row["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
    site = json.dumps({path: row for path, (_, row) in sorted(pages.items())}, ensure_ascii=False, indent=1)
    (folder / "site.json").write_bytes(site.encode() + b"\n")


Built = dict[str, tuple[bytes | None, dict[str, Any]]]


def build(data: dict[str, Any]) -> Built:
    """Returns path -> (body, row of site.json) for the whole site."""
    articles = [prepare(article) for article in data["article"]]
    by_id = {article["id"]: article for article in articles}
    copies = [copy_of(by_id[copy["of"]], copy) for copy in data["copy"]]
    listed = sorted(articles + [c for c in copies if c["canonical"] == c["path"]], key=lambda a: (a["date"], a["id"]), reverse=True)
    pages: Built = {}
    for article in articles + copies:
        pages[article["path"]] = article_page(article, articles, data["stray"])
    for section in SECTIONS:
        pages |= section_pages(section, [a for a in listed if a["section"] == section])
    pages["/"] = home_page(listed, copies)
    pages |= stray_pages(data["stray"], by_id)
    pages["/feed.xml"] = answer(feed(listed[:20]), "application/rss+xml; charset=utf-8")
    pages["/sitemap.xml"] = answer(sitemap(listed), "application/xml")
    pages["/robots.txt"] = answer("User-agent: *\nDisallow: /private/\nAllow: /\n\nSitemap: /sitemap.xml\n", "text/plain")
    return pages


def answer(text: str, content_type: str, codec: str = "utf-8", status: int = 200) -> tuple[bytes, dict[str, Any]]:
    return text.encode(codec), {"status": status, "content_type": content_type, "location": None}


def prepare(article: dict[str, Any]) -> dict[str, Any]:
    """Returns the article with its path, canonical URL, source and paragraphs filled in."""
    words = WORDS[article["lang"]]
    path = f"/{article['section']}/{article['date'][:7].replace('-', '')}/{article['id']}.html"
    article = {"serve": "utf-8", "source": words["site"], "path": path, "canonical": path, **article}
    article["paragraphs"] = article["body"].strip().split("\n")
    return article


def copy_of(article: dict[str, Any], copy: dict[str, Any]) -> dict[str, Any]:
    """Returns the article as it stands at the copy's path; each edit must hit exactly one place."""
    body = article["body"]
    for old, new in copy.get("edits", ()):
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    own = {"path": copy["path"], "canonical": copy["path"]} if copy.get("canonical") == "own" else {"path": copy["path"]}
    given = {name: copy[name] for name in ("source", "date") if name in copy}
    return {**article, **given, **own, "body": body, "paragraphs": body.strip().split("\n")}


def article_page(article: dict[str, Any], articles: list[dict[str, Any]], strays: list[dict[str, Any]]) -> tuple[bytes, dict[str, Any]]:
    words, lang = WORDS[article["lang"]], article["lang"]
    section, title = article["section"], escape(article["title"], quote=False)
    byline, paragraphs = words["byline"].format(article["byline"]), [escape(p, quote=False) for p in article["paragraphs"]]
    under_title = f'<p class="byline">{byline}</p>\n' if lang == "en" else ""
    if lang != "en":
        paragraphs[-1] += byline
    text = "\n".join(f"<p>{p}</p>" for p in paragraphs)
    keywords = COMMA[lang].join(article["keywords"])
    when = datetime.fromisoformat(article["date"]).strftime(words["date"])
    crumbs = f'<a href="/">{words["home"]}</a> &gt; <a href="/{section}/">{words[section]}</a> &gt; {words["body"]}'
    content = f"""<div class="crumbs">{crumbs}</div>
<article>
<h1>{title}</h1>
<div class="info"><span>{when}</span> <span>{words["source"]}{article["source"]}</span></div>
{under_title}<div class="content">
{text}
</div>
<div class="keywords">{words["keywords"]}{keywords}</div>
</article>
<div class="related">
<h3>{words["related"]}</h3>
<ul>
{related_list(article, articles, strays)}
</ul>
</div>"""
    head = f'<meta name="keywords" content="{escape(keywords)}">\n<link rel="canonical" href="{article["canonical"]}">\n'
    codec, declared, header = SERVED[article["serve"]]
    html = page(lang, article["title"], head, content, declared)
    if article["serve"].startswith("damaged"):
        html = damage_page(html, int(article["serve"].partition("-")[2]))
    return answer(html, header, codec)


def related_list(article: dict[str, Any], articles: list[dict[str, Any]], strays: list[dict[str, Any]]) -> str:
    """Returns 4 to 8 entries: the articles of the same language that follow this one, and what is put there by hand."""
    same = [a for a in articles if a["lang"] == article["lang"]]
    place = next(i for i, a in enumerate(same) if a["id"] == article["id"])
    near = (same[place + 1 :] + same[:place])[: 4 + article["id"] % 4]
    entries = [(a["path"], a["title"], a["paragraphs"][0]) for a in near]
    entries += [(s["path"], s["title"], s["teaser"]) for s in strays if s["on"] == article["id"]]
    cut = CUT[article["lang"]]
    shown = [(path, shorten(title, cut), shorten(teaser, cut * 2 + 2)) for path, title, teaser in entries]
    return "\n".join(f'<li><a href="{p}">{escape(t, quote=False)}</a><p>{escape(s, quote=False)}</p></li>' for p, t, s in shown)


def shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "..."


def page(lang: str, title: str, head: str, content: str, declared: str | None = "utf-8") -> str:
    words = WORDS[lang]
    charset = f'<meta charset="{declared}">\n' if declared else ""
    nav = "\n".join(f'<a href="/{name}/">{words[name]}</a>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
{charset}<title>{escape(title, quote=False)} - {words["site"]}</title>
{head}<link rel="alternate" type="application/rss+xml" href="/feed.xml">
</head>
<body>
<header><nav>
<a href="/">{words["home"]}</a>
{nav}
</nav></header>
{content}
<footer><p>{words["rights"]}</p></footer>
</body>
</html>
"""


def entry(article: dict[str, Any]) -> str:
    return f'<li><a href="{article["path"]}">{escape(article["title"], quote=False)}</a> <span>{article["date"][:10]}</span></li>'


def section_pages(section: str, articles: list[dict[str, Any]]) -> Built:
    """Returns the pages of one section, newest first: /section/, then /section/index_2.html and so on."""
    words = WORDS["zh-Hans"]
    chunks = [articles[i : i + PER_PAGE] for i in range(0, len(articles), PER_PAGE)]
    paths = [f"/{section}/" if n == 1 else f"/{section}/index_{n}.html" for n in range(1, len(chunks) + 1)]
    pages: Built = {}
    for here, (path, chunk) in enumerate(zip(paths, chunks, strict=True)):
        numbers = "\n".join(f"<span>{n + 1}</span>" if n == here else f'<a href="{p}">{n + 1}</a>' for n, p in enumerate(paths))
        items = "\n".join(map(entry, chunk))
        content = f'<h1>{words[section]}</h1>\n<ul class="list">\n{items}\n</ul>\n<div class="pages">\n{numbers}\n</div>'
        pages[path] = answer(page("zh-Hans", words[section], "", content), "text/html; charset=utf-8")
    return pages


def home_page(listed: list[dict[str, Any]], copies: list[dict[str, Any]]) -> tuple[bytes, dict[str, Any]]:
    words, blocks = WORDS["zh-Hans"], []
    for section in SECTIONS:
        items = "\n".join(entry(a) for a in [a for a in listed if a["section"] == section][:5])
        blocks.append(f'<h2><a href="/{section}/">{words[section]}</a></h2>\n<ul>\n{items}\n</ul>')
    topics = "\n".join(entry(c) for c in copies if c["canonical"] != c["path"])
    blocks.append(f"<h2>专题</h2>\n<ul>\n{topics}\n</ul>")
    return answer(page("zh-Hans", "青屿的一天", "", "\n".join(blocks)), "text/html; charset=utf-8")


def stray_pages(strays: list[dict[str, Any]], by_id: dict[int, dict[str, Any]]) -> Built:
    """Returns what the odd links lead to: a redirect, a page behind robots.txt, and the page for all that is not there."""
    html = "text/html; charset=utf-8"
    pages: Built = {"/404.html": answer(page("zh-Hans", "页面不存在", "", "<h1>404</h1>\n<p>您访问的页面不存在。</p>"), html, status=404)}
    for stray in strays:
        if "to" in stray:
            pages[stray["path"]] = None, {"status": 301, "content_type": html, "location": by_id[stray["to"]]["path"]}
        elif stray["path"].startswith("/private/"):
            content = f"<h1>{stray['title']}</h1>\n<p>{stray['teaser']}</p>"
            pages[stray["path"]] = answer(page("zh-Hans", stray["title"], "", content), html)
        else:
            pages[stray["path"]] = None, {"status": 404, "content_type": html, "location": None}
    return pages


def feed(articles: list[dict[str, Any]]) -> str:
    items = "\n".join(
        f"<item><title>{escape(a['title'])}</title><link>{a['path']}</link><guid isPermaLink=\"false\">{a['path']}</guid>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(a['date']).replace(tzinfo=SHANGHAI))}</pubDate></item>"
        for a in articles
    )
    top = "<title>青屿新闻网</title><link>/</link><description>青屿的新闻</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{top}\n{items}\n</channel></rss>\n'


def sitemap(articles: list[dict[str, Any]]) -> str:
    urls = "\n".join(f"<url><loc>{a['path']}</loc><lastmod>{a['date'][:10]}</lastmod></url>" for a in articles)
    top = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{top}\n{urls}\n</urlset>\n'


def damage_page(html: str, characters: int) -> str:
    """Returns the page with the texts between its tags damaged; tags stay whole, but for the keywords of the head."""
    return re.sub(r'(?<=>)[^<>]*[^<>\s][^<>]*(?=<)|(?<= content=")[^"]+', lambda found: damage(found[0], characters), html)


def damage(text: str, characters: int) -> str:
    """Returns the text as a site leaves it that edits GBK bytes as if every byte stood alone.

    First each of the first `characters` of PINYIN gets its reading after it, wherever its two bytes stand, be they the
    end of one character and the start of the next; then full-width marks become one ASCII byte, just as blindly.

    >>> damage("海口和電車繼續", 44)
    '??诤碗?(diàn)車?yán)^續'
    """
    data = text.encode("gbk")
    for annotated in PINYIN[:characters]:
        data = data.replace(annotated[0].encode("gbk"), f"{annotated[0]}({annotated[1:]})".encode("gbk"))
    data = misread(data, swallow=True).encode("gbk")
    for mark, ascii_byte in MARKS.items():
        data = data.replace(mark, ascii_byte)
    return misread(data, swallow=False)


def misread(data: bytes, *, swallow: bool) -> str:
    """Returns GBK bytes as text, with "?" for a pair that is none; `swallow` says whether its second byte goes with it."""
    out, at = [], 0
    while at < len(data):
        width = 1 if data[at] < 0x80 else 2
        try:
            out.append(data[at : at + width].decode("gbk"))
        except UnicodeDecodeError:
            out.append("?")
            width = 2 if swallow else 1
        at += width
    return "".join(out)


if __name__ == "__main__":
    make_site(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "site")
