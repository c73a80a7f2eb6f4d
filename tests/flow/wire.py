"""Hold the archive against the log of the server: crawl with a spider that knows nothing, read the records, compare.

::

    cases = {"/length": Case(plain("text")), "/dropped": Case(dropped("text", 2), cut("disconnect"))}
    result = wire.crawl(folder, wire.requests(server, cases))
    wire.check(server, result.folder, cases)

Nothing here is the archiver's code, and no library parses what the server sent.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flow import tools
from flow.kept import (
    BYTES,
    FIELDS,
    HTTP_RESPONSE,
    Kept,
    Record,
    digest,
    exchanges,
    head_of,
    is_chunked,
    payload_of,
    read,
)
from server.blog_server import BlogServer, Logged
from server.replies import PLAIN, Page, plain

PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
IDENTICAL = f"{PROFILES}identical-payload-digest"
NOT_MODIFIED = f"{PROFILES}server-not-modified"
SECRET = re.compile(rb"(?im)^(authorization|cookie|proxy-authorization):[^\n]*\n")
ROBOTS = plain("User-agent: *\nDisallow:\n", PLAIN)
# What passes between a request's writing and its arrival; a busy machine lets a server's thread wait.
CLOCK = (timedelta(seconds=-5), timedelta(seconds=0.05))


# --- what is asked for ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expect:
    """What the archive must hold of one exchange.

    `kind` is response, bytes (no HTTP), or none. `cut` is the word in WARC-Truncated; what is kept then is the
    beginning, all of it if `exact`. `outcome` is the word for a fetch that failed, `any` for one or none.
    """

    kind: str = "response"
    cut: str | None = None
    outcome: str | None = None
    exact: bool = True


WHOLE = Expect()


def cut(word: str, outcome: str | None, *, exact: bool = False) -> Expect:
    """A response that is not whole."""
    return Expect("response", word, outcome, exact)


def lost(*, exact: bool = True) -> Expect:
    """A response that the server left unfinished."""
    return cut("disconnect", "disconnect", exact=exact)


def no_answer(outcome: str) -> Expect:
    """A request to which nothing came back."""
    return Expect("none", outcome=outcome)


NO_HTTP = Expect("bytes", outcome="parse")


@dataclass(frozen=True, slots=True)
class Case:
    """A page, what the archive holds of each exchange in turn (the last one again and again), and how it is asked for.

    `request` are the arguments of `scrapy.Request`; `asked` is False for what only redirects lead to; `only` is
    http or https where the other has no such case.
    """

    page: Page
    expect: tuple[Expect, ...]
    request: Mapping[str, Any]
    asked: bool = True
    only: str | None = None
    query: str = ""


def case(page: Page, *expect: Expect, only: str | None = None, query: str = "", **request: Any) -> Case:
    """A case, all of whose exchanges are whole unless told otherwise."""
    return Case(page, expect or (WHOLE,), request, only=only, query=query)


def led_to(page: Page) -> Case:
    """A case that only redirects lead to."""
    return Case(page, (WHOLE,), {}, asked=False)


def requests(origin: str, cases: Mapping[str, Case]) -> list[dict[str, Any]]:
    """The arguments of a request for each case that is asked for."""
    return [{"url": origin + path[1:] + case.query, **case.request} for path, case in cases.items() if case.asked]


# --- who asks ---------------------------------------------------------------------------------------------

SPIDER = """
import hashlib, json, time
import scrapy
from scrapy import signals
from scrapy.exceptions import StopDownload

class Wire(scrapy.Spider):
    name = "wire"

    @classmethod
    def from_crawler(cls, crawler, *args, **arguments):
        spider = super().from_crawler(crawler, *args, **arguments)
        crawler.signals.connect(spider.head_came, signals.headers_received)
        crawler.signals.connect(spider.bytes_came, signals.bytes_received)
        return spider

    async def start(self):
        with open(self.requests) as lines:
            for line in lines:
                given = json.loads(line)
                meta = {"handle_httpstatus_list": [s for s in range(100, 1000) if s not in (301, 302, 303, 307, 308)]}
                given["meta"] = meta | given.get("meta", {})
                yield scrapy.Request(**given, dont_filter=True, errback=lambda failure: None)

    def head_came(self, request, **_):
        self.stop("head", request)

    def bytes_came(self, request, **_):
        self.stop("bytes", request)

    def stop(self, when, request):
        if request.meta.get("stop") == when:
            raise StopDownload(fail=request.meta["fail"])

    def parse(self, response):
        seen = {"url": response.url, "status": response.status, "size": len(response.body), "flags": response.flags}
        seen["sha1"] = hashlib.sha1(response.body).hexdigest()
        with open(self.seen, "a") as file:
            file.write(json.dumps(seen) + "\\n")
"""


def at_a_time(count: int) -> dict[str, object]:
    """Settings for that many requests at once."""
    return {"CONCURRENT_REQUESTS": count, "CONCURRENT_REQUESTS_PER_DOMAIN": count}


def command(folder: Path, asked: Sequence[Mapping[str, Any]], spider: str = SPIDER, **settings: object) -> list[str]:
    """The words that run a spider that knows nothing of the archiver, with `scrapy runspider`."""
    folder.mkdir(exist_ok=True)
    (folder / "wire_spider.py").write_text(spider, encoding="utf-8")
    (folder / "requests").write_text("".join(json.dumps(request) + "\n" for request in asked), encoding="utf-8")
    arguments = {"requests": folder / "requests", "seen": folder / "seen", "blog": "wire"}
    words = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
    spider_file = str(folder / "wire_spider.py")
    return tools.command(
        "runspider",
        spider_file,
        *words,
        output=folder / "output",
        settings={**at_a_time(1), **settings},
        level="CRITICAL",
    )


def crawl(folder: Path, asked: Sequence[Mapping[str, Any]], **settings: object) -> tools.Result:
    """Ask for all of that, in this order with one request at a time."""
    return tools.run(command(folder, asked, **settings), folder / "output")


def seen(folder: Path) -> list[dict[str, Any]]:
    """What reached the spider."""
    return tools.lines(folder / "seen")


# --- the comparison -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """How the server was reached: what the archive must say of all exchanges alike."""

    tls: bool = False
    peer: str | None = "127.0.0.1"
    keeps_secrets: bool = False
    origin: str = ""


def compare(log: Iterable[Logged], records: Sequence[Record], cases: Mapping[str, Case], way: Way) -> list[str]:
    """Return everything in which the archive differs from the server's log."""
    wrong = sound(records)
    kept: dict[str, list[Kept]] = defaultdict(list)
    for exchange in exchanges(records, wrong):
        if exchange.request is None:
            wrong.append(f"{exchange.records[0].kind} of {exchange.records[0].get('WARC-Target-URI')} has no request")
        kept[exchange.target].append(exchange)
    kept.pop("", None)
    logged: dict[str, list[Logged]] = defaultdict(list)
    for entry in log:
        logged[entry.target].append(entry)
    known = {record.record_id: record for record in records}
    for target in {**logged, **kept}:
        if len(logged[target]) != len(kept[target]):
            wrong.append(f"{target}: {len(logged[target])} exchanges, {len(kept[target])} kept")
            continue
        path = target.removeprefix(way.origin.rstrip("/")).partition("?")[0]
        expect = cases[path].expect if path in cases else (WHOLE,)
        pairs = zip(
            sorted(logged[target], key=lambda e: e.at),
            sorted(kept[target], key=lambda e: e.records[0].date),
            strict=True,
        )
        for number, (sent, exchange) in enumerate(pairs):
            found = _differences(sent, exchange, expect[min(number, len(expect) - 1)], way, known)
            wrong += [f"{target} ({number + 1}): {text}" for text in found]
    return wrong


def check(server: BlogServer, folder: Path, cases: Mapping[str, Case], way: Way | None = None) -> None:
    """Check that the archive holds what a server logged."""
    wrong = compare(server.log, read(folder), cases, way or way_to(server))
    assert not wrong, "\n".join(["the archive differs from the server's log", *wrong])


def sound(records: Sequence[Record]) -> list[str]:
    """Return what is wrong with records by themselves."""
    wrong = []
    ids = [record.record_id for record in records]
    if len(ids) != len(set(ids)):
        wrong.append("a record id is used twice")
    info = ""
    for record in records:
        name = f"{record.kind} of {record.get('WARC-Target-URI')}"
        if record.kind == "warcinfo":
            info = record.record_id
        elif record.all("WARC-Warcinfo-ID") != [info]:
            wrong.append(f"{name}: names another warcinfo")
        if record.all("WARC-Block-Digest") != [digest(record.block)]:
            wrong.append(f"{name}: wrong block digest")
        once = ("WARC-Date", "WARC-Record-ID", "Content-Type", "WARC-Type")
        wrong += [
            f"{name}: {field} is there {len(record.all(field))} times" for field in once if len(record.all(field)) != 1
        ]
    return wrong


def _differences(sent: Logged, kept: Kept, expect: Expect, way: Way, known: Mapping[str, Record]) -> Iterator[str]:
    assert kept.request
    yield from _request(sent, kept, way)
    yield from _named_fields(sent, kept, way)
    interim = [record.block for record in kept.metadata(HTTP_RESPONSE)]
    if interim != ([bytes(sent.interim)] if sent.interim else []):
        yield f"interim responses {sent.interim!r} are kept as {interim!r}"
    if kept.told.get("surplusBytesAfterResponse") != (str(len(sent.surplus)) if sent.surplus else None):
        yield f"{len(sent.surplus)} surplus bytes are told as {kept.told.get('surplusBytesAfterResponse')}"
    # Twisted's second try is no failure of the fetch
    outcome = kept.told.get("outcome")
    if outcome != (outcome if expect.outcome == "any" else expect.outcome) and (outcome or expect.kind != "none"):
        yield f"the outcome is {outcome}, not {expect.outcome}"
    if not sent.interim and (kept.told.get("noResponse") == "true") != (expect.kind == "none"):
        yield f"noResponse is {kept.told.get('noResponse')}"
    unparsed = kept.metadata(BYTES)
    if expect.kind == "bytes":
        if len(unparsed) != 1 or kept.response:
            yield f"{len(unparsed)} records of bytes that are no response, and {kept.response and kept.response.kind}"
        else:
            yield from _message(sent.response, unparsed[0], expect)
    elif unparsed:
        yield "a record of bytes that are no response"
    elif expect.kind == "none":
        if kept.response:
            yield f"a {kept.response.kind} where nothing came"
    elif kept.response is None:
        yield "no response"
    elif kept.response.kind == "revisit":
        yield from revisit(sent, kept.response, known)
    else:
        yield from _message(sent.response, kept.response, expect)
        payload = payload_of(kept.response.block, sent.received.split(b" ")[0].decode())
        if expect.cut is None and kept.response.get("WARC-Payload-Digest") != digest(payload):
            yield "wrong payload digest"


def _request(sent: Logged, kept: Kept, way: Way) -> Iterator[str]:
    assert kept.request
    head, end, body = sent.received.partition(b"\r\n\r\n")
    secrets = [] if way.keeps_secrets else [name.decode() for name in SECRET.findall(head + end)]
    expected = sent.received if way.keeps_secrets else SECRET.sub(b"", head + end) + body
    if kept.request.block != expected:
        yield f"the request is kept as {kept.request.block[:300]!r}, received was {sent.received[:300]!r}"
    told = re.findall(r"[\w-]+", kept.told.get("redactedRequestHeaders", "").lower())
    if sorted(told) != sorted(name.lower() for name in secrets):
        yield f"redactedRequestHeaders is {told}, not {secrets}"
    if kept.request.get("WARC-Payload-Digest") != (digest(body) if body else None):
        yield "the request has another payload digest"


def _named_fields(sent: Logged, kept: Kept, way: Way) -> Iterator[str]:
    """Compare what all records of an exchange say alike."""
    url = way.origin + sent.target[1:] if sent.target.startswith("/") else sent.target
    for record in kept.records:
        early, late = CLOCK
        if not early <= record.date - sent.at <= late or record.date != kept.records[0].date:
            yield f"{record.kind}: WARC-Date {record.date}, the request came {sent.at}"
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record.get("WARC-Date") or ""):
            yield f"{record.kind}: WARC-Date {record.get('WARC-Date')}"
        # a replayer would take other metadata with an address for a capture of it
        about = [] if record.kind == "metadata" and record.type != FIELDS else [url]
        if record.all("WARC-Target-URI") != about:
            yield f"{record.kind}: WARC-Target-URI {record.all('WARC-Target-URI')}, not {about}"
        if record.get("WARC-IP-Address") != way.peer:
            yield f"{record.kind}: WARC-IP-Address {record.get('WARC-IP-Address')}"
    for record in [record for record in kept.records if record.kind != "metadata"]:
        version = "http/1.0" if record.block.startswith(b"HTTP/1.0") else "http/1.1"
        spoken, *secured = record.all("WARC-Protocol") or [""]
        if spoken != version or bool(secured) != way.tls or not all(re.fullmatch(r"tls/1\.[23]", s) for s in secured):
            yield f"{record.kind}: WARC-Protocol {record.all('WARC-Protocol')}"
        if bool(record.get("WARC-Cipher-Suite")) != way.tls:
            yield f"{record.kind}: WARC-Cipher-Suite {record.get('WARC-Cipher-Suite')}"


def _message(sent: bytes, kept: Record, expect: Expect) -> Iterator[str]:
    """Compare what was sent with a block that holds all or the beginning of it."""
    if kept.get("WARC-Truncated") != expect.cut:
        yield f"WARC-Truncated is {kept.get('WARC-Truncated')}, not {expect.cut}"
    if kept.kind == "response" and kept.type != HTTP_RESPONSE:
        yield f"Content-Type is {kept.type}"
    whole = kept.block == sent if expect.exact else sent.startswith(kept.block)
    if not whole or not kept.block:
        at = next((n for n, (a, b) in enumerate(zip(sent, kept.block, strict=False)) if a != b), None)
        yield f"{len(sent)} bytes were sent, {len(kept.block)} are kept, the first that differs is {at}"


def revisit(sent: Logged, kept: Record, known: Mapping[str, Record]) -> Iterator[str]:
    """Compare what was sent with a revisit in the place of a response."""
    first = known.get(kept.get("WARC-Refers-To") or "")
    if kept.block != head_of(sent.response):
        yield f"the revisit holds {kept.block[:300]!r}"
    if kept.type != HTTP_RESPONSE:
        yield f"Content-Type is {kept.type}"
    if first is None or first.kind != "response":
        yield f"the revisit refers to {first and first.kind}"
        return
    if first.get("WARC-Truncated"):
        yield "the revisit refers to a truncated response"
    for name, of in (("Target-URI", "WARC-Target-URI"), ("Date", "WARC-Date")):
        if kept.get(f"WARC-Refers-To-{name}") != first.get(of):
            yield f"WARC-Refers-To-{name} is {kept.get(f'WARC-Refers-To-{name}')}, not {first.get(of)}"
    if kept.get("WARC-Payload-Digest") != first.get("WARC-Payload-Digest"):
        yield "the revisit has another payload digest than what it refers to"
    profile = kept.get("WARC-Profile")
    if b" 304" in sent.response.split(b"\n", 1)[0]:
        if profile != NOT_MODIFIED or kept.get("WARC-Target-URI") != first.get("WARC-Target-URI"):
            yield f"{profile} of {first.get('WARC-Target-URI')}"
        return
    if profile != IDENTICAL or kept.get("WARC-Truncated") != "length":
        yield f"{profile}, truncated {kept.get('WARC-Truncated')}"
    payload = payload_of(sent.response)
    if not payload or digest(payload) != kept.get("WARC-Payload-Digest"):
        yield f"a revisit for another payload, of {len(payload)} bytes"
    if is_chunked(first.block) and not is_chunked(sent.response):
        yield "the revisit refers to a chunked response, and is none"
    same = kept.get("WARC-Target-URI") == first.get("WARC-Target-URI")
    if not same and first.get("WARC-Identified-Payload-Type") == "text/html":
        yield f"an HTML page of {first.get('WARC-Target-URI')}"


def serve(cases: Mapping[str, Case]) -> dict[str, Page]:
    """The pages of a server for these cases."""
    return {"/robots.txt": ROBOTS, **{path: case.page for path, case in cases.items()}}


def way_to(server: BlogServer, **more: Any) -> Way:
    """How a server is reached without a proxy."""
    return Way(tls=server.url.startswith("https:"), origin=server.url, **more)
