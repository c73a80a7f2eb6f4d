"""The thread in which records are written: in order, off the reactor, acknowledged on it.

Work that waits is written together, so that one sync of the disk and one call of the reactor serve all of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from archiver.errors import OutputError

T = TypeVar("T")
Job = tuple[Callable[[], Any], "Deferred[Any] | None"]
Done = tuple["Deferred[Any]", Any]


class WriterThread:
    """Runs jobs one after the other in a thread of its own.

    `call` runs a function in the reactor's thread. `sync` has the disk hold what was written, `is_synced` tells
    whether it does: within `seconds` after the last job, or with 0 before any job is acknowledged.
    """

    def __init__(
        self, call: Callable[..., Any], sync: Callable[[], None], is_synced: Callable[[], bool], seconds: float
    ) -> None:
        self._call = call
        self._sync = sync
        self._is_synced = is_synced
        self._seconds = seconds
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._done: list[Done] = []
        self._lock = threading.Lock()
        self._due = 0.0
        self._broken: OutputError | None = None
        self._untold: OutputError | None = None
        self._thread = threading.Thread(target=self._run, name="warc-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], T]) -> Deferred[T]:
        """Have `job` done; the Deferred fires in the reactor's thread with what it returns or raises."""
        done: Deferred[T] = Deferred()
        self._jobs.put((job, done))
        return done

    def submit_unseen(self, job: Callable[[], Any]) -> None:
        """Have `job` done without anybody to tell: for what comes when the crawl is ended by force."""
        self._jobs.put((job, None))

    def stop(self) -> None:
        """Do the jobs that wait, then end the thread.

        Raises OutputError if the disk refused a sync before, or a job failed that nobody is told of.
        """
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()
        error = self._broken or self._untold
        if error:
            raise error

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            results = [(done, self._result(job)) for job, done in filter(None, batch)]
            for done, result in results:
                if done is None and isinstance(result, Failure):  # told by `stop`, as nobody else is there
                    self._untold = self._untold or _refusal(result.value)
            if not self._is_synced() and (not self._seconds or time.monotonic() >= self._due):
                self._try_sync(results)
            told = [(done, result) for done, result in results if done is not None]
            if told:
                with self._lock:
                    asleep = not self._done
                    self._done += told
                if asleep:
                    self._call(self._tell)
            if None in batch:
                return

    def _next_batch(self) -> list[Job | None]:
        """Wait for a job, or until a sync is due; return it and all that wait behind it."""
        synced = self._is_synced()
        if synced or self._due < time.monotonic():
            self._due = time.monotonic() + self._seconds
        batch: list[Job | None] = []
        try:
            # after a sync that failed, the next is tried with the next job: not over and over
            timeout = None if synced or self._broken else max(0.0, self._due - time.monotonic())
            batch.append(self._jobs.get(timeout=timeout))
            while True:
                batch.append(self._jobs.get_nowait())
        except Empty:
            return batch

    @staticmethod
    def _result(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception:  # noqa: BLE001 - whatever it is, it goes to whoever submitted the job
            return Failure()  # type: ignore[no-untyped-call]

    def _try_sync(self, results: list[tuple[Deferred[Any] | None, Any]]) -> None:
        try:
            self._sync()
        except OutputError as error:
            self._broken = error
            failure = Failure(error)  # type: ignore[no-untyped-call]
            results[:] = [(done, failure) for done, _ in results]

    def _tell(self) -> None:
        with self._lock:
            told, self._done = self._done, []
        for done, result in told:
            done.callback(result)


def _refusal(error: BaseException | None) -> OutputError:
    return error if isinstance(error, OutputError) else OutputError(f"cannot write the archive: {error!r:.200}")
