"""When a post was published and when it was changed."""

from __future__ import annotations

from archiver.extract import dates
from archiver.extract.dom import text_of
from archiver.extract.linked import string
from archiver.extract.metadata.entry import Entry
from archiver.extract.platforms.generic import GENERIC
from archiver.models import Hints

_META_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publish_date",
    "publish-date",
    "published_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "sailthru.date",
    "parsely-pub-date",
    "article.published",
    "citation_publication_date",
    "publication_date",
    "dc.date.created",
    "article:published",
)
_META_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)


def published_of(entry: Entry, hints: Hints) -> tuple[str | None, str | None]:
    """Return when a post was published, and where that was read: api, json-ld, meta, time or feed."""
    hinted = dates.iso(hints.published)
    # A feed writes UTC, the page the blog's own clock, which tells the day that readers saw.
    if hinted and hints.source != "feed":
        return hinted, "api"
    found = dates.iso(string(entry.stated("datePublished")))
    if not found:
        pages = (n for n in entry.linked.nodes if n.get("datePublished") and n.get("@type") in ("WebPage", "ItemPage"))
        found = next((d for n in pages if (d := dates.iso(string(n.get("datePublished"))))), None)
    if found:
        return found, "json-ld"
    found = next((d for key in _META_DATES if (d := dates.iso(entry.meta.get(key)))), None)
    if found:
        return found, "meta"
    shown = _shown(entry)
    if shown:
        return shown, "time"
    return (hinted, "feed") if hinted else (None, None)


def _shown(entry: Entry) -> str | None:
    """Return the day or moment that stands at the post itself."""
    for selector in (*entry.platform.date, *GENERIC.date):
        for element in entry.near(selector)[:1]:
            stated = element.get("datetime") or element.get("content") or element.get("title") or text_of(element)
            found = dates.iso(stated)
            if found:
                return found
    return None


def modified_of(entry: Entry) -> str | None:
    """Return when a post was last changed, or None."""
    found = dates.iso(string(entry.stated("dateModified")))
    found = found or next((d for key in _META_MODIFIED if (d := dates.iso(entry.meta.get(key)))), None)
    if found:
        return found
    for selector in ("time.updated", "[itemprop=dateModified]", ".dt-updated"):
        for element in entry.near(selector)[:1]:
            found = dates.iso(element.get("datetime") or element.get("content") or text_of(element))
            if found:
                return found
    return None
