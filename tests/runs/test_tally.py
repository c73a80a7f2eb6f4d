"""The line and the exit code of a whole list of blogs."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.runs import outcome
from archiver.runs.progress import Progress
from archiver.runs.tally import GRAVEST, Tally


def tally(*codes: int, total: int | None = None) -> Tally:
    """The tally of blogs that ended with these codes."""
    made = Tally(len(codes) if total is None else total)
    for code in codes:
        made.end(code, None)
    return made


@pytest.mark.parametrize(
    ("codes", "total", "line", "code"),
    [
        ((0, 0), 2, "2 blogs: 2 done", 0),
        ((0,), 1, "1 blog: 1 done", 0),
        ((75, 0, 6), 3, "3 blogs: 1 done, 1 blocked, 1 locked", 6),
        ((5, 5, 75), 3, "3 blogs: 0 done, 2 empty or shrunk, 1 locked", 5),
        ((1, 4, 0), 3, "3 blogs: 1 done, 1 not started, 1 with errors", 1),
        ((4, 6, 2), 3, "3 blogs: 0 done, 1 misused, 1 with errors, 1 blocked", 2),
        ((4, 6, 5), 3, "3 blogs: 0 done, 1 with errors, 1 blocked, 1 empty or shrunk", 4),
        ((0, 1, 3), 3, "3 blogs: 1 done, 1 ended early, 1 not started", 3),
        ((0, 0), 5, "5 blogs: 2 done, 3 not begun", 3),
    ],
)
def test_the_end(codes: tuple[int, ...], total: int, line: str, code: int) -> None:
    """Blogs are counted by how they ended, the gravest first; one that was not begun makes it an early end."""
    ended = tally(*codes, total=total)
    assert ended.line() == line
    assert ended.exit_code == code


def test_the_line_under_way() -> None:
    """While it lasts, the line adds what ended crawls and running ones have done."""
    now = tally(0, 75, total=24)
    now.end(0, Progress("a", 10, 7, 0, 10, 30, 100.0))
    running = [Progress("b", 50, 5, 0, 9, 20, 60.0), Progress("c", 0, 0, 0, 0, 0, 1.0)]
    assert now.progress(running, 100.0) == (
        "24 blogs: 2 done, 2 running, 1 locked, 19 to go; 12 posts saved, 0.5 requests/s"
    )
    assert tally(total=1).progress([], 0.0).endswith("1 to go; 0 posts saved, 0.0 requests/s")


def test_every_code_has_its_place() -> None:
    """Each code that a crawl can end with has a word, and stands in docs/exit-codes.md in the same order."""
    codes = {value for name, value in vars(outcome).items() if name.isupper() and isinstance(value, int)}
    assert {outcome.DONE, *GRAVEST} == codes - {outcome.UNVERIFIED}
    text = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text("utf-8")
    section = text.partition("## Many blogs")[2].partition("\n## ")[0]
    places = [section.find(f"\n| {code} |") for code in GRAVEST]
    assert -1 not in places
    assert places == sorted(places)
