"""What a record's block is: its digests recomputed while it streams by, and the HTTP message in it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from archiver.verify import values
from archiver.verify.message import LOOSE_STATUS_LINE, OTHER_STATUS_LINE, STATUS_LINE, Hashes, Message
from archiver.verify.records import Record
from archiver.verify.rules.head import profile
from archiver.verify.rules.state import FileState

# A block of fields is read whole up to here; nobody writes more.
MAX_FIELDS = 1 << 20
SECRETS = ("authorization", "cookie", "proxy-authorization")
CONDITIONS = ("if-none-match", "if-modified-since")
INTERIM = re.compile(rb"(?i)HTTP/\d(?:\.\d)?[ \t]+1\d\d(?!\d)")


@dataclass(slots=True)
class Block:
    """What was found in a block. `message` is None if it is none of HTTP; `start` is its beginning."""

    block: Hashes
    message: Message | None = None
    payload: Hashes | None = None
    framed: Hashes | None = None
    start: bytes = b""
    text_sha256: str | None = None
    doubt: str = ""


def read_block(record: Record) -> Block:
    """Read a record's block to its end, in pieces."""
    wanted = {name: values.digest_parts(record.get(f"warc-{name}-digest")) for name in ("block", "payload")}
    names = {name: parts[0] for name, parts in wanted.items() if parts and parts[1]}
    found = Block(_hashes(names.get("block")))
    if _is_message(record):
        found.payload, found.framed = _hashes(names.get("payload")), _hashes(names.get("payload"))
        request = record.kind == "request"
        found.message = Message(request=request, payload=found.payload, framed=found.framed)
    elif record.kind in ("resource", "conversion", "response", "request"):
        found.payload = _hashes(names.get("payload"))
    text = _hashes("sha256") if record.kind == "conversion" else None
    keep = MAX_FIELDS if record.kind in ("warcinfo", "metadata") else 64
    for piece in record.pieces():
        found.block.update(piece)
        if found.message:
            found.message.feed(piece)
        elif found.payload:
            found.payload.update(piece)
        if text:
            text.update(piece)
        if len(found.start) < keep:
            found.start += piece[: keep - len(found.start)]
    if found.message:
        found.message.end()
    if text:
        found.text_sha256 = text.digest("sha256").hex()
    return found


def check_block(record: Record, block: Block, state: FileState) -> None:
    """Check a block that was read whole: digests, and the message by itself."""
    _digest(record, block, state)
    message = block.message
    if message is None:
        if record.kind == "metadata":
            _metadata(record, block, state)
    elif record.kind == "request":
        _request(record, message, state)
    elif record.kind == "response":
        _response(record, message, block, state)
    elif record.kind == "revisit":
        _revisit(record, message, state)


def _is_message(record: Record) -> bool:
    if record.kind not in ("response", "request", "revisit"):
        return False
    content = record.get("content-type").lower()
    http = record.get("warc-target-uri").lstrip("<").lower().startswith("http")
    return http or content.startswith(("application/http", "message/http"))


def _hashes(name: str | None) -> Hashes:
    return Hashes({name: hashlib.new(name, usedforsecurity=False)} if name else {})


def _digest(record: Record, block: Block, state: FileState) -> None:
    told = values.digest_parts(record.get("warc-block-digest"))
    if told and told[1] and block.block.digest(told[0]) != told[1]:
        is_ = values.written(told[0], block.block.digest(told[0]))
        state.tell("block-digest-wrong", record, f"{record.get('warc-block-digest')}, the block's is {is_}")
    told = values.digest_parts(record.get("warc-payload-digest"))
    if not told or not told[1] or block.payload is None or record.get("warc-segment-number"):
        return
    if record.kind == "revisit":  # it is that of the record referred to
        return
    if block.message and block.message.codings not in ([], ["chunked"]):
        state.tell("payload-coded", record, ", ".join(block.message.codings)[:60])
    elif block.message and block.message.status == 101 and block.message.chunked:
        return  # no HTTP follows, so nothing says whether these are chunks
    elif block.payload.digest(told[0]) != told[1]:
        framed = block.framed is not None and block.framed.digest(told[0]) == told[1]
        is_ = values.written(told[0], block.payload.digest(told[0]))
        what = f"{record.get('warc-payload-digest')}, the payload's is {is_}"
        if framed:
            state.tell("payload-digest-framed", record, "the digest of the body as it was sent")
        else:
            state.tell("payload-digest-wrong", record, what)


def _response(record: Record, message: Message, block: Block, state: FileState) -> None:
    _status_line(record, message, state)
    truncated = "warc-truncated" in record.names
    if message.chunk_error and not truncated:
        state.tell("not-chunked", record, message.chunk_error)
    elif message.incomplete and not truncated and not record.get("warc-segment-number"):
        block.doubt = message.incomplete
    elif (
        truncated
        and record.get("warc-truncated") != "unspecified"  # as well of what could not be read on
        and message.head_ended
        and (message.complete or message.framing == "none")
    ):
        state.tell("truncated-whole", record, f"{record.get('warc-truncated')[:40]} on a message that is whole")
    if message.surplus:
        state.tell("surplus", record, f"{message.surplus:,} bytes behind the message's end")


def _status_line(record: Record, message: Message, state: FileState) -> None:
    status = message.status
    if not (status is not None or OTHER_STATUS_LINE.match(message.first_line)):
        state.tell("no-status-line", record, f"{message.first_line[:40]!r}")
    elif not STATUS_LINE.match(message.first_line):
        state.tell("http-version", record, f"{message.first_line[:40]!r}")
    if status is not None and 100 <= status < 200 and status != 101:  # what follows a 101 is no HTTP
        state.tell("interim-first", record, f"{message.first_line[:40]!r}")
    if {"h2", "http/2"} & set(record.all("warc-protocol")) and STATUS_LINE.match(message.first_line):
        state.tell("http2-rewritten", record, f"{message.first_line[:40]!r} with WARC-Protocol: h2")


def _revisit(record: Record, message: Message, state: FileState) -> None:
    kind = profile(record)
    size = record.size or 0
    if kind == "server-not-modified" and message.status != 304 and (size or state.ours):
        state.tell("not-304", record, f"{message.first_line[:40]!r}")
    elif size:
        _status_line(record, message, state)
    body = (message.framed.length if message.head_ended else 0) if size else 0
    if body:
        state.tell("revisit-body", record, f"{body:,} bytes of body")
    elif size and not message.head_ended and kind:
        state.tell("revisit-body", record, "a head without the empty line that ends it")
    if kind == "identical-payload-digest" and not body and record.get("warc-truncated") != "length":
        state.tell("revisit-not-length", record, record.get("warc-truncated") or "none")


def _request(record: Record, message: Message, state: FileState) -> None:
    if not message.method:
        state.tell("no-request-line", record, f"{message.first_line[:60]!r}")
    else:
        _target(record, message, state)
    if message.incomplete and "warc-truncated" not in record.names:
        state.tell("request-cut", record, message.incomplete)
    if message.surplus:
        state.tell("surplus", record, f"{message.surplus:,} bytes behind the message's end")
    digest = record.get("warc-payload-digest")
    if digest and not message.framed.length:
        state.tell("payload-digest-needless", record, digest)
    elif message.framed.length and not digest:
        state.tell("payload-digest-missing", record, f"none on a request with {message.framed.length:,} bytes of body")
    secrets = [name for name in SECRETS if message.all(name)]
    if secrets and (state.redacts or not state.policy):
        state.tell("secret-kept" if state.redacts else "secret-unsaid", record, ", ".join(secrets))


def _target(record: Record, message: Message, state: FileState) -> None:
    """Compare WARC-Target-URI with the request line and Host (RFC 9112 sections 3.2 and 3.3)."""
    told = record.get("warc-target-uri").strip("<>").partition("#")[0]
    target, scheme = message.target, told.partition(":")[0]
    if message.method == "CONNECT" or target == "*" or not scheme.lower().startswith("http"):
        return
    if target.startswith("/"):
        match = values.PARTS.match(told)
        # without Host, as in HTTP/1.0, the path alone can be compared
        host = message.get("host") or (match[2].rpartition("@")[2] if match else "")
        target = f"{scheme}://{host}{target}"
    result = values.same_address(target.partition("#")[0], told)
    if result != "same":
        check = "uri-escapes" if result == "escapes" else "uri-not-asked"
        state.tell(check, record, f"{told[:120]} where the request asked for {target[:120]}")


def _metadata(record: Record, block: Block, state: FileState) -> None:
    content = record.get("content-type").lower().replace(" ", "")
    if content.startswith("application/http") and not INTERIM.match(block.start):
        state.tell("interim-record", record, f"{block.start[:40]!r}")
    elif (
        content == "application/octet-stream"
        and LOOSE_STATUS_LINE.match(block.start)
        and not INTERIM.match(block.start)  # one that was cut is no answer either
    ):
        state.tell("octet-response", record, f"{block.start[:40]!r}")
    elif not content.startswith(("application/http", "application/octet-stream", "application/warc-fields")):
        state.tell("type-not-ours", record, f"metadata of type {content[:60]!r}")
