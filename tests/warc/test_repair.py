"""What a killed run leaves behind is put right."""

from __future__ import annotations

import random

import pytest

from archiver.warc import reader
from archiver.warc.repair import repair

NAME = "example.org-20200102030405-00001.warc.gz"


@pytest.fixture
def left(writer, capture, members, tmp_path):
    """The bytes of a file as a kill leaves it, and the places of its records."""
    for number in range(2):
        writer.write(
            capture(url=f"http://example.org/{number}", response=b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(99)))
        )
    path = tmp_path / f"{NAME}.open"
    data = path.read_bytes()
    writer.close()
    (tmp_path / NAME).unlink()
    return data, [(offset, length) for offset, length, _ in members(data)]


def test_every_cut(left, tmp_path):
    """Wherever a kill cuts the last record, the whole ones before it stay, byte for byte, and the file is finished."""
    data, places = left
    last, length = places[-1]
    for cut in range(last, last + length):
        (tmp_path / f"{NAME}.open").write_bytes(data[:cut])
        (repaired,) = repair(tmp_path)
        assert (repaired.path, repaired.cut) == (tmp_path / NAME, cut - last)
        assert [p.name for p in tmp_path.iterdir()] == [NAME]
        assert repaired.path.read_bytes() == data[:last]
        assert [(r.offset, r.length) for r in reader.records(repaired.path)] == places[:-1]
        repaired.path.unlink()


def test_every_zero_filled_tail(left, tmp_path):
    """Bytes that a power cut left as zeros are cut off like bytes that never came."""
    data, places = left
    last, length = places[-1]
    # the very last bytes of gzip's trailer are zeros anyway
    filled = (cut for cut in range(last, last + length) if data[cut:].strip(b"\0"))
    for cut in filled:
        (tmp_path / f"{NAME}.open").write_bytes(data[:cut] + bytes(len(data) - cut))
        (repaired,) = repair(tmp_path)
        assert repaired.cut == length
        assert repaired.path.read_bytes() == data[:last]
        repaired.path.unlink()


@pytest.mark.parametrize("tail", [1, 9, 10, 4096, 100_000])
def test_zeros_after_the_last_record(left, tmp_path, tail):
    """Zeros behind whole records, however many, are cut off and cost no record."""
    data, places = left
    (tmp_path / f"{NAME}.open").write_bytes(data + bytes(tail))
    (repaired,) = repair(tmp_path)
    assert repaired.cut == tail
    assert len(list(reader.records(repaired.path))) == len(places)


def test_nothing_torn(left, tmp_path):
    """A file that ends with a whole record only gets its name."""
    data, _ = left
    (tmp_path / f"{NAME}.open").write_bytes(data)
    (repaired,) = repair(tmp_path)
    assert (repaired.cut, repaired.path.read_bytes()) == (0, data)


def test_nothing_whole(left, tmp_path):
    """A file without a single whole record is removed."""
    data, places = left
    for content in (b"", data[:1], data[: places[0][1] - 1], bytes(5000), b"garbage"):
        (tmp_path / f"{NAME}.open").write_bytes(content)
        assert repair(tmp_path) == []
        assert list(tmp_path.iterdir()) == []


def test_a_member_larger_than_what_is_read_at_once(writer, capture, tmp_path):
    """Records of any size are told whole from torn."""
    noise = random.Random(1).randbytes(300_000)
    record = writer.write(capture(response=b"HTTP/1.1 200 OK\r\n\r\n" + noise))
    path = tmp_path / f"{NAME}.open"
    assert record.ref.length > reader.CHUNK
    end = path.stat().st_size
    assert reader.whole_length(path) == end
    with path.open("r+b") as file:
        file.truncate(record.ref.offset + record.ref.length - 1)
    assert reader.whole_length(path) == record.ref.offset


def test_finished_files_are_left_alone(left, tmp_path):
    """Neither a finished file nor a file of another name is touched, be it torn."""
    data, _ = left
    others = {"old-20190101000000-00001.warc.gz": data[:-5], "notes.warc.gz.open": b"mine", "x-00001.open": b"mine"}
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    assert repair(tmp_path) == []
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == others


def test_no_folder_yet(tmp_path):
    """Where nothing was ever written, there is nothing to repair."""
    assert repair(tmp_path / "archive") == []


def test_what_follows_a_broken_middle_is_kept(left, tmp_path):
    """Records behind a damaged one are not thrown away with it: they are kept beside the file."""
    data, places = left
    second, length = places[1]
    damaged = data[: second + length // 2] + b"\0\0\0\0" + data[second + length // 2 + 4 :]
    (tmp_path / f"{NAME}.open").write_bytes(damaged)
    (repaired,) = repair(tmp_path)
    assert repaired.path.read_bytes() == data[:second]
    assert (tmp_path / NAME).with_name(NAME + ".broken").read_bytes() == damaged[second:]
