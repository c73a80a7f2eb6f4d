"""The categories and tags of a post."""

from __future__ import annotations

from collections.abc import Iterable

from archiver.entities import unescape
from archiver.extract.dom import squeeze, text_of
from archiver.extract.linked import string
from archiver.extract.metadata.entry import Entry, fold
from archiver.extract.platforms.generic import GENERIC


def categories_of(entry: Entry) -> tuple[str, ...]:
    """Return the categories that a post is filed under."""
    return _terms(entry, entry.platform.category or GENERIC.category)


def _terms(entry: Entry, selectors: Iterable[str]) -> tuple[str, ...]:
    for selector in selectors:
        near = entry.inside(entry.index.select(selector))
        found = {fold(w): w for e in near if (w := text_of(e).lstrip("#").strip()) and len(w) < 80}
        if found:
            return tuple(found.values())
    return ()


def tags_of(entry: Entry, categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags of a post, without those that are its categories."""
    tags = _terms(entry, (*entry.platform.tag, *GENERIC.tag))
    if not tags:
        tags = tuple(
            squeeze(e.get("content")) for e in entry.index.select("meta[property=article:tag]") if e.get("content")
        )
    if not tags:
        keywords = entry.stated("keywords")
        if isinstance(keywords, str):
            tags = tuple(squeeze(unescape(k)) for k in keywords.split(",") if k.strip())
        elif isinstance(keywords, list):
            tags = tuple(k for v in keywords if (k := string(v) or ""))
    known = {fold(c) for c in categories}
    return tuple(t for t in dict.fromkeys(tags) if fold(t) not in known)
