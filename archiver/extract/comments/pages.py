"""The further pages of one post's comments.

WordPress calls them comment-page-2 or cpage=2, Blogger commentPage=2. Links to comments name the page that they stand
on, so they tell of pages too, and which of them is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement

from archiver import urls
from archiver.extract.dom import ancestors, text_of
from archiver.extract.selectors import Index
from archiver.extract.text.addresses import absolute

# More than any discussion that readers could follow; a page may name any number.
MAX_PAGES = 200
MAX_LINKS = 1_000
_PATH = re.compile(r"(/comment-page-|/comments/page/)([0-9]{1,6})(/?)$")
_FIELD = re.compile(r"(?:^|(?<=&))(cpage|commentpage)=([0-9]{1,6})(?=&|$)", re.IGNORECASE)
_HINT = re.compile(r"comment-page-[0-9]|/comments/page/[0-9]|\bcpage=[0-9]|\bcommentpage=[0-9]", re.IGNORECASE)
# These fields lead to a comment or its form, on a page that is there without them too.
_WITHIN = re.compile(r"(replytocom|showcomment|unapproved|moderation-hash)=", re.IGNORECASE)
_CURRENT = re.compile(r"(?:^|\s)([0-9]{1,6})$")
_NAVIGATION = (
    ".comment-navigation a[href]",
    ".comments-navigation a[href]",
    ".comments-pagination a[href]",
    ".comment-pagination a[href]",
    ".wp-block-comments-pagination a[href]",
    ".nav-comments a[href]",
    "#comment-nav-above a[href]",
    "#comment-nav-below a[href]",
    ".paging-control-container a[href]",
    "#comments .nav-previous a[href]",
    "#comments .nav-next a[href]",
    "#comments .pager a[href]",
    ".comments-area .nav-previous a[href]",
    ".comments-area .nav-next a[href]",
    ".comments .pager a[href]",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A page of comments: the address of its post, and its number if it has one."""

    url: str
    post: str
    number: int | None

    def turn(self, number: int) -> str:
        """Return the address of another page of the same comments."""
        parts = urlsplit(self.url)
        path = _PATH.sub(rf"\g<1>{number}\g<3>", parts.path)
        return urlunsplit(parts._replace(path=path, query=_FIELD.sub(rf"\g<1>={number}", parts.query)))


def comment_pages(index: Index, url: str) -> tuple[str, ...]:
    """Return the addresses of the pages with more comments on the post at `url`, in their order, at most MAX_PAGES.

    Where only some are linked, those from the first to the highest are there too. To be asked before the comments and
    their navigation are taken out of the tree.
    """
    own = _place(url)
    if own is None:
        return ()
    base = _base(index, url)
    # TypePad's pages of comments lie in a folder that is called as the post is without its ending
    posts = {own.post, re.sub(r"\.html?$", "", own.post), *_canonical(index, base, own)}
    places, shown, links = _numbered(index, base, posts)
    if own.number:
        shown.add(own.number)
    shown.update(_current(index, links))
    highest = max(places, default=0)
    linked = sorted(set(places) - shown)[:MAX_PAGES]
    between = (n for n in range(1, highest + 1) if n not in places and n not in shown)
    numbers = sorted([*linked, *islice(between, MAX_PAGES - len(linked))])
    first = next(iter(places.values()), own)
    found = dict.fromkeys([first.turn(number) for number in numbers])
    found.update(dict.fromkeys(_others(index, base, own)))
    return tuple(islice(found, MAX_PAGES))


def post_address(url: str | None) -> str | None:
    """Return the address of the post that a comment's permalink lies on, None if there is none."""
    place = _place(url) if url else None
    return place.post if place else None


def _place(url: str) -> _Place | None:
    try:
        parts = urlsplit(urls.normalise(url))
    except ValueError:
        return None
    fields = [f for f in parts.query.split("&") if f and not _WITHIN.match(f)]
    page = parts._replace(query="&".join(fields))
    in_path, in_query = _PATH.search(parts.path), next(filter(None, map(_FIELD.fullmatch, fields)), None)
    match = in_path or in_query
    path = parts.path[: in_path.start()] + in_path[3] if in_path else parts.path
    query = "&".join(f for f in fields if not _FIELD.fullmatch(f))
    post = urlunsplit(parts._replace(path=path or "/", query=query))
    return _Place(urlunsplit(page), post, int(match[2]) or None if match else None)


def _canonical(index: Index, base: str, own: _Place) -> Iterator[str]:
    """Yield the address that the page calls its own, if it lies on the same host."""
    for link in index.select("link[rel=canonical]")[:1]:
        target = absolute(link.get("href"), base)
        place = _place(target) if target else None
        if place and urls.same_site(place.post, own.post):
            yield place.post


def _numbered(index: Index, base: str, posts: set[str]) -> tuple[dict[int, _Place], set[int], list[HtmlElement]]:
    """Return the pages that are linked by number, the numbers of those shown, and the links to the others."""
    identities = {urls.identity(post) for post in posts}
    known: dict[str, _Place | None] = {}
    places: dict[int, _Place] = {}
    shown: set[int] = set()
    links = []
    for link in index.select("a[href]"):
        page, _, fragment = (link.get("href") or "").strip().partition("#")
        if not _HINT.search(page) or _WITHIN.search(page):
            continue
        if page not in known:
            if len(known) == MAX_LINKS:
                break
            target = absolute(page, base)
            place = _place(target) if target else None
            known[page] = place if place and urls.identity(place.post) in identities else None
        place = known[page]
        if place is None or place.number is None:
            continue
        places.setdefault(place.number, place)
        # a comment that stands here, or the form below them
        here = any(index.select_id(f"{prefix}{fragment}") for prefix in ("", "li-", "div-"))
        if here and (fragment[-1:].isdigit() or fragment == "respond"):
            shown.add(place.number)
        else:
            links.append(link)
    return places, shown, links


def _current(index: Index, links: list[HtmlElement]) -> Iterator[int]:
    """Yield the number that stands among the links to other pages and is no link."""
    beside = {holder for link in links for holder in islice(ancestors(link), 2)}
    for element in index.select(".page-numbers.current"):
        number = _CURRENT.search(text_of(element)[-40:])
        if number and any(a in beside for a in islice(ancestors(element), 2)):
            yield int(number[1])


def _others(index: Index, base: str, own: _Place) -> Iterator[str]:
    """Yield where the navigation between pages of comments leads that has no numbers we know."""
    folder = re.sub(r"(\.html?)?/?$", "/", urlsplit(own.post).path)
    for link in islice(index.all(_NAVIGATION), MAX_LINKS):
        target = absolute(link.get("href"), base)
        place = _place(target) if target else None
        if place is None or place.number is not None or not urls.same_site(place.url, own.url):
            continue
        path = urlsplit(place.url).path
        within = folder != "/" and path.startswith(folder) and not path.rstrip("/").endswith(("/feed", "/trackback"))
        if (within or path == urlsplit(own.post).path) and urls.identity(place.url) != urls.identity(own.post):
            yield place.url


def _base(index: Index, url: str) -> str:
    found = index.select("base[href]")
    return (absolute(found[0].get("href"), url) or url) if found else url
