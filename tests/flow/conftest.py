"""What the end-to-end tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from server.blog_pages import Entry, blog, entries
from server.blog_server import BlogServer


@pytest.fixture
def serve() -> Iterator[Callable[..., BlogServer]]:
    """Start servers that stop with the test: `serve(pages)`."""
    with ExitStack() as stack:
        yield lambda *args, **kwargs: stack.enter_context(BlogServer(*args, **kwargs))


@pytest.fixture
def plain_blog(serve: Callable[..., BlogServer]) -> Callable[..., tuple[BlogServer, list[Entry]]]:
    """Start a whole blog of so many posts; a test then breaks what it wants to see broken."""

    def make(count: int) -> tuple[BlogServer, list[Entry]]:
        server, posts = serve(), entries(count)
        server.pages |= blog(posts, server.url)
        return server, posts

    return make
