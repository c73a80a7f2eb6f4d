"""Worker processes for extraction: a page that hangs or kills its worker costs that page and nothing else.

Why not concurrent.futures: one dead worker breaks its whole pool, and a job that hangs cannot be ended.

Crawls that run side by side share one pool, so that there are as many workers as one was allowed, whatever the number
of crawls; a crawl with slow pages must not make the others wait for all of them.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from archiver.errors import ExtractionFailed
from archiver.extract.jobs import Done, Job, decode, encode


class Reply(Protocol):
    """What is called, in a thread of the pool, with the answer to a job or with what went wrong."""

    def __call__(self, done: Done | ExtractionFailed, /) -> None: ...


@dataclass(slots=True, eq=False)
class Line:
    """The jobs of one crawl: those that wait, how many are being done, and the seconds that workers spent on it."""

    jobs: deque[tuple[Job, Reply]] = field(default_factory=deque)
    busy: int = 0
    spent: float = 0.0


class Lines:
    """What waits for a worker, a line for each crawl; used by many threads.

    The next job is of the crawl with the fewest in hand, and among those of the one that has cost the least time.
    """

    def __init__(self, waiting: int) -> None:
        self._waiting = waiting
        self._changed = threading.Condition()
        self._lines: dict[object, Line] = {}
        # What the last one to be served had spent: who comes new, or had nothing to do, starts from there, not from
        # the time that it did not ask for.
        self._level = 0.0
        self._closed = False

    def put(self, crawl: object, job: Job, reply: Reply) -> None:
        """Add a job to a crawl's line; waits while the line is full."""
        with self._changed:
            line = self._lines.setdefault(crawl, Line())
            self._changed.wait_for(lambda: len(line.jobs) < self._waiting)
            if not line.jobs and not line.busy:
                line.spent = max(line.spent, self._level)
            line.jobs.append((job, reply))
            self._changed.notify_all()

    def take(self) -> tuple[Line, Job, Reply] | None:
        """Wait for a job and return it with its line; None once the lines are closed and empty."""
        with self._changed:
            while not (ready := [line for line in self._lines.values() if line.jobs]):
                if self._closed:
                    return None
                self._changed.wait()
            line = min(ready, key=lambda line: (line.busy, line.spent))
            self._level = max(self._level, line.spent)
            line.busy += 1
            job, reply = line.jobs.popleft()
            self._changed.notify_all()
            return line, job, reply

    def done(self, line: Line, seconds: float) -> None:
        """Note what a job took."""
        with self._changed:
            line.busy -= 1
            line.spent += seconds

    def forget(self, crawl: object) -> None:
        """Forget a crawl that has nothing waiting."""
        with self._changed:
            line = self._lines.get(crawl)
            if line is not None and not line.jobs:
                del self._lines[crawl]

    def close(self) -> None:
        """Have `take` return None when nothing waits any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return sum(len(line.jobs) for line in self._lines.values())


class Pool:
    """`workers` processes fed from queues of at most `waiting` jobs, one for each crawl.

    `timeout` is the time in seconds that a job may take, `max_memory` the bytes of address space of a process.
    """

    def __init__(
        self,
        workers: int,
        *,
        timeout: float,
        waiting: int,
        max_memory: int,
        command: Callable[[], list[str]] | None = None,
    ) -> None:
        self._timeout = timeout
        self._command = command or (lambda: [sys.executable, "-m", "archiver.extract.worker", str(max_memory)])
        self._lines = Lines(waiting)
        self._threads = [threading.Thread(target=self._serve, name=f"extract-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, reply: Reply, crawl: object = None) -> None:
        """Queue a job of a crawl; waits while its queue is full. `reply` is called once, whatever happens."""
        self._lines.put(crawl, job, reply)

    @property
    def waiting(self) -> int:
        """How many jobs no worker has begun."""
        return len(self._lines)

    def forget(self, crawl: object) -> None:
        """Forget a crawl that submits nothing more."""
        self._lines.forget(crawl)

    def close(self) -> None:
        """Finish what is queued, end the processes and wait for them."""
        self._lines.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        process: subprocess.Popen[bytes] | None = None
        while (work := self._lines.take()) is not None:
            line, job, reply = work
            began = time.monotonic()
            answer: Done | ExtractionFailed
            try:
                if process is not None and process.poll() is not None:
                    _end(process)
                    process = None
                if process is None:
                    process = self._start()
                answer = self._ask(process, job)
            except ExtractionFailed as failure:
                process = None
                answer = failure
            self._lines.done(line, time.monotonic() - began)
            reply(answer)
        if process is not None:
            self._dismiss(process)

    def _dismiss(self, process: subprocess.Popen[bytes]) -> None:
        """Let an idle process end: it does when its input ends."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            _end(process)
        process.stdout.close()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            # A session of its own: Ctrl-C on the crawl must not kill pages that are being read.
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise ExtractionFailed(f"cannot start a worker: {error}", "died") from error

    def _ask(self, process: subprocess.Popen[bytes], job: Job) -> Done:
        """Have a process do a job. Raises ExtractionFailed, with the process ended, if it hangs or dies."""
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._timeout, end)
        timer.start()
        try:
            process.stdin.write(encode(job))
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""  # the process went away in mid-sentence
        finally:
            timer.cancel()
        done = _read(line)
        # an answer in the very moment of the kill comes from a process that is gone: it can't be kept for the next job
        if done is not None and not late.is_set():
            return done
        code = _end(process)
        if late.is_set():
            raise ExtractionFailed(f"took longer than {self._timeout:g} seconds", "timeout")
        raise ExtractionFailed(f"its worker died (exit status {code})", "died")


class Share:
    """What one crawl has of the pool that all crawls of this process with the same settings share.

    The first makes the pool, and the last to close its share closes it.
    """

    _lock: ClassVar[threading.Lock] = threading.Lock()
    _pools: ClassVar[dict[tuple[int, float, int, int], tuple[Pool, set[Share]]]] = {}

    def __init__(self, workers: int, *, timeout: float, waiting: int, max_memory: int) -> None:
        self._key = key = (workers, timeout, waiting, max_memory)
        with self._lock:
            if key not in self._pools:
                pool = Pool(workers, timeout=timeout, waiting=waiting, max_memory=max_memory)
                self._pools[key] = pool, set()
            self._pool, shares = self._pools[key]
            shares.add(self)

    def submit(self, job: Job, reply: Reply) -> None:
        """Queue a job; waits while this crawl's queue is full. `reply` is called once, whatever happens."""
        self._pool.submit(job, reply, self)

    def close(self) -> None:
        """Give the share back, once all its jobs are answered; the last waits for the pool to end."""
        with self._lock:
            shares = self._pools[self._key][1] if self._key in self._pools else set()
            if self not in shares:
                return
            shares.remove(self)
            if shares:
                self._pool.forget(self)
                return
            del self._pools[self._key]
        self._pool.close()


def _read(line: bytes) -> Done | None:
    """Return the answer that a line holds, None if it holds none."""
    if not line.endswith(b"\n"):
        return None
    try:
        done = decode(line)
    except Exception:  # noqa: BLE001 - a worker that has lost its mind may write anything, and pickle raise anything
        return None
    return done if isinstance(done, Done) else None


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill a process, wait for it and return its exit status."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.kill()
    code = process.wait()
    with suppress(OSError):  # what was not written yet can't be
        process.stdin.close()
    process.stdout.close()
    return code
