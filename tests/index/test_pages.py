"""The list of pages that WACZ viewers open on."""

from __future__ import annotations

import json

import pytest

from archiver.errors import OutputError
from archiver.index import pages

POST = {
    "id": "1",
    "url": "http://e.org/a",
    "fetched_at": "2020-01-02T03:04:05Z",
    "title": "Zoë",
    "text": "One.\n\nTwo.",
}


def test_format(tmp_path):
    """After the header there is a line per post with address, time, title and text."""
    path = tmp_path / "pages.jsonl"
    pages.write(path, [POST, {**POST, "id": "2", "title": None}])
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(header) == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    assert [json.loads(line) for line in lines] == [
        {"id": "1", "url": "http://e.org/a", "ts": "2020-01-02T03:04:05Z", "title": "Zoë", "text": "One.\n\nTwo."},
        {"id": "2", "url": "http://e.org/a", "ts": "2020-01-02T03:04:05Z", "title": POST["url"], "text": POST["text"]},
    ]


def test_no_posts(tmp_path):
    """Without posts there is the header alone."""
    pages.write(tmp_path / "pages.jsonl", [])
    assert (tmp_path / "pages.jsonl").read_text().count("\n") == 1


def test_at_once_or_not_at_all(tmp_path):
    """While the posts are read the old list stays; when they cannot be written, for ever."""
    path = tmp_path / "pages.jsonl"
    pages.write(path, [POST])
    old = path.read_bytes()

    def posts():
        yield POST
        assert path.read_bytes() == old
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):
        pages.write(path, posts())
    assert path.read_bytes() == old
