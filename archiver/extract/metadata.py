"""Title, authors, dates, terms, language and licence: whoever is nearest to the author is believed first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver.extract import dates
from archiver.extract.dom import Index, ancestors, squeeze, tag, text_of
from archiver.extract.linked import Linked, string
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.rules import Platform
from archiver.extract.serialise import absolute
from archiver.models import Hints, Person

_SEPARATORS = re.compile(
    r"\s+(?:[|\u2013\u2014\u00b7\u00bb\u00ab\u2022\u203a\u2039~:]|-{1,2}|::)\s+|\s*[|\u00bb\u00ab]\s*|:\s+"
)
_BY = re.compile(
    r"^(?:(?:posted|written|published|story|words|text|geschrieben|veröffentlicht|author|autor|autore)?\s*"
    r"(?:by|von|par|por|di|door|af|av|przez)|publié par|alles von|author|autor|auteur|autore)\b\s*:?\s+",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"^(?:(?:written|posted|published|words|story) by$|by$|no author|use case|view all|all"
    r" posts|more posts|see all|posts"
    r" by|admin(?:istrator)?$|author$|editor$|staff$|guest$|anonymous$|unknown$"
    r"|about the|read more|share|follow|website|https?:)|@.+\.|\bposts\b|^\W*$|^\d",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"\s*(?:[|\u2022\u00b7\u2013\u2014]|,\s*(?:ph\.?d|m\.?d|rd|rdn|contributor|editor|author"
    r"|staff)\b|\s-\s|\bon\s+\w+\s+\d|\(|\bupdated\b|\bpublished\b).*$",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"(?:^|\s)(?:sidebar|widget|related|recent|comment|popular|teaser|card-grid|more-posts)", re.IGNORECASE
)
_AUTHOR_CLASS = re.compile(r"author|byline|writer|written-?by", re.IGNORECASE)
_PROPER = re.compile(
    r"[^\W\d_a-z][\w.'\u2019-]*(?:"
    r" (?:de|van|von|der|den|del|la|le|da|di|bin|al|[^\W\d_a-z][\w.'\u2019-]*)){1,4}"
)
_WRITTEN_BY = frozenset(
    {
        "written by",
        "verfasst von",
        "écrit par",
        "escrito por",
        "scritto da",
        "geschreven door",
        "skrevet af",
    }
)
_META_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "sailthru.author",
    "parsely-author",
    "article:author:name",
    "citation_author",
)
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


def metas(index: Index) -> dict[str, str]:
    """Return the first content of each meta element by its name, property or itemprop in lower case."""
    found: dict[str, str] = {}
    for element in index.select("meta[content]"):
        content = squeeze(element.get("content"))
        if content:
            for key in ("property", "name", "itemprop"):
                name = (element.get(key) or "").strip().lower()
                if name:
                    found.setdefault(name, content)
    return found


def read(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    hints: Hints,
    root: HtmlElement | None,
    url: str,
) -> Metadata:
    """Return the metadata of a page whose comments are out of the tree."""
    scope = _scope(root)
    site = _site_name(index, linked, meta)
    title = hints.title or title_of(index, linked, meta, platform, scope, site, url)
    published, source = _published(index, linked, meta, platform, hints, scope, url)
    categories = hints.categories or _terms(index, platform.category or GENERIC.category, scope)
    tags = hints.tags or _tags(index, linked, meta, platform, scope, categories)
    return Metadata(
        title=title,
        description=_clean(meta.get("description") or meta.get("og:description")),
        canonical_url=_canonical(index, meta, url),
        authors=hints.authors or authors_of(index, linked, meta, platform, scope, site, url),
        published=published,
        modified=dates.iso(hints.modified) or _modified(index, linked, meta, scope),
        date_source=source,
        site_name=site,
        categories=categories,
        tags=tags,
        license=_license(index, linked, scope),
        declared_language=_declared_language(index, meta),
    )


def _scope(root: HtmlElement | None) -> HtmlElement | None:
    """Return the entry that a body belongs to: the nearest article, or else nothing certain."""
    if root is None:
        return None
    for node in (root, *ancestors(root)):
        if tag(node) in ("article", "main") or {"hentry", "h-entry", "post"} & set(
            (node.get("class") or "").split()
        ):
            return node
    return None


def _clean(value: str | None) -> str | None:
    # Some engines escape twice; one round more is what their authors meant.
    return squeeze(html.unescape(value)) or None if value else None


def _fold(value: str | None) -> str:
    return re.sub(r"[\W_]+", " ", (value or "").casefold()).strip()


def _in_scope(found: list[HtmlElement], scope: HtmlElement | None) -> list[HtmlElement]:
    if scope is None:
        return found
    near = [e for e in found if e is scope or any(a is scope for a in ancestors(e))]
    return near or found


# --- title ------------------------------------------------------------------------------------------


def title_of(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    scope: HtmlElement | None,
    site: str | None,
    url: str,
) -> str | None:
    """Return the title as the author wrote it, without the name of the site."""
    stated = [
        string((linked.article or {}).get("headline")),
        _clean(meta.get("og:title")),
        squeeze(_document_title(index)) or None,
        _clean(meta.get("twitter:title")),
    ]
    stated_words = [s for s in stated if s]
    for selector in (*platform.title, *GENERIC.title):
        near = _in_scope(index.select(selector), scope)
        if len(near) > 1 and tag(near[0]) != "h1":
            continue
        for element in near[:1]:
            words = text_of(element)
            if words and (not stated_words or _agrees(words, stated_words)):
                return words
    headings = [w for e in index.select("h1") if (w := text_of(e)) and _fold(w) != _fold(site)]
    for words in headings:
        if _agrees(words, stated_words):
            return words
    for words in stated_words:
        if _fold(words) != _fold(site):
            return without_site(words, site, url)
    return headings[0] if headings else None


def _document_title(index: Index) -> str:
    found = index.select("head title") or index.select("title")
    return found[0].text or "" if found else ""


def _agrees(words: str, stated: Iterable[str]) -> bool:
    """Say whether a heading is the title that the page states elsewhere, site name and all."""
    own = set(_fold(words).split())
    if not own:
        return False
    for other in stated:
        theirs = set(_fold(other).split())
        if (
            theirs
            and len(own & theirs) >= 0.6 * min(len(own), len(theirs))
            and len(own & theirs) >= 0.4 * len(own)
        ):
            return True
    return False


def without_site(title: str, site: str | None, url: str) -> str:
    """Return a title without the site's name before or after a separator."""
    cuts = list(_SEPARATORS.finditer(title))
    if not cuts:
        return title
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name = _fold(site)
    label = re.sub(r"[\W_]", "", host.rsplit(".", 1)[0] if "." in host else host)
    for cut in cuts:
        head, end = title[: cut.start()].strip(), title[cut.end() :].strip()
        for part, rest in ((end, head), (head, end)):
            folded = _fold(part)
            tight = folded.replace(" ", "")
            if rest and folded and (folded == name or tight == label or tight == host.replace(".", "")):
                return without_site(rest, site, url)
    last = cuts[-1]
    head, end = title[: last.start()].strip(), title[last.end() :].strip()
    tight = _fold(end).replace(" ", "")
    strong = last.group().strip() in ("|", "\u00bb", "\u00ab", "\u2022", "\u00b7")
    if head and ((strong and len(end.split()) <= 5) or (len(tight) > 3 and tight in label)):
        return head
    return title


# --- authors ----------------------------------------------------------------------------------------


def authors_of(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    scope: HtmlElement | None,
    site: str | None,
    url: str,
) -> tuple[Person, ...]:
    """Return the authors, by JSON-LD, microformats and the platform's markup, or meta."""
    stated = _people(linked, (linked.article or {}).get("author"), url)
    people = [p for p in stated if _is_person(p.name, site)]
    if people:
        return tuple(people)
    accounts: list[Person] = []
    for selector in (*platform.author, *GENERIC.author):
        near = [e for e in _in_scope(index.select(selector), scope) if not _is_widget(e, scope)]
        found: dict[str, Person] = {}
        for element in near[:4]:
            name = name_of(element.get("content") or text_of(element))
            if name and not _is_person(name, site):
                accounts.append(Person(name, _address(element, url)))
            elif name:
                found.setdefault(_fold(name), Person(name, _address(element, url)))
        if found:
            # Several authors stand side by side; names that are spread over the page are something else.
            together = len({e.getparent() for e in near[:4]}) == 1
            return tuple(found.values()) if together else (next(iter(found.values())),)
    for key in _META_AUTHORS:
        name = name_of(_clean(meta.get(key)))
        if name and _is_person(name, site):
            return (Person(name),)
    if meta.get("twitter:label1", "").lower() in _WRITTEN_BY and (
        name := name_of(_clean(meta.get("twitter:data1")))
    ):
        return (Person(name),)
    by_class = _author_by_class(index, scope, site, url)
    # On a personal blog the author may well bear the blog's name, or sign as an account.
    return (by_class,) if by_class else tuple(stated or accounts[:1])


def _address(element: HtmlElement, url: str) -> str | None:
    link = element if tag(element) == "a" else next((a for a in element.iter("a")), None)
    return absolute(link.get("href"), url) if link is not None else None


def _is_person(name: str, site: str | None) -> bool:
    """Say whether a stated author is more than the site itself or an account's name."""
    return _fold(name) != _fold(site) and not re.fullmatch(r"[a-z0-9._-]*[._-][a-z0-9._-]*|.*@.*", name)


def _is_widget(element: HtmlElement, scope: HtmlElement | None) -> bool:
    """Say whether an element lies in a box beside the post; a box around the whole post is none."""
    above = list(ancestors(element))
    # The footer of a page is beside the post; the footer of the post is where many themes sign it.
    own = scope is not None and any(node is scope for node in above)
    for node in above:
        name = tag(node)
        if node is scope or name in ("body", "main"):
            return False
        if name == "aside" or (name == "footer" and not own):
            return True
        if _WIDGET.search(node.get("class") or "") and node.find(".//h1") is None:
            return True
    return False


def _author_by_class(index: Index, scope: HtmlElement | None, site: str | None, url: str) -> Person | None:
    """Return the first name that stands in an element named after authors, or behind "By" under the title."""
    for element in index.order:
        names = element.get("class") or ""
        href = element.get("href") or ""
        if not (_AUTHOR_CLASS.search(names) or "/author/" in href or "/authors/" in href):
            continue
        words = text_of(element)
        name = name_of(words) if 3 < len(words) < 80 else None
        if name and _PROPER.fullmatch(name) and _is_person(name, site) and not _is_widget(element, scope):
            return Person(name, _address(element, url))
    for element in index.order:
        if tag(element) in ("p", "div", "span", "li", "h5", "h6") and _BY.match(squeeze(element.text) + " "):
            words = text_of(element)
            if 6 < len(words) < 60 and _BY.match(words):
                name = name_of(words)
                if name and _PROPER.fullmatch(name) and _is_person(name, site):
                    return Person(name, _address(element, url))
    return None


def _people(linked: Linked, value: object, url: str) -> list[Person]:
    values = value if isinstance(value, list) else [value]
    found: dict[str, Person] = {}
    for item in values:
        item = linked.resolve(item)
        name = string(item)
        address = item.get("url") if isinstance(item, dict) else None
        if name and (clean := name_of(name)):
            found.setdefault(
                _fold(clean), Person(clean, absolute(address, url) if isinstance(address, str) else None)
            )
    return list(found.values())


def name_of(value: str | None) -> str | None:
    """Return a byline as a name, or None when it is no name."""
    name = _BY.sub("", squeeze(value))
    name = _AFTER_NAME.sub("", name).strip(" ,;:\u2013\u2014-|\u2022")
    if not name or len(name) > 80 or len(name.split()) > 8 or _NOT_NAMES.search(name):
        return None
    return name


# --- dates ------------------------------------------------------------------------------------------


def _published(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    hints: Hints,
    scope: HtmlElement | None,
    url: str,
) -> tuple[str | None, str | None]:
    hinted = dates.iso(hints.published)
    # A feed writes UTC, the page the blog's own clock, which tells the day that readers saw.
    if hinted and hints.source != "feed":
        return hinted, "api"
    found = dates.iso(string((linked.article or {}).get("datePublished")))
    if not found:
        pages = (
            n for n in linked.nodes if n.get("datePublished") and n.get("@type") in ("WebPage", "ItemPage")
        )
        found = next((d for n in pages if (d := dates.iso(string(n.get("datePublished"))))), None)
    if found:
        return found, "json-ld"
    found = next((d for key in _META_DATES if (d := dates.iso(meta.get(key)))), None)
    if found:
        return found, "meta"
    shown = _shown(index, platform, scope)
    if shown:
        return shown, "time"
    return (hinted, "feed") if hinted else (None, None)


def _shown(index: Index, platform: Platform, scope: HtmlElement | None) -> str | None:
    """Return the day or moment that stands at the post itself."""
    for selector in (*platform.date, *GENERIC.date):
        for element in _in_scope(index.select(selector), scope)[:1]:
            stated = (
                element.get("datetime") or element.get("content") or element.get("title") or text_of(element)
            )
            found = dates.iso(stated)
            if found:
                return found
    return None


def _modified(index: Index, linked: Linked, meta: dict[str, str], scope: HtmlElement | None) -> str | None:
    found = dates.iso(string((linked.article or {}).get("dateModified")))
    found = found or next((d for key in _META_MODIFIED if (d := dates.iso(meta.get(key)))), None)
    if found:
        return found
    for selector in ("time.updated", "[itemprop=dateModified]", ".dt-updated"):
        for element in _in_scope(index.select(selector), scope)[:1]:
            found = dates.iso(element.get("datetime") or element.get("content") or text_of(element))
            if found:
                return found
    return None


# --- terms ------------------------------------------------------------------------------------------


def _terms(index: Index, selectors: Iterable[str], scope: HtmlElement | None) -> tuple[str, ...]:
    for selector in selectors:
        near = index.select(selector)
        if scope is not None:
            near = [e for e in near if any(a is scope for a in ancestors(e))]
        found = {_fold(w): w for e in near if (w := text_of(e).lstrip("#").strip()) and len(w) < 80}
        if found:
            return tuple(found.values())
    return ()


def _tags(
    index: Index,
    linked: Linked,
    meta: dict[str, str],
    platform: Platform,
    scope: HtmlElement | None,
    categories: tuple[str, ...],
) -> tuple[str, ...]:
    tags = _terms(index, (*platform.tag, *GENERIC.tag), scope)
    if not tags:
        tags = tuple(
            squeeze(e.get("content")) for e in index.select("meta[property=article:tag]") if e.get("content")
        )
    if not tags:
        keywords = (linked.article or {}).get("keywords")
        if isinstance(keywords, str):
            tags = tuple(squeeze(html.unescape(k)) for k in keywords.split(",") if k.strip())
        elif isinstance(keywords, list):
            tags = tuple(k for v in keywords if (k := string(v) or ""))
    known = {_fold(c) for c in categories}
    return tuple(t for t in dict.fromkeys(tags) if _fold(t) not in known)


# --- the rest ---------------------------------------------------------------------------------------


def _site_name(index: Index, linked: Linked, meta: dict[str, str]) -> str | None:
    name = _clean(meta.get("og:site_name"))
    if name:
        return name
    for node in linked.nodes:
        if node.get("@type") in ("WebSite", "Blog") and (name := string(node.get("name"))):
            return name
    publisher = linked.resolve((linked.article or {}).get("publisher"))
    if isinstance(publisher, dict) and (name := string(publisher.get("name"))):
        return name
    element = index.first(
        (
            ".wp-block-site-title",
            ".site-title",
            "#site-title",
            "#blog-title",
            ".Header .title",
            "a[rel~=home]",
        )
    )
    return (text_of(element) or None) if element is not None else _clean(meta.get("application-name"))


def _canonical(index: Index, meta: dict[str, str], url: str) -> str | None:
    found = [e for e in index.select("link[rel=canonical]") if e.get("href")]
    return absolute(found[0].get("href"), url) if found else absolute(meta.get("og:url"), url)


def _declared_language(index: Index, meta: dict[str, str]) -> str | None:
    roots = index.select("html")
    value = (roots[0].get("lang") or roots[0].get("xml:lang") or "") if roots else ""
    value = value or meta.get("content-language", "") or meta.get("og:locale", "")
    match = re.match(r"[A-Za-z]{2,3}\b", value.replace("_", "-"))
    return match.group().lower() if match else None


def _license(index: Index, linked: Linked, scope: HtmlElement | None) -> str | None:
    value = (linked.article or {}).get("license")
    if isinstance(value, str) and value:
        return value
    for element in index.select("a[rel~=license]") + index.select("link[rel~=license]"):
        if element.get("href"):
            return squeeze(element.get("href"))
    for element in index.select("a[href*=creativecommons.org/]"):
        if _CREATIVE_COMMONS.search(element.get("href") or ""):
            return squeeze(element.get("href"))
    return None
