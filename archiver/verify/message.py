"""An HTTP/1 message that is fed in pieces: its head, where its body ends, and its payload's digest.

Sources: RFC 9112 sections 2 to 7; the payload is the body with the transfer coding removed and the content coding
kept (WARC 1.1 sections 5.9 and 6.3.2).
"""

from __future__ import annotations

import re
from typing import Any

MAX_HEAD = 1 << 20
# What bytes.strip takes off; str.strip takes more, a no-break space too.
BLANK = " \t\n\r\x0b\x0c"
MAX_CHUNK_LINE = 1 << 16
# As RFC 9112 has it; what is read as one though it is written otherwise; what is at least meant as one.
STATUS_LINE = re.compile(rb"HTTP/(1\.[01]|1) +(\d{3})(?: |$|\t)")
LOOSE_STATUS_LINE = re.compile(rb"(?i)HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
OTHER_STATUS_LINE = re.compile(rb"(?i)HTTP/\d+(?:\.\d+)?\s+\d{3}")
METHOD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HEAD_END = re.compile(rb"\n\r?\n")
HEX = re.compile(rb"[ \t]*0*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
SIZE, DATA, DATA_END, TRAILER, DONE, BROKEN = range(6)


class Hashes:
    """Digests of one sequence of bytes, and its length."""

    def __init__(self, engines: dict[str, Any]) -> None:
        self.engines = engines
        self.length = 0

    def update(self, data: bytes | memoryview) -> None:
        """Add bytes."""
        self.length += len(data)
        for engine in self.engines.values():
            engine.update(data)

    def digest(self, name: str) -> bytes:
        """The digest by one of the algorithms asked for."""
        return bytes(self.engines[name].digest())


class Message:
    """Feed it a block in pieces, then `end` it.

    `payload` takes the payload; `framed` takes all that follows the head, chunk framing included.
    `incomplete` says, once it ended, why the message is not whole, "" if it is or if nothing tells.
    """

    def __init__(self, *, request: bool, payload: Hashes, framed: Hashes) -> None:
        self._request = request
        self._held = b""
        self._scanned = 0
        self.payload = payload
        self.framed = framed
        self.first_line = b""
        self.fields: list[tuple[str, str]] = []
        self.head_ended = False
        self.framing = ""  # none, length, chunked, close
        self.declared = 0
        self.surplus = 0
        self.incomplete = ""
        self.chunk_error = ""
        self._state = SIZE
        self._left = 0

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.fields if key == name]

    def get(self, name: str) -> str:
        """The first value of a field, "" if it is absent."""
        return next(iter(self.all(name)), "")

    @property
    def status(self) -> int | None:
        """The status of a response, None if it begins with no status line, however written."""
        match = LOOSE_STATUS_LINE.match(self.first_line)
        return int(match[1]) if match and not self._request else None

    @property
    def method(self) -> str:
        """The method of a request, "" if it begins with no request line."""
        method = self.first_line.partition(b" ")[0]
        return method.decode() if self._request and self.target and METHOD.fullmatch(method) else ""

    @property
    def target(self) -> str:
        """The target of a request, as written."""
        rest = self.first_line.partition(b" ")[2].strip()
        target, _, version = rest.rpartition(b" ")
        return (target.rstrip() if version.startswith(b"HTTP/") else rest).decode("latin-1")

    @property
    def complete(self) -> bool:
        """Whether the message says where it ends, and was there to that end."""
        return self.head_ended and self.framing in ("length", "chunked") and not self.incomplete

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the block."""
        if self.head_ended:
            self._body(data)
        elif len(self._held) <= MAX_HEAD:
            self._head(data)

    def end(self) -> None:
        """The block ends here."""
        if not self.head_ended:
            self._read_head(self._held[:MAX_HEAD])
            self.incomplete = "its head does not end"
        elif self.framing == "length" and self.payload.length < self.declared:
            self.incomplete = f"{self.payload.length:,} of {self.declared:,} bytes of its body are there"
        elif self.framing == "chunked" and self._state != DONE:
            if self._state == SIZE and self._held and not HEX.fullmatch(self._held.rstrip(b"\r")):
                self._break(f"{self._held[:20]!r} in the place of a chunk's size")
            self.incomplete = self.chunk_error or "its last chunk is missing"

    def _head(self, data: bytes) -> None:
        self._held += data
        # an empty line ends the head; it may have begun in the piece before
        match = HEAD_END.search(self._held, max(0, self._scanned - 2))
        if match is None:
            self._scanned = len(self._held)
            return
        self.head_ended = True
        rest = self._held[match.end() :]
        self._read_head(self._held[: match.start() + 1])
        self._held = b""
        self._choose_framing()
        if rest:
            self._body(rest)

    def _read_head(self, head: bytes) -> None:
        lines = head.split(b"\n")
        self.first_line = lines[0].rstrip(b"\r")
        found: list[tuple[bytes, list[bytes]]] = []
        for line in lines[1:]:
            if line[:1] in (b" ", b"\t"):  # obs-fold, RFC 9112 section 5.2; with no field before it, nothing
                if found:
                    found[-1][1].append(line.strip())
                continue
            name, colon, value = line.partition(b":")
            if colon:
                found.append((name.strip().lower(), [value.strip()]))
        self.fields += [(name.decode("latin-1"), b" ".join(values).decode("latin-1")) for name, values in found]

    def _choose_framing(self) -> None:
        """RFC 9112 section 6.3; what the request's method says is not known here."""
        status = self.status
        lengths = {part.strip(BLANK) for value in self.all("content-length") for part in value.split(",")}
        length = next(iter(lengths), "")
        if status == 101:  # what follows is no HTTP
            self.framing = "close"
        elif status is not None and (status in (204, 304) or 100 <= status < 200):
            self.framing = "none"
        elif self.chunked:
            self.framing = "chunked"
        elif self.codings:  # another coding has no end but the connection's
            self.framing = "close"
        elif len(lengths) == 1 and re.fullmatch(r"[0-9]{1,18}", length):
            self.framing, self.declared = "length", int(length)
        else:
            self.framing = "none" if self._request else "close"

    @property
    def codings(self) -> list[str]:
        """The transfer codings in their order."""
        named = ",".join(self.all("transfer-encoding")).lower().split(",")
        return [name for part in named if (name := part.strip(BLANK)) and name != "identity"]

    @property
    def chunked(self) -> bool:
        """Whether the head says that the body comes in chunks."""
        return self.codings[-1:] == ["chunked"]

    def _body(self, data: bytes) -> None:
        self.framed.update(data)
        if self.framing == "chunked":
            self._chunks(data)
            return
        room = {"length": self.declared - self.payload.length, "none": 0}.get(self.framing, len(data))
        self.surplus += max(0, len(data) - room)
        self.payload.update(data[:room])

    def _chunks(self, data: bytes) -> None:
        view, at = memoryview(data), 0
        while at < len(data):
            if self._state == DATA:
                piece = view[at : at + self._left]
                self.payload.update(piece)
                at += len(piece)
                self._left -= len(piece)
                if not self._left:
                    self._state = DATA_END
            elif self._state in (DONE, BROKEN):
                # behind broken framing nobody can tell what is surplus
                self.surplus += len(data) - at if self._state == DONE else 0
                return
            else:
                end = data.find(b"\n", at, at + MAX_CHUNK_LINE)
                stop = end + 1 if end >= 0 else min(len(data), at + MAX_CHUNK_LINE)
                self._held += data[at:stop]
                at = stop
                if end >= 0:
                    self._line(self._held.rstrip(b"\r\n") if self._held.endswith(b"\r\n") else self._held[:-1])
                    self._held = b""
                elif len(self._held) > MAX_CHUNK_LINE:
                    self._break("a chunk's size line that does not end")

    def _line(self, line: bytes) -> None:
        if self._state == TRAILER:
            if not line:
                self._state = DONE
        elif self._state == DATA_END:
            if line:
                self._break(f"{line[:20]!r} behind a chunk's data")
            else:
                self._state = SIZE
        elif match := HEX.fullmatch(line):
            self._left = int(match[1], 16)
            self._state = DATA if self._left else TRAILER
        else:
            self._break(f"{line[:20]!r} in the place of a chunk's size")

    def _break(self, text: str) -> None:
        self.chunk_error = text
        self._state = BROKEN
