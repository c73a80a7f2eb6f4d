"""Who is served next by workers that several crawls share, and how long they live."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from archiver.errors import ExtractionFailed
from archiver.extract.jobs import Done, Job
from archiver.extract.pool import Lines, Share
from archiver.models import Hints


def job(name: str) -> Job:
    """A job that no worker can do, told apart by its file."""
    return Job(f"/nonexistent/{name}", 0, 1000, Hints())


def nobody(_: object) -> None:
    """Take an answer that no test looks at."""


def put(lines: Lines, crawl: str, number: int) -> None:
    """Have so many jobs of a crawl wait."""
    for _ in range(number):
        lines.put(crawl, job(crawl), nobody)


def serve(lines: Lines, seconds: dict[str, float]) -> str:
    """Do one job as a single worker would, and return whose it was."""
    work = lines.take()
    assert work is not None
    line, done, _ = work
    crawl = done.file.rpartition("/")[2]
    lines.done(line, seconds[crawl])
    return crawl


def test_slow_pages_do_not_hold_up_others() -> None:
    """A crawl whose pages take long gets as much time as the others, not as many turns."""
    lines = Lines(20)
    put(lines, "slow", 16)
    put(lines, "quick", 12)
    order = [serve(lines, {"slow": 60.0, "quick": 0.1}) for _ in range(13)]
    assert order.count("slow") == 1


def test_alike_crawls_take_turns() -> None:
    """Of crawls whose pages take the same time, each has its turn."""
    lines = Lines(20)
    for crawl in "abc":
        put(lines, crawl, 3)
    order = [serve(lines, dict.fromkeys("abc", 1.0)) for _ in range(9)]
    assert [sorted(order[at : at + 3]) for at in (0, 3, 6)] == [["a", "b", "c"]] * 3


def test_nobody_saves_up() -> None:
    """A crawl that comes late, or had nothing to do for long, doesn't shut out the others afterwards."""
    lines = Lines(200)
    put(lines, "early", 100)
    for _ in range(50):
        serve(lines, {"early": 10.0})
    put(lines, "late", 50)
    order = [serve(lines, {"early": 10.0, "late": 10.0}) for _ in range(20)]
    assert 9 <= order.count("late") <= 11


def test_workers_are_spread() -> None:
    """With several workers, no crawl has two in hand while another waits for its first."""
    lines = Lines(20)
    put(lines, "slow", 5)
    put(lines, "quick", 5)
    taken = [work[1].file for work in (lines.take(), lines.take()) if work]
    assert sorted(taken) == ["/nonexistent/quick", "/nonexistent/slow"]


def test_each_crawl_waits_for_its_own_jobs_only() -> None:
    """A crawl whose queue is full waits; another one does not."""
    lines = Lines(2)
    put(lines, "full", 2)
    waited = threading.Event()
    threading.Thread(target=lambda: (put(lines, "full", 1), waited.set()), daemon=True).start()
    assert not waited.wait(0.2)
    put(lines, "other", 2)
    serve(lines, {"full": 1.0, "other": 1.0})
    serve(lines, {"full": 1.0, "other": 1.0})
    assert waited.wait(10)
    assert len(lines) == 3


def test_closed_lines_are_served_to_their_end() -> None:
    """After `close` what waits is still done, then there is nothing more."""
    lines = Lines(2)
    put(lines, "one", 1)
    lines.close()
    assert serve(lines, {"one": 1.0}) == "one"
    assert lines.take() is None


@pytest.fixture
def no_pools() -> Any:
    """Check that a test leaves no pool behind."""
    assert not Share._pools
    yield
    assert not Share._pools


def workers() -> list[str]:
    """The threads of all pools that are open."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("extract-")]


@pytest.mark.usefixtures("no_pools")
def test_crawls_share_workers() -> None:
    """Shares of the same settings have one pool, which the last to close ends; other settings have another."""
    first, second = (Share(2, timeout=20.0, waiting=4, max_memory=0) for _ in range(2))
    assert len(workers()) == 2
    other = Share(1, timeout=20.0, waiting=4, max_memory=0)
    assert len(workers()) == 3
    first.close()
    first.close()
    answers: queue.Queue[Done | ExtractionFailed] = queue.Queue()
    second.submit(job("x"), answers.put)
    assert isinstance(answers.get(timeout=30), Done)
    second.close()
    assert len(workers()) == 1
    again = Share(2, timeout=20.0, waiting=4, max_memory=0)
    assert len(workers()) == 3
    again.close()
    other.close()
    assert workers() == []
