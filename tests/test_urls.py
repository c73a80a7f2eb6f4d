"""One meaning of "the same address"."""

from __future__ import annotations

import contextlib
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
    functions = (urls.normalise, urls.identity, urls.blog_name, urls.post_id, urls.host, urls.site_root, urls.folder_of)
    for function in functions:
        try:
            assert function(url)
        except ValueError:
            continue
    for of_two in (urls.same_site, urls.within, urls.canonical_of):
        try:
            of_two(url, "https://a.example/b")
        except ValueError:
            continue
    assert urls.canonical_of("https://a.example/b", url)
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
        ("http://example.org/#!/2020/a-post", "http://example.org/"),
        ("http://example.org/a;jsessionid=0A1B?b=c", "http://example.org/a?b=c"),
        ("http://example.org/a;JSESSIONID=0A1B/b;v=1", "http://example.org/a/b;v=1"),
        ("http://example.org/..;jsessionid=1/a", "http://example.org/a"),
        ("http://example.org/a%3Bjsessionid=1", "http://example.org/a%3Bjsessionid=1"),
        ("http://example.org/app/(S(lit3py55t21z5v55vlm25s55))/a", "http://example.org/app/a"),
        ("http://example.org/(S(short))/a", "http://example.org/(S(short))/a"),
        ("http://example.org/?sid=0123456789abcdef0123456789ABCDEF&p=7", "http://example.org/?p=7"),
        ("http://example.org/?s=0123456789abcdef0123456789abcdef", "http://example.org/"),
        ("http://example.org/?s=tea&CFID=1&CFTOKEN=2", "http://example.org/?s=tea"),
        ("http://example.org/a?source=rss-0a1b2c------2", "http://example.org/a"),
        ("http://example.org/a?source=feed", "http://example.org/a?source=feed"),
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
        "http://" + "a." * 150 + "example/",
        "http://" + "é" * 100 + ".example/",
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


# Identities are kept in archives, and ids are made of them: none of these may ever change.
KEPT = [
    ("http://example.org", "https://example.org/"),
    ("https://www.example.org/", "https://example.org/"),
    ("https://example.org/2020/01/02/a-slug/", "https://example.org/2020/01/02/a-slug"),
    ("http://www.example.org/2020/01/a-slug.html", "https://example.org/2020/01/a-slug.html"),
    ("https://example.org/a-slug", "https://example.org/a-slug"),
    ("https://example.org/A-Slug/", "https://example.org/A-Slug"),
    ("https://example.org/?p=7", "https://example.org/?p=7"),
    ("https://example.org/blog/?p=8&lang=de", "https://example.org/blog?lang=de&p=8"),
    ("https://example.org/?page_id=3", "https://example.org/?page_id=3"),
    ("https://example.org/?m=202001", "https://example.org/?m=202001"),
    ("https://example.org/?m=2", "https://example.org/?m=2"),
    ("https://example.org/a?m=1", "https://example.org/a?m=1"),
    ("https://example.org/index.php/2020/01/a-slug/", "https://example.org/index.php/2020/01/a-slug"),
    ("https://example.org/index.php?title=A", "https://example.org/index.php?title=A"),
    ("https://example.org/index", "https://example.org/index"),
    ("https://example.org/indexes.html", "https://example.org/indexes.html"),
    ("https://example.org/post.php?id=12&sid=34", "https://example.org/post.php?id=12&sid=34"),
    ("https://example.org/article.php?sid=1234", "https://example.org/article.php?sid=1234"),
    ("https://example.org/?q=node/12", "https://example.org/?q=node%2F12"),
    ("https://example.org/node/12", "https://example.org/node/12"),
    ("https://example.org/archives/123.html", "https://example.org/archives/123.html"),
    ("https://example.org/posts/2020-01-02-a-slug/", "https://example.org/posts/2020-01-02-a-slug"),
    ("https://example.org/p/a-slug", "https://example.org/p/a-slug"),
    ("https://example.org/post/612345678901234567/a-slug", "https://example.org/post/612345678901234567/a-slug"),
    ("https://example.org/@zoe/a-slug-0a1b2c3d4e5f", "https://example.org/@zoe/a-slug-0a1b2c3d4e5f"),
    ("https://example.org/a-slug?source=feed", "https://example.org/a-slug?source=feed"),
    ("https://example.org/a?ref=b", "https://example.org/a?ref=b"),
    ("https://example.org/a?share=0a1b2c", "https://example.org/a?share=0a1b2c"),
    ("https://example.org/a?print=12", "https://example.org/a?print=12"),
    ("https://example.org/a?s=tea", "https://example.org/a?s=tea"),
    ("https://example.org/a?view=full", "https://example.org/a?view=full"),
    ("https://example.org/~zoe/a.html", "https://example.org/~zoe/a.html"),
    ("https://example.org/2020/01/%E3%81%82/", "https://example.org/2020/01/%E3%81%82"),
    ("https://example.org/2020/01/été", "https://example.org/2020/01/%C3%A9t%C3%A9"),
    ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
    ("https://example.org/a//b", "https://example.org/a//b"),
    ("https://example.org/a;b=c", "https://example.org/a;b=c"),
    ("https://example.org/a;v=1/b", "https://example.org/a;v=1/b"),
    ("https://example.org/a%3Bjsessionid=1", "https://example.org/a%3Bjsessionid=1"),
    ("https://example.org/2020/01/amp/", "https://example.org/2020/01/amp"),
    ("https://example.org/a-post/comment-page-2/", "https://example.org/a-post/comment-page-2"),
    ("https://example.org/a?cpage=2", "https://example.org/a?cpage=2"),
    ("https://example.org:8080/a", "https://example.org:8080/a"),
    ("http://127.0.0.1:8000/2020/a/", "https://127.0.0.1:8000/2020/a"),
    ("https://name.blogspot.com/2020/01/a-slug.html", "https://name.blogspot.com/2020/01/a-slug.html"),
    ("https://name.blogspot.com/p/about.html", "https://name.blogspot.com/p/about.html"),
    ("https://name.wordpress.com/2020/01/02/a-slug/", "https://name.wordpress.com/2020/01/02/a-slug"),
    ("https://name.tumblr.com/post/123/a-slug", "https://name.tumblr.com/post/123/a-slug"),
    ("https://name.substack.com/p/a-slug", "https://name.substack.com/p/a-slug"),
    ("https://blogspot.co.uk/a", "https://blogspot.co.uk/a"),
    ("https://blogspot.example.org/a", "https://blogspot.example.org/a"),
    ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
    ("https://example.org/#!/2020/a-slug", "https://example.org/"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?b=c+d", "https://example.org/a?b=c+d"),
    ("https://example.org/a?b=%7e%2f", "https://example.org/a?b=~%2F"),
]


@pytest.mark.parametrize(("url", "expected"), KEPT)
def test_identity_is_a_promise(url, expected):
    """The identity of an ordinary address is the same in every version."""
    assert urls.identity(url) == expected


def test_ordinary_addresses_stay_apart():
    """No two of many ordinary addresses are one, but for those told apart by nothing but scheme, www and slash."""
    assert len({urls.identity(url) for url, _ in KEPT}) == len({expected for _, expected in KEPT}) == len(KEPT) - 2


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://example.org/a/index.html", "https://example.org/a/"),
        ("https://example.org/index.php", "https://example.org/"),
        ("https://example.org/a/Default.aspx", "https://example.org/a"),
        ("https://example.org/index.php?replytocom=7", "https://example.org/"),
        ("https://example.org/a/index.html/index.html/", "https://example.org/a"),
        ("https://example.org/%61/%7Eb%c3%a9", "https://example.org/a/~bé"),
        ("https://example.org/a?b=%7e%20c", "https://example.org/a?b=~+c"),
        ("https://name.blogspot.co.uk/2020/01/a.html", "https://name.blogspot.com/2020/01/a.html"),
        ("http://www.name.blogspot.de/", "https://name.blogspot.com/"),
        ("https://name.blogspot.com/2020/01/a.html?m=1", "https://name.blogspot.com/2020/01/a.html"),
        ("https://name.blogspot.fr/?m=0", "https://name.blogspot.com/"),
        ("https://example.org/2020/01/a.html?m=1", "https://example.org/2020/01/a.html"),
        ("https://example.org/2020/01/a.html?showComment=1577836800000#c12", "https://example.org/2020/01/a.html"),
        ("https://example.org/?p=7&replytocom=12#respond", "https://example.org/?p=7"),
        ("https://example.org/a/?share=twitter&nb=1", "https://example.org/a"),
        ("https://example.org/a/?share=jetpack-whatsapp", "https://example.org/a"),
        ("https://example.org/a/?like_comment=3&_wpnonce=0a1b", "https://example.org/a"),
        ("https://example.org/a/?unapproved=3&moderation-hash=0a1b", "https://example.org/a"),
        ("https://example.org/a/?amp", "https://example.org/a"),
        ("https://example.org/a/?amp=1&noamp=mobile", "https://example.org/a"),
        ("https://example.org/a/?print=print", "https://example.org/a"),
        ("https://example.org/a?format=amp", "https://example.org/a"),
        ("https://example.org/a?mtm_campaign=x&li_fat_id=y&_kx=z&relatedposts_hit=1", "https://example.org/a"),
        ("https://example.org/a;jsessionid=0A", "https://example.org/a"),
    ],
)
def test_one_page_shown_in_many_ways(url, same):
    """A folder's own page, a country's domain of Blogger, sessions, and views of a page make no other post."""
    assert urls.identity(url) == urls.identity(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/index.php?id=1", "https://example.org/?id=1"),
        ("https://example.org/index.php/a", "https://example.org/a"),
        ("https://example.org/a/main.html", "https://example.org/a/"),
        ("https://example.org/?m=202001", "https://example.org/?m=202002"),
        ("https://example.org/a?m=1", "https://example.org/a?m=0"),
        ("https://example.org/doc?share=0a1b", "https://example.org/doc?share=2c3d"),
        ("https://example.org/print?print=12", "https://example.org/print?print=13"),
        ("https://example.org/a?pk_post=1", "https://example.org/a?pk_post=2"),
        ("https://example.org/2020/01/amp/", "https://example.org/2020/01/"),
        ("https://example.org/a/comment-page-2/", "https://example.org/a/"),
        ("https://one.blogspot.com/", "https://two.blogspot.com/"),
        ("https://blogspot.de/", "https://blogspot.com/"),
        ("https://name.blogspot.com:8080/", "https://name.blogspot.com/"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/article.php?sid=1", "https://example.org/article.php?sid=2"),
        ("https://example.org/de/a", "https://example.org/en/a"),
        ("https://example.org/a?lang=de", "https://example.org/a?lang=en"),
    ],
)
def test_two_posts_are_two(one, other):
    """What may be two posts is never taken for one."""
    assert urls.identity(one) != urls.identity(other)


# Pieces of which folding could make something that is folded again.
SESSION = "(S(lit3py55t21z5v55vlm25s55))"
ODD_PATH = st.lists(
    st.sampled_from(
        [
            "",
            "/",
            "a",
            "..",
            "%2e",
            "a.html",
            "index.html",
            "index.php",
            "Default.aspx",
            ";b=1",
            ";jsessionid=1",
            SESSION,
        ]
    ),
    max_size=8,
).map(lambda parts: "/".join(parts).replace("/;", ";"))
ODD_QUERY = st.lists(
    st.sampled_from(
        ["m=1", "m=2", "p=7", "share=x", "share=0a", "nb=1", "amp", "print=1", "replytocom=2", "utm_source=a", "%6d=0"]
    ),
    max_size=4,
).map("&".join)
ODD_HOST = st.sampled_from(
    ["example.org", "name.blogspot.de", "www.blogspot.de", "www.name.blogspot.co.uk", "www.www.blogspot.fr"]
)


@given(
    host=ODD_HOST,
    path=ODD_PATH,
    query=ODD_QUERY,
)
@example("example.org", "a.html/index.php", "m=1")
@example("example.org", "..;b=1/", "")
def test_folding_is_done_in_one_go(host, path, query):
    """However addresses are nested that are folded, what comes out is folded no further, and on the same site."""
    url = f"http://{host}/{path}?{query}"
    key = urls.identity(url)
    assert urls.identity(key) == key == urls.identity(urls.normalise(url))
    assert urls.same_site(url, key)


@given(
    parts=st.lists(st.text(string.ascii_letters + string.digits + "-_~", min_size=1, max_size=6), max_size=4),
    fields=st.dictionaries(st.sampled_from(["p", "id", "page_id", "lang", "a"]), st.integers(0, 9), max_size=2),
)
def test_an_ordinary_address_is_its_own_identity(parts, fields):
    """An address without anything that is folded keeps all of itself."""
    url = "https://example.org/" + "/".join(parts)
    query = "&".join(f"{name}={number}" for name, number in sorted(fields.items()))
    assert urls.identity(f"{url}?{query}") == (f"{url}?{query}" if query else url)


@pytest.mark.parametrize("in_query", [False, True])
@pytest.mark.parametrize("piece", ["/", "../", ";jsessionid=", "/index.html", "%25", "&", "a&b=", ".", "(S(", "@", ":"])
@pytest.mark.parametrize("length", [8000, 3_000_000])
@pytest.mark.usefixtures("must_end")
def test_hostile_addresses_have_an_answer(length, piece, in_query):
    """The longest address of whatever pieces is one or is none, and nothing hangs or raises anything else."""
    text = piece * (length // len(piece))
    for url in (f"http://example.org/{'?' if in_query else ''}{text}", f"http://{text}/"):
        with contextlib.suppress(ValueError):
            urls.identity(url)
        assert urls.absolute("http://example.org/", url) is None or len(url) <= urls.MAX_URL


@pytest.mark.parametrize(
    ("url", "claimed", "believed"),
    [
        ("https://example.org/?p=7", "https://example.org/2020/01/a/", True),
        ("https://example.org/a?x=1", "https://example.org/a", True),
        ("https://example.org/a?x=1", "https://example.org/b", True),
        ("https://example.org/a", "http://www.example.org/a/", True),
        ("https://example.org/a", "https://example.org/a?x=1", True),
        ("https://name.blogspot.de/2020/01/a.html", "https://name.blogspot.com/2020/01/a.html", True),
        ("https://name.blogspot.com/2020/01/a.html?m=1", "https://name.blogspot.com/2020/01/a.html", True),
        ("https://example.org/a/index.html", "https://example.org/a/", True),
        ("https://example.org/?p=7", "https://example.org/?p=7", True),
        ("https://example.org/?p=7", "https://example.org/", False),
        ("https://example.org/index.php?p=7", "https://example.org/index.php", False),
        # plain permalinks of a blog in a folder, and what themes call canonical there
        ("https://example.org/blog/?p=7", "https://example.org/blog/", False),
        ("https://example.org/blog/index.php?p=7", "https://example.org/blog/", False),
        ("https://example.org/blog/post.php?id=7", "https://example.org/blog/post.php", False),
        ("https://example.org/blog/post.php?x=7", "https://example.org/blog/", False),
        ("https://example.org/blog/?p=7", "https://example.org/blog/?lang=en", False),
        ("https://example.org/blog/?p=7&lang=en", "https://example.org/blog/?p=7", True),
        ("https://example.org/blog/index.php?p=7", "https://example.org/blog/?p=7", True),
        ("https://example.org/blog/?p=7", "https://example.org/blog/a-post/", True),
        ("https://example.org/blog/post.php?id=7", "https://example.org/blog/a-post/", True),
        ("https://example.org/index.php?p=7", "https://example.org/a-post/", True),
        ("https://example.org/blog/a-post/?from=home", "https://example.org/blog/a-post/", True),
        ("https://example.org/a", "https://example.org/", False),
        ("https://example.org/a", "https://example.org/b", False),
        ("https://example.org/a?replytocom=1", "https://example.org/b", False),
        ("https://example.org/a", "https://example.net/a", False),
        ("https://example.org/a", "/a", False),
        ("https://example.org/a", "", False),
        ("https://example.org/a", None, False),
    ],
)
def test_canonical_of(url, claimed, believed):
    """A page is named by the canonical address that it claims, where that only folds queries and views."""
    assert urls.canonical_of(url, claimed) == (claimed if believed else url)


def test_no_page_has_no_name():
    """What is no web address has no canonical address, whatever it claims."""
    with pytest.raises(ValueError, match="web address"):
        urls.canonical_of("mailto:me@example.org", "https://example.org/")


@given(ADDRESS, ADDRESS)
def test_a_canonical_address_stays_on_its_site(url, claimed):
    """No claim leads to another site, and the page's own identity is always believed."""
    usable(url)
    assert urls.same_site(urls.canonical_of(url, claimed), url)
    assert urls.canonical_of(url, urls.identity(url)) == urls.identity(url)


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
