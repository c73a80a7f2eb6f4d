"""The memory is made again from the items: after a kill, and after its file was lost."""

from __future__ import annotations

import dataclasses
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
    """The items of a killed run are remembered; those of finished runs are as they were."""
    with after_runs(path, first=True, killed=False) as store:
        take_in(store, [line("http://example.org/old", run_id=FIRST), line(run_id=KILLED)], [COMMENT])
        assert store.known("http://example.org/old") is None
        assert store.known(URL).outcome == "saved"
        assert store.comment("c") == (2, text_sha256("Well."))


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


def test_nothing_to_do(path):
    """After a run that ended as it should, the files are not even read."""

    def unread():
        raise AssertionError
        yield

    with after_runs(path, first=True) as store:
        take_in(store, unread(), unread())
        assert store.count("saved") == 0


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
    odd = [{"id": "x"}, {**line(), "warc": "x"}, {**line(), "requested_url": "nowhere"}]
    with closing(Store(path)) as store:
        take_in(store, [*odd, line("http://example.org/b")], [{"id": "c", "revision": 1, "text": 7}])
        assert store.count("saved") == 1
