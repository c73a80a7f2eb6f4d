"""A blog in the manner of TypePad and Movable Type: archives by month, rel=next, and no list for programs.

Faults: `no_archives` (only the first page and what follows it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.platforms import model, static, web
from server.platforms.model import Comment, Platform, Post
from server.platforms.static import Folder, slug

NAME = "typepad"
FAULTS = (frozenset[str](), frozenset({"no_archives"}))
PER_PAGE = 6


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    blog = model.make(count, lambda post: f"/blog/{post.published:%Y/%m}/{post.slug}.html")
    with static.serve(blog, faults, build, pages=("/blog/about.html",), comments=True, threads=False) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    main = (
        f'<div class="page"><h2 class="page-header">{about.title}</h2><div class="page-body">{about.html}</div></div>'
    )
    site.put("/blog/about.html", _frame(site, about.title, main))
    pages = web.paged(blog.posts, PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(shown, lambda post: _entry(site, post, is_single=False))
        older = (
            '<div class="pager-bottom pager-entries pager content-nav"><div class="pager-inner"><span '
            'class="pager-right"><a '
            f'href="{site.base}/page/{n + 1}/" rel="next"><span class="pager-label">Next</span> <span '
            'class="chevron">&#187;'
            "</span></a></span></div></div>"
        )
        text = _frame(site, blog.title, rows + (older if n < len(pages) else ""))
        site.put(f"/page/{n}/" if n > 1 else "/", text)
    if "no_archives" not in site.faults:
        months = "".join(
            f'<li><a href="{site.base}/blog/{y}/{m:02d}/index.html">{y}-{m:02d}</a></li>' for y, m in blog.months()
        )
        site.put(
            "/blog/archives.html", _frame(site, "Archives", f'<div class="archive-content"><ul>{months}</ul></div>')
        )
        for (y, m), posts in blog.months().items():
            rows = static.cards(posts, lambda post: _entry(site, post, is_single=False))
            site.put(f"/blog/{y}/{m:02d}/index.html", _frame(site, f"{y}-{m:02d}", rows))
        for tag in blog.tags:
            rows = static.cards(
                [p for p in blog.posts if tag in p.tags], lambda post: _entry(site, post, is_single=False)
            )
            site.put(f"/blog/{slug(tag)}/index.html", _frame(site, tag, rows))


def _frame(site: Folder, title: str, main: str, more: str = "") -> str:
    head = (
        f'<meta name="generator" content="http://www.typepad.com/">\n<link rel="stylesheet" href="/styles.css">\n{more}'
    )
    archives = ""
    if "no_archives" not in site.faults:
        tags = "".join(
            f'<li><a href="{site.base}/blog/{slug(tag)}/index.html">{tag}</a></li>' for tag in site.blog.tags
        )
        archives = (
            '<div class="module-archives module"><h2 class="module-header"><a '
            f'href="{site.base}/blog/archives.html">Archives</a>'
            f'</h2></div><div class="module-categories module"><ul class="module-list">{tags}</ul></div>'
        )
    recent = "".join(f'<li><a href="{site.base}{post.path}">{post.title}</a></li>' for post in site.blog.posts[:4])
    body = (
        f'<div id="container"><div id="banner"><h1 id="banner-header"><a href="{site.base}/" '
        f'accesskey="1">{site.blog.title}</a></h1></div><div id="pagebody"><div id="alpha">'
        f'<div class="content">{main}</div></div><div id="beta"><div class="module-recent-posts module">'
        f'<h2 class="module-header">Recent Posts</h2><ul class="module-list">{recent}</ul></div>{archives}'
        f'<div class="module"><a href="{site.base}/blog/about.html">About</a></div>'
        '<div class="module-powered module"><a href="http://www.typepad.com/">Blog powered by Typepad</a></div>'
        "</div></div></div>"
    )
    return web.page(title, head, body, "layout-two-column-right")


def _entry(site: Folder, post: Post, *, is_single: bool) -> str:
    href = site.base + post.path
    title = post.title if is_single else f'<a href="{href}">{post.title}</a>'
    categories = ", ".join(
        tag if "no_archives" in site.faults else f'<a href="{site.base}/blog/{slug(tag)}/index.html">{tag}</a>'
        for tag in post.tags
    )
    text = post.html if is_single else f"<p>{post.first_sentence}</p>"
    return (
        f'<h2 class="date-header">{post.published:%A, %B %d, %Y}</h2><div class="entry-category-{slug(post.tags[0])} '
        f'entry-author-{post.author.slug} entry-type-post entry" id="entry-6a00d8341c2b72{post.number:08x}">'
        f'<h3 class="entry-header">{title}</h3><div class="entry-content"><div class="entry-body">{text}</div></div>'
        '<div class="entry-footer"><p class="entry-footer-info"><span class="post-footers">Posted '
        f'by {post.author.name} on {post.published:%B %d, %Y at %I:%M %p}</span> <span class="separator">in'
        f'</span> {categories} <span class="separator">|</span> <a class="permalink" href="{href}">Permalink</a> | '
        f'<a href="{href}#comments">Comments ({len(post.comments)})</a></p></div></div>'
    )


def _page(site: Folder, post: Post) -> str:
    items = "".join(_comment(site, comment, post) for comment in post.comments)
    at = site.blog.posts.index(post)
    around = " | ".join(
        f'<a href="{site.base}{site.blog.posts[n].path}">{site.blog.posts[n].title}</a>'
        for n in (at + 1, at - 1)
        if 0 <= n < len(site.blog.posts)
    )
    main = (
        f'<p class="content-nav">{around} | <a href="{site.base}/">Main</a></p>{_entry(site, post, is_single=True)}'
        '<div class="comments"><h3 class="comments-header"><a id="comments"></a>Comments</h3><div '
        'class="comments-content">'
        f'{items}</div></div><div class="comments-open"><h3 class="comments-open-header">Post a comment</h3><form>'
        "<p>Your Information"
        "</p><p>(Name is required. Email address will not be displayed with the comment.)</p></form></div>"
    )
    more = web.meta_property("og:type", "article")
    return _frame(site, f"{post.title} - {site.blog.title}", main, more)


def _comment(site: Folder, comment: Comment, post: Post) -> str:
    answered = next((c for c in post.comments if c.number == comment.parent), None)
    to = (
        f' replied to <a href="#comment-{answered.number}">comment from {answered.author}</a>' if answered else " said:"
    )
    return (
        f'<div class="comment" id="comment-{comment.number}"><div class="inner"><div class="comment-header">'
        f'<div class="asset-meta"><span class="byline"><span class="vcard author">{comment.author}</span>{to}</span> '
        f'<a href="{site.base}{post.path}#comment-{comment.number}"><abbr class="published" '
        f'title="{comment.date.isoformat()}">{comment.date:%B %d, %Y %H:%M}</abbr></a></div></div>'
        f'<div class="comment-content"><p>{comment.text}</p></div></div></div>'
    )
