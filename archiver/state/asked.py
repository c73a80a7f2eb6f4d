"""Which questions were put to the surfaces, and what their answers said: what makes the next run cheap."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from archiver.models import Ask
from archiver.state.database import Table


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is remembered of a question that was answered before.

    `asks` are the questions that the answer led to.
    """

    answered_at: str
    etag: str | None
    last_modified: str | None
    asks: tuple[Ask, ...]
    lastmod: str | None

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that make the question conditional."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True, slots=True)
class Walk:
    """A list that was walked to its end: when, in which round it was last seen to be as it was, its total."""

    walk: str
    reader: str
    surface: str
    round: str
    whole_at: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a list in one round: one of its questions, and how many of its answers were which."""

    walk: str
    ask: Ask
    total: int | None
    entries: int
    news: int
    failed: int
    unchanged: int


class Asked(Table):
    """The questions of one blog."""

    round = ""

    def put(self, ask: Ask, walk: str) -> bool:
        """Note a question as open; return whether it was not put before in this round."""
        row = self._one("SELECT round FROM ask WHERE url = ?", ask.url)
        if row is not None and row[0] == self.round:
            return False
        self._run(
            """INSERT INTO ask (url, walk, ask, round, state) VALUES (?, ?, ?, ?, 'open')
            ON CONFLICT DO UPDATE SET walk = excluded.walk, ask = excluded.ask, round = excluded.round,
            state = 'open'""",
            (ask.url, walk, json.dumps(asdict(ask)), self.round),
        )
        return True

    def earlier(self, url: str) -> Earlier | None:
        """Return what is remembered of the last answer to a question, None if there was none."""
        row = self._one(
            "SELECT answered_at, etag, last_modified, asks, ask FROM ask WHERE url = ? AND answered_at NOT NULL", url
        )
        if row is None:
            return None
        answered_at, etag, last_modified, asks, ask = row
        lastmod = json.loads(ask).get("told", {}).get("lastmod")
        return Earlier(answered_at, etag, last_modified, tuple(map(_ask, json.loads(asks or "[]"))), lastmod)

    def answered(
        self, url: str, at: str, asks: Iterable[Ask], *, etag: str | None, last_modified: str | None,
        total: int | None, entries: int, news: int = 0, is_heard: bool = True,
    ) -> None:  # fmt: skip
        """Note an answer, with the questions that it led to; its comments, if it has any, are still to be read.

        What the reader told itself is not needed any more, but for the mark that a sitemap's index gave.
        """
        told = json.dumps([asdict(ask) for ask in asks])
        self._run(
            """UPDATE ask SET state = ?, answered_at = ?, asks = ?, etag = ?, last_modified = ?, total = ?, entries = ?,
            news = ?, ask = json_set(ask, '$.told', json_object('lastmod', json_extract(ask, '$.told.lastmod')))
            WHERE url = ?""",
            ("answered" if is_heard else "unheard", at, told, etag, last_modified, total, entries, news, url),
        )

    def unchanged(self, url: str, at: str) -> None:
        """Note that an answer is as it was."""
        self._run("UPDATE ask SET state = 'unchanged', answered_at = ?, news = 0 WHERE url = ?", (at, url))

    def heard(self, url: str) -> None:
        """Note that the comments of an answer were read."""
        self._run("UPDATE ask SET state = 'answered' WHERE url = ? AND state = 'unheard'", (url,))

    def reopen(self) -> None:
        """Have the questions of this round that failed put again: the round is taken up again."""
        self._run("UPDATE ask SET state = 'open' WHERE round = ? AND state = 'failed' AND walk != ''", (self.round,))

    def failed(self, url: str, *, has_others: bool) -> None:
        """Note that a question has no answer; its list is the poorer for it unless another address `has_others`."""
        walk = "" if has_others else None
        self._run("UPDATE ask SET state = 'failed', walk = coalesce(?, walk) WHERE url = ?", (walk, url))

    def open(self) -> list[tuple[Ask, str, bool]]:
        """Return the questions of this round that nobody answered, or whose comments nobody read.

        Each with the walk that it belongs to, and whether it is to be put (again).
        """
        sql = "SELECT ask, walk, state FROM ask WHERE round = ? AND state IN ('open', 'unheard')"
        return [(_ask(json.loads(ask)), walk, state == "open") for ask, walk, state in self._all(sql, self.round)]

    def has_put(self, surface: str) -> bool:
        """Tell whether a question of this round is for a surface."""
        sql = "SELECT 1 FROM ask WHERE round = ? AND json_extract(ask, '$.surface') = ? LIMIT 1"
        return self._one(sql, self.round, surface) is not None

    def count(self) -> int:
        """Return how many questions this round has put."""
        return int(self._one("SELECT count(*) FROM ask WHERE round = ?", self.round)[0])

    def totals(self) -> dict[str, int]:
        """Return how many posts each surface advertised when it was last asked."""
        sql = """SELECT surface, max(total) FROM walk WHERE total NOT NULL AND round = ?
            AND (reader LIKE '%.posts' OR reader IN ('sitemap', 'feed')) GROUP BY surface"""
        return {str(surface): int(total) for surface, total in self._all(sql, self.round)}

    def led_to(self, reader: str) -> list[tuple[Ask, str]]:
        """Return the questions that answers of this round led to, of one reader, each with its walk."""
        sql = """SELECT asks, walk FROM ask WHERE round = ? AND state = 'answered' AND asks != '[]'
            AND json_extract(ask, '$.reader') = ?"""
        rows = self._all(sql, self.round, reader)
        return [(_ask(told), walk) for asks, walk in rows for told in json.loads(asks)]

    def ended(self) -> list[Ended]:
        """Return what became of the lists that were asked for in this round; nothing may be open any more."""
        sql = """SELECT walk, ask,
            CASE WHEN json_extract(ask, '$.reader') = 'sitemap' THEN sum(total) ELSE max(total) END,
            sum(entries), sum(news), sum(state = 'failed'), sum(state = 'unchanged')
            FROM ask WHERE round = ? AND walk != '' GROUP BY walk"""
        rows = self._all(sql, self.round)
        return [
            Ended(walk, _ask(json.loads(ask)), total, int(entries or 0), int(news or 0), int(failed), int(unchanged))
            for walk, ask, total, entries, news, failed, unchanged in rows
        ]

    def walks(self) -> list[Walk]:
        """Return the lists that were walked whole, in whatever round."""
        return [Walk(*row) for row in self._all("SELECT walk, reader, surface, round, whole_at, total FROM walk")]

    def walked(self, walk: str, ask: Ask, at: str, total: int | None) -> None:
        """Note that the list which begins with `ask` was walked to its end."""
        self._run(
            "INSERT OR REPLACE INTO walk VALUES (?, ?, ?, ?, ?, ?)",
            (walk, ask.reader, ask.surface, self.round, at, total),
        )

    def still(self, reader: str, total: int | None) -> None:
        """Note that the lists of a reader are as they were, but for what changed, and their total now."""
        sql = "UPDATE walk SET round = ?, total = coalesce(?, total) WHERE reader = ?"
        self._run(sql, (self.round, total, reader))

    def stands(self, walk: str, total: int | None = None) -> None:
        """Note that a list is as it was, and its total now."""
        sql = "UPDATE walk SET round = ?, total = coalesce(?, total) WHERE walk = ?"
        self._run(sql, (self.round, total, walk))

    def forget(self, reader: str) -> None:
        """Forget that the lists of a reader were walked whole."""
        self._run("DELETE FROM walk WHERE reader = ?", (reader,))


def _ask(told: dict[str, Any]) -> Ask:
    return Ask(**{**told, "others": tuple(told["others"])})
