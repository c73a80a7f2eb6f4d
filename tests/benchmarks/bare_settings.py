"""Scrapy alone with the same settings: what capture is measured against."""

from capture_settings import *  # noqa: F403

COMMANDS_MODULE = ""
DOWNLOAD_HANDLERS: dict[str, str] = {}
DOWNLOADER_MIDDLEWARES: dict[str, int] = {}
EXTENSIONS = {"scrapy.extensions.logstats.LogStats": None}
