"""Put right what a killed run left behind: cut the torn tail, give the file its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import OutputError
from archiver.warc.reader import whole_length
from archiver.warc.writer import finish, leftovers


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
