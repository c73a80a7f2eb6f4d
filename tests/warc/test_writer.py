"""Files of records: one member each, whole or not at all, and a name that is used once."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import subprocess
import sys
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archiver.errors import OutputError
from archiver.models import Capture
from archiver.spool import Spool
from archiver.warc import reader
from archiver.warc import writer as writer_
from archiver.warc.message import read_message
from archiver.warc.writer import WarcWriter, finish, leftovers

STEM = "example.org-20200102030405"
# A disk that is full after some bytes: the kernel refuses to let a file of this process grow further.
FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from archiver.errors import OutputError
from archiver.models import Capture
from archiver.spool import Spool
from archiver.warc.writer import WarcWriter

folder, room = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2020, 1, 1, tzinfo=UTC)
writer = WarcWriter(folder, "b", "20200101000000", {"software": "test"}, 10**9)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
for number in range(5):
    try:
        writer.write(Capture(f"http://e.org/{number}", b"GET / HTTP/1.1", Spool(b"HTTP/1.1 200 OK"), now, now))
        print("written")
    except OutputError as error:
        print(error)
    if number == 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.close()
"""


def kinds(contents: list[tuple[int, int, bytes]]) -> list[str]:
    """Return the types of the records in a file."""
    return [content.split(b"\r\n")[1].removeprefix(b"WARC-Type: ").decode() for _, _, content in contents]


def test_a_file(writer, capture, members, tmp_path):
    """A file is a warcinfo, then the records of each exchange: a gzip member per record."""
    writer.write(capture())
    writer.write(capture(response=b""))
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    assert kinds(contents) == ["warcinfo", "response", "request", "request", "metadata"]
    assert all(content.count(b"WARC/1.1\r\n") == 1 and content.endswith(b"\r\n\r\n") for _, _, content in contents)


def test_places(writer, capture, members, tmp_path):
    """What the writer gives back is true: file, offset, length, id, digest, status and media type."""
    made = [writer.write(capture(url=f"http://example.org/{n}")) for n in range(3)]
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    for number, record in enumerate(made):
        offset, length, content = contents[1 + 2 * number]
        assert (record.ref.file, record.ref.offset, record.ref.length) == (
            f"archive/{STEM}-00001.warc.gz",
            offset,
            length,
        )
        assert f"WARC-Record-ID: <{record.ref.record_id}>\r\n".encode() in content
        assert f"WARC-Payload-Digest: {record.ref.payload_digest}\r\n".encode() in content
        assert (record.url, record.status, record.mime) == (f"http://example.org/{number}", 200, "text/html")


def test_an_answer_without_a_type(writer, capture):
    """An answer whose type nobody names is written all the same, and is no page by its looks."""
    record = writer.write(capture(response=b"HTTP/1.1 200 OK\r\n\r\n"))
    assert (record.status, record.mime, record.is_page, record.is_original) == (200, None, False, False)


@pytest.mark.parametrize("response", [b"", b"no HTTP", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_no_answer(writer, capture, members, tmp_path, response):
    """An exchange without an HTTP response is written, and there is no response record to point to."""
    assert writer.write(capture(response=response)) is None
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    assert kinds(contents) == ["warcinfo", "request", "metadata"]
    assert response in contents[2][2]


def test_a_failed_fetch(writer, members, tmp_path):
    """A fetch of which nothing went out is a record too."""
    now = datetime(2020, 1, 1, tzinfo=UTC)
    assert writer.write(Capture.failed("http://no.example/", now, now, "dns", "no such host")) is None
    writer.close()
    assert kinds(members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())) == ["warcinfo", "metadata"]


@pytest.mark.parametrize(
    ("answer", "truncated", "is_original", "is_page"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", None, True, True),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nbare", None, True, True),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", None, False, True),
        (b"HTTP/1.1 404 No\r\n\r\n{}", None, True, False),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "length", False, True),
    ],
)
def test_what_others_may_refer_to(writer, capture, tmp_path, answer, truncated, is_original, is_page):
    """An original is whole and not empty; a page is what looks like one, or is called one. A reader sees the same."""
    record = writer.write(capture(response=answer, truncated=truncated))
    assert (record.is_original, record.is_page, record.origin) == (is_original, is_page, None)
    writer.close()
    assert list(reader.captures(tmp_path / writer.files[0])) == [record]


def test_a_conversion(writer, capture, members, tmp_path):
    """A text stands in the file as a record of its own, which refers to the response."""
    record = writer.write(capture())
    writer.write_conversion(record, "One.")
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    assert kinds(contents) == ["warcinfo", "response", "request", "conversion"]
    assert f"WARC-Refers-To: <{record.ref.record_id}>\r\n".encode() in contents[3][2]
    assert contents[3][2].endswith(b"\r\n\r\nOne.\r\n\r\n")


def test_a_conversion_of_a_file_before(capture, members, tmp_path):
    """A text begins a new file if the last one is full, as any record does."""
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 0)
    writer.write_conversion(writer.write(capture()), "One.")
    writer.close()
    assert len(writer.files) == 2
    assert kinds(members((tmp_path / writer.files[1]).read_bytes())) == ["warcinfo", "conversion"]


@pytest.mark.parametrize("keep", [True, False])
def test_secrets(capture, members, tmp_path, keep):
    """The secrets policy is the writer's, for all that it writes."""
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {}, 1_000_000, keep_secrets=keep)
    record = writer.write(capture(url="http://me:word@e.org/", request=b"GET / HTTP/1.1\r\nCookie: word\r\n\r\n"))
    writer.close()
    assert record.url == ("http://me:word@e.org/" if keep else "http://e.org/")
    assert any(b"word" in content for _, _, content in members((tmp_path / writer.files[0]).read_bytes())) is keep


def test_synced(writer, capture, monkeypatch):
    """What was written is on the disk only after a sync; closing a file is one too."""
    synced = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))
    assert writer.is_synced
    writer.sync()
    assert synced == []
    writer.write(capture())
    assert not writer.is_synced
    writer.sync()
    writer.sync()
    assert writer.is_synced
    assert len(synced) == 1
    writer.write(capture())
    assert not writer.is_synced
    writer.close()
    assert writer.is_synced
    assert synced[1] > synced[0]


def test_a_disk_that_does_not_sync(writer, capture, monkeypatch):
    """A disk that refuses to hold what was written is an OutputError, and it stays known that it does not."""

    def broken(_):
        raise OSError(5, "Input/output error")

    writer.write(capture())
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(OutputError, match=r"cannot write to .*00001.* Input/output error"):
            writer.sync()
        assert not writer.is_synced
    writer.sync()
    assert writer.is_synced


def test_large_bodies_are_written_in_pieces(writer, capture, tmp_path, monkeypatch):
    """A body on disk goes into the file without ever being one value in memory, and comes out as it went in."""
    monkeypatch.setattr(writer_, "WRITE", 100_000)
    noise = random.Random(1)
    body = Spool(b"HTTP/1.1 200 OK\r\n\r\n", limit=0)
    for _ in range(100):
        body.append(noise.randbytes(65_536))
    tracemalloc.start()
    try:
        record = writer.write(capture(response=body))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    writer.close()
    whole = body.read()
    body.close()
    path = tmp_path / f"{STEM}-00001.warc.gz"
    digest = "sha1:" + base64.b32encode(hashlib.sha1(whole[19:]).digest()).decode()
    assert record.ref.payload_digest == digest
    with path.open("rb") as stream:
        (found,) = [
            r.raw_stream.read() for r in ArchiveIterator(stream, no_record_parse=True) if r.rec_type == "response"
        ]
    assert found == whole
    with path.open("rb") as stream:
        (fast,) = [
            (r.verify_block_digest(), r.reader.read())
            for r in FastIterator(stream, parse_http=False)
            if r.headers["WARC-Type"] == "response"
        ]
    assert fast == (True, whole)


@pytest.mark.parametrize("was_read", [True, False])
def test_a_body_that_cannot_be_read_again(writer, capture, members, tmp_path, monkeypatch, was_read):
    """Bytes that the disk does not give back are an OutputError, and leave nothing of their exchange behind."""
    writer.write(capture())
    with closing(Spool(b"HTTP/1.1 200 OK\r\n\r\n", bytes(300_000), limit=0)) as body, monkeypatch.context() as patched:
        message = read_message(body)
        if was_read:
            patched.setattr(writer_, "read_message", lambda _: message)
        body._file.truncate(200_000)
        with pytest.raises(OutputError, match="does not hold"):
            writer.write(capture(response=body))
    writer.write(capture())
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    assert kinds(contents) == ["warcinfo", *["response", "request"] * 2]


def test_every_record_names_the_warcinfo_of_its_file(capture, members, tmp_path):
    """Each file begins with a warcinfo that carries the file's name, and its records point to that one."""
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 0)
    for _ in range(3):
        writer.write(capture())
    writer.close()
    assert writer.files == [f"{STEM}-0000{n}.warc.gz" for n in (1, 2, 3)]
    for name in writer.files:
        (_, _, info), *others = members((tmp_path / name).read_bytes())
        assert f"WARC-Filename: {name}\r\n".encode() in info
        record_id = info.split(b"WARC-Record-ID: ")[1].split(b"\r\n")[0]
        assert len(others) == 2
        assert all(b"WARC-Warcinfo-ID: " + record_id + b"\r\n" in content for _, _, content in others)


def test_rotation(capture, tmp_path):
    """A file is finished once it is larger than allowed; an exchange is never torn between two files."""
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 2000)
    for _ in range(20):
        writer.write(capture())
    assert len(writer.files) > 1
    *finished, current = writer.files
    assert all(2000 < (tmp_path / name).stat().st_size < 4000 for name in finished)
    assert leftovers(tmp_path) == [tmp_path / f"{current}.open"]
    writer.close()


def test_open_until_finished(writer, capture, tmp_path):
    """A file that is being written says so by its name; what is in it can be read already."""
    record = writer.write(capture())
    path = tmp_path / f"{STEM}-00001.warc.gz.open"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_size > record.ref.offset + record.ref.length
    writer.close()
    assert list(tmp_path.iterdir()) == [tmp_path / f"{STEM}-00001.warc.gz"]


def test_nothing_written(writer, tmp_path):
    """A run without an exchange leaves no file."""
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_used_once(capture, tmp_path):
    """A second run of the same second takes the next numbers, and changes no byte of what the first has written."""
    for _ in range(2):
        writer = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 1_000_000)
        writer.write(capture())
        writer.close()
        hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir()}
    assert sorted(hashes) == [f"{STEM}-00001.warc.gz", f"{STEM}-00002.warc.gz"]
    assert len(set(hashes.values())) == 2


def test_an_open_file_is_not_taken_over(capture, tmp_path):
    """A file that another run has open is never written into."""
    path = tmp_path / f"{STEM}-00001.warc.gz.open"
    path.write_bytes(b"of another run")
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {"software": "test"}, 1_000_000)
    with pytest.raises(OutputError, match="cannot open"):
        writer.write(capture())
    assert path.read_bytes() == b"of another run"


def test_a_finished_file_is_never_replaced(tmp_path):
    """Finishing a file whose final name is taken is an error, and both files stay."""
    path, final = tmp_path / "a-00001.warc.gz.open", tmp_path / "a-00001.warc.gz"
    path.write_bytes(b"new")
    final.write_bytes(b"old")
    with pytest.raises(OutputError, match="exists already"):
        finish(path)
    assert (path.read_bytes(), final.read_bytes()) == (b"new", b"old")


def test_killed_while_finishing(tmp_path):
    """A file that has both names, because a kill came between the two steps, is finished by taking one away."""
    path, final = tmp_path / "a-00001.warc.gz.open", tmp_path / "a-00001.warc.gz"
    path.write_bytes(b"new")
    final.hardlink_to(path)
    assert finish(path) == final
    assert [p.name for p in tmp_path.iterdir()] == [final.name]


@pytest.mark.parametrize("room", range(0, 2400, 150))
def test_full_disk(members, tmp_path, room):
    """Wherever the disk gets full, a file is a warcinfo and whole exchanges; when there is space, it goes on."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path), str(room)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    told = done.stdout.splitlines()
    written = told.count("written")
    assert told[-1] == "written"
    assert all("cannot write to" in line and "File too large" in line for line in told if line != "written")
    assert len(told) == 5
    (path,) = tmp_path.iterdir()
    assert kinds(members(path.read_bytes())) == ["warcinfo", *["response", "request"] * written]


def test_no_folder(capture, tmp_path):
    """A folder that is not there is an OutputError, which names the file."""
    writer = WarcWriter(tmp_path / "gone", "b", "20200101000000", {}, 1000)
    with pytest.raises(OutputError, match=r"cannot open .*gone.b-20200101000000-00001"):
        writer.write(capture())
    assert writer.files == []
