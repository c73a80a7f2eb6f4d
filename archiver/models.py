"""The values that pass between the stages, in the order in which they come to be.

    Link -> Found -> Capture -> Record -> Page -> Article -> Post, Comment

Stages import this module and never each other. `Post` and `Comment` are the public items: their fields,
names and meaning are a promise (see docs/items.md); adding a field keeps the schema's version.
Dates are ISO 8601 strings, because an archive must be able to hold "2019" as well as a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archiver.spool import Spool

POST_SCHEMA = "archiver.post/1"
COMMENT_SCHEMA = "archiver.comment/1"


# --- discover ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """An author, as the blog names them."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What a surface (API, feed) says about a post; None and () mean that it says nothing.

    `source` is the surface that gave the date: api or feed.
    """

    title: str | None = None
    authors: tuple[Person, ...] = ()
    published: str | None = None
    modified: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    comments: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One URL as one surface names it.

    `surface` is api, sitemap, feed or link. `kind` is post, page (a fixed page such as About), or
    unknown when the surface does not tell. `changed` is the surface's own mark of the last change
    (lastmod, updated, modified), kept as written: two runs compare it for equality.

    `key` is the platform's own number of the post, by which its API speaks of it. `access` is members or password
    when the surface says that not everybody may read it. `entry` says by which id a feed or API answer that held
    the whole text names the post: the text of last resort. `replies` are the reader and the address of an answer
    with all its comments.
    """

    url: str
    surface: str
    kind: str = "unknown"
    changed: str | None = None
    hints: Hints = Hints()
    key: str | None = None
    access: str | None = None
    entry: str | None = None
    replies: tuple[str, str] | None = None


@dataclass(slots=True)
class Found:
    """One address as all surfaces together name it: what the crawl decides and fetches by.

    `marks` holds each surface's mark of the last change. `kind` is the surest word of any surface. `source` is where
    the feed or API answer lies that holds `entry`. `is_missing` says that a list named it once and does no longer.
    """

    url: str
    kind: str = "unknown"
    surfaces: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    hints: Hints = Hints()
    key: str | None = None
    access: str | None = None
    entry: str | None = None
    source: WarcRef | None = None
    replies: tuple[str, str] | None = None
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a surface of a blog.

    `reader` names the function in discover/surfaces that reads the answer, `surface` is api, sitemap, feed or link.
    `others` are asked instead, in their order, if `url` has no usable answer. `told` is what a reader tells itself for
    the next page: JSON values. `changes` asks only for what changed since the last run: the walk ends where an
    answer brings nothing new or changed, so the latest changes come first.
    """

    url: str
    reader: str
    surface: str
    others: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A surface's answer with status 200: `body` with codings undone, `headers` first values by lower-case name.

    `url` is where it was found after redirects.
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer says, and what to ask next.

    `further` is the next page of the same list: asked if this one named anything that the list had not named before.
    `asks` are asked in any case: the sitemaps of an index. `total` is the number of posts, or in a list of comments
    that of comments, that the surface advertises. `comments` are the platform's keys of the comments in the answer, ()
    if it holds none: extraction reads their texts. `dropped` counts what was passed over, by reason.
    """

    links: tuple[Link, ...] = ()
    further: Ask | None = None
    asks: tuple[Ask, ...] = ()
    total: int | None = None
    comments: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


# --- fetch ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange on one connection: exactly the bytes that were written and received.

    `response` holds all that came back, interim responses (1xx) too; `truncated` is a WARC-Truncated reason
    (length, time, disconnect, unspecified) when it is only the beginning of the message. `peer` is the address
    really connected to, None behind a proxy. `tls` is a WARC-Protocol value such as tls/1.3, `cipher` its suite.
    `surplus` counts bytes behind the end of the response, which are not kept. `attempt` is the try that this
    was. `outcome` and `error` say what a fetch failed of; without a `request`, nothing ever went out.
    """

    url: str
    request: bytes
    response: Spool
    started: datetime
    ended: datetime
    peer: str | None = None
    truncated: str | None = None
    tls: str | None = None
    cipher: str | None = None
    surplus: int = 0
    attempt: int = 1
    outcome: str | None = None
    error: str | None = None

    @classmethod
    def failed(cls, url: str, started: datetime, ended: datetime | None, outcome: str, error: str) -> Capture:
        """Return the capture of a fetch that failed before a request went out."""
        return cls(url, b"", Spool(), started, ended or datetime.now(UTC), outcome=outcome, error=error)


# --- warc -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WarcRef:
    """Where a response record lies: `file` relative to the blog's folder, `offset` and `length` of its
    gzip member in bytes, `record_id` as urn:uuid:…, `payload_digest` as sha1:BASE32."""

    file: str
    offset: int
    length: int
    record_id: str
    payload_digest: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A response or revisit record as the writer put it down: what index, state and item need to know of it.

    `origin` is the response that a revisit refers to: where the payload lies. `is_original` says that later
    captures of the same payload may refer to this one: it is a response, whole and not empty. `is_page` says that it
    is HTML, `is_chunked` that its body is in the chunked transfer coding.
    """

    ref: WarcRef
    url: str
    date: datetime
    status: int
    mime: str | None
    origin: WarcRef | None = None
    is_original: bool = False
    is_page: bool = False
    is_chunked: bool = False

    @property
    def payload(self) -> WarcRef:
        """The record that holds the payload."""
        return self.origin or self.ref


# --- extract ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page with transfer and content coding undone, whether it comes off the wire or out of a WARC.

    `headers` are the response's header fields in order, names in lower case.
    """

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200

    def header(self, name: str) -> str | None:
        """The first value of a header field, or None."""
        return next((v for k, v in self.headers if k == name), None)


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the article, with its caption, which is never part of the text."""

    url: str
    alt: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of the article."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """What is reviewed: `type` is a schema.org type such as Book or Movie, `identifier` an ISBN or the like."""

    name: str
    type: str | None = None
    creator: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating and its scale; `raw` is what the page shows, for instance ★★★★☆."""

    value: float
    best: float | None = None
    worst: float | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """`source` says where it was read: json-ld, microdata, hreview, text, title."""

    item: ReviewItem
    rating: Rating | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the page said about its use when it was fetched. Recorded, never interpreted here."""

    robots_meta: list[str] = field(default_factory=list)
    x_robots: list[str] = field(default_factory=list)
    noarchive: bool = False
    noai: bool = False
    tdm_reservation: str | None = None
    tdm_policy: str | None = None
    content_usage: str | None = None
    content_signal: str | None = None


@dataclass(frozen=True, slots=True)
class PageComment:
    """A comment as a page or API shows it. `key` is the page's own name for it (comment-190), `parent` another key.

    `kind` is comment, pingback or trackback.
    """

    key: str
    parent: str | None
    author: str | None
    author_url: str | None
    date: str | None
    text: str
    url: str | None
    kind: str = "comment"


@dataclass(frozen=True, slots=True)
class Said:
    """A comment out of an API's or a feed's answer: `post` is the platform's number or the address of its post."""

    post: str
    comment: PageComment


@dataclass(frozen=True, slots=True)
class Article:
    """What extraction makes of one page.

    `kind` is the page's own word on what it is: post, page, listing, or unknown. `markers` are the
    evidence for that. `rules` names the platform's rule set that was used.
    """

    kind: str
    markers: tuple[str, ...]
    platform: str | None
    rules: str
    title: str | None
    text: str
    markdown: str
    description: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    authors: tuple[Person, ...] = ()
    date_published: str | None = None
    date_modified: str | None = None
    date_source: str | None = None
    site_name: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    license: str | None = None
    images: tuple[Image, ...] = ()
    links: tuple[Anchor, ...] = ()
    review: Review | None = None
    comments: tuple[PageComment, ...] = ()
    comments_expected: int | None = None
    simhash: str | None = None
    usage: Usage = field(default_factory=Usage)
    flags: tuple[str, ...] = ()
    # the further pages of the same post, in order; and the pages with more of its comments
    pages: tuple[str, ...] = ()
    comment_pages: tuple[str, ...] = ()
    # the reader and the address of an answer with its comments, when scripts fetch them
    replies: tuple[str, str] | None = None


# --- export -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extractor:
    """What made the text: enough to make it again."""

    name: str
    version: str
    rules: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quality:
    """Findings about the text; `agreement` is the share of the feed's own text found in ours, or null."""

    flags: list[str] = field(default_factory=list)
    agreement: float | None = None


@dataclass(slots=True)
class Post:
    """One post, one revision: a line of posts.jsonl."""

    schema: str
    id: str
    snapshot_id: str
    revision: int
    text_sha256: str
    simhash: str | None
    url: str
    requested_url: str
    canonical_url: str | None
    site: str
    platform: str | None
    title: str | None
    text: str
    markdown: str
    description: str | None
    language: str | None
    word_count: int
    authors: list[Person]
    date_published: str | None
    date_modified: str | None
    date_source: str | None
    site_name: str | None
    categories: list[str]
    tags: list[str]
    license: str | None
    images: list[Image]
    links: list[Anchor]
    review: Review | None
    comments_count: int
    comments_expected: int | None
    fetched_at: str
    status: int
    etag: str | None
    last_modified: str | None
    run_id: str
    warc: WarcRef
    extractor: Extractor
    discovered_by: list[str]
    usage: Usage
    quality: Quality
    # where the further pages of a post lie that is spread over several, in order
    parts: list[WarcRef]


@dataclass(slots=True)
class Comment:
    """One comment, one revision: a line of comments.jsonl. `post_id` and `parent_id` are ids of ours."""

    schema: str
    id: str
    post_id: str
    parent_id: str | None
    author: str | None
    author_url: str | None
    date: str | None
    text: str
    url: str | None
    snapshot_id: str
    revision: int
    kind: str
