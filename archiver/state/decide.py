"""Whether an address is fetched: pure functions that touch no network and no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# The outcome of an address that a killed run captured and did not come to read: the archive answers for it.
CAPTURED = "captured"


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an address: see schema.sql for the words, and CAPTURED."""

    outcome: str
    fetched_at: str
    marks: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is new, changed, retry, due, full, captured or unchanged; `headers` make the request conditional.

    `outcome` is what the address was the last time, None if it is new.
    """

    fetch: bool
    reason: str
    outcome: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def decide(
    marks: Mapping[str, str], known: Known | None, now: datetime, revisit_after: timedelta, *, full: bool
) -> Decision:
    """Decide on one address from what surfaces say of it now (`marks`) and what is known of it.

    A surface's mark that differs from the one remembered means a change, whatever its form: marks are compared,
    never ordered, because blogs set back dates. A mark that is seen for the first time is read as a time.
    """
    if known is None:
        return Decision(True, "new")
    if full:
        return Decision(True, "full", known.outcome)
    if known.outcome == "failed":
        return Decision(True, "retry", known.outcome)
    if any(_is_change(mark, known.marks.get(surface), known.fetched_at) for surface, mark in marks.items()):
        return Decision(True, "changed", known.outcome, _validators(known))
    fetched = moment(known.fetched_at)
    if fetched is None or now - fetched >= revisit_after:
        return Decision(True, "due", known.outcome, _validators(known))
    if known.outcome == CAPTURED:
        return Decision(True, "captured", known.outcome)
    return Decision(False, "unchanged", known.outcome)


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
