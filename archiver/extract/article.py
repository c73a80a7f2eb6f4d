"""From a page to an article: the steps, in order."""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura.deduplication import Simhash

from archiver.extract import (
    dates,
    kind,
    language,
    linked,
    platforms,
    usage,
)
from archiver.extract.body.choose import choose
from archiver.extract.body.prune import prune
from archiver.extract.body.roots import root_of
from archiver.extract.body.trim import folded
from archiver.extract.body.vote import Vote
from archiver.extract.comments.lift import lift_comments
from archiver.extract.document import Document, parse
from archiver.extract.metadata.entry import metas
from archiver.extract.metadata.read import read_metadata
from archiver.extract.review.find import find_review
from archiver.extract.selectors import Index
from archiver.extract.text import serialise
from archiver.extract.text.addresses import absolute
from archiver.extract.text.captions import lift_captions
from archiver.extract.text.walker import blocks
from archiver.models import Article, Hints, Page

RULES = "2026.11"
_SHORT = 200
_NO_HINTS = Hints()


def extract(page: Page, hints: Hints = _NO_HINTS) -> Article:
    """Return the article of a page; a body that holds none gives an empty article of kind unknown."""
    document = parse(page)
    if document is None:
        return Article(
            kind="unknown",
            markers=(),
            platform=None,
            rules=f"none/{RULES}",
            title=hints.title,
            text="",
            markdown="",
            authors=hints.authors,
            usage=usage.read(page, None),
            flags=("no_text",),
        )
    return _article(page, document, hints)


def _article(page: Page, document: Document, hints: Hints) -> Article:
    index = Index(document.tree)
    base = _base(index, page.url)
    platform = platforms.detect(index)
    locked = index.first(platform.locks) is not None
    further = index.first(platform.further) is not None
    uses = usage.read(page, index)

    said = lift_comments(index, base)
    index = Index(document.tree)
    ld = linked.read(index, page.url)
    meta = metas(index)
    root = root_of(index, platform)
    verdict = kind.judge(index, ld, meta, page.url, platform.name)
    known = read_metadata(index, ld, meta, platform, hints, root, page.url)
    published, source = known.published, known.date_source
    if published is None and verdict.name != "listing":
        published = dates.guess(document.tree, page.url)
        source = "htmldate" if published else None

    prune(index, platform, root)
    captioned = lift_captions(index)
    everything = blocks(_body(document.tree), base, captioned)
    vote = Vote(document.tree, page.url)
    names = (*(p.name for p in known.authors), *known.categories, *known.tags, known.site_name or "")
    found = choose(index, platform, everything, vote, root, known.title, folded(names))

    text = serialise.text(found.blocks)
    terms = (*known.categories, *known.tags)
    return Article(
        kind=verdict.name,
        markers=verdict.markers,
        platform=platform.label,
        rules=f"{platform.name}/{RULES}",
        title=known.title,
        text=text,
        markdown=serialise.markdown(found.blocks),
        description=known.description,
        language=language.detect(text, known.declared_language),
        canonical_url=known.canonical_url,
        authors=known.authors,
        date_published=published,
        date_modified=known.modified,
        date_source=source,
        site_name=known.site_name,
        categories=known.categories,
        tags=known.tags,
        license=known.license,
        images=tuple(dict.fromkeys(i for b in found.blocks for i in b.images)),
        links=tuple(dict.fromkeys(a for b in found.blocks for a in b.links)),
        review=find_review(index, ld, known.title, text, terms) if verdict.name != "listing" else None,
        comments=said.found,
        comments_expected=said.expected if said.expected is not None else hints.comments,
        simhash=f"{Simhash(text).hash:016x}" if text else None,
        usage=uses,
        flags=("password",) if locked else _flags(text, document, found.how, further=further, cut=vote.cut),
    )


def _flags(text: str, document: Document, how: str, *, further: bool, cut: bool) -> tuple[str, ...]:
    flags = list(document.flags)
    if cut and how != "root" and "oversize" not in flags:
        flags.append("oversize")
    if further:
        flags.append("first_page_only")
    if not text:
        flags.append("no_text")
    elif len(text) < _SHORT:
        flags.append("short_text")
    if how == "text":
        flags.append("text_from_script")
    return tuple(flags)


def _body(tree: HtmlElement) -> HtmlElement:
    found = tree.find("body")
    return tree if found is None else found


def _base(index: Index, url: str) -> str:
    found = index.select("base[href]")
    return (absolute(found[0].get("href"), url) or url) if found else url
