"""Whether an address is fetched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.state.decide import CAPTURED, Decision, Known, decide, is_over, moment

NOW = datetime(2020, 6, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
RECENT, OLD = "2020-05-31T10:00:00+00:00", "2020-05-01T00:00:00+00:00"
BEFORE, AFTER = "2020-01-01", "2020-05-31T12:00:00Z"

MARKS = st.dictionaries(st.sampled_from(["api", "feed", "sitemap"]), st.sampled_from([BEFORE, AFTER, "v1", "", "7"]))
OUTCOMES = st.sampled_from(["saved", "not_post", "gone"])


@pytest.mark.parametrize(
    ("marks", "known", "full", "fetch", "reason"),
    [
        ({}, None, False, True, "new"),
        ({}, None, True, True, "new"),
        ({}, Known("saved", RECENT), True, True, "full"),
        ({}, Known("failed", RECENT), False, True, "retry"),
        ({}, Known("saved", RECENT), False, False, "unchanged"),
        ({}, Known("saved", OLD), False, True, "due"),
        ({}, Known("saved", "long ago"), False, True, "due"),
        ({}, Known("gone", RECENT), False, False, "unchanged"),
        ({}, Known("gone", OLD), False, True, "due"),
        ({}, Known("not_post", RECENT), False, False, "unchanged"),
        ({"feed": BEFORE}, Known("saved", RECENT, {"feed": BEFORE}), False, False, "unchanged"),
        ({"feed": AFTER}, Known("saved", RECENT, {"feed": BEFORE}), False, True, "changed"),
        ({"feed": BEFORE}, Known("saved", RECENT, {"feed": AFTER}), False, True, "changed"),
        ({"feed": "v2"}, Known("saved", RECENT, {"feed": "v1"}), False, True, "changed"),
        ({"feed": AFTER}, Known("gone", RECENT, {"feed": BEFORE}), False, True, "changed"),
        # a surface that says something for the first time
        ({"api": BEFORE}, Known("saved", RECENT, {"feed": BEFORE}), False, False, "unchanged"),
        ({"api": AFTER}, Known("saved", RECENT, {"feed": BEFORE}), False, True, "changed"),
        ({"api": RECENT}, Known("saved", RECENT), False, False, "unchanged"),
        ({"api": "v1"}, Known("saved", RECENT, {"feed": BEFORE}), False, False, "unchanged"),
        # a surface that no longer says anything
        ({}, Known("saved", RECENT, {"feed": BEFORE}), False, False, "unchanged"),
        # a list that vouches for all its posts makes looking again rare
        ({"api": BEFORE}, Known("saved", OLD, {"api": BEFORE}), False, False, "unchanged"),
        ({"sitemap": "v1"}, Known("saved", OLD, {"sitemap": "v1"}), False, False, "unchanged"),
        ({"feed": BEFORE}, Known("saved", OLD, {"feed": BEFORE}), False, True, "due"),
        ({"api": BEFORE}, Known("saved", "2020-01-02", {"api": BEFORE}), False, True, "due"),
        # a mark that names a day hides a second change on that day
        ({"sitemap": "2020-05-31"}, Known("saved", RECENT, {"sitemap": "2020-05-31"}), False, True, "same_day"),
        ({"sitemap": "2020-05-30"}, Known("saved", RECENT, {"sitemap": "2020-05-30"}), False, True, "same_day"),
        ({"sitemap": "2020-05-29"}, Known("saved", RECENT, {"sitemap": "2020-05-29"}), False, False, "unchanged"),
        (
            {"api": "2020-05-31T00:00:00Z"},
            Known("saved", RECENT, {"api": "2020-05-31T00:00:00Z"}),
            False,
            True,
            "same_day",
        ),
        (
            {"api": "2020-05-31T00:00:01Z"},
            Known("saved", RECENT, {"api": "2020-05-31T00:00:01Z"}),
            False,
            False,
            "unchanged",
        ),
        ({"api": "2020-05-31"}, Known("gone", RECENT, {"api": "2020-05-31"}), False, False, "unchanged"),
        # seen gone once: believed when it is seen again
        ({}, Known("saved", RECENT, absences=1), False, True, "absent"),
        ({}, Known("gone", RECENT, absences=2), False, True, "absent"),
        ({}, Known("gone", RECENT, absences=3), False, False, "unchanged"),
        # one of several
        (
            {"api": BEFORE, "feed": AFTER},
            Known("saved", RECENT, {"api": BEFORE, "feed": BEFORE}),
            False,
            True,
            "changed",
        ),
    ],
)
def test_truth_table(marks, known, full, fetch, reason):
    """New, failed, changed and long unseen addresses are fetched, and all of them when everything is asked for."""
    decision = decide(marks, known, NOW, WEEK, full=full)
    assert (decision.fetch, decision.reason) == (fetch, reason)
    assert decision.outcome == (known.outcome if known else None)


@pytest.mark.parametrize(
    ("marks", "date", "full", "reason"),
    [
        ({}, RECENT, False, "captured"),
        ({"feed": BEFORE}, RECENT, False, "captured"),
        ({"feed": "v1", "api": BEFORE}, RECENT, False, "captured"),
        ({"feed": RECENT}, RECENT, False, "captured"),
        ({"feed": AFTER}, RECENT, False, "changed"),
        ({"feed": BEFORE, "api": AFTER}, RECENT, False, "changed"),
        ({}, OLD, False, "due"),
        ({"feed": BEFORE}, OLD, False, "due"),
        ({"feed": AFTER}, OLD, False, "changed"),
        ({}, RECENT, True, "full"),
        ({"feed": BEFORE}, RECENT, True, "full"),
    ],
)
def test_captured(marks, date, full, reason):
    """What a killed run captured is read from the archive while it is good enough, else asked for unconditionally."""
    expected = Decision(True, reason, CAPTURED)
    assert decide(marks, Known(CAPTURED, date, {}, '"1"', "Wed"), NOW, WEEK, full=full) == expected


@given(MARKS, OUTCOMES)
def test_nothing_is_fetched_twice_without_a_reason(marks, outcome):
    """An address whose marks are as they were is left alone until it is due."""
    known = Known(outcome, RECENT, marks)
    assert decide(marks, known, NOW, WEEK, full=False) == Decision(False, "unchanged", outcome)


@given(MARKS, MARKS, OUTCOMES)
def test_any_other_mark_is_a_change(marks, remembered, outcome):
    """A mark that differs from the one remembered means a fetch, whatever it says."""
    decision = decide(marks, Known(outcome, RECENT, remembered), NOW, WEEK, full=False)
    differing = any(surface in remembered and remembered[surface] != mark for surface, mark in marks.items())
    later = any(surface not in remembered and mark == AFTER for surface, mark in marks.items())
    assert (decision.reason == "changed") == (differing or later)


@given(MARKS, MARKS, st.sampled_from(["saved", "not_post", "gone", "failed"]))
def test_full(marks, remembered, outcome):
    """When everything is asked for, every address is fetched, unconditionally."""
    known = Known(outcome, RECENT, remembered, '"1"', "Wed")
    assert decide(marks, known, NOW, WEEK, full=True) == Decision(True, "full", outcome)


@pytest.mark.parametrize(
    ("known", "headers"),
    [
        (Known("saved", OLD, {}, '"1"', "Wed"), {"If-None-Match": '"1"', "If-Modified-Since": "Wed"}),
        (Known("saved", OLD, {}, None, "Wed"), {"If-Modified-Since": "Wed"}),
        (Known("saved", OLD), {}),
        (Known("failed", OLD, {}, '"1"', "Wed"), {}),
        (Known("gone", OLD, {}, '"1"', "Wed"), {}),
        (Known("not_post", OLD, {}, '"1"', "Wed"), {}),
    ],
)
def test_conditional_requests(known, headers):
    """Only of a post that is saved may the server say that it did not change."""
    assert decide({}, known, NOW, WEEK, full=False).headers == headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02", datetime(2020, 1, 2, tzinfo=UTC)),
        (" 2020-01-02T03:04:05Z\n", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05+02:00", datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("Thu, 02 Jan 2020 03:04:05 GMT", None),
        ("2020-13-01", None),
        ("", None),
    ],
)
def test_moment(text, expected):
    """ISO 8601 is read, without a zone as UTC; anything else is None."""
    assert moment(text) == expected


@given(st.text(), st.text(), st.one_of(st.datetimes().map(datetime.isoformat), st.text()))
def test_odd_dates(mark, remembered, fetched_at):
    """Whatever surfaces and memory hold, there is a decision."""
    known = Known("saved", fetched_at, {"feed": remembered})
    assert decide({"feed": mark, "api": mark}, known, NOW, WEEK, full=False).reason in {"changed", "due", "unchanged"}


@pytest.mark.parametrize(
    ("mark", "looked_at", "over"),
    [
        ("2020-05-01T10:00:00Z", "2020-05-01T10:05:00+00:00", True),
        ("2020-05-01T10:00:00Z", "2020-05-01T10:00:30+00:00", False),
        ("2020-05-01T10:00:00Z", "2020-05-01T09:00:00+00:00", False),
        ("2020-05-01", "2020-05-01T23:00:00+00:00", False),
        ("2020-05-01", "2020-05-02T13:00:00+00:00", False),
        ("2020-05-01", "2020-05-03T00:00:00+00:00", True),
        ("yesterday", "2020-05-03T00:00:00+00:00", False),
        (None, "2020-05-03T00:00:00+00:00", False),
    ],
)
def test_what_an_index_vouches_for(mark, looked_at, over):
    """The lastmod of a nested sitemap spares a request only if it lies safely before the last look."""
    assert is_over(mark, looked_at) is over


def test_missing():
    """A saved post that a list no longer names is looked at; what was gone or no post is left alone."""
    seen = Known("saved", RECENT, {"api": BEFORE}, '"1"')
    decision = decide({"api": BEFORE}, seen, NOW, WEEK, full=False, is_missing=True)
    assert decision == Decision(True, "missing", "saved", {"If-None-Match": '"1"'})
    assert not decide({}, Known("gone", RECENT), NOW, WEEK, full=False, is_missing=True).fetch


def test_what_a_surface_has_come_to_call_a_post():
    """A page that was judged by itself is judged anew when a surface calls it a post; a wall is not."""
    for detail, fetch in (("no_post", True), ("listing", True), ("moved: https://example.org/", False), (None, False)):
        known = Known("not_post", RECENT, detail=detail)
        assert decide({}, known, NOW, WEEK, full=False, kind="post").fetch is fetch
        assert not decide({}, known, NOW, WEEK, full=False).fetch


def test_an_api_that_tells_of_a_change_is_believed():
    """No 304 may contradict an API; a sitemap may have been built anew, and the page be as it was."""
    known = Known("saved", RECENT, {"api": "1", "sitemap": "1"}, '"1"')
    assert decide({"api": "2"}, known, NOW, WEEK, full=False).headers == {}
    assert decide({"sitemap": "2"}, known, NOW, WEEK, full=False).headers == {"If-None-Match": '"1"'}
