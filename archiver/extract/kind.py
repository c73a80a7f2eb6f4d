"""Is the page a post, a fixed page, or a listing of posts? The page's own evidence decides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archiver.extract.dom import classes
from archiver.extract.linked import ARTICLES, Linked
from archiver.extract.selectors import Index

# Markers of what is neither a post nor a list of posts in the usual sense, and what to call it.
_SPECIAL = {
    "body.attachment": "attachment",
    "body.search": "search",
    "ld:SearchResultsPage": "search",
    "embed": "embed",
    "feed": "feed",
}
_LISTING_TYPES = frozenset(["CollectionPage", "SearchResultsPage", "ProfilePage"])
_PAGE_TYPES = frozenset(["AboutPage", "ContactPage"])
# WordPress's own class names of the body element.
_WORDPRESS_LISTS = frozenset(["archive", "search", "error404"])
_BLOGGER_LISTS = frozenset({"feed-view", "multiple-items-view", "archive-view", "search-view"})
_GHOST_LISTS = frozenset({"home-template", "tag-template", "author-template", "archive-template", "paged"})
_DATES = (".published", ".dt-published", "time[datetime]", "[itemprop=datePublished]")
_DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])/(?:[^/]+)")
_LISTING_PATH = re.compile(
    r"/(?:category|tag|author|search)/|/page/\d+/?$|/archives?/?$|/(?:19|20)\d\d(?:/\d\d){0,2}/?$",
    re.IGNORECASE,
)
_LISTING_FIELD = re.compile(r"(?:^|&)(?:cat|category_name|tag|author|author_name|m|s|q|paged)=")
_POST_FIELD = re.compile(r"(?:^|&)p=[0-9]{1,20}(?:&|$)")


@dataclass(frozen=True, slots=True)
class Kind:
    """post, page, listing or unknown, and the evidence as short strings."""

    name: str
    markers: tuple[str, ...]

    @property
    def is_list(self) -> bool:
        """Tell whether the page is a listing, or another page of an engine's making."""
        return self.name == "listing"

    @property
    def is_stated(self) -> bool:
        """Tell whether the page itself says what it is, not its address alone."""
        return any(not m.startswith(("url:", "og:")) for m in self.markers)


@dataclass(slots=True)
class _Votes:
    """The weights of what was found, and its names."""

    post: int = 0
    page: int = 0
    listing: int = 0
    markers: list[str] = field(default_factory=list)

    def result(self) -> Kind:
        best = max(self.post, self.page, self.listing)
        if best < 1:
            name = "unknown"
        elif self.page == best:
            name = "page"
        elif self.listing > self.post:
            name = "listing"
        else:
            name = "post" if self.post > self.listing else "unknown"
        return Kind(name, tuple(self.markers))


def judge(index: Index, linked: Linked, metas: dict[str, str], url: str, platform: str) -> Kind:
    """Return what the page says that it is: by its engine's marks, structured data and markup, then its address."""
    votes = _Votes()
    if index.select(".wp-embed .wp-embed-footer"):
        # what WordPress gives to other sites to show a post in a frame
        return Kind("listing", ("embed",))
    body = index.select("body")
    _by_engine(votes, set(classes(body[0])) if body else set(), platform)
    _by_types(votes, linked.types)
    _by_meta(votes, metas)
    _by_markup(votes, index)
    _by_address(votes, url, platform)
    return votes.result()


def _by_engine(votes: _Votes, names: set[str], platform: str) -> None:
    if platform == "wordpress":
        if names & {"single-post", "single"} and "attachment" not in names:
            votes.markers.append("body.single")
            votes.post += 4
        if "attachment" in names:
            votes.markers.append("body.attachment")
            votes.listing += 6
        elif names & _WORDPRESS_LISTS or ("blog" in names and "single" not in names):
            votes.markers.append("body." + max(names & (_WORDPRESS_LISTS | {"blog"})))
            votes.listing += 5
        elif "page" in names and "single" not in names:
            votes.markers.append("body.page")
            votes.page += 5
    elif platform == "blogger":
        if names & {"item-view", "item"}:
            votes.markers.append("body.item-view")
            votes.post += 3
        elif names & _BLOGGER_LISTS:
            votes.markers.append("body.search" if "search-view" in names else "body.feed-view")
            votes.listing += 3
    elif platform == "ghost":
        if "page-template" in names:
            votes.markers.append("body.page-template")
            votes.page += 5
        elif "post-template" in names:
            votes.markers.append("body.post-template")
            votes.post += 4
        elif names & _GHOST_LISTS:
            votes.markers.append("body." + min(names & _GHOST_LISTS))
            votes.listing += 5


def _by_types(votes: _Votes, types: frozenset[str]) -> None:
    posts = sorted(types & ARTICLES)
    votes.markers += [f"ld:{name}" for name in posts]
    votes.post += 2 * len(posts)
    if posts:
        return
    for name in sorted(types & _LISTING_TYPES):
        votes.markers.append(f"ld:{name}")
        votes.listing += 2
    for name in sorted(types & _PAGE_TYPES):
        votes.markers.append(f"ld:{name}")
        votes.page += 2


def _by_meta(votes: _Votes, metas: dict[str, str]) -> None:
    if metas.get("article:published_time"):
        votes.markers.append("meta:article:published_time")
        votes.post += 2
    og_type = metas.get("og:type", "")
    if og_type == "article":
        votes.markers.append("og:article")
        votes.post += 1
    elif og_type in ("website", "blog"):
        # Said of every page by many site builders, so it is noted and weighs nothing.
        votes.markers.append(f"og:{og_type}")


def _by_markup(votes: _Votes, index: Index) -> None:
    entries = index.has_class("hentry") or index.has_class("h-entry")
    if len(entries) == 1:
        votes.markers.append("h-entry:1")
        votes.post += 1
    elif len(entries) > 2:
        votes.markers.append(f"h-entry:{len(entries)}")
        votes.listing += 2
    titles = index.has_class("entry-title") or index.has_class("post-title")
    if not entries and len(titles) == 1 and index.first(_DATES) is not None:
        votes.markers.append("entry-title:1")
        votes.post += 1
    if index.has_class("storypage"):
        # Nikola's fixed pages, which it calls articles as it does posts
        votes.markers.append("storypage")
        votes.page += 5
    microdata = index.select("[itemtype$=schema.org/BlogPosting]") or index.select("[itemtype$=schema.org/Article]")
    if len(microdata) == 1:
        votes.markers.append("microdata:BlogPosting")
        votes.post += 1
    elif len(microdata) > 2:
        votes.markers.append(f"microdata:{len(microdata)}")
        votes.listing += 1


def _by_address(votes: _Votes, url: str, platform: str) -> None:
    parts = urlsplit(url)
    if parts.path in ("", "/") and parts.query:
        # plain permalinks, as WordPress has them before anything else is set
        if _LISTING_FIELD.search(parts.query):
            votes.markers.append("url:listing")
            votes.listing += 3
        elif _POST_FIELD.search(parts.query):
            votes.markers.append("url:post")
            votes.post += 1
    elif parts.path in ("", "/"):
        votes.markers.append("url:root")
        votes.listing += 3
    elif _LISTING_PATH.search(parts.path):
        votes.markers.append("url:listing")
        votes.listing += 2
    elif platform == "blogger" and parts.path.startswith("/p/"):
        # where Blogger keeps its fixed pages, which look like posts in every other way
        votes.markers.append("url:page")
        votes.page += 6
    elif _DATED.search(parts.path):
        votes.markers.append("url:dated")
        votes.post += 1


def nature(name: str, markers: tuple[str, ...]) -> str:
    """Return the kind of a page by its markers: listings that are attachment, search, embed or feed are told apart."""
    special = (_SPECIAL[m] for m in markers if m in _SPECIAL) if name == "listing" else ()
    return next(iter(special), name)
