"""What the first page of a blog says about the blog: its platform, feeds, API, and what its scripts ask with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from parsel import Selector

from archiver import urls
from archiver.discover.detect import WORDPRESS_API, detect

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
LINK_HEADER = re.compile(r'<([^<>]{1,2000})>\s{0,9};[^,]{0,500}?\brel="?([^",;]{1,200})"?')
MAX_HEADER = 20_000
MAX_FEEDS = 20
MAX_LINKS = 10_000
# Feeds that hold no posts: of comments, on the blog or on one page. Matched with what follows the blog's address.
COMMENTS = re.compile(
    r"/comments?/(feed|rss|atom|default|full|summary)\b|/(feed|rss|atom)/comments?\b|/feeds/\d{1,25}/comments/|"
    r"/(comments?|comments?[-_.](rss2?|feed|atom))(\.(xml|rss|atom|json))?/?($|\?)|[?&]feed=comments-",
    re.IGNORECASE,
)
COMMENTS_TITLE = re.compile(r"\bcomments? (feed|rss|atom)\b|\b(recent|latest) comments\b", re.IGNORECASE)
# Feeds of a part of the blog.
PART = re.compile(
    r"/(category|categories|tags?|authors?|label|topics?|search|-)/|[?&](cat|tag|author|s|q)=", re.IGNORECASE
)
PODCAST = re.compile(r"\bpodcasts?\b", re.IGNORECASE)
# A feed that is only linked for people, by its file name.
FEED_LINK = re.compile(
    r"(^|/)((feeds?|rss2?|atom)/?|(feed|rss2?|atom|index)\.(xml|rdf)|[\w.-]{1,50}\.(rss|atom|rdf)|feeds/posts/default)$",
    re.IGNORECASE,
)
GHOST_KEY = re.compile(r"[0-9a-f]{20,64}")
BLOG_ID = re.compile(r"\bblogID(?:=|\\x3d|%3D)([0-9]{1,25})(?![0-9])|blogger\.com/feeds/([0-9]{1,25})/")
MAX_SCRIPT = 500_000


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page of a blog tells: `url` is where it was found, `root` the address of the blog.

    `platform` is None when nothing tells; `confidence` is from 0 to 1, `evidence` says in words what told. `api` is a
    WordPress REST root such as https://example.org/wp-json/ or https://example.org/?rest_route=/. `feeds` are those
    of the posts that the page names, its own first. `keys` are what APIs of platforms want, by name: ghost (Content
    API key), ghost_api (its root), blogger (the blog's number); and comments_feed, the feed of the blog's comments.
    """

    url: str
    root: str
    platform: str | None = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    title: str | None = None
    feeds: tuple[str, ...] = ()
    api: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


def read_home(url: str, html: str, headers: Mapping[str, str], root: str) -> Home:
    """Read the first page of the blog at `root`, found at `url`; addresses come back absolute.

    `headers` are those of the response, names in lower case.
    """
    page = Selector(html or "<html/>", type="html")
    base = urls.absolute(url, page.xpath("string(//base/@href)").get() or url) or url
    feeds, comments = _feeds(base, page, root)
    verdict = detect(url, page, headers)
    api = _api(page, headers.get("link", ""))
    keys = dict(_keys(base, page))
    if comments:
        keys["comments_feed"] = comments
    return Home(
        url,
        root,
        verdict.platform,
        verdict.confidence,
        verdict.evidence,
        (page.xpath("string(//title)").get() or "").strip() or None,
        feeds,
        urls.absolute(base, api) if api else None,
        keys,
    )


def _api(page: Selector, link_header: str) -> str | None:
    named = page.xpath(f'//link[@rel="{WORDPRESS_API}"]/@href').get()
    found = (target for target, rel in LINK_HEADER.findall(link_header[:MAX_HEADER]) if WORDPRESS_API in rel)
    return named or next(found, None)


def _feeds(base: str, page: Selector, root: str) -> tuple[tuple[str, ...], str | None]:
    """Return the feeds of posts, and the feed of comments."""
    posts: dict[str, bool] = {}
    comments: list[str] = []
    for link in page.xpath("//link[@rel and @href]"):
        rels = (link.attrib["rel"] or "").lower().split()
        kind = (link.attrib.get("type") or "").split(";")[0].strip().lower()
        feed = urls.absolute(base, link.attrib["href"]) if "alternate" in rels and kind in FEED_TYPES else None
        if feed is None or len(posts) + len(comments) >= MAX_FEEDS:
            continue
        title = (link.attrib.get("title") or "")[:500]
        tail = _below(feed, root)
        if COMMENTS.search(tail) or COMMENTS_TITLE.search(title):
            comments.append(feed)
        elif not PART.search(tail):
            posts.setdefault(feed, bool(PODCAST.search(f"{tail} {title}")))
    if not posts:
        posts = dict.fromkeys(_linked_feeds(base, page, root), False)
    # The comments on the whole blog lie beside its own feed, those on one page below that page.
    whole = sorted((c for c in comments if urls.same_site(c, root)), key=lambda c: urlsplit(c).path.count("/"))
    return tuple(sorted(posts, key=lambda feed: posts[feed])), next(iter(whole), None)


def _linked_feeds(base: str, page: Selector, root: str) -> Iterator[str]:
    hrefs = [href for href in page.xpath("//a/@href").getall()[:MAX_LINKS] if len(href) < urls.MAX_URL]
    named = [href for href in hrefs if FEED_LINK.search(href.partition("?")[0].strip())]
    for href in named[:MAX_FEEDS]:
        feed = urls.absolute(base, href)
        if feed and urls.within(feed, root) and not COMMENTS.search(_below(feed, root)):
            yield feed


def _below(url: str, root: str) -> str:
    """Return what an address has below the blog's folder, with a slash before it; all of it beside the folder."""
    parts = urlsplit(url)
    path = parts.path
    if urls.within(url, root):
        path = "/" + path[len(urls.folder_of(root)) :]
    return f"{path}?{parts.query}" if parts.query else path


def _keys(base: str, page: Selector) -> Iterator[tuple[str, str]]:
    for script in page.xpath("//script[@data-key]")[:MAX_FEEDS]:
        key = (script.attrib["data-key"] or "").strip()
        if not GHOST_KEY.fullmatch(key):
            continue
        yield "ghost", key
        api = urls.absolute(base, script.attrib.get("data-api") or "")
        # Ghost's own hosting keeps the API of a blog with a domain of its own below the name that it had first.
        host = urlsplit(api or "").hostname or ""
        if api and "/ghost/api/" in api and (urls.same_site(api, base) or host.endswith(".ghost.io")):
            yield "ghost_api", api
        break
    hrefs = page.xpath("//link[@rel='service.post' or @rel='EditURI']/@href").getall()
    scripts = "\n".join(page.xpath("//script[not(@src)]/text()").getall()[:300])[:MAX_SCRIPT]
    number = BLOG_ID.search("\n".join(hrefs[:MAX_FEEDS])[:MAX_HEADER]) or BLOG_ID.search(scripts)
    if number:
        yield "blogger", number[1] or number[2]
