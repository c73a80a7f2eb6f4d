"""What different readers find in a WARC file, in one form, so that they can be compared."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

# offset of the gzip member, WARC-Type, WARC-Record-ID, and the SHA-256 of the block
Seen = tuple[int, str, str, str]
Reader = Callable[[Path], list[Seen]]


def by_the_book(path: Path) -> list[Seen]:
    """Read a file by the standard's words and zlib alone: one member is one record, with two CRLF behind its block."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        member = zlib.decompressobj(31)
        text = member.decompress(data[at:])
        assert member.eof, f"the member at {at} is cut"
        head, _, rest = text.partition(b"\r\n\r\n")
        version, *lines = head.decode().split("\r\n")
        assert version == "WARC/1.1"
        fields = dict(line.split(": ", 1) for line in lines)
        block = rest[: int(fields["Content-Length"])]
        assert rest[len(block) :] == b"\r\n\r\n", f"the record at {at} does not end where its Content-Length says"
        found.append(_seen(at, fields["WARC-Type"], fields["WARC-Record-ID"], block))
        at = len(data) - len(member.unused_data)
    return found


def with_warcio(path: Path) -> list[Seen]:
    """Read a file with warcio."""
    found = []
    with path.open("rb") as file:
        for record in (iterator := ArchiveIterator(file, no_record_parse=True)):
            block = record.raw_stream.read()
            record_id = record.rec_headers.get_header("WARC-Record-ID")
            found.append(_seen(iterator.get_record_offset(), record.rec_type, record_id, block))
    return found


def with_fastwarc(path: Path) -> list[Seen]:
    """Read a file with FastWARC, which must find each block digest right."""
    found = []
    with path.open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            assert record.verify_block_digest(), f"block digest at {record.stream_pos}"
            fields = record.headers
            found.append(_seen(record.stream_pos, fields["WARC-Type"], fields["WARC-Record-ID"], record.reader.read()))
    return found


def with_warcat(judges: Path, path: Path) -> list[Seen]:
    """Read a file with Warcat in the judges' environment; it sees no gzip members, so offsets are 0."""
    script = Path(__file__).with_name("read_with_warcat.py")
    done = subprocess.run([judges / "python", script, path], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [(0, *words) for words in json.loads(done.stdout)]


def _seen(offset: int, kind: str, record_id: str, block: bytes) -> Seen:
    return offset, kind, record_id, hashlib.sha256(block).hexdigest()
