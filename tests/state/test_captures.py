"""Which responses the archive holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver import urls
from archiver.errors import OutputError
from archiver.models import Record, WarcRef
from archiver.state import captures as captures_
from archiver.state.captures import Captures
from archiver.state.decide import Known
from archiver.state.store import Store

MOMENT = datetime(2020, 1, 2, 3, 4, 5, 678901, UTC)
A, B = "http://example.org/a", "http://example.org/b"
FIRST, SECOND = "example.org-20200102030405-00001.warc.gz", "example.org-20200102030405-00002.warc.gz"
# what a crawl comes upon: an address that gives a payload, chunked or not, or tells that it is as it was
VISITS = st.tuples(
    st.sampled_from([A, B]), st.sampled_from(["page 1", "page 2", "page 404", "file", None]), st.booleans()
)
STEPS = st.lists(st.one_of(VISITS, VISITS, VISITS, st.sampled_from(["flush", "reopen"])), max_size=15)


def original(url=A, payload="page 1", number=0, file=FIRST, **changes) -> Record:
    """Return the record of a response, each number at a time and place of its own."""
    ref = WarcRef(f"archive/{file}", 1000 * number, 999, f"urn:uuid:{number}", f"sha1:{payload}")
    status = 404 if payload.endswith("404") else 200
    made = Record(ref, url, MOMENT + timedelta(seconds=number), status, "text/html", None, True, payload != "file")
    return replace(made, **changes)


def revisit(origin: Record, number: int, url: str | None = None, **changes) -> Record:
    """Return the record of a revisit of a response."""
    made = original(url or origin.url, number=number, **changes)
    ref = replace(made.ref, payload_digest=origin.ref.payload_digest)
    return replace(made, ref=ref, origin=origin.ref, is_original=False, status=changes.get("status", origin.status))


@pytest.fixture
def path(tmp_path):
    """Where the state lies."""
    return tmp_path / "state.sqlite"


@pytest.fixture
def captures(path):
    """What an empty archive holds."""
    made = Captures(path)
    yield made
    made.close({})


def digest(record: Record) -> str:
    """Return the payload digest of a record."""
    assert record.ref.payload_digest is not None
    return record.ref.payload_digest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(steps=STEPS)
def test_like_a_dict(tmp_path_factory, steps):
    """What was added is found the same, whether it is in memory, written, or read by the next run."""
    path = tmp_path_factory.mktemp("state") / "state.sqlite"
    captures = Captures(path)
    held: dict[tuple[str, str, bool], Record] = {}
    latest: dict[str, Record] = {}
    odd: set[str] = set()
    for number, step in enumerate(steps):
        if step == "flush":
            captures.flush()
        elif step == "reopen":
            captures.close(dict.fromkeys([FIRST], 1))
            captures = Captures(path)
        else:
            visit(captures, number, step, held, latest, odd)
        for url in (A, B):
            for payload in ("page 1", "page 2", "page 404", "file"):
                for chunked in (True, False):
                    wanted = f"sha1:{payload}", chunked
                    assert captures.find(wanted[0], url, chunked=chunked) == held.get((url, *wanted))
                    anywhere = captures.find(wanted[0], None, chunked=chunked)
                    assert (anywhere in held.values()) if any(key[1:] == wanted for key in held) else anywhere is None
            if url not in odd:
                assert captures.latest(url) == latest.get(url)
    captures.close({})


def visit(captures, number, step, held, latest, odd):
    """Add what the writer would, of one visit, to the captures and to the model of them."""
    url, payload, chunked = step
    if payload is None:
        origin = latest.get(url)
        if origin is not None and url not in odd:
            # the head of a 304 says nothing of the chunks
            captures.add(revisit(origin, number, status=304, is_chunked=chunked))
        return
    made = original(url, payload, number, is_chunked=chunked)
    if payload == "file":
        # of what is no page, a later visit may refer to another address
        odd.add(url)
    origin = captures.find(digest(made), url if made.is_page else None, chunked=chunked)
    if origin is None:
        held[url, digest(made), chunked] = made
        captures.add(made)
    else:
        captures.add(revisit(origin, number, url, is_chunked=chunked))
    if made.status == 200:
        latest[url] = held.get((url, digest(made), chunked), made)


def test_what_is_no_original(captures):
    """Records that are cut off, empty, or have no digest are not kept."""
    record = original()
    captures.add(replace(record, is_original=False))
    captures.add(replace(record, ref=replace(record.ref, payload_digest=None)))
    assert captures.find(digest(record), A, chunked=False) is None
    assert captures.latest(A) is None


def test_the_first_200(captures):
    """An error page can be referred to, and is not what an address gave when it was well."""
    error = original(payload="page 404")
    captures.add(error)
    for _ in range(2):
        assert captures.find(digest(error), A, chunked=False) == error
        assert captures.latest(A) is None
        captures.flush()


def test_a_revisit_of_another_address(captures):
    """A revisit that refers to another address's response makes its own address no original."""
    captures.add(original(B, "file", 1))
    captures.add(revisit(original(B, "file", 1), 2, A))
    for _ in range(2):
        assert captures.find("sha1:file", A, chunked=False) is None
        assert captures.find("sha1:file", None, chunked=False) == original(B, "file", 1)
        assert captures.latest(A) is None
        captures.flush()


def test_written_when_it_has_become_much(captures, path, monkeypatch):
    """After a number of captures they are written, together, without anybody asking."""
    monkeypatch.setattr(captures_, "TOGETHER", 3)
    with closing(sqlite3.connect(path)) as db:
        counts = []
        for number in range(7):
            captures.add(original(f"{A}/{number}", number=number))
            counts.append(db.execute("SELECT count(*) FROM capture").fetchone()[0])
    assert counts == [0, 0, 3, 3, 3, 6, 6]


def test_files(captures, path):
    """A file is known once all of its captures were added, and stays known."""
    assert not captures.knows(FIRST)
    captures.add(original())
    captures.note_files(dict.fromkeys([FIRST], 1))
    captures.note_files(dict.fromkeys([FIRST], 1))
    assert (captures.knows(FIRST), captures.knows(SECOND)) == (True, False)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM capture").fetchone() == (1,)
    again = Captures(path)
    assert again.knows(FIRST)
    again.close(dict.fromkeys([SECOND], 1))
    assert captures.knows(SECOND)


def test_only_what_is_there(captures):
    """What lay in a file that was moved away is forgotten; the file, were it to come back, is read again."""
    captures.add(original(A, "page 1", 1, FIRST))
    captures.add(original(B, "page 2", 2, SECOND))
    captures.note_files(dict.fromkeys([FIRST, SECOND], 1))
    captures.keep_only(dict.fromkeys([FIRST, "not-known-yet.warc.gz"], 1))
    assert (captures.knows(FIRST), captures.knows(SECOND)) == (True, False)
    assert captures.latest(A) == original(A, "page 1", 1, FIRST)
    assert captures.latest(B) is None
    assert captures.find("sha1:page 2", None, chunked=False) is None
    captures.keep_only({})
    assert captures.latest(A) is None


def test_rows_of_a_file_that_is_not_known(captures):
    """What a killed run wrote of a file is forgotten too: the file may be shorter now, and is read again."""
    captures.add(original(A, "page 1", 1, FIRST))
    captures.note_files(dict.fromkeys([FIRST], 1))
    captures.add(original(B, "page 2", 2, SECOND))
    captures.flush()
    captures.keep_only(dict.fromkeys([FIRST, SECOND], 1))
    assert captures.latest(A) is not None
    assert captures.latest(B) is None


def test_a_file_of_another_size(captures):
    """What was captured in a file that has another size now is forgotten: it may have been cut."""
    held = original()
    captures.add(held)
    captures.note_files({FIRST: 10})
    captures.keep_only({FIRST: 10})
    assert captures.knows(FIRST)
    captures.keep_only({FIRST: 9})
    assert not captures.knows(FIRST)
    assert captures.find(digest(held), held.url, chunked=False) is None


def test_a_name_that_is_the_beginning_of_another(captures):
    """A file is told by its whole name."""
    captures.add(original(A, "page 1", 1, f"x{FIRST}"))
    captures.note_files(dict.fromkeys([f"x{FIRST}", FIRST], 1))
    captures.keep_only(dict.fromkeys([f"x{FIRST}"], 1))
    assert captures.latest(A) is not None


def test_version_1(path):
    """The memory of an older version is brought to today's; what is in it stays."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(files("archiver.state").joinpath("schema.sql").read_text(encoding="utf-8"))
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "INSERT INTO address (identity, url, outcome, marks, fetched_at, etag, run_id) "
            "VALUES (?, ?, 'saved', '{\"feed\": \"x\"}', '2020-01-02', '\"1\"', '20200102030405')",
            (urls.identity(A), A),
        )
        db.execute("INSERT INTO comment VALUES ('c', 'digest', 2)")
        db.execute("INSERT INTO run VALUES ('20200102030405', '2020-01-02', '2020-01-02', 0, 1)")
        db.commit()
    with closing(Store(path)) as store:
        assert store.known(A) == Known("saved", "2020-01-02", {"feed": "x"}, '"1"')
        assert store.comment("c") == (2, "digest")
        assert store.runs() == [("20200102030405", "2020-01-02", 0, 1)]
        assert not store.is_new
        store.remember(B, "saved", "20200202030405", "2020-02-02")
    captures = Captures(path)
    assert captures.latest(A) is None
    captures.add(original())
    captures.close(dict.fromkeys([FIRST], 1))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
        assert db.execute("SELECT count(*) FROM capture").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM address").fetchone() == (2,)


def test_a_migration_that_fails(path):
    """A migration that cannot be done leaves the file as it was."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(files("archiver.state").joinpath("schema.sql").read_text(encoding="utf-8"))
        db.execute("CREATE TABLE warc_file (mine TEXT)")
        db.execute("PRAGMA user_version = 1")
    with pytest.raises(OutputError, match="warc_file already exists"):
        Captures(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'capture'").fetchone() == (0,)


def test_newer_version(captures, path):
    """A memory of a newer program is refused."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(OutputError, match="newer version"):
        Captures(path)


def test_damaged(path):
    """A file that is no database is an OutputError that says what to do, and stays for a person to look at."""
    path.write_bytes(b"no database at all, but some text")
    with pytest.raises(OutputError, match=r"state\.sqlite: file is not a database") as caught:
        Captures(path)
    assert "posts.jsonl" in caught.value.hint
    assert path.read_bytes() == b"no database at all, but some text"


def test_refused(captures, path):
    """Whatever the disk refuses is an OutputError, and what was not written is not lost from memory."""
    captures.add(original())
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE capture RENAME TO gone")
        db.execute("ALTER TABLE warc_file RENAME TO gone_file")
    for refused in (
        lambda: captures.find("sha1:other", B, chunked=False) or captures.latest(B),
        lambda: captures.latest(B),
        lambda: captures.knows(FIRST),
        lambda: captures.keep_only(dict.fromkeys([FIRST], 1)),
        lambda: captures.note_files(dict.fromkeys([FIRST], 1)),
        captures.flush,
    ):
        with pytest.raises(OutputError, match=r"state\.sqlite: no such table"):
            refused()
    assert captures.find("sha1:page 1", A, chunked=False) == original()
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE gone RENAME TO capture")
        db.execute("ALTER TABLE gone_file RENAME TO warc_file")
    captures.flush()
    assert captures.latest(A) == original()


def test_two_at_once(captures, path):
    """Two connections, of the writer and of the memory of posts, see what the other has written."""
    other = Captures(path)
    captures.add(original())
    captures.flush()
    assert other.latest(A) == original()
    with closing(Store(path)) as store:
        store.begin()
        store.remember(B, "saved", "20200102030405", "2020")
        assert captures.latest(A) == original()
        store.commit()
    other.close({})
