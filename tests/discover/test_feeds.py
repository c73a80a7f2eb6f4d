"""Feeds of three formats, and where their next page lies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.feeds import is_wordpress, paged, read_feed
from archiver.errors import BadSurface
from archiver.models import Hints, Link, Person

HERE = "https://example.org/feed/"


def rss(items: str, channel: str = "") -> bytes:
    """Return an RSS feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>A blog</title>{channel}{items}</channel></rss>"
    ).encode()


def atom(entries: str, feed: str = "") -> bytes:
    """Return an Atom feed."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A blog</title>{feed}{entries}</feed>'.encode()


def json_feed(*items: object, **feed: object) -> bytes:
    """Return a JSON Feed."""
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **feed}).encode()


def test_rss():
    """An RSS item is a post with its author, dates in UTC and tags; its title is a hint only if it is plain text."""
    body = rss(
        "<item><title>Tea &amp;amp; cake</title><link>https://example.org/a/?utm_source=rss</link>"
        "<dc:creator>Zoë</dc:creator><category>Food</category><category>Tea</category>"
        "<pubDate>Thu, 02 Jan 2020 03:04:05 +0200</pubDate></item>"
    )
    (link,) = read_feed(HERE, body).links
    assert (link.url, link.surface, link.kind, link.changed) == (
        "https://example.org/a/",
        "feed",
        "post",
        "2020-01-02T01:04:05Z",
    )
    assert (link.hints.authors, link.hints.tags) == ((Person("Zoë"),), ("Food", "Tea"))
    assert (link.hints.published, link.hints.modified) == ("2020-01-02T01:04:05Z", None)


def test_atom():
    """An Atom entry's alternate link leads to the post; its mark of change is `updated`."""
    body = atom(
        '<entry><title type="text">A &amp; B</title><id>tag:1</id>'
        '<link rel="replies" href="https://example.org/c"/><link rel="alternate" href="https://example.org/a"/>'
        "<author><name>Zoë</name><uri>https://example.org/zoe</uri></author>"
        "<published>2020-01-02T03:04:05Z</published><updated>2020-02-03T04:05:06+01:00</updated></entry>"
    )
    assert read_feed(HERE, body).links == (
        Link(
            "https://example.org/a",
            "feed",
            "post",
            "2020-02-03T03:05:06Z",
            Hints(
                title="A & B",
                authors=(Person("Zoë", "https://example.org/zoe"),),
                published="2020-01-02T03:04:05Z",
                modified="2020-02-03T03:05:06Z",
                source="feed",
            ),
        ),
    )


def test_json_feed():
    """A JSON Feed item keeps its dates as written; authors of both versions of the format are read."""
    body = json_feed(
        {
            "id": "1",
            "url": "https://example.org/a",
            "title": "A & B",
            "date_published": "2020-01-02T03:04:05+01:00",
            "date_modified": "2020-02-03",
            "authors": [{"name": "Zoë", "url": "https://example.org/zoe"}, {"avatar": "x"}],
            "tags": ["Tea"],
        },
        {"id": "https://example.org/b", "author": {"name": "Ada"}},
        {"id": "3"},
        {"id": 4},
        {},
        "no item",
        next_url="https://example.org/feed.json?page=2",
    )
    answer = read_feed(HERE, body)
    assert answer.links == (
        Link(
            "https://example.org/a",
            "feed",
            "post",
            "2020-02-03",
            Hints(
                "A & B",
                (Person("Zoë", "https://example.org/zoe"),),
                "2020-01-02T03:04:05+01:00",
                "2020-02-03",
                tags=("Tea",),
                source="feed",
            ),
        ),
        Link("https://example.org/b", "feed", "post", None, Hints(authors=(Person("Ada"),), source="feed")),
    )
    assert answer.next_page == "https://example.org/feed.json?page=2"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://example.org/a"),
        ("<link>a</link>", "https://example.org/feed/a"),
        ("<guid>https://example.org/a</guid>", "https://example.org/a"),
        (
            "<link>https://feeds.example/1</link><feedburner:origLink>https://example.org/a</feedburner:origLink>",
            "https://example.org/a",
        ),
    ],
)
def test_address_of_an_item(item, url):
    """An item's address is its link, a permanent id, or what a feed service keeps as the original."""
    assert [link.url for link in read_feed(HERE, rss(f"<item>{item}</item>")).links] == [url]


@pytest.mark.parametrize("item", ["<title>x</title>", "<link>mailto:a@b</link>", '<guid isPermaLink="false">7</guid>'])
def test_item_without_an_address(item):
    """An item that leads nowhere is no link."""
    assert read_feed(HERE, rss(f"<item>{item}</item>")).links == ()


def test_addresses_are_no_authors():
    """A mail address in place of a name is not taken for one."""
    (link,) = read_feed(HERE, rss("<item><link>/a</link><author>zoe@example.org</author></item>")).links
    assert link.hints.authors == ()


@pytest.mark.parametrize("date", ["yesterday", "0000-00-00", "Thu, 99 Jan 2020 03:04:05", ""])
def test_odd_dates(date):
    """A date that is none is no mark."""
    (link,) = read_feed(HERE, rss(f"<item><link>/a</link><pubDate>{date}</pubDate></item>")).links
    assert (link.changed, link.hints.published) == (None, None)


@pytest.mark.parametrize("clothes", [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b" "])
@pytest.mark.parametrize("body", [rss("<item><link>/a</link></item>"), json_feed({"url": "/a"})])
def test_before_the_feed(clothes, body):
    """Blank lines and a byte order mark before a feed do not matter."""
    assert [link.url for link in read_feed(HERE, clothes + body).links] == ["https://example.org/a"]


def test_broken_markup():
    """A feed that is not well-formed gives what can be read."""
    body = rss("<item><link>/a</link><title>Tom & Jerry &nbsp; <b></title></item><item><link>/b</link></item>")[:-8]
    assert read_feed(HERE, body).links[0].url == "https://example.org/a"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"<!DOCTYPE html><html><head><title>x</title></head><body><p>Not found</p></body></html>",
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        b"plain text",
        b'{"error": 404}',
        b'{"version": "https://jsonfeed.org/version/1", "items": 7}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "authors": 7}]}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b'{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_no_feed(body):
    """What is no feed is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/feed/: "):
        read_feed(HERE, body)


def test_empty_feed():
    """A feed without entries is a feed."""
    assert read_feed(HERE, rss("")).links == read_feed(HERE, atom("")).links == read_feed(HERE, json_feed()).links == ()


@pytest.mark.parametrize(
    ("body", "following"),
    [
        (atom("", '<link rel="next" href="/feed/?page=2"/>'), "https://example.org/feed/?page=2"),
        (atom("", '<link rel="prev-archive" href="2"/>'), "https://example.org/feed/2"),
        (atom("", '<link rel="self" href="/feed/"/>'), None),
        (rss("", '<atom:link rel="next" href="https://example.org/feed/2"/>'), "https://example.org/feed/2"),
        (rss(""), None),
        (json_feed(next_url="/feed/2"), "https://example.org/feed/2"),
        (json_feed(next_url=7), None),
    ],
)
def test_next_page(body, following):
    """A feed names its next page, or does not."""
    assert read_feed(HERE, body).next_page == following


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        ("https://wordpress.org/?v=6.4", True),
        ("http://wordpress.com/", True),
        ("Hugo -- gohugo.io", False),
        ("", False),
    ],
)
def test_is_wordpress(generator, expected):
    """WordPress, whose feeds have pages, is known by its generator."""
    assert is_wordpress(read_feed(HERE, rss("", f"<generator>{generator}</generator>"))) is expected


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("https://example.org/feed/", "https://example.org/feed/?paged=2"),
        ("https://example.org/feed/?paged=2", "https://example.org/feed/?paged=3"),
        ("https://example.org/feed/?paged=9&cat=7", "https://example.org/feed/?paged=10&cat=7"),
        ("https://example.org/?feed=rss2", "https://example.org/?feed=rss2&paged=2"),
        ("https://example.org/feed/?paged=x", "https://example.org/feed/?paged=2"),
        ("https://example.org/feed/?paged=" + "9" * 5000, "https://example.org/feed/?paged=2"),
    ],
)
def test_paged(url, following):
    """The pages of a WordPress feed are counted from 1, and its other query fields stay."""
    assert paged(url) == following


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda t: rss(f"<item>{t}</item>"))))
def test_any_bytes(body):
    """Whatever the bytes are, there are links or a BadSurface."""
    try:
        answer = read_feed(HERE, body)
    except BadSurface:
        return
    assert all(link.surface == "feed" for link in answer.links)
