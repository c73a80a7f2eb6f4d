"""What a crawl left, held against what is true of the blog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from server.platforms.model import ZONE, Comment, Truth

Row = Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """`posts` in truth, `found` of them, `items` there are, `wrong` ones and `missed` ones by path.

    `torn` are posts whose text lacks a paragraph, `leaked` those that hold a comment's words. Of `comments` in truth
    `comments_found` have their text; those of `misread` lack their author, date or parent. `untold` are addresses that
    are closed, gone or moved, and that the report doesn't name as such.
    """

    posts: int
    found: int = 0
    items: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    comments: int = 0
    comments_found: int = 0
    misread: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of items that are posts."""
        return 1 - len(self.wrong) / self.items if self.items else 1.0

    @property
    def recall(self) -> float:
        """The share of posts that became items."""
        return self.found / self.posts if self.posts else 1.0


def key(url: str) -> str:
    """What tells one address of a blog from another, however it is written."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (unquote(parts.path).rstrip("/") or "/") + query


def judge(truth: Truth, items: Sequence[Row], comments: Sequence[Row], report: Row) -> Score:
    """Compare the lines of posts.jsonl and comments.jsonl and a run report with the truth."""
    posts = {key(post.path): post for post in (*truth.posts, *truth.previews)}
    score = found_posts(posts, items)
    texts = {key(item["url"]): item for item in items}
    for path, post in posts.items():
        item = texts.get(path)
        if item is None:
            continue
        is_whole = all(paragraph in item["text"] for paragraph in post.paragraphs)
        if post in truth.previews:
            is_whole = post.paragraphs[0] in item["text"] and "members_only" in item["quality"]["flags"]
        if not is_whole:
            score.torn.append(path)
        if any(comment.text in item["text"] for comment in post.comments):
            score.leaked.append(path)
    if truth.comments:
        _judge_comments(score, truth, items, comments)
    score.untold = _untold(truth, report)
    return score


def found_posts(posts: Iterable[str], items: Sequence[Row], allowed: Iterable[str] = ()) -> Score:
    """Compare which posts became items; `allowed` are addresses that may be items and need not."""
    wanted = set(posts)
    have = [key(item["url"]) for item in items]
    score = Score(len(wanted), items=len(have))
    score.found = len(wanted & set(have))
    score.missed = sorted(wanted - set(have))
    seen: set[str] = set()
    for path in have:
        # the same post twice is one too many
        if path in seen or path not in wanted | set(allowed):
            score.wrong.append(path)
        seen.add(path)
    return score


def _judge_comments(score: Score, truth: Truth, items: Sequence[Row], comments: Sequence[Row]) -> None:
    ids = {item["id"]: key(item["url"]) for item in items}
    words = {comment["id"]: comment["text"] for comment in comments}
    said = {(ids.get(comment["post_id"]), comment["text"]): comment for comment in comments}
    for post in truth.posts:
        texts = {comment.number: comment.text for comment in post.comments}
        for comment in post.comments:
            score.comments += 1
            row = said.get((key(post.path), comment.text))
            if row is None:
                continue
            score.comments_found += 1
            parent = words.get(row["parent_id"] or "")
            wrong = [
                name
                for name, is_right in (
                    ("author", row["author"] == comment.author),
                    ("date", not truth.clock or _is_then(row["date"], comment)),
                    ("parent", not truth.threads or parent == texts.get(comment.parent or 0)),
                )
                if not is_right
            ]
            if wrong:
                score.misread.append(f"{comment.number}: {', '.join(wrong)}")


def _is_then(date: str | None, comment: Comment) -> bool:
    """Tell whether a date is a comment's; what has no zone is taken as the blog's own clock."""
    if not date:
        return False
    moment = datetime.fromisoformat(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)) == comment.date


def _untold(truth: Truth, report: Row) -> list[str]:
    told: dict[str, set[str]] = {}
    for finding in report["findings"]:
        told.setdefault(key(finding["url"]), set()).add(finding["reason"])
    shut = {"password": {"password"}, "members_only": {"members_only", "paywall_stub"}}
    wanted = [(path, shut[reason]) for path, reason in truth.closed.items()]
    wanted += [(path, {"gone"}) for path in truth.gone]
    wanted += [(path, {"moved", "same_address"}) for path in truth.moved]
    return [path for path, reasons in wanted if not told.get(key(path), set()) & reasons]
