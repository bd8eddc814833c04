"""newscrawler init: a sources.toml to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawler.cli import options
from newscrawler.exceptions import UsageError

TEMPLATE = """\
# What to crawl: newscrawler crawl --sources sources.toml [--only example]
# One table for each source; the name after the dot is yours. A domain stands for its subdomains too.

[source.example]
# Where a crawl begins: front pages and sections. One of start_pages, feeds and sitemaps is needed.
start_pages = ["https://news.example.com/"]

# Its feeds (RSS, Atom, JSON Feed) and sitemaps. Without these lines they are looked for: in the pages' heads, in robots.txt, at the usual
# paths. What is given is all that is read; [] stands for none.
# feeds = ["https://news.example.com/rss.xml"]
# sitemaps = ["https://news.example.com/news-sitemap.xml"]

# Only these domains. Without it: all of the sites of the start pages.
# allowed_domains = ["news.example.com"]

# Other domains of the same publisher: links between them and the site are followed as links within it.
# sister_domains = ["news-example.net"]

# Regular expressions, searched in the URL of each link; in '...' a backslash stays a backslash.
# include = ['/20\\d\\d/']
# exclude = ['/sport/', '[?&]print=']

# What pages are by their addresses, where that is not found right by itself: regular expressions, searched in the URL of each page and
# link. other_urls are not followed and no articles; they go before hub_urls (sections), those before article_urls.
# article_urls = ['/story-\\d+']
# hub_urls = ['/topics/[a-z-]+/?$']
# other_urls = ['/quiz/']

# Seconds between two requests to a host. Without it: 1. `crawl --delay` goes before it.
# delay = 2.5

# When `newscrawler schedule` crawls it: every so often ("15m", "2h", "1d"), or by a cron line (minute, hour, day, month, weekday) on
# the clocks of a time zone, without which it is UTC. Without either only `crawl` does.
# every = "15m"
#     cron = "30 6 * * 1-5"             in place of `every`
#     time_zone = "Asia/Shanghai"

# Where one crawl of this source ends: new articles, fetched pages, links from a start page, time (for `schedule`; without it: 2h).
# Options of `crawl` go before them.
# limit = 500
# max_pages = 2000
# depth = 3
# time_limit = "1h"

# Words of yours, for `schedule --tag`; a database of its own, seen from this file: sources of one database crawl one after the other.
# tags = ["local"]
# db = "data/example.db"

# A class of your own that reads the pages of this source: here the class Story in stories.py beside this file. It is run, so
# use only files that you trust. docs/operations.md tells what it has to look like.
# page = "stories:Story"

# Where fields stand on this site's pages, for what is not found right by itself: a CSS selector, or XPath (begins with /); of
# several in a list the first that gives something counts. `newscrawler extract FILE --url URL --sources sources.toml --explain` tries them.
# [[source.example.extract]]
# title = ["h1.headline", "h1"]
# text = "div.story"
# remove = [".promotion", ".newsletter"]  # no part of the text
# subtitle = "p.lead"
# description = '//meta[@name="description"]/@content'
# authors = "p.byline a"
# byline = "p.byline"
# date_published = '//meta[@name="date"]/@content'
# date_modified = "time.updated"
# keywords = "ul.tags li"
# sections = ".breadcrumb a"
# image_url = "figure.lead img"
# images = "figure"
# related = "ul.more a"
# language = '//html/@lang'
# source_name = ".agency"
# canonical_url = '//link[@rel="canonical"]/@href'
# is_accessible_for_free = 'not(//div[@class="paywall"])'

# The site looked otherwise for a while: rules for articles published from one day to another, both included. They go before those
# without a date.
# [[source.example.extract]]
# from = 2012-01-01
# until = 2019-06-30
# text = "#story-body"

# What to do about what this publisher asks, each "obey" (without it) or "ignore". The record says in any case what was asked.
# [source.example.rights]
# noindex = "obey"
# noarchive = "obey"
# tdm = "obey"
# content_signal = "obey"

# Where it is told that a source brings much less or other than it used to (articles, authors, dates, lengths ...), once when it falls
# out and once when it is back. It always stands in the log and in `newscrawler status`.
# [alerts]
# webhook = "https://hooks.example.com/news"        # gets a POST of JSON
# smtp = "smtp+starttls://me@mail.example.com:587"  # or smtps://; the password is taken from NEWSCRAWLER_SMTP_PASSWORD
# mail_from = "newscrawler@example.com"
# mail_to = ["desk@example.com"]
"""


@click.command("init")
@click.argument("file", default="sources.toml")
def command(file: str) -> None:
    """Write a commented sources.toml (or FILE) to fill in; a file that exists is left as it is."""
    try:
        with Path(file).open("x", encoding="utf-8") as new:
            new.write(TEMPLATE)
    except FileExistsError as error:
        raise UsageError(f"{file}: exists already, and stays as it is: give another name") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}): give another name") from error
    options.tell(f"{file} written: fill it in, then run `newscrawler crawl --sources {file}`")
