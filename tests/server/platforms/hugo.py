"""Hugo: index.xml without an end, a sitemap, pages of ten, and aliases, which are pages that send their reader on.

Faults: `no_sitemap`, `short_feed` (the owner limits the feed to ten), `no_feed`, `no_lastmod`, `stale` (the sitemap
names deleted and renamed posts).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server.platforms import model, static, web
from server.platforms.model import Platform, Post
from server.platforms.static import Folder, slug

NAME = "hugo"
FAULTS = (
    frozenset[str](),
    frozenset({"stale", "no_feed"}),
    frozenset({"no_sitemap"}),
    frozenset({"no_sitemap", "short_feed"}),
)
PER_PAGE = 10


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    blog = model.make(count, lambda post: f"/posts/{post.slug}/", discussions=False)
    with static.serve(blog, faults, build, pages=("/about/",)) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    site.put_robots("User-agent: *")
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    single = (
        f'<article class="post-single"><h1 class="post-title">{about.title}</h1>'
        f'<div class="post-content">{about.html}</div></article>'
    )
    site.put("/about/", _frame(site, about.title, single))
    _put_lists(site, "", blog.posts)
    _put_lists(site, "/posts", blog.posts)
    for tag in blog.tags:
        tagged = [post for post in blog.posts if tag in post.tags]
        _put_lists(site, f"/tags/{slug(tag)}", tagged)
        _put_feed(site, f"/tags/{slug(tag)}/index.xml", tagged)
    _put_feed(site, "/index.xml", blog.posts)
    _put_feed(site, "/posts/index.xml", blog.posts)
    terms = "".join(f'<li><a href="{site.base}/tags/{slug(tag)}/">{tag}</a></li>' for tag in blog.tags)
    site.put("/tags/", _frame(site, "Tags", f'<ul class="terms-tags">{terms}</ul>'))
    # an alias, which no list names
    site.put("/alias/", _alias(site.base + blog.posts[2].path))
    dated = "no_lastmod" not in site.faults
    names = [(post.path, post.modified.isoformat() if dated else None) for post in blog.posts]
    others = ["/", "/posts/", "/tags/", "/about/", *(f"/tags/{slug(tag)}/" for tag in blog.tags)]
    site.put_sitemap([*((name, site.built.isoformat() if dated else None) for name in others), *names])


def _put_feed(site: Folder, path: str, posts: Sequence[Post]) -> None:
    if "no_feed" in site.faults:
        return
    shown = posts[:10] if "short_feed" in site.faults else posts
    channel = "<generator>Hugo</generator><language>en</language>"

    def item(post: Post) -> str:
        return f"<guid>{site.base}{post.path}</guid><description>{post.first_sentence}</description>"

    site.put(path, web.rss(site.blog.title, f"{site.base}/", shown, item, channel), "application/xml")


def _put_lists(site: Folder, folder: str, posts: Sequence[Post]) -> None:
    pages = web.paged(posts, PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(
            shown,
            lambda post: (
                '<article class="post-entry"><header class="entry-header"><h2 '
                f'class="entry-hint-parent">{post.title}</h2>'
                f'</header><div class="entry-content"><p>{post.first_sentence}</p></div><footer '
                'class="entry-footer"><span '
                f'title="{post.published}">{post.published:%B %d, %Y}</span></footer><a class="entry-link" '
                'aria-label="post '
                f'link to {post.title}" href="{site.base}{post.path}"></a></article>'
            ),
        )
        following = (
            f'<a class="next" href="{site.base}{folder}/page/{n + 1}/">Next&nbsp;»</a>' if n < len(pages) else ""
        )
        foot = f'<footer class="page-footer"><nav class="pagination">{following}</nav></footer>'
        path = f"{folder}/page/{n}/" if n > 1 else f"{folder}/"
        site.put(path, _frame(site, site.blog.title, rows + foot, is_home=not folder))
    if folder:
        site.put(f"{folder}/page/1/", _alias(f"{site.base}{folder}/"))


def _alias(target: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>{target}</title>\n<link rel="canonical" href="{target}">\n'
        f'<meta name="robots" content="noindex">\n<meta charset="utf-8">\n<meta http-equiv="refresh" content="0; '
        f'url={target}">\n</head>\n</html>\n'
    )


def _frame(site: Folder, title: str, main: str, more: str = "", *, is_home: bool = False) -> str:
    # Hugo names itself on its first page only
    generator = '<meta name="generator" content="Hugo 0.125.4">' if is_home else ""
    feed = "" if "no_feed" in site.faults else web.feed_link(f"{site.base}/index.xml")
    head = (
        f'{generator}\n{feed}\n<link crossorigin="anonymous" href="/assets/css/stylesheet.0c1d.css" '
        f'rel="stylesheet">\n{more}'
    )
    body = (
        f'<header class="header"><nav class="nav"><div class="logo"><a href="{site.base}/" '
        f'accesskey="h">{site.blog.title}'
        f'</a></div><ul id="menu"><li><a href="{site.base}/about/">About</a></li><li><a '
        f'href="{site.base}/tags/">Tags</a>'
        f'</li></ul></nav></header>\n<main class="main">\n{main}\n</main>\n<footer class="footer"><span>&copy; 2024 '
        f'<a href="{site.base}/">{site.blog.title}</a></span> <span>Powered by <a href="https://gohugo.io/">Hugo'
        "</a> &amp; "
        '<a href="https://github.com/adityatelange/hugo-PaperMod/">PaperMod</a></span></footer>'
    )
    return web.page(title, head, body, "list" if "post-entry" in main else "")


def _page(site: Folder, post: Post) -> str:
    own = site.base + post.path
    tags = "".join(f'<li><a href="{site.base}/tags/{slug(tag)}/">{tag}</a></li>' for tag in post.tags)
    at = site.blog.posts.index(post)
    around = "".join(
        f'<a class="{name}" href="{site.base}{site.blog.posts[n].path}"><span class="title">« {name}</span><br>'
        f"<span>{site.blog.posts[n].title}</span></a>"
        for n, name in ((at - 1, "prev"), (at + 1, "next"))
        if 0 <= n < len(site.blog.posts)
    )
    more = (
        f'<link rel="canonical" href="{own}">\n{web.meta_property("og:type", "article")}\n'
        f"{web.meta_property('article:published_time', post.published.isoformat())}\n"
        f"{web.meta_property('article:modified_time', post.modified.isoformat())}"
    )
    main = (
        '<article class="post-single"><header class="post-header"><h1 class="post-title '
        f'entry-hint-parent">{post.title}</h1>'
        f'<div class="post-meta"><span title="{post.published}">{post.published:%B %d, %Y}</span>&nbsp;·&nbsp;1 '
        "min&nbsp;·&nbsp;"
        f'{post.author.name}</div></header>\n<div class="post-content">{post.html}</div>\n<footer class="post-footer">'
        f'<ul class="post-tags">{tags}</ul><nav class="paginav">{around}</nav></footer></article>'
    )
    return _frame(site, f"{post.title} | {site.blog.title}", main, more)
