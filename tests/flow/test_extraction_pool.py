"""Extraction in processes of its own: what a page does to its worker costs that page and nothing else."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flow import tools
from server.blog_pages import Entry, blog, post
from server.blog_server import BlogServer
from server.replies import plain

from archiver.errors import ExtractionFailed
from archiver.extract.jobs import Done, Job
from archiver.extract.pool import Pool
from archiver.models import Hints

HEALTHY = [sys.executable, "-m", "archiver.extract.worker", "0"]
MISSING = Job("/nonexistent.warc.gz", 0, 1000, Hints())
Answers = queue.Queue[Done | ExtractionFailed]


def worker(script: str) -> list[str]:
    """The command of a worker that misbehaves: it has read a job when `script` begins."""
    return [sys.executable, "-c", f"import os, sys, time\nline = sys.stdin.buffer.readline()\n{script}"]


@pytest.fixture
def pool() -> Iterator[Callable[..., Pool]]:
    """Make pools whose first workers run the given commands and all later ones are healthy."""
    made: list[Pool] = []

    def make(*commands: list[str], workers: int = 1, timeout: float = 20.0, waiting: int = 8) -> Pool:
        left = list(commands)
        made.append(
            Pool(
                workers,
                timeout=timeout,
                waiting=waiting,
                max_memory=0,
                command=lambda: left.pop(0) if left else HEALTHY,
            )
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


def children() -> set[int]:
    """The processes that this one has started and not yet waited for, zombies too."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        found |= set(map(int, (task / "children").read_text().split()))
    return found


def healthy(answer: Done | ExtractionFailed) -> bool:
    """Whether an answer comes from a worker that works: it says that there is no such file."""
    return isinstance(answer, Done) and "the file is gone" in (answer.error or "")


def test_a_page_that_hangs_costs_itself(pool: Callable[..., Pool]) -> None:
    """A job that takes too long fails with `timeout`; the next has a new worker."""
    answers: Answers = queue.Queue()
    two = pool(worker("time.sleep(600)"), timeout=3.0)
    two.submit(MISSING, answers.put)
    two.submit(MISSING, answers.put)
    first = answers.get(timeout=30)
    assert isinstance(first, ExtractionFailed)
    assert first.reason == "timeout"
    assert healthy(answers.get(timeout=30))


@pytest.mark.parametrize(
    "script",
    [
        "os._exit(7)",
        "os.kill(os.getpid(), 9)",
        "sys.stdout.write('half a li'); sys.stdout.flush()",
        "print('no answer')",
        "import base64, pickle; print(base64.b64encode(pickle.dumps('something else')).decode(), flush=True)",
        "import base64; print(base64.b64encode(b'cnowhere\\nnothing\\n.').decode(), flush=True)",
    ],
)
def test_a_page_that_kills_its_worker_costs_itself(pool: Callable[..., Pool], script: str) -> None:
    """A job whose worker dies or answers nonsense fails with `died`; the next has a new worker."""
    answers: Answers = queue.Queue()
    two = pool(worker(script))
    two.submit(MISSING, answers.put)
    two.submit(MISSING, answers.put)
    first = answers.get(timeout=30)
    assert isinstance(first, ExtractionFailed)
    assert first.reason == "died"
    assert healthy(answers.get(timeout=30))


def test_a_worker_that_never_reads(pool: Callable[..., Pool]) -> None:
    """A worker that is gone before its job, however long that is, fails this job only."""
    answers: Answers = queue.Queue()
    one = pool([sys.executable, "-c", "import os; os.close(0); os._exit(1)"])
    one.submit(Job("x" * 1_000_000, 0, 1, Hints()), answers.put)
    one.submit(MISSING, answers.put)
    first = answers.get(timeout=30)
    assert isinstance(first, ExtractionFailed)
    assert first.reason == "died"
    assert healthy(answers.get(timeout=30))


def test_a_worker_that_cannot_start(pool: Callable[..., Pool]) -> None:
    """A worker that cannot be started is a failure of its job, not of the pool."""
    answers: Answers = queue.Queue()
    one = pool(["/nonexistent/python"])
    one.submit(MISSING, answers.put)
    one.submit(MISSING, answers.put)
    assert isinstance(answers.get(timeout=30), ExtractionFailed)
    assert healthy(answers.get(timeout=30))


def test_the_queue_is_bounded(pool: Callable[..., Pool]) -> None:
    """Whoever submits more than may wait is made to wait, and goes on when a job is done."""
    answers: Answers = queue.Queue()
    one = pool(worker("time.sleep(600)"), timeout=2.0, waiting=1)
    one.submit(MISSING, answers.put)
    submitted = threading.Event()

    def submit_two() -> None:
        one.submit(MISSING, answers.put)
        one.submit(MISSING, answers.put)
        submitted.set()

    thread = threading.Thread(target=submit_two)
    thread.start()
    assert not submitted.wait(1)
    assert one.waiting == 1
    assert submitted.wait(30)
    thread.join()
    for _ in range(3):
        answers.get(timeout=30)


def test_every_job_has_its_own_answer(pool: Callable[..., Pool]) -> None:
    """With several workers each reply is called once, with the answer to its own job, in whatever order."""
    answers: queue.Queue[tuple[int, Done | ExtractionFailed]] = queue.Queue()
    several = pool(workers=3, waiting=30)
    for number in range(30):
        job = Job(f"/nonexistent/{number}.warc.gz", 0, 1000, Hints())
        several.submit(job, lambda done, number=number: answers.put((number, done)))  # type: ignore[misc]
    seen = dict(answers.get(timeout=60) for _ in range(30))
    assert set(seen) == set(range(30))
    for number, done in seen.items():
        assert isinstance(done, Done)
        assert done.error is not None
        assert f"/{number}.warc.gz" in done.error
    assert answers.empty()


def test_close_finishes_and_leaves_no_process(pool: Callable[..., Pool]) -> None:
    """Closing answers what is queued, then ends and waits for every process, those that ignore it too."""
    before = children()
    answers: Answers = queue.Queue()
    deaf = worker("import signal; signal.signal(15, 1); print(line.decode().strip(), flush=True); time.sleep(600)")
    two = pool(deaf, HEALTHY, workers=2, timeout=3.0)
    for _ in range(4):
        two.submit(MISSING, answers.put)
    two.close()
    assert answers.qsize() == 4
    assert children() == before


PlainBlog = Callable[[int], tuple[BlogServer, list[Entry]]]


def test_a_crawl_whose_workers_have_no_memory(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """Where no page can be extracted the crawl says so in one line; the captures are kept."""
    server, posts = plain_blog(4)
    # more than fits into what a worker has allocated when the limit sets in
    much = "<p>A line of a page that is very long.</p>\n" * 200_000
    server.pages |= {entry.path: plain(post(entry, much)) for entry in posts}
    result = tools.crawl(server.url, tmp_path, {"ARCHIVER_WORKER_MEMORY": 1_000_000})
    assert result.code == 5
    (line,) = result.said
    assert "none of 4 posts could be saved" in line
    assert tools.posts(result.folder) == []
    assert {entry.path for entry in posts} <= {
        "/" + record.url.split("/", 3)[3] for record in tools.records(result.folder) if record.kind == "response"
    }
    server.pages |= blog(posts, server.url)
    again = tools.crawl(server.url, tmp_path)
    assert again.code == 0
    assert len(tools.posts(again.folder)) == 4
    tools.check_archive(again.folder)
    assert tools.reports(again.folder)[0]["posts"]["failed"] == 4


def test_a_crawl_whose_pages_take_too_long(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """Pages that take longer than they may are reported with that reason, and the crawl ends as ever."""
    server, _ = plain_blog(3)
    result = tools.crawl(server.url, tmp_path, {"ARCHIVER_EXTRACT_TIMEOUT": 0.01})
    assert result.code == 5
    assert len(result.said) == 1
    assert set(tools.reports(result.folder)[0]["reasons"]) == {"extraction_timeout"}
