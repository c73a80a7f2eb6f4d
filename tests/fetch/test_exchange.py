"""One exchange on one connection: where it ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.wire import Exchange

STARTED = datetime(2020, 1, 1, tzinfo=UTC)


@given(st.lists(st.binary(min_size=1)), st.integers(0, 30))
def test_surplus(received, surplus):
    """Bytes that came after the response, in however many pieces, are no part of it."""
    exchange = Exchange(STARTED, received=list(received))
    exchange.end(surplus)
    whole = b"".join(received)
    assert b"".join(exchange.received) == whole[: max(0, len(whole) - surplus)]


@pytest.mark.parametrize("complete", [True, False])
def test_first_end_counts(complete):
    """An exchange ends once: what happens to the connection later changes nothing of it."""
    exchange = Exchange(STARTED, received=[b"abc"])
    exchange.end(1, complete=complete)
    ended = exchange.ended
    exchange.end(1, complete=not complete)
    assert (exchange.received, exchange.complete, exchange.ended) == ([b"ab"], complete, ended)


def test_begins_open():
    """An exchange under way is neither ended nor complete, and shares nothing with another."""
    one, other = Exchange(STARTED), Exchange(STARTED)
    one.sent.append(b"GET")
    one.received.append(b"HTTP")
    assert (one.ended, one.complete) == (None, False)
    assert (other.sent, other.received) == ([], [])
