"""Static generators: Jekyll with minima, Hugo, Pelican, Hexo, Gatsby and themes in their manner."""

from __future__ import annotations

from archiver.extract.platforms.rules import Platform

STATIC = Platform(
    name="static",
    label="static",
    generators=(
        "jekyll",
        "hugo",
        "pelican",
        "hexo",
        "gatsby",
        "eleventy",
        "nikola",
        "zola",
        "octopress",
        "astro",
    ),
    markers=(),
    roots=(
        ".post-content.e-content",
        ".e-content",
        "[itemprop=articleBody]",
        ".post-content",
        ".entry-content",
        ".article-entry",
        ".page__content",
        ".post-body",
        ".markdown-body",
        "article",
    ),
    prune=(
        ".post-info",
        ".post-header",
        ".post-meta",
        ".page__meta",
        ".page__share",
        ".page__related",
        ".sidebar__right",
        ".highlight .lineno",
        ".rouge-gutter",
        ".header-anchor",
        ".headerlink",
        ".heading-anchor",
        ".hash-link",
        ".paginav",
        ".article-nav",
        ".article-footer",
    ),
    title=("h1.post-title", "h1.entry-title", "h1.page__title", "h1.p-name", "h1.article-title"),
    author=(".p-author", "address.author .fn", ".author .fn"),
    date=("time.dt-published", "abbr.published", "time.published", ".post-meta time"),
    category=(".p-category", ".post-info a[href*=/category/]", ".post-meta a[href*=/categories/]"),
    tag=("a[rel=tag]", ".post-info a[href*=/tag/]", ".post-meta a[href*=/tags/]"),
)
