"""The text of last resort: a post as a feed or an API tells it, where its page shows nothing without scripts.

The words go the same way as those of a page: an entry's markup becomes a page of which all is the post.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from archiver import urls
from archiver.errors import BadSurface
from archiver.extract import dates
from archiver.extract.answers import Entry, Unreadable, entries_of
from archiver.extract.article import extract_whole
from archiver.models import Article, Hints, Page

FLAG = "text_from_feed"
# The number that an id ends in: tag:blogger.com,1999:blog-3.post-12 and ?p=12.
_TAIL = re.compile(r"(?:\.post-|[?&]p=)([0-9]{1,25})$")
# Tags of a whole page, which would end the page that an entry is put into.
_FRAME = re.compile(r"</?(?:html|head|body|frameset|plaintext)\b[^<>]{0,2000}>", re.IGNORECASE)


def extract_entry(body: bytes, content_type: str | None, entry: str, url: str, hints: Hints) -> Article:
    """Return the article of one post in a feed or an API's answer; `url` is its page, `hints` what is known of it.

    `entry` is its id there, its guid, number or address. Raises BadSurface if the answer cannot be read, or does not
    hold the post.
    """
    try:
        found = _find(entries_of(body, content_type or ""), entry, url)
    except Unreadable as error:
        raise BadSurface(f"{url}: {error}") from error
    if found is None:
        raise BadSurface(f"{url}: the answer does not hold {entry[:200]!r}")
    if found.shut:
        raise BadSurface(f"{url}: the answer keeps the text of {entry[:200]!r} back")
    known = _known(hints, found.hints)
    article = extract_whole(_page(found, url, known), known)
    own = urls.absolute(url, found.url) if found.url else None
    published = dates.iso(known.published)
    return replace(
        article,
        kind="post",
        markers=("entry",),
        canonical_url=own or article.canonical_url,
        description=article.description or found.description,
        # what the post shows of other moments, in a quote or a comment, says nothing of its own
        date_published=published,
        date_modified=dates.iso(known.modified),
        date_source=("feed" if known.source == "feed" else "api") if published else None,
        authors=known.authors,
        categories=known.categories,
        tags=known.tags,
        flags=(*article.flags, FLAG),
    )


def fill(article: Article, entry: Article) -> Article:
    """Return the article of a page without words, with those of its entry; the page's own word on the rest stays."""
    return replace(
        entry,
        title=entry.title or article.title,
        description=article.description or entry.description,
        canonical_url=article.canonical_url or entry.canonical_url,
        site_name=article.site_name or entry.site_name,
        license=article.license or entry.license,
        platform=article.platform or entry.platform,
        comments=article.comments,
        comments_expected=entry.comments_expected if article.comments_expected is None else article.comments_expected,
        comment_pages=article.comment_pages,
        usage=article.usage,
        flags=tuple(dict.fromkeys((*(f for f in article.flags if f == "needs_script"), *entry.flags))),
    )


def _find(entries: tuple[Entry, ...], wanted: str, url: str) -> Entry | None:
    """Return the entry of an id, or of that number, or else the one whose page lies at `url`."""
    wanted = wanted.strip()
    number = _number(wanted)
    addresses = {a for a in (_identity(wanted), _identity(url)) if a}
    return (
        next((e for e in entries if wanted in e.names), None)
        or next((e for e in entries if number and number in map(_number, e.names)), None)
        or next((e for e in entries if addresses & {_identity(n) for n in (*e.names, e.url or "")}), None)
    )


def _identity(name: str) -> str | None:
    try:
        return urls.identity(name)
    except ValueError:
        return None


def _number(name: str) -> str | None:
    match = _TAIL.search(name)
    return match[1] if match else (name if re.fullmatch(r"[0-9]{1,25}", name) else None)


def _known(hints: Hints, own: Hints) -> Hints:
    """Return what is known of a post: what discovery made of it, then what the entry says."""
    return Hints(
        title=hints.title or own.title,
        authors=hints.authors or own.authors,
        published=hints.published or own.published,
        modified=hints.modified or own.modified,
        categories=hints.categories or own.categories,
        tags=hints.tags or own.tags,
        comments=own.comments if hints.comments is None else hints.comments,
        source=(hints.source if hints.published else own.source) or own.source,
    )


def _page(entry: Entry, url: str, known: Hints) -> Page:
    language = f' lang="{escape(entry.language)}"' if entry.language else ""
    head = f'<meta charset="utf-8"><meta name="generator" content="{escape(entry.engine)}">'
    head += f"<title>{escape(known.title or '')}</title>"
    markup = f"<!DOCTYPE html><html{language}><head>{head}</head><body>{_FRAME.sub('', entry.markup)}</body></html>"
    return Page(url, markup.encode("utf-8", "replace"), (("content-type", "text/html; charset=utf-8"),))
