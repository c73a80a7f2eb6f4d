"""What a person is told of the archive and its last runs."""

from __future__ import annotations

import json

import pytest

from archiver.runs import status
from archiver.runs.completeness import completeness


def run(run_id="1", gaps=(), findings=()):
    """Return the report of a run, as far as status reads it."""
    return {
        "started": f"2026-01-0{run_id}T00:00:00+00:00",
        "exit_code": 0,
        "found": 12,
        "message": "",
        "posts": {"saved": 0, "unchanged": 12},
        "completeness": completeness({"api": 12}, {"api": [("saved", None, 12)]}, gaps),
        "findings": [{"url": url, "reason": reason, "detail": detail} for url, reason, detail in findings],
    }


def told(*runs, whole=True):
    """Return the lines of a blog with these runs."""
    row = {"blog": "example.org", "posts": 12, "comments": 0, "warc_bytes": 1, "unfinished": [], "runs": runs}
    return list(status.lines(row, whole=whole))


def test_this_run_and_the_whole_blog():
    """What one run did, and what is true of the whole blog, are told apart."""
    assert told(run(), whole=False)[1:] == [
        "  2026-01-01T00:00:00+00:00  exit 0  this run: 12 found: 12 unchanged",
        "    whole blog: 12 advertised, 12 saved",
    ]


@pytest.mark.parametrize("number", [0, 1, 20, 21, 30])
def test_many_gaps(number):
    """Twenty unexplained addresses are shown, and how many more there are."""
    lines = told(run(gaps=[(f"https://example.org/{n}", "not fetched") for n in range(number)]))
    assert len([line for line in lines if line.startswith("    unexplained: ")]) == min(number, 20)
    more = [line for line in lines if "more are unexplained" in line]
    assert more == ([f"    {number - 20} more are unexplained: --json has them"] if number > 20 else [])


def test_a_failure_is_told_once():
    """What is a finding and a gap is told as the finding; other findings of the address don't hide the gap."""
    url, other = "https://example.org/a", "https://example.org/b"
    gaps = [(url, "timeout: late"), (other, "http_403: ")]
    lines = told(run(gaps=gaps, findings=[(url, "timeout", "late"), (other, "moved", "https://example.org/c")]))
    assert lines[3:] == [
        f"    unexplained: {other} http_403",
        f"    timeout: {url} late",
        f"    moved: {other} https://example.org/c",
    ]


def test_runs_of_a_folder(tmp_path):
    """Reports are read latest first, of earlier versions too; other files of the folder are passed over."""
    folder = tmp_path / "example.org" / "runs"
    folder.mkdir(parents=True)
    old = run("1")
    for word in ("gone_kept", "before_since", "disbelieved"):
        del old["completeness"][word]
    for name, report in (("1", old), ("2", run("2")), ("3", {"completeness": 5}), ("4", [])):
        (folder / f"{name}.json").write_text(json.dumps(report))
    made = status.status(tmp_path, "example.org")
    assert [report["started"][:10] for report in made["runs"]] == ["2026-01-02", "2026-01-01"]
    assert "    whole blog: 12 advertised, 12 saved" in list(status.lines(made, whole=True))
