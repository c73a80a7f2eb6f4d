"""A crawl that is killed at any instant loses at most what was under way; the next one mends and goes on."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from time import sleep
from typing import Any

from flow import tools

from archiver.demo.model import Comment, Paragraph, Post, at
from archiver.demo.server import DemoBlog

# After so many requests of a run, or as many as it gets to, and a moment that seeds decide.
AFTER = (2, 7, 18, 24, 14, 10)
# What differs from run to run; a feed is read on only where it tells of posts that nobody named before.
PASSING = ("run_id", "fetched_at", "warc", "snapshot_id", "discovered_by")


class Requests(list[tuple[str, str]]):
    """A server's list of requests that tells when it has so many."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.reached = threading.Event()

    def append(self, request: tuple[str, str]) -> None:
        super().append(request)
        if len(self) >= self.count:
            self.reached.set()


def more_posts() -> list[Post]:
    """Posts with comments, to make forty of the demo blog's twelve."""
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
        for n in range(1, 29)
    ]


def lasting(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items in an order of their own, without what differs from run to run."""
    kept = [{name: value for name, value in item.items() if name not in PASSING} for item in items]
    return sorted(kept, key=lambda item: (item["id"], item["revision"]))


def differences(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[str]:
    """What two lists of items don't agree on."""
    assert [(item["id"], item["revision"]) for item in one] == [(item["id"], item["revision"]) for item in other]
    return [
        f"{a['url']} {name}: {a[name]!r} {b[name]!r}"
        for a, b in zip(one, other, strict=True)
        for name in a
        if a[name] != b[name]
    ]


def test_kills_cost_only_what_was_under_way(tmp_path: Path) -> None:
    """After six kills and a restart the archive is what an undisturbed crawl makes, and nothing was rewritten."""
    chance = random.Random(20160415)
    with DemoBlog(extra=more_posts()) as blog:
        words = tools.command(
            "crawl", "blog", "-a", f"url={blog.url}", output=tmp_path / "killed", settings={"DOWNLOAD_DELAY": 0.05}
        )
        finished: dict[str, bytes] = {}
        killed = 0
        for count in AFTER:
            blog.requests = requests = Requests(count)
            process = tools.start(words)
            while not requests.reached.wait(0.05) and process.poll() is None:
                pass
            sleep(chance.uniform(0, 0.12))  # any instant will do
            process.kill()
            # the output ends only when the workers have ended too, and says nothing of their own
            process.wait()
            stdout, stderr = process.communicate(timeout=60)
            assert "Traceback" not in stdout + stderr, stderr
            killed += process.returncode == -9
            (folder,) = (tmp_path / "killed").iterdir()
            now = tools.warc_bytes(folder)
            assert finished.items() <= now.items(), "a finished file was changed"
            finished = now
        assert killed >= len(AFTER) - 2
        blog.requests = []
        last = tools.crawl(blog.url, tmp_path / "killed")
        assert last.code == 0, last.stderr
        calm = tools.crawl(blog.url, tmp_path / "calm")
        # as after a kill between the end of a WARC file and its index
        (calm.folder / "indexes" / "index.cdxj").unlink()
        assert tools.crawl(blog.url, tmp_path / "calm").code == 0
    assert finished.items() <= tools.warc_bytes(last.folder).items()
    assert len(tools.posts(calm.folder)) == 40
    for read in (tools.posts, tools.comments):
        assert not differences(lasting(read(last.folder)), lasting(read(calm.folder)))
    tools.check_archive(last.folder)
    tools.check_archive(calm.folder)
