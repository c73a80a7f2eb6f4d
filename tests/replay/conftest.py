"""The archive that other programs judge, and the environment that they live in."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from replay.archive import Archive, crawl_twice

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A blog with every kind of answer, crawled twice."""
    return crawl_twice(tmp_path_factory.mktemp("replay"))


@pytest.fixture(scope="session")
def judges(pytestconfig: pytest.Config) -> Path:
    """The folder with the other programs: ARCHIVER_JUDGES, else an environment made once in pytest's cache.

    Making it takes some ten seconds and a package index; without one the tests are skipped.
    """
    if given := os.environ.get("ARCHIVER_JUDGES"):
        assert (Path(given) / "wayback").exists(), f"ARCHIVER_JUDGES={given} has no wayback"
        return Path(given)
    cache = pytestconfig.cache
    assert cache is not None
    home = Path(cache.mkdir(f"judges-{sys.version_info.major}.{sys.version_info.minor}"))
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs may want it at once
        made = home / "made"
        wanted = REQUIREMENTS.read_text()
        if not made.exists() or made.read_text() != wanted:
            _make(home / "env")
            made.write_text(wanted)
    return home / "env" / "bin"


def _make(folder: Path) -> None:
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)],
    )
    for command in commands:
        try:
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        except subprocess.TimeoutExpired:
            pytest.skip("the package index does not answer: set ARCHIVER_JUDGES (tests/replay/requirements.txt)")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"cannot make the judges' environment: {error.stderr.strip()[-300:]}")
