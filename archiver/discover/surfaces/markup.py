"""XML from the web, one part at a time: what can be read of it, however broken the rest is.

A part is a child of the root or of a channel, or an element of a wanted name wherever it stands. Nothing outside the
document is read and no entity is expanded, but for the names of characters that HTML knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

import lxml.etree

from archiver.charset import decode
from archiver.errors import BadSurface

STEP = 1 << 16
# Elements of one part; more is an attack on memory, and the document ends there.
MAX_NODES = 200_000
# A server's warnings before the document.
MAX_JUNK = 8192
# What no XML may hold, and what pasted texts do.
CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
# What XML takes amiss: < and & that begin nothing, and references by names that only HTML has.
AMISS = re.compile(
    rb"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+|<(?![A-Za-z_:/!?\x80-\xff])|&(?!#?[0-9A-Za-z][\w.:-]{0,60};)|"
    rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,30};)"
)
# The usual prefixes, whatever a document calls them. What RSS and Atom are made of has none.
PREFIXES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/slash/": "slash:",
    "http://purl.org/syndication/thread/1.0": "thr:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://a9.com/-/spec/opensearch/1.1/": "openSearch:",
    "http://a9.com/-/spec/opensearchrss/1.0/": "openSearch:",
    "com-wordpress:feed-additions:1": "wordpress:",
}

Element = lxml.etree._Element


def name_of(element: Element) -> str:
    """Return an element's name with the usual prefix of its namespace."""
    # Without a namespace it may still have a prefix, which nobody declared: that is part of the name.
    namespace, _, local = str(element.tag).rpartition("}")
    return PREFIXES.get(namespace[1:], f"{namespace[1:]}:") + local if namespace else local


def text_of(element: Element | None) -> str:
    """Return the text in an element, without the blanks around it; "" for None."""
    if element is None:
        return ""
    return "".join(text for text in element.itertext() if isinstance(text, str)).strip()


def parts(url: str, body: bytes, mime: str | None, wanted: frozenset[str]) -> Iterator[Element]:
    """Yield the root as it opens, then each part once it is whole; a part is emptied when the next is asked for.

    `mime` is the answer's Content-Type, `wanted` are local names. Where the document breaks off, the parts that are
    open there come with what was whole of them. What is no XML yields nothing. Raises BadSurface, naming `url`, if the
    document breaks off before there is anything wanted.
    """
    parser = lxml.etree.XMLPullParser(
        ("start", "end"),
        encoding="utf-8",  # whatever the document says of itself: it was decoded here
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    open_: list[Element] = []
    nodes = 0
    is_empty = True
    done: Element | None = None
    for event, element in _events(parser, _clean(body, mime)):
        if event == "start":
            open_.append(element)
            nodes += 1
            if len(open_) == 1:
                yield element
            elif nodes > MAX_NODES:
                break
            continue
        while open_ and open_.pop() is not element:
            pass
        if not _is_part(element, open_, wanted):
            continue
        is_empty = is_empty and _local(element) not in wanted
        yield element
        # The parser still holds this element: it is emptied now and taken out of the tree after the next.
        element.clear()
        _drop(done)
        done, nodes = element, 0
    if open_:
        # Its text ends where the document was cut.
        open_[-1].text = None
    unfinished = set(open_)
    for element in reversed(open_):
        if _local(element) in wanted and not unfinished.issuperset(element):
            is_empty = False
            yield element
            element.clear()
    if open_ and is_empty:
        raise BadSurface(f"{url}: breaks off before its first entry")


def _is_part(element: Element, above: list[Element], wanted: frozenset[str]) -> bool:
    if not above:
        return False
    return len(above) == 1 or (len(above) == 2 and _local(above[1]) == "channel") or _local(element) in wanted


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _drop(element: Element | None) -> None:
    holder = element.getparent() if element is not None else None
    if holder is not None and element is not None:
        holder.remove(element)


def _events(parser: lxml.etree.XMLPullParser, body: bytes) -> Iterator[tuple[str, Element]]:
    # The parser is never closed: closing it would end what the document left open, as if it were whole.
    for at in range(0, len(body), STEP):
        try:
            parser.feed(body[at : at + STEP])
            for event, element in parser.read_events():
                if isinstance(element, Element):
                    yield event, element
        except lxml.etree.XMLSyntaxError:
            return


def _clean(body: bytes, mime: str | None) -> bytes:
    """Return a document as UTF-8, without what stands before it, and with characters and references that XML has."""
    body = decode(body, mime).encode("utf-8", "replace").translate(None, CONTROLS).lstrip()
    start = body.find(b"<?xml", 0, MAX_JUNK)
    # The parser looks at nothing before it has four bytes.
    return AMISS.sub(_put_right, body[max(start, 0) :]) + b"\n\n\n\n"


def _put_right(match: re.Match[bytes]) -> bytes:
    if match[0].startswith(b"<"):
        return match[0] if len(match[0]) > 1 else b"&lt;"
    if match[1] is None:
        return b"&amp;"
    character = html5.get(match[1].decode("ascii"))
    return "".join(f"&#{ord(c)};" for c in character).encode() if character else match[0]
