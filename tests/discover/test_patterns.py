"""What the addresses of a blog's posts look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover import links
from archiver.discover.patterns import Patterns, shape, usual_shapes


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("/2020/01/02/a-slug/", "/2019/12/31/other/", True),
        ("/2020/01/a.html", "/2021/11/b-c.html", True),
        ("/a-post", "/another", True),
        ("/posts/a", "/essays/b", True),
        ("/2020/01/02/a/", "/2020/01/a/", False),
        ("/2020/a/", "/about/a/", False),
        ("/a/", "/a", False),
        ("/a.html", "/a", False),
    ],
)
def test_shape(one, other, alike):
    """Posts of one blog have one shape: numbers tell by their length, words by their place."""
    assert (shape(f"https://example.org{one}") == shape(f"https://example.org{other}")) is alike


def test_usual_shapes():
    """A shape is usual if a tenth of the posts, and at least two, have it; of few posts nothing is told."""
    dated = [f"https://example.org/2020/01/0{n}/slug-{n}/" for n in range(1, 10)] * 2
    assert usual_shapes([*dated, "https://example.org/about"]) == {shape(dated[0])}
    others = [f"https://example.org/{n}" for n in "ab"]
    assert usual_shapes([*dated, *others]) == {shape(dated[0]), shape(others[0])}
    assert usual_shapes([*dated, *dated, *others]) == {shape(dated[0])}
    assert usual_shapes(dated[:3]) == {shape(dated[0])}
    assert usual_shapes(dated[:2]) == usual_shapes([]) == frozenset()


# --- patterns -------------------------------------------------------------------------------------------

SITE = "https://example.org"
DATED = [f"{SITE}/2020/{n:02}/{n + 10}/slug-{n}/" for n in range(1, 11)]
BLOGGER = [f"{SITE}/2020/{n:02}/slug-{n}.html" for n in range(1, 11)]
PLAIN = [f"{SITE}/slug-{n}/" for n in range(10)]
HTML = [f"{SITE}/slug-{n}.html" for n in range(10)]
FOLDER = [f"{SITE}/blog/slug-{n}" for n in range(10)]
TOPICS = [f"{SITE}/{('tea', 'cats')[n % 2]}/slug-{n}/" for n in range(10)]
NUMBERS = [f"{SITE}/?p={n * n}" for n in range(10)]
TUMBLR = [f"{SITE}/post/{n * 987654321}/slug-{n}" for n in range(1, 11)]
SLUG_DATES = [f"{SITE}/posts/2020-01-{n:02}-slug/" for n in range(1, 11)]
YEARS = [f"{SITE}/{2000 + n}/slug-{n}" for n in range(10)]
IDS = [f"{SITE}/archives/{n}.html" for n in range(1995, 2005)]


@pytest.mark.parametrize(
    ("posts", "yes", "no", "unknown"),
    [
        (
            DATED,
            "/2019/12/31/other/ /2021/01/02/other",
            "/about/ /about /2020/01/ /blog/a/b/ /shop/?id=x /a.html",
            "/?p=7 /1999/1/2/a/?lang=en /old/2008/03/name.html /2008/03/name.html /post/12345",
        ),
        (BLOGGER, "/2008/12/other.html", "/p/about.html /about /search/x", "/2020/01/02/a-post/"),
        (PLAIN, "", "/shop/teapot/ /a.html /?page_id=3 /a/b/c/", "/about/ /about /other-post/ /2008/03/old.html"),
        (HTML, "", "/about/ /about /pages/about.html", "/about.html /other.html"),
        (FOLDER, "/blog/other /Blog/other", "/about /shop/teapot /shop/teapot/", "/blog/tea/ /blog/2008/03/old"),
        (TOPICS, "/tea/other/ /cats/x/", "/about/ /a/b/c/", "/about/team/ /dogs/other/ /tea/other"),
        (NUMBERS, "/?p=12345", "/?page_id=2 /?cat=3 /about/ /?p=about", "/post/123 /?id=7"),
        (TUMBLR, "/post/123/other", "/about /ask/me/now", "/post/123 /tagged/123/x /post/123/other/"),
        (SLUG_DATES, "/posts/2008-03-04-old/ /posts/2008-03-04-old", "/posts/about/ /about/", "/2008-03-04-old/"),
        (YEARS, "/2030/other", "/about /2020/01/", "/2020 /2020/01/other"),
        (IDS, "/archives/12.html /archives/2020.html", "/about.html /archives/tea.html", "/12.html"),
    ],
)
def test_patterns(posts, yes, no, unknown):
    """Dates, numbers, folders, endings and query fields of known posts tell other posts, and what is none.

    Names that any page may have can't tell, nor what is a post's address on any other blog.
    """
    patterns = Patterns.learn(posts)
    for addresses, expected in ((yes, True), (no, False), (unknown, None)):
        for address in addresses.split():
            assert (address, patterns.matches(SITE + address)) == (address, expected)
    assert {patterns.matches(url) for url in posts} <= {True, None}


@pytest.mark.parametrize(
    "odd", ["https://example.org/about/", "https://example.net/x?y=z", "mailto:me", "http://[", ""]
)
@pytest.mark.parametrize("posts", [DATED, BLOGGER, FOLDER, NUMBERS, TUMBLR])
def test_one_odd_entry_changes_nothing(posts, odd):
    """One entry that is no post, or no address, neither makes a pattern nor breaks one."""
    clean, dirty = Patterns.learn(posts), Patterns.learn([odd, *posts])
    for url in (posts[0], f"{SITE}/about/", f"{SITE}/a/b/", odd):
        assert dirty.matches(url) == clean.matches(url)


def test_two_usual_forms():
    """A blog that names posts of two forms has both, and still tells what is of neither."""
    patterns = Patterns.learn([*DATED, *NUMBERS[:3]])
    assert patterns.matches(f"{SITE}/2021/01/02/other/") is patterns.matches(f"{SITE}/?p=77") is True
    assert patterns.matches(f"{SITE}/about/") is False


def test_too_little_is_known():
    """Of fewer than three posts, or of posts that are all different, nothing is told; of few, no folder."""
    different = [f"{SITE}/{'a/' * n}" for n in range(1, 12)]
    for posts in ([], DATED[:2], different):
        assert Patterns.learn(posts).matches(DATED[5]) is Patterns.learn(posts).matches(f"{SITE}/about/") is None
    assert Patterns.learn(DATED[:3]).matches(DATED[5]) is True
    assert Patterns.learn(FOLDER[:4]).matches(FOLDER[5]) is None
    assert Patterns.learn(FOLDER[:4]).matches(f"{SITE}/shop/teapot") is None
    half = Patterns.learn([*DATED[:5], *different[:5]])
    assert half.matches(DATED[5]) is True
    assert half.matches(f"{SITE}/about") is None


ANY = st.one_of(st.text(max_size=30), st.text("/?&=.-[]:12ab", max_size=40).map("https://example.org/{}".format))


@given(st.lists(ANY, max_size=8), ANY)
def test_any_address(posts, url):
    """Whatever is learnt from, and in whatever order, every address has an answer, and the same one."""
    answer = Patterns.learn(posts).matches(url)
    assert answer in (True, False, None)
    assert Patterns.learn(reversed(posts)).matches(url) is answer


@pytest.mark.usefixtures("must_end")
def test_hostile_posts():
    """Of many posts of ever new forms, and of long ones, nothing is learnt."""
    posts = [f"https://example.org/?x{n}=1" for n in range(20_000)] + [f"https://example.org/{'a/' * 100_000}"] * 100
    posts += [f"https://example.org/{n}-a/{n}-b" for n in range(20_000)]
    patterns = Patterns.learn(posts)
    assert patterns.matches("https://example.org/a/b") is None
    assert patterns.matches(posts[20_000]) is None


def test_links_know_shapes_too():
    """The module of links gives both by its own name."""
    assert links.shape is shape
    assert links.usual_shapes is usual_shapes
