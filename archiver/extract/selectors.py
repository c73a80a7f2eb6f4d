"""The elements of a tree by selector, with one pass over the tree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, classes

_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]+\])*)$")
_WORDS = re.compile(r"(?:\[[^\]]*\]|[^\s\[])+")
_PART = re.compile(r"([.#])([\w-]+)|\[([\w:-]+)(?:([~^*$]?=)([^\]]*))?\]")


@dataclass(frozen=True, slots=True)
class _Compound:
    name: str | None
    ids: tuple[str, ...]
    classes: tuple[str, ...]
    attributes: tuple[tuple[str, str | None, str], ...]

    def matches(self, element: HtmlElement) -> bool:
        if self.name and element.tag != self.name:
            return False
        if any(element.get("id") != x for x in self.ids):
            return False
        if self.classes:
            names = classes(element)
            if any(x not in names for x in self.classes):
                return False
        return all(_attribute(element.get(k), op, v) for k, op, v in self.attributes)


def _attribute(value: str | None, op: str | None, wanted: str) -> bool:
    if value is None:
        return False
    if op is None:
        return True
    if op == "~=":
        return wanted in value.lower().split()
    if op == "^=":
        return value.startswith(wanted)
    if op == "$=":
        return value.endswith(wanted)
    if op == "*=":
        return wanted in value
    return value == wanted


@lru_cache(maxsize=4096)
def _compile(selector: str) -> tuple[_Compound, ...]:
    compounds = []
    for word in _WORDS.findall(selector):
        match = _COMPOUND.match(word)
        if match is None:
            raise ValueError(f"not a selector of this small language: {selector}")
        ids, names, attributes = [], [], []
        for part in _PART.finditer(match.group(2) or ""):
            if part.group(1) == ".":
                names.append(part.group(2))
            elif part.group(1) == "#":
                ids.append(part.group(2))
            else:
                attributes.append((part.group(3), part.group(4), (part.group(5) or "").strip("\"'")))
        name = match.group(1)
        compounds.append(_Compound(None if name in (None, "*") else name, tuple(ids), tuple(names), tuple(attributes)))
    return tuple(compounds)


class Index:
    """The elements of a tree by tag, class, id and attribute, in document order.

    It answers selectors made of compounds such as `li.comment[id^=comment-]`, joined by a space for
    "somewhere below"; there are no commas. One pass over the tree replaces the class XPaths, which cost
    trafilatura two fifths of its time.
    """

    __slots__ = ("_attributes", "_by_attribute", "_by_class", "_by_id", "_by_tag", "_chains", "order", "root")

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.order: list[HtmlElement] = []
        self._by_tag: dict[str, list[HtmlElement]] = {}
        self._by_class: dict[str, list[HtmlElement]] = {}
        self._by_id: dict[str, list[HtmlElement]] = {}
        self._chains: dict[tuple[_Compound, ...], set[HtmlElement]] = {}
        self._by_attribute: dict[str, list[HtmlElement]] = {}
        for element in root.iter():
            name = element.tag
            if not isinstance(name, str):
                continue
            node = cast(HtmlElement, element)
            self.order.append(node)
            self._by_tag.setdefault(name, []).append(node)
            for key, value in node.items():
                self._by_attribute.setdefault(key, []).append(node)
                if key == "class":
                    for word in set(value.split()):
                        self._by_class.setdefault(word, []).append(node)
                elif key == "id":
                    self._by_id.setdefault(value, []).append(node)

    def class_names(self) -> Iterable[str]:
        """Return every class name in use."""
        return self._by_class

    def has_class(self, name: str) -> list[HtmlElement]:
        """Return the elements with a class."""
        return self._by_class.get(name, [])

    def select_id(self, name: str) -> list[HtmlElement]:
        """Return the elements of an id; pages do give it twice."""
        return self._by_id.get(name, [])

    def ids(self) -> Iterable[str]:
        """Return every id in use."""
        return self._by_id

    def select(self, selector: str) -> list[HtmlElement]:
        """Return the elements that a selector names, in document order, still attached or not."""
        *above, last = _compile(selector)
        if not above:
            return [e for e in self._candidates(last) if last.matches(e)]
        outer = self._chain(tuple(above))
        return [e for e in self._candidates(last) if last.matches(e) and _below_any(e, outer)] if outer else []

    def _chain(self, above: tuple[_Compound, ...]) -> set[HtmlElement]:
        """Return the elements that stand for all but the last part of a selector."""
        known = self._chains.get(above)
        if known is None:
            *further, last = above
            outer = self._chain(tuple(further)) if further else None
            known = {e for e in self._candidates(last) if last.matches(e) and (outer is None or _below_any(e, outer))}
            self._chains[above] = known
        return known

    def first(self, selectors: Iterable[str]) -> HtmlElement | None:
        """Return the first element of the first selector that names any."""
        for selector in selectors:
            found = self.select(selector)
            if found:
                return found[0]
        return None

    def all(self, selectors: Iterable[str]) -> list[HtmlElement]:
        """Return the elements that any of the selectors names, selector by selector, each once."""
        seen: dict[HtmlElement, None] = {}
        for selector in selectors:
            for element in self.select(selector):
                seen.setdefault(element)
        return list(seen)

    def _candidates(self, compound: _Compound) -> list[HtmlElement]:
        if compound.ids:
            return self._by_id.get(compound.ids[0], [])
        if compound.classes:
            return self._by_class.get(compound.classes[0], [])
        if compound.attributes:
            return self._by_attribute.get(compound.attributes[0][0], [])
        return self._by_tag.get(compound.name, []) if compound.name else self.order


def _below_any(element: HtmlElement, outer: set[HtmlElement]) -> bool:
    return any(node in outer for node in ancestors(element))
