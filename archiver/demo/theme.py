"""Whole pages of the blog, as a classic WordPress theme writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archiver.demo import furniture
from archiver.demo.discussion import discussion
from archiver.demo.markup import attribute, blocks, content, text
from archiver.demo.model import Page, Paragraph, Post, Site, slugify

STYLE_PATH = "/wp-content/themes/reading-room/style.css"
STYLE = """\
body{font:1.05rem/1.6 Georgia,serif;color:#222;background:#faf8f4;margin:0 auto;max-width:68rem;padding:1rem}
#content{display:grid;grid-template-columns:minmax(0,3fr) 1fr;gap:3rem}
.screen-reader-text,.actnbar-hidden,#likes-other-gravatars{display:none}
.alignright{float:right;margin:.3rem 0 1rem 1.5rem}
.aligncenter{margin:1rem auto}
.wp-block-gallery{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:1rem 0}
figure{margin:1rem 0}
img{max-width:100%;height:auto}
figcaption,.entry-meta,.comment-metadata,.widget,.sharedaddy,.wpcnt{font-size:.85rem;color:#555}
blockquote{border-left:3px solid #b9a98c;margin-left:0;padding-left:1rem}
pre{overflow-x:auto}
.children{padding-left:1.5rem}
"""
_GENERATOR = "WordPress 6.5.3"


def _document(site: Site, *, title: str, body_class: str, main: str, head: str = "", language: str = "en-GB") -> str:
    pages = "".join(
        f'<li class="menu-item"><a href="{attribute(site.link(page.path))}">{text(page.title)}</a></li>'
        for page in site.pages
    )
    feed = attribute(site.link("/feed/"))
    comments_feed = attribute(site.link("/comments/feed/"))
    return f"""\
<!DOCTYPE html>
<html lang="{attribute(language)}">
<head>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{text(title)}</title>
<meta name="robots" content="max-image-preview:large" />
<meta property="og:site_name" content="{attribute(site.title)}" />
<link rel="alternate" type="application/rss+xml" title="{attribute(site.title)} &raquo; Feed" href="{feed}" />
<link rel="alternate" type="application/rss+xml" title="{attribute(site.title)} &raquo; Comments Feed"
 href="{comments_feed}" />
<link rel="stylesheet" href="{attribute(site.link(STYLE_PATH))}" media="all" />
<link rel="https://api.w.org/" href="{attribute(site.link("/wp-json/"))}" />
<meta name="generator" content="{_GENERATOR}" />
{head}</head>
<body class="{attribute(body_class)} wp-embed-responsive">
<div id="page" class="site">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<header id="masthead" class="site-header" role="banner">
<p class="site-title"><a href="{site.url}" rel="home">{text(site.title)}</a></p>
<p class="site-description">{text(site.tagline)}</p>
<nav id="site-navigation" class="main-navigation"><button class="menu-toggle">Menu</button><ul class="menu">
<li class="menu-item"><a href="{site.url}">Home</a></li>{pages}</ul></nav>
</header>
<div id="content" class="site-content">
<div id="primary" class="content-area"><main id="main" class="site-main" role="main">
{main}
</main></div>
{furniture.sidebar(site)}
</div>
{furniture.colophon()}
</div>
{furniture.COOKIE_NOTICE}
{furniture.follow_bar(site)}
{furniture.LIKES_MASTER}
</body>
</html>
"""


def _post_classes(post: Post) -> str:
    terms = [f"category-{slugify(name)}" for name in post.categories]
    terms += [f"tag-{slugify(name)}" for name in post.tags]
    kinds = f"post-{post.id} post type-post status-publish format-standard hentry"
    return attribute(" ".join((kinds, *terms)))


def _byline(site: Site, post: Post) -> str:
    author = site.author(post.author)
    link = attribute(site.link(post.path))
    changed = post.changed is not None
    updated = (
        f'<time class="updated" datetime="{post.modified.isoformat()}">{furniture.day(post.modified)}</time>'
        if changed
        else ""
    )
    return f"""\
<div class="entry-meta"><span class="posted-on"><span class="screen-reader-text">Posted on</span>
<a href="{link}" rel="bookmark"><time class="entry-date published{"" if changed else " updated"}"
 datetime="{post.published.isoformat()}">{furniture.day(post.published)}</time>{updated}</a></span>
<span class="byline">by <span class="author vcard"><a class="url fn n"
 href="{attribute(site.link(f"/author/{author.slug}/"))}">{text(author.name)}</a></span></span>
<span class="comments-link"><a href="{link}#comments">{_comment_word(post.comment_count)}</a></span></div>"""


def _comment_word(count: int) -> str:
    return {0: "Leave a comment", 1: "1 Comment"}.get(count, f"{count} Comments")


def _structured_review(post: Post) -> str:
    if post.review is None:
        return ""
    review = post.review
    data = {
        "@context": "https://schema.org",
        "@type": "Review",
        "name": post.title,
        "itemReviewed": {
            "@type": "Book",
            "name": review.book,
            "author": {"@type": "Person", "name": review.creator},
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": review.rating,
            "bestRating": review.best,
            "worstRating": 1,
        },
        "author": {"@type": "Person", "name": post.author},
        "datePublished": post.published.isoformat(),
    }
    # In a script element only "<" can do harm, and there is no other way to escape it there.
    written = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{written}</script>\n'


def single(site: Site, post: Post) -> str:
    """The page of one post."""
    link = attribute(site.link(post.path))
    head = f"""\
<link rel="canonical" href="{link}" />
<link rel="shortlink" href="{site.url}?p={post.id}" />
<link rel="alternate" type="application/json" href="{site.url}wp-json/wp/v2/posts/{post.id}" />
<link rel="alternate" type="application/rss+xml" title="{attribute(post.title)} Comments Feed"
 href="{link}feed/" />
<meta name="description" content="{attribute(post.excerpt)}" />
<meta property="og:type" content="article" />
<meta property="og:title" content="{attribute(post.title)}" />
<meta property="og:url" content="{link}" />
<meta property="og:locale" content="{attribute(post.language.replace("-", "_"))}" />
<meta property="article:published_time" content="{post.published.isoformat()}" />
<meta property="article:modified_time" content="{post.modified.isoformat()}" />
{_structured_review(post)}"""
    words = blocks(site, post.body)
    # An advertisement goes to the middle of a text that is long enough to have one.
    if len(words) > 2:
        words.insert(len(words) // 2, furniture.ADVERT)
    joined = "\n\n".join(words)
    main = f"""\
<article id="post-{post.id}" class="{_post_classes(post)}">
<header class="entry-header"><h1 class="entry-title">{text(post.title)}</h1>
{_byline(site, post)}
</header>
<div class="entry-content">
{joined}
{furniture.share_buttons(site, post)}
</div>
{furniture.post_footer(site, post)}
{furniture.author_box(site, post)}
</article>
{furniture.neighbours(site, post)}
{discussion(site, post)}"""
    return _document(
        site,
        title=f"{post.title} – {site.title}",
        body_class=f"post-template-default single single-post postid-{post.id} single-format-standard",
        main=main,
        head=head,
        language=post.language,
    )


def fixed_page(site: Site, page: Page) -> str:
    """A page that is not a post, such as About."""
    main = f"""\
<article id="post-{page.id}" class="post-{page.id} page type-page status-publish hentry">
<header class="entry-header"><h1 class="entry-title">{text(page.title)}</h1></header>
<div class="entry-content">
{content(site, page.body)}
</div>
</article>"""
    return _document(
        site,
        title=f"{page.title} – {site.title}",
        body_class=f"page-template-default page page-id-{page.id}",
        main=main,
        head=f'<link rel="canonical" href="{attribute(site.link(page.path))}" />\n',
    )


def _teaser(site: Site, post: Post) -> str:
    link = attribute(site.link(post.path))
    opening = [value for value in post.body if isinstance(value, Paragraph)][:1]
    more = (
        f'<p class="link-more"><a href="{link}#more-{post.id}" class="more-link">Continue reading '
        f'<span class="screen-reader-text">&#8220;{text(post.title)}&#8221;</span> &rarr;</a></p>'
        if len(post.body) > len(opening)
        else ""
    )
    return f"""\
<article id="post-{post.id}" class="{_post_classes(post)}">
<header class="entry-header">
<h2 class="entry-title"><a href="{link}" rel="bookmark">{text(post.title)}</a></h2>
{_byline(site, post)}
</header>
<div class="entry-content">
{content(site, opening)}{more}
</div>
{furniture.post_footer(site, post)}
</article>"""


def listing(
    site: Site, posts: Sequence[Post], *, path: str, body_class: str, heading: str, page: int, pages: int
) -> str:
    """One page of a list of posts; `path` is where the list begins."""

    def numbered(number: int) -> str:
        return attribute(site.link(path if number == 1 else f"{path}page/{number}/"))

    def step(number: int, side: str, label: str) -> str:
        if not 1 <= number <= pages:
            return ""
        return f'<div class="nav-{side}"><a href="{numbered(number)}">{label}</a></div>'

    numbers = " ".join(
        f'<span aria-current="page" class="page-numbers current">{number}</span>'
        if number == page
        else f'<a class="page-numbers" href="{numbered(number)}">{number}</a>'
        for number in range(1, pages + 1)
    )
    navigation = f"""\
<nav class="navigation posts-navigation pagination"><h2 class="screen-reader-text">Posts navigation</h2>
<div class="nav-links">{step(page + 1, "previous", "Older posts")} {numbers}
{step(page - 1, "next", "Newer posts")}</div></nav>"""
    title = f'<h1 class="page-title">{text(heading)}</h1>' if heading else ""
    teasers = "\n".join(_teaser(site, post) for post in posts)
    paged = f" paged paged-{page}" if page > 1 else ""
    named = " – ".join(filter(None, (heading, f"Page {page}" if page > 1 else "", site.title)))
    return _document(
        site,
        title=named,
        body_class=f"{body_class} hfeed{paged}",
        main=f'<header class="page-header">{title}</header>\n{teasers}\n{navigation if pages > 1 else ""}',
    )


def not_found(site: Site) -> str:
    """The page for an address that leads nowhere."""
    main = """\
<section class="error-404 not-found"><header class="page-header">
<h1 class="page-title">Oops! That page can&rsquo;t be found.</h1></header>
<div class="page-content"><p>It looks like nothing was found at this location. Maybe try a search?</p></div>
</section>"""
    return _document(site, title=f"Page not found – {site.title}", body_class="error404", main=main)
