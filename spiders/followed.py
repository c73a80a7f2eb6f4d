"""Links of a blog's pages: which are followed as posts or as lists of posts, and how long that goes on."""

from __future__ import annotations

from archiver import urls
from archiver.discover import links
from archiver.models import Found, Link
from archiver.runs.ledger import Ledger
from archiver.state.frontier import Frontier

# Posts whose addresses show what the others look like.
SAMPLE = 5000
# Reasons that say nothing about a blog: every page has such links.
USUAL = ("outside", "again")


class Followed:
    """What pages link to, until it is known whether links are needed at all; at most `most` addresses are followed."""

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most
        self._budget = links.Budget()
        self._posts: dict[str, None] = {}
        self._lists: dict[str, None] = {}
        # digests of what pages have named, and of what was taken as a post
        self._seen: set[int] = set()
        self._taken: set[int] = set()
        self.usual: frozenset[str] = frozenset()
        self._has_learnt = False

    def add(self, url: str, html: str, root: str) -> bool:
        """Take the links of a page; return whether it named a post that no page before named."""
        found = links.page_links(url, html, root)
        for reason, number in found.dropped.items():
            if reason not in USUAL:
                self._ledger.passed_over(reason, number)
        is_new = False
        for post in found.posts:
            key = hash(urls.identity(post))
            if key not in self._seen and len(self._seen) < self._most * 2:
                self._seen.add(key)
                self._posts[post] = None
                is_new = is_new or self._budget.may_follow(post, "post") is None
        if len(self._lists) < self._most:
            self._lists |= dict.fromkeys(found.listings)
        return is_new

    def listed(self, url: str, *, is_new: bool) -> None:
        """Note whether a list named a post that no page before named."""
        self._budget.outcome(url, is_new)

    def settled(self, found: Found, *, is_post: bool) -> None:
        """Note what became of an address: of those that links alone name it tells what the others are worth."""
        if hash(urls.identity(found.url)) in self._taken:
            self._budget.outcome(found.url, is_post)

    def posts(self, frontier: Frontier, *, all_listed: bool) -> list[Link]:
        """Return the links that may be posts; where a surface lists all, only those that look like its posts.

        A page of a post that is known is no post.
        """
        if not self._has_learnt or self._posts:
            self._has_learnt = True
            self.usual = links.usual_shapes(frontier.posts(SAMPLE))
        taken = []
        for url in self._posts:
            if all_listed and (links.shape(url) not in self.usual or url in frontier):
                continue
            reason = self._why_not(url, frontier)
            if reason:
                self._ledger.passed_over(reason)
                continue
            self._taken.add(hash(urls.identity(url)))
            taken.append(Link(url, "link"))
        self._posts.clear()
        return taken

    def lists(self) -> list[str]:
        """Return the pages that may list posts."""
        wanted = []
        for url in self._lists:
            reason = self._budget.may_follow(url, "listing")
            if reason:
                self._ledger.passed_over(reason)
            else:
                wanted.append(url)
        self._lists.clear()
        return wanted

    def _why_not(self, url: str, frontier: Frontier) -> str | None:
        if len(self._taken) >= self._most:
            return "too_many_links"
        whole = links.page_of(url)
        if whole and whole in frontier:
            return "page_of_post"
        return self._budget.may_follow(url, "post")
