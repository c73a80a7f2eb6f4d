"""Does the memory of a blog cost the same per address, however many there are? `python tests/benchmarks/state_scale.py`

For each size a process of its own: a first crawl's surfaces name so many posts, all are decided on and saved; then a
second crawl's sitemaps name all of them again, and all are decided on. Printed: microseconds per address for each step,
the peak of the process's memory, and each largest value against that of the smallest size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.models import Hints, Link, Person
from archiver.state.decide import decide
from archiver.state.store import Store

SIZES = (10_000, 100_000, 1_000_000)
# Links of one answer: a sitemap file.
ANSWER = 2_000
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def links(size: int, surface: str) -> Iterator[list[Link]]:
    """Yield the posts of a blog, an answer at a time."""
    for start in range(0, size, ANSWER):
        yield [
            Link(
                f"https://blog.example.org/{2000 + n % 25}/{n % 12 + 1:02}/a-post-number-{n}/",
                surface,
                "post",
                f"20{n % 25:02}-{n % 12 + 1:02}-11T10:{n % 60:02}:00Z",
                Hints(f"Post {n}", (Person("Ada"),), source=surface) if surface == "api" else Hints(),
            )
            for n in range(start, min(size, start + ANSWER))
        ]


def name(store: Store, size: int, surface: str, run: str) -> None:
    """Have a surface name all posts."""
    store.frontier.round = run
    for answer in links(size, surface):
        with store.together():
            store.frontier.add(answer)


def settle(store: Store, size: int, run: str) -> int:
    """Decide on all that waits, save what has to be fetched; return how many those were."""
    fetched = decided = 0
    while batch := store.frontier.take(500):
        with store.together():
            unchanged = []
            for found, known in batch:
                if decide(found.marks, known, NOW, timedelta(days=30), full=False).fetch:
                    marks = json.dumps(found.marks)
                    store.remember(found.url, "saved", run, NOW.isoformat(), marks=marks, post_id=found.url, revision=1)
                    fetched += 1
                unchanged.append(found.url)
            store.frontier.settle(unchanged)
        decided += len(batch)
    assert decided == size, f"{decided} of {size} were decided on"
    return fetched


def measure(size: int) -> dict[str, float]:
    """Return microseconds per address for each step, and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder) / "state.sqlite")) as store:
        steps: dict[str, float] = {}

        def step(label: str, work: Callable[[], object]) -> object:
            begun = time.process_time()
            result = work()
            steps[label] = (time.process_time() - begun) / size * 1e6
            return result

        step("named first", lambda: name(store, size, "api", "1"))
        assert step("all new", lambda: settle(store, size, "1")) == size
        step("named again", lambda: name(store, size, "api", "2"))
        assert step("all unchanged", lambda: settle(store, size, "2")) == 0
        store.frontier.round = "3"
        step("looked through", lambda: (store.frontier.wake("2025", "2024"), store.frontier.silent(["api"])))
        steps["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return steps


def main() -> None:
    """Measure each size in a process of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    rows = {}
    for size in arguments.sizes:
        words = [sys.executable, __file__, "--one", str(size)]
        rows[size] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    labels = list(next(iter(rows.values())))
    print(f"{'addresses':>12}" + "".join(f"{label:>16}" for label in labels))
    for size, steps in rows.items():
        print(f"{size:>12,}" + "".join(f"{steps[label]:>16.1f}" for label in labels))
    first, last = rows[arguments.sizes[0]], rows[arguments.sizes[-1]]
    print(f"{'ratio':>12}" + "".join(f"{last[label] / max(first[label], 0.01):>16.2f}" for label in labels))


if __name__ == "__main__":
    main()
