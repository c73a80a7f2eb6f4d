"""What the archive holds already is not written a second time."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from archiver.state.captures import Captures
from archiver.warc import reader
from archiver.warc.writer import WarcWriter

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
HEAD = b"HTTP/1.1 200 OK\r\nDate: %d\r\n\r\n"
CODED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
PAGE, OTHER_PAGE, PICTURE = b"<!doctype html><p>One.", b"<!doctype html><p>Two.", b"\x89PNG\r\n\x1a\n data"
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\nEtag: x\r\n\r\n"
CONDITIONAL = b'GET / HTTP/1.1\r\nif-none-match: "1"\r\n\r\n'
A, B = "http://example.org/a", "http://example.org/b"


@pytest.fixture
def originals(tmp_path):
    """What an empty archive holds."""
    made = Captures(tmp_path / "state.sqlite")
    yield made
    made.close({})


@pytest.fixture
def writer(tmp_path, originals):
    """A writer that knows what the archive holds."""
    made = WarcWriter(tmp_path, "example.org", "20200102030405", {}, 1_000_000, originals=originals)
    yield made
    made.close()


@pytest.fixture
def write(writer, capture):
    """Return a function that writes an answer, each a day after the one before, and returns its record."""
    days = 0

    def run(url, answer, **changes):
        nonlocal days
        made = capture(url=url, response=answer, **changes)
        days += 1
        moment = made.started + timedelta(days=days)
        return writer.write(capture(url=url, response=answer, **{**changes, "started": moment, "ended": moment}))

    return run


@pytest.fixture
def stored(writer, tmp_path):
    """Return a function from a record to what the file holds of it."""

    def read(record):
        writer.close()
        return reader.record_at(tmp_path / writer.files[0], record.ref.offset)

    return read


def refers_to(found, origin, profile):
    """Tell whether what a file holds is a revisit of a record, with all that a reader needs to find it."""
    assert found.kind == "revisit"
    assert found.fields["WARC-Profile"] == profile
    assert found.fields["WARC-Refers-To"] == f"<{origin.ref.record_id}>"
    assert found.fields["WARC-Refers-To-Target-URI"] == origin.url
    assert found.fields["WARC-Refers-To-Date"] == origin.date.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert found.fields["WARC-Payload-Digest"] == origin.ref.payload_digest
    return True


def test_the_same_page_again(write, stored):
    """A page that is as it was becomes a revisit, with its own head; its payload lies in the first response."""
    first, again, third = (write(A, HEAD % number + PAGE) for number in range(3))
    assert (first.origin, first.payload) == (None, first.ref)
    assert again.origin == again.payload == third.payload == first.ref
    assert (again.is_original, again.status, again.ref.payload_digest) == (False, 200, first.ref.payload_digest)
    found = stored(again)
    assert found.block == HEAD % 1
    assert refers_to(found, first, IDENTICAL)
    assert reader.page_of(found, 1000, stored(first)).body == PAGE
    assert refers_to(stored(third), first, IDENTICAL)


def test_how_it_was_cut_does_not_matter(write, stored):
    """Neither other chunks nor what came before the answer make a payload another one."""
    coded = gzip.compress(PAGE, mtime=0)
    first = write(A, CODED + b"\r\n" + coded)
    assert refers_to(stored(write(A, b"HTTP/1.1 103 Early\r\n\r\n" + CODED + b"\r\n" + coded)), first, IDENTICAL)


def test_chunks(write, stored):
    """Other chunks make no other payload; but a body in chunks and one without them do not stand for each other."""
    coded = gzip.compress(PAGE, mtime=0)
    in_chunks = CODED + b"Transfer-Encoding: chunked\r\n\r\n"
    whole = write(A, CODED + b"\r\n" + coded)
    chunked = write(A, in_chunks + b"%x\r\n%s\r\n0\r\n\r\n" % (len(coded), coded))
    assert (chunked.origin, chunked.ref.payload_digest) == (None, whole.ref.payload_digest)
    again = write(A, in_chunks + b"%x;a=b\r\n%s\r\n1\r\n%s\r\n0\r\n\r\n" % (len(coded) - 1, coded[:-1], coded[-1:]))
    assert again.origin == chunked.ref
    assert write(A, UNCHANGED, request=CONDITIONAL).origin == chunked.ref
    assert write(A, CODED + b"\r\n" + coded).origin == whole.ref
    assert write(A, UNCHANGED, request=CONDITIONAL).origin == whole.ref
    assert refers_to(stored(again), chunked, IDENTICAL)


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nbare"],
)
def test_a_page_of_another_address(write, stored, head):
    """The same page at another address is written whole: an item names a response of its own address."""
    first, other = write(A, head), write(B, head)
    assert (first.ref.payload_digest, other.origin) == (other.ref.payload_digest, None)
    assert stored(other).kind == "response"
    assert write(B, head).origin == other.ref


def test_a_picture_of_another_address(write, stored):
    """What is no page is written once, whatever addresses it has."""
    first, other = write(A, HEAD % 1 + PICTURE), write(B, HEAD % 2 + PICTURE)
    assert other.origin == first.ref
    assert (other.url, stored(other).url) == (B, B)
    assert refers_to(stored(other), first, IDENTICAL)


@pytest.mark.parametrize("status", [b"404 Not Found", b"301 Moved", b"500 Oops"])
def test_the_same_error_again(write, status):
    """An error page is a payload like any other."""
    answer = b"HTTP/1.1 " + status + b"\r\n\r\n<html>no"
    first, again = write(A, answer), write(A, answer)
    assert (again.origin, again.status) == (first.ref, int(status[:3]))


def test_empty_payloads(write):
    """Nothing refers to nothing: an empty payload is written as a response each time."""
    records = [write(url, HEAD % number) for number, url in enumerate((A, A, B))]
    assert [record.origin for record in records] == [None] * 3
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert [write(A, chunked).origin for _ in range(2)] == [None] * 2


def test_truncated_payloads(write):
    """What was cut off neither refers to anything, be it the same bytes, nor is referred to."""
    cut = [write(A, HEAD % number + PAGE, truncated="length") for number in range(2)]
    whole = write(A, HEAD % 3 + PAGE)
    cut.append(write(A, HEAD % 4 + PAGE, truncated="disconnect"))
    assert [record.origin for record in (*cut, whole)] == [None] * 4
    assert write(A, HEAD % 5 + PAGE).origin == whole.ref


@pytest.mark.parametrize("condition", [b'If-None-Match: "1"', b"IF-MODIFIED-SINCE : Wed, 01 Jan 2020 00:00:00 GMT"])
def test_not_modified(write, stored, condition):
    """A 304 to a conditional request is a revisit of what the address gave when it was last seen."""
    old, new = write(A, HEAD % 1 + PAGE), write(A, HEAD % 2 + OTHER_PAGE)
    request = b"GET /a HTTP/1.1\r\nHost: e.org\r\n" + condition + b"\r\n\r\n"
    unchanged = write(A, UNCHANGED, request=request)
    assert refers_to(stored(unchanged), new, NOT_MODIFIED)
    assert "WARC-Truncated" not in stored(unchanged).fields
    assert stored(unchanged).block == UNCHANGED
    assert (unchanged.status, unchanged.payload, unchanged.is_original) == (304, new.ref, False)
    back = write(A, HEAD % 3 + PAGE)
    assert back.origin == old.ref
    assert write(A, UNCHANGED, request=request).payload == old.ref


def test_not_modified_that_nobody_asked_for(write, stored):
    """A 304 to an unconditional request says nothing of what the archive holds, and is a response."""
    write(A, HEAD % 1 + PAGE)
    for request in (b"GET / HTTP/1.1\r\nX: If-None-Match: 1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"):
        odd = write(A, UNCHANGED, request=request)
        assert (odd.status, odd.origin, odd.is_original) == (304, None, False)
    assert stored(odd).kind == "response"


def test_not_modified_of_what_is_not_in_the_archive(write):
    """A 304 of an address of which the archive holds nothing good is a response."""
    write(B, HEAD % 1 + PAGE)
    write(A, b"HTTP/1.1 404 No\r\n\r\n<html>no")
    write(A, HEAD % 2 + PAGE, truncated="time")
    odd = write(A, UNCHANGED, request=CONDITIONAL)
    assert (odd.status, odd.origin) == (304, None)


def test_items_point_to_the_payload(write):
    """Whatever chain of visits led to it, the record of the payload is the one response that holds it."""
    first = write(A, HEAD % 1 + PAGE)
    write(A, HEAD % 2 + PAGE)
    write(A, UNCHANGED, request=CONDITIONAL)
    assert write(A, HEAD % 3 + PAGE).payload == first.ref
    assert write(A, UNCHANGED, request=CONDITIONAL).payload == first.ref


def test_a_conversion_refers_to_the_payload(write, writer, tmp_path):
    """A text made of a revisit refers to the response that holds the payload."""
    first, again = write(A, HEAD % 1 + PAGE), write(A, HEAD % 2 + PAGE)
    writer.write_conversion(again, "One.")
    writer.close()
    *_, last = reader.records(tmp_path / writer.files[0])
    assert (last.kind, last.fields["WARC-Refers-To"]) == ("conversion", f"<{first.ref.record_id}>")


def test_an_original_in_an_earlier_file(capture, tmp_path):
    """A later run refers to a response in a file of an earlier one."""
    made = []
    for run_id in ("20200102030405", "20200202030405"):
        originals = Captures(tmp_path / "state.sqlite")
        writer = WarcWriter(tmp_path, "example.org", run_id, {}, 1_000_000, originals=originals)
        made.append(writer.write(capture()))
        writer.close()
        originals.close(dict.fromkeys(writer.files, 1))
    first, again = made
    assert again.origin == first.ref
    assert first.ref.file != again.ref.file


def test_what_a_reader_sees(write, writer, tmp_path):
    """The records read back from a file are those that the writer gave, but for the place of an origin."""
    made = [
        write(A, HEAD % 1 + PAGE),
        write(A, HEAD % 2 + PAGE),
        write(A, UNCHANGED, request=CONDITIONAL),
        write(B, HEAD % 3 + PICTURE),
    ]
    writer.close()
    read = list(reader.captures(tmp_path / writer.files[0]))
    assert [(r.ref, r.url, r.date, r.status, r.mime, r.is_original) for r in read] == [
        (r.ref, r.url, r.date, r.status, r.mime, r.is_original) for r in made
    ]
    assert [r.payload.record_id for r in read] == [r.payload.record_id for r in made]


def test_without_memory(capture, tmp_path):
    """A writer that knows no originals writes everything whole."""
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {}, 1_000_000)
    assert [writer.write(capture()).origin for _ in range(2)] == [None, None]
    assert writer.write(capture(response=UNCHANGED, request=CONDITIONAL)).origin is None
    writer.close()


def test_never_of_what_began_later(capture, tmp_path):
    """Of two exchanges that were under way at once, the one that began first does not refer to the other."""
    originals = Captures(tmp_path / "state.sqlite")
    writer = WarcWriter(tmp_path, "example.org", "20200102030405", {}, 1_000_000, originals=originals)
    began = capture().started
    later = writer.write(capture(started=began + timedelta(milliseconds=1)))
    assert later.is_original
    assert writer.write(capture(started=began)).origin is None
    assert writer.write(capture(started=began + timedelta(seconds=1))).origin == later.ref
    writer.close()
    originals.close()
