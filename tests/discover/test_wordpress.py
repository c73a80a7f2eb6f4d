"""The WordPress REST API: which addresses to ask, what its answers say, and that a walk names every row."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces import wordpress
from archiver.discover.surfaces.wordpress import READERS, asks, plain
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

HERE = "https://example.org/wp-json/wp/v2/posts"
POSTS = Ask(f"{HERE}?per_page=100&page=1&orderby=id&order=asc&_fields=id", "wordpress.posts", "api")
CHANGED = replace(POSTS, url=f"{HERE}?per_page=100&page=1&orderby=modified&order=desc&_fields=id", changes=True)
COMMENTS = Ask(f"{HERE}?per_page=100&page=1&orderby=id&order=asc", "wordpress.comments", "api")
HOME = Home("https://example.org/", "https://example.org/", "wordpress", api="https://example.org/wp-json/")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["author", "wp:term", "rendered", "name", "taxonomy", "link", "protected"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
FIELDS = ["id", "type", "title", "date", "date_gmt", "modified", "modified_gmt", "_embedded", "link", "content"]


def read(*rows: object, ask: Ask = POSTS, total: object = None, pages: object = None) -> Step:
    """Return what an answer with these rows says."""
    told = {"x-wp-total": total, "x-wp-totalpages": pages}
    headers = {name: str(value) for name, value in told.items() if value is not None}
    return READERS[ask.reader](ask, Answer(HERE, json.dumps(rows).encode(), headers))


def row(number: int, **more: object) -> dict[str, object]:
    """Return a row of the API as short as may be."""
    return {"id": number, "link": f"/{number}", **more}


def query_of(url: str) -> dict[str, str]:
    """Return the query fields of an address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


# --- questions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "path", "route"),
    [
        ("https://example.org/wp-json/", "/wp-json/wp/v2/", None),
        ("https://example.org/wp-json", "/wp-json/wp/v2/", None),
        ("https://example.org/blog/wp-json/", "/blog/wp-json/wp/v2/", None),
        ("https://example.org/?rest_route=/", "/", "/wp/v2/"),
        ("https://example.org/index.php?rest_route=/", "/index.php", "/wp/v2/"),
        ("https://public-api.wordpress.com/wp/v2/sites/e.example/", "/wp/v2/sites/e.example/", None),
    ],
)
@pytest.mark.parametrize("changes", [False, True])
def test_addresses(api: str, path: str, route: str | None, changes: bool) -> None:
    """Posts, pages and comments are asked for below either form of the API's root, a hundred rows at once."""
    found = asks(replace(HOME, api=api), changes=changes)
    assert [ask.reader for ask in found] == ["wordpress.posts", "wordpress.pages", "wordpress.comments"]
    for ask, name in zip(found, ("posts", "pages", "comments"), strict=True):
        for url in (ask.url, *ask.others):
            query = query_of(url)
            assert (urlsplit(url).path, query.get("rest_route")) == (
                (path, route + name) if route else (path + name, None)
            )
            assert (query["per_page"], query["page"]) == ("100", "1")
        assert (ask.surface, ask.changes) == ("api", changes)


def test_orders() -> None:
    """Whole lists are asked for by id, changes by the latest, which for comments is the highest id."""
    whole = [query_of(ask.url) for ask in asks(HOME, changes=False)]
    assert [(query["orderby"], query["order"]) for query in whole] == [("id", "asc")] * 3
    changes = [query_of(ask.url) for ask in asks(HOME, changes=True)]
    latest = ["modified", "modified", "id"]
    assert [(query["orderby"], query["order"]) for query in changes] == [(order, "desc") for order in latest]


def test_fields() -> None:
    """Rows are short, and hold all that is read of them: for comments, all that extraction wants."""
    posts, pages, comments = (query_of(ask.url) for ask in asks(HOME, changes=False))
    assert posts == pages
    assert posts["_embed"] == "author,wp:term"
    wanted = {"id", "type", "link", "title", "date", "modified_gmt", "content.protected", "_links", "_embedded"}
    assert wanted <= set(posts["_fields"].split(","))
    wanted = {"id", "post", "parent", "author_name", "author_url", "date", "date_gmt", "content", "link", "type"}
    assert set(comments["_fields"].split(",")) == wanted


def test_plain_question() -> None:
    """Where what is embedded or chosen makes the API fail, there is a question without; for changes, without order."""
    for ask in asks(HOME, changes=False):
        assert [query_of(url).keys() for url in ask.others] == [{"per_page", "page", "orderby", "order"}]
    for ask in asks(HOME, changes=True):
        assert [query_of(url).keys() for url in ask.others] == [{"per_page", "page"}]


def test_api_that_is_not_named() -> None:
    """A WordPress blog that names no API has it at one of two places; another blog has none."""
    for root in ("https://example.org/blog/", "https://example.org/blog"):
        ask = asks(replace(HOME, root=root, api=None), changes=False)[0]
        places = [url.partition("per_page")[0] for url in (ask.url, *ask.others)]
        assert places == [
            "https://example.org/blog/wp-json/wp/v2/posts?",
            "https://example.org/blog/?rest_route=%2Fwp%2Fv2%2Fposts&",
        ]
    assert asks(replace(HOME, platform=None, api=None), changes=False) == []
    assert len(asks(replace(HOME, platform=None), changes=False)) == 3


def test_wordpress_com_has_another_api() -> None:
    """A blog on WordPress.com is not asked twice."""
    assert asks(replace(HOME, platform="wordpress.com"), changes=False) == []


# --- rows -------------------------------------------------------------------------------------------


def test_post() -> None:
    """A post has its address, number, mark of change, and everything that the API embeds."""
    (link,) = read(
        {
            "id": 7,
            "type": "post",
            "link": "https://example.org/a/",
            "date": "2020-01-02T03:04:05",
            "date_gmt": "2020-01-02T01:04:05",
            "modified": "2020-02-03T06:05:06",
            "modified_gmt": "2020-02-03T04:05:06",
            "title": {"rendered": "Tea &#038; <em>cake</em> &#8211; a review"},
            "content": {"protected": False},
            "_embedded": {
                "author": [{"name": "Zoë &amp; Ada", "link": "https://example.org/author/zoe/"}, {"code": "rest_no"}],
                "wp:term": [
                    [{"taxonomy": "category", "name": "Food &amp; drink"}],
                    [{"taxonomy": "post_tag", "name": "tea"}, {"taxonomy": "series", "name": "x"}],
                ],
            },
        }
    ).links
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
        key="7",
    )


def test_little() -> None:
    """A post of which only the address is told is a post; what has no address is counted."""
    step = read({"link": "/a"}, {"link": None}, {"link": "mailto:a@b"}, {"link": " "}, {}, 7, None, [], "x")
    assert step.links == (Link("https://example.org/a", "api", "post", None, Hints(source="api")),)
    assert step.dropped == {"no_address": 8}


def test_kinds() -> None:
    """A row is what it says it is, else what its list is; what is neither post nor page is counted."""
    rows = [row(1), row(2, type="post"), row(3, type="page"), row(4, type="product"), row(5, type=["post"])]
    for reader, kind in (("wordpress.posts", "post"), ("wordpress.pages", "page")):
        step = read(*rows, ask=replace(POSTS, reader=reader))
        assert [link.kind for link in step.links] == [kind, "post", "page"]
        assert step.dropped == {"no_post": 2}


@pytest.mark.parametrize(
    ("content", "access"),
    [
        ({"protected": True}, "password"),
        ({"protected": False}, None),
        ({"protected": "yes"}, None),
        ({}, None),
        (None, None),
        ("protected", None),
    ],
)
def test_password(content: object, access: str | None) -> None:
    """A post that asks for a password says so."""
    assert read(row(1, content=content)).links[0].access == access


@pytest.mark.parametrize(
    ("local", "utc", "expected"),
    [
        ("2020-01-02T03:04:05", "2020-01-02T01:04:05", "2020-01-02T03:04:05+02:00"),
        ("2020-01-01T22:04:05", "2020-01-02T03:34:05", "2020-01-01T22:04:05-05:30"),
        ("2020-01-02T03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05+00:00"),
        (None, "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
        ("2019-01-02T03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
        ("2020-13-02T03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:05", None, None),
        ("2020-01-02T03:04:05", "-0001-11-30T00:00:00", None),
        ("0000-00-00T00:00:00", "0000-00-00T00:00:00", None),
        ("２０２０-01-02T03:04:05", "２０２０-01-02T03:04:05", None),
        (20200102, ["2020-01-02T03:04:05"], None),
    ],
)
def test_time_zone(local: object, utc: object, expected: str | None) -> None:
    """The blog's own clock is kept, with its distance from UTC; a date that is only local is no date."""
    (link,) = read({"link": "/a", "date": local, "date_gmt": utc}).links
    assert link.hints.published == expected


@pytest.mark.parametrize(
    ("local", "utc", "expected"),
    [
        ("2020-01-02T03:04:05", "2020-01-02T01:04:05", "2020-01-02T01:04:05Z"),
        ("2020-01-02T03:04:05", None, "2020-01-02T03:04:05"),
        ("yesterday", "0000-00-00T00:00:00", None),
    ],
)
def test_mark_of_change(local: str, utc: str | None, expected: str | None) -> None:
    """The mark is the last modification in UTC, or by the blog's clock if that is all that is told."""
    assert read(row(1, modified=local, modified_gmt=utc)).links[0].changed == expected


def test_comments() -> None:
    """A comment's key is what a page calls it; a row without a number is counted, and the total is one of comments."""
    step = read({"id": 12}, {"id": "13"}, {"id": 12}, {"id": 0}, {"id": True}, {}, None, ask=COMMENTS, total=7, pages=1)
    assert step.comments == ("comment-12", "comment-13")
    assert step.dropped == {"no_key": 4}
    assert (step.links, step.total) == ((), 7)


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [
        ("Tea &amp; cake", "Tea & cake"),
        ("&amp;amp;", "&amp;"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("  a <b>b</b>\n c&nbsp;d ", "a b c d"),
        ("1 < 2", "1 < 2"),
        ("half \ud83d a pair, \b\x00bell", "half a pair, bell"),
        ("<br>", None),
        (7, None),
    ],
)
def test_plain(rendered: object, expected: str | None) -> None:
    """Tags go before entities are decoded, entities are decoded once, and what is left can be written."""
    assert plain(rendered) == expected


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON)), st.booleans())
def test_any_rows(rows: list[dict[str, Any]], bare: bool) -> None:
    """Whatever the JSON holds, there are links and questions, and what they say is text that can be written."""
    for reader in READERS:
        step = read(*(line if bare else {"link": "/a", **line} for line in rows), ask=replace(POSTS, reader=reader))
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
        assert bool(step.further) == bool(rows)


def test_very_many_rows() -> None:
    """A list of more rows than a blog has takes no more time than one of as many as it may have."""
    step = read(*[{}] * 6000)
    assert step.dropped == {"too_many_rows": 1000, "no_address": 5000}
    people = [{"name": "A", "link": "/a"}] * 1000
    terms = [[{"taxonomy": "post_tag", "name": str(n)} for n in range(1000)]]
    (link,) = read(row(1, _embedded={"author": people, "wp:term": terms})).links
    assert (len(link.hints.authors), len(link.hints.tags)) == (10, 500)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Just a moment</html>",
        b'[{"link": "/a"}',
        b'"x"',
        b"{}",
        b"null",
        b"[" * 100_000,
        b'[{"a":' * 100_000,
        b"\xff\xfe\xfd",
    ],
)
def test_no_list(reader: str, body: bytes) -> None:
    """What is no list is a BadSurface that names the address, in one line of a sensible length."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/wp-json/") as caught:
        READERS[reader](replace(POSTS, reader=reader), Answer(HERE, body))
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


def test_error() -> None:
    """An error of the API is told in its own words."""
    body = {"code": "rest_no_route", "message": "No <b>route</b>\nwas found" + "!" * 10_000, "data": {"status": 404}}
    with pytest.raises(BadSurface, match=r"rest_no_route: No route was found!") as caught:
        READERS["wordpress.posts"](POSTS, Answer(HERE, json.dumps(body).encode()))
    assert len(str(caught.value)) < 600


def test_no_number() -> None:
    """What Python reads as JSON and is none (NaN, Infinity) is no number of a post, nor is one without end."""
    for number in (b"NaN", b"9" * 10_000, b"-1", b"1.5", b"1e400"):
        body = b'[{"link": "/a", "id": %s, "title": Infinity, "modified": -Infinity}]' % number
        step = READERS["wordpress.posts"](POSTS, Answer(HERE, body))
        assert step.links == (Link("https://example.org/a", "api", "post", hints=Hints(source="api")),)


def test_byte_order_mark() -> None:
    """A mark before the JSON, as careless plugins leave it, does no harm."""
    assert READERS["wordpress.posts"](POSTS, Answer(HERE, b"\xef\xbb\xbf[" + json.dumps(row(1)).encode() + b"]")).links


def test_a_broken_letter() -> None:
    """A letter that was cut in two spoils itself, and nothing else."""
    body = b'[{"link": "/a", "title": {"rendered": "Zo\xc3"}}]'
    assert READERS["wordpress.posts"](POSTS, Answer(HERE, body)).links[0].hints.title == "Zo\ufffd"


def test_another_host() -> None:
    """Links to other hosts are named as they are: whether they belong to the blog is not for a reader to say."""
    assert read({"link": "https://other.example/a"}).links[0].url == "https://other.example/a"


# --- paging -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "expected"),
    [("120", 120), ("2", 2), ("1", None), ("0", None), (None, None), ("many", None), ("٣", None), ("9" * 5000, None)],
)
def test_total(total: str | None, expected: int | None) -> None:
    """What the API advertises is a number, unless it is smaller than what came."""
    assert read(row(1), row(2), total=total).total == expected
    assert read(row(1), row(2), ask=replace(POSTS, reader="wordpress.pages"), total=total).total == expected


def test_no_posts() -> None:
    """A blog without posts has none."""
    assert read(total=0, pages=0) == Step(total=0)


@pytest.mark.parametrize(
    ("rows", "total", "pages", "expected"),
    [
        (45, 45, 1, None),
        (45, 46, 1, 2),  # one is not for everybody
        (45, 0, 0, 2),  # a plugin counts no rows
        (45, 45, None, 2),
        (45, None, None, 2),
        (45, None, 1, 2),
        (100, 100, 1, 2),
        (100, 500, 1, 2),
        (100, 500, 5, 2),
        (0, 0, 0, None),
        (0, None, None, None),
        (0, 500, 1, None),
    ],
)
def test_end(rows: int, total: int | None, pages: int | None, expected: int | None) -> None:
    """A list ends with an empty page, or where a short page, the total and the number of pages agree that it does."""
    further = read(*map(row, range(1, rows + 1)), total=total, pages=pages).further
    assert (int(query_of(further.url)["page"]) if further else None) == expected


def test_further() -> None:
    """The next page is asked for in the same words; without what may fail only if the API promises such a page."""
    first = read(*map(row, range(1, 101)), total=250, pages=3).further
    assert first is not None
    assert first.url == POSTS.url.replace("page=1", "page=2").replace("per_page=2", "per_page=1")
    assert first.others == (first.url.replace("&_fields=id", ""),)
    assert first.told["received"] == 100
    assert "beyond" not in first.told
    assert json.loads(json.dumps(first.told)) == first.told
    second = read(*map(row, range(101, 201)), total=200, pages=2, ask=first).further
    assert second is not None
    assert (query_of(second.url)["page"], second.others, second.told["beyond"]) == ("3", (), True)


@pytest.mark.parametrize("reader", READERS)
def test_any_memory(reader: str) -> None:
    """What a walk told itself may have been damaged: it begins anew."""
    wrong = {"received": -1, "total": [], "gaps": None, "last": {}, "beyond": 7, "more": 1}
    ask = replace(POSTS, reader=reader, told=wrong)
    assert read(row(1), ask=ask) == read(row(1), ask=replace(ask, told={}))


def test_an_empty_page_in_the_midst() -> None:
    """Where all comments of a page are for others' eyes, the next is asked for in any case, but not for ever."""
    step = read(total=700, pages=7, ask=COMMENTS)
    assert step.further is None
    asked = 0
    while step.asks:
        (following,) = step.asks
        step = read(total=700, pages=10**9, ask=following)
        asked += 1
    assert asked == wordpress.MAX_GAPS


def test_whole_list_if_changes_cannot_be_told() -> None:
    """Where rows don't come by their last modification, the whole list is asked for, from its beginning."""
    days = [f"2020-01-{day:02d}T00:00:00" for day in range(1, 31)]
    falling = [row(n, modified=day) for n, day in enumerate(reversed(days), 1)]
    assert read(*falling, ask=CHANGED).asks == ()
    bare = replace(CHANGED, url=f"{HERE}?lang=de&per_page=100&page=1")
    for ask, rows in ((CHANGED, falling[::-1]), (bare, falling)):
        step = read(*rows, ask=ask)
        assert (step.further, len(step.links)) == (None, 30)
        (whole,) = step.asks
        assert (whole.changes, whole.told) == (False, {})
        query = query_of(whole.url)
        assert (query["orderby"], query["order"], query["page"], query["_embed"]) == (
            "id",
            "asc",
            "1",
            "author,wp:term",
        )
        assert query.get("lang") == query_of(ask.url).get("lang")


def test_order_of_a_short_list() -> None:
    """A list that came whole needs no order."""
    assert read(row(1), row(2), ask=replace(CHANGED, url=HERE), total=2, pages=1) == replace(
        read(row(1), row(2)), further=None, total=2
    )


# --- walks ------------------------------------------------------------------------------------------


@dataclass
class Blog:
    """A list as WordPress gives it: rows by id with their last modification.

    `hidden` rows are left out, `counted` is what becomes of the true numbers of rows and pages, `cap` is the most rows
    on a page, `happens` is called before each answer. Equal rows come in another order each time.
    """

    rows: dict[int, int]
    hidden: frozenset[int] = frozenset()
    counted: Callable[[int, int], tuple[int, int] | None] = lambda total, pages: (total, pages)
    cap: int = 100
    orders: Sequence[str] = ("id", "modified", "date")
    refuses: str = ""
    happens: Callable[[int], object] = lambda asked: None
    asked: list[str] = field(default_factory=list)

    def answer(self, url: str) -> tuple[int, Mapping[str, str], list[dict[str, object]]]:
        """Return status, headers and rows."""
        self.happens(len(self.asked))
        self.asked.append(url)
        query = dict(parse_qsl(urlsplit(url).query))
        size, page = min(self.cap, int(query["per_page"])), int(query["page"])
        order = query.get("orderby", "date")
        if order not in self.orders or (self.refuses and self.refuses in query):
            return 400, {}, []
        numbers = list(self.rows)
        random.Random(len(self.asked)).shuffle(numbers)
        if order != "date":
            numbers.sort(key=lambda n: n if order == "id" else self.rows[n], reverse=query["order"] == "desc")
        pages = -(-len(numbers) // size)
        if page > max(1, pages):
            return 400, {}, []
        shown = [n for n in numbers[(page - 1) * size : page * size] if n not in self.hidden]
        counted = self.counted(len(numbers), pages)
        headers = {"x-wp-total": str(counted[0]), "x-wp-totalpages": str(counted[1])} if counted else {}
        return 200, headers, [row(n, modified=stamp(self.rows[n])) for n in shown]


def stamp(seconds: int) -> str:
    """Return a moment as the API writes it."""
    return f"2020-01-01T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def walk(blog: Blog, ask: Ask, known: Mapping[str, str | None] | None = None) -> set[int]:
    """Ask as the crawl does, and return the numbers that were named.

    A list goes on while its answers name what it had not named; where changes are asked for, what differs from the
    marks that an earlier run left, `known`.
    """
    waiting, named, marks = [(ask, set[str]())], set[str](), dict(known or {})
    while waiting:
        asked, listed = waiting.pop()
        status, headers, rows = blog.answer(asked.url)
        if status != 200:
            if asked.others:
                waiting.append((replace(asked, url=asked.others[0], others=asked.others[1:]), listed))
            continue
        step = READERS[asked.reader](asked, Answer(asked.url, json.dumps(rows).encode(), headers))
        told = {link.key: link.changed for link in step.links} or {key[8:]: None for key in step.comments}
        is_news = any(key not in marks or marks[key] != mark for key, mark in told.items())
        if step.further and (is_news if asked.changes else told.keys() - listed):
            waiting.append((step.further, listed | told.keys()))
        waiting += [(following, set[str]()) for following in step.asks]
        named |= told.keys()
        marks |= told
    return {int(key) for key in named}


def first(changes: bool, reader: str = "wordpress.posts") -> Ask:
    """Return the first question of a list."""
    return next(ask for ask in asks(HOME, changes=changes) if ask.reader == reader)


TRUE, NONE, ZERO, ONE, MANY = (
    lambda total, pages: (total, pages),
    lambda total, pages: None,
    lambda total, pages: (0, 0),
    lambda total, pages: (total, 1),
    lambda total, pages: (10**9, 10**9),
)
ROWS = st.dictionaries(st.integers(1, 60), st.integers(0, 5), max_size=40)


@given(ROWS, st.sampled_from([TRUE, NONE, ZERO, ONE, MANY]), st.integers(1, 9), st.sampled_from([*READERS]))
def test_whole_walk(rows: dict[int, int], counted: Any, cap: int, reader: str) -> None:
    """A walk names every row, whatever the API advertises and however few rows it gives at once."""
    with patch.object(wordpress, "PER_PAGE", 5):
        assert walk(Blog(rows, counted=counted, cap=cap), first(False, reader)) == set(rows)


@given(ROWS, st.data())
def test_walk_with_hidden_rows(rows: dict[int, int], data: st.DataObject) -> None:
    """Rows that are left out hide no other, even if they fill a page."""
    hidden = frozenset(data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else ())
    with patch.object(wordpress, "PER_PAGE", 5):
        assert walk(Blog(rows, hidden), first(False, "wordpress.comments")) == set(rows) - hidden


@given(ROWS, st.dictionaries(st.integers(0, 10), st.sets(st.integers(1, 90), max_size=4)))
def test_walk_while_posts_are_published(rows: dict[int, int], later: dict[int, set[int]]) -> None:
    """What is published during the walk, new or written long ago, hides nothing that was there when it began."""
    blog = Blog(dict(rows), happens=lambda asked: blog.rows.update(dict.fromkeys(later.get(asked, ()), 9)))
    with patch.object(wordpress, "PER_PAGE", 5):
        named = walk(blog, first(False))
    assert set(rows) <= named
    new = {n for when, numbers in later.items() if when == 0 for n in numbers}
    assert new <= named


@pytest.mark.parametrize(("posts", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3), (300, 4)])
def test_cost_of_a_walk(posts: int, requests: int) -> None:
    """A walk takes one request per page; only behind a last page that is full, one in vain, and none of that twice."""
    blog = Blog(dict.fromkeys(range(1, posts + 1), 0))
    assert len(walk(blog, first(False))) == posts
    assert len(blog.asked) == requests


@pytest.mark.parametrize("refused", ["_embed", "_fields"])
def test_walk_in_plain_words(refused: str) -> None:
    """Where a plugin refuses what is embedded or chosen, the walk goes on without it, at the cost of one request."""
    blog = Blog(dict.fromkeys(range(1, 251), 0), refuses=refused)
    assert len(walk(blog, first(False))) == 250
    assert len(blog.asked) == 4


@given(ROWS, st.sets(st.integers(1, 90), max_size=25), st.sampled_from([TRUE, NONE, ZERO]))
def test_walk_of_changes(rows: dict[int, int], changed: set[int], counted: Any) -> None:
    """All that changed or came since is named, in whatever order the API puts equal moments."""
    known = {str(n): stamp(seconds) for n, seconds in rows.items()}
    blog = Blog({**rows, **dict.fromkeys(changed, 9)}, counted=counted)
    with patch.object(wordpress, "PER_PAGE", 5):
        assert walk(blog, first(True), known) >= changed


@given(ROWS, st.sets(st.integers(1, 90), max_size=25), st.sampled_from([("id", "date"), ("date",)]))
def test_walk_of_changes_without_that_order(rows: dict[int, int], changed: set[int], orders: Sequence[str]) -> None:
    """Where the API can't sort by modification, all that changed is named nonetheless: the whole list is walked."""
    known = {str(n): stamp(seconds) for n, seconds in rows.items()}
    blog = Blog({**rows, **dict.fromkeys(changed, 9)}, orders=orders)
    if "id" in orders:
        with patch.object(wordpress, "PER_PAGE", 5):
            assert walk(blog, first(True), known) >= changed
    else:
        assert walk(blog, first(True), known) >= changed


def test_cost_of_no_changes() -> None:
    """Where nothing changed, one request tells so."""
    blog = Blog({n: n for n in range(1, 1001)})
    known = {str(n): stamp(n) for n in blog.rows}
    walk(blog, first(True), known)
    assert len(blog.asked) == 1


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(61, 99)))
def test_walk_of_new_comments(known: set[int], new: set[int]) -> None:
    """All comments that came since are named."""
    blog = Blog(dict.fromkeys(known | new, 0))
    with patch.object(wordpress, "PER_PAGE", 5):
        named = walk(blog, first(True, "wordpress.comments"), {str(n): None for n in known})
    assert named >= new


def test_the_same_page_for_ever() -> None:
    """An API that knows no pages is asked twice, and names what it has."""

    class Deaf(Blog):
        def answer(self, url: str) -> tuple[int, Mapping[str, str], list[dict[str, object]]]:
            page = query_of(url)["page"]
            return super().answer(url.replace(f"&page={page}", "&page=1"))

    for counted in (TRUE, NONE, ZERO, MANY):
        blog = Deaf(dict.fromkeys(range(1, 301), 0), counted=counted)
        assert len(walk(blog, first(False))) == 100
        assert len(blog.asked) == 2
