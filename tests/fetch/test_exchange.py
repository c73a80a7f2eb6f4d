"""One exchange on one connection: where it ends."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.exchange import Exchange, Fetch
from archiver.spool import Spool

STARTED = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def refused(monkeypatch):
    """A disk that has no place for temporary files."""

    def no_file(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)


@given(st.lists(st.binary(min_size=1)), st.integers(0, 30), st.sampled_from([0, 20, 10**6]))
def test_surplus(received, surplus, limit):
    """Bytes that came after the response, in however many pieces, are counted and are no part of it."""
    exchange = Exchange(STARTED, received=Spool(limit=limit))
    for piece in received:
        exchange.feed(piece)
    exchange.end(surplus)
    whole = b"".join(received)
    assert exchange.received.read() == whole[: max(0, len(whole) - surplus)]
    assert exchange.surplus == surplus
    exchange.received.close()


@pytest.mark.parametrize("complete", [True, False])
def test_first_end_counts(complete):
    """An exchange ends once: what happens to the connection later changes nothing of it."""
    exchange = Exchange(STARTED, received=Spool(b"abc"))
    exchange.end(1, complete=complete)
    ended = exchange.ended
    exchange.end(1, complete=not complete, cut="disconnect")
    assert (exchange.received.read(), exchange.complete, exchange.ended) == (b"ab", complete, ended)
    assert (exchange.surplus, exchange.cut) == (1, None)


def test_why_it_was_cut():
    """An exchange that the connection itself could not finish says why, in the archive's word."""
    exchange = Exchange(STARTED, received=Spool(b"abc"))
    exchange.end(cut="disconnect")
    exchange.end(cut="length")
    assert (exchange.complete, exchange.cut, exchange.received.read()) == (False, "disconnect", b"abc")


def test_begins_open():
    """An exchange under way is neither ended nor complete, and shares nothing with another."""
    one, other = Exchange(STARTED), Exchange(STARTED)
    one.sent.append(b"GET")
    one.feed(b"HTTP")
    assert (one.ended, one.complete, one.cut, one.surplus, one.failure) == (None, False, None, 0, None)
    assert (other.sent, other.received.size) == ([], 0)


def test_bytes_that_cannot_be_held(refused):
    """A disk that refuses the bytes of an answer is noted, and what follows does not hide it."""
    exchange = Fetch(spool_limit=5).begin()
    exchange.feed(b"12345")
    assert exchange.failure is None
    exchange.feed(b"6")
    exchange.end(1, complete=True)
    assert exchange.failure is not None
    assert exchange.failure.strerror == "No space left on device"


def test_a_fetch_of_several_exchanges():
    """Each try of a fetch is an exchange of its own, in order, with the fetch's bound on what memory holds."""
    fetch = Fetch(spool_limit=3)
    exchanges = [fetch.begin() for _ in range(3)]
    assert fetch.exchanges == exchanges
    assert fetch.started <= exchanges[0].started <= exchanges[1].started
    for exchange in exchanges:
        exchange.feed(b"1234")
        assert exchange.received._file is not None
        exchange.received.close()
