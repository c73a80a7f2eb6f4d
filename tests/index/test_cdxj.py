"""The index of captures: lines that point to records, in one sorted file."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.errors import OutputError
from archiver.index import cdxj
from archiver.models import Capture, Record, WarcRef
from archiver.spool import Spool
from archiver.warc.reader import captures, record_at
from archiver.warc.writer import WarcWriter

MOMENT = datetime(2020, 1, 2, 3, 4, 5, 999999, UTC)
REF = WarcRef("archive/b-1-00001.warc.gz", 269, 384, "urn:uuid:1", "sha1:Q4JC6POHK2CXJLM2SEXSFZRG4XBGAQB7")
LINES = st.lists(st.text("abé,) ", min_size=1, max_size=4), max_size=8)


def test_line():
    """A line is key, 14-digit time and JSON whose values are strings."""
    assert cdxj.line(Record(REF, "http://www.example.org/a?b", MOMENT, 200, "text/html")) == (
        'org,example)/a?b 20200102030405 {"url": "http://www.example.org/a?b", "mime": "text/html", "status": "200", '
        '"digest": "sha1:Q4JC6POHK2CXJLM2SEXSFZRG4XBGAQB7", "length": "384", "offset": "269", '
        '"filename": "b-1-00001.warc.gz"}'
    )


def test_line_of_little():
    """What a record does not tell has the placeholders of the format."""
    record = Record(WarcRef("archive/x.warc.gz", 0, 1, "urn:uuid:1", None), "http://e.org/é", MOMENT, 0, None)
    line = cdxj.line(record)
    fields = json.loads(line.split(" ", 2)[2])
    assert (fields["mime"], fields["status"], fields["digest"]) == ("unk", "-", "-")
    assert "\n" not in line


def test_line_of_a_revisit():
    """A revisit has the media type that replayers know it by, and its own place and digest."""
    line = cdxj.line(
        Record(REF, "http://e.org/", MOMENT, 200, "text/html", origin=WarcRef("", 0, 0, "urn:uuid:2", None))
    )
    fields = json.loads(line.split(" ", 2)[2])
    assert (fields["mime"], fields["status"], fields["offset"]) == ("warc/revisit", "200", "269")
    assert fields["digest"] == REF.payload_digest


@pytest.mark.parametrize(
    ("status", "is_revisit", "is_listed"),
    [(200, False, True), (200, True, True), (304, False, True), (304, True, False)],
)
def test_what_is_listed(status, is_revisit, is_listed):
    """Replayers find everything but a revisit that only says that nothing changed."""
    origin = WarcRef("", 0, 0, "urn:uuid:2", None) if is_revisit else None
    assert cdxj.is_listed(Record(REF, "http://e.org/", MOMENT, status, None, origin=origin)) is is_listed


def test_lines_point_to_records(tmp_path):
    """Each line of a WARC file's index leads to the response record of its address."""
    writer = WarcWriter(tmp_path, "e.org", "20200102030405", {}, 1_000_000)
    for number in range(3):
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML;x\r\n\r\n%d" % number
        writer.write(Capture(f"http://e.org/{number}", b"GET", Spool(answer), MOMENT, MOMENT))
    writer.close()
    lines = [cdxj.line(record) for record in captures(tmp_path / writer.files[0])]
    assert len(lines) == 3
    for number, line in enumerate(lines):
        key, time, fields = line.split(" ", 2)
        told = json.loads(fields)
        assert (key, time, told["mime"]) == (f"org,e)/{number}", "20200102030405", "text/html")
        record = record_at(tmp_path / told["filename"], int(told["offset"]))
        assert (record.url, record.length) == (told["url"], int(told["length"]))
        assert record.fields["WARC-Payload-Digest"] == told["digest"]


def merge(index, lines):
    """Merge lines that come in any order."""
    cdxj.merge(index, [sorted(line.encode() + b"\n" for line in lines)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(LINES, max_size=4))
def test_merge(tmp_path, batches):
    """However lines come in, the file has each once, sorted bytewise."""
    index = tmp_path / "index.cdxj"
    index.unlink(missing_ok=True)
    for batch in batches:
        merge(index, batch)
    expected = sorted({line.encode() for batch in batches for line in batch})
    assert not index.exists() or index.read_bytes() == b"".join(line + b"\n" for line in expected)
    assert index.exists() == bool(batches)


def test_bytewise(tmp_path):
    """The order is that of bytes, as binary search wants it, and not that of a language."""
    index = tmp_path / "index.cdxj"
    merge(index, ["org,a)/z", "org,a)/é", "org,a)/a?b", "org,a:8080)/", "org,a)/a/b", "org,a,b)/"])
    lines = index.read_bytes().splitlines()
    assert all(a < b for a, b in pairwise(lines))
    assert lines[-1] == b"org,a:8080)/"


def test_merge_fails(tmp_path):
    """An index that cannot be written is an OutputError, and the old one stays as it was."""
    index = tmp_path / "index.cdxj"
    merge(index, ["b"])
    index.with_suffix(".part").mkdir()
    with pytest.raises(OutputError, match=re.escape(str(index))):
        merge(index, ["a"])
    assert index.read_bytes() == b"b\n"


def test_files(tmp_path):
    """An index tells which WARC files it knows; a damaged one tells that it is damaged."""
    index = tmp_path / "index.cdxj"
    assert cdxj.files(index) == set()
    refs = [WarcRef(f"archive/{name}.warc.gz", 0, 1, "urn:uuid:1", None) for name in "aab"]
    merge(index, [cdxj.line(Record(ref, "http://e.org/", MOMENT, 200, None)) for ref in refs])
    assert cdxj.files(index) == {"a.warc.gz", "b.warc.gz"}
    whole = index.read_bytes()
    for damaged in (
        whole[:-1],
        whole[: len(whole) // 3],
        b"torn\n" + whole,
        whole + whole,
        whole + b"org,e)/ 2020 7\n",
    ):
        index.write_bytes(damaged)
        assert cdxj.files(index) is None


def test_half_written(tmp_path):
    """What a killed run wrote beside the index is written over."""
    index = tmp_path / "index.cdxj"
    merge(index, ["b"])
    index.with_suffix(".part").write_bytes(b"torn")
    merge(index, ["a"])
    assert index.read_bytes() == b"a\nb\n"
    assert [p.name for p in tmp_path.iterdir()] == ["index.cdxj"]
