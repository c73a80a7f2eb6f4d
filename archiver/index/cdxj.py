"""The index that says where each capture lies: CDXJ lines, sorted bytewise, as pywb and WACZ read them."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from archiver.errors import OutputError
from archiver.index.surt import surt
from archiver.models import Record


def is_listed(record: Record) -> bool:
    """Tell whether replayers are to find a record: not a 304, which they would show in the place of the page."""
    return not (record.origin and record.status == 304)


def line(record: Record) -> str:
    """Return the index line of a response or revisit record, without a line end.

    `filename` is the WARC file's own name: readers look for it in `archive/`.
    """
    fields = {
        "url": record.url,
        "mime": "warc/revisit" if record.origin else record.mime or "unk",
        "status": str(record.status or "-"),
        "digest": record.ref.payload_digest or "-",
        "length": str(record.ref.length),
        "offset": str(record.ref.offset),
        "filename": PurePosixPath(record.ref.file).name,
    }
    return f"{surt(record.url)} {record.date.strftime('%Y%m%d%H%M%S')} {json.dumps(fields)}"


def merge(index: Path, runs: Iterable[Iterable[bytes]]) -> None:
    """Add sorted `runs` of lines to a sorted index file; the old file is replaced at once, or not at all.

    Raises OutputError if the disk refuses.
    """
    part = index.with_suffix(".part")
    try:
        with part.open("wb") as out:
            out.writelines(_unique(heapq.merge(_old(index), *runs)))
            out.flush()
            os.fsync(out.fileno())
        part.replace(index)
    except OSError as error:
        raise OutputError(f"cannot write {index}: {error.strerror}", "Make space and run again") from error


def files(index: Path) -> set[str] | None:
    """Return the names of the WARC files that an index file knows; None if it is damaged or out of order."""
    names: set[str] = set()
    last = b""
    for line_ in _old(index):
        try:
            names.add(str(json.loads(line_.split(b" ", 2)[2])["filename"]))
        except (ValueError, IndexError, KeyError, TypeError, RecursionError):
            return None
        if line_ < last or not line_.endswith(b"\n"):
            return None
        last = line_
    return names


def _old(index: Path) -> Iterator[bytes]:
    if index.exists():
        with index.open("rb") as lines:
            yield from lines


def _unique(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = None
    for line_ in lines:
        if line_ != last:
            yield line_
        last = line_
