"""A page of given markup, extracted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archiver.extract.article import extract
from archiver.models import Article, Hints, Page

Extract = Callable[..., Article]

FILL = (
    "<p>The first chapters move slowly, as winters in that valley do, and nobody in them seems to"
    " mind it much.</p>"
    "<p>Later the pace quickens, the letters arrive, and the family has to decide what it can carry"
    " over the pass.</p>"
    "<p>I read the last part twice, once for the story and once for the sentences, which are short"
    " and very plain.</p>"
)


@pytest.fixture
def article() -> Extract:
    """Return a function from markup to its article."""

    def run(markup: str | bytes, url: str = "https://blog.example/2019/03/04/a-post/", **options: object) -> Article:
        body = markup.encode() if isinstance(markup, str) else markup
        headers = options.get("headers", (("content-type", "text/html; charset=utf-8"),))
        hints = options.get("hints", Hints())
        assert isinstance(headers, tuple)
        assert isinstance(hints, Hints)
        return extract(Page(url, body, headers), hints)

    return run


@pytest.fixture
def post(article: Extract) -> Extract:
    """Return a function from a post's body to its article, on a plain classic WordPress page."""

    def run(body: str, title: str = "A post", head: str = "", after: str = "", **options: object) -> Article:
        return article(
            f"""<html lang="en"><head><title>{title} | The Blog</title>
            <meta name="generator" content="WordPress 6.1"><meta property="og:site_name"
content="The Blog">{head}</head>
            <body class="single single-post"><header><p class="site-title"><a href="/" rel="home">The
Blog</a></p></header>
            <main><article class="post hentry"><header><h1 class="entry-title">{title}</h1></header>
            <div class="entry-content">{body}</div></article>{after}</main>
            <aside class="widget-area"><section class="widget"><h2>Recent Posts</h2><ul><li><a
href="/x">Another
            post of mine</a></li></ul></section></aside></body></html>""",
            **options,
        )

    return run


@pytest.fixture
def fill() -> str:
    """Return three plain paragraphs, so that a page is long enough to be an ordinary one."""
    return FILL
