"""How a run ended, as an exit code and a sentence: pure functions on the run's own figures.

Codes: 0 done, 1 could not start, 2 usage, 3 ended early, 4 errors above the threshold, 5 nothing archived or a
sudden shrink, 6 blocked or rate-limited, 7 verification failed, 75 locked by another run.
"""

from __future__ import annotations

from dataclasses import dataclass

DONE, NOT_STARTED, USAGE, EARLY, ERRORS, NOTHING, BLOCKED, UNVERIFIED, LOCKED = 0, 1, 2, 3, 4, 5, 6, 7, 75
# Scrapy's word for an end that was planned.
PLANNED = ("finished",)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures that decide: addresses by entry of the ledger, and what went wrong on the way.

    `nothing` is what to say if nothing was archived, `found_before` the number
    of addresses that the last finished run was told of, 0 if there was none. `unlisted` of the `advertised` posts are
    named by no list.
    """

    reason: str
    found: int
    found_before: int
    archived: int
    failed: int
    blocked: int
    crashed: int
    limited: bool
    threshold: float
    nothing: str = ""
    advertised: int = 0
    unlisted: int = 0
    fatal: str | None = None
    fatal_code: int = EARLY


def conclude(outcome: Outcome) -> tuple[int, str]:
    """Return the exit code and, for any other than 0, one sentence that says what happened and what to do."""
    o = outcome
    if o.fatal:
        return o.fatal_code, o.fatal
    if o.reason not in PLANNED:
        return EARLY, f"ended early ({o.reason}). Run the same command again: it goes on from here"
    if not o.archived and o.failed and not o.blocked:
        return NOTHING, f"none of {o.failed} posts could be saved. See the reasons in the run report, then run again"
    # a spider of another kind finds no posts and expects none
    if not o.archived and not o.failed and (o.found or o.nothing):
        return BLOCKED if o.blocked else NOTHING, o.nothing or "no post was found or saved"
    if o.blocked > o.archived * o.threshold:
        return BLOCKED, (
            f"the host refused {o.blocked} requests (HTTP 401, 403 or 429). Wait some hours, then try again with "
            "a larger delay: -s DOWNLOAD_DELAY=10"
        )
    if o.crashed:
        return ERRORS, f"{o.crashed} answers could not be handled. See the log, and report it"
    tried = o.archived + o.failed
    if o.failed > tried * o.threshold:
        return ERRORS, f"{o.failed} of {tried} posts failed. Run again later: only these are tried again"
    if not o.limited and o.unlisted > o.advertised * o.threshold:
        return ERRORS, (
            f"the blog advertises {o.advertised} posts, and its lists name only {o.advertised - o.unlisted}. "
            "Run again later; if it stays so, look at the surfaces in the run report"
        )
    if not o.limited and o.found * 2 < o.found_before:
        return NOTHING, (
            f"only {o.found} posts were found, {o.found_before} the last time. Look at the blog: it may have moved "
            "or lost its lists; what was archived before is kept"
        )
    return DONE, ""
