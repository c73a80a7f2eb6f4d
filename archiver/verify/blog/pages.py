"""pages/pages.jsonl, the list that WACZ viewers open on (WACZ 1.1.1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from archiver.verify import values
from archiver.verify.blog.lines import objects
from archiver.verify.findings import Findings

FORMAT = "json-pages-1.0"
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339


def check_pages(path: Path, findings: Findings) -> None:
    """Check a page list."""
    if not path.is_file():
        findings.add(str(path), 0, "pages-missing", "none")
        return
    empty = True
    for offset, page in objects(path):
        wrong = page if isinstance(page, str) else _header(page) if empty else _page(page)
        empty = False
        if wrong:
            findings.add(str(path), offset, "pages-line", wrong)
    if empty:
        findings.add(str(path), 0, "pages-line", "nothing")


def _header(page: dict[str, Any]) -> str:
    return "" if page.get("format") == FORMAT else f"no header with the format {FORMAT}"


def _page(page: dict[str, Any]) -> str:
    url, time = page.get("url"), page.get("ts")
    if not isinstance(url, str) or not values.PARTS.match(url):
        return f"url {str(url)[:100]!r}"
    return "" if isinstance(time, str) and TIME.fullmatch(time) else f"ts {str(time)[:60]!r}"
