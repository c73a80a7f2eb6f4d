"""The account of one run: each address once, and why."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest

from archiver.errors import OutputError
from archiver.export.items import make_comments, text_sha256
from archiver.models import Found, PageComment, Record, WarcRef
from archiver.runs.ledger import ENTRIES, MAX_FINDINGS, Ledger
from archiver.state.store import Store

RUN_ID = "20200102030405"
FOUND = Found("http://example.org/a", "post", ["feed"], {"feed": "2020"})
RECORD = Record(
    WarcRef("archive/x.warc.gz", 0, 1, "urn:uuid:9", None), FOUND.url, datetime(2020, 1, 2, tzinfo=UTC), 200, None
)


@pytest.fixture
def store(tmp_path):
    """A new store."""
    with closing(Store(tmp_path / "state.sqlite")) as made:
        yield made


@pytest.fixture
def counters():
    """What was counted."""
    return Counter()


@pytest.fixture
def ledger(store, counters):
    """A new ledger that counts and remembers."""
    return Ledger(RUN_ID, lambda: store, lambda name: counters.update([name]))


def comments_of(post):
    """Return a comment on a post."""
    return make_comments([(PageComment("c", None, None, None, None, "Well.", None), "urn:uuid:2")], post)


@pytest.mark.parametrize(
    ("entry", "act", "outcome"),
    [
        ("saved", lambda ledger, post: ledger.saved(FOUND, post, []), "saved"),
        ("same", lambda ledger, post: ledger.same(FOUND, post, []), "saved"),
        ("unchanged", lambda ledger, post: ledger.unchanged("saved"), None),
        ("unchanged", lambda ledger, post: ledger.unchanged(None), None),
        ("gone", lambda ledger, post: ledger.unchanged("gone"), None),
        ("not_a_post", lambda ledger, post: ledger.unchanged("not_post"), None),
        ("unchanged", lambda ledger, post: ledger.not_modified(FOUND), None),
        ("not_a_post", lambda ledger, post: ledger.not_a_post(FOUND, RECORD, "listing"), "not_post"),
        ("gone", lambda ledger, post: ledger.gone(FOUND, "HTTP 410"), "gone"),
        ("closed", lambda ledger, post: ledger.not_a_post(FOUND, RECORD, "paywall_stub"), "closed"),
        ("closed", lambda ledger, post: ledger.unchanged("closed"), None),
        ("failed", lambda ledger, post: ledger.not_a_post(FOUND, RECORD, "challenge"), "failed"),
        ("failed", lambda ledger, post: ledger.failed(FOUND, "timeout", "too slow"), "failed"),
    ],
)
def test_each_address_has_one_entry(ledger, store, counters, make_item, entry, act, outcome):
    """Whatever becomes of an address, it has one entry in totals and counters, and its outcome in the state."""
    act(ledger, make_item())
    assert ledger.totals == {name: int(name == entry) for name in ENTRIES}
    assert ledger.settled == 1
    assert {name: n for name, n in counters.items() if name.startswith("posts/")} == {f"posts/{entry}": 1}
    known = store.known(FOUND.url)
    assert (known.outcome if known else None) == outcome
    assert known is None or known.marks == FOUND.marks


def test_revised(ledger, make_item):
    """A post that is saved in a further revision is revised."""
    post = make_item()
    post.revision = 2
    ledger.saved(FOUND, post, [])
    assert (ledger.totals["saved"], ledger.totals["revised"]) == (0, 1)


def test_archived(ledger, make_item):
    """Archived is what is in the archive as it is now, be it fetched or not."""
    ledger.saved(FOUND, make_item(), [])
    ledger.same(FOUND, make_item(), [])
    ledger.unchanged("saved")
    ledger.gone(FOUND, "HTTP 404")
    ledger.failed(FOUND, "timeout", "")
    assert (ledger.archived, ledger.settled) == (3, 5)


def test_saved_is_remembered(ledger, store, make_item):
    """A saved post is known with its revision, under the address that was found, and so are its comments."""
    post = make_item("http://example.org/where-it-moved", "One.")
    comments = comments_of(post)
    ledger.saved(FOUND, post, comments)
    assert store.known(FOUND.url).etag == '"1"'
    assert store.known(post.url) is None
    assert store.revision(post.id) == (1, text_sha256("One."))
    assert store.comment(comments[0].id) == (1, text_sha256("Well."))
    assert ledger.report()["posts"]["comments"] == 1


def test_not_modified_keeps_what_is_known(ledger, store, make_item):
    """After a 304 a post is what it was, seen now."""
    ledger.saved(FOUND, make_item(), [])
    ledger.not_modified(Found(FOUND.url, marks={"feed": "2021"}))
    known = store.known(FOUND.url)
    assert (known.outcome, known.etag, known.marks) == ("saved", '"1"', {"feed": "2021"})
    assert known.fetched_at > "2020-01-02T03:04:05Z"


def test_a_state_that_cannot_be_written(store, make_item):
    """A disk that refuses is told to whoever asked to be told, else raised; the entry is counted all the same."""
    told = []
    store.close()
    silent = Ledger(RUN_ID, lambda: store, lambda name: None, told.append)
    silent.gone(FOUND, "HTTP 404")
    silent.saved(FOUND, make_item(), [])
    assert [type(error) for error in told] == [OutputError, OutputError]
    assert silent.settled == 2
    with pytest.raises(OutputError):
        Ledger(RUN_ID, lambda: store, lambda name: None).gone(FOUND, "HTTP 404")


def test_findings(ledger, counters):
    """What failed, is gone or is no post is a finding with its reason; what is saved or unchanged is none."""
    ledger.unchanged("gone")
    ledger.gone(FOUND, "HTTP 404")
    ledger.not_a_post(FOUND, RECORD, "listing")
    ledger.failed(FOUND, "timeout", "after 60 s")
    ledger.finding("http://example.org/feed/", "no_feed")
    report = ledger.report()
    assert report["findings"] == [
        {"url": FOUND.url, "reason": "gone", "detail": "HTTP 404"},
        {"url": FOUND.url, "reason": "listing", "detail": ""},
        {"url": FOUND.url, "reason": "timeout", "detail": "after 60 s"},
        {"url": "http://example.org/feed/", "reason": "no_feed", "detail": ""},
    ]
    assert report["reasons"] == {"gone": 1, "listing": 1, "no_feed": 1, "timeout": 1}
    assert counters["findings/timeout"] == 1


def test_findings_are_bounded(ledger):
    """A report holds so many findings; of the others it says how many they are."""
    for number in range(MAX_FINDINGS + 3):
        ledger.finding(f"http://example.org/{number}", "gone")
    report = ledger.report()
    assert (len(report["findings"]), report["findings_left_out"]) == (MAX_FINDINGS, 3)
    assert report["reasons"] == {"gone": MAX_FINDINGS + 3}


def test_detail_is_one_line(ledger, caplog):
    """What a server said is one line of bounded length, without control characters, in report and log."""
    with caplog.at_level(logging.WARNING):
        ledger.failed(FOUND, "error", "a\r\nb\x1b[31m\x00\u202ec" + "x" * 9999)
    (finding,) = ledger.findings
    assert finding.detail.startswith("a b [31m  cxxx")
    assert len(finding.detail) == 500
    assert finding.detail.isprintable()
    assert finding.detail in caplog.text


def test_passed_over(ledger):
    """What can't be a post is counted by reason, and settles no address."""
    for reason in ("service", "asset", "service"):
        ledger.passed_over(reason)
    assert ledger.report()["passed_over"] == {"asset": 1, "service": 2}
    assert ledger.settled == 0


def test_a_vanished_post_is_believed_gone_the_second_time(ledger, store, make_item):
    """A saved post that is seen gone stays saved until another run sees it gone too; one that is back is back."""
    ledger.saved(FOUND, make_item(), [])
    ledger.gone(FOUND, "HTTP 404")
    ledger.gone(FOUND, "HTTP 404")
    assert (ledger.totals["absent"], ledger.totals["gone"]) == (2, 0), "one run is one witness"
    assert (store.known(FOUND.url).outcome, store.known(FOUND.url).absences) == ("saved", 1)
    later = Ledger("20200202030405", lambda: store, lambda name: None)
    later.not_modified(FOUND)
    later.gone(FOUND, "HTTP 404")
    assert store.known(FOUND.url).absences == 1, "it was there in between"
    last = Ledger("20200302030405", lambda: store, lambda name: None)
    last.gone(FOUND, "HTTP 404")
    assert (last.totals["absent"], last.totals["gone"]) == (0, 1)
    assert store.known(FOUND.url).outcome == "gone"
    assert store.revision(make_item().id) is not None, "what was saved is still known"


def test_robots(ledger, store):
    """What robots.txt forbids is told, is no failure, and is tried again by the next run."""
    ledger.forbidden(FOUND, "robots.txt forbids it")
    assert sum(ledger.totals.values()) == 0
    assert ledger.report()["passed_over"] == {"robots": 1}
    assert store.known(FOUND.url).outcome == "failed"


def test_a_new_post_that_is_not_there_is_looked_at_again(ledger, store):
    """A post that was never saved is gone at once, and looked at by two further runs before that is settled."""
    for times in (1, 2, 3):
        ledger.gone(FOUND, "HTTP 404")
        assert (store.known(FOUND.url).outcome, store.known(FOUND.url).absences) == ("gone", times)


def test_a_saved_post_that_is_no_post_any_more(ledger, store, make_item):
    """What was saved has to be seen otherwise by two runs; a failure in between does not make it forgotten."""
    ledger.saved(FOUND, make_item(), [])
    ledger.failed(FOUND, "timeout", "")
    ledger.not_a_post(FOUND, RECORD, "listing")
    assert (store.known(FOUND.url).outcome, ledger.totals["absent"]) == ("saved", 1)
    later = Ledger("20200202030405", lambda: store, lambda name: None)
    later.not_a_post(FOUND, RECORD, "listing")
    assert store.known(FOUND.url).outcome == "not_post"


def test_incomplete(ledger, store, make_item):
    """A post of which a part is missing is saved, and tried again without validators."""
    ledger.saved(FOUND, make_item(), [])
    ledger.incomplete(FOUND, "part_missing")
    assert (store.known(FOUND.url).outcome, ledger.totals["saved"]) == ("failed", 1)
    assert store.revision(make_item().id) is not None
