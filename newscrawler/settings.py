"""Every Scrapy knob that we turn, and why. The command line sets the rest (delay, concurrency, database)."""

from newscrawler import __version__

BOT_NAME = "newscrawler"
SPIDER_MODULES = ["newscrawler.spiders"]
NEWSPIDER_MODULE = "newscrawler.spiders"

# --- ours
NEWSCRAWLER_DB = "data/news.db"  # a path, or a SQLAlchemy URL
NEWSCRAWLER_SOURCES: str | None = None  # a sources.toml; scrapy crawl news -a sources=FILE goes before it
NEWSCRAWLER_ONLY: str | None = None  # the start pages of this source alone
NEWSCRAWLER_KEEP_BODIES = True  # bodies as fetched are kept, so that a better version can read every page again
NEWSCRAWLER_TDMREP = True  # each host's /.well-known/tdmrep.json is asked for once: reservations of text and data mining
NEWSCRAWLER_ALLOW_PRIVATE: list[str] = []  # hosts that may have loopback or private addresses

# --- who we are: a name and a way to reach the people who answer for the crawl
USER_AGENT = f"newscrawler/{__version__} (news archive; contact: operator of this crawl)"  # --contact puts yours here
ROBOTSTXT_USER_AGENT = "newscrawler"

# --- politeness: off or fast in Scrapy
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1.0  # seconds between two requests to a host
DOWNLOAD_DELAY_JITTER = 0  # the frontier counts on the delay as it stands
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 16  # the frontier keeps a host to its share
AUTOTHROTTLE_ENABLED = True  # slower where a site is slow, never faster than the delay
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# --- safety
DOWNLOAD_HANDLERS = {"file": None, "ftp": None, "s3": None, "data": None}  # a page must not make us read files
TELNETCONSOLE_ENABLED = False  # a console that runs code
REMOTE_CONTROL_ENABLED = False  # a server that runs code, on by default since 2.18
COOKIES_ENABLED = False  # news is public; and a cookie ties requests together
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy does not by default
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # after decompression too; 1 GiB by default
NEWSCRAWLER_SITEMAP_MAXSIZE = 51 * 1024 * 1024  # of sitemaps, read as a stream: sitemaps.org allows 50 MiB
DOWNLOAD_WARNSIZE = 0  # the ledger has the reason
DOWNLOAD_TIMEOUT = 30  # 180 by default, for the whole answer
TWISTED_DNS_RESOLVER = "newscrawler.middlewares.guard.GuardedResolver"  # no private address leaves it

# --- what the frontier and the ledger do instead
RETRY_ENABLED = False  # attempts and back-off are kept in the database
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # a page has one row: repeats never become requests
METAREFRESH_ENABLED = False  # each hop is a page of its own, judged again; RedirectMiddleware stays for robots.txt
HTTPERROR_ALLOW_ALL = True  # every answer is an outcome
DEPTH_STATS_VERBOSE = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of our callbacks again and again; they return nothing
CONCURRENT_ITEMS = 1  # of one response: ours yields one, and Scrapy makes a task for each that it may yield
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"  # the frontier has put the hosts in turn already
SPIDER_MIDDLEWARES = {
    # Our spider yields no request in a callback, and takes every status: nothing for these to do but cost time.
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    "newscrawler.middlewares.guard.Guard": 50,  # before robots.txt (100): a refused host is not asked for it
    "newscrawler.middlewares.rights.Rights": 90,
    "newscrawler.middlewares.manners.Robots": 100,  # RFC 9309: an unreachable robots.txt forbids everything for a while
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # takes it for a permission
    "newscrawler.middlewares.compressed.Compressed": 595,  # right before HttpCompressionMiddleware (590) sees a response
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}
ITEM_PIPELINES = {
    "newscrawler.pipelines.ReadPage": 100,  # bytes -> text -> page
    "newscrawler.pipelines.FindDuplicates": 200,  # article -> decision
    "newscrawler.pipelines.StorePage": 300,  # one transaction for page, article and links
}

# --- what a person sees
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []  # a dozen lines at each start
LOG_FORMATTER = "newscrawler.logformat.OneLine"
LOGSTATS_INTERVAL = 60.0
FEED_EXPORT_ENCODING = "utf-8"
