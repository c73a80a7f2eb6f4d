"""What a blog advertises against what became of it."""

from __future__ import annotations

import pytest

from archiver.runs.completeness import completeness, sentence

SAVED, GONE, MEMBERS = ("saved", None, 858), ("gone", "HTTP 410", 2), ("closed", "paywall_stub", 1)


def account(totals, fates, gaps=()):
    """Make an account of what one surface and all of them say alike."""
    surface = next(iter(totals), "")
    return completeness(totals, {surface: fates, "": fates}, gaps)


@pytest.mark.parametrize(
    ("totals", "fates", "told"),
    [
        ({"api": 861}, [SAVED, GONE, MEMBERS], "861 advertised, 858 saved, 2 gone, 1 members-only"),
        ({"api": 865}, [SAVED, GONE, MEMBERS], "865 advertised, 858 saved, 2 gone, 1 members-only, 4 never listed"),
        ({"api": 858}, [SAVED], "858 advertised, 858 saved"),
        ({}, [SAVED, GONE], "860 found, 858 saved, 2 gone"),
        ({"sitemap": 3}, [("", None, 3)], "3 advertised, 0 saved, 3 not fetched"),
        ({"api": 2}, [("failed", "timeout: late", 1), ("failed", "robots", 1)],
         "2 advertised, 0 saved, 1 forbidden by robots.txt, 1 failed"),
        ({"api": 3}, [("not_post", "listing", 1), ("not_post", "moved: https://example.org/b", 1), ("saved", "absent", 1)],
         "3 advertised, 0 saved, 1 seen gone once, 1 moved, 1 no posts"),
        ({"api": 1}, [("closed", "password", 1)], "1 advertised, 0 saved, 1 password-protected"),
    ],
)  # fmt: skip
def test_sentence(totals, fates, told):
    """Every advertised post is accounted for in words, and what no list names is told."""
    assert sentence(account(totals, fates)) == told


def test_unexplained():
    """What failed, was not fetched or never listed is unexplained, and its addresses stand in the account."""
    gaps = [("https://example.org/a", "timeout: late"), ("https://example.org/b", "not fetched")]
    made = account({"api": 9}, [("saved", None, 5), ("failed", "timeout: late", 1), ("", None, 1)], gaps)
    assert made["unexplained"] == 4
    assert made["unlisted"] == 2
    assert made["gaps"] == [{"url": url, "why": why} for url, why in gaps]


def test_the_surest_surface_counts():
    """The API's total is held against what the API named; what others named beside it is told."""
    made = completeness(
        {"sitemap": 50, "api": 3}, {"api": [("saved", None, 3)], "": [("saved", None, 7), ("gone", "HTTP 404", 1)]}, []
    )
    assert made["advertised"] == {"sitemap": 50, "api": 3}
    assert made["by"] == "api"
    assert made["beside"] == {"saved": 4, "gone": 1}
    assert sentence(made) == "3 advertised, 3 saved, 4 more saved that others named"
