"""The account of one run: what became of every address that was found, and why.

Every address ends in exactly one entry: saved, revised, same, unchanged, not_a_post, closed (a password, members only,
private), absent (saved before, and seen gone for the first time), gone or failed. Counters go
to Scrapy's stats, findings to the run report, outcomes to the state, so the three can't disagree.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from archiver import urls
from archiver.errors import OutputError
from archiver.export.items import text_sha256
from archiver.models import Comment, Found, Post, Record
from archiver.state.decide import SETTLED
from archiver.state.extension import remember_item
from archiver.state.store import Store

logger = logging.getLogger(__name__)

# What stands in the place of a page for a while, and says nothing about it.
PASSING = ("challenge", "login_wall", "suspended", "parked")
# Runs in a row that have to find a saved post gone.
RUNS_TO_BELIEVE = 2
# What a report holds at the most; beyond it, findings are counted only.
MAX_FINDINGS = 5000
ENTRIES = ("saved", "revised", "same", "unchanged", "not_a_post", "closed", "absent", "gone", "failed")
# Why a post that exists can't be read by everybody.
CLOSED = ("password", "private", "paywall_stub", "content_warning")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person may want to look at: an address, a reason in one word, and what was seen."""

    url: str
    reason: str
    detail: str = ""


class Ledger:
    """Counts by `count` (a stats counter), remembers by `store`.

    A state that cannot be written is told to `refused`, because most entries are made where an exception would
    reach nobody; without `refused` OutputError is raised.
    """

    def __init__(
        self,
        run_id: str,
        store: Callable[[], Store],
        count: Callable[[str], Any],
        refused: Callable[[OutputError], None] | None = None,
    ) -> None:
        self._run_id = run_id
        self._store = store
        self._count = count
        self._refused = refused
        self.totals = dict.fromkeys(ENTRIES, 0)
        self.comments = 0
        self.dropped: dict[str, int] = {}
        self.findings: list[Finding] = []
        self.reasons: dict[str, int] = {}
        self._judged: Callable[[Found, bool], None] = lambda found, is_post: None

    def on_verdict(self, judged: Callable[[Found, bool], None]) -> None:
        """Have `judged` called with each address whose page was seen, and whether it is a post."""
        self._judged = judged

    @property
    def settled(self) -> int:
        """How many addresses have their entry."""
        return sum(self.totals.values())

    @property
    def archived(self) -> int:
        """How many posts this run has put, or found to be, in the archive as they are now."""
        return sum(self.totals[entry] for entry in ("saved", "revised", "same", "unchanged"))

    @property
    def fetched(self) -> int:
        """How many posts this run has fetched and saved, or found to be as they were saved."""
        return sum(self.totals[entry] for entry in ("saved", "revised", "same"))

    def passed_over(self, reason: str, number: int = 1) -> None:
        """Count addresses that a surface named and that by themselves cannot be posts."""
        self.dropped[reason] = self.dropped.get(reason, 0) + number

    def silent(self, number: int) -> None:
        """Count posts that no surface named again because nothing in their lists has changed."""
        self.totals["unchanged"] += number

    def finding(self, url: str, reason: str, detail: str = "") -> None:
        """Note something that is no entry of an address: a surface that failed, a host that blocks."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self._count(f"findings/{reason}")
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(
                Finding(urls.without_credentials(url), reason, urls.without_credentials(_one_line(detail)))
            )

    def saved(self, found: Found, post: Post, comments: list[Comment]) -> None:
        """A post went into posts.jsonl, for the first time or as a new revision, with new or changed comments."""
        self._entry("saved" if post.revision == 1 else "revised")
        self._judged(found, True)
        self._remember_post(found, post, comments)

    def same(self, found: Found, post: Post, comments: list[Comment]) -> None:
        """A post was fetched again and its text is as it was; comments may be new all the same."""
        self._entry("same")
        self._judged(found, True)
        self._remember_post(found, post, comments)

    def commented(self, comments: list[Comment]) -> None:
        """Comments went into comments.jsonl whose posts were saved before."""
        self.comments += _count(comments)
        with self._telling(), self._store().together():
            for comment in comments:
                self._store().remember_comment(comment.id, comment.revision, text_sha256(comment.text))

    def unchanged(self, outcome: str | None) -> None:
        """An address was not fetched, because no surface told of a change; `outcome` is what it was before."""
        self._entry({"gone": "gone", "not_post": "not_a_post", "closed": "closed"}.get(outcome or "", "unchanged"))

    def not_modified(self, found: Found) -> None:
        """The server answered 304 for a post."""
        self._entry("unchanged")
        with self._telling():
            self._store().touch(found.url, self._run_id, _now(), found.marks)
            self._store().frontier.settle([found.url])

    def not_a_post(self, found: Found, record: Record, reason: str, detail: str = "") -> None:
        """A page was archived that is no post, or none that everybody may read.

        What stands in the place of a page for a while is a failure; a saved post has to be seen so by two runs.
        """
        if reason in PASSING:
            self.failed(found, reason, detail)
            return
        outcome, entry = ("closed", "closed") if reason in CLOSED else ("not_post", "not_a_post")
        told = f"{reason}: {detail}" if detail else reason
        with self._telling():
            if outcome == "not_post" and self._is_first_sight(found, told):
                self._absent(found, told)
                return
            marks = json.dumps(found.marks, sort_keys=True)
            values = {"marks": marks, "detail": told, "record_id": record.ref.record_id}
            self._store().remember(found.url, outcome, self._run_id, _now(), **values)
            self._store().frontier.settle([found.url])
        self._entry(entry)
        self._judged(found, outcome == "closed")
        self.finding(found.url, reason, detail)

    def gone(self, found: Found, why: str, reason: str = "gone") -> None:
        """There is nothing (any more): believed of a saved post when a second run sees it, else looked at again."""
        with self._telling():
            store = self._store()
            known = store.known(found.url)
            if self._is_first_sight(found, why):
                self._absent(found, why)
                return
            was_saved = store.post_id(found.url) is not None
            absences = SETTLED if was_saved else 1 + (known.absences if known and known.outcome == "gone" else 0)
            marks = json.dumps(found.marks, sort_keys=True)
            store.remember(found.url, "gone", self._run_id, _now(), marks=marks, detail=why, absences=absences)
            store.frontier.settle([found.url])
        self._entry("gone")
        self.finding(found.url, reason, why)

    def _is_first_sight(self, found: Found, why: str) -> bool:
        """Tell whether a post that was saved is found away, and no earlier run has seen that."""
        store = self._store()
        known = store.known(found.url)
        if known is None or known.outcome in ("gone", "not_post") or store.post_id(found.url) is None:
            return False
        return store.absent(found.url, self._run_id, _now(), why) < RUNS_TO_BELIEVE

    def _absent(self, found: Found, why: str) -> None:
        self._store().frontier.settle([found.url])
        self._entry("absent")
        self.finding(found.url, "absent", f"{why}; the next run looks again")

    def incomplete(self, found: Found, why: str) -> None:
        """A post was saved of which a part could not be had: the next run tries again, unconditionally."""
        self._remember(found, "failed", detail=why)

    def failed(self, found: Found, reason: str, detail: str) -> None:
        """An address could not be had; the next run tries again."""
        self._entry("failed")
        logger.warning("%s failed: %s %s", found.url, reason, _one_line(detail))
        self.finding(found.url, reason, detail)
        self._remember(found, "failed", detail=f"{reason}: {_one_line(detail)}")

    def forbidden(self, found: Found, why: str) -> None:
        """robots.txt forbids an address: no failure, because the blog has the right to it."""
        self.passed_over("robots")
        self.finding(found.url, "robots", why)
        self._remember(found, "failed", detail="robots")

    def report(self) -> dict[str, Any]:
        """Return totals and findings as plain values for the run report."""
        return {
            "posts": {**self.totals, "comments": self.comments},
            "passed_over": dict(sorted(self.dropped.items())),
            "reasons": dict(sorted(self.reasons.items())),
            "findings": [asdict(finding) for finding in self.findings],
            "findings_left_out": sum(self.reasons.values()) - len(self.findings),
        }

    def _remember_post(self, found: Found, post: Post, comments: list[Comment]) -> None:
        self.comments += _count(comments)
        with self._telling():
            store = self._store()
            store.begin()
            remember_item(store, {**asdict(post), "requested_url": found.url}, found.marks)
            store.frontier.settle([found.url])
            for comment in comments:
                store.remember_comment(comment.id, comment.revision, text_sha256(comment.text))
            store.commit()

    def _remember(self, found: Found, outcome: str, **values: Any) -> None:
        marks = json.dumps(found.marks, sort_keys=True)
        with self._telling():
            self._store().remember(found.url, outcome, self._run_id, _now(), marks=marks, **values)
            self._store().frontier.settle([found.url])

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OutputError as error:
            if self._refused is None:
                raise
            self._refused(error)

    def _entry(self, name: str) -> None:
        self.totals[name] += 1
        self._count(f"posts/{name}")


def _count(comments: list[Comment]) -> int:
    """Return how many of them people wrote: pings are none."""
    return sum(comment.kind == "comment" for comment in comments)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:500]
