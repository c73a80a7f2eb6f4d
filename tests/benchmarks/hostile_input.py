"""Does the time for hostile input grow with its size, and no faster? `python tests/benchmarks/hostile_input.py`

For each input: seconds for one size and for twice that size, and their ratio, the best of some rounds each. About 2 is
what the size asks for; 4 would be its square. The largest ratios are listed last.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from archiver import http1, urls
from archiver.discover.home import read_home
from archiver.discover.links import classify, page_links
from archiver.discover.patterns import Patterns
from archiver.discover.surfaces import read
from archiver.errors import BadSurface
from archiver.extract.comments.sources import read_said
from archiver.models import Answer, Ask

URL = "https://example.org/"


def _surface(reader: str, body: bytes) -> None:
    with suppress(BadSurface):
        read(Ask(URL, reader, "api"), Answer(URL, body))


def _said(reader: str, body: bytes) -> None:
    with suppress(BadSurface):
        read_said(reader, URL, body)


def _address(text: str) -> None:
    with suppress(ValueError):
        urls.identity(f"{URL}{text}")
    urls.absolute(URL, text)
    classify(f"{URL}{text}", URL)


def _rows(count: int, **row: object) -> bytes:
    return json.dumps([{"id": n, **row} for n in range(count)]).encode()


# By name: what is done with an input of a size, and that size.
CASES: dict[str, tuple[Callable[[int], object], int]] = {
    "address of slashes": (lambda n: _address("/" * n), 4_000),
    "address of fields": (lambda n: _address("?" + "a&b=" * (n // 4)), 4_000),
    "address of sessions": (lambda n: _address(";jsessionid=" * (n // 12)), 4_000),
    "page of links": (lambda n: page_links(URL, "".join(f"<a href='/{i}/a'>a</a>" for i in range(n)), URL), 4_000),
    "deep page": (lambda n: page_links(URL, "<div>" * n, URL), 50_000),
    "first page, Link header": (lambda n: read_home(URL, "", {"link": "</a>" + ";" * n + "rel=x"}, URL), 500_000),
    "posts of ever new forms": (lambda n: Patterns.learn(f"{URL}?x{i}=1" for i in range(n)), 10_000),
    "sitemap, unclosed": (lambda n: _surface("sitemap", b"<urlset><url><loc>" + b"<x>" * n), 100_000),
    "sitemap, ampersands": (lambda n: _surface("sitemap", b"<urlset><url><loc>" + b"&" * n), 250_000),
    "sitemap, entries": (lambda n: _surface("sitemap", b"<urlset>" + b"<url><loc>/a</loc></url>" * n), 10_000),
    "feed, one author": (lambda n: _surface("feed", b"<rss><channel><item><author>" + b"a " * n), 250_000),
    "feed, entities": (lambda n: _surface("feed", b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * n + b"]><rss/>"), 20_000),
    "feed, categories": (lambda n: _surface("feed", b"<rss><channel><item>" + b"<category>a</category>" * n), 20_000),
    "WordPress, posts": (lambda n: _surface("wordpress.posts", _rows(n, link="/a", title={"rendered": "<<<"})), 1000),
    "Blogger, text": (lambda n: _surface("blogger.posts", b'{"feed": {"entry": [' + b"[" * n), 100_000),
    "Tumblr, tags": (lambda n: _surface("tumblr.posts", b"<tumblr>" + b"<a>" * n), 100_000),
    "Medium, links": (lambda n: _surface("medium.archive", b"<html>" + b"<a href=/x-0123456789ab>a</a>" * n), 20_000),
    "comments, nested markup": (
        lambda n: _said("wordpress.comments", _rows(1, post=1, content={"rendered": "<b>" * n})), 20_000
    ),
    "comments, thread": (
        lambda n: _said("substack.comments", b'{"comments": [' + b'{"id": 1, "children": [' * n), 20_000
    ),
    "chunks of a byte": (lambda n: b"".join(http1.dechunk([b"1\r\na\r\n" * n])), 100_000),
    "empty gzip members": (lambda n: http1.decode(gzip.compress(b"") * n, "gzip", 1 << 20), 50_000),
}  # fmt: skip


def best(work: Callable[[int], object], size: int, rounds: int) -> float:
    """Return the least processor time in seconds of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work(size)
        times.append(time.process_time() - begun)
    return min(times)


def main() -> None:
    """Measure and print a table, the steepest growth last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    rows = []
    for name, (work, size) in CASES.items():
        once, twice = best(work, size, rounds), best(work, 2 * size, rounds)
        rows.append((twice / max(once, 1e-6), name, size, once, twice))
    print(f"{'input':<28}{'size':>10}{'seconds':>10}{'doubled':>10}{'ratio':>8}")
    for ratio, name, size, once, twice in sorted(rows):
        print(f"{name:<28}{size:>10,}{once:>10.4f}{twice:>10.4f}{ratio:>8.1f}")


if __name__ == "__main__":
    main()
