"""Run crawls as a person does, in processes of their own, and read what they leave without the archiver's code."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

from warcio.archiveiterator import ArchiveIterator

PROJECT = Path(__file__).resolve().parents[2]
# On this machine there is nobody to be polite to.
FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "RETRY_TIMES": "1",
    "DOWNLOAD_TIMEOUT": "20",
}
TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended, and the output folder that it worked in."""

    code: int
    stdout: str
    stderr: str
    output: Path

    @property
    def folder(self) -> Path:
        """The folder of the only blog in the output."""
        (folder,) = [path for path in self.output.iterdir() if path.is_dir()]
        return folder

    @property
    def said(self) -> list[str]:
        """The command's own lines on standard error, without log and name."""
        return [line.removeprefix("scrapy crawl: ") for line in self.stderr.splitlines() if line.startswith("scrapy ")]


def command(
    *words: str, output: Path, settings: Mapping[str, object] | None = None, level: str = "WARNING"
) -> list[str]:
    """The words that start `scrapy` with the tests' settings."""
    merged = {**FAST, "ARCHIVER_OUTPUT": output, **(settings or {})}
    options = [option for name, value in merged.items() for option in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", *words, *options, "-L", level]


def start(words: list[str], **variables: str) -> subprocess.Popen[str]:
    """Start a command in the project's folder, as README tells; `variables` are added to the environment."""
    env = environment() | variables
    return subprocess.Popen(words, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def environment() -> dict[str, str]:
    """The environment without what would change a crawl; warnings of ours are shown."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SCRAPY_", "ARCHIVER_"))}


def finish(process: subprocess.Popen[str], output: Path, timeout: float = TIMEOUT) -> Result:
    """Wait for a command; one that does not end in time is killed, which fails the test."""
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        raise AssertionError(f"no end after {timeout} seconds\n{stdout}\n{stderr}") from None
    assert "Traceback" not in stdout + stderr, stderr
    return Result(process.returncode, stdout, stderr, output)


def run(words: list[str], output: Path, timeout: float = TIMEOUT) -> Result:
    """Run a command to its end."""
    return finish(start(words), output, timeout)


def crawl(
    url: str | None,
    output: Path,
    settings: Mapping[str, object] | None = None,
    *,
    spider: str = "blog",
    level: str = "WARNING",
    timeout: float = TIMEOUT,
    **arguments: object,
) -> Result:
    """Run `scrapy crawl`, with `arguments` as -a; no traceback may reach its output."""
    given = {"url": url, **arguments}
    words = [word for name, value in given.items() if value is not None for word in ("-a", f"{name}={value}")]
    return run(command("crawl", spider, *words, output=output, settings=settings, level=level), output, timeout)


# --- what a crawl leaves ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A WARC record: its kind, its fields, and its block to the byte."""

    kind: str
    fields: dict[str, str]
    block: bytes

    @property
    def url(self) -> str:
        return self.fields.get("WARC-Target-URI", "")

    @property
    def record_id(self) -> str:
        return self.fields["WARC-Record-ID"].strip("<>")


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file; each line must be whole."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def posts(folder: Path) -> list[dict[str, Any]]:
    """All lines of posts.jsonl."""
    return lines(folder / "posts.jsonl")


def comments(folder: Path) -> list[dict[str, Any]]:
    """All lines of comments.jsonl."""
    return lines(folder / "comments.jsonl")


def texts(folder: Path) -> dict[str, str]:
    """The current text of each post by the path of its address."""
    return {"/" + post["url"].split("/", 3)[3]: post["text"] for post in posts(folder)}


def reports(folder: Path) -> list[dict[str, Any]]:
    """The reports of all runs, in order."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "runs").glob("*.json"))]


def record_at(path: Path, offset: int, length: int) -> Found:
    """Read a record from its gzip member alone."""
    with path.open("rb") as file:
        file.seek(offset)
        member = file.read(length)
    # one member and nothing else: gzip would refuse a cut one, and read on into a second
    data = gzip.decompress(member)
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    assert first == "WARC/1.1"
    named = dict(field.split(": ", 1) for field in fields)
    size = int(named["Content-Length"])
    assert rest[size:] == b"\r\n\r\n"
    return Found(named["WARC-Type"], named, rest[:size])


def warcs(folder: Path) -> list[Path]:
    """The blog's finished WARC files."""
    return sorted((folder / "archive").glob("*.warc.gz"))


def warc_bytes(folder: Path) -> dict[str, bytes]:
    """The blog's finished WARC files, whole."""
    return {path.name: path.read_bytes() for path in warcs(folder)}


def records(folder: Path) -> Iterator[Found]:
    """Every record of every WARC file, as warcio reads it; fails unless each file is readable to its end."""
    for path in warcs(folder):
        yield from records_of(path)


def records_of(path: Path) -> Iterator[Found]:
    """Every record of one WARC file, as `records` gives them."""
    end = 0
    with path.open("rb") as file:
        iterator = ArchiveIterator(file, no_record_parse=True)
        for record in iterator:
            block = record.raw_stream.read()
            fields = dict(record.rec_headers.headers)
            assert len(block) == int(fields["Content-Length"])
            yield Found(record.rec_type, fields, block)
            end = iterator.get_record_offset() + iterator.get_record_length()
    assert end == path.stat().st_size, f"{path} goes on after its last record"


def payload_digest(block: bytes) -> str:
    """The digest of an HTTP message's payload, with Python's own parser as the judge of what that is."""

    class Wire:
        def makefile(self, *_: object) -> io.BytesIO:
            return io.BytesIO(block)

    response = HTTPResponse(cast(Any, Wire()))
    response.begin()
    return "sha1:" + b32encode(hashlib.sha1(response.read()).digest()).decode()


def check_archive(folder: Path) -> None:
    """Check all that an archive claims: files whole, each item's link true, the index sorted and right."""
    assert not list((folder / "archive").glob("*.open")), "a file was left open"
    listed = [record for record in records(folder) if record.kind in ("response", "revisit")]
    listed = [record for record in listed if record.kind == "response" or b" 304" not in record.block[:13]]
    for post in posts(folder):
        ref = post["warc"]
        record = record_at(folder / ref["file"], ref["offset"], ref["length"])
        assert record.record_id == ref["record_id"] == post["snapshot_id"]
        assert record.url == post["url"]
        assert payload_digest(record.block) == ref["payload_digest"] == record.fields["WARC-Payload-Digest"]
    seen = [(post["id"], post["revision"]) for post in posts(folder)]
    assert len(seen) == len(set(seen)), "a revision was written twice"
    index = (folder / "indexes" / "index.cdxj").read_bytes().splitlines(keepends=True)
    assert index == sorted(set(index))
    assert len(index) == len(listed)
    for line in index:
        fields = json.loads(line.split(b" ", 2)[2])
        record = record_at(folder / "archive" / fields["filename"], int(fields["offset"]), int(fields["length"]))
        assert record.url == fields["url"]
        assert record.fields["WARC-Payload-Digest"] == fields["digest"]
        assert f" {fields['status']}" in record.block.split(b"\r\n", 1)[0].decode("latin-1")
