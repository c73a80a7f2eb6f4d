"""The run report, runs/<run_id>.json, and the few lines that a person sees at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archiver.errors import OutputError
from archiver.runs.completeness import sentence
from archiver.runs.ledger import ENTRIES

SCHEMA = "archiver.run/1"
# Unexplained addresses at the end of a crawl.
GAPS = 5
# Entries of the ledger as a person reads them.
WORDS = {
    "saved": "new",
    "revised": "changed",
    "same": "fetched again, as they were",
    "unchanged": "unchanged",
    "absent": "seen gone once",
    "closed": "not for everybody",
    "gone": "gone",
    "failed": "failed",
}


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report; there at once, or not at all. Raises OutputError if the disk refuses."""
    part = path.with_suffix(".part")
    try:
        with part.open("w", encoding="utf-8") as out:
            json.dump(report, out, ensure_ascii=False, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}", "Make space") from error


def size_of(size: int) -> str:
    """Return a number of bytes as a person reads it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{(size + 999) // 1000} kB"


def summary(report: Mapping[str, Any]) -> list[str]:
    """Return the lines that end a crawl: what was saved, where it lies, what went wrong."""
    posts = report["posts"]
    counts = [f"{posts[entry]} {word}" for entry, word in WORDS.items() if posts.get(entry)]
    comments = posts["comments"]
    lines = [f"{report['blog']}: {', '.join(counts) or 'no posts'}; {comments} new comments"]
    account = report.get("completeness")
    if account and account["named"]:
        lines.append(f"  whole blog: {sentence(account)}")
        lines += [f"    {gap['why']}: {gap['url']}" for gap in account["gaps"][:GAPS]]
        if len(account["gaps"]) > GAPS:
            lines.append("    the others stand in the report")
    folder = report["folder"]
    if report["warc_files"]:
        files = len(report["warc_files"])
        size = size_of(report["cost"]["warc_bytes"])
        lines.append(f"  {folder}/archive/   {files} WARC file{'s' if files > 1 else ''}, {size} this run")
    if any(posts[entry] for entry in ("saved", "revised", "same", "unchanged")):
        lines.append(f"  {folder}/posts.jsonl   the posts; comments.jsonl beside it")
    lines.append(f"  {folder}/runs/{report['run_id']}.json   what was found and why not everything is a post")
    left = report["found"] - sum(posts.get(entry, 0) for entry in ENTRIES)
    if report["limited"] and left > 0:
        asked = "limit" if "limit" in report.get("arguments", {}) else "since"
        lines.append(f"  {left} more were found and left, as -a {asked} asks")
    if report["reasons"]:
        told = ", ".join(f"{n} {reason}" for reason, n in report["reasons"].items())
        lines.append(f"  not saved, or worth a look: {told}")
    return lines
