"""All of a verification: find the files, read each once, compare what they say, and count."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archiver.errors import UsageError
from archiver.verify.blog.index import check_index
from archiver.verify.blog.items import check_items
from archiver.verify.blog.pages import check_pages
from archiver.verify.catalog import Catalog
from archiver.verify.findings import Findings, readable
from archiver.verify.judge import judge_file
from archiver.verify.members import Raw
from archiver.verify.paths import STANDARD_INPUT, Source, Work, find
from archiver.verify.rules.archive import check_archive
from archiver.verify.rules.state import FileState

Advanced = Callable[[int], None]


@dataclass(slots=True)
class Result:
    """What was read, and what was found."""

    findings: Findings
    files: int = 0
    records: int = 0
    items: int = 0
    bytes: int = 0
    blogs: list[str] = field(default_factory=list)


def verify(paths: Sequence[str], limit: int = 20, advanced: Callable[[Work], Advanced] | None = None) -> Result:
    """Verify files and folders; of each check and file the first `limit` findings are kept, all with 0.

    `advanced`, given the work, returns a function that hears how many more bytes were read. Raises UsageError.
    """
    work = find(paths)
    tell = advanced(work) if advanced else lambda count: None
    result = Result(Findings(limit), blogs=[str(path) for path in work.blogs.values()])
    catalog = Catalog()
    for path, what in work.odd:
        result.findings.add(str(path), 0, "no-file", what)
    for file in work.files:
        _file(file, catalog, result, tell)
    catalog.finish()
    check_archive(catalog, result.findings)
    for number, folder in work.blogs.items():
        _blog(folder, number, catalog, result)
    return result


def _file(file: Source, catalog: Catalog, result: Result, tell: Advanced) -> None:
    standard = str(file.path) == STANDARD_INPUT
    # a pipe's name says nothing of what comes through
    name = "" if standard or file.path.is_fifo() else file.path.name
    state = FileState(readable(str(file.path)), name, file.blog, file.place, result.findings, ours=file.ours)
    try:
        if standard:
            _read(sys.stdin.buffer, state, catalog, result, tell)
        else:
            with file.path.open("rb") as stream:
                _read(stream, state, catalog, result, tell)
    except OSError as error:
        raise UsageError(f"cannot read {file.path}: {error.strerror}") from error


def _read(stream: BinaryIO, state: FileState, catalog: Catalog, result: Result, tell: Advanced) -> None:
    raw = Raw(stream, tell)
    judge_file(raw, state, catalog)
    result.files += 1
    result.records += state.count
    result.bytes += raw.offset


def _blog(folder: Path, number: int, catalog: Catalog, result: Result) -> None:
    try:
        ours = catalog.one("SELECT 1 FROM record WHERE blog = ? AND ours LIMIT 1", number) is not None
        index, pages = folder / "indexes" / "index.cdxj", folder / "pages" / "pages.jsonl"
        # an archive of another tool may be indexed otherwise; both are written when a run ends
        expected = ours and not any((folder / "archive").glob("*.open"))
        if expected or index.is_file():
            check_index(index, number, catalog, result.findings)
        if expected or pages.is_file():
            check_pages(pages, result.findings)
        result.items += check_items(folder, number, catalog, result.findings)
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error
