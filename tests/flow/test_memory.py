"""What a second crawl costs, and that it misses nothing: new, changed, vanished posts and new comments."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flow import tools
from server.blog_pages import ROBOTS_ALL, Entry, entries, listing, plain, post, sitemap
from server.blog_server import BlogServer
from server.replies import Gate, Reply, Request, error, redirect
from server.wordpress_api import Comment, WordPress, not_found

Serve = Callable[..., BlogServer]


@pytest.fixture
def wordpress(serve: Serve) -> WordPress:
    """A WordPress with twelve posts and three comments."""
    made = WordPress(serve()).start(entries(12))
    made.comments = [Comment(1, 3, "Well said."), Comment(2, 3, "Indeed.", parent=1), Comment(3, 7, "I was there.")]
    return made


def last(folder: Path) -> dict[str, Any]:
    """The report of the last run."""
    return tools.reports(folder)[-1]


def crawl(blog: WordPress | BlogServer, output: Path, **arguments: object) -> tuple[tools.Result, list[str]]:
    """Crawl, and return what was asked for."""
    server = blog.server if isinstance(blog, WordPress) else blog
    before = len(server.log)
    result = tools.crawl(server.url, output, **arguments)
    tools.check_archive(result.folder)
    return result, server.targets[before:]


def changed(entry: Entry, word: str = "Later we knew better.") -> Entry:
    """The same post with another text."""
    return replace(entry, paragraphs=(*entry.paragraphs, word))


def test_an_unchanged_wordpress(wordpress: WordPress, tmp_path: Path) -> None:
    """No post of an unchanged blog is asked for again, and the comments are those that the API told."""
    first, _ = crawl(wordpress, tmp_path)
    assert first.code == 0, first.stderr
    assert "12 advertised, 12 saved" in first.stdout
    said = {row["url"].rpartition("#")[2]: row for row in tools.comments(first.folder)}
    assert {key: row["text"] for key, row in said.items()} == {
        "comment-1": "Well said.", "comment-2": "Indeed.", "comment-3": "I was there."
    }  # fmt: skip
    assert said["comment-2"]["parent_id"] == said["comment-1"]["id"]
    again, asked = crawl(wordpress, tmp_path)
    assert again.code == 0, again.stderr
    assert not [target for target in asked if target.startswith("/2024")]
    assert len(asked) <= 9
    assert "12 advertised, 12 saved" in again.stdout
    assert len(tools.comments(again.folder)) == 3
    assert last(again.folder)["posts"]["unchanged"] == 12


def test_new_and_changed_posts(wordpress: WordPress, tmp_path: Path) -> None:
    """A new post is saved and a changed one gets a revision; nothing else is fetched."""
    crawl(wordpress, tmp_path)
    new = entries(13)[0]
    wordpress.publish(13, new, "2025-01-01T00:00:01")
    old = wordpress.rows[4].entry
    wordpress.publish(4, changed(old), "2025-01-02T00:00:01")
    result, asked = crawl(wordpress, tmp_path)
    assert result.code == 0, result.stderr
    assert sorted(target for target in asked if target.startswith("/2024")) == sorted([new.path, old.path])
    assert tools.texts(result.folder)[old.path] == changed(old).text
    assert [row["revision"] for row in tools.posts(result.folder) if row["url"].endswith(old.path)] == [1, 2]


def test_a_post_with_an_old_date(wordpress: WordPress, tmp_path: Path) -> None:
    """A post that appears with an old date, behind a page of unchanged ones, is found because the totals differ."""
    for number, entry in enumerate(reversed(entries(130)[:-12]), 13):
        wordpress.publish(number, entry)
    crawl(wordpress, tmp_path)
    late = entries(131)[0]
    wordpress.publish(131, late, "2010-01-01T00:00:01")
    wordpress.server.pages["/wp-sitemap-posts-post-1.xml"] = sitemap([])
    result, asked = crawl(wordpress, tmp_path)
    assert result.code == 0, result.stderr
    assert late.path in tools.texts(result.folder)
    assert [target for target in asked if target.startswith("/2024")] == [late.path]


def test_new_comments_on_an_old_post(wordpress: WordPress, tmp_path: Path) -> None:
    """A new comment is taken in with its thread, and names the API's answer; the post is not fetched for it."""
    crawl(wordpress, tmp_path)
    wordpress.comments.append(Comment(4, 3, "Years later I agree.", parent=2))
    result, asked = crawl(wordpress, tmp_path)
    assert not [target for target in asked if target.startswith("/2024")]
    rows = tools.comments(result.folder)
    assert len(rows) == 4
    assert rows[-1]["text"] == "Years later I agree."
    assert rows[-1]["parent_id"] == rows[1]["id"]
    assert last(result.folder)["posts"]["comments"] == 1
    records = {record.record_id: record.url for record in tools.records(result.folder)}
    assert "/wp-json/wp/v2/comments" in records[rows[-1]["snapshot_id"]]
    assert len(tools.comments(crawl(wordpress, tmp_path)[0].folder)) == 4


def test_comments_without_an_api(wordpress: WordPress, tmp_path: Path) -> None:
    """Where the API of comments is shut, those of the pages are saved."""
    wordpress.refuses = ("/wp-json/wp/v2/comments",)
    result, _ = crawl(wordpress, tmp_path)
    assert {row["text"] for row in tools.comments(result.folder)} == {"Well said.", "Indeed.", "I was there."}


@pytest.mark.parametrize("reply", [error(404), error(410), not_found(), redirect("/")])
def test_a_vanished_post(wordpress: WordPress, tmp_path: Path, reply: Reply) -> None:
    """A post that is gone is looked at by two runs before it is called gone, then left alone; its item stays."""
    crawl(wordpress, tmp_path)
    path = wordpress.rows[5].entry.path
    wordpress.trash(5, reply)
    entered = []
    for _ in range(3):
        result, asked = crawl(wordpress, tmp_path)
        assert result.code == 0, result.stderr
        entered.append(
            (asked.count(path), last(result.folder)["posts"]["absent"], last(result.folder)["posts"]["gone"])
        )
    assert entered == [(1, 1, 0), (1, 0, 1), (0, 0, 0)]
    assert path in tools.texts(result.folder)


def test_a_post_that_comes_back(wordpress: WordPress, tmp_path: Path) -> None:
    """A post that was seen gone once and is there again is no news."""
    crawl(wordpress, tmp_path)
    entry = wordpress.rows[5].entry
    wordpress.trash(5, error(404))
    crawl(wordpress, tmp_path)
    wordpress.publish(5, entry)
    result, asked = crawl(wordpress, tmp_path)
    assert asked.count(entry.path) == 1
    assert (last(result.folder)["posts"]["gone"], last(result.folder)["posts"]["same"]) == (0, 1)


def static(server: BlogServer, posts: list[Entry], built: str, lastmod: str = "2024-03-01T10:00:00Z") -> None:
    """Serve a static blog as a web server does: an ETag on each file, 304 to who has it."""

    def file(body: Reply, tag: str) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            if request.field("If-None-Match") == tag:
                return plain(b"", status=304, fields=[("ETag", tag)])
            head, _, rest = b"".join(part for part in body.parts if isinstance(part, bytes)).partition(b"\r\n\r\n")
            return Reply((head + f"\r\nETag: {tag}".encode() + b"\r\n\r\n" + rest,))

        return answer

    server.pages |= {entry.path: file(plain(post(entry)), f'"{hash(entry.text)}"') for entry in posts}
    server.pages |= {
        "/": listing([entry.path for entry in posts[:5]]),
        "/robots.txt": ROBOTS_ALL,
        "/sitemap.xml": file(sitemap((server.url + entry.path[1:] for entry in posts), lastmod), f'"{built}"'),
    }


def test_an_unchanged_static_blog(serve: Serve, tmp_path: Path) -> None:
    """A sitemap that is as it was spares all the posts that it names."""
    server, posts = serve(), entries(10)
    static(server, posts, "1")
    crawl(server, tmp_path)
    result, asked = crawl(server, tmp_path)
    assert result.code == 0, result.stderr
    assert not [target for target in asked if target.startswith("/2024")]
    assert last(result.folder)["posts"]["unchanged"] == 10
    assert last(result.folder)["found"] == 10


def test_a_second_change_on_the_same_day(serve: Serve, tmp_path: Path) -> None:
    """A sitemap that names days only hides a second change on a day: what changed today is asked for once more."""
    server, posts = serve(), entries(6)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    static(server, posts, "1", today)
    crawl(server, tmp_path)
    posts[2] = changed(posts[2])
    static(server, posts, "2", today)
    result, _ = crawl(server, tmp_path)
    assert tools.texts(result.folder)[posts[2].path] == posts[2].text
    totals = last(result.folder)["posts"]
    assert (totals["revised"], totals["unchanged"]) == (1, 5), "the others answered 304"


def test_links_alone(serve: Serve, tmp_path: Path) -> None:
    """A blog without any surface is followed link by link, and the second time only as far as there is news."""
    server, posts = serve(), entries(12)
    server.pages |= {entry.path: plain(post(entry)) for entry in posts}
    server.pages |= {
        "/robots.txt": ROBOTS_ALL,
        "/": listing([*(entry.path for entry in posts[1:4]), "/page/2/"]),
        "/page/2/": listing([*(entry.path for entry in posts[4:8]), "/page/3/"]),
        "/page/3/": listing([entry.path for entry in posts[8:]]),
    }
    result, _ = crawl(server, tmp_path)
    assert len(tools.texts(result.folder)) == 11
    result, asked = crawl(server, tmp_path)
    assert not [target for target in asked if target.startswith(("/2024", "/page"))]
    server.pages["/"] = listing([*(entry.path for entry in posts[:3]), "/page/2/"])
    result, asked = crawl(server, tmp_path)
    assert posts[0].path in tools.texts(result.folder)
    assert "/page/2/" in asked


def test_since(wordpress: WordPress, tmp_path: Path) -> None:
    """Only posts from a day on are fetched; the next crawl without that fetches the rest."""
    for number in (11, 12):
        wordpress.publish(number, wordpress.rows[number].entry, "2025-06-01T00:00:01")
    result, asked = crawl(wordpress, tmp_path, since="2025-01-01")
    assert result.code == 0, result.stderr
    assert len([target for target in asked if target.startswith("/2024")]) == 2
    assert last(result.folder)["passed_over"]["before_since"] == 10
    result, asked = crawl(wordpress, tmp_path)
    assert len([target for target in asked if target.startswith("/2024")]) == 10
    assert len(tools.texts(result.folder)) == 12


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_crawl_goes_on(wordpress: WordPress, tmp_path: Path, how: int) -> None:
    """After a kill nothing is fetched that is in the archive: no post, and no answer of a surface."""
    slow = {"DOWNLOAD_DELAY": "0.3", "RANDOMIZE_DOWNLOAD_DELAY": "False"}
    process = tools.start(
        tools.command("crawl", "blog", "-a", f"url={wordpress.server.url}", output=tmp_path, settings=slow)
    )
    deadline = time.monotonic() + 60
    while len([target for target in wordpress.server.targets if target.startswith("/2024")]) < 5:
        assert time.monotonic() < deadline, "the crawl doesn't come to the posts"
        time.sleep(0.05)
    process.send_signal(how)
    process.communicate(timeout=60)
    before = list(wordpress.server.targets)
    result, asked = crawl(wordpress, tmp_path)
    assert result.code == 0, result.stderr
    twice = sorted(set(before) & set(asked) - {"/robots.txt", "/"})
    # what was on the wire in the moment of the kill is asked for again
    assert len(twice) <= 1, twice
    assert len(tools.texts(result.folder)) == 12
    assert len(tools.comments(result.folder)) == 3
    ids = [json.dumps([row["id"], row["revision"]]) for row in tools.posts(result.folder)]
    assert len(ids) == len(set(ids))


def test_a_crawl_that_was_ended_at_its_very_end(serve: Serve, tmp_path: Path) -> None:
    """What is left of a crawl that was ended when all was saved is nothing, and that is no failure."""
    server, posts = serve(), entries(4)
    reached, passed = threading.Event(), threading.Event()
    server.pages |= {entry.path: plain(post(entry)) for entry in posts}
    server.pages |= {
        "/robots.txt": ROBOTS_ALL,
        "/": listing([]),
        "/sitemap.xml": sitemap(server.url + entry.path[1:] for entry in posts),
        posts[-1].path: plain(post(posts[-1])).after(Gate(reached, passed)),
    }
    process = tools.start(tools.command("crawl", "blog", "-a", f"url={server.url}", output=tmp_path))
    assert reached.wait(60)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    passed.set()
    assert tools.finish(process, tmp_path).code == 3
    result, asked = crawl(server, tmp_path)
    assert result.code == 0, result.stderr
    assert not [target for target in asked if target.startswith("/2024")]
    assert len(tools.texts(result.folder)) == 4


def test_a_part_of_a_blog(wordpress: WordPress, tmp_path: Path) -> None:
    """The API of a host that holds more than the blog asked for advertises more: that is no gap."""
    few = [row.entry for row in wordpress.rows.values()][:3]
    for entry in few:
        moved = replace(entry, path="/part" + entry.path)
        wordpress.publish(100 + len(wordpress.rows), moved)
    wordpress.server.pages["/part/"] = wordpress.server.pages["/"]
    result = tools.crawl(wordpress.server.url + "part/", tmp_path)
    assert result.code == 0, result.stderr
    assert len(tools.texts(result.folder)) == 3
    assert last(result.folder)["completeness"]["unlisted"] == 0


def test_an_answer_that_was_not_read_before_a_kill(wordpress: WordPress, tmp_path: Path) -> None:
    """Comments of an answer that is in the archive, and that a killed run did not come to read, are read from there."""
    result, _ = crawl(wordpress, tmp_path)
    with closing(sqlite3.connect(result.folder / "state.sqlite")) as state, state:
        state.execute("UPDATE ask SET state = 'unheard' WHERE url LIKE '%comments%'")
        state.execute("DELETE FROM said")
        state.execute("DELETE FROM comment")
        state.execute("DELETE FROM item_file")
        state.execute("DELETE FROM walk")
        state.execute("UPDATE run SET ended = NULL, exit_code = NULL")
    (result.folder / "comments.jsonl").unlink()
    result, asked = crawl(wordpress, tmp_path)
    assert result.code == 0, result.stderr
    assert not [target for target in asked if "comments" in target]
    assert {row["text"] for row in tools.comments(result.folder)} == {"Well said.", "Indeed.", "I was there."}
