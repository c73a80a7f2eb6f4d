"""The file state.sqlite: opened, and brought to the schema of today. To change the schema, add a file to SCHEMA."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from archiver.errors import OutputError

# Each adds to the one before it; the number of those that were applied is the file's user_version.
SCHEMA = ("schema.sql", "schema_2.sql")


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
