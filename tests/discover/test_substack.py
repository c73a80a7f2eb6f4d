"""Substack: which addresses to ask, and what its archive and its comments say."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.substack import READERS, asks, read_comments, read_posts
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

SITE = "https://letter.substack.com"
HOME = Home(f"{SITE}/", f"{SITE}/", "substack")
POSTS = Ask(f"{SITE}/api/v1/archive?sort=new&search=&offset=0&limit=50", "substack.posts", "api")
COMMENTS = Ask(f"{SITE}/api/v1/post/7/comments?token=&all_comments=true", "substack.comments", "api")
FIELDS = [
    "id", "slug", "canonical_url", "title", "type", "audience", "post_date", "updated_at", "comment_count", "body",
    "publishedBylines", "postTags", "section_name", "restacked_post_id", "name", "handle", "hidden", "children",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["https://a.example/p/x", "2020-01-02T03:04:05.000Z", "\ud800", "https://[", "//", "restack"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=4)


def read(told: object, ask: Ask = POSTS) -> Step:
    """Return what an answer to `ask` says."""
    return READERS[ask.reader](ask, Answer(ask.url, json.dumps(told).encode()))


def query_of(url: str) -> dict[str, str]:
    """Return the fields of an address's query."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def test_asks():
    """The archive of the host is asked for, the newest first, in large pages and in the usual ones."""
    (ask,) = asks(replace(HOME, root=f"{SITE}/about"), changes=True)
    assert (ask.reader, ask.surface, ask.changes) == ("substack.posts", "api", True)
    (other,) = ask.others
    for url, limit in ((ask.url, "50"), (other, "12")):
        assert url.startswith(f"{SITE}/api/v1/archive?")
        assert query_of(url) == {"sort": "new", "search": "", "offset": "0", "limit": limit}


def test_post():
    """A post has its address, number, all hints, and where its comments are."""
    row = {
        "id": 218568314,
        "type": "newsletter",
        "slug": "tea",
        "canonical_url": "https://www.letter.example/p/tea",
        "title": "Tea & cake",
        "post_date": "2020-01-02T03:04:05.678Z",
        "updated_at": "2020-02-03T03:04:05.678Z",
        "audience": "everyone",
        "section_name": "Food",
        "postTags": [{"name": "tea"}, {"name": "x", "hidden": True}, "y"],
        "publishedBylines": [{"name": "Zoë", "handle": "zoe-1"}, {"name": "Ada", "handle": "/x"}, {"name": None}],
        "comment_count": 2,
    }
    (link,) = read([row]).links
    assert link == Link(
        "https://www.letter.example/p/tea",
        "api",
        "post",
        "2020-02-03T03:04:05.678Z",
        Hints(
            title="Tea & cake",
            authors=(Person("Zoë", "https://substack.com/@zoe-1"), Person("Ada")),
            published="2020-01-02T03:04:05.678Z",
            modified="2020-02-03T03:04:05.678Z",
            categories=("Food",),
            tags=("tea",),
            comments=2,
            source="api",
        ),
        key="218568314",
        replies=(
            "substack.comments",
            f"{SITE}/api/v1/post/218568314/comments?all_comments=true&sort=oldest_first&token=",
        ),
    )


def test_no_mark_of_change():
    """The date of a post is no mark of change: without one it says nothing."""
    (link,) = read([{"slug": "a", "post_date": "2020-01-02T03:04:05.678Z"}]).links
    assert (link.changed, link.hints.modified, link.hints.published) == (None, None, "2020-01-02T03:04:05.678Z")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"type": "newsletter"}, "post"),
        ({"type": "podcast"}, "post"),
        ({"type": "video"}, "post"),
        ({"type": "thread"}, "post"),
        ({"type": "what comes next"}, "post"),
        ({}, "post"),
        ({"type": []}, "post"),
        ({"type": "page"}, "page"),
        ({"type": "note"}, "unknown"),
        ({"type": "restack"}, "unknown"),
        ({"type": "adhoc_email"}, "unknown"),
    ],
)
def test_kinds(row, kind):
    """Everything in the archive is a post, but for the types that are known to be something else."""
    (link,) = read([{"slug": "a", **row}]).links
    assert (link.url, link.kind) == (f"{SITE}/p/a", kind)


@pytest.mark.parametrize(
    ("audience", "access"),
    [("everyone", None), ("only_paid", "members"), ("founding", "members"), ("only_free", "members"), (None, None)],
)
def test_access(audience, access):
    """What is not for everyone is for members."""
    (link,) = read([{"slug": "a", "audience": audience}]).links
    assert link.access == access


@pytest.mark.parametrize(
    "row",
    [
        {"id": 7, "comment_count": 0},
        {"id": 7},
        {"comment_count": 3},
        {"id": "7", "comment_count": 3},
        {"id": True, "comment_count": 3},
        {"id": -7, "comment_count": 3},
        {"id": 2**70, "comment_count": 3},
        {"id": 7, "comment_count": "3"},
    ],
)
def test_no_replies(row):
    """Comments are asked for only where there are some, of a post that has a number."""
    (link,) = read([{"slug": "a", **row}]).links
    assert link.replies is None


def test_broken_values():
    """A byte that is no UTF-8, half a character and a number without end cost their own field at the most."""
    body = b'[{"slug": "a", "id": %s, "title": "x\xff\\ud800"}]' % (b"9" * 5000)
    (link,) = read_posts(POSTS, Answer(POSTS.url, body)).links
    assert (link.key, link.hints.title) == (None, "x\ufffd?")


def test_passed_over():
    """What has no address, or is another blog's post, is counted; a cross-post with a page of its own is kept."""
    step = read(
        [
            {"canonical_url": "https://other.substack.com/p/a", "restacked_post_id": 9},
            {"canonical_url": "https://other.substack.com/p/b", "type": "restack"},
            {"canonical_url": f"{SITE}/p/c", "restacked_post_id": 9},
            {"canonical_url": "mailto:a@b", "slug": "d"},
            {"slug": "../e"},
            {"slug": "/f"},
            {},
            7,
        ]
    )
    assert [link.url for link in step.links] == [f"{SITE}/p/c"]
    assert step.dropped == {"outside": 2, "no_address": 5}


def test_next_page():
    """The next page begins behind what was received, however short the page was."""
    ask = replace(POSTS, url=POSTS.url.replace("offset=0", "offset=23"), others=(f"{SITE}/x?offset=23&limit=12",))
    step = read([{"slug": "a"}, None, {}], ask)
    assert step.further == replace(
        ask, url=POSTS.url.replace("offset=0", "offset=26"), others=(f"{SITE}/x?offset=26&limit=12",)
    )
    assert step.total is None


def test_the_end():
    """Only an empty page is the end of the list."""
    assert read([]) == Step()


def test_redirect():
    """The next page is asked for on the host where this one was found, unless the way there lost what was asked."""
    body = b'[{"slug": "a"}]'
    moved = read_posts(POSTS, Answer(POSTS.url.replace(SITE, "https://www.letter.example"), body))
    assert moved.links[0].url == "https://www.letter.example/p/a"
    assert moved.further
    assert moved.further.url == "https://www.letter.example/api/v1/archive?sort=new&search=&offset=1&limit=50"
    lost = read_posts(POSTS, Answer("https://www.letter.example/", body)).further
    assert lost
    assert lost.url == POSTS.url.replace("offset=0", "offset=1")


@pytest.mark.parametrize("wrap", [lambda rows: {"comments": rows}, lambda rows: rows])
def test_comments(wrap):
    """Comments are named as their anchors are, each before its replies; what has no text is none."""
    rows = [
        {"id": 1, "body": "x", "children": [{"id": 2, "body": "y", "children": [{"id": 3, "body": "z"}]}, 7]},
        {"id": 4, "body": None, "deleted": True, "children": [{"id": 5, "body": "w", "children": None}]},
        {"id": 6, "body": " "},
        {"id": 8, "body": "x", "deleted": True},
        {"id": "7", "body": "x"},
        {"id": 1, "body": "again"},
        "x",
    ]
    step = read(wrap(rows), COMMENTS)
    assert step.comments == ("comment-1", "comment-2", "comment-3", "comment-5")
    assert (step.further, step.asks, step.links) == (None, (), ())
    assert step.dropped == {"no_text": 4}


def test_deep_comments():
    """A long chain of replies is read to its end."""
    body = '{"id": 1, "body": "x", "children": ['
    told = "[" + "".join(body.replace("1", str(number), 1) for number in range(1, 200)) + "]}" * 199 + "]"
    assert len(read_comments(COMMENTS, Answer(COMMENTS.url, told.encode())).comments) == 199


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Just a moment</html>",
        b"{}",
        b'"x"',
        b'{"error": "Not authorized"}',
        b'{"comments": {}}',
        b'[{"slug": ',
        b"[" * 100_000,
        b'[{"children":' * 100_000,
        b"\xff\xfe\xfd",
        b"9" * 5000,
    ],
)
@pytest.mark.parametrize("reader", [read_posts, read_comments])
def test_no_answer(reader, body):
    """What is no list is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/x: "):
        reader(POSTS, Answer("https://example.org/x", body))


@given(ROWS, st.dictionaries(st.sampled_from(FIELDS), JSON))
@pytest.mark.parametrize("ask", [POSTS, COMMENTS])
def test_any_answer(ask, rows, told):
    """Whatever the rows hold, there is a step that can be written down as UTF-8, and a next page of posts."""
    step = read(rows, replace(ask, told=told))
    assert (step.further is not None) == (bool(rows) and ask == POSTS)
    said = [text for link in step.links for text in (link.url, link.key, link.changed, link.hints.title)]
    said += [text for link in step.links for person in link.hints.authors for text in (person.name, person.url)]
    said += [text for link in step.links for text in (*link.hints.tags, *link.hints.categories)]
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
