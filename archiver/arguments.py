"""What a person may say to a crawl with -a, checked before anything is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver import urls
from archiver.errors import UsageError

EXAMPLE = "For instance: scrapy crawl blog -a url=https://example.wordpress.com/"


@dataclass(frozen=True, slots=True)
class Arguments:
    """`root` is the blog's address, `limit` how many posts are fetched at the most, `full` fetches known ones again."""

    root: str
    limit: int | None
    full: bool

    @classmethod
    def read(cls, url: str | None, limit: str | None, full: str | None) -> Arguments:
        """Read the arguments as they were typed. Raises UsageError for malformed ones."""
        return cls(blog_address(url), _number(limit), _switch("full", full))


def blog_address(url: str | None) -> str:
    """Return the address of a blog as a person gives it; without a scheme it is https, on this machine http.

    Raises UsageError.
    """
    if not url or not url.strip():
        raise UsageError("no blog is named: -a url=URL is missing", EXAMPLE)
    given = url.strip()
    address = given if "://" in given else f"https://{given}"
    if not urls.is_web(address) or ("." not in urls.host(address) and not urls.is_loopback(address)):
        raise UsageError(f"{given[:200]!r} is no address of a blog", EXAMPLE)
    if "://" not in given and urls.is_loopback(address):
        address = f"http://{given}"
    return urls.normalise(address)


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
