"""The frontier of one crawl: every address that a surface named, once, with all that the surfaces say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace

from archiver import urls
from archiver.models import Found, Hints, Link

# Who is believed first. What a surface says of the same thing twice, the surer one decides.
TRUST = ("api", "feed", "sitemap", "link")


class Frontier:
    """Collects links and gives each address out once."""

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._given: set[str] = set()
        self._said: dict[str, dict[str, Hints]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, url: str) -> bool:
        return urls.identity(url) in self._found

    def add(self, link: Link) -> bool:
        """Take in a link; return whether its address is new."""
        key = urls.identity(link.url)
        found = self._found.get(key)
        new = found is None
        if found is None:
            found = self._found[key] = Found(link.url)
        if link.surface not in found.surfaces:
            found.surfaces.append(link.surface)
        if link.changed:
            found.marks[link.surface] = link.changed
        if link.kind != "unknown" and (found.kind == "unknown" or link.surface == "api"):
            found.kind = link.kind
        if link.hints != Hints():
            said = self._said.setdefault(key, {})
            said[link.surface] = link.hints
            found.hints = _merged(said[s] for s in TRUST if s in said)
        return new

    def take(self, may_go_on: Callable[[], bool]) -> Iterator[Found]:
        """Yield each address that was not given out before, the last changed first, while `may_go_on()`.

        New posts are worth most when a crawl is cut short, and the mark of change sorts as text well enough.
        """
        waiting = [key for key in self._found if key not in self._given]
        waiting.sort(key=lambda key: max(self._found[key].marks.values(), default=""), reverse=True)
        for key in waiting:
            if not may_go_on():
                return
            self._given.add(key)
            yield self._found[key]

    def posts(self) -> list[str]:
        """Return the addresses that a surface calls posts."""
        return [found.url for found in self._found.values() if found.kind == "post"]

    def count(self, surface: str) -> int:
        """Return how many addresses a surface named."""
        return sum(surface in found.surfaces for found in self._found.values())


def _merged(hints: Iterable[Hints]) -> Hints:
    """Fill what a surer surface leaves out from the next one; `source` stays with the date."""
    merged = Hints()
    for more in hints:
        missing = {f.name: getattr(more, f.name) for f in fields(Hints) if not getattr(merged, f.name)}
        if merged.categories:
            missing.pop("tags", None)  # a feed calls categories and tags the same
        missing["source"] = merged.source if merged.published else more.source
        merged = replace(merged, **missing)
    return merged
