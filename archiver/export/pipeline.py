"""Articles to lines of posts.jsonl and comments.jsonl: the second and last item pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from archiver.errors import OutputError
from archiver.export import items
from archiver.extract.pipeline import Extracted
from archiver.hooks import stop_crawl
from archiver.models import Comment, Post
from archiver.runs.extension import RunExtension
from archiver.state.extension import StateExtension
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ExportPipeline:
    """Turns Extracted into Post, and writes what is new: a post's first line, a new revision, new comments."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._archive = ArchiveExtension.of(crawler)
        self._state = StateExtension.of(crawler)
        self._run = RunExtension.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExportPipeline:
        """Make the pipeline."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Write one post; items of other spiders pass through untouched. A full disk stops the crawl."""
        if not isinstance(item, Extracted):
            return item
        fetched = item.fetched
        post = items.make_post(
            item.article,
            item.page,
            fetched.record,
            requested_url=fetched.found.url,
            run_id=self._archive.run_id,
            surfaces=fetched.found.surfaces,
        )
        comments = items.make_comments(item.article.comments, post)
        try:
            return await self._write(item, post, comments)
        except OutputError as error:
            stop_crawl(self._crawler, error)
            raise DropItem(f"{post.url}: {error}", log_level="DEBUG") from error

    async def _write(self, item: Extracted, post: Post, comments: list[Comment]) -> Post:
        folder = self._archive.folder
        assert folder is not None
        ledger = self._run.ledger
        fetched = item.fetched
        fresh = [comment for comment in map(self._revised, comments) if comment]
        earlier = self._state.store.revision(post.id)
        if earlier is not None and earlier[1] == post.text_sha256:
            post.revision = earlier[0]
        elif earlier is not None:
            post.revision = earlier[0] + 1
        # Comments first: a post without its comments would never be looked at again after a kill in between.
        items.append(folder.comments, fresh)
        if earlier is not None and earlier[1] == post.text_sha256:
            ledger.same(fetched.found, post, fresh)
        else:
            await self._archive.write_conversion(fetched.record, post.text)
            items.append(folder.posts, [post])
            ledger.saved(fetched.found, post, fresh)
        return post

    def _revised(self, comment: Comment) -> Comment | None:
        """Return a comment with its revision, None if it was saved before just so."""
        earlier = self._state.store.comment(comment.id)
        if earlier is None:
            return comment
        if earlier[1] == items.text_sha256(comment.text):
            return None
        return replace(comment, revision=earlier[0] + 1)
