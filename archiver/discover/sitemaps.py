"""Sitemaps and sitemap indexes (sitemaps.org protocol 0.9): bytes in, links out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.etree
from scrapy.utils.sitemap import Sitemap

from archiver import http1, urls
from archiver.errors import BadSurface
from archiver.models import Link

# Where a blog's sitemap lies when robots.txt names none; tried in this order until one answers.
USUAL = ("sitemap.xml", "wp-sitemap.xml", "sitemap_index.xml")
# The protocol allows 50 MB and 50,000 entries a file.
MAX_BYTES = 52_428_800
MAX_ENTRIES = 50_000

# What a sitemap's file name says about its entries, for the generators that split by kind:
# WordPress core (wp-sitemap-posts-post-1), Yoast and its like (post-sitemap2), Ghost (sitemap-posts).
POSTS = re.compile(r"wp-sitemap-posts-post-|(^|/)post-sitemap\d*\.xml|(^|/)sitemap-posts(-\d+)?\.xml")
PAGES = re.compile(r"wp-sitemap-posts-page-|(^|/)page-sitemap\d*\.xml|(^|/)sitemap-pages(-\d+)?\.xml")
OTHERS = re.compile(
    r"wp-sitemap-(taxonomies|users)-|(^|/)(category|post_tag|tag|author|attachment|post_format)-sitemap\d*\.xml|"
    r"(^|/)sitemap-(tags|authors|categories|images?|videos?)(-\d+)?\.xml|(^|/)(image|video|news)-sitemap"
)


@dataclass(frozen=True, slots=True)
class SitemapAnswer:
    """What a sitemap says: further sitemaps, or links; `passed_over` counts what is neither web nor wanted."""

    sitemaps: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    passed_over: int = 0


def read_sitemap(url: str, body: bytes) -> SitemapAnswer:
    """Read a sitemap or an index, gzipped or plain. Raises BadSurface if it is neither."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = http1.decode(body, "gzip", MAX_BYTES)
        except ValueError as error:
            raise BadSurface(f"{url}: {error}") from error
    try:
        sitemap = Sitemap(body.lstrip())
        if sitemap.type not in ("urlset", "sitemapindex"):
            raise BadSurface(f"{url}: no sitemap, its root is <{sitemap.type[:40]}>")
        entries = [entry for _, entry in zip(range(MAX_ENTRIES), sitemap, strict=False)]
    except (lxml.etree.XMLSyntaxError, StopIteration, ValueError) as error:
        raise BadSurface(f"{url}: no sitemap: {error}") from error
    kind = kind_of(url)
    found: list[Link] = []
    nested: list[str] = []
    for entry in entries:
        target = urls.absolute(url, entry["loc"]) if entry["loc"] else None
        if target is None:
            continue
        if sitemap.type == "sitemapindex":
            nested.append(target)
        else:
            found.append(Link(target, "sitemap", kind, entry.get("lastmod") or None))
    wanted = tuple(target for target in nested if not OTHERS.search(urlsplit(target).path))
    missed = len(entries) - len(wanted) - len(found)
    return SitemapAnswer(wanted, tuple(found), missed)


def kind_of(url: str) -> str:
    """Say what the entries of a sitemap are by its file name: post, page or unknown."""
    path = urlsplit(url).path
    if POSTS.search(path):
        return "post"
    return "page" if PAGES.search(path) else "unknown"
