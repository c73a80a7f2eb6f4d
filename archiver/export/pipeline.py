"""Articles to lines of posts.jsonl and comments.jsonl: the second and last item pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from archiver import urls
from archiver.errors import OutputError
from archiver.export import items
from archiver.extract.pipeline import Comments, Extracted
from archiver.hooks import stop_crawl
from archiver.models import Comment, Post
from archiver.runs.extension import RunExtension
from archiver.state.extension import StateExtension
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

COMMENT = "comment"


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
        """Write one post, or comments of any; other spiders' items pass untouched. A full disk stops the crawl."""
        try:
            if isinstance(item, Comments):
                return self._hear(item)
            if isinstance(item, Extracted):
                return await self._write(item)
        except OutputError as error:
            stop_crawl(self._crawler, error)
            raise DropItem(str(error), log_level="DEBUG") from error
        return item

    async def _write(self, item: Extracted) -> Post:
        folder = self._archive.folder
        assert folder is not None
        ledger, store, fetched = self._run.ledger, self._state.store, item.fetched
        names = [fetched.found.key or "", urls.identity(fetched.found.url), urls.identity(fetched.url)]
        with store.together():
            for said, record_id in item.said:
                store.said.hear(names[1], said.comment, items.text_sha256(said.comment.text), record_id)
        told, known = store.said.of(names), store.said.keys_of(names)
        # What an API told is not told again by the page, in other words for the same.
        shown = [comment for comment in item.article.comments if comment.key not in known]
        kinds = dict.fromkeys(known, COMMENT) | {c.key: c.kind for c in (*(c for c, _ in told), *item.article.comments)}
        count = sum(kind == COMMENT for kind in kinds.values())
        post = items.make_post(
            item.article,
            item.page,
            fetched.record,
            requested_url=fetched.found.url,
            run_id=self._archive.run_id,
            surfaces=fetched.found.surfaces,
            comments=count,
            pings=len(kinds) - count,
            parts=item.parts,
        )
        made = items.make_comments([*told, *((comment, post.snapshot_id) for comment in shown)], post)
        fresh = self._fresh(made)
        earlier = store.revision(post.id)
        if earlier is not None and earlier[1] == post.text_sha256:
            post.revision = earlier[0]
        elif earlier is not None:
            post.revision = earlier[0] + 1
        # Comments first: a post without its comments would never be looked at again after a kill in between.
        self._append(fresh)
        if earlier is not None and earlier[1] == post.text_sha256:
            ledger.same(fetched.found, post, fresh)
        else:
            await self._archive.write_conversion(fetched.record, post.text)
            items.append(folder.posts, [post])
            ledger.saved(fetched.found, post, fresh)
        if item.missing_parts:
            ledger.incomplete(fetched.found, "part_missing")
        store.said.written(comment.key for comment, _ in told)
        return post

    def _hear(self, item: Comments) -> Comments:
        """Take in comments of any posts: they are written with their post, or at the end if that is saved already."""
        store = self._state.store
        with store.together():
            for said in item.said:
                name = urls.identity(said.post) if urls.is_web(said.post) else said.post
                sha256 = items.text_sha256(said.comment.text)
                store.said.hear(name, said.comment, sha256, item.record.payload.record_id)
            store.asked.heard(item.asked)
        return item

    def close_spider(self) -> None:
        """Write the comments of posts that were saved before: by now whatever they answer has been told too."""
        if self._archive.folder is None:
            return
        try:
            store = self._state.store
            waiting = store.said.waiting()
            made = [items.make_comment(comment, post_id, record_id) for post_id, comment, record_id in waiting]
            fresh = self._fresh(made)
            self._append(fresh)
            self._run.ledger.commented(fresh)
            store.said.written(comment.key for _, comment, _ in waiting)
        except OutputError as error:
            stop_crawl(self._crawler, error)

    def _fresh(self, made: list[Comment]) -> list[Comment]:
        """Return those of comments made together that are new or say something else, each with its revision."""
        store = self._state.store
        rooted = items.rooted(made, lambda parent: store.comment(parent) is not None)
        return [comment for comment in map(self._revised, rooted) if comment]

    def _append(self, comments: list[Comment]) -> None:
        folder = self._archive.folder
        assert folder is not None
        items.append(folder.comments, [comment for comment in comments if comment.kind == COMMENT])
        items.append(folder.pings, [comment for comment in comments if comment.kind != COMMENT])

    def _revised(self, comment: Comment) -> Comment | None:
        """Return a comment with its revision, None if it was saved before just so."""
        earlier = self._state.store.comment(comment.id)
        if earlier is None:
            return comment
        if earlier[1] == items.text_sha256(comment.text):
            return None
        return replace(comment, revision=earlier[0] + 1)
