"""What to fetch next: which URL of which host, and when; what belongs to the crawl; what one outcome means for the ledger."""

from newscrawler.frontier.crawl import Crawl
from newscrawler.frontier.hosts import Frontier
from newscrawler.frontier.joining import join_parts, part_of
from newscrawler.frontier.scope import Scope
from newscrawler.frontier.settle import settle

__all__ = ["Crawl", "Frontier", "Scope", "join_parts", "part_of", "settle"]
