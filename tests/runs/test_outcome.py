"""How a run ended, as an exit code and a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.runs.outcome import Outcome, conclude

GOOD = Outcome(
    reason="finished",
    found=100,
    found_before=100,
    archived=100,
    failed=0,
    blocked=0,
    crashed=0,
    limited=False,
    threshold=0.1,
)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({}, 0, ""),
        ({"failed": 11}, 0, ""),
        ({"failed": 12}, 4, "12 of 112 posts failed"),
        ({"failed": 1, "threshold": 0.0}, 4, "1 of 101 posts failed"),
        ({"crashed": 1}, 4, "1 answers could not be handled"),
        ({"blocked": 10}, 0, ""),
        ({"blocked": 11}, 6, "the host refused 11 requests"),
        ({"archived": 0}, 5, "no post was found or saved"),
        ({"archived": 0, "nothing": "no blog there"}, 5, "no blog there"),
        ({"archived": 0, "found": 0, "nothing": "no blog there"}, 5, "no blog there"),
        ({"archived": 0, "blocked": 1}, 6, "no post was found or saved"),
        ({"found": 49}, 5, "only 49 posts were found, 100 the last time"),
        ({"found": 50}, 0, ""),
        ({"found": 49, "limited": True}, 0, ""),
        ({"found": 1, "found_before": 0}, 0, ""),
        ({"reason": "shutdown"}, 3, "ended early (shutdown)"),
        ({"reason": "closespider_timeout", "archived": 0}, 3, "ended early (closespider_timeout)"),
        ({"fatal": "no space. Make space"}, 3, "no space. Make space"),
        ({"fatal": "locked", "fatal_code": 75, "reason": "shutdown", "archived": 0}, 75, "locked"),
        # another spider, which is told of no posts
        ({"found": 0, "found_before": 0, "archived": 0}, 0, ""),
    ],
)
def test_exit_codes(changes, code, message):
    """Each way to end has its exit code, and a sentence that says what happened."""
    ended, said = conclude(replace(GOOD, **changes))
    assert (ended, said.startswith(message), bool(said)) == (code, True, bool(message))


@given(
    st.builds(
        Outcome,
        reason=st.sampled_from(["finished", "shutdown"]),
        found=st.integers(0, 9),
        found_before=st.integers(0, 9),
        archived=st.integers(0, 9),
        failed=st.integers(0, 9),
        blocked=st.integers(0, 9),
        crashed=st.integers(0, 2),
        limited=st.booleans(),
        threshold=st.floats(0, 1),
    )
)
def test_zero_is_silent(outcome):
    """A run says something exactly when it did not end well, and only in codes of the contract."""
    code, message = conclude(outcome)
    assert code in {0, 3, 4, 5, 6}
    assert bool(message) == (code != 0)
    assert (code == 3) == (outcome.reason != "finished")
