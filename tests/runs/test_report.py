"""The run report, and the lines that a person sees at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from archiver.errors import OutputError
from archiver.runs import report
from archiver.runs.completeness import completeness

NONE = dict.fromkeys(("saved", "revised", "same", "unchanged", "not_a_post", "gone", "failed", "comments"), 0)
REPORT = {
    "blog": "example.org",
    "folder": "output/example.org",
    "run_id": "20200102030405",
    "posts": {**NONE, "saved": 3, "gone": 1, "comments": 5},
    "warc_files": ["archive/a.warc.gz"],
    "cost": {"warc_bytes": 1_250_000},
    "reasons": {"gone": 1},
    "found": 4,
    "limited": False,
}


def test_write(tmp_path):
    """A report is readable JSON, and nothing else is left beside it."""
    path = tmp_path / "20200102030405.json"
    report.write(path, {"blog": "Zoë", "n": 1})
    assert path.read_text(encoding="utf-8") == '{\n  "blog": "Zoë",\n  "n": 1\n}\n'
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_at_once(tmp_path):
    """Until a report is whole the old one is there."""
    path = tmp_path / "run.json"
    report.write(path, {"n": 1})

    class Slow(dict[str, int]):
        def items(self) -> Iterator[tuple[str, int]]:  # type: ignore[override]
            assert json.loads(path.read_text()) == {"n": 1}
            yield "n", 3

    report.write(path, Slow(n=2))
    assert json.loads(path.read_text()) == {"n": 3}


def test_not_at_all(tmp_path):
    """A report that cannot be written is an OutputError, and the old one stays."""
    path = tmp_path / "run.json"
    report.write(path, {"n": 1})
    path.with_suffix(".part").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*run\.json"):
        report.write(path, {"n": 2})
    assert json.loads(path.read_text()) == {"n": 1}


def lines(**changes: object) -> list[str]:
    """Return the summary of a report."""
    told: Mapping[str, object] = {**REPORT, **changes}
    return report.summary(told)


def test_summary():
    """The last lines say what was saved, where it lies, and what went otherwise."""
    first, *where, last = lines()
    assert first == "example.org: 3 new, 1 gone; 5 new comments"
    assert [line.split()[0] for line in where] == [
        "output/example.org/archive/",
        "output/example.org/posts.jsonl",
        "output/example.org/runs/20200102030405.json",
    ]
    assert "1 WARC file, 1.2 MB" in where[0]
    assert last.endswith(": 1 gone")


def test_summary_of_a_limited_run():
    """Whoever asked for few posts is told how many were left."""
    assert "  5 more were found and left, as -a limit asks" in lines(
        limited=True, found=9, arguments={"limit": "4", "since": "2020-01-01"}
    )
    assert "  5 more were found and left, as -a since asks" in lines(
        limited=True, found=9, arguments={"since": "2020-01-01"}
    )
    assert lines(limited=True) == lines(limited=False, found=9) == lines()


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 kB"), (1, "1 kB"), (1001, "2 kB"), (999_001, "1000 kB"), (1_000_000, "1.0 MB")]
)
def test_size_of(size, told):
    """A size is told in kilobytes, rounded up, or in megabytes."""
    assert report.size_of(size) == told


def test_summary_of_nothing():
    """A run that saved nothing points to its report alone."""
    assert [line.split()[0] for line in lines(posts=NONE, warc_files=[], reasons={})] == [
        "example.org:",
        "output/example.org/runs/20200102030405.json",
    ]
    assert lines(posts=NONE, warc_files=[], reasons={})[0] == "example.org: no posts; 0 new comments"


def test_summary_of_the_whole_blog():
    """What is true of the whole blog is said to be so, and what nothing explains stands below, reason and address."""
    gaps = [(f"https://example.org/{n}", "http_403: ") for n in range(7)]
    fates = {"": [("saved", None, 3), ("failed", "http_403: ", 7)]}
    told = lines(completeness=completeness({}, fates, gaps))
    assert told[1] == "  whole blog: 10 found, 3 saved, 7 failed"
    assert told[2:7] == [f"    http_403: https://example.org/{n}" for n in range(5)]
    assert told[7] == "    the others stand in the report"
