"""One meaning of "the same address"."""

from __future__ import annotations

import re
import string
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archiver import urls

LABEL = st.text("abcxyz019-_é", min_size=1, max_size=6)
HOST = st.one_of(
    st.lists(LABEL, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["[::1]", "127.0.0.1", "www.www.example.org", "xn--bcher-kva.example", "EXAMPLE.org."]),
)
PORT = st.sampled_from(["", ":80", ":443", ":8080", ":"])
PATH = st.text("/.a%2eEB;:é ~+&=", max_size=20)
QUERY = st.text("ab=&%2fF;+é?", max_size=12)
SITE = st.builds("{}://{}{}".format, st.sampled_from(["http", "HTTPS"]), HOST, PORT)
ADDRESS = st.builds("{}/{}?{}".format, SITE, PATH, QUERY)
SAFE_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]{0,119}")
RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}


def usable(url: str) -> str:
    """Return the address to fetch; an example that is no web address is not looked at."""
    try:
        return urls.normalise(url)
    except ValueError:
        assume(False)
        raise


@given(ADDRESS)
@example("http://example.org/;/")
@example("http://www.www.example.org/")
@example("http://./")
def test_twice_is_once(url):
    """What was normalised stays as it is, and so does an identity."""
    normal = usable(url)
    assert urls.normalise(normal) == normal
    key = urls.identity(url)
    assert urls.identity(key) == key == urls.identity(normal)


@given(ADDRESS)
def test_what_is_fetched_is_plain(url):
    """The address to fetch is ASCII, without blanks, controls, fragment, default port or dot segments."""
    normal = usable(url)
    assert re.fullmatch(r"https?://[!-\"$-~]+", normal)
    assert urls.is_web(normal)
    path = urlsplit(normal).path
    assert not {".", ".."} & set(path.split("/"))
    assert not re.match(r"(http://[^/]*:80|https://[^/]*:443)/", normal)


@given(
    path=st.text(string.ascii_letters + string.digits + "-._/", max_size=20).map(lambda p: p.strip("/")),
    scheme=st.sampled_from(["http", "https"]),
    www=st.sampled_from(["", "www."]),
    slash=st.sampled_from(["", "/"]),
    fragment=st.sampled_from(["", "#comments", "#"]),
    tracker=st.sampled_from(["", "?utm_source=feed", "?fbclid=1&utm_medium=x", "?PHPSESSID=0a1b"]),
)
def test_one_post_under_many_addresses(path, scheme, www, slash, fragment, tracker):
    """Scheme, www, the slash at the end, fragment and trackers do not make another post."""
    one = urls.identity(f"https://example.org/{path}")
    assert urls.identity(f"{scheme}://{www}example.org/{path}{slash}{tracker}{fragment}") == one


@given(ADDRESS)
@example("http://aux/")
@example("http://com1.example/")
@example("http://[::1]:8080/")
@example(f"http://example.org/{'a' * 300}/")
@example("http://.../")
def test_every_blog_has_a_safe_folder_name(url):
    """A folder name is short, lower case, and neither hidden nor reserved on any file system."""
    usable(url)
    name = urls.blog_name(url)
    assert SAFE_NAME.fullmatch(name)
    assert not name.endswith(".")
    assert name.partition(".")[0] not in RESERVED


@given(
    a=st.tuples(HOST, PORT, st.text("/ab1-.B~é", max_size=8)),
    b=st.tuples(HOST, PORT, st.text("/ab1-.B~é", max_size=8)),
)
@example(("a.example", "", "Blog"), ("a.example", "", "blog"))
@example(("a.example", "", "a/b"), ("a.example", "", "a-b"))
@example(("a.example", ":8080", ""), ("a.example", "", "8080"))
@example(("a.example", "", "b.c"), ("a.example-b.c", "", ""))
@example(("a.example", "", "x~y"), ("a.example", "", "x_y"))
def test_two_blogs_never_share_a_folder(a, b):
    """Blogs on another host, port or path have another folder name."""
    one, other = (usable("http://{}{}/{}/".format(*parts)) for parts in (a, b))
    same = (urls.host(one), urls.folder_of(one)) == (urls.host(other), urls.folder_of(other))
    assert (urls.blog_name(one) == urls.blog_name(other)) == same


@given(st.one_of(st.text(), ADDRESS, st.text().map("http://{}".format), st.text().map("https://a.example/{}".format)))
@example("http://[::1")
@example("http://a.example:99999/")
@example("http://a.example:٣/")
@example("http://\ud800/")
def test_hostile_addresses(url):
    """Whatever the text is, the only answer besides an address is a ValueError."""
    for function in (urls.normalise, urls.identity, urls.blog_name, urls.post_id, urls.host, urls.site_root):
        try:
            assert function(url)
        except ValueError:
            continue
    assert urls.absolute("https://example.org/", url) is None or urls.is_web(
        urls.absolute("https://example.org/", url) or ""
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTP://Example.ORG:80/A", "http://example.org/A"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("http://example.org./", "http://example.org/"),
        ("http://example.org/a#b", "http://example.org/a"),
        ("http://user:secret@example.org/", "http://example.org/"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("http://example.org/a/./b/../c", "http://example.org/a/c"),
        ("http://example.org/../../a", "http://example.org/a"),
        ("http://example.org/a/..", "http://example.org/"),
        ("http://example.org/%2e%2E/a", "http://example.org/a"),
        ("http://example.org/a//b", "http://example.org/a//b"),
        ("http://example.org/%7eme/%c3%a9", "http://example.org/~me/%C3%A9"),
        ("http://example.org/a%2Fb", "http://example.org/a%2Fb"),
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("http://example.org/?b=2&a=1", "http://example.org/?a=1&b=2"),
        ("http://example.org/?b=&a", "http://example.org/?a=&b="),
        ("http://example.org/?utm_source=x&p=7&fbclid=y", "http://example.org/?p=7"),
        ("http://example.org/?PHPSESSID=0a&p=7", "http://example.org/?p=7"),
        ("http://example.org/?q=%E9&utm_source=x", "http://example.org/?q=%E9"),
        ("http://example.org/?sid=1&aspm=2", "http://example.org/?aspm=2&sid=1"),
        ("http://example.org/" + "a" * 8000, "http://example.org/" + "a" * 8000),
    ],
)
def test_normalise(url, expected):
    """The address to fetch is what a browser would ask for, without what only tells where a visitor came from."""
    assert urls.normalise(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "example.org",
        "ftp://example.org/",
        "mailto:me@example.org",
        "javascript:void(0)",
        "http://",
        "http:///a",
        "http://./",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:http/",
        "http://[::1/",
        "http://exa mple.org/",
        "http://example.org/" + "a" * 10_000,
        "http://example.org/" + "é" * 3000,
    ],
)
def test_no_web_address(url):
    """What is no absolute http or https address, or longer than servers take, is refused."""
    with pytest.raises(ValueError, match="web address"):
        urls.normalise(url)
    assert urls.absolute("", url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.example.org:80/a/", "https://example.org/a"),
        ("http://example.org:443/", "https://example.org/"),
        ("http://www.example.org", "https://example.org/"),
        ("http://www.com/", "https://www.com/"),
        ("http://www.example.org:8080/", "https://example.org:8080/"),
        ("http://example.org/Post", "https://example.org/Post"),
        ("http://example.org/?p=1", "https://example.org/?p=1"),
    ],
)
def test_identity(url, expected):
    """The key of a post is one for http and https, with and without www and slash; its case and query stay."""
    assert urls.identity(url) == expected


def test_post_id_is_a_promise():
    """The id of an address is the same for ever, and can be made without this program."""
    assert urls.post_id("http://www.example.org/2020/01/a-post/?utm_source=x") == "c0a851ab-2768-58dd-ae65-1a2f3ca6cc6f"


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("http://example.org/a/b", "c", "http://example.org/a/c"),
        ("http://example.org/a/b", "//other.example/c", "http://other.example/c"),
        ("http://example.org/a/b", " \n/c\t/d ", "http://example.org/c/d"),
        ("http://example.org/a/b", "?x=1", "http://example.org/a/b?x=1"),
        ("http://example.org/a", "mailto:me@example.org", None),
        ("http://example.org/a", "//[", None),
    ],
)
def test_absolute(base, href, expected):
    """A link is read as browsers read it: blanks around it and line ends within it do not count."""
    assert urls.absolute(base, href) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/", "example.org"),
        ("http://www.example.org/index.html", "www.example.org"),
        ("http://127.0.0.1:8081/", "127.0.0.1-8081"),
        ("https://example.org/blog", "example.org-blog"),
        ("https://example.org/blog/feed.xml", "example.org-blog"),
        ("https://example.org/a/b/", "example.org-a-b"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_blog_name(url, expected):
    """A blog is called by its host, and by its path if it lives in one."""
    assert urls.blog_name(url) == expected


@pytest.mark.parametrize(
    ("url", "root", "expected"),
    [
        ("http://www.example.org/a", "https://example.org/", True),
        ("https://example.org/blog/a", "https://example.org/blog/", True),
        ("https://example.org/blog/a", "https://example.org/blog", True),
        ("https://example.org/blogs/a", "https://example.org/blog", False),
        ("https://example.org/shop", "https://example.org/blog/index.html", False),
        ("https://sub.example.org/", "https://example.org/", False),
        ("https://example.org:8080/", "https://example.org/", False),
    ],
)
def test_within(url, root, expected):
    """A blog owns what lies on its host below its folder."""
    assert urls.within(url, root) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000/", True),
        ("http://blog.localhost/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]/", True),
        ("http://localhost.example/", False),
        ("http://10.0.0.1/", False),
    ],
)
def test_is_loopback(url, expected):
    """This machine is known by the name alone, without asking any name server."""
    assert urls.is_loopback(url) is expected


def test_site_root_and_host():
    """The first page of a host, and the host with a port that is not the scheme's own."""
    assert urls.site_root("http://example.org:8081/a/b?c") == "http://example.org:8081/"
    assert urls.host("https://Example.org:443/a") == "example.org"
    assert urls.host("http://example.org:8081/a") == "example.org:8081"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://u:pw@example.org/a@b", "http://example.org/a@b"),
        ("redirects to https://u@example.org/ now", "redirects to https://example.org/ now"),
        ("invalid hostname: u:pw@example.org", "invalid hostname: example.org"),
        ('{"url": "http://u:pw@example.org/"}', '{"url": "http://example.org/"}'),
        ("write to mailto:me@example.org or me@example.org", "write to mailto:me@example.org or me@example.org"),
        ("http://example.org/?to=a:b@c", "http://example.org/?to=a:b@c"),
    ],
)
def test_no_credentials(text, expected):
    """User names and passwords in addresses are left out of a text, and nothing else is."""
    assert urls.without_credentials(text) == expected
