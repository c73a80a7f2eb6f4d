"""Is the page a post, a fixed page, or a listing of posts? The page's own evidence decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from archiver.extract.dom import classes
from archiver.extract.linked import Linked
from archiver.extract.selectors import Index

_POST_TYPES = frozenset(
    [
        "BlogPosting",
        "Article",
        "NewsArticle",
        "OpinionNewsArticle",
        "ReviewNewsArticle",
        "TechArticle",
        "Review",
        "SocialMediaPosting",
        "Report",
        "ScholarlyArticle",
        "LiveBlogPosting",
        "Recipe",
    ]
)
_LISTING_TYPES = frozenset(["CollectionPage", "SearchResultsPage", "ProfilePage", "Blog"])
_BODY_LISTING = frozenset(
    [
        "archive",
        "home",
        "blog",
        "category",
        "tag",
        "author",
        "date",
        "search",
        "search-results",
        "error404",
        "paged",
        "attachment",
    ]
)
_BODY_LISTING_FIRST = frozenset(["archive", "search", "attachment", "error404"])
_DATES = (".published", ".dt-published", "time[datetime]", "[itemprop=datePublished]")
_DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])/(?:[^/]+)")
_LISTING_PATH = re.compile(
    r"/(?:category|tag|author|search)/|/page/\d+/?$|/archives?/?$|/(?:19|20)\d\d(?:/\d\d){0,2}/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """post, page, listing or unknown, and the evidence as short strings."""

    name: str
    markers: tuple[str, ...]


def judge(index: Index, linked: Linked, metas: dict[str, str], url: str, platform: str) -> Kind:
    """Return what the page says that it is."""
    markers: list[str] = []
    post = page = listing = 0
    body = index.select("body")
    names = set(classes(body[0])) if body else set()
    if platform == "wordpress":
        if names & {"single-post", "single"} and "attachment" not in names:
            markers.append("body.single")
            post += 4
        if "attachment" in names:
            markers.append("body.attachment")
            listing += 6
        elif (
            names & _BODY_LISTING_FIRST
            or ("home" in names and "blog" in names)
            or ("blog" in names and "single" not in names)
        ):
            markers.append("body." + min(names & (_BODY_LISTING_FIRST | {"blog"})))
            listing += 5
        elif "page" in names and "single" not in names:
            markers.append("body.page")
            page += 5
    if platform == "blogger":
        if names & {"item-view", "item"}:
            markers.append("body.item-view")
            post += 3
        elif names & {"feed-view", "multiple-items-view", "archive-view", "search-view"}:
            markers.append("body.feed-view")
            listing += 3
    types = linked.types
    for name in sorted(types & _POST_TYPES):
        markers.append(f"ld:{name}")
        post += 2
    for name in sorted(types & _LISTING_TYPES):
        if name != "Blog" and not types & _POST_TYPES:
            markers.append(f"ld:{name}")
            listing += 2
    if metas.get("article:published_time"):
        markers.append("meta:article:published_time")
        post += 2
    og_type = metas.get("og:type", "")
    if og_type == "article":
        markers.append("og:article")
        post += 1
    elif og_type in ("website", "blog"):
        # Said of every page by many site builders, so it is noted and weighs nothing.
        markers.append(f"og:{og_type}")
    entries = index.has_class("hentry") or index.has_class("h-entry")
    if len(entries) == 1:
        markers.append("h-entry:1")
        post += 1
    elif len(entries) > 2:
        markers.append(f"h-entry:{len(entries)}")
        listing += 2
    titles = index.has_class("entry-title") or index.has_class("post-title")
    if not entries and len(titles) == 1 and index.first(_DATES) is not None:
        markers.append("entry-title:1")
        post += 1
    microdata = index.select("[itemtype$=schema.org/BlogPosting]") or index.select("[itemtype$=schema.org/Article]")
    if len(microdata) == 1:
        markers.append("microdata:BlogPosting")
        post += 1
    elif len(microdata) > 2:
        markers.append(f"microdata:{len(microdata)}")
        listing += 1
    path = urlsplit(url).path if url else ""
    if path in ("", "/"):
        markers.append("url:root")
        listing += 3
    elif _LISTING_PATH.search(path):
        markers.append("url:listing")
        listing += 2
    elif _DATED.search(path):
        markers.append("url:dated")
        post += 1
    best = max(post, page, listing)
    if best < 1:
        return Kind("unknown", tuple(markers))
    if page == best:
        return Kind("page", tuple(markers))
    if listing == best and listing > post:
        return Kind("listing", tuple(markers))
    if post == best and post > listing:
        return Kind("post", tuple(markers))
    return Kind("unknown", tuple(markers))
