"""Small PNG images, drawn when they are asked for, so that the package ships no binary files."""

from __future__ import annotations

import struct
import zlib
from functools import cache


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def png(name: str, width: int, height: int) -> bytes:
    """A low sun over the sea, in colours that depend on the name."""
    seed = zlib.crc32(name.encode())
    sky = (150 + seed % 80, 160 + (seed >> 8) % 60, 190 + (seed >> 16) % 50)
    sea = (40 + (seed >> 4) % 40, 70 + (seed >> 12) % 50, 100 + (seed >> 20) % 60)
    centre = width * (20 + seed % 60) // 100
    horizon, radius = height * 6 // 10, height // 5
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # PNG wants a filter type before each row; 0 is "as it is".
        ground = bytes(sky if y < horizon else sea)
        reach = max(0, radius**2 - (y - horizon) ** 2) if y < horizon else 0
        half = int(reach**0.5)
        left, right = max(0, centre - half), min(width, centre + half)
        rows += ground * left + b"\xff\xee\xc8" * (right - left) + ground * (width - right)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )
