"""Kill crawls at hundreds of instants, and compare what comes of it with an undisturbed crawl.

    python tests/soak/kill_many.py --kills 200 --seed 1

A crawl is killed, started again and killed again, until one comes to its end; then its folder is judged, and the next
round begins with an empty folder. An instant is drawn from the wall time of an undisturbed crawl (`any time`), or is
the one after a file or folder appeared or vanished (`file`: start, repair, rotation, merge of the index). Some runs are
disturbed otherwise: their extraction worker is killed (`worker`), or SIGTERM comes twice (`SIGTERM`).
Exits with 1 if anything was lost, changed or left over; the folders of such rounds are kept. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from flow import kills, tools  # noqa: E402

from archiver.demo.server import DemoBlog  # noqa: E402

POSTS = 40
# How a run is disturbed, and how often in a hundred runs.
WAYS = {"any time": 47, "file": 41, "worker": 7, "SIGTERM": 5}


@dataclass
class Figures:
    """What has been done so far."""

    disturbed: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    too_late: int = 0
    rounds: int = 0
    restarts: int = 0
    handed_on: int = 0
    finished_files: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Calm:
    """An undisturbed crawl: what it left, how long it took, and how often files appeared or vanished."""

    folder: Path
    seconds: float
    changes: int


def saved(output: Path) -> int:
    """How many posts a folder holds."""
    return sum(len(tools.posts(folder)) for folder in output.iterdir()) if output.exists() else 0


def names(output: Path) -> frozenset[str]:
    """The files and folders below a folder."""
    found, folders = set(), [str(output)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                found.add(entry.path)
                if entry.is_dir():
                    folders.append(entry.path)
    return frozenset(found)


def watch(run: kills.Run, output: Path, until: int | None = None) -> int:
    """Count how often files appear or vanish, to the end of a run or `until` so many times."""
    before, changes = names(output), 0
    while run.runs and (until is None or changes < until):
        now = names(output)
        changes += now != before
        before = now
        sleep(0.0003)
    return changes


def phase(output: Path) -> str:
    """What a folder looks like at the moment of a kill."""
    found = names(output)
    if not any("/archive/" in name for name in found):
        return "before the first file"
    is_open = any(name.endswith(".open") for name in found)
    if any(name.endswith((".tmp", ".new", ".run")) for name in found) and not is_open:
        return "merging the index"
    return "a file is open" if is_open else "no file is open"


def disturb(way: str, run: kills.Run, story: kills.Story, calm: Calm, chance: random.Random) -> bool:
    """Kill a run, or disturb it otherwise; return whether it was still there."""
    if way == "worker":
        return kill_workers(run, story, chance.uniform(0, calm.seconds / 3))
    if way == "file":
        watch(run, story.output, chance.randint(1, calm.changes))
        sleep(chance.choice((0, 0, 0.0005, 0.002, 0.01)))
    else:
        sleep(chance.uniform(0, calm.seconds))
    if not run.runs:
        return False
    if way == "SIGTERM":
        kills.terminate_twice(run, chance.uniform(0, 0.2))
    else:
        run.kill()
    return True


def kill_workers(run: kills.Run, story: kills.Story, pause: float) -> bool:
    """Kill what extracts, a while after it began to; return whether there was anything."""
    while run.runs and not run.workers():
        sleep(0.01)
    sleep(pause)
    workers = run.workers()
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    story.workers_killed += len(workers)
    return bool(workers)


def a_round(
    blog: DemoBlog, output: Path, calm: Calm, chance: random.Random, figures: Figures, enough: Callable[[], bool]
) -> kills.Story:
    """Start and disturb crawls of one folder until one ends by itself with nothing left to do."""
    story = kills.Story(output)
    while True:
        way = "none" if enough() else chance.choices(list(WAYS), list(WAYS.values()))[0]
        blog.requests = asked = []
        run = kills.Run(blog.url, output)
        hit = way != "none" and disturb(way, run, story, calm, chance)
        where = phase(output)
        code = run.end()
        story.note(run, asked)
        figures.restarts += 1
        if hit:
            figures.disturbed[way] += 1
            figures.phases[where] += code == -signal.SIGKILL
        elif way != "none":
            figures.too_late += 1
        if code == 0 and hit and way == "SIGTERM" and saved(output) < POSTS:
            story.violations.append(f"exit 0 although SIGTERM cut it short\n{run.said[-2000:]}")
        elif code == 0 and not (hit and way == "worker"):
            figures.rounds += 1
            figures.handed_on += story.handed_on.total()
            figures.finished_files += len(story.finished)
            return story
        if code not in (0, 3, -signal.SIGKILL, -signal.SIGTERM) and not (way == "worker" and code == 4):
            story.violations.append(f"exit {code} after {way}: {run.said[-2000:]}")
            if not hit:
                return story


def main() -> int:
    """Kill as often as asked for, and say what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="how many runs to disturb (200)")
    parser.add_argument("--seed", type=int, default=None, help="for the same instants again, as far as clocks allow")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    chance = random.Random(seed)
    scratch = Path(tempfile.mkdtemp(prefix="kill-many-"))
    figures, began = Figures(), monotonic()
    print(f"seed {seed}, in {scratch}", flush=True)
    with DemoBlog(extra=kills.more_posts()) as blog:
        calm = undisturbed(blog, scratch / "calm")
        print(f"an undisturbed crawl: {calm.seconds:.1f} s, files appear or vanish {calm.changes} times", flush=True)
        number = 0
        while figures.disturbed.total() < options.kills:
            number += 1
            output = scratch / f"round-{number:03d}"
            try:
                story = a_round(blog, output, calm, chance, figures, lambda: figures.disturbed.total() >= options.kills)
                wrong = kills.compare(story, calm.folder) if output.exists() else [*story.violations, "no folder"]
            except (AssertionError, OSError, ValueError, LookupError) as error:
                wrong = [f"{type(error).__name__}: {error}"]
            figures.violations += [f"round {number}: {one}" for one in wrong]
            for one in wrong:
                print(f"  VIOLATION in {output}: {one}", flush=True)
            if not wrong:
                shutil.rmtree(output)
            print(f"round {number}: {figures.disturbed.total()} of {options.kills}", flush=True)
    print(table(figures, monotonic() - began))
    if not figures.violations:
        shutil.rmtree(scratch)
    return 1 if figures.violations else 0


def undisturbed(blog: DemoBlog, output: Path) -> Calm:
    """Crawl once without being disturbed, and once more, as every round ends with a crawl that finds nothing new."""
    start = monotonic()
    run = kills.Run(blog.url, output)
    changes = watch(run, output)
    assert run.end() == 0, run.said
    seconds = monotonic() - start
    again = kills.Run(blog.url, output)
    assert again.end() == 0, again.said
    (folder,) = output.iterdir()
    if wrong := kills.verify(folder):
        print(f"  the undisturbed crawl itself: {wrong[0]}")
    assert saved(output) == POSTS
    return Calm(folder, seconds, changes)


def table(figures: Figures, seconds: float) -> str:
    """All figures in rows."""
    rows = [
        ("runs", figures.restarts),
        ("disturbed", figures.disturbed.total()),
        *((f"  {way}", count) for way, count in sorted(figures.disturbed.items())),
        ("ended before their instant", figures.too_late),
        *((f"killed, {name}", count) for name, count in sorted(figures.phases.items()) if count),
        ("rounds (folders judged)", figures.rounds),
        ("responses handed to the spider", figures.handed_on),
        ("finished WARC files compared", figures.finished_files),
        ("seconds", round(seconds)),
        ("violations", len(figures.violations)),
    ]
    return "\n".join(f"{name:<34}{value:>8}" for name, value in rows)


if __name__ == "__main__":
    sys.exit(main())
