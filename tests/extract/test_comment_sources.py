"""Comments out of answers of APIs and feeds, and one discussion out of two sources."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.errors import BadSurface
from archiver.extract.comments.merge import merge
from archiver.extract.comments.sources import READERS, read_said
from archiver.models import PageComment, Said

BLOG = "https://blog.example/"
MARKUP = '<p>I was <em>there</em>.</p>\n<p>It <a href="/rain">rained</a>.</p>\n'
WORDS = "I was there.\n\nIt rained."


def said(reader: str, answer: object, url: str = BLOG) -> tuple[Said, ...]:
    """Return what a reader makes of an answer: bytes, or a value as JSON."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return read_said(reader, url, body)


# --- WordPress --------------------------------------------------------------------------------------

ROW = {
    "id": 11,
    "post": 5,
    "parent": 0,
    "author_name": "Ann &amp; Co",
    "author_url": "https://ann.example/",
    "date": "2019-03-05T16:04:00",
    "date_gmt": "2019-03-05T15:04:00",
    "content": {"rendered": MARKUP},
    "link": "https://blog.example/p/comment-page-1/#comment-11",
    "status": "approved",
    "type": "comment",
}


def test_wordpress():
    """A row of wp/v2 gives the post's number and the comment as its page would."""
    assert said("wordpress.comments", [ROW]) == (
        Said(
            "5",
            PageComment(
                key="comment-11",
                parent=None,
                author="Ann & Co",
                author_url="https://ann.example/",
                date="2019-03-05T16:04:00+01:00",
                text=WORDS,
                url="https://blog.example/p/comment-page-1/#comment-11",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"parent": 9}, "parent", "comment-9"),
        ({"parent": "x y"}, "parent", None),
        ({"type": "pingback"}, "kind", "pingback"),
        ({"type": "trackback"}, "kind", "trackback"),
        ({"type": "review"}, "kind", "comment"),
        ({"type": ["pingback"]}, "kind", "comment"),
        ({"author_url": "ann.example"}, "author_url", None),
        ({"author_url": "javascript:x()"}, "author_url", None),
        ({"author_name": 7}, "author", None),
        ({"date_gmt": None}, "date", "2019-03-05T16:04:00"),
        ({"date_gmt": "0000-00-00T00:00:00"}, "date", "2019-03-05T16:04:00"),
        ({"date": None}, "date", "2019-03-05T15:04:00+00:00"),
        ({"date": "2019-03-07T16:04:00"}, "date", "2019-03-05T15:04:00+00:00"),
        ({"date": "2019-03-05T11:34:00"}, "date", "2019-03-05T11:34:00-03:30"),
        ({"date": None, "date_gmt": 5}, "date", None),
        ({"content": {"rendered": None}}, "text", ""),
        ({"content": "x"}, "text", ""),
        ({"content": {"rendered": "a</div></body>b\ud800c"}}, "text", "a\n\nbc"),
        ({"link": "/p"}, "url", None),
    ],
)
def test_wordpress_fields(change, field, value):
    """Each field is read if it is what it should be, and passed over if it is not."""
    (one,) = said("wordpress.comments", [ROW | change])
    assert getattr(one.comment, field) == value


@pytest.mark.parametrize("row", [None, 5, [], {}, ROW | {"id": 0}, ROW | {"id": True}, ROW | {"status": "spam"}])
def test_wordpress_bad_row(row):
    """A row that is no comment is passed over, and the others are not."""
    assert [s.comment.key for s in said("wordpress.comments", [row, ROW | {"id": 12}])] == ["comment-12"]


def test_wordpress_post_by_address():
    """Where the post has no number, its address stands for it, without the page of comments."""
    (one,) = said("wordpress.comments", [ROW | {"post": None}])
    assert one.post == "https://blog.example/p/"


HOSTED = {
    "ID": 12,
    "post": {"ID": 5, "type": "post"},
    "parent": {"ID": 11, "type": "comment"},
    "author": {"ID": 0, "name": "Bo", "URL": "https://bo.example", "email": False},
    "date": "2019-03-05T17:00:00+01:00",
    "URL": "https://blog.example/p/#comment-12",
    "content": MARKUP,
    "type": "comment",
}


def test_wordpress_com():
    """WordPress.com's own API tells the same in other words."""
    (one,) = said("wordpress_com.comments", {"found": 1, "comments": [HOSTED]})
    assert one == Said(
        "5",
        PageComment(
            "comment-12",
            "comment-11",
            "Bo",
            "https://bo.example",
            "2019-03-05T17:00:00+01:00",
            WORDS,
            "https://blog.example/p/#comment-12",
        ),
    )


@pytest.mark.parametrize("parent", [False, None, 11, {"ID": -1}, {}])
def test_wordpress_com_top(parent):
    """A comment that answers none has `false` there; anything else that is no comment counts as such."""
    (one,) = said("wordpress_com.comments", {"comments": [HOSTED | {"parent": parent}]})
    assert one.comment.parent is None


# --- Blogger ----------------------------------------------------------------------------------------

ENTRY = {
    "id": {"$t": "tag:blogger.com,1999:blog-7.post-22222222"},
    "published": {"$t": "2019-03-05T16:04:00.001+01:00"},
    "title": {"type": "text", "$t": "I was there. It rained."},
    "content": {"type": "html", "$t": "I was <i>there</i>.<br /><br />It rained."},
    "link": [
        {"rel": "edit", "href": "https://www.blogger.com/feeds/7/21/comments/default/22222222"},
        {"rel": "self", "href": "https://www.blogger.com/feeds/7/21/comments/default/22222222"},
        {"rel": "alternate", "href": "https://blog.example/2019/03/a.html?showComment=155#c22222222"},
    ],
    "author": [
        {
            "name": {"$t": "Ann"},
            "uri": {"$t": "https://www.blogger.com/profile/1"},
            "email": {"$t": "noreply@blogger.com"},
        }
    ],
    "thr$in-reply-to": {
        "href": "https://blog.example/2019/03/a.html",
        "ref": "tag:blogger.com,1999:blog-7.post-21",
        "source": "https://www.blogger.com/feeds/7/posts/default/21",
    },
}
RELATED = {"rel": "related", "href": "https://www.blogger.com/feeds/7/21/comments/default/11111111?v=2"}


def test_blogger():
    """An entry gives the post's number, and the key that the page has for it."""
    (one,) = said("blogger.comments", {"feed": {"entry": [ENTRY]}})
    assert one == Said(
        "21",
        PageComment(
            "c22222222",
            None,
            "Ann",
            "https://www.blogger.com/profile/1",
            "2019-03-05T16:04:00+01:00",
            WORDS,
            "https://blog.example/2019/03/a.html?showComment=155#c22222222",
        ),
    )


@pytest.mark.parametrize(
    ("change", "post", "parent"),
    [
        ({"link": [*ENTRY["link"], RELATED]}, "21", "c11111111"),
        ({"thr$in-reply-to": {**ENTRY["thr$in-reply-to"], "ref": "tag:x:blog-7.post-11111111"}}, "21", "c11111111"),
        ({"thr$in-reply-to": None}, "21", None),
        ({"thr$in-reply-to": [ENTRY["thr$in-reply-to"]], "link": None}, "21", None),
        ({"thr$in-reply-to": {"ref": "tag:x:blog-7.page-9"}, "link": []}, "9", None),
        (
            {"thr$in-reply-to": {"href": "https://blog.example/2019/03/a.html#x"}, "link": 5},
            "https://blog.example/2019/03/a.html",
            None,
        ),
        ({"thr$in-reply-to": 5, "link": ENTRY["link"][2:]}, "https://blog.example/2019/03/a.html", None),
    ],
)
def test_blogger_threads(change, post, parent):
    """The post and the comment that is answered are found wherever the feed names them."""
    (one,) = said("blogger.comments", {"feed": {"entry": [ENTRY | change]}})
    assert (one.post, one.comment.parent) == (post, parent)


def test_blogger_without_comments():
    """A feed without entries is a feed."""
    assert said("blogger.comments", {"feed": {"id": {"$t": "x"}}}) == ()


# --- Substack and Ghost -----------------------------------------------------------------------------

NOTE = {"id": 11, "body": "I was there.\n\n\nIt  rained.", "name": "Ann", "date": "2019-03-05T16:04:00.000Z"}
ASKED = "https://news.example/api/v1/post/5/comments?token=&all_comments=true"


def test_substack():
    """Answers come after what they answer, and a deleted comment leaves its answers."""
    gone = {"id": 12, "body": None, "deleted": True, "ancestor_path": "11"}
    deep = NOTE | {"id": 13, "ancestor_path": "11.12", "handle": "ann-1", "post_id": 6}
    first, second, third = said(
        "substack.comments",
        {"comments": [NOTE | {"children": [gone | {"children": [deep]}]}, NOTE | {"id": 14}]},
        ASKED,
    )
    assert first == Said("5", PageComment("comment-11", None, "Ann", None, "2019-03-05T16:04:00+00:00", WORDS, None))
    assert (second.post, second.comment.key, second.comment.parent) == ("6", "comment-13", "comment-12")
    assert second.comment.author_url == "https://substack.com/@ann-1"
    assert third.comment.parent is None


def test_substack_parent_by_place():
    """Without a path, the comment that holds another is the one that it answers."""
    _, second = said("substack.comments", {"comments": [NOTE | {"children": [NOTE | {"id": 12}]}]}, ASKED)
    assert second.comment.parent == "comment-11"


WRITTEN = {
    "id": "a1",
    "html": "<p>I was there.</p><p>It rained.</p>",
    "created_at": "2019-03-05T16:04:00.000Z",
    "status": "published",
    "member": {"name": "Ann", "expertise": "Rain"},
}


def test_ghost():
    """A comment comes with its answers; what is hidden or deleted is not told, its answers are."""
    hidden = WRITTEN | {"id": "b2", "status": "hidden", "html": None, "replies": [WRITTEN | {"id": "c3"}]}
    to_reply = WRITTEN | {"id": "d4", "in_reply_to_id": "c3"}
    url = "https://news.example/members/api/comments/post/5f/?page=1&limit=100"
    found = said("ghost.comments", {"comments": [WRITTEN, hidden, {"id": "e5", "replies": [to_reply]}]}, url)
    assert found[0] == Said(
        "5f", PageComment("comment-a1", None, "Ann", None, "2019-03-05T16:04:00+00:00", WORDS, None)
    )
    assert [(s.comment.key, s.comment.parent) for s in found[1:]] == [
        ("comment-c3", "comment-b2"),
        ("comment-d4", "comment-c3"),
    ]


def test_ghost_replies():
    """The answers to one comment name its post in the question."""
    url = "https://news.example/members/api/comments/a1/replies/?page=1&limit=100&post_id=5f"
    (one,) = said("ghost.comments", {"comments": [WRITTEN | {"id": "b2"}]}, url)
    assert (one.post, one.comment.parent) == ("5f", "comment-a1")


# --- feeds ------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Comments for The Blog</title><item>
<title>Comment on A post by Ann</title><link>https://blog.example/p/comment-page-2/#comment-12</link>
{author}<pubDate>Tue, 05 Mar 2019 15:04:00 +0000</pubDate><guid isPermaLink="false">https://blog.example/?p=5#comment-12</guid>
<description>I was there.</description><content:encoded><![CDATA[{text}]]></content:encoded></item></channel></rss>"""
CREATOR = "<dc:creator><![CDATA[Ann &amp; Co]]></dc:creator>"
ANSWER = '<p>Als Antwort auf <a href="https://blog.example/p/comment-page-1/#comment-11">Bo</a>.</p>\n'
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><entry>
<title>By: Ann</title><link rel="alternate" href="https://blog.example/p/#comment-12"/><id>https://blog.example/?p=5#comment-12</id>
<author><name>Ann</name><uri>https://ann.example/</uri></author><updated>2019-03-05T15:04:00Z</updated>
<published>2019-03-05T15:04:00Z</published><content type="html"><![CDATA[{text}]]></content>{more}</entry></feed>"""


def test_rss():
    """An item gives the post's address and the comment; its author is the item's own word."""
    assert said("feed.comments", RSS.format(author=CREATOR, text=MARKUP).encode()) == (
        Said(
            "https://blog.example/p/",
            PageComment(
                "comment-12",
                None,
                "Ann & Co",
                None,
                "2019-03-05T15:04:00+00:00",
                WORDS,
                "https://blog.example/p/comment-page-2/#comment-12",
            ),
        ),
    )


def test_rss_author_in_the_title():
    """The title tells who wrote only where nothing else does."""
    (one,) = said("feed.comments", RSS.format(author="", text=MARKUP).encode())
    assert one.comment.author == "Ann"


def test_rss_answer():
    """What WordPress writes before an answer in feeds tells what is answered, and is no part of the words."""
    (one,) = said("feed.comments", RSS.format(author=CREATOR, text=ANSWER + MARKUP).encode())
    assert (one.comment.parent, one.comment.text) == ("comment-11", WORDS)
    own = ANSWER.replace("<a ", '<a rel="nofollow" ')
    (one,) = said("feed.comments", RSS.format(author=CREATOR, text=own + MARKUP).encode())
    assert (one.comment.parent, one.comment.text) == (None, f"Als Antwort auf Bo.\n\n{WORDS}")


@pytest.mark.parametrize(
    ("more", "parent"),
    [
        ('<thr:in-reply-to ref="https://blog.example/?p=5" href="https://blog.example/p/"/>', None),
        ('<thr:in-reply-to ref="x" href="https://blog.example/p/#comment-11"/>', "comment-11"),
        ('<thr:in-reply-to ref="https://blog.example/?p=5#comment-11"/>', "comment-11"),
        ('<thr:in-reply-to href="https://blog.example/p/#comment-12"/>', None),
        ("", None),
    ],
)
def test_atom(more, parent):
    """An entry of Atom may name the comment that it answers."""
    (one,) = said("feed.comments", ATOM.format(text=MARKUP, more=more).encode())
    assert (one.post, one.comment.parent, one.comment.text) == ("https://blog.example/p/", parent, WORDS)
    assert (one.comment.author, one.comment.author_url) == ("Ann", "https://ann.example/")
    assert one.comment.date == "2019-03-05T15:04:00+00:00"


def test_atom_of_blogger():
    """Blogger's entries have their number in the id where the link has none."""
    body = (
        ATOM.format(text=MARKUP, more=f'<link rel="related" href="{RELATED["href"]}"/>')
        .replace("https://blog.example/?p=5#comment-12", "tag:blogger.com,1999:blog-7.post-22222222")
        .replace("#comment-12", "")
    )
    (one,) = said("feed.comments", body.encode())
    assert (one.comment.key, one.comment.parent) == ("c22222222", "c11111111")


def test_feed_of_posts():
    """An entry that nowhere says that it is a comment is none."""
    assert said("feed.comments", RSS.replace("#comment-12", "").format(author="", text="x").encode()) == ()


# --- all --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 99, b"null", b"5", b'"x"', b'{"comments": 5}', b'{"feed": []}', b"<p>no", b"[" * 100_000, b"{" * 9],
    ids=["empty", "nul", "null", "number", "string", "no list", "no feed", "html", "nested", "cut"],
)
def test_not_what_it_should_be(reader, body):
    """A document that holds no comments of its kind is refused, with its address."""
    with pytest.raises(BadSurface, match=r"https://blog\.example/"):
        said(reader, body)


def test_unknown_reader():
    """An answer that nothing reads is refused too."""
    with pytest.raises(BadSurface):
        said("sitemap", b"[]")


def test_a_key_counts_once():
    """The first of two comments of one key is the one."""
    found = said("wordpress.comments", [ROW, ROW | {"author_name": "Bo"}])
    assert [s.comment.author for s in found] == ["Ann & Co"]


def test_odd_numbers_and_bytes():
    """A number of a thousand digits, NaN and a byte that is cut cost no more than their row."""
    good = json.dumps(ROW).encode()
    body = b'[{"id": %s, "post": NaN}, {"id": 1e999}, {"x": "\xff"}, %s]' % (b"9" * 5000, good)
    assert len(said("wordpress.comments", body)) == 1


def test_large_comment():
    """A comment of ten million characters, or of markup without end, is read in part and in time."""
    rows = [
        ROW | {"id": 1, "content": {"rendered": "<p>word " * 1_000_000}},
        ROW | {"id": 2, "content": {"rendered": "<b><i>" * 20_000 + "<p>word</p>" * 100}},
        ROW | {"id": 3, "content": {"rendered": "<" * 1_000_000 + "\0word"}},
    ]
    found = said("wordpress.comments", rows)
    assert [s.comment.text[:4] for s in found[:2]] == ["word", "word"]
    assert len(found) == 3


def test_hostile_dates():
    """A year or a zone of twenty digits is no date."""
    (one,) = said("wordpress_com.comments", {"comments": [HOSTED | {"date": f"Tue, 05 Mar 2019 15:04:00 +{9**30}"}]})
    assert one.comment.date is None


SHAPES = {
    "wordpress.comments": lambda row: [ROW | row],
    "wordpress_com.comments": lambda row: {"comments": [HOSTED | row]},
    "blogger.comments": lambda row: {"feed": {"entry": [ENTRY | row]}},
    "substack.comments": lambda row: {"comments": [NOTE | {"children": [NOTE | row]}]},
    "ghost.comments": lambda row: {"comments": [WRITTEN | {"replies": [WRITTEN | row]}]},
}
NAMES = sorted({*ROW, *HOSTED, *ENTRY, *NOTE, *WRITTEN, "children", "replies", "ancestor_path", "handle", "post_id"})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("https://[x#comment-1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "$t", "href"]), inner),
    max_leaves=12,
)


@pytest.mark.parametrize("reader", SHAPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(change=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_any_value_in_any_field(reader, change):
    """Whatever stands in a field, the comments have keys and posts, and can be written."""
    for one in said(reader, SHAPES[reader](change), ASKED):
        assert one.post
        assert one.comment.key != one.comment.parent
        assert json.dumps(one.comment.text + one.comment.key, ensure_ascii=False).encode("utf-8")


# --- merge ------------------------------------------------------------------------------------------


def comment(key: str, parent: str | None = None, day: int | None = None, **more: str) -> PageComment:
    """Return a comment of one day of March."""
    date = f"2019-03-{day:02d}" if day else None
    return replace(PageComment(key, parent, None, None, date, "", None), **more)


def test_merge_fills_gaps():
    """The surer source is believed, and the other one fills what it does not tell."""
    sure = comment("a", day=1, text="of the API", author="Ann")
    other = comment("a", day=2, text="of the page", author="Anne", author_url="https://ann.example/", kind="pingback")
    (one,) = merge([sure], [other])
    assert one == replace(sure, author_url="https://ann.example/", kind="pingback")


def test_merge_keeps_parents():
    """A parent that either source knows is kept if it is there; without it, a comment answers none."""
    first = [comment("a", day=1), comment("b", "lost", day=2), comment("c", day=3)]
    second = [comment("b", "a"), comment("c", "lost"), comment("d", "a", day=4)]
    assert [(c.key, c.parent) for c in merge(first, second)] == [("a", None), ("b", "a"), ("d", "a"), ("c", None)]


def test_merge_orders_by_thread_and_day():
    """Answers follow what they answer, the earlier first; what has no date stays behind the one before it."""
    first = [comment("d", day=9), comment("c", "a", day=8), comment("a", day=1)]
    second = [comment("a", day=1), comment("ping"), comment("b", "a", day=2), comment("d", day=9)]
    assert [c.key for c in merge(first, second)] == ["a", "b", "c", "ping", "d"]


def test_merge_keeps_the_order_of_a_page():
    """Without dates, the order is the document's."""
    page = [comment("b"), comment("a"), comment("c", "a")]
    assert merge((), page) == tuple(page)
    assert merge(page, ()) == tuple(page)


def test_merge_breaks_circles():
    """Comments that answer each other in a circle are all there, and one of them begins."""
    ring = [comment("a", "c"), comment("b", "a"), comment("c", "b"), comment("d", "c"), comment("e", "e")]
    merged = merge(ring, ())
    assert sorted(c.key for c in merged) == ["a", "b", "c", "d", "e"]
    assert sum(c.parent is None for c in merged) == 2
    seen: set[str] = set()
    for one in merged:
        assert one.parent is None or one.parent in seen
        seen.add(one.key)


def test_merge_of_a_deep_thread():
    """A thread of many thousand levels is no trouble."""
    deep = [comment(str(n), str(n - 1)) for n in range(20_000)]
    random.Random(1).shuffle(deep)
    assert [c.key for c in merge(deep, ())] == [str(n) for n in range(20_000)]
