"""Items: made of an article and its capture, written as JSON lines, read back. Append-only files.

`posts.jsonl` has a line per post and revision: the last line of an id is current.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from archiver import __version__, urls
from archiver.errors import OutputError
from archiver.models import (
    COMMENT_SCHEMA,
    POST_SCHEMA,
    Article,
    Comment,
    Extractor,
    Page,
    PageComment,
    Post,
    Quality,
    Record,
    WarcRef,
)


def make_page_item(page_id: str, page: Page, article: Article) -> dict[str, Any]:
    """Return an item, with its comments inside, for a page that lies in no archive: what a capture says is null."""
    nowhere = Record(WarcRef("", 0, 0, "", None), page.url, datetime.fromtimestamp(0, UTC), page.status, None)
    post = make_post(article, page, nowhere, requested_url=page.url, run_id="", surfaces=[])
    shown = [(comment, "") for comment in article.comments if comment.kind == "comment"]
    comments = [dataclasses.asdict(comment) for comment in make_comments(shown, post)]
    unknown = dict.fromkeys(("snapshot_id", "fetched_at", "run_id", "warc"))
    return {**dataclasses.asdict(post), **unknown, "id": page_id, "comments": comments}


def text_sha256(text: str) -> str:
    """Return the digest that tells one revision of a text from the next."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def make_post(
    article: Article,
    page: Page,
    record: Record,
    *,
    requested_url: str,
    run_id: str,
    surfaces: Sequence[str],
    comments: int | None = None,
    pings: int | None = None,
    parts: Sequence[WarcRef] = (),
) -> Post:
    """Return the item of a post, revision 1; the caller raises the revision when it knows an earlier one.

    `comments` and `pings` are how many are known, if that is not what the page shows; `parts` are the records of its
    further pages.
    """
    if pings is None:
        pings = len([c for c in article.comments if c.kind != "comment"])
    count = len([c for c in article.comments if c.kind == "comment"]) if comments is None else comments
    return Post(
        schema=POST_SCHEMA,
        id=urls.post_id(urls.canonical_of(page.url, article.canonical_url)),
        snapshot_id=record.payload.record_id,
        revision=1,
        text_sha256=text_sha256(article.text),
        simhash=article.simhash,
        url=page.url,
        requested_url=requested_url,
        canonical_url=article.canonical_url,
        site=urls.host(page.url),
        platform=article.platform,
        title=article.title,
        text=article.text,
        markdown=article.markdown,
        description=article.description,
        language=article.language,
        word_count=len(article.text.split()),
        authors=list(article.authors),
        date_published=article.date_published,
        date_modified=article.date_modified,
        date_source=article.date_source,
        site_name=article.site_name,
        categories=list(article.categories),
        tags=list(article.tags),
        license=article.license,
        images=list(article.images),
        links=list(article.links),
        review=article.review,
        comments_count=count,
        comments_expected=article.comments_expected,
        fetched_at=record.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
        status=page.status,
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        run_id=run_id,
        warc=record.payload,
        extractor=Extractor("blog-archiver", __version__, article.rules, {"trafilatura": version("trafilatura")}),
        discovered_by=sorted(surfaces),
        usage=article.usage,
        quality=Quality(flags=_flags(article, count + pings)),
        parts=list(parts),
    )


def _flags(article: Article, count: int) -> list[str]:
    # what a page counts as comments are pings too
    missing = article.comments_expected is not None and article.comments_expected > count
    return [*article.flags, "comments_incomplete"] if missing else list(article.flags)


def make_comments(comments: Iterable[tuple[PageComment, str]], post: Post) -> list[Comment]:
    """Return the items of a post's comments, threaded by `parent_id`; each comes with the id of its record."""
    return [make_comment(comment, post.id, record_id) for comment, record_id in comments]


def comment_id(post_id: str, key: str) -> str:
    """Return the id of a comment by the blog's own name for it."""
    return str(uuid5(NAMESPACE_URL, f"{post_id}#{key}"))


def make_comment(comment: PageComment, post_id: str, record_id: str) -> Comment:
    """Return the item of a comment, revision 1, out of the record `record_id`."""

    return Comment(
        schema=COMMENT_SCHEMA,
        id=comment_id(post_id, comment.key),
        post_id=post_id,
        parent_id=comment_id(post_id, comment.parent) if comment.parent else None,
        author=comment.author,
        author_url=comment.author_url,
        date=comment.date,
        text=comment.text,
        url=comment.url,
        snapshot_id=record_id,
        revision=1,
        kind=comment.kind,
    )


def rooted(comments: Sequence[Comment], is_known: Callable[[str], bool]) -> list[Comment]:
    """Return comments that are written together, without parents that nobody ever told of (`is_known`) and without
    circles of parents: the first comment of each circle begins a thread.
    """
    parents = {comment.id: comment.parent_id for comment in comments}
    seen: set[str] = set()
    first: set[str] = set()
    for comment in comments:
        at: str | None = comment.id
        way: set[str] = set()
        while at in parents and at not in seen and at not in way:
            way.add(at)
            at = parents[at]
        if at in way:
            first.add(str(at))
        seen |= way

    def has_parent(comment: Comment) -> bool:
        parent = comment.parent_id
        return parent is None or (comment.id not in first and (parent in parents or is_known(parent)))

    return [comment if has_parent(comment) else dataclasses.replace(comment, parent_id=None) for comment in comments]


def to_line(item: Post | Comment) -> bytes:
    """Return an item as one JSON line, fields in the order of the schema."""
    return json.dumps(dataclasses.asdict(item), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def append(path: Path, items: Iterable[Post | Comment]) -> None:
    """Append items to a JSON lines file, all of them or none. Raises OutputError if the disk refuses."""
    data = b"".join(to_line(item) for item in items)
    if not data:
        return
    try:
        with path.open("ab", buffering=0) as file:
            start = os.fstat(file.fileno()).st_size
            try:
                if file.write(data) != len(data):
                    raise OSError(28, "No space left on device")
            except OSError:
                with suppress(OSError):
                    file.truncate(start)
                raise
    except OSError as error:
        raise OutputError(
            f"cannot write to {path}: {error.strerror}",
            "Make space, then run the same command again: it goes on from here",
        ) from error


def mend_tail(path: Path) -> int:
    """Cut off a last line that a killed run did not finish; return the number of bytes cut.

    A whole item that only lacks its line end, as editors leave it, gets one.
    """
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        keep = size
        while keep:
            step = min(keep, 1 << 16)
            file.seek(keep - step)
            found = file.read(step).rfind(b"\n")
            if found >= 0:
                keep = keep - step + found + 1
                break
            keep -= step
        if keep == size:
            return 0
        file.seek(keep)
        if _item(file.read()) is not None:
            file.write(b"\n")
            return 0
        file.truncate(keep)
    return size - keep


def _item(line: bytes) -> dict[str, Any] | None:
    """Return the item of a line; None if it is no JSON object with an id."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return item if isinstance(item, dict) and isinstance(item.get("id"), str) else None


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the items of a JSON lines file in order; a line that is no item is passed over."""
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            item = _item(line)
            if item is not None:
                yield item


def current_posts(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the current revision of each post in a posts.jsonl, in the order of the lines.

    Reads the file twice, so that only ids are held in memory.
    """
    last = {item["id"]: n for n, item in enumerate(read(path))}
    for n, item in enumerate(read(path)):
        if last.get(item["id"]) == n:
            yield item
