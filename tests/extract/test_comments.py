"""Comments of each shape that engines and themes give them."""

from __future__ import annotations

import pytest

from archiver.extract.comments.count import count

CLASSIC = """<div id="comments"><h3>One thought on &#8220;A post in 3 parts&#8221;</h3><ol
class="commentlist">
<li class="comment even thread-even depth-1 parent" id="comment-11"><div id="div-comment-11"
class="comment-body">
<div class="comment-author vcard"><img class="avatar" src="/a.png" alt=""><cite class="fn"><a
href="https://ann.example/"
class="url">Ann</a></cite> <span class="says">says:</span></div><div class="comment-meta commentmetadata">
<a href="/p/#comment-11">March 5, 2019 at 4:04 pm</a> <a class="comment-edit-link" href="/e">(Edit)</a></div>
<p>I was <em>there</em>.</p><p>It rained.</p><div class="reply"><a
class="comment-reply-link">Reply</a></div></div>
<ul class="children"><li class="comment byuser odd depth-2" id="comment-12"><div id="div-comment-12"
class="comment-body">
<div class="comment-author vcard"><cite class="fn">Bo</cite> <span class="says">says:</span></div>
<div class="comment-meta commentmetadata"><a href="/p/#comment-12">5. März 2019 um 17:00</a></div><p>So
was I.</p></div></li></ul>
</li></ol></div>"""
LI_PREFIX = """<div id="comments" class="comments-area"><h2 class="comments-title">2 Kommentare</h2><ol
class="comment-list">
<li class="comment" id="li-comment-11"><article id="comment-11" class="comment"><header
class="comment-meta vcard">
<cite><b class="fn">Ann</b></cite><a href="/p/#comment-11"><time datetime="2019-03-05T16:04:00+01:00">5.
März</time></a></header>
<section class="comment-content comment"><p>I was <em>there</em>.</p><p>It
rained.</p></section></article><ol class="children">
<li class="comment" id="li-comment-12"><article id="comment-12" class="comment"><header
class="comment-meta vcard"><cite>
<b class="fn">Bo</b></cite><time datetime="2019-03-05T17:00:00+01:00">x</time></header><section
class="comment-content comment">
<p>So was I.</p></section></article></li></ol></li></ol></div>"""
BLOCKS = """<div class="wp-block-comments"><h2 id="comments" class="wp-block-comments-title">2 responses
to &#8220;A post&#8221;</h2>
<ol class="wp-block-comment-template"><li id="comment-11" class="comment even depth-1"><div
class="wp-block-columns">
<div class="wp-block-avatar"><img src="/a.png" alt="Ann Avatar"></div><div><div
class="wp-block-comment-author-name">
<a rel="external" href="https://ann.example/">Ann</a></div><div class="wp-block-comment-date"><time
datetime="2019-03-05T16:04:00+01:00"><a href="/p/#comment-11">March 5, 2019</a></time></div>
<div class="wp-block-comment-content"><p>I was <em>there</em>.</p><p>It rained.</p></div>
<div class="wp-block-comment-reply-link"><a>Reply</a></div></div></div><ol><li id="comment-12"
class="comment odd depth-2">
<div class="wp-block-comment-author-name">Bo</div><div class="wp-block-comment-date"><time
datetime="2019-03-05T17:00:00+01:00">
x</time></div><div class="wp-block-comment-content"><p>So was I.</p></div></li></ol></li></ol></div>"""
CAMEL = """<div class="commentConWrap"><div class="commentsCon" id="7"><p
class="commentAuthor">Ann</p><p class="commentDate">05.03.2019</p>
<p class="commentText">I was <em>there</em>.<br><br>It rained.</p></div><div class="commentsCon"
id="8"><p class="commentAuthor">Bo</p>
<p class="commentDate">05.03.2019</p><p class="commentText">So was I.</p></div></div>"""
MICRODATA = """<section><div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><span
itemprop="author" itemscope>
<span itemprop="name">Ann</span></span><time itemprop="dateCreated" datetime="2019-03-05">5
March</time><div itemprop="text">
<p>I was <em>there</em>.</p><p>It rained.</p></div></div><div itemprop="comment" itemscope
itemtype="https://schema.org/Comment">
<span itemprop="author" itemscope><span itemprop="name">Bo</span></span><time itemprop="dateCreated"
datetime="2019-03-05">x</time>
<div itemprop="text"><p>So was I.</p></div></div></section>"""
BLOGGER = """<section class="comments threaded" id="comments"><h3 class="title">2 comments:</h3><div
class="comments-content">
<div id="comment-holder"><div class="comment-thread toplevel-thread"><ol><li class="comment" id="c1234567890">
<div class="avatar-image-container"><img src="/a.png"></div><div class="comment-block"><div
class="comment-header">
<cite class="user"><a href="https://ann.example/">Ann</a></cite><span class="datetime secondary-text">
<a href="/p?showComment=1#c1234567890">5 March 2019 at 16:04</a></span></div><p
class="comment-content">I was <em>there</em>.<br><br>
It rained.</p><span class="comment-actions"><a>Reply</a></span></div><div
class="comment-replies"><ol><li class="comment"
id="c1234567891"><div class="comment-block"><div class="comment-header"><cite
class="user">Bo</cite><span class="datetime">
<a href="/p#c1234567891">5 March 2019 at 17:00</a></span></div><p class="comment-content">So was
I.</p></div></li></ol></div></li>
</ol></div></div></div></section>"""


@pytest.mark.parametrize(
    ("markup", "threaded"),
    [(CLASSIC, True), (LI_PREFIX, True), (BLOCKS, True), (BLOGGER, True), (CAMEL, False), (MICRODATA, False)],
    ids=["classic", "li-prefix", "blocks", "blogger", "camel", "microdata"],
)
def test_shapes(post, fill, markup, threaded):
    """Each shape gives author, day, words and, where it says so, the comment that is answered."""
    made = post(fill, after=markup)
    first, second = made.comments
    assert [first.author, second.author] == ["Ann", "Bo"]
    assert [(c.date or "")[:10] for c in made.comments] == ["2019-03-05", "2019-03-05"]
    assert [first.text, second.text] == ["I was there.\n\nIt rained.", "So was I."]
    assert first.parent is None
    assert second.parent == (first.key if threaded else None)
    assert "rained" not in made.text


def test_comments_inside_the_article(post, fill):
    """Comments in articles of their own inside the post's article are no part of it."""
    made = post(f"{fill}{BLOCKS}")
    assert len(made.comments) == 2
    assert made.text.endswith("short and very plain.")


def test_word_in_a_link(post, fill):
    """A link to the comments, or a post about comments, is no comment."""
    made = post(f'<p>About comments I have only this to say: <a href="#comments">3 comments</a> are enough.</p>{fill}')
    assert made.comments == ()
    assert "are enough." in made.text


def test_post_in_a_box_named_comments(article, fill):
    """A box that is named after comments and holds the post is not thrown away."""
    made = article(
        f'<html><body><div class="comments"><h1>A post</h1><div class="entry-content">{fill}</div></div></body></html>'
    )
    assert "nobody in them seems to mind" in made.text


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("2 thoughts on \u201cNineteen Eighty-Four\u201d", 2),
        ("One thought on \u201c1984\u201d", 1),
        ("1,204 comments", 1204),
        ("Comments (7)", 7),
        ("5 Kommentare zu \u201eEin Beitrag\u201c", 5),
        ("Ein Kommentar", 1),
        ("Leave a comment", None),
        ("Thoughts on 1984", None),
    ],
)
def test_count(words, number):
    """A heading's number counts when it is a number of comments."""
    assert count(words) == number
