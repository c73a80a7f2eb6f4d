"""What a person may say with -a."""

from __future__ import annotations

import pytest

from archiver import settings
from archiver.arguments import Arguments, blog_address, check_contact, check_settings
from archiver.errors import UsageError


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://example.org/blog/", "https://example.org/blog/"),
        ("example.org", "https://example.org/"),
        ("  Example.ORG/Blog ", "https://example.org/Blog"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("localhost:8080/blog", "http://localhost:8080/blog"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_an_address_as_people_write_it(given, address):
    """An address without a scheme is https, and http on this machine."""
    assert blog_address(given) == address


@pytest.mark.parametrize(
    "given", [None, "", "  ", "blog", "ftp://example.org/", "https://", "http://a b/", "javascript:1"]
)
def test_no_address(given):
    """What is no address of a blog is refused with an example of one."""
    with pytest.raises(UsageError) as error:
        blog_address(given)
    assert "scrapy crawl blog -a url=" in error.value.hint


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "٣"])
def test_no_number(limit):
    """A limit is a whole number above zero."""
    with pytest.raises(UsageError, match="limit"):
        Arguments.read("https://example.org/", limit, None)


@pytest.mark.parametrize(("given", "full"), [(None, False), ("", False), ("0", False), ("1", True)])
def test_a_switch(given, full):
    """A switch is 0 or 1, off unless it is named."""
    assert Arguments.read("https://example.org/", "3", given) == Arguments("https://example.org/", 3, full)


@pytest.mark.parametrize("given", ["yes", "no", "true", "2"])
def test_no_switch(given):
    """Any other word for a switch is refused, because "no" must not mean yes."""
    with pytest.raises(UsageError, match="full"):
        Arguments.read("https://example.org/", None, given)


@pytest.mark.parametrize("contact", ["me@example.org", "https://example.org/bot", "Ada <ada@mail.example>"])
def test_a_contact(contact):
    """A mail address or a web page is a contact."""
    check_contact(contact)


@pytest.mark.parametrize("contact", [None, "", "me", "example", "me@", "@example.org", "https://", "me@localhost"])
def test_no_contact(contact):
    """Something that nobody can reach is no contact."""
    with pytest.raises(UsageError, match="reach you"):
        check_contact(contact)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARCHIVER_WORKERS", "0"),
        ("ARCHIVER_WORKERS", "x"),
        ("ARCHIVER_WORKERS", "1.5"),
        ("ARCHIVER_EXTRACT_TIMEOUT", "nan"),
        ("ARCHIVER_EXTRACT_TIMEOUT", "inf"),
        ("ARCHIVER_EXTRACT_QUEUE", "-1"),
        ("ARCHIVER_WARC_MAX_BYTES", ""),
        ("ARCHIVER_ERROR_THRESHOLD", "2"),
        ("ARCHIVER_SPOOL_BYTES", "-1"),
        ("ARCHIVER_SPOOL_BYTES", "4M"),
        ("ARCHIVER_FSYNC_SECONDS", "-0.1"),
        ("ARCHIVER_FSYNC_SECONDS", "nan"),
        ("ARCHIVER_WRITE_QUEUE", "0"),
        ("ARCHIVER_WRITE_QUEUE", "2.5"),
        ("ARCHIVER_SECRETS", ""),
        ("ARCHIVER_SECRETS", "Keep"),
        ("ARCHIVER_SECRETS", "no"),
        ("ARCHIVER_SECRETS", None),
    ],
)
def test_settings_that_make_no_sense(name, value):
    """A number or word that would hang or break the crawl is refused before it starts."""
    ours = {key: getattr(settings, key) for key in dir(settings)}
    check_settings(ours)
    with pytest.raises(UsageError, match=name):
        check_settings({**ours, name: value})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ARCHIVER_SPOOL_BYTES", ["0", "1", 4_000_000]),
        ("ARCHIVER_FSYNC_SECONDS", ["0", "0.5", 10, 1.5]),
        ("ARCHIVER_WRITE_QUEUE", ["1", 64]),
        ("ARCHIVER_SECRETS", ["redact", "keep"]),
    ],
)
def test_settings_that_make_sense(name, values):
    """What -s gives as text and a settings file as a number are both taken, down to the least."""
    ours = {key: getattr(settings, key) for key in dir(settings)}
    for value in values:
        check_settings({**ours, name: value})


def test_a_wrong_word_names_the_right_ones():
    """A word that is none of a setting's is refused with those that are."""
    ours = {key: getattr(settings, key) for key in dir(settings)}
    with pytest.raises(UsageError, match="ARCHIVER_SECRETS=hide") as error:
        check_settings({**ours, "ARCHIVER_SECRETS": "hide"})
    assert error.value.hint == "It is one of redact, keep"
