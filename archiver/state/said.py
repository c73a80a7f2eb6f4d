"""Comments as APIs and feeds tell them, until the post that they belong to is saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from archiver.models import PageComment
from archiver.state.database import Table


class SaidComments(Table):
    """The comments of one blog by the platform's own keys. A post is named by its number, or its identity."""

    def unknown(self, keys: Iterable[str]) -> list[str]:
        """Return those keys that nobody told of before."""
        return [key for key in keys if self._one("SELECT 1 FROM said WHERE key = ?", key) is None]

    def hear(self, post: str, comment: PageComment, sha256: str, record_id: str) -> bool:
        """Take in a comment, to be written with its post; return whether it is new or says something else."""
        row = self._one("SELECT sha256 FROM said WHERE key = ?", comment.key)
        if row is not None and row[0] == sha256:
            return False
        told = json.dumps(asdict(comment))
        self._run("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?)", (comment.key, post, told, sha256, record_id))
        return True

    def of(self, posts: Sequence[str]) -> list[tuple[PageComment, str]]:
        """Return the comments of a post, by any of its names, that wait to be written, and their record's id."""
        slots = ",".join("?" * len(posts))
        sql = f"SELECT comment, record_id FROM said WHERE post IN ({slots}) AND comment NOT NULL"  # noqa: S608
        return [(PageComment(**json.loads(comment)), record_id) for comment, record_id in self._all(sql, *posts)]

    def keys_of(self, posts: Sequence[str]) -> set[str]:
        """Return the keys of all comments of a post that APIs and feeds ever told."""
        slots = ",".join("?" * len(posts))
        return {row[0] for row in self._all(f"SELECT key FROM said WHERE post IN ({slots})", *posts)}  # noqa: S608

    def waiting(self) -> list[tuple[str, PageComment, str]]:
        """Return (post_id, comment, record_id) of comments that are not written although their posts are saved."""
        rows = self._all(
            """SELECT post_id, comment, said.record_id FROM said JOIN link ON link.key = said.post
            JOIN address ON address.identity = link.identity WHERE comment NOT NULL AND post_id NOT NULL
            UNION SELECT post_id, comment, said.record_id FROM said JOIN address ON address.identity = said.post
            WHERE comment NOT NULL AND post_id NOT NULL"""
        )
        return [(post_id, PageComment(**json.loads(comment)), record_id) for post_id, comment, record_id in rows]

    def written(self, keys: Iterable[str]) -> None:
        """Note that comments are in comments.jsonl."""
        self._many("UPDATE said SET comment = NULL WHERE key = ?", [(key,) for key in keys])
