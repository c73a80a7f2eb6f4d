"""Whether a page becomes a post: one pure decision on what surfaces said and what the page itself says."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.models import Article

# Flags of an article without a text of its own that could be saved; each is a reason in the run report.
NO_TEXT = ("login_wall", "password", "challenge", "soft_404", "parked", "paywall_stub")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a word for the run report."""

    is_post: bool
    reason: str


def verdict(kind: str, article: Article, *, usual: bool) -> Verdict:
    """Decide on a page: `kind` is the surfaces' word on it, `usual` whether its address has a post's form."""
    wall = next((flag for flag in article.flags if flag in NO_TEXT), None)
    if wall:
        return Verdict(False, wall)
    if kind == "page":
        return Verdict(False, "page")
    if kind == "post":
        return Verdict(True, "named a post by a surface")
    if article.kind in ("page", "listing"):
        return Verdict(False, article.kind)
    if article.kind == "post":
        return Verdict(True, "the page calls itself a post")
    if usual and article.text:
        return Verdict(True, "its address has the form of a post's")
    return Verdict(False, "no_post")
