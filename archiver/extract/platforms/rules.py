"""The shape of a platform's declaration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """Selectors by purpose. `label` is the platform's public name, None when no engine was recognised.

    `roots` hold the body of the post and nothing else, the surest first; they are checked against another
    extractor before they are believed. `prune` is what the engine puts into or around the body. `locks` stand where
    a post asks for a password instead of showing itself, `gates` where it goes on for members only, `lost` where the
    engine found nothing at an address, `scripted` where it leaves the showing to scripts. `further` are the links to
    more pages of the same post.
    """

    name: str
    label: str | None = None
    generators: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    scripted: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
