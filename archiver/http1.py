"""HTTP/1 messages as bytes: cut them, read their fields, undo their codings. Pure functions, lenient like browsers.

The bytes themselves are never changed or rebuilt here. Sources: RFC 9112 (message syntax, section 7.1 for the
chunked coding), RFC 9110 section 8.4 (content coding).
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import brotli
from isal import isal_zlib

# Both come with Scrapy; Python 3.14 has zstd itself.
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# What inflating broken data raises; isal's stubs call its exception a value.
INFLATE_ERRORS: tuple[type[Exception], ...] = (cast(Any, isal_zlib.error), zlib.error)
# What bytes.strip takes off; str.strip takes more of Latin-1.
BLANK = " \t\n\r\x0b\x0c"
HEAD_END = re.compile(rb"\r?\n\r?\n")
# zlib's window sizes, which tell the three formats apart.
GZIP, ZLIB, RAW = 31, 15, -15
# Fed to a decompressor at once. It copies what follows a member, which for a body of tiny members adds up.
STEP = 1 << 14
# 101 is final: what follows it is no HTTP
INTERIM = re.compile(rb"(?i)HTTP/\d(?:\.\d)?[ \t]+1(?!01)\d\d(?!\d)")
CHUNK_SIZE = re.compile(rb"[ \t]*0*([0-9a-fA-F]{1,15})[ \t]*(?:;|\r?\n)")
# A chunk's size and its extensions; nobody writes more.
MAX_CHUNK_LINE = 1 << 16
STATUS_LINE = re.compile(rb"(?i)HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)(?:[ \t]+([^\r\n]*))?")


class TooLarge(ValueError):
    """A decoded body would exceed the limit."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a message: its first line and fields (names lower-cased, values decoded as Latin-1).

    `size` is its length in bytes, with what stands before it; `is_whole` says that an empty line ends it.
    """

    first_line: str
    fields: tuple[tuple[str, str], ...]
    size: int
    is_whole: bool = True

    @property
    def status(self) -> int | None:
        """The status code, or None if the first line is no status line."""
        match = STATUS_LINE.match(self.first_line.encode("latin-1"))
        return int(match[1]) if match else None

    def get(self, name: str) -> str | None:
        """The first value of a field, or None."""
        return next((v for k, v in self.fields if k == name), None)

    @property
    def chunked(self) -> bool:
        """Whether the body is in the chunked transfer coding."""
        named = ",".join(v for k, v in self.fields if k == "transfer-encoding").lower().split(",")
        codings = [coding for part in named if (coding := part.strip(BLANK)) not in ("", "identity")]
        return codings[-1:] == ["chunked"]


def interim_size(message: bytes) -> int:
    """Return how many bytes at the front of a message are interim responses (1xx, RFC 9110 section 15.2)."""
    size = 0
    while (interim := INTERIM.match(message, size)) and (end := HEAD_END.search(message, interim.end())):
        size = end.end()
    return size


def read_head(message: bytes) -> Head:
    """Read the head of a message; a message without an empty line is all head.

    Interim responses before the final one are passed over; `size` counts them.
    """
    start = interim_size(message)
    if start == len(message):  # nothing else came
        start = 0
    match = HEAD_END.search(message, start)
    size = match.end() if match else len(message)
    first, *lines = message[start : match.start() if match else size].decode("latin-1").split("\n")
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line[:1] in (" ", "\t"):  # obs-fold, RFC 9112 section 5.2; with nothing before it, nothing
            if found:
                found[-1][1].append(line.strip(BLANK))
        else:
            name, colon, value = line.partition(":")
            if colon:
                found.append((name.strip(BLANK).lower(), [value.strip(BLANK)]))
    fields = tuple((name, " ".join(values)) for name, values in found)
    return Head(first.removesuffix("\r"), fields, size, match is not None)


def dechunk(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    """Yield the data in a chunked body that comes in any pieces.

    What is no chunk framing, and everything after it, ends the message.
    """
    line = b""
    left = -1  # of the chunk's data; below 0: a line with a size is to come
    for each in pieces:
        piece = bytes(each)  # to search in; no copy of what is bytes already
        view = memoryview(piece)
        at = 0
        while at < len(piece):
            if left > 0:
                data = view[at : at + left]
                yield data
                at += len(data)
                left -= len(data)
                continue
            end = piece.find(b"\n", at, at + MAX_CHUNK_LINE) + 1
            line += piece[at : end or at + MAX_CHUNK_LINE]
            if len(line) > MAX_CHUNK_LINE or (not end and len(line) == MAX_CHUNK_LINE):
                return
            if not end:
                break
            at = end
            if left == 0:  # the line end behind a chunk's data
                if line.strip(b"\r\n"):
                    return
                left = -1
            else:
                match = CHUNK_SIZE.match(line)
                left = int(match[1], 16) if match else 0
                if not left:
                    return
            line = b""


def chunks(body: bytes) -> Iterator[bytes]:
    """Yield the data of each chunk of a body; see `dechunk`."""
    return map(bytes, dechunk([body]))


def payload(message: bytes, head: Head | None = None) -> bytes:
    """Return the payload of a message as WARC defines it: transfer coding undone, content coding kept."""
    head = head or read_head(message)
    body = message[head.size :]
    return b"".join(chunks(body)) if head.chunked else body


def decode(body: bytes, coding: str | None, limit: int) -> bytes:
    """Undo a Content-Encoding of gzip, x-gzip, deflate, br or zstd; what is cut off is decoded as far as it goes.

    Raises TooLarge if the result would exceed `limit` bytes, ValueError for a coding that is not known or a body
    that is not in it.
    """
    for name in reversed([c.strip().lower() for c in (coding or "").split(",") if c.strip()]):
        if name in ("identity", "none", "utf-8"):  # the last two are mistakes that servers really make
            continue
        if name in ("gzip", "x-gzip"):
            body = _inflate(body, GZIP, limit)
        elif name == "deflate":
            try:
                body = _inflate(body, ZLIB, limit)
            except TooLarge:
                raise
            except ValueError:  # raw deflate, without the zlib head, is what many servers mean
                body = _inflate(body, RAW, limit)
        elif name == "br":
            body = _unbrotli(body, limit)
        elif name == "zstd":
            body = _unzstd(body, limit)
        else:
            raise ValueError(f"content coding {name!r} is not known")
    return body


def _unbrotli(data: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    out = bytearray()
    try:
        # of data that is cut off, it hands out some 32 kB at a time
        while (piece := engine.process(data, output_buffer_limit=limit + 1 - len(out))) or data:
            out += piece
            data = b""
            if engine.is_finished() or len(out) > limit:
                break
    except brotli.error as error:
        raise ValueError(f"broken content coding: {error}") from error
    if len(out) > limit:
        raise TooLarge(f"decoded body exceeds {limit} bytes")
    return bytes(out)


def _unzstd(data: bytes, limit: int) -> bytes:
    out = bytearray()
    engine = zstd.ZstdDecompressor()
    try:
        for at in range(0, len(data), STEP):  # it copies what follows a frame, which for tiny frames adds up
            piece = data[at : at + STEP]
            while piece and len(out) <= limit:
                if engine.eof:
                    engine = zstd.ZstdDecompressor()
                out += engine.decompress(piece, limit + 1 - len(out))
                piece = engine.unused_data if engine.eof else b""
            if len(out) > limit:
                break
    except zstd.ZstdError as error:
        if not out:
            raise ValueError(f"broken content coding: {error}") from error
    if len(out) > limit:
        raise TooLarge(f"decoded body exceeds {limit} bytes")
    return bytes(out)


def _inflate(data: bytes, wbits: int, limit: int) -> bytes:
    out: list[bytes] = []
    size = whole = 0
    engine = isal_zlib.decompressobj(wbits)
    for at in range(0, len(data), STEP):
        piece = data[at : at + STEP]
        while piece:
            if engine.eof:
                whole = len(out)
                piece = piece.lstrip(b"\0")
                if not piece:
                    break
                if wbits != GZIP:  # only gzip has members
                    return b"".join(out)
                engine = isal_zlib.decompressobj(wbits)
            try:
                decoded = engine.decompress(piece, limit - size + 1)
            except INFLATE_ERRORS as error:
                if whole:  # garbage after a whole member, as gzip itself ignores it
                    return b"".join(out[:whole])
                raise ValueError(f"broken content coding: {error}") from error
            size += len(decoded)
            if size > limit:
                raise TooLarge(f"decoded body exceeds {limit} bytes")
            out.append(decoded)
            piece = engine.unused_data if engine.eof else b""
    return b"".join(out)
