"""Feeds of posts and feeds of comments, and where their next page lies.

A feed holds the last posts; where it has further pages they are asked for: by what the feed names itself (RFC 5005,
JSON Feed), by `paged` on WordPress, by `start-index` on Blogger. A feed of comments tells which posts have new ones.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver import urls
from archiver.discover.surfaces.entries import Entry, Feed, read
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Step

# Where a feed lies when the first page of a blog names none; tried in this order until one answers.
USUAL = ("feed/", "feed.xml", "atom.xml", "rss.xml", "index.xml", "feed.json", "rss/", "feed", "rss")
MAX_ENTRIES = 50_000

# What pages call a comment: comment-12 (WordPress, Movable Type), c12345678 (Blogger).
NUMBERED = re.compile(r"(?:(?:li|div|article|dsq|wp|isc)-)?comment-([0-9]{1,20})|(?:li|div)?c([0-9]{6,24})")
NAMED = re.compile(r"[\w.:-]{0,40}[0-9][\w.:-]{0,40}")
COMMENT_PAGE = re.compile(r"/comment-page-[0-9]{1,9}/?$")
COMMENT_FIELDS = ("cpage", "showComment")
# How platforms name an entry: by the post's number.
BLOGGER_ID = re.compile(r"tag:blogger\.com,1999:blog-[0-9]{1,25}\.post-([0-9]{1,25})")
BLOGGER_COMMENT = re.compile(r"tag:blogger\.com,[^\s]{0,60}\.post-([0-9]{6,24})")
GHOST_ID = re.compile(r"[0-9a-f]{24}")
NUMERAL = re.compile(r"[1-9][0-9]{0,24}")


def read_feed(ask: Ask, answer: Answer) -> Step:
    """Read a feed of posts. Raises BadSurface if the answer is no feed, or one of comments."""
    feed = read(answer.url, answer.body, answer.headers.get("content-type"))
    found: list[Link] = []
    dropped: dict[str, int] = {}
    for entry in feed.entries[:MAX_ENTRIES]:
        link = _post(answer.url, feed, entry)
        if isinstance(link, str):
            dropped[link] = dropped.get(link, 0) + 1
        else:
            found.append(link)
    if dropped.get("comment") and not found:
        raise BadSurface(f"{answer.url}: a feed of comments")
    if len(feed.entries) > MAX_ENTRIES:
        dropped["too_many"] = len(feed.entries) - MAX_ENTRIES
    return Step(tuple(found), _further(ask, answer, feed), total=feed.total, dropped=dropped)


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read a feed of comments: their keys, and which posts they belong to. Raises BadSurface if it is none.

    The mark of a post is the date of its latest comment here.
    """
    feed = read(answer.url, answer.body, answer.headers.get("content-type"))
    keys: dict[str, None] = {}
    posts: dict[str, Link] = {}
    dropped: dict[str, int] = {}
    for entry in feed.entries[:MAX_ENTRIES]:
        key, post = _comment_key(entry), _commented(answer.url, entry)
        if key is None or post is None:
            reason = "no_address" if key else "no_key"
            dropped[reason] = dropped.get(reason, 0) + 1
            continue
        keys[key] = None
        date = max(filter(None, (entry.published, entry.updated)), default=None)
        known = posts.get(post)
        marks = [mark for mark in (date, known.changed if known else None) if mark]
        number = _number(post, entry, feed) if entry.id and "?p=" in entry.id else None
        posts[post] = Link(
            post, "comments", changed=max(marks, default=None), key=number or (known.key if known else None)
        )
    if feed.entries and not keys:
        raise BadSurface(f"{answer.url}: no feed of comments")
    # The next page of WordPress's feed of comments holds the same ones, so none is guessed.
    return Step(tuple(posts.values()), _named(ask, answer, feed), comments=tuple(keys), dropped=dropped)


# --- entries ----------------------------------------------------------------------------------------


def _post(url: str, feed: Feed, entry: Entry) -> Link | str:
    """Return the link of an entry, or why there is none."""
    target = _address(url, feed, entry)
    if target is None:
        return "no_address"
    if any(_is_comment(link) for link in entry.links):
        return "comment"
    hints = Hints(
        title=entry.title,
        authors=entry.authors,
        published=entry.published,
        modified=entry.updated,
        tags=entry.tags,
        comments=entry.count,
        source="feed",
    )
    return Link(
        target,
        "feed",
        "post",
        entry.updated or entry.published,
        hints,
        key=_number(target, entry, feed),
        entry=entry.id if entry.has_text else None,
    )


def _address(url: str, feed: Feed, entry: Entry) -> str | None:
    """Return the address of an entry: the first of the blog's own site, since some entries link what they are about."""
    site = urls.absolute(url, feed.links.get("alternate", "")) or url
    found = [target for link in entry.links if (target := urls.absolute(url, link))]
    if len(found) < 2:
        return found[0] if found else None
    return next((t for t in found if urls.same_site(t, site) or urls.same_site(t, url)), found[0])


def _number(target: str, entry: Entry, feed: Feed) -> str | None:
    """Return the platform's number of a post, where the entry's id is clear about it."""
    if entry.number:
        return entry.number
    name = entry.id or ""
    blogger = BLOGGER_ID.fullmatch(name)
    if blogger:
        return blogger[1]
    if GHOST_ID.fullmatch(name) and feed.generator.startswith("ghost"):
        return name
    # WordPress: /?p=12. Ids of posts that moved here from another blog have the number that they had there.
    own = urls.absolute(target, name) if urls.is_web(name) else None
    if own is None or not urls.same_site(own, target):
        return None
    query = parse_qsl(urlsplit(own).query)
    number = dict(query).get("p", "")
    is_plain = {field for field, _ in query} <= {"p", "post_type"}
    return number if is_plain and NUMERAL.fullmatch(number) else None


def _fragment(url: str) -> str:
    try:
        return urlsplit(url).fragment
    except ValueError:
        return ""


def _is_comment(url: str) -> bool:
    fragment = _fragment(url)
    return fragment.startswith("comment-") or bool(NUMBERED.fullmatch(fragment))


def _comment_key(entry: Entry) -> str | None:
    """Return what the page calls a comment: the fragment of its address, or else of its id."""
    for address in (*entry.links, entry.id or ""):
        fragment = _fragment(address)
        match = NUMBERED.fullmatch(fragment)
        if match:
            return f"comment-{match[1]}" if match[1] else f"c{match[2]}"
        if NAMED.fullmatch(fragment):
            return fragment
    tag = BLOGGER_COMMENT.fullmatch(entry.id or "")
    return f"c{tag[1]}" if tag else None


def _commented(url: str, entry: Entry) -> str | None:
    """Return the address of the post that a comment belongs to."""
    for address in (*entry.links, entry.answers or ""):
        target = urls.absolute(url, address) if address else None
        if target is None:
            continue
        parts = urlsplit(target)
        fields = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        kept = [(name, value) for name, value in fields if name not in COMMENT_FIELDS]
        query = parts.query if len(kept) == len(fields) else urlencode(kept)
        return urlunsplit(parts._replace(path=COMMENT_PAGE.sub("/", parts.path), query=query))
    return None


# --- further pages ----------------------------------------------------------------------------------


def _further(ask: Ask, answer: Answer, feed: Feed) -> Ask | None:
    """Return the question for the next page, None behind an empty one."""
    if not feed.entries:
        return None
    if "blogger" in feed.generator:
        return _from_index(ask, answer, feed)
    named = _named(ask, answer, feed)
    if named or not (_is_wordpress(feed) or ask.told.get("paged") is True):
        return named
    # A feed that another service passes on has no such pages.
    site = urls.absolute(answer.url, feed.links.get("alternate", "")) or answer.url
    return _paged(ask, answer) if urls.same_site(site, answer.url) else None


def _named(ask: Ask, answer: Answer, feed: Feed) -> Ask | None:
    """Return the question for the page that the feed calls the next, or the next older one (RFC 5005)."""
    for relation in ("next", "prev-archive"):
        target = urls.absolute(answer.url, feed.links.get(relation, "")) if relation in feed.links else None
        if target and feed.entries and any(urls.same_site(target, here) for here in (answer.url, ask.url)):
            return replace(ask, url=target, others=(), told={})
    return None


def _is_wordpress(feed: Feed) -> bool:
    return "wordpress.org" in feed.generator or "wordpress.com" in feed.generator


def _paged(ask: Ask, answer: Answer) -> Ask:
    # The number is told, too: an address that was redirected may have lost it.
    told = ask.told.get("page")
    page = max(told if type(told) is int else 1, _field(answer.url, "paged"), 1) + 1
    url = _with_field(answer.url, "paged", page)
    return replace(ask, url=url, others=(), told={"paged": True, "page": page})


def _from_index(ask: Ask, answer: Answer, feed: Feed) -> Ask | None:
    """Return the question from the first entry that did not come: Blogger sends fewer than it says."""
    here = next((url for url in (answer.url, ask.url) if "/feeds/" in urlsplit(url).path), None)
    if here is None:
        return None
    start = max(feed.start or _field(here, "start-index"), 1) + len(feed.entries)
    return replace(ask, url=_with_field(here, "start-index", start), others=(), told={})


def _field(url: str, name: str) -> int:
    value = dict(parse_qsl(urlsplit(url).query)).get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0


def _with_field(url: str, name: str, number: int) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {name: str(number)}
    return urlunsplit(parts._replace(query=urlencode(query)))


READERS = {"feed": read_feed, "feed.comments": read_comments}
