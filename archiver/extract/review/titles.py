"""The work and its creator that a title names, as in "Salt by Ada Brandt"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.extract.dom import squeeze
from archiver.extract.review.words import GENERIC, MADE, NO_NAMES, PARTICLES

_PREFIX = re.compile(
    r"^(?:(?:my\s+|a\s+)?(?:book|film|movie|novel|mini|short|quick)?\s*-?\s*review(?:\s+of)?"
    r"|(?:my\s+)?thoughts\s+on|buchrezension|rezension"
    r"|buchbesprechung|filmkritik|anmeldelse(?:\s+af)?|boganmeldelse|recension|bokrecension"
    r"|bokanmeldelse|boekrecensie|recensie|reseña(?:\s+de)?"
    r"|critique|recensione|resenha|recenzja|recenze|рецензия)\s*(?:[:\u2013\u2014|#]|-\s|(?<=on)\s"
    r"|(?<=of)\s)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:[\u2013\u2014|:-]\s*(?:a\s+|book\s+|film\s+|movie\s+)?review|\((?:book\s+"
    r"|film\s+)?review\)|\s(?:book|film|movie)\s+review)\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*[(\[](1[5-9]\d\d|20\d\d)[)\]]\s*$")
_BY = re.compile(r"\s(?:by|von|af|av)\s")
_DASH = re.compile(r"\s+[\u2013\u2014-]\s+")
_DASH_OR_COMMA = re.compile(r"\s+[\u2013\u2014-]\s+|,\s+")
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb "


@dataclass(frozen=True, slots=True)
class Named:
    """What a title may name; `reviewed` when it says so, `dated` when a year stands behind, `loose` when
    the words could well mean something else."""

    name: str
    creator: str | None
    reviewed: bool
    dated: bool = False
    loose: bool = False


def named_in(title: str) -> Named | None:
    """Return the work and its creator that a title names, however unlikely, or None."""
    rest = squeeze(title)[:300]
    reviewed = False
    match = _PREFIX.match(rest)
    if match:
        rest, reviewed = rest[match.end() :], True
    match = _SUFFIX.search(rest)
    if match:
        rest, reviewed = rest[: match.start()], True
    dated = _YEAR.search(rest) is not None
    rest = _YEAR.sub("", rest)
    match = _SUFFIX.search(rest)
    if match:
        rest, reviewed = rest[: match.start()], True
    for split in reversed(list(_BY.finditer(rest))[-2:]):
        work, creator = rest[: split.start()].strip(" ,;:\u2013\u2014-"), rest[split.end() :].strip(_QUOTES)
        if _is_name(creator) and _is_work(work, creator):
            words = work.split()
            loose = not dated and len(words) <= 3 and words[-1].lower().endswith("ed")
            return Named(work.strip(_QUOTES), creator, reviewed, dated, loose)
    cuts = list((_DASH_OR_COMMA if reviewed else _DASH).finditer(rest))
    if cuts:
        work, creator = rest[: cuts[-1].start()].strip(_QUOTES), rest[cuts[-1].end() :].strip(_QUOTES)
        if work and 2 <= len(creator.split()) <= 4 and _is_name(creator):
            return Named(work, creator, reviewed, dated, loose=True)
    rest = rest.strip(_QUOTES)
    return Named(rest, None, True) if reviewed and rest else None


def _is_name(value: str) -> bool:
    words = value.split()
    if not words or len(words) > 7 or len(value) > 70 or re.search(r"[\d!?:;\"/]", value):
        return False
    if words[0].lower() in ("the", "a", "an", "my", "your", "our", "and", "of", "&") or words[-1].lower() in PARTICLES:
        return False
    if any(w.strip(".,").lower() in NO_NAMES for w in words):
        return False
    return all(
        w[0].isupper() or not w[0].isascii() or w.lower() in PARTICLES or w.startswith(("d'", "d\u2019", "al-"))
        for w in words
    )


def _is_work(work: str, creator: str) -> bool:
    words = [w.strip(_QUOTES + ".,").lower() for w in work.split()]
    if not words or work.lower() == creator.lower():
        return False
    return not (words[-1] in GENERIC or words[-1] in MADE)
