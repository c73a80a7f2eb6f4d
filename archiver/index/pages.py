"""The list of pages that WACZ viewers open on: pages/pages.jsonl (WACZ 1.1.1), with the posts' text."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from archiver.errors import OutputError

HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}


def write(path: Path, posts: Iterable[Mapping[str, Any]]) -> None:
    """Write one line per post item (archiver.post/1), after the header line; replaced at once or not at all.

    Raises OutputError if the disk refuses.
    """
    part = path.with_suffix(".part")
    try:
        with part.open("w", encoding="utf-8", errors="replace") as out:
            for row in _rows(posts):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}", "Make space and run again") from error


def _rows(posts: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    yield HEADER
    for post in posts:
        if not {"url", "fetched_at", "title", "text"} <= post.keys():
            continue
        yield {
            "id": post["id"],
            "url": post["url"],
            "ts": post["fetched_at"],
            "title": post["title"] or post["url"],
            "text": post["text"],
        }
