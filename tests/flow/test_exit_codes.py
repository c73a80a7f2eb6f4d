"""How a crawl ends: the exit code, and one line on standard error that says what happened and what to do."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flow import tools
from server.blog_pages import Entry, blog, entries, listing, post
from server.blog_server import BlogServer
from server.replies import PLAIN, Gate, error, plain

PlainBlog = Callable[[int], tuple[BlogServer, list[Entry]]]
Serve = Callable[..., BlogServer]


def failed(result: tools.Result, code: int, *words: str) -> None:
    """Check the exit code and the one line."""
    assert result.code == code, result.stderr
    (line,) = result.said
    for word in words:
        assert word in line


def breaks(server: BlogServer, posts: list[Entry], status: int, count: int) -> None:
    """Have `count` posts answer with an error."""
    server.pages |= {entry.path: error(status) for entry in posts[:count]}


def test_0_done(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A crawl that saved everything exits 0 and says nothing on standard error."""
    server, posts = plain_blog(5)
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0
    assert result.stderr == ""
    assert tools.texts(result.folder) == {entry.path: entry.text for entry in posts}
    asked = [path for path in server.paths() if path.startswith("/2024/")]
    assert asked == [entry.path for entry in posts], "the newest come first, should the crawl be cut short"


def test_0_within_the_threshold(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """One post in twelve that fails is reported, and the crawl still counts as done; the next one tries it again."""
    server, posts = plain_blog(12)
    breaks(server, posts, 500, 1)
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0
    assert "1 failed" in result.stdout
    server.pages |= blog(posts, server.url)
    server.log.clear()
    again = tools.crawl(server.url, tmp_path)
    assert again.code == 0
    assert set(server.paths()) & {entry.path for entry in posts} == {posts[0].path}
    assert len(tools.posts(again.folder)) == 12


def test_1_output_cannot_be_written(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """An output folder that is a file stops the crawl before the first request."""
    server, _ = plain_blog(1)
    (tmp_path / "output").write_text("in the way")
    result = tools.crawl(server.url, tmp_path / "output")
    failed(result, 1, "cannot write to", str(tmp_path / "output"), "ARCHIVER_OUTPUT")
    assert server.log == []


@pytest.mark.parametrize(
    ("spider", "arguments", "words"),
    [
        ("blog", {"url": None}, ("url", "for instance")),
        ("blog", {"url": "not a blog"}, ("not a blog", "for instance")),
        ("blog", {"url": "ftp://127.0.0.1/"}, ("ftp://127.0.0.1/", "for instance")),
        ("blog", {"url": "http://127.0.0.1/", "limits": "3"}, ("limits", "url, limit")),
        ("blog", {"url": "http://127.0.0.1/", "limit": "three"}, ("limit=three", "for instance")),
        ("blog", {"url": "https://blog.example.com/"}, ("reach you", "archiver_contact")),
        ("blogs", {"url": "http://127.0.0.1/"}, ("'blogs'", "blog, demo")),
    ],
)  # fmt: skip
def test_2_usage(spider: str, arguments: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    """What is wrong with a command line is said in one line, and nothing is made."""
    result = tools.crawl(output=tmp_path / "output", spider=spider, **arguments)  # type: ignore[arg-type]
    assert result.code == 2
    (line,) = result.stderr.splitlines()
    for word in words:
        assert word in line.lower()
    assert result.stdout == ""
    assert not (tmp_path / "output").exists()


def test_3_terminated(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """SIGTERM ends a crawl in good order: what was fetched is kept, and the next crawl goes on from there."""
    server, posts = plain_blog(30)
    gate = Gate(threading.Event(), threading.Event())
    server.pages[posts[10].path] = plain(post(posts[10])).after(gate)
    process = tools.start(tools.command("crawl", "blog", "-a", f"url={server.url}", output=tmp_path))
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGTERM)
    gate.passed.set()
    result = tools.finish(process, tmp_path)
    failed(result, 3, "ended early", "goes on from here")
    some = tools.posts(result.folder)
    assert 0 < len(some) < 30
    tools.check_archive(result.folder)
    assert tools.crawl(server.url, tmp_path).code == 0
    assert len(tools.posts(result.folder)) == 30
    tools.check_archive(result.folder)


@pytest.mark.parametrize("limit", [30_000, 50_000, 80_000])
def test_3_full_disk(plain_blog: PlainBlog, tmp_path: Path, limit: int) -> None:
    """A disk that takes no more ends the crawl at once; what was saved is whole, and later the crawl goes on."""
    server, posts = plain_blog(40)
    gone = posts[::4]
    server.pages |= {entry.path: error(410) for entry in gone}
    words = tools.command("crawl", "blog", "-a", f"url={server.url}", output=tmp_path)
    wrapper = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); "
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    result = tools.run([sys.executable, "-c", wrapper, str(limit), *words], tmp_path)
    failed(result, 3, "Make space", str(tmp_path))
    list(tools.records(result.folder))
    again = tools.crawl(server.url, tmp_path)
    assert again.code == 0, again.stderr
    assert {item["url"]: item["text"] for item in tools.posts(again.folder)} == {
        server.url + entry.path[1:]: entry.text for entry in posts if entry not in gone
    }
    tools.check_archive(again.folder)


def test_4_many_posts_fail(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """More failures than the threshold allows are an error; the others are saved all the same."""
    server, posts = plain_blog(10)
    breaks(server, posts, 500, 3)
    result = tools.crawl(server.url, tmp_path)
    failed(result, 4, "3 of 10 posts failed", "again")
    assert len(tools.posts(result.folder)) == 7
    tools.check_archive(result.folder)


def test_5_unreachable(tmp_path: Path) -> None:
    """A host on which nothing listens is named, with the reason."""
    with BlogServer() as server:
        url = server.url
    failed(tools.crawl(url, tmp_path), 5, url, "cannot be reached", "Check the address")


def test_5_no_blog(serve: Serve, tmp_path: Path) -> None:
    """A page that leads to no post is no blog, and neither is something that is no page."""
    server = serve({"/": plain("<html><body><p>Under construction</p></body></html>")})
    failed(tools.crawl(server.url, tmp_path / "page"), 5, "no posts were found", server.url)
    server.pages["/"] = plain(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png")
    failed(tools.crawl(server.url, tmp_path / "image"), 5, "no web page", server.url)


def test_5_sudden_shrink(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A blog that has lost most of its posts since the last crawl is looked at by a person; all is kept."""
    server, posts = plain_blog(9)
    assert tools.crawl(server.url, tmp_path).code == 0
    server.pages |= blog(posts[:2], server.url)
    result = tools.crawl(server.url, tmp_path)
    failed(result, 5, "only 2 posts", "9 the last time")
    assert len(tools.posts(result.folder)) == 9


def test_6_refused(serve: Serve, tmp_path: Path) -> None:
    """A blog whose first page is forbidden to us says so, and is not asked for anything else."""
    server = serve({"/": error(403)})
    failed(tools.crawl(server.url, tmp_path), 6, "403", "refuses us")
    assert server.paths() == ["/robots.txt", "/"]


def test_6_rate_limited(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A host that answers most posts with 429 wants us to wait."""
    server, posts = plain_blog(10)
    breaks(server, posts, 429, 7)
    result = tools.crawl(server.url, tmp_path)
    failed(result, 6, "429", "DOWNLOAD_DELAY")
    assert len(tools.posts(result.folder)) == 3
    breaks(server, posts, 429, 10)
    failed(tools.crawl(server.url, tmp_path / "all"), 6, "429", "DOWNLOAD_DELAY")


def test_75_locked(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """Two crawls of one blog don't mix: the second ends at once, the first is not disturbed."""
    server, posts = plain_blog(5)
    gate = Gate(threading.Event(), threading.Event())
    server.pages["/"] = listing([entry.path for entry in posts]).after(gate)
    process = tools.start(tools.command("crawl", "blog", "-a", f"url={server.url}", output=tmp_path))
    assert gate.reached.wait(60)
    second = tools.crawl(server.url, tmp_path)
    gate.passed.set()
    failed(second, 75, "another run", "Wait")
    first = tools.finish(process, tmp_path)
    assert first.code == 0
    assert len(tools.posts(first.folder)) == 5
    assert len(tools.reports(first.folder)) == 1
    tools.check_archive(first.folder)


def test_robots_say_no(serve: Serve, tmp_path: Path) -> None:
    """A blog that forbids crawlers is not archived, and the reason is robots.txt."""
    server = serve({"/robots.txt": plain("User-agent: *\nDisallow: /\n", PLAIN), "/": plain(entries(1)[0].text)})
    failed(tools.crawl(server.url, tmp_path), 5, "robots.txt", "forbids")
    assert server.paths() == ["/robots.txt"]
