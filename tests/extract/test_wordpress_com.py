"""A review on WordPress.com with all its furniture becomes its paragraphs, image, comments and review."""

from __future__ import annotations

import pytest

FURNITURE = (
    "Advertisements",
    "Report this ad",
    "Share this:",
    "Click to share on Twitter",
    "Like this:",
    "Like Loading...",
    "Related",
    'In "Memoir"',
    "2 thoughts on",
    "Add yours",
    "Leave a Reply to",
    "Cancel reply",
    "Fill in your details below or click an icon to log in:",
    "You are commenting using your WordPress.com account.",
    "Connecting to %s",
    "Notify me of new comments via email.",
    "Create a free website or blog at WordPress.com.",
    "Up \u2191",
    "bloggers like this:",
    "Published by",
    "View all posts by",
)
ADVERT = (
    '<div class="wpcnt"><div class="wpa"><span class="wpa-about">Advertisements</span><div'
    ' class="u"><div id="atatags-1">'
    '</div><div class="report-ad"><a href="#">Report this ad</a></div></div></div></div>'
)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Letters from an Island by
Ada Brandt | Read in Bed</title>
<meta name="generator" content="WordPress.com"><link rel="stylesheet" href="https://s2.wp.com/_static/x.css">
<meta property="og:type" content="article"><meta property="og:title"
content="Letters from an Island by Ada Brandt">
<meta property="og:site_name" content="Read in Bed"><meta property="article:published_time"
content="2016-04-15T11:07:11+00:00">
</head><body class="single single-post postid-7"><div class="hfeed"><header><p class="site-title">
<a href="https://read.example/" rel="home">Read in Bed</a></p><p class="site-description">Books,
mostly.</p></header>
<article id="post-7" class="post-7 post type-post hentry category-memoir tag-1951club"><header
class="entry-header">
<h1 class="entry-title">Letters from an Island by Ada Brandt</h1><div class="entry-meta"><span class="byline">
<span class="author vcard"><a class="url fn n" href="https://read.example/author/mona/"
rel="author">Mona</a></span></span>
<time class="entry-date published" datetime="2016-04-15T13:07:11+02:00">April 15, 2016</time></div></header>
<div class="entry-content"><p>If you saw my review of <a href="https://read.example/salt/">Salt</a>, you
may remember that the
ferryman (one of <div id="attachment_1" class="wp-caption alignright"><a href="/a"><img
src="https://read.example/brandt.jpg"
alt="Portrait"></a><p class="wp-caption-text">Ada Brandt</p></div> the minor characters) wrote letters
to nobody. This book
is what he might have written, if he had been a Danish botanist with a grudge.</p>
<blockquote><p>There is nothing on this island that has not been named twice.</p></blockquote>
<p>Brandt was born in Ribe, studied mosses, and quarrelled with everyone who paid her. The book is at
its best where she
does not quarrel, and the author knows that well enough to make those pages few.</p>{ADVERT}
<blockquote><p>Had I been only a gardener, things would have gone differently.</p></blockquote>
<p>A fine memoir for anyone who has ever waited for a boat. I read it in two evenings.</p>
{ADVERT}<div id="jp-post-flair" class="sharedaddy sd-like-enabled sd-sharing-enabled"><div
class="sd-block sd-social">
<h3 class="sd-title">Share this:</h3><div class="sd-content"><ul><li class="share-twitter"><a
href="/?share=twitter"
title="Click to share on Twitter">Twitter</a></li></ul></div></div><div class="sharedaddy sd-block sd-like">
<h3 class="sd-title">Like this:</h3><div class="likes-widget-placeholder"><span class="button">Like</span>
<span class="loading">Loading...</span></div></div><div id="jp-relatedposts" class="jp-relatedposts">
<h3 class="jp-relatedposts-headline"><em>Related</em></h3><div><p>Another Island by Nobody</p><p>In
"Memoir"</p></div></div>
</div></div><footer class="entry-footer"><span class="cat-links"><a href="/c/memoir"
rel="category tag">Memoir</a></span>
<span class="tags-links"><a href="/t/1951club" rel="tag">1951club</a></span><div
class="author-bio"><h3>Published by Mona</h3>
<p>Reads.</p><a href="https://read.example/author/mona/" rel="author">View all posts by
Mona</a></div></footer></article>
<div id="comments" class="comments-area"><h2 class="comments-title">2 thoughts on &ldquo;Letters from an
Island by Ada
Brandt&rdquo;</h2><a href="#respond">Add yours</a><ol class="comment-list"><li id="comment-190"
class="comment even depth-1">
<article id="div-comment-190" class="comment-body"><footer class="comment-meta"><div
class="comment-author vcard"><img class="avatar"
alt="" src="/a.png"><b class="fn"><a href="https://jo.example/" class="url">Jo B.</a></b> <span
class="says">says:</span></div>
<div class="comment-metadata"><a href="https://read.example/letters/#comment-190"><time
datetime="2016-04-15T19:07:11+02:00">April
15, 2016 at 7:07 pm</time></a><span class="edit-link"><a href="/e">Edit</a></span></div></footer><div
class="comment-content">
<p>A lovely review.</p><p>I agree about the mosses.</p><p class="comment-likes"><a
class="comment-like-link">Like</a>
<span class="comment-like-feedback">Liked by <a href="#">1 person</a></span></p></div><div class="reply">
<a class="comment-reply-link">Reply</a></div></article><ol class="children"><li id="comment-191"
class="comment byuser depth-2">
<article id="div-comment-191" class="comment-body"><footer class="comment-meta"><div
class="comment-author vcard">
<b class="fn">mona</b> <span class="says">says:</span></div><div class="comment-metadata"><time
datetime="2016-04-16T09:07:11+02:00">April 16</time></div></footer><div class="comment-content"><p>Thank
you!</p></div></article>
</li></ol></li><li id="comment-192" class="pingback"><div class="comment-body">Pingback: <a href="/p">A
list</a></div></li></ol>
<div id="respond" class="comment-respond"><h3 id="reply-title">Leave a Reply to <a
href="#comment-190">Jo B.</a>
<small><a id="cancel-comment-reply-link" href="#">Cancel reply</a></small></h3><form
class="comment-form" action="/post">
<p>Fill in your details below or click an icon to log in:</p><p>You are commenting using your
WordPress.com account.
<span>( <a>Log Out</a> / <a>Change</a> )</span></p><p>Connecting to %s</p><p><label>Notify me of new
comments via email.</label></p>
</form></div></div><nav class="navigation post-navigation"><h2>Post navigation</h2><a rel="prev"
href="/p">Previous post</a></nav>
<footer id="colophon"><a href="https://wordpress.com/">Create a free website or blog at WordPress.com.</a>
<a href="#page">Up &uarr;</a></footer></div><div id="jp-likes"><span>%d</span> bloggers like
this:</div></body></html>"""

PARAGRAPHS = [
    "If you saw my review of Salt, you may remember that the ferryman (one of the minor characters)"
    " wrote letters to"
    " nobody. This book is what he might have written, if he had been a Danish botanist with a grudge.",
    "There is nothing on this island that has not been named twice.",
    "Brandt was born in Ribe, studied mosses, and quarrelled with everyone who paid her. The book is"
    " at its best where"
    " she does not quarrel, and the author knows that well enough to make those pages few.",
    "Had I been only a gardener, things would have gone differently.",
    "A fine memoir for anyone who has ever waited for a boat. I read it in two evenings.",
]


@pytest.fixture
def made(article):
    """Return the article of the page."""
    return article(PAGE, "https://read.example/letters/")


def test_paragraphs_whole_and_in_order(made):
    """The text is the author's paragraphs and nothing else."""
    assert made.text.split("\n\n") == PARAGRAPHS


def test_no_furniture(made):
    """No line of the platform's furniture is in text or Markdown."""
    assert [line for line in FURNITURE if line in made.text or line in made.markdown] == []


def test_markdown(made):
    """Quotes and links stand in the Markdown."""
    assert "> There is nothing on this island that has not been named twice." in made.markdown
    assert "[Salt](https://read.example/salt/)" in made.markdown


def test_caption(made):
    """The caption stands with its image only."""
    assert [(i.url, i.caption) for i in made.images] == [("https://read.example/brandt.jpg", "Ada Brandt")]


def test_comments(made):
    """Comments have author, address, date, parent and their own words; a pingback says that it is one."""
    first, second, ping = made.comments
    assert (first.kind, second.kind, ping.kind) == ("comment", "comment", "pingback")
    assert (first.key, first.parent, first.author, first.author_url) == (
        "comment-190",
        None,
        "Jo B.",
        "https://jo.example/",
    )
    assert first.date == "2016-04-15T19:07:11+02:00"
    assert first.text == "A lovely review.\n\nI agree about the mosses."
    assert first.url == "https://read.example/letters/#comment-190"
    assert (second.key, second.parent, second.author, second.text) == (
        "comment-191",
        "comment-190",
        "mona",
        "Thank you!",
    )
    assert made.comments_expected == 2


def test_metadata(made):
    """Title, author, date and terms are the post's."""
    assert made.title == "Letters from an Island by Ada Brandt"
    assert [(p.name, p.url) for p in made.authors] == [("Mona", "https://read.example/author/mona/")]
    assert (made.date_published, made.date_source) == ("2016-04-15T11:07:11+00:00", "meta")
    assert (made.categories, made.tags) == (("Memoir",), ("1951club",))
    assert (made.kind, made.platform, made.site_name, made.language) == (
        "post",
        "wordpress.com",
        "Read in Bed",
        "en",
    )


def test_review(made):
    """The title names what is reviewed, and the text bears it out."""
    assert made.review is not None
    assert made.review.item.name == "Letters from an Island"
    assert made.review.item.creator == "Ada Brandt"
    assert made.review.source == "title"
