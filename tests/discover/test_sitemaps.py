"""Sitemaps: bytes in, links out."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.sitemaps import MAX_BYTES, kind_of, read_sitemap
from archiver.errors import BadSurface
from archiver.models import Link

HERE = "https://example.org/sitemap.xml"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
ENTRY = b"<url><loc>https://example.org/a</loc><lastmod>2020-01-02</lastmod></url>"
LINK = Link("https://example.org/a", "sitemap", "unknown", "2020-01-02")


def urlset(*entries: bytes) -> bytes:
    """Return a sitemap of entries."""
    return DECLARATION + b"<urlset " + SPACE + b">" + b"".join(entries) + b"</urlset>"


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
        urlset(ENTRY).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        DECLARATION + b'<?xml-stylesheet href="s.xsl"?><!-- a plugin -->' + urlset(ENTRY).removeprefix(DECLARATION),
        urlset(b"<url>\n<loc>\n https://example.org/a \n</loc>\n<lastmod> 2020-01-02 </lastmod></url>"),
        urlset(b"<url><loc><![CDATA[https://example.org/a]]></loc><lastmod>2020-01-02</lastmod></url>"),
        b'<s:urlset xmlns:s="http://www.google.com/schemas/sitemap/0.84">'
        + ENTRY.replace(b"<", b"<s:").replace(b"<s:/", b"</s:")
        + b"</s:urlset>",
        b"<urlset " + SPACE + b' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>'
        b"<image:image><image:loc>https://example.org/i.png</image:loc></image:image>"
        b"<loc>https://example.org/a</loc><lastmod>2020-01-02</lastmod></url></urlset>",
    ],
)
def test_urlset(body):
    """A sitemap's entries are links, in whatever clothes: gzip, byte order mark, blank lines, namespaces, comments."""
    answer = read_sitemap(HERE, body)
    assert (answer.links, answer.sitemaps, answer.passed_over) == ((LINK,), (), 0)


def test_index():
    """An index names further sitemaps; those that hold no posts are passed over and counted."""
    names = ("post-sitemap.xml", "category-sitemap.xml", "wp-sitemap-users-1.xml", "sitemap-2.xml")
    nested = b"".join(b"<sitemap><loc>/%s</loc></sitemap>" % name.encode() for name in names)
    answer = read_sitemap(HERE, DECLARATION + b"<sitemapindex " + SPACE + b">" + nested + b"</sitemapindex>")
    assert answer.sitemaps == ("https://example.org/post-sitemap.xml", "https://example.org/sitemap-2.xml")
    assert (answer.links, answer.passed_over) == ((), 2)


def test_entries_that_lead_nowhere():
    """An empty or foreign address is no link, and is counted; an entry without an address is nothing."""
    odd = (b"<url><loc></loc></url>", b"<url><loc>mailto:a@b</loc></url>", b"<url><lastmod>2020</lastmod></url>")
    answer = read_sitemap(HERE, urlset(*odd, ENTRY))
    assert (answer.links, answer.passed_over) == ((LINK,), 2)


def test_relative_and_unmarked():
    """Addresses are made absolute, and an entry without a date has no mark."""
    answer = read_sitemap("https://example.org/blog/sitemap.xml", urlset(b"<url><loc>a?x=1&amp;y=2</loc></url>"))
    assert answer.links == (Link("https://example.org/blog/a?x=1&y=2", "sitemap"),)


def test_cut_off():
    """Of a sitemap that was cut off, the whole entries count."""
    assert read_sitemap(HERE, urlset(ENTRY, ENTRY)[:-60]).links[0] == LINK


def test_at_most_50000_entries():
    """A sitemap has no more entries than the protocol allows."""
    body = urlset(*(b"<url><loc>/%d</loc></url>" % n for n in range(50_005)))
    assert len(read_sitemap(HERE, body).links) == 50_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"<!DOCTYPE html><html><body><p>Not found",
        b"<rss version='2.0'><channel/></rss>",
        b"https://example.org/a\nhttps://example.org/b\n",
        b'{"a": 1}',
        b"\x1f\x8b\x08broken and no gzip at all",
        gzip.compress(b"<html></html>"),
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_no_sitemap(body):
    """What is no sitemap is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://example\.org/sitemap\.xml: "):
        read_sitemap(HERE, body)


def test_gzip_bomb():
    """A sitemap that grows beyond what the protocol allows is refused."""
    with pytest.raises(BadSurface, match="exceeds"):
        read_sitemap(HERE, gzip.compress(bytes(MAX_BYTES + 1), 1))


def test_entities_do_not_expand(tmp_path):
    """Neither nested entities nor those of files on this machine come into an address."""
    (tmp_path / "secret").write_text("secret")
    levels = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)]
    body = (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY e0 "lol">{"".join(levels)}'
        f'<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
        "<urlset><url><loc>https://example.org/&e11;</loc></url><url><loc>https://example.org/&file;</loc></url></urlset>"
    )
    links = read_sitemap(HERE, body.encode()).links
    assert all(len(link.url) < 100 and "secret" not in link.url and "lol" not in link.url for link in links)


@given(st.one_of(st.binary(), st.binary().map(lambda b: urlset(b"<url><loc>" + b + b"</loc></url>"))))
def test_any_bytes(body):
    """Whatever the bytes are, there are links or a BadSurface."""
    try:
        answer = read_sitemap(HERE, body)
    except BadSurface:
        return
    assert all(link.surface == "sitemap" for link in answer.links)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wp-sitemap-posts-post-1.xml", "post"),
        ("wp-sitemap-posts-page-1.xml", "page"),
        ("wp-sitemap-taxonomies-category-1.xml", "unknown"),
        ("post-sitemap.xml", "post"),
        ("post-sitemap2.xml", "post"),
        ("page-sitemap.xml", "page"),
        ("post_tag-sitemap.xml", "unknown"),
        ("sitemap-posts.xml", "post"),
        ("sitemap-posts-2.xml", "post"),
        ("sitemap-pages.xml", "page"),
        ("sitemap-tags.xml", "unknown"),
        ("sitemap.xml", "unknown"),
        ("sitemap-1.xml", "unknown"),
        ("guest-post-sitemap.xml", "unknown"),
        ("sitemap.xml?page=2", "unknown"),
    ],
)
def test_kind_of(name, kind):
    """The file names of WordPress, its plugins and Ghost tell posts from pages; others tell nothing."""
    assert kind_of(f"https://example.org/{name}") == kind
    assert kind_of(f"https://example.org/blog/{name}") == kind


def test_kind_of_links():
    """A link has the kind that its sitemap tells."""
    assert read_sitemap("https://example.org/post-sitemap.xml", urlset(ENTRY)).links[0].kind == "post"
