"""The thread in which records are written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

import pytest
from twisted.python.failure import Failure

from archiver.errors import OutputError
from archiver.warc.thread import WriterThread

PATIENCE = 10  # seconds after which something that ought to happen never will


class Loop:
    """The reactor's side: functions from the other thread wait until the test runs them in its own."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.wakes = 0

    def call(self, function: Callable[[], None]) -> None:
        """Take a function from any thread."""
        self.waiting.put(function)

    def run(self, *deferreds) -> list[object]:
        """Run what waits until all these have fired, and return with what."""
        results: dict[int, object] = {}
        for number, deferred in enumerate(deferreds):
            deferred.addBoth(lambda result, number=number: results.setdefault(number, result) and None)
        while not all(deferred.called for deferred in deferreds):
            self.waiting.get(timeout=PATIENCE)()
            self.wakes += 1
        return [results[number] for number in range(len(deferreds))]


class Disk:
    """A disk that knows what of it would survive, and refuses when it is told to."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.held: list[int] = []
        self.syncs = 0
        self.refuses = False

    def write(self, number: int) -> int:
        """Write a number, and return it."""
        self.written.append(number)
        return number

    def sync(self) -> None:
        """Hold all that was written."""
        self.syncs += 1
        if self.refuses:
            raise OutputError("the disk is broken")
        self.held = list(self.written)

    def is_synced(self) -> bool:
        """Tell whether all is held."""
        return self.held == self.written


@pytest.fixture
def loop():
    """The reactor."""
    return Loop()


@pytest.fixture
def disk():
    """A disk without faults."""
    return Disk()


@pytest.fixture
def begin(loop, disk):
    """Return a function from seconds to a thread that has begun; it is ended when the test is over."""
    made = []

    def run(seconds=PATIENCE):
        made.append(WriterThread(loop.call, disk.sync, disk.is_synced, seconds))
        return made[-1]

    yield run
    for thread in made:
        thread._jobs.put(None)
        thread._thread.join(PATIENCE)
        assert not thread._thread.is_alive()


@pytest.fixture
def hold():
    """Return a function to submit that waits, and the one that lets it go on."""
    event = threading.Event()
    yield lambda: event.wait(PATIENCE), event.set
    event.set()


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    return holds()


def test_jobs_are_done_in_order_elsewhere(begin, loop, disk):
    """Jobs are done one after the other in another thread; their results arrive in this one."""
    thread = begin()
    workers, tellers = set(), set()

    def job(number):
        workers.add(threading.get_ident())
        return disk.write(number)

    deferreds = [thread.submit(lambda number=number: job(number)) for number in range(100)]
    for deferred in deferreds:
        deferred.addCallback(lambda result: tellers.add(threading.get_ident()) or result)
    assert loop.run(*deferreds) == list(range(100))
    assert disk.written == list(range(100))
    assert tellers == {threading.get_ident()}
    assert len(workers) == 1
    assert workers != tellers


def test_errors(begin, loop, disk):
    """What a job raises reaches the one who submitted it, and nobody else."""
    thread = begin()

    def broken():
        raise OutputError("no space")

    first, second, third = loop.run(
        thread.submit(lambda: disk.write(1)), thread.submit(broken), thread.submit(lambda: disk.write(3))
    )
    assert (first, third) == (1, 3)
    assert isinstance(second, Failure)
    assert isinstance(second.value, OutputError)
    assert loop.run(thread.submit(lambda: 1 / 0))[0].check(ZeroDivisionError)
    assert loop.run(thread.submit(lambda: disk.write(4))) == [4]
    thread.stop()


def test_one_call_for_many(begin, loop, disk, hold):
    """What waits while a job is done is told with a single call, after a single sync."""
    wait, release = hold
    thread = begin(0)
    blocked = thread.submit(wait)
    assert eventually(thread._jobs.empty)
    deferreds = [thread.submit(lambda number=number: disk.write(number)) for number in range(50)]
    release()
    assert loop.run(blocked, *deferreds) == [True, *range(50)]
    assert loop.wakes <= 2
    assert disk.syncs == 1


def test_synced_before_it_is_told(begin, loop, disk):
    """Without an interval, whoever hears of a job can be sure that the disk holds it."""
    thread = begin(0)
    for number in range(20):
        deferred = thread.submit(lambda number=number: disk.write(number))
        deferred.addCallback(lambda number: number in disk.held)
        assert loop.run(deferred) == [True]
    assert disk.syncs == 20


def test_synced_when_nothing_comes_any_more(begin, loop, disk):
    """With an interval, jobs are told at once, and the disk holds them soon after the last."""
    thread = begin(0.3)
    began = time.monotonic()
    assert loop.run(*(thread.submit(lambda number=number: disk.write(number)) for number in range(3))) == [0, 1, 2]
    assert disk.syncs == 0 or time.monotonic() - began >= 0.3
    assert eventually(disk.is_synced)
    assert disk.syncs == 1
    time.sleep(0.4)
    assert disk.syncs == 1


def test_synced_while_more_and_more_comes(begin, loop, disk):
    """Jobs that keep coming do not put off the sync."""
    thread = begin(0.05)
    end = time.monotonic() + PATIENCE
    number = 0
    while disk.syncs < 3 and time.monotonic() < end:
        loop.run(thread.submit(lambda number=number: disk.write(number)))
        number += 1
    assert disk.syncs >= 3
    assert disk.syncs < number


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_a_disk_that_does_not_sync(begin, loop, disk, seconds):
    """A sync that fails fails what waits for it, is not tried over and over, and is raised once more in the end."""
    thread = begin(seconds)
    disk.refuses = True
    deferred = thread.submit(lambda: disk.write(1))
    (result,) = loop.run(deferred)
    assert eventually(lambda: disk.syncs > 0)
    if not seconds:
        assert result.check(OutputError)
    tried = disk.syncs
    time.sleep(0.2)
    assert disk.syncs == tried
    for _ in range(2):
        with pytest.raises(OutputError, match="the disk is broken"):
            thread.stop()


def test_all_that_waits_fails_with_a_sync(begin, loop, disk, hold):
    """A sync that fails fails every job that it was for, those whose own error it is not, too."""
    wait, release = hold
    thread = begin(0)
    disk.refuses = True
    blocked = thread.submit(wait)
    assert eventually(thread._jobs.empty)
    deferreds = [thread.submit(lambda number=number: disk.write(number)) for number in range(5)]
    release()
    first, *results = loop.run(blocked, *deferreds)
    assert first is True  # nothing was written by it
    assert all(result.check(OutputError) for result in results)
    with pytest.raises(OutputError):
        thread.stop()


def test_stop_sees_everything_through(begin, loop, disk, hold):
    """Ending the thread waits for the jobs that wait, those that nobody asks about too; they are told afterwards."""
    wait, release = hold
    thread = begin()
    thread.submit(wait)
    deferreds = [thread.submit(lambda number=number: disk.write(number)) for number in range(5)]
    thread.submit_unseen(lambda: disk.write(5))
    threading.Timer(0.1, release).start()
    thread.stop()
    assert disk.written == [0, 1, 2, 3, 4, 5]
    assert loop.run(*deferreds) == [0, 1, 2, 3, 4]
    thread.stop()


def test_what_nobody_asks_about(begin, loop, disk):
    """A job that nobody waits for is done in its turn; an error in it harms no other."""
    thread = begin(0)
    thread.submit_unseen(lambda: disk.write(1))
    thread.submit_unseen(lambda: 1 / 0)
    assert loop.run(thread.submit(lambda: disk.write(2))) == [2]
    assert disk.held == [1, 2]
    thread.submit_unseen(lambda: disk.write(3))
    assert eventually(lambda: disk.held == [1, 2, 3])
    with pytest.raises(OutputError, match="division"):
        thread.stop()
    assert loop.waiting.empty()


@pytest.mark.parametrize("seconds", [0, 0.001, PATIENCE])
def test_nothing_is_forgotten(begin, loop, disk, seconds):
    """However submitting, doing and telling overlap, every job is told, once and in order."""
    thread = begin(seconds)
    count = 5000
    deferreds = []

    def submit():
        for number in range(count):
            deferreds.append(thread.submit(lambda number=number: disk.write(number)))
            if number % 100 == 0:
                time.sleep(0.0005)

    producer = threading.Thread(target=submit)
    producer.start()
    while len(deferreds) < count or not deferreds[-1].called:
        loop.waiting.get(timeout=PATIENCE)()
        loop.wakes += 1
    producer.join()
    # a Deferred that fires twice raises
    assert [deferred.result for deferred in deferreds] == disk.written == list(range(count))
    assert loop.waiting.empty()
    assert loop.wakes <= count
    thread.stop()


@pytest.mark.parametrize("error", [OutputError("full"), ValueError("odd")])
def test_a_failure_that_nobody_is_told_of(begin, error):
    """What goes wrong with a job that nobody waits for is raised when the thread is stopped."""
    thread = begin()

    def job():
        raise error

    thread.submit_unseen(job)
    with pytest.raises(OutputError, match=r"full|odd"):
        thread.stop()
