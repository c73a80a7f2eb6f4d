"""Ghost: which addresses to ask, and what the answers of its two APIs say."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.ghost import READERS, asks, read_comments, read_posts
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

KEY = "22444f78447824223cefc48062"
API = "https://example.ghost.io/ghost/api/content/"
HOME = Home("https://example.org/", "https://example.org/", "ghost", keys={"ghost": KEY, "ghost_api": API})
POSTS = Ask(f"{API}posts/?key={KEY}&limit=100&page=1", "ghost.posts", "api", told={"site": "https://example.org/"})
TALK = "https://example.org/members/api/comments/"
COMMENTS = Ask(f"{TALK}post/5ddc/?page=1&limit=100", "ghost.comments", "api")
FIELDS = [
    "id", "url", "title", "authors", "tags", "name", "updated_at", "published_at", "visibility", "access", "comments",
    "count", "replies", "html", "meta", "pagination", "next", "total", "site", "received",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["https://example.org/a/", "2020-01-02T03:04:05.000Z", "\ud800", "https://[", "//", "5ddc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=3)


def read(told: object, ask: Ask = POSTS) -> Step:
    """Return what an answer to `ask` says."""
    return READERS[ask.reader](ask, Answer(ask.url, json.dumps(told).encode()))


def talk(*rows: object, ask: Ask = COMMENTS, **pagination: object) -> Step:
    """Return what an answer with these comments says."""
    return read({"comments": rows, "meta": {"pagination": pagination}}, ask)


def query_of(url: str) -> dict[str, str]:
    """Return the fields of an address's query."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def test_asks():
    """Posts and pages are asked for where the page says the API is, with all that the answer must hold."""
    posts, pages = asks(HOME, changes=False)
    assert posts.url.startswith(f"{API}posts/?")
    assert pages.url.startswith(f"{API}pages/?")
    assert (posts.reader, posts.surface, posts.changes) == ("ghost.posts", "api", False)
    query = query_of(posts.url)
    assert (query["key"], query["limit"], query["page"], query["include"]) == (KEY, "100", "1", "authors,tags")
    assert {"id", "url", "updated_at", "visibility", "access", "comments"} <= set(query["fields"].split(","))
    assert "order" not in query


def test_asks_without_fields():
    """Where `fields` is refused, whole rows are asked for instead."""
    (posts, _) = asks(HOME, changes=False)
    (other,) = posts.others
    assert query_of(other) == {name: value for name, value in query_of(posts.url).items() if name != "fields"}


def test_asks_for_changes():
    """In a later run what was edited last comes first."""
    assert [query_of(ask.url)["order"] for ask in asks(HOME, changes=True)] == ["updated_at desc"] * 2
    assert all(ask.changes for ask in asks(HOME, changes=True))


@pytest.mark.parametrize(
    ("keys", "root", "expected"),
    [
        ({}, "https://example.org/", None),
        ({"ghost_api": API}, "https://example.org/", None),
        ({"ghost": KEY, "ghost_api": "mailto:a"}, "https://example.org/", None),
        ({"ghost": KEY}, "https://example.org/blog", "https://example.org/blog/ghost/api/content/posts/"),
        ({"ghost": KEY, "ghost_api": "/ghost/api/v3/content"}, "https://e.org/", "https://e.org/ghost/api/v3/content/posts/"),
    ],
)  # fmt: skip
def test_where_the_api_is(keys, root, expected):
    """Without a key nothing is asked; without a root it is the usual one below the blog."""
    found = asks(Home(root, root, "ghost", keys=keys), changes=False)
    assert [ask.url.partition("?")[0] for ask in found[:1]] == ([expected] if expected else [])


def test_post():
    """A post has its address, number, mark of change, all hints, and where its comments are."""
    row = {
        "id": "5ddc",
        "url": "https://example.org/tea/",
        "title": "Tea &  cake",
        "published_at": "2020-01-02T03:04:05.000+00:00",
        "updated_at": "2020-02-03T03:04:05.000+00:00",
        "visibility": "public",
        "access": True,
        "comments": True,
        "authors": [{"name": "Zoë", "url": "https://example.org/author/zoe/"}, {"name": ""}, None],
        "tags": [{"name": "tea"}, {"name": "#internal"}, {"name": "x", "visibility": "internal"}, {"name": 7}],
    }
    (link,) = read({"posts": [row]}).links
    assert link == Link(
        "https://example.org/tea/",
        "api",
        "post",
        "2020-02-03T03:04:05.000+00:00",
        Hints(
            title="Tea & cake",
            authors=(Person("Zoë", "https://example.org/author/zoe/"),),
            published="2020-01-02T03:04:05.000+00:00",
            modified="2020-02-03T03:04:05.000+00:00",
            tags=("tea",),
            source="api",
        ),
        key="5ddc",
        replies=("ghost.comments", f"{TALK}post/5ddc/?limit=100&page=1"),
    )


def test_page():
    """Fixed pages are pages, and their number is no number of posts."""
    step = read({"pages": [{"url": "https://example.org/about/"}], "meta": {"pagination": {"total": 1, "next": None}}})
    assert [link.kind for link in step.links] == ["page"]
    assert step.total is None


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, None),
        ({"visibility": "public"}, None),
        ({"visibility": "public", "access": True}, None),
        ({"visibility": "members"}, "members"),
        ({"visibility": "paid", "access": False}, "members"),
        ({"visibility": "tiers"}, "members"),
        ({"access": False}, "members"),
        ({"visibility": 7, "access": None}, None),
    ],
)
def test_access(row, expected):
    """What only members may read says so, whichever members."""
    (link,) = read({"posts": [{"url": "/a/", **row}]}).links
    assert link.access == expected


@pytest.mark.parametrize(
    ("row", "told", "expected"),
    [
        ({"id": "5", "comments": True}, {"site": "https://e.org/blog/"}, "https://e.org/blog/members/api/comments/post/5/"),
        ({"id": "5", "comments": True}, {"site": "mailto:x"}, "https://example.org/a/members/api/comments/post/5/"),
        ({"id": "5", "comments": False}, {}, None),
        ({"id": "5", "comments": "yes", "comment_id": "5"}, {}, None),
        ({"id": "../x", "comments": True}, {}, None),
        ({"comments": True}, {}, None),
    ],
)  # fmt: skip
def test_replies(row, told, expected):
    """Comments are asked for below the site, where the API says that it has them."""
    (link,) = read({"posts": [{"url": "https://example.org/a/", **row}]}, replace(POSTS, told=told)).links
    assert (link.replies[1].partition("?")[0] if link.replies else None) == expected


def test_next_page():
    """The next page follows with all that was asked, and with what is tried in its place."""
    ask = replace(POSTS, others=(f"{API}posts/?key={KEY}&page=1",), changes=True)
    step = read({"posts": [{"url": "/a/"}] * 3, "meta": {"pagination": {"total": 120, "next": 2}}}, ask)
    assert step.total == 120
    assert step.further == replace(
        ask,
        url=f"{API}posts/?key={KEY}&limit=100&page=2",
        others=(f"{API}posts/?key={KEY}&page=2",),
        told={"site": "https://example.org/", "received": 3},
    )


@pytest.mark.parametrize(
    ("rows", "pagination", "received", "goes_on"),
    [
        (0, {}, 0, False),
        (0, {"next": 7, "total": 900}, 0, False),
        (3, {"next": None, "total": 3}, 0, False),
        (3, {"next": None, "total": 103}, 100, False),
        (3, {"next": 2, "total": 3}, 0, True),
        (3, {"next": None, "total": 2}, 0, True),
        (3, {"next": None, "total": 900}, 0, True),
        (3, {"next": None}, 0, True),
        (3, {"total": 3}, 0, True),
        (3, {}, 0, True),
    ],
)
def test_last_page(rows, pagination, received, goes_on):
    """A list ends where a page is empty, or calls itself the last and the total agrees; a lie does not cut it short."""
    told = {"posts": [{"url": "/a/"}] * rows, "meta": {"pagination": pagination}}
    step = read(told, replace(POSTS, told={"received": received}))
    assert (step.further is not None) == goes_on


def test_redirect():
    """The next page is asked for where this one was found, unless the way there lost what was asked."""
    body = json.dumps({"posts": [{"url": "/a/"}]}).encode()
    moved = read_posts(POSTS, Answer(POSTS.url.replace("example.ghost.io", "b.example"), body)).further
    assert moved
    assert moved.url == f"https://b.example/ghost/api/content/posts/?key={KEY}&limit=100&page=2"
    lost = read_posts(POSTS, Answer("https://b.example/", body)).further
    assert lost
    assert lost.url == f"{API}posts/?key={KEY}&limit=100&page=2"


def test_broken_values():
    """A byte that is no UTF-8, half a character and a number without end cost their own field at the most."""
    body = b'{"posts": [{"url": "/a/", "id": %s, "title": "x\xff\\ud800"}]}' % (b"9" * 5000)
    (link,) = read_posts(POSTS, Answer(POSTS.url, body)).links
    assert (link.key, link.hints.title) == (None, "x\ufffd?")


def test_rows_without_address():
    """A row without an address is passed over and counted; it counts for the place in the list all the same."""
    step = read({"posts": [{"url": None}, {"url": "mailto:a@b"}, 7, {"url": "/a/"}]})
    assert [link.url for link in step.links] == ["https://example.ghost.io/a/"]
    assert step.dropped == {"no_address": 3}
    assert step.further
    assert step.further.told["received"] == 4


def test_comments():
    """Comments and the replies among them are named as their anchors are; what has no text is none."""
    step = talk(
        {"id": "a1", "html": "<p>x</p>", "replies": [{"id": "b2", "html": "y"}], "count": {"replies": 1}},
        {"id": "a3", "html": None, "status": "deleted", "replies": [{"id": "b4", "html": "z"}, 7]},
        {"id": "a1", "html": "again"},
        {"id": {}, "html": "w"},
        {"id": "a5", "html": "w", "status": "hidden"},
        {"id": "a6", "html": "w" * 5000, "status": "published"},
        next=None, total=6,
    )  # fmt: skip
    assert step.comments == ("comment-a1", "comment-b2", "comment-b4", "comment-a6")
    assert (step.further, step.asks, step.links) == (None, (), ())
    assert step.dropped == {"no_text": 3}


def test_more_replies():
    """Where a comment counts more replies than come with it, all are asked for; the address names their post."""
    ask = replace(COMMENTS, changes=True)
    step = talk({"id": "a1", "html": "x", "replies": [{"id": "b2", "html": "y"}], "count": {"replies": 4}}, ask=ask)
    (more,) = step.asks
    assert more == replace(ask, url=f"{TALK}a1/replies/?limit=100&page=1&post_id=5ddc")
    replies = talk({"id": "b5", "html": "y", "count": {"replies": 9}}, ask=more, next=2, total=4)
    assert (replies.comments, replies.asks) == (("comment-b5",), ())
    assert replies.further
    assert replies.further.url == f"{TALK}a1/replies/?limit=100&page=2&post_id=5ddc"


def test_more_comments():
    """The second page of comments follows the first."""
    step = talk({"id": "a1", "html": "x"}, next=2, total=120)
    assert step.further == replace(COMMENTS, url=f"{TALK}post/5ddc/?page=2&limit=100", told={"received": 1})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Just a moment</html>",
        b"[]",
        b'"x"',
        b'{"errors": [{"message": "Unknown Content API Key"}]}',
        b'{"posts": {}, "comments": {}}',
        b'{"posts": [',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\xfd",
        b"9" * 5000,
    ],
)
@pytest.mark.parametrize("reader", [read_posts, read_comments])
def test_no_answer(reader, body):
    """What is no list is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/x: "):
        reader(POSTS, Answer("https://example.org/x", body))


@given(st.sampled_from(["posts", "pages", "comments", "x"]), ROWS, JSON, st.dictionaries(st.sampled_from(FIELDS), JSON))
@pytest.mark.parametrize("ask", [POSTS, COMMENTS])
def test_any_answer(ask, name, rows, meta, told):
    """Whatever the JSON holds, there is a BadSurface or a step that can be written down as UTF-8."""
    try:
        step = read({name: rows, "meta": {"pagination": meta}}, replace(ask, told=told))
    except BadSurface:
        return
    assert (step.further is None) <= (len(rows) == 0 or isinstance(meta, dict))
    said = [text for link in step.links for text in (link.url, link.key, link.changed, link.hints.title)]
    said += [text for link in step.links for person in link.hints.authors for text in (person.name, person.url)]
    said += [tag for link in step.links for tag in link.hints.tags]
    assert all(text is None or text.encode() for text in (*said, *step.comments))


@given(st.binary())
@pytest.mark.parametrize("reader", [read_posts, read_comments])
def test_any_bytes(reader, body):
    """Whatever the bytes, there is an answer or a BadSurface."""
    try:
        step = reader(POSTS, Answer(POSTS.url, body))
    except BadSurface:
        return
    assert isinstance(step, Step)
