"""A WARC file as streams of decoded bytes: gzip members, zstd frames, or the plain file as one stream.

Read forwards only and in pieces, so that neither a huge record nor a decompression bomb takes memory.
Sources: RFC 1952, RFC 8878; WARC 1.1 annex D (one member per record).
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

CHUNK = 1 << 16
# Fed to a decoder at once: what lies behind a member is copied, which for many small ones adds up.
FEED = 1 << 14
GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
# RFC 8878 section 3.1.2: 0x184D2A50 to 0x184D2A5F, little-endian. The WARC-zstd proposal keeps a dictionary in 5D.
SKIPPABLE = b"\x2a\x4d\x18"
DICTIONARY = 0x5D
MAX_DICTIONARY = 1 << 24
# A file that breaks more often than this is no archive any more; going on would take longer than it tells.
MAX_DAMAGES = 1000


class Damage(Exception):
    """The bytes cannot be decoded from here on; `str()` says why."""


class Raw:
    """The file's own bytes, read forwards; `offset` is where the next one lies."""

    def __init__(self, stream: BinaryIO, advanced: Callable[[int], None] = lambda count: None) -> None:
        self._stream = stream
        self._advanced = advanced
        self._held = b""
        self.offset = 0

    def take(self, size: int = CHUNK) -> bytes:
        """Return up to `size` bytes, b"" at the end of the file."""
        if self._held:
            data, self._held = self._held[:size], self._held[size:]
        else:
            data = self._stream.read(size)
            self._advanced(len(data))
        self.offset += len(data)
        return data

    def give_back(self, data: bytes) -> None:
        """Let `data`, the last bytes taken, be taken again."""
        self._held = data + self._held
        self.offset -= len(data)

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end of the file, and leave them there."""
        while len(self._held) < size:
            more = self._stream.read(CHUNK)
            if not more:
                break
            self._advanced(len(more))
            self._held += more
        return self._held[:size]


class Stream(Protocol):
    """Decoded bytes that belong together; `offset` is where they begin in the file, `length` what they take there."""

    offset: int

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raises Damage."""

    @property
    def length(self) -> int:
        """How many bytes of the file were read for it."""


class Plain:
    """A file without compression."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self.offset = raw.offset

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end."""
        return self._raw.take(size)

    @property
    def length(self) -> int:
        """How many bytes were read."""
        return self._raw.offset - self.offset


class Member:
    """One gzip member or zstd frame."""

    def __init__(self, raw: Raw, codec: _Codec) -> None:
        self._raw = raw
        self._codec = codec
        self._ended = False
        self.offset = raw.offset

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raises Damage; the next search then starts where that was."""
        while not self._ended:
            fed = self._raw.take(FEED) if self._codec.hungry else b""
            starved = self._codec.hungry and not fed
            try:
                out = self._codec.decode(fed, size)
            except self._codec.errors as error:
                self._raw.give_back(fed)
                if self._raw.offset <= self.offset:
                    self._raw.take(1)
                raise Damage(f"the {self._codec.name} is damaged ({error})") from error
            if self._codec.eof:
                self._ended = True
                self._raw.give_back(self._codec.rest)
            elif starved and not out:
                raise Damage(f"the file ends within the {self._codec.name}")
            if out:
                return out
        return b""

    @property
    def length(self) -> int:
        """How many bytes of the file it takes, once it was read to its end."""
        return self._raw.offset - self.offset


class _Codec(Protocol):
    name: str
    errors: tuple[type[Exception], ...]

    @property
    def hungry(self) -> bool: ...
    @property
    def eof(self) -> bool: ...
    @property
    def rest(self) -> bytes: ...
    def decode(self, data: bytes, size: int) -> bytes: ...


class _Gzip:
    name = "gzip member"
    errors: tuple[type[Exception], ...] = (zlib.error,)

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(31)

    @property
    def hungry(self) -> bool:
        return not self._engine.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def rest(self) -> bytes:
        return self._engine.unused_data

    def decode(self, data: bytes, size: int) -> bytes:
        return self._engine.decompress(self._engine.unconsumed_tail or data, size)


class _Zstd:
    name = "zstd frame"

    def __init__(self, module: Any, dictionary: Any = None) -> None:
        self._engine = module.ZstdDecompressor(dictionary)
        self.errors: tuple[type[Exception], ...] = (module.ZstdError,)

    @property
    def hungry(self) -> bool:
        return bool(self._engine.needs_input)

    @property
    def eof(self) -> bool:
        return bool(self._engine.eof)

    @property
    def rest(self) -> bytes:
        return bytes(self._engine.unused_data)

    def decode(self, data: bytes, size: int) -> bytes:
        return bytes(self._engine.decompress(data, size))


def kind_of(raw: Raw, name: str) -> str:
    """Return gzip, zstd or plain: by the first bytes, else by what the name says."""
    start = raw.peek(5)
    if start.startswith(b"WARC/"):
        return "plain"
    if start.startswith(GZIP) or name.endswith(".gz"):
        return "gzip"
    if start.startswith(ZSTD) or start[1:4] == SKIPPABLE or name.endswith(".zst"):
        return "zstd"
    return "plain"


def streams(raw: Raw, kind: str) -> Iterator[Stream | Damage]:
    """Yield the streams of a file, each to be read to its end before the next, and Damage where bytes are none."""
    if kind == "plain":
        if raw.peek(1):
            yield Plain(raw)
        return
    make = (lambda: Member(raw, _Gzip())) if kind == "gzip" else _zstd(raw)
    magic = GZIP if kind == "gzip" else ZSTD
    if make is None:
        yield Damage("zstd cannot be read here: install backports.zstd, or use Python 3.14")
        return
    while start := raw.peek(len(magic)):
        if start == magic:
            yield make()
        elif kind == "zstd" and start[1:4] == SKIPPABLE:
            _skip(raw)
        else:
            yield Damage(f"bytes that begin no {'gzip member' if kind == 'gzip' else 'zstd frame'}: {start!r}")
            find_member(raw, magic)


def find_member(raw: Raw, magic: bytes = GZIP) -> int:
    """Go to the next place at which a record's member or frame begins; return how many bytes were passed over."""
    start = raw.offset
    while window := raw.peek(CHUNK):
        at = window.find(magic)
        while at >= 0 and not (magic == ZSTD or _is_record(window[at : at + 512])):
            at = window.find(magic, at + 1)
        # the magic, or a member's first bytes, may be cut by the window's end
        step = at if at >= 0 else max(1, len(window) - len(magic) + 1)
        raw.take(step)
        if at >= 0 or len(window) < len(magic):
            raw.take(0 if at >= 0 else len(window))
            break
    return raw.offset - start


def _is_record(data: bytes) -> bool:
    try:
        return b"WARC/".startswith(zlib.decompressobj(31).decompress(data, 5)[:5])
    except zlib.error:
        return False


def _zstd(raw: Raw) -> Callable[[], Member] | None:
    module = next(filter(None, map(_import, ("compression.zstd", "backports.zstd"))), None)
    if module is None:
        return None
    dictionary = None
    start = raw.peek(8)
    if start[:4] == bytes([DICTIONARY]) + SKIPPABLE:
        size = int.from_bytes(start[4:8], "little")
        if size <= MAX_DICTIONARY:
            content = raw.peek(8 + size)[8:]
            dictionary = _dictionary(module, content)
    return lambda: Member(raw, _Zstd(module, dictionary))


def _dictionary(module: Any, content: bytes) -> Any:
    try:
        if content.startswith(ZSTD):  # the proposal allows the dictionary itself to be compressed
            content = module.ZstdDecompressor().decompress(content, MAX_DICTIONARY)
        return module.ZstdDict(content)
    except (module.ZstdError, ValueError):
        return None


def _skip(raw: Raw) -> None:
    head = raw.take(8)
    left = int.from_bytes(head[4:8], "little")
    while left and (data := raw.take(min(left, CHUNK))):
        left -= len(data)


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
