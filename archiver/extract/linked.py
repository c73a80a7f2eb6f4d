"""JSON-LD: what the page says about itself to machines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archiver.entities import unescape
from archiver.extract.dom import squeeze
from archiver.extract.selectors import Index

# The types of schema.org that a post may have.
ARTICLES = frozenset(
    [
        "BlogPosting",
        "Article",
        "NewsArticle",
        "OpinionNewsArticle",
        "ReviewNewsArticle",
        "TechArticle",
        "SocialMediaPosting",
        "Report",
        "ScholarlyArticle",
        "LiveBlogPosting",
        "Review",
        "Recipe",
        "AnalysisNewsArticle",
    ]
)
_COMMENTED = re.compile(r"^\s*(?:/\*.{0,40}?\*/|//\s*<!\[CDATA\[|<!\[CDATA\[|<!--)|(?:\]\]>|-->|//\s*\]\]>)\s*$")
_MAX_NODES = 5_000

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """The nodes of all JSON-LD on a page, and the one that is the article."""

    nodes: tuple[Node, ...] = ()
    by_id: dict[str, Node] = field(default_factory=dict)
    article: Node | None = None
    types: frozenset[str] = frozenset()

    def resolve(self, value: object) -> object:
        """Return the full node for a reference such as {"@id": …}, or the value itself."""
        if isinstance(value, dict) and isinstance(value.get("@id"), str):
            known = self.by_id.get(value["@id"])
            if known is not None and len(known) > len(value):
                return known
        return value


def read(index: Index, url: str) -> Linked:
    """Return the JSON-LD of a page; what cannot be read is left out."""
    nodes: list[Node] = []
    for script in index.select("script[type]"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        data = _load(script.text_content() if len(script) else script.text or "")
        nodes.extend(_nodes(data))
        if len(nodes) > _MAX_NODES:
            break
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, {})):
            by_id[name] = node
    types = frozenset(t for n in nodes for t in kinds(n))
    return Linked(tuple(nodes), by_id, _article(nodes, url), types)


def kinds(node: Node) -> list[str]:
    """Return the schema.org types of a node without their address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return [v.rsplit("/", 1)[-1] for v in values if isinstance(v, str)]


def string(value: object) -> str | None:
    """Return a JSON-LD value as one line of text, entities decoded once, or None."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, str):
        return squeeze(unescape(value)) or None
    return None


def _load(text: str) -> object:
    for candidate in (text, _COMMENTED.sub("", _COMMENTED.sub("", text))):
        try:
            return json.loads(candidate.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: object) -> Iterator[Node]:
    """Yield every typed object of the data, outer before inner."""
    stack: list[object] = [data]
    count = 0
    while stack and count < _MAX_NODES:
        value = stack.pop()
        count += 1
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            if "@type" in value:
                yield value
            stack.extend(v for v in reversed(list(value.values())) if isinstance(v, (dict, list)))


def _article(nodes: list[Node], url: str) -> Node | None:
    found = [
        n
        for n in nodes
        if ARTICLES.intersection(kinds(n)) and (n.get("headline") or n.get("datePublished") or n.get("author"))
    ]
    if not found:
        return None
    wanted = _bare(url)
    for node in found:
        page = node.get("mainEntityOfPage")
        places = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
        if any(isinstance(p, str) and _bare(p) == wanted for p in places):
            return node
    return found[0]


def _bare(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.split("#")[0]).rstrip("/")
