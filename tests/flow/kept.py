"""What a crawl kept, read without the archiver's code: records, and the exchanges that they make.

Gzip members by zlib, WARC records and HTTP messages by hand, so that no library's leniency hides a fault.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flow import tools

HTTP_RESPONSE = "application/http;msgtype=response"
BYTES = "application/octet-stream"
FIELDS = "application/warc-fields"
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Record:
    """A record as its gzip member has it: fields in order, the block to the byte."""

    file: str
    fields: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str | None:
        """The first value of a field."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for key, value in self.fields if key == name]

    @property
    def kind(self) -> str:
        return self.get("WARC-Type") or ""

    @property
    def record_id(self) -> str:
        return self.get("WARC-Record-ID") or ""

    @property
    def type(self) -> str:
        return (self.get("Content-Type") or "").replace(" ", "")

    @property
    def date(self) -> datetime:
        return datetime.fromisoformat(self.get("WARC-Date") or "")

    def having(self, name: str, *values: str) -> Record:
        """The same record with other values of a field, or none."""
        others = tuple((key, value) for key, value in self.fields if key != name)
        return replace(self, fields=(*others, *((name, value) for value in values)))


def of(records: Iterable[Record], url: str, *kinds: str) -> list[Record]:
    """The records of an address, of these kinds, in order."""
    return [record for record in records if record.get("WARC-Target-URI") == url and record.kind in kinds]


def read(folder: Path) -> list[Record]:
    """All records of a blog's finished files."""
    return [record for path in tools.warcs(folder) for record in _members(path)]


def _members(path: Path) -> Iterator[Record]:
    """The records of a file, each a gzip member of its own."""
    with path.open("rb") as file:
        data = file.read(PIECE)
        while data:
            engine = zlib.decompressobj(31)
            parts = []
            while not engine.eof:
                assert data, f"{path} ends in the middle of a record"
                parts.append(engine.decompress(data))
                data = engine.unused_data or file.read(PIECE)
            yield _record(path.name, b"".join(parts))


def _record(file: str, data: bytes) -> Record:
    head, _, rest = data.partition(b"\r\n\r\n")
    version, *lines = head.decode().split("\r\n")
    assert version == "WARC/1.1"
    found = Record(file, tuple((name, value) for name, _, value in (line.partition(": ") for line in lines)), rest[:-4])
    assert rest.endswith(b"\r\n\r\n")
    assert found.get("Content-Length") == str(len(found.block))
    return found


def digest(data: bytes) -> str:
    """A digest as WARC fields have it."""
    return "sha1:" + b32encode(hashlib.sha1(data).digest()).decode()


def head_of(message: bytes) -> bytes:
    """The head of a message with the empty line that ends it, whatever its line ends."""
    end = re.search(rb"\r?\n\r?\n", message)
    return message[: end.end()] if end else message


def is_chunked(message: bytes) -> bool:
    """Whether a message says that its body comes in chunks."""
    return bool(re.search(rb"(?im)^transfer-encoding:[ \t]*chunked", head_of(message)))


def payload_of(message: bytes, method: str = "GET") -> bytes:
    """The payload: what follows the head, without its chunk framing."""
    head = head_of(message)
    rest = message[len(head) :]
    if method == "HEAD" or not is_chunked(message):
        return rest
    data = b""
    while size := int(re.match(rb"[0-9a-fA-F]*", rest)[0] or b"0", 16):  # type: ignore[index]
        start = rest.index(b"\n") + 1
        data += rest[start : start + size]
        rest = rest[start + size :].removeprefix(b"\r").removeprefix(b"\n")
    return data


@dataclass(slots=True)
class Kept:
    """The records of one exchange, or the one of a fetch that never sent a request."""

    records: list[Record]

    @property
    def response(self) -> Record | None:
        """The response, or the revisit in its place."""
        return next((record for record in self.records if record.kind in ("response", "revisit")), None)

    @property
    def request(self) -> Record | None:
        return next((record for record in self.records if record.kind == "request"), None)

    def metadata(self, kind: str) -> list[Record]:
        """The metadata records of a content type."""
        return [record for record in self.records if record.kind == "metadata" and record.type == kind]

    @property
    def told(self) -> dict[str, str]:
        """The fields in the metadata record."""
        lines = [line for record in self.metadata(FIELDS) for line in record.block.decode().split("\r\n") if line]
        return dict(line.split(": ", 1) for line in lines)

    @property
    def target(self) -> str:
        """What the request asks for, as its first line says."""
        return self.request.block.split(b" ", 2)[1].decode() if self.request else ""


def exchanges(records: Iterable[Record], wrong: list[str] | None = None) -> list[Kept]:
    """The records by exchange; what doesn't stand with its own is entered in `wrong`."""
    found: list[Kept] = []
    for record in records:
        if record.kind in ("warcinfo", "conversion"):
            continue
        to = record.get("WARC-Concurrent-To")
        if to is None:
            found.append(Kept([record]))
        elif found and found[-1].records[0].record_id == to and found[-1].records[0].file == record.file:
            found[-1].records.append(record)
        elif wrong is not None:
            wrong.append(f"{record.kind} of {record.get('WARC-Target-URI')} is concurrent to none beside it")
    return found
