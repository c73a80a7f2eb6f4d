"""`archiver verify`: what it prints, and how it ends."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from verify import build
from verify.build import Pair, sha1
from verify.test_blog import BREAKS
from verify.test_rules import CASES

from archiver.verify.checks import CHECKS

ROOT = Path(__file__).parents[2]
# Broken in tests of their own.
ELSEWHERE = {"no-file", "empty-file", "not-gzip", "index-missing", "pages-missing"}


def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command as a person does."""
    command = [sys.executable, "-c", "from archiver.cli import main; main()", "verify", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, cwd=ROOT, check=False)
    assert b"Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file that keeps every rule."""
    return build.write(tmp_path / "good", Pair().records)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file with an error and a warning."""
    pair = Pair()
    pair.response.set("WARC-Block-Digest", sha1(b"else")).set("WARC-Truncated", "time")
    return build.write(tmp_path / "bad", pair.records)


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A file with a warning."""
    pair = Pair()
    pair.response.set("WARC-Truncated", "time")
    return build.write(tmp_path / "doubtful", pair.records)


def test_a_good_file(good: Path) -> None:
    """A good file gets a summary and exit code 0."""
    done = run(str(good))
    size = good.stat().st_size
    assert done.stdout.decode() == f"1 file, 3 records, {size:,} bytes: 0 errors, 0 warnings, 0 notes\n"
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bad_file(bad: Path) -> None:
    """An error ends with exit code 7; each finding names file, offset, severity, rule and record."""
    done = run(str(bad))
    assert done.returncode == 7
    first, second, summary = done.stdout.decode().splitlines()
    told = {tuple(line.removeprefix(str(bad)).split()[:3]) for line in (first, second)}
    assert {words[1:] for words in told} == {("error", "R4"), ("warning", "R14")}
    assert re.fullmatch(rf"{re.escape(str(bad))}:\d+: \w+ R\d+ .+; .+ \[urn:uuid:[0-9a-f-]+\]", first)
    assert summary.endswith(": 1 error, 1 warning, 0 notes")


def test_strict(doubtful: Path) -> None:
    """Warnings count with --strict only."""
    assert run(str(doubtful)).returncode == 0
    assert run("--strict", str(doubtful)).returncode == 7


def test_json(bad: Path) -> None:
    """--json prints findings and summary."""
    done = run("--json", str(bad))
    assert done.returncode == 7
    told = json.loads(done.stdout)
    assert {finding["rule"] for finding in told["findings"]} == {"R4", "R14"}
    finding = told["findings"][0]
    assert finding["file"] == str(bad)
    assert finding["offset"] > 0
    assert finding["record_id"].startswith("urn:uuid:")
    assert told["summary"]["errors"] == told["summary"]["warnings"] == 1


def test_all(tmp_path: Path) -> None:
    """Twenty findings of a kind are shown and the others counted; --all shows every one."""
    pair = Pair()
    others = [Pair(pair.info) for _ in range(30)]
    records = [r for o in others for r in (o.response.set("WARC-Block-Digest", sha1(b"else")), o.request)]
    path = build.write(tmp_path, [pair.info, *records])
    some = run(str(path)).stdout.decode().splitlines()
    assert len(some) == 22
    assert "and 10 more of R4" in some[20]
    assert len(run("--all", str(path)).stdout.splitlines()) == 31


def test_standard_input(good: Path) -> None:
    """- reads standard input."""
    assert run("-", stdin=good.read_bytes()).returncode == 0
    assert run("-", stdin=b"no WARC file").returncode == 7


@pytest.mark.parametrize("words", [["nowhere.warc.gz"], ["docs"], []])
def test_usage(words: list[str]) -> None:
    """A path that is not there, a folder without WARC files, or no path at all is a wrong command: exit code 2."""
    done = run(*words)
    assert done.returncode == 2
    assert (words[0] if words else "PATH").encode() in done.stderr


def test_every_check_has_a_file_that_breaks_it() -> None:
    """No check is without a test."""
    tested = {case.check for case in CASES} | {row[0] for row in BREAKS} | ELSEWHERE
    assert set(CHECKS) - tested == set()
    assert tested - set(CHECKS) == set()


def test_every_check_is_explained() -> None:
    """docs/verify.md has a line for each check, with its rule and how grave it is."""
    text = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
    rows = [
        f"| {check.rule} | `{name}` | {check.expected} | {check.ours or '–'} | {check.foreign or '–'} |"
        for name, check in CHECKS.items()
    ]
    assert [row for row in rows if row not in text] == []


def test_no_code_is_shared_with_the_writer() -> None:
    """The verifier judges by its own reading: it imports nothing of the archiver but its errors and itself."""
    imported = set()
    for path in (ROOT / "archiver" / "verify").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or ".")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {name for name in imported if name.startswith("archiver")}
    assert {name for name in ours if not name.startswith("archiver.verify")} == {"archiver.errors"}
    others = {name.partition(".")[0] for name in imported - ours}
    assert others - sys.stdlib_module_names == {"rich"}  # draws the progress bar
