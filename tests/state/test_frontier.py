"""The frontier: every address once, with all that the surfaces say of it."""

from __future__ import annotations

from contextlib import closing
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.models import Found, Hints, Link, Person, WarcRef
from archiver.state.decide import Known
from archiver.state.frontier import Frontier
from archiver.state.store import Store

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


RUN, LATER = "20200101000000", "20200202000000"
SOURCE = WarcRef("archive/a.warc.gz", 7, 8, "urn:uuid:1", "sha1:X")


@pytest.fixture
def store(tmp_path):
    """A new store, in its first round."""
    with closing(Store(tmp_path / "state.sqlite")) as made:
        made.frontier.round = RUN
        yield made


@pytest.fixture
def frontier(store) -> Frontier:
    """An empty frontier."""
    return store.frontier


def filled(frontier: Frontier, *links: Link) -> Frontier:
    """Let a frontier take in links, one answer each."""
    for link in links:
        frontier.add([link])
    return frontier


def taken(frontier: Frontier, number: int = 100) -> list[Found]:
    """Take what waits."""
    return [found for found, _ in frontier.take(number)]


@pytest.mark.parametrize("links", list(permutations([API, FEED, SITEMAP, LINK])))
def test_surfaces_are_merged(frontier, links):
    """Whatever the order in which surfaces name an address, it is one, with all marks, the surest address and hints."""
    (found,) = taken(filled(frontier, *links))
    assert (len(frontier), found.url, found.kind) == (1, URL, "post")
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
def test_hints(frontier, api, feed, merged):
    """What the surer surface leaves out comes from the next; the source is the date's; mixed tags are left out."""
    (found,) = taken(filled(frontier, Link(URL, "feed", hints=feed), Link(URL, "api", hints=api)))
    assert found.hints == merged


def test_news(frontier):
    """An address is new once, under all its spellings; fresh once for each surface and round; changed with its mark."""
    added = [frontier.add([link]) for link in (LINK, FEED, Link("https://example.org/b", "feed"), FEED)]
    assert [(one.new, one.fresh, one.changed) for one in added] == [(1, 1, 1), (0, 1, 1), (1, 1, 1), (0, 0, 0)]
    assert "http://www.example.org/a#top" in frontier
    assert "https://example.org/c" not in frontier
    frontier.round = LATER
    again = frontier.add([FEED])
    assert (again.new, again.fresh, again.changed) == (0, 1, 0)


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
def test_kind(frontier, links, kind):
    """The first surface that tells a kind is believed, unless the API tells another."""
    (found,) = taken(filled(frontier, *(Link(URL, surface, said) for surface, said in links)))
    assert found.kind == kind


def test_last_changed_first(frontier):
    """What changed last is given first; what has no mark comes last, in the order in which it was found."""
    marks = {"a": None, "b": "2019-01-01", "c": "2020-06-01T00:00:00Z", "d": None, "e": "2020-05-31"}
    filled(frontier, *(Link(f"https://example.org/{name}", "feed", "post", mark) for name, mark in marks.items()))
    assert [found.url[-1] for found in taken(frontier)] == ["c", "e", "b", "a", "d"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"))))
def test_each_is_given_once(batches):
    """However addresses come in and are asked for, each is given out once in a round."""
    with TemporaryDirectory() as folder, closing(Store(Path(folder) / "s.sqlite")) as store:
        store.frontier.round = RUN
        given_out: list[Found] = []
        for batch in batches:
            store.frontier.add(Link(f"https://example.org/{name}", "link") for name in batch)
            given_out += taken(store.frontier)
            store.frontier.settle(found.url for found in given_out)
        assert sorted(found.url[-1] for found in given_out) == sorted(set("".join(map("".join, batches))))


def test_a_killed_run_is_gone_on_with(frontier):
    """What was given out and never settled is given out again by the next run; what was settled is not."""
    filled(frontier, *(Link(f"https://example.org/{n}", "feed") for n in range(5)))
    first = taken(frontier, 3)
    frontier.settle([first[0].url])
    frontier.resume()
    assert {found.url[-1] for found in taken(frontier)} == {"1", "2", "3", "4"}


def test_what_is_known_comes_along(store, frontier):
    """What waits comes with what is remembered of it."""
    store.remember(URL, "saved", RUN, "2020-01-01T00:00:00+00:00", marks='{"feed": "x"}', etag='"1"')
    ((found, known),) = filled(frontier, FEED).take(5)
    assert found.url == FEED.url
    assert known == Known("saved", "2020-01-01T00:00:00+00:00", {"feed": "x"}, '"1"', None)


def test_later_rounds(store, frontier):
    """A round later, what is named waits again; of the rest, what was never fetched, failed, or is due."""
    names = ["named", "saved", "new", "failed", "absent", "old", "vouched"]
    filled(frontier, *(Link(f"https://example.org/{name}", "feed", "post", "2020") for name in names[:-1]))
    filled(frontier, Link("https://example.org/vouched", "sitemap", "post", "2020"))
    taken(frontier)
    frontier.settle(f"https://example.org/{name}" for name in names)
    for name in names:
        day = "2019-01-01" if name in ("old", "vouched") else "2020-01-01"
        if name != "new":
            store.remember(f"https://example.org/{name}", "failed" if name == "failed" else "saved", RUN, day)
    store.absent("https://example.org/absent", LATER, "2020-01-01", "HTTP 404")
    frontier.round = LATER
    frontier.add([Link("https://example.org/named", "feed", "post", "2020")])
    frontier.wake("2019-06-01", "2018-06-01")
    assert {found.url.rpartition("/")[2] for found in taken(frontier)} == {"named", "new", "failed", "absent", "old"}


def test_what_vanished(store, frontier):
    """Saved posts that a list which was walked whole no longer names are looked at, a few at a time."""
    urls = [f"https://example.org/{n}" for n in range(5)]
    filled(frontier, *(Link(url, "api", "post", "2020") for url in urls), Link(urls[0], "sitemap"))
    frontier.settle(urls)
    for url in urls:
        store.remember(url, "saved", RUN, "2020-01-01")
    frontier.round = LATER
    frontier.add([Link(urls[0], "sitemap"), Link(urls[1], "api", "post", "2020")])
    frontier.settle(urls[:2])
    assert frontier.missing("sitemap", 9) == 0
    assert frontier.missing("api", 2) == 3
    looked_at = taken(frontier)
    assert [found.is_missing for found in looked_at] == [True, True]
    frontier.settle(found.url for found in looked_at)
    assert frontier.missing("api", 9) == 1, "each is looked at once"
    assert frontier.missing("api", 9) == 0
    assert frontier.count("api") == 5, "who named it once stays known"
    assert frontier.silent(["feed"]) == 0


def test_silence(store, frontier):
    """Posts of lists that are as they were count as found without being named."""
    urls = [f"https://example.org/{n}" for n in range(4)]
    filled(frontier, *(Link(url, "sitemap", "post", "2020") for url in urls))
    frontier.settle(urls)
    for url in urls[:3]:
        store.remember(url, "saved", RUN, "2020-01-01")
    frontier.round = LATER
    assert frontier.silent(["sitemap"]) == 3
    assert frontier.silent(["api"]) == 0


def test_what_goes_with_a_post(frontier):
    """Number, access, the entry with its source, and the address of its comments are kept, whoever says them."""
    link = Link(URL, "feed", "post", key="7", entry="tag:7", access="members", replies=("ghost.comments", URL + "/c"))
    frontier.add([link, LINK], SOURCE)
    (found,) = taken(frontier)
    assert (found.key, found.entry, found.source, found.access) == ("7", "tag:7", SOURCE, "members")
    assert found.replies == ("ghost.comments", URL + "/c")
    assert frontier.address_of("7") == URL
    assert frontier.address_of("8") is None


def test_fates(store, frontier):
    """It is told what became of what a surface named, and what nothing explains."""
    for name, outcome, detail in (
        ("a", "saved", None), ("b", "gone", "HTTP 410"), ("c", "closed", "paywall_stub"), ("d", "failed", "timeout: x"),
        ("f", "failed", "robots"),
    ):  # fmt: skip
        frontier.add([Link(f"https://example.org/{name}", "api", "post")])
        store.remember(f"https://example.org/{name}", outcome, RUN, "2020-01-01", detail=detail)
    frontier.add([Link("https://example.org/e", "api", "post"), Link("https://example.org/about", "api", "page")])
    assert sorted(frontier.fates("api")) == [
        ("", None, 1), ("closed", "paywall_stub", 1), ("failed", "robots", 1), ("failed", "timeout: x", 1),
        ("gone", "HTTP 410", 1), ("saved", None, 1),
    ]  # fmt: skip
    assert frontier.fates("feed") == []
    assert frontier.gaps(9) == [
        ("https://example.org/d", "timeout: x"),
        ("https://example.org/e", "not fetched"),
    ]


def test_counts(frontier):
    """It is known how many addresses a surface named, and which of all are posts."""
    filled(frontier, API, FEED, Link("https://example.org/about", "sitemap", "page"), SITEMAP)
    assert {s: frontier.count(s) for s in ("api", "feed", "sitemap", "link")} == {
        "api": 1,
        "feed": 1,
        "sitemap": 2,
        "link": 0,
    }
    assert frontier.posts(10) == [URL]
    assert frontier.named_in(RUN) == 2
    assert not frontier.disagree()
    frontier.add([Link("https://example.org/x", "sitemap", "post")])
    assert frontier.disagree()
