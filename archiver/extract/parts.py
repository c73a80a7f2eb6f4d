"""Posts that are cut into several pages: which addresses hold the rest, and one article out of all of them.

A link leads to a further page of the same post if its address is the post's own with a number added, and if the page
gives it as such: in the engine's own page links, as rel=next, or under the number itself. The next post has another
address, so that rel=next between posts never counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from trafilatura.deduplication import Simhash

from archiver import urls
from archiver.extract import language
from archiver.extract.comments.merge import merge
from archiver.extract.dom import ancestors, classes, squeeze
from archiver.extract.kind import Kind
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index
from archiver.extract.text.addresses import absolute
from archiver.extract.walls import WALLS
from archiver.models import Article, Review

# The most pages of one post, its first among them; what claims to have more is something else.
MOST = 100
SHORT = 200
_MOST_LINKS = 500
_MOST_BOXES = 20
_LONGEST_NUMBER = 60
# An address with the number of a page in it, by form: what stands before the number, the number, what follows.
_FORMS = (
    # /a-post/2/
    ("folder", re.compile(r"([^?]*[^/?]/)([0-9]{1,3})(/?(?:\?.*)?)$")),
    # /a-post/page/2/
    ("page", re.compile(r"([^?]*[^/?]/(?:page|seite|pagina|part)[-/]?)([0-9]{1,3})(/?(?:\?.*)?)$", re.IGNORECASE)),
    # /?p=12&page=2
    ("query", re.compile(r"(.*[?&](?:page|paged|pg|seite|pagina)=)([0-9]{1,3})((?:&.*)?)$", re.IGNORECASE)),
    # /a-post-2.html
    ("suffix", re.compile(r"([^?]*[^/?](?:[-_,]page[-_]|[-_,]p|[-_,]))([0-9]{1,3})(\.(?:html?|php|aspx?)(?:\?.*)?)$")),
)
_PAGE_WORD = re.compile(r"/(?:page|seite|pagina|part)[-/]?$", re.IGNORECASE)
_SUFFIX_WORD = re.compile(r"(?:[-_,]page[-_]|[-_,]p|[-_,])$")
_QUERY_WORD = re.compile(r"[?&][a-z]{2,6}=$", re.IGNORECASE)
_NUMBER = re.compile(r"\D{0,12}?([0-9]{1,3})\D{0,3}")
_OWN_NUMBER = re.compile(r"single-paged-([0-9]{1,3})")
_COMMENTS = re.compile(r"#(?:respond|comment|disqus)", re.IGNORECASE)
_GAP = re.compile(r"\u2026|\.\.\.")
# A line that only leads to another page of the post, folded to its words.
_LEADS_ON = re.compile(
    r"(?:pages?|seiten?|p[aá]gin[ae]s?|pagine|strona|sid[ae]|страниц[аы])(?: [0-9]{1,3}){1,40}"
    r"(?: (?:of|von|de|sur|di|van|av|af|z|из) [0-9]{1,3})?"
    r"|(?:next|previous|first|last) page|(?:continued?|read) (?:on|to) (?:the )?next page"
    r"|(?:nächste|vorherige) seite|(?:weiter|fortsetzung) auf (?:der nächsten seite|seite [0-9]{1,3})"
    r"|page (?:suivante|précédente)|página (?:siguiente|anterior|seguinte)|pagina (?:successiva|precedente)"
    r"|(?:volgende|vorige) pagina"
)
_ADDRESS = re.compile(r"\]\([^()\s]{0,2000}\)")
_WORD = re.compile(r"\w+")
_FENCE = re.compile(r"(?:> )*\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its post: its own number, 1 for the first, and the addresses of the pages after it."""

    number: int = 1
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One reading of an address as page `number` of the post whose identity is `post`."""

    post: str
    form: str
    number: int
    head: str
    tail: str

    def address(self, number: int) -> str:
        return f"{self.head}{number}{self.tail}"


def place(index: Index, url: str, base: str, canonical: str | None, platform: Platform, kind: Kind) -> Place:
    """Return where a page stands in its post, by the links that it has; comments must be out of its tree.

    `base` is what links are relative to, `canonical` the address that the page calls its own.
    """
    if kind.is_list or not urls.is_web(url):
        return Place()
    try:
        links = list(_links(index, base, platform))
        number, post = _own_number(index, url, canonical, links)
    except ValueError:  # an address that no encoding makes one
        return Place()
    found: dict[str, dict[int, _Part]] = {}
    own = [(link, part) for link in links for part in _parts(link.url) if part.post == post]
    # What has a first part at an address of its own is a table of contents.
    tables = {part.form for link, part in own if link.said == "number" and part.number == 1 and part.form == "folder"}
    for link, part in own:
        if part.number <= number or (link.said == "number" and part.form in tables):
            continue
        if _counts(link, part, number, kind, platform):
            found.setdefault(part.form, {}).setdefault(part.number, part)
    if not found:
        return Place(number)
    # All pages of a post have addresses of one form.
    parts = max(found.values(), key=len)
    numbers = sorted(parts)
    if any(link.gap for link in links):
        numbers = list(range(number + 1, numbers[-1] + 1))
    sample = next(iter(parts.values()))
    return Place(number, tuple(parts.get(n, sample).address(n) for n in numbers)[: MOST - 1])


# --- links and addresses ---


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that may lead to a page of the post. `said` tells why: engine, next, prev, number.

    `shown` is the number that it shows, `gap` whether numbers are left out beside it.
    """

    url: str
    said: str
    shown: int | None = None
    gap: bool = False


def _links(index: Index, base: str, platform: Platform) -> Iterator[_Link]:
    given = index.all(platform.further)
    gaps: dict[HtmlElement | None, bool] = {}
    for element in given[:_MOST_LINKS]:
        address = _address(element, base)
        if address:
            box = element.getparent()
            if box is not None and box not in gaps:
                words = "".join(str(t) for t in islice(box.itertext(), _MOST_LINKS))
                gaps[box] = len(gaps) < _MOST_BOXES and _GAP.search(words) is not None
            yield _Link(address, "engine", _shown(element), gaps.get(box, False))
    for said in ("next", "prev"):
        for element in (*index.select(f"link[rel~={said}]"), *index.select(f"a[rel~={said}]"))[:_MOST_BOXES]:
            address = _address(element, base)
            if address:
                yield _Link(address, said)
    known = set(given)
    numbered = ((e, n) for e in index.select("a[href]") if e not in known and (n := _shown(e)) is not None)
    for element, shown in islice(numbered, _MOST_LINKS):
        address = _address(element, base)
        if address and not _is_beside(element):
            yield _Link(address, "number", shown)


def _address(element: HtmlElement, base: str) -> str | None:
    href = element.get("href") or ""
    if _COMMENTS.search(href):
        return None
    found = absolute(href, base)
    try:
        return urls.normalise(found) if found else None
    except ValueError:
        return None


def _shown(element: HtmlElement) -> int | None:
    """Return the number that a link shows, as in 2 or Page 2, or None."""
    words = element.text or "" if not len(element) else "".join(str(t) for t in islice(element.itertext(), 8))
    match = _NUMBER.fullmatch(squeeze(words)) if len(words) < _LONGEST_NUMBER else None
    number = int(match[1]) if match else 0
    return number if 0 < number <= MOST else None


def _is_beside(element: HtmlElement) -> bool:
    """Say whether a link stands in a box of comments or in the frame of the page."""
    above = list(ancestors(element))
    for node, holder in zip(above, (*above[1:], None), strict=True):
        if node.tag in ("header", "footer", "aside") and holder is not None and holder.tag == "body":
            return True
        if node.tag not in ("body", "html") and any(map(_names_comments, (*classes(node), node.get("id") or ""))):
            return True
    return False


def _names_comments(name: str) -> bool:
    return name.lower().startswith("comment") and not name.lower().endswith(("open", "closed", "enabled", "disabled"))


def _parts(url: str) -> Iterator[_Part]:
    """Yield the readings of an address as a page of a post."""
    for form, pattern in _FORMS:
        match = pattern.match(url)
        if match is None or not 0 < int(match[2]) <= MOST:
            continue
        head, number, tail = match.groups()
        if form == "folder":
            whole = head + tail.lstrip("/")
        elif form == "page":
            whole = _PAGE_WORD.sub("/", head) + tail.lstrip("/")
        elif form == "query":
            before = _QUERY_WORD.sub("", head)
            whole = before + (tail if "?" in before else tail.replace("&", "?", 1))
        else:
            whole = _SUFFIX_WORD.sub("", head) + tail
        try:
            yield _Part(urls.identity(whole), form, int(number), head, tail)
        except ValueError:
            continue


def _own_number(index: Index, url: str, canonical: str | None, links: Sequence[_Link]) -> tuple[int, str]:
    """Return a page's own number and the identity of its post: those of its address where the page bears them out.

    That a page links to the number before its own is not enough: posts are numbered too (/archives/57).
    """
    own = urls.identity(url)
    body = index.select("body")
    marks = (_OWN_NUMBER.fullmatch(name) for name in (classes(body[0]) if body else ()))
    stated = next((int(m[1]) for m in marks if m), None)
    said = _identity(canonical)
    for part in _parts(urls.normalise(url)):
        if part.number < 2 or urlsplit(part.post)[2:4] == ("/", ""):
            continue
        if part.number == stated or any(_leads_back(link, part, said) for link in links):
            return part.number, part.post
    return 1, own


def _leads_back(link: _Link, own: _Part, canonical: str | None) -> bool:
    """Say whether a link leads from a page of a post to the first one or to the one before."""
    if _identity(link.url) == own.post:
        return link.said == "engine" or (link.said == "prev" and own.number == 2) or link.shown == 1
    if link.said != "engine" and (link.said != "prev" or canonical != own.post):
        return False
    return any((p.post, p.number) == (own.post, own.number - 1) for p in _parts(link.url))


def _identity(url: str | None) -> str | None:
    try:
        return urls.identity(url) if url else None
    except ValueError:
        return None


def _counts(link: _Link, part: _Part, number: int, kind: Kind, platform: Platform) -> bool:
    """Say whether a link whose address is that of a further page is meant as one."""
    # WordPress and Blogger give posts of one name the addresses a-post-2 and a-post_2.
    if part.form == "suffix" and platform.name in ("wordpress", "blogger"):
        return False
    if part.form == "page" and link.said != "engine" and kind.name != "post":
        return False
    if link.said == "engine":
        return True
    if link.said == "next":
        return part.number == number + 1
    return link.said == "number" and link.shown == part.number


# --- joining ---


def join(first: Article, rest: Sequence[Article]) -> Article:
    """Return one article of the first page of a post and what was fetched of the others, in their order.

    What pages repeat stands in it once. The flag first_page_only stays if a page is missing.
    """
    later = [a for a in rest if not set(a.flags) & set(WALLS)]
    if not later:
        return first
    every = (first, *later)
    titles = frozenset(f for a in every if a.title and (f := _fold(a.title)))
    text = "\n\n".join(_joined([_paragraphs(a.text) for a in every], titles, _fold))
    markdown = "\n\n".join(_joined([_sections(a.markdown) for a in every], titles, _fold_markdown))
    whole = len(later) == len(rest) >= len(first.pages) and not later[-1].pages
    pages = tuple(dict.fromkeys(p for a in every for p in a.pages))[: MOST - 1]
    expected = [a.comments_expected for a in every if a.comments_expected is not None]
    return replace(
        first,
        text=text,
        markdown=markdown,
        language=language.detect(text, first.language),
        images=tuple(dict.fromkeys(i for a in every for i in a.images)),
        links=tuple(dict.fromkeys(x for a in every for x in a.links)),
        tags=tuple(dict.fromkeys(t for a in every for t in a.tags)),
        categories=tuple(dict.fromkeys(c for a in every for c in a.categories)),
        review=_review(every),
        comments=reduce(merge, (a.comments for a in later if a.comments != first.comments), first.comments),
        comments_expected=max(expected) if expected else None,
        # The same comments stand below every page, and have their further pages below each of them.
        comment_pages=next((a.comment_pages for a in every if a.comment_pages), ()),
        simhash=f"{Simhash(text).hash:016x}" if text else None,
        flags=_flags(every, text, whole=whole),
        pages=pages,
    )


def _flags(every: Sequence[Article], text: str, *, whole: bool) -> tuple[str, ...]:
    # Each of these is said of the post as a whole, or of the page where it was found.
    again = {"first_page_only", "further_page", "no_text", "short_text"}
    flags = list(dict.fromkeys(f for a in every for f in a.flags if f not in again))
    if not whole:
        flags.append("first_page_only")
    if not text:
        flags.append("no_text")
    elif len(text) < SHORT:
        flags.append("short_text")
    return tuple(flags)


def _review(every: Sequence[Article]) -> Review | None:
    """Return the review of the first page that has one; its rating often stands on the last."""
    found = [a.review for a in every if a.review is not None]
    if not found or found[0].rating is not None:
        return found[0] if found else None
    return replace(found[0], rating=next((r.rating for r in found if r.rating is not None), None))


def _paragraphs(text: str) -> list[str]:
    return [p for p in text.split("\n\n") if p.strip()]


def _sections(markdown: str) -> list[str]:
    """Return the blocks of Markdown; a fenced block is one, whatever it holds."""
    blocks: list[list[str]] = [[]]
    fence: str | None = None
    for line in markdown.split("\n"):
        match = _FENCE.match(line)
        if match and fence is None:
            fence = match[1]
        elif match and match[1] == fence:
            fence = None
        if not line.strip() and fence is None:
            blocks.append([])
        else:
            blocks[-1].append(line)
    return ["\n".join(lines) for lines in blocks if lines]


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _fold_markdown(markdown: str) -> str:
    return _fold(_ADDRESS.sub("]", markdown))


def _joined(pages: list[list[str]], titles: frozenset[str], fold: Callable[[str], str]) -> list[str]:
    """Return the paragraphs of all pages in order, without those that pages have in common."""
    folded = [[fold(p) for p in page] for page in pages]
    ranges = [_inner(page, titles if n else frozenset()) for n, page in enumerate(folded)]
    opening = folded[0][ranges[0][0] : ranges[0][1]]
    for n in range(1, len(pages)):
        start, end = ranges[n]
        same = _common(opening, folded[n][start:end])
        ranges[n] = (start + same, end)
    # What ends every page, such as a note on the author, ends the last one.
    alive = [n for n, (start, end) in enumerate(ranges) if start < end]
    if len(alive) > 1:
        ends = [folded[n][slice(*ranges[n])][::-1] for n in alive]
        same = min(_common(ends[0], other) for other in ends[1:])
        for n in alive[:-1]:
            ranges[n] = (ranges[n][0], ranges[n][1] - same)
    repeated = _repeated([folded[n][slice(*ranges[n])] for n in alive])
    seen: set[str] = set()
    out: list[str] = []
    for n, (start, end) in enumerate(ranges):
        for paragraph, key in zip(pages[n][start:end], folded[n][start:end], strict=True):
            if key in repeated and key in seen:
                continue
            seen.add(key)
            out.append(paragraph)
    return out


def _inner(page: Sequence[str], titles: frozenset[str]) -> tuple[int, int]:
    """Return where the words of a page begin and end, without its title and the lines that lead to other pages."""
    start, end = 0, len(page)
    while start < end and (_is_title(page[start], titles) or _LEADS_ON.fullmatch(page[start])):
        start += 1
    while end > start and _LEADS_ON.fullmatch(page[end - 1]):
        end -= 1
    return start, end


def _is_title(line: str, titles: frozenset[str]) -> bool:
    # as it stands, or with the number of the page behind it
    return line in titles or re.sub(r" \w{1,8} [0-9]{1,3}$| [0-9]{1,3}$", "", line) in titles


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return same


def _repeated(pages: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the long paragraphs that stand on every page of at least three; two may quote the same."""
    sets = [frozenset(p for p in page if len(p) >= 40) for page in pages]
    return frozenset.intersection(*sets) if len(sets) > 2 else frozenset()
