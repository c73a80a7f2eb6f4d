"""The key that replayers look captures up by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.index.surt import surt


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.com", "com,example)/"),
        ("http://example.com/", "com,example)/"),
        ("https://www.Example.com/Path/?B=2&a=1", "com,example)/path?a=1&b=2"),
        ("http://www2.example.com/", "com,example)/"),
        ("http://wwwx.example.com/", "com,example,wwwx)/"),
        ("http://blog.example.co.uk/a", "uk,co,example,blog)/a"),
        ("http://example.com./a", "com,example)/a"),
        ("http://example.com:8080/a/", "com,example:8080)/a"),
        ("http://example.com:80/", "com,example)/"),
        ("https://example.com:443/", "com,example)/"),
        ("http://example.com:443/", "com,example:443)/"),
        ("http://127.0.0.1:8081/", "1,0,0,127:8081)/"),
        ("https://[::1]/a", "::1)/a"),
        ("https://xn--bcher-kva.example/", "example,xn--bcher-kva)/"),
        ("http://user:secret@example.com/", "com,example)/"),
        ("http://example.com/a//b", "com,example)/a/b"),
        ("http://example.com/a?", "com,example)/a"),
        ("http://example.com/a#b", "com,example)/a"),
        ("http://example.com/%C3%A9", "com,example)/%c3%a9"),
        ("http://example.com/a?b=2&a=1&b", "com,example)/a?a=1&b&b=2"),
        ("http://example.com/?PHPSESSID=0123456789abcdef0123456789ABCDEF&p=1", "com,example)/?p=1"),
        ("http://example.com/?sid=9682993c8daa2c5497996114facdc805", "com,example)/"),
        ("http://example.com/?sid=7", "com,example)/?sid=7"),
    ],
)
def test_surt(url, key):
    """The key has the host reversed and no scheme, www, default port, last slash or session id, all in lower case."""
    assert surt(url) == key


@given(
    st.text("abcW.-", min_size=1, max_size=12),
    st.text("/aB.%~", max_size=12),
    st.lists(st.text("aB=1", min_size=1), max_size=4),
)
def test_one_key_for_alike_addresses(host, path, query):
    """Case, scheme, a slash at the end and the order of the query do not change the key."""
    url = f"http://{host}/{path}"
    key = surt(f"{url}?{'&'.join(query)}")
    assert surt(f"https://{host.upper()}/{path.upper()}/?{'&'.join(reversed(query))}") == key
    assert not any(c.isspace() for c in key)
