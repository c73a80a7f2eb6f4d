"""Which responses a blog's archive holds: what revisits refer to, and what a killed run captured and nobody read.

Kept in state.sqlite beside the memory of posts, through a connection of its own: the writer's thread uses it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archiver.models import Record, WarcRef
from archiver.state.database import connect, refused

# Captures that are held in memory before they are written together: one transaction costs as much as all of them.
TOGETHER = 500
COLUMNS = "url, payload_digest, record_id, date, status, mime, is_page, file, offset, length"
FIND = f"SELECT {COLUMNS} FROM capture WHERE payload_digest = ?"  # noqa: S608 - names of our own
ADD = f"""INSERT INTO capture ({COLUMNS}, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen)"""  # noqa: S608


class Captures:
    """The originals of one blog's archive. Every method raises OutputError if the disk refuses.

    What was added is found at once, and written in the end or when it has become much: a killed run's files are
    read again instead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        self._added: dict[tuple[str, str], Record] = {}
        self._payloads: dict[str, Record] = {}
        self._seen: dict[tuple[str, str], str] = {}
        self._latest: dict[str, str] = {}
        self._is_empty = self._one("SELECT 1 FROM capture LIMIT 1") is None

    def find(self, payload_digest: str, url: str | None) -> Record | None:
        """Return the response with this payload; of this address, or if that is None of any."""
        added = self._payloads.get(payload_digest) if url is None else self._added.get((url, payload_digest))
        if added or self._is_empty:
            return added
        if url is None:
            return _record(self._one(FIND + " ORDER BY date LIMIT 1", payload_digest))
        return _record(self._one(FIND + " AND url = ?", payload_digest, url))

    def latest(self, url: str) -> Record | None:
        """Return the response whose payload this address had when it was last seen, None if there was no 200."""
        digest = self._latest.get(url)
        if digest:
            return self.find(digest, url)
        sql = f"SELECT {COLUMNS} FROM capture WHERE url = ? AND status = 200 ORDER BY seen DESC LIMIT 1"  # noqa: S608
        return _record(self._one(sql, url))

    def add(self, record: Record) -> None:
        """Note a record: an original, or a revisit, which tells that its origin was seen again."""
        digest = record.ref.payload_digest
        if digest is None or not (record.is_original or record.origin):
            return
        key = (record.url, digest)
        seen = record.date.isoformat(timespec="microseconds")
        if record.is_original:
            self._added.setdefault(key, record)
            self._payloads.setdefault(digest, record)
        if record.origin is None or self.find(digest, record.url):
            self._seen[key] = max(self._seen.get(key, ""), seen)
            if record.status in (200, 304):
                self._latest[record.url] = digest
        if len(self._seen) >= TOGETHER:
            self.flush()

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget the captures of WARC files that are not among `names`, or not all known: they may be gone."""
        there = set(names)
        try:
            known = [str(name) for (name,) in self._db.execute("SELECT name FROM warc_file")]
            gone = [name for name in known if name not in there]
            self._db.executemany("DELETE FROM warc_file WHERE name = ?", [(name,) for name in gone])
            # A killed run may have written rows of a file that a power cut then shortened: it is read again.
            self._db.execute("DELETE FROM capture WHERE file NOT IN (SELECT 'archive/' || name FROM warc_file)")
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def knows(self, name: str) -> bool:
        """Tell whether the captures of a WARC file are all known."""
        return self._one("SELECT 1 FROM warc_file WHERE name = ?", name) is not None

    def note_files(self, names: Iterable[str]) -> None:
        """Note that the captures of these files were all added."""
        self.flush()
        try:
            self._db.executemany("INSERT OR IGNORE INTO warc_file VALUES (?)", [(name,) for name in names])
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def flush(self) -> None:
        """Write what was added."""
        if not self._seen:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(ADD, [(*_row(self._added[key]), self._seen[key]) for key in self._added])
            self._db.executemany(
                "UPDATE capture SET seen = max(seen, ?) WHERE url = ? AND payload_digest = ?",
                [(seen, *key) for key, seen in self._seen.items() if key not in self._added],
            )
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            with suppress(sqlite3.DatabaseError):
                self._db.execute("ROLLBACK")
            raise refused(self._path, error) from error
        self._added, self._payloads, self._seen, self._latest = {}, {}, {}, {}
        self._is_empty = False

    def close(self, files: Iterable[str]) -> None:
        """Write what was added, of finished `files`, and close the database."""
        try:
            self.note_files(files)
        finally:
            self._db.close()

    def _one(self, sql: str, *values: object) -> tuple[object, ...] | None:
        try:
            row: tuple[object, ...] | None = self._db.execute(sql, values).fetchone()
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error
        return row


def _row(record: Record) -> tuple[object, ...]:
    ref = record.ref
    date = record.date.isoformat(timespec="microseconds")
    place = (ref.file, ref.offset, ref.length)
    return (record.url, ref.payload_digest, ref.record_id, date, record.status, record.mime, record.is_page, *place)


def _record(row: tuple[object, ...] | None) -> Record | None:
    if row is None:
        return None
    url, digest, record_id, date, status, mime, is_page, file, offset, length = row
    ref = WarcRef(str(file), int(str(offset)), int(str(length)), str(record_id), str(digest))
    mime = None if mime is None else str(mime)
    moment = datetime.fromisoformat(str(date))
    return Record(ref, str(url), moment, int(str(status)), mime, is_original=True, is_page=bool(is_page))
