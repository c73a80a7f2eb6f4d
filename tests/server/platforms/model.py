"""A small made-up blog, from which every platform's server is fed, and what is true of it.

Nothing here knows a platform: a server says where a post lies (`address`), and picks what it can show of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from html import escape

from server.blog_server import BlogServer

# A fixed offset, so that local and UTC dates differ in every season.
ZONE = timezone(timedelta(hours=1))
FIRST = datetime(2016, 2, 3, 10, 20, 30, tzinfo=ZONE)
# Days over which the posts are spread.
SPAN = 3000

_THINGS = (
    "lamp", "harbour", "letter", "winter", "garden", "violin", "ferry", "kitchen", "orchard", "station", "window",
    "river", "library", "bakery", "mountain", "market", "island", "theatre", "bicycle", "lantern", "clock", "bridge",
    "museum", "tunnel", "pantry", "chimney", "meadow", "printer", "cellar", "attic", "canal",
)  # fmt: skip
_PEOPLE = ("Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katya", "Luca")
_TAGS = ("Notes", "Travel", "Books", "At home")
# Each takes two things, a person and a number; no two paragraphs of a blog are alike.
_SAYINGS = (
    "On evening {n} we talked about the {a} until nobody could say who had brought it into the house. {p} thought that "
    "it had come with the {b}, and that it would leave with it too.",
    "There were {n} reasons to leave the {a} where it stood, and {p} knew all of them by heart. The last one had to do "
    "with the {b}, and was never told to children.",
    "My neighbour {p} keeps a list of every {a} in the street. Number {n} is crossed out, because of what happened to "
    "the {b} next to it, in the year when the snow came early.",
    "What I remember of the {a} is its smell of rain. {p} says that it was the {b} that smelt, but {p} was {n} miles "
    "away on that day, as the tickets show.",
    "We counted the steps from the {a} to the {b} and came to {n}. {p} counted them again on the way back, and there "
    "was one less. Nobody has explained that since.",
    "If you ever pass the {a}, ask for {p}. You will be shown the {b}, be given coffee, and hear the story of the {n} "
    "keys, which is longer than it should be.",
    "The {b} was sold in the autumn for {n} crowns. With the money {p} had the {a} mended, and what was left over went "
    "to the brass band, which played below our windows for a week.",
)


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who writes the blog."""

    number: int
    name: str

    @property
    def slug(self) -> str:
        """The author's name in addresses."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `parent` is the number of the one that it answers."""

    number: int
    author: str
    date: datetime
    text: str
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post; `access` is public, password, members (nothing of it is shown) or preview (its beginning is)."""

    number: int
    slug: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    modified: datetime
    author: Author
    tags: tuple[str, ...]
    comments: tuple[Comment, ...] = ()
    access: str = "public"
    path: str = ""

    @property
    def html(self) -> str:
        """The text as HTML."""
        return self.html_of(self.paragraphs)

    @staticmethod
    def html_of(paragraphs: tuple[str, ...]) -> str:
        """Some paragraphs as HTML."""
        return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs)

    @property
    def first_sentence(self) -> str:
        """How the text begins."""
        return self.paragraphs[0].split(". ")[0] + "."


Address = Callable[[Post], str]


@dataclass(frozen=True, slots=True)
class Blog:
    """All posts, the newest first, and what once were posts.

    `gone` are addresses of posts that were deleted, `moved` leads from addresses that posts once had to their posts.
    """

    title: str
    posts: tuple[Post, ...]
    gone: tuple[str, ...] = ()
    moved: Mapping[str, Post] = field(default_factory=dict)
    pages: tuple[Post, ...] = ()

    @property
    def public(self) -> tuple[Post, ...]:
        """The posts that everybody may read."""
        return tuple(post for post in self.posts if post.access == "public")

    @property
    def comments(self) -> tuple[tuple[Comment, Post], ...]:
        """All comments on public posts with their posts, the latest first."""
        both = [(comment, post) for post in self.public for comment in post.comments]
        return tuple(sorted(both, key=lambda pair: pair[0].number, reverse=True))

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags, each once."""
        return tuple(dict.fromkeys(tag for post in self.posts for tag in post.tags))

    def months(self) -> dict[tuple[int, int], list[Post]]:
        """The posts of each month, the latest month first."""
        found: dict[tuple[int, int], list[Post]] = {}
        for post in self.posts:
            found.setdefault((post.published.year, post.published.month), []).append(post)
        return found


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect archiver gets from a blog; addresses are as in `Post.path`.

    `posts` are those that everybody may read, `previews` those of which everybody may read the beginning. `closed`
    are addresses that say that they are not for everybody, by the reason. `hidden` are addresses of posts that
    nothing on the server leads to. `comments` says whether the server shows comments, `clock` whether with a date that
    a machine can read, `threads` whether in a way that says which answers which.
    """

    posts: tuple[Post, ...]
    previews: tuple[Post, ...] = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    comments: bool = True
    clock: bool = True
    threads: bool = True


@dataclass(frozen=True, slots=True)
class Platform:
    """A blog that is being served; a crawl of it needs these environment variables and settings.

    `others` are servers that answer for the same blog.
    """

    server: BlogServer
    url: str
    truth: Truth
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    others: tuple[BlogServer, ...] = ()

    def requests(self) -> int:
        """How many requests came so far."""
        return sum(len(server.log) for server in (self.server, *self.others))


def make(
    count: int, address: Address, *, discussions: bool = True, closed: tuple[str, ...] = (), long_one: int = 0
) -> Blog:
    """Return a blog of `count` posts, one of which was moved, and two more that were deleted.

    `closed` are the kinds of access that one post each has. One post has `long_one` comments, others three or none.
    """
    step = SPAN * 24 * 60 // (count + 2)
    authors = (Author(1, "Mina Halvorsen"), Author(2, "Teo Brandt"))
    posts: list[Post] = []
    said = 100
    for number in range(1, count + 3):
        a, b = _THINGS[number % len(_THINGS)], _THINGS[(number * 7 + 3 + number // len(_THINGS)) % len(_THINGS)]
        published = FIRST + timedelta(minutes=step * number)
        post = Post(
            number,
            f"the-{a}-and-the-{b}-{number}",
            f"The {a} and the {b}, part {number}",
            tuple(_paragraph(number, k) for k in range(3)),
            published,
            published + timedelta(days=4, minutes=number) if number % 5 == 0 else published,
            authors[number % 2],
            (_TAGS[number % len(_TAGS)],),
        )
        size = long_one if number == 4 else 3 if number % 3 == 0 else 0
        comments = tuple(_comment(post, said + k, k, said) for k in range(size)) if discussions else ()
        said += size
        post = replace(post, comments=comments)
        posts.append(replace(post, path=address(post)))
    # The deleted ones were the fifth and the eighth.
    gone = [posts.pop(7), posts.pop(4)]
    for kind, at in zip(closed, (5, 7, 9), strict=False):
        posts[at] = replace(posts[at], access=kind, comments=())
    home = posts[6]
    old = address(replace(home, slug=f"old-name-{home.number}", published=home.published - timedelta(days=40)))
    about = Post(
        9001,
        "about",
        "About this blog",
        ("This is a blog about things in houses and in streets. It is written by two people who never agree.",),
        FIRST,
        FIRST,
        authors[0],
        (),
    )
    moved = {old: home} if old != home.path else {}
    return Blog("Things in Houses", tuple(reversed(posts)), tuple(post.path for post in gone), moved, (about,))


def _paragraph(number: int, place: int) -> str:
    at = number * 3 + place
    a, b = _THINGS[(at * 5 + 1) % len(_THINGS)], _THINGS[(at * 11 + 8) % len(_THINGS)]
    saying = _SAYINGS[(number + place * 2) % len(_SAYINGS)]
    return saying.format(a=a, b=b if b != a else "sea", p=_PEOPLE[(at * 7) % len(_PEOPLE)], n=at + 100)


def _comment(post: Post, number: int, place: int, first: int) -> Comment:
    author = _PEOPLE[(number * 5) % len(_PEOPLE)]
    thing = _THINGS[number % len(_THINGS)]
    text = (
        f"Remark {number}: I have seen such a {thing} as well. It stood there for {number} days, and then it did not."
    )
    date = post.published + timedelta(hours=2 * place + 1, minutes=number % 50)
    return Comment(number, author, date, text, first if place == 1 else None)


def truth(blog: Blog, **told: object) -> Truth:
    """What is true of a blog of which all is served; `told` are fields of Truth that are not so."""
    closed = {p.path: "password" if p.access == "password" else "members_only" for p in blog.posts if _is_shut(p)}
    return replace(
        Truth(
            posts=blog.public,
            previews=tuple(post for post in blog.posts if post.access == "preview"),
            closed=closed,
            gone=blog.gone,
            moved={old: post.path for old, post in blog.moved.items()},
            pages=tuple(page.path for page in blog.pages),
        ),
        **told,  # type: ignore[arg-type]
    )


def _is_shut(post: Post) -> bool:
    return post.access in ("password", "members")
