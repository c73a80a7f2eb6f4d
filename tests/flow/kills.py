"""Crawls that are killed, and what must hold afterwards: shared by the short test and the long script."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flow import tools

from archiver.demo.model import Comment, Paragraph, Post, at

# Small files, so that a crawl ends some and begins others; no delay, so that every instant counts.
SETTINGS: Mapping[str, object] = {"ARCHIVER_WARC_MAX_BYTES": 60_000}
# What only a crawl asks whose forerunner has ended: a kill can come when all is done.
LATER = "orderby=modified"
# What differs from run to run; a feed is read on only where it tells of posts that nobody named before.
PASSING = ("run_id", "fetched_at", "warc", "snapshot_id", "discovered_by")
# Scrapy says this of every response that it hands to the spider, as late as that; of those that are taken in from the
# archive too.
HANDED_ON = re.compile(r"Crawled \(\d+\) <GET ([^>\s]+)>")


def more_posts(count: int = 28) -> list[Post]:
    """Posts with comments, beside the demo blog's twelve."""
    return [
        Post(
            id=500 + n,
            slug=f"notebook-{n}",
            title=f"Notebook, page {n}",
            author="Nadia Brodie",
            published=at(f"2023-10-{n:02d} 08:00"),
            body=tuple(Paragraph(f"On page {n} stands, as number {m}, what we saw from the window.") for m in range(9)),
            comments=(Comment(5000 + n, "Mogens", at(f"2023-11-{n:02d} 09:00"), f"I have seen page {n}."),),
        )
        for n in range(1, count + 1)
    ]


class Run:
    """A crawl in a process of its own, with all that it says kept while it runs."""

    def __init__(self, url: str, output: Path, settings: Mapping[str, object] = SETTINGS) -> None:
        words = tools.command("crawl", "blog", "-a", f"url={url}", output=output, settings=settings, level="DEBUG")
        self.process = subprocess.Popen(
            words, cwd=tools.PROJECT, env=tools.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._said: list[bytes] = []
        # read all the time: a pipe that is full would hold up the crawl
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            self._said.extend(pipe)

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def workers(self) -> list[int]:
        """The ids of its extraction workers. Linux only: elsewhere none are found."""
        found = []
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError, ValueError):
                found += [int(word) for word in path.read_text().split()]
        return found

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def end(self, timeout: float = tools.TIMEOUT) -> int:
        """Wait until it and its workers have ended, and return its exit code; negative: the signal that ended it."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"no end after {timeout} seconds\n{self.said[-5000:]}") from None
        # workers hold the pipe too: it ends when the last of them is gone
        self._reader.join(30)
        assert not self._reader.is_alive(), "a worker outlives its crawl"
        return code

    @property
    def said(self) -> str:
        """All that it has said; a line that the kill cut is left out."""
        return b"".join(line for line in list(self._said) if line.endswith(b"\n")).decode(errors="replace")

    @property
    def handed_on(self) -> Counter[str]:
        """How often the spider was handed a response of each address."""
        return Counter(HANDED_ON.findall(self.said))


@dataclass(slots=True)
class Story:
    """What has happened to one output folder: runs are added with `note` when they have ended."""

    output: Path
    handed_on: Counter[str] = field(default_factory=Counter)
    finished: dict[str, str] = field(default_factory=dict)
    workers_killed: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The blog's folder."""
        (folder,) = self.output.iterdir()
        return folder

    def note(self, run: Run, asked: Iterable[tuple[str, str]]) -> None:
        """Take in what a run did, and what it `asked` the server for; compare finished files with what they were."""
        wire = Counter(target for _, target in asked)
        for url, count in run.handed_on.items():
            parts = urlsplit(url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            self.handed_on[url] += min(count, wire[target])
        if "Traceback" in run.said:
            self.violations.append("a traceback: " + run.said[run.said.index("Traceback") :][:2000])
        now = {"/".join(path.parts[-2:]): sha256(path.read_bytes()).hexdigest() for path in self._warcs()}
        for name, digest in self.finished.items():
            if name not in now:
                self.violations.append(f"{name}, finished, is gone")
            elif now[name] != digest:
                self.violations.append(f"{name}, finished, was changed")
        self.finished = now

    def _warcs(self) -> list[Path]:
        return sorted(self.output.glob("*/*/*.warc.gz"))


# --- what must hold in the end ------------------------------------------------------------------------


def compare(story: Story, calm: Path) -> list[str]:
    """All that differs between a folder whose crawls were killed and one (`calm`) of an undisturbed crawl."""
    folder = story.folder
    return [
        *story.violations,
        *(f"posts: {one}" for one in differences(lasting(tools.posts(folder)), lasting(tools.posts(calm)))),
        *(f"comments: {one}" for one in differences(lasting(tools.comments(folder)), lasting(tools.comments(calm)))),
        *_sets("captured addresses", {url for url in captures(folder) if LATER not in url}, set(captures(calm))),
        *_sets("conversions", set(_conversions(folder)), set(_conversions(calm))),
        *_lost(story, captures(folder)),
        *_fetched_again(story, captures(folder)),
        *_dangling(folder),
        *_left_over(folder, calm),
        *_unsound_state(folder),
        *verify(folder),
    ]


def lasting(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items in an order of their own, without what differs from run to run."""
    kept = [{name: value for name, value in item.items() if name not in PASSING} for item in items]
    return sorted(kept, key=lambda item: (item["id"], item["revision"]))


def differences(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[str]:
    """What two lists of items don't agree on."""
    names, others = (Counter((item["id"], item["revision"]) for item in items) for items in (one, other))
    if names != others:
        return [f"missing: {list((others - names).elements())}, too many: {list((names - others).elements())}"]
    return [
        f"{a['url']} {name}: {a[name]!r} {b[name]!r}"
        for a, b in zip(one, other, strict=True)
        for name in a
        if a[name] != b[name]
    ]


def captures(folder: Path) -> Counter[str]:
    """How many responses and revisits the archive holds of each address."""
    return Counter(record.url for record in tools.records(folder) if record.kind in ("response", "revisit"))


def _conversions(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((folder / "text").glob("*.warc.gz")):
        yield from ((each.url, each.block) for each in tools.records_of(path) if each.kind == "conversion")


def _sets(what: str, one: set[Any], other: set[Any]) -> Iterator[str]:
    if missing := other - one:
        yield f"{what} missing: {sorted(missing)[:5]}"
    if more := one - other:
        yield f"{what} too many: {sorted(more)[:5]}"


def _lost(story: Story, found: Counter[str]) -> Iterator[str]:
    """What came over the wire and was handed to the spider is in the archive, as often as it was handed on."""
    for url, count in story.handed_on.items():
        if found[url] < count:
            yield f"lost: {url} was handed on {count} times, and is in the archive {found[url]} times"


def _fetched_again(story: Story, found: Counter[str]) -> Iterator[str]:
    """A post that is in the archive is not asked for again, unless its extraction failed because a worker died."""
    several = {post["url"]: found[post["url"]] for post in tools.posts(story.folder) if found[post["url"]] > 1}
    if several and not story.workers_killed:
        yield f"fetched again: {len(several)} posts, such as {list(several.items())[:2]}"


def _dangling(folder: Path) -> Iterator[str]:
    """Each revisit refers to a response that stands before it, with the payload that it claims."""
    responses: dict[str, tools.Found] = {}
    for record in tools.records(folder):
        if record.kind == "response":
            responses[record.fields["WARC-Record-ID"]] = record
        elif record.kind == "revisit":
            fields = record.fields
            meant = responses.get(fields.get("WARC-Refers-To", ""))
            if meant is None:
                yield f"dangling: a revisit of {record.url} refers to nothing"
                continue
            claims = ("WARC-Payload-Digest", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
            true = tuple(meant.fields[name] for name in ("WARC-Payload-Digest", "WARC-Target-URI", "WARC-Date"))
            if tuple(fields.get(name) for name in claims) != true:
                yield f"dangling: a revisit of {record.url} tells otherwise than what it refers to"


def _left_over(folder: Path, calm: Path) -> Iterator[str]:
    """No file lies about that an undisturbed crawl does not leave."""
    names = {re.sub(r"\d{14}|-\d{5}\b", "", path.relative_to(folder).as_posix()) for path in folder.rglob("*")}
    usual = {re.sub(r"\d{14}|-\d{5}\b", "", path.relative_to(calm).as_posix()) for path in calm.rglob("*")}
    names, usual = ({re.sub(r"127\.0\.0\.1-\d+", "", name) for name in several} for several in (names, usual))
    if names - usual:
        yield f"left over: {sorted(names - usual)}"


def _unsound_state(folder: Path) -> Iterator[str]:
    with closing(sqlite3.connect(folder / "state.sqlite")) as database:
        (answer,) = database.execute("PRAGMA integrity_check").fetchone()
        if answer != "ok":
            yield f"state.sqlite: {answer}"


def verify(folder: Path) -> list[str]:
    """What `archiver verify` objects to."""
    # not the installed command: the same code as the crawl's, wherever that was started
    words = [sys.executable, "-c", "from archiver.cli import main; main()", "verify", str(folder)]
    done = subprocess.run(
        words, cwd=tools.PROJECT, env=tools.environment(), capture_output=True, text=True, timeout=120, check=False
    )
    return [] if done.returncode == 0 else [f"verify: exit {done.returncode}: {(done.stdout + done.stderr)[-3000:]}"]


def members(path: Path, start: int) -> list[int]:
    """The lengths of a file's gzip members from an offset on."""
    data, lengths = path.read_bytes()[start:], []
    while data:
        member = zlib.decompressobj(31)
        member.decompress(data)
        lengths.append(len(data) - len(member.unused_data))
        data = member.unused_data
    return lengths


def terminate_twice(run: Run, pause: float) -> None:
    """Press Ctrl-C twice: the second time ends it without ceremony."""
    run.process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        run.process.wait(pause)
    run.process.send_signal(signal.SIGTERM)
