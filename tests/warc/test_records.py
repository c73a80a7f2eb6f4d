"""Records as bytes, compared whole."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.models import Capture
from archiver.warc import records
from archiver.warc.records import WarcRecord

ZONE = timezone(timedelta(hours=2))
MOMENT = datetime(2020, 1, 2, 3, 4, 5, 678, ZONE)
INFO_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n"


def digest(data: bytes) -> str:
    """Return the digest of data as the standard writes it, made without the code under test."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode("ascii")


def values(record: WarcRecord, name: str) -> list[str]:
    """Return all values of a named field."""
    return [value for field, value in record.fields if field == name]


def test_serialise():
    """A record is its version line, its fields in order, an empty line, its block, and two line ends."""
    record = WarcRecord("urn:uuid:1", (("WARC-Type", "response"), ("Content-Length", "4")), b"a\r\n\xff")
    assert record.serialise() == b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 4\r\n\r\na\r\n\xff\r\n\r\n"


def test_warcinfo():
    """A warcinfo names its file and says what wrote it; it has no payload digest and points to no other warcinfo."""
    block = "software: test/1\r\noperator: Zoë\r\n".encode()
    record = records.warcinfo("x.warc.gz", MOMENT, {"software": "test/1", "operator": "Zoë"})
    assert (
        record.serialise()
        == (
            "WARC/1.1\r\n"
            "WARC-Type: warcinfo\r\n"
            f"WARC-Record-ID: <{record.record_id}>\r\n"
            "WARC-Date: 2020-01-02T01:04:05.000678Z\r\n"
            "WARC-Filename: x.warc.gz\r\n"
            f"WARC-Block-Digest: {digest(block)}\r\n"
            "Content-Type: application/warc-fields\r\n"
            "Content-Length: 34\r\n"
            "\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


def test_exchange(capture):
    """An exchange is a response and a request record with the same date, tied to each other and to the warcinfo."""
    made = capture(started=MOMENT, peer="2001:DB8:0::1", protocols=("http/1.1", "tls/1.3"))
    response, request = records.exchange(made, INFO_ID)
    common = (
        "WARC-Date: 2020-01-02T01:04:05.000678Z\r\n"
        "WARC-Target-URI: http://example.org/a?b=c\r\n"
        "WARC-IP-Address: 2001:db8::1\r\n"
        "WARC-Protocol: http/1.1\r\n"
        "WARC-Protocol: tls/1.3\r\n"
        f"WARC-Warcinfo-ID: <{INFO_ID}>\r\n"
    )
    assert response is not None
    assert (
        response.serialise()
        == (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <{response.record_id}>\r\n{common}"
            f"WARC-Payload-Digest: {digest(b'<p>One.')}\r\n"
            f"WARC-Block-Digest: {digest(made.response)}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(made.response)}\r\n\r\n"
        ).encode()
        + made.response
        + b"\r\n\r\n"
    )
    assert (
        request.serialise()
        == (
            f"WARC/1.1\r\nWARC-Type: request\r\nWARC-Record-ID: <{request.record_id}>\r\n{common}"
            f"WARC-Concurrent-To: <{response.record_id}>\r\n"
            f"WARC-Block-Digest: {digest(made.request)}\r\n"
            f"Content-Type: application/http; msgtype=request\r\nContent-Length: {len(made.request)}\r\n\r\n"
        ).encode()
        + made.request
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("response", "payload"),
    [
        (CHUNKED, b"hello world"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08 as sent", b"\x1f\x8b\x08 as sent"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-", b""),
    ],
)
def test_payload_digest(capture, response, payload):
    """The payload digest is without transfer coding and with content coding; the block digest is of all bytes."""
    record, _ = records.exchange(capture(response=response), INFO_ID)
    assert record is not None
    assert values(record, "WARC-Payload-Digest") == [digest(payload)]
    assert values(record, "WARC-Block-Digest") == [digest(response)]
    assert record.block == response


def test_truncated(capture):
    """What was cut off says why; what was not says nothing."""
    cut, request = records.exchange(capture(truncated="disconnect"), INFO_ID)
    whole, _ = records.exchange(capture(), INFO_ID)
    assert cut is not None
    assert whole is not None
    assert [values(r, "WARC-Truncated") for r in (cut, request, whole)] == [["disconnect"], [], []]


def test_no_answer(capture):
    """Where nothing came back, there is a request record alone, tied to none."""
    response, request = records.exchange(capture(response=b""), INFO_ID)
    assert response is None
    assert values(request, "WARC-Concurrent-To") == []


def test_behind_a_proxy(capture):
    """An address that is not known is left out."""
    for record in records.exchange(capture(peer=None), INFO_ID):
        assert record is not None
        assert values(record, "WARC-IP-Address") == []


def test_long_address(capture):
    """An address of 10 kB is kept whole."""
    url = "http://example.org/" + "a" * 10_000
    for record in records.exchange(capture(url=url), INFO_ID):
        assert record is not None
        assert values(record, "WARC-Target-URI") == [url]


def test_ids_are_random():
    """Record ids are UUIDs of version 4, which tell neither machine nor time."""
    ids = {records.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {uuid.UUID(i.removeprefix("urn:uuid:")).version for i in ids} == {4}


@given(st.binary())
def test_digest_form(data):
    """A digest is sha1 in 32 upper-case Base32 characters, without padding."""
    assert records.sha1(data) == digest(data)
    assert re.fullmatch("sha1:[A-Z2-7]{32}", records.sha1(data))


@given(
    text=st.text(st.characters(codec="utf-8")), reason=st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
)
def test_nothing_can_add_a_field(text, reason):
    """No address, peer protocol or setting can end its line and begin a field or a record of its own."""
    hostile = f"http://a/{text}{reason}WARC-Type: metadata{reason}{reason}WARC/1.1"
    capture = Capture(hostile, b"", b"HTTP/1.1 200 OK\r\n\r\n", MOMENT, MOMENT, protocols=(hostile,))
    response, request = records.exchange(capture, INFO_ID)
    assert response is not None
    info = records.warcinfo(hostile, MOMENT, {"operator": hostile})
    for record in (response, request, info):
        head = record.serialise().partition(b"\r\n\r\n")[0].decode()
        assert [line.partition(": ")[0] for line in re.split(r"[\r\n]+", head)] == [
            "WARC/1.1",
            *(name for name, _ in record.fields),
        ]
    assert len(re.split(rb"[\r\n]+", info.block.strip())) == 1
