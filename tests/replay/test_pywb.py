"""pywb, the most used replayer, shows every capture as the server sent it: with our index, and with its own."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flow import tools
from replay import readers
from replay.archive import Archive, Capture
from replay.wayback import Replayed, Wayback, running


@pytest.fixture(scope="module")
def with_our_index(judges: Path, archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    """pywb on the output folder as it is: each blog is a collection."""
    home = tmp_path_factory.mktemp("ours")
    (home / "config.yaml").write_text(f"collections_root: {archive.output}\n")
    with running(judges, home, archive.folder.name) as wayback:
        yield wayback


@pytest.fixture(scope="module")
def with_own_index(judges: Path, archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    """pywb on a collection of its own, to which our files are added and which it indexes itself."""
    home = tmp_path_factory.mktemp("theirs")
    for words in (["init", "blog"], ["add", "blog", *map(str, tools.warcs(archive.folder))]):
        subprocess.run([judges / "wb-manager", *words], cwd=home, capture_output=True, check=True, timeout=60)
    with running(judges, home, "blog") as wayback:
        yield wayback


@pytest.fixture(params=["with_our_index", "with_own_index"])
def wayback(request: pytest.FixtureRequest) -> Wayback:
    """pywb in both ways."""
    return request.getfixturevalue(request.param)


def is_as_sent(got: Replayed, capture: Capture) -> bool:
    """Whether a replay is what the server sent then; pywb leaves the body out of redirects that are revisits."""
    sent = capture.answer
    if got.status != sent.status or not (got.location or "").endswith(sent.location or ""):
        return False
    no_body = sent.status // 100 == 3 and capture.record.kind == "revisit"
    return got.body == (b"" if no_body else sent.body)


def test_the_archive_holds_what_is_to_be_replayed(archive: Archive) -> None:
    """The two runs have left each kind of capture, so that the tests below are about something."""
    kinds = Counter(
        (capture.record.kind, capture.record.fields.get("WARC-Profile", "").rpartition("/")[2], capture.answer.status)
        for capture in archive
    )
    identical, unmodified = "identical-payload-digest", "server-not-modified"
    for kind in (
        ("response", "", 200), ("response", "", 301), ("response", "", 404), ("response", "", 410),
        ("response", "", 503), ("revisit", identical, 200), ("revisit", identical, 301), ("revisit", identical, 404),
        ("revisit", unmodified, 304),
    ):  # fmt: skip
        assert kinds[kind], f"no {kind} among {dict(kinds)}"
    heads = [c.record.block for c in archive if c.record.fields.get("WARC-Profile", "").endswith(identical)]
    for field in (b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"):
        assert any(field in head for head in heads)
    elsewhere = [c for c in archive if c.record.fields.get("WARC-Refers-To-Target-URI", c.record.url) != c.record.url]
    assert elsewhere, "no payload was found under another address"


def test_every_capture_is_replayed_as_it_was_sent(wayback: Wayback, archive: Archive) -> None:
    """Responses and revisits, each at its own time: status, redirect and body are those of that exchange."""
    wrong = []
    for url, captures in archive.captures.items():
        for capture in captures:
            if capture.is_unmodified:
                continue
            got = wayback.get(url, capture.timestamp)
            # an index knows seconds only: of several captures in one, pywb shows whichever it likes
            then = [other for other in captures if other.timestamp == capture.timestamp]
            if got.timestamp != capture.timestamp or not any(is_as_sent(got, other) for other in then):
                wrong.append((capture.record.kind, url, capture.timestamp, capture.answer.status, got))
    assert not wrong


def test_the_latest_version_is_the_last_that_was_sent(wayback: Wayback, archive: Archive) -> None:
    """Nothing else that the files hold (texts, interim responses, failed fetches) stands in the way of a page."""
    wrong = []
    for url, captures in archive.captures.items():
        last = captures[-1]
        if last.is_unmodified:
            continue
        got = wayback.get(url)
        then = [other for other in captures if other.timestamp == last.timestamp]
        if got.timestamp != last.timestamp or not any(is_as_sent(got, other) for other in then):
            wrong.append((last.record.kind, url, last.timestamp, got))
    assert not wrong


def test_what_was_no_response_is_not_replayed(wayback: Wayback, archive: Archive) -> None:
    """An address that never gave an HTTP response has no capture, whatever came instead."""
    base = tools.reports(archive.folder)[0]["arguments"]["url"]
    for path in ("2023/03/07/no-answer/", "2023/03/08/another-protocol/"):
        assert wayback.get(base + path).status == 404


def test_an_unmodified_page_is_replayed_by_our_index(with_our_index: Wayback, archive: Archive) -> None:
    """After a 304 the latest version of a page is the page, not an empty 304."""
    unmodified = [captures for captures in archive.captures.values() if captures[-1].is_unmodified]
    assert unmodified
    for captures in unmodified:
        got = with_our_index.get(captures[0].record.url)
        sent = next(c.answer for c in reversed(captures) if not c.is_unmodified)
        assert (got.status, got.body) == (200, sent.body)


def test_pywb_itself_replays_304_as_304(with_own_index: Wayback, archive: Archive) -> None:
    """pywb's own index holds the 304, which it shows as it came: known, and why ours leaves it out."""
    (url,) = {capture.record.url for capture in archive if capture.is_unmodified}
    got = with_own_index.get(url)
    assert (got.status, got.body) == (304, b"")


def test_pywb_finds_what_we_index(judges: Path, archive: Archive, tmp_path: Path) -> None:
    """pywb's indexer names the same captures as our index, and of other records none."""
    made = tmp_path / "index.cdxj"
    files = map(str, tools.warcs(archive.folder))
    subprocess.run(
        [judges / "cdx-indexer", "-j", "-s", "-o", made, *files], check=True, timeout=60, capture_output=True
    )
    unmodified = {c.record.record_id for c in archive if c.is_unmodified}
    assert _places(made) - _places(archive.folder / "indexes" / "index.cdxj") == _offsets(archive, unmodified)
    assert _places(archive.folder / "indexes" / "index.cdxj") <= _places(made)


def _places(index: Path) -> set[tuple[str, int]]:
    found = (json.loads(line.split(" ", 2)[2]) for line in index.read_text().splitlines())
    return {(fields["filename"], int(fields["offset"])) for fields in found}


def _offsets(archive: Archive, record_ids: set[str]) -> set[tuple[str, int]]:
    return {
        (path.name, offset)
        for path in tools.warcs(archive.folder)
        for offset, _, record_id, _ in readers.by_the_book(path)
        if record_id.strip("<>") in record_ids
    }
