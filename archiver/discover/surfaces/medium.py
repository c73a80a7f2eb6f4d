"""Medium: the archive pages of a blog or publication, in HTML. Feed (the last ten) and sitemap are read as any other.

/archive links years, a year its months if it has many posts, a month its days. What is not divided further shows all
posts of its time, the others only some.

Changes: the times are visited from the newest back, and the walk ends at the first one that is not divided and names
nothing new. So the second run asks for the way down to the newest time, and on only as far as there are new posts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from parsel import Selector

from archiver import urls
from archiver.charset import decode
from archiver.discover.home import Home
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Link, Step

NUMBER = re.compile(r"[0-9a-f]{8,12}")
ARCHIVE = re.compile(r"/archive((?:/(?:19|20)[0-9]{2}(?:/(?:0[1-9]|1[0-2])(?:/(?:0[1-9]|[12][0-9]|3[01]))?)?)?)/?$")
# Below these words, readers' lists and topics have numbers too.
LISTS = ("list", "lists", "tag", "tagged", "topic")
MAX_LINKS = 10_000  # more on one page are a trap
MAX_HREF = 2000  # no address of Medium's is as long
MAX_LEFT = 1000
# A time of the archive: () is all of it, then year, month, day.
Time = tuple[str, ...]


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the question for the archive; none for medium.com itself, which is nobody's blog."""
    parts = urlsplit(home.root)
    url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/archive", query="", fragment=""))
    return [Ask(url, "medium.archive", "link", changes=changes)] if _place(url) else []


def read_archive(ask: Ask, answer: Answer) -> Step:
    """Read a page of the archive: posts by the form of their addresses, and the times that it is divided into.

    Raises BadSurface if the answer is no HTML, or is asked for as the whole archive and links nothing of it.
    """
    asked, found = _place(ask.url), _place(answer.url)
    blogs = tuple({place[0] for place in (asked, found) if place})
    here = asked[1] if asked else ()
    posts: dict[str, Link] = {}
    times: dict[Time, str] = {}
    dropped: dict[str, int] = {}
    hrefs, base = _hrefs(answer)
    for href in hrefs[:MAX_LINKS]:
        target = urls.absolute(base, href)
        if target is None:
            continue
        number = _number(target)
        place = _place(target)
        if number:
            if urls.identity(target).startswith(blogs):
                # where a reader came from is all that a query says
                url = urlunsplit(urlsplit(target)._replace(query=""))
                posts[url] = Link(url, "link", "post", key=number)
            else:
                dropped["outside"] = dropped.get("outside", 0) + 1
        elif place and place[0] in blogs and len(place[1]) > len(here) and place[1][: len(here)] == here:
            times.setdefault(place[1], urlunsplit(urlsplit(target)._replace(query="")))
    if len(hrefs) > MAX_LINKS:
        dropped["too_many_links"] = len(hrefs) - MAX_LINKS
    if not here and not posts and not times:
        raise BadSurface(f"{answer.url}: no archive of posts")
    step = Step(links=tuple(posts.values()), dropped=dropped)
    if not ask.changes:
        newest_first = (times[time] for time in sorted(times, reverse=True))
        return replace(step, asks=tuple(replace(ask, url=url, others=()) for url in newest_first))
    # A time whose parts are linked too is left out: what is visited twice would end the walk.
    divided = {time[:length] for time in times for length in range(len(time))}
    parts = [times[time] for time in sorted(times, reverse=True) if time not in divided]
    left = [*parts, *_left(ask, blogs)]
    if not left:
        return step
    following = replace(ask, url=left[0], others=(), told={"left": left[1:MAX_LEFT]})
    # A page that is divided shows the best posts, not the newest: whether they are known says nothing.
    return replace(step, asks=(following,)) if parts else replace(step, further=following)


def _hrefs(answer: Answer) -> tuple[list[str], str]:
    """Return what the page links, once each and in order, and the address that they start from."""
    mime = answer.headers.get("content-type", "text/html")
    if "html" not in mime.lower() or answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        raise BadSurface(f"{answer.url}: no HTML")
    page = Selector(decode(answer.body, mime), type="html")
    base = urls.absolute(answer.url, page.xpath("string(//base/@href)").get() or answer.url) or answer.url
    hrefs = (str(href) for href in page.root.xpath("//a/@href") if len(href) <= MAX_HREF)
    return list(dict.fromkeys(hrefs)), base


def _number(url: str) -> str | None:
    """Return the number of the post that an address names: behind its title, or alone below /p/."""
    head, _, last = urlsplit(url).path.rstrip("/").rpartition("/")
    folder = head.rpartition("/")[2]
    _, dash, number = last.rpartition("-")
    if not NUMBER.fullmatch(number) or last.startswith("@") or folder in LISTS:
        return None
    return number if dash or folder == "p" else None


def _place(url: str) -> tuple[str, Time] | None:
    """Return which blog's archive an address belongs to, and which time of it; None if it is none."""
    try:
        parts = urlsplit(url)
        match = ARCHIVE.search(parts.path)
        if match is None:
            return None
        blog = urls.identity(urlunsplit(parts._replace(path=parts.path[: match.start()], query="", fragment="")))
    except ValueError:
        return None
    # ends with a slash, because a name such as /@j.doe would pass for a file otherwise
    blog = blog.rstrip("/") + "/"
    return None if blog == "https://medium.com/" else (blog, tuple(filter(None, match[1].split("/"))))


def _left(ask: Ask, blogs: tuple[str, ...]) -> list[Any]:
    left = ask.told.get("left")
    if not isinstance(left, list):
        return []
    return [url for url in left[:MAX_LEFT] if isinstance(url, str) and (place := _place(url)) and place[0] in blogs]


READERS = {"medium.archive": read_archive}
