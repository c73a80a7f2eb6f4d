"""Bytes of a page to text."""

from __future__ import annotations

import pytest

from archiver.charset import decode


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("å".encode(), "text/html; charset=iso-8859-1", "å"),
        ("å".encode("latin-1"), "text/html; charset=iso-8859-1", "å"),
        ('<meta charset="windows-1251">Да'.encode("cp1251"), "text/html", '<meta charset="windows-1251">Да'),
        (b"\xef\xbb\xbf\xc3\xa5", "text/html; charset=utf-16", "å"),
        (b"plain", None, "plain"),
    ],
)
def test_charsets(body, content_type, text):
    """The mark, valid UTF-8, the server's word and the page's word decide in this order."""
    assert decode(body, content_type) == text


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "undefined", "hex", "base64", "rot13", "zlib", "utf-7", "unicode_escape", "nonsense"]
)
def test_what_is_no_charset_is_passed_over(name):
    """A codec that is no charset of pages doesn't break a page, or take its time."""
    assert decode(b"caf-" * 100_000, f"text/html; charset={name}") == "caf-" * 100_000
