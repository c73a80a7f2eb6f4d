"""One discussion out of two sources, such as an API and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from archiver.models import PageComment


def merge(first: Sequence[PageComment], second: Sequence[PageComment]) -> tuple[PageComment, ...]:
    """Return the comments of both, each key once; where both know one, `first` is believed and `second` fills gaps.

    A parent is kept if either knows it and it is among the comments; else it is None. Answers follow what they
    answer, and the earlier comment comes first; one without a date keeps its place behind the one before it.
    """
    merged: dict[str, PageComment] = {}
    moments: dict[str, datetime] = {}
    for comments in (first, second):
        latest = datetime.min.replace(tzinfo=UTC)
        for comment in comments:
            known = merged.get(comment.key)
            merged[comment.key] = _filled(known, comment) if known else comment
            latest = _moment(comment.date) or latest
            moments.setdefault(comment.key, latest)
    parents = _parents(merged, (first, second))
    return tuple(replace(merged[key], parent=parents[key]) for key in _threaded(merged, parents, moments))


def _filled(sure: PageComment, other: PageComment) -> PageComment:
    return replace(
        sure,
        author=sure.author or other.author,
        author_url=sure.author_url or other.author_url,
        date=sure.date or other.date,
        text=sure.text or other.text,
        url=sure.url or other.url,
        # what does not know of pingbacks calls them comments
        kind=other.kind if sure.kind == "comment" else sure.kind,
    )


def _parents(merged: Iterable[str], sources: Iterable[Sequence[PageComment]]) -> dict[str, str | None]:
    """Return the parent of each comment, the surer source's first; none that is unknown or closes a circle."""
    keys = set(merged)
    parents: dict[str, str | None] = dict.fromkeys(keys)
    for comments in sources:
        for comment in comments:
            if parents[comment.key] is None and comment.parent in keys:
                parents[comment.key] = comment.parent
    safe: set[str] = set()
    for key in merged:
        path: dict[str, None] = {}
        node: str | None = key
        while node is not None and node not in safe and node not in path:
            path[node] = None
            node = parents[node]
        if node is not None and node in path:
            parents[node] = None
        safe.update(path)
    return parents


def _threaded(merged: Iterable[str], parents: dict[str, str | None], moments: dict[str, datetime]) -> Iterable[str]:
    """Yield the keys, each comment before its answers."""
    answers: dict[str | None, list[str]] = {}
    for key in sorted(merged, key=lambda key: moments[key]):
        answers.setdefault(parents[key], []).append(key)
    waiting = answers.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        yield key
        waiting.extend(reversed(answers.get(key, ())))


def _moment(date: str | None) -> datetime | None:
    """Return an ISO date as a moment; what has no zone counts as UTC."""
    try:
        moment = datetime.fromisoformat(date) if date else None
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
    except ValueError:
        return None
