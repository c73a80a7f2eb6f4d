"""Which responses a blog's archive holds: what revisits refer to, and what a killed run captured and nobody read.

Kept in state.sqlite beside the memory of posts, through a connection of its own: the writer's thread uses it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archiver.models import Record, WarcRef
from archiver.state.database import connect, refused

# Captures that are held in memory before they are written together: one transaction costs as much as all of them.
TOGETHER = 500
COLUMNS = "url, payload_digest, record_id, date, status, mime, is_page, is_chunked, file, offset, length"
FIND = f"SELECT {COLUMNS} FROM capture WHERE payload_digest = ? AND is_chunked = ?"  # noqa: S608 - names of our own
ADD = f"""INSERT INTO capture ({COLUMNS}, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen)"""  # noqa: S608

# address, payload digest, whether it is chunked
Key = tuple[str, str, bool]


class Captures:
    """The originals of one blog's archive. Every method raises OutputError if the disk refuses.

    What was added is found at once, and written in the end or when it has become much: a killed run's files are
    read again instead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        self._added: dict[Key, Record] = {}
        self._payloads: dict[tuple[str, bool], Record] = {}
        self._seen: dict[Key, str] = {}
        self._latest: dict[str, tuple[str, bool]] = {}
        self._is_empty = self._one("SELECT 1 FROM capture LIMIT 1") is None

    def find(self, payload_digest: str, url: str | None, *, chunked: bool) -> Record | None:
        """Return the response with this payload, chunked or not; of this address, or if that is None of any."""
        wanted = (payload_digest, chunked)
        added = self._payloads.get(wanted) if url is None else self._added.get((url, *wanted))
        if added or self._is_empty:
            return added
        if url is None:
            return _record(self._one(FIND + " ORDER BY date LIMIT 1", *wanted))
        return _record(self._one(FIND + " AND url = ?", *wanted, url))

    def latest(self, url: str) -> Record | None:
        """Return the response whose payload this address had when it was last seen, None if there was no 200."""
        latest = self._latest.get(url)
        if latest:
            return self.find(latest[0], url, chunked=latest[1])
        sql = f"SELECT {COLUMNS} FROM capture WHERE url = ? AND seen > '' ORDER BY seen DESC LIMIT 1"  # noqa: S608
        return _record(self._one(sql, url))

    def add(self, record: Record) -> None:
        """Note a record: an original, or a revisit, which tells that its origin was seen again."""
        digest = record.ref.payload_digest
        if digest is None or not (record.is_original or record.origin):
            return
        chunked = record.is_chunked
        if record.is_original:
            self._added.setdefault((record.url, digest, chunked), record)
            self._payloads.setdefault((digest, chunked), record)
        elif record.status == 304:  # its own head says nothing of the payload's
            latest = self.latest(record.url)
            if latest is None or latest.ref.payload_digest != digest:
                return
            chunked = latest.is_chunked
        elif not self.find(digest, record.url, chunked=chunked):
            return
        key = (record.url, digest, chunked)
        self._seen.setdefault(key, "")
        if record.status in (200, 304):
            self._seen[key] = max(self._seen[key], record.date.isoformat(timespec="microseconds"))
            self._latest[record.url] = (digest, chunked)
        if len(self._seen) >= TOGETHER:
            self.flush()

    def forget(self, record_id: str) -> None:
        """Forget a response: it cannot be read any more."""
        self.flush()
        try:
            self._db.execute("DELETE FROM capture WHERE record_id = ?", (record_id,))
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def keep_only(self, sizes: Mapping[str, int]) -> None:
        """Forget the captures of WARC files that are not in `sizes`, or not with this size, or not all known.

        What they refer to may be gone.
        """
        try:
            known = list(self._db.execute("SELECT name, size FROM warc_file"))
            gone = [str(name) for name, size in known if sizes.get(name) != size]
            self._db.executemany("DELETE FROM warc_file WHERE name = ?", [(name,) for name in gone])
            # A killed run may have written rows of a file that a power cut then shortened: it is read again.
            self._db.execute("DELETE FROM capture WHERE file NOT IN (SELECT 'archive/' || name FROM warc_file)")
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def knows(self, name: str) -> bool:
        """Tell whether the captures of a WARC file are all known."""
        return self._one("SELECT 1 FROM warc_file WHERE name = ?", name) is not None

    def note_files(self, sizes: Mapping[str, int]) -> None:
        """Note that the captures of these files, of these sizes, were all added."""
        self.flush()
        try:
            self._db.executemany("INSERT OR REPLACE INTO warc_file VALUES (?, ?)", list(sizes.items()))
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
                "UPDATE capture SET seen = max(seen, ?) WHERE url = ? AND payload_digest = ? AND is_chunked = ?",
                [(seen, *key) for key, seen in self._seen.items() if key not in self._added],
            )
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            with suppress(sqlite3.DatabaseError):
                self._db.execute("ROLLBACK")
            raise refused(self._path, error) from error
        self._added, self._payloads, self._seen, self._latest = {}, {}, {}, {}
        self._is_empty = False

    def close(self, sizes: Mapping[str, int] | None = None) -> None:
        """Write what was added, of finished files with these sizes, and close the database."""
        try:
            self.note_files(sizes or {})
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
    told = (record.status, record.mime, record.is_page, record.is_chunked)
    return (record.url, ref.payload_digest, ref.record_id, date, *told, ref.file, ref.offset, ref.length)


def _record(row: tuple[object, ...] | None) -> Record | None:
    if row is None:
        return None
    url, digest, record_id, date, status, mime, is_page, is_chunked, file, offset, length = row
    ref = WarcRef(str(file), int(str(offset)), int(str(length)), str(record_id), str(digest))
    mime = None if mime is None else str(mime)
    moment = datetime.fromisoformat(str(date))
    return Record(
        ref, str(url), moment, int(str(status)), mime, None, True, is_page=bool(is_page), is_chunked=bool(is_chunked)
    )
