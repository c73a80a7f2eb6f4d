"""What the archive needs to know of an answer before it is written: where its parts end, digests, what it looks like.

The bytes are read piece by piece, because they may lie on disk.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archiver import http1
from archiver.spool import Spool
from archiver.warc.sniff import SAMPLE, sniff

# A head that is longer is cut short by capture, so this holds any.
MAX_HEAD = 1 << 21
# Types whose bytes no compressor makes smaller, and the size from which that is worth knowing.
COMPRESSED = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/", "application/zip", "font/woff")
DENSE = 1024


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTP response: `interim` bytes of 1xx responses stand before it, `head` says the rest.

    `head_bytes` are those of the final response alone. Digests are in the form of WARC fields; the payload is
    what WARC calls so (WARC 1.1 section 5.9): transfer coding undone, content coding kept. `looks_like` is the
    media type that its bytes have, None if there are none or they can't be read.
    """

    interim: int
    head: http1.Head
    head_bytes: bytes
    block_digest: str
    payload_digest: str
    payload_size: int
    looks_like: str | None

    @property
    def is_dense(self) -> bool:
        """Whether the payload is compressed already, by its content coding or by what it is."""
        coded = (self.head.get("content-encoding") or "identity").lower() != "identity"
        return self.payload_size > DENSE and (coded or (self.looks_like or "").startswith(COMPRESSED))

    @property
    def mime(self) -> str | None:
        """The media type that the server names, or None."""
        return (self.head.get("content-type") or "").split(";")[0].strip().lower() or None


def read_message(response: Spool) -> tuple[int, Message | None]:
    """Return how many bytes of interim responses stand before an answer, and the answer.

    None if what came is no HTTP response, or nothing but interim ones.
    """
    start = response.first(1)
    head = http1.read_head(start)
    if not head.is_whole or http1.interim_size(start) == len(start):  # the head goes on in further pieces
        start = response.first(MAX_HEAD)
        head = http1.read_head(start)
    interim = http1.interim_size(start)
    # an interim response that was cut is no answer either; 101 is final
    is_interim = head.status is not None and 100 <= head.status < 200 and head.status != 101
    if head.status is None or interim == response.size or is_interim:
        return interim, None
    block, payload = _sha1(), _sha1()
    size = 0
    if head.chunked:
        for piece in response.pieces(interim):
            block.update(piece)
        for data in http1.dechunk(response.pieces(head.size)):
            payload.update(data)
            size += len(data)
    else:
        size = response.size - head.size
        skip = head.size - interim
        for piece in response.pieces(interim):
            block.update(piece)
            if len(piece) > skip:
                payload.update(memoryview(piece)[skip:] if skip else piece)
            skip = max(0, skip - len(piece))
    sample = _sample(http1.dechunk(response.pieces(head.size)) if head.chunked else response.pieces(head.size))
    return interim, Message(
        interim,
        head,
        start[interim : head.size],
        _text(block),
        _text(payload),
        size,
        sniff(sample, head.get("content-encoding")),
    )


def sha1(*pieces: bytes | memoryview) -> str:
    """Return a digest in the form that archives compare: sha1 with upper-case Base32 (WARC 1.1 section 5.8)."""
    state = _sha1()
    for piece in pieces:
        state.update(piece)
    return _text(state)


def _text(state: Any) -> str:
    return "sha1:" + base64.b32encode(state.digest()).decode()


def _sha1() -> Any:
    return hashlib.sha1(usedforsecurity=False)


def _sample(pieces: Iterable[bytes | memoryview]) -> bytes:
    out = b""
    for piece in pieces:
        out += bytes(piece[:SAMPLE])
        if len(out) >= SAMPLE:
            break
    return out
