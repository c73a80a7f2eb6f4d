"""HTTP/1 messages as bytes."""

from __future__ import annotations

import gzip
import random
import sys
import tracemalloc
import zlib
from contextlib import suppress
from itertools import pairwise

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import http1

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODY = b"<p>One, two, three.</p>" * 40
LIMIT = 1_000_000


def chunked(parts: list[bytes], extension: bytes = b"", trailers: bytes = b"") -> bytes:
    """Return parts in the chunked coding, with a last chunk."""
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts if part)
    return framed + b"0\r\n" + trailers + b"\r\n"


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return data in pieces, cut at the given places."""
    ends = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in pairwise(ends)]


def quick_brotli(data: bytes) -> bytes:
    """Return data in brotli's coding, made without much effort."""
    return brotli.compress(data, quality=1)


def raw_deflate(data: bytes) -> bytes:
    """Return deflate without the zlib head around it."""
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("message", "first_line", "fields", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\nbody", "HTTP/1.1 200 OK", (("a", "1"), ("b", "2")), b"body"),
        (b"HTTP/1.1 200 OK\nA: 1\n\nbody", "HTTP/1.1 200 OK", (("a", "1"),), b"body"),
        (b"HTTP/1.1 200 OK\r\n\r\n\r\nbody", "HTTP/1.1 200 OK", (), b"\r\nbody"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\t3\r\n\r\n", "HTTP/1.1 200 OK", (("a", "1 2 3"),), b""),
        (b"HTTP/1.1 200 OK\r\n 2\r\nA:1\r\n\r\n", "HTTP/1.1 200 OK", (("a", "1"),), b""),
        (b"HTTP/1.1 200 OK\r\nno colon\r\nA :b:c\r\n\r\n", "HTTP/1.1 200 OK", (("a", "b:c"),), b""),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\n", "HTTP/1.1 200 OK", (("a", "1"), ("a", "2")), b""),
        (b"HTTP/1.1 200 Gr\xfc\xdf\r\nA: \xe9\r\n\r\n", "HTTP/1.1 200 Grüß", (("a", "é"),), b""),
        (b"HTTP/1.1 200 OK\r\nA: 1", "HTTP/1.1 200 OK", (("a", "1"),), b""),
        (b"", "", (), b""),
    ],
)
def test_head(message, first_line, fields, body):
    """A head is read as browsers do: bare line feeds, folded lines, lines without colon and 8-bit bytes included."""
    head = http1.read_head(message)
    assert (head.first_line, head.fields, message[head.size :]) == (first_line, fields, body)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK", 200),
        (b"HTTP/1.0 404", 404),
        (b"HTTP/1.1 599 ", 599),
        (b"HTTP/2 200", 200),
        (b"HTTP/1.1 20 OK", None),
        (b"ICY 200 OK", None),
        (b"GET / HTTP/1.1", None),
        (b"", None),
    ],
)
def test_status(line, status):
    """The status is there without a reason phrase too, and is None for what is no status line."""
    assert http1.read_head(line + b"\r\n\r\n").status == status


def test_first_value_of_a_field():
    """Of a repeated field the first value counts; one that is not there is None."""
    head = http1.read_head(b"HTTP/1.1 200 OK\r\nEtag: a\r\nETAG: b\r\n\r\n")
    assert (head.get("etag"), head.get("date")) == ("a", None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (b"Transfer-Encoding: chunked", True),
        (b"Transfer-Encoding: gzip, Chunked", True),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", True),
        (b"Transfer-Encoding: chunked, gzip", False),
        (b"Transfer-Encoding: identity", False),
        (b"Content-Length: 5", False),
    ],
)
def test_whether_chunked(fields, expected):
    """A body is chunked when that is the last transfer coding."""
    assert http1.read_head(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n").chunked is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world"),
        (b"5;name=value;x\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n0\r\nDigest: x\r\n\r\n", b"hello"),
        (b"5\nhello\n0\n\n", b"hello"),
        (b" 5 \r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"00005\r\nhello\r\n000\r\n\r\n", b"hello"),
        (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b"5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK", b"hello"),
        (b"5\r\nhello\r\n", b"hello"),
        (b"ff\r\nhello", b"hello"),
        (b"5\r\nhello\r\nzz\r\nworld", b"hello"),
        (b"5\r\nhello\r\n-1\r\nworld", b"hello"),
        (b"ffffffffffffffff\r\nhello", b""),
        (b"5", b""),
        (b"", b""),
    ],
)
def test_chunks(body, expected):
    """Chunks are joined without extensions and trailers; where the framing breaks off, the body ends."""
    message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    assert http1.payload(message) == expected


def test_payload_without_chunks():
    """A body that is not chunked is the payload, whatever it looks like."""
    assert http1.payload(b"HTTP/1.1 200 OK\r\n\r\n5\r\nhello\r\n0\r\n\r\n") == b"5\r\nhello\r\n0\r\n\r\n"


@given(
    st.lists(st.binary(max_size=50)), st.sampled_from([b"", b";a=b", b' ; a="b"']), st.sampled_from([b"", b"A: 1\r\n"])
)
def test_chunk_round_trip(parts, extension, trailers):
    """However a body was cut into chunks, the payload is the body."""
    message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(parts, extension, trailers)
    assert http1.payload(message) == b"".join(parts)


@given(
    st.lists(st.binary(max_size=50), max_size=6),
    st.sampled_from([b"", b";a=b"]),
    st.sampled_from([b"", b"zz\r\n", b"5\r\nhel"]),
    st.lists(st.integers(0, 10**6)),
    st.booleans(),
)
def test_dechunk_in_any_pieces(parts, extension, broken, cuts, viewed):
    """The data of a chunked body is the same in whatever pieces it comes, be they bytes or views of them."""
    body = broken + chunked(parts, extension)
    pieces = cut_up(body, cuts)
    whole = b"".join(http1.dechunk([body]))
    assert b"".join(http1.dechunk(map(memoryview, pieces) if viewed else pieces)) == whole
    if not broken:
        assert whole == b"".join(parts)


@given(st.binary(max_size=200), st.lists(st.integers(0, 10**6)))
def test_dechunk_anything_in_any_pieces(body, cuts):
    """Where bytes that are no chunks end does not depend on the pieces in which they come."""
    assert b"".join(http1.dechunk(cut_up(body, cuts))) == b"".join(http1.dechunk([body]))


@pytest.mark.parametrize("length", [1000, http1.MAX_CHUNK_LINE, http1.MAX_CHUNK_LINE + 1, 300_000])
@pytest.mark.parametrize("step", [1000, 16_384, http1.MAX_CHUNK_LINE - 1, http1.MAX_CHUNK_LINE, 10**6])
def test_endless_chunk_line(length, step):
    """A line with a chunk's size is read up to a bound, the same in any pieces; behind it the message ends."""
    body = b"5;" + b"x" * (length - 4) + b"\r\nhello\r\n0\r\n\r\n"
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    assert b"".join(http1.dechunk(pieces)) == (b"hello" if length <= http1.MAX_CHUNK_LINE else b"")


def test_lines_without_end_are_not_gathered():
    """A body that is one endless line ends at the bound: it takes neither memory nor the rest of the pieces."""
    pieces = iter([b"5" * 60_000] * 1000)
    assert list(http1.dechunk(pieces)) == []
    assert len(list(pieces)) == 998


@pytest.mark.usefixtures("must_end")
def test_tiny_chunks():
    """A body of very many chunks of one byte is read whole."""
    body = b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n"
    assert b"".join(http1.dechunk([body])) == b"a" * 100_000


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (None, BODY),
        ("", BODY),
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("X-GZIP", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
        ("gzip", gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])),
        ("gzip", gzip.compress(BODY[:100]) + bytes(512) + gzip.compress(BODY[100:]) + bytes(3)),
        ("gzip", gzip.compress(BODY) + b"<!-- cached -->"),
        ("deflate", zlib.compress(BODY) + b"<!-- cached -->"),
        ("br", brotli.compress(BODY)),
        ("zstd", zstd.compress(BODY)),
        ("zstd", zstd.compress(BODY[:100]) + zstd.compress(BODY[100:])),
        ("zstd", zstd.compress(BODY) + b"<!-- cached -->"),
        ("br, gzip", gzip.compress(brotli.compress(BODY))),
        ("zstd, BR", brotli.compress(zstd.compress(BODY))),
        ("none, utf-8", BODY),
    ],
)
def test_decode(coding, body):
    """Content codings are undone in turn; padding and garbage after a whole body do not matter."""
    assert http1.decode(body, coding, LIMIT) == BODY


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstd.compress(BODY)),
    ],
)
def test_decode_as_far_as_it_goes(coding, body):
    """Of a body that was cut off, there is what came."""
    for cut in range(len(body)):
        assert BODY.startswith(http1.decode(body[:cut], coding, LIMIT))


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("br", quick_brotli), ("zstd", zstd.compress)]
)
def test_most_of_a_body_that_was_cut_off(coding, compress):
    """Of a long body that was cut off near its end, nearly all is there."""
    noise = random.Random(1).randbytes(600_000)
    body = compress(noise)
    decoded = http1.decode(body[:-100], coding, LIMIT)
    assert noise.startswith(decoded)
    assert len(decoded) > 400_000


def test_cut_behind_the_data():
    """A body that lacks no more than its check sum is whole."""
    for coding, compress in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        assert http1.decode(compress(BODY)[:-1], coding, LIMIT) == BODY


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BODY),
        ("deflate", BODY),
        ("br", BODY),
        ("zstd", BODY),
        ("compress", BODY),
        ("gzip", gzip.compress(BODY)[:-8] + bytes(8)),
        ("zstd", zstd.compress(BODY)[:8] + b"\xff" * 20),
        ("br", brotli.compress(BODY)[:8] + b"\xff" * 20),
    ],
)
def test_not_in_its_coding(coding, body):
    """A body that is not in its coding, or in one that is not known, is a ValueError."""
    with pytest.raises(ValueError, match="coding"):
        http1.decode(body, coding, LIMIT)


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("br", quick_brotli),
        ("zstd", zstd.compress),
        ("br, zstd", lambda data: zstd.compress(quick_brotli(data))),
    ],
)
def test_bomb(coding, compress):
    """A bomb is refused at the limit, before it takes memory."""
    bomb = compress(bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(http1.TooLarge, match="exceeds 100000 bytes"):
            http1.decode(bomb, coding, 100_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_limit_is_allowed():
    """A body of exactly the limit is whole; the limit is for all members together."""
    for coding, compress in (("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)):
        assert http1.decode(compress(BODY), coding, len(BODY)) == BODY
        with pytest.raises(http1.TooLarge):
            http1.decode(compress(BODY), coding, len(BODY) - 1)
    for coding, compress in (("gzip", gzip.compress), ("zstd", zstd.compress)):
        with pytest.raises(http1.TooLarge):
            http1.decode(compress(BODY) * 2, coding, len(BODY))


@pytest.mark.usefixtures("must_end")
def test_tiny_members():
    """A body of very many empty members is read to its end."""
    body = gzip.compress(b"") * 100_000
    assert http1.decode(body, "gzip", LIMIT) == b""


@given(st.binary(), st.sampled_from(["gzip", "deflate", "gzip, deflate", "br", "zstd", "", ",", "\x00"]))
def test_any_bytes(data, coding):
    """No bytes raise anything but ValueError."""
    head = http1.read_head(data)
    assert len(http1.payload(data, head)) <= len(data)
    assert head.status is None or 0 <= head.status <= 999
    with suppress(ValueError):
        assert len(http1.decode(data, coding, 1000)) <= 1000 or not coding.strip(",")


@given(st.binary(min_size=1), st.integers(0, 60), st.integers(0, 255))
def test_damaged_body(data, at, byte):
    """A damaged body decodes to something within the limit, or is a ValueError."""
    for coding, compress in (("gzip", gzip.compress), ("br", quick_brotli), ("zstd", zstd.compress)):
        body = bytearray(compress(data))
        body[at % len(body)] = byte
        with suppress(ValueError):
            assert len(http1.decode(bytes(body), coding, LIMIT)) <= LIMIT


def test_interim_responses_are_passed_over():
    """Early hints before the answer are not the answer."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    message = hints + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    head = http1.read_head(message)
    assert (head.status, head.get("link"), head.get("content-length")) == (200, None, "4")
    assert http1.payload(message) == b"body"
    assert http1.read_head(hints).status == 103
    assert http1.read_head(b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").status == 101


@pytest.mark.parametrize(
    ("interim", "rest"),
    [
        (b"", b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"HTTP/1.1 103 Early\nLink: x\n\nHTTP/1.1 102\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hin"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"garbage"),
        (b"", b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        (b"", b"HTTP/1.1 1000 Many\r\n\r\n"),
        (b"", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b""),
    ],
)
def test_interim_size(interim, rest):
    """Whole interim responses at the front of a message are counted, and nothing else is."""
    assert http1.interim_size(interim + rest) == len(interim)


@pytest.mark.parametrize(
    ("fields", "chunked"),
    [
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", True),
        (b"Transfer-Encoding: chunked,", True),
        (b"Transfer-Encoding: chunked\r\n , gzip", False),
        (b" Transfer-Encoding: chunked", False),
        (b"no colon\r\n Transfer-Encoding: chunked", False),
        (b"Transfer-Encoding:\r\n chunked", True),
    ],
)
def test_odd_framing(fields, chunked):
    """A body is in chunks if the last coding that means something says so; a folded line belongs to the one before."""
    assert http1.read_head(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n").chunked is chunked


def test_padded_chunk_sizes():
    """Zeros before a chunk's size change nothing."""
    body = b"00000000000000000005\r\nhello\r\n0000000000000000000000\r\n\r\n"
    assert b"".join(http1.chunks(body)) == b"hello"


def test_interim_responses_in_any_case():
    """An interim response is passed over however its version is written."""
    message = b"http/1.1 103 Early\r\n\r\nhttp/1.1 200 OK\r\n\r\n"
    assert (http1.read_head(message).status, http1.interim_size(message)) == (200, 22)
