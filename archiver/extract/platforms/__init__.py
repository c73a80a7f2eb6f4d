"""What is known about blog platforms, one declaration a file.

To add a platform: write a file like `wordpress.py` and name it in `PLATFORMS`, before the more general
ones. Selectors are those of `selectors.Index`: compounds joined by a space, no commas. They speak of engines,
themes and standards, never of one site.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.extract.platforms.blogger import BLOGGER
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.hosted import GHOST, MEDIUM, SQUARESPACE, SUBSTACK
from archiver.extract.platforms.rules import Platform
from archiver.extract.platforms.static import STATIC
from archiver.extract.platforms.wordpress import WORDPRESS, WORDPRESS_COM
from archiver.extract.selectors import Index

PLATFORMS = (WORDPRESS_COM, WORDPRESS, BLOGGER, SUBSTACK, GHOST, SQUARESPACE, MEDIUM, STATIC, GENERIC)

__all__ = ["PLATFORMS", "Platform", "detect"]


def detect(index: Index) -> Platform:
    """Return the first platform whose marks the page shows, or the general rules."""
    generator = " ".join(
        (e.get("content") or "") for e in index.select("meta[name]") if (e.get("name") or "").lower() == "generator"
    ).lower()
    for platform in PLATFORMS:
        if any(word in generator for word in platform.generators) or index.first(platform.markers) is not None:
            # one set of rules serves many static generators; the item names the one that it was
            engine = next((word for word in platform.generators if word in generator), None)
            return replace(platform, label=engine) if platform is STATIC and engine else platform
    return GENERIC
