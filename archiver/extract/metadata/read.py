"""The metadata of a post: whoever is nearest to the author is believed first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.extract import dates
from archiver.extract.dom import squeeze, text_of
from archiver.extract.linked import Linked, string
from archiver.extract.metadata.authors import authors_of
from archiver.extract.metadata.entry import Entry, clean, fold, scope_of
from archiver.extract.metadata.moments import modified_of, published_of
from archiver.extract.metadata.terms import categories_of, tags_of
from archiver.extract.metadata.title import title_of
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index
from archiver.extract.text.addresses import absolute
from archiver.models import Hints, Person

_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/[a-z0-9./+-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a post beside its text."""

    title: str | None
    description: str | None
    canonical_url: str | None
    authors: tuple[Person, ...]
    published: str | None
    modified: str | None
    date_source: str | None
    site_name: str | None
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    license: str | None
    declared_language: str | None


def read_metadata(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    hints: Hints,
    root: HtmlElement | None,
    url: str,
) -> Metadata:
    """Return the metadata of a page whose comments are out of the tree."""
    entry = Entry(index, linked, meta, platform, scope_of(root), url)
    site = _site_name(entry)
    published, source = published_of(entry, hints)
    categories = hints.categories or categories_of(entry)
    return Metadata(
        title=hints.title or title_of(entry, site),
        description=clean(meta.get("description") or meta.get("og:description")),
        canonical_url=_canonical(entry),
        authors=hints.authors or authors_of(entry, site),
        published=published,
        modified=dates.iso(hints.modified) or modified_of(entry),
        date_source=source,
        site_name=site,
        categories=categories,
        tags=_tags(entry, hints, categories),
        license=_license(entry),
        declared_language=_declared_language(entry),
    )


def _tags(entry: Entry, hints: Hints, categories: tuple[str, ...]) -> tuple[str, ...]:
    # A feed calls categories and tags the same, so the page's own word comes first there.
    if hints.tags and hints.source != "feed":
        return hints.tags
    known = {fold(category) for category in categories}
    return tags_of(entry, categories) or tuple(tag for tag in hints.tags if fold(tag) not in known)


def _site_name(entry: Entry) -> str | None:
    name = clean(entry.meta.get("og:site_name"))
    if name:
        return name
    for node in entry.linked.nodes:
        if node.get("@type") in ("WebSite", "Blog") and (name := string(node.get("name"))):
            return name
    publisher = entry.linked.resolve(entry.stated("publisher"))
    if isinstance(publisher, dict) and (name := string(publisher.get("name"))):
        return name
    element = entry.index.first(
        (
            ".wp-block-site-title",
            ".site-title",
            "#site-title",
            "#blog-title",
            ".Header .title",
            "a[rel~=home]",
        )
    )
    return (text_of(element) or None) if element is not None else clean(entry.meta.get("application-name"))


def _canonical(entry: Entry) -> str | None:
    found = [e for e in entry.index.select("link[rel=canonical]") if e.get("href")]
    return absolute(found[0].get("href") if found else entry.meta.get("og:url"), entry.url)


def _declared_language(entry: Entry) -> str | None:
    roots = entry.index.select("html")
    value = (roots[0].get("lang") or roots[0].get("xml:lang") or "") if roots else ""
    value = value or entry.meta.get("content-language", "") or entry.meta.get("og:locale", "")
    match = re.match(r"[A-Za-z]{2,3}\b", value.replace("_", "-"))
    return match.group().lower() if match else None


def _license(entry: Entry) -> str | None:
    value = entry.stated("license")
    if isinstance(value, str) and value:
        return value
    for element in entry.index.select("a[rel~=license]") + entry.index.select("link[rel~=license]"):
        if element.get("href"):
            return squeeze(element.get("href"))
    for element in entry.index.select("a[href*=creativecommons.org/]"):
        if _CREATIVE_COMMONS.search(element.get("href") or ""):
            return squeeze(element.get("href"))
    return None
