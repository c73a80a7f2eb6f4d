"""What the first page of a blog says about the blog: its platform, feeds and API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsel import Selector

from archiver import urls

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
WORDPRESS_API = "https://api.w.org/"
LINK_HEADER = re.compile(r'<([^<>]{1,2000})>\s*;[^,]{0,500}?\brel="?([^",;]{1,200})"?')
# The first word of <meta name=generator> that a platform writes, in lower case.
GENERATORS = {
    "wordpress.com": "wordpress.com",
    "wordpress": "wordpress",
    "blogger": "blogger",
    "ghost": "ghost",
    "jekyll": "jekyll",
    "hugo": "hugo",
    "pelican": "pelican",
    "hexo": "hexo",
    "nikola": "nikola",
    "micro.blog": "micro.blog",
    "movable": "movabletype",
    "typepad": "typepad",
}


@dataclass(frozen=True, slots=True)
class Home:
    """`platform` is None when nothing tells; `evidence` says what did. `api` is a WordPress REST root."""

    platform: str | None
    evidence: str | None
    title: str | None
    feeds: tuple[str, ...] = ()
    api: str | None = None
    links: tuple[str, ...] = field(default=())


def read_home(url: str, html: str, link_header: str | None = None) -> Home:
    """Read the first page of a blog; `url` is where it was found, addresses come back absolute."""
    page = Selector(html or "<html/>", type="html")
    base = urls.absolute(url, page.xpath("string(//base/@href)").get() or url) or url
    feeds: list[str] = []
    for link in page.xpath("//link[@rel and @href]"):
        rels = (link.attrib["rel"] or "").lower().split()
        kind = (link.attrib.get("type") or "").split(";")[0].strip().lower()
        if "alternate" in rels and kind in FEED_TYPES:
            feed = urls.absolute(base, link.attrib["href"])
            if feed and feed not in feeds:
                feeds.append(feed)
    api = page.xpath(f'//link[@rel="{WORDPRESS_API}"]/@href').get()
    if not api:
        found = (target for target, rel in LINK_HEADER.findall(link_header or "") if WORDPRESS_API in rel)
        api = next(found, None)
    platform, evidence = _platform(page, bool(api))
    return Home(
        platform,
        evidence,
        (page.xpath("string(//title)").get() or "").strip() or None,
        tuple(feeds),
        urls.absolute(base, api) if api else None,
    )


def _platform(page: Selector, has_api: bool) -> tuple[str | None, str | None]:
    for generator in page.xpath('//meta[translate(@name,"GENRATO","genrato")="generator"]/@content').getall():
        words = generator.lower().split()
        name = GENERATORS.get(words[0]) if words else None
        if name:
            return name, f"generator {generator.strip()[:80]!r}"
    if has_api:
        return "wordpress", "link to the REST API"
    return None, None
