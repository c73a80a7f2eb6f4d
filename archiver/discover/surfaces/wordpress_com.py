"""The API of WordPress.com (rest/v1.1): posts and pages in one list, and the comments of the whole blog.

No key is needed. The API lies on a host of its own; for a blog that shut it, it answers 403.

A whole list is walked by ascending ID, from cursor to cursor: each answer names the next one by its last row, so that
nothing that is published or deleted during the walk moves a row over the end of a page. Not every blog's answers have
cursors, and those of comments never: there, pages are counted. (An offset by what was received would fall behind:
what not everybody may read has a place in the list, but is left out.)

For changes, posts come by their last modification and equal ones by ID, the latest first. Their pages are counted too,
because such a cursor holds a local date with its zone, which databases understand in two ways. `modified_after` is not
used: what is published by schedule was modified before. The latest comments come first; one that was held back for
long, or edited, is found by the next whole walk only.

Posts with a password are in no list.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from archiver import urls
from archiver.discover.home import Home
from archiver.discover.surfaces import wordpress
from archiver.discover.surfaces.wordpress import Progress, Row, address, number, plain, query_of, with_query
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

SITES = "https://public-api.wordpress.com/rest/v1.1/sites/"
NUMBER = 100  # the most that the API allows
POST_FIELDS = "ID,URL,type,title,author,date,modified,password,discussion,categories,tags"
# All that extraction wants of a comment.
COMMENT_FIELDS = "ID,post,author,date,URL,content,parent,type"
MOMENT = re.compile(rf"{wordpress.MOMENT.pattern}(Z|[+-][0-9]{{2}}:[0-9]{{2}})")
HANDLE = re.compile(r"[!-~]{1,500}")


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the questions for posts and comments; none if the blog is not on WordPress.com."""
    if home.platform != "wordpress.com":
        return []
    site = SITES + quote(urls.host(home.root), safe="")
    by, order = ("modified", "DESC") if changes else ("ID", "ASC")
    # Asked for apart, because the total of `any` counts pages, and what a theme has beside them, too.
    posts = {"number": str(NUMBER), "type": "post", "order_by": by, "order": order, "fields": POST_FIELDS}
    pages = {**posts, "type": "page"}
    comments = {"number": str(NUMBER), "order": order, "fields": COMMENT_FIELDS}
    return [
        Ask(with_query(f"{site}/posts/", **posts), "wordpress_com.posts", "api", changes=changes),
        Ask(with_query(f"{site}/posts/", **pages), "wordpress_com.pages", "api", changes=changes),
        Ask(with_query(f"{site}/comments/", **comments), "wordpress_com.comments", "api", changes=changes),
    ]


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of posts and pages. Raises BadSurface if the answer has no such list."""
    document, rows = _rows(answer, "posts")
    links, dropped = wordpress.sort_out(rows, lambda row: _link(answer.url, row))
    following = _follow(ask, rows, document, None if ask.changes else _handle(ask, document))
    further, more = wordpress.either(following, rows)
    if ask.changes and (following or "page" in query_of(ask.url)) and not wordpress.is_falling(rows, _modified):
        whole = with_query(ask.url, order_by="ID", order="ASC", page=None)
        further, more = None, (replace(ask, url=whole, others=(), told={}, changes=False),)
    return Step(links, further, more, _total(ask, rows, document), dropped=dropped)


def read_pages(ask: Ask, answer: Answer) -> Step:
    """Read a page of the blog's fixed pages. Raises BadSurface if the answer has no such list."""
    return replace(read_posts(ask, answer), total=None)


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read a page of comments. Raises BadSurface if the answer has no such list."""
    document, rows = _rows(answer, "comments")
    keys, dropped = wordpress.comment_keys(rows, "ID")
    further, more = wordpress.either(_follow(ask, rows, document, None), rows)
    return Step((), further, more, comments=keys, dropped=dropped)


def _rows(answer: Answer, name: str) -> tuple[dict[str, Any], list[Any]]:
    document = wordpress.load(answer)
    rows = document.get(name) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: no list of {name}")
    return document, rows


def _handle(ask: Ask, document: dict[str, Any]) -> str | None:
    """Return the cursor of the next page, None if there is none or if it is the one that led here."""
    meta = document.get("meta")
    handle = meta.get("next_page") if isinstance(meta, dict) else None
    if not isinstance(handle, str) or not HANDLE.fullmatch(handle):
        return None
    return None if query_of(ask.url).get("page_handle") == handle else handle


def _total(ask: Ask, rows: list[Any], document: dict[str, Any]) -> int | None:
    """Return the number of rows that the first page advertises, if it can be true."""
    if "page_handle" in query_of(ask.url):
        return Progress.of(ask).total
    found = number(document.get("found"))
    return found if found is not None and found >= Progress.of(ask).received + len(rows) else None


def _follow(ask: Ask, rows: list[Any], document: dict[str, Any], handle: str | None) -> Ask | None:
    """Return the question for what comes behind a page.

    Pages and rows are counted from the last cursor on, because `found` is what is left there.
    """
    here, found = Progress.of(ask), number(document.get("found"))
    page = number(query_of(ask.url).get("page")) or 1
    counted = with_query(ask.url, page=str(page + 1))
    if handle:
        url = with_query(ask.url, page=None, page_handle=handle)
        total = _total(ask, rows, document)
        following = here.next_ask(ask, url, len(rows), is_promised=True, received=0, total=total)
        return replace(following, others=(counted,)) if following else None
    # What not everybody may read is missed in the rows, and may be missed in `found` too.
    is_promised = found is not None and found - len(rows) > (page - 1) * NUMBER
    if not is_promised and len(rows) < NUMBER and found == here.received + len(rows):
        return None
    return here.next_ask(ask, counted, len(rows), is_promised=is_promised)


def _link(url: str, row: Row) -> Link | str:
    """Return the link of a post or page, or why there is none."""
    kind = row.get("type") or "post"
    if kind not in ("post", "page"):
        return "no_post"
    target = address(url, row.get("URL"))
    if target is None:
        return "no_address"
    author, discussion = wordpress.as_dict(row.get("author")), wordpress.as_dict(row.get("discussion"))
    name = plain(author.get("name"))
    password = row.get("password")
    hints = Hints(
        title=plain(row.get("title")),
        authors=(Person(name, address(url, author.get("URL"))),) if name else (),
        published=_moment(row.get("date")),
        modified=_moment(row.get("modified")),
        categories=_names(row.get("categories")),
        tags=_names(row.get("tags")),
        comments=number(discussion.get("comment_count")),
        source="api",
    )
    return Link(
        target,
        "api",
        kind,
        hints.modified,
        hints,
        key=str(n) if (n := number(row.get("ID"))) else None,
        access="password" if isinstance(password, str) and password else None,
    )


def _names(terms: Any) -> tuple[str, ...]:
    """Return the names of terms, which are keyed by their names."""
    named = (plain(wordpress.as_dict(term).get("name")) or plain(key) for key, term in wordpress.as_dict(terms).items())
    return tuple(dict.fromkeys(name for name in named if name))


def _moment(value: Any) -> str | None:
    """Return a date and time with a zone as it is written, None if it is none."""
    try:
        return value if isinstance(value, str) and MOMENT.fullmatch(value) and datetime.fromisoformat(value) else None
    except ValueError:
        return None


def _modified(row: Any) -> str | None:
    # The blog's own clock, by which the list is sorted.
    modified = _moment(wordpress.as_dict(row).get("modified"))
    return modified[:19] if modified else None


READERS = {
    "wordpress_com.posts": read_posts,
    "wordpress_com.pages": read_pages,
    "wordpress_com.comments": read_comments,
}
