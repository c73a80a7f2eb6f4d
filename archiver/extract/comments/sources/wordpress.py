"""Comments as the REST APIs of WordPress (wp/v2) and of WordPress.com (rest/v1.1) tell them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.extract.comments.pages import post_address
from archiver.extract.comments.pings import PINGS
from archiver.extract.comments.sources import rows
from archiver.extract.comments.sources.markup import text_of_html
from archiver.extract.comments.sources.rows import Row
from archiver.models import PageComment, Said

_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
# What a moderator held back; nobody but them should be told of it.
_HELD = frozenset({"hold", "unapproved", "spam", "trash"})


def read_comments(url: str, body: bytes) -> list[Said]:
    """Read a list of comments as wp/v2 gives it. Raises BadSurface if the answer is none."""
    answer = rows.load(url, body)
    if not isinstance(answer, list):
        raise BadSurface(f"{url}: no list of comments")
    return [said for row in rows.rows(answer) if (said := _comment(url, row))]


def _comment(url: str, row: Row) -> Said | None:
    key, link = rows.ident(row.get("id")), rows.address(row.get("link"))
    post = rows.ident(row.get("post")) or post_address(link)
    if key is None or post is None or rows.string(row.get("status")) in _HELD:
        return None
    parent = rows.ident(row.get("parent"))
    return Said(
        post,
        PageComment(
            key=f"comment-{key}",
            parent=f"comment-{parent}" if parent else None,
            author=_name(row.get("author_name")),
            author_url=rows.address(row.get("author_url")),
            date=_zoned(row.get("date"), row.get("date_gmt")),
            text=text_of_html(rows.string(rows.row(row.get("content")).get("rendered")), link or url),
            url=link,
            kind=_kind(row.get("type")),
        ),
    )


def read_hosted(url: str, body: bytes) -> list[Said]:
    """Read a page of comments as WordPress.com's own API gives it. Raises BadSurface if the answer is none."""
    answer = rows.load(url, body)
    if not isinstance(answer, dict) or not isinstance(answer.get("comments"), list):
        raise BadSurface(f"{url}: no list of comments")
    return [said for row in rows.rows(answer["comments"]) if (said := _hosted(url, row))]


def _hosted(url: str, row: Row) -> Said | None:
    key, link = rows.ident(row.get("ID")), rows.address(row.get("URL"))
    post = rows.ident(rows.row(row.get("post")).get("ID")) or post_address(link)
    if key is None or post is None or rows.string(row.get("status")) in _HELD:
        return None
    parent = rows.ident(rows.row(row.get("parent")).get("ID"))
    author = rows.row(row.get("author"))
    return Said(
        post,
        PageComment(
            key=f"comment-{key}",
            parent=f"comment-{parent}" if parent else None,
            author=_name(author.get("name")),
            author_url=rows.address(author.get("URL")),
            date=rows.day(row.get("date")),
            text=text_of_html(rows.string(row.get("content")), link or url),
            url=link,
            kind=_kind(row.get("type")),
        ),
    )


def _name(value: Any) -> str | None:
    # Both APIs give names as they stand in the database, which holds them as HTML.
    return rows.name(unescape(value)) if isinstance(value, str) else None


def _kind(value: Any) -> str:
    # Plugins have types of their own (review, for instance), which are comments to a reader.
    return value if isinstance(value, str) and value in PINGS else "comment"


def _zoned(local: Any, gmt: Any) -> str | None:
    """Return the blog's own time with its distance from UTC, which the API tells only by giving both."""
    here, there = _clock(local), _clock(gmt)
    if here is None or there is None:
        return f"{there:%Y-%m-%dT%H:%M:%S}+00:00" if there else rows.day(local)
    shift = here - there
    if abs(shift) > timedelta(hours=15) or shift % timedelta(minutes=1):
        return f"{there.isoformat()}+00:00"
    minutes = shift // timedelta(minutes=1)
    sign = "-" if minutes < 0 else "+"
    return f"{here.isoformat()}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _clock(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # 0000-00-00T00:00:00
        return None


READERS = {"wordpress.comments": read_comments, "wordpress_com.comments": read_hosted}
