"""Feeds of three formats, feeds of comments, and where their next page lies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.surfaces.entries import moment
from archiver.discover.surfaces.feeds import read_comments, read_feed
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

HERE = "https://example.org/feed/"
WORDPRESS = "<generator>https://wordpress.org/?v=6.4</generator>"
BLOGGER = "<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>"
GHOST = "<generator>Ghost 5.82</generator>"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", "x"]), inner),
    max_leaves=8,
)


def rss(items: str, channel: str = "") -> bytes:
    """Return an RSS feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0" '
        'xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>A blog</title>{channel}{items}</channel></rss>"
    ).encode()


def atom(entries: str, feed: str = "") -> bytes:
    """Return an Atom feed."""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" '
        'xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">'
        f"<title>A blog</title>{feed}{entries}</feed>"
    ).encode()


def json_feed(*items: object, **feed: object) -> bytes:
    """Return a JSON Feed."""
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **feed}).encode()


def read(body: bytes, url: str = HERE, **ask: object) -> Step:
    """Read a feed of posts."""
    return read_feed(Ask(url, "feed", "feed", **ask), Answer(url, body, {"content-type": "application/xml"}))


def heard(body: bytes, url: str = HERE) -> Step:
    """Read a feed of comments."""
    return read_comments(Ask(url, "feed.comments", "feed"), Answer(url, body))


# --- entries ----------------------------------------------------------------------------------------


def test_rss():
    """An RSS item is a post with its author, dates in UTC and tags; its title is a hint only if it is plain text."""
    body = rss(
        "<item><title>Tea &amp;amp; cake</title><link>https://example.org/a/?utm_source=rss</link>"
        "<dc:creator>Zoë</dc:creator><category>Food</category><category>Tea</category>"
        "<pubDate>Thu, 02 Jan 2020 03:04:05 +0200</pubDate><slash:comments>3</slash:comments></item>"
        "<item><title>Tea &amp; cake</title><link>/b</link></item>"
    )
    link, plain = read(body).links
    assert link == Link(
        "https://example.org/a/",
        "feed",
        "post",
        "2020-01-02T01:04:05Z",
        Hints(
            authors=(Person("Zoë"),),
            published="2020-01-02T01:04:05Z",
            tags=("Food", "Tea"),
            comments=3,
            source="feed",
        ),
    )
    assert plain.hints.title == "Tea & cake"


def test_atom():
    """An Atom entry's alternate link leads to the post; its mark of change is `updated`."""
    body = atom(
        '<entry><title type="text">A &amp; B</title><id>tag:1</id>'
        '<link rel="replies" href="https://example.org/c" thr:count="7"/>'
        '<link rel="alternate" type="application/pdf" href="https://example.org/a.pdf"/>'
        '<link rel="alternate" href="https://example.org/a"/>'
        "<author><name>Zoë</name><uri>https://example.org/zoe</uri></author><category term='Tea'/>"
        "<published>2020-01-02T03:04:05Z</published><updated>2020-02-03T04:05:06+01:00</updated></entry>"
    )
    assert read(body).links == (
        Link(
            "https://example.org/a",
            "feed",
            "post",
            "2020-02-03T03:05:06Z",
            Hints(
                title="A & B",
                authors=(Person("Zoë", "https://example.org/zoe"),),
                published="2020-01-02T03:04:05Z",
                modified="2020-02-03T03:05:06Z",
                tags=("Tea",),
                comments=7,
                source="feed",
            ),
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="/"><link>https://example.org/</link></channel>'
        b'<item rdf:about="1"><title>x</title><link>/a</link><dc:date>2020-01-02T03:04:05Z</dc:date></item></rdf:RDF>',
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>1</id><title>x</title>'
        b'<link rel="alternate" type="text/html" href="/a"/><issued>2020-01-02T03:04:05Z</issued></entry></feed>',
        b'<rss version="0.91"><channel><item><title>x</title><link>/a</link><guid isPermaLink="false">1</guid>'
        b"<pubDate>2 Jan 20 03:04:05 GMT</pubDate></item></channel></rss>",
        b"<feed><entry><id>1</id><title>x</title><link href='/a'/><published>2020-01-02T03:04:05</published></entry>",
        b'<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel><item><title>x</title><link>/a</link>'
        b"<dc:date>2020-01-02T03:04:05Z</dc:date></item></channel></rss>",
    ],
)
def test_dialects(body):
    """Old versions and undeclared namespaces are read alike."""
    (link,) = read(body).links
    assert (link.url, link.hints.title, link.changed) == ("https://example.org/a", "x", "2020-01-02T03:04:05Z")


def test_json_feed():
    """A JSON Feed item keeps its dates as written; authors of both versions of the format are read."""
    body = json_feed(
        {
            "id": "1",
            "url": "https://example.org/a",
            "title": "A & B",
            "date_published": "2020-01-02T03:04:05+01:00",
            "date_modified": "2020-02-03",
            "authors": [{"name": "Zoë", "url": "https://example.org/zoe"}, {"avatar": "x"}],
            "tags": ["Tea"],
        },
        {"id": "https://example.org/b", "author": {"name": "Ada"}},
        {"id": "3"},
        {"id": 4},
        {},
        "no item",
        next_url="https://example.org/feed.json?page=2",
    )
    step = read(body)
    assert step.links == (
        Link(
            "https://example.org/a",
            "feed",
            "post",
            "2020-02-03",
            Hints(
                "A & B",
                (Person("Zoë", "https://example.org/zoe"),),
                "2020-01-02T03:04:05+01:00",
                "2020-02-03",
                tags=("Tea",),
                source="feed",
            ),
        ),
        Link("https://example.org/b", "feed", "post", None, Hints(authors=(Person("Ada"),), source="feed")),
    )
    assert (step.dropped, step.further and step.further.url) == (
        {"no_address": 3},
        "https://example.org/feed.json?page=2",
    )


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://example.org/a"),
        ("<link>a</link>", "https://example.org/feed/a"),
        ("<link> https://example.org/a?x=1&amp;y=2\n</link>", "https://example.org/a?x=1&y=2"),
        ("<link>https://example.org/a?x=1&y=2</link>", "https://example.org/a?x=1&y=2"),
        ("<guid>https://example.org/a</guid>", "https://example.org/a"),
        (
            "<link>https://feeds.example/1</link><feedburner:origLink>https://example.org/a</feedburner:origLink>",
            "https://example.org/a",
        ),
        (
            "<link>https://elsewhere.example/news</link><guid>https://example.org/a</guid>",
            "https://example.org/a",
        ),
        (
            "<link>https://example.org/a</link><guid isPermaLink='false'>https://old.example/?p=1</guid>",
            "https://example.org/a",
        ),
        ("<link>https://elsewhere.example/a</link>", "https://elsewhere.example/a"),
    ],
)
def test_address_of_an_item(item, url):
    """An item's address is its link, a permanent id, or what a feed service keeps: the one of the blog's own site."""
    body = rss(f"<item>{item}</item>", "<link>https://example.org</link>")
    assert [link.url for link in read(body).links] == [url]


def test_base_of_an_entry():
    """Addresses in Atom count from the base that is nearest."""
    body = atom(
        '<entry><link href="a"/></entry><entry xml:base="x/"><link href="b"/></entry>'
        '<entry><link xml:base="/y/" href="c"/></entry>'
    ).replace(b"<feed", b'<feed xml:base="https://example.org/blog/"')
    assert [link.url[19:] for link in read(body).links] == ["/blog/a", "/blog/x/b", "/y/c"]


@pytest.mark.parametrize("item", ["<title>x</title>", "<link>mailto:a@b</link>", '<guid isPermaLink="false">7</guid>'])
def test_item_without_an_address(item):
    """An item that leads nowhere is no link, and counted."""
    step = read(rss(f"<item>{item}</item>"))
    assert (step.links, step.dropped) == ((), {"no_address": 1})


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("zoe@example.org", None),
        ("zoe@example.org (Zoë)", "Zoë"),
        (" Zoë\n Zett ", "Zoë Zett"),
        ("", None),
    ],
)
def test_addresses_are_no_authors(author, name):
    """A mail address in place of a name is not taken for one; beside a name, it is left out."""
    (link,) = read(rss(f"<item><link>/a</link><author>{author}</author></item>")).links
    assert [person.name for person in link.hints.authors] == ([name] if name else [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Thu, 02 Jan 2020 03:04:05 +0200", "2020-01-02T01:04:05Z"),
        ("Thu, 02 Jan 2020 03:04:05 EST", "2020-01-02T08:04:05Z"),
        ("02 Jan 2020 03:04 GMT", "2020-01-02T03:04:00Z"),
        ("2020-01-02T03:04:05.123+02:00", "2020-01-02T01:04:05Z"),
        ("2020-01-02 03:04:05", "2020-01-02T03:04:05Z"),
        ("2020-01-02", "2020-01-02T00:00:00Z"),
        ("yesterday", None),
        ("0000-00-00", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("Thu, 99 Jan 2020 03:04:05", None),
        ("Thu, 02 Jan 2020 03:04:05 +" + "9" * 70, None),
        ("", None),
        ("1 " * 5000, None),
    ],
)
def test_dates(written, expected):
    """Dates of both formats come in UTC; a date that is none is no mark."""
    assert moment(written) == expected
    (link,) = read(rss(f"<item><link>/a</link><pubDate>{written}</pubDate></item>")).links
    assert (link.changed, link.hints.published) == (expected, expected)


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        (rss("<item><link>/a</link><guid>x</guid><content:encoded>&lt;p></content:encoded></item>"), "x"),
        (rss("<item><link> a </link><content:encoded><![CDATA[<p>]]></content:encoded></item>"), "a"),
        (rss("<item><link>/a</link><guid>x</guid><description>short</description></item>"), None),
        (rss("<item><link>/a</link><guid>x</guid><content:encoded> </content:encoded></item>"), None),
        (atom('<entry><id>x</id><link href="/a"/><content type="html">&lt;p></content></entry>'), "x"),
        (atom('<entry><id>x</id><link href="/a"/><content type="xhtml"><div/></content></entry>'), "x"),
        (atom('<entry><id>x</id><link href="/a"/><content src="/a.html"/></entry>'), None),
        (atom('<entry><id>x</id><link href="/a"/><summary>short</summary></entry>'), None),
        (json_feed({"id": "x", "url": "/a", "content_html": "<p>"}), "x"),
        (json_feed({"id": 7, "url": "/a", "content_html": "<p>"}), "7"),
        (json_feed({"id": "x", "url": "/a", "summary": "short"}), None),
    ],
)
def test_whole_texts(body, entry):
    """Where the feed holds the whole text, it is told by which id: the entry's own, or its link as written."""
    assert read(body).links[0].entry == entry


@pytest.mark.parametrize(
    ("item", "channel", "key"),
    [
        ('<guid isPermaLink="false">https://example.org/?p=123</guid>', "", "123"),
        ('<guid isPermaLink="false">http://www.example.org/?post_type=a&amp;p=123</guid>', "", "123"),
        ('<guid isPermaLink="false">https://old.example/?p=123</guid>', "", None),
        ('<guid isPermaLink="false">https://example.org/?p=123&amp;x=1</guid>', "", None),
        ('<guid isPermaLink="false">https://example.org/?p=abc</guid>', "", None),
        ('<guid isPermaLink="false">https://example.org/?p=0</guid>', "", None),
        ("<guid>https://example.org/a</guid>", "", None),
        ('<post-id xmlns="com-wordpress:feed-additions:1">123</post-id>', "", "123"),
        ('<post-id xmlns="com-wordpress:feed-additions:1">-1</post-id>', "", None),
        ("<guid>tag:blogger.com,1999:blog-9.post-123</guid>", "", "123"),
        ('<guid isPermaLink="false">0123456789abcdef01234567</guid>', GHOST, "0123456789abcdef01234567"),
        ('<guid isPermaLink="false">0123456789abcdef01234567</guid>', "", None),
    ],
)
def test_number_of_a_post(item, channel, key):
    """The platform's own number of a post is taken from where it is clear, and from nowhere else."""
    assert read(rss(f"<item><link>https://example.org/a</link>{item}</item>", channel)).links[0].key == key


# --- documents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("clothes", [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b" "])
@pytest.mark.parametrize("body", [rss("<item><link>/a</link></item>"), json_feed({"url": "/a"})])
def test_before_the_feed(clothes, body):
    """Blank lines and a byte order mark before a feed do not matter."""
    assert [link.url for link in read(clothes + body).links] == ["https://example.org/a"]


def test_warnings_before_the_feed():
    """What a server complains of before the document is passed over."""
    body = b"<br />\n<b>Warning</b>: something on line 1<br />\n" + rss("<item><link>/a</link></item>")
    assert [link.url for link in read(body).links] == ["https://example.org/a"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_charsets(charset):
    """A feed is read in the charset that it declares."""
    body = rss("<item><link>/a</link><title>Zoë</title></item>").decode().replace("UTF-8", charset)
    assert read(body.encode(charset)).links[0].hints.title == "Zoë"


def test_broken_markup():
    """A feed that is not well-formed gives what can be read."""
    body = rss("<item><link>/a</link><title>Tom & Jerry &nbsp; <b></title></item><item><link>/b</link></item>")[:-8]
    assert {link.url[19:] for link in read(body).links} == {"/a", "/b"}


def test_entities_of_html():
    """Names of characters that only HTML has, and ampersands that begin none, are understood as people mean them."""
    (link,) = read(rss("<item><link>/a?x=1&y=2</link><author>Zo&euml; & Ada</author></item>")).links
    assert (link.url, link.hints.authors) == ("https://example.org/a?x=1&y=2", (Person("Zoë & Ada"),))


@pytest.mark.parametrize("cut", range(1, 60))
def test_cut_off(cut):
    """Wherever a feed is cut off, no address in it is half of one."""
    body = rss("<item><link>https://example.org/a</link></item><item><link>https://example.org/b</link></item>")
    links = [link.url[19:] for link in read(body[:-cut]).links]
    assert links in (["/a"], ["/a", "/b"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"<!DOCTYPE html><html><head><title>x</title></head><body><p>Not found</p></body></html>",
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        b"plain text",
        b"/etc/passwd",
        b'{"error": 404}',
        b'{"version": 7, "items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": 7}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b'{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n",
    ],
)
@pytest.mark.parametrize("reader", [read, heard])
def test_no_feed(body, reader):
    """What is no feed is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/feed/: "):
        reader(body)


def test_wrong_fields():
    """A field of the wrong type says nothing; the others are read."""
    body = json_feed({"url": "/a", "authors": 7, "tags": {"x": 1}, "title": [], "date_published": 1e999, "id": None})
    assert read(body).links == (Link("https://example.org/a", "feed", "post", None, Hints(source="feed")),)


def test_a_body_is_no_file_name(tmp_path):
    """A body is read as the feed that it is, never as the name of a file with one."""
    (tmp_path / "feed.xml").write_bytes(rss("<item><link>/secret</link></item>"))
    with pytest.raises(BadSurface):
        read(str(tmp_path / "feed.xml").encode())


def test_empty_feed():
    """A feed without entries is a feed, and the last page."""
    for body in (rss("", WORDPRESS), atom("", BLOGGER), json_feed(next_url="/feed.json?page=2")):
        assert (read(body).links, read(body).further) == ((), None)


N = 60_000


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><author>" + "a" * N * 5),
        rss(f"<item><link>/a</link><author>{'a' * N * 5}</author></item>"),
        rss(f"<item><link>/a</link><author>{'a.-@' * N}</author></item>"),
        rss(f"<item><link>/a</link><title>{'<' * N * 5}</title></item>"),
        rss(f"<item><link>/a</link><title>{'&' * N * 5}</title></item>"),
        rss("<![CDATA[" * N),
        rss("<![CDATA[" + "]" * N * 5),
        rss("<item>" * N),
        rss("<item><a>" * N),
        rss(f"<item><link>/a</link>{'<category>x</category>' * N}</item>"),
        rss(f"<item><link>/a</link><pubDate>{'1 ' * N}</pubDate></item>"),
        atom(f"<entry>{'<link href=a />' * N}</entry>"),
        atom(f"<entry>{'<link href=%22a%22 />'.replace('%22', chr(34)) * N}</entry>"),
        b"<!DOCTYPE feed [" + b"<!ENTITY a 'b'>" * N + b"]>" + atom(""),
        b"<!DOCTYPE rss [<!ENTITY e0 'lol'>"
        + b"".join(b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]>"
        + rss("<item><link>/&e11;</link><atom:link href='&e11;'/></item>"),
        json_feed(*[{"url": "/a", "authors": [{}] * 100}] * 300),
    ],
    ids=range(16),
)
@pytest.mark.usefixtures("must_end")
def test_hostile(body):
    """No feed hangs the reader, and no entity expands."""
    try:
        step = read(body)
    except BadSurface:
        step = Step()
    assert all("lol" not in link.url and len(link.hints.tags) <= 100 for link in step.links)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda t: rss(f"<item>{t}</item>"))))
def test_any_bytes(body):
    """Whatever the bytes are, there are links or a BadSurface."""
    for reader in (read, heard):
        try:
            step = reader(body)
        except BadSurface:
            continue
        assert all(link.surface in ("feed", "comments") for link in step.links)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "url", "title", "date_published", "authors", "author", "tags", "content_html"]), JSON
        )
    ),
    JSON,
)
def test_any_json(items, value):
    """Whatever a JSON Feed holds, what its links say can be written as UTF-8."""
    try:
        step = read(json_feed(*({"url": "/a", **item} for item in items), next_url=value))
    except BadSurface:
        return
    for link in step.links:
        said = [link.url, link.hints.title, link.changed, link.entry, *link.hints.tags]
        said += [text for person in link.hints.authors for text in (person.name, person.url)]
        assert all(text is None or text.encode() for text in said)


# --- further pages ----------------------------------------------------------------------------------

ITEM = "<item><link>/a</link></item>"
ENTRY = '<entry><link href="/a"/></entry>'


@pytest.mark.parametrize(
    ("body", "following"),
    [
        (atom(ENTRY, '<link rel="next" href="/feed/?page=2"/>'), "https://example.org/feed/?page=2"),
        (atom(ENTRY, '<link rel="prev-archive" href="2"/>'), "https://example.org/feed/2"),
        (atom(ENTRY, '<link rel="prev-archive" href="2"/><link rel="next" href="3"/>'), "https://example.org/feed/3"),
        (atom(ENTRY, '<link rel="self" href="/feed/"/>'), None),
        (atom(ENTRY, '<link rel="next" href="https://elsewhere.example/2"/>'), None),
        (atom("", '<link rel="next" href="/feed/?page=2"/>'), None),
        (rss(ITEM, '<atom:link rel="next" href="https://example.org/feed/2"/>'), "https://example.org/feed/2"),
        (rss(ITEM), None),
        (json_feed({"url": "/a"}, next_url="/feed/2"), "https://example.org/feed/2"),
        (json_feed({"url": "/a"}, next_url=7), None),
        (rss(ITEM, WORDPRESS), "https://example.org/feed/?paged=2"),
        (rss(ITEM, "<generator>http://wordpress.com/</generator>"), "https://example.org/feed/?paged=2"),
        (rss(ITEM, WORDPRESS + "<link>https://elsewhere.example</link>"), None),
        (rss(ITEM, "<generator>Hugo -- gohugo.io</generator>"), None),
    ],
)
def test_next_page(body, following):
    """The next page is where the feed says, on its own site; on WordPress, pages are counted."""
    further = read(body, others=("https://example.org/rss",)).further
    assert (further and further.url) == following
    assert further is None or (further.reader, further.surface, further.others) == ("feed", "feed", ())


@pytest.mark.parametrize(
    ("url", "told", "following"),
    [
        ("https://example.org/feed/", {}, "https://example.org/feed/?paged=2"),
        ("https://example.org/feed/?paged=2", {}, "https://example.org/feed/?paged=3"),
        ("https://example.org/feed/?paged=9&cat=7", {}, "https://example.org/feed/?paged=10&cat=7"),
        ("https://example.org/?feed=rss2", {}, "https://example.org/?feed=rss2&paged=2"),
        ("https://example.org/feed/?paged=x", {}, "https://example.org/feed/?paged=2"),
        ("https://example.org/feed/?paged=" + "9" * 5000, {}, "https://example.org/feed/?paged=2"),
        ("https://example.org/feed/", {"page": 4}, "https://example.org/feed/?paged=5"),
        ("https://example.org/feed/", {"page": "x"}, "https://example.org/feed/?paged=2"),
    ],
)
def test_paged(url, told, following):
    """The pages of a WordPress feed are counted from 1, even where a redirect loses the number; other fields stay."""
    further = read(rss(ITEM), url, told={"paged": True, **told}, changes=True).further
    assert further is not None
    assert (further.url, further.changes) == (following, True)
    assert json.loads(json.dumps(further.told)) == further.told


@pytest.mark.parametrize(
    ("url", "feed", "following"),
    [
        ("/feeds/posts/default", "", "/feeds/posts/default?start-index=3"),
        ("/feeds/posts/default?start-index=3&max-results=50", "", "?start-index=5&max-results=50"),
        (
            "/feeds/posts/default",
            "<openSearch:startIndex>26</openSearch:startIndex>",
            "/feeds/posts/default?start-index=28",
        ),
        (
            "/feeds/posts/default",
            '<link rel="next" href="https://www.blogger.com/feeds/1/posts/default?start-index=26"/>',
            "/feeds/posts/default?start-index=3",
        ),
        ("/blog", "", None),
    ],
)
def test_blogger(url, feed, following):
    """Blogger's next page begins behind what was received, at the address that was asked, whatever the feed says."""
    further = read(atom(ENTRY * 2, BLOGGER + feed), f"https://example.org{url}").further
    if following is None:
        assert further is None
    else:
        assert further is not None
        assert further.url.endswith(following)


def test_total():
    """The number of posts that a feed advertises is told."""
    total = "<openSearch:totalResults>70</openSearch:totalResults>"
    assert (read(atom(ENTRY, total)).total, read(rss(ITEM, total)).total, read(rss(ITEM)).total) == (70, 70, None)
    assert read(rss(ITEM, "<openSearch:totalResults>-1</openSearch:totalResults>")).total is None


# --- comments ---------------------------------------------------------------------------------------


def test_feed_of_comments():
    """A feed of comments tells their keys, and for each post the date of its latest."""
    body = rss(
        "<item><link>https://example.org/a/#comment-3</link><pubDate>Thu, 02 Jan 2020 03:04:05 +0000</pubDate>"
        '<guid isPermaLink="false">https://example.org/?p=7#comment-3</guid></item>'
        "<item><link>https://example.org/a/comment-page-2/#comment-2</link><pubDate>2020-01-03</pubDate></item>"
        "<item><link>https://example.org/b/?cpage=2#li-comment-1</link></item>"
        "<item><link>https://example.org/c/</link><guid isPermaLink='false'>https://example.org/?p=9#comment-5</guid></item>"
        "<item><link>https://example.org/d/</link></item>",
        WORDPRESS,
    )
    step = heard(body)
    assert step.comments == ("comment-3", "comment-2", "comment-1", "comment-5")
    assert step.links == (
        Link("https://example.org/a/", "comments", changed="2020-01-03T00:00:00Z", key="7"),
        Link("https://example.org/b/", "comments"),
        Link("https://example.org/c/", "comments", key="9"),
    )
    assert (step.dropped, step.further, step.total) == ({"no_key": 1}, None, None)


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('<link href="/2020/01/a.html?showComment=158#c123456789"/>', "c123456789"),
        (
            "<id>tag:blogger.com,1999:blog-1.post-123456789</id><link rel='self' href='/x'/>"
            "<thr:in-reply-to href='https://example.org/2020/01/a.html' ref='tag:1'/>",
            "c123456789",
        ),
        ('<link href="/2020/01/a.html#comment-6a00d8341c"/>', "comment-6a00d8341c"),
    ],
)
def test_atom_of_comments(entry, key):
    """Comments of Blogger and others have the names that their pages give them."""
    step = heard(atom(f"<entry>{entry}</entry>"))
    assert (step.comments, [link.url for link in step.links]) == ((key,), ["https://example.org/2020/01/a.html"])


def test_further_comments():
    """The next page of a feed of comments is asked for only if the feed names it."""
    body = atom('<entry><link href="/a#comment-1"/></entry>', '<link rel="next" href="?page=2"/>')
    further = heard(body).further
    assert further is not None
    assert (further.url, further.reader) == ("https://example.org/feed/?page=2", "feed.comments")


def test_posts_are_no_comments():
    """A feed of posts is no feed of comments, an empty one is."""
    with pytest.raises(BadSurface, match="no feed of comments"):
        heard(rss(ITEM))
    assert heard(rss("")) == Step()


def test_comments_are_no_posts():
    """Comments in a feed of posts are counted; a feed that holds nothing else is none of posts."""
    comment = "<item><link>https://example.org/a/#comment-3</link></item>"
    step = read(rss(ITEM + comment))
    assert ([link.url for link in step.links], step.dropped) == (["https://example.org/a"], {"comment": 1})
    with pytest.raises(BadSurface, match="feed of comments"):
        read(rss(comment))
