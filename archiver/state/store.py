"""What is remembered between runs, in SQLite. Knows no network and no decisions: see decide.py for those."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archiver import urls
from archiver.state.database import connect, refused
from archiver.state.decide import Known


class Store:
    """The state of one blog; used by one thread. Every method raises OutputError if the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        # by the runs, not by the file: a run that was killed while it took items in has to do it again
        self.is_new = self._one("SELECT 1 FROM run LIMIT 1") is None

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def known(self, url: str) -> Known | None:
        """Return what is remembered of an address, or None."""
        row = self._one(
            "SELECT outcome, fetched_at, marks, etag, last_modified FROM address WHERE identity = ?",
            urls.identity(url),
        )
        if row is None:
            return None
        outcome, fetched_at, marks, etag, last_modified = row
        return Known(outcome, fetched_at, _marks(marks), etag, last_modified)

    def revision(self, post_id: str) -> tuple[int, str] | None:
        """Return revision and text_sha256 of a post as last saved, or None."""
        row = self._one(
            "SELECT revision, text_sha256 FROM address WHERE post_id = ? ORDER BY revision DESC LIMIT 1",
            post_id,
        )
        return (int(row[0]), str(row[1])) if row else None

    def remember(self, url: str, outcome: str, run_id: str, fetched_at: str, **values: Any) -> None:
        """Remember what became of an address; `values` are further columns of the table `address`."""
        row = {
            "identity": urls.identity(url),
            "url": url,
            "outcome": outcome,
            "run_id": run_id,
            "fetched_at": fetched_at,
            "marks": "{}",
            **values,
        }
        names = ", ".join(row)
        slots = ", ".join(f":{name}" for name in row)
        new = ", ".join(f"{name} = excluded.{name}" for name in row if name != "identity")
        # The names are those of our own calls, never input.
        sql = f"INSERT INTO address ({names}) VALUES ({slots}) ON CONFLICT DO UPDATE SET {new}"  # noqa: S608
        self._run(sql, row)

    def touch(self, url: str, run_id: str, fetched_at: str, marks: Mapping[str, str]) -> None:
        """Remember that the server called an address unchanged."""
        self._run(
            "UPDATE address SET run_id = ?, fetched_at = ?, marks = ? WHERE identity = ?",
            (run_id, fetched_at, json.dumps(marks, sort_keys=True), urls.identity(url)),
        )

    def note_marks(self, url: str, marks: Mapping[str, str]) -> None:
        """Remember the surfaces' marks of a post that was not fetched again."""
        self._run(
            "UPDATE address SET marks = ? WHERE identity = ?",
            (json.dumps(marks, sort_keys=True), urls.identity(url)),
        )

    def comment(self, comment_id: str) -> tuple[int, str] | None:
        """Return revision and digest of a comment as last saved, or None."""
        row = self._one("SELECT revision, sha256 FROM comment WHERE id = ?", comment_id)
        return (int(row[0]), str(row[1])) if row else None

    def remember_comment(self, comment_id: str, revision: int, sha256: str) -> None:
        """Remember a comment that was saved."""
        self._run("INSERT OR REPLACE INTO comment VALUES (?, ?, ?)", (comment_id, sha256, revision))

    def count(self, outcome: str) -> int:
        """Return how many addresses have this outcome."""
        row = self._one("SELECT count(*) FROM address WHERE outcome = ?", outcome)
        return int(row[0]) if row else 0

    def start_run(self, run_id: str, started: str) -> None:
        """Remember that a run began."""
        self._run("INSERT OR REPLACE INTO run (run_id, started) VALUES (?, ?)", (run_id, started))

    def end_run(self, run_id: str, ended: str, exit_code: int, found: int) -> None:
        """Remember how a run ended."""
        self._run(
            "UPDATE run SET ended = ?, exit_code = ?, found = ? WHERE run_id = ?",
            (ended, exit_code, found, run_id),
        )

    def unfinished_runs(self) -> set[str]:
        """Return the ids of runs that never said that they ended, and whose items are not taken in yet."""
        return {row[0] for row in self._all("SELECT run_id FROM run WHERE ended IS NULL AND exit_code IS NULL")}

    def killed_runs(self) -> set[str]:
        """Return the ids of runs that never said that they ended, whether or not their items were taken in."""
        return {row[0] for row in self._all("SELECT run_id FROM run WHERE ended IS NULL")}

    def taken_in(self, run_id: str) -> None:
        """Remember that the items of a killed run were taken in: done twice, it would undo what came after."""
        self._run("UPDATE run SET exit_code = 3 WHERE run_id = ?", (run_id,))

    def runs(self) -> list[tuple[str, str | None, int | None, int | None]]:
        """Return (run_id, ended, exit_code, found) of every run, latest first."""
        return self._all("SELECT run_id, ended, exit_code, found FROM run ORDER BY run_id DESC")

    def begin(self) -> None:
        """Begin a transaction: what follows is kept whole or not at all."""
        self._run("BEGIN IMMEDIATE", ())

    def commit(self) -> None:
        """End the transaction."""
        self._run("COMMIT", ())

    def _one(self, sql: str, *values: Any) -> Any:
        try:
            return self._db.execute(sql, values).fetchone()
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def _all(self, sql: str) -> list[Any]:
        try:
            return self._db.execute(sql).fetchall()
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error

    def _run(self, sql: str, values: Any) -> None:
        try:
            self._db.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise refused(self._path, error) from error


def _marks(text: str) -> dict[str, str]:
    try:
        marks = json.loads(text)
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}
