"""Read records back: one at an offset, all of a file, or as much of a torn file as is whole.

warcio reads the records; the HTTP message inside stays bytes.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archiver import http1
from archiver.errors import BadRecord
from archiver.models import Page, Record, WarcRef

logger = logging.getLogger(__name__)

CHUNK = 1 << 16
# of no bytes at all
EMPTY = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in a file. `fields` has the names as written, `block` the exact content."""

    file: Path
    offset: int
    length: int
    kind: str
    fields: dict[str, str]
    block: bytes

    @property
    def url(self) -> str:
        """The WARC-Target-URI, or ""."""
        return self.fields.get("WARC-Target-URI", "")

    @property
    def record_id(self) -> str:
        """The WARC-Record-ID without its angle brackets."""
        return self.fields.get("WARC-Record-ID", "").strip("<>")

    @property
    def date(self) -> datetime:
        """The WARC-Date; the epoch if it cannot be read."""
        try:
            return datetime.fromisoformat(self.fields.get("WARC-Date", ""))
        except ValueError:
            return datetime.fromtimestamp(0, UTC)


def records(path: Path) -> Iterator[StoredRecord]:
    """Yield all records of a WARC file in order. Raises BadRecord where the file stops being one."""
    end = 0
    with path.open("rb") as stream:
        for record in _iterate(path, stream, 0):
            end = record.offset + record.length
            yield record
    if path.suffix == ".gz" and end < path.stat().st_size:  # warcio takes a torn head for the end of the file
        raise BadRecord(f"{path}: torn record at offset {end}")


def record_at(path: Path, offset: int) -> StoredRecord:
    """Return the record at `offset` bytes of a WARC file. Raises BadRecord if there is none."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            for record in _iterate(path, stream, offset):
                return record
    except OSError as error:
        raise BadRecord(f"{path}: {error.strerror}") from error
    raise BadRecord(f"{path}: no record at offset {offset}")


def _iterate(path: Path, stream: object, base: int) -> Iterator[StoredRecord]:
    # no_record_parse: warcio must not touch the HTTP head
    iterator = ArchiveIterator(stream, no_record_parse=True)
    try:
        for raw in iterator:
            block = raw.raw_stream.read()
            fields = dict(raw.rec_headers.headers)
            offset = iterator.get_record_offset()
            length = iterator.get_record_length()
            # warcio takes a torn member for a short record
            if raw.rec_headers.get_header("Content-Length") != str(len(block)):
                raise BadRecord(f"{path}: torn record at offset {offset}")
            yield StoredRecord(path, offset, length, raw.rec_type, fields, block)
    except (ArchiveLoadFailed, OSError, EOFError, ValueError, zlib.error) as error:
        # what warcio says of it quotes what is there, whatever that is
        what = "".join(c if c.isascii() and c.isprintable() else "?" for c in str(error)[:120])
        raise BadRecord(f"{path}: broken after offset {base}: {what}") from error


def page_of(record: StoredRecord, limit: int, origin: StoredRecord | None = None) -> Page:
    """Return the page that a response record holds: codings undone, at most `limit` bytes.

    The page of a revisit has its own head, and the payload of `origin`, the response that it refers to.
    Raises BadRecord if a record is no HTTP response or its body cannot be decoded.
    """
    head = http1.read_head(record.block)
    source = origin or record
    body_head = http1.read_head(source.block) if origin else head
    if record.kind != ("revisit" if origin else "response") or source.kind != "response" or head.status is None:
        raise BadRecord(f"{record.file}: no HTTP response at offset {record.offset}")
    try:
        body = http1.decode(http1.payload(source.block, body_head), body_head.get("content-encoding"), limit)
    except ValueError as error:
        raise BadRecord(f"{source.file}: offset {source.offset}: {source.url}: {error}") from error
    return Page(record.url, body, head.fields, head.status)


def record_of(stored: StoredRecord, file: str) -> Record | None:
    """Return what index and state need to know of a response or revisit record, None for other types.

    `file` names the WARC. Of a revisit's origin only id and digest are known.
    """
    if stored.kind not in ("response", "revisit"):
        return None
    fields = stored.fields
    head = http1.read_head(stored.block)
    mime = (head.get("content-type") or "").split(";")[0].strip().lower() or None
    digest = fields.get("WARC-Payload-Digest")
    ref = WarcRef(file, stored.offset, stored.length, stored.record_id, digest)
    origin = None
    if stored.kind == "revisit":
        origin = WarcRef("", 0, 0, fields.get("WARC-Refers-To", "").strip("<>"), digest)
    is_original = not origin and "WARC-Truncated" not in fields and digest not in (None, EMPTY)
    is_page = fields.get("WARC-Identified-Payload-Type") in PAGES or mime in PAGES
    return Record(ref, stored.url, stored.date, head.status or 0, mime, origin, is_original, is_page, head.chunked)


def captures(path: Path) -> Iterator[Record]:
    """Yield the response and revisit records of a finished WARC file, up to where it is damaged if it is."""
    try:
        for stored in records(path):
            record = record_of(stored, f"archive/{path.name}")
            if record:
                yield record
    except (BadRecord, OSError) as error:
        logger.warning("%s is read up to where it is damaged: %s", path, error)


def whole_length(path: Path) -> int:
    """Return how many bytes of a file are whole gzip members: where a torn tail begins, else the file's size."""
    whole = 0
    at = 0
    engine = isal_zlib.decompressobj(31)
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            while data:
                try:
                    engine.decompress(data)
                except http1.INFLATE_ERRORS:
                    return whole
                if not engine.eof:
                    at += len(data)
                    break
                at += len(data) - len(engine.unused_data)
                whole = at
                data = engine.unused_data
                engine = isal_zlib.decompressobj(31)
    return whole
