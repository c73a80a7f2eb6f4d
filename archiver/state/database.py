"""The file state.sqlite: opened, and brought to the schema of today. To change the schema, add a file to SCHEMA."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from archiver.errors import OutputError

# Each adds to the one before it; the number of those that were applied is the file's user_version.
SCHEMA = ("schema.sql", "schema_2.sql", "schema_3.sql")


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the state of a blog, in autocommit mode; one thread uses it at a time.

    Raises OutputError if the disk refuses, or if a newer version of this program wrote the file.
    """
    try:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
    except sqlite3.DatabaseError as error:
        raise refused(path, error) from error
    try:
        # WAL and NORMAL: a kill loses nothing, a power cut at most the last posts, which are fetched again.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        # kilobytes: the indexes of a million addresses are read here and there, and memory stays bounded
        database.execute("PRAGMA cache_size = -32000")
        _migrate(database, path)
    except sqlite3.DatabaseError as error:
        database.close()
        raise refused(path, error) from error
    return database


def refused(path: Path, error: Exception) -> OutputError:
    """Return the error to raise when SQLite raised `error`."""
    return OutputError(
        f"{path}: {error}",
        "Make space; if the file is damaged, move it away: the next run makes a new one from posts.jsonl",
    )


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > len(SCHEMA):
        database.close()
        raise OutputError(f"{path} was written by a newer version of this program", "Upgrade, then run again")
    for number, name in enumerate(SCHEMA[version:], version + 1):
        schema = files("archiver.state").joinpath(name).read_text(encoding="utf-8")
        database.executescript(f"BEGIN;\n{schema}\nPRAGMA user_version = {number};\nCOMMIT;")


class Table:
    """A part of the state, through a connection that others share; one thread uses it.

    Every method raises OutputError if the disk refuses.
    """

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._db = database
        self._path = path

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep what is written inside whole, or nothing of it."""
        self._run("BEGIN IMMEDIATE", ())
        try:
            yield
        except BaseException:
            with suppress(sqlite3.DatabaseError):
                self._db.execute("ROLLBACK")
            raise
        self._run("COMMIT", ())

    def _one(self, sql: str, *values: Any) -> Any:
        try:
            return self._db.execute(sql, values).fetchone()
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def _all(self, sql: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def _run(self, sql: str, values: Any) -> None:
        try:
            self._db.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error
