"""WARC/1.1 records as bytes: pure functions from captures to record blocks.

A record is written exactly as captured: nothing in a block is parsed and printed again. Sources: WARC 1.1
(ISO 28500:2017), sections in the comments.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from archiver import http1
from archiver.models import Capture

RESPONSE_TYPE = "application/http; msgtype=response"
REQUEST_TYPE = "application/http; msgtype=request"
FIELDS_TYPE = "application/warc-fields"


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record, ready to be written: `fields` are its named fields in order, `block` its content."""

    record_id: str
    fields: tuple[tuple[str, str], ...]
    block: bytes

    def serialise(self) -> bytes:
        """Return the record's bytes: version line, fields, empty line, block, two CRLF (section 4)."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.fields)
        return b"".join((b"WARC/1.1\r\n", head.encode(), b"\r\n", self.block, b"\r\n\r\n"))


def new_id() -> str:
    """Return a fresh record id; random, because time-based ids tell who made them."""
    return f"urn:uuid:{uuid.uuid4()}"


def sha1(data: bytes) -> str:
    """Return a digest in the form that archives compare: sha1 with upper-case Base32 (section 5.8)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def warc_date(moment: datetime) -> str:
    """Return a time as WARC-Date: UTC with microseconds (section 5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def warcinfo(file_name: str, moment: datetime, fields: Mapping[str, str]) -> WarcRecord:
    """Return the record that opens a file and says who wrote it, with what, and how (section 6.2)."""
    block = "".join(f"{k}: {_one_line(v)}\r\n" for k, v in fields.items()).encode()
    return _record("warcinfo", moment, FIELDS_TYPE, block, [("WARC-Filename", file_name)])


def exchange(capture: Capture, warcinfo_id: str) -> tuple[WarcRecord | None, WarcRecord]:
    """Return the response record and the request record of one exchange, tied by WARC-Concurrent-To.

    The response is None when nothing came back. The payload digest has the transfer coding removed and the
    content coding kept (section 5.9).
    """
    common: list[tuple[str, str]] = [("WARC-Target-URI", capture.url)]
    if capture.peer:
        common.append(("WARC-IP-Address", ipaddress.ip_address(capture.peer).compressed))
    common += [("WARC-Protocol", p) for p in capture.protocols]
    common.append(("WARC-Warcinfo-ID", f"<{warcinfo_id}>"))
    response = None
    if capture.response:
        extra = [*common, ("WARC-Payload-Digest", sha1(http1.payload(capture.response)))]
        if capture.truncated:
            extra.append(("WARC-Truncated", capture.truncated))
        response = _record("response", capture.started, RESPONSE_TYPE, capture.response, extra)
    if response:
        common.append(("WARC-Concurrent-To", f"<{response.record_id}>"))
    request = _record("request", capture.started, REQUEST_TYPE, capture.request, common)
    return response, request


def _record(
    kind: str, moment: datetime, content_type: str, block: bytes, extra: Sequence[tuple[str, str]]
) -> WarcRecord:
    record_id = new_id()
    fields = (
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc_date(moment)),
        *((name, _one_line(value)) for name, value in extra),
        ("WARC-Block-Digest", sha1(block)),
        ("Content-Type", content_type),
        ("Content-Length", str(len(block))),
    )
    return WarcRecord(record_id, fields, block)


def _one_line(value: str) -> str:
    # Section 4: a value is one line; a URL or a setting must not be able to add a field.
    return " ".join(value.split())
