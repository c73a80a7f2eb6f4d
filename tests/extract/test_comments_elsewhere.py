"""Comments that scripts fetch: where the page says that they are."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract
from archiver.models import Page

URL = "https://example.org/a-post/"
NUMBER = "0123456789abcdef01234567"


def replies(blog: str, number: str) -> tuple[str, str] | None:
    """What a page with such a script tells."""
    script = f'<script defer data-ghost-comments="{blog}" data-post-id="{number}" src="/comments-ui.min.js"></script>'
    html = f"<html><body><article><h1>A post</h1><p>Words enough for one.</p></article>{script}</body></html>"
    return extract(Page(URL, html.encode())).replies


def test_ghost() -> None:
    """A Ghost page names the post's number, by which the members' API tells its comments."""
    address = f"https://example.org/members/api/comments/post/{NUMBER}/?page=1&limit=100"
    assert replies("https://example.org/", NUMBER) == ("ghost.comments", address)
    assert replies("https://example.org", NUMBER) == ("ghost.comments", address)


@pytest.mark.parametrize(
    ("blog", "number"),
    [
        ("https://elsewhere.example/", NUMBER),
        ("https://example.org/", "../../ghost"),
        ("javascript:1", NUMBER),
        ("", ""),
    ],
)
def test_what_tells_nothing(blog: str, number: str) -> None:
    """Another host, or what is no number, is not asked."""
    assert replies(blog, number) is None
