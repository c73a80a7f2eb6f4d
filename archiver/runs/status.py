"""What is archived and how the last runs went, read from the blogs' folders. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from archiver.export.items import read


def blogs(output: Path) -> list[str]:
    """Return the names of the blogs below `output`."""
    if not output.is_dir():
        return []
    return sorted(folder.name for folder in output.iterdir() if any((folder / "archive").glob("*.warc.gz*")))


def status(output: Path, blog: str) -> dict[str, Any]:
    """Return what is archived of one blog, and its runs, latest first."""
    folder = output / blog
    posts = {item["id"] for item in read(folder / "posts.jsonl") if "id" in item}
    comments = {item["id"] for item in read(folder / "comments.jsonl") if "id" in item}
    warcs = sorted((folder / "archive").glob("*.warc.gz"))
    runs = list(_runs(folder / "runs"))
    return {
        "blog": blog,
        "posts": len(posts),
        "comments": len(comments),
        "warc_files": len(warcs),
        "warc_bytes": sum(path.stat().st_size for path in warcs),
        "unfinished": [path.name for path in sorted((folder / "archive").glob("*.open"))],
        "runs": runs,
    }


def _runs(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json"), reverse=True):
        with suppress(ValueError, OSError):
            report = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(report, dict):
                yield report
