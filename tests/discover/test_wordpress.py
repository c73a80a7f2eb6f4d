"""The WordPress REST API: which addresses to ask, and what its answers say."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.wordpress import plain, posts_url, read_posts
from archiver.errors import BadSurface
from archiver.models import Hints, Link, Person

HERE = "https://example.org/wp-json/wp/v2/posts"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["author", "wp:term", "rendered", "name", "taxonomy", "link"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
FIELDS = ["title", "date", "date_gmt", "modified", "modified_gmt", "_embedded", "link"]


def read(*rows: object) -> tuple[Link, ...]:
    """Return the links of an answer."""
    return read_posts(HERE, json.dumps(rows).encode(), None, None).links


@pytest.mark.parametrize(
    ("api", "path", "route"),
    [
        ("https://example.org/wp-json/", "/wp-json/wp/v2/posts", None),
        ("https://example.org/wp-json", "/wp-json/wp/v2/posts", None),
        ("https://example.org/blog/wp-json/", "/blog/wp-json/wp/v2/posts", None),
        ("https://example.org/?rest_route=/", "/", "/wp/v2/posts"),
        ("https://example.org/index.php?rest_route=/", "/index.php", "/wp/v2/posts"),
        (
            "https://public-api.wordpress.com/wp/v2/sites/e.wordpress.com/",
            "/wp/v2/sites/e.wordpress.com/wp/v2/posts",
            None,
        ),
    ],
)
def test_posts_url(api, path, route):
    """A page of 100 posts with authors and terms is asked for below either form of the API's root."""
    parts = urlsplit(posts_url(api, 3))
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert (parts.path, query.get("rest_route")) == (path, route)
    assert (query["per_page"], query["page"], query["_embed"]) == ("100", "3", "author,wp:term")
    assert {"link", "modified_gmt", "title", "_links", "_embedded"} <= set(query["_fields"].split(","))


def test_posts():
    """A post has its address, mark of change, and everything that the API embeds."""
    (link,) = read(
        {
            "id": 7,
            "link": "https://example.org/a/",
            "date": "2020-01-02T03:04:05",
            "date_gmt": "2020-01-02T01:04:05",
            "modified": "2020-02-03T06:05:06",
            "modified_gmt": "2020-02-03T04:05:06",
            "title": {"rendered": "Tea &#038; <em>cake</em> &#8211; a review"},
            "_embedded": {
                "author": [{"name": "Zoë &amp; Ada", "link": "https://example.org/author/zoe/"}, {"code": "rest_no"}],
                "wp:term": [
                    [{"taxonomy": "category", "name": "Food &amp; drink"}],
                    [{"taxonomy": "post_tag", "name": "tea"}, {"taxonomy": "series", "name": "x"}],
                ],
            },
        }
    )
    assert link == Link(
        "https://example.org/a/",
        "api",
        "post",
        "2020-02-03T04:05:06Z",
        Hints(
            title="Tea & cake – a review",
            authors=(Person("Zoë & Ada", "https://example.org/author/zoe/"),),
            published="2020-01-02T03:04:05+02:00",
            modified="2020-02-03T06:05:06+02:00",
            categories=("Food & drink",),
            tags=("tea",),
            source="api",
        ),
    )


def test_little():
    """A post of which only the address is told is a post."""
    assert read({"link": "/a"}, {"link": None}, {"link": "mailto:a@b"}, {}, 7, None) == (
        Link("https://example.org/a", "api", "post", None, Hints(source="api")),
    )


@pytest.mark.parametrize(
    ("local", "utc", "expected"),
    [
        ("2020-01-02T03:04:05", "2020-01-02T01:04:05", "2020-01-02T03:04:05+02:00"),
        ("2020-01-01T22:04:05", "2020-01-02T03:34:05", "2020-01-01T22:04:05-05:30"),
        ("2020-01-02T03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05+00:00"),
        (None, "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
        ("2019-01-02T03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:05", None, None),
        ("2020-01-02T03:04:05", "-0001-11-30T00:00:00", None),
    ],
)
def test_time_zone(local, utc, expected):
    """The blog's own clock is kept, with its distance from UTC; a date that is only local is no date."""
    (link,) = read({"link": "/a", "date": local, "date_gmt": utc})
    assert link.hints.published == expected


@pytest.mark.parametrize(
    ("total", "pages", "expected"),
    [
        ("120", "2", (120, 2)),
        ("0", "0", (0, 0)),
        (None, None, (None, None)),
        ("many", "-1", (None, None)),
        ("٣", "9" * 5000, (None, None)),
    ],
)
def test_totals(total, pages, expected):
    """What the API advertises is a number, or unknown."""
    answer = read_posts(HERE, b"[]", total, pages)
    assert (answer.total, answer.pages) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Just a moment</html>",
        b'[{"link": "/a"}',
        b'{"code": "rest_no_route"}',
        b'"x"',
        b"[" * 100_000,
        b"\xff\xfe\xfd",
    ],
)
def test_no_posts(body):
    """What is no list of posts is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/wp-json/"):
        read_posts(HERE, body, None, None)


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [
        ("Tea &amp; cake", "Tea & cake"),
        ("&amp;amp;", "&amp;"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("  a <b>b</b>\n c&nbsp;d ", "a b c d"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_plain(rendered, expected):
    """Tags go before entities are decoded, and entities are decoded once."""
    assert plain(rendered) == expected


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON)))
def test_any_answer(rows):
    """Whatever the JSON holds, there are links, and what they say is text."""
    for link in read(*({"link": "/a", **row} for row in rows)):
        hints = link.hints
        said = [hints.title, hints.published, hints.modified, link.changed, *hints.categories, *hints.tags]
        said += [text for person in hints.authors for text in (person.name, person.url)]
        assert all(text is None or isinstance(text, str) for text in said)
