"""What a page is, and whether it becomes a post: who is believed, in what order, and the reasons in the report."""

from __future__ import annotations

import pytest

from archiver.extract import linked
from archiver.extract.kind import nature
from archiver.extract.verdict import verdict
from archiver.models import Article

WORDPRESS = '<meta name="generator" content="WordPress 6.1">'


def made(kind: str, *markers: str, text: str = "Words.", flags: tuple[str, ...] = ()) -> Article:
    """Return an article of a kind."""
    return Article(kind, markers, None, "generic/1", "A post", text, text, flags=flags)


@pytest.mark.parametrize(
    ("kind", "article", "usual", "is_post", "reason"),
    [
        ("post", made("unknown"), False, True, "named a post by a surface"),
        ("post", made("page", "body.page"), False, True, "named a post by a surface"),
        ("post", made("listing", "body.archive"), False, True, "named a post by a surface"),
        ("page", made("post", "body.single"), True, False, "page"),
        ("unknown", made("post", "body.single"), False, True, "the page calls itself a post"),
        ("unknown", made("page", "body.page"), True, False, "page"),
        ("unknown", made("listing", "body.archive"), True, False, "listing"),
        ("unknown", made("unknown"), True, True, "its address has the form of a post's"),
        ("unknown", made("unknown", text=""), True, False, "no_post"),
        ("unknown", made("unknown"), False, False, "no_post"),
        ("unknown", made("post", "body.single", flags=("further_page",)), True, False, "further_page"),
        ("post", made("post", "body.single", flags=("password",)), True, False, "password"),
        ("post", made("post", "body.single", flags=("members_only",)), True, True, "named a post by a surface"),
    ],
)
def test_who_is_believed(kind, article, usual, is_post, reason):
    """Walls first, then the surfaces' word, then the page's own, then the form of its address."""
    found = verdict(kind, article, usual=usual)
    assert (found.is_post, found.reason) == (is_post, reason)


@pytest.mark.parametrize("said", ["page", "unknown"])
def test_pages_that_are_wanted(said):
    """Fixed pages become items only where they are asked for."""
    article = made("page", "body.page")
    assert not verdict(said, article, usual=True).is_post
    assert verdict(said, article, usual=True, pages=True).is_post
    assert not verdict(said, made("page", flags=("login_wall",)), usual=True, pages=True).is_post
    assert not verdict("unknown", made("listing", "body.archive"), usual=True, pages=True).is_post


def test_posts_that_were_sent_on():
    """A post that the server sends on to a list is gone; one that is sent on to a post has moved."""
    assert verdict("post", made("listing", "url:root"), usual=True, moved=True).reason == "soft_404"
    assert verdict("post", made("post", "body.single"), usual=True, moved=True).is_post
    assert verdict("post", made("unknown"), usual=True, moved=True).is_post


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ("attachment single single-attachment", "attachment"),
        ("search search-results", "search"),
        ("archive category", "listing"),
        ("home blog", "listing"),
        ("page page-id-2", "page"),
        ("page home page-id-2", "page"),
    ],
)
def test_reasons_on_wordpress(article, fill, classes, reason):
    """The engine's own names tell pages of files, of search, of lists and fixed ones apart."""
    found = article(
        f"<html><head>{WORDPRESS}</head><body class='{classes}'>{fill}</body></html>", url="https://b.example/x"
    )
    assert found.kind in ("listing", "page")
    assert verdict("unknown", found, usual=True).reason == reason


@pytest.mark.parametrize(
    ("head", "classes", "url", "reason"),
    [
        ('<meta name="generator" content="blogger">', "item-view", "https://b.example/p/about.html", "page"),
        ('<meta name="generator" content="blogger">', "search-view", "https://b.example/search?q=x", "search"),
        ('<meta name="generator" content="Ghost 5">', "page-template page-about", "https://b.example/about/", "page"),
        ('<meta name="generator" content="Ghost 5">', "tag-template tag-x", "https://b.example/tag/x/", "listing"),
        (
            '<script type="application/ld+json">{"@type":"SearchResultsPage"}</script>',
            "",
            "https://b.example/f",
            "search",
        ),
        ('<script type="application/ld+json">{"@type":"AboutPage"}</script>', "", "https://b.example/f", "page"),
    ],
)
def test_reasons_on_other_platforms(article, fill, head, classes, url, reason):
    """Blogger, Ghost and structured data tell the same things in their own words."""
    found = article(f"<html><head>{head}</head><body class='{classes}'>{fill}</body></html>", url=url)
    assert verdict("unknown", found, usual=True).reason == reason


@pytest.mark.parametrize(
    ("query", "kind"),
    [("?p=12", "post"), ("?cat=3", "listing"), ("?m=201903", "listing"), ("?page=2", "unknown"), ("", "listing")],
)
def test_plain_permalinks(article, fill, query, kind):
    """Where posts have numbers for names, the address of a post is not that of the first page."""
    assert article(f"<html><body>{fill}</body></html>", url=f"https://b.example/{query}").kind == kind


def test_an_embedded_post(article, fill):
    """The small page in which WordPress shows a post to other sites is not the post."""
    found = article(
        f'<html><head>{WORDPRESS}</head><body class="single single-post"><div class="wp-embed post hentry"><div'
        f' class="wp-embed-excerpt">{fill}</div><div class="wp-embed-footer">x</div></div></body></html>'
    )
    assert verdict("unknown", found, usual=True).reason == "embed"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<?xml version="1.0"?>\n<!-- x --><rss version="2.0"><channel><title>x</title></channel></rss>', "text/xml"),
        ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "text/html"),
        ('\ufeff<?xml version="1.0"?><?xml-stylesheet href="x"?><urlset><url/></urlset>', "text/html"),
        ("<rdf:RDF><item><p>words</p></item></rdf:RDF>", "application/xml"),
        ('{"title": "<p>words</p>"}', "application/feed+json; charset=utf-8"),
    ],
)
def test_feeds(article, body, kind):
    """What is written for programs is neither post nor page, whatever its type says, and has no text."""
    found = article(body, headers=(("content-type", kind),))
    assert (found.kind, found.text) == ("listing", "")
    assert verdict("unknown", found, usual=True).reason == "feed"


def test_a_post_on_feeds(post, fill):
    """A post with a feed's markup in it is a post."""
    assert post(f"{fill}<pre>&lt;rss&gt;</pre><rss></rss>").kind == "post"


def test_types_of_schema_org():
    """The types that make a node the article also make the page a post."""
    assert {"BlogPosting", "Review", "AnalysisNewsArticle"} <= linked.ARTICLES
    assert "Blog" not in linked.ARTICLES


@pytest.mark.parametrize("name", sorted(linked.ARTICLES))
def test_each_type_of_a_post(article, fill, name):
    """A page whose JSON-LD is of such a type is a post."""
    head = f'<script type="application/ld+json">{{"@type": "{name}", "headline": "A post"}}</script>'
    assert article(f"<html><head>{head}</head><body>{fill}</body></html>", url="https://b.example/x").kind == "post"


def test_nature_of_a_post():
    """Markers of special pages say nothing of a page that is a post after all."""
    assert nature("post", ("body.attachment",)) == "post"
    assert nature("listing", ("h-entry:9", "body.search")) == "search"
    assert nature("listing", ("h-entry:9",)) == "listing"
