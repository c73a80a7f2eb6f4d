"""The REST API of WordPress (wp/v2): its posts, its pages and the comments of the whole blog. No key is needed.

A whole list is walked by ascending id. Ids are unique, so every question sorts the rows alike, as it need not where
rows share a date; and a new row has the highest id, so what is published during the walk comes at its end. What was
written earlier and is published now moves others to later pages, where they are named twice, and none to a page that
was read already.

For changes, posts come by their last modification, the latest first. `modified_after` is not used: cores before 5.7
ignore it, it wants a moment on which the blog's clock and ours agree, and what is published by schedule was modified
before. Rows sorted by the blog's clock alone need no agreement. Where they turn out not to be sorted, or equal ones
may have changed places between two pages, the whole list is walked. What came with an old modification (by schedule,
or from another blog) may lie behind a page without news; that the total grew by more than was found tells of it.
Comments have no mark of change: the latest ids come first, and one that was held back for long, or edited, is found by
the next whole walk only.

The API has no cheap number of a post's comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver import urls
from archiver.discover.home import Home
from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

PER_PAGE = 100  # the most that the API allows
USUAL_PER_PAGE = 10
# Rows that not everybody may read are left out, so that a page in the midst can be empty: as many in one walk.
MAX_GAPS = 10
MAX_TEXT = 10_000
# Some sites give all rows at once, whatever is asked; nobody has more of these than this.
MAX_ROWS, MAX_PEOPLE, MAX_TERMS = 5000, 10, 500
POST_FIELDS = "id,link,date_gmt,date,modified_gmt,modified,title,author,type,content.protected,_links,_embedded"
# All that extraction wants of a comment. `content` is whole because old cores drop content.rendered.
COMMENT_FIELDS = "id,post,parent,author_name,author_url,date,date_gmt,content,link,type"
TAG = re.compile(r"<[^<>]{0,1000}>")
# Control characters, and halves of surrogate pairs, which can't be written.
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
# WordPress.com names the blog within the namespace.
NAMESPACE = re.compile(r"/wp/v2(/sites/[^/]+)?$")

# The query fields that are ours.
OURS = ("per_page", "page", "orderby", "order", "_embed", "_fields")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the API: its route, the order of its changes, and the fields that make its rows short and whole."""

    route: str
    latest: str
    more: Mapping[str, str]


_POST = {"_embed": "author,wp:term", "_fields": POST_FIELDS}
LISTS = {
    "wordpress.posts": _List("posts", "modified", _POST),
    "wordpress.pages": _List("pages", "modified", _POST),
    "wordpress.comments": _List("comments", "id", {"_fields": COMMENT_FIELDS}),
}


# --- questions --------------------------------------------------------------------------------------


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the questions for posts, pages and comments; none if nothing says that the blog has this API."""
    if home.platform == "wordpress.com":
        return []  # has an API of its own
    roots = [home.api] if home.api else []
    if not roots and home.platform == "wordpress":
        # Themes and plugins take the link away more often than the API.
        site = urls.absolute(home.root, urls.folder_of(home.root)) or home.root
        roots = [f"{site}wp-json/", f"{site}?rest_route=/"]
    if not roots:
        return []
    return [_first([_endpoint(root, told.route) for root in roots], name, changes) for name, told in LISTS.items()]


def _endpoint(api: str, route: str) -> str:
    """Return the address of a route below a REST root such as /wp-json/ or /?rest_route=/."""
    parts, query = urlsplit(api), query_of(api)
    if "rest_route" in query:
        return with_query(api, rest_route=f"{query['rest_route'].rstrip('/')}/wp/v2/{route}")
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=f"{path}/{route}" if NAMESPACE.search(path) else f"{path}/wp/v2/{route}"))


def _first(endpoints: Sequence[str], reader: str, changes: bool) -> Ask:
    """Return the question for the first page of the list that lies at one of `endpoints`."""
    told = LISTS[reader]
    bare = {"per_page": str(PER_PAGE), "page": "1"}
    order = {"orderby": told.latest, "order": "desc"} if changes else {"orderby": "id", "order": "asc"}
    full = [with_query(endpoint, **bare, **order, **told.more) for endpoint in endpoints]
    if len(full) == 1:
        # Plugins and firewalls refuse what is embedded or chosen, and old cores the order by modification: if that is
        # missing, the reader asks for the whole list.
        full.append(with_query(endpoints[0], **bare, **({} if changes else order)))
    return Ask(full[0], reader, "api", tuple(full[1:]), changes=changes)


def query_of(url: str) -> dict[str, str]:
    """Return the query fields of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def with_query(url: str, **fields: str | None) -> str:
    """Return `url` with these query fields, without those that are None; its other fields stay."""
    query = {name: value for name, value in {**query_of(url), **fields}.items() if value is not None}
    return urlunsplit(urlsplit(url)._replace(query=urlencode(query)))


# --- readers ----------------------------------------------------------------------------------------


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of posts. Raises BadSurface if the answer is no list."""
    return _read(ask, answer, "post")


def read_pages(ask: Ask, answer: Answer) -> Step:
    """Read a page of the blog's fixed pages. Raises BadSurface if the answer is no list."""
    return _read(ask, answer, "page")


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read a page of comments. Raises BadSurface if the answer is no list."""
    rows = _rows(answer)
    keys, dropped = comment_keys(rows, "id")
    return replace(_follow(ask, answer, rows), comments=keys, dropped=dropped)


def _read(ask: Ask, answer: Answer, kind: str) -> Step:
    rows = _rows(answer)
    links, dropped = sort_out(rows, lambda row: _link(answer.url, row, kind))
    return replace(_follow(ask, answer, rows), links=links, dropped=dropped)


def _rows(answer: Answer) -> list[Any]:
    rows = load(answer)
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: no list")
    return rows


def load(answer: Answer) -> Any:
    """Return the JSON of an answer. Raises BadSurface if it is none, or an error as these APIs word it."""
    try:
        # Neither a letter that was cut in two nor a number without end costs the whole answer.
        document = json.loads(answer.body.decode("utf-8-sig", "replace"), parse_int=number)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {str(error)[:200]}") from error
    if isinstance(document, dict):
        code = plain(document.get("error")) or plain(document.get("code"))
        if code:
            raise BadSurface(f"{answer.url}: {code[:100]}: {(plain(document.get('message')) or '')[:300]}")
    return document


def sort_out(rows: Sequence[Any], make: Callable[[Row], Link | str]) -> tuple[tuple[Link, ...], dict[str, int]]:
    """Return the links that `make` makes of rows, and how many have none, by the reason that it gives."""
    links: list[Link] = []
    dropped = {"too_many_rows": len(rows) - MAX_ROWS} if len(rows) > MAX_ROWS else {}
    for row in rows[:MAX_ROWS]:
        made = make(row) if isinstance(row, dict) else "no_address"
        if isinstance(made, Link):
            links.append(made)
        else:
            dropped[made] = dropped.get(made, 0) + 1
    return tuple(links), dropped


def comment_keys(rows: Sequence[Any], name: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the comments' keys by the number that they have under `name`, and how many have none."""
    numbers = [number(row.get(name)) if isinstance(row, dict) else None for row in rows]
    keys = tuple(dict.fromkeys(f"comment-{n}" for n in numbers if n))
    missing = sum(not n for n in numbers)
    return keys, {"no_key": missing} if missing else {}


def _link(url: str, row: Row, kind: str) -> Link | str:
    """Return the link of a post or page, or why there is none."""
    kind = row.get("type") or kind
    if kind not in ("post", "page"):
        return "no_post"
    target = address(url, row.get("link"))
    if target is None:
        return "no_address"
    embedded, title, content = (as_dict(row.get(name)) for name in ("_embedded", "title", "content"))
    groups = embedded.get("wp:term")
    terms = [term for group in groups for term in _dicts(group)][:MAX_TERMS] if isinstance(groups, list) else []
    gmt = moment(row.get("modified_gmt"))
    hints = Hints(
        title=plain(title.get("rendered")),
        authors=tuple(
            Person(name, address(url, person.get("link")))
            for person in _dicts(embedded.get("author"))[:MAX_PEOPLE]
            if (name := plain(person.get("name")))
        ),
        published=_zoned(row.get("date"), row.get("date_gmt")),
        modified=_zoned(row.get("modified"), row.get("modified_gmt")),
        categories=_names(terms, "category"),
        tags=_names(terms, "post_tag"),
        source="api",
    )
    return Link(
        target,
        "api",
        kind,
        f"{gmt}Z" if gmt else moment(row.get("modified")),
        hints,
        key=str(n) if (n := number(row.get("id"))) else None,
        access="password" if content.get("protected") is True else None,
    )


# --- paging -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """What a walk tells itself from page to page.

    `received` counts the rows before this page, `total` is what the first page advertised, `gaps` counts empty pages,
    `last` is the last row's place in the order. `beyond` says that the API does not speak of such a page: if there is
    none, the list has ended.
    """

    received: int = 0
    total: int | None = None
    gaps: int = 0
    last: str | None = None
    beyond: bool = False

    @classmethod
    def of(cls, ask: Ask) -> Progress:
        """Read it from a question."""
        told, last = ask.told, ask.told.get("last")
        return cls(
            number(told.get("received")) or 0,
            number(told.get("total")),
            number(told.get("gaps")) or 0,
            last if isinstance(last, str) else None,
        )

    def next_ask(self, ask: Ask, url: str, rows: int, *, is_promised: bool, **told: Any) -> Ask | None:
        """Return the question at `url` for what comes behind a page of so many rows; None behind an empty page.

        An empty page is passed over a few times where the API promises another one.
        """
        if not rows and not (is_promised and self.gaps < MAX_GAPS):
            return None
        now = {"received": self.received + rows, "gaps": self.gaps + (not rows), "beyond": not is_promised, **told}
        return replace(ask, url=url, others=(), told={k: v for k, v in asdict(replace(self, **now)).items() if v})


def _follow(ask: Ask, answer: Answer, rows: list[Any]) -> Step:
    """Return what to ask behind a page with these rows, and the total that the API advertises if it can be true."""
    here = Progress.of(ask)
    query = query_of(ask.url)
    page = number(query.get("page")) or 1
    total, pages = number(answer.headers.get("x-wp-total")), number(answer.headers.get("x-wp-totalpages"))
    received = here.received + len(rows)
    advertised = total if total is not None and total >= received else None
    is_promised = pages is not None and page < pages
    is_short = len(rows) < (number(query.get("per_page")) or USUAL_PER_PAGE)
    following = here.next_ask(
        ask,
        with_query(ask.url, page=str(page + 1)),
        len(rows),
        is_promised=is_promised,
        last=_modified(rows[-1]) if rows else here.last,
    )
    # Plugins make either number wrong, so it takes all of this to spare the question for what is behind the end.
    if pages is not None and not is_promised and is_short and total == received:
        following = None
    # A list that came whole needs no order.
    if ask.changes and (following or page > 1) and not _is_by_change(ask, query.get("orderby"), rows, here.last):
        return Step(asks=(_first([with_query(ask.url, **dict.fromkeys(OURS))], ask.reader, False),), total=advertised)
    if following and is_promised:
        plain_url = with_query(following.url, _embed=None, _fields=None)
        following = replace(following, others=() if plain_url == following.url else (plain_url,))
    further, more = either(following, rows)
    return Step(further=further, asks=more, total=advertised)


def _is_by_change(ask: Ask, asked: str | None, rows: list[Any], before: str | None) -> bool:
    """Tell whether rows came in the order of a list's changes, for which it was `asked`."""
    order = LISTS[ask.reader].latest
    return asked == order and (is_falling(rows, _id) if order == "id" else is_falling(rows, _modified, before))


def either(following: Ask | None, rows: Sequence[Any]) -> tuple[Ask | None, tuple[Ask, ...]]:
    """Return the next question as one to ask if the page named anything, or in any case if it was empty."""
    if following is None:
        return None, ()
    return (following, ()) if rows else (None, (following,))


def is_falling(rows: Iterable[Any], key: Callable[[Any], Any], before: Any = None) -> bool:
    """Tell whether rows come in descending order of `key`, and don't begin where the page `before` them ended.

    There, equal rows may have changed their order between the two questions.
    """
    keys = [k for row in rows if (k := key(row)) is not None]
    return all(a >= b for a, b in pairwise(keys)) and not (keys and keys[0] == before)


def _id(row: Any) -> int | None:
    return number(as_dict(row).get("id"))


def _modified(row: Any) -> str | None:
    return moment(as_dict(row).get("modified"))


# --- values -----------------------------------------------------------------------------------------


def plain(rendered: Any) -> str | None:
    """Return rendered HTML of one line as text: tags off, entities decoded once. None if there is none."""
    if not isinstance(rendered, str):
        return None
    text = UNWRITABLE.sub("", unescape(TAG.sub("", rendered[:MAX_TEXT])))
    return " ".join(text.split()) or None


def address(url: str, value: Any) -> str | None:
    """Return the absolute address of a link in the answer at `url`, None if it is none."""
    return urls.absolute(url, value) if isinstance(value, str) and 0 < len(value.strip()) <= urls.MAX_URL else None


def number(value: Any) -> int | None:
    """Return a number from 0 that is one or is written as one, None for all else."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value if type(value) is int and 0 <= value < 10**18 else None


def moment(value: Any) -> str | None:
    """Return a date and time without a zone as it is written, None if it is none."""
    try:
        return value if isinstance(value, str) and MOMENT.fullmatch(value) and datetime.fromisoformat(value) else None
    except ValueError:
        return None


def _zoned(local: Any, gmt: Any) -> str | None:
    """Join the blog's own clock with its distance from UTC, which the API only tells by giving both."""
    here, there = moment(local), moment(gmt)
    if there is None:
        return None
    shift = datetime.fromisoformat(here) - datetime.fromisoformat(there) if here else None
    if shift is None or abs(shift) > timedelta(hours=15):
        return f"{there}Z"
    minutes = int(shift.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{here}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def as_dict(value: Any) -> Row:
    """Return an object of JSON, an empty one for all else."""
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Row]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _names(terms: Iterable[Row], taxonomy: str) -> tuple[str, ...]:
    names = (plain(term.get("name")) for term in terms if term.get("taxonomy") == taxonomy)
    return tuple(dict.fromkeys(name for name in names if name))


READERS = {
    "wordpress.posts": read_posts,
    "wordpress.pages": read_pages,
    "wordpress.comments": read_comments,
}
