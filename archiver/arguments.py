"""What a person may say to a crawl with -a, checked before anything is fetched."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from archiver import urls
from archiver.errors import UsageError

EXAMPLE = "For instance: scrapy crawl blog -a url=https://example.wordpress.com/"


@dataclass(frozen=True, slots=True)
class Arguments:
    """`root` is the blog's address, `limit` how many posts are fetched at the most, `full` fetches known ones again.

    `since` leaves out posts of which all days that lists tell lie before it, `pages` makes items of fixed pages too.
    """

    root: str
    limit: int | None
    full: bool
    since: date | None = None
    pages: bool = False

    @classmethod
    def read(
        cls,
        url: str | None,
        limit: str | None = None,
        full: str | None = None,
        since: str | None = None,
        pages: str | None = None,
    ) -> Arguments:
        """Read the arguments as they were typed. Raises UsageError for malformed ones."""
        return cls(blog_address(url), _number(limit), _switch("full", full), _day(since), _switch("pages", pages))


@dataclass(frozen=True, slots=True)
class Blog:
    """One blog of many: its address, the name of its folder, and the host, with its port, whose blogs take turns."""

    root: str
    name: str
    host: str

    @classmethod
    def at(cls, address: str) -> Blog:
        """Return the blog at an address as a person gives it. Raises UsageError."""
        root = blog_address(address)
        return cls(root, urls.blog_name(root), urlsplit(urls.identity(root)).netloc)


def read_blogs(lines: Iterable[bytes]) -> tuple[list[Blog], list[str]]:
    """Read a list of blogs, an address a line: the blogs in its order, and what is wrong with which lines.

    Blank lines and what follows a # at the start of a line or behind a blank are passed over; a blog that was named
    before counts once.
    """
    blogs: dict[str, Blog] = {}
    wrong = []
    for number, line in enumerate(lines, 1):
        try:
            address = re.sub(r"(^|\s)#.*", "", line.decode("utf-8-sig" if number == 1 else "utf-8")).strip()
            if address:
                blog = Blog.at(address)
                blogs.setdefault(blog.name, blog)
        except UnicodeDecodeError:
            wrong.append(f"line {number}: no UTF-8 text")
        except UsageError as error:
            wrong.append(f"line {number}: {error}")
    return list(blogs.values()), wrong


def blog_address(url: str | None) -> str:
    """Return the address of a blog as a person gives it; without a scheme it is https, on this machine http.

    Raises UsageError.
    """
    if not url or not url.strip():
        raise UsageError("no blog is named: -a url=URL is missing", EXAMPLE)
    given = url.strip()
    address = given if "://" in given else f"https://{given}"
    try:
        if not urls.is_web(address) or ("." not in urls.host(address) and not urls.is_loopback(address)):
            raise ValueError
        if "@" in urlsplit(address).netloc:
            raise UsageError(
                "the address holds a user name or password, which would end up in the archive", "Give it without them"
            )
        if "://" not in given and urls.is_loopback(address):
            address = f"http://{given}"
        return urls.normalise(address)
    except ValueError:  # some are found out only once they are encoded
        raise UsageError(f"{given[:200]!r} is no address of a blog", EXAMPLE) from None


def check_contact(contact: str | None) -> None:
    """Raise UsageError unless `contact` is a mail address or the address of a web page."""
    if not re.search(r"[^@\s]@[^@\s.]+\.[^@\s]|https?://[^\s/.]+\.[^\s]", contact or ""):
        raise UsageError(
            "the owner of a blog must be able to reach you",
            "Add your mail address or web page: -s ARCHIVER_CONTACT=you@example.org",
        )


def _number(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or not int(value[:18]):
        raise UsageError(f"-a limit={value[:40]} is no number of posts", "For instance: -a limit=10")
    return int(value[:18])


def _switch(name: str, value: str | None) -> bool:
    if value not in (None, "", "0", "1"):
        raise UsageError(f"-a {name}={value[:40]} is neither 0 nor 1", f"For instance: -a {name}=1")
    return value == "1"


def _day(value: str | None) -> date | None:
    """Return the day that -a since names, None without one."""
    if value is None:
        return None
    try:
        day = date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        day = None
    if day is None:
        raise UsageError(f"-a since={value[:40]} is no day", "For instance: -a since=2024-01-31")
    # a day ahead is today somewhere
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise UsageError(f"-a since={value} is still to come", "For instance: -a since=2024-01-31")
    return day


# Settings that are numbers: the least and the most that makes sense. Those with a fraction may have one.
RANGES: dict[str, tuple[float, float]] = {
    "ARCHIVER_WORKERS": (1, 1024),
    "ARCHIVER_EXTRACT_TIMEOUT": (0.001, 86_400.0),
    "ARCHIVER_EXTRACT_QUEUE": (1, 100_000),
    "ARCHIVER_WORKER_MEMORY": (0, 2**62),
    "ARCHIVER_MAX_HTML_BYTES": (1, 2**31),
    "ARCHIVER_SPOOL_BYTES": (0, 2**40),
    "ARCHIVER_FSYNC_SECONDS": (0.0, 86_400.0),
    "ARCHIVER_WRITE_QUEUE": (1, 100_000),
    "ARCHIVER_WARC_MAX_BYTES": (1, 2**62),
    "ARCHIVER_REVISIT_DAYS": (0.0, 36_500.0),
    "ARCHIVER_PROGRESS_SECONDS": (0.1, 86_400.0),
    "ARCHIVER_ERROR_THRESHOLD": (0.0, 1.0),
    "ARCHIVER_MAX_SURFACE_PAGES": (1, 10_000_000),
    "ARCHIVER_MAX_LINKED": (0, 10_000_000),
    "ARCHIVER_GC_THRESHOLD": (0, 10_000_000),
    "ARCHIVER_BLOGS_AT_ONCE": (1, 1000),
}
# Settings that are one of a few words.
WORDS: dict[str, tuple[str, ...]] = {
    "ARCHIVER_SECRETS": ("redact", "keep"),
    "ARCHIVER_CONVERSIONS": ("True", "False", "true", "false", "1", "0"),
    "ARCHIVER_LIVE_LINE": ("True", "False", "true", "false", "1", "0"),
}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise UsageError unless each number or word among our settings is one that makes sense."""
    for name, (least, most) in RANGES.items():
        given = str(settings.get(name))
        try:
            number = float(given) if isinstance(least, float) else int(given)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            kind = "number" if isinstance(least, float) else "whole number"
            raise UsageError(f"-s {name}={given[:40]} makes no sense", f"It is a {kind} from {least:,} to {most:,}")
    if not str(settings.get("ARCHIVER_OUTPUT") or "").strip():
        raise UsageError("-s ARCHIVER_OUTPUT= names no folder", "For instance: -s ARCHIVER_OUTPUT=output")
    for name, words in WORDS.items():
        given = str(settings.get(name))
        if given not in words:
            raise UsageError(f"-s {name}={given[:40]} makes no sense", f"It is one of {', '.join(words)}")
