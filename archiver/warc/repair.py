"""Put right what a killed run left behind: cut the torn tail, give the file its name."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from isal import isal_zlib

from archiver.errors import OutputError
from archiver.http1 import INFLATE_ERRORS
from archiver.warc.reader import whole_length
from archiver.warc.writer import OPEN, finish, leftovers

logger = logging.getLogger(__name__)

MEMBER = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file of a killed run, finished: `cut` bytes of a torn last record were taken off its end."""

    path: Path
    cut: int


def repair(folder: Path) -> list[Repaired]:
    """Finish each `.open` file in `folder`; a file without a single whole record is removed.

    Raises OutputError if the disk refuses.
    """
    done: list[Repaired] = []
    for path in leftovers(folder):
        try:
            size = path.stat().st_size
            whole = whole_length(path)
            if whole < size:
                _set_aside(path, whole, size)
                with path.open("r+b") as file:
                    file.truncate(whole)
                    os.fsync(file.fileno())
            if whole:
                done.append(Repaired(finish(path), size - whole))
            else:
                path.unlink()
        except OSError as error:
            raise OutputError(f"cannot repair {path}: {error.strerror}", "Check the disk") from error
    return done


def _set_aside(path: Path, whole: int, size: int) -> None:
    """Keep what lies behind `whole` beside the file if it is more than a torn record: a bad disk tears the middle."""
    with path.open("rb") as file:
        file.seek(whole)
        data = file.read(size - whole)
    if _holds_a_record(data):
        broken = path.with_name(path.name.removesuffix(OPEN) + ".broken")
        with broken.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # before the original is cut
        logger.warning("%s is damaged in its middle; what follows is kept in %s", path.name, broken)


def _holds_a_record(data: bytes) -> bool:
    """Tell whether a further record begins somewhere behind a broken one."""
    at = data.find(MEMBER, 1)
    while at > 0:
        with suppress(*INFLATE_ERRORS):
            if isal_zlib.decompressobj(31).decompress(data[at : at + 4096], 16).startswith(b"WARC/"):
                return True
        at = data.find(MEMBER, at + 1)
    return False
