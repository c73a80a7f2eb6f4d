"""Where a crawl stands, in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.runs.progress import Progress

NOW = Progress("example.org", found=120, saved=37, unchanged=0, settled=37, requests=60, seconds=60.0)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "example.org: 120 found, 37 saved, 83 to go, 1.0 requests/s"),
        ({"unchanged": 3, "settled": 40}, "example.org: 120 found, 37 saved, 3 unchanged, 80 to go, 1.0 requests/s"),
        ({"seconds": 0.0}, "example.org: 120 found, 37 saved, 83 to go, 0.0 requests/s"),
        ({"seconds": 0.7, "requests": 1}, "example.org: 120 found, 37 saved, 83 to go, 1.4 requests/s"),
        ({"settled": 121}, "example.org: 120 found, 37 saved, 0 to go, 1.0 requests/s"),
    ],
)
def test_line(changes, line):
    """The line says what was found, saved, is left to do, and how fast it goes; never less than nothing is left."""
    assert replace(NOW, **changes).line() == line
