"""Answer a request out of the archive: what a killed run captured and nobody read is not fetched a second time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from archiver import http1
from archiver.errors import BadRecord
from archiver.models import Record
from archiver.warc.extension import ArchiveExtension
from archiver.warc.reader import record_at

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

# request.meta: the Record that answers it; response.meta: where it lies, as for what was fetched now
CAPTURED = "archiver_captured"
RECORD = "archiver_record"


class CapturedMiddleware:
    """Stands next to the downloader, so that an answer from the archive takes the way of one from the wire."""

    def __init__(self, crawler: Crawler) -> None:
        self._archive = ArchiveExtension.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CapturedMiddleware:
        """Make the middleware, as Scrapy asks for it."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """Return the response that the record named in the request's meta holds; None sends it to the network."""
        record = request.meta.get(CAPTURED)
        folder = self._archive.folder
        if not isinstance(record, Record) or folder is None:
            return None
        try:
            stored = record_at(folder.path / record.ref.file, record.ref.offset)
        except BadRecord as error:
            logger.warning("%s is fetched again: %s", request.url, error)
            # or the answer would become a revisit of what cannot be read
            self._archive.distrust(record.ref)
            return None
        head = http1.read_head(stored.block)
        if stored.record_id != record.ref.record_id or head.status is None:
            return None
        headers = Headers()
        for name, value in head.fields:
            headers.appendlist(name, value.encode("latin-1"))
        body = http1.payload(stored.block, head)
        request.meta[RECORD] = record
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(url=request.url, status=head.status, headers=headers, body=body)
