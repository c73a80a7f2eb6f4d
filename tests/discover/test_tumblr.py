"""Tumblr's old API: what its two forms say, what is asked next, and what hostile answers do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.tumblr import PER_PAGE, asks, plain, read_posts
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Step

ROOT = "https://tea.tumblr.com"
HOME = Home(f"{ROOT}/", f"{ROOT}/", "tumblr")
(ASK,) = asks(HOME, changes=False)
XML = ASK.others[0]
FIELDS = ["id", "url", "url-with-slug", "date-gmt", "unix-timestamp", "regular-title", "regular-body", "tags"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2020-13-02 03:04:05 GMT"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def read(*posts: object, ask: Ask = ASK, total: object = None) -> Step:
    """Read a line of JavaScript with these posts."""
    body = json.dumps({"tumblelog": {"name": "tea"}, "posts-start": 0, "posts-total": total, "posts": posts})
    return read_posts(ask, Answer(ask.url, f"var tumblr_api_read = {body};\n".encode()))


def row(number: int, **more: object) -> dict[str, object]:
    """Return a short post."""
    return {"id": str(number), "url-with-slug": f"{ROOT}/post/{number}/tea", **more}


def xml(inner: str, before: str = "") -> Step:
    """Read an answer in XML."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>{before}'
    return read_posts(ASK, Answer(XML, f'{head}<tumblr version="1.0"><tumblelog/>{inner}</tumblr>'.encode()))


@pytest.mark.parametrize("changes", [False, True])
def test_first_question(changes):
    """The newest posts are asked for, as JSON or as XML."""
    (question,) = asks(HOME, changes=changes)
    assert (question.url, question.others) == (
        f"{ROOT}/api/read/json?num=50&start=0",
        (f"{ROOT}/api/read?num=50&start=0",),
    )
    assert (question.reader, question.surface, question.changes) == ("tumblr.posts", "api", changes)


EXPECTED = Link(
    f"{ROOT}/post/42/tea",
    "api",
    "post",
    None,
    Hints(title="Tea & cake", published="2020-01-02T03:04:05Z", tags=("tea", "cake & more"), source="api"),
    key="42",
    entry="42",
)


def test_json():
    """A post has its address, number, date, tags, and whether its text is there."""
    step = read(
        {
            "id": "42",
            "url": f"{ROOT}/post/42",
            "url-with-slug": f"{ROOT}/post/42/tea",
            "type": "regular",
            "date-gmt": "2020-01-02 03:04:05 GMT",
            "date": "Wed, 01 Jan 2020 22:04:05",
            "unix-timestamp": 1,
            "regular-title": "Tea &amp; <i>cake</i>",
            "regular-body": "<p>Hot.</p>",
            "tags": ["tea", "cake & more", None, 7],
        },
        total=5522,
    )
    assert (step.links, step.total, dict(step.dropped)) == ((EXPECTED,), 5522, {})


def test_xml():
    """The other form says the same."""
    step = xml(
        '<posts start="0" total="5522">'
        f'<post id="42" url="{ROOT}/post/42" url-with-slug="{ROOT}/post/42/tea" type="regular"'
        ' date-gmt="2020-01-02 03:04:05 GMT" unix-timestamp="1">'
        "<regular-title>Tea &amp; cake</regular-title><regular-body>&lt;p&gt;Hot.&lt;/p&gt;</regular-body>"
        "<tag>tea</tag><tag>cake &amp; more</tag></post></posts>"
    )
    assert (step.links, step.total) == ((EXPECTED,), 5522)
    assert step.further
    assert (step.further.url, step.further.others) == (
        f"{ROOT}/api/read?num=50&start=1",
        (f"{ROOT}/api/read/json?num=50&start=1",),
    )


@pytest.mark.parametrize(
    ("post", "title", "has_text"),
    [
        ({"regular-title": "", "regular-body": "x"}, None, True),
        ({"photo-caption": "<p>A cup</p>"}, None, True),
        ({"link-text": "Tea &lt;3"}, "Tea <3", False),
        ({"conversation-title": "Two cups", "conversation-text": "A: x"}, "Two cups", True),
        ({"question": "Why?", "answer": "Because."}, None, True),
        ({"type": "video", "video-caption": None}, None, False),
    ],
)
def test_kinds(post, title, has_text):
    """Posts of every kind are posts; a title is one only where their author wrote one."""
    step = read(row(1, **post))
    assert [(link.hints.title, link.entry) for link in step.links] == [(title, "1" if has_text else None)]


def test_little():
    """A post of which only the address is told is a post; without an address it is counted."""
    step = read({"url": "/post/7"}, {"id": 7, "url": "mailto:a@b"}, {}, None, 7)
    assert step.links == (Link(f"{ROOT}/post/7", "api", "post", hints=Hints(source="api")),)
    assert step.dropped == {"no_address": 4}


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ({"date-gmt": "2020-01-02 03:04:05 GMT"}, "2020-01-02T03:04:05Z"),
        ({"date-gmt": "2020-13-02 03:04:05 GMT", "unix-timestamp": 86400}, None),
        ({"date-gmt": "yesterday", "unix-timestamp": 86400}, "1970-01-02T00:00:00Z"),
        ({"unix-timestamp": "86400"}, "1970-01-02T00:00:00Z"),
        ({"unix-timestamp": 10**30}, None),
        ({"unix-timestamp": True}, None),
        ({"date": "Wed, 01 Jan 2020 22:04:05"}, None),
        ({}, None),
    ],
)
def test_dates(post, expected):
    """The moment of publication is told in UTC; the blog's own clock, which tells no zone, is no moment."""
    assert read(row(1, **post)).links[0].hints.published == expected


@pytest.mark.parametrize(
    "wrapped",
    ["{}", "var tumblr_api_read = {};", "\ufeffvar tumblr_api_read={}", "got({});", " \n {} trailing", "a.b = {}"],
)
def test_javascript(wrapped):
    """JSON is read whatever stands around it."""
    body = wrapped.replace("{}", json.dumps({"posts": [row(1)]}))
    assert [link.key for link in read_posts(ASK, Answer(ASK.url, body.encode())).links] == ["1"]


def test_advance():
    """The next page begins behind what was received; a total that is too small ends nothing, an empty page does."""
    step = read(row(1), row(2), row(3), total=1)
    assert step.further
    assert (step.further.url, step.further.others) == (
        f"{ROOT}/api/read/json?num=50&start=3",
        (f"{ROOT}/api/read?num=50&start=3",),
    )
    end = read(ask=step.further, total=1)
    assert (end.further, end.asks) == (None, ())


def test_stepped_over():
    """A page all of whose posts are hidden is stepped over, a few times, as long as the total promises more."""
    step = read(total=10**6)
    starts = []
    while step.asks:
        assert step.further is None
        starts.append(step.asks[0].url.partition("&start=")[2])
        step = read(ask=step.asks[0], total=10**6)
    assert starts == ["50", "100", "150"]
    assert read(total=PER_PAGE).asks == ()
    assert read(total=10**6, ask=replace(ASK, changes=True)).asks == ()


def test_moved():
    """A blog that moved is walked where it is; an address that says nothing is not walked on from."""
    body = json.dumps({"posts": [row(1)]}).encode()
    step = read_posts(ASK, Answer("https://tea.example.org/api/read/json?num=50&start=0", body))
    assert step.further
    assert step.further.url == "https://tea.example.org/api/read/json?num=50&start=1"
    step = read_posts(ASK, Answer("https://tea.example.org/", body))
    assert step.further
    assert step.further.url == f"{ROOT}/api/read/json?num=50&start=1"
    lost = replace(ASK, url="https://tea.example.org/")
    assert read_posts(lost, Answer(lost.url, body)).further is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"var tumblr_api_read = ",
        b'var tumblr_api_read = {"posts": {}};',
        b'{"posts": [',
        b"[]",
        b"[" * 100_000,
        b'{"posts": ' * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"a" * 1_000_000,
        b" " * 1_000_000,
        b"\xff\xfe\xfd",
        b"<",
        b"<tumblr/>",
        b"<html><body>Not found</body></html>",
        b"<a>" * 100_000,
        b"<?xml version='1.0' encoding='none'?><tumblr/>",
        "<tumblr/>".encode("utf-16"),
    ],
)
@pytest.mark.usefixtures("must_end")
def test_no_posts(body):
    """What holds no posts of Tumblr's is a BadSurface that names the address, whatever its size."""
    with pytest.raises(BadSurface, match=r"^https://tea\.tumblr\.com/api/read"):
        read_posts(ASK, Answer(ASK.url, body))


@pytest.mark.parametrize("where", ["text", "attribute"])
@pytest.mark.usefixtures("must_end")
def test_billion_laughs(where):
    """Entities that grow without end are never unfolded."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    title, slug = ("&a11;", "x") if where == "text" else ("x", "&a11;")
    post = f'<post id="1" url="{ROOT}/{slug}"><regular-title>{title}</regular-title></post>'
    step = xml(f'<posts total="1">{post}</posts>', f'<!DOCTYPE tumblr [<!ENTITY a0 "laugh">{laughs}]>')
    assert len(repr(step)) < 5000


def test_files_stay_unread(tmp_path):
    """An entity that names a file of this machine says nothing of what is in it."""
    secret = tmp_path / "secret"
    secret.write_text("password")
    post = f'<post id="1" url="{ROOT}/1"><regular-title>a&x;b</regular-title></post>'
    step = xml(f"<posts>{post}</posts>", f'<!DOCTYPE tumblr [<!ENTITY x SYSTEM "{secret.as_uri()}">]>')
    assert len(step.links) == 1
    assert "password" not in repr(step)


def test_broken_xml():
    """A control character in one post does not lose the others."""
    step = xml(f'<posts><post id="1" url="{ROOT}/1">\x0b</post><post id="2" url="{ROOT}/2"/></posts>')
    assert [link.key for link in step.links] == ["1", "2"]


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [("Tea &amp; cake", "Tea & cake"), ("&lt;b&gt;", "<b>"), (" a <b>b</b>\n c ", "a b c"), ("&#" + "9" * 9999, None)],
)
def test_plain(rendered, expected):
    """Tags go before entities are decoded, and entities are decoded once."""
    assert plain(rendered) == (expected or rendered)


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON)), JSON)
def test_any_answer(posts, total):
    """Whatever the JSON holds, what is read of it is text that a file can hold."""
    step = read(*({"url": f"{ROOT}/post/1", **post} for post in posts), total=total)
    for link in step.links:
        said = [link.url, link.hints.title, link.hints.published, link.key, link.entry, *link.hints.tags]
        assert all(text is None or (isinstance(text, str) and text.encode()) for text in said)
    assert step.total is None or step.total >= 0
