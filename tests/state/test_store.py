"""What is remembered between runs."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.errors import OutputError
from archiver.state.decide import Known
from archiver.state.store import EARLY, Store

URL = "http://www.example.org/a/"
RUN, LATER = "20200102030405", "20200202030405"
DATE, LATER_DATE = "2020-01-02T03:04:05+00:00", "2020-02-02T03:04:05+00:00"


@pytest.fixture
def path(tmp_path):
    """Where the state lies."""
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path):
    """A new store."""
    made = Store(path)
    yield made
    made.close()


def reopen(store: Store, path) -> Store:
    """Close a store and open it again."""
    store.close()
    return Store(path)


def test_address(store, path):
    """What was remembered of an address is known under all its spellings, also after the store was closed."""
    store.remember(URL, "saved", RUN, DATE, marks='{"feed": "x"}', etag='"1"', last_modified="Wed")
    with closing(reopen(store, path)) as again:
        known = Known("saved", DATE, {"feed": "x"}, '"1"', "Wed")
        assert again.known(URL) == known
        assert again.known("https://example.org/a?utm_source=feed#top") == known
        assert again.known("https://example.org/b") is None


def test_remembering_again(store):
    """What is said again of an address replaces what was; what is not said stays."""
    store.remember(URL, "saved", RUN, DATE, etag='"1"', post_id="p", revision=2, text_sha256="s")
    store.remember(URL, "failed", LATER, LATER_DATE, detail="timeout")
    assert store.known(URL) == Known("failed", LATER_DATE, {}, '"1"', None, detail="timeout")
    assert store.revision("p") == (2, "s")
    assert (store.count("saved"), store.count("failed")) == (0, 1)


def test_touch_and_marks(store):
    """An answer of 304 moves the date; a look at the surfaces moves their marks alone."""
    store.remember(URL, "saved", RUN, DATE, marks='{"feed": "x"}', etag='"1"')
    store.touch(URL, LATER, LATER_DATE, {"feed": "y"})
    assert store.known(URL) == Known("saved", LATER_DATE, {"feed": "y"}, '"1"', None)
    store.note_marks(URL, {"feed": "z"})
    assert store.known(URL) == Known("saved", LATER_DATE, {"feed": "z"}, '"1"', None)


def test_revision(store):
    """The last revision of a post counts, whichever of its addresses it was saved under."""
    assert store.revision("p") is None
    store.remember(URL, "saved", RUN, DATE, post_id="p", revision=1, text_sha256="one")
    store.remember("http://example.org/?p=1", "saved", LATER, DATE, post_id="p", revision=2, text_sha256="two")
    assert store.revision("p") == (2, "two")


def test_comments(store, path):
    """A comment's revision and digest are known again."""
    assert store.comment("c") is None
    store.remember_comment("c", 1, "one")
    store.remember_comment("c", 2, "two")
    with closing(reopen(store, path)) as again:
        assert again.comment("c") == (2, "two")


def test_runs(store, path):
    """Runs are listed with the last to begin first; those that never ended, or were not taken in, are unfinished."""
    for run_id in ("20200101000000", RUN, LATER):
        store.start_run(run_id, DATE)
    store.end_run(RUN, LATER_DATE, 0, 12)
    with closing(reopen(store, path)) as again:
        assert again.runs() == [
            (LATER, None, None, None),
            (RUN, LATER_DATE, 0, 12),
            ("20200101000000", None, None, None),
        ]
        assert again.unfinished_runs() == {LATER, "20200101000000"}
        again.taken_in(LATER)
        assert again.unfinished_runs() == {"20200101000000"}


FUTURE, FUTURE_DATE = "20280101000000", "2028-01-01T00:00:00+00:00"
SINCE, UNTIL = "2020-01-01T00:00:00+00:00", "2020-03-01T00:00:00+00:00"


def test_the_order_of_runs_is_that_in_which_they_began(store):
    """A run whose clock was years ahead is not the latest for ever."""
    for run_id, started in ((FUTURE, FUTURE_DATE), (RUN, DATE)):
        store.start_run(run_id, started)
    assert [run_id for run_id, *_ in store.runs()] == [RUN, FUTURE]


@pytest.mark.parametrize(
    ("exit_code", "expected"), [(None, RUN), (EARLY, RUN), (0, None), (1, None)], ids=["killed", "early", "0", "1"]
)
def test_open_round(store, exit_code, expected):
    """A round is gone on with if its last run was killed or ended early."""
    assert store.open_round(SINCE, UNTIL) is None
    store.start_run(RUN, DATE)
    store.end_run(RUN, DATE, EARLY, 1)
    store.start_run(LATER, LATER_DATE, RUN)
    if exit_code is not None:
        store.end_run(LATER, LATER_DATE, exit_code, 1)
    assert store.open_round(SINCE, UNTIL) == expected
    assert store.open_round("2020-01-10", UNTIL) is None


def test_a_round_from_the_future(store):
    """A round that began by a clock that was years ahead is not gone on with, nor one that such a run was part of."""
    store.start_run(FUTURE, FUTURE_DATE)
    assert store.open_round(SINCE, UNTIL) is None
    store.start_run(RUN, DATE)
    assert store.open_round(SINCE, UNTIL) == RUN
    store.start_run("20280101000001", FUTURE_DATE, RUN)
    assert store.open_round(SINCE, UNTIL) is None


def test_a_round_that_has_ended_is_over(store):
    """A run that ended ends its round, whatever later runs say that they are part of it."""
    store.start_run(RUN, DATE)
    store.end_run(RUN, DATE, 0, 1)
    store.start_run(LATER, LATER_DATE, RUN)
    assert store.open_round(SINCE, UNTIL) is None


@pytest.mark.parametrize("ended", [False, True])
def test_a_lost_log(store, path, tmp_path, ended):
    """Without its log, as a power cut may leave it, the state knows how runs began and ended."""
    store.start_run(RUN, DATE)
    if ended:
        store.remember(URL, "saved", RUN, DATE)
        store.end_run(RUN, LATER_DATE, 0, 12)
    copy = tmp_path / "copy.sqlite"
    shutil.copy(path, copy)
    with closing(Store(copy)) as left:
        assert left.runs() == [(RUN, LATER_DATE, 0, 12) if ended else (RUN, None, None, None)]
        assert left.count("saved") == ended


def test_items_that_cannot_be_read(store, tmp_path, monkeypatch):
    """A run whose files of items cannot be read does not end as one whose items are known."""
    file = tmp_path / "posts.jsonl"
    file.write_text("{}\n")
    store.written.files = (file,)
    store.start_run(RUN, DATE)

    def refuse(*_, **__):
        raise OSError(5, "Input/output error", str(file))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError, match=r"cannot read .*posts\.jsonl"):
        store.end_run(RUN, LATER_DATE, 0, 12)
    assert store.unfinished_runs() == {RUN}


def test_new_until_a_run_begins(store, path):
    """A state is new until a run began with it, so that a kill in between costs nothing."""
    assert store.is_new
    again = reopen(store, path)
    assert again.is_new
    again.start_run(RUN, DATE)
    with closing(reopen(again, path)) as third:
        assert not third.is_new


def test_transaction(store, path):
    """What is begun and not ended is kept whole or not at all."""
    store.begin()
    store.remember(URL, "saved", RUN, DATE)
    store.remember_comment("c", 1, "one")
    with closing(Store(path)) as other:
        assert (other.known(URL), other.comment("c")) == (None, None)
        store.commit()
        assert other.known(URL) == Known("saved", DATE)
        assert other.comment("c") == (1, "one")


def test_newer_version(store, path):
    """A state of a newer program is refused, and not touched."""
    store.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"state\.sqlite was written by a newer version") as caught:
        Store(path)
    assert caught.value.hint.startswith("Upgrade")
    assert path.read_bytes() == before


def test_damaged(path):
    """A file that is no database is an OutputError that says what to do, and stays for a person to look at."""
    path.write_bytes(b"no database at all, but some text")
    with pytest.raises(OutputError, match=r"state\.sqlite: file is not a database") as caught:
        Store(path)
    assert "posts.jsonl" in caught.value.hint
    assert path.read_bytes() == b"no database at all, but some text"


def test_damaged_leaves_nothing_open(path, monkeypatch):
    """Whoever is refused a damaged file holds no connection to it afterwards."""
    path.write_bytes(b"no database at all, but some text")
    made = []
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: made.append(connect(*a, **k)) or made[-1])
    with pytest.raises(OutputError):
        Store(path)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        made[0].execute("SELECT 1")


def test_no_folder(tmp_path):
    """A state that cannot be opened is an OutputError."""
    with pytest.raises(OutputError, match="unable to open"):
        Store(tmp_path / "gone" / "state.sqlite")


def test_refused_writes(store, path):
    """A write that the disk refuses is an OutputError."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TABLE comment")
    with pytest.raises(OutputError, match=r"state\.sqlite: no such table"):
        store.remember_comment("c", 1, "one")
    with pytest.raises(OutputError, match=r"state\.sqlite: no such table"):
        store.comment("c")
