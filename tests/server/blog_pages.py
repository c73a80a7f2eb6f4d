"""A plain little blog, made for one test: its posts, its first page, and what it tells crawlers.

The blog of `archiver.demo` is like WordPress.com's; this one has nothing that a test doesn't ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from server.replies import PLAIN, XML, Page, Reply, plain

RSS = "application/rss+xml; charset=utf-8"
# Each post's own words, so that no two are alike and each is long enough to be an article.
_WORDS = (
    "lamp", "harbour", "letter", "winter", "garden", "violin", "ferry", "kitchen", "orchard", "station",
    "window", "river", "library", "bakery", "mountain", "market", "island", "theatre", "bicycle", "lantern",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A post: its path, title and paragraphs."""

    path: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text that an archive must hold."""
        return "\n\n".join(self.paragraphs)


def entries(count: int, folder: str = "/") -> list[Entry]:
    """`count` different posts below `folder`, the newest first."""
    return [_entry(number, folder) for number in range(count, 0, -1)]


def _entry(number: int, folder: str) -> Entry:
    one, two = _WORDS[number % len(_WORDS)], _WORDS[(number * 7 + 3) % len(_WORDS)]
    month, day = divmod(number, 28)
    path = f"{folder}2024/{month + 1:02d}/{day + 1:02d}/the-{one}-and-the-{two}-{number}/"
    return Entry(
        path,
        f"The {one} and the {two}, part {number}",
        (
            f"On the {number}th evening we talked about the {one}, and nobody could say any more who had brought it "
            f"into the house or why it had to stand beside the {two} for all those years.",
            f"My aunt held that a {two} is worth keeping only while somebody quarrels about it. She had quarrelled "
            f"about this one {number} times by her own count, and she meant to go on with it.",
            f"In the end the {one} went to the neighbours, and number {number} on the list was crossed out with the "
            "good pencil, which has not been seen in our house since that day.",
        ),
    )


def page(title: str, main: str, head: str = "", body_class: str = "") -> str:
    """An HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n{head}</head>\n'
        f'<body class="{body_class}"><main>\n{main}\n</main></body></html>\n'
    )


def post(entry: Entry, more: str = "") -> str:
    """The page of a post; `more` goes below it."""
    words = "\n".join(f"<p>{escape(text)}</p>" for text in entry.paragraphs)
    return page(
        entry.title,
        f"<article class='h-entry'><h1>{escape(entry.title)}</h1>\n<div class='e-content'>{words}</div></article>\n"
        f"{more}",
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2024-01-02T10:00:00Z">',
    )


def links(paths: Iterable[str]) -> str:
    """A list of links, such as a blog's first page has."""
    return "<ul>" + "".join(f'<li><a href="{escape(path)}">{escape(path)}</a></li>' for path in paths) + "</ul>"


def listing(paths: Iterable[str], head: str = "") -> Reply:
    """A page that lists posts or other lists."""
    return plain(page("A blog", links(paths), head))


def feed_link(path: str) -> str:
    """What a page's head says of the blog's feed."""
    return f'<link rel="alternate" type="application/rss+xml" href="{path}">'


def sitemap(addresses: Iterable[str], lastmod: str = "2024-03-01") -> Reply:
    """A sitemap of absolute addresses."""
    rows = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{lastmod}</lastmod></url>\n" for url in addresses)
    start = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return plain(f"{start}{rows}</urlset>\n", XML)


def sitemap_index(addresses: Iterable[str]) -> Reply:
    """A sitemap that names other sitemaps."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in addresses)
    start = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    )
    return plain(f"{start}{rows}</sitemapindex>\n", XML)


def feed(posts: Sequence[Entry], base: str, generator: str = "https://wordpress.org/?v=6.5") -> Reply:
    """A feed that says that WordPress made it, so that crawlers ask for its next page."""
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{base}{entry.path[1:]}</link></item>\n" for entry in posts
    )
    return plain(
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>A blog</title><link>{base}</link>'
        f"<generator>{generator}</generator>\n{items}</channel></rss>\n",
        RSS,
    )


def robots(*lines: str) -> Reply:
    """A robots.txt."""
    return plain("\n".join(lines) + "\n", PLAIN)


ROBOTS_ALL = robots("User-agent: *", "Disallow:")


def blog(posts: Sequence[Entry], base: str) -> dict[str, Page]:
    """A whole blog: first page, posts, robots.txt and a sitemap that names all posts."""
    pages: dict[str, Page] = {entry.path: plain(post(entry)) for entry in posts}
    return pages | {
        "/": listing([entry.path for entry in posts[:3]]),
        "/robots.txt": robots("User-agent: *", "Disallow:", f"Sitemap: {base}sitemap.xml"),
        "/sitemap.xml": sitemap([base + entry.path[1:] for entry in posts]),
    }
