"""Hexo with landscape: twenty posts in atom.xml, archives page by page, a sitemap only where a plugin makes one.

Faults: `no_sitemap`, `no_feed`, `stale`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server.platforms import model, static, web
from server.platforms.model import Platform, Post
from server.platforms.static import Folder, slug

NAME = "hexo"
FAULTS = (
    frozenset({"no_sitemap"}),
    frozenset({"stale"}),
    frozenset({"no_sitemap", "no_feed"}),
)
PER_PAGE, PER_FEED = 10, 20


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    blog = model.make(count, lambda post: f"/{post.published:%Y/%m/%d}/{post.slug}/", discussions=False)
    with static.serve(blog, faults, build, pages=("/about/",)) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    main = (
        f'<article class="article article-type-page" itemscope itemprop="blogPost"><div class="article-inner"><header '
        f'class="article-header"><h1 class="article-title" itemprop="name">{about.title}</h1></header><div '
        f'class="article-entry" itemprop="articleBody">{about.html}</div></div></article>'
    )
    site.put("/about/", _frame(site, about.title, main))
    _put_lists(site, "", blog.posts)
    _put_lists(site, "/archives", blog.posts)
    for (y, m), posts in blog.months().items():
        _put_lists(site, f"/archives/{y}/{m:02d}", posts)
    for tag in blog.tags:
        _put_lists(site, f"/tags/{slug(tag)}", [post for post in blog.posts if tag in post.tags])
    if "no_feed" not in site.faults:
        generator = '<generator uri="https://hexo.io/">Hexo</generator>'
        site.put("/atom.xml", web.atom(blog.title, f"{site.base}/", blog.posts[:PER_FEED], "/atom.xml", generator),
                 "application/xml")  # fmt: skip
    rows = [(post.path, f"{post.modified:%Y-%m-%d}") for post in blog.posts]
    others = ["/about/", "/", *(f"/tags/{slug(tag)}/" for tag in blog.tags)]
    site.put_sitemap([*rows, *((path, f"{site.built:%Y-%m-%d}") for path in others)])


def _put_lists(site: Folder, folder: str, posts: Sequence[Post]) -> None:
    pages = web.paged(posts, PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(
            shown,
            lambda post: (
                '<article class="archive-article archive-type-post"><div class="archive-article-inner">'
                f'<header class="archive-article-header"><a href="{post.path}" class="archive-article-date">'
                f'<time datetime="{web.utc(post.published)}" itemprop="datePublished">{post.published:%b %d}</time>'
                f'</a><h1 itemprop="name"><a class="archive-article-title" href="{post.path}">{post.title}</a></h1>'
                "</header></div></article>"
            ),
        )
        older = f'<a class="extend next" rel="next" href="{folder}/page/{n + 1}/">Next »</a>' if n < len(pages) else ""
        text = _frame(
            site, site.blog.title, f'{rows}<nav id="page-nav"><span class="page-number current">{n}</span>{older}</nav>'
        )
        site.put(f"{folder}/page/{n}/" if n > 1 else f"{folder}/", text)


def _frame(site: Folder, title: str, main: str, more: str = "") -> str:
    feed = "" if "no_feed" in site.faults else web.feed_link("/atom.xml", "application/atom+xml")
    head = (
        f'{feed}\n<link rel="stylesheet" href="/css/style.css">\n{more}\n<meta name="generator" content="Hexo 7.2.0">'
    )
    months = "".join(
        f'<li class="archive-list-item"><a class="archive-list-link" href="/archives/{y}/{m:02d}/">{y}-{m:02d}</a></li>'
        for y, m in site.blog.months()
    )
    recent = "".join(f'<li><a href="{post.path}">{post.title}</a></li>' for post in site.blog.posts[:5])
    body = (
        '<div id="container"><div id="wrap"><header id="header"><h1 id="logo-wrap"><a href="/" '
        f'id="logo">{site.blog.title}</a>'
        '</h1><nav id="main-nav"><a class="main-nav-link" href="/">Home</a><a class="main-nav-link" '
        'href="/archives">Archives</a>'
        '<a class="main-nav-link" href="/about/">About</a></nav></header>\n<div class="outer"><section '
        f'id="main">{main}</section>'
        '<aside id="sidebar"><div class="widget-wrap"><h3 class="widget-title">Archives</h3><div class="widget">'
        f"<ul>{months}</ul>"
        f'</div></div><div class="widget-wrap"><h3 class="widget-title">Recent Posts</h3><ul>{recent}</ul></div>'
        "</aside></div>\n"
        '<footer id="footer">Powered by <a href="https://hexo.io/">Hexo</a></footer></div></div>'
    )
    return web.page(title, head, body)


def _page(site: Folder, post: Post) -> str:
    more = (
        f"{web.meta_property('og:type', 'article')}\n"
        f"{web.meta_property('article:published_time', web.utc(post.published, milliseconds=True))}\n"
        f"{web.meta_property('article:author', post.author.name)}"
    )
    tags = "".join(
        f'<li class="article-tag-list-item"><a class="article-tag-list-link" href="/tags/{slug(tag)}/" rel="tag">'
        f"{tag}</a></li>"
        for tag in post.tags
    )
    main = (
        f'<article id="post-{post.slug}" class="h-entry article article-type-post" itemprop="blogPost" itemscope '
        f'itemtype="https://schema.org/BlogPosting"><div class="article-meta"><a href="{post.path}" '
        'class="article-date"><time '
        f'class="dt-published" datetime="{web.utc(post.published, milliseconds=True)}" itemprop="datePublished">'
        f'{post.published:%Y-%m-%d}</time></a></div><div class="article-inner"><header class="article-header"><h1 '
        'class="p-name '
        f'article-title" itemprop="headline name">{post.title}</h1></header>\n<div class="e-content article-entry" '
        f'itemprop="articleBody">{post.html}</div>\n<footer class="article-footer"><a '
        f'data-url="{site.base}{post.path}" '
        f'class="article-share-link">Share</a><ul class="article-tag-list" itemprop="keywords">{tags}</ul></footer>'
        "</div>"
        "</article>"
    )
    return _frame(site, f"{post.title} | {site.blog.title}", main, more)
