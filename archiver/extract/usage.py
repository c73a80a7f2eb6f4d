"""What a page says about its use: recorded as it stands, never interpreted further."""

from __future__ import annotations

from archiver.extract.selectors import Index
from archiver.models import Page, Usage

_ROBOTS_NAMES = frozenset({"robots", "googlebot", "bingbot", "googlebot-news", "slurp"})


def read(page: Page, index: Index | None) -> Usage:
    """Return the wishes that stand in the response's header fields and in the page's meta elements."""
    robots: list[str] = []
    metas: dict[str, str] = {}
    for element in index.select("meta[name]") if index else ():
        name = (element.get("name") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if not content:
            continue
        metas.setdefault(name, content)
        if name == "robots":
            robots.append(content)
        elif name in _ROBOTS_NAMES:
            robots.append(f"{name}: {content}")
    x_robots = [value for name, value in page.headers if name == "x-robots-tag"]
    words = {w for line in (*robots, *x_robots) for w in line.lower().replace(",", " ").replace(":", " ").split()}
    return Usage(
        robots_meta=robots,
        x_robots=x_robots,
        noarchive="noarchive" in words,
        noai=bool(words & {"noai", "noimageai"}),
        tdm_reservation=page.header("tdm-reservation") or metas.get("tdm-reservation"),
        tdm_policy=page.header("tdm-policy") or metas.get("tdm-policy"),
        content_usage=page.header("content-usage") or metas.get("content-usage"),
        content_signal=page.header("content-signal") or metas.get("content-signal"),
    )
