"""From a page to an article: the steps, in order."""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura.deduplication import Simhash

from archiver.extract import (
    dates,
    kind,
    language,
    linked,
    parts,
    platforms,
    usage,
    walls,
)
from archiver.extract.body.choose import Body, choose
from archiver.extract.body.prune import is_junk, prune
from archiver.extract.body.roots import root_of
from archiver.extract.body.trim import folded, trim
from archiver.extract.body.vote import Vote
from archiver.extract.comments.elsewhere import replies
from archiver.extract.comments.lift import Comments, lift_comments
from archiver.extract.comments.pages import comment_pages
from archiver.extract.document import Document, parse
from archiver.extract.metadata.entry import Entry, metas, scope_of
from archiver.extract.metadata.moments import published_of
from archiver.extract.metadata.read import read_metadata
from archiver.extract.review.find import find_review
from archiver.extract.selectors import Index
from archiver.extract.text import serialise
from archiver.extract.text.addresses import absolute
from archiver.extract.text.captions import lift_captions
from archiver.extract.text.walker import blocks
from archiver.models import Article, Hints, Page

RULES = "2026.11"
_NO_HINTS = Hints()


def extract(page: Page, hints: Hints = _NO_HINTS) -> Article:
    """Return the article of a page; a body that holds none gives an empty article of kind unknown."""
    document = parse(page)
    if document is None or document.is_feed:
        return Article(
            kind="listing" if document else "unknown",
            markers=("feed",) if document else (),
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


def extract_whole(page: Page, hints: Hints) -> Article:
    """Return the article of a page that is a post and nothing else, as a feed's entry is once it is made a page."""
    document = parse(page)
    return _article(page, document, hints, whole=True) if document else extract(page, hints)


def _article(page: Page, document: Document, hints: Hints, *, whole: bool = False) -> Article:
    index = Index(document.tree)
    base = _base(index, page.url)
    platform = platforms.detect(index)
    uses = usage.read(page, index)
    ld = linked.read(index, page.url)
    root = _body(document.tree) if whole else root_of(index, platform)
    barred = walls.find(index, ld, platform, page.url, root)
    more_comments = () if whole else comment_pages(index, page.url)
    asked_for = None if whole else replies(index, page.url)

    said = Comments() if whole else lift_comments(index, base)
    index = Index(document.tree)
    meta = metas(index)
    root = root if whole else root_of(index, platform)
    judged = kind.judge(index, ld, meta, page.url, platform.name)
    known = read_metadata(index, ld, meta, platform, hints, root, page.url)
    # What surfaces tell of a post says nothing of what its address shows today.
    entry = Entry(index, ld, meta, platform, scope_of(root), page.url)
    dated = whole or barred.shows(hints.title) or published_of(entry, _NO_HINTS)[0] is not None
    published, source = known.published, known.date_source
    if published is None and not judged.is_list and not whole:
        published = dates.guess(document.tree, page.url)
        source = "htmldate" if published else None
    place = parts.Place() if whole else parts.place(index, page.url, base, known.canonical_url, platform, judged)

    prune(index, platform, root)
    captioned = lift_captions(index)
    everything = blocks(_body(document.tree), base, captioned)
    names = folded((*(p.name for p in known.authors), *known.categories, *known.tags, known.site_name or ""))
    cut = False
    if barred.scripted:
        # Without the scripts that the engine needs, what there is to see is all but the post.
        found = Body([], "root")
    elif whole:
        kept = [b for b in everything if not is_junk(b.element, _body(document.tree), words=False)]
        found = Body(trim(kept, known.title, names, {id(b) for b in kept}), "root")
    else:
        vote = Vote(document.tree, page.url)
        cut = vote.cut
        found = choose(index, platform, everything, vote, root, known.title, names)

    text = serialise.text(found.blocks)
    terms = (*known.categories, *known.tags)
    wall = walls.flags(barred, judged, text, root, dated=dated)
    return Article(
        kind=judged.name,
        markers=judged.markers,
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
        review=None if judged.is_list else find_review(index, ld, known.title, text, terms),
        comments=said.found,
        comments_expected=said.expected if said.expected is not None else hints.comments,
        simhash=f"{Simhash(text).hash:016x}" if text else None,
        usage=uses,
        flags=wall if set(wall) & set(walls.WALLS) else (*wall, *_flags(text, document, found.how, place, cut)),
        pages=place.further,
        comment_pages=more_comments,
        replies=asked_for,
    )


def _flags(text: str, document: Document, how: str, place: parts.Place, cut: bool) -> tuple[str, ...]:
    flags = list(document.flags)
    if cut and how != "root" and "oversize" not in flags:
        flags.append("oversize")
    if place.number > 1:
        flags.append("further_page")
    elif place.further:
        flags.append("first_page_only")
    if not text:
        flags.append("no_text")
    elif len(text) < parts.SHORT:
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
