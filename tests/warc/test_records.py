"""Records as bytes, compared whole: every kind that docs/warc.md tells of."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.models import Capture, Record, WarcRef
from archiver.spool import Spool
from archiver.warc import records
from archiver.warc.message import read_message
from archiver.warc.records import Block, ExchangeRecords, WarcRecord

ZONE = timezone(timedelta(hours=2))
MOMENT = datetime(2020, 1, 2, 3, 4, 5, 678, ZONE)
DATE = "2020-01-02T01:04:05.000678Z"
INFO_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
REQUEST = b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n"
# A response of the same payload that the archive holds already.
ORIGIN = Record(
    WarcRef("archive/x.warc.gz", 7, 70, "urn:uuid:11111111-1111-4111-8111-111111111111", "sha1:" + "A" * 32),
    "http://example.org/first",
    datetime(2019, 12, 31, 23, 59, 59, 1, UTC),
    200,
    "text/html",
)


def digest(data: bytes) -> str:
    """Return the digest of data as the standard writes it, made without the code under test."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode("ascii")


def as_bytes(record: WarcRecord) -> bytes:
    """Return a record as it is written."""
    return b"".join(record.pieces())


def fields(record: WarcRecord) -> list[tuple[str, str]]:
    """Return the fields of a record, sorted, read without the code under test."""
    version, *lines, empty, end = record.head.decode().split("\r\n")
    assert (version, empty, end) == ("WARC/1.1", "", "")
    assert as_bytes(record) == record.head + b"".join(record.block.pieces()) + b"\r\n\r\n"
    return sorted((name, value) for name, _, value in (line.partition(": ") for line in lines))


def values(record: WarcRecord, name: str) -> list[str]:
    """Return all values of a named field."""
    return [value for field, value in fields(record) if field == name]


def made_of(capture: Capture, origin: Record | None = None, *, keep: bool = False) -> dict[str, WarcRecord]:
    """Return the records of an exchange in their order, by type; of a metadata record by its media type."""
    interim, message = read_message(capture.response)
    made = ExchangeRecords(capture, INFO_ID, keep_secrets=keep).all(message, interim, origin)
    out = {}
    for record in made:
        (kind,) = values(record, "WARC-Type")
        out[values(record, "Content-Type")[0] if kind == "metadata" else kind] = record
    assert len(out) == len(made)
    return out


def told(record: WarcRecord) -> dict[str, str]:
    """Return what a block of named fields says."""
    text = b"".join(record.block.pieces()).decode()
    assert text.endswith("\r\n")
    return dict(line.split(": ", 1) for line in text.split("\r\n")[:-1])


def common(record: WarcRecord, kind: str, block: bytes, content_type: str) -> list[tuple[str, str]]:
    """Return the fields that every record has whose block is `block`."""
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record.record_id}>"),
        ("WARC-Date", DATE),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", content_type),
        ("Content-Length", str(len(block))),
    ]


EXCHANGE = [
    ("WARC-Target-URI", "http://example.org/a?b=c"),
    ("WARC-IP-Address", "192.0.2.1"),
    ("WARC-Protocol", "http/1.1"),
    ("WARC-Warcinfo-ID", f"<{INFO_ID}>"),
]


@pytest.fixture
def capture(capture):
    """Return a function from changed fields to a capture of this module's moment."""

    def make(**changes):
        return capture(**{"started": MOMENT, "ended": MOMENT + timedelta(seconds=1.2345), **changes})

    return make


def test_pieces():
    """A record is its head, its block from where it begins, and two line ends, in whatever pieces."""
    for block in (Block(b"a\r\n\xff"), Block(Spool(b"head", b"a\r", b"\n\xff"), 4), Block(Spool(b"heada\r\n\xff"), 4)):
        record = WarcRecord("urn:uuid:1", b"WARC/1.1\r\nContent-Length: 4\r\n\r\n", block)
        assert as_bytes(record) == b"WARC/1.1\r\nContent-Length: 4\r\n\r\na\r\n\xff\r\n\r\n"
        assert (block.size, block.digest) == (4, digest(b"a\r\n\xff"))


def test_warcinfo():
    """A warcinfo names its file and says what wrote it; it has no payload digest and points to no other warcinfo."""
    block = "software: test/1\r\noperator: Zoë\r\n".encode()
    record = records.warcinfo("x.warc.gz", MOMENT, {"software": "test/1", "operator": "Zoë"})
    assert fields(record) == sorted(
        [*common(record, "warcinfo", block, "application/warc-fields"), ("WARC-Filename", "x.warc.gz")]
    )
    assert b"".join(record.block.pieces()) == block


def test_exchange(capture):
    """An exchange is a response and a request record with the same date, tied to each other and to the warcinfo."""
    block = HEAD + b"<p>One."
    made = made_of(capture(response=block))
    assert list(made) == ["response", "request"]
    response, request = made.values()
    assert fields(response) == sorted(
        [
            *common(response, "response", block, "application/http; msgtype=response"),
            *EXCHANGE,
            ("WARC-Payload-Digest", digest(b"<p>One.")),
            ("WARC-Identified-Payload-Type", "text/html"),
        ]
    )
    assert b"".join(response.block.pieces()) == block
    assert fields(request) == sorted(
        [
            *common(request, "request", REQUEST, "application/http; msgtype=request"),
            *EXCHANGE,
            ("WARC-Concurrent-To", f"<{response.record_id}>"),
        ]
    )
    assert b"".join(request.block.pieces()) == REQUEST


@pytest.mark.parametrize(
    ("response", "payload"),
    [
        (CHUNKED, b"hello world"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08 as sent", b"\x1f\x8b\x08 as sent"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-", b""),
    ],
)
@pytest.mark.parametrize("limit", [0, 10**6])
def test_payload_digest(capture, response, payload, limit):
    """The payload digest is without transfer coding and with content coding; the block digest is of all bytes."""
    kept = Spool(HINTS, response, limit=limit)
    record = made_of(capture(response=kept))["response"]
    assert values(record, "WARC-Payload-Digest") == [digest(payload)]
    assert values(record, "WARC-Block-Digest") == [digest(response)]
    assert values(record, "Content-Length") == [str(len(response))]
    assert b"".join(record.block.pieces()) == response
    kept.close()


def test_protocols(capture):
    """The protocol is that of the answer, the request's our own; TLS and its cipher stand beside both."""
    made = made_of(
        capture(response=b"HTTP/1.0 200 OK\r\n\r\nx", tls="tls/1.2", cipher="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    )
    assert values(made["response"], "WARC-Protocol") == ["http/1.0", "tls/1.2"]
    assert values(made["request"], "WARC-Protocol") == ["http/1.1", "tls/1.2"]
    for record in made.values():
        assert values(record, "WARC-Cipher-Suite") == ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]


@pytest.mark.parametrize("reason", ["length", "time", "disconnect", "unspecified"])
def test_truncated(capture, reason):
    """What was cut off says why; what was not says nothing."""
    cut, request = made_of(capture(truncated=reason)).values()
    whole, _ = made_of(capture()).values()
    assert [values(r, "WARC-Truncated") for r in (cut, request, whole)] == [[reason], [], []]


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::1", "::1"),
    ],
)
def test_peer(capture, peer, expected):
    """The peer stands on every record of an exchange, in the one form that RFC 5952 allows."""
    made = made_of(capture(peer=peer, response=HINTS + HEAD, surplus=7))
    assert len(made) == 4
    for record in made.values():
        assert values(record, "WARC-IP-Address") == [expected]


def test_behind_a_proxy(capture):
    """An address that is not known is left out of every record."""
    for response in (HINTS + HEAD + b"x", b"no HTTP"):
        for record in made_of(capture(peer=None, response=response, surplus=7)).values():
            assert values(record, "WARC-IP-Address") == []


def test_identical_payload(capture):
    """A payload that the archive holds already becomes a revisit: the head as received, and where the payload lies."""
    made = made_of(capture(response=HINTS + HEAD + b"<p>One."), ORIGIN)
    assert list(made) == ["revisit", "request", "application/http; msgtype=response"]
    revisit = made["revisit"]
    assert fields(revisit) == sorted(
        [
            *common(revisit, "revisit", HEAD, "application/http; msgtype=response"),
            *EXCHANGE,
            ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
            ("WARC-Refers-To", "<urn:uuid:11111111-1111-4111-8111-111111111111>"),
            ("WARC-Refers-To-Target-URI", "http://example.org/first"),
            ("WARC-Refers-To-Date", "2019-12-31T23:59:59.000001Z"),
            ("WARC-Payload-Digest", "sha1:" + "A" * 32),
            ("WARC-Truncated", "length"),
        ]
    )
    assert b"".join(revisit.block.pieces()) == HEAD
    for name in ("request", "application/http; msgtype=response"):
        assert values(made[name], "WARC-Concurrent-To") == [f"<{revisit.record_id}>"]


def test_not_modified(capture):
    """A 304 that is told to be the answer of before refers to it, with that one's payload digest; nothing is cut."""
    head = b'HTTP/1.1 304 Not Modified\r\nEtag: "1"\r\n\r\n'
    revisit = made_of(capture(response=head), ORIGIN)["revisit"]
    assert b"".join(revisit.block.pieces()) == head
    assert values(revisit, "WARC-Profile") == ["http://netpreserve.org/warc/1.1/revisit/server-not-modified"]
    assert values(revisit, "WARC-Refers-To") == [f"<{ORIGIN.ref.record_id}>"]
    assert values(revisit, "WARC-Payload-Digest") == [ORIGIN.ref.payload_digest]
    assert values(revisit, "WARC-Truncated") == []


def test_interim_responses(capture):
    """Interim responses are a metadata record of their own, as received; the response is without them."""
    made = made_of(capture(response=HINTS + HEAD + b"x"))
    response, request, interim = made.values()
    assert b"".join(response.block.pieces()) == HEAD + b"x"
    assert values(request, "WARC-Concurrent-To") == [f"<{response.record_id}>"]
    expected = [
        *common(interim, "metadata", HINTS, "application/http; msgtype=response"),
        ("WARC-IP-Address", "192.0.2.1"),
        ("WARC-Warcinfo-ID", f"<{INFO_ID}>"),
        ("WARC-Concurrent-To", f"<{response.record_id}>"),
    ]
    assert fields(interim) == sorted(expected)


def test_nothing_but_interim_responses(capture):
    """Where nothing but interim responses came, they are kept, tied to the request."""
    made = made_of(capture(response=HINTS, outcome="timeout", error="too slow"))
    assert list(made) == ["request", "application/http; msgtype=response", "application/warc-fields"]
    request, *others = made.values()
    assert values(request, "WARC-Concurrent-To") == []
    assert [values(record, "WARC-Concurrent-To") for record in others] == [[f"<{request.record_id}>"]] * 2
    assert "noResponse" not in told(others[1])


def test_what_is_no_http(capture):
    """Bytes that are no HTTP response are a metadata record, tied to the request, as received."""
    garbage = b"\x16\x03\x01 no HTTP\r\n\r\n"
    made = made_of(capture(response=HINTS + garbage))
    assert list(made) == ["request", "application/http; msgtype=response", "application/octet-stream"]
    request, interim, rest = made.values()
    assert b"".join(interim.block.pieces()) == HINTS
    assert b"".join(rest.block.pieces()) == garbage
    assert values(rest, "WARC-Block-Digest") == [digest(garbage)]
    assert values(rest, "WARC-Payload-Digest") == values(rest, "WARC-Target-URI") == []
    assert values(rest, "WARC-Concurrent-To") == [f"<{request.record_id}>"]


def test_no_answer(capture):
    """A request without any answer is a request record, and a metadata record that says so."""
    request, metadata = made_of(capture(response=b"", outcome="disconnect", error="Connection lost")).values()
    assert values(request, "WARC-Concurrent-To") == []
    block = b"fetchTimeMs: 1234\r\noutcome: disconnect\r\nerror: Connection lost\r\nnoResponse: true\r\n"
    assert b"".join(metadata.block.pieces()) == block
    assert fields(metadata) == sorted(
        [
            *common(metadata, "metadata", block, "application/warc-fields"),
            *(field for field in EXCHANGE if field[0] != "WARC-Protocol"),
            ("WARC-Concurrent-To", f"<{request.record_id}>"),
        ]
    )


def test_a_fetch_that_failed_before_a_request():
    """A fetch of which nothing went out is one metadata record, tied to nothing, without an address of a peer."""
    ended = MOMENT + timedelta(milliseconds=20)
    (metadata,) = made_of(Capture.failed("http://no.example/a#b", MOMENT, ended, "dns", "no such host")).values()
    block = b"fetchTimeMs: 20\r\noutcome: dns\r\nerror: no such host\r\n"
    assert b"".join(metadata.block.pieces()) == block
    assert fields(metadata) == sorted(
        [
            *common(metadata, "metadata", block, "application/warc-fields"),
            ("WARC-Target-URI", "http://no.example/a"),
            ("WARC-Warcinfo-ID", f"<{INFO_ID}>"),
        ]
    )


def test_nothing_to_tell(capture):
    """Of an exchange whose bytes say all, there is no metadata record, however long it took."""
    assert list(made_of(capture())) == ["response", "request"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"surplus": 12}, {"surplusBytesAfterResponse": "12"}),
        ({"attempt": 2}, {"attempt": "2"}),
        ({"outcome": "length", "error": "too  large\r\nby far"}, {"outcome": "length", "error": "too large by far"}),
        (
            {"request": b"GET / HTTP/1.1\r\nCookie: a\r\nAUTHORIZATION: b\r\n\r\n"},
            {"redactedRequestHeaders": "cookie, authorization"},
        ),
        (
            {"attempt": 3, "surplus": 1, "outcome": "cancelled", "error": "x"},
            {"outcome": "cancelled", "error": "x", "surplusBytesAfterResponse": "1", "attempt": "3"},
        ),
    ],
)
def test_what_the_bytes_do_not_tell(capture, changes, expected):
    """A metadata record beside the response tells what its bytes don't, and how long the fetch took."""
    made = made_of(capture(**changes))
    metadata = made["application/warc-fields"]
    assert told(metadata) == {"fetchTimeMs": "1234", **expected}
    assert values(metadata, "WARC-Concurrent-To") == [f"<{made['response'].record_id}>"]
    assert values(metadata, "WARC-Target-URI") == ["http://example.org/a?b=c"]


def test_a_request_with_a_body(capture):
    """A request with a body has a payload digest, of that body alone, be its head redacted or not."""
    body = b"a=b\r\n\r\nCookie: of the text"
    sent = b"POST / HTTP/1.1\r\nCookie: x\r\nContent-Length: 25\r\n\r\n" + body
    for keep, kept in ((True, sent), (False, sent.replace(b"Cookie: x\r\n", b""))):
        record = made_of(capture(request=sent), keep=keep)["request"]
        assert b"".join(record.block.pieces()) == kept
        assert values(record, "WARC-Payload-Digest") == [digest(body)]
        assert values(record, "WARC-Block-Digest") == [digest(kept)]


@pytest.mark.parametrize("keep", [True, False])
def test_secrets(capture, keep):
    """Credentials are in no record, or all of them are where they were, as the policy says."""
    hostile = capture(
        url="http://me:word@example.org/a#b",
        request=b"GET / HTTP/1.1\r\nAuthorization: word\r\n\r\n",
        response=b"",
        outcome="timeout",
        error="Getting http://me:word@example.org/a took longer than 60.0 seconds",
    )
    made = made_of(hostile, keep=keep)
    assert [b"word" in as_bytes(record) for record in made.values()] == [keep, keep]
    assert ("redactedRequestHeaders" in told(made["application/warc-fields"])) is not keep
    uri = "http://me:word@example.org/a" if keep else "http://example.org/a"
    assert {values(record, "WARC-Target-URI")[0] for record in made.values()} == {uri}


def test_long_address(capture):
    """An address of 10 kB is kept whole."""
    url = "http://example.org/" + "a" * 10_000
    for record in made_of(capture(url=url)).values():
        assert values(record, "WARC-Target-URI") == [url]


def test_conversion():
    """A conversion is a text in UTF-8 that refers to the response which holds the payload, at its own time."""
    text = "Grüße\r\n\r\nWARC/1.1 \ud800"
    block = "Grüße\r\n\r\nWARC/1.1 ?".encode()
    record = records.conversion(ORIGIN, text, MOMENT, INFO_ID)
    assert fields(record) == sorted(
        [
            *common(record, "conversion", block, "text/plain; charset=utf-8"),
            ("WARC-Target-URI", "http://example.org/first"),
            ("WARC-Refers-To", f"<{ORIGIN.ref.record_id}>"),
            ("WARC-Warcinfo-ID", f"<{INFO_ID}>"),
            ("WARC-Payload-Digest", digest(block)),
        ]
    )
    assert b"".join(record.block.pieces()) == block
    revisit = replace(ORIGIN, origin=replace(ORIGIN.ref, record_id="urn:uuid:2"))
    assert values(records.conversion(revisit, text, MOMENT, INFO_ID), "WARC-Refers-To") == ["<urn:uuid:2>"]


def test_ids_are_random():
    """Record ids are UUIDs of version 4, which tell neither machine nor time."""
    ids = {records.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {uuid.UUID(i.removeprefix("urn:uuid:")).version for i in ids} == {4}


@given(
    text=st.text(),
    reason=st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x1c", "\x00"]),
    answer=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n\r\n", HINTS, b"no HTTP"]),
)
def test_nothing_can_add_a_field(text, reason, answer):
    """No address, error or setting can end its line and begin a field or a record of its own."""
    hostile = f"http://a/{text}{reason}WARC-Type: metadata{reason}{reason}WARC/1.1"
    failed = Capture(hostile, REQUEST, Spool(answer), MOMENT, MOMENT, outcome="error", error=hostile)
    made = made_of(failed)
    info = records.warcinfo("x.warc.gz", MOMENT, {"operator": hostile})
    for record in (*made.values(), info):
        names = [name for name, _ in fields(record)]
        assert len(re.split(r"[\r\n]+", record.head.decode().strip())) == 1 + len(names)
        assert names.count("WARC-Type") == 1
        assert all(re.fullmatch(r"[A-Za-z-]+", name) for name in names)
    assert len(re.split(rb"[\r\n]+", b"".join(info.block.pieces()).strip())) == 1
    assert set(told(made["application/warc-fields"])) <= {"fetchTimeMs", "outcome", "error", "noResponse"}
