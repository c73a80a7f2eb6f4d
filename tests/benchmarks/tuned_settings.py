"""Scrapy without capture, and with all that makes our crawls cheaper: what capture alone costs is the difference."""

from importlib.util import find_spec

from bare_settings import *  # noqa: F403

from archiver.settings import ARCHIVER_GC_THRESHOLD, CONCURRENT_ITEMS  # noqa: F401

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "archiver.fetch.compression.CompressionMiddleware": 590,
}
EXTENSIONS = {
    "calm.CalmExtension": 0,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}
if find_spec("scrapy.extensions.remote_control"):
    EXTENSIONS["scrapy.extensions.remote_control.RemoteControl"] = None
