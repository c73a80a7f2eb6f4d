"""Worker processes for extraction: a page that hangs or kills its worker costs that page and nothing else.

Why not concurrent.futures: one dead worker breaks its whole pool, and a job that hangs cannot be ended.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from archiver.errors import ExtractionFailed
from archiver.extract.jobs import Done, Job, decode, encode


class Reply(Protocol):
    """What is called, in a thread of the pool, with the answer to a job or with what went wrong."""

    def __call__(self, done: Done | ExtractionFailed, /) -> None: ...


class Pool:
    """`workers` processes fed from a queue of at most `waiting` jobs.

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
        self._jobs: queue.Queue[tuple[Job, Reply] | None] = queue.Queue(waiting)
        self._threads = [threading.Thread(target=self._serve, name=f"extract-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, reply: Reply) -> None:
        """Queue a job; waits while the queue is full. `reply` is called once, whatever happens."""
        self._jobs.put((job, reply))

    @property
    def waiting(self) -> int:
        """How many jobs no worker has begun."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Finish what is queued, end the processes and wait for them."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        process: subprocess.Popen[bytes] | None = None
        while (work := self._jobs.get()) is not None:
            job, reply = work
            try:
                if process is not None and process.poll() is not None:
                    _end(process)
                    process = None
                if process is None:
                    process = self._start()
                reply(self._ask(process, job))
            except ExtractionFailed as failure:
                process = None
                reply(failure)
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
