"""The frontier: every address that a surface ever named, once, with all that the surfaces say of it.

It lies in state.sqlite, so that its size costs no memory, and a run that was killed goes on with what it knew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import islice
from typing import Any

from archiver import urls
from archiver.models import Found, Hints, Link, Person, WarcRef
from archiver.state.database import Table
from archiver.state.decide import Known, marks_of

# Who is believed first. What a surface says of the same thing twice, the surer one decides.
TRUST = ("api", "feed", "sitemap", "link", "comments")
# Rows that are read and written together: one statement costs more than its rows.
TOGETHER = 400
COLUMNS = "identity, url, kind, key, access, named, hints, entry, replies, rank, round, waits"
NO_HINTS = Hints()
# Why an address is a gap that nothing was heard of.
NOT_FETCHED = "not fetched"
# (outcome or '', detail, how many)
Fate = tuple[str, str | None, int]


@dataclass(slots=True)
class Added:
    """What became of links that were taken in.

    `fresh` counts addresses that their surface had not named before in this round, `fresh_anywhere` those that no
    surface had, `new` those that nobody ever named, `changed` those that are new or of which the surface says another
    mark than before.
    """

    fresh: int = 0
    fresh_anywhere: int = 0
    new: int = 0
    changed: int = 0


class Frontier(Table):
    """The links of one blog. `round` names the crawl, over all the runs that it takes."""

    round = ""

    def add(self, links: Iterable[Link], source: WarcRef | None = None) -> Added:
        """Take in what one answer of a surface names; `source` is where that answer lies."""
        added = Added()
        coming = iter(links)
        while some := list(islice(coming, TOGETHER)):
            self._add(some, source, added)
        return added

    def _add(self, links: Sequence[Link], source: WarcRef | None, added: Added) -> None:
        by_key: dict[str, list[Link]] = {}
        for link in links:
            by_key.setdefault(urls.identity(link.url), []).append(link)
        slots = ",".join("?" * len(by_key))
        sql = f"SELECT id, {COLUMNS} FROM link WHERE identity IN ({slots})"  # noqa: S608 - names of our own
        rows = {row[1]: _Row.read(row) for row in self._all(sql, *by_key)}
        for identity, named in by_key.items():
            row = rows.get(identity)
            if row is None:
                row = rows[identity] = _Row(None, identity, named[0].url)
                added.new += 1
            before = row.told.get(named[0].surface)
            added.fresh_anywhere += row.round != self.round
            added.fresh += before is None or before[1] != self.round
            changed = before is None and row.id is None
            for link in named:
                changed |= row.take(link, self.round, source)
            added.changed += changed
        values = [row.values() for row in rows.values()]
        holes = ", ".join("?" * len(COLUMNS.split(", ")))
        self._many(f"INSERT OR REPLACE INTO link (id, {COLUMNS}) VALUES (?, {holes})", values)  # noqa: S608

    def take(self, number: int) -> list[tuple[Found, Known | None]]:
        """Return up to `number` addresses that wait, the last changed first, with what is remembered of them.

        New posts are worth most when a crawl is cut short, and the mark of change sorts as text well enough. They
        stay asked for until they are settled.
        """
        sql = f"""SELECT link.id, {", ".join("link." + c for c in COLUMNS.split(", "))},
            outcome, fetched_at, marks, etag, last_modified, absences, detail
            FROM link LEFT JOIN address ON address.identity = link.identity
            WHERE waits = 1 ORDER BY rank DESC, link.id LIMIT ?"""  # noqa: S608
        rows = self._all(sql, number)
        self._many("UPDATE link SET waits = 2 WHERE id = ?", [(row[0],) for row in rows])
        taken = []
        for row in rows:
            outcome, fetched_at, marks, *rest = row[13:]
            known = Known(outcome, fetched_at, marks_of(marks), *rest) if outcome else None
            found = _Row.read(row[:13])
            taken.append((found.found(is_missing=found.round != self.round and found.is_dropped), known))
        return taken

    def put_back(self, url: str) -> None:
        """Have an address wait again that was taken and not asked for."""
        self._run("UPDATE link SET waits = 1 WHERE identity = ?", (urls.identity(url),))

    def settle(self, found: Iterable[str]) -> None:
        """Note that these addresses were decided on in this round, and are not decided on again."""
        sql = "UPDATE link SET waits = 0, round = ? WHERE identity = ?"
        self._many(sql, [(self.round, urls.identity(url)) for url in found])

    def resume(self) -> None:
        """Have wait again what a run before asked for and never settled."""
        self._run("UPDATE link SET waits = 1 WHERE waits = 2", ())

    def wake(self, due: str, vouched_due: str) -> None:
        """Have wait what no surface names and has to be looked at all the same.

        That is what was never fetched, what failed, what was seen gone and is not settled, what a sitemap marks with
        the day of the last look, and what was fetched last before `due`, or before `vouched_due` if it is saved and the
        API or a sitemap gives a mark of its last change (ISO 8601, UTC).
        """
        self._run(
            """UPDATE link SET waits = 1 WHERE waits = 0 AND (
                NOT EXISTS (SELECT 1 FROM address WHERE address.identity = link.identity)
                OR EXISTS (SELECT 1 FROM address WHERE address.identity = link.identity AND (
                    outcome = 'failed'
                    OR round != ? AND (
                        absences IN (1, 2) OR fetched_at < ?
                        OR outcome = 'saved' AND named LIKE '%"sitemap":["____-__-__",%'
                            AND datetime(fetched_at) < datetime(substr(rank, 1, 10), '+38 hours')
                        OR fetched_at < ? AND NOT (outcome = 'saved'
                            AND (named LIKE '%"api":["%' OR named LIKE '%"sitemap":["%'))))))
            """,
            (self.round, vouched_due, due),
        )

    def missing(self, surface: str, number: int) -> int:
        """Have up to `number` saved posts wait that a surface named before, and nobody names in this round.

        The surface was walked whole in this round. Each post is looked at once for that. Returns how many there are.
        """
        where = """waits = 0 AND round != ? AND kind != 'page' AND named LIKE ? AND json_extract(named, ?) != '' AND
            identity IN (SELECT identity FROM address WHERE outcome = 'saved' AND absences = 0)"""
        values = (self.round, _names(surface), f"$.{surface}[1]")
        count = int(self._one(f"SELECT count(*) FROM link WHERE {where}", *values)[0])  # noqa: S608
        sql = f"""UPDATE link SET waits = 1, named = json_set(named, ?, '')
            WHERE id IN (SELECT id FROM link WHERE {where} LIMIT ?)"""  # noqa: S608
        self._run(sql, (values[-1], *values, number))
        return count

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM link")[0])

    def __contains__(self, url: str) -> bool:
        return self._one("SELECT 1 FROM link WHERE identity = ?", urls.identity(url)) is not None

    def posts(self, number: int) -> list[str]:
        """Return up to `number` addresses that a surface calls posts, spread over all of them."""
        total = int(self._one("SELECT count(*) FROM link WHERE kind = 'post'")[0])
        step = max(1, total // max(1, number))
        sql = "SELECT url FROM link WHERE kind = 'post' AND id % ? = 0 LIMIT ?"
        return [row[0] for row in self._all(sql, step, number)]

    def named_in(self, round_: str) -> int:
        """Return how many addresses were named in a round."""
        return int(self._one("SELECT count(*) FROM link WHERE round = ?", round_)[0])

    def count(self, surface: str) -> int:
        """Return how many addresses a surface ever named."""
        return int(self._one("SELECT count(*) FROM link WHERE named LIKE ?", _names(surface))[0])

    def disagree(self) -> bool:
        """Tell whether sitemaps name posts that the API doesn't."""
        sql = """SELECT 1 FROM link WHERE kind = 'post' AND named LIKE '%"sitemap":[%' AND named NOT LIKE '%"api":[%'
            LIMIT 1"""
        return self._one(sql) is not None

    def silent(self, surfaces: Sequence[str], *, saved: bool = True) -> int:
        """Return how many addresses nobody named in this round, because their surfaces say what they said before.

        `saved` counts those that are saved, and don't wait.
        """
        if not surfaces:
            return 0
        like = " OR ".join("named LIKE ?" for _ in surfaces)
        among = "AND waits = 0 AND identity IN (SELECT identity FROM address WHERE outcome = 'saved')" if saved else ""
        sql = f"SELECT count(*) FROM link WHERE round != ? AND ({like}) {among}"  # noqa: S608
        return int(self._one(sql, self.round, *(_names(surface) for surface in surfaces))[0])

    def saved_before(self) -> int:
        """Return how many posts of this round an earlier run of the round has saved, so that nothing waits."""
        sql = """SELECT count(*) FROM link WHERE round = ? AND waits = 0 AND identity IN
            (SELECT identity FROM address WHERE outcome = 'saved')"""
        return int(self._one(sql, self.round)[0])

    def address_of(self, key: str) -> str | None:
        """Return the address of the post that has this number on its platform, or None."""
        row = self._one("SELECT url FROM link WHERE key = ? LIMIT 1", key)
        return str(row[0]) if row else None

    def fates(self, surface: str | None = None) -> list[Fate]:
        """Return (outcome or '', detail, how many) of the addresses that a surface, or any, names: no fixed pages.

        An address without an outcome was not fetched.
        """
        return self._all(
            """SELECT coalesce(outcome, ''), CASE
                WHEN outcome = 'saved' AND absences THEN 'absent'
                WHEN outcome IN ('gone', 'failed') AND post_id NOT NULL AND detail NOT LIKE 'robots%'
                    THEN 'kept: ' || detail
                ELSE detail END, count(*) FROM link
            LEFT JOIN address ON address.identity = link.identity
            WHERE named LIKE ? AND kind != 'page' GROUP BY 1, 2""",
            _names(surface) if surface else "%",
        )

    def gaps(self, number: int) -> list[tuple[str, str]]:
        """Return up to `number` (address, why) of what surfaces name and nothing explains: failed, or never fetched."""
        return self._all(
            """SELECT link.url, coalesce(detail, ?) FROM link
            LEFT JOIN address ON address.identity = link.identity
            WHERE kind != 'page' AND (outcome IS NULL OR outcome = 'failed' AND post_id IS NULL
            AND detail NOT LIKE 'robots%')
            ORDER BY rank DESC LIMIT ?""",
            NOT_FETCHED,
            number,
        )


@dataclass(slots=True)
class _Row:
    """One row of the table, in the order of its columns."""

    id: int | None
    identity: str
    url: str
    kind: str = "unknown"
    key: str | None = None
    access: str | None = None
    told: dict[str, list[Any]] = field(default_factory=dict)
    hints: dict[str, dict[str, Any]] = field(default_factory=dict)
    entry: str | None = None
    replies: str | None = None
    rank: str = ""
    round: str = ""
    waits: int = 0

    @classmethod
    def read(cls, row: Sequence[Any]) -> _Row:
        """Return a row as the table holds it."""
        made = cls(*row)
        made.told, made.hints = json.loads(row[6]), json.loads(row[7])
        return made

    def take(self, link: Link, round_: str, source: WarcRef | None) -> bool:
        """Take in what a link says; return whether its mark is another than before."""
        before = self.told.get(link.surface)
        said = link.changed
        if link.access and link.surface == "api":
            said = f"{said or ''} {link.access}".strip()  # being opened to everybody is a change
        changed = said is not None and (before is None or before[0] != said)
        mark = said if said is not None else before[0] if before else None
        self.told[link.surface] = [mark, round_]
        if link.kind != "unknown" and (self.kind == "unknown" or link.surface == "api"):
            self.kind = link.kind
        if link.surface == self.surest:
            self.url = link.url
        self.key = link.key or self.key
        self.access = link.access if link.surface == "api" or link.access else self.access
        if link.hints != NO_HINTS:
            self.hints[link.surface] = _plain(link.hints)
        if link.entry and source:
            self.entry = json.dumps([link.entry, asdict(source)])
        if link.replies:
            self.replies = json.dumps(link.replies)
        self.rank = max((m for m, _ in self.told.values() if m), default="")
        # what was decided on in this round is decided on once
        self.waits = self.waits or int(self.id is None or self.round != round_)
        self.round = round_
        return changed

    @property
    def surest(self) -> str | None:
        """The most trusted surface that named it."""
        return next((surface for surface in TRUST if surface in self.told), None)

    def values(self) -> tuple[Any, ...]:
        """The row for the table."""
        return (self.id, self.identity, self.url, self.kind, self.key, self.access, _compact(self.told),
                json.dumps(self.hints), self.entry, self.replies, self.rank, self.round, self.waits)  # fmt: skip

    @property
    def is_dropped(self) -> bool:
        """Whether a surface that named it was found to name it no longer."""
        return any(round_ == "" for _, round_ in self.told.values())

    def found(self, *, is_missing: bool) -> Found:
        """Return what the crawl needs to know."""
        entry, source = json.loads(self.entry) if self.entry else (None, None)
        replies = json.loads(self.replies) if self.replies else None
        return Found(
            self.url,
            self.kind,
            [surface for surface in self.told if surface != "comments"],
            {surface: mark for surface, (mark, _) in self.told.items() if mark},
            merged(_hints(self.hints[s]) for s in TRUST if s in self.hints),
            self.key,
            self.access,
            entry,
            WarcRef(**source) if source else None,
            (replies[0], replies[1]) if replies else None,
            is_missing,
        )


def _compact(value: Any) -> str:
    """Return JSON as SQLite writes it, so that it is found by its text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _names(surface: str) -> str:
    """Return a pattern of rows that a surface named."""
    return f'%"{surface}":[%'


def _plain(hints: Hints) -> dict[str, Any]:
    return {name: value for name, value in asdict(hints).items() if value}


def _hints(told: Mapping[str, Any]) -> Hints:
    lists = {name: tuple(told[name]) for name in ("categories", "tags") if name in told}
    authors = tuple(Person(**person) for person in told.get("authors", ()))
    return Hints(**{**told, **lists, "authors": authors})


def merged(hints: Iterable[Hints]) -> Hints:
    """Fill what a surer surface leaves out from the next one; `source` stays with the date."""
    whole = Hints()
    for more in hints:
        missing = {f.name: getattr(more, f.name) for f in fields(Hints) if not getattr(whole, f.name)}
        if whole.categories:
            missing.pop("tags", None)  # a feed calls categories and tags the same
        missing["source"] = whole.source if whole.published else more.source
        whole = replace(whole, **missing)
    return whole
