"""What the writer alone costs by compression level: microseconds an exchange, and how large the file gets."""

from __future__ import annotations

import gzip
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import deflate
import pages
from isal import isal_zlib

from archiver.models import Capture
from archiver.spool import Spool
from archiver.warc import writer

CODECS: dict[str, Callable[[bytes], bytes] | None] = {
    "isal 1": lambda data: isal_zlib.compress(data, 1, 31),
    "isal 2": lambda data: isal_zlib.compress(data, 2, 31),
    "isal 3": lambda data: isal_zlib.compress(data, 3, 31),
    "libdeflate 1": lambda data: deflate.gzip_compress(data, 1),
    "libdeflate 2": lambda data: deflate.gzip_compress(data, 2),
    "libdeflate 3": lambda data: deflate.gzip_compress(data, 3),
    "libdeflate 4": lambda data: deflate.gzip_compress(data, 4),
    "zlib 1": lambda data: zlib.compress(data, 1, 31),
    "zlib 6": lambda data: zlib.compress(data, 6, 31),
    "zlib 9": lambda data: zlib.compress(data, 9, 31),
    "in use": None,
}
YARDSTICK = "zlib 6"
REQUEST = (
    b"GET /2020/01/a-post/ HTTP/1.1\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    b"Accept-Language: *\r\nAccept-Encoding: gzip\r\nUser-Agent: blog-archiver/0\r\nHost: blog.example\r\n\r\n"
)
# What comes at once from a socket.
PIECE = 1 << 16


def run(count: int, rounds: int) -> dict[str, Any]:
    """Write `count` exchanges with each codec, `rounds` times in turn; print the table and return the figures."""
    answers = {sent: _answers(count, gzipped=sent == "gzipped") for sent in ("gzipped", "plain")}
    figures: dict[str, dict[str, list[tuple[float, int]]]] = {sent: {name: [] for name in CODECS} for sent in answers}
    for round_ in range(rounds):
        names = list(CODECS) if round_ % 2 == 0 else list(reversed(CODECS))
        for sent, given in answers.items():
            for name in names:
                with _codec(name):
                    figures[sent][name].append(_write(given))
    _print(figures, count)
    return {"writer": figures}


def _print(figures: dict[str, dict[str, list[tuple[float, int]]]], count: int) -> None:
    print("| pages sent | codec | µs an exchange | × zlib 6 | WARC MB | × zlib 6 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for sent, by in figures.items():
        for name, runs in by.items():
            cost = [seconds / count * 1e6 for seconds, _ in runs]
            times = median(one / other for (one, _), (other, _) in zip(runs, by[YARDSTICK], strict=True))
            size, other = runs[0][1], by[YARDSTICK][0][1]
            spread = f"{median(cost):.0f} ({min(cost):.0f} to {max(cost):.0f})"
            print(f"| {sent} | {name} | {spread} | {times:.2f} | {size / 1e6:.2f} | {size / other:.3f} |")


@contextmanager
def _codec(name: str) -> Iterator[None]:
    compress, before = CODECS[name], writer.member
    if compress is not None:
        writer.member = lambda record: iter([compress(b"".join(record.pieces()))])
    try:
        yield
    finally:
        writer.member = before


def _answers(count: int, *, gzipped: bool) -> list[tuple[str, list[bytes]]]:
    """Return the address of each page and what comes from the socket, piece by piece."""
    answers = []
    for path, html in pages.Blog().pages(count):
        body = gzip.compress(html, pages.SENT_LEVEL, mtime=0) if gzipped else html
        answer = _head(len(body), gzipped=gzipped) + body
        pieces = [answer[at : at + PIECE] for at in range(0, len(answer), PIECE)]
        answers.append((f"https://blog.example{path}", pieces))
    return answers


def _head(length: int, *, gzipped: bool) -> bytes:
    coding = "Content-Encoding: gzip\r\n" if gzipped else ""
    return (
        f"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Wed, 01 Jan 2020 00:00:00 GMT\r\n"
        f"Content-Type: text/html; charset=UTF-8\r\nContent-Length: {length}\r\n{coding}Connection: keep-alive\r\n"
        f"Vary: Accept-Encoding\r\nX-Powered-By: PHP/8.2.20\r\n"
        f'Link: <https://blog.example/wp-json/>; rel="https://api.w.org/"\r\n\r\n'
    ).encode()


def _write(answers: list[tuple[str, list[bytes]]]) -> tuple[float, int]:
    """Write all; return the thread's CPU seconds and the bytes of the file."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        warc = writer.WarcWriter(Path(folder), "blog", "20200101000000", {"software": "benchmark"}, 1 << 40)
        spent = 0.0
        for url, pieces in answers:
            capture = Capture(url, REQUEST, Spool(*pieces), moment, moment, peer="127.0.0.1")
            began = time.thread_time()
            warc.write(capture)
            spent += time.thread_time() - began
        warc.close()
        return spent, sum(file.stat().st_size for file in Path(folder).iterdir())
