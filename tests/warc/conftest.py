"""Captures as the wire gives them, and a writer for them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archiver.models import Capture
from archiver.spool import Spool
from archiver.warc.writer import WarcWriter

MOMENT = datetime(2020, 1, 2, 3, 4, 5, 678901, UTC)
PLAIN = Capture(
    url="http://example.org/a?b=c",
    request=b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n",
    response=Spool(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 7\r\n\r\n<p>One."),
    started=MOMENT,
    ended=MOMENT,
    peer="192.0.2.1",
)


@pytest.fixture
def capture() -> Callable[..., Capture]:
    """Return a function from changed fields to a capture; `response` may be bytes."""

    def make(**changes: Any) -> Capture:
        if isinstance(changes.get("response"), bytes):
            changes["response"] = Spool(changes["response"])
        return replace(PLAIN, **changes)

    return make


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WarcWriter]:
    """Return a writer of big files into the test's folder."""
    made = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 1_000_000)
    yield made
    made.close()


@pytest.fixture
def members() -> Callable[[bytes], list[tuple[int, int, bytes]]]:
    """Return a function from a file's bytes to (offset, length, content) of its gzip members, by zlib alone."""

    def read(data: bytes) -> list[tuple[int, int, bytes]]:
        found = []
        at = 0
        while at < len(data):
            engine = zlib.decompressobj(31)
            content = engine.decompress(data[at:])
            assert engine.eof, f"torn member at {at}"
            length = len(data) - at - len(engine.unused_data)
            found.append((at, length, content))
            at += length
        return found

    return read
