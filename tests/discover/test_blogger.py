"""Blogger's feeds: what an answer says, what is asked next, and whether every post is found whatever is cut."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.home import Home
from archiver.discover.surfaces.blogger import READERS, Place, asks, at_home, read_comments, read_pages, read_posts
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

ROOT = "https://tea.blogspot.com"
HOME = Home(f"{ROOT}/", f"{ROOT}/", "blogger")
NS = "http://www.blogger.com/atom/ns#"
KIND = "http://schemas.google.com/g/2005#kind"
ASK = asks(HOME, changes=False)[0]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2020-01-02T03:04:05Z"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$t", "href", "rel", "scheme", "term", "name", "uri", "type"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
FIELDS = ["id", "title", "published", "updated", "content", "category", "author", "link", "thr$total"]


def document(*entries: object, total: object = None, **feed: object) -> bytes:
    """Return an answer of Blogger's with these entries."""
    inner = {"id": {"$t": "tag:blogger.com,1999:blog-1"}, "openSearch$totalResults": {"$t": total}, "entry": entries}
    return json.dumps({"version": "1.0", "encoding": "UTF-8", "feed": {**inner, **feed}}).encode()


def read(*entries: object, ask: Ask = ASK, url: str | None = None, total: object = None) -> Step:
    """Read an answer with these entries by the reader that it is asked for."""
    return READERS[ask.reader](ask, Answer(url or ask.url, document(*entries, total=total)))


def row(number: int, **more: object) -> dict[str, object]:
    """Return a short entry."""
    return {
        "id": {"$t": f"tag:blogger.com,1999:blog-1.post-{number}"},
        "published": {"$t": "2020-01-02T03:04:05.006-08:00"},
        "link": [{"rel": "alternate", "type": "text/html", "href": f"{ROOT}/2020/01/{number}.html"}],
        **more,
    }


# --- what is asked first ----------------------------------------------------------------------------


def test_first_questions():
    """Posts, pages and comments are asked for as JSON from the first on; smaller pages if that many are refused."""
    questions = asks(HOME, changes=False)
    assert [q.reader for q in questions] == ["blogger.posts", "blogger.pages", "blogger.comments"]
    assert {q.surface for q in questions} == {"api"}
    assert [urlsplit(q.url).path for q in questions] == [
        f"/feeds/{what}/default" for what in ("posts", "pages", "comments")
    ]
    query = parse_qs(urlsplit(questions[0].url).query)
    assert (query["alt"], query["start-index"], query["max-results"]) == (["json"], ["1"], ["150"])
    assert query["redirect"] == ["false"]
    assert [parse_qs(urlsplit(url).query)["max-results"] for url in questions[0].others] == [["100"], ["25"]]


def test_number_of_the_blog():
    """A blog whose number is known can be asked for at Blogger itself when its own host does not answer."""
    question = asks(replace(HOME, keys={"blogger": "123"}), changes=False)[0]
    assert question.others[-1].startswith("https://www.blogger.com/feeds/123/posts/default?")
    assert len(asks(replace(HOME, keys={"blogger": "1/../2"}), changes=False)[0].others) == 2


def test_changes():
    """Changes are asked for with the last updated first."""
    for question in asks(HOME, changes=True):
        assert question.changes
        assert parse_qs(urlsplit(question.url).query)["orderby"] == ["updated"]


# --- what an answer says ----------------------------------------------------------------------------


def test_post():
    """A post has its address, number, mark of change, and everything that the feed says of it."""
    step = read(
        {
            "id": {"$t": "tag:blogger.com,1999:blog-1.post-42"},
            "published": {"$t": "2020-01-02T03:04:05.006-08:00"},
            "updated": {"$t": "2020-02-02T03:04:05.006-08:00"},
            "category": [{"scheme": NS, "term": "Tea & cake"}, {"scheme": KIND, "term": "x#post"}, {"term": "y"}],
            "title": {"type": "text", "$t": " Tea &amp; <b>\n cake "},
            "content": {"type": "html", "$t": "<p>Hot.</p>"},
            "link": [
                {"rel": "replies", "type": "text/html", "href": "https://www.blogger.com/comment.g?postID=42"},
                {"rel": "alternate", "type": "text/html", "href": f"{ROOT}/2020/01/tea.html", "title": "Tea"},
            ],
            "author": [
                {"name": {"$t": "Zoë"}, "uri": {"$t": "https://www.blogger.com/profile/1"}},
                {"name": {"$t": "a@example.org"}},
                {"name": {"$t": "Ada"}, "uri": {"$t": "none"}},
            ],
            "thr$total": {"$t": "3"},
        },
        total="860",
    )
    assert step.links == (
        Link(
            f"{ROOT}/2020/01/tea.html",
            "api",
            "post",
            "2020-02-02T03:04:05.006-08:00",
            Hints(
                title="Tea &amp; <b> cake",
                authors=(Person("Zoë", "https://www.blogger.com/profile/1"), Person("Ada")),
                published="2020-01-02T03:04:05.006-08:00",
                modified="2020-02-02T03:04:05.006-08:00",
                tags=("Tea & cake",),
                comments=3,
                source="api",
            ),
            key="42",
            entry="42",
        ),
    )
    assert (step.total, step.comments, dict(step.dropped)) == (860, (), {})


def test_title_in_html():
    """A title that says it is HTML loses its tags and entities; any other is what its author wrote."""
    step = read(row(1, title={"type": "html", "$t": "Tea &amp; <b>cake</b>"}))
    assert step.links[0].hints.title == "Tea & cake"


def test_summary():
    """A feed of summaries holds no text to fall back on."""
    step = read(row(1, summary={"$t": "Hot."}), row(2, content={"$t": " "}), row(3, content={"$t": "Hot."}))
    assert [link.entry for link in step.links] == [None, None, "3"]
    assert [link.key for link in step.links] == ["1", "2", "3"]


def test_page():
    """The feed of fixed pages names pages."""
    entry = row(1, id={"$t": "tag:blogger.com,1999:blog-1.page-77"}, content={"$t": "Me."})
    step = read(entry, ask=asks(HOME, changes=False)[1], total=1)
    assert [(link.kind, link.key, link.entry) for link in step.links] == [("page", "77", "77")]
    assert step.total is None


def test_comments():
    """A comment's key is the anchor on its post's page; comments are no links, and their number is not of posts."""
    step = read(row(7), row(8), {"id": {"$t": "tag:other"}}, ask=asks(HOME, changes=False)[2], total="3")
    assert (step.comments, step.links, step.total) == (("c7", "c8"), (), None)
    assert step.dropped == {"no_key": 1}
    assert step.further
    assert step.further.reader == "blogger.comments"


def test_passed_over():
    """What has no address is counted and passed over."""
    step = read(row(1), row(2, link=[]), row(3, link=[{"rel": "alternate", "href": "mailto:a@b"}]), None, 7)
    assert [link.key for link in step.links] == ["1"]
    assert step.dropped == {"no_address": 4}


@pytest.mark.parametrize(
    ("url", "home", "expected"),
    [
        ("http://tea.blogspot.de/a", ROOT, f"{ROOT}/a"),
        ("http://tea.blogspot.co.uk/a?b=c", ROOT, f"{ROOT}/a?b=c"),
        ("https://www.tea.blogspot.com.br/a", ROOT, f"{ROOT}/a"),
        ("https://tea.blogspot.com/a", "https://tea.blogspot.de", "https://tea.blogspot.de/a"),
        ("http://tea.blogspot.com/a", ROOT, f"{ROOT}/a"),
        ("https://coffee.blogspot.com/a", ROOT, "https://coffee.blogspot.com/a"),
        ("http://tea.blogspot.example.org/a", ROOT, "http://tea.blogspot.example.org/a"),
        ("http://tea.blogspot.com.evil.org/a", ROOT, "http://tea.blogspot.com.evil.org/a"),
        ("http://tea.example.org/a", ROOT, "http://tea.example.org/a"),
        ("http://tea.example.org/a", "https://tea.example.org", "https://tea.example.org/a"),
        ("http://tea.example.org/a", "http://tea.example.org", "http://tea.example.org/a"),
        ("https://tea.example.org/a", "http://tea.example.org", "https://tea.example.org/a"),
    ],
)
def test_countries(url, home, expected):
    """One blog on the hosts of many countries is one blog, where it was asked for; other blogs stay what they are."""
    assert at_home(url, home) == expected


def test_home_is_kept():
    """A feed that moves to another country's host on the way changes nothing about where the posts are."""
    first = read(row(1), url=ASK.url.replace(".com", ".de").replace("https", "http"))
    assert first.further
    second = read(row(2), ask=first.further)
    assert [link.url for link in first.links + second.links] == [f"{ROOT}/2020/01/1.html", f"{ROOT}/2020/01/2.html"]


@pytest.mark.parametrize("reader", [read_posts, read_pages, read_comments])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<?xml version='1.0'?><feed/>",
        b'{"feed": {"id"',
        b'{"feed": []}',
        b'{"feed": {}}',
        b'{"entry": {}}',
        b'"feed"',
        b"[" * 100_000,
        b'{"feed": {"id": ' + b"9" * 10_000 + b"}}",
        b"\xff\xfe\xfd",
    ],
)
def test_no_feed(reader, body):
    """What is no feed of Blogger's is a BadSurface that names the address."""
    with pytest.raises(BadSurface, match=r"^https://tea\.blogspot\.com/feeds/"):
        reader(ASK, Answer(ASK.url, body))


def test_other_address():
    """A question that is no address of a feed cannot be walked."""
    url = f"{ROOT}/search"
    with pytest.raises(BadSurface, match="no address"):
        read(row(1), ask=replace(ASK, url=url))


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON)), JSON, JSON, st.sampled_from(sorted(READERS)))
def test_any_answer(entries, total, category, reader):
    """Whatever the JSON holds, what is read of it is text, and what is to be asked next is JSON."""
    question = replace(ASK, reader=reader)
    given_link = [{"rel": "alternate", "href": f"{ROOT}/a"}]
    rows: list[Any] = [{"link": given_link, **entry} for entry in entries]
    step = READERS[reader](question, Answer(ASK.url, document(*rows, total=total, category=category)))
    for link in step.links:
        hints = link.hints
        said = [hints.title, hints.published, hints.modified, link.changed, link.key, link.entry, *hints.tags]
        said += [text for person in hints.authors for text in (person.name, person.url)]
        assert all(text is None or (isinstance(text, str) and text.encode()) for text in said)
        assert hints.comments is None or hints.comments >= 0
    for following in (*step.asks, *([step.further] if step.further else [])):
        assert json.loads(json.dumps(following.told)) == following.told


def test_surrogates():
    """Half a character, which JSON can write and no file can hold, is replaced."""
    step = read(row(1, title={"$t": "a\ud800b"}, category=[{"scheme": NS, "term": "\udfff"}]))
    assert (step.links[0].hints.title, step.links[0].hints.tags) == ("a\ufffdb", ("\ufffd",))


@pytest.mark.usefixtures("must_end")
def test_large_answer():
    """An answer of tens of thousands of entries is read, and what is remembered stays small."""
    entries = [
        {
            **row(n),
            "published": {"$t": f"{1000 + n % 8000}-01-02T03:04:05Z"},
            "category": [{"scheme": NS, "term": f"{n}"}],
        }
        for n in range(30_000)
    ]
    body = document(*entries, total=999_999_999)
    step = read_posts(ASK, Answer(ASK.url, body))
    assert len(step.links) == 30_000
    assert step.further
    assert len(json.dumps(step.further.told)) < 400_000


# --- what is asked next -----------------------------------------------------------------------------


def test_advance():
    """The next page begins behind what was received, however much was asked for."""
    step = read(row(1), row(2), row(3), row(4), total=860)
    assert step.further
    assert Place.of(step.further.url) == replace(Place.of(ASK.url), start=5)
    assert [parse_qs(urlsplit(url).query)["start-index"] for url in step.further.others] == [["5"], ["5"]]


def test_total_too_small():
    """A total that is smaller than what came does not end the list; an empty page does."""
    step = read(row(1), row(2), total=1)
    assert step.further
    end = read(ask=step.further, total=1)
    assert (end.further, end.asks) == (None, ())


def test_smaller_pages():
    """A blog that refuses large pages is asked for small ones from then on."""
    step = read(row(1), url=ASK.others[0], total=2)
    assert step.further
    assert Place.of(step.further.url) == replace(Place.of(ASK.url), start=2, size=100)
    assert [parse_qs(urlsplit(url).query)["max-results"] for url in step.further.others] == [["25"]]


def test_moved():
    """A feed that moved is walked where it is; one whose new address says nothing is asked for as before."""
    moved = ASK.url.replace("tea.blogspot.com", "www.example.org")
    step = read(row(1), url=moved)
    assert step.further
    assert step.further.url.startswith("https://www.example.org/feeds/posts/default?")
    step = read(row(1), url="https://www.example.org/?m=1")
    assert step.further
    assert step.further.url.startswith(f"{ROOT}/feeds/posts/default?")


def test_stepped_over():
    """A post so large that the answer is empty is stepped over, as long as the total says that there is more."""
    step = read(row(1), total=20)
    starts = []
    while step.further or step.asks:
        question = step.further or step.asks[0]
        place = Place.of(question.url)
        assert place
        if place.form != "default":
            break
        starts.append(place.start)
        step = read(ask=question, total=20)
    assert starts == [2, 3, 5, 9]


def test_end_of_changes():
    """The walk for changes goes on to an empty page, or to where everything is older than what was known."""
    question = asks(HOME, changes=True)[0]
    entry = row(1, updated={"$t": "2020-01-02T03:04:05Z"})
    step = read(entry, ask=question, total=860)
    assert step.further
    assert step.further.changes
    assert Place.of(step.further.url) == replace(Place.of(question.url), start=2)
    end = read(ask=step.further, total=1)
    assert (end.further, end.asks) == (None, ())
    for since, goes_on in (("2020-01-01T00:00:00Z", True), ("2020-01-03T00:00:00Z", False), ("soon", True), (7, True)):
        step = read(entry, ask=replace(question, told={"since": since}), total=860)
        assert bool(step.further) is goes_on
        assert step.further is None or step.further.told["since"] == since
        assert step.asks == ()


def test_changes_behind_a_giant():
    """A changed post that leaves the answer empty does not hide the changes behind it."""
    empty = read(ask=asks(HOME, changes=True)[0], total=860)
    (question,) = empty.asks
    assert (empty.further, question.changes) == (None, True)
    assert Place.of(question.url) == replace(Place.of(ASK.url), start=2, order="updated")
    step = read(row(2), ask=question, total=860)
    assert [link.key for link in step.links] == ["2"]
    assert step.further
    questions = 0
    while step.further or step.asks:
        questions += 1
        step = read(ask=step.further or step.asks[0], total=860)
    assert questions == 4


# --- a blog that cuts -------------------------------------------------------------------------------


@dataclass
class Blog:
    """Blogger in memory, with its faults.

    `cut` is how many bytes an answer holds at most; `deep` the last start-index that is answered; `stale` makes every
    n-th answer a copy of the one before it of the same list; `factor` makes the total of everything a lie; `most` is
    the largest page; `dates` are heeded, uncounted (the total is that of everything), refused or ignored; summaries
    are heeded or refused; `ignores` is about start-index.
    """

    sizes: list[int]
    cut: int = 10**9
    deep: int = 10**9
    stale: int = 0
    factor: float = 1.0
    most: int = 150
    dates: str = "heeded"
    summaries: str = "heeded"
    ignores: bool = False
    per_day: float = 0.3
    asked: list[str] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)

    def published(self, number: int) -> datetime:
        """Return when a post was published: post 0 is the newest."""
        return datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC) - timedelta(days=number / self.per_day)

    def entry(self, number: int, form: str) -> dict[str, object]:
        """Return the entry of a post."""
        text = {"summary": {"$t": "x"}} if form == "summary" else {"content": {"$t": "x" * self.sizes[number]}}
        stamp = self.published(number).astimezone(tz=None).isoformat()
        category = [{"scheme": NS, "term": f"label {number % 7}"}, {"scheme": NS, "term": "a/b?c"}]
        return row(number + 1, published={"$t": stamp}, updated={"$t": stamp}, category=category, **text)

    def get(self, url: str) -> bytes | None:
        """Answer a question; None stands for a refusal."""
        self.asked.append(url)
        this = url.partition("&start-index")[0]
        if self.stale and len(self.asked) % self.stale == 0 and this in self.before:
            return self.before[this]
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        size, start = int(query["max-results"]), int(query["start-index"])
        form, _, label = parts.path.removeprefix("/feeds/posts/").partition("/-/")
        has_dates = "published-min" in query or "published-max" in query
        refusals = (
            size > self.most,
            has_dates and self.dates == "refused",
            form == "summary" and self.summaries == "refused",
        )
        if any(refusals):
            return None
        numbers = list(range(len(self.sizes)))
        total = whole = int(len(numbers) * self.factor)
        if has_dates and self.dates in ("heeded", "uncounted"):
            since, until = (
                datetime.fromisoformat(query.get(f"published-{x}", f"{y}-01-01T00:00:00Z"))
                for x, y in (("min", "0001"), ("max", "9999"))
            )
            numbers = [n for n in numbers if since <= self.published(n) < until]
            total = len(numbers) if self.dates == "heeded" else whole
        if label:
            wanted = unquote(label)
            numbers = [n for n in numbers if wanted in (f"label {n % 7}", "a/b?c")]
            total = len(numbers)
        if self.ignores:
            start = 1
        entries: list[dict[str, object]] = []
        room = self.cut
        for number in numbers[start - 1 : start - 1 + size] if start <= self.deep else []:
            entry = self.entry(number, form)
            room -= len(json.dumps(entry))
            if room < 0:
                break
            entries.append(entry)
        labels = [{"term": f"label {n}"} for n in range(7)]
        self.before[this] = document(*entries, total=str(total), category=labels)
        return self.before[this]


def crawl(blog: Blog) -> tuple[set[str], int]:
    """Ask a blog all questions as a crawl does; return the keys of the posts found, and the number of questions.

    A further page is asked for if the answer named anything new to its list, other questions in any case, no address
    twice; a refused address is followed by the others.
    """
    found: set[str] = set()
    waiting = [(ASK, set[str]())]
    asked: set[str] = set()
    while waiting:
        question, named = waiting.pop(0)
        # what is told outlives the process
        question = replace(question, told=json.loads(json.dumps(question.told)))
        for url in (question.url, *question.others):
            if url in asked:
                continue
            asked.add(url)
            body = blog.get(url)
            if body is None:
                continue
            step = read_posts(question, Answer(url, body))
            keys = {link.key for link in step.links if link.key}
            if step.further and not keys <= named:
                named |= keys
                waiting.append((step.further, named))
            waiting += [(following, set[str]()) for following in step.asks]
            found |= keys
            break
        assert len(blog.asked) < 3000
    return found, len(blog.asked)


SMALL = [1000] * 860
# Now and then a post that no answer has room for.
GIANTS = [50_000 if n % 97 == 50 else 1000 for n in range(860)]
CASES = {
    "whole": (Blog(SMALL), 7),
    "small pages": (Blog(SMALL, most=100), 11),
    "cut to three": (Blog(SMALL, cut=5500), 288),
    "giants": (Blog(GIANTS, cut=20_000), 95),
    "giants first": (Blog([50_000] * 5 + SMALL[:300], cut=20_000), 30),
    "total too large": (Blog(SMALL, factor=1.3), 25),
    "total too small": (Blog(SMALL, factor=0.1), 7),
    "total zero": (Blog(SMALL, factor=0), 7),
    "no deeper than 200": (Blog(SMALL, deep=200), 20),
    "no deeper than 200, and cut": (Blog(SMALL, deep=200, cut=5500), 160),
    "start-index ignored": (Blog(SMALL, ignores=True), 25),
    "start-index ignored, and cut": (Blog(SMALL[:300], ignores=True, cut=5500), 95),
    "every third answer repeated": (Blog(SMALL, stale=3), 20),
    "every other answer repeated, and cut": (Blog(SMALL[:300], stale=2, cut=20_000), 45),
    "dates not counted": (Blog(SMALL, deep=100, dates="uncounted"), 50),
    "dates refused": (Blog(SMALL, deep=150, dates="refused"), 20),
    "dates ignored": (Blog(SMALL, deep=150, dates="ignored"), 25),
    "no summaries": (Blog(SMALL, deep=300, summaries="refused", most=100), 25),
    "many on a day": (Blog(SMALL, deep=200, per_day=200), 25),
    "none at all": (Blog([]), 1),
}


@pytest.mark.parametrize("name", CASES)
def test_every_post(name):
    """Every post is found whatever the blog cuts, lies about or repeats, with few questions for each fault."""
    blog, limit = CASES[name]
    blog = replace(blog, asked=[], before={})
    found, questions = crawl(blog)
    assert found == {str(n + 1) for n in range(len(blog.sizes))}
    assert questions <= limit


def test_never_shown():
    """What no list shows is searched for, and the search ends; all the rest is found."""
    blog = Blog(GIANTS, cut=20_000, summaries="refused", dates="uncounted")
    found, questions = crawl(blog)
    assert found == {str(n + 1) for n, size in enumerate(GIANTS) if size < 50_000}
    assert questions < 72 + 9 + 167


@pytest.mark.parametrize("reader", ["blogger.posts", "blogger.comments"])
def test_endless_search(reader):
    """A search in which every answer brings something new, and promises more, ends."""
    question = next(q for q in asks(HOME, changes=False) if q.reader == reader)
    waiting = [read(row(1), ask=question, total=10**8).further]
    questions = 0
    while waiting:
        questions += 1
        entries = [row(questions)] if questions > 4 else []
        following = waiting.pop()
        assert following
        step = read(*entries, ask=following, total=10**8)
        assert len(json.dumps(following.told)) < 100_000
        waiting = list(step.asks)
    assert 900 < questions < 1010


def test_comments_are_searched_for():
    """Comments that are missing are looked for in windows of dates, never in summaries, which have no texts."""
    question = asks(HOME, changes=False)[2]
    step = read(row(1), ask=question, total=300)
    places = []
    while step.further or step.asks:
        following = step.further or step.asks[0]
        places.append(Place.of(following.url))
        step = read(ask=following, total=300)
    assert {(place.what, place.form, place.label) for place in places if place} == {("comments", "default", None)}
    assert any(place.is_window for place in places if place)
    assert len(places) < 60
