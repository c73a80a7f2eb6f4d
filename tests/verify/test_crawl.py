"""What a crawl leaves is verified clean, in each state that it can be in."""

from __future__ import annotations

from pathlib import Path

import pytest
from flow import tools

from archiver.demo.server import DemoBlog
from archiver.verify.run import verify


def told(path: Path) -> list[str]:
    """What is found in a folder, notes left out."""
    return [finding.line() for finding in verify([str(path)]).findings if finding.severity != "note"]


@pytest.mark.parametrize("settings", [{}, {"ARCHIVER_SECRETS": "keep"}, {"ARCHIVER_CONVERSIONS": "False"}])
def test_the_demo(settings: dict[str, object], tmp_path: Path) -> None:
    """The demo's folder holds nothing to complain of."""
    result = tools.crawl(None, tmp_path, settings, spider="demo")
    assert result.code == 0, result.stderr
    assert told(tmp_path) == []
    assert verify([str(result.folder)]).records > 40


def test_a_blog_that_is_crawled_again(tmp_path: Path) -> None:
    """Nor do the revisits and revisions of later runs."""
    with DemoBlog() as blog:
        tools.crawl(blog.url, tmp_path)
        blog.edit(blog.posts[4].path, ["All is new.", "And this too."])
        tools.crawl(blog.url, tmp_path)
        tools.crawl(blog.url, tmp_path, full=1)
    assert told(tmp_path) == []
