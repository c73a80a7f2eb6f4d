"""What a person may say with -a."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as where
from hypothesis import strategies

from archiver import settings
from archiver.arguments import Arguments, Blog, blog_address, check_contact, check_settings, read_blogs
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


@where(strategies.text(max_size=60), strategies.sampled_from(["", "http://", "https://[", "http://127.0.0.1", "//"]))
def test_any_text_is_an_address_or_refused(text, start):
    """Whatever is typed, the answer is an address to fetch or a usage error."""
    try:
        address = blog_address(start + text)
    except UsageError:
        return
    assert address.startswith(("http://", "https://"))


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


def test_all_arguments_by_name():
    """The spider names what it was given; what it was not given has its default."""
    given = Arguments.read(url="https://example.org/", limit=None, full="1", since="2024-02-29", pages="1")
    assert given == Arguments("https://example.org/", None, True, date(2024, 2, 29), True)
    assert Arguments.read(url="https://example.org/") == Arguments("https://example.org/", None, False, None, False)


@pytest.mark.parametrize(
    "since", ["", "2024", "2024-1-1", "2024-02-30", "20240101", "2024-W01-1", "٢٠٢٤-01-01", "0000-01-01", "2024-01-01 "]
)
def test_no_day(since):
    """A day is written as 2024-01-31 and is one."""
    with pytest.raises(UsageError, match="since") as error:
        Arguments.read("https://example.org/", since=since)
    assert "since=2024-01-31" in error.value.hint


def test_a_day_to_come():
    """A day that has not begun anywhere is a slip of the pen: nothing would be fetched."""
    today = datetime.now(UTC).date()
    assert Arguments.read("https://example.org/", since=f"{today}").since == today
    with pytest.raises(UsageError, match="to come"):
        Arguments.read("https://example.org/", since=f"{today + timedelta(days=2)}")


@pytest.mark.parametrize("given", ["yes", "2", "all"])
def test_no_switch_for_pages(given):
    """pages is a switch as full is."""
    with pytest.raises(UsageError, match="pages"):
        Arguments.read("https://example.org/", pages=given)


def test_a_list_of_blogs():
    """An address a line; blank lines, comments and a byte order mark are passed over, repeated blogs count once."""
    text = (
        "\ufeff# my blogs\r\n"
        "https://example.org/blog/\r\n"
        "\r\n"
        "   example.net  # the old one\n"
        "http://example.org/blog\n"
        "https://www.example.net/#top\n"
        "#https://example.com/\n"
        "127.0.0.1:8080"
    )
    blogs, wrong = read_blogs(text.encode().splitlines(keepends=True))
    assert wrong == []
    assert blogs == [
        Blog("https://example.org/blog/", "example.org-blog", "example.org"),
        Blog("https://example.net/", "example.net", "example.net"),
        Blog("https://www.example.net/", "www.example.net", "example.net"),
        Blog("http://127.0.0.1:8080/", "127.0.0.1-8080", "127.0.0.1:8080"),
    ]


def test_a_list_with_bad_lines():
    """Every bad line is told with its number, not only the first."""
    lines = [b"example.org", b"not a blog", b"", b"\xff\xfe", b"ftp://example.org/", b"https://me:pw@example.org/"]
    blogs, wrong = read_blogs(lines)
    assert [blog.name for blog in blogs] == ["example.org"]
    assert [line.partition(":")[0] for line in wrong] == ["line 2", "line 4", "line 5", "line 6"]
    assert "'not a blog'" in wrong[0]
    assert "pw" not in wrong[3]


@where(strategies.lists(strategies.binary(max_size=40)))
def test_any_bytes_are_a_list(lines):
    """Whatever a file holds is read to its end: each line is a blog, nothing, or told."""
    blogs, wrong = read_blogs(lines)
    assert len(blogs) + len(wrong) <= len(lines)


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
        ("ARCHIVER_BLOGS_AT_ONCE", "0"),
        ("ARCHIVER_BLOGS_AT_ONCE", "many"),
        ("ARCHIVER_LIVE_LINE", "maybe"),
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
        ("ARCHIVER_BLOGS_AT_ONCE", ["1", 8]),
        ("ARCHIVER_LIVE_LINE", ["False", True]),
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
