"""Many blogs in one go: `scrapy crawl blog -a urls_file=FILE`."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from flow import tools
from server.blog_pages import Entry, entries, listing, post, robots, sitemap
from server.blog_server import BlogServer
from server.replies import Gate, Pause, error, plain

PlainBlog = Callable[[int], tuple[BlogServer, list[Entry]]]
Serve = Callable[..., BlogServer]


def listed(tmp_path: Path, addresses: Iterable[str]) -> Path:
    """Write a list of blogs."""
    path = tmp_path / "blogs.txt"
    path.write_text("".join(f"{address}\n" for address in addresses))
    return path


def words(file: Path, output: Path, settings: dict[str, object] | None = None, *others: str) -> list[str]:
    """The command that crawls a list."""
    return tools.command("crawl", "blog", "-a", f"urls_file={file}", *others, output=output, settings=settings)


def crawl(tmp_path: Path, addresses: Iterable[str], *others: str, **settings: object) -> tools.Result:
    """Crawl a list of blogs to the end."""
    output = tmp_path / "output"
    return tools.run(words(listed(tmp_path, addresses), output, settings, *others), output)


def folder(output: Path, server: BlogServer, below: str = "") -> Path:
    """The folder of a blog by its server."""
    return output / f"127.0.0.1-{server.port}{below}"


def total(result: tools.Result) -> str:
    """The last line on standard output."""
    return result.stdout.splitlines()[-1]


def check(output: Path, server: BlogServer, posts: list[Entry]) -> None:
    """Check that a blog is whole."""
    at = folder(output, server)
    assert tools.texts(at) == {entry.path: entry.text for entry in posts}
    tools.check_archive(at)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a blog's folder as another run does."""
    path.mkdir(parents=True)
    lock = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def shared_host(
    serve: Serve, below: Iterable[str], count: int, *waits: Pause
) -> tuple[BlogServer, dict[str, list[Entry]]]:
    """Start a host with a blog in each of its folders, which waits before it answers."""
    server = serve()
    all_posts = {}
    for place in below:
        posts = all_posts[place] = entries(count, place)
        paths = [entry.path for entry in posts]
        server.pages |= {entry.path: plain(post(entry)).after(*waits) for entry in posts}
        server.pages[place] = listing(paths).after(*waits)
        server.pages[f"{place}sitemap.xml"] = sitemap([server.url + path[1:] for path in paths])
    server.pages["/robots.txt"] = robots("User-agent: *", "Disallow:")
    return server, all_posts


def test_each_blog_has_its_own_folder(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """All blogs of a list are saved, each as if it were alone, and the last line says so; again costs little."""
    blogs = [plain_blog(count) for count in (5, 1, 3)]
    result = crawl(tmp_path, ["# mine", *(server.url for server, _ in blogs), "", blogs[0][0].url])
    assert result.code == 0, result.stderr
    assert result.stderr == ""
    assert total(result) == "3 blogs: 3 done"
    for server, posts in blogs:
        check(result.output, server, posts)
        assert f"127.0.0.1-{server.port}: {len(posts)} new" in result.stdout
        (report,) = tools.reports(folder(result.output, server))
        assert report["found"] == len(posts)
        assert report["exit_code"] == 0
        assert report["arguments"]["url"] == server.url
        server.log.clear()
    again = crawl(tmp_path, [server.url for server, _ in blogs])
    assert total(again) == "3 blogs: 3 done"
    for server, posts in blogs:
        assert set(server.paths()).isdisjoint(entry.path for entry in posts)


def test_from_standard_input(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """`-` reads the list from standard input; arguments hold for each blog."""
    blogs = [plain_blog(3), plain_blog(4)]
    command = words(Path("-"), tmp_path, None, "-a", "limit=2")
    given = "\n".join(server.url for server, _ in blogs)
    done = subprocess.run(
        command, cwd=tools.PROJECT, env=tools.environment(), input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    for server, posts in blogs:
        assert set(tools.texts(folder(tmp_path, server))) == {entry.path for entry in posts[:2]}


def test_one_that_fails_does_not_touch_the_others(plain_blog: PlainBlog, serve: Serve, tmp_path: Path) -> None:
    """A blog that is locked, dead, blocked or in an unreadable folder ends as it would alone; the others are saved."""
    (one, posts_one), (two, posts_two), (held, _) = plain_blog(3), plain_blog(2), plain_blog(2)
    shut = serve({"/": error(403)})
    with BlogServer() as server:
        dead = server.url
    odd, _ = plain_blog(2)
    output = tmp_path / "output"
    output.mkdir()
    folder(output, odd).write_text("a file in the place of a folder")
    with locked(folder(output, held)):
        result = crawl(tmp_path, [held.url, one.url, dead, odd.url, shut.url, two.url], ARCHIVER_BLOGS_AT_ONCE=2)
    assert result.code == 1
    assert total(result) == ("6 blogs: 2 done, 1 not started, 1 blocked, 1 empty or shrunk, 1 locked"), result.stderr
    check(output, one, posts_one)
    check(output, two, posts_two)
    told = {line.partition(": ")[0]: line.partition(": ")[2] for line in result.said}
    assert len(told) == len(result.said) == 4
    assert "another run" in told[folder(output, held).name]
    assert "cannot be reached" in told[f"127.0.0.1-{dead.rpartition(':')[2].strip('/')}"]
    assert "refuses us" in told[folder(output, shut).name]
    assert "cannot write" in told[folder(output, odd).name]
    assert held.log == []
    assert odd.log == []


@pytest.mark.parametrize(
    ("addresses", "others", "said"),
    [
        (
            ["http://127.0.0.1:1/", "not a blog", "", "ftp://127.0.0.1/"],
            (),
            ["line 2: 'not a blog' is no", "line 4: 'ftp://127.0.0.1/' is no"],
        ),
        (["# nothing", ""], (), ["names no blog"]),
        (["http://127.0.0.1:1/"], ("-a", "url=http://127.0.0.1:1/"), ["exclude each other"]),
        (["http://127.0.0.1:1/"], ("-a", "limit=three"), ["limit=three"]),
        (["http://127.0.0.1:1/"], ("-a", "limits=3"), ["limits"]),
        (["http://127.0.0.1:1/"], ("-o", "posts.jsonl"), ["one blog"]),
        (["http://127.0.0.1:1/"], ("-s", "JOBDIR=job"), ["JOBDIR"]),
        (["http://127.0.0.1:1/"], ("-s", "ARCHIVER_BLOGS_AT_ONCE=0"), ["ARCHIVER_BLOGS_AT_ONCE=0"]),
        (["http://127.0.0.1:1/", "blog.example.com"], (), ["reach you"]),
    ],
)
def test_2_usage(addresses: list[str], others: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    """What is wrong with a list or its arguments is told before anything is fetched: every bad line, by its number."""
    result = crawl(tmp_path, addresses, *others)
    assert result.code == 2, result.stderr
    assert len(result.said) == len(said)
    for line, part in zip(result.said, said, strict=True):
        assert part in line
    assert result.stdout == ""
    assert not result.output.exists()


def test_2_no_such_list(tmp_path: Path) -> None:
    """A list that is not there, or given to a spider that archives one blog only, is refused in one line."""
    result = tools.run(words(tmp_path / "none.txt", tmp_path / "output"), tmp_path / "output")
    assert (result.code, len(result.said)) == (2, 1)
    assert "none.txt: No such file" in result.said[0]
    file = listed(tmp_path, ["http://127.0.0.1:1/"])
    demo = tools.run(tools.command("crawl", "demo", "-a", f"urls_file={file}", output=tmp_path / "o"), tmp_path / "o")
    assert (demo.code, len(demo.said)) == (2, 1)
    assert "no list" in demo.said[0]


def test_blogs_of_one_host_take_turns(serve: Serve, plain_blog: PlainBlog, tmp_path: Path) -> None:
    """Blogs in folders of one host are crawled one after the other, in their order, while other hosts go on."""
    places = ["/a/", "/b/", "/c/"]
    server, posts = shared_host(serve, places, 3, Pause(0.05))
    other, others_posts = plain_blog(2)
    result = crawl(tmp_path, [*(f"{server.url[:-1]}{place}" for place in places), other.url])
    assert result.code == 0, result.stderr
    check(result.output, other, others_posts)
    spans: list[tuple[datetime, datetime]] = []
    for place in places:
        at = folder(result.output, server, f"-{place.strip('/')}")
        assert set(tools.texts(at)) == {entry.path for entry in posts[place]}
        tools.check_archive(at)
        times = [logged.at for logged in server.log if logged.target.startswith(place)]
        spans.append((min(times), max(times)))
    assert spans == sorted(spans)
    assert all(ended < began for (_, ended), (began, _) in pairwise(spans))
    with other._lock:
        assert min(logged.at for logged in other.log) < spans[1][0], "another host does not wait for them"


def test_a_slow_blog_does_not_hold_up_the_others(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """With two at once and one that takes its time, the others follow each other in the second place."""
    slow, slow_posts = plain_blog(2)
    gate = Gate(threading.Event(), threading.Event())
    slow.pages[slow_posts[0].path] = plain(post(slow_posts[0])).after(gate)
    quick = [plain_blog(2) for _ in range(4)]
    output = tmp_path / "output"
    file = listed(tmp_path, [slow.url, *(server.url for server, _ in quick)])
    process = tools.start(words(file, output, {"ARCHIVER_BLOGS_AT_ONCE": 2}))
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    assert gate.reached.is_set()
    while sum(": 2 new" in line for line in lines) < len(quick):
        lines.append(process.stdout.readline())
        assert lines[-1], "the end came before the others were saved"
    for server, posts in quick:
        check(output, server, posts)
    gate.passed.set()
    result = tools.finish(process, output)
    assert result.code == 0, result.stderr
    assert total(result) == "5 blogs: 5 done"
    check(output, slow, slow_posts)
    # one at a time in the second place
    ends = [(min(x.at for x in server.log), max(x.at for x in server.log)) for server, _ in quick]
    assert ends == sorted(ends)
    assert all(ended < began for (_, ended), (began, _) in pairwise(ends))


def test_slow_pages_of_one_blog_do_not_hold_up_the_others(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """All blogs share the workers, and one with pages that take long takes no more of them than the others."""
    slow, slow_posts = plain_blog(10)
    quick, quick_posts = plain_blog(3)
    much = "<p>A line of a page that is very long indeed.</p>\n" * 6_000
    slow.pages |= {entry.path: plain(post(entry, much)) for entry in slow_posts}
    # the quick one comes when the slow one's pages all wait for the one worker
    gate = Gate(threading.Event(), threading.Event())
    quick.pages["/"] = listing([entry.path for entry in quick_posts]).after(gate)
    output = tmp_path / "output"
    process = tools.start(words(listed(tmp_path, [slow.url, quick.url]), output, {"ARCHIVER_WORKERS": 1}))
    assert gate.reached.wait(60)
    while slow_posts[-1].path not in slow.paths():
        assert process.poll() is None
        time.sleep(0.02)
    gate.passed.set()
    result = tools.finish(process, output)
    assert result.code == 0, result.stderr
    ended = [line.partition(":")[0] for line in result.stdout.splitlines() if " new; " in line]
    assert ended == [folder(output, quick).name, folder(output, slow).name]
    check(output, quick, quick_posts)
    assert len(tools.posts(folder(output, slow))) == 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_3_a_signal_ends_all_of_them(plain_blog: PlainBlog, tmp_path: Path, number: signal.Signals) -> None:
    """A signal ends the crawls that run in good order and begins no more; the same command goes on from there."""
    blogs = [plain_blog(8) for _ in range(5)]
    gates = []
    for server, posts in blogs[1:3]:
        gates.append(Gate(threading.Event(), threading.Event()))
        server.pages[posts[3].path] = plain(post(posts[3])).after(gates[-1])
    output = tmp_path / "output"
    file = listed(tmp_path, [server.url for server, _ in blogs])
    process = tools.start(words(file, output, {"ARCHIVER_BLOGS_AT_ONCE": 2}))
    for gate in gates:
        assert gate.reached.wait(60)
    process.send_signal(number)
    time.sleep(0.5)
    for gate in gates:
        gate.passed.set()
    result = tools.finish(process, output)
    assert result.code == 3
    assert total(result) == "5 blogs: 1 done, 2 ended early, 2 not begun"
    assert len(result.said) == 3
    assert "before 2 of the blogs" in result.said[-1]
    check(output, *blogs[0])
    for server, _ in blogs[1:3]:
        assert 0 < len(tools.posts(folder(output, server))) < 8
        tools.check_archive(folder(output, server))
    for server, _ in blogs[3:]:
        assert server.log == []
    again = tools.run(words(file, output), output)
    assert again.code == 0, again.stderr
    for server, posts in blogs:
        check(output, server, posts)


def test_3_a_second_signal(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A second signal waits for nobody, and all the same what had come is kept and the code is 3."""
    blogs = [plain_blog(4) for _ in range(3)]
    gate = Gate(threading.Event(), threading.Event())
    blogs[1][0].pages[blogs[1][1][2].path] = plain(post(blogs[1][1][2])).after(gate)
    output = tmp_path / "output"
    file = listed(tmp_path, [server.url for server, _ in blogs])
    process = tools.start(words(file, output, {"ARCHIVER_BLOGS_AT_ONCE": 2}))
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGTERM)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    result = tools.finish(process, output)
    gate.passed.set()
    assert result.code == 3
    assert "ended early" in total(result)
    again = tools.run(words(file, output), output)
    assert again.code == 0, again.stderr
    for server, posts in blogs:
        check(output, server, posts)


# Sends itself a signal while the third crawl is being begun.
STOPPED = """
import os, signal, sys
from scrapy import cmdline
from scrapy.core.engine import ExecutionEngine
from scrapy.utils.defer import maybe_deferred_to_future
number, begin = 0, ExecutionEngine.open_spider_async
async def slowly(self, *args, **kwargs):
    global number
    number += 1
    if number == 3:
        from twisted.internet import reactor, task
        os.kill(os.getpid(), signal.SIGTERM)
        await maybe_deferred_to_future(task.deferLater(reactor, 0.5))
    await begin(self, *args, **kwargs)
ExecutionEngine.open_spider_async = slowly
cmdline.execute(["scrapy", *sys.argv[1:]])
"""


def test_3_a_signal_while_a_crawl_begins(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A crawl that is being begun when a signal comes ends in good order too, before it asks for anything."""
    blogs = [plain_blog(1) for _ in range(4)]
    output = tmp_path / "output"
    command = words(listed(tmp_path, [server.url for server, _ in blogs]), output, {"ARCHIVER_BLOGS_AT_ONCE": 1})
    result = tools.run([sys.executable, "-c", STOPPED, *command[3:]], output)
    assert result.code == 3
    assert total(result) == "4 blogs: 2 done, 1 ended early, 1 not begun"
    assert len(result.said) == 2
    assert "ended early (shutdown)" in result.said[0]
    assert blogs[2][0].log == []
    assert not folder(output, blogs[2][0]).exists(), "a folder that holds nothing is taken away again"


def test_3_a_full_disk_ends_all_of_them(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A disk that takes no more ends every crawl, and none is begun; later the same command goes on."""
    blogs = [plain_blog(count) for count in (40, 40, 2)]
    output = tmp_path / "output"
    file = listed(tmp_path, [server.url for server, _ in blogs])
    limited = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = words(file, output, {"ARCHIVER_BLOGS_AT_ONCE": 2})
    result = tools.run([sys.executable, "-c", limited, *command], output)
    assert result.code == 3
    assert total(result) == "3 blogs: 0 done, 2 ended early, 1 not begun"
    assert sum("all crawls are ended" in line for line in result.said) == 1
    assert blogs[2][0].log == []
    again = tools.run(words(file, output), output)
    assert again.code == 0, again.stderr
    for server, posts in blogs:
        check(output, server, posts)


def test_trouble_with_one_folder(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """What cannot be written in one blog's folder, while the disk takes everything else, ends this blog only."""
    blogs = [plain_blog(2) for _ in range(4)]
    output = tmp_path / "output"
    # indexes/index.cdxj cannot be replaced, which is found out at the end of the crawl
    (folder(output, blogs[0][0]) / "indexes" / "index.cdxj").mkdir(parents=True)
    (folder(output, blogs[1][0]) / "state.sqlite").mkdir(parents=True)
    result = crawl(tmp_path, [server.url for server, _ in blogs], ARCHIVER_BLOGS_AT_ONCE=1)
    assert result.code == 3
    assert total(result) == "4 blogs: 2 done, 2 ended early"
    assert len(result.said) == 2
    for server, posts in blogs[2:]:
        check(output, server, posts)


def test_on_a_terminal(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A terminal has one live line for all of them, above which the rest scrolls; standard output has none of it."""
    blogs = [plain_blog(2), plain_blog(2)]
    gate = Gate(threading.Event(), threading.Event())
    blogs[0][0].pages["/"] = listing([entry.path for entry in blogs[0][1]]).after(gate)
    file = listed(tmp_path, [server.url for server, _ in blogs])
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        words(file, tmp_path / "output")[:-2],  # without -L, as a person would
        cwd=tools.PROJECT,
        env=tools.environment() | {"TERM": "xterm", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    shown = b""
    while b"1 done, 1 running" not in shown:
        shown += os.read(ours, 65536)
    gate.passed.set()
    with suppress(OSError):  # what a terminal says when nobody writes to it any more
        while more := os.read(ours, 65536):
            shown += more
    os.close(ours)
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    process.stdout.close()
    assert process.wait(60) == 0
    assert lines[-1] == "2 blogs: 2 done"
    assert "\x1b" not in "".join(lines)
    assert sum(": 2 new" in line for line in lines) == 2
    assert b" found, " not in shown, "no line of a single blog"


def test_the_log_has_all_of_them(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A log file that is begun anew is begun once, not with each blog."""
    blogs = [plain_blog(1) for _ in range(3)]
    log = tmp_path / "log.txt"
    log.write_text("of yesterday")
    file, output = listed(tmp_path, [server.url for server, _ in blogs]), tmp_path / "output"
    settings: dict[str, object] = {"LOG_FILE_APPEND": False, "ARCHIVER_BLOGS_AT_ONCE": 1}
    command = words(file, output, settings, "--logfile", str(log))
    result = tools.run([*command[:-1], "INFO"], output)
    assert result.code == 0, result.stderr
    written = log.read_text(encoding="utf-8")
    assert "of yesterday" not in written
    for server, _ in blogs:
        assert f"{folder(tmp_path, server).name}: 1 found" in written


# Counts the crawlers that are alive whenever one is made.
COUNTED = """
import gc, sys, weakref
from scrapy import cmdline, crawler
alive, begin = weakref.WeakSet(), crawler.Crawler.__init__
def counted(self, *args, **kwargs):
    begin(self, *args, **kwargs)
    alive.add(self)
    gc.collect()
    print("alive", len(alive), file=sys.stderr)
crawler.Crawler.__init__ = counted
cmdline.execute(["scrapy", *sys.argv[1:]])
"""


def test_memory_does_not_grow_with_the_list(plain_blog: PlainBlog, tmp_path: Path) -> None:
    """A crawl is made when its turn comes, and nothing of it stays when it has ended."""
    blogs = [plain_blog(1) for _ in range(12)]
    output = tmp_path / "output"
    file = listed(tmp_path, [server.url for server, _ in blogs])
    command = words(file, output, {"ARCHIVER_BLOGS_AT_ONCE": 2})
    result = tools.run([sys.executable, "-c", COUNTED, *command[3:]], output)
    assert result.code == 0, result.stderr
    alive = [int(line.split()[1]) for line in result.stderr.splitlines() if line.startswith("alive ")]
    assert len(alive) == 12
    # beside those that run: one that is just ending, and the first, which the calm collector no longer looks at
    assert max(alive) <= 2 + 1 + 2
    assert alive[-1] == alive[-5]
