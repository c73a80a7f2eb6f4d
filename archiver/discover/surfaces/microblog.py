"""Micro.blog: all posts of a blog in one JSON Feed, /archive/index.json. Its feeds are read as any other feed.

Changes: the archive is one file in any run, so what makes the second run cheap is asking whether it has changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from archiver import urls
from archiver.discover.home import Home
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_TEXT = 2000
MAX_PEOPLE = 100


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the question for all posts."""
    url = urljoin(home.root, f"{urls.folder_of(home.root)}archive/index.json")
    return [Ask(url, "microblog.archive", "api", changes=changes)]


def read_archive(ask: Ask, answer: Answer) -> Step:
    """Read the archive. Raises BadSurface if the answer is no object with a list of items.

    What says nothing of a version is read all the same: the file is made by templates that anybody may change.
    """
    try:
        told = json.loads(answer.body.decode("utf-8-sig", "replace"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {error}") from error
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise BadSurface(f"{answer.url}: no list of items")
    links = [link for item in items if isinstance(item, dict) and (link := _post(answer.url, item))]
    href = _text(told.get("next_url"), urls.MAX_URL)
    following = urls.absolute(answer.url, href) if href and items else None
    return Step(
        links=tuple(links),
        further=replace(ask, url=following, others=()) if following and urls.same_site(following, answer.url) else None,
        dropped={"no_address": len(items) - len(links)} if len(links) < len(items) else {},
    )


def _post(url: str, item: dict[str, Any]) -> Link | None:
    href = _text(item.get("url"), urls.MAX_URL)
    if href is None:
        href = _text(item.get("id"), urls.MAX_URL)  # an id is the address of the post, or just any string
        href = href if href and urls.is_web(href) else None
    target = urls.absolute(url, href) if href else None
    if target is None:
        return None
    changed = _text(item.get("date_modified"), 100)
    people = _list(item.get("authors")) or [item.get("author")]
    hints = Hints(
        title=_text(item.get("title")),  # most posts of a microblog have none
        authors=tuple(
            Person(name, urls.absolute(url, link) if (link := _text(person.get("url"), urls.MAX_URL)) else None)
            for person in people[:MAX_PEOPLE]
            if isinstance(person, dict) and (name := _text(person.get("name")))
        ),
        published=_date(item.get("date_published")),
        modified=_date(changed),
        categories=tuple(name for entry in _list(item.get("categories")) if (name := _text(entry))),
        tags=tuple(name for entry in _list(item.get("tags")) if (name := _text(entry))),
        source="api",
    )
    return Link(target, "api", "post", changed, hints)


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 30 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any, limit: int = MAX_TEXT) -> str | None:
    """Return a text in one line that can be written as UTF-8, None if it is empty, too long or no text."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split()) or None


def _date(value: Any) -> str | None:
    text = _text(value, 40)
    try:
        # a post without a date has the year 1 in what Hugo writes
        return text if text and DAY.match(text) and datetime.fromisoformat(text).year > 1 else None
    except ValueError:
        return None


READERS = {"microblog.archive": read_archive}
