"""What a payload looks like."""

from __future__ import annotations

import gzip
import random
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.spool import Spool
from archiver.warc.message import read_message
from archiver.warc.sniff import SAMPLE, sniff

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HTML = b"<!DOCTYPE html>\n<html><head><title>One</title></head><body><p>One.</p></body></html>"
XML = b'<?xml version="1.0" encoding="utf-8"?>\n'


def raw_deflate(data: bytes) -> bytes:
    """Return deflate without the zlib head around it."""
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


CODINGS = [
    ("gzip", gzip.compress),
    ("X-GZIP", gzip.compress),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("identity", bytes),
    ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (HTML, "text/html"),
        (b"  \n<HtMl>", "text/html"),
        (b"<!-- a comment first --><p>", "text/html"),
        (b"\xef\xbb\xbf<!doctype html><p>", "text/html"),
        (
            XML + b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd"><html xmlns="x">',
            "application/xhtml+xml",
        ),
        (XML + b'<html xmlns="http://www.w3.org/1999/xhtml">', "application/xhtml+xml"),
        (XML + b"<!-- made by --><rss version='2.0'><channel>", "application/rss+xml"),
        (XML + b'<?xml-stylesheet href="x.xsl"?>\n<feed xmlns="http://www.w3.org/2005/Atom">', "application/atom+xml"),
        (XML + b'<rdf:RDF xmlns:rdf="x"><channel>', "application/rss+xml"),
        (XML + b"<svg width='1'>", "image/svg+xml"),
        (b"\xef\xbb\xbf" + XML + b"<feed>", "application/atom+xml"),
        (XML + b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>", "text/xml"),
        (XML, "text/xml"),
        (b'{"posts": []}', "application/json"),
        (b"\xef\xbb\xbf [ {} ]", "application/json"),
        (b"[]", "application/json"),
        (b"{}", "application/json"),
        (b'[\n  "a"', "application/json"),
        (b"{{ template }}", "text/plain"),
        (b"[a link](to)", "text/plain"),
        (b"User-agent: *\nDisallow:\n", "text/plain"),
        ("Grüße aus Århus".encode(), "text/plain"),
        (PNG, "image/png"),
        (b"GIF89a\x01", "image/gif"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04zip", "application/zip"),
        (b"\r\n" * 20, "text/plain"),
        (b"\r\n" * 2000, "text/plain"),
        (b" " * 1443 + b"<p>One.", "text/plain"),
        (b" " * 20 + b"<p", "text/plain"),
        (b" " * 20 + b"<p>", "text/html"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"", None),
    ],
)
def test_what_bytes_look_like(payload, expected):
    """Pages, feeds, data, pictures and text are told by their first bytes, whatever the coding around them."""
    assert sniff(payload, None) == expected
    for coding, encode in CODINGS:
        assert sniff(encode(payload), coding) == expected, coding


@pytest.mark.parametrize(("coding", "encode"), [c for c in CODINGS if c[0] != "zstd"])
def test_a_long_page_is_told_by_its_beginning(coding, encode):
    """The first bytes of a coded page suffice: the rest of it need not be there."""
    page = HTML + random.Random(1).randbytes(100_000).hex().encode()
    assert sniff(encode(page)[:SAMPLE], coding) == "text/html"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate, gzip", "compress", "gzip, br", "\xe9"])
def test_broken_coding(coding):
    """What is not in its coding, or in one that is not known, looks like nothing that could be told."""
    assert sniff(HTML, coding) is None


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_bomb_is_not_unpacked(coding):
    """A sample of a few kilobytes that unpacks to any size is told by its first bytes, or not at all."""
    encode = dict(CODINGS)[coding]
    assert sniff(encode(HTML + b" " * 40_000_000)[:SAMPLE], coding) in ("text/html", None)


@pytest.mark.parametrize("named", ["text/html", "image/png", "application/json", "text/plain; charset=x", ""])
def test_what_the_server_says_does_not_count(named):
    """A picture is a picture and a page a page, whatever Content-Type calls it."""
    for payload, expected in ((PNG, "image/png"), (HTML, "text/html"), (b"only text", "text/plain")):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {named}\r\nX-Content-Type-Options: nosniff\r\n\r\n".encode()
        _, message = read_message(Spool(head + payload))
        assert message is not None
        assert message.looks_like == expected


@given(
    st.one_of(st.binary(max_size=SAMPLE), st.text("\n\t <!-?xp", max_size=30).map(str.encode)),
    st.sampled_from([None, "", *(coding for coding, _ in CODINGS), "x"]),
)
def test_any_bytes(sample, coding):
    """Whatever the bytes are, there is a media type or none."""
    kind = sniff(sample, coding)
    assert kind is None or kind.count("/") == 1
