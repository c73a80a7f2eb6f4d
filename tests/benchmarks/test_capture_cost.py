"""The benchmark runs, and says every ratio that it is for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("capture_cost.py")
RATIOS = ("CPU, capture / bare", "CPU, capture / wget", "WARC size, capture / wget", "peak memory, capture / bare")


def run(*arguments: object) -> str:
    """Run the benchmark on a few pages; return what it prints."""
    words = [sys.executable, str(SCRIPT), "--pages", "20", "--rounds", "1", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_says_what_capture_costs_against_bare_scrapy_and_wget(tmp_path: Path) -> None:
    """One round on 20 pages gives every ratio, for pages sent gzipped and plain."""
    figures = tmp_path / "figures.json"
    said = run("--json", figures)
    for ratio in RATIOS:
        for sent in ("gzipped", "plain"):
            assert f"| {ratio}, {sent} |" in said
    assert len(json.loads(figures.read_text())["costs"]["capture, plain"]) == 1


def test_says_what_the_writer_costs_by_level() -> None:
    """Each codec has a line for pages sent gzipped and plain; one of them is in use."""
    said = run("--writer")
    assert said.count("| gzipped | ") == said.count("| plain | ") >= 6
    assert said.count("| in use |") == 2


def test_says_how_memory_grows() -> None:
    """The peak of a crawl stands below its samples."""
    assert "| peak |" in run("--memory", 40)
