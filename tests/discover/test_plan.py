"""What is asked at the start of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archiver.discover import surfaces
from archiver.discover.detect import PLATFORMS
from archiver.discover.home import Home
from archiver.discover.plan import plan
from archiver.errors import BadSurface
from archiver.models import Answer, Ask

ROOT = "https://example.org/"
FEED = (
    b'<rss version="2.0"><channel><link>https://example.org/</link><item><link>https://example.org/a#comment-1</link></item>'
    b"</channel></rss>"
)


def home(platform: str | None = None, root: str = ROOT, **more: Any) -> Home:
    """Return what the first page of a blog told."""
    return Home(root, root, platform, **more)


def asked(of: Home, *robots: str, changes: bool = False) -> list[Ask]:
    """Return the plan for a blog."""
    return plan(of, robots, lambda reader: changes)


def readers(asks: list[Ask]) -> list[str]:
    """Return the readers of a plan in its order."""
    return [ask.reader for ask in asks]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (home(), "sitemap feed"),
        (
            home("wordpress", api=f"{ROOT}wp-json/"),
            "wordpress.posts wordpress.pages wordpress.comments sitemap feed",
        ),
        (home("wordpress"), "wordpress.posts wordpress.pages wordpress.comments sitemap feed"),
        (home("wordpress.com"), "wordpress_com.posts wordpress_com.pages wordpress_com.comments sitemap feed"),
        (home("blogger"), "blogger.posts blogger.pages blogger.comments sitemap"),
        (home("ghost", keys={"ghost": "00112233445566778899aabbcc"}), "ghost.posts ghost.pages sitemap feed"),
        (home("ghost"), "sitemap feed"),
        (home("substack"), "substack.posts sitemap feed"),
        (home("tumblr"), "tumblr.posts sitemap feed"),
        (home("medium"), "medium.archive sitemap feed"),
        (home("micro.blog"), "microblog.archive sitemap feed"),
        (home("hugo"), "sitemap feed"),
        (home("jekyll"), "sitemap feed"),
        (home("typepad", keys={"comments_feed": f"{ROOT}comments.xml"}), "sitemap feed feed.comments"),
        (home(keys={"comments_feed": f"{ROOT}comments.xml"}), "sitemap feed feed.comments"),
    ],
)
def test_surfaces_of_platforms(of, expected):
    """Each platform's own lists are asked first, then its sitemap, then its feed: one question each."""
    asks = asked(of, f"{ROOT}sitemap.xml")
    assert readers(asks) == expected.split()
    assert all(ask.reader in surfaces.READERS for ask in asks)
    assert len({ask.url for ask in asks}) == len(asks)


@pytest.mark.parametrize("platform", [None, *PLATFORMS])
@pytest.mark.parametrize(
    "root", [ROOT, "https://example.org/blog/", "https://example.org/~zoe", "https://medium.com/@zoe"]
)
@pytest.mark.parametrize("changes", [False, True])
def test_any_platform(platform, root, changes):
    """Whatever the platform and the address, every question has a reader, absolute addresses and JSON to tell."""
    for ask in asked(home(platform, root, api=f"{ROOT}wp-json/"), "/sitemap.xml", changes=changes):
        assert ask.reader in surfaces.READERS
        assert all(url.startswith("https://") for url in (ask.url, *ask.others))
        assert ask.url not in ask.others
        assert len(set(ask.others)) == len(ask.others)
        assert json.loads(json.dumps(ask.told)) == ask.told


def test_changes():
    """Each list is asked for its changes only if that one was walked whole."""
    whole = {"wordpress.posts", "feed"}
    asks = plan(home("wordpress"), [], lambda reader: reader in whole)
    assert {ask.reader for ask in asks if ask.changes} == whole
    assert readers(asks) == readers(asked(home("wordpress")))


# --- sitemaps ---------------------------------------------------------------------------------------


def sitemaps(of: Home, *robots: str) -> list[list[str]]:
    """Return the addresses of each question for a sitemap, below the blog's host."""
    asks = [ask for ask in asked(of, *robots) if ask.reader == "sitemap"]
    return [[url.removeprefix(ROOT) for url in (ask.url, *ask.others)] for ask in asks]


@pytest.mark.parametrize(
    ("of", "robots", "expected"),
    [
        (home(), [], [["sitemap.xml", "wp-sitemap.xml", "sitemap_index.xml"]]),
        (home("wordpress"), [], [["wp-sitemap.xml", "sitemap.xml", "sitemap_index.xml"]]),
        (home("hugo"), ["/a.xml", "/b.xml"], [["a.xml", "sitemap.xml"], ["b.xml"]]),
        (home("hugo"), [f"{ROOT}sitemap.xml", "http://www.example.org/sitemap.xml"], [["sitemap.xml"], ["http://www.example.org/sitemap.xml"]]),
        (home("wordpress.com"), ["/sitemap.xml", "/news-sitemap.xml"], [["sitemap.xml"]]),
        (home("hugo"), ["https://elsewhere.example/sitemap.xml", "mailto:a@b"], [["sitemap.xml"]]),
        (home("medium"), [], [["sitemap/sitemap.xml"]]),
        (home("hugo", f"{ROOT}blog/"), [], [["blog/sitemap.xml"]]),
        (home("hugo", f"{ROOT}blog/"), ["/sitemap.xml"], [["blog/sitemap.xml", "sitemap.xml"]]),
        (home("hugo", f"{ROOT}blog/"), ["/s.xml", "/blog/s.xml"], [["blog/s.xml", "blog/sitemap.xml", "s.xml"]]),
        (home("medium", "https://medium.com/@zoe"), ["https://medium.com/sitemap/sitemap.xml"], []),
        (home("tumblr", "https://www.tumblr.com/zoe"), [], []),
    ],
)  # fmt: skip
def test_sitemaps(of, robots, expected):
    """robots.txt is believed first, the blog's folder before the host around it; what all blogs share is not asked."""
    assert sitemaps(of, *robots) == expected


def test_feeds_named_as_sitemaps():
    """A feed that robots.txt names among the sitemaps is asked as a feed."""
    robots = f"{ROOT}feeds/posts/default?orderby=UPDATED", f"{ROOT}feed.xml", f"{ROOT}sitemap.xml"
    (sitemap,), (feed,) = ([ask for ask in asked(home(), *robots) if ask.reader == r] for r in ("sitemap", "feed"))
    assert sitemap.url == f"{ROOT}sitemap.xml"
    assert (feed.url, *feed.others)[:2] == robots[:2]


def test_many_sitemaps():
    """robots.txt cannot make the plan longer than what a blog needs."""
    assert len(asked(home(), *(f"/{n}.xml" for n in range(5000)))) < 60


# --- feeds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "first", "second"),
    [
        (home(), "https://example.org/feed/", "https://example.org/feed.xml"),
        (home(feeds=(f"{ROOT}a.xml", f"{ROOT}b.xml")), "https://example.org/a.xml", "https://example.org/b.xml"),
        (home(feeds=(f"{ROOT}a.xml",)), "https://example.org/a.xml", "https://example.org/feed/"),
        (home("wordpress"), "https://example.org/feed/", "https://example.org/?feed=rss2"),
        (home("ghost"), "https://example.org/rss/", None),
        (home("hugo", f"{ROOT}blog/"), "https://example.org/blog/index.xml", None),
        (home("pelican"), "https://example.org/feeds/all.atom.xml", "https://example.org/feeds/all.rss.xml"),
        (home("medium"), "https://example.org/feed", None),
        (home("medium", "https://medium.com/@zoe"), "https://medium.com/feed/@zoe", None),
        (home("medium", "https://medium.com/@j.doe/"), "https://medium.com/feed/@j.doe", None),
        (home("micro.blog"), "https://example.org/feed.json", "https://example.org/feed.xml"),
    ],
)
def test_feeds(of, first, second):
    """The feeds that the page names are asked first, then those that its platform usually has."""
    feed = next(ask for ask in asked(of) if ask.reader == "feed")
    assert (feed.url, next(iter(feed.others), None)) == (first, second)


def test_pages_of_a_wordpress_feed():
    """A WordPress feed is known to have pages, even if it hides what made it."""
    feed = asked(home("wordpress"))[-1]
    body = FEED.replace(b"#comment-1", b"")
    further = surfaces.read(feed, Answer(feed.url, body)).further
    assert further is not None
    assert further.url == f"{ROOT}feed/?paged=2"


# --- instead ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["wordpress", "wordpress.com"])
@pytest.mark.parametrize("named", [None, f"{ROOT}talk/feed/"])
def test_feed_of_comments_instead(platform, named):
    """Where no API gives the comments, their feed is asked, and read as what it is."""
    of = home(platform, keys={"comments_feed": named} if named else {})
    ask: Ask | None = next(ask for ask in asked(of) if ask.reader.endswith(".comments"))
    tried = []
    while ask is not None:
        tried.append(ask)
        ask = surfaces.instead(ask)
    assert all(one.reader == tried[0].reader and one.surface == "api" for one in tried[:-1])
    last = tried[-1]
    assert (last.url, last.reader, last.surface) == (named or f"{ROOT}comments/feed/", "feed.comments", "feed")
    assert surfaces.read(last, Answer(last.url, FEED)).comments == ("comment-1",)


def test_feed_of_posts_instead():
    """Where Blogger's JSON is not to be had, its feed is asked."""
    ask: Ask | None = asked(home("blogger"))[0]
    while ask is not None and ask.others:
        ask = surfaces.instead(ask)
    assert ask is not None
    assert (ask.url, ask.reader, ask.surface) == (f"{ROOT}feeds/posts/default", "feed", "feed")


def test_instead():
    """The other addresses of a question are asked in their order, and then nothing; what is told stays."""
    ask = Ask("https://a.example/", "sitemap", "sitemap", ("https://b.example/", "https://c.example/"), {"x": 1}, True)
    second = surfaces.instead(ask)
    assert second == replace(ask, url="https://b.example/", others=("https://c.example/",))
    third = surfaces.instead(second)
    assert third == replace(ask, url="https://c.example/", others=())
    assert surfaces.instead(third) is None


@pytest.mark.parametrize(
    "told", [{"readers": 7}, {"readers": {"https://b.example/": 7}}, {"readers": {"https://b.example/": "x"}}]
)
def test_instead_of_nonsense(told):
    """A reader that does not exist is not put in place of one that does."""
    other = surfaces.instead(Ask("https://a.example/", "sitemap", "sitemap", ("https://b.example/",), told))
    assert other is not None
    assert (other.url, other.reader) == ("https://b.example/", "sitemap")


def test_unknown_reader():
    """An answer for which there is no reader cannot be read."""
    with pytest.raises(BadSurface, match=r"^https://a\.example/: "):
        surfaces.read(Ask("https://a.example/", "no.such", "api"), Answer("https://a.example/", b""))
