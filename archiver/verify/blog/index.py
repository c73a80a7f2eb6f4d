"""indexes/index.cdxj: sorted, and each line true of exactly one record (CDXJ as pywb and WACZ 1.1.1 read it)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archiver.verify import values
from archiver.verify.blog.lines import lines, read_object
from archiver.verify.catalog import Catalog
from archiver.verify.findings import Findings

KEYS = ("url", "mime", "status", "digest", "length", "offset", "filename")
LINE = re.compile(rb"(\S+) (\d{14}) (\{.*\})\n", re.DOTALL)
# An index line is some hundred bytes and an address.
MAX_LINE = 1 << 20
NUMBER = re.compile(r"\d{1,15}", re.ASCII)
WWW = re.compile(r"^www\d*\.")

Tell = Callable[[int, str, str], None]  # offset, check, what was found


def check_index(path: Path, blog: int, catalog: Catalog, findings: Findings) -> None:
    """Check a blog's index against the catalog, which must be finished."""

    def tell(offset: int, check: str, found: str) -> None:
        findings.add(str(path), offset, check, found)

    if not path.is_file():
        tell(0, "index-missing", "none")
    else:
        last = b""
        for offset, line in lines(path, MAX_LINE):
            if line <= last:
                tell(
                    offset,
                    "index-order",
                    "the same line twice" if line == last else f"{line[:80]!r} behind {last[:80]!r}",
                )
            last = line
            _line(offset, line, blog, catalog, tell)
    _lacking(blog, catalog, findings)


def _line(offset: int, line: bytes, blog: int, catalog: Catalog, tell: Tell) -> None:
    match = LINE.fullmatch(line)
    fields = read_object(match[3]) if match else "no line of key, 14 digits and object"
    if isinstance(fields, str) or match is None:
        tell(offset, "index-line", f"{fields}: {line[:80]!r}")
        return
    wrong = [key for key in KEYS if not isinstance(fields.get(key), str)]
    if wrong or not (NUMBER.fullmatch(fields["offset"]) and NUMBER.fullmatch(fields["length"])):
        tell(offset, "index-line", f"no string or number as {', '.join(wrong) or 'offset or length'}")
        return
    record = catalog.record_at(blog, f"archive/{fields['filename']}", int(fields["offset"]))
    if record is None or not record["alone"] or record["length"] != int(fields["length"]):
        place = f"{fields['filename'][:80]} {fields['offset']}+{fields['length']}"
        is_ = f"a record of {record['length']} bytes there" if record else "no record there"
        tell(offset, "index-place", f"{place}, {is_}")
        return
    catalog.run("UPDATE record SET indexed = indexed + 1 WHERE key = ?", record["key"])
    for text in _differences(fields, match[2].decode(), record):
        tell(offset, "index-other", text)
    if wrong_key := _key(match[1].decode("utf-8", "replace"), fields["url"]):
        tell(offset, "index-key", wrong_key)


def _differences(fields: dict[str, Any], stamp: str, record: sqlite3.Row) -> list[str]:
    revisit = record["kind"] == "revisit"
    status = str(record["status"] or "-")
    expected = {
        "url": {record["uri"]},
        "status": {status, "-"} if revisit else {status, "0"} if status == "-" else {status},
        "digest": {record["digest"], record["digest"].partition(":")[2]} if record["digest"] else {"-", ""},
        "mime": {"warc/revisit"} if revisit else {record["mime"] or "unk"},
    }
    found = [
        f"{name} {fields[name][:120]!r}, the record's is {sorted(right)[-1][:120]!r}"
        for name, right in expected.items()
        if fields[name] not in right
    ]
    if stamp != values.digits(record["date"]):
        found.append(f"time {stamp}, the record's is {record['date']}")
    if record["kind"] not in ("response", "revisit"):
        found.append(f"a {record['kind']} record")
    return found


def _key(key: str, url: str) -> str:
    """Compare a key's host, and the path of an address without a query, with the address."""
    match = values.PARTS.match(url)
    if not match:
        return ""
    authority = match[2].rpartition("@")[2].lower()
    host, _, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    reversed_ = ",".join(reversed(WWW.sub("", host.rstrip(".")).split(".")))
    if port and port != values.PORTS.get(match[1].lower()):
        reversed_ += f":{port}"
    path, _, query = match[3].partition("?")
    path = re.sub("/+", "/", path.lower() or "/")
    expected = f"{reversed_}){path.rstrip('/') or '/'}"
    right = key == expected if not query else key.startswith(f"{reversed_})/")
    return "" if right or authority.startswith("[") else f"{key[:100]!r}, where {expected[:100]!r} is the address's"


def _lacking(blog: int, catalog: Catalog, findings: Findings) -> None:
    query = """
        SELECT record.*, file.path AS path FROM record JOIN file ON file.key = record.file
        WHERE file.blog = ? AND record.kind IN ('response', 'revisit')
        AND record.indexed <> (record.profile <> 'server-not-modified') AND file.path NOT LIKE '%.open'
    """
    for row in catalog.ask(query, blog):
        check = "index-304" if row["profile"] == "server-not-modified" else "index-lacks"
        found = f"{row['indexed']} lines for {row['uri'][:120]}"
        findings.add(row["path"], row["offset"], check, found, row["id"] or "", ours=bool(row["ours"]))
