"""Files of records: one member each, whole or not at all, and a name that is used once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.errors import OutputError
from archiver.warc.writer import WarcWriter, finish, leftovers

STEM = "example.org-20200102030405"
# A disk that is full after some bytes: the kernel refuses to let a file of this process grow further.
FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from archiver.errors import OutputError
from archiver.models import Capture
from archiver.warc.writer import WarcWriter

folder, room = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2020, 1, 1, tzinfo=UTC)
writer = WarcWriter(folder, "b", "20200101000000", {"software": "test"}, 10**9)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
for number in range(5):
    try:
        writer.write(Capture(f"http://e.org/{number}", b"GET / HTTP/1.1", b"HTTP/1.1 200 OK", now, now))
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
    """A file is a warcinfo, then the response and request of each exchange: a gzip member per record."""
    writer.write(capture())
    writer.write(capture(response=b""))
    writer.close()
    contents = members((tmp_path / f"{STEM}-00001.warc.gz").read_bytes())
    assert kinds(contents) == ["warcinfo", "response", "request", "request"]
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


@pytest.mark.parametrize("response", [b"no HTTP", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_odd_answers(writer, capture, response):
    """An answer without status or media type is written all the same."""
    record = writer.write(capture(response=response))
    assert (record.status, record.mime) == (200 if response.startswith(b"HTTP") else 0, None)


def test_no_answer(writer, capture):
    """An exchange without an answer is written, and there is no response record to point to."""
    assert writer.write(capture(response=b"")) is None


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
