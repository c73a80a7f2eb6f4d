"""A WARC file as records: version line, named fields, and a block that is read in pieces (WARC 1.1 section 4).

Nothing here decides whether a record is right; what cannot be read is told as a finding by its check's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archiver.verify.members import CHUNK, GZIP, MAX_DAMAGES, ZSTD, Damage, Raw, Stream, find_member, streams

MAX_HEAD = 1 << 20
VERSION = re.compile(rb"WARC/(\d{1,3}\.\d{1,3})\r?\n?$")
VERSIONS = ("1.0", "1.1")
LENGTH = re.compile(r"\d{1,18}", re.ASCII)
TOKEN = re.compile(rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+")
CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=")
END = b"\r\n\r\n"

Tell = Callable[[str, int, str, str], None]  # check, offset, record id, what was found


@dataclass(slots=True)
class Record:
    """A record whose head was read. `offset` and `length` are those of its member, or of itself in a plain file.

    `fields` are (name in lower case, value) in order; `size` is Content-Length, None if it is missing or no number.
    `alone` says that its member holds nothing else; `whole` that its block and what ends it could be read.
    """

    offset: int
    version: str
    fields: list[tuple[str, str]]
    size: int | None
    source: _Source
    length: int = 0
    alone: bool = True
    whole: bool = True
    got: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first value of a field, "" if it is absent."""
        return self.names.get(name, "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.fields if key == name]

    @property
    def record_id(self) -> str:
        """The record's id without its brackets."""
        return self.get("warc-record-id").strip("<>")

    @property
    def kind(self) -> str:
        """WARC-Type, in lower case."""
        return self.get("warc-type").lower()

    def pieces(self) -> Iterator[bytes]:
        """Yield the block; must be read to its end before `close`."""
        return self.source.block(self)

    def close(self) -> None:
        """Read what ends the record; afterwards `length`, `alone` and `whole` are known."""
        self.source.end(self)


class _Buffer:
    """A stream's decoded bytes, by lines and by pieces; `position` counts those that were read."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0
        self.position = 0

    def line(self, limit: int) -> bytes:
        """Return the bytes up to a line feed, or `limit` of them if none comes before."""
        seen = 0
        while (end := self._data.find(b"\n", self._at + seen, self._at + limit)) < 0:
            seen = len(self._data) - self._at
            if seen >= limit or not self._fill():
                return self._cut(limit)
        return self._cut(end + 1 - self._at)

    def take(self, size: int) -> bytes:
        """Return at least one and up to `size` bytes, b"" at the end."""
        if self._at >= len(self._data):
            data = self._stream.read(min(size, CHUNK)) if size else b""
            self.position += len(data)
            return data
        return self._cut(min(size, CHUNK))

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        while len(self._data) - self._at < size and self._fill():
            pass
        return self._data[self._at : self._at + size]

    def _fill(self) -> bool:
        more = self._stream.read(CHUNK)
        self._data = self._data[self._at :] + more
        self._at = 0
        return bool(more)

    def _cut(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        self._at += len(data)
        self.position += len(data)
        return data


class _Source:
    """One stream's records; see `Records`."""

    def __init__(self, stream: Stream, tell: Tell, *, plain: bool) -> None:
        self._stream = stream
        self._buffer = _Buffer(stream)
        self._tell = tell
        self._plain = plain
        self._count = 0
        self._told = False
        self.damaged = False

    def __iter__(self) -> Iterator[Record]:
        try:
            while self._find():
                record = self._head()
                if record is None:
                    if not self._plain:
                        self._drain()
                        return
                    continue
                self._count += 1
                if self._count == 2 and not self._plain:
                    self._tell("several-in-member", self._stream.offset, record.record_id, "a second record")
                yield record
        except Damage as damage:
            self.damaged = True
            self._tell("damaged", self._stream.offset, "", str(damage))

    @property
    def _here(self) -> int:
        return self._buffer.position if self._plain else self._stream.offset

    def _find(self) -> bool:
        """Go to the next version line; tell of bytes that belong to no record. False at the end of the stream."""
        start, first = self._here, self._buffer.peek(5)
        if first == b"WARC/":
            return True
        position, sample = self._buffer.position, self._buffer.peek(24)
        at_line = True
        while self._buffer.peek(1) and not (at_line and self._buffer.peek(7) in (b"WARC/1.", b"WARC/0.")):
            at_line = self._buffer.line(CHUNK).endswith(b"\n")
        skipped = self._buffer.position - position
        if self._told:
            self._told = False
        elif skipped:
            self._tell("no-record", start, "", f"{skipped:,} bytes that belong to no record, from {sample!r} on")
        elif self._count == 0:
            self._tell("no-record", start, "", "a member that holds nothing")
        return bool(self._buffer.peek(1))

    def _head(self) -> Record | None:
        """Read a record's head; None if it cannot be one, which is told."""
        offset, begin = self._here, self._buffer.position
        first = self._buffer.line(MAX_HEAD)
        match = VERSION.match(first)
        version = match[1].decode() if match else ""
        if version not in VERSIONS:
            self._tell("version", offset, "", f"{first[:40]!r}")
        if not match:
            self._told = True
            return None
        lines: list[bytes] = []
        while True:
            line = self._buffer.line(max(0, MAX_HEAD - (self._buffer.position - begin)))
            if not line:
                what = "longer than 1 MiB" if self._buffer.position - begin >= MAX_HEAD else "cut off"
                self._tell("head-unended", offset, "", f"a head that is {what}")
                self._told = True
                return None
            if line in (b"\r\n", b"\n"):
                break
            lines.append(line)
        return self._record(offset, version, [first, *lines, line], lines)

    def _record(self, offset: int, version: str, whole: list[bytes], lines: list[bytes]) -> Record:
        found: list[tuple[str, str]] = []
        fields = list(_fields(lines, lambda check, text: found.append((check, text))))
        if any(not line.endswith(b"\r\n") for line in whole):
            found.append(("line-end", "lines that end with a bare LF"))
        names: dict[str, str] = {}
        for name, value in fields:
            names.setdefault(name, value)
        length = names.get("content-length", "")
        size = int(length) if LENGTH.fullmatch(length) else None
        record = Record(offset, version, fields, size, self, names=names)
        for check, text in found:
            self._tell(check, offset, record.record_id, text)
        return record

    def block(self, record: Record) -> Iterator[bytes]:
        """Yield the record's block in pieces; without a length it is what the member holds, in a plain file nothing."""
        if record.size is None and self._plain:
            record.whole = False
            self._told = True  # that it has no length is told, and all that follows is lost with it
            return
        try:
            while record.size is None or record.got < record.size:
                data = self._buffer.take(CHUNK if record.size is None else record.size - record.got)
                if not data:
                    break
                record.got += len(data)
                yield data
        except Damage as damage:
            self._broken(record, damage)
            return
        if record.size is None:
            record.whole = False
        elif record.got < record.size:
            record.whole = False
            where = "file" if self._plain else "member"
            text = f"the {where} ends after {record.got:,} of the block's {record.size:,} bytes"
            self._tell("block-cut", record.offset, record.record_id, text)

    def end(self, record: Record) -> None:
        """Read the two line ends behind the block, and see whether the member ends there too."""
        if self.damaged:
            return
        try:
            if record.whole:
                self._line_ends(record)
            record.alone = not self._plain and self._count == 1 and not self._buffer.peek(1)
        except Damage as damage:
            self._broken(record, damage)
        record.length = self._buffer.position - record.offset if self._plain else self._stream.length

    def _line_ends(self, record: Record) -> None:
        tail = self._buffer.peek(len(END) + 5)
        if tail.startswith(END) and tail[4:5] not in (b"\r", b"\n"):
            self._buffer.take(len(END))
            return
        count = 0
        while (data := self._buffer.peek(CHUNK)) and (ends := len(data) - len(data.lstrip(b"\r\n"))):
            while ends:
                got = len(self._buffer.take(ends))
                ends -= got
                count += got
        text = f"{count:,} bytes of line ends" if count else f"{tail[:8]!r}"
        self._told = not count  # what follows belongs to this finding
        self._tell("record-end", record.offset, record.record_id, text)

    def _broken(self, record: Record, damage: Damage) -> None:
        record.whole = False
        self.damaged = True
        self._tell("damaged", record.offset, record.record_id, f"{damage}, in a record's block")

    def _drain(self) -> None:
        while self._buffer.take(CHUNK):
            pass


class Records:
    """The records of a file, each to be read (`pieces`) and closed before the next. `tell` hears what is unreadable."""

    def __init__(self, raw: Raw, kind: str, tell: Tell) -> None:
        self._raw = raw
        self._kind = kind
        self._tell = tell

    def __iter__(self) -> Iterator[Record]:
        damages = 0
        for stream in streams(self._raw, self._kind):
            if damages > MAX_DAMAGES:
                self._tell("damaged", self._raw.offset, "", "too many damages: the rest of the file was not read")
                return
            if isinstance(stream, Damage):
                damages += 1
                self._tell("damaged", self._raw.offset, "", str(stream))
                continue
            source = _Source(stream, self._tell, plain=self._kind == "plain")
            yield from source
            if source.damaged:
                damages += 1
                find_member(self._raw, GZIP if self._kind == "gzip" else ZSTD)


def _fields(lines: list[bytes], tell: Callable[[str, str], None]) -> Iterator[tuple[str, str]]:
    """Yield (name in lower case, value) of named-field lines; continuation lines are joined by a space."""
    name: str | None = None
    parts: list[str] = []
    for line in lines:
        text = line.rstrip(b"\r\n") if line.endswith((b"\r\n", b"\n")) else line
        if text[:1] in (b" ", b"\t"):
            tell("folded", f"a line that continues the one before: {text[:40]!r}")
            parts.append(_value(text, tell))
            continue
        if name is not None:
            yield name, " ".join(filter(None, parts))
        label, colon, value = text.partition(b":")
        if not colon or not TOKEN.fullmatch(label):
            tell("field-syntax", f"{text[:40]!r}, which is no name and value")
        name, parts = label.strip().lower().decode("latin-1"), [_value(value, tell)]
    if name is not None:
        yield name, " ".join(filter(None, parts))


def _value(data: bytes, tell: Callable[[str, str], None]) -> str:
    if CONTROLS.search(data):
        tell("field-syntax", f"control characters in {data[:40]!r}")
    try:
        value = data.decode("utf-8").strip(" \t")
    except UnicodeDecodeError:
        tell("field-utf8", f"{data[:40]!r}")
        value = data.decode("utf-8", "replace").strip(" \t")
    if ENCODED_WORD.search(value):
        tell("encoded-word", value[:60])
    return value
