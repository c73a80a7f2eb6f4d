"""Blogger: layouts, contempo-like themes and the older templates."""

from __future__ import annotations

from archiver.extract.platforms.rules import Platform

BLOGGER = Platform(
    name="blogger",
    label="blogger",
    generators=("blogger",),
    markers=("link[href*=blogger.com/static/]", "link[rel=service.post]", "link[href*=.blogger.com/feeds/]"),
    roots=(".post-body.entry-content", ".post-body", "[itemprop~=articleBody]", ".entry-content", ".post"),
    scripted=("meta[name=blogger-template][content=dynamic]", "script[src*=/dynamicviews/]"),
    prune=(
        ".post-footer",
        ".blogger-post-footer",
        ".post-share-buttons",
        ".share-buttons",
        ".post-icons",
        ".post-labels",
        ".post-timestamp",
        ".post-author",
        ".reaction-buttons",
        ".blog-pager",
        "#blog-pager",
        ".post-feeds",
        ".feed-links",
        ".date-header",
        ".quickedit",
        ".widget .popular-posts",
        "#related-posts",
        ".linkwithin_div",
    ),
    title=("h3.post-title", "h1.post-title", "h2.post-title", ".post-title.entry-title", ".entry-title"),
    author=(
        ".post-author [itemprop=name]",
        ".post-author .fn",
        ".post-author.vcard .g-profile",
        ".byline.post-author .fn",
    ),
    date=(".published", "abbr.published", "time.published", "[itemprop=datePublished]", "h2.date-header"),
    category=(),
    tag=(".post-labels a[rel=tag]", ".label-link"),
)
