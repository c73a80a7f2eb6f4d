"""Values out of JSON that nobody vouches for: each of the type that was hoped for, or None."""

from __future__ import annotations

import json
import re
from typing import Any

from archiver import urls
from archiver.errors import BadSurface
from archiver.extract.comments.fields import MAX_NAME, moment
from archiver.extract.dom import squeeze
from archiver.extract.text.addresses import absolute

Row = dict[str, Any]

# What neither a tree nor UTF-8 can hold.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_IDENT = re.compile(r"[0-9A-Za-z]{1,40}")


def load(url: str, body: bytes) -> Any:
    """Return the JSON of an answer. Raises BadSurface if it is none."""
    try:
        # one byte that is cut in two must not cost the whole answer
        return json.loads(body.decode("utf-8-sig", "replace"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{url}: no JSON: {error}") from error


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 30 else None


def rows(value: Any) -> list[Row]:
    """Return the objects of a list; what is no list has none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def row(value: Any) -> Row:
    """Return an object, an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def string(value: Any) -> str:
    """Return a text as it is, without what cannot be written; "" in place of anything else."""
    return _CONTROLS.sub("", value) if isinstance(value, str) else ""


def ident(value: Any) -> str | None:
    """Return what a platform calls something by: a positive number or a short word of letters and digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if value > 0 else None
    return value if isinstance(value, str) and _IDENT.fullmatch(value) and value.strip("0") else None


def name(value: Any, longest: int = MAX_NAME) -> str | None:
    """Return a name as one line."""
    return squeeze(string(value))[:longest].strip() or None


def address(value: Any) -> str | None:
    """Return an absolute web address as written."""
    text = string(value).strip()
    return absolute(text, text) if urls.is_web(text) else None


def day(value: Any) -> str | None:
    """Return a moment in ISO 8601, to the precision that it is told with."""
    return moment(value) if isinstance(value, str) else None
