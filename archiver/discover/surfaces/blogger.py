"""Blogger's feeds as JSON: posts, fixed pages and comments. No key is needed.

Blogger cuts its answers by size and does not say so, so a list is walked by what was received, to an empty page. If a
walk ends with fewer entries than the feed advertises, the rest is looked for until the number is reached or a limit of
questions is: in the list of summaries, which are small; in windows of dates, bisected where one holds more than is
known of it; by label. All of it is one chain of questions, and what the chain knows is in `Ask.told`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from archiver import urls
from archiver.discover.home import Home
from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

# Entries to ask for: more than a blog allows is an error on some, so smaller numbers are tried after.
SIZES = (150, 100, 25)
FEED = re.compile(r"(/feeds/(?:[0-9]{1,25}/)?)(posts|pages|comments)/(default|summary|full)(?:/-/([^/]{1,2000}))?/?")
ID = re.compile(r"\.(?:post|page)-([0-9]{1,25})\Z")
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?")
BLOGSPOT = re.compile(r"(?:www\.)?([a-z0-9-]{1,63})\.blogspot\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
LABELS = "http://www.blogger.com/atom/ns#"
TAG = re.compile(r"<[^<>]{0,1000}>")
SURROGATE = re.compile("[\ud800-\udfff]")
# A longer text is no title, name, label or date.
LONG = 2000

# What a chain of questions remembers at most: entries, those of one page, labels, windows still to be asked.
MAX_SEEN = 20_000
MAX_PAGE = 500
MAX_LABELS = 300
MAX_LABEL = 200
MAX_TODO = 400
# Characters of a digest.
WIDTH = 5
# Questions for what is missing, at most.
MAX_SEARCH = 1000
# Answers in a row without anything new after which a list is over, whatever its total says.
MAX_DRY = 3
# Labels or windows in a row without anything new after which the search among them ends.
MAX_BARREN = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY = (datetime(1, 1, 2, tzinfo=UTC) - EPOCH).days


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the questions for a blog's posts, pages and comments; with `changes`, the last updated come first."""
    order = "updated" if changes else "published"
    number = home.keys.get("blogger", "")
    out = []
    for what in ("posts", "pages", "comments"):
        place = Place(urls.site_root(home.root).rstrip("/"), "/feeds/", what, order=order)
        others = _smaller(place)
        if re.fullmatch(r"[0-9]{1,25}", number):
            others += (replace(place, origin="https://www.blogger.com", base=f"/feeds/{number}/").url(),)
        out.append(Ask(place.url(), f"blogger.{what}", "api", others, changes=changes))
    return out


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of the feed of posts. Raises BadSurface if it is none."""
    return _read(ask, answer, "post")


def read_pages(ask: Ask, answer: Answer) -> Step:
    """Read a page of the feed of fixed pages. Raises BadSurface if it is none."""
    return _read(ask, answer, "page")


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read a page of the feed of all comments: their keys, which are the anchors on the posts' pages.

    Raises BadSurface if it is none.
    """
    return _read(ask, answer, "comment")


# --- addresses --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """One page of one of Blogger's lists: the question that an address asks.

    `since` and `until` bound the date of publication, in days since 1970; `until` is not part of the window.
    """

    origin: str
    base: str
    what: str
    form: str = "default"
    label: str | None = None
    since: int | None = None
    until: int | None = None
    start: int = 1
    size: int = SIZES[0]
    order: str = "published"

    @classmethod
    def of(cls, url: str) -> Place | None:
        """Return the question that `url` asks, None if it is no address that `url()` made."""
        parts = urlsplit(url)
        path = FEED.fullmatch(parts.path)
        query = dict(parse_qsl(parts.query))
        start = _number(query.get("start-index"))
        if path is None or not start:
            return None
        base, what, form, label = path.groups()
        return cls(
            f"{parts.scheme}://{parts.netloc}",
            base,
            what,
            form,
            unquote(label) if label else None,
            _day(query.get("published-min")),
            _day(query.get("published-max")),
            start,
            _number(query.get("max-results")) or SIZES[-1],
            "updated" if query.get("orderby") == "updated" else "published",
        )

    def url(self) -> str:
        """Return the address of this page; `redirect` keeps Blogger from sending us to a feed service."""
        label = f"/-/{quote(self.label, safe='')}" if self.label else ""
        query = {"alt": "json", "max-results": self.size, "orderby": self.order}
        if self.since is not None:
            query["published-min"] = _stamp(self.since)
        if self.until is not None:
            query["published-max"] = _stamp(self.until)
        query |= {"redirect": "false", "start-index": self.start}
        return f"{self.origin}{self.base}{self.what}/{self.form}{label}?{urlencode(query)}"

    @property
    def is_window(self) -> bool:
        """Tell whether the list is that of some dates."""
        return self.since is not None or self.until is not None

    def holds(self, day: int) -> bool:
        """Tell whether a day lies in the window, give or take one: blogs and Blogger live in different time zones."""
        return (self.since is None or day >= self.since - 1) and (self.until is None or day <= self.until)

    @property
    def is_whole(self) -> bool:
        """Tell whether the list is that of everything."""
        return self.label is None and not self.is_window


def _smaller(place: Place) -> tuple[str, ...]:
    return tuple(replace(place, size=size).url() for size in SIZES if size < place.size)


def at_home(url: str, home: str) -> str:
    """Return the address of a post of the blog at `home` on the host and by the scheme by which the blog was asked.

    Blogger names one blog by the hosts of many countries (x.blogspot.com, x.blogspot.de), and by http where https
    answers. Addresses on other hosts stay as they are.
    """
    there, here = urlsplit(url), urlsplit(home)
    name, own = (BLOGSPOT.fullmatch(parts.netloc) for parts in (there, here))
    if name and own and name[1] == own[1]:
        return there._replace(scheme=here.scheme, netloc=here.netloc).geturl()
    if there.netloc == here.netloc and here.scheme == "https":
        return there._replace(scheme="https").geturl()
    return url


def _home_of(ask: Ask, answer: Answer) -> str:
    """Return where the blog lives: as it was asked for, by https if that answered."""
    asked, found = urlsplit(ask.url), urlsplit(answer.url)
    scheme = found.scheme if asked.netloc == found.netloc else asked.scheme
    return f"{scheme}://{asked.netloc}"


# --- what a chain of questions knows ----------------------------------------------------------------


@dataclass(slots=True)
class Walk:
    """What a chain of questions knows, all of it JSON.

    `total` entries are advertised. `seen` are digests of those that came, `beyond` counts those that found no room
    there, `days` counts them by day; `last` are the digests of the answer before. Of the list being walked: `said` are
    advertised, `count` came, `found` of them were new to the chain, `dry` answers in a row brought nothing.
    Once the rest is searched for: `left` questions may be asked, `windows` and `labels` are still to come, `depth` says
    how often the window was split, `strays` tells that the answer held entries of other dates, `barren` lists in a row
    had nothing new, `gaps` tells that a window kept something back.
    """

    home: str
    total: int = 0
    seen: str = ""
    beyond: int = 0
    days: dict[str, int] = field(default_factory=dict)
    last: str = ""
    labels: list[str] = field(default_factory=list)
    said: int | None = None
    count: int = 0
    found: int = 0
    dry: int = 0
    searching: bool = False
    left: int = 0
    windows: list[list[int | None]] = field(default_factory=list)
    depth: int = 0
    strays: bool = False
    barren: int = 0
    gaps: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any], home: str) -> Walk:
        """Return what was told; without a word, the beginning."""
        known = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        walk = cls(**{"home": home, **known})
        # what is told stays as it is
        walk.days, walk.labels, walk.windows = dict(walk.days), list(walk.labels), list(walk.windows)
        return walk

    @property
    def is_short(self) -> bool:
        """Tell whether fewer entries came than the blog advertises."""
        return len(self.seen) // WIDTH + self.beyond < self.total

    def known(self, since: int | None, until: int | None) -> int:
        """Return how many entries of a window of days came."""
        days = ((int(day), number) for day, number in self.days.items())
        return sum(n for day, n in days if (since is None or day >= since) and (until is None or day < until))

    def take(self, entries: Iterable[tuple[str, int | None]]) -> int:
        """Take in the names and days of an answer's entries; return how many are new to the chain."""
        seen, last = _digests(self.seen), _digests(self.last)
        page = {_digest(name): day for name, day in entries}
        fresh = [digest for digest in page if digest not in seen]
        others = len([digest for digest in page if digest not in last]) if self.searching else len(fresh)
        room = max(0, MAX_SEEN - len(seen))
        for digest in fresh[:room]:
            day = str(page[digest])
            if page[digest] is not None:
                self.days[day] = self.days.get(day, 0) + 1
        self.seen += "".join(fresh[:room])
        self.beyond += len(fresh[room:])
        self.last = "".join(list(page)[:MAX_PAGE]) or self.last
        self.count += others
        self.found += len(fresh)
        self.dry = 0 if others else self.dry + 1
        return len(fresh)

    def learn(self, labels: Iterable[str]) -> None:
        """Take in labels of the blog."""
        if not self.searching and len(self.labels) < MAX_LABELS:
            known = dict.fromkeys(self.labels)
            known.update(dict.fromkeys(label for label in labels if len(label) <= MAX_LABEL))
            self.labels = list(known)[:MAX_LABELS]

    def search(self) -> None:
        """Begin to look for what is missing."""
        days = sorted(map(int, self.days))
        if days:
            self.windows = [[None, days[0] + 1, 0], [days[0], days[-1] + 1, 0], [days[-1], None, 0]]
        self.searching, self.gaps = True, not days
        self.left = min(MAX_SEARCH, 150 + self.total // 50)

    def turn(self) -> None:
        """Forget the list that is over."""
        self.barren = 0 if self.found else self.barren + 1
        self.said, self.last = None, ""
        self.count = self.found = self.dry = 0


def _digest(name: str) -> str:
    # Two alike among 20,000 would only cost a search for an entry that is not missing.
    return base64.urlsafe_b64encode(blake2s(name.encode(), digest_size=4).digest())[:WIDTH].decode()


def _digests(joined: str) -> set[str]:
    return {joined[i : i + WIDTH] for i in range(0, len(joined), WIDTH)}


# --- reading ----------------------------------------------------------------------------------------


def _read(ask: Ask, answer: Answer, kind: str) -> Step:
    feed = _feed(answer)
    place = Place.of(answer.url) or Place.of(ask.url)
    if place is None:
        raise BadSurface(f"{ask.url}: no address of a Blogger feed")
    rows = feed.get("entry")
    rows = rows if isinstance(rows, list) else []
    entries = [row for row in rows if isinstance(row, dict)]
    walk = Walk.of(ask.told, _home_of(ask, answer))
    links: list[Link] = []
    comments: list[str] = []
    for entry in entries:
        if kind == "comment":
            comments += [f"c{key}"] if (key := _key(entry)) else []
        elif link := _link(entry, answer.url, walk.home, kind):
            links.append(link)
    missed = len(rows) - len(links) - len(comments)
    said = _number(feed.get("openSearch$totalResults"))
    if said is not None:
        walk.said = max(walk.said or 0, said)
        walk.total = max(walk.total, said) if place.is_whole else walk.total
    if ask.changes:
        further, searching = _older(ask, place, walk, len(rows), entries)
    else:
        walk.learn(_labels(feed, entries))
        named = [(name, _day(_text(e.get("published")))) for e in entries if (name := _text(e.get("id")))]
        fresh = walk.take(named)
        # Dates are not heeded, or the answer is that of another question.
        walk.strays = any(day is not None and not place.holds(day) for _, day in named)
        further, searching = _next(ask, place, walk, len(rows), fresh)
    return Step(
        tuple(links),
        further,
        (searching,) if searching else (),
        said if kind == "post" and place.is_whole else None,
        tuple(dict.fromkeys(comments)),
        {"no_key" if kind == "comment" else "no_address": missed} if missed else {},
    )


def _feed(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {str(error)[:200]}") from error
    feed = document.get("feed") if isinstance(document, dict) else None
    if not isinstance(feed, dict) or not {"id", "entry", "openSearch$totalResults"} & feed.keys():
        raise BadSurface(f"{answer.url}: JSON, but no Blogger feed")
    return feed


def _link(entry: dict[str, Any], base: str, home: str, kind: str) -> Link | None:
    hrefs = (x.get("href") for x in _dicts(entry.get("link")) if x.get("rel") == "alternate")
    targets = (urls.absolute(base, href) for href in hrefs if isinstance(href, str))
    target = next((target for target in targets if target), None)
    if target is None:
        return None
    key = _key(entry)
    published, modified = (_date(entry.get(name)) for name in ("published", "updated"))
    hints = Hints(
        title=_title(entry.get("title")),
        authors=tuple(_people(entry)),
        published=published,
        modified=modified,
        tags=tuple(_terms(entry)),
        comments=_number(entry.get("thr$total")),
        source="api",
    )
    content = entry.get("content")
    text = content.get("$t") if isinstance(content, dict) else None
    has_text = isinstance(text, str) and bool(text.strip())
    return Link(
        at_home(target, home), "api", kind, _text(entry.get("updated")), hints, key, entry=key if has_text else None
    )


def _key(entry: dict[str, Any]) -> str | None:
    number = ID.search(_text(entry.get("id")) or "")
    return number[1] if number else None


def _title(value: Any) -> str | None:
    text = _text(value)
    if text and isinstance(value, dict) and value.get("type") in ("html", "xhtml"):
        text = unescape(TAG.sub("", text))
    return " ".join(text.split()) or None if text else None


def _people(entry: dict[str, Any]) -> Iterable[Person]:
    for author in _dicts(entry.get("author")):
        name = _text(author.get("name"))
        if name and "@" not in name:
            uri = _text(author.get("uri"))
            yield Person(" ".join(name.split()), uri if uri and urls.is_web(uri) else None)


def _terms(holder: dict[str, Any], schemes: tuple[str | None, ...] = (LABELS,)) -> Iterable[str]:
    for category in _dicts(holder.get("category")):
        term = _text(category.get("term"))
        if term and category.get("scheme") in schemes:
            yield term


def _labels(feed: dict[str, Any], entries: list[dict[str, Any]]) -> Iterable[str]:
    """Yield the labels of the blog: the feed names all of them, without a scheme."""
    yield from _terms(feed, (None, LABELS))
    for entry in entries:
        yield from _terms(entry)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    """Return the text of a value, which Blogger writes as {"$t": …}; None if it is none or much too long."""
    text = value.get("$t") if isinstance(value, dict) else value
    if not isinstance(text, str) or len(text) > LONG:
        return None
    return SURROGATE.sub("\ufffd", text.strip()) or None


def _number(value: Any) -> int | None:
    number = value.get("$t") if isinstance(value, dict) else value
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,9}", number):
        return int(number)
    return number if type(number) is int and 0 <= number < 10**9 else None


def _date(value: Any) -> str | None:
    text = _text(value)
    return text if _moment(text) else None


def _moment(text: str | None) -> datetime | None:
    if not text or not STAMP.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str | None) -> int | None:
    moment = _moment(text)
    return (moment - EPOCH).days if moment else None


def _stamp(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()[:19] + "Z"


# --- what to ask next -------------------------------------------------------------------------------


def _older(
    ask: Ask, place: Place, walk: Walk, received: int, entries: list[dict[str, Any]]
) -> tuple[Ask | None, Ask | None]:
    """Return the next page when the last updated come first, none once all were known at `told["since"]`."""
    walk.dry = 0 if received else walk.dry + 1
    following = _on(place, walk, received)
    since = ask.told.get("since")
    known = _moment(since) if isinstance(since, str) else None
    updated = [moment for entry in entries if (moment := _moment(_text(entry.get("updated"))))]
    if following is None or (known and updated and max(updated) < known):
        return None, None
    told = {**ask.told, "home": walk.home, "dry": walk.dry}
    page = replace(ask, url=following.url(), others=_smaller(following), told=told)
    return (page, None) if received else (None, page)


def _next(ask: Ask, place: Place, walk: Walk, received: int, fresh: int) -> tuple[Ask | None, Ask | None]:
    """Return the next page of the list, and the question to ask in any case: either or neither of them."""
    if walk.searching:
        return None, _search(ask, place, walk, received, fresh)
    if fresh:
        return _ask(ask, replace(place, start=place.start + received), walk), None
    # A post larger than an answer may be leaves the answer empty; those behind it come when it is stepped over.
    step = _step(place, walk, received)
    if step or not walk.is_short or place.what == "pages":
        return None, _ask(ask, step, walk) if step else None
    walk.search()
    walk.turn()
    if place.what == "posts" and place.form != "summary":
        return None, _ask(ask, replace(place, form="summary", start=1), walk)
    return None, _ask(ask, _pop(place, walk), walk)


def _step(place: Place, walk: Walk, received: int) -> Place | None:
    """Return a later page of a list whose page brought nothing, None when the list is over."""
    start = place.start + (received or 2 ** min(walk.dry, 8) // 2)
    return replace(place, start=start) if walk.dry <= MAX_DRY and start <= (walk.said or 0) else None


def _search(ask: Ask, place: Place, walk: Walk, received: int, fresh: int) -> Ask | None:
    """Return the next question for what is missing: more of this list, or another list."""
    if not walk.is_short:
        return None
    # the answer may be that of a spare address
    walk.windows = [window for window in walk.windows if window[:2] != [place.since, place.until]]
    walk.labels = [label for label in walk.labels if label != place.label]
    if place.is_window:
        is_over = _is_done(place, walk, fresh)
    else:
        is_over = 0 < (walk.said or 0) <= walk.count and received < place.size
    following = None if is_over else _on(place, walk, received)
    if following is None:
        walk.gaps = walk.gaps or (place.is_window and not is_over)
        walk.turn()
        following = _pop(place, walk)
    return _ask(ask, following, walk)


def _on(place: Place, walk: Walk, received: int) -> Place | None:
    return _step(place, walk, received) if walk.dry else replace(place, start=place.start + received)


def _is_done(place: Place, walk: Walk, fresh: int) -> bool:
    """Tell whether a window need not be walked on: nothing of it is missing, or its halves are asked for instead."""
    if walk.strays:
        walk.gaps = True
        return not fresh
    if walk.said is None:
        return False
    return walk.known(place.since, place.until) >= walk.said or (not fresh and _split(place, walk))


def _split(place: Place, walk: Walk) -> bool:
    """Put the halves of a window behind the other windows, if that is of use."""
    since, until = place.since, place.until
    # Where the total of a part is that of the blog, dates are not heeded or not counted.
    is_of_use = walk.depth == 0 or walk.found or (walk.said or 0) < walk.total
    if until is None or not is_of_use or len(walk.windows) >= MAX_TODO:
        return False
    if since is None:
        oldest = min(map(int, walk.days), default=until)
        middle = oldest + 1 if oldest + 1 < until else max(until - 30 * 2 ** min(walk.depth, 20), FIRST_DAY)
    else:
        middle = (since + until) // 2
    if middle >= until or (since is not None and middle <= since):
        return False
    walk.windows += [[since, middle, walk.depth + 1], [middle, until, walk.depth + 1]]
    return True


def _pop(place: Place, walk: Walk) -> Place | None:
    """Take the next list to look through: windows of dates, which leave nothing out, then labels."""
    plain = replace(place, label=None, since=None, until=None, start=1)
    if place.label is None:
        if walk.windows and walk.barren <= MAX_BARREN:
            since, until, depth = walk.windows.pop(0)
            walk.depth = depth or 0
            return replace(plain, since=since, until=until)
        # Windows of which nothing is missing say that the total counts what is never shown.
        if not walk.gaps and not walk.windows:
            return None
        walk.barren = 0
    if not walk.labels or place.what != "posts" or walk.barren > MAX_BARREN:
        return None
    return replace(plain, label=walk.labels.pop(0))


def _spares(place: Place, walk: Walk) -> tuple[str, ...]:
    """Return where the search goes on if `place` has no usable answer: the next window, the next label."""
    form = "default" if place.is_whole else place.form
    plain = replace(place, form=form, label=None, since=None, until=None, start=1)
    windows = [replace(plain, since=w[0], until=w[1]) for w in walk.windows[:1] if place.label is None]
    labels = [replace(plain, label=label) for label in walk.labels[:1] if place.what == "posts"]
    return tuple(spare.url() for spare in windows + labels)


def _ask(ask: Ask, place: Place | None, walk: Walk) -> Ask | None:
    if place is None or (walk.searching and walk.left <= 0):
        return None
    if not walk.searching:
        return Ask(place.url(), ask.reader, ask.surface, _smaller(place), asdict(walk))
    walk.left -= 1
    return Ask(place.url(), ask.reader, ask.surface, _spares(place, walk), asdict(walk))


READERS = {"blogger.posts": read_posts, "blogger.pages": read_pages, "blogger.comments": read_comments}
