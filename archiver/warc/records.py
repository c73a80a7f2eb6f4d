"""WARC/1.1 records as bytes: pure functions from captures to records (docs/warc.md).

A block is written exactly as captured: nothing in it is parsed and printed again. Sources: WARC 1.1
(ISO 28500:2017), sections in the comments.
"""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from archiver.http1 import HEAD_END
from archiver.models import Capture, Record
from archiver.spool import Spool
from archiver.warc.message import Message, sha1
from archiver.warc.secrets import redact, target_uri, without_credentials

RESPONSE_TYPE = "application/http; msgtype=response"
REQUEST_TYPE = "application/http; msgtype=request"
FIELDS_TYPE = "application/warc-fields"
BYTES_TYPE = "application/octet-stream"
TEXT_TYPE = "text/plain; charset=utf-8"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Block:
    """The content of a record: bytes, or a spool from `start` on. `known_digest` spares reading it again."""

    data: bytes | Spool
    start: int = 0
    known_digest: str | None = None

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return (self.data.size if isinstance(self.data, Spool) else len(self.data)) - self.start

    @property
    def digest(self) -> str:
        """Its digest, as WARC-Block-Digest has it."""
        return self.known_digest or sha1(*self.pieces())

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Yield its bytes."""
        if isinstance(self.data, Spool):
            yield from self.data.pieces(self.start)
        else:
            yield self.data


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record, ready to be written: `head` is all that stands before the block.

    `is_dense` says that the payload is compressed already.
    """

    record_id: str
    head: bytes
    block: Block
    is_dense: bool = False

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Yield the record's bytes: version line, fields, empty line, block, two CRLF (section 4)."""
        yield self.head
        yield from self.block.pieces()
        yield b"\r\n\r\n"


def new_id() -> str:
    """Return a fresh record id; random, because time-based ids tell who made them."""
    return f"urn:uuid:{uuid.uuid4()}"


def warc_date(moment: datetime) -> str:
    """Return a time as WARC-Date: UTC with microseconds (section 5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def warcinfo(file_name: str, moment: datetime, fields: Mapping[str, str]) -> WarcRecord:
    """Return the record that opens a file and says who wrote it, with what, and how (section 6.2)."""
    block = "".join(f"{k}: {_one_line(v)}\r\n" for k, v in fields.items()).encode("utf-8", "replace")
    own = f"WARC-Date: {warc_date(moment)}\r\nWARC-Filename: {file_name}\r\n"
    return _record("warcinfo", own, FIELDS_TYPE, Block(block))


class ExchangeRecords:
    """The records of one exchange; `keep_secrets` is the secrets policy."""

    def __init__(self, capture: Capture, warcinfo_id: str, *, keep_secrets: bool) -> None:
        self._capture = capture
        self._keep = keep_secrets
        self.uri = target_uri(capture.url, keep=keep_secrets)
        self._info = f"WARC-Warcinfo-ID: <{warcinfo_id}>\r\n"
        self._date = f"WARC-Date: {warc_date(capture.started)}\r\n"
        self._about = f"WARC-Target-URI: {self.uri}\r\n"
        self._peer = f"WARC-IP-Address: {_address(capture.peer)}\r\n" if capture.peer else ""
        self._tls = f"WARC-Protocol: {capture.tls}\r\n" if capture.tls else ""
        if capture.cipher:
            self._tls += f"WARC-Cipher-Suite: {capture.cipher}\r\n"
        self._concurrent = ""

    def all(self, message: Message | None, interim: int, origin: Record | None) -> list[WarcRecord]:
        """Return response or revisit, request, and what else is to be told; those of them that there are.

        `message` and `interim` are what `read_message` gives. `origin` is the response that the payload was captured
        in before: this one then becomes a revisit (section 6.7).
        """
        out: list[WarcRecord] = []
        if message:
            out.append(self._revisit(message, origin) if origin else self._response(message))
        redacted: list[str] = []
        if self._capture.request:
            request, redacted = self._request()
            out.append(request)
        if interim:
            out.append(self._metadata(RESPONSE_TYPE, Block(self._capture.response.first(interim)[:interim])))
        if message is None and self._capture.response.size > interim:
            out.append(self._metadata(BYTES_TYPE, Block(self._capture.response, interim)))
        told = self._told(redacted)
        if told:
            out.append(self._metadata(FIELDS_TYPE, Block(told)))
        return out

    def _response(self, message: Message) -> WarcRecord:
        extra = f"WARC-Payload-Digest: {message.payload_digest}\r\n"
        if message.looks_like:
            extra += f"WARC-Identified-Payload-Type: {message.looks_like}\r\n"
        if self._capture.truncated:
            extra += f"WARC-Truncated: {self._capture.truncated}\r\n"
        common = self._common(message.head.first_line) + extra
        block = Block(self._capture.response, message.interim, message.block_digest)
        made = _record("response", common, RESPONSE_TYPE, block, is_dense=message.is_dense)
        self._concurrent = f"WARC-Concurrent-To: <{made.record_id}>\r\n"
        return made

    def _revisit(self, message: Message, origin: Record) -> WarcRecord:
        """The head of the response, and where its payload lies; all three Refers-To fields, as replayers need them."""
        unmodified = message.head.status == 304
        extra = (
            f"WARC-Profile: {NOT_MODIFIED if unmodified else IDENTICAL}\r\n"
            f"WARC-Refers-To: <{origin.ref.record_id}>\r\n"
            f"WARC-Refers-To-Target-URI: {origin.url}\r\n"
            f"WARC-Refers-To-Date: {warc_date(origin.date)}\r\n"
            f"WARC-Payload-Digest: {origin.ref.payload_digest}\r\n"
        )
        if not unmodified:
            extra += "WARC-Truncated: length\r\n"  # section 6.7.2
        common = self._common(message.head.first_line) + extra
        made = _record("revisit", common, RESPONSE_TYPE, Block(message.head_bytes))
        self._concurrent = f"WARC-Concurrent-To: <{made.record_id}>\r\n"
        return made

    def _request(self) -> tuple[WarcRecord, list[str]]:
        block, redacted = (self._capture.request, []) if self._keep else redact(self._capture.request)
        extra = self._concurrent
        end = HEAD_END.search(block)
        if end and end.end() < len(block):
            extra += f"WARC-Payload-Digest: {sha1(block[end.end() :])}\r\n"
        made = _record("request", self._common("HTTP/1.1") + extra, REQUEST_TYPE, Block(block))
        self._concurrent = self._concurrent or f"WARC-Concurrent-To: <{made.record_id}>\r\n"
        return made, redacted

    def _metadata(self, kind: str, block: Block) -> WarcRecord:
        # Replayers take a metadata record with an address and a type of its own for a capture of that address.
        about = self._about if kind == FIELDS_TYPE else ""
        return _record("metadata", self._date + about + self._peer + self._info + self._concurrent, kind, block)

    def _told(self, redacted: list[str]) -> bytes:
        """What the bytes don't tell; nothing of most exchanges."""
        capture = self._capture
        told: dict[str, object] = {}
        if capture.outcome:
            error = capture.error or ""
            if not self._keep:
                error = without_credentials(error, capture.url)
            told |= {"outcome": capture.outcome, "error": _one_line(error)}
        if capture.request and not capture.response.size:
            told["noResponse"] = "true"
        if capture.surplus:
            told["surplusBytesAfterResponse"] = capture.surplus
        if redacted:
            told["redactedRequestHeaders"] = ", ".join(redacted)
        if capture.attempt > 1:
            told["attempt"] = capture.attempt
        if not told:
            return b""
        milliseconds = round((capture.ended - capture.started).total_seconds() * 1000)
        return "".join(f"{k}: {v}\r\n" for k, v in {"fetchTimeMs": milliseconds, **told}.items()).encode()

    def _common(self, first_line: str) -> str:
        protocol = "http/1.0" if first_line[:8].upper() == "HTTP/1.0" else "http/1.1"
        return f"{self._date}{self._about}{self._peer}WARC-Protocol: {protocol}\r\n{self._tls}{self._info}"


def conversion(source: Record, text: str, moment: datetime, warcinfo_id: str) -> WarcRecord:
    """Return the record of a text that was made of `source` (section 6.8)."""
    block = text.encode("utf-8", "replace")
    own = (
        f"WARC-Date: {warc_date(moment)}\r\n"
        f"WARC-Target-URI: {source.url}\r\n"
        f"WARC-Refers-To: <{source.payload.record_id}>\r\n"
        f"WARC-Warcinfo-ID: <{warcinfo_id}>\r\n"
        f"WARC-Payload-Digest: {sha1(block)}\r\n"
    )
    return _record("conversion", own, TEXT_TYPE, Block(block))


def _record(kind: str, own: str, content_type: str, block: Block, *, is_dense: bool = False) -> WarcRecord:
    record_id = new_id()
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{record_id}>\r\n{own}"
        f"WARC-Block-Digest: {block.digest}\r\nContent-Type: {content_type}\r\nContent-Length: {block.size}\r\n\r\n"
    )
    return WarcRecord(record_id, head.encode(), block, is_dense)


@lru_cache(256)
def _address(peer: str) -> str:
    # section 5.10 and RFC 5952; a scope such as %eth0 says something of this machine only
    return ipaddress.ip_address(peer.partition("%")[0]).compressed


def _one_line(value: str) -> str:
    # Section 4: a value is one line; an error's text or a setting must not be able to add a field.
    return "".join(c if c.isprintable() else " " for c in " ".join(value.split()))
