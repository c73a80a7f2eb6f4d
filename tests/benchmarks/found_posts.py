"""Measure how much of a blog is found, on every platform and with every fault that the tests know.

    python tests/benchmarks/found_posts.py                             # all platforms, 40 posts each: some minutes
    python tests/benchmarks/found_posts.py --only ghost                # one platform
    python tests/benchmarks/found_posts.py --posts 1000 --only wordpress
    python tests/benchmarks/found_posts.py --blog URL TRUTH            # a real engine too; can be given several times
    python tests/benchmarks/found_posts.py --write docs/platforms.md   # put the table where it belongs

Each blog is crawled twice, and nothing changes in between. TRUTH is a file of JSON lines, objects of a `type`: post
(url, and comments with their paragraphs if there are any); hidden, page, not_post and variant (url) must not become
items, and neither must anything that the file does not name.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests"))

from flow import tools  # noqa: E402
from server.platforms import CASES, PLATFORMS, Case  # noqa: E402
from server.platforms.crawls import crawl  # noqa: E402
from server.platforms.judge import found_posts, key  # noqa: E402

BEGIN, END = "<!-- found posts: begin -->", "<!-- found posts: end -->"
COLUMNS = ("platform", "faults", "posts", "found", "precision", "recall", "comments", "told apart", "requests")
TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
TIMEOUT = 1800


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `comments` and `told` are how many were right, of how many; `requests` are two crawls'."""

    platform: str
    faults: str
    posts: int
    found: int
    precision: float
    recall: float
    comments: tuple[int, int]
    told: tuple[int, int]
    requests: tuple[int, int]

    def cells(self) -> tuple[str, ...]:
        """The line as the table has it."""
        return (
            self.platform,
            self.faults or "-",
            str(self.posts),
            str(self.found),
            f"{self.precision:.3f}",
            f"{self.recall:.3f}",
            _of(self.comments),
            _of(self.told),
            f"{self.requests[0]} / {self.requests[1]}",
        )


def _of(counts: tuple[int, int]) -> str:
    return f"{counts[0]} of {counts[1]}" if counts[1] else "-"


def of_platform(case: Case, posts: int) -> Line:
    """Crawl a platform's blog."""
    name, faults = case
    with tempfile.TemporaryDirectory() as folder:
        done = crawl(case, Path(folder), posts)
    score, truth = done.score, done.truth
    special = len(truth.closed) + len(truth.gone) + len(truth.moved)
    right = score.comments_found - len(score.misread)
    return Line(
        name,
        ", ".join(sorted(faults)),
        score.posts,
        score.found,
        score.precision,
        score.recall,
        (right, score.comments),
        (special - len(score.untold), special),
        done.requests,
    )


def of_blog(url: str, truth: Path) -> Line:
    """Crawl a blog that is served by its own engine."""
    rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines() if line.strip()]
    posts = {key(row["url"]): row for row in rows if row["type"] == "post"}
    with tempfile.TemporaryDirectory() as folder:
        first = tools.crawl(url, Path(folder), timeout=TIMEOUT)
        items, said = tools.posts(first.folder), tools.comments(first.folder)
        tools.crawl(url, Path(folder), timeout=TIMEOUT)
        reports = tools.reports(first.folder)
    score = found_posts(posts, items)
    requests = tuple(int(report["cost"]["requests"]) for report in (reports[0], reports[-1]))
    platform = reports[0]["discovery"].get("platform") or "unknown"
    return Line(
        f"{platform}, a real one",
        "",
        score.posts,
        score.found,
        score.precision,
        score.recall,
        _comments(posts.values(), items, said),
        (0, 0),
        (requests[0], requests[1]),
    )


def _comments(
    posts: Iterable[dict[str, Any]], items: Sequence[dict[str, Any]], said: Sequence[dict[str, Any]]
) -> tuple[int, int]:
    """Return how many comments of the truth are there with their words and their author, and how many there are."""
    paths = {item["id"]: key(item["url"]) for item in items}
    have = {(paths.get(row["post_id"]), row["author"], _squeeze(row["text"])) for row in said}
    wanted = [
        (key(post["url"]), comment["author"], _squeeze(" ".join(comment["paragraphs"])))
        for post in posts
        for comment in post.get("comments", ())
    ]
    return sum(one in have for one in wanted), len(wanted)


def _squeeze(text: str) -> str:
    """Text without what engines change: spaces, quotation marks, dashes."""
    return " ".join(text.translate(TYPOGRAPHY).replace("...", "…").split())


def table(lines: Iterable[Line]) -> str:
    """Return the lines as a markdown table."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write(path: Path, text: str) -> None:
    """Put a text between the two marks of a file. Raises ValueError if they aren't there."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--posts", type=int, default=40, help="posts of each blog (default 40)")
    parser.add_argument("--only", action="append", choices=sorted(PLATFORMS), help="a platform; can be given again")
    parser.add_argument("--blog", nargs=2, action="append", default=[], metavar=("URL", "TRUTH"), help="a real engine")
    parser.add_argument("--at-once", type=int, default=2, help="crawls side by side (default 2)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="a markdown file with the two marks")
    given = parser.parse_args(arguments)
    cases = [case for case in CASES if not given.only or case[0] in given.only]
    with ThreadPoolExecutor(given.at_once) as pool:
        lines = [*pool.map(lambda case: of_platform(case, given.posts), cases)]
    lines += [of_blog(url, Path(truth)) for url, truth in given.blog]
    text = table(lines)
    print(text)
    if given.write:
        told = f"{given.posts} posts each; measured on {datetime.now(UTC):%Y-%m-%d}."
        write(given.write, f"{told}\n\n{text}")


if __name__ == "__main__":
    main()
