"""Scrapy as it comes, as polite and as parallel: what capture is measured against."""

from capture_settings import *  # noqa: F403

COMMANDS_MODULE = ""
DOWNLOAD_HANDLERS: dict[str, str] = {}
DOWNLOADER_MIDDLEWARES: dict[str, int] = {}
EXTENSIONS: dict[str, None] = {}
CONCURRENT_ITEMS = 100
