"""Append records to WARC files: one gzip member per record, `.open` until finished, never a torn tail.

The writer knows no crawl: it takes captures and gives back where their records lie. It is used by one thread
at a time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from archiver.errors import OutputError
from archiver.models import Capture, Record, WarcRef
from archiver.warc.member import member
from archiver.warc.message import Message, read_message
from archiver.warc.reader import PAGES
from archiver.warc.records import ExchangeRecords, WarcRecord, conversion, warcinfo

OPEN = ".open"
SUFFIX = ".warc.gz"
# Compressed bytes that are gathered for one write.
WRITE = 1 << 20
CONDITIONAL = re.compile(rb"(?im)^if-(?:none-match|modified-since)[ \t]*:")


class Originals(Protocol):
    """The responses that a blog's archive holds already, to which revisits can refer."""

    def find(self, payload_digest: str, url: str | None, *, chunked: bool) -> Record | None:
        """Return the response with this payload, chunked or not; of this address, or if that is None of any."""

    def latest(self, url: str) -> Record | None:
        """Return the response whose payload this address had when it was last seen, None if there was no 200."""

    def add(self, record: Record) -> None:
        """Note a record: an original, or a revisit, which tells that its origin was seen again."""


class WarcWriter:
    """Writes the captures of one run into files `<blog>-<14-digit UTC>-<serial>.warc.gz` below `folder`.

    `info` are the warcinfo fields of every file; a file is finished once it exceeds `max_bytes`. Without
    `originals` no response becomes a revisit. Writing raises OutputError when the disk refuses; the file then ends
    with the last whole exchange.
    """

    def __init__(
        self,
        folder: Path,
        blog: str,
        run_id: str,
        info: Mapping[str, str],
        max_bytes: int,
        *,
        originals: Originals | None = None,
        keep_secrets: bool = False,
    ) -> None:
        self._folder = folder
        self._stem = f"{blog}-{run_id}"
        self._info = dict(info)
        self._max_bytes = max_bytes
        self._originals = originals
        self._keep_secrets = keep_secrets
        self._serial = 0
        self._file: BinaryIO | None = None
        self._name = ""
        self._size = 0
        self._synced = True
        self._warcinfo_id = ""
        self.files: list[str] = []

    @property
    def is_synced(self) -> bool:
        """Whether all that was written would survive a power cut."""
        return self._synced or self._file is None

    def write(self, capture: Capture) -> Record | None:
        """Append the records of one exchange; return where the response or revisit lies, None if there is none."""
        self._ready()
        try:
            interim, message = read_message(capture.response)
        except OSError as error:
            raise OutputError(
                f"cannot read what was held of {capture.url}: {error.strerror}", "Make space in TMPDIR, then run again"
            ) from error
        made = ExchangeRecords(capture, self._warcinfo_id, keep_secrets=self._keep_secrets)
        origin = self._origin(capture, made.uri, message) if message and self._originals else None
        places = self._append(made.all(message, interim, origin))
        if message is None:
            return None
        record_id, offset, length = places[0]
        digest = origin.ref.payload_digest if origin else message.payload_digest
        record = Record(
            WarcRef(f"archive/{self._name}", offset, length, record_id, digest),
            made.uri,
            capture.started,
            message.head.status or 0,
            message.mime,
            origin=origin.ref if origin else None,
            is_original=origin is None and bool(message.payload_size) and not capture.truncated,
            is_page=_is_page(message),
            is_chunked=message.head.chunked,
        )
        if self._originals and (record.origin or record.is_original):
            self._originals.add(record)
        return record

    def write_conversion(self, source: Record, text: str) -> None:
        """Append a text that was made of `source`."""
        self._ready()
        self._append([conversion(source, text, datetime.now(UTC), self._warcinfo_id)])

    def sync(self) -> None:
        """Have the disk hold what was written. Raises OutputError."""
        if self._file is None or self._synced:
            return
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(f"cannot write to {self._file.name}: {error.strerror}", "Check the disk") from error
        self._synced = True

    def close(self) -> None:
        """Finish the current file: bytes on the disk first, then its final name."""
        if self._file is None:
            return
        self.sync()
        file, self._file = self._file, None
        try:
            file.close()
            finish(Path(file.name))
        except OSError as error:
            raise OutputError(f"cannot finish {file.name}: {error.strerror}", "Check the disk") from error

    def _origin(self, capture: Capture, url: str, message: Message) -> Record | None:
        """Return the response that holds this payload already: then it is not written a second time."""
        assert self._originals is not None
        if message.head.status == 304:
            # a 304 that nobody asked for says nothing about what is in the archive (section 6.7.3)
            return self._originals.latest(url) if CONDITIONAL.search(capture.request) else None
        if capture.truncated or not message.payload_size:
            return None
        # An item names a response of its own address; what is no page makes no item. Chunked only for chunked:
        # pywb reads the response's body by the revisit's head.
        address = url if _is_page(message) else None
        origin = self._originals.find(message.payload_digest, address, chunked=message.head.chunked)
        # of two that were under way at once, the one that ended first may have begun last
        return origin if origin and origin.date <= capture.started else None

    def _ready(self) -> None:
        if self._file is None or self._size > self._max_bytes:
            self._next_file()

    def _next_file(self) -> None:
        self.close()
        path = self._free_name()
        self._name = path.name.removesuffix(OPEN)
        record = warcinfo(self._name, datetime.now(UTC), self._info)
        try:
            # "x": a name is never used twice, whatever the clock does. Unbuffered: each exchange is one write.
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise OutputError(f"cannot open {path}: {error.strerror}", "Check the disk") from error
        self._size = 0
        self._warcinfo_id = record.record_id
        try:
            self._append([record])
        except OutputError:
            # a file must begin with its warcinfo: the next write, if there is one, begins another
            self._file.close()
            self._file = None
            with suppress(OSError):
                path.unlink()
            raise
        self.files.append(self._name)

    def _free_name(self) -> Path:
        # A run that began within the same second, or before the clock was set back, may have had this stem.
        while True:
            self._serial += 1
            final = self._folder / f"{self._stem}-{self._serial:05d}{SUFFIX}"
            if not final.exists():
                return final.with_name(final.name + OPEN)

    def _append(self, records: Sequence[WarcRecord]) -> list[tuple[str, int, int]]:
        """Write each record as a gzip member of its own; return their ids, offsets and lengths.

        All of them or none: after a failed write the file is cut back to where it was.
        """
        assert self._file is not None
        places: list[tuple[str, int, int]] = []
        start = end = self._size
        gathered: list[bytes | bytearray | memoryview] = []
        waiting = 0
        try:
            for record in records:
                begin = end
                for piece in member(record):
                    if waiting >= WRITE and end > begin:  # the last piece of a record goes with the next record
                        self._put(gathered)
                        gathered, waiting = [], 0
                    gathered.append(piece)
                    end += len(piece)
                    waiting += len(piece)
                places.append((record.record_id, begin, end - begin))
            self._put(gathered)
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(start)
                self._file.seek(start)
            raise OutputError(
                f"cannot write to {self._file.name}: {error.strerror}",
                "Make space, then run the same command again: it goes on from here",
            ) from error
        self._size = end
        return places

    def _put(self, pieces: list[bytes | bytearray | memoryview]) -> None:
        assert self._file is not None
        data = b"".join(pieces)
        written = 0
        self._synced = False
        while written < len(data):
            written += self._file.write(data[written:] if written else data)


def _is_page(message: Message) -> bool:
    return message.looks_like in PAGES or message.mime in PAGES


def finish(path: Path) -> Path:
    """Give a finished `.open` file its final name and return it; a file of that name is never replaced."""
    final = path.with_name(path.name.removesuffix(OPEN))
    # link fails if the name is taken, rename would silently replace it
    try:
        os.link(path, final)
    except FileExistsError as error:
        if not path.samefile(final):
            raise OutputError(f"{final} exists already", "Move one of the two files away") from error
        path.unlink()  # killed between the two steps
    except OSError:
        path.rename(final)  # file systems without hard links
    else:
        path.unlink()
    with suppress(OSError):  # a name is on the disk only when its folder is; not every file system can tell
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return final


def leftovers(folder: Path) -> list[Path]:
    """Return the `.open` files in `folder`: those of a run that was killed."""
    return sorted(p for p in folder.glob(f"*{SUFFIX}{OPEN}") if re.search(r"-\d{5,}\.warc\.gz\.open$", p.name))
