"""Posts are found by whatever a blog offers, and what a blog does wrong costs no more than it must."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flow import tools
from server import blog_pages
from server.blog_pages import ROBOTS_ALL, Entry, entries, feed, feed_link, listing, page, post, sitemap, sitemap_index
from server.blog_server import BlogServer
from server.replies import (
    JSON,
    Page,
    Reply,
    Request,
    chunked,
    dropped,
    error,
    gzipped,
    in_turn,
    plain,
    redirect,
    until_close,
)

Serve = Callable[..., BlogServer]


def saved(result: tools.Result) -> set[str]:
    """The paths of the posts that were saved, after a look at the whole archive."""
    tools.check_archive(result.folder)
    return set(tools.texts(result.folder))


def paths(posts: list[Entry]) -> set[str]:
    return {entry.path for entry in posts}


def start(serve: Serve, posts: list[Entry], **pages: Page) -> BlogServer:
    """Serve posts, a robots.txt that allows all, and an empty first page."""
    server = serve({entry.path: plain(post(entry)) for entry in posts})
    server.pages |= {"/robots.txt": ROBOTS_ALL, "/": listing([]), **pages}
    return server


def report(result: tools.Result) -> dict[str, Any]:
    return tools.reports(result.folder)[-1]


def test_a_sitemap_alone_is_enough(serve: Serve, tmp_path: Path) -> None:
    """All posts are found by a sitemap index alone; addresses on other hosts are not asked for."""
    posts = entries(7)
    server = start(serve, posts)
    other = serve()
    server.pages |= {
        "/sitemap.xml": sitemap_index([f"{server.url}posts.xml", f"{other.url}posts.xml"]),
        "/posts.xml": sitemap([*(server.url + entry.path[1:] for entry in posts), f"{other.url}2024/01/01/elsewhere/"]),
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)
    assert other.log == []
    assert report(result)["passed_over"] == {"outside": 2}, "the other sitemap and the other post"


def test_feed_and_links_are_enough(serve: Serve, tmp_path: Path) -> None:
    """Without a sitemap the feed's posts are taken, and older ones by the links from list to list."""
    posts = entries(12)
    server = start(serve, posts)
    server.pages |= {
        "/": listing(
            [*paths(posts[:3]), "/page/2/", "/?replytocom=5", f"{posts[0].path}?share=email"], feed_link("/rss")
        ),
        "/rss": feed(posts[:4], server.url, generator="a program"),
        "/page/2/": listing([*paths(posts[3:8]), "/page/3/"]),
        "/page/3/": listing([*paths(posts[8:]), "/page/2/"]),
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)
    assert not [target for target in server.targets if "replytocom" in target or "share=" in target]
    assert len(server.targets) == len(set(server.targets)), "nothing is asked for twice"


def test_links_alone_are_enough(serve: Serve, tmp_path: Path) -> None:
    """Surfaces that are broken cost only themselves: posts are found by links, and each failure is told."""
    posts = entries(4)
    api = '<link rel="https://api.w.org/" href="/wp-json/">'
    server = start(serve, posts)
    server.pages |= {
        "/": listing(paths(posts), feed_link("/feed/") + api),
        "/feed/": plain("<html><body>Database error", "application/rss+xml"),
        "/sitemap.xml": plain("Database error", "application/xml"),
        "/wp-json/wp/v2/posts": plain('[{"id": 1, "link": "htt', JSON),
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)
    assert {"/feed/", "/sitemap.xml", "/wp-json/wp/v2/posts"} <= set(server.paths())
    asked = json.dumps(report(result)["discovery"])
    for surface in ("feed_unreadable", "sitemap_unreadable", "api_unreadable"):
        assert surface in asked


@pytest.mark.parametrize("api", [error(404), error(401), plain("{}", JSON), dropped("[" * 5000, 100, JSON)])
def test_one_broken_surface_costs_only_itself(serve: Serve, tmp_path: Path, api: Reply) -> None:
    """Where the API is shut, says nonsense or breaks off, the sitemap tells of the posts."""
    posts = entries(3)
    server = start(serve, posts)
    server.pages |= {
        "/": listing([], '<link rel="https://api.w.org/" href="/wp-json/">'),
        "/wp-json/wp/v2/posts": api,
        "/sitemap.xml": sitemap([server.url + entry.path[1:] for entry in posts]),
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)


def test_paging_ends_where_nothing_is_new(serve: Serve, tmp_path: Path) -> None:
    """A feed and an API that repeat their last page for ever are left after the first repetition."""
    posts = entries(6)
    server = start(serve, posts)

    def feed_page(request: Request) -> Reply:
        number = min(int(request.query.get("paged", "1")), 3)
        return feed(posts[2 * number - 2 : 2 * number], server.url)

    def api_page(request: Request) -> Reply:
        rows = [{"id": 1, "type": "post", "link": server.url + posts[0].path[1:], "title": {"rendered": "x"}}]
        return plain(json.dumps(rows), JSON)

    head = feed_link("/feed/") + '<link rel="https://api.w.org/" href="/wp-json/">'
    server.pages |= {"/": listing([], head), "/feed/": feed_page, "/wp-json/wp/v2/posts": api_page}
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)
    assert server.paths().count("/feed/") == 4
    assert server.paths().count("/wp-json/wp/v2/posts") == 2


def test_traps_are_bounded(serve: Serve, tmp_path: Path) -> None:
    """An endless calendar, endless lists and paths that grow for ever end at the settings' bounds or before."""
    posts = entries(5)
    server = start(serve, posts)

    def trap(request: Request) -> Reply:
        number = int("".join(c for c in request.target if c.isdigit())[-6:] or 0) + 1
        ways = [f"/?cal_month={number}", f"/page/{number}/", f"/calendar/{number}/", f"{request.path}deeper/"]
        return plain(page("Calendar", blog_pages.links(ways), body_class="archive date"))

    server.otherwise = trap
    server.pages |= {name: error(404) for name in ("/sitemap.xml", "/wp-sitemap.xml", "/sitemap_index.xml")}
    server.pages["/"] = listing([*paths(posts), "/?cal_month=1", "/page/2/", "/calendar/1/"])
    result = tools.crawl(server.url, tmp_path, {"ARCHIVER_MAX_SURFACE_PAGES": 20, "ARCHIVER_MAX_LINKED": 30})
    assert result.code == 0, result.stderr
    assert saved(result) == paths(posts)
    assert not [target for target in server.targets if "cal_month" in target]
    assert len(server.log) < 60


def test_a_blog_in_a_folder_is_that_folder(serve: Serve, tmp_path: Path) -> None:
    """Of a host with several blogs only the one that was named is archived, under a name of its own."""
    alice, bob = entries(3, "/alice/"), entries(3, "/bob/")
    server = start(serve, [*alice, *bob])
    everything = [server.url + entry.path[1:] for entry in (*alice, *bob)]
    server.pages |= {
        "/alice/": listing([*paths(alice), *paths(bob), "/"]),
        "/robots.txt": blog_pages.robots("User-agent: *", "Disallow:", f"Sitemap: {server.url}sitemap.xml"),
        "/sitemap.xml": sitemap(everything),
    }
    result = tools.crawl(f"{server.url}alice/", tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths(alice)
    assert result.folder.name == f"127.0.0.1-{server.port}-alice"
    assert not [path for path in server.paths() if path.startswith("/bob/") or path == "/"]


def test_what_is_no_post_is_told_and_not_saved(serve: Serve, tmp_path: Path) -> None:
    """A page that is gone, elsewhere, no page, or only says that there is none becomes no post but a finding."""
    posts = entries(12)
    server = start(serve, posts)
    other = serve({"/": plain(post(posts[0])), "/robots.txt": ROBOTS_ALL})
    wordpress = '<meta name="generator" content="WordPress 6.5">'
    gone, missing, image, soft, home, away, twin, loop, nowhere, moved = (entry.path for entry in posts[:10])
    server.pages |= {
        "/": listing([posts[11].path]),
        "/sitemap.xml": sitemap([server.url + entry.path[1:] for entry in posts]),
        gone: error(410),
        missing: error(404),
        image: plain(b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        soft: plain(page("Page not found", "<h1>Oops! That page can’t be found.</h1>", wordpress, "error404")),
        home: redirect("/"),
        away: redirect(other.url),
        twin: redirect(posts[10].path, 302),
        loop: redirect(loop),
        nowhere: error(301),
        moved: redirect("/new-place/"),
        "/new-place/": plain(post(posts[9])),
    }
    result = tools.crawl(server.url, tmp_path)
    assert saved(result) == {posts[10].path, posts[11].path, "/new-place/"}
    told = {"/" + f["url"].split("/", 3)[3]: f["reason"] for f in report(result)["findings"]}
    assert told.pop(soft) in ("soft_404", "listing", "no_post")
    twins = told.pop(twin, None) or told.pop(posts[10].path)
    assert twins == "moved"
    assert told == {
        gone: "gone",
        missing: "gone",
        image: "not_html",
        home: "redirects_home",
        away: "moved_away",
        loop: "redirect_loop",
        nowhere: "http_301",
        moved: "moved",
    }


def test_the_first_page_may_have_moved(serve: Serve, tmp_path: Path) -> None:
    """A first page that redirects within its host is followed, as http to https is."""
    posts = entries(3)
    server = start(serve, posts)
    server.pages |= {
        "/": redirect("/home/"),
        "/home/": listing([f"/home{entry.path}" for entry in posts]),
        **{f"/home{entry.path}": plain(post(entry)) for entry in posts},
    }
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == {f"/home{entry.path}" for entry in posts}


def test_texts_survive_the_way_they_came(serve: Serve, tmp_path: Path) -> None:
    """Gzip, chunks, old HTTP, a wrong charset and one bad answer change nothing in a text."""
    posts = entries(6)
    danish = Entry(
        "/2024/05/05/et-brev/", "Et brev", ("Blåbærgrød til aften, og en tur langs åen.", "Så hjem igen, våde.")
    )
    latin = post(danish).replace('charset="utf-8"', 'charset="iso-8859-1"').encode("latin-1")
    ways: list[Page] = [
        gzipped(post(posts[0])),
        chunked(post(posts[1]), 60, extension=";a=b", trailers=[("X-End", "1")]),
        until_close(post(posts[2])),
        in_turn([error(500), plain(post(posts[3]))]),
        in_turn([dropped(post(posts[4]), 200), plain(post(posts[4]))]),
        plain(post(posts[5]), kind="text/html; charset=windows-1252"),
    ]
    server = start(serve, posts)
    server.pages |= {entry.path: way for entry, way in zip(posts, ways, strict=True)}
    server.pages[danish.path] = plain(latin, kind="text/html")
    server.pages["/sitemap.xml"] = sitemap([server.url + entry.path[1:] for entry in (*posts, danish)])
    result = tools.crawl(server.url, tmp_path)
    assert result.code == 0, result.stderr
    assert saved(result) == paths([*posts, danish])
    assert tools.texts(result.folder) == {entry.path: entry.text for entry in (*posts, danish)}
