"""What is archived and how the last runs went, read from the blogs' folders. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from archiver.export.items import read
from archiver.runs.completeness import sentence
from archiver.runs.report import size_of

# Unexplained addresses of one run.
GAPS = 20


def blogs(output: Path) -> list[str]:
    """Return the names of the blogs below `output`."""
    if not output.is_dir():
        return []
    return sorted(folder.name for folder in output.iterdir() if any((folder / "archive").glob("*.warc.gz*")))


def status(output: Path, blog: str) -> dict[str, Any]:
    """Return what is archived of one blog, and its runs, latest first."""
    folder = output / blog
    posts = {item["id"] for item in read(folder / "posts.jsonl")}
    comments = {item["id"] for item in read(folder / "comments.jsonl")}
    warcs = sorted((folder / "archive").glob("*.warc.gz"))
    runs = list(_runs(folder / "runs"))
    return {
        "blog": blog,
        "posts": len(posts),
        "comments": len(comments),
        "warc_files": len(warcs),
        "warc_bytes": sum(path.stat().st_size for path in warcs if path.is_file()),
        "unfinished": [path.name for path in sorted((folder / "archive").glob("*.open"))],
        "runs": runs,
    }


def lines(row: Mapping[str, Any], *, whole: bool) -> Iterator[str]:
    """Yield what a person reads of a status: the last run, or with `whole` all runs and what they found."""
    yield f"{row['blog']}: {row['posts']} posts, {row['comments']} comments, {size_of(row['warc_bytes'])} of WARC"
    for name in row["unfinished"]:
        yield f"  being written, or left by a run that was killed: {name}"
    for run in row["runs"] if whole else row["runs"][:1]:
        told = ", ".join(f"{n} {entry}" for entry, n in run["posts"].items() if n) or "nothing"
        yield f"  {run['started']}  exit {run['exit_code']}  this run: {run['found']} found: {told}"
        if run.get("completeness"):
            yield f"    whole blog: {sentence(run['completeness'])}"
        if run["message"]:
            yield f"    {run['message']}"
        gaps = list(_gaps(run)) if whole else []
        for gap in gaps[:GAPS]:
            yield f"    unexplained: {gap['url']} {gap['why']}".rstrip()
        if len(gaps) > GAPS:
            yield f"    {len(gaps) - GAPS} more are unexplained: --json has them"
        for finding in run["findings"] if whole else []:
            yield f"    {finding['reason']}: {finding['url']} {finding['detail']}".rstrip()


def _gaps(run: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the unexplained addresses of a run that its findings don't tell of, too."""
    told = {(finding["url"], finding["reason"]) for finding in run["findings"]}
    for gap in (run.get("completeness") or {"gaps": []})["gaps"]:
        if (gap["url"], gap["why"].partition(":")[0]) not in told:
            yield gap


def _runs(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json"), reverse=True):
        with suppress(ValueError, OSError, RecursionError):
            report = json.loads(path.read_text(encoding="utf-8"))
            if _is_report(report):
                yield report


def _is_report(report: Any) -> bool:
    """Tell whether a file holds what a run writes; others in the folder are passed over."""
    try:
        findings = all(isinstance(f[key], str) for f in report["findings"] for key in ("url", "reason", "detail"))
        counts = all(isinstance(n, int) for n in report["posts"].values())
        plain = all(isinstance(report[key], str) for key in ("started", "message"))
        if report.get("completeness"):
            sentence(report["completeness"])
            plain &= all(isinstance(gap[key], str) for gap in report["completeness"]["gaps"] for key in ("url", "why"))
        return findings and counts and plain and {"exit_code", "found"} <= report.keys()
    except (KeyError, TypeError, AttributeError):
        return False
