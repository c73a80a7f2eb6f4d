"""Which platform a first page speaks of, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from archiver.discover.detect import PLATFORMS, Verdict, detect

HERE = "https://diary.example/"


@dataclass(frozen=True)
class Page:
    """The first page of a blog, with what there is of it to go by; `least` is the confidence to be reached."""

    platform: str | None
    head: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    url: str = HERE
    least: float = 0.9


def told(page: Page) -> Verdict:
    """Return what a page tells."""
    html = f"<!DOCTYPE html><html><head>{page.head}</head><body>{page.body}<p>Hello</p></body></html>"
    return detect(page.url, Selector(html, type="html"), page.headers)


def loads(*addresses: str) -> str:
    """Return elements that load scripts and styles."""
    tags = '<link rel="stylesheet" href="{}">', '<script src="{}"></script>'
    return "".join(tags[".css" not in address].format(address) for address in addresses)


def links(**relations: str) -> str:
    """Return links of the head."""
    return "".join(f'<link rel="{name.replace("_", ".")}" href="{href}">' for name, href in relations.items())


API = '<link rel="https://api.w.org/" href="/wp-json/">'
CLASSIC = (
    "<script>_WidgetManager._Init('//www.blogger.com/rearrange?blogID\\x3d7007','//diary.example/','7007');"
    "_WidgetManager._SetDataContext([{'name': 'blog', 'data': {'view': '', "
    "'dynamicViewsScriptSrc': '//www.blogblog.com/dynamicviews/0a1b'}}]);</script>"
)
MICRO = links(
    micropub="https://micro.blog/micropub",
    microsub="https://micro.blog/microsub",
    subscribe="https://micro.blog/follow",
)

PAGES = {
    "wordpress": Page(
        "wordpress",
        '<meta name="generator" content="WordPress 6.4.2">'
        + API
        + loads("/wp-content/themes/plain/style.css?ver=1", "/wp-includes/js/x.js"),
    ),
    "wordpress that hides its version": Page(
        "wordpress", loads("/wp-content/themes/plain/style.css", "/wp-content/plugins/forms/a.js"), least=0.8
    ),
    "wordpress behind a content network": Page(
        "wordpress", links(EditURI="/xmlrpc.php?rsd") + loads("//cdn.example/wp-content/themes/a.css"), least=0.6
    ),
    "wordpress in a folder": Page(
        "wordpress", loads("/diary/wp-includes/js/x.js"), url="https://diary.example/diary/", least=0.6
    ),
    "wordpress by its headers alone": Page(
        "wordpress",
        headers={
            "link": '<https://diary.example/wp-json/>; rel="https://api.w.org/"',
            "x-pingback": "https://diary.example/xmlrpc.php",
        },
        least=0.8,
    ),
    "wordpress with jetpack": Page(
        "wordpress",
        '<meta name="generator" content="WordPress 6.4.2">'
        + API
        + links(shortlink="https://wp.me/abc", preconnect="//i0.wp.com")
        + loads(
            "//stats.wp.com/e-202001.js",
            "//c0.wp.com/c/6.4/wp-includes/js/x.js",
            "//s0.wp.com/wp-content/js/devicepx-jetpack.js",
            "/wp-content/plugins/jetpack/css/jetpack.css",
        ),
        '<img src="https://i0.wp.com/diary.example/wp-content/uploads/a.jpg">',
    ),
    "wordpress with plugins, hosted by wordpress.com": Page(
        "wordpress",
        '<meta name="generator" content="WordPress 6.4.2">'
        + API
        + loads("/wp-content/plugins/forms/a.js", "/wp-content/themes/plain/style.css"),
        headers={"host-header": "WordPress.com", "x-hacker": "Want root? Visit join.a8c.com", "x-ac": "1.x _atomic_y"},
    ),
    "wordpress vip": Page(
        "wordpress",
        API + loads("/wp-content/themes/plain/style.css"),
        headers={"x-hacker": "See join.a8c.com/viphacker", "x-powered-by": "WordPress VIP"},
    ),
    "wordpress.com": Page(
        "wordpress.com",
        '<meta name="generator" content="WordPress.com">'
        + links(EditURI="https://diary.wordpress.com/xmlrpc.php?rsd", search="https://s1.wp.com/opensearch.xml")
        + loads("//s2.wp.com/_static/??abc.css", "//stats.wp.com/w.js"),
        url="https://diary.wordpress.com/",
    ),
    "wordpress.com with a domain of its own": Page(
        "wordpress.com",
        links(
            alternate="https://public-api.wordpress.com/oembed/?format=json&amp;url=https%3A%2F%2Fdiary.example%2F"
            "&amp;for=wpcom-auto-discovery",
            EditURI="https://diary.example/xmlrpc.php?rsd",
        )
        + loads("https://s1.wp.com/_static/??-eJx.js", "//s0.wp.com/wp-content/themes/pub/plain/style.css"),
        headers={"host-header": "WordPress.com", "link": '<https://diary.example/wp-json/>; rel="https://api.w.org/"'},
    ),
    "wordpress.com that names its api": Page(
        "wordpress.com", '<link rel="https://api.w.org/" href="https://public-api.wordpress.com/wp/v2/sites/1">'
    ),
    "blogger": Page(
        "blogger",
        '<meta content="blogger" name="generator">'
        + links(service_post="https://www.blogger.com/feeds/7007/posts/default")
        + loads("https://www.blogger.com/static/v1/widgets/1-css_bundle_v2.css"),
        CLASSIC,
        {"server": "GSE"},
    ),
    "blogger by its address": Page("blogger", url="https://diary.blogspot.co.uk/"),
    "blogger with a theme without marks": Page("blogger", body=CLASSIC, least=0.7),
    "blogger with dynamic views": Page(
        "blogger",
        '<meta content="blogger" name="generator">',
        f"<script>window.onload = function() {{ blogger.ui().configure().view(); }};</script>{CLASSIC}",
    ),
    "ghost": Page(
        "ghost",
        '<meta name="generator" content="Ghost 5.82">'
        '<script defer src="https://cdn.jsdelivr.net/ghost/portal@~2.37/umd/portal.min.js" '
        'data-ghost="https://diary.example/" data-key="00112233445566778899aabbcc"></script>'
        + loads("/public/cards.min.js?v=1"),
    ),
    "ghost by its portal": Page(
        "ghost", loads("https://unpkg.com/@tryghost/portal@1.2.3/umd/portal.min.js"), least=0.6
    ),
    "ghost by its headers": Page("ghost", headers={"x-ghost-cache-status": "From Cache"}, least=0.8),
    "substack": Page(
        "substack",
        loads("https://substackcdn.com/bundle/static/js/main.0a1b.js"),
        headers={"x-served-by": "Substack", "x-cluster": "substack", "x-powered-by": "Express"},
    ),
    "substack by its address": Page("substack", url="https://diary.substack.com/"),
    "tumblr": Page(
        "tumblr",
        '<meta name="if:Show search" content="1"><meta property="al:android:package" content="com.tumblr">'
        + loads("https://assets.tumblr.com/assets/scripts/tumblelog.js", "https://static.tumblr.com/a/b.css"),
        headers={"x-tumblr-user": "diary"},
    ),
    "tumblr by its theme": Page(
        "tumblr", loads("https://static.tumblr.com/a/b.css") + '<meta name="color:Link" content="#000">', least=0.7
    ),
    "medium": Page(
        "medium",
        '<meta property="al:android:package" content="com.medium.reader">'
        + loads("https://cdn-client.medium.com/lite/static/js/main.0a1b.js"),
        headers={"medium-fulfilled-by": "edgy/1, lite/2"},
    ),
    "medium by its address": Page("medium", url="https://medium.com/@diary"),
    "jekyll": Page("jekyll", '<meta name="generator" content="Jekyll v4.3.2"><!-- Begin Jekyll SEO tag v2.8 -->'),
    "jekyll by its plugin": Page("jekyll", "<!-- Begin Jekyll SEO tag v2.8 -->", least=0.7),
    "hugo": Page("hugo", '<meta name="generator" content="Hugo 0.120.4">', least=0.8),
    "pelican": Page("pelican", '<meta name="generator" content="Pelican">'),
    "hexo": Page("hexo", '<meta name="generator" content="Hexo 6.3.0">'),
    "nikola": Page("nikola", '<meta name="generator" content="Nikola (getnikola.com)">'),
    "micro.blog": Page("micro.blog", '<meta name="generator" content="Hugo 0.91.2">' + MICRO, least=0.85),
    "micro.blog by its address": Page("micro.blog", url="https://diary.micro.blog/"),
    "typepad": Page("typepad", '<meta name="generator" content="http://www.typepad.com/">'),
    "movable type": Page("movabletype", '<meta name="generator" content="Movable Type Pro 7">'),
    "unknown": Page(None),
    "a page that embeds others": Page(
        None,
        loads("https://assets.tumblr.com/post.js", "https://cdn.jsdelivr.net/ghost/signup-form@1/umd/signup.min.js"),
        '<img src="https://substackcdn.com/image/a.png"><img src="https://miro.medium.com/1.png">'
        '<img src="https://diary.files.wordpress.com/1.jpg"><a href="https://diary.wordpress.com/">my old blog</a>',
    ),
    "another generator": Page(None, '<meta name="generator" content="Site Kit by Google 1.0">'),
    "words in the text": Page(None, body="<p>WordPress, _WidgetManager._Init( and Jekyll SEO tag</p>"),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_platforms(page):
    """Each platform is known by its marks, with or without a generator, and what is only embedded is no mark."""
    verdict = told(page)
    assert verdict.platform == page.platform, verdict
    assert bool(verdict.evidence) == (page.platform is not None)
    assert (verdict.confidence >= page.least) if page.platform else (verdict.confidence == 0)


def test_evidence():
    """What told is said in words, the strongest first, each once."""
    page = Page(
        "ghost",
        '<meta name="generator" content="Ghost 5.82">' + loads("/public/cards.min.js", "/public/cards.min.css"),
        headers={"server": "ghost/5"},
    )
    assert told(page).evidence == ("generator 'Ghost 5.82'", "header server: ghost/5", "loads own/public")


def test_dynamic_views():
    """That Blogger's pages have no text is part of the evidence; that all name the scripts for it is no sign."""
    evidence = {name: " ".join(told(page).evidence) for name, page in PAGES.items()}
    assert "dynamic views" in evidence["blogger with dynamic views"]
    assert not [name for name, words in evidence.items() if "dynamic views" in words and "with dynamic" not in name]


def test_contradiction():
    """Marks of another platform lower the confidence, and are told."""
    head = '<meta name="generator" content="Jekyll v4"><!-- Begin Jekyll SEO tag -->'
    sure, unsure = told(Page("jekyll", head)), told(Page("jekyll", head + API))
    assert (sure.platform, unsure.platform) == ("jekyll", "jekyll")
    assert unsure.confidence < 0.7 < sure.confidence
    assert unsure.evidence[-1] == "but link to the REST API of WordPress"


def test_more_marks_are_surer():
    """Marks that agree raise the confidence, which never passes 1."""
    plain, more = told(PAGES["blogger with a theme without marks"]), told(PAGES["blogger"])
    assert plain.confidence < more.confidence <= 1


def test_long_page():
    """A page full of marks names some of them."""
    addresses = [f"/{n}/wp-content/themes/a.css" for n in range(5000)]
    verdict = told(Page("wordpress", loads(*addresses)))
    assert verdict.platform == "wordpress"
    assert len(verdict.evidence) <= 12
    assert all(len(words) < 200 for words in verdict.evidence)


HOSTILE: dict[str, Any] = {
    "generator": f'<meta name="generator" content="{"WordPress" * 20_000}">',
    "script": f"<script>{'window._preloads ' * 20_000}</script>",
    "configure": f"<script>{'blogger.ui() ' * 30_000}</script>",
    "src": f'<script src="{"a/" * 100_000}wp-content/"></script>',
    "srcs": '<script src="//x/a/b/c/d/e/f/g/h/i/j/k/l/m/n"></script>' * 3000,
    "meta": f'<meta name="{"color:" * 50_000}" content="x">' * 3,
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_hostile(head):
    """A page of any size tells a platform of the list, or none."""
    assert told(Page(None, head)).platform in (None, *PLATFORMS)


@given(st.text(), st.dictionaries(st.sampled_from(["link", "server", "x-served-by", "x-hacker"]), st.text()))
def test_any_page(head, headers):
    """Whatever page and headers hold, there is a verdict."""
    verdict = told(Page(None, head, headers=headers))
    assert 0 <= verdict.confidence <= 1
