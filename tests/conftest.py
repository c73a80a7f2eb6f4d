"""An item as a crawl makes it, for the stages that keep, index or count items."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from archiver.export import items
from archiver.models import Article, Page, Post, Record, WarcRef

RUN_ID = "20200102030405"
# How long an example takes says more of the machine than of the code.
settings.register_profile("archiver", deadline=None)
settings.load_profile("archiver")
# A test of hostile input that takes longer will not end today; what it should take is a benchmark's question.
PATIENCE = 180


@pytest.fixture
def must_end() -> Iterator[None]:
    """End the whole run, with a trace of what hangs, if the test does not: a regular expression heeds no exception."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def make_item() -> Callable[..., Post]:
    """Return a function from address and text to a post item."""

    def run(url: str = "http://example.org/a", text: str = "One.\n\nTwo.", run_id: str = RUN_ID) -> Post:
        article = Article("post", (), None, "generic", "A title", text, text)
        page = Page(url, b"", (("etag", '"1"'), ("last-modified", "Wed, 01 Jan 2020 00:00:00 GMT")))
        ref = WarcRef(f"archive/example.org-{run_id}-00001.warc.gz", 269, 384, "urn:uuid:1", "sha1:X")
        record = Record(ref, url, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), 200, "text/html")
        return items.make_post(article, page, record, requested_url=url, run_id=run_id, surfaces=["feed"])

    return run
