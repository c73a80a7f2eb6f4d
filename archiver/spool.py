"""Bytes in the order in which they come: a few in memory, many in a temporary file.

A body that is being captured is held once, whatever its size: the pieces are kept as they came, never joined.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from itertools import accumulate
from typing import BinaryIO

# More than that in memory would add up: requests run side by side.
LIMIT = 4 * 1024 * 1024
CHUNK = 1 << 18


class Spool:
    """Bytes that can be appended, cut and read again; beyond `limit` bytes they lie in a file without a name.

    Any method raises OSError if that file cannot be written or read. One thread at a time.
    """

    __slots__ = ("_file", "_limit", "_pieces", "size")

    def __init__(self, *pieces: bytes, limit: int = LIMIT) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._file: BinaryIO | None = None
        self.size = 0
        for piece in pieces:
            self.append(piece)

    def append(self, piece: bytes) -> None:
        """Add bytes to the end."""
        self.size += len(piece)
        if self._file is None:
            self._pieces.append(piece)
            if self.size <= self._limit:
                return
            self._file = tempfile.TemporaryFile(prefix="archiver-", buffering=0)  # noqa: SIM115 - `close` ends it
            pieces, self._pieces = self._pieces, []
        else:
            pieces = [piece]
        for each in pieces:
            _write(self._file, each)

    def cut(self, size: int) -> None:
        """Forget everything behind the first `size` bytes."""
        if size >= self.size:
            return
        if self._file is not None:
            self._file.truncate(size)
            self._file.seek(size)
        else:
            while self._pieces and self.size - len(self._pieces[-1]) >= size:
                self.size -= len(self._pieces.pop())
            if self.size > size:
                self._pieces[-1] = self._pieces[-1][: size - self.size]
        self.size = size

    def pieces(self, start: int = 0) -> Iterator[bytes | memoryview]:
        """Yield the bytes from `start` on, in pieces."""
        if self._file is not None:
            while start < self.size:
                piece = os.pread(self._file.fileno(), min(CHUNK, self.size - start), start)
                if not piece:
                    raise OSError(errno.EIO, "a temporary file does not hold what was written to it")
                start += len(piece)
                yield piece
            return
        for piece, end in zip(self._pieces, accumulate(map(len, self._pieces)), strict=True):
            if end > start:
                begin = start - (end - len(piece))
                yield memoryview(piece)[begin:] if begin > 0 else piece

    def first(self, size: int) -> bytes:
        """Return the first bytes: all pieces that are needed for `size` of them, so mostly a few more."""
        if self._file is None and self._pieces and (len(self._pieces[0]) >= size or len(self._pieces) == 1):
            return self._pieces[0]
        out: list[bytes | memoryview] = []
        for piece in self.pieces():
            out.append(piece)
            size -= len(piece)
            if size <= 0:
                break
        return b"".join(out)

    def read(self) -> bytes:
        """Return all of it as one value, which is a copy."""
        return b"".join(self.pieces())

    def close(self) -> None:
        """Let go of the bytes."""
        self._pieces = []
        if self._file is not None:
            self._file.close()


def _write(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
