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
        ({"api": 3},
         [("not_post", "listing", 1), ("not_post", "moved: https://example.org/b", 1), ("saved", "absent", 1)],
         "3 advertised, 0 saved, 1 seen gone once, 1 moved, 1 no posts"),
        ({"api": 1}, [("closed", "password", 1)], "1 advertised, 0 saved, 1 password-protected"),
        ({"api": 861}, [("saved", None, 850), ("gone", "kept: HTTP 404", 8), GONE, MEMBERS],
         "861 advertised, 858 saved (8 of them gone since), 2 gone, 1 members-only"),
        ({"api": 3}, [("saved", None, 2), ("failed", "kept: timeout: late", 1)], "3 advertised, 3 saved"),
        ({"api": 9}, [("saved", None, 2), ("", "before_since", 7)],
         "9 advertised, 2 saved, 7 before the day of -a since"),
        ({"api": 10**12}, [SAVED, GONE], "860 found, 858 saved, 2 gone"),
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


def test_what_is_kept_is_explained():
    """A post that is gone or failed and has its item is saved, and a post before the day of since is explained."""
    made = account(
        {"api": 6}, [("gone", "kept: soft_404", 2), ("failed", "kept: http_503: ", 1), ("", "before_since", 3)]
    )
    assert (made["saved"], made["gone_kept"], made["gone"], made["failed"]) == (3, 2, 0, 0)
    assert (made["before_since"], made["left"], made["unexplained"]) == (3, 0, 0)
    assert made["named"] == 6


@pytest.mark.parametrize(("total", "named", "believed"), [
    (10_000, 3, True), (10_001, 3, False), (10_001, 100, False), (20_000, 200, True), (20_001, 200, False),
])  # fmt: skip
def test_unbelievable_totals(total, named, believed):
    """A total beyond a hundred times what its surface names, or beyond that of a hundred, is left out."""
    made = account({"api": total}, [("saved", None, named)])
    assert made["advertised"] == ({"api": total} if believed else {})
    assert made["disbelieved"] == ({} if believed else {"api": total})
    assert made["by"] == ("api" if believed else None)
    assert made["unlisted"] == (total - named if believed else 0)


def test_the_next_surface_is_believed():
    """Where the surest surface lies, the account is held against the next one."""
    fates = {"api": [("saved", None, 2)], "sitemap": [("saved", None, 3)], "": [("saved", None, 3)]}
    assert sentence(completeness({"api": 10**9, "sitemap": 3}, fates, [])) == "3 advertised, 3 saved"


def test_a_reason_without_detail():
    """A gap whose reason has no detail doesn't end in a colon."""
    made = account({}, [], [("https://example.org/a", "http_403: "), ("https://example.org/b", "timeout: late")])
    assert [gap["why"] for gap in made["gaps"]] == ["http_403", "timeout: late"]


def test_an_account_of_an_earlier_version():
    """An account that lacks the words of later versions can be told."""
    made = account({"api": 2}, [("saved", None, 2)])
    for word in ("gone_kept", "before_since", "disbelieved"):
        del made[word]
    assert sentence(made) == "2 advertised, 2 saved"
