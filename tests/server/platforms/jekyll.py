"""Jekyll with minima: ten posts in feed.xml, a sitemap with or without dates, pages of lists.

Faults: `no_sitemap`, `no_feed`, `no_lastmod`, `stale` (the sitemap was not made anew: it names what once was).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.platforms import model, static, web
from server.platforms.model import Platform, Post
from server.platforms.static import Folder

NAME = "jekyll"
FAULTS = (
    frozenset[str](),
    frozenset({"no_lastmod", "stale"}),
    frozenset({"no_sitemap"}),
    frozenset({"no_sitemap", "no_feed"}),
)
PER_PAGE, PER_FEED = 5, 10


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    blog = model.make(count, lambda post: f"/{post.published:%Y/%m/%d}/{post.slug}.html", discussions=False)
    with static.serve(blog, faults, build, pages=("/about/",)) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    site.put_robots(f"Sitemap: {site.base}/sitemap.xml")
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    main = (
        f'<article class="post"><header class="post-header"><h1 class="post-title">{about.title}</h1></header>'
        f'<div class="post-content">{about.html}</div></article>'
    )
    site.put("/about/", _frame(site, about.title, main))
    pages = web.paged(blog.posts, PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(
            shown,
            lambda post: (
                f'<li><span class="post-meta">{post.published:%b %d, %Y}</span><h3><a class="post-link" '
                f'href="{post.path}">'
                f"{post.title}</a></h3></li>"
            ),
        )
        newer = f'<a href="/page{n - 1}/" class="previous">Previous</a>' if n > 2 else ""
        older = f'<a href="/page{n + 1}/" class="next">Next</a>' if n < len(pages) else ""
        main = f'<div class="home"><ul class="post-list">{rows}</ul><div class="pager">{newer}{older}</div></div>'
        site.put(f"/page{n}/" if n > 1 else "/", _frame(site, blog.title, main))
    if "no_feed" not in site.faults:
        generator = '<generator uri="https://jekyllrb.com/" version="4.3.3">Jekyll</generator>'
        text = web.atom(blog.title, f"{site.base}/", blog.posts[:PER_FEED], "/feed.xml", generator)
        site.put("/feed.xml", text, "application/xml")
    dated = "no_lastmod" not in site.faults
    rows_ = [(post.path, post.modified.isoformat() if dated else None) for post in blog.posts]
    others = ["/about/", "/", *(f"/page{n}/" for n in range(2, len(pages) + 1))]
    site.put_sitemap([*rows_, *((path, None) for path in others)])


def _frame(site: Folder, title: str, main: str, more: str = "") -> str:
    feed = "" if "no_feed" in site.faults else web.feed_link(f"{site.base}/feed.xml", "application/atom+xml")
    head = (
        f'<meta name="generator" content="Jekyll v4.3.3">\n{feed}\n<link rel="stylesheet" '
        f'href="/assets/main.css">\n{more}'
    )
    body = (
        '<header class="site-header" role="banner"><div class="wrapper"><a class="site-title" rel="author" '
        f'href="/">{site.blog.title}</a><nav class="site-nav"><div class="trigger">'
        '<a class="page-link" href="/about/">About</a></div></nav></div></header>\n'
        '<main class="page-content" aria-label="Content"><div class="wrapper">\n'
        f"{main}\n"
        "</div></main>\n"
        '<footer class="site-footer h-card"><div class="wrapper"><p>Things in houses and in streets.</p>'
        '<p class="rss-subscribe">subscribe <a href="/feed.xml">via RSS</a></p></div></footer>'
    )
    return web.page(title, head, body)


def _page(site: Folder, post: Post) -> str:
    more = (
        f'<link rel="canonical" href="{site.base}{post.path}">\n{web.meta_property("og:type", "article")}\n'
        f"{web.meta_property('article:published_time', post.published.isoformat())}"
    )
    main = (
        '<article class="post h-entry" itemscope itemtype="http://schema.org/BlogPosting"><header class="post-header">'
        f'<h1 class="post-title p-name" itemprop="name headline">{post.title}</h1><p class="post-meta"><time '
        f'class="dt-published" datetime="{post.published.isoformat()}" '
        f'itemprop="datePublished">{post.published:%b %d, %Y}'
        '</time> • <span itemprop="author" itemscope itemtype="http://schema.org/Person"><span class="p-author '
        'h-card" '
        f'itemprop="name">{post.author.name}</span></span></p></header>\n<div class="post-content e-content" '
        f'itemprop="articleBody">\n{post.html}\n</div><div id="disqus_thread"></div><noscript>Please enable '
        "JavaScript to view "
        f'the <a href="https://disqus.com/?ref_noscript">comments powered by Disqus.</a></noscript><a class="u-url" '
        f'href="{post.path}" hidden></a></article>'
    )
    return _frame(site, f"{post.title} | {site.blog.title}", main, more)
