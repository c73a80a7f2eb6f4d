"""A blog's folder: index, items and page list must say what the records say."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from verify import build
from verify.build import NOT_MODIFIED, URL, Pair, info, offsets, sha1

from archiver.verify.checks import CHECKS
from archiver.verify.run import verify

TEXT = "One."


def fields_of(kind: str) -> list[str]:
    """The names of all fields of an item, by its published schema."""
    path = Path(__file__).parents[2] / "docs" / "schema" / f"archiver.{kind}-1.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["properties"])


class Blog:
    """A blog's folder before it is written: change what it holds, then `write` and `check` it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pair = Pair()
        self.revisit = self.pair.revisit()
        self.records: list[Any] = [*self.pair.records, *self.revisit, *self.pair.revisit(NOT_MODIFIED)]
        self.texts: list[Any] = [info(), self.pair.conversion(TEXT)]
        self.texts[1].set("WARC-Warcinfo-ID", self.texts[0].id)
        places = offsets(self.records)
        lengths = [len(member) for member in build.members(self.records)]
        digest = self.pair.response.get("WARC-Payload-Digest")
        self.index = [
            self.line("20200102030405", "text/html", digest, places[1], lengths[1]),
            self.line("20200202030405", "warc/revisit", digest, places[3], lengths[3]),
        ]
        record_id = self.pair.response.id.strip("<>")
        warc = {"file": f"archive/{build.NAME}", "offset": places[1], "length": lengths[1], "record_id": record_id}
        self.post: dict[str, Any] = {
            **dict.fromkeys(fields_of("post")),
            "id": "p1",
            "snapshot_id": record_id,
            "revision": 1,
            "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
            "url": URL,
            "text": TEXT,
            "warc": {**warc, "payload_digest": digest},
            "parts": [{**warc, "payload_digest": digest}],
        }
        self.posts = [self.post]
        self.comment: dict[str, Any] = {
            **dict.fromkeys(fields_of("comment")),
            "id": "c1",
            "post_id": "p1",
            "text": "Yes.",
            "revision": 1,
        }
        self.comment["snapshot_id"] = record_id
        self.comments: list[Any] = [self.comment, {**self.comment, "id": "c2", "parent_id": "c1"}]
        self.pings: list[Any] = [{**self.comment, "id": "g1", "kind": "pingback"}]
        self.pages: list[Any] = [{"format": "json-pages-1.0"}, {"url": URL, "ts": "2020-01-02T03:04:05Z"}]

    def line(self, stamp: str, mime: str, digest: str, offset: int, length: int, **changes: str) -> str:
        """An index line."""
        fields = {"url": URL, "mime": mime, "status": "200", "digest": digest, "length": str(length)}
        fields |= {"offset": str(offset), "filename": build.NAME, **changes}
        return f"org,example)/a?b=c {stamp} {json.dumps(fields)}\n"

    def write(self) -> None:
        """Put it on the disk."""
        build.write(self.path / "archive", self.records)
        build.write(self.path / "text", self.texts)
        files = {
            "indexes/index.cdxj": "".join(self.index),
            "posts.jsonl": lines(self.posts),
            "comments.jsonl": lines(self.comments),
            "pings.jsonl": lines(self.pings),
            "pages/pages.jsonl": lines(self.pages),
        }
        for name, text in files.items():
            (self.path / name).parent.mkdir(exist_ok=True)
            (self.path / name).write_text(text, encoding="utf-8")

    def check(self) -> list[Any]:
        """What is found in it."""
        return list(verify([str(self.path)]).findings)


def lines(objects: list[Any]) -> str:
    return "".join(o if isinstance(o, str) else json.dumps(o) + "\n" for o in objects)


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """A good blog in a folder of blogs."""
    return Blog(tmp_path / "example.org")


def test_a_good_blog(blog: Blog) -> None:
    """Nothing is found in it, by its own path and by that of all blogs."""
    blog.write()
    assert [finding.line() for finding in blog.check()] == []
    result = verify([str(blog.path.parent)])
    assert (list(result.findings), result.files, result.items) == ([], 2, 4)


def test_a_text_out_of_a_feed(blog: Blog) -> None:
    """An item whose text a feed gave names the feed's answer, whose address is another."""
    blog.post["url"] = "http://example.org/elsewhere"
    blog.post["quality"] = {"flags": ["text_from_feed"], "agreement": None}
    blog.write()
    assert blog.check() == []


def edit(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def index(number: int, old: str, new: str) -> Callable[[Blog], Any]:
    """Change an index line."""
    return lambda b: b.index.__setitem__(number, edit(b.index[number], old, new))


def post(**changes: Any) -> Callable[[Blog], Any]:
    """Change the post."""
    return lambda b: b.post.update(changes)


def warc(**changes: Any) -> Callable[[Blog], Any]:
    """Change where the post says that its record lies."""
    return lambda b: b.post["warc"].update(changes)


def swapped(blog: Blog) -> None:
    blog.index.reverse()


def index_304(blog: Blog) -> None:
    places = offsets(blog.records)
    length = len(build.members(blog.records)[5])
    digest = blog.revisit[0].get("WARC-Payload-Digest")
    blog.index.append(blog.line("20200202030405", "warc/revisit", digest, places[5], length, status="304"))
    blog.index.sort()


def other_text(blog: Blog) -> None:
    blog.texts[1].change(b"Two.").set("WARC-Payload-Digest", sha1(b"Two."))


def lost_revisit(blog: Blog) -> None:
    blog.revisit[0].set("WARC-Refers-To", "<urn:uuid:x>")


BREAKS: list[tuple[str, str, Callable[[Blog], Any], set[str]]] = [
    ("index-line", "indexes/index.cdxj", lambda b: b.index.append("zzz\n"), set()),
    ("index-line", "indexes/index.cdxj", lambda b: b.index.append("zzz 20200102030405 {}\n"), set()),
    ("index-line", "indexes/index.cdxj", lambda b: b.index.append(f'zz) 20200102030405 {"[" * 9999}\n'), set()),
    ("index-order", "indexes/index.cdxj", swapped, set()),
    ("index-order", "indexes/index.cdxj", lambda b: b.index.insert(0, b.index[0]), {"index-lacks"}),
    ("index-key", "indexes/index.cdxj", index(1, "org,example)", "org,other)"), set()),
    ("index-place", "indexes/index.cdxj", index(0, '"offset": "', '"offset": "1'), {"index-lacks"}),
    ("index-place", "indexes/index.cdxj", index(0, '"length": "', '"length": "1'), {"index-lacks"}),
    ("index-place", "indexes/index.cdxj", index(0, build.NAME, "../text/" + build.NAME), {"index-lacks"}),
    ("index-other", "indexes/index.cdxj", index(0, "text/html", "text/plain"), set()),
    ("index-other", "indexes/index.cdxj", index(0, '"status": "200"', '"status": "404"'), set()),
    ("index-other", "indexes/index.cdxj", index(0, "20200102030405 {", "20200102030406 {"), set()),
    ("index-other", "indexes/index.cdxj", index(1, "warc/revisit", "text/html"), set()),
    ("index-place", "indexes/index.cdxj", index(0, build.NAME, "\\ud800"), {"index-lacks"}),
    ("index-line", "indexes/index.cdxj", index(0, '"offset": "', '"offset": "\u0661'), {"index-lacks"}),
    ("index-line", "indexes/index.cdxj", lambda b: b.index.append("z" * (1 << 21) + " 20200102030405 {}\n"), set()),
    ("index-lacks", f"archive/{build.NAME}", lambda b: b.index.pop(0), set()),
    ("index-304", f"archive/{build.NAME}", index_304, set()),
    ("item-line", "posts.jsonl", lambda b: b.posts.append("{\n"), set()),
    ("item-line", "posts.jsonl", lambda b: b.posts.append("[" * 100_000 + "\n"), set()),
    ("item-line", "posts.jsonl", lambda b: b.posts.append('{"id": "p1"'), set()),
    ("item-line", "posts.jsonl", lambda b: b.posts.append({**b.post, "revision": "2"}), set()),
    ("item-line", "comments.jsonl", lambda b: b.comments.append({"id": "c3"}), set()),
    ("item-record", "posts.jsonl", warc(offset=0), set()),
    ("item-record", "posts.jsonl", warc(length=7), set()),
    ("item-record", "posts.jsonl", warc(file=f"../{build.NAME}"), set()),
    ("item-record", "posts.jsonl", warc(payload_digest=sha1(b"else")), set()),
    ("item-record", "posts.jsonl", post(url="http://example.org/"), set()),
    ("item-record", "posts.jsonl", post(snapshot_id="urn:uuid:else"), set()),
    ("item-record", "posts.jsonl", post(snapshot_id="\ud800"), set()),
    ("item-record", "posts.jsonl", warc(file="archive/\udfff"), set()),
    ("item-record", "posts.jsonl", warc(offset=-99999999999999999999999), set()),
    ("item-record", "posts.jsonl", warc(offset=10**30), set()),
    ("comment-lost", "comments.jsonl", lambda b: b.comment.update(post_id="\udfff"), set()),
    ("comment-lost", "pings.jsonl", lambda b: b.pings[0].update(post_id="p2"), set()),
    ("comment-lost", "pings.jsonl", lambda b: b.pings[0].update(snapshot_id="c9"), set()),
    ("item-line", "pings.jsonl", lambda b: b.pings.append({"id": "g2"}), set()),
    ("item-line", "posts.jsonl", post(parts=None), {"comment-lost"}),
    ("item-line", "posts.jsonl", post(parts=[{}]), {"comment-lost"}),
    ("item-record", "posts.jsonl", lambda b: b.post["parts"][0].update(offset=0), set()),
    ("item-text", "posts.jsonl", post(text="Two."), set()),
    ("item-revision", "posts.jsonl", lambda b: b.posts.append(b.post), set()),
    ("item-revision", "posts.jsonl", post(revision=0), set()),
    ("comment-lost", "comments.jsonl", lambda b: b.comment.update(post_id="p2"), set()),
    ("comment-lost", "comments.jsonl", lambda b: b.comment.update(parent_id="c9"), set()),
    ("comment-lost", "comments.jsonl", lambda b: b.comment.update(snapshot_id="c9"), set()),
    ("conversion-text", "posts.jsonl", other_text, set()),
    ("conversion-lost", f"text/{build.NAME}", lambda b: b.texts[1].set("WARC-Refers-To", "<urn:uuid:x>"), set()),
    ("type-elsewhere", f"archive/{build.NAME}", lambda b: b.records.append(b.pair.conversion(TEXT)), set()),
    ("revisit-lost", f"archive/{build.NAME}", lost_revisit, {"index-place", "index-lacks"}),
    ("pages-line", "pages/pages.jsonl", lambda b: b.pages.pop(0), set()),
    ("pages-line", "pages/pages.jsonl", lambda b: b.pages.append({"url": URL, "ts": "today"}), set()),
    ("pages-line", "pages/pages.jsonl", lambda b: b.pages.append({"url": "/a", "ts": "2020-01-02T03:04:05Z"}), set()),
    ("pages-line", "pages/pages.jsonl", lambda b: b.pages.append("null\n"), set()),
]  # fmt: skip


@pytest.mark.parametrize(("check", "file", "change", "also"), BREAKS, ids=[row[0] for row in BREAKS])
def test_what_is_broken_is_found(
    check: str, file: str, change: Callable[[Blog], Any], also: set[str], blog: Blog
) -> None:
    """Each check finds its own fault, in the file where it is."""
    change(blog)
    blog.write()
    findings = blog.check()
    told = {finding.check for finding in findings}
    assert check in told, [finding.line() for finding in findings]
    assert told <= {check, *also}, [finding.line() for finding in findings]
    finding = next(f for f in findings if f.check == check)
    assert finding.file == str(blog.path / file)
    assert finding.severity == CHECKS[check].ours


@pytest.mark.parametrize(
    ("check", "file"), [("index-missing", "indexes/index.cdxj"), ("pages-missing", "pages/pages.jsonl")]
)
def test_missing_files(check: str, file: str, blog: Blog) -> None:
    """A blog without its index or page list is not whole."""
    blog.write()
    (blog.path / file).unlink()
    assert check in {finding.check for finding in blog.check()}


def test_a_file_that_is_being_written(blog: Blog) -> None:
    """While a file is named .open items may name it by its later name, and the index need not have it."""
    blog.write()
    path = blog.path / "archive" / build.NAME
    path.rename(path.with_name(path.name + ".open"))
    (blog.path / "indexes" / "index.cdxj").write_text("")
    assert [finding.check for finding in blog.check()] == ["open"]


@pytest.mark.parametrize("line", [b"http/1.1 200 OK", b"HTTP/1.1\t200 OK", b"HTTP/1 200-OK"])
def test_the_status_is_read_however_it_is_written(line: bytes, blog: Blog) -> None:
    """An odd status line is warned of, and its status is that of the index."""
    places, length = offsets(blog.records), len(build.members(blog.records)[1])
    blog.pair.response.change(build.RESPONSE.replace(b"HTTP/1.1 200 OK", line))
    after = len(build.members(blog.records)[1]) - length
    blog.index[0] = edit(blog.index[0], f'"length": "{length}"', f'"length": "{length + after}"')
    blog.index[1] = edit(blog.index[1], f'"offset": "{places[3]}"', f'"offset": "{places[3] + after}"')
    for place in (blog.post["warc"], blog.post["parts"][0]):
        place["length"] += after
    blog.write()
    assert [(finding.check, finding.severity) for finding in blog.check()] == [("http-version", "warning")]


def test_a_file_name_that_is_no_utf8(blog: Blog) -> None:
    """Its findings are told, with the name's odd bytes escaped."""
    blog.write()
    path = os.fsencode(blog.path / "archive") + b"/\xff-20200101000000-00001.warc.gz"
    Path(os.fsdecode(path)).write_bytes(b"")
    files = {finding.file for finding in blog.check()}
    assert files == {str(blog.path / "archive") + "/\\udcff-20200101000000-00001.warc.gz"}


def test_an_archive_of_others_needs_no_index(tmp_path: Path) -> None:
    """A folder with archive/ that this archiver has not made is judged by its WARC files."""
    build.write(tmp_path / "archive", Pair(info(software="other/1.0")).records)
    assert list(verify([str(tmp_path)]).findings) == []
