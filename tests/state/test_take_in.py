"""The memory is made again from the items: after a kill, and after its file was lost."""

from __future__ import annotations

import dataclasses
import json
from contextlib import closing

import pytest

from archiver.export.items import text_sha256
from archiver.state.extension import StateExtension, remember_item
from archiver.state.store import Store

FIRST, KILLED, NOW = "20200101000000", "20200102030405", "20200301000000"
URL = "http://example.org/a"
COMMENT = {"id": "c", "revision": 2, "text": "Well."}


@pytest.fixture
def path(tmp_path):
    """Where the state lies."""
    return tmp_path / "state.sqlite"


def after_runs(path, **ended):
    """Open a state in which runs have begun, and ended where `ended` says so."""
    with closing(Store(path)) as store:
        for name, end in ended.items():
            run_id = {"first": FIRST, "killed": KILLED, "now": NOW}[name]
            store.start_run(run_id, "2020")
            if end:
                store.end_run(run_id, "2020", 0, 1)
    return closing(Store(path))


@pytest.fixture
def line(make_item):
    """Return a function from address, text, run and revision to an item as posts.jsonl gives it back."""

    def run(url=URL, text="One.", run_id=KILLED, revision=1):
        return {**dataclasses.asdict(make_item(url, text, run_id)), "revision": revision}

    return run


def take_in(store, posts, comments=()):
    """Do what a crawl does when it opens the state."""
    StateExtension._take_in(store, posts, comments)


def test_lost_state(path, line):
    """With a new state, every item of the files is remembered: its last revision, validators and comments."""
    posts = [line(text="One.", run_id=FIRST), line("http://example.org/b"), line(text="Two.", revision=2)]
    with closing(Store(path)) as store:
        take_in(store, posts, [{**COMMENT, "revision": 1}, COMMENT])
        known = store.known(URL)
        assert (known.outcome, known.fetched_at, known.marks) == ("saved", "2020-01-02T03:04:05Z", {})
        assert (known.etag, known.last_modified) == ('"1"', "Wed, 01 Jan 2020 00:00:00 GMT")
        assert store.revision(posts[0]["id"]) == (2, text_sha256("Two."))
        assert store.count("saved") == 2
        assert store.comment("c") == (2, text_sha256("Well."))


def test_killed_run(path, line):
    """What a killed run left is remembered, comments too."""
    with after_runs(path, first=True, killed=False) as store:
        take_in(store, [line(run_id=KILLED)], [COMMENT])
        assert store.known(URL).outcome == "saved"
        assert store.comment("c") == (2, text_sha256("Well."))
        assert store.unfinished_runs() == set()


def test_a_run_that_the_state_never_heard_of(path, line):
    """After a power cut, or when an older state was put back, items of unknown runs are remembered all the same."""
    posts = [line(run_id=KILLED), line(text="Two.", run_id=NOW, revision=2)]
    with after_runs(path, first=True) as store:
        take_in(store, posts, [COMMENT])
        assert store.revision(posts[0]["id"]) == (2, text_sha256("Two."))
        assert store.comment("c") == (2, text_sha256("Well."))


def test_the_highest_revision_counts(path, line):
    """Lines that the state knows, or knows better, change nothing: neither text nor marks nor comments."""
    known = line(text="Two.", revision=2)
    with after_runs(path, killed=False) as store:
        remember_item(store, known, {"feed": "x"})
        store.remember_comment("c", 3, "three")
        take_in(store, [line(), known], [COMMENT, {**COMMENT, "revision": 3}])
        assert store.revision(known["id"]) == (2, text_sha256("Two."))
        assert store.known(URL).marks == {"feed": "x"}
        assert store.comment("c") == (3, "three")


def test_only_once(path, line):
    """What came after a killed run is not undone when the state is opened the next time."""
    killed, revised = line(text="One.", run_id=KILLED), line(text="Two.", run_id=NOW, revision=2)
    with after_runs(path, killed=False) as store:
        take_in(store, [killed])
        remember_item(store, revised, {"feed": "x"})
    with after_runs(path, now=True) as store:
        take_in(store, [killed, revised])
        assert store.revision(killed["id"]) == (2, text_sha256("Two."))
        assert store.known(URL).marks == {"feed": "x"}


@pytest.fixture
def file(tmp_path):
    """A file of items, with three lines."""
    made = tmp_path / "posts.jsonl"
    made.write_text("".join(f'{{"id": "{n}", "text": "{"x" * 3000}"}}\n' for n in "abc"))
    return made


def unknown(store, file):
    """Return the ids of the items of a file that the state does not know."""
    return [item["id"] for item in store.written.unknown(file)]


def test_nothing_to_do(path, file):
    """After a run that ended as it should, all that the files hold is known, and only their ends are looked at."""
    with closing(Store(path)) as store:
        store.written.files = (file, file.with_name("none.jsonl"))
        assert unknown(store, file) == ["a", "b", "c"]
        store.start_run(NOW, "2020")
        store.end_run(NOW, "2020", 0, 1)
    with file.open("r+b") as lines:
        lines.write(b"#")
    with closing(Store(path)) as store:
        assert unknown(store, file) == unknown(store, file.with_name("none.jsonl")) == []


def test_only_what_was_added_is_read(path, file):
    """What was appended since is unknown; lines that are no items are passed over."""
    with closing(Store(path)) as store:
        store.written.files = (file,)
        take_in(store, [])
        with file.open("a") as lines:
            lines.write('{"id": "d"}\nnot JSON\n7\n{"id": 7}\n' + "[" * 5000 + '\n{"id": "e"}\n')
        assert unknown(store, file) == ["d", "e"]
        store.written.note()
        assert unknown(store, file) == []


@pytest.mark.parametrize("text", ['{"id": "z"}\n', '{"id": "z"}\n' * 1000, ""])
def test_another_file(path, file, text):
    """A file that is shorter than it was, or ended otherwise at its old size, is read as a whole."""
    with closing(Store(path)) as store:
        store.written.files = (file,)
        store.written.note()
        file.write_text(text)
        assert unknown(store, file) == ["z"] * text.count("z")


def test_a_crawl_knows_what_an_older_state_does_not(path, line, tmp_path):
    """A state as it was some runs ago is brought up to date by what the files hold beyond."""
    posts, item = tmp_path / "posts.jsonl", line(text="Two.", run_id=NOW, revision=2)
    posts.write_text(json.dumps(line(run_id=FIRST)) + "\n")
    with closing(Store(path)) as store:
        store.written.files = (posts,)
        take_in(store, store.written.unknown(posts))
        store.start_run(FIRST, "2020")
        store.end_run(FIRST, "2020", 0, 1)
    with posts.open("a") as lines:
        lines.write(json.dumps(item) + "\n")
    with closing(Store(path)) as store:
        store.written.files = (posts,)
        take_in(store, store.written.unknown(posts))
        assert store.revision(item["id"]) == (2, text_sha256("Two."))
        assert unknown(store, posts) == []


def test_killed_while_taking_in(path, line):
    """A kill while items are taken in loses none: the next run takes them in."""

    class KilledError(Exception):
        pass

    def posts():
        yield line()
        raise KilledError

    with closing(Store(path)) as store, pytest.raises(KilledError):
        take_in(store, posts())
    with closing(Store(path)) as again:
        assert again.known(URL) is None
        take_in(again, [line()])
        assert again.known(URL).outcome == "saved"


def test_an_item_without_its_record_is_fetched_again(path, line, tmp_path):
    """What a power cut took from the archive is not remembered as saved, so that the next run fetches it."""
    item = line()
    warc = tmp_path / item["warc"]["file"]
    warc.parent.mkdir(parents=True, exist_ok=True)
    end = item["warc"]["offset"] + item["warc"]["length"]
    for size, known in ((end - 1, False), (end, True)):
        warc.write_bytes(bytes(size))
        with after_runs(tmp_path / f"{size}.sqlite", first=True, killed=False) as store:
            StateExtension._take_in(store, [item], [], tmp_path)
            assert (store.known(URL) is not None) is known


def test_lines_that_are_no_items_do_not_stop_a_crawl(path, line):
    """A line that somebody else wrote into posts.jsonl is passed over; the others are taken in."""
    odd = [{"id": "x"}, {**line(), "warc": "x"}, {**line(), "requested_url": "nowhere"}, {**line(), "revision": None}]
    comments = [{"id": "c", "revision": 1, "text": 7}, {"id": "c"}, {"id": "\ud800", "revision": 1, "text": "x"}]
    with closing(Store(path)) as store:
        take_in(store, [*odd, line("http://example.org/b")], [*comments, COMMENT])
        assert store.count("saved") == 1
        assert store.comment("c") == (2, text_sha256("Well."))
