"""A real WordPress with many kinds of posts, and the truth about them.

It runs where ARCHIVER_WORDPRESS_URL says; ARCHIVER_WORDPRESS_TRUTH is a file of JSON lines: objects of a `type`,
among them post (url, title, author, features, paragraphs, comments), hidden, page and not_post (url).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flow import tools

URL = os.environ.get("ARCHIVER_WORDPRESS_URL", "")
TRUTH = os.environ.get("ARCHIVER_WORDPRESS_TRUTH", "")
pytestmark = pytest.mark.skipif(
    not (URL and TRUTH), reason="needs a WordPress: set ARCHIVER_WORDPRESS_URL and ARCHIVER_WORDPRESS_TRUTH"
)
# The kinds of a truth's paragraph that a text must hold as they are.
PROSE = ("p", "quote", "li", "h", "verse")
BOILERPLATE = (
    "2 thoughts on", "Add yours", "Leave a Reply", "Cancel reply", "Fill in your details below",
    "You are commenting using", "Log Out", "Connecting to %s", "Create a free website", "Up ↑",
    "%d bloggers like this", "Advertisements", "Share this",
)  # fmt: skip
TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
# The truth tells of footnotes apart; a text has the marks where they stand.
FOOTNOTE = re.compile(r"\[\d+\]")
# Captions of these are no image's.
CAPTIONED = {"table", "iframe"}
SEED = "Memoirs of a Revolutionary by Victor Serge"


@dataclass(frozen=True, slots=True)
class Crawled:
    """The blog's folder after two crawls, and what is true of the blog."""

    first: tools.Result
    again: tools.Result
    truth: list[dict[str, Any]]
    items: dict[str, dict[str, Any]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """All that is true of one type."""
        return [row for row in self.truth if row["type"] == kind]

    def item(self, title: str) -> dict[str, Any]:
        """The item of a title that only one post has."""
        (item,) = [item for item in self.items.values() if item["title"] == title]
        return item


def key(url: str) -> str:
    """What tells one address of the blog from another, however it is written."""
    parts = urlsplit(url)
    return unquote(parts.path).rstrip("/") + "?" + parts.query


def squeeze(text: str) -> str:
    """Text without what WordPress itself changes: its spaces, quotation marks and dashes."""
    return " ".join(text.translate(TYPOGRAPHY).replace("...", "…").split())


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Crawl the blog twice."""
    output = tmp_path_factory.mktemp("wordpress")
    with Path(TRUTH).open(encoding="utf-8") as lines:
        truth = [json.loads(line) for line in lines]
    first = tools.crawl(URL, output, timeout=300)
    again = tools.crawl(URL, output)
    items = {key(item["url"]): item for item in tools.posts(first.folder)}
    return Crawled(first, again, truth, items)


def test_every_public_post_is_saved_and_nothing_else(blog: Crawled) -> None:
    """Each public post is one item; drafts, private and protected posts, pages and lists are none."""
    assert blog.first.code == 0, blog.first.stderr
    assert set(blog.items) == {key(post["url"]) for post in blog.of("post")}
    others = {key(row["url"]) for kind in ("hidden", "page", "not_post") for row in blog.of(kind)}
    assert not set(blog.items) & others
    tools.check_archive(blog.first.folder)


def test_the_cost_is_small(blog: Crawled) -> None:
    """A first crawl asks for little more than the posts; a second asks for no post at all."""
    first, again = tools.reports(blog.first.folder)
    assert first["cost"]["requests"] <= 2.2 * len(blog.of("post"))
    assert blog.again.code == 0, blog.again.stderr
    assert again["posts"]["saved"] == again["posts"]["revised"] == again["posts"]["same"] == 0
    assert again["posts"]["unchanged"] == len(blog.of("post"))
    records = [record for record in tools.records(blog.first.folder) if record.kind in ("response", "revisit")]
    assert len(records) == first["cost"]["requests"] + again["cost"]["requests"]
    twice = {key(post["url"]) for post in blog.of("post")}
    asked = [key(record.url) for record in records if key(record.url) in twice]
    assert len(asked) == len(set(asked))


def test_texts_are_whole(blog: Crawled) -> None:
    """Every paragraph, quote, item, heading and verse of a post's first page is in its text."""
    missing = []
    for post in blog.of("post"):
        text = squeeze(FOOTNOTE.sub("", blog.items[key(post["url"])]["text"]))
        # a post of several pages is its first; the others have addresses of their own
        wanted = [p["text"] for p in post["paragraphs"] if p["kind"] in PROSE and p["page"] == 1]
        missing += [(post["title"], post["features"], words) for words in wanted if squeeze(words) not in text]
        if "image_only" in post["features"]:
            assert text == ""
    assert missing == []


def test_captions_stand_under_images(blog: Crawled) -> None:
    """A caption is under images, and no line of the text."""
    wrong = []
    for post in blog.of("post"):
        if CAPTIONED & {*post["features"]}:
            continue
        item = blog.items[key(post["url"])]
        captions = {squeeze(image["caption"] or "") for image in item["images"]}
        lines = {squeeze(line) for line in item["text"].splitlines()}
        for paragraph in post["paragraphs"]:
            caption = squeeze(paragraph["text"])
            if paragraph["kind"] == "caption" and (caption not in captions or caption in lines):
                wrong.append((post["title"], caption, captions))
    assert wrong == []


def test_no_comment_and_no_furniture_is_in_a_text(blog: Crawled) -> None:
    """No paragraph of a comment and no line of the theme is in an article."""
    wrong = []
    for post in blog.of("post"):
        text = blog.items[key(post["url"])]["text"]
        own = squeeze(" ".join(paragraph["text"] for paragraph in post["paragraphs"]))
        said = [squeeze(words) for comment in post["comments"] for words in comment["paragraphs"]]
        wrong += [(post["title"], words) for words in said if words in squeeze(text) and words not in own]
        for line in text.splitlines():
            if line.strip().startswith(BOILERPLATE) and squeeze(line) not in own:
                wrong.append((post["title"], line))
    assert wrong == []


def test_authors_are_right(blog: Crawled) -> None:
    """Each post names its author, and nobody else."""
    told = {url: [author["name"] for author in item["authors"]] for url, item in blog.items.items()}
    assert told == {key(post["url"]): [post["author"]] for post in blog.of("post")}


def test_the_seed_post(blog: Crawled) -> None:
    """The post that this project began with: whole, in order, clean, with its caption, comments and book."""
    (post,) = [post for post in blog.of("post") if post["title"] == SEED]
    item = blog.item(SEED)
    text, at = squeeze(item["text"]), 0
    for paragraph in post["paragraphs"]:
        if paragraph["kind"] != "caption":
            found = text.find(squeeze(paragraph["text"]), at)
            assert found >= 0, paragraph["text"]
            at = found + len(squeeze(paragraph["text"]))
    for words in BOILERPLATE:
        assert words not in text
    assert "Victor Serge" in [image["caption"] for image in item["images"]]
    assert item["review"]["item"]["name"] == "Memoirs of a Revolutionary"
    assert item["review"]["item"]["creator"] == "Victor Serge"
    comments = [c for c in tools.comments(blog.first.folder) if c["post_id"] == item["id"]]
    first, second = comments
    assert [c["author"] for c in comments] == [c["author"] for c in post["comments"]]
    assert first["parent_id"] is None
    assert second["parent_id"] == first["id"]
    assert [squeeze(c["text"]) for c in comments] == [squeeze(" ".join(c["paragraphs"])) for c in post["comments"]]
