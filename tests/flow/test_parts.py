"""Posts on several pages: what is missing one day is there the next, and what is too much is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from flow import tools
from server.blog_pages import Entry, page
from server.blog_server import BlogServer
from server.replies import Page, Reply, dropped, error, plain, unless_known

Blog = Callable[..., tuple[BlogServer, list[Entry]]]
CHALLENGE = plain("<html><head><title>Just a moment...</title></head><body><div id='challenge-running'></div></body>")


def part(entry: Entry, number: int, count: int) -> Reply:
    """Return one page of a post; its paragraphs stand on no other."""
    words = "".join(f"<p>{text} That was part {number}.</p>" for text in islice(entry.paragraphs, 2))
    links = "".join(
        f"<a class='post-page-numbers' href='{entry.path}{n}/'>{n}</a> " for n in range(1, count + 1) if n != number
    )
    return plain(
        page(
            entry.title,
            f"<article class='h-entry'><h1>{entry.title}</h1><div class='e-content entry-content'>{words}"
            f"<div class='page-links'>Pages: {links}</div></div></article>",
            '<meta name="generator" content="WordPress 6.5"><meta property="og:type" content="article">'
            '<meta property="article:published_time" content="2024-01-02T10:00:00Z">',
        ),
        fields=[("ETag", f'"{number}"')],
    )


def current(result: tools.Result, entry: Entry) -> dict[str, object]:
    """Return the last line of a post."""
    return [post for post in tools.posts(result.folder) if post["url"].endswith(entry.path)][-1]


@pytest.mark.parametrize("trouble", [error(503), dropped("<p>cut", 3), CHALLENGE], ids=["503", "cut", "challenge"])
def test_a_part_that_is_not_there_today(plain_blog: Blog, tmp_path, trouble: Page):
    """A part that could not be had is asked for by the next run, although the first page says 304 to who knows it."""
    server, posts = plain_blog(2)
    entry = posts[0]
    server.pages[entry.path] = unless_known(part(entry, 1, 2), '"1"')
    server.pages[f"{entry.path}2/"] = trouble
    result = tools.crawl(server.url, tmp_path, {"RETRY_ENABLED": False})
    assert current(result, entry)["quality"]["flags"] == ["first_page_only"]
    assert "part_missing" in tools.reports(result.folder)[-1]["reasons"]

    server.pages[f"{entry.path}2/"] = part(entry, 2, 2)
    result = tools.crawl(server.url, tmp_path)
    post = current(result, entry)
    assert (post["revision"], post["quality"]["flags"]) == (2, [])
    assert "That was part 2." in post["text"]

    asked = len(server.targets)
    tools.crawl(server.url, tmp_path)
    assert entry.path not in server.targets[asked:]


def test_a_part_that_is_gone(plain_blog: Blog, tmp_path):
    """A part that answers 404 is told, and not asked for again."""
    server, posts = plain_blog(2)
    entry = posts[0]
    server.pages[entry.path] = part(entry, 1, 2)
    server.pages[f"{entry.path}2/"] = error(404)
    result = tools.crawl(server.url, tmp_path)
    assert current(result, entry)["quality"]["flags"] == ["first_page_only"]
    assert tools.reports(result.folder)[-1]["reasons"] == {"part_missing": 1}
    asked = len(server.targets)
    tools.crawl(server.url, tmp_path)
    assert not [target for target in server.targets[asked:] if target.startswith(entry.path)]


def test_too_many_parts(plain_blog: Blog, tmp_path):
    """A post of more pages than are read says so, in its flags and in the report."""
    server, posts = plain_blog(2)
    entry = posts[0]
    server.pages[entry.path] = part(entry, 1, 120)
    server.pages |= {f"{entry.path}{n}/": part(entry, n, 120) for n in range(2, 121)}
    result = tools.crawl(server.url, tmp_path)
    post = current(result, entry)
    assert (len(post["parts"]), post["quality"]["flags"]) == (99, ["first_page_only"])
    assert tools.reports(result.folder)[-1]["reasons"] == {"too_many_parts": 1}
