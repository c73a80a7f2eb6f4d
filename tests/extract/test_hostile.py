"""Whatever the bytes are, there is an article, and the same one each time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.extract.article import extract
from archiver.models import Page

WORD = "words that are there to be read again "
HOSTILE = {
    "deep": b"<html><body>" + b"<div>" * 100_000 + b"hello",
    "unclosed": b"<html><body><article>" + b"<b><i>" * 20_000 + b"hello",
    "quotes": b"<blockquote>" * 20_000 + b"x",
    "lists": b"<ul><li>" * 20_000 + b"x",
    "nul": b"<html>\0<body><p>a\0b\0</p>" + b"\0" * 50,
    "controls": b"<p>a&#1;b&#0;c&#xD800;d\x01e\x0c</p><figure><img src=x>\x02</figure>\x03",
    "half a mark": b"\xff\xfe\xff<p>hello",
    "json": b'<script type="application/ld+json">' + b"[" * 50_000 + b"</script><p>x",
    "odd json": b'<script type="application/ld+json">{"@type":["BlogPosting"],"author":[1,null,{"name":5}],'
    b'"headline":{"a":1},'
    b'"datePublished":7,"itemReviewed":[1],"keywords":[null]}</script><p>x',
    "addresses": b'<a href="http://[::1">y</a><img src="http://[x"><base href="http://["><link'
    b' rel=canonical href="//[">',
    "dates": b'<time datetime="99999-99-99T99:99:99+99:99"></time><meta'
    b' property="article:published_time" content="0000-00-00">',
    "frames": b"<frameset><frame src=x></frameset>",
    "spaces": b"<p>x" + b" " * 500_000 + b"y</p>",
    "comments": b"".join(
        b"<li class=comment id=comment-%d><cite class=fn>x</cite><p>hello</p>" % n for n in range(300)
    ),
    "table": b"<table><tr><td>a<td>b<table><tr><td>c</table></p></td></div><td>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name):
    """Markup made to break a reader gives an article without an error."""
    page = Page("https://blog.example/x", HOSTILE[name])
    assert extract(page) == extract(page)


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x89PNG\r\n\x1a\n" + bytes(64), b"%PDF-1.7 no markup"])
def test_nothing_to_read(body):
    """An empty or binary body is an unknown page without text."""
    made = extract(Page("https://blog.example/x", body))
    assert (made.kind, made.text, made.flags) == ("unknown", "", ("no_text",))


def test_image_by_its_type():
    """A body that calls itself an image is not read, whatever it holds."""
    assert extract(Page("https://blog.example/x", b"<p>hello</p>", (("content-type", "image/svg+xml"),))).text == ""


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("<p>café \u2013 München</p>".encode(), "text/html; charset=iso-8859-1"),
        ("<p>café \u2013 München</p>".encode("cp1252"), "text/html; charset=iso-8859-1"),
        ('<meta charset="windows-1252"><p>café \u2013 München</p>'.encode("cp1252"), "text/html"),
        ("<p>café \u2013 München</p>".encode("utf-16"), "text/html"),
        ('<?xml version="1.0" encoding="utf-16"?><p>café \u2013 München</p>'.encode(), "text/html"),
    ],
    ids=["utf-8 called latin", "header", "meta", "mark", "utf-8 called utf-16"],
)
def test_charsets(body, header):
    """The charset is found by valid UTF-8, the mark, the header or the page."""
    assert extract(Page("https://blog.example/x", body, (("content-type", header),))).text == "café \u2013 München"


def test_more_than_ten_megabytes():
    """Of a page beyond ten megabytes the beginning is read, and the article says so."""
    page = Page("https://blog.example/x", b"<p>hello there, dump</p><!--" + b"x" * 10_000_001)
    made = extract(page)
    assert "oversize" in made.flags
    assert made.text == "hello there, dump"


def test_very_many_elements():
    """Of a page of very many elements whose markup names no body the beginning is kept, and the article says so."""
    made = extract(Page("https://blog.example/x", b"<div>" + b"<p>one more line of it</p>" * 30_100))
    assert "oversize" in made.flags
    assert made.text.count("one more") > 20_000


TAGS = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "em",
        "strong",
        "a",
        "blockquote",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "pre",
        "code",
        "br",
        "img",
        "hr",
        "h1",
        "h2",
        "figure",
        "figcaption",
        "article",
        "section",
        "dl",
        "dt",
        "dd",
        "q",
        "title",
        "meta",
        "script",
        "style",
        "details",
        "summary",
        "time",
        "cite",
        "form",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        ' class="comment" id="comment-5"',
        ' class="entry-content"',
        ' class="wp-caption"',
        ' class="wp-caption-text"',
        ' href="/a"',
        ' src="/b.png"',
        ' itemprop="author"',
        ' class="fn"',
        ' datetime="2019-03-04"',
        ' class="tr-caption-container"',
        ' type="application/ld+json"',
    ]
)
PIECES = st.one_of(
    st.tuples(TAGS, ATTRIBUTES).map(lambda pair: f"<{pair[0]}{pair[1]}>"),
    TAGS.map(lambda name: f"</{name}>"),
    st.text(max_size=20),
    st.just(WORD * 5),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60).map("".join))
def test_soup(markup):
    """Soup of tags never raises and is read the same way twice."""
    page = Page("https://blog.example/x", markup.encode("utf-8", "surrogatepass"))
    assert extract(page) == extract(page)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_bytes(body):
    """Arbitrary bytes never raise and are read the same way twice."""
    assert extract(Page("https://blog.example/x", body)) == extract(Page("https://blog.example/x", body))
