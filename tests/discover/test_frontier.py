"""The frontier: every address once, with all that the surfaces say of it."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.frontier import Frontier
from archiver.models import Found, Hints, Link, Person

URL = "https://example.org/a"
API = Link(URL, "api", "post", "2020-03", Hints("From the API", published="2020-01-01", source="api"))
FEED = Link(
    "http://www.example.org/a/",
    "feed",
    "post",
    "2020-02",
    Hints("From the feed", (Person("Zoë"),), "2020-01-02", source="feed"),
)
SITEMAP = Link(URL + "?utm_source=map", "sitemap", "unknown", "2020-01")
LINK = Link(URL, "link")


def filled(*links: Link) -> Frontier:
    """Return a frontier that took in links."""
    frontier = Frontier()
    for link in links:
        frontier.add(link)
    return frontier


def always() -> bool:
    """Let the frontier give everything."""
    return True


@pytest.mark.parametrize("links", list(permutations([API, FEED, SITEMAP, LINK])))
def test_surfaces_are_merged(links):
    """Whatever the order in which surfaces name an address, it is one, with every mark and the surest hints."""
    frontier = filled(*links)
    (found,) = frontier.take(always)
    assert (len(frontier), found.url, found.kind) == (1, links[0].url, "post")
    assert found.surfaces == [link.surface for link in links]
    assert found.marks == {"api": "2020-03", "feed": "2020-02", "sitemap": "2020-01"}
    assert found.hints == Hints("From the API", (Person("Zoë"),), "2020-01-01", source="api")


@pytest.mark.parametrize(
    ("api", "feed", "merged"),
    [
        (Hints(title="A"), Hints(published="2020", source="feed"), Hints("A", published="2020", source="feed")),
        (
            Hints(published="2019", source="api"),
            Hints(published="2020", source="feed"),
            Hints(published="2019", source="api"),
        ),
        (Hints(categories=("Tea",)), Hints(tags=("Tea", "green")), Hints(categories=("Tea",))),
        (Hints(comments=3), Hints(tags=("green",)), Hints(tags=("green",), comments=3)),
    ],
)
def test_hints(api, feed, merged):
    """What the surer surface leaves out comes from the next; the source is the date's; mixed tags are left out."""
    (found,) = filled(Link(URL, "feed", hints=feed), Link(URL, "api", hints=api)).take(always)
    assert found.hints == merged


def test_news():
    """An address is new once, under all its spellings."""
    frontier = Frontier()
    assert [frontier.add(link) for link in (LINK, FEED, Link("https://example.org/b", "feed"))] == [True, False, True]
    assert "http://www.example.org/a#top" in frontier
    assert "https://example.org/c" not in frontier


@pytest.mark.parametrize(
    ("links", "kind"),
    [
        ([("link", "unknown")], "unknown"),
        ([("link", "unknown"), ("sitemap", "page")], "page"),
        ([("sitemap", "page"), ("feed", "unknown")], "page"),
        ([("sitemap", "page"), ("feed", "post")], "page"),
        ([("sitemap", "page"), ("api", "post")], "post"),
        ([("api", "post"), ("sitemap", "page")], "post"),
    ],
)
def test_kind(links, kind):
    """The first surface that tells a kind is believed, unless the API tells another."""
    (found,) = filled(*(Link(URL, surface, said) for surface, said in links)).take(always)
    assert found.kind == kind


def test_last_changed_first():
    """What changed last is given first; what has no mark comes last, in the order in which it was found."""
    marks = {"a": None, "b": "2019-01-01", "c": "2020-06-01T00:00:00Z", "d": None, "e": "2020-05-31"}
    frontier = filled(*(Link(f"https://example.org/{name}", "feed", "post", mark) for name, mark in marks.items()))
    assert [found.url[-1] for found in frontier.take(always)] == ["c", "e", "b", "a", "d"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"))))
def test_each_is_given_once(batches):
    """However addresses come in and are asked for, each is given out once."""
    frontier = Frontier()
    given_out: list[Found] = []
    for batch in batches:
        for name in batch:
            frontier.add(Link(f"https://example.org/{name}", "link"))
        given_out += frontier.take(always)
    assert sorted(found.url[-1] for found in given_out) == sorted(set("".join(map("".join, batches))))


def test_stopping():
    """When nothing more is wanted, nothing more is given, and the rest is there later."""
    frontier = filled(*(Link(f"https://example.org/{n}", "feed") for n in range(5)))
    wanted = iter([True, True, False])
    assert len(list(frontier.take(lambda: next(wanted)))) == 2
    assert len(list(frontier.take(always))) == 3


def test_later_news_reach_what_is_given():
    """What a surface says after an address was given out is still noted for it."""
    frontier = filled(LINK)
    (found,) = frontier.take(always)
    frontier.add(FEED)
    assert (found.surfaces, found.marks) == (["link", "feed"], {"feed": "2020-02"})


def test_counts():
    """It is known how many addresses a surface named, and which of all are posts."""
    frontier = filled(API, FEED, Link("https://example.org/about", "sitemap", "page"), SITEMAP)
    assert {s: frontier.count(s) for s in ("api", "feed", "sitemap", "link")} == {
        "api": 1,
        "feed": 1,
        "sitemap": 2,
        "link": 0,
    }
    assert frontier.posts() == [URL]
