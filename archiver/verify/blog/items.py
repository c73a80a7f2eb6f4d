"""posts.jsonl, comments.jsonl and pings.jsonl: every item's word about where its text came from (docs/items.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archiver.verify.blog.lines import objects
from archiver.verify.catalog import Catalog
from archiver.verify.findings import Findings

POST = {"id": str, "snapshot_id": str, "revision": int, "text_sha256": str, "url": str, "text": str, "warc": dict}
WARC = {"file": str, "offset": int, "length": int, "record_id": str}
COMMENT = {"id": str, "post_id": str, "text": str, "snapshot_id": str, "revision": int}
# Absent is null or [], never missing (docs/items.md).
POST_FIELDS = (
    "schema", "id", "snapshot_id", "revision", "text_sha256", "simhash", "url", "requested_url", "canonical_url",
    "site", "platform", "title", "text", "markdown", "description", "language", "word_count", "authors",
    "date_published", "date_modified", "date_source", "site_name", "categories", "tags", "license", "images",
    "links", "review", "comments_count", "comments_expected", "fetched_at", "status", "etag", "last_modified",
    "run_id", "warc", "extractor", "discovered_by", "usage", "quality", "parts",
)  # fmt: skip
COMMENT_FIELDS = (
    "schema", "id", "post_id", "parent_id", "author", "author_url", "date", "text", "url", "snapshot_id",
    "revision", "kind",
)  # fmt: skip

QUESTIONS = {
    "post": "SELECT 1 FROM post WHERE blog = ?1 AND id = ?2 LIMIT 1",
    "parent": "SELECT 1 FROM comment WHERE blog = ?1 AND id = ?2 LIMIT 1",
    "snapshot": "SELECT 1 FROM record WHERE blog = ?1 AND id = ?2 AND kind = 'response' LIMIT 1",
}

Tell = Callable[[int, str, str, str], None]  # offset, check, id, what was found


def check_items(folder: Path, blog: int, catalog: Catalog, findings: Findings) -> int:
    """Check a blog's items against the catalog, which must be finished; return how many lines there are."""
    count = 0
    # pings after what they belong to
    for name, check in (("posts.jsonl", _post), ("comments.jsonl", _comment), ("pings.jsonl", _ping)):
        path = folder / name
        if check is _ping:
            catalog.run("CREATE INDEX IF NOT EXISTS post_id ON post (blog, id)")
            catalog.run("CREATE INDEX IF NOT EXISTS comment_id ON comment (blog, id)")

        def tell(offset: int, check: str, record_id: str, found: str, path: Path = path) -> None:
            findings.add(str(path), offset, check, found, record_id)

        for offset, item in objects(path) if path.is_file() else ():
            count += 1
            if isinstance(item, str):
                tell(offset, "item-line", "", item)
            else:
                check(offset, item, blog, catalog, tell)
    _revisions(folder, blog, catalog, findings)
    _comments(folder, blog, catalog, findings)
    return count


def _lacking(item: dict[str, Any], fields: dict[str, type], all_: tuple[str, ...]) -> str:
    """Return the fields that are absent or of another type."""
    if absent := [name for name in all_ if name not in item]:
        return f"without {', '.join(absent)}"
    bad = [k for k, kind in fields.items() if not isinstance(item.get(k), kind) or isinstance(item.get(k), bool)]
    return ", ".join(bad)


def _post(offset: int, item: dict[str, Any], blog: int, catalog: Catalog, tell: Tell) -> None:
    lacking = _lacking(item, POST, POST_FIELDS) or _lacking(item["warc"], WARC, ())
    parts = item.get("parts")
    if not lacking and not (
        isinstance(parts, list) and all(isinstance(p, dict) and not _lacking(p, WARC, ()) for p in parts)
    ):
        lacking = "parts"
    if lacking or not (0 <= item["revision"] < 1 << 60):
        tell(offset, "item-line", str(item.get("id", ""))[:80], f"not as it should be: {lacking or 'revision'}")
        return
    values = {"blog": blog, "id": item["id"], "revision": item["revision"], "snapshot": item["snapshot_id"]}
    catalog.add("post", {**values, "offset": offset})
    if hashlib.sha256(item["text"].encode("utf-8", "replace")).hexdigest() != item["text_sha256"]:
        tell(offset, "item-text", item["snapshot_id"], f"{item['text_sha256'][:64]}, which is not that of the text")
    for text in _record(item, blog, catalog):
        tell(offset, "item-record", item["snapshot_id"], text)
    if wrong := _conversion(item, blog, catalog):
        tell(offset, "conversion-text", item["snapshot_id"], wrong)


def _record(item: dict[str, Any], blog: int, catalog: Catalog) -> list[str]:
    warc = item["warc"]
    told = [*_lies(warc, blog, catalog), *(text for part in item["parts"] for text in _lies(part, blog, catalog))]
    found = None if told else catalog.record_at(blog, warc["file"], warc["offset"])
    if found is None:
        return told
    pairs = [("snapshot_id", item["snapshot_id"], found["id"])]
    if not _is_from_feed(item):
        pairs.append(("url", item["url"], found["uri"]))
    return [_differ(*pair) for pair in pairs if pair[1] != pair[2]]


def _lies(warc: dict[str, Any], blog: int, catalog: Catalog) -> list[str]:
    """Return what is wrong with the place of a response, as an item names it."""
    found = catalog.record_at(blog, warc["file"], warc["offset"])
    if not warc["file"].startswith("archive/"):
        return [f"{warc['file'][:100]}, which is not in archive/"]
    if found is None or not found["alone"] or found["length"] != warc["length"]:
        what = f"a record of {found['length']} bytes" if found else "no record"
        return [f"{warc['file'][:100]} {warc['offset']}+{warc['length']}, {what} there"]
    pairs = (
        ("type", "response", found["kind"]),
        ("record_id", warc["record_id"], found["id"]),
        ("payload_digest", warc.get("payload_digest") or "", found["digest"]),
    )
    return [_differ(*pair) for pair in pairs if pair[1] != pair[2]]


def _differ(name: str, own: object, its: object) -> str:
    return f"{name} {str(own)[:120]!r}, the record's is {str(its)[:120]!r}"


def _is_from_feed(item: dict[str, Any]) -> bool:
    """Tell whether the text came out of a feed or an API's answer, whose address is another."""
    quality = item["quality"]
    flags = quality.get("flags") if isinstance(quality, dict) else None
    return isinstance(flags, list) and "text_from_feed" in flags


def _conversion(item: dict[str, Any], blog: int, catalog: Catalog) -> str:
    """Tell whether conversions of an item's snapshot exist, and none of them holds its text."""
    query = "SELECT text_sha256 FROM record WHERE refers_to = ? AND kind = 'conversion' AND blog = ?"
    other = catalog.one(f"{query} LIMIT 1", item["snapshot_id"], blog)
    same = f"{query} AND text_sha256 = ? LIMIT 1"
    if other is None or catalog.one(same, item["snapshot_id"], blog, item["text_sha256"]):
        return ""
    return f"a text with the digest {other['text_sha256']}, and text_sha256 {item['text_sha256'][:64]}"


def _comment(offset: int, item: dict[str, Any], blog: int, catalog: Catalog, tell: Tell) -> None:
    lacking = _lacking(item, COMMENT, COMMENT_FIELDS)
    parent = item.get("parent_id")
    if lacking or not isinstance(parent, str | None) or not (0 <= item["revision"] < 1 << 60):
        tell(
            offset,
            "item-line",
            str(item.get("id", ""))[:80],
            f"not as it should be: {lacking or 'parent_id or revision'}",
        )
        return
    values = {"blog": blog, "offset": offset, "id": item["id"], "post": item["post_id"], "parent": parent}
    catalog.add("comment", {**values, "snapshot": item["snapshot_id"], "revision": item["revision"]})


def _ping(offset: int, item: dict[str, Any], blog: int, catalog: Catalog, tell: Tell) -> None:
    lacking = _lacking(item, COMMENT, COMMENT_FIELDS)
    if lacking:
        tell(offset, "item-line", str(item.get("id", ""))[:80], f"not as it should be: {lacking}")
        return
    for what, name in (("post", "post_id"), ("snapshot", "snapshot_id")):
        if catalog.one(QUESTIONS[what], blog, item[name]) is None:
            tell(offset, "comment-lost", item["id"][:80], f"{what} {item[name][:100]!r}, which is not there")


def _revisions(folder: Path, blog: int, catalog: Catalog, findings: Findings) -> None:
    for table, name in (("post", "posts.jsonl"), ("comment", "comments.jsonl")):
        query = f"SELECT id, revision, offset FROM {table} WHERE blog = ? ORDER BY id, rowid"  # noqa: S608
        last: tuple[str, int] = ("", 0)
        for row in catalog.ask(query, blog):
            before = last[1] if row["id"] == last[0] else 0
            if row["revision"] <= before:
                text = f"revision {row['revision']} of {row['id'][:80]} behind {before}"
                findings.add(str(folder / name), row["offset"], "item-revision", text)
            last = (row["id"], row["revision"])


def _comments(folder: Path, blog: int, catalog: Catalog, findings: Findings) -> None:
    path = str(folder / "comments.jsonl")
    for row in catalog.ask("SELECT * FROM comment WHERE blog = ?", blog):
        for what, question in QUESTIONS.items():
            if row[what] is not None and catalog.one(question, blog, row[what]) is None:
                findings.add(
                    path, row["offset"], "comment-lost", f"{what} {row[what][:100]!r}, which is not there", row["id"]
                )
