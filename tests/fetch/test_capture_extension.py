"""A crawl whose bytes would not be seen is refused."""

from __future__ import annotations

import pytest
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.settings import Settings

from archiver import settings
from archiver.errors import CaptureError
from archiver.fetch.extension import check_handlers
from archiver.fetch.handler import CaptureHandler

OURS = "archiver.fetch.handler.CaptureHandler"
THEIRS = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
HANDLERS = settings.DOWNLOAD_HANDLERS


class OwnHandler(CaptureHandler):
    """What somebody made of our handler."""


def made(handlers=HANDLERS, **others) -> Settings:
    """Return settings with these handlers, on top of Scrapy's own."""
    return Settings({"DOWNLOAD_HANDLERS": handlers, **others})


@pytest.mark.parametrize(
    "handlers",
    [
        HANDLERS,
        HANDLERS | {"https": CaptureHandler},
        HANDLERS | {"http": OwnHandler},
        HANDLERS | {"gopher": None},
        HANDLERS | {"gopher": OURS},
    ],
)
def test_ours(handlers):
    """Settings by which every request is archived are fine, a handler made of ours too."""
    check_handlers(made(handlers))


@pytest.mark.parametrize(
    ("handlers", "message"),
    [
        (HANDLERS | {"http": THEIRS}, f"DOWNLOAD_HANDLERS: {THEIRS} fetches http, so nothing of it would be archived"),
        (HANDLERS | {"https": THEIRS}, "fetches https"),
        (HANDLERS | {"https": HTTP11DownloadHandler}, "fetches https"),
        (HANDLERS | {"http": None}, "DOWNLOAD_HANDLERS: None fetches http"),
        (HANDLERS | {"gopher": THEIRS}, "fetches gopher"),
        (HANDLERS | {"data": "scrapy.core.downloader.handlers.datauri.DataURIDownloadHandler"}, "fetches data"),
        (HANDLERS | {"http": "archiver.nowhere.Handler"}, "DOWNLOAD_HANDLERS: http: No module named"),
        (HANDLERS | {"http": "archiver.fetch.handler.Gone"}, "DOWNLOAD_HANDLERS: http: .*Gone"),
        (HANDLERS | {"http": "Handler"}, "DOWNLOAD_HANDLERS: http: "),
        (HANDLERS | {"http": 7}, "DOWNLOAD_HANDLERS: 7 fetches http"),
        # what is not named is Scrapy's own
        ({"http": OURS, "https": OURS}, "DOWNLOAD_HANDLERS: .* fetches data"),
    ],
)
def test_theirs(handlers, message):
    """A handler that is not ours, or none, is refused with its scheme, and with what to do."""
    with pytest.raises(CaptureError, match=message) as caught:
        check_handlers(made(handlers))
    assert "DOWNLOAD_HANDLERS" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_cache():
    """What comes out of a cache never crosses the wire."""
    with pytest.raises(CaptureError, match="HTTPCACHE_ENABLED"):
        check_handlers(made(HTTPCACHE_ENABLED=True))
