"""The wiring of the archiver: every hook in the order in which data flows through it, every setting with its reason.

To change a setting for one crawl: `scrapy crawl blog -a url=URL -s NAME=VALUE`. To add a setting, put it with the
stage that reads it, with its reason.
"""

from importlib.util import find_spec

from archiver import __version__

BOT_NAME = "blog-archiver"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
# Our `crawl` in the place of Scrapy's, which exits 0 whatever happens. It must stand here: -s is read too late.
COMMANDS_MODULE = "archiver.commands"

# --- where, and who asks -----------------------------------------------------------------------------

# The folder of all blogs; below it each blog has a folder of its own.
ARCHIVER_OUTPUT = "output"
# A mail address or a page: the owner of a blog must be able to reach whoever fetches it. A crawl of any host but
# this machine refuses to start without it.
ARCHIVER_CONTACT = ""
# Says what asks and how to reach its operator. The crawl command puts the contact into it.
USER_AGENT = f"blog-archiver/{__version__}"

# --- 1. discover and 2. fetch: politely ----------------------------------------------------------------

# The blog's own word on what may be fetched.
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    # ours stops where robots.txt cannot be had, as RFC 9309 asks; Scrapy's crawls on
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "archiver.fetch.robots.RobotsMiddleware": 100,
    # gunzips faster than Scrapy's
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "archiver.fetch.compression.CompressionMiddleware": 590,
    # next to the downloader: what a killed run captured and nobody read is not asked for again
    "archiver.warc.middleware.CapturedMiddleware": 950,
}
# One request at a time per host, about a second apart: a blog's server is often the smallest there is.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Not more than that wait in the downloader: Ctrl-C has to see all of them through, one a second.
CONCURRENT_REQUESTS = 2
# Items of one answer that are handled side by side. A page is one post, and Scrapy starts so many tasks for every
# answer: its hundred are a third of a crawl's time.
CONCURRENT_ITEMS = 4
# In the order in which the spider asks, newest posts first: a crawl may be cut short. Scrapy takes the last first.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
DOWNLOAD_DELAY = 1.0
# Slower when the server answers slowly; never faster than DOWNLOAD_DELAY.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
# A page that takes longer is no page; Scrapy's own three minutes hold up a whole blog.
DOWNLOAD_TIMEOUT = 60
# Scrapy allows 1 GiB. No post is that long, and a body is held in memory.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# An archive of what an impostor sent is worth nothing. Scrapy verifies no certificate by default.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Only gzip: the bytes are kept as sent, and replayers can't read br and zstd.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
    "Accept-Encoding": "gzip",
}
# A reader without an account sees the blog as it is for everybody; and cookies would end up in the archive.
COOKIES_ENABLED = False
# A page that moves its reader on by itself is archived as it is.
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 10
RETRY_TIMES = 2
# Our handler sees the bytes on the wire. No other scheme has a place in an archive of the web.
DOWNLOAD_HANDLERS = {
    "http": "archiver.fetch.handler.CaptureHandler",
    "https": "archiver.fetch.handler.CaptureHandler",
    "ftp": None,
    "file": None,
    "data": None,
    "s3": None,
}
# A body larger than that is held on disk while it comes, not in memory: requests run side by side.
ARCHIVER_SPOOL_BYTES = 4 * 1024 * 1024
# A cached answer never crosses the wire, so it can't be archived.
HTTPCACHE_ENABLED = False

# --- 3. WARC, 6. index, state, run report: what is opened before the first request and closed after the last -

EXTENSIONS = {
    # refuses a crawl whose bytes would not be seen
    "archiver.fetch.extension.CaptureExtension": 50,
    "archiver.warc.extension.ArchiveExtension": 100,
    "archiver.state.extension.StateExtension": 200,
    "archiver.index.extension.IndexExtension": 300,
    "archiver.runs.extension.RunExtension": 400,
    # says little that our own progress line doesn't
    "scrapy.extensions.logstats.LogStats": None,
    # is off below, and takes a while to be imported all the same
    "scrapy.extensions.telnet.TelnetConsole": None,
}
if find_spec("scrapy.extensions.remote_control"):  # the same, since Scrapy 2.19
    EXTENSIONS["scrapy.extensions.remote_control.RemoteControl"] = None
# Small enough to copy, large enough that a blog is a few files; archives agree on about 1 GB.
ARCHIVER_WARC_MAX_BYTES = 1_000_000_000
# Seconds after which what was written is on the disk itself, not only with the system: what a power cut may cost (a
# kill costs nothing). 0: before a response is handed on; every request then waits for the disk.
ARCHIVER_FSYNC_SECONDS = 1.0
# Answers that may wait to be written; beyond that downloads wait too, and nothing more is asked for.
ARCHIVER_WRITE_QUEUE = 64
# Credentials in requests (Authorization, Cookie, Proxy-Authorization): "redact" leaves them out of the archive and
# says so in it, "keep" writes them. An archive is given away sooner or later, so they stay out.
ARCHIVER_SECRETS = "redact"
# The text of each post as a conversion record beside the page that it was made of: the WARC files then hold
# what the items hold, for readers that know WARC only.
ARCHIVER_CONVERSIONS = True
# Who runs the crawl, a name: stated in every WARC file. Without it the contact stands there.
ARCHIVER_OPERATOR = ""
# Posts are looked at again after this many days although nothing tells of a change; conditionally, so that an
# unchanged one costs the server next to nothing. After twelve times as many if the API or a sitemap marks changes.
ARCHIVER_REVISIT_DAYS = 30.0
# Hours after its start in which a crawl that ended early is gone on with: what its surfaces said is still true. Later,
# they are asked anew.
ARCHIVER_RESUME_HOURS = 24.0
# Seconds between progress lines in a log. On a terminal a live line is shown instead.
ARCHIVER_PROGRESS_SECONDS = 30.0
# A live line at the bottom of a terminal; False: log lines there too.
ARCHIVER_LIVE_LINE = True
# A run in which a larger share of the posts failed exits with 4.
ARCHIVER_ERROR_THRESHOLD = 0.1

# --- discovery's bounds --------------------------------------------------------------------------------

# Pages of one surface (feed, API, lists) that are asked for at the most: an end to endless paging.
ARCHIVER_MAX_SURFACE_PAGES = 2000
# Addresses that nothing but links name: a page that links to ever new addresses ends here.
ARCHIVER_MAX_LINKED = 20_000

# --- 4. extract and 5. export --------------------------------------------------------------------------

ITEM_PIPELINES = {
    "archiver.extract.pipeline.ExtractPipeline": 100,
    "archiver.export.pipeline.ExportPipeline": 200,
}
# Worker processes, of all blogs that are crawled side by side. One keeps up with any polite crawl.
ARCHIVER_WORKERS = 1
# Seconds for one page; ordinary ones take a tenth of one.
ARCHIVER_EXTRACT_TIMEOUT = 60.0
# Jobs that may wait for a worker; beyond that Scrapy stops fetching.
ARCHIVER_EXTRACT_QUEUE = 16
# Address space of a worker in bytes, 0 for no limit: a hostile page must not take the machine's memory.
ARCHIVER_WORKER_MEMORY = 2 * 1024**3
# A page larger than this, decoded, is a decompression bomb.
ARCHIVER_MAX_HTML_BYTES = 32 * 1024 * 1024

# --- the process ---------------------------------------------------------------------------------------

# Blogs of a list (-a urls_file) that are crawled side by side, each on a host of its own. A polite crawl waits most of
# the time; each takes some 2 MB and a dozen open files.
ARCHIVER_BLOGS_AT_ONCE = 8
# New objects after which Python looks for cycles among them, 0 for its own 700: Scrapy makes thousands a page, and the
# looking takes a fifth of a crawl's time.
ARCHIVER_GC_THRESHOLD = 20_000
# Each opens a local port through which whoever reaches it runs code; an unattended crawl needs neither.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
FEED_EXPORT_ENCODING = "utf-8"
