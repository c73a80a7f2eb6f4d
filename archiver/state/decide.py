"""Whether an address is fetched: pure functions that touch no network and no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# The outcome of an address that a killed run captured and did not come to read: the archive answers for it.
CAPTURED = "captured"
# Surfaces that list all posts, with a mark of each one's last change: what they vouch for is looked at seldom.
VOUCHING = ("api", "sitemap")
VOUCHED_LONGER = 12
# Verdicts on a page that nothing but the page told of.
JUDGED = ("no_post", "page", "listing")
# As many looks that found nothing settle that there is nothing; until then the next run looks again.
SETTLED = 3
# How far the clocks of the world are apart from UTC.
ANYWHERE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an address: see the schema for the words, and CAPTURED."""

    outcome: str
    fetched_at: str
    marks: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    absences: int = 0
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is new, changed, missing, named, same_day, absent, retry, due, full, captured or unchanged.

    `headers` make the request conditional. `outcome` is what the address was the last time, None if it is new.
    """

    fetch: bool
    reason: str
    outcome: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def decide(
    marks: Mapping[str, str],
    known: Known | None,
    now: datetime,
    revisit_after: timedelta,
    *,
    full: bool,
    is_missing: bool = False,
    kind: str = "unknown",
) -> Decision:
    """Decide on one address from what surfaces say of it now (`marks`) and what is known of it.

    A surface's mark that differs from the one remembered means a change, whatever its form: marks are compared,
    never ordered, because blogs set back dates. A mark that is seen for the first time is read as a time. A mark that
    names a day says nothing of a second change on that day. What a list that named it
    before names no longer (`is_missing`) is looked at, and so is what was judged by its page alone, when a surface has
    come to call it a post (`kind`).
    """
    if known is None:
        return Decision(True, "new")
    if full:
        return Decision(True, "full", known.outcome)
    if known.outcome == "failed":
        return Decision(True, "retry", known.outcome)
    if known.outcome in ("saved", "gone") and 0 < known.absences < SETTLED:
        return Decision(True, "absent", known.outcome)
    if known.outcome == "not_post" and kind == "post" and known.detail in JUDGED:
        return Decision(True, "named", known.outcome)
    changed = {s for s, mark in marks.items() if _is_change(mark, known.marks.get(s), known.fetched_at)}
    if changed:
        # An API knows; a sitemap may have been built anew, and then a page that is as it was answers 304.
        headers = {} if "api" in changed else _validators(known)
        return Decision(True, "changed", known.outcome, headers)
    if is_missing and known.outcome == "saved":
        return Decision(True, "missing", known.outcome, _validators(known))
    fetched = moment(known.fetched_at)
    is_vouched = known.outcome == "saved" and any(surface in marks for surface in VOUCHING)
    if fetched is None or now - fetched >= revisit_after * (VOUCHED_LONGER if is_vouched else 1):
        return Decision(True, "due", known.outcome, _validators(known))
    if known.outcome == CAPTURED:
        return Decision(True, "captured", known.outcome)
    if known.outcome == "saved" and any(_may_hide_change(mark, fetched) for mark in marks.values()):
        return Decision(True, "same_day", known.outcome, _validators(known))
    return Decision(False, "unchanged", known.outcome)


def _may_hide_change(mark: str, fetched: datetime) -> bool:
    """Tell whether a mark is a mere day that was not over when the address was fetched.

    Midnight is what programs write who know the day only.
    """
    day = moment(mark)
    if day is None or (day.hour, day.minute, day.second) != (0, 0, 0):
        return False
    return day - ANYWHERE <= fetched < day + timedelta(days=1) + ANYWHERE


def is_over(mark: str | None, looked_at: str) -> bool:
    """Tell whether a mark that is still the same vouches for what was looked at then: it is a time before that."""
    seen, looked = moment(mark or ""), moment(looked_at)
    if seen is None or looked is None:
        return False
    return seen + timedelta(minutes=1) < looked and not _may_hide_change(mark or "", looked)


def _is_change(mark: str, remembered: str | None, fetched_at: str) -> bool:
    if remembered is not None:
        return mark != remembered
    seen, fetched = moment(mark), moment(fetched_at)
    return seen is not None and fetched is not None and seen > fetched


def _validators(known: Known) -> dict[str, str]:
    if known.outcome != "saved":
        return {}  # a 304 would tell that the post is back, and not be one
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 date or time; one without a zone is taken as UTC. None if it is neither."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def marks_of(text: str | None) -> dict[str, str]:
    """Read marks as the state keeps them; {} if they are damaged."""
    try:
        marks = json.loads(text or "{}")
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}
