"""Which platform a blog runs on, by its first page: signs are weighed, and what contradicts lowers the confidence.

A sign is a fact of a platform, with a weight for each platform that it speaks for: about how often what shows it is
that platform. Adding one: a line in a table below, or a function among `_signs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from parsel import Selector

from archiver import urls

# All names of platforms; of two that are equally likely, the first is taken.
PLATFORMS = (
    "wordpress", "wordpress.com", "blogger", "ghost", "substack", "tumblr", "medium", "jekyll", "hugo", "pelican",
    "hexo", "nikola", "micro.blog", "typepad", "movabletype",
)  # fmt: skip
# Below it, nothing is said: a picture from another platform's host is no sign.
LEAST = 0.4
MAX_EVIDENCE = 12
MAX_ELEMENTS = 3000
MAX_SCRIPT = 500_000

Weights = Mapping[str, float]
Sign = tuple[Weights, str]

EITHER_WORDPRESS = {"wordpress": 0.4, "wordpress.com": 0.4}
# Blogs on WordPress.com name it as well, though not all of them answer there.
API = {"wordpress": 0.8, "wordpress.com": 0.5}
API_WORDS = "link to the REST API of WordPress"
WORDPRESS_API = "https://api.w.org/"
# Hosts on which platforms keep blogs.
HOSTS = (
    (re.compile(r"(.+\.)?wordpress\.com"), "wordpress.com"),
    (re.compile(r".+\.blogspot\.[a-z.]{2,7}"), "blogger"),
    (re.compile(r".+\.ghost\.io"), "ghost"),
    (re.compile(r"(.+\.)?substack\.com"), "substack"),
    (re.compile(r"(.+\.)?tumblr\.com"), "tumblr"),
    (re.compile(r"(.+\.)?medium\.com"), "medium"),
    (re.compile(r".+\.micro\.blog"), "micro.blog"),
    (re.compile(r".+\.typepad\.com"), "typepad"),
)
# Words in <meta name=generator>.
GENERATORS: tuple[tuple[re.Pattern[str], Weights], ...] = (
    (re.compile(r"wordpress\.com\b"), {"wordpress.com": 0.95}),
    (re.compile(r"wordpress\b"), {"wordpress": 0.9}),
    (re.compile(r"blogger\b"), {"blogger": 0.95}),
    (re.compile(r"ghost\b"), {"ghost": 0.95}),
    (re.compile(r"substack\b"), {"substack": 0.95}),
    (re.compile(r"tumblr\b"), {"tumblr": 0.9}),
    (re.compile(r"jekyll\b"), {"jekyll": 0.95}),
    # Micro.blog makes its blogs with Hugo.
    (re.compile(r"hugo\b"), {"hugo": 0.8, "micro.blog": 0.5}),
    (re.compile(r"pelican\b"), {"pelican": 0.95}),
    (re.compile(r"hexo\b"), {"hexo": 0.95}),
    (re.compile(r"nikola\b"), {"nikola": 0.95}),
    (re.compile(r"micro\.blog\b"), {"micro.blog": 0.95}),
    (re.compile(r"(https?://(www\.)?)?typepad\b"), {"typepad": 0.95}),
    (re.compile(r"(https?://(www\.)?)?movable ?type\b"), {"movabletype": 0.95}),
)
# Response headers, and what in them.
HEADERS: tuple[tuple[str, re.Pattern[str], Weights], ...] = (
    ("x-tumblr-user", re.compile(r"."), {"tumblr": 0.95}),
    ("x-served-by", re.compile(r"\bsubstack\b"), {"substack": 0.95}),
    ("x-cluster", re.compile(r"\bsubstack\b"), {"substack": 0.8}),
    ("medium-fulfilled-by", re.compile(r"."), {"medium": 0.9}),
    ("x-powered-by", re.compile(r"^medium\b"), {"medium": 0.8}),
    ("x-ghost-cache-status", re.compile(r"."), {"ghost": 0.8}),
    ("server", re.compile(r"\bghost\b"), {"ghost": 0.8}),
    ("x-powered-by", re.compile(r"\bghost\b"), {"ghost": 0.8}),
    # WordPress.com says so of itself for blogs with plugins of their own too, which are as good as self-hosted.
    ("host-header", re.compile(r"\bwordpress\.com\b"), {"wordpress.com": 0.8, "wordpress": 0.3}),
    ("x-hacker", re.compile(r"\bvip"), {"wordpress": 0.5}),
    ("x-hacker", re.compile(r"automattic|a8c|wordpress\.com"), {"wordpress.com": 0.4, "wordpress": 0.2}),
    ("x-powered-by", re.compile(r"wordpress|wp ?engine|wpvip|w3 total cache|wp rocket"), {"wordpress": 0.4}),
    ("x-pingback", re.compile(r"/xmlrpc\.php"), EITHER_WORDPRESS),
    ("x-redirect-by", re.compile(r"wordpress"), EITHER_WORDPRESS),
    ("server", re.compile(r"^gse$"), {"blogger": 0.3}),
)
# Links in the head: relation, address without scheme.
RELATIONS: tuple[tuple[str, re.Pattern[str], Weights], ...] = (
    (WORDPRESS_API, re.compile(r"public-api\.wordpress\.com/"), {"wordpress.com": 0.9}),
    (WORDPRESS_API, re.compile(r"."), API),
    ("edituri", re.compile(r"[^?]{1,500}/xmlrpc\.php"), EITHER_WORDPRESS),
    ("edituri", re.compile(r"www\.blogger\.com/"), {"blogger": 0.6}),
    ("service.post", re.compile(r"www\.blogger\.com/feeds/"), {"blogger": 0.9}),
    ("search", re.compile(r"s[0-9]?\.wp\.com/opensearch"), {"wordpress.com": 0.6}),
    ("alternate", re.compile(r"public-api\.wordpress\.com/oembed.{1,2000}for=wpcom"), {"wordpress.com": 0.5}),
    ("alternate", re.compile(r"[^/]{1,300}/feeds/posts/(default|summary)\b"), {"blogger": 0.4}),
    ("micropub", re.compile(r"micro\.blog/"), {"micro.blog": 0.5}),
    ("microsub", re.compile(r"micro\.blog/"), {"micro.blog": 0.4}),
    ("token_endpoint", re.compile(r"micro\.blog/"), {"micro.blog": 0.4}),
    ("subscribe", re.compile(r"micro\.blog/"), {"micro.blog": 0.4}),
)
# Scripts and styles that a page loads: address without scheme; "own/" stands for the blog's own host.
ASSETS: tuple[tuple[re.Pattern[str], Weights], ...] = (
    # A self-hosted blog with Jetpack loads from wp.com too, but never its theme.
    (re.compile(r"s[0-9]?\.wp\.com/(_static/|wp-content/themes/)"), {"wordpress.com": 0.6}),
    (re.compile(r"c0\.wp\.com/"), {"wordpress": 0.5}),
    (re.compile(r"(stats|s[0-9]?|widgets|i[0-9])\.wp\.com/"), {"wordpress": 0.2, "wordpress.com": 0.2}),
    (re.compile(r"own/(.{0,200}/)?wp-content/(mu-)?plugins/"), {"wordpress": 0.7}),
    (re.compile(r"own/(.{0,200}/)?(wp-includes|wp-content/themes)/"), {"wordpress": 0.6}),
    (re.compile(r"(?!s[0-9]?\.wp\.com/)[^/]{1,300}/(.{0,200}/)?(wp-includes|wp-content)/"), EITHER_WORDPRESS),
    (re.compile(r"www\.blogger\.com/(static|dyn-css)/"), {"blogger": 0.7}),
    (re.compile(r"(www|resources)\.blogblog\.com/"), {"blogger": 0.6}),
    (re.compile(r"substackcdn\.com/"), {"substack": 0.7}),
    # post.js and the like embed a post in a page elsewhere
    (re.compile(r"(assets|static)\.tumblr\.com/(?!(post|share)[._-])"), {"tumblr": 0.6}),
    (re.compile(r"(cdn-client|cdn-static-1|glyph)\.medium\.com/"), {"medium": 0.7}),
    (re.compile(r"[^/]{1,300}/(.{0,200}/)?@?(try)?ghost/(portal|sodo-search|comments-ui)\b"), {"ghost": 0.7}),
    (re.compile(r"own/(.{0,200}/)?public/(cards|member-attribution|comment-counts)\.min\."), {"ghost": 0.6}),
    (re.compile(r"static\.typepad\.com/"), {"typepad": 0.6}),
    (re.compile(r"own/(.{0,200}/)?mt-static/"), {"movabletype": 0.6}),
    (re.compile(r"own/(.{0,200}/)?assets/(css|js)/(nikola_|all-nocdn)"), {"nikola": 0.5}),
)
# Names (or properties) of <meta>, and what they hold.
METAS: tuple[tuple[re.Pattern[str], re.Pattern[str], Weights], ...] = (
    (re.compile(r"al:android:package"), re.compile(r"com\.medium\.reader$"), {"medium": 0.8}),
    (re.compile(r"twitter:app:name:iphone"), re.compile(r"medium$"), {"medium": 0.6}),
    (re.compile(r"al:android:package"), re.compile(r"com\.tumblr$"), {"tumblr": 0.8}),
    (re.compile(r"tumblr-theme"), re.compile(r"."), {"tumblr": 0.6}),
    # settings of a theme
    (re.compile(r"(if|text|color|font|image):[\w -]{1,60}"), re.compile(r""), {"tumblr": 0.3}),
)
# What scripts in the page say.
SCRIPTS: tuple[tuple[re.Pattern[str], Weights, str], ...] = (
    (re.compile(r"_WidgetManager\._Init\("), {"blogger": 0.7}, "script of Blogger's widgets"),
    (
        re.compile(r"\bblogger\.ui\(\)\s{0,9}\.\s{0,9}configure\("),
        {"blogger": 0.7},
        "dynamic views of Blogger: its pages have no text until scripts run",
    ),
    (re.compile(r"\bwindow\._preloads\b[^\n]{0,500}substack"), {"substack": 0.6}, "script of Substack's pages"),
    (re.compile(r"\bwpcom_(reblog|adclk|img_zoomer)"), {"wordpress.com": 0.4}, "script of WordPress.com's pages"),
    (re.compile(r"\bhexo-configurations\b|\bvar CONFIG\b[^\n]{0,500}hexo"), {"hexo": 0.6}, "script of a Hexo theme"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The platform, None if nothing tells; how sure that is, from 0 to 1; the signs in words, the strongest first."""

    platform: str | None = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()


def detect(url: str, page: Selector, headers: Mapping[str, str]) -> Verdict:
    """Tell the platform of a blog by its first page and the headers of the response; names of headers in lower case."""
    signs = list({words: (weights, words) for weights, words in _signs(url, page, headers)}.values())
    scores = {name: _joined([weights.get(name, 0.0) for weights, _ in signs]) for name in PLATFORMS}
    best = max(PLATFORMS, key=lambda name: scores[name])
    if scores[best] < LEAST:
        return Verdict()
    signs_for = sorted((sign for sign in signs if best in sign[0]), key=lambda sign: -sign[0][best])
    against = [sign for sign in signs if best not in sign[0]]
    rival = max(_joined([weights.get(name, 0.0) for weights, _ in against]) for name in PLATFORMS)
    words = [words for _, words in signs_for] + [f"but {words}" for _, words in against]
    return Verdict(best, round(scores[best] * (1 - rival / 2), 3), tuple(words[:MAX_EVIDENCE]))


def _joined(weights: list[float]) -> float:
    """Return how likely something is for which each sign speaks on its own."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1 - weight
    return 1 - doubt


def _signs(url: str, page: Selector, headers: Mapping[str, str]) -> Iterator[Sign]:
    host = (urlsplit(url).hostname or "").lower()
    for pattern, platform in HOSTS:
        if pattern.fullmatch(host):
            yield {platform: 0.95}, f"host {host[:100]}"
    yield from _headers(headers)
    yield from _metas(page)
    yield from _relations(url, page)
    yield from _assets(url, page)
    yield from _scripts(page)


def _headers(headers: Mapping[str, str]) -> Iterator[Sign]:
    for name, pattern, weights in HEADERS:
        value = headers.get(name, "")[:1000].strip()
        if value and pattern.search(value.lower()):
            yield weights, f"header {name}: {_short(value)}"
    link = headers.get("link", "")[:20_000]
    if WORDPRESS_API in link:
        is_hosted = "//public-api.wordpress.com/" in link
        yield {"wordpress.com": 0.9} if is_hosted else API, API_WORDS


def _metas(page: Selector) -> Iterator[Sign]:
    for meta in page.xpath("//meta[@content]")[:MAX_ELEMENTS]:
        name = (meta.attrib.get("name") or meta.attrib.get("property") or "").strip().lower()[:100]
        value = (meta.attrib.get("content") or "").strip()[:1000]
        if name == "generator":
            weights = next((w for pattern, w in GENERATORS if pattern.match(value.lower())), None)
            if weights:
                yield weights, f"generator {value[:80]!r}"
            continue
        for names, values, weights in METAS:
            if names.fullmatch(name) and values.match(value.lower()):
                yield weights, f"meta {name}"


def _relations(url: str, page: Selector) -> Iterator[Sign]:
    for link in page.xpath("//link[@rel and @href]")[:MAX_ELEMENTS]:
        address = _address(url, link.attrib["href"])
        for relation in (link.attrib["rel"] or "").lower().split():
            found = ((p, w) for r, p, w in RELATIONS if r == relation)
            weights = next((w for pattern, w in found if address and pattern.match(address)), None)
            if weights:
                yield weights, API_WORDS if relation == WORDPRESS_API else f"link {relation[:40]}: {_short(address)}"


def _assets(url: str, page: Selector) -> Iterator[Sign]:
    host = (urlsplit(url).netloc or "").lower().removeprefix("www.")
    hrefs = page.xpath("//script/@src | //link[contains(@rel,'stylesheet') or contains(@rel,'preload')]/@href").getall()
    for href in hrefs[:MAX_ELEMENTS]:
        address = _address(url, href)
        own = address.removeprefix("www.")
        if own.startswith(f"{host}/"):
            address = f"own{own[len(host) :]}"
        weights = next((w for pattern, w in ASSETS if pattern.match(address)), None)
        if weights:
            # what stands below the same folder is one sign, not many
            yield weights, f"loads {_folder(address)}"


def _scripts(page: Selector) -> Iterator[Sign]:
    if page.xpath("//script[@data-ghost]"):
        yield {"ghost": 0.7}, "script of Ghost's portal"
    text = "\n".join(page.xpath("//script[not(@src)]/text()").getall()[:300])[:MAX_SCRIPT]
    for pattern, weights, words in SCRIPTS:
        if pattern.search(text):
            yield weights, words
    if any("Jekyll SEO tag" in comment for comment in page.xpath("//comment()").getall()[:MAX_ELEMENTS]):
        yield {"jekyll": 0.7}, "comment of Jekyll's SEO plugin"


def _address(url: str, href: str) -> str:
    """Return an absolute address without its scheme, "" if it is none."""
    if len(href) > urls.MAX_URL:
        return ""
    target = urls.absolute(url, href) or ""
    return target.partition("://")[2]


def _folder(address: str) -> str:
    """Return the part of an address that tells: up to wp-content/plugins/, or the first folder."""
    path, _, _ = address.partition("?")
    head = re.match(r".{0,200}?/(wp-content/(?:mu-)?\w{1,30}|wp-includes|ghost|public|mt-static)\b", path)
    return _short(head[0] if head else "/".join(path.split("/")[:2]))


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= 80 else f"{text[:79]}…"
