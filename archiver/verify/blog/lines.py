"""JSON lines of any size and content, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Longer ones are not read: a post of this size would be a thousand books.
MAX_LINE = 1 << 26


def lines(path: Path, limit: int = MAX_LINE) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, line with its end); of a line that is too long the beginning, without an end."""
    offset = 0
    with path.open("rb") as file:
        while line := file.readline(limit):
            yield offset, line
            offset += len(line)
            while not line.endswith(b"\n") and len(line) == limit:
                line = file.readline(limit)
                offset += len(line)


def read_object(data: bytes) -> dict[str, Any] | str:
    """Return a JSON object, or what is wrong with it."""
    try:
        value = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        return "bytes that are no UTF-8"
    except (ValueError, RecursionError) as error:
        return f"no JSON ({str(error)[:80]})"
    return value if isinstance(value, dict) else f"a {type(value).__name__}, no object"


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield (offset, object or what is wrong) of each line."""
    for offset, line in lines(path):
        yield offset, read_object(line) if line.endswith(b"\n") else "a line without an end"
