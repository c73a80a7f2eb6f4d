"""Keep the index in step with the archive: note each record while it is written, merge when the crawl ends."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from scrapy import signals

from archiver.errors import ArchiverError, OutputError
from archiver.export.items import current_posts
from archiver.hooks import CrawlExtension, stop_crawl
from archiver.index import cdxj, pages
from archiver.index.notes import Notes
from archiver.models import Record
from archiver.warc import reader
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class IndexExtension(CrawlExtension):
    """Writes indexes/index.cdxj and pages/pages.jsonl at the end of a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._archive = ArchiveExtension.of(crawler)
        self._noted: Notes | None = None
        self._archive.on_record(self.note)
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    def note(self, record: Record) -> None:
        """Note the index line of a record. A full disk stops the crawl; the line is made again from the WARC."""
        if not cdxj.is_listed(record):
            return
        try:
            self._notes().add(cdxj.line(record))
        except OSError as error:
            stop_crawl(self._crawler, OutputError(f"cannot write the index: {error.strerror}", "Make space"))

    def close(self, **_: Any) -> None:
        """Merge what was noted, and what a killed run could not, into the index; list the pages anew."""
        folder = self._archive.folder
        if folder is None:
            return
        try:
            notes = self._notes()
            # A killed run may have finished files and not come to index them.
            indexed = cdxj.files(folder.index)
            if indexed is None:
                logger.warning("%s is damaged and is made again from the WARC files", folder.index)
                folder.index.unlink()
            known = {*self._archive.files, *(indexed or ())}
            for warc in sorted(folder.archive.glob("*.warc.gz")):
                if warc.name not in known:
                    for record in filter(cdxj.is_listed, reader.captures(warc)):
                        notes.add(cdxj.line(record))
            with ExitStack() as stack:
                cdxj.merge(folder.index, notes.sorted_runs(stack))
            notes.forget()
            pages.write(folder.pages, current_posts(folder.posts))
        except ArchiverError as error:
            stop_crawl(self._crawler, error)
        except OSError as error:
            stop_crawl(self._crawler, OutputError(f"cannot write the index: {error.strerror}", "Make space"))
        except Exception as error:  # noqa: BLE001 - files of others hold anything; an exit code 0 would hide it
            stop_crawl(self._crawler, OutputError(f"cannot write the index: {error!r:.200}", "Please report it"))

    def _notes(self) -> Notes:
        folder = self._archive.folder
        assert folder is not None
        if self._noted is None:
            self._noted = Notes(folder.index)
        return self._noted
