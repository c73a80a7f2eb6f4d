"""Pingbacks and trackbacks: what other blogs' software said, listed among the comments or in a list of their own."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from archiver.extract.comments import names
from archiver.extract.dom import ancestors, classes, squeeze, tag, text_of

PINGS = frozenset({"pingback", "trackback"})
_LISTS = frozenset({"pinglist", "pingslist", "pings", "pingbacks", "trackbacks", "trackbacklist", "commentpings"})
_LABEL = re.compile(r"^\W*(ping|track)backs?\b[^\w\n]*", re.IGNORECASE)
_FURNITURE = frozenset({"comment-edit-link", "comment-reply-link", "edit-link"})


def kind(element: HtmlElement) -> str | None:
    """Return pingback or trackback if the element of a comment says that it is one, or the list that it stands in."""
    own = PINGS.intersection(classes(element))
    if own:
        return min(own)
    if not any(
        names.plain(n) in _LISTS for a in islice(ancestors(element), 3) for n in (*classes(a), a.get("id") or "")
    ):
        return None
    label = _LABEL.match(text_of(element)[:40])
    return "trackback" if label and label[1].lower() == "track" else "pingback"


def source(own: list[HtmlElement]) -> HtmlElement | None:
    """Return the link to the page that refers to this one, among the elements of a ping."""
    links = [
        n for n in own if tag(n) == "a" and n.get("href") and not _FURNITURE.intersection(classes(n)) and text_of(n)
    ]
    marked = (n for n in links if "url" in classes(n))
    return next(marked, next((n for n in links if "#" not in (n.get("href") or "")), None))


def excerpt(text: str, name: str | None) -> str:
    """Return what is left of the words of a ping without its label and the name of the page: the quoted sentence."""
    said = _LABEL.sub("", text)
    said = said.removeprefix(name or "").lstrip(" -\u2013\u2014:|").strip()
    # A date or a word such as "Edit" is left where nothing is quoted.
    return said if "[" in said or len(squeeze(said)) > 60 else ""
