"""Links in pages: posts perhaps, lists of posts, traps, and what is no page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.links import classify, is_paging, page_links, shape, usual_shapes

ROOT = "https://example.org/"


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        (
            "post",
            "/2020/01/02/a-post/ /a-post /?p=7 /posts/a-post.html /blog/a-post /archive/a-post /2020/01/a-post.html "
            "/all/the/kings/men /sharepoint-tips /a-page-in-my-diary /commentary /tagged-for-life /19840 /feedback "
            "/1a/2a/3a/4a/5a/6a/7a/8a/9a/10/11/12 /a/b/a/b",
        ),
        (
            "listing",
            "/page/2/ /?paged=2 /category/tea/ /tag/tea /tags/ /author/zoe/ /label/x /2020/ /2020/01/ /2020/01/02/ "
            "/archive/ /archives.html /blog/ /posts /articles/ /series/ /index.html /index_2.html /page2 /topics/tea "
            "/?updated-max=2020-01-01",
        ),
        (
            "again",
            "/ /index.php?replytocom=7 /a-post/?share=twitter /a-post?m=1 /?s=tea /a?print /?preview=true&p=7 "
            "/a?_wpnonce=1 /a?amp=1 /shop?orderby=price /a?like_comment=7",
        ),
        (
            "asset",
            "/a.png /a.JPG /style.css /a.pdf /podcast/1.mp3 /feed.xml /robots.txt /data.json /a.tar.gz /b%2Ejpg",
        ),
        (
            "service",
            "/feed/ /a-post/feed/ /comments/feed/ /wp-login.php /wp-admin/ /wp-json/wp/v2/posts /xmlrpc.php /cart/ "
            "/a-post/trackback/ /a-post/amp/ /search/tea /login /a-post/embed/ /atom/ /cdn-cgi/l/email-protection",
        ),
        ("comment_page", "/a-post/comment-page-2/ /a-post/comment-page-2#comments"),
        ("trap", "/a/b/a/b/a/b /x/x/x /1/2/3/4/5/6/7/8/9/10/11/12/13"),
        ("outside", "https://example.net/a https://sub.example.org/ https://example.org:8080/ https://example.orgs/"),
    ],
)
def test_classify(kind, addresses):
    """An address alone tells what it leads to, or why it is not followed."""
    for address in addresses.split():
        url = address if "://" in address else f"https://example.org{address}"
        assert (address, classify(url, ROOT)) == (address, kind)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/diary/a-post", "post"),
        ("https://www.example.org/diary/a-post", "post"),
        ("https://example.org/diary/", "again"),
        ("https://example.org/diary", "outside"),
        ("https://example.org/diaryland/a", "outside"),
        ("https://example.org/", "outside"),
    ],
)
def test_blog_in_a_folder(url, kind):
    """What lies beside the folder of a blog is not of the blog."""
    assert classify(url, "https://example.org/diary/") == kind


def test_page_links():
    """The links of a page come absolute, once each, in order, sorted into posts and lists; the rest is counted."""
    html = """<base href="https://example.org/2020/">
    <nav><a href="/page/2/">Older</a><a href="/feed/">RSS</a><a href="/">Home</a></nav>
    <a href="a">A</a><a href="../b?utm_source=x#more">B</a><a href="https://example.org/2020/a#comments">A again</a>
    <a href="https://example.net/">Elsewhere</a><a href="//example.com/">There</a><a href="mailto:a@b">Mail</a>
    <a href="javascript:void(0)">Script</a><a name="x">No link</a><a href="http://[">Broken</a>"""
    links = page_links("https://example.org/2019/x", html, ROOT)
    assert links.posts == ("https://example.org/2020/a", "https://example.org/b")
    assert links.listings == ("https://example.org/page/2/",)
    assert links.dropped == {"service": 1, "again": 1, "outside": 2}


@pytest.mark.parametrize("html", ["", "no markup", "\0", "<a name=x>"])
def test_no_links(html):
    """A page without links has none."""
    assert (links := page_links(ROOT + "a", html, ROOT)).posts == links.listings == ()


@given(st.text(), st.text(max_size=10))
def test_any_page(html, base):
    """Whatever the page is, its links are read, and none is given twice."""
    links = page_links(ROOT, f"<base href='{base}'><a href='{html}'>x</a>{html}", ROOT)
    assert len({*links.posts, *links.listings}) == len(links.posts) + len(links.listings)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/page/2/", True),
        ("/tag/tea/page/3", True),
        ("/page2", True),
        ("/index_3.html", True),
        ("/?paged=2", True),
        ("/search?updated-max=2020", True),
        ("/?start=10", True),
        ("/tag/tea/", False),
        ("/2020/01/", False),
        ("/a-page", False),
    ],
)
def test_is_paging(address, expected):
    """A further page of a list is told from a list."""
    assert is_paging(f"https://example.org{address}") is expected


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
