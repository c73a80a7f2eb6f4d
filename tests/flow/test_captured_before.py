"""What the archive holds already is not fetched a second time, nor written a second time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest
from flow import tools
from server.blog_pages import Entry, post
from server.blog_server import BlogServer
from server.replies import chunked, gzipped, plain, unless_known

MakeBlog = Callable[[int], tuple[BlogServer, list[Entry]]]
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


def asked(server: BlogServer, posts: list[Entry]) -> list[str]:
    """The posts that were asked for since the log was cleared."""
    mine = {entry.path for entry in posts}
    return [path for path in server.paths() if path in mine]


def forget(folder: Path, *paths: str) -> None:
    """Leave the folder as a kill does between the records of these posts and their items."""
    lines = tools.posts(folder)
    kept = [line for line in lines if not line["url"].endswith(paths)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
    (folder / "posts.jsonl").write_text(text, encoding="utf-8")
    for path in folder.glob("state.sqlite*"):
        path.unlink()


def revisits(folder: Path) -> dict[str, tools.Found]:
    """The revisit records by the path of their address."""
    return {"/" + r.url.split("/", 3)[3]: r for r in tools.records(folder) if r.kind == "revisit"}


def test_what_was_captured_and_not_read_is_taken_in(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """Posts whose records lie in the archive, and whose items don't, are made of the records; nothing is fetched."""
    server, posts = plain_blog(6)
    server.pages[posts[1].path] = gzipped(post(posts[1]))
    server.pages[posts[2].path] = chunked(post(posts[2]))
    first = tools.crawl(server.url, tmp_path)
    expected = tools.texts(first.folder)
    ids = {item["id"]: item["warc"] for item in tools.posts(first.folder)}
    forget(first.folder, *(entry.path for entry in posts[:4]))
    assert len(tools.posts(first.folder)) == 2
    server.log.clear()
    again = tools.crawl(server.url, tmp_path)
    assert again.code == 0, again.stderr
    assert asked(server, posts) == []
    assert tools.texts(again.folder) == expected
    assert {item["id"]: item["warc"] for item in tools.posts(again.folder)} == ids
    tools.check_archive(again.folder)


def test_what_was_captured_long_ago_is_fetched(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """A capture that is older than posts may be without another look is no substitute for the post."""
    server, posts = plain_blog(3)
    first = tools.crawl(server.url, tmp_path)
    forget(first.folder, posts[0].path)
    server.log.clear()
    tools.crawl(server.url, tmp_path, {"ARCHIVER_REVISIT_DAYS": 0})
    assert posts[0].path in asked(server, posts)


def test_a_damaged_capture_is_fetched(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """A record that cannot be read sends its post to the network; nothing is lost and nothing is rewritten."""
    server, posts = plain_blog(3)
    first = tools.crawl(server.url, tmp_path)
    (item,) = (item for item in tools.posts(first.folder) if item["url"].endswith(posts[0].path))
    forget(first.folder)
    warc = first.folder / item["warc"]["file"]
    data = bytearray(warc.read_bytes())
    data[item["warc"]["offset"] + item["warc"]["length"] // 2] ^= 0xFF
    warc.write_bytes(data)
    lines = [line for line in tools.posts(first.folder) if line["id"] != item["id"]]
    (first.folder / "posts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    server.log.clear()
    again = tools.crawl(server.url, tmp_path)
    assert posts[0].path in asked(server, posts)
    assert tools.texts(again.folder)[posts[0].path] == posts[0].text
    assert warc.read_bytes() == data


@pytest.mark.parametrize("coded", [plain, gzipped, chunked])
def test_a_payload_is_written_once(plain_blog: MakeBlog, tmp_path: Path, coded: Callable[[str], object]) -> None:
    """A post that is fetched again as it was becomes a revisit; the item goes on naming the response."""
    server, posts = plain_blog(2)
    for entry in posts:
        server.pages[entry.path] = coded(post(entry))
    first = tools.crawl(server.url, tmp_path)
    responses = {r.url: r for r in tools.records(first.folder) if r.kind == "response"}
    again = tools.crawl(server.url, tmp_path, full=1)
    assert again.code == 0, again.stderr
    found = revisits(again.folder)
    for entry in posts:
        revisit = found[entry.path]
        origin = responses[revisit.url]
        assert revisit.fields["WARC-Profile"] == PROFILE + "identical-payload-digest"
        assert revisit.fields["WARC-Refers-To"] == origin.fields["WARC-Record-ID"]
        assert revisit.fields["WARC-Refers-To-Target-URI"] == origin.url
        assert revisit.fields["WARC-Refers-To-Date"] == origin.fields["WARC-Date"]
        assert revisit.fields["WARC-Payload-Digest"] == origin.fields["WARC-Payload-Digest"]
        assert revisit.fields["WARC-Truncated"] == "length"
        assert revisit.block.endswith(b"\r\n\r\n")
        assert origin.block.startswith(revisit.block)
    assert tools.texts(again.folder) == tools.texts(first.folder)
    assert tools.reports(again.folder)[-1]["posts"]["same"] == 2


def test_a_revisit_can_be_read(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """When the items are gone, a post whose last capture is a revisit is made anew of the payload it refers to."""
    server, posts = plain_blog(2)
    first = tools.crawl(server.url, tmp_path)
    expected = tools.texts(first.folder)
    tools.crawl(server.url, tmp_path, full=1)
    forget(first.folder, *(entry.path for entry in posts))
    again = tools.crawl(server.url, tmp_path, full=1)
    assert set(revisits(again.folder)) >= {entry.path for entry in posts}
    assert tools.texts(again.folder) == expected
    tools.check_archive(again.folder)


def test_not_modified(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """A 304 to a conditional request is a revisit of the response that the server was reminded of."""
    server, posts = plain_blog(2)
    path = posts[0].path
    server.pages[path] = unless_known(plain(post(posts[0]), fields=[("ETag", '"1"')]), '"1"')
    first = tools.crawl(server.url, tmp_path)
    origin = next(r for r in tools.records(first.folder) if r.kind == "response" and r.url.endswith(path))
    again = tools.crawl(server.url, tmp_path, {"ARCHIVER_REVISIT_DAYS": 0})
    assert again.code == 0, again.stderr
    revisit = revisits(again.folder)[path]
    assert revisit.fields["WARC-Profile"] == PROFILE + "server-not-modified"
    assert revisit.fields["WARC-Refers-To"] == origin.fields["WARC-Record-ID"]
    assert revisit.fields["WARC-Refers-To-Date"] == origin.fields["WARC-Date"]
    assert revisit.block.startswith(b"HTTP/1.1 304")
    assert "WARC-Truncated" not in revisit.fields


def test_a_file_that_was_moved_away_is_not_referred_to(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """What is no longer in the archive cannot hold the payload of a revisit: it is written again."""
    server, posts = plain_blog(2)
    first = tools.crawl(server.url, tmp_path)
    (warc,) = tools.warcs(first.folder)
    warc.rename(tmp_path / "elsewhere.warc.gz")
    (first.folder / "indexes" / "index.cdxj").unlink()
    again = tools.crawl(server.url, tmp_path, full=1)
    assert revisits(again.folder) == {}
    kept = {r.url for r in tools.records(again.folder) if r.kind == "response"}
    assert {server.url + entry.path[1:] for entry in posts} <= kept


def test_texts_are_kept_beside_the_archive(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """Each post's text is a conversion record that names its response; the switch turns that off."""
    server, posts = plain_blog(3)
    first = tools.crawl(server.url, tmp_path / "on")
    (path,) = (first.folder / "text").glob("*.warc.gz")
    found = {r.fields.get("WARC-Refers-To"): r for r in tools.records_of(path) if r.kind == "conversion"}
    for item in tools.posts(first.folder):
        record = found.pop(f"<{item['snapshot_id']}>")
        assert record.block.decode() == item["text"]
        assert record.url == item["url"]
    assert not found
    off = tools.crawl(server.url, tmp_path / "off", {"ARCHIVER_CONVERSIONS": False})
    assert not (off.folder / "text").exists()
    assert len(tools.posts(off.folder)) == len(posts)


def test_secrets_stay_out(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """Credentials are sent and not archived, and the archive says so; the other policy keeps them, and says that."""
    server, _ = plain_blog(1)
    headers = json.dumps({"Authorization": "Basic c2VjcmV0", "Accept-Encoding": "gzip"})
    for policy, expected in (("redact", False), ("keep", True)):
        server.log.clear()
        result = tools.crawl(
            server.url, tmp_path / policy, {"DEFAULT_REQUEST_HEADERS": headers, "ARCHIVER_SECRETS": policy}
        )
        assert all(b"c2VjcmV0" in logged.received for logged in server.log)
        records = list(tools.records(result.folder))
        blocks = b"".join(record.block for record in records)
        assert (b"c2VjcmV0" in blocks) is expected
        info = next(record.block.decode() for record in records if record.kind == "warcinfo")
        assert f"secrets-policy: {policy}: " in info
        assert (b"redactedRequestHeaders: authorization" in blocks) is not expected


def test_a_change_that_a_killed_run_captured(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """The new text of a known post, captured and not read before a kill, is read from the archive."""
    server, posts = plain_blog(3)
    changed = posts[0]
    first = tools.crawl(server.url, tmp_path)
    server.pages[changed.path] = plain(post(Entry(changed.path, changed.title, (*changed.paragraphs, "And more."))))
    sleep(1.1)  # the first run's items and the second's captures have times of one second
    second = tools.crawl(server.url, tmp_path, full=1)
    run_id = tools.reports(second.folder)[-1]["run_id"]
    before = [line for line in tools.posts(second.folder) if line["run_id"] != run_id]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in before)
    (second.folder / "posts.jsonl").write_text(text, encoding="utf-8")
    # as the first run left it, and as a kill leaves the second
    with closing(sqlite3.connect(second.folder / "state.sqlite")) as state, state:
        old = {line["requested_url"]: line for line in before}
        for url, line in old.items():
            values = (line["fetched_at"], line["text_sha256"], line["revision"], line["run_id"], url)
            state.execute(
                "UPDATE address SET fetched_at = ?, text_sha256 = ?, revision = ?, run_id = ? WHERE url = ?", values
            )
        state.execute("UPDATE address SET outcome = 'failed' WHERE url LIKE ?", (f"%{changed.path}",))
        state.execute("UPDATE run SET ended = NULL, exit_code = NULL WHERE run_id = ?", (run_id,))
    server.log.clear()
    again = tools.crawl(server.url, tmp_path)
    assert again.code == 0, again.stderr
    assert asked(server, posts) == []
    assert tools.texts(again.folder)[changed.path] == f"{changed.text}\n\nAnd more."
    assert first.code == 0


def test_what_cannot_be_read_is_written_again(plain_blog: MakeBlog, tmp_path: Path) -> None:
    """A page whose only response is damaged fails once, is told, and is then written whole and saved."""
    server, posts = plain_blog(3)
    first = tools.crawl(server.url, tmp_path)
    (item,) = (item for item in tools.posts(first.folder) if item["url"].endswith(posts[0].path))
    warc = first.folder / item["warc"]["file"]
    data = bytearray(warc.read_bytes())
    data[item["warc"]["offset"] + item["warc"]["length"] // 2] ^= 0xFF
    warc.write_bytes(data)
    broken = tools.crawl(server.url, tmp_path, full=1)
    assert tools.reports(broken.folder)[-1]["reasons"]["extraction_unreadable"] == 1
    mended = tools.crawl(server.url, tmp_path)
    assert mended.code == 0
    last = tools.warcs(mended.folder)[-1]
    assert item["url"] in {r.url for r in tools.records_of(last) if r.kind == "response"}
    assert tools.reports(mended.folder)[-1]["posts"]["failed"] == 0
    assert warc.read_bytes() == data


def test_no_credentials_in_the_blogs_address(tmp_path: Path) -> None:
    """A password in the address would end up in the archive: it is refused before anything is written."""
    result = tools.crawl("http://reader:secret@127.0.0.1:9/", tmp_path)
    assert result.code == 2
    assert "secret" not in result.stdout + result.stderr
    assert not list(tmp_path.iterdir())
