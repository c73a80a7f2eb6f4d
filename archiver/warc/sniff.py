"""What bytes look like: WARC-Identified-Payload-Type (WARC 1.1 section 5.19), from the bytes alone.

The rules are those of the WHATWG's MIME Sniffing Standard, by xtractmime; it knows XML and text only as such, so
what an archive of blogs is made of is told apart here: XHTML, feeds, JSON.
"""

from __future__ import annotations

import re

import brotli
from isal import isal_zlib
from xtractmime import extract_mime

from archiver import http1

# Bytes of a payload that are looked at; decoded, they are more than the standard asks for (1445).
SAMPLE = 4096
READ = 1445
ROOTS = {
    b"html": "application/xhtml+xml",
    b"rss": "application/rss+xml",
    b"rdf": "application/rss+xml",
    b"feed": "application/atom+xml",
    b"svg": "image/svg+xml",
}
# The first element, behind declaration, comments and instructions.
ROOT = re.compile(rb"<(?![?!])(?:rdf:)?([a-zA-Z]+)")
JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[\[\]{"\d-])')
BOM = b"\xef\xbb\xbf"
# As long as the longest tag that is looked for; no part of any.
PAD = b"." * 16


def sniff(sample: bytes, coding: str | None) -> str | None:
    """Return the media type of a payload that begins with `sample` and is in content coding `coding`.

    None if it is empty, or its coding is not known or broken.
    """
    data = _decoded(sample, (coding or "").strip().lower())
    if not data:
        return None
    if JSON.match(data):
        return "application/json"
    found = _by_the_standard(data.removeprefix(BOM)).decode("latin-1")
    if found == "text/xml":
        root = ROOT.search(data)
        return ROOTS.get(root[1].lower(), found) if root else found
    return found


def _by_the_standard(data: bytes) -> bytes:
    try:
        return extract_mime(data) or b"application/octet-stream"
    except IndexError:  # it reads past the end of what is blank up to its last few bytes
        return extract_mime(data[: READ - len(PAD)] + PAD) or b"application/octet-stream"


def _decoded(sample: bytes, coding: str) -> bytes:
    try:
        if coding in ("gzip", "x-gzip"):
            return bytes(isal_zlib.decompressobj(http1.GZIP).decompress(sample, READ))
        if coding == "br":
            return bytes(brotli.Decompressor().process(sample, output_buffer_limit=READ))
        return http1.decode(sample[:READ] if not coding else sample, coding, 1 << 24)[:READ]
    except (*http1.INFLATE_ERRORS, ValueError, brotli.error):
        return b""
