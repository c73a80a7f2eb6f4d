"""The comparison of archive and log finds what is wrong with an archive: a test that can't fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from flow import wire
from flow.wire import NO_HTTP, Record, case, lost, no_answer
from server.blog_server import BlogServer, Logged
from server.replies import NO_ANSWER, Interim, Surplus, dropped, plain, raw

HINTS = Interim(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
ONCE = {"dont_retry": True}
CASES = {
    "/whole": case(plain("all of it")),
    "/twice": case(plain("the same")),
    "/around": case(raw(HINTS, *plain("between").parts, Surplus(b"more"))),
    "/dropped": case(dropped("not all of it", 5), lost(exact=False), meta=ONCE),
    "/icy": case(raw(b"ICY 200 OK\r\n\r\n"), NO_HTTP, meta=ONCE),
    "/silent": case(NO_ANSWER, no_answer("disconnect"), meta=ONCE),
    "/secret": case(plain("for members"), headers={"Authorization": "Basic c2VzYW1l"}),
}
Change = Callable[[Record], Record | None]
BLOCK_DIGEST = "WARC-Block-Digest"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Logged], list[Record], wire.Way]:
    """The log and the records of a crawl in which everything went well."""
    folder = tmp_path_factory.mktemp("compare")
    with BlogServer(wire.serve(CASES)) as server:
        asked = wire.requests(server.url, CASES)
        result = wire.crawl(folder, [*asked, {"url": f"{server.url}twice"}], RETRY_ENABLED=False)
    return server.log, wire.read(result.folder), wire.way_to(server)


def test_a_true_archive_has_no_differences(archived: tuple[list[Logged], list[Record], wire.Way]) -> None:
    """Where nothing was changed, nothing is found."""
    log, records, way = archived
    assert wire.compare(log, records, CASES, way) == []


def block(make: Callable[[bytes], bytes]) -> Change:
    """Another block, with the digest of it."""

    def change(record: Record) -> Record:
        other = make(record.block)
        assert other != record.block
        return replace(record, block=other).having(BLOCK_DIGEST, wire.digest(other))

    return change


def value(name: str, *values: str) -> Change:
    """Other values of a field."""
    return lambda record: record.having(name, *values)


def later(record: Record) -> Record:
    """A date a minute too late."""
    return record.having("WARC-Date", (record.date + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def gone(_: Record) -> None:
    """No record at all."""


def a_byte(data: bytes) -> bytes:
    """The same with its middle byte changed by a bit."""
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


# The address, the kind of record (with the type of its block), and what is done to it.
CHANGES: dict[str, tuple[str, str, Change]] = {
    "a byte of a response": ("/whole", "response", block(a_byte)),
    "the case of a header": ("/whole", "response", block(lambda data: data.replace(b"Content-Type", b"content-type"))),
    "a response without its end": ("/whole", "response", block(lambda data: data[:-1])),
    "a response with a byte of surplus": ("/around", "response", block(lambda data: data + b"m")),
    "interim responses in the response": ("/around", "response", block(lambda data: HINTS + data)),
    "no response": ("/whole", "response", gone),
    "a byte of a request": ("/whole", "request", block(a_byte)),
    "the case of a request's header": ("/whole", "request", block(lambda data: data.replace(b"Host", b"host"))),
    "no request": ("/whole", "request", gone),
    "no exchange": ("/silent", "", gone),
    "no interim responses": ("/around", wire.HTTP_RESPONSE, gone),
    "a byte of an interim response": ("/around", wire.HTTP_RESPONSE, block(a_byte)),
    "no surplus": ("/around", wire.FIELDS, gone),
    "another surplus": ("/around", wire.FIELDS, block(lambda data: data.replace(b"Response: 4", b"Response: 5"))),
    "no word of truncation": ("/dropped", "response", value("WARC-Truncated")),
    "another word of truncation": ("/dropped", "response", value("WARC-Truncated", "time")),
    "a word of truncation too many": ("/whole", "response", value("WARC-Truncated", "length")),
    "a beginning that is none": ("/dropped", "response", block(lambda data: b"x" + data)),
    "a beginning of nothing": ("/dropped", "response", block(lambda data: b"")),
    "another outcome": ("/dropped", wire.FIELDS, block(lambda data: data.replace(b"outcome: d", b"outcome: D"))),
    "a byte of what is no response": ("/icy", wire.BYTES, block(a_byte)),
    "no word of the silence": ("/silent", wire.FIELDS, gone),
    "a secret": ("/secret", "request", block(lambda data: data[:-2] + b"Authorization: Basic c2VzYW1l\r\n\r\n")),
    "no word of the secret": ("/secret", wire.FIELDS, gone),
    "one other date": ("/whole", "request", later),
    "another date": ("/whole", "", later),
    "another peer": ("/whole", "response", value("WARC-IP-Address", "127.0.0.2")),
    "another address": ("/whole", "response", value("WARC-Target-URI", "http://127.0.0.1/whole")),
    "another protocol": ("/whole", "response", value("WARC-Protocol", "http/1.0")),
    "TLS that there wasn't": ("/whole", "response", value("WARC-Protocol", "http/1.1", "tls/1.3")),
    "a cipher that there wasn't": ("/whole", "response", value("WARC-Cipher-Suite", "TLS_AES_256_GCM_SHA384")),
    "another warcinfo": ("/whole", "response", value("WARC-Warcinfo-ID", "<urn:uuid:0>")),
    "another block digest": ("/whole", "response", value(BLOCK_DIGEST, wire.digest(b"other"))),
    "another payload digest": ("/whole", "response", value("WARC-Payload-Digest", wire.digest(b"other"))),
    "concurrent to another": ("/whole", "request", value("WARC-Concurrent-To", "<urn:uuid:0>")),
    "a revisit of something else": ("/twice", "revisit", value("WARC-Refers-To", "<urn:uuid:0>")),
    "a revisit of another time": ("/twice", "revisit", value("WARC-Refers-To-Date", "2020-01-01T00:00:00Z")),
    "a revisit for another reason": ("/twice", "revisit", value("WARC-Profile", wire.NOT_MODIFIED)),
    "a revisit with a body": ("/twice", "revisit", block(lambda data: data + b"the same")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_found(archived: tuple[list[Logged], list[Record], wire.Way], name: str) -> None:
    """One byte, one word or one record that is wrong is reported."""
    log, records, way = archived
    path, kind, change = CHANGES[name]
    exchange = [kept for kept in wire.exchanges(records) if kept.target == path][-1]
    of_it = [record for record in exchange.records if kind in ("", record.kind, record.type)]
    # the first such record alone, unless it is about all of them
    of_it = of_it if kind == "" else of_it[:1]
    assert of_it, f"there is no {kind} of {path}"
    wrong = wire.compare(log, changed(records, of_it, change), CASES, way)
    assert wrong


def changed(records: Sequence[Record], some: Sequence[Record], change: Change) -> list[Record]:
    """The records, `some` of them changed or left out."""
    return [other for record in records for other in [change(record) if record in some else record] if other]


def test_an_exchange_that_never_was_is_found(archived: tuple[list[Logged], list[Record], wire.Way]) -> None:
    """More exchanges than the server knows of are reported, and so are fewer."""
    log, records, way = archived
    assert wire.compare(log[:-1], records, CASES, way)
    assert wire.compare([*log, log[-1]], records, CASES, way)
