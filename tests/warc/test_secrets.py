"""What of a request never reaches the archive."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.secrets import redact, target_uri, without_credentials

LINE = b"GET /a HTTP/1.1\r\n"
NAMES = st.sampled_from(["Host", "Accept", "X-Cookie", "Cookie2", "Set-Cookie", "X-Authorization", "Referer"])
SECRETS = st.sampled_from(["Cookie", "cookie", "AUTHORIZATION", "Proxy-Authorization", "pRoXy-AuThOrIzAtIoN"])
VALUES = st.text("abc =:;,\t", max_size=12)
# of a URL: anything that may stand behind the host
PATHS = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize(
    ("fields", "kept", "names"),
    [
        (b"Host: e.org\r\n", b"Host: e.org\r\n", []),
        (b"Host: e.org\r\nCookie: a=b\r\nAccept: x\r\n", b"Host: e.org\r\nAccept: x\r\n", ["cookie"]),
        (b"Cookie: a=b\r\ncookie: c\r\nHost: e.org\r\n", b"Host: e.org\r\n", ["cookie", "cookie"]),
        (b"AUTHORIZATION: Basic eA==\r\nproxy-Authorization : x\r\n", b"", ["authorization", "proxy-authorization"]),
        (b"Cookie: a=b;\r\n c=d;\r\n\te=f\r\nHost: e.org\r\n", b"Host: e.org\r\n", ["cookie"]),
        (b"Host: e.org\n\tCookie: a\nCookie:a\nB: c\n", b"Host: e.org\n\tCookie: a\nB: c\n", ["cookie"]),
        (b"Cookie:\r\nX: y\r\n", b"X: y\r\n", ["cookie"]),
        (b"X-Cookie: a\r\nCookies: b\r\nSet-Cookie: c\r\n", b"X-Cookie: a\r\nCookies: b\r\nSet-Cookie: c\r\n", []),
        (b"X: Authorization: Basic eA==\r\n", b"X: Authorization: Basic eA==\r\n", []),
    ],
)
@pytest.mark.parametrize("body", [b"", b"Cookie: a\r\nAuthorization: b\r\n\r\nCookie: c\r\n", b"\xff\x00"])
def test_redact(fields, kept, names, body):
    """Fields with credentials are left out whole, however they are written; all else stays as it was sent."""
    line_end = b"\n" if b"\r" not in fields else b"\r\n"
    assert redact(LINE + fields + line_end + body) == (LINE + kept + line_end + body, names)


def test_nothing_to_leave_out():
    """A request without credentials is handed on as it is, without a copy."""
    request = LINE + b"Host: e.org\r\n\r\n" + b"Cookie: a\r\n" * 100
    kept, names = redact(request)
    assert kept is request
    assert names == []


@pytest.mark.parametrize("end", [b"", b"\r", b"\r\n", b"\r\n\tmore", b"\r\n\tmore\r\n"])
def test_a_head_that_was_cut_off(end):
    """Credentials are left out of a request too whose head never ended."""
    assert redact(LINE + b"Cookie: a=b" + end) == (LINE, ["cookie"])


@given(st.lists(st.tuples(st.one_of(NAMES, SECRETS), VALUES)), st.binary())
def test_only_whole_fields(fields, body):
    """Of any request, just the fields with credentials are gone; doing it twice leaves out nothing more."""
    lines = [(name, f"{name}: {value}\r\n".encode()) for name, value in fields]
    secret = {"cookie", "authorization", "proxy-authorization"}
    expected = LINE + b"".join(line for name, line in lines if name.lower() not in secret) + b"\r\n" + body
    kept, names = redact(LINE + b"".join(line for _, line in lines) + b"\r\n" + body)
    assert kept == expected
    assert names == [name.lower() for name, _ in lines if name.lower() in secret]
    assert redact(kept) == (kept, [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/a?b=c", "http://example.org/a?b=c"),
        ("http://example.org/a?b=c#top", "http://example.org/a?b=c"),
        ("http://example.org/#", "http://example.org/"),
        ("http://me:word@example.org:8080/a", "http://example.org:8080/a"),
        ("http://me@example.org/a?b=c@d#e@f", "http://example.org/a?b=c@d"),
        ("http://me:w@rd@example.org/", "http://example.org/"),
        ("http://me:w%40rd@example.org/", "http://example.org/"),
        ("http://me:@[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("http://example.org/@me/post", "http://example.org/@me/post"),
        ("http://example.org/a?mail=me@example.org", "http://example.org/a?mail=me@example.org"),
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("http://example.org/é", "http://example.org/%C3%A9"),
        ("http://example.org/a%20b%zz%", "http://example.org/a%20b%25zz%25"),
        ('http://example.org/a|b\\c^d`e{f}<g>"h"', "http://example.org/a%7Cb%5Cc%5Ed%60e%7Bf%7D%3Cg%3E%22h%22"),
        ("http://example.org/a\r\nb\x00", "http://example.org/a%0D%0Ab%00"),
        ("http://example.org/;a=b,c!$&'()*+~-._[]", "http://example.org/;a=b,c!$&'()*+~-._[]"),
    ],
)
def test_target_uri(url, expected):
    """An address in the archive has no fragment, no credentials, and nothing that is illegal in a URI."""
    assert target_uri(url) == expected


def test_credentials_are_kept_when_asked():
    """With the other policy, user name and password stay; the fragment, which is never sent, does not."""
    assert target_uri("http://me:w@example.org/a b#c", keep=True) == "http://me:w@example.org/a%20b"


@given(PATHS, st.sampled_from(["", "me@", "me:w@rd@", ":@"]), st.sampled_from(["e.org", "[::1]:80", "xn--p1ai"]))
def test_any_address(path, credentials, host):
    """Whatever stands in an address, it becomes one line of legal characters, and stays that if it is done again."""
    uri = target_uri(f"http://{credentials}{host}/{path}")
    assert re.fullmatch(r"http://" + re.escape(host) + r"/[!$%&'()*+,/:;=?@\[\]~\-._0-9A-Za-z]*", uri)
    assert urlsplit(uri).username is None
    assert target_uri(uri) == uri


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        (
            "http://me:word@e.org/a",
            "Getting http://me:word@e.org/a took too long",
            "Getting http://e.org/a took too long",
        ),
        ("http://me:word@e.org/a", "no such host: ME:WORD@e.org", "no such host: e.org"),
        ("http://me@e.org/", "refused by me, me@e.org", "refused by me, e.org"),
        ("http://m.:(w@e.org/", "m.:(w@e.org", "e.org"),
        ("http://e.org/@me", "http://e.org/@me", "http://e.org/@me"),
        ("http://e.org/", "", ""),
    ],
)
def test_errors_without_credentials(url, text, expected):
    """An error's text, which often names the address, does so without user name and password."""
    assert without_credentials(text, url) == expected
