"""The archiver's settings at full speed: what is measured."""

from archiver.settings import *  # noqa: F403

# the blog's own spiders and what becomes of pages are no part of capture
SPIDER_MODULES: list[str] = []
ITEM_PIPELINES: dict[str, int] = {}
CONCURRENT_REQUESTS = CONCURRENT_REQUESTS_PER_DOMAIN = 16
DOWNLOAD_DELAY = 0
AUTOTHROTTLE_ENABLED = False
LOG_LEVEL = "WARNING"
