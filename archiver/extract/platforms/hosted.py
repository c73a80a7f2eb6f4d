"""Hosted platforms with one markup each: Substack, Ghost, Squarespace, Medium."""

from __future__ import annotations

from archiver.extract.platforms.rules import Platform

SUBSTACK = Platform(
    name="substack",
    label="substack",
    generators=("substack",),
    markers=("link[href*=substackcdn.com]", "script[src*=substackcdn.com]"),
    roots=(".available-content .body", ".available-content", ".body.markup"),
    gates=("[data-testid=paywall]", ".paywall"),
    prune=(
        ".subscription-widget-wrap",
        ".subscription-widget-wrap-editor",
        ".subscribe-widget",
        ".captioned-button-wrap",
        ".button-wrapper",
        ".post-ufi",
        ".post-footer",
        ".paywall",
        ".share-dialog",
        ".header-anchor-parent",
        ".image-link-expand",
        ".digest-post-embed",
        ".embedded-post-wrap",
        ".poll-embed",
        ".install-substack-app-embed",
    ),
    title=("h1.post-title", ".post-title"),
    author=(".byline-wrapper a",),
    date=(),
    tag=(".post-tag",),
)

GHOST = Platform(
    name="ghost",
    label="ghost",
    generators=("ghost",),
    gates=(".gh-post-upgrade-cta", ".post-upgrade-cta"),
    roots=(".gh-content", ".post-full-content .post-content", ".post-content", ".kg-canvas", ".content"),
    prune=(
        ".gh-post-upgrade-cta",
        ".post-upgrade-cta",
        ".gh-article-meta",
        ".kg-signup-card",
        ".kg-cta-card",
        ".kg-button-card",
        ".kg-bookmark-card",
        ".gh-comments",
        ".gh-subscribe",
        ".footer-cta",
        ".read-next",
    ),
    title=("h1.gh-article-title", "h1.article-title", "h1.post-full-title", "h1.post-title"),
    author=(".gh-article-author-name a", ".author-name a", ".post-card-byline-content a"),
    date=(".gh-article-meta time", "time.byline-meta-date", "time.post-full-meta-date"),
    tag=(".gh-article-tag",),
)

SQUARESPACE = Platform(
    name="squarespace",
    label="squarespace",
    generators=("squarespace",),
    markers=("link[href*=static1.squarespace.com]", "script[src*=static1.squarespace.com]"),
    roots=(".blog-item-content", ".entry-content", ".entry .body", ".sqs-layout"),
    prune=(
        ".blog-item-author-profile-wrapper",
        ".blog-more-link",
        ".item-pagination",
        ".newsletter-block",
        ".sqs-block-newsletter",
        ".sqs-block-summary-v2",
        ".sqs-block-socialaccountlinks-v2",
        ".sqs-block-button",
        ".squarespace-comments",
        ".entry-actions",
        ".Blog-meta",
    ),
    title=("h1.entry-title", ".blog-item-title h1", "h1.BlogItem-title"),
    author=(".blog-author-name", ".author-name"),
    date=("time.blog-date", "time.published", "time.dt-published"),
    category=(".blog-categories",),
    tag=(".blog-item-tag",),
)

MEDIUM = Platform(
    name="medium",
    label="medium",
    generators=("medium",),
    markers=("meta[property=al:ios:app_name][content=Medium]",),
    roots=("article section",),
    gates=("article.meteredContent",),
    prune=(".pw-post-byline-header", ".speechify-ignore"),
    title=("h1.pw-post-title", "article h1"),
    author=("a[data-testid=authorName]",),
    date=("[data-testid=storyPublishDate]",),
)
