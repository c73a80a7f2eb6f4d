"""Comments as Blogger's feeds tell them in JSON (feeds/comments/default?alt=json, and those of one post)."""

from __future__ import annotations

import re

from archiver.errors import BadSurface
from archiver.extract.comments.pages import post_address
from archiver.extract.comments.sources import rows
from archiver.extract.comments.sources.markup import text_of_html, text_of_plain
from archiver.extract.comments.sources.rows import Row
from archiver.models import PageComment, Said

# Blogger calls comments and posts alike: tag:blogger.com,1999:blog-7.post-21.
_ID = re.compile(r"\.(?:post|page)-([0-9]{1,25})\Z")
_POST = re.compile(r"/(?:posts|pages)/(?:default|full|summary)/([0-9]{1,25})")
# The address of a comment, as its feed names it, holds its post: feeds/7/21/comments/default/22.
_COMMENT = re.compile(r"/feeds/[0-9]{1,25}/([0-9]{1,25})/comments/(?:default|full|summary)/([0-9]{1,25})")


def read_comments(url: str, body: bytes) -> list[Said]:
    """Read a feed of comments. Raises BadSurface if the answer is none."""
    answer = rows.load(url, body)
    feed = answer.get("feed") if isinstance(answer, dict) else None
    if not isinstance(feed, dict):
        raise BadSurface(f"{url}: no feed of comments")
    return [said for entry in rows.rows(feed.get("entry")) if (said := _comment(url, entry))]


def _comment(url: str, entry: Row) -> Said | None:
    match = _ID.search(_text(entry.get("id")))
    if match is None:
        return None
    links: dict[str, str] = {}
    for link in rows.rows(entry.get("link")):
        links.setdefault(rows.string(link.get("rel")), rows.string(link.get("href")))
    post, parent = _threads(entry, links)
    if post is None:
        return None
    permalink = rows.address(links.get("alternate"))
    author = next(iter(rows.rows(entry.get("author"))), rows.row(entry.get("author")))
    content = rows.row(entry.get("content")) or rows.row(entry.get("summary"))
    words = rows.string(content.get("$t"))
    is_plain = content.get("type") == "text" and "<" not in words
    return Said(
        post,
        PageComment(
            key=f"c{match[1]}",
            parent=f"c{parent}" if parent and parent != match[1] else None,
            author=rows.name(_text(author.get("name"))),
            author_url=rows.address(_text(author.get("uri"))),
            date=rows.day(_text(entry.get("published"))),
            text=text_of_plain(words) if is_plain else text_of_html(words, permalink or url),
            url=permalink,
        ),
    )


def _threads(entry: Row, links: dict[str, str]) -> tuple[str | None, str | None]:
    """Return the post's number, or its address where only that is known, and the comment that is answered."""
    reply = next(iter(rows.rows(entry.get("thr$in-reply-to"))), rows.row(entry.get("thr$in-reply-to")))
    source = _POST.search(rows.string(reply.get("source")))
    own = _COMMENT.search(links.get("self", "")) or _COMMENT.search(links.get("edit", ""))
    named = _ID.search(rows.string(reply.get("ref")))
    post = source or own
    number = post[1] if post else named[1] if named else None
    related = _COMMENT.search(links.get("related", ""))
    parent = related[2] if related else None
    if parent is None and named and named[1] != number:
        parent = named[1]
    return number or post_address(rows.address(reply.get("href")) or rows.address(links.get("alternate"))), parent


def _text(value: object) -> str:
    return rows.string(rows.row(value).get("$t"))


READERS = {"blogger.comments": read_comments}
