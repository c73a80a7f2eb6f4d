"""What the first page of a blog says about the blog."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home, read_home

HERE = "https://example.org/blog/"


def page(head: str) -> str:
    """Return a page with a head."""
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>Hello</p></body></html>"


def test_feeds():
    """The feeds of the three formats are named in order, absolute and once each; other alternates are not feeds."""
    home = read_home(
        HERE,
        page(
            '<link rel="alternate" type="application/rss+xml" href="feed/">'
            '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="/atom.xml">'
            '<link rel="alternate" type="application/feed+json" href="https://feeds.example/f.json">'
            '<link rel="alternate" type="application/rss+xml" href="/blog/feed/">'
            '<link rel="alternate" hreflang="de" href="/de/">'
            '<link rel="stylesheet" type="application/rss+xml" href="/no">'
            '<link rel="alternate" type="application/rss+xml" href="feed://[">'
            '<link rel="alternate" type="application/rss+xml">'
        ),
    )
    assert home.feeds == (
        "https://example.org/blog/feed/",
        "https://example.org/atom.xml",
        "https://feeds.example/f.json",
    )


def test_base():
    """Addresses count from the page's base."""
    head = '<base href="https://cdn.example/x/"><link rel="alternate" type="application/rss+xml" href="feed">'
    assert read_home(HERE, page(head)).feeds == ("https://cdn.example/x/feed",)


@pytest.mark.parametrize(
    ("head", "header"),
    [
        ('<link rel="https://api.w.org/" href="/wp-json/">', None),
        ("", '<https://example.org/wp-json/>; rel="https://api.w.org/"'),
        ("", "</wp-json/>; rel=https://api.w.org/"),
        ("", '<https://wp.me/1>; rel=shortlink, </wp-json/>; title="JSON"; rel="https://api.w.org/"'),
        ('<link rel="https://api.w.org/" href="/wp-json/">', '</other/>; rel="https://api.w.org/"'),
    ],
)
def test_api(head, header):
    """The REST root is named in the page, or else in the Link header; it makes the blog a WordPress."""
    home = read_home(HERE, page(head), header)
    assert (home.api, home.platform) == ("https://example.org/wp-json/", "wordpress")


@pytest.mark.parametrize("header", [None, "", "<a>", "<" * 5000, '</a>; rel="next"', "</a>" + ";" * 5000 + "rel=x"])
def test_no_api(header):
    """A Link header that names no REST root names none, however long it is."""
    assert read_home(HERE, page(""), header).api is None


@pytest.mark.parametrize(
    ("generator", "platform"),
    [
        ("WordPress 6.4.2", "wordpress"),
        ("WordPress.com", "wordpress.com"),
        ("Blogger", "blogger"),
        ("blogger", "blogger"),
        ("Ghost 5.1", "ghost"),
        ("Jekyll v4.2.0", "jekyll"),
        ("Hugo 0.120.4", "hugo"),
        ("Pelican", "pelican"),
        ("Movable Type 7", "movabletype"),
        ("Site Kit by Google 1.0", None),
        ("", None),
        ("   ", None),
    ],
)
def test_generator(generator, platform):
    """A platform is known by the first word of its generator."""
    home = read_home(HERE, page(f'<meta name="Generator" content="{generator}">'))
    assert home.platform == platform
    assert (home.evidence is None) == (platform is None)


def test_several_generators():
    """A plugin's generator before the platform's own does not hide it."""
    head = '<meta name="generator" content="Powered by X"><meta name="generator" content="WordPress 6.1">'
    home = read_home(HERE, page(head))
    assert (home.platform, home.evidence) == ("wordpress", "generator 'WordPress 6.1'")


def test_title():
    """The title is text without the blanks around it, or None."""
    assert read_home(HERE, page("<title>\n A &amp; B </title>")).title == "A & B"
    assert read_home(HERE, page("<title> </title>")).title is None


@pytest.mark.parametrize("html", ["", "   ", "no markup", "{}", "\0"])
def test_nothing_to_read(html):
    """A page that says nothing says nothing."""
    assert read_home(HERE, html) == Home(None, None, None)


@given(st.text(), st.text())
def test_any_page(head, header):
    """Whatever the page is, it is read."""
    assert isinstance(read_home(HERE, page(head), header), Home)
