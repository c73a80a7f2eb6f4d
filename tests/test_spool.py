"""Bytes in memory or on disk, against plain bytes."""

from __future__ import annotations

import tempfile
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import spool
from archiver.spool import Spool

PIECES = st.lists(st.binary(max_size=40), max_size=12)
LIMITS = st.sampled_from([0, 1, 17, 100, 10**6])
# append a piece, or cut to a share of what is there
STEPS = st.lists(st.one_of(st.binary(max_size=40), st.floats(0, 1.5)), max_size=20)


@pytest.fixture
def refused(monkeypatch):
    """A disk that has no place for temporary files."""

    def no_file(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)


@given(STEPS, LIMITS, st.data())
def test_like_bytes(steps, limit, data):
    """However bytes are appended and cut, in memory or on disk, they are those that plain bytes would be."""
    plain = b""
    with closing(Spool(limit=limit)) as kept:
        for step in steps:
            if isinstance(step, bytes):
                kept.append(step)
                plain += step
            else:
                size = int(len(plain) * step)
                kept.cut(size)
                plain = plain[:size]
            assert kept.size == len(plain)
        assert kept.read() == plain
        start = data.draw(st.integers(0, len(plain) + 5))
        assert b"".join(kept.pieces(start)) == plain[start:]


@given(PIECES, LIMITS, st.integers(0, 600))
def test_first(pieces, limit, size):
    """The first bytes are a beginning, and as many as were asked for if there are that many."""
    plain = b"".join(pieces)
    with closing(Spool(*pieces, limit=limit)) as kept:
        first = kept.first(size)
    assert plain.startswith(first)
    assert len(first) >= min(size, len(plain))


def test_first_reads_no_more_than_it_must():
    """What stands in the first piece is handed on without a copy; otherwise the pieces that are needed are joined."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    kept = Spool(head, b"a" * 1000, b"b" * 1000)
    assert kept.first(1) is head
    assert kept.first(len(head) + 1) == head + b"a" * 1000


@pytest.mark.parametrize("size", [0, 5, 2 * spool.CHUNK, 2 * spool.CHUNK + 1])
def test_long_bytes_come_in_pieces(size):
    """What lies on disk is read in pieces of a bounded size, as often as is asked."""
    plain = bytes(range(251)) * (size // 251 + 1)
    with closing(Spool(plain, limit=0)) as kept:
        for _ in range(2):
            pieces = list(kept.pieces(size))
            assert b"".join(pieces) == plain[size:]
            assert all(len(piece) <= spool.CHUNK for piece in pieces)


def test_pieces_are_kept_as_they_came():
    """In memory a piece is never copied."""
    pieces = [b"a" * 5000, b"b" * 5000]
    assert all(kept is piece for kept, piece in zip(Spool(*pieces).pieces(), pieces, strict=True))


@pytest.mark.parametrize("limit", [0, 9, 10, 11])
def test_where_bytes_lie(limit, tmp_path, monkeypatch):
    """Only beyond the limit there is a file; it has no name, so whatever ends the process, nothing stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = []
    real = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **given: made.append(real(**given)) or made[-1])
    kept = Spool(b"12345", b"67890", limit=limit)
    assert bool(made) == (limit < 10)
    assert list(tmp_path.iterdir()) == []
    assert kept.read() == b"1234567890"
    kept.close()
    assert all(file.closed for file in made)
    assert list(tmp_path.iterdir()) == []


def test_memory_needs_no_disk(refused):
    """Few bytes are kept, cut and read without any file."""
    kept = Spool(b"12345", b"67890", limit=10)
    kept.cut(7)
    assert kept.read() == b"1234567"


def test_disk_that_refuses(refused):
    """Bytes for which there is no place on disk are an OSError, which says why."""
    kept = Spool(b"12345", limit=9)
    with pytest.raises(OSError, match="No space left"):
        kept.append(b"67890")


def test_no_folder_for_temporary_files(tmp_path, monkeypatch):
    """A folder for temporary files that is not there is an OSError."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OSError, match="No such file"):
        Spool(b"12345", limit=0)


def test_bytes_that_were_lost():
    """A file that does not hold what was written to it, because the disk was full, is an OSError when it is read."""
    with closing(Spool(b"12345", limit=0)) as kept:
        assert kept._file is not None
        kept._file.truncate(3)
        with pytest.raises(OSError, match="does not hold"):
            kept.read()


def test_closed():
    """A spool that was closed holds nothing; closing it twice is no error."""
    for limit in (0, 100):
        kept = Spool(b"12345", limit=limit)
        kept.close()
        kept.close()
    assert list(kept.pieces()) == []
