"""What is told of an answer before it is written: where its parts end, digests, what it looks like."""

from __future__ import annotations

import base64
import gzip
import hashlib
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import http1
from archiver.spool import Spool
from archiver.warc.message import read_message, sha1

HTML = b"<!doctype html><title>One</title><p>One, two, three.</p>"
HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
CHUNKS = b"5;x=y\r\n<!doc\r\n%x\r\n%s\r\n0\r\nA: b\r\n\r\n" % (len(HTML[5:]), HTML[5:])
# head and body as they came, the payload of that body, and what it looks like
ANSWERS = [
    (b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\n\r\n", HTML, HTML, "text/html"),
    (b"HTTP/1.0 404\nX-\xe9: \xff\n\n", b"", b"", None),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNKS, HTML, "text/html"),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n", CHUNKS[:50], HTML[:37], "text/html"),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(HTML), gzip.compress(HTML), "text/html"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"long" * 5000 + b"\r\n\r\n", b"\r\n\r\n" * 3000, b"\r\n\r\n" * 3000, "text/plain"),
    (b"HTTP/1.1 304 Not Modified\r\nEtag: x\r\n\r\n", b"", b"", None),
    (b"HTTP/1.1 200 OK\r\nContent-", b"", b"", None),
]


def digest(data: bytes) -> str:
    """Return the digest of data as the standard writes it, made without the code under test."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode("ascii")


def in_pieces(data: bytes, cuts: list[int], limit: int) -> Spool:
    """Return data as it may come from the wire."""
    ends = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return Spool(*(data[begin:end] for begin, end in pairwise(ends)), limit=limit)


@given(
    st.sampled_from(range(len(ANSWERS))),
    st.sampled_from([b"", HINTS]),
    st.one_of(st.just([]), st.lists(st.integers(0, 200), max_size=8), st.lists(st.integers(0, 10**6), max_size=8)),
    st.sampled_from([0, 50, 10**6]),
)
def test_parts_and_digests(answer, hints, cuts, limit):
    """The parts of an answer and their digests are the same in whatever pieces it comes, in memory and on disk."""
    head, body, payload, looks_like = ANSWERS[answer]
    with closing(in_pieces(hints + head + body, cuts, limit)) as response:
        interim, message = read_message(response)
    assert message is not None
    assert interim == message.interim == len(hints)
    assert message.head_bytes == head
    assert message.head == http1.read_head(hints + head + body)
    assert message.block_digest == digest(head + body)
    assert message.payload_digest == digest(payload)
    assert message.payload_size == len(payload)
    assert message.looks_like == looks_like


@pytest.mark.parametrize("cut", range(1, len(HINTS)))
def test_interim_responses_in_a_piece_of_their_own(cut):
    """Early hints come long before the answer, often in pieces of their own: the answer is found all the same."""
    answer = b"HTTP/1.1 200 OK\r\n\r\n" + HTML
    for pieces in ([HINTS[:cut], HINTS[cut:], answer], [HINTS[:cut], HINTS[cut:] + answer]):
        interim, message = read_message(Spool(*pieces))
        assert message is not None
        assert (interim, message.head.status, message.payload_digest) == (len(HINTS), 200, digest(HTML))


@pytest.mark.parametrize(
    ("response", "interim"),
    [
        (b"", 0),
        (b"no HTTP at all", 0),
        (b"ICY 200 OK\r\n\r\nmusic", 0),
        (b"<html>\n\n<p>HTTP/1.1 200 OK", 0),
        (b"\x16\x03\x01\x02\x00", 0),
        (b"HTTP/1.1 2", 0),
        (HINTS, len(HINTS)),
        (HINTS + b"no HTTP at all", len(HINTS)),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_no_answer(response, interim, step):
    """What is no HTTP response, or nothing but interim ones, is no answer; the interim bytes are told."""
    pieces = [response[at : at + step] for at in range(0, len(response), step)]
    assert read_message(Spool(*pieces)) == (interim, None)


def test_media_type_of_the_server():
    """What the server says of the type is lower-cased, without parameters; without a word of it there is none."""
    fields = {
        b"Content-Type: Text/HTML ;x": "text/html",
        b"Content-Type:": None,
        b"X: y": None,
        b"content-type: ;": None,
    }
    for field, mime in fields.items():
        _, message = read_message(Spool(b"HTTP/1.1 200 OK\r\n" + field + b"\r\n\r\n" + HTML))
        assert message is not None
        assert message.mime == mime


def test_switching_is_an_answer():
    """101 is final: what follows it is no HTTP, and belongs to it."""
    block = b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    interim, message = read_message(Spool(block))
    assert message is not None
    assert (interim, message.head.status, message.payload_digest) == (0, 101, digest(b"HTTP/1.1 200 OK\r\n\r\n"))


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_any_bytes(data, cuts):
    """No bytes are too odd to be read; in pieces they say the same."""
    whole = read_message(Spool(data))
    with closing(in_pieces(data, cuts, 20)) as response:
        assert read_message(response) == whole


@given(st.lists(st.binary()))
def test_digest_form(pieces):
    """A digest is sha1 in 32 upper-case Base32 characters, without padding, of all pieces together."""
    assert sha1(*pieces) == digest(b"".join(pieces))
    assert sha1(*map(memoryview, pieces)) == sha1(*pieces)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 103 E\r\nX: y", b"HTTP/1.1 100 C\r\n\r\nhttp/1.1 103 E"])
def test_a_cut_interim_response_is_no_answer(answer):
    """An interim response that ends before its empty line is not taken for the response."""
    _, message = read_message(Spool(answer))
    assert message is None
