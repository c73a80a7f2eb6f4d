"""Every check of WARC files: a file that breaks it, and it alone, is told of by its name, rule and offset."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from verify import build
from verify.build import BODY, LATER, NOT_MODIFIED, REQUEST, RESPONSE, URL, Pair, info, record, sha1

from archiver.verify.checks import CHECKS
from archiver.verify.run import verify

HEAD = RESPONSE.removesuffix(BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN_NAME = "blog-20200102030405-00001.warc"
# What our files cannot but break as well when they are of WARC/1.0.
OLD = ("version-not-ours", "date-precision")
OTHER_ID = "<urn:uuid:00000000-0000-4000-8000-ffffffffffff>"


@dataclass(frozen=True)
class Case:
    """What breaks a check: `change` alters the pair, and may return the records to write instead of the pair's.

    The finding is about the record at index `at`; `also` is what cannot but break along with it.
    """

    check: str
    change: Callable[[Pair], Any]
    at: int = 1
    also: tuple[str, ...] = ()
    name: str = build.NAME


def field(name: str, value: str | None, at: int = 1) -> Callable[[Pair], Any]:
    """Set one field of one record."""
    return lambda p: p.records[at].set(name, value)


def both(name: str, value: str | None) -> Callable[[Pair], Any]:
    """Set one field on response and request."""
    return lambda p: [p.info, p.response.set(name, value), p.request.set(name, value)]


def answer(block: bytes, payload: bytes | None = None, **fields: str) -> Callable[[Pair], Any]:
    """Let the response be another message."""

    def change(p: Pair) -> None:
        p.response.change(block)
        if payload is not None:
            p.response.set("WARC-Payload-Digest", sha1(payload))
        for name, value in fields.items():
            p.response.set(name.replace("_", "-"), value)

    return change


def ask(block: bytes) -> Callable[[Pair], Any]:
    """Let the request be another message."""
    return lambda p: p.request.change(block) and None


def attribute(name: str, value: Any, at: int = 1) -> Callable[[Pair], Any]:
    """Write one record otherwise."""
    return lambda p: setattr(p.records[at], name, value)


def more(*makers: Callable[[Pair], Any]) -> Callable[[Pair], Any]:
    """Put records behind the pair."""
    return lambda p: [*p.records, *(made for maker in makers for made in _list(maker(p)))]


def _list(made: Any) -> list[Any]:
    return made if isinstance(made, list) else [made]


def revisit(profile: str = build.IDENTICAL, head: bytes | None = None, **fields: str | None) -> Callable[[Pair], Any]:
    """Put a revisit behind the pair, with some of its fields changed."""

    def make(p: Pair) -> list[build.Rec]:
        made, request = p.revisit(profile, head)
        for name, value in fields.items():
            made.set(name.replace("_", "-"), value)
        return [*p.records, made, request]

    return make


def member(data: bytes) -> Callable[[Pair], Any]:
    """Put a gzip member of these bytes behind the pair."""
    return more(lambda p: gzip.compress(data))


def metadata(fields: dict[str, str], **changes: str | None) -> Callable[[Pair], Any]:
    """Put a metadata record behind the pair."""
    return more(lambda p: p.metadata(fields, **changes))


def torn(p: Pair) -> list[Any]:
    """Cut a file within its last member."""
    return [*p.records, gzip.compress(p.metadata({"fetchTimeMs": "1"}).data())[:-9]]


def wrong_checksum(p: Pair) -> list[Any]:
    """Spoil the checksum of a member in the middle."""
    data = bytearray(gzip.compress(p.metadata({"fetchTimeMs": "1"}).data()))
    data[-7] ^= 1
    return [p.info, p.response, p.request, bytes(data), p.metadata({"attempt": "2"})]


def two_in_one(p: Pair) -> list[Any]:
    """Put response and request into one gzip member."""
    return [p.info, gzip.compress(p.response.data() + p.request.data())]


def repeated_id(p: Pair) -> list[Any]:
    """Give a metadata record the response's id."""
    made = p.metadata({"fetchTimeMs": "1"}, WARC_Concurrent_To=p.request.id)
    return [*p.records, made.set("WARC-Record-ID", p.info.id)]


def sha256(p: Pair) -> None:
    """Use another algorithm."""
    p.response.set("WARC-Block-Digest", "sha256:" + hashlib.sha256(RESPONSE).hexdigest())


def as_1_0(p: Pair) -> list[Any]:
    """Make all records WARC/1.0, with dates of 1.0."""
    for made in p.records:
        made.version = "WARC/1.0"
        made.set("WARC-Date", "2020-01-02T03:04:05Z")
    p.info.change(p.info.block.replace(b"Format 1.1", b"Format 1.0"))
    return p.records


def alone(p: Pair) -> list[Any]:
    """A request that nothing answers and nothing explains."""
    return [p.info, p.request.set("WARC-Concurrent-To", None)]


def two_requests(p: Pair) -> list[Any]:
    """A second exchange whose metadata stands behind the third."""
    other = Pair(p.info)
    return [*p.records, other.response, other.request, p.metadata({"fetchTimeMs": "1"})]


def concurrent_with_request(p: Pair) -> list[Any]:
    """Metadata that names the request although there is a response."""
    return [*p.records, p.metadata({"fetchTimeMs": "1"}, WARC_Concurrent_To=p.request.id)]


def cut_original(p: Pair) -> list[Any]:
    """A revisit of a truncated response."""
    answer(RESPONSE[:-2], WARC_Truncated="time")(p)
    return revisit()(p)


def revisit_of_revisit(p: Pair) -> list[Any]:
    """A revisit that names a revisit."""
    first = p.revisit()
    second = p.revisit()
    second[0].set("WARC-Refers-To", first[0].id).set("WARC-Refers-To-Date", LATER).set("WARC-Date", LATER)
    return [*p.records, *first, *second]


def not_conditional(p: Pair) -> list[Any]:
    """A 304 to a request without conditions."""
    made, request = p.revisit(NOT_MODIFIED)
    return [*p.records, made, request.change(REQUEST)]


def other_address(p: Pair) -> list[Any]:
    """A page's revisit of another address's response."""
    made, request = p.revisit()
    for one in (made, request):
        one.set("WARC-Target-URI", "http://example.org/other")
    return [*p.records, made, request.change(REQUEST.replace(b"a?b=c", b"other"))]


def bracketed_1_0(p: Pair) -> list[Any]:
    """Write addresses as the grammar of 1.0 has them."""
    as_1_0(p)
    return both("WARC-Target-URI", f"<{URL}>")(p)


def square(p: Pair) -> list[Any]:
    """Ask for an address with square brackets."""
    p.request.change(REQUEST.replace(b"b=c", b"b=[c]"))
    return both("WARC-Target-URI", "http://example.org/a?b=[c]")(p)


def old_conversion(p: Pair) -> list[Any]:
    """Put a record of 1.0 into a file of 1.1."""
    made = p.conversion().set("WARC-Date", "2020-01-02T03:04:05Z")
    made.version = "WARC/1.0"
    return [*p.records, made]


def old_revisit(p: Pair) -> list[Any]:
    """Use fields of 1.1 in a file of 1.0."""
    records = revisit(WARC_Profile=build.IDENTICAL.replace("1.1", "1.0"))(p)
    as_1_0(p)
    for made in records:
        made.version = "WARC/1.0"
        made.set("WARC-Date", "2020-01-02T03:04:05Z")
    records[3].set("WARC-Refers-To-Date", "2020-01-02T03:04:05Z")
    return records


def tls(p: Pair) -> None:
    """Say that a connection was secure whose address is not."""
    p.response.fields += [("WARC-Protocol", "tls/1.3"), ("WARC-Cipher-Suite", "TLS_AES_256_GCM_SHA384")]


def lookup(p: Pair) -> build.Rec:
    """A DNS lookup of the wrong type."""
    return record("resource", b"x", WARC_Target_URI="dns:example.org", WARC_Warcinfo_ID=p.info.id)


def the_other_way(p: Pair) -> None:
    """Let the response name its request."""
    p.response.set("WARC-Concurrent-To", p.request.id)
    p.request.set("WARC-Concurrent-To", None)


def bytes_apart(content_type: str) -> Callable[[Pair], Any]:
    """Keep a response as metadata."""
    return lambda p: [*p.records, p.metadata({}, Content_Type=content_type, WARC_Target_URI=None).change(RESPONSE)]


def no_policy(p: Pair) -> None:
    """Send a cookie, and say nothing about secrets."""
    p.info.change(info(**{"secrets-policy": None}).block)
    p.request.change(REQUEST[:-2] + b"Cookie: a=b\r\n\r\n")


CASES = [
    # S: reading and fields
    Case("damaged", torn, 3),
    Case("damaged", wrong_checksum, 3),
    Case("damaged", more(lambda p: b"\0" * 100), 3),
    Case("version", member(b"WARC/9\r\n\r\n\r\n\r\n"), 3),
    Case("no-record", member(b""), 3),
    Case("no-record", member(b"this is no record\r\n"), 3),
    Case("head-unended", member(b"WARC/1.1\r\n" + b"a: b\r\n" * 200_000), 3),
    Case("head-unended", member(b"WARC/1.1\r\nWARC-Type: resp"), 3),
    Case("field-missing", field("WARC-Date", None, 0), 0),
    Case("field-missing", lambda p: [*p.records, p.conversion().set("WARC-Target-URI", None)], 3),
    Case("content-length", lambda p: [*p.records, p.conversion().set("Content-Length", "-4")], 3),
    Case("field-misplaced", field("WARC-Filename", "x")),
    Case("field-misplaced", field("WARC-Target-URI", URL, 0), 0),
    Case("type-unknown", more(lambda p: record("opinion", b"", WARC_Warcinfo_ID=p.info.id)), 3),
    Case("type-not-ours", more(lambda p: record("resource", b"", **p.common)), 3),
    Case("content-type-missing", lambda p: [*p.records, p.conversion().set("Content-Type", None)], 3),
    Case("content-type", field("Content-Type", "text/html")),
    Case("content-type", field("Content-Type", "application/http; msgtype=request")),
    Case("content-type", lambda p: [*p.records, p.conversion().set("Content-Type", "text")], 3),
    Case("segmented", field("WARC-Segment-Number", "1")),
    Case("segment", field("WARC-Segment-Number", "2")),
    # R1 to R6
    Case("no-status-line", answer(b"ICY 200 OK\r\nContent-Length: 0\r\n\r\n")),
    Case("no-request-line", ask(b"hello\r\n\r\n"), 2),
    Case("interim-first", answer(b"HTTP/1.1 103 Early Hints\r\n\r\n")),
    Case("surplus", answer(RESPONSE + b"more", BODY)),
    Case("not-chunked", answer(CHUNKED + BODY, b"")),
    Case("payload-digest-wrong", field("WARC-Payload-Digest", sha1(b"else"))),
    Case("payload-digest-framed", answer(CHUNKED + b"b\r\n" + BODY + b"\r\n0\r\n\r\n")),
    Case("payload-coded", answer(CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", b"")),
    Case("block-digest-wrong", field("WARC-Block-Digest", sha1(b"else"))),
    Case("block-digest-missing", field("WARC-Block-Digest", None)),
    Case("digest-syntax", field("WARC-Block-Digest", "sha1:AAAA")),
    Case("digest-syntax", field("WARC-Payload-Digest", "something")),
    Case("digest-form", field("WARC-Block-Digest", sha1(RESPONSE).lower())),
    Case("digest-unknown", field("WARC-Block-Digest", "blake9:abcdef")),
    Case("digest-not-sha1", sha256),
    Case("payload-digest-misplaced", field("WARC-Payload-Digest", sha1(b""), 0), 0),
    Case("payload-digest-missing", field("WARC-Payload-Digest", None)),
    Case("payload-digest-missing", ask(REQUEST[:-2].replace(b"GET", b"POST") + b"Content-Length: 1\r\n\r\nx"), 2),
    Case("payload-digest-needless", field("WARC-Payload-Digest", sha1(b""), 2), 2),
    # R7, R8
    Case("date-form", field("WARC-Date", "2020-01-02 03:04:05", 0), 0),
    Case("date-form", field("WARC-Date", "2020-02-30T03:04:05.000000Z", 0), 0),
    Case("date-precision", field("WARC-Date", "2020-01-02T03:04:05Z", 0), 0),
    Case("date-future", field("WARC-Date", "2999-01-02T03:04:05.000000Z", 0), 0),
    Case("date-differs", field("WARC-Date", LATER, 2), 2),
    Case("ip", both("WARC-IP-Address", "example.org"), 1),
    Case("ip-form", both("WARC-IP-Address", "2001:DB8:0::1"), 1),
    Case("ip-differs", field("WARC-IP-Address", "192.0.2.2", 2), 2),
    Case("ip-differs", field("WARC-IP-Address", None, 2), 2),
    # R9, R10
    Case("uri-bracketed", both("WARC-Target-URI", f"<{URL}>")),
    Case("uri-bracketed-1.0", bracketed_1_0, 1, OLD),
    Case("id-unbracketed", lambda p: p.response.fields.append(("WARC-Concurrent-To", p.request.id.strip("<>")))),
    Case("uri-syntax", both("WARC-Target-URI", URL + "|"), 1, ("uri-escapes", "uri-not-asked")),
    Case("uri-syntax", both("WARC-Target-URI", "/a?b=c")),
    Case("uri-syntax", both("WARC-Target-URI", URL + "%zz"), 1, ("uri-not-asked",)),
    Case("uri-square", square),
    Case("uri-fragment", both("WARC-Target-URI", URL + "#top")),
    Case("uri-not-asked", both("WARC-Target-URI", "http://example.org/other"), 2),
    Case("uri-not-asked", ask(b"GET http://example.com/a?b=c HTTP/1.1\r\nHost: example.com\r\n\r\n"), 2),
    Case("uri-escapes", ask(REQUEST.replace(b"/a?", b"/%61?")), 2),
    Case("uri-differs", lambda p: [*p.records, p.metadata({"attempt": "2"}, WARC_Target_URI="http://example.org/")], 3),
    Case("uri-on-metadata", metadata({"fetchTimeMs": "1"}, WARC_Target_URI=None), 3),
    # R11 to R13
    Case("profile-version", revisit(WARC_Profile=build.IDENTICAL.replace("1.1", "1.0")), 3),
    Case("profile-unknown", revisit(WARC_Profile="http://example.org/profile"), 3),
    Case("revisit-no-digest", revisit(WARC_Payload_Digest=None), 3),
    Case("payload-digest-missing", revisit(NOT_MODIFIED, WARC_Payload_Digest=None), 3),
    Case("revisit-not-length", revisit(WARC_Truncated=None), 3),
    Case("revisit-refers-to", revisit(WARC_Refers_To=None), 3),
    Case("revisit-refers-address", revisit(WARC_Refers_To_Date=None), 3),
    Case("revisit-body", revisit(head=RESPONSE), 3),
    Case("revisit-body", revisit(head=HEAD[:-2]), 3),
    Case("revisit-not-there", revisit(WARC_Refers_To=OTHER_ID), 3),
    Case("revisit-mismatch", revisit(WARC_Refers_To_Target_URI="http://example.org/"), 3),
    Case("revisit-mismatch", revisit(WARC_Refers_To_Date="2020-01-01T00:00:00.000000Z"), 3),
    Case("revisit-mismatch", revisit(WARC_Payload_Digest=sha1(b"else")), 3),
    Case("revisit-of-other", revisit_of_revisit, 5),
    Case("revisit-of-later", lambda p: (both("WARC-Date", "2020-03-03T00:00:00.000000Z")(p), revisit()(p))[1], 3),
    Case("revisit-of-cut", cut_original, 3),
    Case("revisit-address", other_address, 3),
    Case("not-304", revisit(NOT_MODIFIED, head=HEAD), 3),
    Case("not-conditional", not_conditional, 3),
    # R14
    Case("truncated-word", answer(RESPONSE[:-1], WARC_Truncated="boredom")),
    Case("truncated-unsaid", answer(RESPONSE[:-1])),
    Case("truncated-unsaid", answer(RESPONSE[:30], b"")),
    Case("truncated-unsaid", answer(CHUNKED + b"b\r\n" + BODY + b"\r\n", BODY)),
    Case("truncated-unsure", lambda p: (answer(RESPONSE[:-1])(p), [p.info, p.response])[1], 1, ("exchange-torn",)),
    Case("truncated-whole", field("WARC-Truncated", "time")),
    Case("request-cut", ask(REQUEST[:-2]), 2),
    # R15 to R17
    Case("warcinfo-first", lambda p: [p.conversion(), *p.records], 0),
    Case("warcinfo-type", field("Content-Type", "text/plain", 0), 0),
    Case("warcinfo-fields", lambda p: p.info.change(p.info.block + b"and so on\r\n") and None, 0),
    Case("warcinfo-incomplete", lambda p: p.info.change(info(isPartOf=None).block) and None, 0),
    Case("warcinfo-untrue", lambda p: p.info.change(info(settings="none").block) and None, 0),
    Case("warcinfo-untrue", lambda p: p.info.change(info(format="WARC File Format 1.0").block) and None, 0),
    Case("warcinfo-second", more(lambda p: info()), 3),
    Case("filename-missing", field("WARC-Filename", None, 0), 0),
    Case("filename-other", field("WARC-Filename", "other.warc.gz", 0), 0),
    Case("warcinfo-id-missing", field("WARC-Warcinfo-ID", None)),
    Case("warcinfo-id-other", field("WARC-Warcinfo-ID", OTHER_ID)),
    Case("version-not-ours", as_1_0, 0, OLD),
    Case("version-mixed", old_conversion, 3, OLD),
    Case("field-too-new", old_revisit, 3, OLD),
    Case("date-too-new", lambda p: (as_1_0(p), p.info.set("WARC-Date", build.DATE))[0], 0, OLD),
    Case("field-syntax", attribute("extra", b"no colon\r\n")),
    Case("field-syntax", attribute("extra", b"X-A: a\x00b\r\n")),
    Case("line-end", attribute("extra", b"X-A: b\n")),
    Case("folded", attribute("extra", b"X-A: b\r\n c\r\n")),
    Case("encoded-word", attribute("extra", b"X-A: =?utf-8?q?b?=\r\n")),
    Case("field-utf8", attribute("extra", b"X-A: \xff\r\n")),
    Case("field-repeated", lambda p: p.response.fields.append(("WARC-Date", build.DATE))),
    # R18, R19
    Case("several-in-member", two_in_one),
    Case("block-cut", lambda p: (p.response.set("Content-Length", "99"), setattr(p.response, "end", b""))[1]),
    Case("record-end", attribute("end", b"\r\n")),
    Case("record-end", attribute("end", b"\r\n\r\n\r\n")),
    Case("record-end", attribute("end", b"x\r\n\r\n")),
    # R20 to R27, R31
    Case("payload-type-syntax", field("WARC-Identified-Payload-Type", "html")),
    Case("payload-type-misplaced", field("WARC-Identified-Payload-Type", "text/plain", 0), 0),
    Case("http2-rewritten", lambda p: p.response.fields.append(("WARC-Protocol", "h2"))),
    Case("http-version", answer(b"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n")),
    Case("protocol-list", both("WARC-Protocol", "http/1.1, spdy/3")),
    Case("protocol-value", lambda p: p.response.fields.append(("WARC-Protocol", "spdy"))),
    Case("protocol-value", tls),
    Case("protocol-missing", field("WARC-Protocol", None)),
    Case("cipher-suite", field("WARC-Cipher-Suite", "TLS_AES_256_GCM_SHA384")),
    Case("dns", more(lookup), 3, ("type-not-ours",)),
    Case("conversion-source", lambda p: [*p.records, p.conversion().set("WARC-Refers-To", None)], 3),
    Case("conversion-address", lambda p: [*p.records, p.conversion().set("WARC-Target-URI", "http://example.org/")], 3),
    Case("concurrent-self", lambda p: p.response.set("WARC-Concurrent-To", p.response.id)),
    Case("concurrent-lost", lambda p: p.response.set("WARC-Concurrent-To", OTHER_ID)),
    Case("concurrent-missing", the_other_way, 2),
    Case("concurrent-lead", concurrent_with_request, 3, ("exchange-apart",)),
    Case("exchange-apart", two_requests, 5),
    Case("no-request", lambda p: [p.info, p.response, p.metadata({"fetchTimeMs": "1"})]),
    Case("no-response", lambda p: [*alone(p), *Pair(p.info).records[1:]]),
    Case("exchange-torn", lambda p: [p.info, p.response]),
    Case("exchange-torn", alone),
    Case("answered", metadata({"noResponse": "true"}), 3),
    Case("metadata-fields", lambda p: [*p.records, p.metadata({"attempt": "2"}).change(b"attempt: 2\r\nso\r\n")], 3),
    Case("metadata-unknown", metadata({"mood": "good"}), 3),
    Case("metadata-value", metadata({"outcome": "bad"}), 3),
    Case("metadata-value", metadata({"attempt": "1"}), 3),
    Case("interim-record", bytes_apart(build.TYPES["response"]), 3),
    Case("octet-response", bytes_apart("application/octet-stream"), 3),
    Case("id-form", lambda p: p.request.set("WARC-Record-ID", "<urn:uuid:00000000-0000-3000-8000-000000000000>"), 2),
    Case("id-tells", lambda p: p.request.set("WARC-Record-ID", "<urn:uuid:00000000-0000-1000-8000-000000000000>"), 2),
    Case("id-repeated", repeated_id, 3, ("concurrent-lead", "exchange-apart")),
    Case("secret-kept", ask(REQUEST[:-2] + b"Cookie: a=b\r\n\r\n"), 2),
    Case("secret-kept", both("WARC-Target-URI", "http://me:pw@example.org/a?b=c")),
    Case("secret-unsaid", no_policy, 2, ("warcinfo-incomplete",)),
    Case("secret-redacted", metadata({"redactedRequestHeaders": "Cookie, Host"}), 3),
    # the file
    Case("file-name", lambda p: p.info.set("WARC-Filename", "blog.warc.gz") and None, 0, (), "blog.warc.gz"),
    Case("open", lambda p: None, 0, (), build.NAME + ".open"),
    Case("suffix", field("WARC-Filename", PLAIN_NAME, 0), 0, ("file-name",), PLAIN_NAME),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_a_broken_rule_is_found(case: Case, tmp_path: Path) -> None:
    """What breaks a rule is told of with its code at the record's offset, and nothing else is."""
    pair = Pair()
    changed = case.change(pair)
    records = changed if isinstance(changed, list) else pair.records
    path = build.write(tmp_path, records, case.name)
    findings = list(verify([str(path)]).findings)
    told = {finding.check for finding in findings}
    assert case.check in told, [f.line() for f in findings]
    assert told <= {case.check, *case.also}, [f.line() for f in findings]
    finding = next(f for f in findings if f.check == case.check)
    assert finding.offset == build.offsets(records)[case.at]
    assert finding.file == str(path)
    assert (finding.rule, finding.severity) == (CHECKS[case.check].rule, CHECKS[case.check].ours)
    assert finding.found
