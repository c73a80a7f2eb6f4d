"""WARC files made of bytes, independent of the product: records as lists of fields, easy to break in one place."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "example.org-20200102030405-00001.warc.gz"
URL = "http://example.org/a?b=c"
DATE = "2020-01-02T03:04:05.678901Z"
LATER = "2020-02-02T03:04:05.678901Z"
BODY = b"<p>One.</p>"
REQUEST = b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n" + BODY
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
INFO = {
    "software": "blog-archiver/0.1.0 (test)",
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "isPartOf": "example.org",
    "robots": "obey",
    "http-header-user-agent": "test",
    "secrets-policy": "redact",
    "dedup-policy": "identical payloads become revisits",
    "settings": "{}",
}
TYPES = {
    "warcinfo": "application/warc-fields",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "request": "application/http; msgtype=request",
    "metadata": "application/warc-fields",
    "conversion": "text/plain; charset=utf-8",
}
COUNTER = itertools.count(1)


def sha1(data: bytes) -> str:
    """A digest as archives write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def new_id() -> str:
    """A record id that nobody else has."""
    return f"<urn:uuid:00000000-0000-4000-8000-{next(COUNTER):012x}>"


@dataclass
class Rec:
    """A record before it is bytes. `end` follows the block; `line_end` ends the lines of the head."""

    fields: list[tuple[str, str]]
    block: bytes
    version: str = "WARC/1.1"
    end: bytes = b"\r\n\r\n"
    line_end: bytes = b"\r\n"
    extra: bytes = b""  # lines put at the end of the head as they are

    @property
    def id(self) -> str:
        """The record's id in its brackets."""
        return self.get("WARC-Record-ID")

    def get(self, name: str) -> str:
        """The value of a field, "" if there is none."""
        return next((v for k, v in self.fields if k == name), "")

    def set(self, name: str, value: str | None) -> Rec:
        """Replace, add, or with None take away a field; returns the record."""
        place = next((n for n, (k, _) in enumerate(self.fields) if k == name), len(self.fields))
        self.fields[place : place + 1] = [] if value is None else [(name, value)]
        return self

    def change(self, block: bytes) -> Rec:
        """Put another block in, with its length and digests."""
        self.block = block
        self.set("WARC-Block-Digest", sha1(block)).set("Content-Length", str(len(block)))
        if self.get("WARC-Payload-Digest") and self.get("WARC-Type") == "response":
            self.set("WARC-Payload-Digest", sha1(block.partition(b"\r\n\r\n")[2]))
        return self

    def data(self) -> bytes:
        """The record's bytes."""
        lines = [self.version.encode(), *(f"{k}: {v}".encode("utf-8", "surrogateescape") for k, v in self.fields)]
        head = b"".join(line + self.line_end for line in lines) + self.extra + self.line_end
        return head + self.block + self.end


def record(kind: str, block: bytes, **fields: str | None) -> Rec:
    """A record of our kind; `fields` are named with _ for -, None leaves one out."""
    made = Rec(
        [
            ("WARC-Type", kind),
            ("WARC-Record-ID", new_id()),
            ("WARC-Date", DATE),
            ("WARC-Block-Digest", sha1(block)),
            ("Content-Type", TYPES.get(kind, "application/octet-stream")),
            ("Content-Length", str(len(block))),
        ],
        block,
    )
    for name, value in fields.items():
        made.set(name.replace("_", "-"), value)
    return made


def block_of(fields: dict[str, str]) -> bytes:
    """A block of named fields."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()


def info(name: str = NAME, **changes: str | None) -> Rec:
    """The warcinfo that opens a file of ours."""
    fields = {k: v for k, v in {**INFO, **changes}.items() if v is not None}
    return record("warcinfo", block_of(fields), WARC_Filename=name)


@dataclass
class Pair:
    """A warcinfo, a response and its request."""

    info: Rec = field(default_factory=info)
    response: Rec = field(init=False)
    request: Rec = field(init=False)

    def __post_init__(self) -> None:
        common: dict[str, Any] = {"WARC_Target_URI": URL, "WARC_IP_Address": "192.0.2.1", "WARC_Protocol": "http/1.1"}
        common["WARC_Warcinfo_ID"] = self.info.id
        self.common = common
        self.response = record("response", RESPONSE, **common, WARC_Payload_Digest=sha1(BODY))
        self.response.set("WARC-Identified-Payload-Type", "text/html")
        self.request = record("request", REQUEST, **common, WARC_Concurrent_To=self.response.id)

    @property
    def records(self) -> list[Rec]:
        """The file's records."""
        return [self.info, self.response, self.request]

    def metadata(self, fields: dict[str, str], **changes: str | None) -> Rec:
        """A metadata record of the exchange."""
        common = {k: v for k, v in self.common.items() if k != "WARC_Protocol"}
        return record("metadata", block_of(fields), **{**common, "WARC_Concurrent_To": self.response.id, **changes})

    def revisit(self, profile: str = IDENTICAL, head: bytes | None = None) -> list[Rec]:
        """A revisit of the response, and its request."""
        same = profile == IDENTICAL
        head = head or (RESPONSE.removesuffix(BODY) if same else b"HTTP/1.1 304 Not Modified\r\n\r\n")
        made = record("revisit", head, **self.common, WARC_Profile=profile, WARC_Date=LATER)
        made.set("WARC-Payload-Digest", self.response.get("WARC-Payload-Digest"))
        made.set("WARC-Refers-To", self.response.id).set("WARC-Refers-To-Target-URI", URL)
        made.set("WARC-Refers-To-Date", self.response.get("WARC-Date"))
        if same:
            made.set("WARC-Truncated", "length")
        asked = REQUEST if same else REQUEST[:-2] + b'If-None-Match: "1"\r\n\r\n'
        request = record("request", asked, **self.common, WARC_Concurrent_To=made.id, WARC_Date=LATER)
        return [made, request]

    def conversion(self, text: str = "One.") -> Rec:
        """The response's text."""
        data = text.encode()
        fields = {"WARC_Target_URI": URL, "WARC_Warcinfo_ID": self.info.id, "WARC_Refers_To": self.response.id}
        return record("conversion", data, **fields, WARC_Payload_Digest=sha1(data))


def members(records: Sequence[Rec | bytes]) -> list[bytes]:
    """Each record as a gzip member; bytes are taken as members already."""
    return [r if isinstance(r, bytes) else gzip.compress(r.data(), 6, mtime=0) for r in records]


def write(folder: Path, records: Sequence[Rec | bytes], name: str = NAME) -> Path:
    """Write a file of gzip members."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(members(records)))
    return path


def offsets(records: Sequence[Rec | bytes]) -> list[int]:
    """Where each record's member begins."""
    return list(itertools.accumulate((len(member) for member in members(records)), initial=0))[:-1]
