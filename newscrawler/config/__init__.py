"""sources.toml -> Source objects: what to crawl, and with which rules. The whole file is checked before anything is fetched.

    [source.example]                                  # the name, as `crawl --only` takes it
    start_pages = ["https://news.example.com/"]       # the only key that is needed
    allowed_domains = ["news.example.com"]
    sister_domains = ["news-example.net"]
    include = ['/20\\d\\d/']
    exclude = ['/sport/']
    article_urls = ['/story-\\d+']                     # what pages are, by their addresses: article_urls, hub_urls, other_urls
    delay = 2.5
    every = "15m"                                     # when it is due: every so often, or cron = "30 6 * * *" in a time_zone
    time_limit = "1h"                                 # also limit, max_pages, depth, tags, db
    page = "example:Story"                            # a class of your own that reads its pages, in example.py beside the file

    [[source.example.extract]]                        # where a field stands on this site's pages: CSS, or XPath
    title = ["h1.headline", "h1"]
    date_published = '//meta[@name="date"]/@content'
    remove = [".promotion"]

    [[source.example.extract]]                        # the same for the layout of another time
    until = 2019-06-30
    text = "#story"

    [source.example.rights]                           # what to do about what its publisher asks: rights.py
    noindex = "ignore"

    [alerts]                                          # where alerts of the yield guard go, beside the log; `alerts` has the values
    webhook = "https://hooks.example.com/news"

An unknown key is an error, since a misspelt one would silently do nothing. `source` has the values, `rules` those of an extract
table, `selectors` the expressions in them, `timing` rhythms, `page_class` loads a class, `lines` finds the line that an error names, `read` reads a file.
"""

from __future__ import annotations

from newscrawler.config.alerts import NO_ALERTS, Alerts
from newscrawler.config.read import chosen_sources, read_alerts, read_sources
from newscrawler.config.rules import NO_RULES, RULED, Layout, Rule, Rules
from newscrawler.config.source import Source
from newscrawler.config.values import is_under, page_address

__all__ = [
    "NO_ALERTS", "NO_RULES", "RULED", "Alerts", "Layout", "Rule", "Rules", "Source", "chosen_sources", "is_under", "page_address", "read_alerts",
    "read_sources",
]  # fmt: skip
