"""Comments as Ghost tells them (members/api/comments/post/ID): each with its first answers."""

from __future__ import annotations

import re

from archiver.errors import BadSurface
from archiver.extract.comments.sources import rows
from archiver.extract.comments.sources.markup import text_of_html
from archiver.extract.comments.sources.rows import Row
from archiver.models import PageComment, Said

# Answers don't name the post; the question does, for the replies to one comment in a field of ours.
_POST = re.compile(r"/comments/post/([0-9a-fA-F]{1,40})|[?&]post_id=([0-9a-fA-F]{1,40})")
_REPLIES = re.compile(r"/comments/([0-9a-fA-F]{1,40})/replies")


def read_comments(url: str, body: bytes) -> list[Said]:
    """Read a page of comments, or of answers to one. Raises BadSurface if the answer is none."""
    answer = rows.load(url, body)
    if not isinstance(answer, dict) or not isinstance(answer.get("comments"), list):
        raise BadSurface(f"{url}: no list of comments")
    asked, answered = _POST.search(url), _REPLIES.search(url)
    top = answered[1] if answered else None
    said: list[Said] = []
    above: list[tuple[Row, str | None]] = [(row, top) for row in reversed(rows.rows(answer["comments"]))]
    while above:
        row, holder = above.pop()
        key = rows.ident(row.get("id"))
        above.extend((reply, key or holder) for reply in reversed(rows.rows(row.get("replies"))))
        its = rows.row(row.get("post"))
        post = rows.ident(row.get("post_id")) or rows.ident(its.get("id")) or (asked[1] or asked[2] if asked else None)
        # hidden and deleted comments are there to hold their answers together
        if key and post and row.get("status") in ("published", None) and rows.string(row.get("html")).strip():
            said.append(Said(post, _comment(url, row, key, holder)))
    return said


def _comment(url: str, row: Row, key: str, holder: str | None) -> PageComment:
    parent = rows.ident(row.get("in_reply_to_id")) or rows.ident(row.get("parent_id")) or holder
    its = rows.address(rows.row(row.get("post")).get("url"))
    return PageComment(
        key=f"comment-{key}",
        parent=f"comment-{parent}" if parent and parent != key else None,
        author=rows.name(rows.row(row.get("member")).get("name")),
        author_url=None,
        date=rows.day(row.get("created_at")),
        text=text_of_html(rows.string(row.get("html")), its or url),
        url=f"{its.split('#')[0]}#ghost-comments-{key}" if its else None,
    )


READERS = {"ghost.comments": read_comments}
