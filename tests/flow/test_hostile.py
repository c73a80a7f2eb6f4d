"""Answers that no decent server gives cost themselves, and never a word of anything else."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flow import tools
from server.blog_pages import ROBOTS_ALL, Entry, entries, listing, post, sitemap
from server.blog_server import BlogServer
from server.replies import Page, empty, plain, raw, redirect

Serve = Callable[..., BlogServer]
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


def blog(serve: Serve, posts: list[Entry], **pages: Page) -> BlogServer:
    """Serve posts that a sitemap names; `pages` replace some."""
    server = serve({entry.path: plain(post(entry)) for entry in posts})
    named = sitemap([f"{server.url.rstrip('/')}{entry.path}" for entry in posts])
    server.pages |= {"/robots.txt": ROBOTS_ALL, "/": listing([]), "/sitemap.xml": named, **pages}
    return server


def test_early_hints_are_not_the_answer(serve: Serve, tmp_path: Path) -> None:
    """A post that comes gzipped behind interim responses is read as any other."""
    posts = entries(3)
    body = gzip.compress(post(posts[0]).encode())
    fields = f"Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    server = blog(serve, posts, **{posts[0].path: raw(HINTS, b"HTTP/1.1 200 OK\r\n" + fields + body)})
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    (item,) = (item for item in tools.posts(result.folder) if item["url"].endswith(posts[0].path))
    assert item["status"] == 200
    assert item["text"] == posts[0].text
    digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
    assert item["warc"]["payload_digest"] == f"sha1:{digest}"


def test_not_modified_tells_nothing_of_a_page_that_nobody_has(serve: Serve, tmp_path: Path) -> None:
    """A 304 to a first request is a failure, not an unchanged post."""
    posts = entries(20)
    server = blog(serve, posts, **{posts[0].path: empty(304)})
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    report = tools.reports(result.folder)[-1]
    assert report["posts"]["failed"] == 1
    assert report["posts"]["unchanged"] == 0


@pytest.mark.parametrize("charset", ["punycode", "hex", "undefined", "rot13", "nonsense"])
def test_a_first_page_in_no_charset(serve: Serve, tmp_path: Path, charset: str) -> None:
    """A first page that names a codec instead of a charset neither hangs the crawl nor ends it."""
    posts = entries(3)
    home = plain("<p>-</p>" * 50_000, kind=f"text/html; charset={charset}")
    result = tools.crawl(blog(serve, posts, **{"/": home}).url, tmp_path)
    assert result.code == 0, result.stderr
    assert len(tools.posts(result.folder)) == 3


def test_posts_that_call_one_address_canonical_stay_apart(serve: Serve, tmp_path: Path) -> None:
    """A theme that writes the same canonical link on every page, or one that is too long, costs no post."""
    posts = entries(6)
    link = '<link rel="canonical" href="{}">'
    pages: dict[str, Page] = {
        entry.path: plain(post(entry).replace("</head>", link.format(posts[0].path) + "</head>")) for entry in posts
    }
    pages[posts[5].path] = plain(post(posts[5]).replace("</head>", link.format("/ü" * 3000) + "</head>"))
    assert all("canonical" in post(entry).replace("</head>", link) for entry in posts)
    result = tools.crawl(blog(serve, posts, **pages).url, tmp_path)
    assert result.code == 0, result.stderr
    items = tools.posts(result.folder)
    assert len({item["id"] for item in items}) == len(items) == 6
    assert {item["revision"] for item in items} == {1}


def test_an_endless_head_is_cut(serve: Serve, tmp_path: Path) -> None:
    """A server that sends header lines for ever is left after a megabyte of them."""
    posts = entries(20)
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(3000))
    server = blog(serve, posts, **{posts[0].path: raw(b"HTTP/1.1 200 OK\r\n" + lines, end="hold")})
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    counts = tools.reports(result.folder)[-1]["posts"]
    assert (counts["saved"], counts["failed"]) == (19, 1)


def test_a_redirect_to_no_address(serve: Serve, tmp_path: Path) -> None:
    """A redirect to what no link may be is entered as a failure of that post alone."""
    posts = entries(20)
    server = blog(serve, posts, **{posts[0].path: redirect("/" + "a" * 9000)})
    server.pages["/" + "a" * 9000] = plain("here")
    result = tools.crawl(server.url, tmp_path)
    assert "Traceback" not in result.stderr
    assert sum(tools.reports(result.folder)[-1]["posts"][entry] for entry in ("saved", "failed")) == 20


@pytest.mark.parametrize("setting", ["ARCHIVER_WORKERS=0", "ARCHIVER_EXTRACT_TIMEOUT=nan", "ARCHIVER_OUTPT=x"])
def test_settings_that_would_hang_or_do_nothing(tmp_path: Path, setting: str) -> None:
    """A setting that makes no sense, or that there isn't, is refused before anything is fetched."""
    name, value = setting.split("=")
    result = tools.crawl("http://127.0.0.1:9/", tmp_path, {name: value})
    assert result.code == 2
    assert name in result.stderr
    assert "Traceback" not in result.stderr
