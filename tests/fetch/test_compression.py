"""gzip is undone for spiders as Scrapy does it, only faster."""

from __future__ import annotations

import gzip

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from archiver.fetch.compression import CompressionMiddleware

PAGE = b"<html>" + b"<p>again and again</p>" * 500
BODIES = {
    "whole": gzip.compress(PAGE),
    "cut": gzip.compress(PAGE)[:-9],
    "members": gzip.compress(PAGE) + gzip.compress(b"more"),
    "junk behind": gzip.compress(PAGE) + b"junk",
    "empty": b"",
    "no gzip": b"<html>no gzip",
}


def outcome(kind: type[HttpCompressionMiddleware], body: bytes, maxsize: int) -> object:
    """What a middleware makes of a gzipped answer."""
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": maxsize})
    response = Response("http://e.org/", headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}, body=body)
    try:
        made = kind.from_crawler(crawler).process_response(Request("http://e.org/"), response)
    except (IgnoreRequest, OSError, EOFError) as error:
        return type(error)
    return type(made), made.body, made.headers.get("Content-Encoding")


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("maxsize", [0, 100, 1_000_000])
def test_same_as_scrapys(name, maxsize):
    """Whole, broken, several members, too large: the answer and the error are those of Scrapy's middleware."""
    expected = outcome(HttpCompressionMiddleware, BODIES[name], maxsize)
    assert outcome(CompressionMiddleware, BODIES[name], maxsize) == expected


def test_scrapy_asks_it(monkeypatch):
    """The decoder that is in use is ours."""
    monkeypatch.setattr(CompressionMiddleware, "_decode", staticmethod(lambda body, encoding, max_size: b"ours"))
    assert outcome(CompressionMiddleware, BODIES["whole"], 0)[1] == b"ours"
