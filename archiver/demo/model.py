"""The values of the demo blog: blocks of text, comments, posts, and the site that holds them.

Texts carry a little inline markup: ``*emphasis*``, ``[label](address)`` and ``[^1]`` for a footnote.
An address that begins with "/" is a path of the blog. Runs of white space count as one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

# A fixed offset, as WordPress allows: local and GMT dates then differ in every season.
ZONE = timezone(timedelta(hours=1))
FIGURE_MARK = "{figure}"
INLINE = re.compile(r"\*(?P<em>[^*]+)\*|\[(?P<label>[^\]^][^\]]*)\]\((?P<address>[^)\s]+)\)|\[\^(?P<note>\d+)\]")


def at(text: str) -> datetime:
    """The moment that a blog's clock shows, written as "2024-03-16 18:05"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def squeeze(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def slugify(name: str) -> str:
    """The name as WordPress writes it in an address, before percent-encoding."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")


def plain(text: str) -> str:
    """The text as a reader sees it, without inline markup."""

    def seen(match: re.Match[str]) -> str:
        return match["em"] or match["label"] or f"[{match['note']}]"

    return squeeze(INLINE.sub(seen, text.replace(FIGURE_MARK, " ")))


@dataclass(frozen=True, slots=True)
class Figure:
    """A captioned image; `file` is its place below wp-content/uploads/."""

    file: str
    alt: str
    caption: str
    align: str = "alignnone"
    width: int = 300
    height: int = 200

    def texts(self) -> tuple[str, ...]:
        """Nothing: a caption is not running text."""
        return ()

    def figures(self) -> tuple[Figure, ...]:
        """The figure itself."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a figure stands inside it where the text says {figure}."""

    text: str
    figure: Figure | None = None

    def texts(self) -> tuple[str, ...]:
        """The paragraph, in one piece."""
        return (plain(self.text),)

    def figures(self) -> tuple[Figure, ...]:
        """The figure inside, if there is one."""
        return (self.figure,) if self.figure else ()


@dataclass(frozen=True, slots=True)
class _Unillustrated:
    """A block without figures."""

    def figures(self) -> tuple[Figure, ...]:
        """No figures."""
        return ()


@dataclass(frozen=True, slots=True)
class Heading(_Unillustrated):
    """A heading within a post."""

    text: str

    def texts(self) -> tuple[str, ...]:
        """The heading."""
        return (plain(self.text),)


@dataclass(frozen=True, slots=True)
class Quote(_Unillustrated):
    """A block quotation."""

    paragraphs: tuple[str, ...]

    def texts(self) -> tuple[str, ...]:
        """The quoted paragraphs."""
        return tuple(map(plain, self.paragraphs))


@dataclass(frozen=True, slots=True)
class Listing(_Unillustrated):
    """A bulleted list."""

    items: tuple[str, ...]

    def texts(self) -> tuple[str, ...]:
        """The items."""
        return tuple(map(plain, self.items))


@dataclass(frozen=True, slots=True)
class Table(_Unillustrated):
    """A table with one header row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def texts(self) -> tuple[str, ...]:
        """The cells, row by row."""
        return tuple(plain(cell) for row in (self.head, *self.rows) for cell in row)


@dataclass(frozen=True, slots=True)
class Code(_Unillustrated):
    """Preformatted code, kept to the character."""

    text: str

    def texts(self) -> tuple[str, ...]:
        """The code in one piece, line ends kept."""
        return (self.text,)


@dataclass(frozen=True, slots=True)
class Verse(_Unillustrated):
    """A poem; `preformatted` keeps indents in one <pre>, otherwise each line ends in <br>."""

    stanzas: tuple[str, ...]
    preformatted: bool = False

    def texts(self) -> tuple[str, ...]:
        """The stanzas, line ends and indents kept."""
        return self.stanzas


@dataclass(frozen=True, slots=True)
class Gallery:
    """Several figures in a grid."""

    images: tuple[Figure, ...]

    def texts(self) -> tuple[str, ...]:
        """Nothing: captions are not running text."""
        return ()

    def figures(self) -> tuple[Figure, ...]:
        """The figures in order."""
        return self.images


@dataclass(frozen=True, slots=True)
class Footnotes(_Unillustrated):
    """The notes that [^1], [^2] and so on point to."""

    notes: tuple[str, ...]

    def texts(self) -> tuple[str, ...]:
        """The notes in order."""
        return tuple(map(plain, self.notes))


Block = Paragraph | Heading | Quote | Listing | Table | Code | Verse | Figure | Gallery | Footnotes


def prose(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text in which blank lines part them."""
    return tuple(Paragraph(squeeze(part)) for part in re.split(r"\n\s*\n", text.strip()))


def poem(text: str, *, preformatted: bool = False) -> Verse:
    """The poem of a text in which blank lines part the stanzas."""
    return Verse(tuple(text.strip("\n").split("\n\n")), preformatted)


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who writes the blog."""

    name: str
    bio: str = ""

    @property
    def slug(self) -> str:
        """The author's name in addresses."""
        return slugify(self.name)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and the replies to it; blank lines part its paragraphs."""

    id: int
    author: str
    date: datetime
    text: str
    url: str | None = None
    replies: tuple[Comment, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs as a reader sees them."""
        return tuple(plain(part.text) for part in prose(self.text))

    def thread(self, parent: int | None = None) -> Iterator[tuple[Comment, int | None]]:
        """This comment and all below it, each with the id of its parent, in the order of the page."""
        yield self, parent
        for reply in self.replies:
            yield from reply.thread(self.id)


@dataclass(frozen=True, slots=True)
class Review:
    """The book that a post reviews, for its structured data."""

    book: str
    creator: str
    rating: int
    best: int = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A fixed page, such as About."""

    id: int
    slug: str
    title: str
    published: datetime
    body: tuple[Block, ...]

    @property
    def path(self) -> str:
        """The page's path, with slashes at both ends."""
        return f"/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Post:
    """A post: what the blog's pages, feed and API must all say."""

    id: int
    slug: str
    title: str
    author: str
    published: datetime
    body: tuple[Block, ...]
    changed: datetime | None = None
    language: str = "en-GB"
    categories: tuple[str, ...] = ("Life",)
    tags: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    review: Review | None = None

    @property
    def path(self) -> str:
        """The path of the permalink; beyond ASCII in small hexadecimal, as WordPress writes it."""
        return f"/{self.published:%Y/%m/%d}/{quote(self.slug).lower()}/"

    @property
    def modified(self) -> datetime:
        """When the text changed last."""
        return self.changed or self.published

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text in reading order: paragraphs, headings, quotes, items, cells, code, stanzas, notes.

        Captions and all that the theme adds are left out; a footnote's mark reads [1].
        """
        return tuple(text for block in self.body for text in block.texts())

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in order."""
        return tuple(figure for block in self.body for figure in block.figures())

    @property
    def excerpt(self) -> str:
        """The first paragraph, cut at 55 words as WordPress does."""
        words = next(iter(self.paragraphs), "").split()
        return " ".join(words[:55]) + (" […]" if len(words) > 55 else "")

    def thread(self) -> Iterator[tuple[Comment, int | None]]:
        """All comments, each with the id of its parent, in the order of the page."""
        for comment in self.comments:
            yield from comment.thread()

    @property
    def comment_count(self) -> int:
        """How many comments there are, replies included."""
        return sum(1 for _ in self.thread())


@dataclass(frozen=True, slots=True)
class Site:
    """The blog at one moment: its address (with a slash at the end) and its posts, newest first."""

    url: str
    title: str
    tagline: str
    authors: tuple[Author, ...]
    pages: tuple[Page, ...]
    posts: tuple[Post, ...]

    def link(self, path: str) -> str:
        """The absolute address of a path; another site's address is left alone."""
        return self.url + path[1:] if path.startswith("/") else path

    def author(self, name: str) -> Author:
        """The author of that name; a stranger gets no biography."""
        return next((author for author in self.authors if author.name == name), Author(name))
