"""The title as the author wrote it, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from archiver.extract.dom import squeeze, tag, text_of
from archiver.extract.linked import string
from archiver.extract.metadata.entry import Entry, clean, fold
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.selectors import Index

# Longer ones are no titles, and are left as they are.
MAX_TITLE = 1000
_SEPARATORS = re.compile(
    r"\s+(?:[|\u2013\u2014\u00b7\u00bb\u00ab\u2022\u203a\u2039~:]|-{1,2}|::)\s+|\s*[|\u00bb\u00ab]\s*|:\s+"
)


def title_of(entry: Entry, site: str | None) -> str | None:
    """Return the title as the author wrote it, without the name of the site."""
    stated = [
        string(entry.stated("headline")),
        clean(entry.meta.get("og:title")),
        squeeze(_document_title(entry.index)) or None,
        clean(entry.meta.get("twitter:title")),
    ]
    stated_words = [s for s in stated if s]
    for selector in (*entry.platform.title, *GENERIC.title):
        near = entry.near(selector)
        if len(near) > 1 and tag(near[0]) != "h1":
            continue
        for element in near[:1]:
            words = text_of(element)
            if words and (not stated_words or _agrees(words, stated_words)):
                return words
    headings = [w for e in entry.index.select("h1") if (w := text_of(e)) and fold(w) != fold(site)]
    for words in headings:
        if _agrees(words, stated_words):
            return words
    for words in stated_words:
        if fold(words) != fold(site):
            return without_site(words, site, entry.url)
    return headings[0] if headings else None


def _document_title(index: Index) -> str:
    found = index.select("head title") or index.select("title")
    return found[0].text or "" if found else ""


def _agrees(words: str, stated: Iterable[str]) -> bool:
    """Say whether a heading is the title that the page states elsewhere, site name and all."""
    own = set(fold(words).split())
    if not own:
        return False
    for other in stated:
        theirs = set(fold(other).split())
        if theirs and len(own & theirs) >= 0.6 * min(len(own), len(theirs)) and len(own & theirs) >= 0.4 * len(own):
            return True
    return False


def without_site(title: str, site: str | None, url: str) -> str:
    """Return a title without the site's name before or after a separator."""
    if len(title) > MAX_TITLE:  # each separator is tried against all the rest
        return title
    cuts = list(_SEPARATORS.finditer(title))
    if not cuts:
        return title
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name = fold(site)
    label = re.sub(r"[\W_]", "", host.rsplit(".", 1)[0] if "." in host else host)
    for cut in cuts:
        head, end = title[: cut.start()].strip(), title[cut.end() :].strip()
        for part, rest in ((end, head), (head, end)):
            folded = fold(part)
            tight = folded.replace(" ", "")
            if rest and folded and (folded == name or tight == label or tight == host.replace(".", "")):
                return without_site(rest, site, url)
    last = cuts[-1]
    head, end = title[: last.start()].strip(), title[last.end() :].strip()
    tight = fold(end).replace(" ", "")
    strong = last.group().strip() in ("|", "\u00bb", "\u00ab", "\u2022", "\u00b7")
    if head and ((strong and len(end.split()) <= 5) or (len(tight) > 3 and tight in label)):
        return head
    return title
