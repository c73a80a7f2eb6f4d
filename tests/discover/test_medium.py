"""Medium: which address to ask, and how its archive is walked."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.medium import READERS, asks, read_archive
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Link, Step

BLOG = "https://blog.example/"
ASK = Ask(f"{BLOG}archive", "medium.archive", "link")
NEWS = replace(ASK, changes=True)


def read(*hrefs: str, ask: Ask = ASK, found: str | None = None) -> Step:
    """Return what a page with these links says as an answer to `ask`, `found` after redirects."""
    links = "".join(f'<li><a href="{escape(href)}">x</a></li>' for href in hrefs)
    body = f"<!DOCTYPE html><html><body><ul>{links}</ul></body></html>"
    return READERS[ask.reader](
        ask, Answer(found or ask.url, body.encode(), {"content-type": "text/html; charset=utf-8"})
    )


def asked(*ends: str) -> list[str]:
    """Return the addresses of times of the archive."""
    return [f"{BLOG}archive/{end}" for end in ends]


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("https://blog.example/", "https://blog.example/archive"),
        ("https://blog.example", "https://blog.example/archive"),
        ("https://medium.com/a-publication/", "https://medium.com/a-publication/archive"),
        ("https://medium.com/@j.doe?source=x", "https://medium.com/@j.doe/archive"),
        ("https://zoe.medium.com/", "https://zoe.medium.com/archive"),
        ("https://medium.com/", None),
        ("https://www.medium.com/", None),
    ],
)
def test_asks(root, expected):
    """The archive below the blog is asked for; medium.com itself is no blog."""
    home = Home(root, root, "medium")
    for changes in (False, True):
        wanted = [Ask(expected, "medium.archive", "link", changes=changes)] if expected else []
        assert asks(home, changes=changes) == wanted


def test_posts():
    """Posts are told by their number, wherever a reader came from; each is named once."""
    step = read(
        "/tea-and-cake-0123456789ab?source=collection_archive---------0-----------------------",
        "https://blog.example/tea-and-cake-0123456789ab?source=x&gi=7#comments",
        "http://blog.example/%E8%8C%B6-cafe0123",
        "/p/0123456789ab",
        "/tea-and-cake",
        "/tea-0123456",
        "/tea-0123456789abc",
        "/0123456789ab",
        "/u/0123456789ab",
        "/@zoe-0123456789ab",
        "/@zoe/list/reading-0123456789ab",
        "/tagged/tea-0123456789ab",
        "/about",
        "mailto:a@b",
    )
    assert step.links == (
        Link("https://blog.example/tea-and-cake-0123456789ab", "link", "post", key="0123456789ab"),
        Link("http://blog.example/%E8%8C%B6-cafe0123", "link", "post", key="cafe0123"),
        Link("https://blog.example/p/0123456789ab", "link", "post", key="0123456789ab"),
    )
    assert step.dropped == {}


@pytest.mark.parametrize(
    ("archive", "href", "is_post"),
    [
        ("https://medium.com/@j.doe/archive", "https://medium.com/@j.doe/tea-0123456789ab", True),
        ("https://medium.com/@j.doe/archive", "https://medium.com/@j.doer/tea-0123456789ab", False),
        ("https://medium.com/@j.doe/archive", "https://medium.com/a-publication/tea-0123456789ab", False),
        ("https://medium.com/@j.doe/archive", "https://j.example/@j.doe/tea-0123456789ab", False),
        ("https://medium.com/tea/archive/2020", "https://www.medium.com/tea/cake-0123456789ab", True),
        ("https://medium.com/tea/archive/2020", "https://medium.com/p/0123456789ab", False),
        ("https://blog.example/archive", "https://medium.com/tea/cake-0123456789ab", False),
    ],
)
def test_whose_posts(archive, href, is_post):
    """Only what lies below the blog is a post of it; the others are counted."""
    step = read(href, "/tea/archive/2019/01", "/@j.doe/archive/2019/01", "/archive/2019", ask=replace(ASK, url=archive))
    assert [link.url for link in step.links] == ([href] if is_post else [])
    assert step.dropped == ({} if is_post else {"outside": 1})


def test_moved():
    """An archive that is found on the blog's own domain has posts there and here, but never all over medium.com."""
    ask = replace(ASK, url="https://medium.com/tea/archive")
    posts = ("https://blog.example/a-0123456789ab", "https://medium.com/tea/b-0123456789ab")
    other = "https://medium.com/x/c-0123456789ab"
    step = read(*posts, other, "/archive/2020", ask=ask, found="https://blog.example/archive")
    assert [link.url for link in step.links] == list(posts)
    assert [ask.url for ask in step.asks] == ["https://blog.example/archive/2020"]
    with pytest.raises(BadSurface):
        read(other, ask=ask, found="https://medium.com/archive")


def test_the_whole_archive():
    """All times that a page is divided into are asked for, the newest first, and no others."""
    step = read(
        "/archive",
        "/archive/2018",
        "/archive/2020?source=x",
        "/archive/2020/",
        "/archive/2019/11",
        "/archive/2019/02/28",
        "/archive/1066",
        "/archive/2020/99",
        "/archive/2020/01/99",
        "/archive/2020/01/01/01",
        "/archive/tea",
        "https://other.example/archive/2020",
    )
    assert [ask.url for ask in step.asks] == asked("2020", "2019/11", "2019/02/28", "2018")
    assert all(ask == replace(ASK, url=ask.url) for ask in step.asks)
    assert (step.further, step.total) == (None, None)


def test_a_year():
    """A year asks for its own months only, so that the walk has an end."""
    year = replace(ASK, url=f"{BLOG}archive/2019")
    step = read("/archive", "/archive/2018", "/archive/2019", "/archive/2019/11", "/archive/2020/11", ask=year)
    assert [ask.url for ask in step.asks] == asked("2019/11")


def test_an_archive_that_shows_the_last_year():
    """Where the archive leads on to a year, the other years are asked for as well."""
    step = read("/archive/2018", "/archive/2019", "/archive/2020", found=f"{BLOG}archive/2020")
    assert [ask.url for ask in step.asks] == asked("2020", "2019", "2018")


def test_changes():
    """For changes, the way leads down to the newest time; on from there only if that names something new."""
    years = read("/a-0123456789ab", "/archive/2018", "/archive/2020", "/archive/2019", ask=NEWS)
    (year,) = years.asks
    assert (year.url, years.further) == (f"{BLOG}archive/2020", None)
    months = read("/archive/2019", "/archive/2020/01", "/archive/2020/03", ask=year)
    (month,) = months.asks
    assert (month.url, months.further) == (f"{BLOG}archive/2020/03", None)
    walked = []
    following: Ask | None = month
    while following:
        walked.append(following.url)
        step = read("/b-0123456789ab", "/archive", "/archive/2018", "/archive/2020", ask=following)
        assert step.asks == ()
        following = step.further
    assert walked == asked("2020/03", "2020/01", "2019", "2018")


def test_changes_visit_nothing_twice():
    """A year whose months are linked beside it is left to them: to visit it and them again would end the walk."""
    (first,) = read("/archive/2020", "/archive/2020/02", "/archive/2020/01", "/archive/2019", ask=NEWS).asks
    assert [first.url, *first.told["left"]] == asked("2020/02", "2020/01", "2019")


@pytest.mark.parametrize(
    "left", [None, 7, {}, [None, 7, "x", "https://[", "https://other.example/archive/2020", f"{BLOG}about"]]
)
def test_strange_memory(left):
    """What is no time of this blog's archive is not asked for."""
    assert read("/a-0123456789ab", ask=replace(NEWS, told={"left": left})).further is None


def test_an_empty_time():
    """A time without posts is no mistake; a whole archive without anything is none."""
    assert read(ask=replace(ASK, url=f"{BLOG}archive/2019")) == Step()
    with pytest.raises(BadSurface, match=r"^https://blog\.example/archive: no archive"):
        read("/about")


def test_too_many_links():
    """A page with links without end is read to a limit, and the rest is counted."""
    step = read("/a-0123456789ab", *(f"/{number}" for number in range(11_000)), "/b-0123456789ab")
    assert [link.url for link in step.links] == [f"{BLOG}a-0123456789ab"]
    assert step.dropped == {"too_many_links": 1002}


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (b"", "text/html"),
        (b'{"a": "/a-0123456789ab"}', "text/html"),
        (b"])}while(1);</x>{}", "text/html"),
        (b"<rss/>", "application/xml"),
        (b"\x1f\x8b\x08", "text/html"),
    ],
)
def test_no_page(body, mime):
    """What is no HTML is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://blog\.example/archive: no HTML"):
        read_archive(ASK, Answer(ASK.url, body, {"content-type": mime}))


def test_base():
    """Links start from where the page says."""
    body = b'\xef\xbb\xbf <base href="https://blog.example/x/"><a href="a-0123456789ab">'
    assert [link.url for link in read_archive(ASK, Answer(ASK.url, body)).links] == [f"{BLOG}x/a-0123456789ab"]


@given(st.lists(st.text() | st.sampled_from(["/archive/2020", "/archive/2020/01", "https://[", "//", "-0123456789ab"])))
@pytest.mark.parametrize("ask", [ASK, NEWS])
def test_any_links(ask, hrefs):
    """Whatever a page links, what is asked next lies deeper in the archive."""
    try:
        step = read("/a-0123456789ab", *(href.replace("\0", "") for href in hrefs), ask=ask)
    except BadSurface:
        return
    assert all(ask.url.startswith(f"{BLOG}archive/") for ask in step.asks)
    assert all(link.url.encode() for link in step.links)


@given(
    st.binary().map(lambda body: b"<" + body),
    st.sampled_from(["text/html", "text/html; charset=utf-16", "html;charset=x"]),
)
def test_any_bytes(body, mime):
    """Whatever the bytes, there is an answer or a BadSurface."""
    try:
        step = read_archive(ASK, Answer(ASK.url, body, {"content-type": mime}))
    except BadSurface:
        return
    assert isinstance(step, Step)
