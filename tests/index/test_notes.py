"""Index lines are sorted on disk."""

from __future__ import annotations

from contextlib import ExitStack
from heapq import merge

import pytest

from archiver.index import notes as notes_
from archiver.index.notes import Notes


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 30])
def test_all_lines_come_back_sorted(tmp_path, monkeypatch, count):
    """Whatever the number of lines, they come back sorted as bytes, and nothing is left behind."""
    monkeypatch.setattr(notes_, "RUN", 3)
    notes = Notes(tmp_path / "index.cdxj")
    lines = [f"org,é{n * 7919 % 31})/ {n}" for n in range(count)]
    for line in lines:
        notes.add(line)
    with ExitStack() as stack:
        assert list(merge(*notes.sorted_runs(stack))) == sorted(line.encode() + b"\n" for line in lines)
    assert len(list(tmp_path.iterdir())) == count // 3
    notes.forget()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_forgotten(tmp_path):
    """Runs of a crawl that was killed are no part of the next one's index, and the index itself is left alone."""
    for name in ("index.run0", "index.run17", "index.run", "index.cdxj"):
        (tmp_path / name).write_bytes(b"old\n")
    Notes(tmp_path / "index.cdxj")
    assert [path.name for path in tmp_path.iterdir()] == ["index.cdxj"]
