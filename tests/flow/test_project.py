"""The project as Scrapy sees it from its own folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flow import tools

WHERE = """
import json, sys
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings
settings = get_project_settings()
loader = get_spider_loader(settings)
files = {name: sys.modules[loader.load(name).__module__].__file__ for name in loader.list()}
print(json.dumps(files))
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder."""
    return subprocess.run(
        words, cwd=tools.PROJECT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_spiders_are_blog_and_demo() -> None:
    """`scrapy list` names the two spiders that README tells of."""
    result = run(sys.executable, "-m", "scrapy", "list")
    assert result.returncode == 0
    assert result.stdout.split() == ["blog", "demo"]


def test_the_spiders_are_ours(tmp_path: Path) -> None:
    """The spiders are this checkout's, even if a package that is called `spiders` too is installed."""
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").write_text("")
    result = run(sys.executable, "-c", f"import sys; sys.path.append({str(tmp_path)!r})\n{WHERE}")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        name: str(tools.PROJECT / "spiders" / f"{name}.py") for name in ("blog", "demo")
    }


def test_help_is_there() -> None:
    """Both commands explain themselves, and the crawl's help tells the exit codes."""
    crawl = run(sys.executable, "-m", "scrapy", "crawl", "--help")
    assert crawl.returncode == 0
    assert "crawl blog -a url=URL" in crawl.stdout
    assert "75 locked" in " ".join(crawl.stdout.split())
    archiver = run(sys.executable, "-c", "from archiver.cli import main; main()", "--help", COLUMNS="200")
    assert archiver.returncode == 0
    for verb in ("status", "extract"):
        assert verb in archiver.stdout


def test_nothing_is_deprecated(tmp_path: Path) -> None:
    """A demo crawl runs without a warning from Scrapy or Python, deprecations included."""
    words = tools.command("crawl", "demo", output=tmp_path)
    words[1:1] = ["-W", "default::DeprecationWarning", "-W", "default::scrapy.exceptions.ScrapyDeprecationWarning"]
    result = tools.run(words, tmp_path)
    assert result.code == 0
    assert "eprecat" not in result.stderr, result.stderr


def test_a_crawl_says_nothing_on_standard_output_but_its_summary(tmp_path: Path) -> None:
    """At the usual log level the log goes to standard error alone, with progress and without tracebacks."""
    result = tools.crawl(None, tmp_path, spider="demo", level="INFO")
    assert result.code == 0
    assert result.stdout.startswith("demo: 12 new")
    assert "demo: 13 found, 12 saved" in result.stderr
