"""A blog crawled twice as a person would, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flow import tools
from server.platforms import PLATFORMS, Case
from server.platforms.judge import Score, judge, key
from server.platforms.model import Platform, Truth

TIMEOUT = 240


@dataclass(frozen=True, slots=True)
class Crawled:
    """Two crawls of one blog, between which nothing has changed.

    `requests` counts what the blog's servers were asked for in each; `asked_again` are the addresses that the second
    asked the blog itself for, as `judge.key` gives them.
    """

    truth: Truth
    first: tools.Result
    again: tools.Result
    report: Mapping[str, Any]
    report_again: Mapping[str, Any]
    score: Score
    requests: tuple[int, int]
    asked_again: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The blog's folder."""
        return self.first.folder


def crawl(case: Case, output: Path, count: int) -> Crawled:
    """Serve a blog of `count` posts and crawl it twice."""
    name, faults = case
    with PLATFORMS[name].serve(faults, count) as platform:
        first = _run(platform, output)
        once = platform.requests()
        asked = len(platform.server.log)
        score = judge(
            platform.truth, tools.posts(first.folder), tools.comments(first.folder), tools.reports(first.folder)[-1]
        )
        again = _run(platform, output)
        reports = tools.reports(first.folder)
        return Crawled(
            platform.truth,
            first,
            again,
            reports[0],
            reports[-1],
            score,
            (once, platform.requests() - once),
            tuple(key(target) for target in platform.server.targets[asked:]),
        )


def _run(platform: Platform, output: Path) -> tools.Result:
    words = tools.command("crawl", "blog", "-a", f"url={platform.url}", output=output, settings=platform.settings)
    return tools.finish(tools.start(words, **platform.variables), output, TIMEOUT)
