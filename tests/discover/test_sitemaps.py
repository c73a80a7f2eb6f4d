"""Sitemaps: bytes in, links and further questions out."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.surfaces.sitemaps import MAX_BYTES, MAX_DEPTH, holds_no_posts, kind_of, read_sitemap
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Link, Step

HERE = "https://example.org/sitemap.xml"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
ENTRY = b"<url><loc>https://example.org/a</loc><lastmod>2020-01-02</lastmod></url>"
LINK = Link("https://example.org/a", "sitemap", "unknown", "2020-01-02")


def urlset(*entries: bytes) -> bytes:
    """Return a sitemap of entries."""
    return DECLARATION + b"<urlset " + SPACE + b">" + b"".join(entries) + b"</urlset>"


def index(*names: str) -> bytes:
    """Return an index of sitemaps."""
    nested = b"".join(b"<sitemap><loc>%s</loc></sitemap>" % name.encode() for name in names)
    return DECLARATION + b"<sitemapindex " + SPACE + b">" + nested + b"</sitemapindex>"


def read(body: bytes, url: str = HERE, asked: str | None = None, **ask: object) -> Step:
    """Read a sitemap found at `url`."""
    return read_sitemap(Ask(asked or url, "sitemap", "sitemap", **ask), Answer(url, body, {"content-type": "text/xml"}))


@pytest.mark.parametrize(
    "body",
    [
        urlset(ENTRY),
        gzip.compress(urlset(ENTRY)),
        gzip.compress(urlset(ENTRY)) + bytes(100),
        b"<urlset>" + ENTRY + b"</urlset>",
        b"\n\n  \n" + urlset(ENTRY),
        b"\xef\xbb\xbf" + urlset(ENTRY),
        b"\xef\xbb\xbf\n" + urlset(ENTRY),
        b"<b>Notice</b>: something on line 1\n" + urlset(ENTRY),
        urlset(ENTRY).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        DECLARATION + b'<?xml-stylesheet href="s.xsl"?><!-- a plugin -->' + urlset(ENTRY).removeprefix(DECLARATION),
        urlset(b"<url>\n<loc>\n https://example.org/a \n</loc>\n<lastmod> 2020-01-02 </lastmod></url>"),
        urlset(b"<url><loc><![CDATA[https://example.org/a]]></loc><lastmod>2020-01-02</lastmod></url>"),
        b'<s:urlset xmlns:s="http://www.google.com/schemas/sitemap/0.84">'
        + ENTRY.replace(b"<", b"<s:").replace(b"<s:/", b"</s:")
        + b"</s:urlset>",
        b"<urlset " + SPACE + b' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
        b'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" '
        b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        b"<image:image><image:loc>https://example.org/i.png</image:loc></image:image>"
        b"<video:video><video:player_loc>https://example.org/v</video:player_loc><video:url>/v</video:url></video:video>"
        b"<news:news><news:title>x</news:title><news:loc>/n</news:loc></news:news>"
        b"<loc>https://example.org/a</loc><lastmod>2020-01-02</lastmod></url></urlset>",
    ],
)
def test_urlset(body):
    """A sitemap's entries are links, in whatever clothes: gzip, byte order mark, blank lines, namespaces, comments."""
    assert read(body) == Step((LINK,))


def test_index():
    """An index leads to further sitemaps; those that hold no posts or lie elsewhere are passed over and counted."""
    body = index(
        "/post-sitemap.xml", "category-sitemap.xml", "wp-sitemap-users-1.xml", "https://example.net/x.xml", "", "/2.xml"
    ).replace(b"2.xml</loc>", b"2.xml</loc><lastmod>2020-01-02</lastmod>")
    step = read(body, changes=True)
    assert step.asks == (
        Ask(
            "https://example.org/post-sitemap.xml",
            "sitemap",
            "sitemap",
            told={"of": HERE, "depth": 1},
            changes=True,
        ),
        Ask(
            "https://example.org/2.xml",
            "sitemap",
            "sitemap",
            told={"of": HERE, "depth": 1, "lastmod": "2020-01-02"},
            changes=True,
        ),
    )
    assert (step.links, step.dropped) == ((), {"no_posts": 2, "outside": 1, "no_address": 1})
    assert json.loads(json.dumps(step.asks[1].told)) == step.asks[1].told


def test_indexes_in_indexes():
    """An index in an index is followed, but not for ever."""
    step = read(index("/a.xml"), told={"depth": 1})
    for depth in range(2, MAX_DEPTH + 1):
        assert step.asks[0].told["depth"] == depth
        step = read(index("/a.xml"), told=step.asks[0].told)
    assert (step.asks, step.dropped) == ((), {"too_deep": 1})


def test_parts_of_blogger():
    """The parts of Blogger's sitemap differ by their query."""
    parts = [f"https://example.org/sitemap.xml?page={n}" for n in (1, 2)]
    assert [ask.url for ask in read(index(*parts)).asks] == parts


def test_entries_that_lead_nowhere():
    """An empty or foreign address is no link, and is counted; an entry without an address is nothing."""
    odd = (b"<url><loc></loc></url>", b"<url><loc>mailto:a@b</loc></url>", b"<url><lastmod>2020</lastmod></url>")
    assert read(urlset(*odd, ENTRY)) == Step((LINK,), dropped={"no_address": 2})


def test_relative_and_unmarked():
    """Addresses are made absolute, and an entry without a date has no mark."""
    body = urlset(b"<url><loc>a?x=1&amp;y=2</loc></url>", b"<url><loc>a?x=1&y=2</loc></url>")
    link = Link("https://example.org/blog/a?x=1&y=2", "sitemap")
    assert read(body, "https://example.org/blog/sitemap.xml").links == (link, link)


@pytest.mark.parametrize("cut", range(1, 150))
def test_cut_off(cut):
    """Of a sitemap that was cut off, the whole addresses count, and no half of one."""
    body = urlset(ENTRY, ENTRY.replace(b"org/a", b"org/bcd"))[:-cut]
    if body.count(b"</loc>") == 0:
        with pytest.raises(BadSurface, match="breaks off"):
            read(body)
        return
    named = [link.url for link in read(body).links]
    assert named == ["https://example.org/a", "https://example.org/bcd"][: body.count(b"</loc>")]


def test_broken_in_the_middle():
    """What was read before and after a broken entry counts."""
    body = urlset(ENTRY, b"<url><loc>https://example.org/b</url>", b"\x00\xff<<>>", ENTRY.replace(b"org/a", b"org/c"))
    urls = [link.url for link in read(body).links]
    assert urls[0] == "https://example.org/a"
    assert "https://example.org/c" in urls


def test_at_most_50000_entries():
    """A sitemap has no more entries than the protocol allows; that there were more is told."""
    body = urlset(*(b"<url><loc>/%d</loc></url>" % n for n in range(50_005)))
    step = read(body)
    assert (len(step.links), step.dropped) == (50_000, {"too_many": 1})


def test_lines_of_text():
    """The protocol allows plain text, one address a line."""
    step = read(b"\xef\xbb\xbfhttps://example.org/a\r\n\r\nhttps://example.org/b\r\n")
    assert [link.url for link in step.links] == ["https://example.org/a", "https://example.org/b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"<!DOCTYPE html><html><body><p>Not found",
        b"<rss version='2.0'><channel/></rss>",
        b"https://example.org/a\nand some words\n",
        b'{"a": 1}',
        b"\x1f\x8b\x08broken and no gzip at all",
        gzip.compress(b"<html></html>"),
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_no_sitemap(body):
    """What is no sitemap is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/sitemap\.xml: "):
        read(body)


def test_gzip_bomb():
    """A sitemap that grows beyond what the protocol allows is refused."""
    with pytest.raises(BadSurface, match="exceeds"):
        read(gzip.compress(bytes(MAX_BYTES + 1), 1))


def test_entities_do_not_expand(tmp_path):
    """Neither nested entities nor those of files on this machine come into an address."""
    (tmp_path / "secret").write_text("secret")
    levels = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)]
    body = (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY e0 "lol">{"".join(levels)}'
        f'<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
        "<urlset><url><loc>https://example.org/a</loc></url><url><loc>https://example.org/&e11;</loc></url>"
        "<url><loc>https://example.org/&file;</loc></url></urlset>"
    )
    links = read(body.encode()).links
    assert links[0].url == "https://example.org/a"
    assert all(len(link.url) < 100 and "secret" not in link.url and "lol" not in link.url for link in links)


@pytest.mark.parametrize(
    "body",
    [
        urlset(b"<url>" * 100_000),
        urlset(b"<url><loc>" * 50_000),
        urlset(b"<x/>" * 200_000),
        urlset(b"<url><loc>/a</loc>" + b"<x/>" * 500_000 + b"</url>"),
        urlset(b"<url><loc>" + b"&" * 500_000 + b"</loc></url>"),
        urlset(b"<url><loc>" + b"<![CDATA[" * 100_000),
        urlset(b"<url x='" + b"a" * 1_000_000 + b"'/>"),
        index(*["a" * 10_000] * 100),
        b"https://example.org/" + b"a" * 1_000_000,
    ],
    ids=range(9),
)
@pytest.mark.usefixtures("must_end")
def test_hostile(body):
    """No sitemap hangs the reader, or is more than it seems."""
    try:
        step = read(body)
    except BadSurface:
        step = Step()
    assert all(len(link.url) < 10_000 for link in step.links)


@given(st.one_of(st.binary(), st.binary().map(lambda b: urlset(b"<url><loc>" + b + b"</loc></url>"))))
def test_any_bytes(body):
    """Whatever the bytes are, there are links or a BadSurface."""
    try:
        step = read(body)
    except BadSurface:
        return
    assert all(link.surface == "sitemap" for link in step.links)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "post",
            "wp-sitemap-posts-post-1.xml post-sitemap.xml post-sitemap2.xml post-sitemap12.xml sitemap-posts.xml "
            "sitemap-posts-2.xml sitemap-pt-post-2014-01.xml sitemap-pt-post-p1-2014-01.xml sitemap-post-type-post.xml "
            "sitemap-post.xml blog-posts-sitemap.xml post-sitemap.xml.gz sitemap/posts/2020/posts-2020-01-02.xml",
        ),
        (
            "page",
            "wp-sitemap-posts-page-1.xml page-sitemap.xml sitemap-pages.xml sitemap-pt-page-2014-01.xml "
            "sitemap-post-type-page.xml pages-sitemap.xml",
        ),
        (
            "none",
            "wp-sitemap-taxonomies-category-1.xml wp-sitemap-users-1.xml wp-sitemap-posts-attachment-1.xml "
            "category-sitemap.xml post_tag-sitemap2.xml tag-sitemap.xml author-sitemap.xml attachment-sitemap.xml "
            "post_format-sitemap.xml sitemap-tags.xml sitemap-authors.xml sitemap-tax-category.xml sitemap-misc.xml "
            "sitemap-taxonomy-post_tag.xml sitemap-user.xml sitemap-archives.xml image-sitemap-1.xml "
            "image-sitemap-index-1.xml video-sitemap-1.xml news-sitemap.xml date-archive-sitemap.xml locations.kml "
            "blog-categories-sitemap.xml sitemap/users/2020/users-2020-01-02.xml",
        ),
        (
            "unknown",
            "sitemap.xml sitemap-1.xml sitemap1.xml sitemap-index-1.xml sitemap_index.xml sitemap.xml?page=2 "
            "guest-post-sitemap.xml post-sitemap-of-mine.xml recipe-sitemap.xml tag.xml news.xml sitemap-2020.xml",
        ),
    ],
)
def test_names(kind, names):
    """File names of WordPress, its plugins, Ghost and others tell posts from pages and from the rest."""
    for name in names.split():
        for place in ("", "blog/"):
            url = f"https://example.org/{place}{name}"
            told = "none" if holds_no_posts(url) else kind_of(url)
            assert (name, told) == (name, kind)


def test_kind_of_links():
    """A link has the kind that its sitemap tells, by the name that it was asked or found under; posts are counted."""
    posts = "https://example.org/post-sitemap.xml"
    for step in (read(urlset(ENTRY, ENTRY), posts), read(urlset(ENTRY, ENTRY), "https://example.org/s?7", posts)):
        assert ([link.kind for link in step.links], step.total) == (["post", "post"], 2)
    page = read(urlset(ENTRY), "https://example.org/page-sitemap.xml")
    assert ([link.kind for link in page.links], page.total) == (["page"], None)
