"""A crawl that is killed at any instant loses at most what was under way; the next one mends and goes on.

A sample: `python tests/soak/kill_many.py` kills at hundreds of instants.
"""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from flow import kills, tools

from archiver.demo.server import DemoBlog

# After so many requests of a run, or as many as it gets to, and a moment that seeds decide.
AFTER = (2, 7, 18, 24, 14, 10)


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


def test_kills_cost_only_what_was_under_way(tmp_path: Path) -> None:
    """After six kills and a restart the archive is what an undisturbed crawl makes, and nothing was rewritten."""
    chance = random.Random(20160415)
    slowly = {**kills.SETTINGS, "DOWNLOAD_DELAY": 0.05}
    story = kills.Story(tmp_path / "killed")
    killed = 0
    with DemoBlog(extra=kills.more_posts()) as blog:
        for count in AFTER:
            blog.requests = requests = Requests(count)
            run = kills.Run(blog.url, story.output, slowly)
            while not requests.reached.wait(0.05) and run.runs:
                pass
            sleep(chance.uniform(0, 0.12))  # any instant will do
            run.kill()
            killed += run.end() == -9
            story.note(run, requests)
        assert killed >= len(AFTER) - 2
        blog.requests = asked = []
        last = kills.Run(blog.url, story.output)
        assert last.end() == 0, last.said
        story.note(last, asked)
        calm = tools.crawl(blog.url, tmp_path / "calm", kills.SETTINGS)
        assert len(tools.posts(calm.folder)) == 40
        assert not kills.compare(story, calm.folder)
        # as after a kill between the end of a WARC file and its index
        (calm.folder / "indexes" / "index.cdxj").unlink()
        assert tools.crawl(blog.url, tmp_path / "calm").code == 0
    tools.check_archive(story.folder)
    tools.check_archive(calm.folder)
    assert not kills.verify(calm.folder)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoBlog, Path]]:
    """The demo blog and the folder of an undisturbed crawl of it."""
    with DemoBlog() as blog:
        yield blog, tools.crawl(blog.url, tmp_path_factory.mktemp("whole")).folder


@pytest.mark.parametrize("where", ["in the response", "behind the response", "in the request", "behind the request"])
def test_a_file_may_end_anywhere(crawled: tuple[DemoBlog, Path], tmp_path: Path, where: str) -> None:
    """A file that ends inside an exchange, as after a kill in mid-write, costs that exchange and is put right."""
    blog, whole = crawled
    folder = tmp_path / "output" / whole.name
    shutil.copytree(whole, folder)
    last = max(tools.posts(folder), key=lambda post: post["warc"]["offset"])
    response, length = last["warc"]["offset"], last["warc"]["length"]
    request = kills.members(folder / last["warc"]["file"], response + length)[0]
    end = {
        "in the response": response + length // 2,
        "behind the response": response + length,
        "in the request": response + length + request // 2,
        "behind the request": response + length + request,
    }[where]
    undo(folder, last, end)
    blog.requests = requests = []
    assert tools.crawl(blog.url, folder.parent).code == 0
    assert len(tools.posts(folder)) == len(tools.posts(whole))
    tools.check_archive(folder)
    assert not kills.verify(folder)
    asked = [target for _, target in requests if last["url"].endswith(target) and target != "/"]
    assert len(asked) <= (where != "behind the request")


def undo(folder: Path, last: dict, end: int) -> None:
    """Leave a folder as a kill would that cut the WARC file at `end`, before anything was made of the `last` item."""
    path = folder / last["warc"]["file"]
    path.with_name(path.name + ".open").write_bytes(path.read_bytes()[:end])
    path.unlink()
    for made in ("posts.jsonl", "comments.jsonl"):
        kept = [item for item in tools.lines(folder / made) if item["snapshot_id"] != last["snapshot_id"]]
        (folder / made).write_text("".join(json.dumps(item) + "\n" for item in kept), encoding="utf-8")
    # what else was made is made again
    for made in (*(folder / "text").glob("*"), folder / "indexes" / "index.cdxj", folder / "state.sqlite"):
        made.unlink()
