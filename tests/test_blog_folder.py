"""A blog's folder: where files lie, and the lock that keeps two runs apart."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.blog import BlogFolder
from archiver.errors import BlogLocked, OutputNotWritable

HOLD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from archiver.blog import BlogFolder
BlogFolder(Path(sys.argv[1]), "example.org").open()
print("open", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    """An opened blog folder."""
    blog = BlogFolder(tmp_path / "output", "example.org")
    blog.open()
    yield blog
    blog.close()


def test_layout(folder, tmp_path):
    """Every file lies where pywb, WACZ and people's scripts look for it."""
    root = tmp_path / "output" / "example.org"
    assert folder.path == root
    assert (folder.archive, folder.runs) == (root / "archive", root / "runs")
    assert (folder.index, folder.pages) == (root / "indexes" / "index.cdxj", root / "pages" / "pages.jsonl")
    assert (folder.posts, folder.comments) == (root / "posts.jsonl", root / "comments.jsonl")
    assert folder.state == root / "state.sqlite"
    assert sorted(p.name for p in root.iterdir()) == ["archive", "indexes", "pages", "runs"]


def test_one_run_at_a_time(folder, tmp_path):
    """A second run on the same blog is refused; once the first has ended it is let in."""
    second = BlogFolder(tmp_path / "output", "example.org")
    with pytest.raises(BlogLocked, match=r"another run is working in .*example\.org"):
        second.open()
    folder.close()
    second.open()
    second.close()


def test_two_blogs_at_a_time(folder, tmp_path):
    """Runs on two blogs do not wait for each other."""
    other = BlogFolder(tmp_path / "output", "example.net")
    other.open()
    other.close()
    assert other.archive.is_dir()


def test_a_killed_run_leaves_no_lock(tmp_path):
    """The lock dies with the process that holds it."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        blog = BlogFolder(tmp_path, "example.org")
        with pytest.raises(BlogLocked):
            blog.open()
        holder.kill()
    blog.open()
    blog.close()


@pytest.mark.parametrize("kept", ["archive/a.warc.gz", "posts.jsonl"])
def test_discard(folder, kept):
    """The folder of a blog that never was archived goes; one with an archive or items stays."""
    (folder.path / kept).write_bytes(b"x")
    folder.discard()
    assert not folder.holds_nothing
    (folder.path / kept).unlink()
    folder.discard()
    assert not folder.path.exists()


def test_opening_again_keeps_what_is_there(folder, tmp_path):
    """Opening a folder that exists changes none of its files."""
    folder.posts.write_bytes(b"{}\n")
    folder.close()
    again = BlogFolder(tmp_path / "output", "example.org")
    again.open()
    again.close()
    assert folder.posts.read_bytes() == b"{}\n"


@pytest.mark.parametrize("taken", ["output", "output/example.org", "output/example.org/archive"])
def test_a_file_in_the_way(tmp_path, taken):
    """A folder that cannot be made is found out at once, with what to do about it."""
    path = tmp_path / taken
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file")
    with pytest.raises(OutputNotWritable, match="cannot write to") as caught:
        BlogFolder(tmp_path / "output", "example.org").open()
    assert "ARCHIVER_OUTPUT" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else(tmp_path):
    """A folder without the right to write is found out at once."""
    tmp_path.chmod(0o555)
    with pytest.raises(OutputNotWritable, match="Permission denied"):
        BlogFolder(tmp_path, "example.org").open()


def test_discard_removes_what_the_run_made_and_nothing_else(tmp_path):
    """A folder that was there before, or holds anything of the person's, stays."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "thesis.txt").write_text("mine")
    for name in ("old", "new", "used"):
        folder = BlogFolder(tmp_path, name)
        folder.open()
        folder.state.write_bytes(b"")
        (folder.runs / "20200101000000.json").write_text("{}")
        if name == "used":
            (folder.path / "notes.txt").write_text("mine")
        folder.discard()
        folder.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "used"]
    assert (tmp_path / "old" / "thesis.txt").exists()
    assert (tmp_path / "old" / "state.sqlite").exists()
    assert (tmp_path / "used" / "notes.txt").exists()


def test_a_run_id_is_never_used_twice(tmp_path):
    """A clock that stands still or goes back doesn't give a run the name of an earlier one."""
    folder = BlogFolder(tmp_path, "b")
    folder.open()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    assert folder.free_run_id(moment) == "20200101000000"
    (folder.runs / "20200101000000.json").write_text("{}")
    (folder.archive / "b-20200101000001-00001.warc.gz").write_bytes(b"")
    assert folder.free_run_id(moment) == "20200101000002"
    folder.close()
