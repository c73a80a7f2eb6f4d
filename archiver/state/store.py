"""What is remembered between runs, in SQLite. Knows no network and no decisions: see decide.py for those."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archiver import urls
from archiver.errors import OutputError
from archiver.state.asked import Asked
from archiver.state.database import Table, connect
from archiver.state.decide import Known, marks_of
from archiver.state.frontier import Frontier
from archiver.state.said import SaidComments
from archiver.state.written import Written

# The exit code of a run that ended early.
EARLY = 3

# Runs in the order in which they began, whatever the clock said then.
LATEST_FIRST = "ORDER BY number DESC, started DESC"


class Store(Table):
    """The state of one blog; used by one thread. Every method raises OutputError if the disk refuses."""

    def __init__(self, path: Path) -> None:
        super().__init__(connect(path), path)
        self.frontier = Frontier(self._db, path)
        self.asked = Asked(self._db, path)
        self.said = SaidComments(self._db, path)
        self.written = Written(self._db, path)
        # by the runs, not by the file: a run that was killed while it took items in has to do it again
        self.is_new = self._one("SELECT 1 FROM run LIMIT 1") is None

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def known(self, url: str) -> Known | None:
        """Return what is remembered of an address, or None."""
        row = self._one(
            "SELECT outcome, fetched_at, marks, etag, last_modified, absences, detail FROM address WHERE identity = ?",
            urls.identity(url),
        )
        if row is None:
            return None
        outcome, fetched_at, marks, *rest = row
        return Known(outcome, fetched_at, marks_of(marks), *rest)

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
            "absences": 0,
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
            "UPDATE address SET run_id = ?, fetched_at = ?, marks = ?, absences = 0 WHERE identity = ?",
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

    def start_run(self, run_id: str, started: str, round_: str = "") -> None:
        """Remember that a run began, as part of a round: a crawl with all that took it up again."""
        sql = """INSERT OR REPLACE INTO run (run_id, started, round, number)
            VALUES (?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM run))"""
        self._run(sql, (run_id, started, round_ or run_id))
        self.checkpoint()

    def open_round(self, since: str, until: str = "9999") -> str | None:
        """Return the round of the last run if that ended early, and all of it began `since` (ISO 8601, UTC) or later.

        A round with a run that began after `until`, by a clock that was wrong, is not gone on with.
        """
        row = self._one(f"SELECT round, ended, exit_code FROM run {LATEST_FIRST} LIMIT 1")  # noqa: S608
        if row is None or row[0] is None or (row[1] is not None and row[2] != EARLY):
            return None
        sql = "SELECT min(started), max(started), max(ended NOT NULL AND exit_code IS NOT ?) FROM run WHERE round = ?"
        first, last, is_over = self._one(sql, EARLY, row[0])
        return str(row[0]) if since <= first and last <= until and not is_over else None

    def end_run(self, run_id: str, ended: str, exit_code: int, found: int) -> None:
        """Remember how a run ended, and that all its items are known."""
        with self.together():
            self._run(
                "UPDATE run SET ended = ?, exit_code = ?, found = ? WHERE run_id = ?",
                (ended, exit_code, found, run_id),
            )
            try:
                self.written.note()
            except OSError as error:
                raise OutputError(f"cannot read {error.filename}: {error.strerror}", "Look at what is there") from error
        self.checkpoint()

    def checkpoint(self) -> None:
        """Bring what was written from the log into the file itself, as far as nobody else is reading."""
        self._one("PRAGMA wal_checkpoint(PASSIVE)")

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
        return self._all(f"SELECT run_id, ended, exit_code, found FROM run {LATEST_FIRST}")  # noqa: S608

    def absent(self, url: str, run_id: str, fetched_at: str, detail: str) -> int:
        """Remember that a run found a saved post gone; return in how many runs in a row that was so."""
        identity = urls.identity(url)
        self._run(
            """UPDATE address SET outcome = 'saved', absences = absences + (absences = 0 OR run_id != ?),
            fetched_at = ?, detail = ?, run_id = ? WHERE identity = ?""",
            (run_id, fetched_at, detail, run_id, identity),
        )
        return int(self._one("SELECT absences FROM address WHERE identity = ?", identity)[0])

    def post_id(self, url: str) -> str | None:
        """Return the id of the item of an address, None if it has none."""
        row = self._one("SELECT post_id FROM address WHERE identity = ?", urls.identity(url))
        return str(row[0]) if row and row[0] else None

    def begin(self) -> None:
        """Begin a transaction: what follows is kept whole or not at all."""
        self._run("BEGIN IMMEDIATE", ())

    def commit(self) -> None:
        """End the transaction."""
        self._run("COMMIT", ())
