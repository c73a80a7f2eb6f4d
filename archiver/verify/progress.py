"""How far a verification is, on standard error of a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from archiver.verify.paths import Work

# What is read within a second or two needs no bar.
BIG = 1 << 26


@contextmanager
def bar() -> Iterator[Callable[[Work], Callable[[int], None]] | None]:
    """Give what `verify` takes as `advanced`: a bar for big inputs, None if nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def start(work: Work) -> Callable[[int], None]:
            size = work.size
            task = progress.add_task("", total=size, visible=size > BIG)
            return lambda count: progress.advance(task, count)

        yield start
