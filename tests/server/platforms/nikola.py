"""Nikola: ten posts in rss.xml, a sitemap that robots.txt names, archives by year, pages that count from the end.

Faults: `no_sitemap`, `no_feed`, `stale`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.platforms import model, static, web
from server.platforms.model import Platform, Post
from server.platforms.static import Folder, slug
from server.replies import XML

NAME = "nikola"
FAULTS = (
    frozenset({"stale"}),
    frozenset({"no_sitemap"}),
    frozenset({"no_sitemap", "no_feed"}),
)
PER_PAGE, PER_FEED = 10, 10


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    blog = model.make(count, lambda post: f"/posts/{post.published:%Y/%m}/{post.slug}/", discussions=False)
    with static.serve(blog, faults, build, pages=("/pages/about/",)) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    lines = ["User-Agent: *", "Disallow: "]
    if "no_sitemap" not in site.faults:
        lines.append(f"Sitemap: {site.base}/sitemapindex.xml")
    site.put_robots(*lines)
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    main = (
        '<article class="post-text storypage" itemscope itemtype="http://schema.org/Article"><header><h1 '
        'class="p-name '
        f'entry-title">{about.title}</h1></header><div class="e-content entry-content">{about.html}</div></article>'
    )
    site.put("/pages/about/", _frame(site, about.title, main))
    # The oldest ten are index-1.html for good.
    pages = web.paged(tuple(reversed(blog.posts)), PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(tuple(reversed(shown)), lambda post: _card(post))
        is_first = n == len(pages)
        older = f'<li class="next"><a href="/index-{n - 1}.html" rel="next">Older posts</a></li>' if n > 1 else ""
        text = _frame(
            site, blog.title, f'<div class="postindex">{rows}</div><ul class="pager postindexpager">{older}</ul>'
        )
        site.put("/" if is_first else f"/index-{n}.html", text)
    years = dict.fromkeys(y for y, _ in blog.months())
    listed = "".join(f'<li><a class="reference listtitle" href="/{y}/">{y}</a></li>' for y in years)
    site.put(
        "/archive.html",
        _frame(site, "Archive", f'<article class="listpage"><ul class="postlist">{listed}</ul></article>'),
    )
    for year in years:
        posts = [post for post in blog.posts if post.published.year == year]
        rows = "".join(f'<li><a href="{post.path}" class="listtitle">{post.title}</a></li>' for post in posts)
        site.put(
            f"/{year}/",
            _frame(site, str(year), f'<article class="listpage"><ul class="postlist">{rows}</ul></article>'),
        )
    for tag in blog.tags:
        rows = "".join(
            f'<li><a href="{p.path}" class="listtitle">{p.title}</a></li>' for p in blog.posts if tag in p.tags
        )
        site.put(
            f"/categories/{slug(tag)}/",
            _frame(site, tag, f'<article class="tagpage"><ul class="postlist">{rows}</ul></article>'),
        )
    if "no_feed" not in site.faults:
        channel = "<generator>Nikola (getnikola.com)</generator>"
        text = web.rss(blog.title, f"{site.base}/", blog.posts[:PER_FEED], _item, channel)
        site.put("/rss.xml", text, "application/xml")
    if "no_sitemap" not in site.faults:
        site.put("/sitemapindex.xml", web.sitemap_index([(f"{site.base}/sitemap.xml", web.utc(site.built))]), XML)
    dates = [(post.path, f"{post.modified:%Y-%m-%dT%H:%M}") for post in blog.posts]
    others = ["/", "/archive.html", "/pages/about/", *(f"/{y}/" for y in years)]
    site.put_sitemap([*((path, f"{site.built:%Y-%m-%dT%H:%M}") for path in others), *dates])


def _item(post: Post) -> str:
    return (
        f"<dc:creator>{post.author.name}</dc:creator><description>&lt;div&gt;{post.first_sentence}&lt;/div&gt;"
        "</description>"
    )


def _card(post: Post) -> str:
    return (
        '<article class="h-entry post-text" itemscope itemtype="http://schema.org/BlogPosting"><header><h1 '
        'class="p-name '
        f'entry-title"><a href="{post.path}" class="u-url">{post.title}</a></h1><div class="metadata"><p '
        'class="dateline"><a '
        f'href="{post.path}" rel="bookmark"><time class="published dt-published" '
        f'datetime="{post.published.isoformat()}">'
        f'{post.published:%Y-%m-%d %H:%M}</time></a></p></div></header><div class="p-summary entry-summary"><p>'
        f'{post.first_sentence} <a href="{post.path}">Read more…</a></p></div></article>'
    )


def _frame(site: Folder, title: str, main: str, more: str = "") -> str:
    feed = "" if "no_feed" in site.faults else web.feed_link("/rss.xml")
    head = (
        '<link href="/assets/css/all-nocdn.css" rel="stylesheet" type="text/css">\n<meta name="generator" '
        'content="Nikola '
        f'(getnikola.com)">\n{feed}\n{more}'
    )
    body = (
        '<a href="#content" class="sr-only sr-only-focusable">Skip to main content</a>'
        '<nav class="navbar navbar-expand-md"><a class="navbar-brand" href="/">'
        f'<span id="blog-title">{site.blog.title}</span></a><ul class="navbar-nav"><li class="nav-item">'
        '<a href="/archive.html" class="nav-link">Archive</a></li><li class="nav-item">'
        '<a href="/pages/about/" class="nav-link">About</a></li></ul></nav>\n'
        f'<div class="container" id="content" role="main"><div class="body-content">{main}<footer id="footer">'
        '<p>Contents © 2024 Mina Halvorsen - Powered by <a href="https://getnikola.com" rel="nofollow">Nikola</a>'
        "</p></footer></div></div>"
    )
    return web.page(title, head, body)


def _page(site: Folder, post: Post) -> str:
    more = (
        f'<link rel="canonical" href="{site.base}{post.path}">\n{web.meta_property("og:type", "article")}\n'
        f"{web.meta_property('article:published_time', post.published.isoformat())}\n"
        f'<meta name="author" content="{post.author.name}">'
    )
    tags = "".join(
        f'<li><a class="tag p-category" href="/categories/{slug(tag)}/" rel="tag">{tag}</a></li>' for tag in post.tags
    )
    main = (
        '<article class="post-text h-entry hentry postpage" itemscope itemtype="http://schema.org/Article"><header>'
        f'<h1 class="p-name entry-title" itemprop="headline name"><a href="." class="u-url">{post.title}</a></h1>'
        '<div class="metadata"><p class="byline author vcard p-author h-card">'
        f'<span class="byline-name fn p-name" itemprop="author">{post.author.name}</span></p><p class="dateline">'
        f'<a href="." rel="bookmark"><time class="published dt-published" datetime="{post.published.isoformat()}" '
        f'itemprop="datePublished">{post.published:%Y-%m-%d %H:%M}</time></a></p></div></header>\n'
        f'<div class="e-content entry-content" itemprop="articleBody text">{post.html}</div>\n'
        f'<aside class="postpromonav"><nav><ul class="tags" itemprop="keywords">{tags}</ul></nav></aside></article>'
    )
    return _frame(site, f"{post.title} | {site.blog.title}", main, more)
