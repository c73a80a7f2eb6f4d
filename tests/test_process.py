"""What a crawl changes of its process is changed back."""

from __future__ import annotations

import gc

import pytest

from archiver.process import Collector


@pytest.mark.parametrize("threshold", [0, 20_000])
def test_the_collector_is_calmed_and_restored(threshold):
    """While a crawl runs the collector has the crawl's threshold, and none of what was there before to look at."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    collector = Collector(threshold)
    collector.calm()
    try:
        assert gc.get_threshold() == ((threshold, *before[1:]) if threshold else before)
        assert (gc.get_freeze_count() > frozen) is bool(threshold)
    finally:
        collector.restore()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0 or not threshold


def test_restored_without_having_been_calmed():
    """A crawl that never opened its spider leaves the collector as it is."""
    before = gc.get_threshold()
    Collector(5).restore()
    assert gc.get_threshold() == before


def test_several_crawls_side_by_side():
    """The collector is calm from the first crawl's beginning to the last one's end, in whatever order they end."""
    before = gc.get_threshold()
    first, second, third = Collector(5000), Collector(5000), Collector(5000)
    first.calm()
    frozen = gc.get_freeze_count()
    try:
        second.calm()
        assert gc.get_freeze_count() <= frozen, "what a crawl makes while others run is not kept for ever"
        first.restore()
        first.restore()
        third.calm()
        second.restore()
        assert gc.get_threshold()[0] == 5000
    finally:
        for each in (first, second, third):
            each.restore()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
