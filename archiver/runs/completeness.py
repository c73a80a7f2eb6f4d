"""Did we get the whole blog? What its surfaces advertise against what became of it: pure functions on counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Whose word on the number of posts is believed first.
TRUST = ("api", "sitemap", "feed")
# A total that exceeds what its surface names, or this many, so many times is no count of posts.
BELIEVED, AT_LEAST = 100, 100
# Outcomes of the state, and of what is not saved the reason, as a person reads them; in the order of a sentence.
WORDS = {
    "saved": "saved",
    "absent": "seen gone once",
    "gone": "gone",
    "moved": "moved",
    "moved_away": "moved away",
    "paywall_stub": "members-only",
    "login_wall": "behind a login",
    "content_warning": "behind a warning",
    "password": "password-protected",
    "private": "private",
    "robots": "forbidden by robots.txt",
    "before_since": "before the day of -a since",
    "not_a_post": "no posts",
    "failed": "failed",
    "left": "not fetched",
    "unlisted": "never listed",
}
# Among the saved ones those that are gone now.
GONE_KEPT = "gone_kept"
# What explains why an address is not among the posts.
EXPLAINED = tuple(word for word in WORDS if word not in ("failed", "left", "unlisted"))

Fates = Iterable[tuple[str, str | None, int]]


def completeness(
    totals: Mapping[str, int], fates: Mapping[str, Fates], gaps: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return the account for the run report.

    `totals` says how many posts each surface advertises, `fates` what became of the addresses that each surface, and
    under "" that any named: (outcome, detail, number). Where a detail begins with `kept:`, an item is archived of what
    is gone now, or of what failed when it was looked at last. `gaps` are addresses that nothing explains, with why.
    """
    told = {surface: list(rows) for surface, rows in fates.items()}
    sizes = {surface: sum(number for *_, number in rows) for surface, rows in told.items()}
    believed = {s: total for s, total in totals.items() if total <= BELIEVED * max(sizes.get(s, 0), AT_LEAST)}
    sure = next((surface for surface in TRUST if surface in believed), "")
    counts = _counted(told.get(sure, ()))
    named = sizes.get(sure, 0)
    advertised = believed.get(sure)
    if advertised is not None and advertised > named:
        counts["unlisted"] = advertised - named
    everything = _counted(told.get("", ()))
    return {
        "advertised": believed,
        "disbelieved": {surface: total for surface, total in totals.items() if surface not in believed},
        "by": sure or None,
        "named": named,
        **{word: counts.get(word, 0) for word in WORDS},
        "gone_kept": counts.get(GONE_KEPT, 0),
        "beside": {word: n for word in WORDS if (n := everything.get(word, 0) - counts.get(word, 0)) > 0 and sure},
        "unexplained": sum(counts.get(word, 0) for word in ("failed", "left", "unlisted")),
        "gaps": [{"url": url, "why": why.strip().removesuffix(":")} for url, why in gaps],
    }


def sentence(account: Mapping[str, Any]) -> str:
    """Return the account as in `861 advertised, 858 saved, 2 gone, 1 members-only`."""
    surface = account["by"]
    first = f"{account['advertised'][surface]} advertised" if surface else f"{account['named']} found"
    kept = account.get(GONE_KEPT, 0)
    saved = f"{account['saved']} saved" + (f" ({kept} of them gone since)" if kept else "")
    # a report of an earlier version lacks words
    told = [
        saved,
        *(f"{n} {words}" for word, words in WORDS.items() if word != "saved" and (n := account.get(word, 0))),
    ]
    beside = account["beside"].get("saved", 0)
    more = [f"{beside} more saved that others named"] if beside else []
    return ", ".join([first, *told, *more])


def _counted(fates: Fates) -> dict[str, int]:
    counts: dict[str, int] = {}
    for outcome, detail, number in fates:
        word = _word(outcome, detail)
        counts[word] = counts.get(word, 0) + number
        if outcome == "gone" and word == "saved":
            counts[GONE_KEPT] = counts.get(GONE_KEPT, 0) + number
    return counts


def _word(outcome: str, detail: str | None) -> str:
    reason = (detail or "").partition(":")[0]
    if outcome == "saved":
        return "absent" if reason == "absent" else "saved"
    if reason == "kept" and outcome in ("gone", "failed"):
        return "saved"
    if reason == "before_since" and not outcome:
        return "before_since"
    if reason == "robots":
        return "robots"
    if outcome in ("not_post", "closed"):
        return reason if reason in WORDS else "not_a_post"
    return outcome if outcome in WORDS else "left"
