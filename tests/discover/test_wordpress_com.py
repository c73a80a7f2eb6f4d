"""The API of WordPress.com: which addresses to ask, what its answers say, and that a walk names every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces import wordpress, wordpress_com
from archiver.discover.surfaces.wordpress_com import READERS, asks
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

HOME = Home("https://tea.wordpress.com/", "https://tea.wordpress.com/", "wordpress.com")
POSTS, PAGES, COMMENTS = asks(HOME, changes=False)
CHANGED = asks(HOME, changes=True)[0]
HANDLE = "value=7&id=7"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "URL", "comment_count", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["ID", "URL", "type", "title", "author", "date", "modified", "password", "discussion", "categories", "tags"]


def read(*rows: object, ask: Ask = POSTS, name: str = "posts", **more: object) -> Step:
    """Return what an answer with these rows says."""
    return READERS[ask.reader](ask, Answer(ask.url, json.dumps({name: rows, **more}).encode()))


def row(number: int, **more: object) -> dict[str, object]:
    """Return a row of the API as short as may be."""
    return {"ID": number, "URL": f"https://tea.wordpress.com/{number}", **more}


def query_of(url: str) -> dict[str, str]:
    """Return the query fields of an address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


# --- questions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "site"),
    [
        ("https://tea.wordpress.com/", "tea.wordpress.com"),
        ("http://www.example.org/", "www.example.org"),
        ("http://localhost:8081/", "localhost%3A8081"),
    ],
)
def test_addresses(root: str, site: str) -> None:
    """Posts and comments of the blog's host are asked for on the API's own, a hundred at once."""
    for changes in (False, True):
        posts, _, comments = asks(replace(HOME, root=root), changes=changes)
        for ask, name in ((posts, "posts"), (comments, "comments")):
            assert ask.url.startswith(f"https://public-api.wordpress.com/rest/v1.1/sites/{site}/{name}/?number=100&")
            assert (ask.reader, ask.surface, ask.changes) == (f"wordpress_com.{name}", "api", changes)


def test_orders_and_fields() -> None:
    """Whole lists begin with the oldest, changes with the latest; posts and pages are lists of their own."""
    posts, pages, comments = (query_of(ask.url) for ask in asks(HOME, changes=False))
    assert (posts["order_by"], posts["order"], comments["order"]) == ("ID", "ASC", "ASC")
    assert (posts["type"], pages["type"]) == ("post", "page")
    assert set(posts["fields"].split(",")) == set(FIELDS)
    assert {"ID", "post", "author", "date", "URL", "content", "parent", "type"} == set(comments["fields"].split(","))
    posts, _, comments = (query_of(ask.url) for ask in asks(HOME, changes=True))
    assert (posts["order_by"], posts["order"], comments["order"]) == ("modified", "DESC", "DESC")


@pytest.mark.parametrize("platform", [None, "wordpress", "blogger"])
def test_other_platforms(platform: str | None) -> None:
    """A blog elsewhere is not asked for here."""
    assert asks(replace(HOME, platform=platform), changes=False) == []


# --- rows -------------------------------------------------------------------------------------------


def test_post() -> None:
    """A post has its address, number, mark of change, and all that the API says of it."""
    step = read(
        {
            "ID": 7,
            "URL": "https://tea.wordpress.com/2020/01/02/a/",
            "type": "post",
            "title": "Tea &#038; <em>cake</em>",
            "author": {"ID": 1, "name": "Zoë &amp; Ada", "URL": "http://zoe.example"},
            "date": "2020-01-02T03:04:05+02:00",
            "modified": "2020-02-03T06:05:06+02:00",
            "password": "",
            "discussion": {"comments_open": True, "comment_count": 12},
            "categories": {"Food &amp; drink": {"ID": 3, "name": "Food &amp; drink"}},
            "tags": {"tea": {"ID": 4, "name": "tea"}, "cake": None},
        },
        found=1,
    )
    assert step == Step(
        links=(
            Link(
                "https://tea.wordpress.com/2020/01/02/a/",
                "api",
                "post",
                "2020-02-03T06:05:06+02:00",
                Hints(
                    title="Tea & cake",
                    authors=(Person("Zoë & Ada", "http://zoe.example/"),),
                    published="2020-01-02T03:04:05+02:00",
                    modified="2020-02-03T06:05:06+02:00",
                    categories=("Food & drink",),
                    tags=("tea", "cake"),
                    comments=12,
                    source="api",
                ),
                key="7",
            ),
        ),
        total=1,
    )


def test_little() -> None:
    """A post of which only the address is told is a post; what has no address is counted."""
    step = read({"URL": "https://tea.wordpress.com/a"}, {"URL": ""}, {"URL": False}, {}, 7, None, [])
    assert step.links == (Link("https://tea.wordpress.com/a", "api", "post", hints=Hints(source="api")),)
    assert step.dropped == {"no_address": 6}


def test_kinds() -> None:
    """Posts and pages are told apart; what a theme has beside them is counted."""
    step = read(row(1, type="post"), row(2, type="page"), row(3, type="jetpack-portfolio"), row(4, type={}))
    assert [link.kind for link in step.links] == ["post", "page", "post"]
    assert step.dropped == {"no_post": 1}


@pytest.mark.parametrize(("password", "access"), [("secret", "password"), ("", None), (None, None), (True, None)])
def test_password(password: object, access: str | None) -> None:
    """A post that asks for a password says so."""
    assert read(row(1, password=password)).links[0].access == access


@pytest.mark.parametrize(
    "date",
    ["-0001-11-30T00:00:00+00:00", "0000-00-00T00:00:00+00:00", "2020-01-02", "2020-01-02T03:04:05", 7, None, []],
)
def test_no_date(date: object) -> None:
    """A date that is none is left out."""
    (link,) = read(row(1, date=date, modified=date)).links
    assert (link.hints.published, link.hints.modified, link.changed) == (None, None, None)


def test_comments() -> None:
    """A comment's key is what a page calls it; a row without a number is counted, and the total is no one of posts."""
    step = read(row(12), row(13), {"ID": None}, 7, ask=COMMENTS, name="comments", found=4)
    assert step == Step(comments=("comment-12", "comment-13"), dropped={"no_key": 2})


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON)), JSON, JSON, st.booleans())
def test_any_rows(rows: list[dict[str, Any]], found: Any, meta: Any, bare: bool) -> None:
    """Whatever the JSON holds, there are links and questions, and what they say is text that can be written."""
    rows = rows if bare else [{"URL": "https://tea.wordpress.com/a", **line} for line in rows]
    for ask in (POSTS, COMMENTS):
        step = read(*rows, ask=ask, name=ask.reader.partition(".")[2], found=found, meta=meta)
        for link in step.links:
            hints = link.hints
            said = [
                hints.title,
                hints.published,
                hints.modified,
                link.changed,
                link.key,
                *hints.categories,
                *hints.tags,
            ]
            said += [text for person in hints.authors for text in (person.name, person.url)]
            assert all(text is None or (isinstance(text, str) and text.encode()) for text in said)
            assert hints.comments is None or hints.comments >= 0
        assert (step.total is None) or step.total >= len(rows)


@pytest.mark.parametrize("ask", [POSTS, COMMENTS], ids=["posts", "comments"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Just a moment</html>",
        b"[]",
        b"{}",
        b'{"posts": {}, "comments": "none"}',
        b'{"found": 1',
        b"null",
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"found": ' + b"9" * 10_000 + b"}",
    ],
)
def test_no_list(ask: Ask, body: bytes) -> None:
    """What is no list is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://public-api\.wordpress\.com/rest/"):
        READERS[ask.reader](ask, Answer(ask.url, body))


@pytest.mark.parametrize("ask", [POSTS, COMMENTS], ids=["posts", "comments"])
def test_error(ask: Ask) -> None:
    """An error of the API is told in its own words, also if a list lies beside it."""
    body = {
        "error": "unauthorized",
        "message": "API calls to this blog have been disabled.",
        "posts": [],
        "comments": [],
    }
    with pytest.raises(BadSurface, match=r"unauthorized: API calls to this blog have been disabled\.$"):
        READERS[ask.reader](ask, Answer(ask.url, json.dumps(body).encode()))


def test_no_number() -> None:
    """What Python reads as JSON and is none (NaN, Infinity) is no number, nor is one without end."""
    row = b'{"URL": "https://e.org/a", "ID": NaN, "discussion": {"comment_count": Infinity}}'
    step = READERS["wordpress_com.posts"](
        POSTS, Answer(POSTS.url, b'{"found": %s, "posts": [%s]}' % (b"9" * 9999, row))
    )
    assert step.links == (Link("https://e.org/a", "api", "post", hints=Hints(source="api")),)
    assert step.total is None


# --- paging -----------------------------------------------------------------------------------------


def test_cursor() -> None:
    """The next page is where the cursor says; if that fails, it is counted."""
    first = read(*map(row, range(1, 101)), found=250, meta={"next_page": HANDLE}).further
    assert first is not None
    assert first.url == POSTS.url + "&page_handle=value%3D7%26id%3D7"
    assert first.others == (POSTS.url + "&page=2",)
    assert first.told == {"total": 250}
    # what is found behind a cursor is what is left
    step = read(*map(row, range(101, 201)), ask=first, found=150, meta={"next_page": "value=200&id=200"})
    assert step.total == 250
    assert step.further is not None
    assert query_of(step.further.url)["page_handle"] == "value=200&id=200"
    step = read(*map(row, range(201, 251)), ask=step.further, found=50, meta={})
    assert (step.further, step.total) == (None, 250)


@pytest.mark.parametrize("meta", [None, [], {}, {"next_page": None}, {"next_page": ""}, {"next_page": "x" * 501}])
def test_no_cursor(meta: object) -> None:
    """Without a cursor, pages are counted."""
    step = read(*map(row, range(1, 101)), found=9073, meta=meta)
    assert step.further is not None
    assert (step.further.url, step.further.others) == (POSTS.url + "&page=2", ())


def test_cursor_behind_a_counted_page() -> None:
    """A cursor of a counted page begins a new count."""
    step = read(row(1), ask=replace(POSTS, url=POSTS.url + "&page=2"), meta={"next_page": HANDLE})
    assert step.further is not None
    assert step.further.url == POSTS.url + "&page_handle=value%3D7%26id%3D7"


def test_cursor_to_itself() -> None:
    """A cursor that leads where it came from is none."""
    ask = replace(POSTS, url=POSTS.url + "&page_handle=value%3D7%26id%3D7", told={"total": 100})
    step = read(row(1), ask=ask, found=2, meta={"next_page": HANDLE})
    assert step.further is not None
    assert step.further.url == ask.url + "&page=2"


@pytest.mark.parametrize(
    ("rows", "found", "expected"),
    [
        (45, 45, False),
        (45, 46, True),
        (45, 0, True),
        (45, -1, True),
        (45, None, True),
        (45, "many", True),
        (100, 100, True),
        (100, 500, True),
        (0, 0, False),
        (0, None, False),
    ],
)
def test_end(rows: int, found: object, expected: bool) -> None:
    """A list ends with an empty page, or where a short page and the total agree that it does."""
    for ask in (POSTS, COMMENTS, CHANGED):
        step = read(*map(row, range(1, rows + 1)), ask=ask, name=ask.reader.partition(".")[2], found=found)
        assert (step.further is not None) == expected
        assert step.asks == ()


def test_an_empty_page_in_the_midst() -> None:
    """Where all comments of a page are for others' eyes, the next is asked for in any case, but not for ever."""
    step = read(ask=COMMENTS, name="comments", found=700)
    assert step.further is None
    asked = 0
    while step.asks:
        (following,) = step.asks
        step = read(ask=following, name="comments", found=10**9)
        asked += 1
    assert asked == wordpress.MAX_GAPS


def test_whole_list_if_changes_cannot_be_told() -> None:
    """Where rows don't come by their last modification, the whole list is asked for, from its beginning."""
    days = [f"2020-01-{day:02d}T00:00:00+01:00" for day in range(1, 31)]
    rising = [row(n, modified=day) for n, day in enumerate(days, 1)]
    assert read(*reversed(rising), ask=CHANGED, found=300).asks == ()
    step = read(*rising, ask=CHANGED, found=300)
    assert (step.further, len(step.links)) == (None, 30)
    assert [(ask.url, ask.changes, ask.told) for ask in step.asks] == [(POSTS.url, False, {})]


def test_order_of_a_short_list() -> None:
    """A list that came whole needs no order."""
    rows = [row(n, modified=f"2020-01-0{n}T00:00:00+01:00") for n in (1, 2)]
    step = read(*rows, ask=CHANGED, found=2)
    assert (step.further, step.asks, step.total) == (None, (), 2)


def test_an_empty_page_with_a_cursor() -> None:
    """A cursor promises more, whatever comes with it."""
    step = read(found=None, meta={"next_page": HANDLE})
    (following,) = step.asks
    assert query_of(following.url)["page_handle"] == HANDLE
    assert following.told == {"gaps": 1}


def test_changes_are_counted() -> None:
    """Changes have no cursor, which would hold a date with its zone."""
    rows = [row(n, modified="2020-01-01T00:00:00+01:00") for n in range(100)]
    step = read(*rows, ask=CHANGED, found=300, meta={"next_page": "value=2020-01-01T00%3A00%3A00%2B01%3A00&id=99"})
    assert step.further is not None
    assert step.further.url == CHANGED.url + "&page=2"


# --- walks ------------------------------------------------------------------------------------------


@dataclass
class Blog:
    """A list as WordPress.com gives it: rows by ID with their last modification.

    `hidden` rows are left out, of posts in the number too; `found` is what becomes of the true number. `happens` is
    called before each answer.
    """

    rows: dict[int, int]
    hidden: frozenset[int] = frozenset()
    found: Callable[[int], Any] = lambda total: total
    has_cursors: bool = True
    happens: Callable[[int], object] = lambda asked: None
    asked: list[str] = field(default_factory=list)

    def answer(self, url: str) -> dict[str, Any]:
        """Return the document of an answer."""
        self.happens(len(self.asked))
        self.asked.append(url)
        query = dict(parse_qsl(urlsplit(url).query))
        size, page = int(query["number"]), int(query.get("page", "1"))
        is_modified = query.get("order_by") == "modified"
        numbers = sorted(self.rows, key=lambda n: (self.rows[n], n) if is_modified else n)
        if query["order"] == "DESC":
            numbers.reverse()
        if "page_handle" in query:
            numbers = [n for n in numbers if n > int(dict(parse_qsl(query["page_handle"]))["value"])]
        name = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        here = numbers[(page - 1) * size : page * size]
        shown = [n for n in here if n not in self.hidden]
        missed = len(here) - len(shown) if name == "posts" else 0
        rows = [row(n, modified=f"2020-01-01T00:00:{self.rows[n]:02d}+05:00") for n in shown]
        meta = {"next_page": f"value={shown[-1]}&id={shown[-1]}"} if shown and len(numbers) > len(shown) else {}
        has_cursor = self.has_cursors and name == "posts" and page == 1
        return {"found": self.found(len(numbers) - missed), name: rows, "meta": meta if has_cursor else {}}


def walk(blog: Blog, ask: Ask, known: Mapping[str, str | None] | None = None) -> set[int]:
    """Ask as the crawl does, and return the numbers that were named.

    A list goes on while its answers name what it had not named; where changes are asked for, what differs from the
    marks that an earlier run left, `known`.
    """
    waiting, named, marks = [(ask, set[str]())], set[str](), dict(known or {})
    while waiting:
        asked, listed = waiting.pop()
        step = READERS[asked.reader](asked, Answer(asked.url, json.dumps(blog.answer(asked.url)).encode()))
        told = {link.key: link.changed for link in step.links} or {key[8:]: None for key in step.comments}
        is_news = any(key not in marks or marks[key] != mark for key, mark in told.items())
        if step.further and (is_news if asked.changes else told.keys() - listed):
            waiting.append((step.further, listed | told.keys()))
        waiting += [(following, set[str]()) for following in step.asks]
        named |= told.keys()
        marks |= told
    return {int(key) for key in named}


def first(changes: bool, reader: str = "wordpress_com.posts") -> Ask:
    """Return the first question of a list."""
    return next(ask for ask in asks(HOME, changes=changes) if ask.reader == reader)


FOUND = st.sampled_from(
    [lambda total: total, lambda total: -1, lambda total: 0, lambda total: None, lambda total: 10**9]
)
ROWS = st.dictionaries(st.integers(1, 60), st.integers(0, 5), max_size=40)


@given(ROWS, FOUND, st.booleans(), st.sampled_from([*READERS]))
def test_whole_walk(rows: dict[int, int], found: Any, has_cursors: bool, reader: str) -> None:
    """A walk names every row, with cursors and without, whatever the API advertises."""
    with patch.object(wordpress_com, "NUMBER", 5):
        assert walk(Blog(rows, found=found, has_cursors=has_cursors), first(False, reader)) == set(rows)


@given(ROWS, st.booleans(), st.data())
def test_walk_with_hidden_rows(rows: dict[int, int], has_cursors: bool, data: st.DataObject) -> None:
    """Rows that are left out hide no other, even if they fill a page."""
    hidden = frozenset(data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else ())
    with patch.object(wordpress_com, "NUMBER", 5):
        for reader in READERS:
            assert walk(Blog(rows, hidden, has_cursors=has_cursors), first(False, reader)) == set(rows) - hidden


@given(ROWS, st.dictionaries(st.integers(0, 10), st.sets(st.integers(1, 90), max_size=4)), st.data())
def test_walk_of_a_living_blog(rows: dict[int, int], later: dict[int, set[int]], data: st.DataObject) -> None:
    """With cursors, what is published or deleted during the walk hides nothing that was there all the time."""
    gone = data.draw(st.dictionaries(st.integers(1, 8), st.sampled_from(sorted(rows)), max_size=4)) if rows else {}

    def happens(asked: int) -> None:
        blog.rows.update(dict.fromkeys(later.get(asked, ()), 9))
        blog.rows.pop(gone.get(asked, 0), None)

    blog = Blog(dict(rows), happens=happens)
    with patch.object(wordpress_com, "NUMBER", 5):
        assert walk(blog, first(False)) >= set(rows) - set(gone.values())


@given(ROWS, st.sets(st.integers(1, 90), max_size=25), FOUND)
def test_walk_of_changes(rows: dict[int, int], changed: set[int], found: Any) -> None:
    """All that changed or came since is named."""
    known = {str(n): f"2020-01-01T00:00:{seconds:02d}+05:00" for n, seconds in rows.items()}
    blog = Blog({**rows, **dict.fromkeys(changed, 9)}, found=found)
    with patch.object(wordpress_com, "NUMBER", 5):
        assert walk(blog, first(True), known) >= changed


@pytest.mark.parametrize(("posts", "requests"), [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
@pytest.mark.parametrize("has_cursors", [True, False])
def test_cost_of_a_walk(posts: int, requests: int, has_cursors: bool) -> None:
    """A walk takes one request per page; only behind a last page that is full, one in vain."""
    blog = Blog(dict.fromkeys(range(1, posts + 1), 0), has_cursors=has_cursors)
    assert len(walk(blog, first(False))) == posts
    assert len(blog.asked) == requests


def test_the_same_page_for_ever() -> None:
    """An API that knows neither pages nor cursors is asked twice, and names what it has."""

    class Deaf(Blog):
        def answer(self, url: str) -> dict[str, Any]:
            return {**super().answer(POSTS.url), "meta": {"next_page": f"value={len(self.asked)}&id=1"}}

    blog = Deaf(dict.fromkeys(range(1, 301), 0))
    assert len(walk(blog, first(False))) == 100
    assert len(blog.asked) == 2
