"""Where the comments of a page are that come by scripts: the address that the page gives to its script."""

from __future__ import annotations

import re

from archiver import urls
from archiver.extract.selectors import Index

# A Ghost post's number, as its programs write it.
_NUMBER = re.compile(r"[0-9a-f]{24}")


def replies(index: Index, url: str) -> tuple[str, str] | None:
    """Return the reader and the address of an answer with all comments of a page; None if it tells of none.

    Ghost writes the post's number and the blog's address on the tag of its comments' script.
    """
    for script in index.select("script[data-ghost-comments]"):
        number = (script.get("data-post-id") or "").strip()
        blog = urls.absolute(url, script.get("data-ghost-comments") or "")
        if blog and _NUMBER.fullmatch(number) and urls.same_site(blog, url):
            site = blog if blog.endswith("/") else f"{blog}/"
            return "ghost.comments", f"{site}members/api/comments/post/{number}/?page=1&limit=100"
    return None
