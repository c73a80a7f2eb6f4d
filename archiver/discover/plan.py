"""What to ask at the start of a run: every surface that a blog of this platform has, the one that tells most first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from archiver import urls
from archiver.discover import surfaces
from archiver.discover.home import Home
from archiver.discover.surfaces import feeds, sitemaps
from archiver.models import Ask

# Where each platform keeps its sitemap, below the blog's folder.
SITEMAPS = {
    "wordpress": ("wp-sitemap.xml", "sitemap.xml", "sitemap_index.xml"),
    "medium": ("sitemap/sitemap.xml",),
    "nikola": ("sitemapindex.xml", "sitemap.xml"),
}
PLAIN_SITEMAP = ("sitemap.xml",)
# Where each platform keeps the feed of its posts.
FEEDS = {
    "wordpress": ("feed/", "?feed=rss2"),
    "wordpress.com": ("feed/",),
    "blogger": ("feeds/posts/default",),
    "ghost": ("rss/",),
    "substack": ("feed",),
    "tumblr": ("rss",),
    "medium": ("feed",),
    "jekyll": ("feed.xml", "atom.xml"),
    "hugo": ("index.xml",),
    "pelican": ("feeds/all.atom.xml", "feeds/all.rss.xml"),
    "hexo": ("atom.xml", "rss2.xml"),
    "nikola": ("rss.xml", "feed.xml", "index.atom"),
    "micro.blog": ("feed.json", "feed.xml"),
    "typepad": ("atom.xml", "rss.xml", "index.rdf"),
    "movabletype": ("atom.xml", "index.xml", "rss.xml"),
}
# Their sitemaps list the blogs of everybody.
SHARED = re.compile(r"(www\.)?(medium|tumblr|substack|wordpress|typepad)\.com|micro\.blog")
# Platforms whose feeds have pages by number.
PAGED = ("wordpress", "wordpress.com")
# robots.txt may name feeds as sitemaps: the protocol allows it.
FEED = re.compile(r"/(feeds?|rss|atom)(/|$)|\.(rss|atom)$|/(feed|rss|atom)\.xml$")
MAX_ROBOTS = 50


def plan(home: Home, robots_sitemaps: Sequence[str], changes: Callable[[str], bool]) -> list[Ask]:
    """Return the questions of a run: APIs, then sitemaps, then feeds.

    `changes` tells of a reader whether an earlier run walked its list whole, so that the latest changes are enough.
    """
    out = _of_platform(home, changes)
    readers = {ask.reader for ask in out}
    out += _sitemaps(home, robots_sitemaps, changes("sitemap"))
    # The feed of a Blogger blog is its API in another format.
    if "blogger.posts" not in readers:
        out.append(_feed(home, robots_sitemaps, changes("feed")))
    comments = home.keys.get("comments_feed")
    if comments and not any(reader.endswith(".comments") for reader in readers):
        out.append(Ask(comments, "feed.comments", "feed", changes=changes("feed.comments")))
    return out


def _of_platform(home: Home, changes: Callable[[str], bool]) -> list[Ask]:
    lists = {is_late: surfaces.asks(home, changes=is_late) for is_late in (False, True)}
    readers = dict.fromkeys(ask.reader for ask in lists[False])
    chosen = [ask for reader in readers for ask in lists[changes(reader)] if ask.reader == reader]
    return [_with_feed(home, ask) for ask in chosen]


def _with_feed(home: Home, ask: Ask) -> Ask:
    """Return a question of an API with the feed that is asked for when nothing else answers."""
    if ask.reader in ("wordpress.comments", "wordpress_com.comments"):
        feed, reader = home.keys.get("comments_feed") or _below(home, "comments/feed/"), "feed.comments"
    elif ask.reader == "blogger.posts":
        feed, reader = _feeds(home)[0], "feed"
    else:
        return ask
    return replace(ask, others=(*ask.others, feed), told={**ask.told, "readers": {feed: reader}})


def _sitemaps(home: Home, robots: Sequence[str], changes: bool) -> list[Ask]:
    if SHARED.fullmatch(urlsplit(home.root).hostname or ""):
        return []
    named = [url for url in _own(home, robots) if not sitemaps.holds_no_posts(url) and not _is_feed(url)]
    # Those of the host around a blog in a folder are mostly about other things.
    inside = [url for url in named if urls.within(url, home.root)]
    outside = [url for url in named if url not in inside]
    names = sitemaps.USUAL if home.platform is None else SITEMAPS.get(home.platform, PLAIN_SITEMAP)
    usual = [_below(home, name) for name in names]
    first, *others = dict.fromkeys((*inside[:1], *usual, *outside))
    rest = [Ask(url, "sitemap", "sitemap", changes=changes) for url in inside[1:]]
    return [Ask(first, "sitemap", "sitemap", tuple(others), changes=changes), *rest]


def _own(home: Home, robots: Sequence[str]) -> list[str]:
    absolute = (urls.absolute(home.root, url) for url in robots[:MAX_ROBOTS])
    return list(dict.fromkeys(url for url in absolute if url and urls.same_site(url, home.root)))


def _is_feed(url: str) -> bool:
    return bool(FEED.search(urlsplit(url).path))


def _feed(home: Home, robots: Sequence[str], changes: bool) -> Ask:
    named = [url for url in _own(home, robots) if _is_feed(url)]
    first, *others = dict.fromkeys((*home.feeds, *named, *_feeds(home)))
    told = {"paged": True} if home.platform in PAGED else {}
    return Ask(first, "feed", "feed", tuple(others), told, changes)


def _feeds(home: Home) -> list[str]:
    """Return where the platform keeps the feed of posts."""
    parts = urlsplit(home.root)
    if home.platform == "medium" and SHARED.fullmatch(parts.hostname or ""):
        return [urljoin(home.root, f"/feed{parts.path.rstrip('/')}")]
    return [_below(home, name) for name in FEEDS.get(home.platform or "", feeds.USUAL)]


def _below(home: Home, name: str) -> str:
    """Return an address in the blog's own folder."""
    return urljoin(urljoin(home.root, urls.folder_of(home.root)), name)
