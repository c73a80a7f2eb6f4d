"""Comments as Substack's API tells them (api/v1/post/N/comments): a tree of answers."""

from __future__ import annotations

import re

from archiver.errors import BadSurface
from archiver.extract.comments.sources import rows
from archiver.extract.comments.sources.markup import text_of_plain
from archiver.extract.comments.sources.rows import Row
from archiver.models import PageComment, Said

_POST = re.compile(r"/post/([0-9]{1,20})/comments")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_comments(url: str, body: bytes) -> list[Said]:
    """Read the comments of one post. Raises BadSurface if the answer is none."""
    answer = rows.load(url, body)
    comments = answer.get("comments") if isinstance(answer, dict) else answer
    if not isinstance(comments, list):
        raise BadSurface(f"{url}: no list of comments")
    asked = _POST.search(url)
    said: list[Said] = []
    above: list[tuple[Row, str | None]] = [(row, None) for row in reversed(rows.rows(comments))]
    while above:
        row, holder = above.pop()
        key = rows.ident(row.get("id"))
        above.extend((child, key or holder) for child in reversed(rows.rows(row.get("children"))))
        post = rows.ident(row.get("post_id")) or (asked[1] if asked else None)
        # deleted comments are there to hold their answers together
        if key and post and not row.get("deleted") and rows.string(row.get("body")).strip():
            said.append(Said(post, _comment(row, key, holder)))
    return said


def _comment(row: Row, key: str, holder: str | None) -> PageComment:
    # the comments above this one, from the first to the one that it answers: 11.12.15
    path = rows.string(row.get("ancestor_path"))
    parent = rows.ident(path.rpartition(".")[2]) or holder
    handle = rows.string(row.get("handle"))
    return PageComment(
        key=f"comment-{key}",
        parent=f"comment-{parent}" if parent and parent != key else None,
        author=rows.name(row.get("name")),
        author_url=f"https://substack.com/@{handle}" if _HANDLE.fullmatch(handle) else None,
        date=rows.day(row.get("date")),
        text=text_of_plain(rows.string(row.get("body"))),
        url=None,
    )


READERS = {"substack.comments": read_comments}
