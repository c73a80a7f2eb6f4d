"""Reviews that a page marks up as such: JSON-LD, microdata, microformats."""

from __future__ import annotations

from lxml.html import HtmlElement

from archiver.extract.dom import squeeze, text_of
from archiver.extract.linked import Linked, Node, kinds, string
from archiver.extract.selectors import Index
from archiver.models import Rating, Review, ReviewItem


def from_json_ld(linked: Linked, shown: Rating | None) -> Review | None:
    for node in linked.nodes:
        if "Review" not in kinds(node) and not (node.get("itemReviewed") and node.get("reviewRating")):
            continue
        item = linked.resolve(node.get("itemReviewed"))
        if not isinstance(item, dict) or not (name := string(item.get("name"))):
            continue
        types = [t for t in kinds(item) if t != "Thing"]
        rated = linked.resolve(node.get("reviewRating"))
        rating = _rating(rated) if isinstance(rated, dict) else None
        creator = next((c for k in ("author", "director", "creator", "byArtist") if (c := string(item.get(k)))), None)
        identifier = string(item.get("isbn")) or string(item.get("gtin13"))
        return Review(ReviewItem(name, types[0] if types else None, creator, identifier), rating or shown, "json-ld")
    return None


def from_microdata(index: Index, shown: Rating | None) -> Review | None:
    for box in index.select("[itemtype$=schema.org/Review]"):
        item = _prop(box, "itemReviewed")
        name = _value(_prop(item, "name")) or _value(item) if item is not None else None
        if item is None or not name:
            continue
        value = _number(_value(_prop(box, "ratingValue")))
        rating = (
            Rating(value, _number(_value(_prop(box, "bestRating"))), _number(_value(_prop(box, "worstRating"))))
            if value is not None
            else None
        )
        kind = (item.get("itemtype") or "").rsplit("/", 1)[-1] or None
        creator = _prop(item, "author") if item is not None else None
        isbn = _value(_prop(item, "isbn"))
        return Review(ReviewItem(squeeze(name), kind, _value(creator), isbn), rating or shown, "microdata")
    return None


def from_microformats(index: Index, shown: Rating | None) -> Review | None:
    for box, item, inner, value in (
        (".hreview", ".hreview .item", ".hreview .item .fn", ".hreview .rating"),
        (".h-review", ".h-review .p-item", ".h-review .p-item .p-name", ".h-review .p-rating"),
    ):
        if not index.select(box):
            continue
        named = index.first((inner, item))
        name = _value(named)
        if name:
            rated = index.first((value,))
            number = _number(_value(rated))
            return Review(ReviewItem(name), Rating(number, 5.0, None) if number is not None else shown, "hreview")
    return None


def _rating(node: Node) -> Rating | None:
    value = _number(node.get("ratingValue"))
    if value is None:
        return None
    return Rating(value, _number(node.get("bestRating")), _number(node.get("worstRating")))


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if value is not None and len(str(value)) < 20 else None
    except ValueError:
        return None


def _prop(box: HtmlElement, name: str) -> HtmlElement | None:
    return next((e for e in box.iter("*") if name in (e.get("itemprop") or "").split()), None)


def _value(element: HtmlElement | None) -> str | None:
    return (element.get("content") or text_of(element)) or None if element is not None else None
