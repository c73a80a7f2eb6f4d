"""The memory of one crawl as Scrapy's hooks see it: opened with the archive, taken up again after a kill."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiver.errors import OutputError
from archiver.export import items
from archiver.hooks import CrawlExtension
from archiver.models import Found, Record
from archiver.state.asked import Walk
from archiver.state.captures import Captures
from archiver.state.decide import CAPTURED, VOUCHED_LONGER, Decision, Known, decide, moment
from archiver.state.store import Store
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

# How many posts are looked at again because their mark of change is the day of the last look.
MAX_SAME_DAY = 50

# A run that began later than this from now began by a clock that was wrong.
CLOCKS_DIFFER = timedelta(days=1)

Items = Iterable[Mapping[str, Any]]


class StateExtension(CrawlExtension):
    """Opens state.sqlite and decides by it; the run extension closes it, because it is the last to write."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._archive = ArchiveExtension.of(crawler)
        self._revisit_after = timedelta(days=crawler.settings.getfloat("ARCHIVER_REVISIT_DAYS"))
        self._full = bool(getattr(crawler.spider, "full", False))
        self._resume_after = timedelta(hours=crawler.settings.getfloat("ARCHIVER_RESUME_HOURS"))
        self._same_day = MAX_SAME_DAY
        self._store: Store | None = None
        self._captures: Captures | None = None
        if self._archive.folder is not None:
            self._open()

    @property
    def store(self) -> Store:
        """The open store; opened at the first use when the blog's folder is not known before."""
        return self._store or self._open()

    def decide(self, found: Found, known: Known | None) -> Decision:
        """Decide whether an address is fetched; what is not fetched has its marks remembered."""
        now = datetime.now(UTC)
        decision = decide(
            found.marks, known, now, self._revisit_after, full=self._full, is_missing=found.is_missing, kind=found.kind
        )
        unread = self._unread(found, known) if decision.fetch and not self._full else None
        if unread:
            instead = decide(found.marks, unread, now, self._revisit_after, full=False)
            decision = instead if instead.reason == CAPTURED else decision
        if decision.reason == "same_day":
            # a program that stamps all posts with the day of its last run says nothing about any of them
            self._same_day -= 1
            if self._same_day < 0:
                decision = Decision(False, "unchanged", decision.outcome)
        if known is not None and not decision.fetch and found.marks != known.marks:
            self.store.note_marks(found.url, {**known.marks, **found.marks})
        return decision

    def wake(self) -> None:
        """Have wait what no surface named in this round and has to be looked at all the same."""
        now = datetime.now(UTC)
        due, vouched_due = now - self._revisit_after, now - self._revisit_after * VOUCHED_LONGER
        self.store.frontier.wake(due.isoformat(), vouched_due.isoformat())

    def is_fresh(self, walk: Walk) -> bool:
        """Tell whether a list was walked whole lately, so that it is asked for changes only."""
        whole = moment(walk.whole_at)
        return not self._full and whole is not None and datetime.now(UTC) - whole < self._revisit_after

    @property
    def tells_comments(self) -> bool:
        """Whether an API has told all comments of the blog in this round."""
        walks = self.store.asked.walks()
        return any(
            w.reader.endswith(".comments") and w.surface == "api" and w.round == self.store.asked.round for w in walks
        )

    @property
    def is_full(self) -> bool:
        """Whether this run asks and fetches as if nothing was known."""
        return self._full

    def _unread(self, found: Found, known: Known | None) -> Known | None:
        """Return what is known of a capture that nobody came to read, or None if there is none."""
        captured = self.captured(found.url)
        if captured is None:
            return None
        if known is not None:
            # Only a run that was killed leaves something unread of an address that is known, and only of marks that
            # are times can it be told whether it has seen them.
            newer = (moment(known.fetched_at) or captured.date) < captured.date.replace(microsecond=0)
            if not newer or not all(moment(mark) for mark in found.marks.values()):
                return None
            killed = self.store.killed_runs() - {self._archive.run_id}
            if not any(f"-{run_id}-" in captured.ref.file for run_id in killed):
                return None
        return Known(CAPTURED, captured.date.isoformat())

    def captured(self, url: str) -> Record | None:
        """Return the last page that the archive holds of an address, or None."""
        folder = self._archive.folder
        assert folder is not None
        if self._captures is None:
            self._captures = Captures(folder.state)
        record = self._captures.latest(url)
        return record if record and record.status == 200 else None

    def close(self) -> None:
        """Close the store."""
        self.store.close()
        if self._captures:
            self._captures.close()

    def _open(self) -> Store:
        folder = self._archive.folder
        assert folder is not None
        self._store = store = Store(folder.state)
        try:
            for path in (folder.posts, folder.comments, folder.pings):
                if cut := items.mend_tail(path):
                    logger.warning("cut an unfinished last line of %d bytes off %s", cut, path)
            store.written.files = (folder.posts, folder.comments, folder.pings)
            posts, comments, pings = map(store.written.unknown, store.written.files)
            self._take_in(store, posts, chain(comments, pings), folder.path)
        except OSError as error:
            raise OutputError(f"cannot read {error.filename}: {error.strerror}", "Look at what is there") from error
        now = datetime.now(UTC)
        since, until = now - self._resume_after, now + CLOCKS_DIFFER
        round_ = None if self._full else store.open_round(since.isoformat(timespec="seconds"), until.isoformat())
        store.frontier.round = store.asked.round = round_ or self._archive.run_id
        store.frontier.resume()
        store.asked.reopen()
        store.start_run(self._archive.run_id, now.isoformat(timespec="seconds"), store.asked.round)
        return store

    @staticmethod
    def _take_in(store: Store, posts: Items, comments: Items, folder: Path | None = None) -> None:
        """Remember items that are in the files but not in the state, whichever run wrote them.

        The highest revision counts, so that what the state knows already is as it was. An item whose record is not in
        the archive (`folder` is the blog's) is not taken in, so it is fetched again.
        """
        taken = left = 0
        with store.together():
            for post in posts:
                try:
                    revision, earlier = _revision(post), store.revision(post["id"])
                    if earlier is not None and earlier[0] >= revision:
                        continue
                    if folder is None or _is_archived(folder, post):
                        remember_item(store, post, {})
                        taken += 1
                        continue
                except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OutputError):
                    logger.debug("no post item: %.200s", post)
                left += 1
            for comment in comments:
                try:
                    revision, earlier = _revision(comment), store.comment(comment["id"])
                    if earlier is None or earlier[0] < revision:
                        store.remember_comment(comment["id"], revision, items.text_sha256(comment["text"]))
                except (KeyError, TypeError, ValueError, AttributeError, OutputError):
                    logger.debug("no comment item: %.200s", comment)
            for run_id in store.unfinished_runs():
                store.taken_in(run_id)
            store.written.note()
        if taken:
            logger.info("took in %d items that the state did not know", taken)
        if left:
            logger.warning(
                "%d lines of posts.jsonl have no record in the archive; they stay, and are fetched again", left
            )


def _revision(item: Mapping[str, Any]) -> int:
    revision = item["revision"]
    if not isinstance(revision, int) or not 0 < revision < 1 << 60:
        raise ValueError(f"no revision: {revision!r:.40}")
    return revision


def _is_archived(folder: Path, post: Mapping[str, Any]) -> bool:
    warc = post["warc"]
    path = folder / str(warc["file"])
    return path.is_file() and path.stat().st_size >= int(warc["offset"]) + int(warc["length"])


def remember_item(store: Store, post: Mapping[str, Any], marks: Mapping[str, str]) -> None:
    """Remember a post item (as a dict, archiver.post/1) as saved, under the address that was asked for."""
    store.remember(
        str(post["requested_url"]),
        "saved",
        str(post["run_id"]),
        str(post["fetched_at"]),
        marks=json.dumps(marks, sort_keys=True),
        # a first page that is as it was says nothing of the others
        etag=None if post.get("parts") else post["etag"],
        last_modified=None if post.get("parts") else post["last_modified"],
        payload_digest=post["warc"]["payload_digest"],
        record_id=post["warc"]["record_id"],
        post_id=post["id"],
        revision=post["revision"],
        text_sha256=post["text_sha256"],
    )
