"""The surfaces on which blogs list their posts: one reader each, from an answer to links and the next questions.

A reader knows no network and no state. Adding one: a module with `READERS`, and `asks` if a platform has it;
name it below. Each reader raises BadSurface for an answer that is not what it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from archiver.discover.home import Home
from archiver.discover.surfaces import (
    blogger,
    feeds,
    ghost,
    medium,
    microblog,
    sitemaps,
    substack,
    tumblr,
    wordpress,
    wordpress_com,
)
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Step

Reader = Callable[[Ask, Answer], Step]

READERS: Mapping[str, Reader] = {
    **wordpress.READERS,
    **wordpress_com.READERS,
    **blogger.READERS,
    **ghost.READERS,
    **substack.READERS,
    **tumblr.READERS,
    **medium.READERS,
    **microblog.READERS,
    **sitemaps.READERS,
    **feeds.READERS,
}

# The module of each platform that has surfaces of its own.
PLATFORMS = {
    "wordpress": wordpress,
    "wordpress.com": wordpress_com,
    "blogger": blogger,
    "ghost": ghost,
    "substack": substack,
    "tumblr": tumblr,
    "medium": medium,
    "micro.blog": microblog,
}


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the questions for the surfaces that only the blog's platform has."""
    module = PLATFORMS.get(home.platform or "") or (wordpress if home.api else None)
    return module.asks(home, changes=changes) if module else []


def read(ask: Ask, answer: Answer) -> Step:
    """Read the answer to a question. Raises BadSurface if it is not what it should be."""
    reader = READERS.get(ask.reader)
    if reader is None:
        raise BadSurface(f"{answer.url}: nothing reads answers of {ask.reader[:60]!r}")
    return reader(ask, answer)


def instead(ask: Ask) -> Ask | None:
    """Return what to ask when a question has no usable answer: the next of its other addresses, None if none is left.

    `told["readers"]` names the reader of an address that is another kind of surface: a feed for an API.
    """
    if not ask.others:
        return None
    url, *rest = ask.others
    readers = ask.told.get("readers")
    name = readers.get(url) if isinstance(readers, dict) else None
    other = replace(ask, url=url, others=tuple(rest))
    if not isinstance(name, str) or name not in READERS:
        return other
    return replace(other, reader=name, surface=name.partition(".")[0])
