"""One file: each record is read once and judged, and what others will be compared with is put in the catalog."""

from __future__ import annotations

import re
from typing import Any

from archiver.verify import values
from archiver.verify.catalog import Catalog
from archiver.verify.members import Raw, kind_of
from archiver.verify.records import Record, Records
from archiver.verify.rules.block import CONDITIONS, MAX_FIELDS, Block, check_block, read_block
from archiver.verify.rules.exchange import Exchange
from archiver.verify.rules.fields import check_metadata, check_warcinfo
from archiver.verify.rules.head import check_head, profile
from archiver.verify.rules.state import FileState

SUFFIXES = {"gzip": ".warc.gz", "zstd": ".warc.zst", "plain": ".warc"}
OUR_NAME = re.compile(r".+-\d{14}-\d{5,}\.warc\.gz(\.open)?")
PAGES = ("text/html", "application/xhtml+xml")
EMPTY = {"sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"}


def judge_file(raw: Raw, state: FileState, catalog: Catalog) -> None:
    """Read a file to its end; findings go to `state`, records to `catalog`."""
    if not raw.peek(1):
        state.tell_at("empty-file", 0, "", "nothing")
        return
    state.kind = kind_of(raw, state.name.removesuffix(".open"))
    key = catalog.add_file(state.path, state.place, state.blog)
    exchange = Exchange()
    for record in Records(raw, state.kind, state.tell_at):
        _judge(record, state, catalog, exchange, {"file": key, "blog": state.blog})
    _file(state)


def _judge(record: Record, state: FileState, catalog: Catalog, exchange: Exchange, place: dict[str, Any]) -> None:
    block = read_block(record)
    record.close()
    if record.kind == "warcinfo":
        check_warcinfo(record, block.start, state)
    if state.count == 0:
        state.first = (record.offset, record.record_id, record.kind)
    state.count += 1
    check_head(record, state)
    if record.whole:
        check_block(record, block, state)
    _warcinfo_id(record, state)
    _place(record, state)
    fields: dict[str, str] = {}
    if record.kind == "metadata" and record.get("content-type").lower().startswith("application/warc-fields"):
        fields = check_metadata(record, block.start[:MAX_FIELDS], state)
    if state.redacts and values.user_info(record.get("warc-target-uri")):
        state.tell("secret-kept", record, "a user name in WARC-Target-URI")
    if state.ours:
        exchange.take(record, block.message, fields.get("redactedrequestheaders", ""), state)
    links = [value.strip("<>") for value in record.all("warc-concurrent-to")]
    catalog.add_record({**place, **_row(record, block, fields, state)}, links)


def _warcinfo_id(record: Record, state: FileState) -> None:
    told = record.get("warc-warcinfo-id").strip("<>")
    if record.kind == "warcinfo":
        return
    if not told:
        state.tell("warcinfo-id-missing", record, f"none on a {record.kind} record")
    elif state.warcinfo and told != state.warcinfo:
        state.tell("warcinfo-id-other", record, told)


def _place(record: Record, state: FileState) -> None:
    folder = state.place.partition("/")[0]
    right = "text" if record.kind == "conversion" else "archive"
    if folder in ("archive", "text") and folder != right and record.kind != "warcinfo":
        state.tell("type-elsewhere", record, f"a {record.kind} record in {folder}/")


def _row(record: Record, block: Block, fields: dict[str, str], state: FileState) -> dict[str, Any]:
    message = block.message
    mime = (message.get("content-type") if message else "").partition(";")[0].strip().lower()
    digest = record.get("warc-payload-digest")
    return {
        "offset": record.offset,
        "length": record.length,
        "alone": record.alone and record.whole,
        "ours": state.ours,
        "id": record.record_id or None,
        "kind": record.kind,
        "uri": record.get("warc-target-uri").strip("<>"),
        "date": record.get("warc-date"),
        "ip": record.get("warc-ip-address"),
        "status": message.status if message else None,
        "mime": mime,
        "digest": digest,
        "truncated": record.get("warc-truncated"),
        "warcinfo": record.get("warc-warcinfo-id").strip("<>"),
        "profile": profile(record) if record.kind == "revisit" else "",
        "refers_to": record.get("warc-refers-to").strip("<>"),
        "refers_uri": record.get("warc-refers-to-target-uri").strip("<>"),
        "refers_date": record.get("warc-refers-to-date"),
        "content_type": record.get("content-type").lower(),
        "method": message.method if message else "",
        "conditional": bool(message and any(message.get(name) for name in CONDITIONS)),
        "doubt": block.doubt,
        "html": record.get("warc-identified-payload-type") in PAGES or mime in PAGES,
        "text_sha256": block.text_sha256,
        "no_response": fields.get("noresponse") == "true",
        "empty": digest in EMPTY,
    }


def _file(state: FileState) -> None:
    offset, record_id, kind = state.first
    if state.count and kind != "warcinfo":
        state.tell_at("warcinfo-first", offset, record_id, f"a {kind} record")
    if not state.name:  # standard input
        return
    if state.name.endswith(".open"):
        state.tell_at("open", 0, "", state.name)
    if not state.name.removesuffix(".open").endswith(SUFFIXES[state.kind]):
        state.tell_at("suffix", 0, "", f"{state.name} is {state.kind}")
    if state.kind != "gzip":
        state.tell_at("not-gzip", 0, "", state.kind)
    elif not OUR_NAME.fullmatch(state.name):
        state.tell_at("file-name", 0, "", state.name)
