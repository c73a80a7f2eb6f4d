"""All posts of a blog are found on every platform, whatever of its surfaces is missing, cut or shut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from benchmarks import found_posts
from flow import tools
from server.platforms import CASES, PLATFORMS, Case, name_of
from server.platforms.crawls import Crawled, crawl
from server.platforms.judge import key
from server.platforms.model import Post

# More than any feed has, so that what lies behind it has to be found in another way.
POSTS = 24
MANY = 1000
# A second crawl of a blog without a list for programs looks at its first lists again.
FEW = 20
LARGE: tuple[Case, ...] = (("wordpress", frozenset()), ("jekyll", frozenset()))
Crawls = Callable[[Case], Crawled]


PAUSE = "Retry-After is not heeded"
ABOUT = "any page in the blog's first folder has the form of a post's address"
NOTHING = "a page that nothing calls a post is none"
# What the archiver can't do yet: the case and the test that says so, and why.
MISSING = {
    ("substack burst no_sitemap", "posts"): PAUSE,
    ("substack burst no_sitemap", "comments"): PAUSE,
    ("substack burst no_sitemap", "told"): PAUSE,
    ("substack burst no_sitemap", "again"): PAUSE,
    ("medium no_sitemap", "posts"): ABOUT,
    ("medium no_archive", "posts"): ABOUT,
    ("medium no_archive no_sitemap", "posts"): ABOUT,
    ("medium no_archive", "again"): ABOUT,
    ("unknown bare", "posts"): NOTHING,
    ("unknown bare", "again"): NOTHING,
}


def cases(about: str = "") -> list[object]:
    """All cases for one test, marked where it is known what is still missing."""
    out = []
    for case in CASES:
        why = MISSING.get((name_of(case), about))
        # how fast this machine is decides how often a server that wants a pause has to say so
        marks = [pytest.mark.xfail(reason=why, strict=why != PAUSE)] if why else []
        out.append(pytest.param(case, id=name_of(case), marks=marks))
    return out


@pytest.fixture(scope="module")
def crawls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    """Crawls of the cases that are wanted, each made once and two at a time."""
    wanted = [item.callspec.params["case"] for item in request.session.items if _has_case(item)]
    with ThreadPoolExecutor(2) as pool:
        futures: dict[Case, Future[Crawled]] = {
            case: pool.submit(crawl, case, tmp_path_factory.mktemp("crawl"), POSTS) for case in dict.fromkeys(wanted)
        }
        yield lambda case: futures[case].result()
        pool.shutdown(cancel_futures=True)


def _has_case(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return item.path == Path(__file__) and callspec is not None and "crawls" in item.fixturenames


@pytest.mark.parametrize("case", cases("posts"))
def test_every_post_is_saved_and_nothing_else(case: Case, crawls: Crawls) -> None:
    """Each post that everybody may read is one item with its whole text; pages, lists and stubs are none."""
    done = crawls(case)
    assert done.first.code == 0, done.first.stderr
    assert done.score.wrong == []
    assert set(done.score.missed) == {key(path) for path in done.truth.hidden}
    assert done.score.torn == []
    assert done.score.leaked == []


@pytest.mark.parametrize("case", cases("platform"))
def test_the_platform_is_recognised(case: Case, crawls: Crawls) -> None:
    """The report names the platform, by what its pages say of themselves."""
    platform, _ = case
    assert crawls(case).report["discovery"]["platform"] == (None if platform == "unknown" else platform)


@pytest.mark.parametrize("case", cases("comments"))
def test_every_comment_is_saved(case: Case, crawls: Crawls) -> None:
    """Each comment is there once, with its author, its date and what it answers."""
    done = crawls(case)
    if not done.truth.comments:
        assert tools.comments(done.folder) == []
        return
    assert done.score.comments_found == done.score.comments > 0
    assert done.score.misread == []
    assert len(tools.comments(done.folder)) == done.score.comments


@pytest.mark.parametrize("case", cases("told"))
def test_what_is_no_post_any_more_is_told_apart(case: Case, crawls: Crawls) -> None:
    """The report says what is closed, gone or moved, and has an explanation for every address that was named."""
    done = crawls(case)
    assert done.score.untold == []
    account = done.report["completeness"]
    assert account["unexplained"] == 0, account
    assert account["gaps"] == []
    beside = account["beside"]
    assert account["saved"] + beside.get("saved", 0) == done.score.items
    assert account["moved"] + beside.get("moved", 0) == len(done.truth.moved)


@pytest.mark.parametrize("case", cases("again"))
def test_a_second_crawl_asks_for_little(case: Case, crawls: Crawls) -> None:
    """Where nothing has changed, no post is asked for again, and every one is known to be there still."""
    done = crawls(case)
    assert done.again.code == 0, done.again.stderr
    posts = {key(post.path) for post in (*done.truth.posts, *done.truth.previews)}
    assert posts & set(done.asked_again) == set()
    assert done.requests[1] <= FEW
    counts = done.report_again["posts"]
    assert counts["saved"] == counts["revised"] == counts["same"] == counts["comments"] == 0
    assert counts["unchanged"] == done.score.items


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in LARGE])
def test_a_large_blog_costs_a_second_crawl_a_hundredth(case: Case, tmp_path: Path) -> None:
    """A thousand posts are all found, and asking whether they have changed takes one request for a hundred."""
    done = crawl(case, tmp_path, MANY)
    assert done.first.code == done.again.code == 0, done.first.stderr + done.again.stderr
    assert done.score.precision == done.score.recall == 1.0
    assert done.score.comments_found == done.score.comments
    first, again = done.requests
    assert again <= first / 100
    assert done.report_again["posts"]["unchanged"] == done.score.items


def test_the_benchmark_judges_a_real_engine_too(tmp_path: Path) -> None:
    """A blog of which there is only an address and a file of truths gets its line, and the table its place."""
    truth, docs = tmp_path / "truth.jsonl", tmp_path / "docs.md"
    docs.write_text(f"# Before\n\n{found_posts.BEGIN}\nold\n{found_posts.END}\n\nAfter.\n")
    with PLATFORMS["typepad"].serve(frozenset(), 12) as platform:
        url = platform.url[:-1]
        posts = [{"type": "post", "url": url + post.path, "comments": _comments(post)} for post in platform.truth.posts]
        others = [{"type": "page", "url": url + path} for path in platform.truth.pages]
        # what a truth doesn't name is no post
        truth.write_text("".join(json.dumps(row) + "\n" for row in (*posts[1:], *others)))
        line = found_posts.of_blog(platform.url, truth)
    assert line.platform == "typepad, a real one"
    assert (line.posts, line.found, line.recall) == (11, 11, 1.0)
    assert line.precision == pytest.approx(11 / 12)
    assert line.comments[0] == line.comments[1] > 0
    found_posts.write(docs, found_posts.table([line]))
    assert docs.read_text().startswith("# Before\n\n<!--")
    assert docs.read_text().endswith("-->\n\nAfter.\n")
    assert "| typepad, a real one | - | 11 | 11 | 0.917 | 1.000 |" in docs.read_text()


def _comments(post: Post) -> list[dict[str, object]]:
    return [{"author": comment.author, "paragraphs": [comment.text]} for comment in post.comments]
