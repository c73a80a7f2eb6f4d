"""What the crawl and its worker processes say to each other, one line a message."""

from __future__ import annotations

import base64
import pickle
from dataclasses import dataclass
from typing import Any

from archiver.models import Article, Hints, Page, Said


@dataclass(frozen=True, slots=True)
class Job:
    """One page to extract: a record at an offset of a WARC file, which may still be called `.open`.

    `origin` is file and offset of the response that holds the payload if the record is a revisit.

    With `entry`, the record is a feed's or an API's answer, and the article is made of the entry of that id in it. With
    `said`, it is an answer with comments, which the reader of that name takes out of it. `url` is then the page that
    the entry belongs to, or the address that was asked; the record's own if it is None.
    """

    file: str
    offset: int
    max_bytes: int
    hints: Hints
    origin: tuple[str, int] | None = None
    entry: str | None = None
    said: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The record's head (its body stays in the archive) and its article or comments, or the error in one line.

    `unreadable` says that the archive does not give back what it should hold.
    """

    page: Page | None
    article: Article | None
    error: str | None = None
    unreadable: bool = False
    said: tuple[Said, ...] = ()


def encode(value: Job | Done) -> bytes:
    """Return a value as one line."""
    # Both ends are this program; pickle keeps the dataclasses as they are.
    return base64.b64encode(pickle.dumps(value)) + b"\n"


def decode(line: bytes) -> Any:
    """Return the value of a line. Raises ValueError for a line that is cut off."""
    try:
        return pickle.loads(base64.b64decode(line.rstrip(), validate=True))  # noqa: S301 - our own process wrote it
    except (pickle.UnpicklingError, EOFError) as error:
        raise ValueError("cut off") from error
