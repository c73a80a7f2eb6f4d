"""Append records to WARC files: one gzip member per record, `.open` until finished, never a torn tail.

The writer knows no crawl: it takes captures and gives back where their records lie. It is used by one thread
at a time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from archiver import http1
from archiver.errors import OutputError
from archiver.models import Capture, Record, WarcRef
from archiver.warc.records import WarcRecord, exchange, warcinfo

OPEN = ".open"
SUFFIX = ".warc.gz"
# igzip's weakest level that still stores incompressible bodies as they are: a fifth of zlib 6's time for 6 % more.
GZIP_LEVEL = 1


class WarcWriter:
    """Writes the captures of one run into files `<blog>-<14-digit UTC>-<serial>.warc.gz` below `folder`.

    `info` are the warcinfo fields of every file; a file is finished once it exceeds `max_bytes`.
    Writing raises OutputError when the disk refuses; the file then ends with the last whole record.
    """

    def __init__(self, folder: Path, blog: str, run_id: str, info: Mapping[str, str], max_bytes: int) -> None:
        self._folder = folder
        self._stem = f"{blog}-{run_id}"
        self._info = dict(info)
        self._max_bytes = max_bytes
        self._serial = 0
        self._file: BinaryIO | None = None
        self._name = ""
        self._size = 0
        self._warcinfo_id = ""
        self.files: list[str] = []

    def write(self, capture: Capture) -> Record | None:
        """Append the records of one exchange; return where the response lies, None if there was none."""
        if self._file is None or self._size > self._max_bytes:
            self._next_file()
        response, request = exchange(capture, self._warcinfo_id)
        if response is None:
            self._append([request])
            return None
        (offset, length), _ = self._append([response, request])
        head = http1.read_head(capture.response)
        digest = next((v for k, v in response.fields if k == "WARC-Payload-Digest"), None)
        mime = (head.get("content-type") or "").split(";")[0].strip().lower() or None
        ref = WarcRef(f"archive/{self._name}", offset, length, response.record_id, digest)
        return Record(ref, capture.url, capture.started, head.status or 0, mime)

    def close(self) -> None:
        """Finish the current file: bytes on the disk first, then its final name."""
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            file.flush()
            os.fsync(file.fileno())
            file.close()
            finish(Path(file.name))
        except OSError as error:
            raise OutputError(f"cannot finish {file.name}: {error.strerror}", "Check the disk") from error

    def _next_file(self) -> None:
        self.close()
        path = self._free_name()
        self._name = path.name.removesuffix(OPEN)
        record = warcinfo(self._name, datetime.now(UTC), self._info)
        try:
            # "x": a name is never used twice, whatever the clock does. Unbuffered: each record is one write.
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

    def _append(self, records: Iterable[WarcRecord]) -> list[tuple[int, int]]:
        """Write each record as a gzip member of its own; return their offsets and lengths.

        All of them or none: after a failed write the file is cut back to where it was.
        """
        assert self._file is not None
        places: list[tuple[int, int]] = []
        start = end = self._size
        try:
            for record in records:
                member = isal_zlib.compress(record.serialise(), level=GZIP_LEVEL, wbits=31)
                written = 0
                while written < len(member):
                    written += self._file.write(member[written:])
                places.append((end, len(member)))
                end += len(member)
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
    return final


def leftovers(folder: Path) -> list[Path]:
    """Return the `.open` files in `folder`: those of a run that was killed."""
    return sorted(p for p in folder.glob(f"*{SUFFIX}{OPEN}") if re.search(r"-\d{5}\.warc\.gz\.open$", p.name))
