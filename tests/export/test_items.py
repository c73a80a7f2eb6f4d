"""Items: made of an article and its capture, kept as JSON lines."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import OutputError
from archiver.export import items
from archiver.models import (
    Anchor,
    Article,
    Comment,
    Image,
    Page,
    PageComment,
    Person,
    Record,
    Review,
    ReviewItem,
    Usage,
    WarcRef,
)

URL = "https://example.org/a/"
REF = WarcRef("archive/example.org-1-00001.warc.gz", 269, 384, "urn:uuid:1", "sha1:X")
RECORD = Record(REF, URL, datetime(2020, 1, 2, 3, 4, 5, 999999, UTC), 200, "text/html")
PAGE = Page(URL, b"", (("etag", '"1"'), ("last-modified", "Wed")))
ARTICLE = Article(
    kind="post",
    markers=("one",),
    platform="wordpress",
    rules="wordpress/1",
    title="A title",
    text="One two.\n\nThree – four.",
    markdown="**One** two.",
    canonical_url="https://www.example.org/a",
    authors=(Person("Zoë"),),
    date_published="2019",
    date_source="feed",
    categories=("Tea",),
    tags=("green", "black"),
    images=(Image("https://example.org/i.png", "alt"),),
    links=(Anchor("https://example.net/", "there"),),
    review=Review(ReviewItem("A book"), None, "title"),
    comments=(PageComment("c1", None, "Ada", None, None, "Well.", None),),
    comments_expected=2,
    simhash="0123456789abcdef",
    usage=Usage(noai=True),
    flags=("short_text",),
)
# A disk that is full after some bytes: the kernel refuses to let a file of this process grow further.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from archiver.errors import OutputError
from archiver.export import items
from archiver.models import Comment

path, room = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
comment = Comment("archiver.comment/1", "c", "p", None, None, None, None, "Well.", None, "urn:uuid:1", 1, "comment")
try:
    items.append(path, [comment, comment])
    print("written")
except OutputError as error:
    print(error)
"""


def make(article: Article = ARTICLE, page: Page = PAGE, **changes: object) -> items.Post:
    """Return the item of an article."""
    article = dataclasses.replace(article, **changes)
    return items.make_post(article, page, RECORD, requested_url=URL + "?p=1", run_id="7", surfaces=["sitemap", "api"])


def test_missing_comments_are_flagged():
    """A post that says it has more comments than it shows is flagged; one that shows all, or doesn't say, is not."""
    assert "comments_incomplete" in make(comments_expected=2).quality.flags
    assert "comments_incomplete" not in make(comments_expected=1).quality.flags
    assert "comments_incomplete" not in make(comments_expected=None).quality.flags


def test_a_canonical_link_to_the_home_page_is_no_identity():
    """A theme that calls the first page canonical everywhere doesn't make all posts one."""
    post = make(canonical_url="https://example.org/")
    assert post.id == str(uuid.uuid5(uuid.NAMESPACE_URL, "https://example.org/a"))
    assert post.canonical_url == "https://example.org/"


def test_a_post():
    """An item holds what extraction, capture and discovery know of a post."""
    made = dataclasses.asdict(make())
    extractor = made.pop("extractor")
    assert made == {
        "schema": "archiver.post/1",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, "https://example.org/a")),
        "snapshot_id": "urn:uuid:1",
        "revision": 1,
        "text_sha256": hashlib.sha256("One two.\n\nThree – four.".encode()).hexdigest(),
        "simhash": "0123456789abcdef",
        "url": URL,
        "requested_url": URL + "?p=1",
        "canonical_url": "https://www.example.org/a",
        "site": "example.org",
        "platform": "wordpress",
        "title": "A title",
        "text": "One two.\n\nThree – four.",
        "markdown": "**One** two.",
        "description": None,
        "language": None,
        "word_count": 5,
        "authors": [{"name": "Zoë", "url": None}],
        "date_published": "2019",
        "date_modified": None,
        "date_source": "feed",
        "site_name": None,
        "categories": ["Tea"],
        "tags": ["green", "black"],
        "license": None,
        "images": [{"url": "https://example.org/i.png", "alt": "alt", "caption": None}],
        "links": [{"url": "https://example.net/", "text": "there"}],
        "review": {
            "item": {"name": "A book", "type": None, "creator": None, "identifier": None},
            "rating": None,
            "source": "title",
        },
        "comments_count": 1,
        "comments_expected": 2,
        "fetched_at": "2020-01-02T03:04:05Z",
        "status": 200,
        "etag": '"1"',
        "last_modified": "Wed",
        "run_id": "7",
        "warc": {
            "file": "archive/example.org-1-00001.warc.gz",
            "offset": 269,
            "length": 384,
            "record_id": "urn:uuid:1",
            "payload_digest": "sha1:X",
        },
        "discovered_by": ["api", "sitemap"],
        "usage": dataclasses.asdict(Usage(noai=True)),
        "quality": {"flags": ["short_text", "comments_incomplete"], "agreement": None},
        "parts": [],
    }
    assert (extractor["name"], extractor["rules"]) == ("blog-archiver", "wordpress/1")
    assert set(extractor["options"]) == {"trafilatura"}


@pytest.mark.parametrize(
    ("canonical", "known_as"),
    [
        (None, "https://example.org/a"),
        ("https://example.org/a", "https://example.org/a"),
        ("http://www.example.org/a/?utm_source=x", "https://example.org/a"),
        ("https://example.org/another-post/", "https://example.org/a"),
        ("/ü" * 4000, "https://example.org/a"),
        ("https://example.net/first-published-here", "https://example.org/a"),
        ("/the-post", "https://example.org/a"),
        ("http://[", "https://example.org/a"),
        ("", "https://example.org/a"),
    ],
)
def test_id(canonical, known_as):
    """A canonical link to another post, another site or nowhere leaves a post its own address."""
    post = make(canonical_url=canonical)
    assert post.id == str(uuid.uuid5(uuid.NAMESPACE_URL, known_as))
    assert post.canonical_url == canonical


def test_id_is_stable():
    """Neither text nor time nor run changes the id of a post."""
    other = dataclasses.replace(RECORD, date=datetime(2024, 1, 1, tzinfo=UTC))
    later = items.make_post(
        dataclasses.replace(ARTICLE, text="Other."), PAGE, other, requested_url=URL, run_id="8", surfaces=[]
    )
    assert later.id == make().id
    assert later.text_sha256 != make().text_sha256


def test_comments():
    """Comments are threaded by ids of ours, which stay the same when the page is fetched again."""
    said = [
        PageComment("c1", None, "Ada", "https://ada.example/", "2020-01-03", "Well.", URL + "#c1"),
        PageComment("c2", "c1", None, None, None, "Indeed.", None),
    ]
    first, second = items.make_comments([(comment, "urn:uuid:7") for comment in said], make())
    assert dataclasses.asdict(first) == {
        "schema": "archiver.comment/1",
        "id": first.id,
        "post_id": make().id,
        "parent_id": None,
        "author": "Ada",
        "author_url": "https://ada.example/",
        "date": "2020-01-03",
        "text": "Well.",
        "url": URL + "#c1",
        "snapshot_id": "urn:uuid:7",
        "revision": 1,
        "kind": "comment",
    }
    assert (second.parent_id, uuid.UUID(second.id).version) == (first.id, 5)
    assert [
        c.id for c in items.make_comments([(comment, "urn:uuid:8") for comment in said[::-1]], make(text="Other."))
    ] == [second.id, first.id]


def test_parts_and_comments_from_elsewhere():
    """The records of further pages stand in the item; comments that an API told count as those of the page do."""
    part = dataclasses.replace(RECORD.ref, offset=99)
    given = {"requested_url": URL, "run_id": "7", "surfaces": ["api"]}
    post = items.make_post(ARTICLE, PAGE, RECORD, **given, comments=2, parts=[part])
    assert post.parts == [part]
    assert (post.comments_count, "comments_incomplete" in post.quality.flags) == (2, False)
    assert items.make_post(ARTICLE, PAGE, RECORD, **given, comments=0).comments_count == 0


def test_page_item():
    """A page that lies in no archive has its own id, its comments inside, and null for what a capture tells."""
    item = items.make_page_item("page-7", PAGE, ARTICLE)
    assert (item["id"], item["text"], item["comments"][0]["text"]) == ("page-7", ARTICLE.text, "Well.")
    assert [item[name] for name in ("snapshot_id", "fetched_at", "run_id", "warc")] == [None] * 4
    assert set(item) == {*(field.name for field in dataclasses.fields(items.Post)), "comments"}
    json.dumps(item)


@given(st.text(), st.text(st.characters(codec=None)))
def test_a_line(text, title):
    """An item is one line of UTF-8, whatever its text holds; what no UTF-8 can hold becomes a question mark."""
    line = items.to_line(make(text=text, title=title))
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")
    read = json.loads(line)
    assert read["text"] == text.encode("utf-8", "replace").decode()
    assert read["title"] == title.encode("utf-8", "replace").decode()
    assert list(read) == [field.name for field in dataclasses.fields(items.Post)]


def test_digest_of_any_text():
    """A text that no UTF-8 can hold has a digest: that of the text which is written."""
    assert items.text_sha256("a\ud800") == items.text_sha256("a?")


def test_append(tmp_path):
    """Lines go to the end of a file, and nothing to append makes no file."""
    path = tmp_path / "posts.jsonl"
    items.append(path, [])
    assert not path.exists()
    items.append(path, [make()])
    before = path.read_bytes()
    items.append(path, [make(title="B"), make(title="C")])
    assert path.read_bytes().startswith(before)
    assert [item["title"] for item in items.read(path)] == ["A title", "B", "C"]


@pytest.mark.parametrize("room", [0, 10, 50, 150, 300, 350])
def test_all_or_nothing(tmp_path, room):
    """When the disk gets full, none of the lines is there, and what was there before is as it was."""
    path = tmp_path / "comments.jsonl"
    path.write_bytes(b"{}\n" * 10)
    command = [sys.executable, "-c", FULL_DISK, str(path), str(room)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.startswith(f"cannot write to {path}: ")
    assert path.read_bytes() == b"{}\n" * 10


def test_append_nowhere(tmp_path):
    """A file that cannot be opened is an OutputError."""
    with pytest.raises(OutputError, match="No such file"):
        items.append(tmp_path / "gone" / "posts.jsonl", [make()])


def test_mend_tail_at_every_cut(tmp_path):
    """Wherever a kill cut the last line, it is taken off, and the whole lines stay."""
    path = tmp_path / "posts.jsonl"
    whole, last = items.to_line(make(title="A")) * 2, items.to_line(make(title="B"))
    for cut in range(len(last) - 1):
        path.write_bytes(whole + last[:cut])
        assert items.mend_tail(path) == cut
        assert path.read_bytes() == whole
    for end in (len(last) - 1, len(last)):  # an editor that takes the last line end off takes nothing else
        path.write_bytes(whole + last[:end])
        assert items.mend_tail(path) == 0
        assert path.read_bytes() == whole + last


def test_a_canonical_link_folds_queries():
    """A post behind a query is known by the address that it calls canonical, except the first page."""
    page = Page("https://example.org/?p=12", b"")
    ids = [make(page=page, canonical_url=f"https://example.org/{path}").id for path in ("a-post/", "")]
    known_as = ("https://example.org/a-post", "https://example.org/?p=12")
    assert ids == [str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in known_as]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"", b""),
        (b"torn", b""),
        (b"\n", b"\n"),
        (b"a\n" + b"x" * 200_000, b"a\n"),
        (b"x" * 200_000, b""),
        (b"x" * 65_535 + b"\n" + b"y" * 65_536, b"x" * 65_535 + b"\n"),
    ],
)
def test_mend_tail_of_any_length(tmp_path, content, kept):
    """A torn line may be longer than what is read at once, and the only one."""
    path = tmp_path / "posts.jsonl"
    path.write_bytes(content)
    assert items.mend_tail(path) == len(content) - len(kept)
    assert path.read_bytes() == kept


def test_no_file(tmp_path):
    """A file that is not there has nothing to mend or read."""
    path = tmp_path / "posts.jsonl"
    assert (items.mend_tail(path), list(items.read(path)), list(items.current_posts(path))) == (0, [], [])
    assert not path.exists()


def test_read_passes_over_what_is_no_item(tmp_path):
    """A line that is no JSON object costs none of the others."""
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b'{"id": "1"}\n\nnot json\n[1]\n7\n\xff\xfe\n{"id": "2"}\n{"id": "3"')
    assert [item["id"] for item in items.read(path)] == ["1", "2"]


def test_current_posts(tmp_path):
    """Of each post the last line counts, in the order of the lines."""
    path = tmp_path / "posts.jsonl"
    lines = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 1)]
    path.write_text("".join(json.dumps({"id": i, "revision": r}) + "\n" for i, r in lines) + '{"revision": 9}\n')
    assert [(item["id"], item["revision"]) for item in items.current_posts(path)] == [("a", 2), ("c", 1), ("b", 1)]


def threaded(*pairs: tuple[str, str | None]) -> list[Comment]:
    """Return comments of these keys, each with its parent's."""
    said = [PageComment(key, parent, "Ada", None, None, "Well.", None) for key, parent in pairs]
    return [items.make_comment(comment, "post", "urn:uuid:1") for comment in said]


@pytest.mark.parametrize(
    ("pairs", "kept"),
    [
        ([("a", None), ("b", "a"), ("c", "b")], [None, "a", "b"]),
        ([("a", "b"), ("b", "a")], [None, "a"]),
        ([("a", "a"), ("b", "a")], [None, "a"]),
        ([("d", "b"), ("a", "c"), ("b", "a"), ("c", "b")], ["b", "c", None, "b"]),
        ([("a", "stored"), ("b", "nowhere")], ["stored", None]),
        ([], []),
    ],
)
def test_rooted(pairs, kept):
    """A thread has a beginning: parents that nobody told of and circles of parents are cut, and nothing else."""
    stored = items.comment_id("post", "stored")
    rooted = items.rooted(threaded(*pairs), lambda parent: parent == stored)
    assert [c.id for c in rooted] == [items.comment_id("post", key) for key, _ in pairs]
    assert [c.parent_id for c in rooted] == [key and items.comment_id("post", key) for key in kept]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefgh")), unique_by=lambda p: p[0])
)
def test_threads_end(pairs):
    """From each comment its parents lead to one that has none."""
    parents = {c.id: c.parent_id for c in items.rooted(threaded(*pairs), lambda parent: False)}
    for at in parents:
        steps = 0
        while at is not None:
            at, steps = parents[at], steps + 1
            assert steps <= len(parents)


def test_comments_and_pings_are_counted_apart():
    """What a page expects are comments and pings; the count of an item is of comments alone."""
    counts = {"requested_url": URL, "run_id": "r", "surfaces": []}
    assert items.make_post(ARTICLE, PAGE, RECORD, comments=1, pings=1, **counts).quality.flags == ["short_text"]
    short = items.make_post(ARTICLE, PAGE, RECORD, comments=1, pings=0, **counts)
    assert (short.comments_count, short.quality.flags) == (1, ["short_text", "comments_incomplete"])
