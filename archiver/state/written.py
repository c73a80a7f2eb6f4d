"""How much of the files of items the state knows: a power cut or an older state leaves lines that it does not."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archiver.state.database import Table

# Bytes before the end of what is known that tell whether it is still the same file.
TAIL = 4096


class Written(Table):
    """The files of items of one blog (`files`), and how far each was read or written by runs that the state knows."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        super().__init__(database, path)
        self.files: Sequence[Path] = ()

    def note(self) -> None:
        """Remember that all the files hold now is known. Raises OSError if they cannot be read."""
        for file in self.files:
            size = file.stat().st_size if file.is_file() else 0
            row = (file.name, size, _tail(file, size))
            if self._one("SELECT name, size, tail FROM item_file WHERE name = ?", file.name) != row:
                self._run("INSERT OR REPLACE INTO item_file VALUES (?, ?, ?)", row)

    def unknown(self, file: Path) -> Iterator[dict[str, Any]]:
        """Yield the items beyond what is known of a file: all of them if it is not the file that it was.

        A line that is no item is passed over. Raises OSError if the file cannot be read.
        """
        if not file.is_file():
            return
        row = self._one("SELECT size, tail FROM item_file WHERE name = ?", file.name)
        total = file.stat().st_size
        is_same = row is not None and row[0] <= total and row[1] == _tail(file, row[0])
        with file.open("rb") as lines:
            lines.seek(row[0] if is_same else 0)
            for line in lines:
                try:
                    item = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(item, dict) and isinstance(item.get("id"), str):
                    yield item


def _tail(file: Path, size: int) -> str:
    """Return the digest of the last bytes before an offset."""
    if not size:
        return ""
    start = max(0, size - TAIL)
    with file.open("rb") as data:
        data.seek(start)
        return hashlib.sha256(data.read(size - start)).hexdigest()
