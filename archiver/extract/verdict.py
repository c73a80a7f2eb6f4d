"""Whether a page becomes a post: one pure decision on what surfaces said and what the page itself says."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.extract.kind import nature
from archiver.extract.walls import WALLS
from archiver.models import Article

# Flags of an article without a text of its own that could be saved; each is a reason in the run report.
NO_TEXT = WALLS


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a word for the run report."""

    is_post: bool
    reason: str


def verdict(kind: str, article: Article, *, usual: bool, pages: bool = False, moved: bool = False) -> Verdict:
    """Decide on a page by what is surest: what surfaces say, then what the page says, then its address.

    `kind` is the surfaces' word on it, where an API's type counts more than the name of a sitemap. `usual` says
    whether its address has a post's form, `pages` whether fixed pages such as About are wanted too, `moved` whether
    the server sent us on from the address that the surfaces named.
    """
    wall = next((flag for flag in article.flags if flag in NO_TEXT), None)
    if wall:
        return Verdict(False, wall)
    if moved and article.kind == "listing":
        return Verdict(False, "soft_404")  # a deleted post that is sent on to the first page or a list
    if kind == "page":
        return Verdict(pages, "page")
    if kind == "post":
        return Verdict(True, "named a post by a surface")
    if "further_page" in article.flags:
        return Verdict(False, "further_page")
    if article.kind == "page":
        return Verdict(pages, "page")
    if article.kind == "listing":
        return Verdict(False, nature(article.kind, article.markers))
    if article.kind == "post":
        return Verdict(True, "the page calls itself a post")
    if usual and article.text:
        return Verdict(True, "its address has the form of a post's")
    return Verdict(False, "no_post")
