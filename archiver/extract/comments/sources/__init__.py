"""Comments out of archived answers of APIs and feeds: `read_said` takes the bytes and gives the comments.

Adding a platform: a module with `READERS`, named below. A reader passes over what is no comment in its answer, and
raises BadSurface when the answer is not what it should be. The names are those of the readers that discover the
comments, and so are the keys.
"""

from __future__ import annotations

from collections.abc import Callable

from archiver.errors import BadSurface
from archiver.extract.comments.sources import blogger, feed, ghost, substack, wordpress
from archiver.models import Said

READERS: dict[str, Callable[[str, bytes], list[Said]]] = {
    **wordpress.READERS,
    **blogger.READERS,
    **ghost.READERS,
    **substack.READERS,
    **feed.READERS,
}


def read_said(reader: str, url: str, body: bytes) -> tuple[Said, ...]:
    """Return the comments that an answer holds, in its order, each key once.

    `reader` names what the answer is (wordpress.comments), `url` is where it was found, `body` has its codings
    undone. Parents are as told: they may lie in another answer. Raises BadSurface if the answer is no such thing.
    """
    read = READERS.get(reader)
    if read is None:
        raise BadSurface(f"{url}: nothing reads comments of {reader[:60]!r}")
    said: dict[str, Said] = {}
    for one in read(url, body):
        if one.comment.text or one.comment.author:
            said.setdefault(one.comment.key, one)
    return tuple(said.values())
