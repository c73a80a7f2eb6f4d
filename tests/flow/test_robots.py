"""What robots.txt allows and forbids, and what it means when nobody can tell (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flow import tools
from server.blog_pages import Entry, blog, entries, listing, robots, sitemap
from server.blog_server import BlogServer
from server.replies import NO_ANSWER, RESET, SILENCE, Page, error


@pytest.mark.parametrize(
    ("reply", "words"),
    [(error(503), "503"), (NO_ANSWER, ""), (RESET, ""), (SILENCE, "")],
    ids=["503", "no-answer", "reset", "silence"],
)
def test_robots_that_cannot_be_had_stop_everything(
    plain_blog: Callable[[int], tuple[BlogServer, list[Entry]]], tmp_path: Path, reply: Page, words: str
) -> None:
    """A robots.txt that answers 503 or not at all forbids everything, and the crawl says so."""
    server, _ = plain_blog(3)
    server.pages["/robots.txt"] = reply
    result = tools.crawl(server.url, tmp_path, {"DOWNLOAD_TIMEOUT": 1})
    assert set(server.paths()) == {"/robots.txt"}
    assert result.code == 5
    (line,) = result.said
    assert "robots.txt cannot be had" in line
    assert words in line
    assert "try again later" in line


@pytest.mark.parametrize("status", [404, 403])
def test_robots_that_do_not_exist_forbid_nothing(serve: Callable[..., BlogServer], tmp_path: Path, status: int) -> None:
    """Where there is no robots.txt everything may be fetched, whatever the error page says."""
    server, posts = serve(), entries(3)
    server.pages |= blog(posts, server.url)
    server.pages["/robots.txt"] = error(status, "User-agent: *\nDisallow: /\n")
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0
    assert len(tools.posts(result.folder)) == 3


def test_what_is_disallowed_is_never_asked_for(serve: Callable[..., BlogServer], tmp_path: Path) -> None:
    """Disallowed posts are left alone, which is told and no failure; a sitemap that only robots.txt names is found."""
    server, posts = serve(), entries(6)
    hidden = posts[:2]
    lines = [f"Disallow: {post.path}" for post in hidden]
    server.pages |= blog(posts, server.url) | {
        "/": listing([]),
        "/robots.txt": robots("User-agent: *", *lines, "", f"Sitemap: {server.url}maps/of-this-blog.xml"),
        "/maps/of-this-blog.xml": sitemap([server.url + post.path[1:] for post in posts]),
        "/sitemap.xml": error(404),
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert not {post.path for post in hidden} & set(server.paths())
    assert tools.texts(result.folder) == {post.path: post.text for post in posts[2:]}
    (report,) = tools.reports(result.folder)
    assert report["reasons"] == {"robots": 2}
    assert report["posts"]["failed"] == 0


def test_the_agent_is_named_by_robots(serve: Callable[..., BlogServer], tmp_path: Path) -> None:
    """Rules for blog-archiver hold for us, and a blog that forbids all its posts is told of in the last line."""
    server, posts = serve(), entries(4)
    server.pages |= blog(posts, server.url)
    server.pages["/robots.txt"] = robots(
        "User-agent: *",
        "Disallow:",
        "",
        "User-agent: blog-archiver",
        "Disallow: /2024/",
        f"Sitemap: {server.url}sitemap.xml",
    )
    result = tools.crawl(server.url, tmp_path)
    assert not any(path.startswith("/2024/") for path in server.paths())
    assert result.code == 5
    (line,) = result.said
    assert "robots.txt" in line
