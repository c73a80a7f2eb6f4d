"""What the first page of a blog says about the blog."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home, read_home

HERE = "https://example.org/blog/"


def page(head: str, body: str = "<p>Hello</p>") -> str:
    """Return a page with a head."""
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def read(head: str, body: str = "", root: str = HERE, **headers: str) -> Home:
    """Read the first page of a blog."""
    return read_home(root, page(head, body), headers, root)


def feed(href: str, title: str = "", kind: str = "rss") -> str:
    """Return a link to a feed."""
    return f'<link rel="alternate" type="application/{kind}+xml" title="{title}" href="{href}">'


def test_feeds():
    """The feeds of the three formats are named in order, absolute and once each; other alternates are not feeds."""
    home = read(
        '<link rel="alternate" type="application/rss+xml" href="feed/">'
        '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="/atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="https://feeds.example/f.json">'
        '<link rel="alternate" type="application/rss+xml" href="/blog/feed/">'
        '<link rel="alternate" hreflang="de" href="/de/">'
        '<link rel="stylesheet" type="application/rss+xml" href="/no">'
        '<link rel="alternate" type="application/rss+xml" href="feed://[">'
        '<link rel="alternate" type="application/rss+xml">'
    )
    assert home.feeds == (
        "https://example.org/blog/feed/",
        "https://example.org/atom.xml",
        "https://feeds.example/f.json",
    )


@pytest.mark.parametrize(
    ("links", "feeds", "comments"),
    [
        ([("comments/feed/", ""), ("feed/", "")], ["feed/"], "comments/feed/"),
        ([("feed/", "X » Feed"), ("x/feed/", "X » Comments Feed")], ["feed/"], "x/feed/"),
        ([("about/comments/feed/", ""), ("comments/feed/", "")], [], "comments/feed/"),
        ([("feeds/posts/default", ""), ("feeds/1/comments/x", "")], ["feeds/posts/default"], "feeds/1/comments/x"),
        ([("feeds/posts/default/-/tea", ""), ("feeds/posts/default", "")], ["feeds/posts/default"], None),
        ([("category/tea/feed/", ""), ("tag/x/feed/", ""), ("?cat=7&feed=rss2", ""), ("feed/", "")], ["feed/"], None),
        ([("?feed=rss2", ""), ("?feed=comments-rss2", "")], ["?feed=rss2"], "?feed=comments-rss2"),
        ([("podcast.xml", "Podcast"), ("feed.xml", ""), ("b.xml", "")], ["feed.xml", "b.xml", "podcast.xml"], None),
        ([("comments.xml", ""), ("index.xml", "")], ["index.xml"], "comments.xml"),
        ([("commentary/feed/", "")], ["commentary/feed/"], None),
        ([("feed/", "No Comments » Feed")], ["feed/"], None),
    ],
)  # fmt: skip
def test_kinds_of_feeds(links, feeds, comments):
    """Feeds of comments are kept apart, those of categories and labels left out, podcasts come last."""
    home = read("".join(feed(href, title) for href, title in links))
    assert home.feeds == tuple(f"https://example.org/blog/{href}" for href in feeds)
    assert [home.keys.get("comments_feed")] == [comments and f"https://example.org/blog/{comments}"]


@pytest.mark.parametrize("root", ["https://example.org/comments/", "https://example.org/tag/tea/"])
def test_words_in_the_address_of_a_blog(root):
    """A blog whose own address looks like that of a part of a blog has its feeds."""
    assert read(feed("feed/"), root=root).feeds == (f"{root}feed/",)


def test_feeds_that_are_only_linked():
    """Where no feed is named, those that the page links for people count, of the blog itself."""
    body = (
        '<a href="rss.xml">RSS</a><a href="/blog/index.rdf">RDF</a><a href="https://elsewhere.example/feed">theirs</a>'
        '<a href="a-post">a post</a><a href="/feed/">of the host</a><a href="comments/feed/">comments</a>'
        '<a href="about-rss">about</a>'
    )
    assert [url[25:] for url in read("", body).feeds] == ["rss.xml", "index.rdf"]
    assert [url[25:] for url in read(feed("f"), body).feeds] == ["f"]


def test_base():
    """Addresses count from the page's base."""
    assert read('<base href="https://cdn.example/x/">' + feed("feed")).feeds == ("https://cdn.example/x/feed",)


@pytest.mark.parametrize(
    ("head", "header"),
    [
        ('<link rel="https://api.w.org/" href="/wp-json/">', ""),
        ("", '<https://example.org/wp-json/>; rel="https://api.w.org/"'),
        ("", "</wp-json/>; rel=https://api.w.org/"),
        ("", '<https://wp.me/1>; rel=shortlink, </wp-json/>; title="JSON"; rel="https://api.w.org/"'),
        ('<link rel="https://api.w.org/" href="/wp-json/">', '</other/>; rel="https://api.w.org/"'),
    ],
)
def test_api(head, header):
    """The REST root is named in the page, or else in the Link header; it makes the blog a WordPress."""
    home = read(head, link=header)
    assert (home.api, home.platform) == ("https://example.org/wp-json/", "wordpress")


@pytest.mark.parametrize("header", ["", "<a>", "<" * 5000, '</a>; rel="next"', "</a>" + ";" * 500_000 + "rel=x"])
@pytest.mark.usefixtures("must_end")
def test_no_api(header):
    """A Link header that names no REST root names none, however long it is."""
    assert read("", link=header).api is None


def test_platform():
    """The platform comes with how sure it is and why."""
    home = read('<meta name="generator" content="Powered by X"><meta name="generator" content="WordPress 6.1">')
    assert (home.platform, home.confidence, home.evidence) == ("wordpress", 0.9, ("generator 'WordPress 6.1'",))


@pytest.mark.parametrize(
    ("script", "keys"),
    [
        (
            '<script data-ghost="/" data-key="00112233445566778899aabbcc" data-api="/ghost/api/content/"></script>',
            {"ghost": "00112233445566778899aabbcc", "ghost_api": "https://example.org/ghost/api/content/"},
        ),
        (
            '<script data-key="00112233445566778899aabbcc" data-api="https://x.ghost.io/ghost/api/content/"></script>',
            {"ghost": "00112233445566778899aabbcc", "ghost_api": "https://x.ghost.io/ghost/api/content/"},
        ),
        (
            '<script data-key="00112233445566778899aabbcc" data-api="https://elsewhere.example/ghost/api/"></script>',
            {"ghost": "00112233445566778899aabbcc"},
        ),
        (
            '<script data-key="another"></script><script data-key="00112233445566778899aabbcc"></script>',
            {"ghost": "00112233445566778899aabbcc"},
        ),
        ('<script data-key="{{ key }}" data-api="http://["></script>', {}),
    ],
)
def test_keys_of_ghost(script, keys):
    """The key with which a Ghost page's own scripts ask is found, and the API that they ask, if it is Ghost's."""
    assert read(script).keys == keys


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="service.post" type="application/atom+xml" href="https://www.blogger.com/feeds/7007/posts/default">',
        "<script>_WidgetManager._Init('//www.blogger.com/rearrange?blogID\\x3d7007','//example.org/','7007');</script>",
        "<script>var a = 'https://www.blogger.com/x?blogID=7007&z';</script>",
    ],
)
def test_number_of_a_blogger_blog(head):
    """Blogger's number of a blog is found in links and scripts."""
    assert read(head).keys == {"blogger": "7007"}


def test_addresses_and_title():
    """Where the page was found and where the blog is are kept; the title is text without blanks, or None."""
    home = read_home("https://example.org/blog/index.html", page("<title>\n A &amp; B </title>"), {}, HERE)
    assert (home.url, home.root, home.title) == ("https://example.org/blog/index.html", HERE, "A & B")
    assert read("<title> </title>").title is None


@pytest.mark.parametrize("html", ["", "   ", "no markup", "{}", "\0"])
def test_nothing_to_read(html):
    """A page that says nothing says nothing."""
    assert read_home(HERE, html, {}, HERE) == Home(HERE, HERE)


def test_many_feeds():
    """A page full of feeds names some of them."""
    assert 0 < len(read("".join(feed(f"{n}.xml") for n in range(5000))).feeds) <= 20


@given(st.text(), st.text())
def test_any_page(head, header):
    """Whatever the page is, it is read."""
    assert isinstance(read(head, link=header), Home)


@given(st.text(), st.sampled_from(["data-key", "data-api", "href", "title", "rel"]))
def test_any_attribute(value, name):
    """Whatever an attribute holds, it is read."""
    value = value.replace('"', "")
    head = f'<script data-key="00112233445566778899aabbcc" {name}="{value}"></script>{feed(value, value)}'
    assert isinstance(read(head, f'<a href="{value}">x</a>'), Home)
