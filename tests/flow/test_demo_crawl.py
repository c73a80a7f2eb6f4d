"""The demo blog, archived from server to index: once, again, after a change, and in full."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flow import tools

from archiver.demo.model import Post, at, prose, squeeze
from archiver.demo.server import DemoBlog

# What the theme puts around and into a post: no line of a text may begin with one of these.
FURNITURE = (
    "Skip to content", "Menu", "Two Chairs and a Lamp", "Books, weather", "Posted on", "Leave a comment",
    "Advertisements", "Report this ad", "Share this", "Click to share", "Twitter", "Facebook", "Like this",
    "Loading", "Related", "In “", "Posted in", "Tagged", "Published by", "View all posts", "Ingrid grew up",
    "Nadia came for", "Post navigation", "Previous Post", "Next Post", "One thought on", "thoughts on", "Add yours",
    "says:", "Leave a Reply", "Cancel reply", "Fill in your details", "You are commenting", "Log Out",
    "Connecting to", "Notify me", "Post Comment", "You must be", "Recent Posts", "Recent Comments", "Archives",
    "Categories", "Blogroll", "Follow Blog", "Enter your email", "Search", "Create a free website", "Up ↑",
    "Privacy & Cookies", "Cookie Policy", "%d bloggers", "Sign me up", "Already have", "Collapse this bar",
    "Manage subscriptions",
)  # fmt: skip
NEW = Post(
    id=991,
    slug="a-letter-from-the-coast",
    title="A letter from the coast",
    author="Nadia Brodie",
    published=at("2024-06-02 09:30"),
    body=prose("""
        The ferry was late, and so was everybody on it, which we only found out when we compared our watches.

        By evening the coast had gone back to where it usually is, and we ate what was left of the bread.
        """),
)
EDITED = ["We changed our minds about this one.", "It happens about once a year, and always when it rains."]


@dataclass(frozen=True, slots=True)
class Step:
    """One crawl of the story, with what it asked for and what the folder held after it."""

    result: tools.Result
    asked: list[str]
    posts: bytes
    comments: bytes
    warcs: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Story:
    """Four crawls of one blog: first, nothing new, one post edited and one published, everything again."""

    truth: tuple[Post, ...]
    edited: Post
    first: Step
    again: Step
    changed: Step
    full: Step

    @property
    def folder(self) -> Path:
        """The blog's folder."""
        return self.first.result.folder


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Crawl the demo blog four times."""
    output = tmp_path_factory.mktemp("story")
    with DemoBlog() as blog:

        def step(**arguments: object) -> Step:
            blog.requests.clear()
            result = tools.crawl(blog.url, output, **arguments)
            asked = [target for _, target in blog.requests]
            folder = result.folder
            return Step(
                result,
                asked,
                (folder / "posts.jsonl").read_bytes(),
                (folder / "comments.jsonl").read_bytes(),
                tools.warc_bytes(folder),
            )

        truth = blog.posts
        first, again = step(), step()
        edited = blog.edit(truth[4].path, EDITED)
        blog.publish(NEW)
        yield Story(truth, edited, first, again, step(), step(full=1))


def path_of(url: str) -> str:
    """The path of an address, decoded: %D0 and %d0 are the same."""
    return unquote(urlsplit(url).path)


def asked_posts(step: Step, truth: Iterable[Post]) -> set[str]:
    """Which posts' pages a crawl asked for."""
    return set(map(path_of, step.asked)) & {unquote(post.path) for post in truth}


def items(step: Step) -> list[dict[str, Any]]:
    return [json.loads(line) for line in step.posts.splitlines()]


def of(step: Step, post: Post) -> dict:
    """The current item of a post."""
    return [item for item in items(step) if path_of(item["url"]) == unquote(post.path)][-1]


def test_every_post_is_saved_once(story: Story) -> None:
    """Each of the twelve posts becomes one item, and the fixed page none."""
    assert story.first.result.code == 0, story.first.result.stderr
    assert len(story.truth) == 12
    paths = [path_of(item["url"]) for item in items(story.first)]
    assert sorted(paths) == sorted(unquote(post.path) for post in story.truth)


def test_texts_are_whole_and_clean(story: Story) -> None:
    """A text holds every paragraph of its post in order, and no line of the theme's."""
    for post in story.truth:
        item = of(story.first, post)
        text, at_ = squeeze(item["text"]), 0
        for paragraph in post.paragraphs:
            found = text.find(squeeze(paragraph), at_)
            assert found >= 0, f"{post.path}: {paragraph!r} is missing or out of order"
            at_ = found + len(squeeze(paragraph))
        own = {squeeze(paragraph) for paragraph in post.paragraphs}
        for line in item["text"].splitlines():
            assert squeeze(line) in own or not line.strip().startswith(FURNITURE), f"{post.path}: {line!r}"
        for comment, _ in post.thread():
            assert squeeze(comment.paragraphs[0]) not in text
        assert item["title"] == post.title
        assert [author["name"] for author in item["authors"]] == [post.author]
        assert item["language"] == post.language.partition("-")[0]
        assert item["categories"] == list(post.categories)
        assert item["tags"] == list(post.tags)
        assert item["date_published"] == post.published.isoformat()


def test_captions_stand_under_images(story: Story) -> None:
    """A caption is kept with its image and is no part of the text, be it a floated one in mid-sentence."""
    seen = 0
    for post in story.truth:
        item = of(story.first, post)
        captions = [image["caption"] and squeeze(image["caption"]) for image in item["images"]]
        for figure in post.figures:
            assert squeeze(figure.caption) in captions, post.path
            assert squeeze(figure.caption) not in squeeze(item["text"])
            assert any(image["url"].endswith(figure.file) for image in item["images"])
            seen += 1
    assert seen


def test_comments_are_threaded(story: Story) -> None:
    """Every comment is saved with author, date and text, under the comment that it answers."""
    kept = [json.loads(line) for line in story.first.comments.splitlines()]
    number = {comment["id"]: int(comment["url"].rpartition("#comment-")[2]) for comment in kept}
    expected: dict[int, tuple[object, ...]] = {}
    for post in story.truth:
        item = of(story.first, post)
        assert item["comments_count"] == post.comment_count
        for comment, parent in post.thread():
            text = " ".join(comment.paragraphs)
            expected[comment.id] = (item["id"], parent, comment.author, comment.date.isoformat(), text, comment.url)
    told = {
        number[c["id"]]: (
            c["post_id"],
            number.get(c["parent_id"]),
            c["author"],
            c["date"],
            squeeze(c["text"]),
            c["author_url"],
        )
        for c in kept
    }
    assert told == expected


def test_reviews_are_read(story: Story) -> None:
    """The review that is marked as one says what is reviewed and how it was rated."""
    (post,) = [post for post in story.truth if post.review]
    review = of(story.first, post)["review"]
    assert review["item"]["name"] == post.review.book
    assert review["item"]["creator"] == post.review.creator
    assert review["rating"]["value"] == post.review.rating
    assert review["rating"]["best"] == post.review.best


def test_the_archive_keeps_its_word(story: Story) -> None:
    """After all runs every file is whole and every item, comment and index line points at its record."""
    tools.check_archive(story.folder)
    records = {record.record_id: record for record in tools.records(story.folder)}
    for comment in tools.comments(story.folder):
        assert records[comment["snapshot_id"]].kind == "response"


def test_the_folder_is_as_designed(story: Story) -> None:
    """The blog's folder holds the files that people script against, and nothing else."""
    folder = story.folder
    names = {re.sub(r"\d{14}", "TIME", str(path.relative_to(folder))) for path in folder.rglob("*") if path.is_file()}
    names -= {"state.sqlite-wal", "state.sqlite-shm"}
    assert names == {
        f"archive/{folder.name}-TIME-00001.warc.gz",
        f"text/{folder.name}-text-TIME-00001.warc.gz",
        "indexes/index.cdxj",
        "pages/pages.jsonl",
        "posts.jsonl",
        "comments.jsonl",
        "runs/TIME.json",
        "state.sqlite",
    }
    assert len(tools.reports(folder)) == len(tools.warcs(folder)) == 4


def test_pages_list_the_current_texts(story: Story) -> None:
    """pages.jsonl has its header and one line per post, with the text as it is now."""
    header, *rows = tools.lines(story.folder / "pages" / "pages.jsonl")
    assert header["format"] == "json-pages-1.0"
    current = {item["url"]: item for item in items(story.full)}
    assert {row["url"]: row["text"] for row in rows} == {url: item["text"] for url, item in current.items()}
    assert len(rows) == 13


def test_the_summary_says_what_was_done(story: Story) -> None:
    """A crawl ends with lines on standard output that say what was saved and where it lies; nothing went wrong."""
    for step, words in (
        (story.first, "12 new; 30 new comments"),
        (story.again, "12 unchanged; 0 new comments"),
        (story.changed, "1 new, 1 changed, 11 unchanged; 0 new comments"),
    ):
        first, *rest = step.result.stdout.splitlines()
        assert first == f"{story.folder.name}: {words}"
        assert any(line.split()[0] == f"{story.folder}/posts.jsonl" for line in rest)
        assert step.result.stderr == ""


def test_nothing_new_asks_for_no_post(story: Story) -> None:
    """A second crawl asks for no post and adds no item, and says so."""
    assert story.again.result.code == 0
    assert not asked_posts(story.again, story.truth)
    assert story.again.posts == story.first.posts
    assert story.again.comments == story.first.comments
    report = tools.reports(story.folder)[1]
    assert report["posts"]["unchanged"] == 12
    assert report["posts"]["saved"] == 0


def test_changes_are_found(story: Story) -> None:
    """An edited post gets a line with the next revision, a published one its first; no other is asked for."""
    assert story.changed.posts.startswith(story.again.posts)
    added = [json.loads(line) for line in story.changed.posts[len(story.again.posts) :].splitlines()]
    revisions = {path_of(item["url"]): item["revision"] for item in added}
    assert revisions == {story.edited.path: 2, NEW.path: 1}
    assert story.changed.result.code == 0
    assert of(story.changed, story.edited)["text"] == "\n\n".join(EDITED)
    assert asked_posts(story.changed, (*story.truth, NEW)) == {story.edited.path, NEW.path}


def test_full_fetches_all_and_adds_nothing(story: Story) -> None:
    """With full=1 every post is fetched again; those that are as they were get no new line."""
    assert story.full.result.code == 0
    assert len(asked_posts(story.full, (*story.truth, NEW))) == 13
    assert story.full.posts == story.changed.posts
    assert story.full.comments == story.changed.comments


def test_finished_files_are_never_touched(story: Story) -> None:
    """No run changes a byte of a WARC file of an earlier one."""
    steps = (story.first, story.again, story.changed, story.full)
    for number, step in enumerate(steps, 1):
        assert len(step.warcs) == number
        assert step.warcs == {name: story.full.warcs[name] for name in step.warcs}


def test_limit(tmp_path: Path) -> None:
    """limit=3 saves three posts; the next crawl without it saves the others."""
    with DemoBlog() as blog:
        some = tools.crawl(blog.url, tmp_path, limit=3)
        assert some.code == 0
        assert len(tools.posts(some.folder)) == 3
        rest = tools.crawl(blog.url, tmp_path)
        assert rest.code == 0
        assert len(tools.posts(rest.folder)) == 12
        tools.check_archive(rest.folder)


def test_scrapy_crawl_demo(tmp_path: Path) -> None:
    """The demo works offline without an argument, warns of nothing, and ends with a text and what to try next."""
    result = tools.crawl(None, tmp_path, spider="demo")
    assert result.code == 0
    assert result.stderr == ""
    assert result.folder == tmp_path / "demo"
    assert len(tools.posts(result.folder)) == 12
    tools.check_archive(result.folder)
    for words in ("demo: 12 new; 30 new comments", "as clean text:", "Next:", "crawl demo", "ARCHIVER_CONTACT="):
        assert words in result.stdout
