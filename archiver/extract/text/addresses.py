"""Where links lead and images lie, as absolute addresses."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement


def absolute(address: str | None, base: str) -> str | None:
    """Return an address as absolute http or https URL, or None."""
    if not address or not address.strip() or address.strip().startswith("#"):
        return None
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(joined)
        return joined if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def image_address(node: HtmlElement, base: str) -> str | None:
    """Return where an image lies, also when a script was to load it late."""
    for key in ("data-orig-file", "data-lazy-src", "data-src", "data-original", "src"):
        value = node.get(key)
        if value and not value.startswith("data:"):
            found = absolute(value, base)
            if found:
                return found
    first = (node.get("srcset") or node.get("data-srcset") or "").strip().split(",")[0].split()
    return absolute(first[0], base) if first else None
