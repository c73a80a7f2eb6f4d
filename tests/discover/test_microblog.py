"""Micro.blog: which address to ask, and what the archive says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.microblog import READERS, asks, read_archive
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

HOME = Home("https://zoe.micro.blog/", "https://zoe.micro.blog/", "micro.blog")
ASK = Ask("https://zoe.micro.blog/archive/index.json", "microblog.archive", "api")
FIELDS = ["id", "url", "title", "date_published", "date_modified", "authors", "author", "name", "tags", "categories"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["https://example.org/a/", "2020-01-02T03:04:05+02:00", "\ud800", "https://[", "//"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip


def read(*items: object, **fields: object) -> Step:
    """Return what an archive of these items says."""
    told = {"version": "https://jsonfeed.org/version/1", "items": items, **fields}
    return READERS[ASK.reader](ASK, Answer(ASK.url, json.dumps(told).encode()))


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("https://zoe.micro.blog/", "https://zoe.micro.blog/archive/index.json"),
        ("https://example.org/notes", "https://example.org/notes/archive/index.json"),
    ],
)
def test_asks(root, expected):
    """The one file that holds all posts is asked for, in the first run and later."""
    assert asks(replace(HOME, root=root), changes=False) == [Ask(expected, "microblog.archive", "api")]
    assert asks(replace(HOME, root=root), changes=True) == [Ask(expected, "microblog.archive", "api", changes=True)]


def test_posts():
    """A post has its address and what the archive says of it; most have no title."""
    step = read(
        {
            "id": "https://zoe.micro.blog/2020/01/02/tea.html",
            "url": "https://zoe.micro.blog/2020/01/02/tea.html",
            "title": "Tea & cake",
            "content_text": "…",
            "date_published": "2020-01-02T03:04:05+02:00",
            "tags": ["tea", 7],
            "categories": ["Food", ""],
            "authors": [{"name": "Zoë", "url": "https://zoe.micro.blog"}, 7],
        },
        {"url": "/2020/01/03/030405.html", "title": "", "date_published": "0001-01-01T00:00:00+00:00", "tags": None},
        {"id": "https://zoe.micro.blog/c.html", "date_modified": "2020-02-03T00:00:00Z", "author": {"name": "Ada"}},
    )
    assert step == Step(
        (
            Link(
                "https://zoe.micro.blog/2020/01/02/tea.html",
                "api",
                "post",
                None,
                Hints(
                    title="Tea & cake",
                    authors=(Person("Zoë", "https://zoe.micro.blog/"),),
                    published="2020-01-02T03:04:05+02:00",
                    categories=("Food",),
                    tags=("tea",),
                    source="api",
                ),
            ),
            Link("https://zoe.micro.blog/2020/01/03/030405.html", "api", "post", None, Hints(source="api")),
            Link(
                "https://zoe.micro.blog/c.html",
                "api",
                "post",
                "2020-02-03T00:00:00Z",
                Hints(authors=(Person("Ada"),), modified="2020-02-03T00:00:00Z", source="api"),
            ),
        )
    )


@pytest.mark.parametrize(
    "date", ["2020-13-01T00:00:00Z", "20200102", "yesterday", "", 7, None, "2020-01-02T" * 99, "٢٠٢٠-٠١-٠٢"]
)
def test_no_date(date):
    """What is no date of ISO 8601 is passed over."""
    (link,) = read({"url": "/a.html", "date_published": date}).links
    assert link.hints.published is None


def test_broken_values():
    """A byte that is no UTF-8, half a character and a number without end cost their own field at the most."""
    body = b'{"items": [{"url": "/a.html", "tags": [%s], "title": "x\xff\\ud800"}]}' % (b"9" * 5000)
    (link,) = read_archive(ASK, Answer(ASK.url, body)).links
    assert (link.hints.tags, link.hints.title) == ((), "x\ufffd?")


def test_passed_over():
    """Items without an address are counted; an id that is no address is none."""
    step = read({"id": "7"}, {"url": "mailto:a@b", "id": "https://example.org/"}, {}, None, {"url": "/a.html"})
    assert [link.url for link in step.links] == ["https://zoe.micro.blog/a.html"]
    assert step.dropped == {"no_address": 4}


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/archive/2.json", "https://zoe.micro.blog/archive/2.json"),
        ("https://example.org/archive/2.json", None),
        ("", None),
        (7, None),
    ],
)
def test_next_page(href, expected):
    """An archive that says so goes on at the same site."""
    further = read({"url": "/a.html"}, next_url=href).further
    assert further == (replace(ASK, url=expected) if expected else None)


def test_the_end():
    """An archive without items is empty, whatever follows it."""
    assert read(next_url="/archive/2.json") == Step()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>404</html>",
        b"[]",
        b"{}",
        b'{"items": {}}',
        b'{"items": [',
        b"[" * 100_000,
        b"\xff\xfe\xfd",
        b"9" * 5000,
    ],
)
def test_no_archive(body):
    """What is no list of items is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://zoe\.micro\.blog/archive/index\.json: "):
        read_archive(ASK, Answer(ASK.url, body))


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=4), JSON)
def test_any_items(items, following):
    """Whatever the items hold, there is a step that can be written down as UTF-8."""
    step = read(*items, next_url=following)
    said = [text for link in step.links for text in (link.url, link.changed, link.hints.title, link.hints.published)]
    said += [text for link in step.links for person in link.hints.authors for text in (person.name, person.url)]
    said += [text for link in step.links for text in (*link.hints.tags, *link.hints.categories)]
    assert all(text is None or text.encode() for text in said)


@given(st.binary())
def test_any_bytes(body):
    """Whatever the bytes, there is an answer or a BadSurface."""
    try:
        step = read_archive(ASK, Answer(ASK.url, body))
    except BadSurface:
        return
    assert isinstance(step, Step)
