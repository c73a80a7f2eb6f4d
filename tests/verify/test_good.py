"""Files that keep every rule are passed without a word, in each form that a WARC file may have."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from verify import build
from verify.build import BODY, NOT_MODIFIED, REQUEST, RESPONSE, Pair, Rec, info, record, sha1

from archiver.errors import UsageError
from archiver.verify.run import Result, verify

NOT_FILES = ("a.warc.gz", "b.warc", "c.warc", "d.warc")


def told(*paths: Path | str) -> list[str]:
    """What is found in files."""
    return [finding.line() for finding in verify([str(path) for path in paths]).findings]


def whole(pair: Pair) -> list[Rec]:
    """A file with every kind of record that a crawl writes into archive/."""
    interim = pair.metadata({}, Content_Type=build.TYPES["response"], WARC_Target_URI=None)
    junk = Pair(pair.info)
    octets = junk.metadata({}, Content_Type="application/octet-stream", WARC_Target_URI=None)
    octets.set("WARC-Concurrent-To", junk.request.id)
    silent = Pair(pair.info)
    explained = silent.metadata({"noResponse": "true", "outcome": "timeout", "fetchTimeMs": "5"})
    failed = pair.metadata({"outcome": "dns", "error": "no such host"}, WARC_Concurrent_To=None, WARC_IP_Address=None)
    hint = Pair(pair.info)
    hinted = hint.metadata({}, Content_Type=build.TYPES["response"], WARC_Target_URI=None)
    hinted.change(b"HTTP/1.1 103 Early Hints\r\n\r\n").set("WARC-Concurrent-To", hint.request.id)
    return [
        *pair.records,
        interim.change(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        pair.metadata({"fetchTimeMs": "12", "surplusBytesAfterResponse": "3", "redactedRequestHeaders": "Cookie"}),
        *pair.revisit(),
        *pair.revisit(NOT_MODIFIED),
        junk.request.set("WARC-Concurrent-To", None),
        octets.change(b"ICY 200 OK\r\n\r\n"),
        silent.request.set("WARC-Concurrent-To", None),
        explained.set("WARC-Concurrent-To", silent.request.id),
        hint.request.set("WARC-Concurrent-To", None),
        hinted,
        failed,
    ]


def test_every_kind_of_record(tmp_path: Path) -> None:
    """Responses, revisits, requests and all metadata that docs/warc.md names."""
    path = build.write(tmp_path, whole(Pair()))
    result = verify([str(path)])
    assert [finding.line() for finding in result.findings] == []
    assert (result.files, result.records, result.bytes) == (1, 16, path.stat().st_size)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"b\r\n" + BODY + b"\r\n0\r\n\r\n"
MESSAGES: dict[str, tuple[bytes, bytes, dict[str, str]]] = {
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\n<p>O\r\n007\r\nne.</p>\r\n0\r\nX: y\r\n\r\n",
        BODY,
        {},
    ),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 11\n\n" + BODY, BODY, {}),
    "a broken head line": (b"HTTP/1.1 200\r\nno colon\r\n folded\r\nContent-Length: 11\r\n\r\n" + BODY, BODY, {}),
    "closed": (b"HTTP/1.0 200 OK\r\n\r\n" + BODY, BODY, {}),
    "contradicting lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\n" + BODY, BODY, {}),
    "cut body": (RESPONSE[:-4], BODY[:-4], {"WARC-Truncated": "disconnect"}),
    "cut head": (RESPONSE[:20], b"", {"WARC-Truncated": "time"}),
    "cut chunk": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>O\r\n7\r\nne",
        BODY[:6],
        {"WARC-Truncated": "length"},
    ),
    "broken chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>O\r\nzz\r\nne",
        BODY[:4],
        {"WARC-Truncated": "unspecified"},
    ),
    "another transfer coding": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: odd\r\nContent-Length: 11\r\n\r\n" + BODY,
        BODY,
        {"WARC-Truncated": "unspecified"},
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", b"", {}),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", b"", {}),
    "upgrade": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"", {}),
    "an upgrade with what follows it": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05Hello", b"\x81\x05Hello", {}),
    "an upgrade that says chunked": (
        b"HTTP/1.1 101 Switching Protocols\r\nTransfer-Encoding: chunked\r\n\r\n\x81\x05Hello",
        b"",
        {},
    ),
    "many zeros": (CHUNKED + b"0000000000000000000b\r\n" + BODY + b"\r\n" + b"0" * 40 + b"\r\n\r\n", BODY, {}),
    "codings that are none": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: , identity,\r\n\r\n" + CHUNKS,
        BODY,
        {},
    ),
    "a folded coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\tchunked \r\n\r\n" + CHUNKS, BODY, {}),
    "a folded coding behind a broken line": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\nno colon\r\n chunked\r\n\r\n" + CHUNKS,
        BODY,
        {},
    ),
    "a folded length": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 1\r\n\r\n" + BODY + b"more", BODY + b"more", {}),
    "a folded line before any field": (
        b"HTTP/1.1 200 OK\r\n Transfer-Encoding: chunked\r\nno colon\r\n Transfer-Encoding: chunked\r\n\r\n" + BODY,
        BODY,
        {},
    ),
    "a length that is no number": (b"HTTP/1.1 200 OK\r\nContent-Length: 3\xa0\r\n\r\n" + BODY, BODY, {}),
    "a coding that is not chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\xa0\r\n\r\n" + CHUNKS,
        CHUNKS,
        {"WARC-Truncated": "unspecified"},
    ),
    "whole, and could not be read on": (RESPONSE, BODY, {"WARC-Truncated": "unspecified"}),
    "partial content": (RESPONSE.replace(b"200 OK", b"206 Partial Content"), BODY, {}),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str, tmp_path: Path) -> None:
    """Whatever a server sends is right if it is kept as it came, and said to be cut when it is."""
    block, payload, fields = MESSAGES[name]
    pair = Pair()
    pair.response.change(block).set("WARC-Payload-Digest", sha1(payload))
    for key, value in fields.items():
        pair.response.set(key, value)
    assert [line for line in told(build.write(tmp_path, pair.records)) if "note R3" not in line] == []


@pytest.mark.parametrize("identified", ["application/vnd.html+zip", "text/html-sandboxed"])
def test_what_is_no_page_may_be_a_copy_of_another_address(identified: str, tmp_path: Path) -> None:
    """A revisit of another address is allowed of anything but pages."""
    pair = Pair()
    revisit, request = pair.revisit(head=RESPONSE.removesuffix(BODY).replace(b"text/html", identified.encode()))
    for made in (revisit, request):
        made.set("WARC-Target-URI", build.URL + "&d")
    request.change(REQUEST.replace(b"b=c", b"b=c&d"))
    revisit.set("WARC-Identified-Payload-Type", identified)
    assert told(build.write(tmp_path, [*pair.records, revisit, request])) == []
    revisit.set("WARC-Identified-Payload-Type", "application/xhtml+xml")
    assert "R12" in told(build.write(tmp_path, [*pair.records, revisit, request]))[0]


def test_head_has_no_body(tmp_path: Path) -> None:
    """What answers a HEAD request is whole without the body that its head tells of."""
    pair = Pair()
    pair.response.change(RESPONSE.removesuffix(BODY)).set("WARC-Payload-Digest", sha1(b""))
    pair.request.change(REQUEST.replace(b"GET", b"HEAD"))
    assert told(build.write(tmp_path, pair.records)) == []


@pytest.mark.parametrize(
    ("url", "request_line"),
    [
        ("http://example.org/", b"GET / HTTP/1.1"),
        ("http://example.org", b"GET / HTTP/1.1"),
        ("http://example.org/a", b"GET http://example.org/a HTTP/1.1"),
        ("http://example.org/a", b"GET http://me:pw@example.org/a HTTP/1.1"),
        ("http://example.org/a%20b%7Cc%E9", b"GET /a b|c\xe9 HTTP/1.1"),
        ("http://example.org/" + "x" * 10_000, b"GET /" + b"x" * 10_000 + b" HTTP/1.1"),
    ],
)
def test_addresses(url: str, request_line: bytes, tmp_path: Path) -> None:
    """An address is what was asked for, in origin form and absolute form, percent-encoded where it must be."""
    pair = Pair()
    for one in (pair.response, pair.request):
        one.set("WARC-Target-URI", url)
    pair.request.change(request_line + b"\r\nHost: example.org\r\n\r\n")
    assert told(build.write(tmp_path, pair.records)) == []


def test_plain_and_zstd(tmp_path: Path) -> None:
    """Files of other tools may be uncompressed, or of zstd frames; both are read record by record."""
    pair = Pair(info(software="other/1.0"))
    data = [made.data() for made in pair.records]
    pair.info.set("WARC-Filename", None)
    (tmp_path / "a.warc").write_bytes(b"".join(data).replace(build.NAME.encode(), b"a.warc" + b" " * 35))
    assert [line for line in told(tmp_path / "a.warc") if "note" not in line] == []
    frames = [zstd.compress(made.data()) for made in pair.records]
    skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
    (tmp_path / "b.warc.zst").write_bytes(skippable + b"".join(frames))
    result = verify([str(tmp_path / "b.warc.zst")])
    assert (result.records, list(result.findings)) == (3, [])


def test_zstd_dictionary(tmp_path: Path) -> None:
    """Frames may need the dictionary that the file begins with, itself compressed or not."""
    dictionary = zstd.train_dict([b"WARC/1.1\r\nWARC-Type: response %d\r\n" % n for n in range(2000)], 2000)
    pair = Pair(info(software="other/1.0"))
    pair.info.set("WARC-Filename", None)
    frames = b"".join(zstd.compress(made.data(), zstd_dict=dictionary) for made in pair.records)
    for number, content in enumerate((dictionary.dict_content, zstd.compress(dictionary.dict_content))):
        path = tmp_path / f"{number}.warc.zst"
        path.write_bytes(b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content + frames)
        result = verify([str(path)])
        assert (result.records, [finding.line() for finding in result.findings]) == (3, [])


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """- is standard input, which has no name to compare."""
    stream = io.BytesIO(build.write(tmp_path, whole(Pair())).read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert told("-") == []


def test_revisits_across_files(tmp_path: Path) -> None:
    """A revisit may refer to a record of another file that is given too."""
    pair = Pair()
    first = build.write(tmp_path, pair.records)
    second = "example.org-20200302030405-00001.warc.gz"
    later = Pair(info(second))
    revisit, request = pair.revisit()
    for made in (revisit, request):
        made.set("WARC-Warcinfo-ID", later.info.id)
    path = build.write(tmp_path, [later.info, revisit, request], second)
    assert told(first, path) == []
    assert told(path)[0].split()[1:3] == ["note", "R12"]


def test_other_tools_are_not_held_to_our_word(tmp_path: Path) -> None:
    """What docs/warc.md alone promises is not asked of the files of others."""
    response = record("response", RESPONSE, WARC_Block_Digest=None, WARC_Target_URI=build.URL)
    response.set("WARC-Date", "2020-01-02T03:04:05Z").set("WARC-Record-ID", "<urn:example:1>")
    path = build.write(tmp_path, [response], "crawl.warc.gz")
    severities = {finding.severity for finding in verify([str(path)]).findings}
    assert severities == {"warning", "note"}  # no warcinfo; an id that is no UUID, no request


def test_limits(tmp_path: Path) -> None:
    """The first twenty findings of a kind and file are kept; all are counted, and kept if asked for."""
    pair = Pair()
    many: list[Any] = []
    for _ in range(25):
        one = Pair(pair.info)
        many += [one.response.set("WARC-Block-Digest", sha1(b"else")), one.request]
    path = build.write(tmp_path, [pair.info, *many])

    def kept(result: Result) -> int:
        return len(list(result.findings))

    result = verify([str(path)])
    assert (kept(result), result.findings.errors) == (20, 25)
    assert list(result.findings.passed_over()) == [(str(path), "block-digest-wrong", 5)]
    assert kept(verify([str(path)], limit=0)) == 25


def test_paths_that_are_none(tmp_path: Path) -> None:
    """A path that is not there, or a folder without WARC files, is told of by its name."""
    with pytest.raises(UsageError, match=r"cannot read .*nowhere\.warc"):
        verify([str(tmp_path / "nowhere.warc")])
    with pytest.raises(UsageError, match=str(tmp_path)):
        verify([str(tmp_path)])


def test_folders(tmp_path: Path) -> None:
    """A folder is searched to its depth, and a file that is named twice is read once."""
    first = build.write(tmp_path / "a" / "b", Pair().records)
    second = build.write(tmp_path / "c", Pair().records)
    (tmp_path / "c" / "notes.txt").write_text("no archive")
    assert verify([str(tmp_path)]).files == 2
    assert verify([str(tmp_path), str(first), str(second), str(second)]).files == 2
    assert told(tmp_path) == []


def test_what_is_no_file(tmp_path: Path) -> None:
    """Pipes and links to nowhere in a folder are told of, and the rest is read."""
    build.write(tmp_path, Pair().records)
    os.mkfifo(tmp_path / "a.warc.gz")
    (tmp_path / "b.warc").symlink_to("b.warc")
    (tmp_path / "c.warc").symlink_to("nowhere")
    (tmp_path / "d.warc").symlink_to("/dev/zero")
    result = verify([str(tmp_path)])
    assert result.files == 1
    assert [(Path(f.file).name, f.check) for f in result.findings] == [(name, "no-file") for name in NOT_FILES]
    with pytest.raises(UsageError, match="device"):
        verify([str(tmp_path / "d.warc")])
    with pytest.raises(UsageError, match="cannot read"):
        verify([str(tmp_path / "b.warc")])


def test_a_named_pipe(tmp_path: Path) -> None:
    """A pipe that is named itself is read to its end."""
    os.mkfifo(tmp_path / "pipe")
    data = b"".join(build.members(Pair().records))
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,), daemon=True)
    writer.start()
    result = verify([str(tmp_path / "pipe")])
    writer.join(10)
    assert (result.files, result.records, result.findings.errors) == (1, 3, 0)


def test_empty_file(tmp_path: Path) -> None:
    """A file of nothing is no WARC file."""
    path = tmp_path / build.NAME
    path.write_bytes(b"")
    assert [line.split()[1:3] for line in told(path)] == [["error", "S1"]]


def test_several_records_in_one_member_are_all_read(tmp_path: Path) -> None:
    """A file that is one gzip member is judged record by record, and told of once."""
    pair = Pair(info(software="other/1.0"))
    path = tmp_path / build.NAME
    path.write_bytes(gzip.compress(b"".join(made.data() for made in pair.records)))
    result = verify([str(path)])
    assert (result.records, [finding.check for finding in result.findings]) == (3, ["several-in-member"])


def test_our_files_are_gzip(tmp_path: Path) -> None:
    """A file of ours that is not compressed breaks docs/warc.md."""
    pair = Pair()
    (tmp_path / build.NAME).write_bytes(b"".join(made.data() for made in pair.records))
    checks = {finding.check for finding in verify([str(tmp_path / build.NAME)]).findings}
    assert checks == {"not-gzip", "suffix"}
