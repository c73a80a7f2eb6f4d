"""Sitemaps and their indexes (sitemaps.org protocol 0.9): XML or lines of text, gzipped or plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from archiver import http1, urls
from archiver.discover.surfaces.markup import Element, parts, text_of
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Link, Step

# Where a blog's sitemap lies when robots.txt names none; tried in this order until one answers.
USUAL = ("sitemap.xml", "wp-sitemap.xml", "sitemap_index.xml")
# The protocol allows 50 MB and 50,000 entries a file.
MAX_BYTES = 52_428_800
MAX_ENTRIES = 50_000
# The protocol allows no index in an index; plugins write them.
MAX_DEPTH = 3
MAX_MARK = 100

ENTRIES = frozenset({"url", "sitemap"})
# What a sitemap's file name says about its entries, for the generators that split by kind. The number of a further
# part stands at the end in any case.
#   WordPress itself: wp-sitemap-posts-post-1, wp-sitemap-taxonomies-category-1, wp-sitemap-users-1
#   its plugins: post-sitemap2, page-sitemap, category-sitemap, author-sitemap (Yoast, Rank Math, All in One SEO);
#   sitemap-pt-post-2014-01, sitemap-tax-category, sitemap-archives (Google Sitemaps); sitemap-post-type-post,
#   sitemap-taxonomy-category (Slim SEO)
#   WordPress.com: sitemap-1, sitemap-index-1, image-sitemap-1, video-sitemap-1, news-sitemap
#   Ghost: sitemap-posts-2, sitemap-pages, sitemap-tags, sitemap-authors; Tumblr: sitemap1, sitemap-pages
#   Medium: /sitemap/posts/2020/posts-2020-01-02; Wix: blog-posts-sitemap, pages-sitemap, blog-categories-sitemap
PART = r"(-p\d{1,9})?([-_]?\d{1,9}|-\d{4}-\d\d)?\.(xml|txt)(\.gz)?$"
POSTS = re.compile(
    r"/wp-sitemap-posts-post-\d{1,9}\.xml$|/sitemap/posts/|"
    rf"/((blog-)?posts?-sitemap|sitemap-(posts?|pt-post|post-type-post)){PART}"
)
PAGES = re.compile(
    rf"/wp-sitemap-posts-page-\d{{1,9}}\.xml$|/(pages?-sitemap|sitemap-(pages?|pt-page|post-type-page)){PART}"
)
NEITHER = re.compile(
    r"/wp-sitemap-(taxonomies|users|posts-(attachment|product))-|/sitemap/(users|tags|topics|lists)/|\.kml$|"
    r"/((category|(blog-)?categories|tags?|post_(tag|format)|authors?|attachment|product(_cat|_tag|s)?|image|video|news|"
    r"local|locations|(date|post)-archive|web-story)-sitemap(-index)?|"
    r"sitemap-(tags?|category|categories|authors?|users?|images?|videos?|news|archives?|misc|attachments?|"
    r"tax(onomy)?-[\w-]{1,80}?|(pt|post-type)-(attachment|product)))" + PART
)


def read_sitemap(ask: Ask, answer: Answer) -> Step:
    """Read a sitemap or an index. Raises BadSurface if it is neither.

    Sitemaps in an index that by their names hold no posts, lie on another site or too deep in other indexes are not
    asked for, and counted.
    """
    body = answer.body
    if body[:2] == b"\x1f\x8b":
        try:
            body = http1.decode(body, "gzip", MAX_BYTES)
        except ValueError as error:
            raise BadSurface(f"{answer.url}: {error}") from error
    stream = parts(answer.url, body, answer.headers.get("content-type"), ENTRIES)
    root = next(stream, None)
    kind = _local(root) if root is not None else ""
    if kind == "sitemapindex":
        return _index(ask, answer, _entries(stream))
    if kind == "urlset":
        return _urlset(ask, answer, _entries(stream))
    if root is None and (lines := _lines(answer, body)):
        return _urlset(ask, answer, ((line, None) for line in lines))
    raise BadSurface(f"{answer.url}: no sitemap{f', its root is <{str(root.tag)[:60]}>' if root is not None else ''}")


def _index(ask: Ask, answer: Answer, entries: Iterator[tuple[str, str | None]]) -> Step:
    told = ask.told.get("depth")
    depth = (told if type(told) is int else 0) + 1
    asks: list[Ask] = []
    dropped: dict[str, int] = {}
    for number, (href, mark) in enumerate(entries):
        target = urls.absolute(answer.url, href) if href else None
        if number >= MAX_ENTRIES:
            reason = "too_many"
        elif target is None:
            reason = "no_address"
        elif not any(urls.same_site(target, here) for here in (answer.url, ask.url)):
            reason = "outside"
        elif holds_no_posts(target):
            reason = "no_posts"
        elif depth > MAX_DEPTH:
            reason = "too_deep"
        else:
            more = {"of": answer.url, "depth": depth} | ({"lastmod": mark} if mark else {})
            asks.append(Ask(target, ask.reader, ask.surface, told=more, changes=ask.changes))
            continue
        dropped[reason] = dropped.get(reason, 0) + 1
        if reason == "too_many":
            break
    return Step(asks=tuple(asks), dropped=dropped)


def _urlset(ask: Ask, answer: Answer, entries: Iterator[tuple[str, str | None]]) -> Step:
    kind = kind_of(answer.url)
    kind = kind_of(ask.url) if kind == "unknown" else kind
    found: list[Link] = []
    dropped: dict[str, int] = {}
    for number, (href, mark) in enumerate(entries):
        if number >= MAX_ENTRIES:
            dropped["too_many"] = 1
            break
        target = urls.absolute(answer.url, href) if href else None
        if target is None:
            dropped["no_address"] = dropped.get("no_address", 0) + 1
        else:
            found.append(Link(target, "sitemap", kind, mark))
    return Step(tuple(found), total=len(found) if kind == "post" else None, dropped=dropped)


def _entries(stream: Iterator[Element]) -> Iterator[tuple[str, str | None]]:
    """Yield the address and the mark of each entry; what images, videos and news have of the same name is not read."""
    for entry in stream:
        space, bracket, name = str(entry.tag).rpartition("}")
        if name in ENTRIES:
            href = entry.find(f"{space}{bracket}loc")
            if href is not None:
                mark = text_of(entry.find(f"{space}{bracket}lastmod"))
                yield text_of(href), mark if mark and len(mark) <= MAX_MARK else None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _lines(answer: Answer, body: bytes) -> list[str]:
    """Return the addresses of a sitemap of plain text, [] if anything else stands in it."""
    if b"<" in body[:1000] or body[:1] in (b"{", b"["):
        return []
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    lines = [line for line in lines if line]
    return lines if all(map(urls.is_web, lines)) else []


def kind_of(url: str) -> str:
    """Say what the entries of a sitemap are by its file name: post, page or unknown."""
    path = urlsplit(url).path
    if POSTS.search(path):
        return "post"
    return "page" if PAGES.search(path) else "unknown"


def holds_no_posts(url: str) -> bool:
    """Tell by its file name that a sitemap holds lists of posts, authors, images or the like instead of posts."""
    return bool(NEITHER.search(urlsplit(url).path))


READERS = {"sitemap": read_sitemap}
