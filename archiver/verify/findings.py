"""What was found: kept on disk while the files are read, so that a million findings take no memory."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.verify.checks import CHECKS, ERROR

# A value of a hostile file may be a megabyte long.
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `offset` is where the record begins in the file; in a JSON lines file it is that of the line."""

    file: str
    offset: int
    severity: str
    rule: str
    check: str
    record_id: str
    found: str
    expected: str

    def line(self) -> str:
        """The finding as a person reads it, free of control characters."""
        record = f" [{self.record_id}]" if self.record_id else ""
        text = f"{self.file}:{self.offset}: {self.severity} {self.rule} {self.found}; {self.expected}{record}"
        return printable(text)


class Findings:
    """Takes findings; keeps the first `limit` of each check and file (0: all) and counts them all."""

    def __init__(self, limit: int = 20) -> None:
        self._limit = limit
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE finding (file, offset, severity, rule, name, record_id, found, expected)")
        self._seen: Counter[tuple[str, str]] = Counter()
        self._files: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()

    def add(self, file: str, offset: int, check: str, found: str, record_id: str = "", *, ours: bool = True) -> None:
        """Note a finding, unless the check says nothing of files like this one."""
        rule = CHECKS[check]
        severity = rule.ours if ours else rule.foreign
        if not severity:
            return
        file = readable(file)
        self._files.setdefault(file, len(self._files))
        self.counts[severity] += 1
        self.rules[(rule.rule, severity)] += 1
        self._seen[(file, check)] += 1
        if self._limit and self._seen[(file, check)] > self._limit:
            return
        row = (file, offset, severity, rule.rule, check, _text(record_id), _text(found), rule.expected)
        self._database.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings that were kept, by file and offset."""
        for file in self._files:
            rows = self._database.execute("SELECT * FROM finding WHERE file = ? ORDER BY offset, rowid", (file,))
            yield from (Finding(*row) for row in rows)

    def passed_over(self) -> Iterator[tuple[str, str, int]]:
        """Yield (file, check, how many) of findings that were counted and not kept."""
        for (file, check), count in self._seen.items():
            if self._limit and count > self._limit:
                yield file, check, count - self._limit

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return self.counts[ERROR]


def readable(path: str) -> str:
    """Return a path with the bytes that are no UTF-8 written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(text: str) -> str:
    """Return text without what could steer a terminal or break a line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _text(value: str) -> str:
    short = value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…"
    return short.encode("utf-8", "replace").decode("utf-8")
