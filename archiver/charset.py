"""Bytes of a page to text: whatever charset a server or a page names, or none.

Sources: the WHATWG encoding standard's order (mark, then what is declared), RFC 9110 section 8.3.
"""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

# Codecs of Python that are no charsets of pages; some take time that grows with the square of the length.
NO_CHARSETS = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "mbcs", "oem"}
)


def decode(body: bytes, content_type: str | None) -> str:
    """Return a body as text, by its mark, its validity, the HTTP charset, the page's word, or detection."""
    bom, mark = read_bom(body)
    if bom and mark:
        return body[len(mark) :].decode(bom, "replace")
    try:
        # Text that is valid UTF-8 beyond ASCII is UTF-8, whatever a server's default says.
        text = body.decode("utf-8")
        if not text.isascii():
            return text
    except UnicodeDecodeError:
        pass
    declared = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    for name in (*declared, "utf-8"):
        read = _try(body, name)
        if read is not None:
            return read
    from trafilatura.utils import detect_encoding  # imported late: it costs the crawl a third of a second

    for name in detect_encoding(body):
        read = _try(body, name)
        if read is not None:
            return read
    return body.decode("utf-8", "replace")


def _try(body: bytes, name: str | None) -> str | None:
    if not name or (name.startswith(("utf-16", "utf-32")) and b"\0" not in body):
        return None
    try:
        if codecs.lookup(name).name.replace("-", "_") in NO_CHARSETS:
            return None
        text = body.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    # A page of a declared charset with a byte cut in two is still a page of that charset.
    return text if text.count("\ufffd") <= len(text) // 500 + 1 else None
