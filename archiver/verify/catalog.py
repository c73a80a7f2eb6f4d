"""What is remembered of each record until all files are read: the ground of every check that compares records.

A temporary SQLite database: a record takes about half a kilobyte, on disk once it is more than a few megabytes, so that
an archive of millions of records is judged in the same memory as one of ten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# `blog` is 0 for files given by themselves: they are taken together as one archive.
# `doubt`: why a response looks cut without saying so; what its request asked decides.
# `clean`: read to its end, so that a digest of it means something.
SCHEMA = """
CREATE TABLE file (key INTEGER PRIMARY KEY, path TEXT, place TEXT, blog INTEGER);
CREATE TABLE record (
    key INTEGER PRIMARY KEY, file INTEGER, blog INTEGER, offset INTEGER, length INTEGER, alone INTEGER, ours INTEGER,
    id TEXT, kind TEXT, uri TEXT, date TEXT, ip TEXT, status INTEGER, mime TEXT, digest TEXT, truncated TEXT,
    warcinfo TEXT, profile TEXT, refers_to TEXT, refers_uri TEXT, refers_date TEXT, content_type TEXT,
    method TEXT, conditional INTEGER, doubt TEXT, html INTEGER, text_sha256 TEXT, no_response INTEGER, empty INTEGER,
    indexed INTEGER DEFAULT 0
);
CREATE TABLE link (source INTEGER, target TEXT, blog INTEGER, file INTEGER, goal INTEGER);
CREATE TABLE post (blog INTEGER, offset INTEGER, id TEXT, revision INTEGER, snapshot TEXT);
CREATE TABLE comment (blog INTEGER, offset INTEGER, id TEXT, post TEXT, parent TEXT, snapshot TEXT, revision INTEGER);
"""
INDICES = """
CREATE INDEX file_place ON file (place, blog);
CREATE INDEX record_id ON record (id, blog, file, key);
CREATE INDEX record_place ON record (file, offset);
CREATE INDEX record_address ON record (uri, date) WHERE kind IN ('response', 'resource', 'revisit');
CREATE INDEX record_refers ON record (refers_to, blog, text_sha256) WHERE kind = 'conversion';
CREATE INDEX link_source ON link (source);
"""
GOALS = """
UPDATE link SET goal = (
    SELECT key FROM record WHERE record.id = link.target AND record.blog = link.blog AND record.file = link.file
    ORDER BY key LIMIT 1
);
CREATE INDEX link_goal ON link (goal);
"""


class Catalog:
    """The records of all files. Add them, `finish`, then ask."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.row_factory = sqlite3.Row
        # nothing of it outlives the process
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32768"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(SCHEMA)
        self._inserts: dict[tuple[str, ...], str] = {}

    def add_file(self, path: str, place: str, blog: int) -> int:
        """Add a file; return its key."""
        return self._insert("file", {"path": path, "place": place, "blog": blog})

    def record_at(self, blog: int, place: str, offset: int) -> sqlite3.Row | None:
        """Return the record that lies at an offset of a blog's file."""
        query = """
            SELECT record.* FROM file JOIN record ON record.file = file.key
            WHERE file.blog = ? AND file.place = ? AND record.offset = ? LIMIT 1
        """
        return self.one(query, blog, place, offset) if 0 <= offset < 1 << 62 else None

    def add_record(self, values: Mapping[str, Any], links: list[str]) -> int:
        """Add a record with the ids that its WARC-Concurrent-To names; return its key."""
        key = self._insert("record", values)
        for target in links:
            self._insert("link", {"source": key, "target": target, "blog": values["blog"], "file": values["file"]})
        return key

    def add(self, table: str, values: Mapping[str, Any]) -> int:
        """Add a row to a table; return its key."""
        return self._insert(table, values)

    def finish(self) -> None:
        """All records are in: make them findable."""
        self._database.executescript(INDICES)
        self._database.executescript(GOALS)

    def ask(self, question: str, *values: object) -> Iterator[sqlite3.Row]:
        """Yield the rows of a query."""
        yield from self._database.execute(question, _all_storable(values))

    def one(self, question: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        row: sqlite3.Row | None = self._database.execute(question, _all_storable(values)).fetchone()
        return row

    def run(self, statement: str, *values: object) -> None:
        """Change rows."""
        self._database.execute(statement, _all_storable(values))

    def _insert(self, table: str, values: Mapping[str, Any]) -> int:
        names = (table, *values)
        if names not in self._inserts:
            marks = ", ".join("?" * len(values))
            self._inserts[names] = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608
        cursor = self._database.execute(self._inserts[names], _all_storable(values.values()))
        return int(cursor.lastrowid or 0)


def _all_storable(values: Iterable[Any]) -> list[Any]:
    """JSON and file names may hold lone surrogates, which are no UTF-8."""
    return [v.encode("utf-8", "replace").decode("utf-8") if isinstance(v, str) else v for v in values]
