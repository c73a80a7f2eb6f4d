"""Comments of each shape that engines and themes give them."""

from __future__ import annotations

import pytest

from archiver.extract.comments.count import count
from archiver.extract.comments.pages import MAX_PAGES, comment_pages, post_address
from archiver.extract.document import parse
from archiver.extract.selectors import Index
from archiver.models import Page

POST = "https://blog.example/p/"

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


PINGS = """<div id="comments"><h2 class="comments-title">5 thoughts on &#8220;A post&#8221;</h2>
<ol class="comment-list"><li class="comment" id="comment-11"><div class="comment-author"><b class="fn">Ann</b></div><div
class="comment-content"><p>I was there.</p></div></li>
<li class="pingback even" id="comment-12"><div class="comment-body">Pingback: <a href="https://bo.example/x" class="url"
rel="external nofollow">Bo on rain</a> <span class="edit-link"><a class="comment-edit-link">Edit</a></span></div></li>
<li class="trackback odd" id="comment-13"><p>Trackback von <a href="https://cy.example/x" class="url">Cy</a></p></li>
<li class="pingback even" id="comment-14"><div class="comment-author vcard"><cite class="fn"><a class="url"
href="https://di.example/x">Di</a></cite> <span class="says">says:</span></div><div class="comment-meta"><a
href="/p/#comment-14">March 5, 2019 at 4:04 pm</a></div><div
class="comment-content"><p>[&#8230;] as Ann said [&#8230;]</p></div></li></ol><h3>Trackbacks</h3><ol
class="pinglist"><li id="comment-15"><a href="https://ed.example/x">Ed</a> - [...] rain in
<em>that</em> valley [...]</li></ol></div>"""


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


def test_pings(post, fill):
    """Pingbacks and trackbacks are told apart from comments, whether a theme shows their words or only their link."""
    made = post(fill, after=PINGS)
    told = [(c.kind, c.author, c.author_url, c.text) for c in made.comments]
    assert told == [
        ("comment", "Ann", None, "I was there."),
        ("pingback", "Bo on rain", "https://bo.example/x", ""),
        ("trackback", "Cy", "https://cy.example/x", ""),
        ("pingback", "Di", "https://di.example/x", "[\u2026] as Ann said [\u2026]"),
        ("pingback", "Ed", "https://ed.example/x", "[...] rain in that valley [...]"),
    ]
    assert [c.date for c in made.comments] == [None, None, None, "2019-03-05", None]
    assert made.comments_expected == len(made.comments)
    assert made.text.endswith("short and very plain.")


def test_answer_to_nothing(post, fill):
    """A comment that shows neither words nor author is none, and what answers it answers nothing that is there."""
    made = post(
        fill,
        after="""<ol class="comment-list"><li class="comment" id="comment-11"><div class="reply">Reply</div><ol
        class="children"><li class="comment" id="comment-12"><b class="fn">Bo</b><div
        class="comment-content">Well.</div></li></ol></li></ol>""",
    )
    assert [(c.key, c.parent) for c in made.comments] == [("comment-12", None)]


def test_words_in_the_box_of_the_author(post, fill):
    """Where a theme puts the words into the box of the author, they are not thrown away with it."""
    made = post(
        fill,
        after="""<ol id="commentlist"><li class="comment" id="comment-11"><div class="comment-author vcard"><img
        class="avatar" src="/a.png"><p>I was there.</p><p><cite>Comment by <span class="fn">Ann</span> - <a
        href="#comment-11">16:04</a></cite> <span class="reply">Reply</span></p></div></li></ol>""",
    )
    assert [(c.author, c.text) for c in made.comments] == [("Ann", "I was there.")]


def test_permalink_in_the_box_of_the_author(post, fill):
    """The day beside a name, which is the comment's permalink, is no part of the name and no page of the author's."""
    made = post(
        fill,
        after="""<ul class="comment-list"><li class="comment" id="comment-11"><div class="comment-body"><div
        class="comment-author"><strong>Ann</strong> on <a href="/p/#comment-11">March 5, 2019</a> said:</div>
        <p>I was there.</p></div></li></ul>""",
    )
    assert [(c.author, c.author_url, c.text) for c in made.comments] == [("Ann", None, "I was there.")]


def further(markup: str, url: str = POST) -> tuple[str, ...]:
    """Return the further pages of comments that a page names, without the beginning that all have."""
    document = parse(Page(url, f"<html><body>{markup}</body></html>".encode()))
    assert document is not None
    return tuple(page.removeprefix(POST) for page in comment_pages(Index(document.tree), url))


def shown(number: int, key: int = 11) -> str:
    """Return a comment whose permalink says on which page of the comments it stands."""
    return f'<li class="comment" id="comment-{key}"><a href="{POST}comment-page-{number}/#comment-{key}">x</a></li>'


OLDER = '<nav class="comment-navigation"><div class="nav-previous"><a href="{}#comments">Older</a></div></nav>'


@pytest.mark.parametrize(
    ("markup", "pages"),
    [
        # the newest page is shown, and only the one before it is linked
        (shown(4) + OLDER.format("comment-page-3/"), ["1", "2", "3"]),
        (OLDER.format(f"{POST}comment-page-3/"), ["1", "2", "3"]),
        # the first page is shown
        (shown(1) + OLDER.format("comment-page-2/"), ["2"]),
        (shown(1), []),
        # nothing but the permalinks tells that there were pages before
        (shown(3), ["1", "2"]),
        # all comments on one page, whatever their permalinks say
        (shown(1, 11) + shown(2, 12), []),
        # numbers, with the page that is shown among them
        (
            '<nav class="comments-pagination"><a class="page-numbers" href="/p/comment-page-1/#comments">1</a>'
            '<span class="page-numbers current">Page 2</span><a href="/p/comment-page-5/">5</a></nav>',
            ["1", "3", "4", "5"],
        ),
        # other posts' pages, and the form
        ('<a href="/q/comment-page-7/#comment-5">x</a><a href="/p/comment-page-2/?replytocom=3#respond">y</a>', []),
        ('<a href="/p/comment-page-1/#respond">y</a><div id="respond"></div>', []),
    ],
)
def test_comment_pages_by_number(markup, pages):
    """The further pages of the comments are named, those between too, and never the one that is shown."""
    assert further(markup) == tuple(f"comment-page-{number}/" for number in pages)


def test_comment_pages_of_a_page_of_comments():
    """On a page of comments, the others of the same post are the further ones."""
    markup = OLDER.format("/p/comment-page-1/") + '<a href="/p/comment-page-3#comments">Newer</a>'
    assert further(markup, f"{POST}comment-page-2/") == ("comment-page-1/", "comment-page-3/")


@pytest.mark.parametrize(
    ("url", "href", "pages"),
    [
        ("https://blog.example/?p=5", "/?cpage=2&p=5#comments", ["?cpage=1&p=5", "?cpage=2&p=5"]),
        ("https://blog.example/?p=5", "/?p=6&cpage=2", []),
        (
            "https://blog.example/2019/03/a.html?m=1",
            "http://blog.example/2019/03/a.html?commentPage=2&m=1#comments",
            ["2019/03/a.html?commentPage=1&m=1", "2019/03/a.html?commentPage=2&m=1"],
        ),
        (
            "https://blog.example/2019/03/a.html",
            "/2019/03/a/comments/page/2/#comments",
            ["2019/03/a/comments/page/1/", "2019/03/a/comments/page/2/"],
        ),
        ("https://blog.example/a", "/a?page=1#comments", ["a?page=1"]),
        ("https://blog.example/a", "/a/comments/older", ["a/comments/older"]),
        ("https://blog.example/a", "/b?page=1", []),
        ("https://blog.example/a", "/a#comments", []),
        ("https://blog.example/a", "https://other.example/a?page=1", []),
        ("https://blog.example/a", "/a/feed/", []),
        ("https://blog.example/", "/2019/older-post/", []),
        ("mailto:x", "/a/comment-page-2/", []),
    ],
)
def test_comment_pages_elsewhere(url, href, pages):
    """Plain addresses, Blogger and others have pages of comments too; what leads away from the post is none."""
    found = further(f'<div id="comments"><div class="nav-previous"><a href="{href}">Older</a></div></div>', url)
    assert [f"https://blog.example/{page}" for page in pages] == [x.replace("http://", "https://") for x in found]


def test_comment_pages_by_the_canonical_address():
    """A post that was asked for by another address names its pages by the one that it calls its own."""
    markup = '<link rel="canonical" href="/p/">' + shown(2) + OLDER.format("/p/comment-page-1/")
    assert further(markup, "https://blog.example/?p=5") == ("comment-page-1/",)
    stranger = '<link rel="canonical" href="https://other.example/p/"><a href="https://other.example/p/?cpage=3">x</a>'
    assert further(stranger) == ()


def test_comment_pages_are_bounded():
    """No page names more pages than a discussion has, and what it links goes before what lies between."""
    pages = further(OLDER.format("/p/comment-page-999999/") + '<a href="/p/comment-page-5000/">x</a>')
    assert len(pages) == MAX_PAGES
    assert pages[-2:] == ("comment-page-5000/", "comment-page-999999/")
    many = "".join(f'<a href="/p/comment-page-{n}/">x</a>' for n in range(1, 50_000))
    assert len(further(many)) == MAX_PAGES


def test_article_names_comment_pages(post, fill):
    """An article names the further pages of its comments, though their navigation is no part of its text."""
    made = post(fill, after=f'<div id="comments">{OLDER.format("comment-page-1/")}</div>')
    assert made.comment_pages == ("https://blog.example/2019/03/04/a-post/comment-page-1/",)
    assert "Older" not in made.text


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://blog.example/p/comment-page-2/#comment-5", "https://blog.example/p/"),
        ("https://blog.example/p.html/comment-page-2#comment-5", "https://blog.example/p.html"),
        ("https://blog.example/?cpage=2&p=5#comment-5", "https://blog.example/?p=5"),
        ("https://blog.example/a.html?showComment=12#c5", "https://blog.example/a.html"),
        ("https://blog.example/comment-page-2/", "https://blog.example/"),
        ("mailto:x", None),
        (None, None),
    ],
)
def test_post_address(url, address):
    """The address of a comment holds the address of its post."""
    assert post_address(url) == address
