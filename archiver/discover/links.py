"""Links in pages: which lead to posts perhaps, which to lists of posts, and which are traps or no pages.

Rules speak of what blog platforms do, never of one blog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from parsel import Selector

from archiver import urls

# Query fields that show a page again: replies, shares, likes, comment forms, mobile view, print, calendars, logins.
AGAIN = re.compile(
    r"replytocom|share|like_comment|showcomment|m|_wpnonce|print|preview|unapproved|moderation-hash|"
    r"redirect_to|action|cal_(month|day|year)|fb_comment_id|amp|sort|order(by)?|s",
    re.IGNORECASE,
)
ASSET = re.compile(
    r"\.(png|jpe?g|gif|webp|svg|ico|avif|bmp|tiff?|css|js|mjs|json|woff2?|ttf|eot|mp[34]|m4a|ogg|wav|webm|mov|avi|"
    r"pdf|zip|gz|tgz|rar|7z|docx?|xlsx?|pptx?|epub|mobi|xml|rss|atom|txt|ics|exe|dmg)$",
    re.IGNORECASE,
)
SERVICE = re.compile(
    r"/(wp-(admin|login|json|content|includes|cron|signup|trackback)|xmlrpc|feeds?|rss|atom|comments?/feed|trackback|"
    r"cart|checkout|account|login|logout|signin|signup|register|search|cdn-cgi|embed|amp|print|share|oembed)"
    r"([/.]|$)",
    re.IGNORECASE,
)
COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")
LISTING = re.compile(
    # below these words lie lists; the second group's words are lists themselves, but posts may lie below them
    r"/(page|category|categories|tags?|authors?|label|topics?)([/.]|$)|"
    r"/(blog|posts|articles|archives?|series|sections?|all|index)(\.html?)?/?$|"
    r"/(index|page)[-_]?\d+(\.html?)?$|/page\d+/?|/(19|20)\d\d(/(0?\d|1[0-2])(/\d\d?)?)?/?$",
    re.IGNORECASE,
)
# One page deeper in a list.
PAGING = re.compile(r"/page/?\d+|/(index|page)[-_]?\d+(\.html?)?$|[?&](paged?|updated-max|start)=", re.IGNORECASE)
MAX_SEGMENTS = 12
# More on one page are a trap, and take the crawl's own time to sort.
MAX_LINKS = 10_000


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The links of one page within the blog, in order and once each; `dropped` counts the others by reason."""

    posts: tuple[str, ...]
    listings: tuple[str, ...]
    dropped: dict[str, int]


def page_links(url: str, html: str, root: str) -> PageLinks:
    """Sort the links of a page that belong to the blog at `root`."""
    page = Selector(html or "<html/>", type="html")
    base = urls.absolute(url, page.xpath("string(//base/@href)").get() or url) or url
    seen: set[str] = set()
    sorted_: dict[str, list[str]] = {"post": [], "listing": []}
    dropped: dict[str, int] = {}
    for href in page.xpath("//a/@href").getall()[:MAX_LINKS]:
        target = urls.absolute(base, href)
        if target is None or target in seen:
            continue
        seen.add(target)
        kind = classify(target, root)
        if kind in sorted_:
            sorted_[kind].append(target)
        else:
            dropped[kind] = dropped.get(kind, 0) + 1
    return PageLinks(tuple(sorted_["post"]), tuple(sorted_["listing"]), dropped)


def classify(url: str, root: str) -> str:
    """Say what a link leads to by its address: post (perhaps), listing, or why it is not followed.

    Reasons are outside, again, asset, service, comment_page, trap.
    """
    if not urls.within(url, root):
        return "outside"
    parts = urlsplit(url)
    path = unquote(parts.path)
    if any(AGAIN.fullmatch(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "again"
    if ASSET.search(path):
        return "asset"
    if SERVICE.search(path):
        return "service"
    if COMMENT_PAGE.search(path):
        return "comment_page"
    if _is_trap(path):
        return "trap"
    if urls.identity(url) == urls.identity(root):
        return "again"
    return "listing" if LISTING.search(path) or PAGING.search(url) else "post"


def _is_trap(path: str) -> bool:
    # Relative links on a page that answers under any address grow a path without end: /a/b/a/b/a/b.
    segments = [segment for segment in path.split("/") if segment]
    return len(segments) > MAX_SEGMENTS or any(segments.count(segment) > 2 for segment in set(segments))


def is_paging(url: str) -> bool:
    """Tell whether an address is a further page of a list."""
    return bool(PAGING.search(url))


def shape(url: str) -> str:
    """Return the form of an address: /2020/01/02/a-slug/ and /2019/12/31/other/ have the same."""
    path = unquote(urlsplit(url).path)
    head, _, tail = path.rpartition("/")
    ending = re.search(r"\.\w{1,5}$", tail)
    end = "/" if not tail else "*" + (ending[0] if ending else "")
    words = (re.sub(r"\d", "9", segment) for segment in head.split("/"))
    # numbers are told by their length, words by their place alone
    return "/".join(word if re.fullmatch(r"9*", word) else "*" for word in words) + end


def usual_shapes(posts: Iterable[str], share: float = 0.1) -> frozenset[str]:
    """Return the shapes that at least `share` of a blog's known posts have; empty for fewer than three posts."""
    counts: dict[str, int] = {}
    for url in posts:
        form = shape(url)
        counts[form] = counts.get(form, 0) + 1
    total = sum(counts.values())
    return frozenset(s for s, n in counts.items() if n >= max(2, share * total)) if total >= 3 else frozenset()
