"""The text of last resort: posts as feeds and APIs tell them."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import BadSurface
from archiver.extract.entries import extract_entry, fill
from archiver.extract.jobs import Job, decode, encode
from archiver.extract.worker import work
from archiver.models import Article, Hints, PageComment, Person, Usage

URL = "https://blog.example/2019/03/a-post.html"
BODY = (
    '<p>The ferry left at <em>six</em>, with <a href="/brothers">two brothers</a> and a dog on it.</p>'
    '<figure><img src="/i/ferry.png"><figcaption>The ferry</figcaption></figure><ul><li>Bread</li><li>Salt</li></ul>'
)
TEXT = "The ferry left at six, with two brothers and a dog on it.\n\nBread\nSalt"
OTHER = "<p>Another post altogether.</p>"
TIME = '<time datetime="1999-01-01">long ago</time>'


def blogger(body: str = BODY) -> bytes:
    """Return Blogger's JSON with two posts."""
    rows = [
        {"id": {"$t": "tag:blogger.com,1999:blog-3.post-7"}, "content": {"type": "html", "$t": OTHER}},
        {
            "id": {"$t": "tag:blogger.com,1999:blog-3.post-12"},
            "published": {"$t": "2019-03-04T10:00:00.001+01:00"},
            "updated": {"$t": "2019-03-05T10:00:00.000+01:00"},
            "category": [{"scheme": "x", "term": "Ferries"}],
            "title": {"type": "text", "$t": "A post"},
            "content": {"type": "html", "$t": body},
            "link": [{"rel": "replies", "href": "x"}, {"rel": "alternate", "href": URL}],
            "author": [{"name": {"$t": "Mona"}, "uri": {"$t": "https://b.example/mona"}}],
            "thr$total": {"$t": "3"},
        },
    ]
    return json.dumps({"version": "1.0", "feed": {"entry": rows}}).encode()


def rss(body: str = BODY) -> bytes:
    """Return RSS as WordPress writes it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>B</title>
<generator>https://wordpress.org/?v=6.1</generator>
<item><title>Other</title><link>https://blog.example/other</link><guid isPermaLink="false">https://blog.example/?p=7</guid>
<content:encoded><![CDATA[{OTHER}]]></content:encoded></item>
<item><title>A post</title><link>{URL}</link><dc:creator>Mona</dc:creator>
<pubDate>Mon, 04 Mar 2019 09:00:00 +0000</pubDate>
<category>Ferries</category><guid isPermaLink="false">https://blog.example/?p=12</guid><description>Short.</description>
<content:encoded><![CDATA[{body}]]></content:encoded><slash:comments>3</slash:comments></item></channel></rss>""".encode()


def atom(body: str = BODY) -> bytes:
    """Return Atom as static generators write it."""
    return f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>B</title>
<entry><id>urn:7</id><title>Other</title><link href="https://blog.example/7"/><content type="html">x</content></entry>
<entry><id>urn:12</id><title type="html">A post</title><link href="{URL}"/><author><name>Mona</name></author>
<published>2019-03-04T10:00:00+01:00</published><updated>2019-03-05T10:00:00+01:00</updated><category term="Ferries"/>
<summary>Short.</summary><content type="html">{escape(body)}</content></entry></feed>""".encode()


def rows(*found: dict) -> bytes:
    return json.dumps(found).encode()


ANSWERS = {
    "blogger": (blogger(), "12", "blogger"),
    "blogger by id": (blogger(), "tag:blogger.com,1999:blog-3.post-12", "blogger"),
    "rss": (rss(), "https://blog.example/?p=12", "wordpress"),
    "rss by number": (rss(), "12", "wordpress"),
    "rss by address": (rss(), "http://www.blog.example/2019/03/a-post.html", "wordpress"),
    "atom": (atom(), "urn:12", None),
    "json feed": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [
                    {"id": "7", "content_html": OTHER},
                    {
                        "id": 12,
                        "url": URL,
                        "title": "A post",
                        "content_html": BODY,
                        "date_published": "2019-03-04T10:00:00+01:00",
                        "authors": [{"name": "Mona"}],
                        "tags": ["Ferries"],
                    },
                ],
            }
        ).encode(),
        "12",
        None,
    ),
    "substack": (
        json.dumps(
            {
                "id": 12,
                "slug": "a-post",
                "title": "A post",
                "canonical_url": URL,
                "body_html": f'{BODY}<div class="subscription-widget-wrap"><p>Subscribe now</p></div>',
                "post_date": "2019-03-04T10:00:00.000+01:00",
                "publishedBylines": [{"name": "Mona"}],
                "postTags": [{"name": "Ferries"}],
            }
        ).encode(),
        "a-post",
        "substack",
    ),
    "ghost": (
        json.dumps(
            {
                "posts": [
                    {
                        "id": "5f1",
                        "uuid": "u",
                        "slug": "a-post",
                        "title": "A post",
                        "url": URL,
                        "html": f'{BODY}<div class="kg-signup-card"><p>Sign up</p></div>',
                        "published_at": "2019-03-04T10:00:00.000+01:00",
                        "authors": [{"name": "Mona"}],
                        "tags": [{"name": "Ferries"}, {"name": "#x", "visibility": "internal"}],
                    }
                ],
                "meta": {},
            }
        ).encode(),
        "5f1",
        "ghost",
    ),
    "wordpress": (
        rows(
            {"id": 7, "content": {"rendered": OTHER}},
            {
                "id": 12,
                "link": URL,
                "guid": {"rendered": "https://blog.example/?p=12"},
                "title": {"rendered": "A&nbsp;post"},
                "content": {"rendered": f'{BODY}<div class="sharedaddy"><p>Share this</p></div>', "protected": False},
                "date_gmt": "2019-03-04T09:00:00",
            },
        ),
        "12",
        "wordpress",
    ),
    "wordpress.com": (
        json.dumps(
            {
                "found": 1,
                "posts": [
                    {
                        "ID": 12,
                        "URL": URL,
                        "title": "A post",
                        "content": BODY,
                        "date": "2019-03-04T10:00:00+01:00",
                        "author": {"name": "Mona"},
                        "tags": {"Ferries": {"ID": 1}},
                        "discussion": {"comment_count": 3},
                    }
                ],
            }
        ).encode(),
        "12",
        "wordpress.com",
    ),
    "tumblr": (
        b"var tumblr_api_read = "
        + json.dumps(
            {
                "tumblelog": {},
                "posts": [
                    {
                        "id": 12,
                        "url": URL,
                        "regular-title": "A post",
                        "regular-body": BODY,
                        "date-gmt": "2019-03-04 09:00:00 GMT",
                        "tags": ["Ferries"],
                    }
                ],
            }
        ).encode()
        + b";\n",
        "12",
        None,
    ),
    "tumblr xml": (
        f'<tumblr version="1.0"><posts><post id="12" url="{URL}" date-gmt="2019-03-04 09:00:00 GMT">'
        f"<regular-title>A post</regular-title><regular-body>{escape(BODY)}</regular-body><tag>Ferries</tag></post>"
        "</posts></tumblr>".encode(),
        "12",
        None,
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(name):
    """Each kind of answer gives the post of an id as its page would: words, images, links, and who wrote it when."""
    body, wanted, platform = ANSWERS[name]
    made = extract_entry(body, None, wanted, URL, Hints())
    assert made.text == TEXT
    assert "two [brothers]" in made.markdown or "[two brothers](https://blog.example/brothers)" in made.markdown
    assert [(i.url, i.caption) for i in made.images] == [("https://blog.example/i/ferry.png", "The ferry")]
    assert made.title == "A post"
    assert (made.date_published or "")[:10] == "2019-03-04"
    assert (made.canonical_url, made.platform, made.kind) == (URL, platform, "post")
    assert "text_from_feed" in made.flags
    if name != "wordpress":
        assert "Ferries" in (*made.tags, *made.categories)
    if name not in ("wordpress", "tumblr", "tumblr xml"):
        assert [p.name for p in made.authors] == ["Mona"]


def test_what_discovery_knows_comes_first():
    """Hints are believed before what the entry says, and fill what it leaves out."""
    hints = Hints("The post", (Person("M. Holm"),), "2019-03-04T11:00:00+02:00", tags=("Boats",), source="api")
    made = extract_entry(rss(), "application/rss+xml", "12", URL, hints)
    assert (made.title, made.authors, made.tags) == ("The post", (Person("M. Holm"),), ("Boats",))
    assert (made.date_published, made.date_source) == ("2019-03-04T11:00:00+02:00", "api")
    own = extract_entry(rss(), "application/rss+xml", "12", URL, Hints())
    assert (own.date_published, own.date_source, own.comments_expected) == ("2019-03-04T09:00:00+00:00", "feed", 3)


def test_moments_within_a_post():
    """What a post quotes of other times and people is not taken for its own date and author."""
    body = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_html": f"{TIME}{BODY}By Ann Lee"}]}
    ).encode()
    made = extract_entry(body, None, "1", URL, Hints())
    assert (made.date_published, made.date_source, made.authors) == (None, None, ())


def test_markup_that_ends_the_page():
    """An entry that closes elements it has not opened is read to its end."""
    made = extract_entry(blogger(f"</div></body></html>{BODY}</article><p>The end of it."), None, "12", URL, Hints())
    assert made.text == f"{TEXT}\n\nThe end of it."


def test_a_listing_of_words_is_the_post():
    """All of an entry is the post: lists of links and short lines, which a page would leave out, are there."""
    body = '<ul><li><a href="/1">One</a></li><li><a href="/2">Two</a></li></ul><p>Bye.</p>'
    assert extract_entry(blogger(body), None, "12", URL, Hints()).text == "One\nTwo\n\nBye."


def test_plain_text():
    """An entry that is plain text keeps its signs."""
    items = [{"id": "1", "content_text": "1 < 2 & 3\n\nYes."}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode()
    assert extract_entry(body, None, "1", URL, Hints()).text == "1 < 2 & 3\n\nYes."


def test_protected_posts():
    """A post whose text an answer keeps back is none; a form for a password is the wall that it is on the page."""
    row = {"id": 12, "link": URL, "content": {"rendered": "", "protected": True}}
    with pytest.raises(BadSurface, match="keeps the text"):
        extract_entry(rows(row), None, "12", URL, Hints())
    made = extract_entry(rss('<form class="post-password-form"><p>Protected.</p></form>'), None, "12", URL, Hints())
    assert made.flags[0] == "password"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>hello</body></html>",
        b"{",
        b"[" * 100_000,
        b'{"code": "rest_no_route"}',
        b"[]",
        b"null",
        b"\xff\xfe",
        b'[{"id": 7, "content": {"rendered": "x"}}]',
        b"<tumblr><",
        b"var tumblr_api_read = {",
    ],
)
def test_not_there(body):
    """An answer that is broken, or does not hold the post, is said so with the post's address."""
    with pytest.raises(BadSurface, match=r"^https://blog\.example/2019/03/a-post\.html: "):
        extract_entry(body, "application/json", "12", URL, Hints())


def test_numbers_alone_are_not_mixed_up():
    """An entry is taken by its own number, not by one that another's address ends in."""
    body = rows(
        {"id": 3, "link": "https://blog.example/archives/12", "content": {"rendered": OTHER}},
        {"id": 12, "link": URL, "content": {"rendered": BODY}},
    )
    assert extract_entry(body, None, "12", URL, Hints()).text == TEXT


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$t", "rendered", "name", "href", "rel", "url", "term"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = """id link guid title content author category published thr$total items posts entry feed html body_html tags
authors publishedBylines postTags url slug URL ID discussion version found tumblelog regular-body photo-url date-gmt"""
FIELDS = st.sampled_from(NAMES.split())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(FIELDS, JUNK, max_size=8), st.sampled_from(["row", "rows", "posts", "items", "feed"]))
def test_fields_of_any_type(row, shape):
    """Whatever fields hold, there is an article or one error."""
    row = {"content": {"rendered": "x"}, "body_html": "y", **row, "id": "12"}
    whole = {
        "row": row,
        "rows": [row, None],
        "posts": {"posts": [row, 1]},
        "items": {"version": "https://jsonfeed.org/version/1", "items": [row]},
        "feed": {"feed": {"entry": [{**row, "id": {"$t": "12"}}]}},
    }[shape]
    try:
        made = extract_entry(json.dumps(whole).encode(), None, "12", URL, Hints())
    except BadSurface:
        return
    assert isinstance(made, Article)
    assert "text_from_feed" in made.flags


def test_a_page_filled_with_its_entry():
    """A page without words gets those of the entry and keeps what it says itself: comments, licence, use."""
    comment = PageComment("c1", None, "Ann", None, None, "Yes.", None)
    page = Article(
        "unknown",
        (),
        "blogger",
        "blogger/1",
        "The Blog",
        "",
        "",
        canonical_url=URL,
        license="https://l.example/",
        site_name="The Blog",
        comments=(comment,),
        usage=Usage(noarchive=True),
        flags=("needs_script", "no_text"),
    )
    made = fill(page, extract_entry(blogger(), None, "12", URL, Hints()))
    assert (made.text, made.title, made.kind) == (TEXT, "A post", "post")
    assert (made.comments, made.license, made.site_name) == ((comment,), "https://l.example/", "The Blog")
    assert made.usage.noarchive
    assert made.flags == ("needs_script", "short_text", "text_from_feed")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return the job for a page; its record holds a feed of Blogger's."""
    file = tmp_path / "x.warc.gz"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + blogger()
    fields = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://blog.example/feeds/posts/default?alt=json\r\n"
        "WARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2019-03-04T00:00:00Z\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    file.write_bytes(gzip.compress(fields.encode() + block + b"\r\n\r\n"))
    return Job(str(file), 0, 1_000_000, Hints())


def test_a_job_for_an_entry(job):
    """A worker makes the article of the entry that a job names, and says so when it is not in the record."""
    done = work(decode(encode(replace(job, entry="12", url=URL))))
    assert done.article is not None
    assert (done.article.text, done.article.canonical_url, done.error) == (TEXT, URL, None)
    missing = work(replace(job, entry="13", url="https://blog.example/13"))
    assert (missing.article, missing.unreadable) == (None, False)
    assert "13" in (missing.error or "")


def test_a_job_for_comments(job):
    """A worker gives what a reader of comments takes out of a record, and one line when that cannot be read."""
    done = work(replace(job, said="blogger.comments"))
    assert done.page is not None
    assert (done.article, done.error) == (None, None)
    assert isinstance(done.said, tuple)
    assert work(replace(job, said="nobody.comments")).error is not None


def test_a_job_for_a_page(job):
    """A job that names neither an entry nor a reader is for the record's own page: a feed has no text of its own."""
    done = work(job)
    assert done.article is not None
    assert (done.article.kind, done.article.text, done.said) == ("listing", "", ())
