"""The rating that a text gives in stars or figures."""

from __future__ import annotations

import re

from archiver.models import Rating

_STARS = re.compile(
    r"[\u2605\u2b50\U0001f31f][\u2605\u2b50\U0001f31f\ufe0f\u00a0 ]{0,20}[\u00bd]?[\u2606\u2729 ]{0,10}"
)
_OUT_OF = re.compile(
    r"(?<![\d/.,])(\d{1,2}(?:[.,]\d{1,2})?|\d?\s?\u00bd)\s*(?:/|out\s+of|von|av|af|ud\s+af|sur"
    r"|su)\s*(5|6|10)(?![\d/])(?:\s*(stars?|sterne?n?|stjerner|stjärnor|estrellas|étoiles|stelle|points?))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:rating|rated|my\s+rating|verdict|score|grade|stars?|bewertung|wertung|karakter|betyg|note"
    r"|valoración|voto|nota|ocena|оценка)\b",
    re.IGNORECASE,
)
_N_STARS = re.compile(r"(?<![\d/.,-])(\d(?:[.,]\d)?|\d?\u00bd)\s*(?:stars?|sterne|stjerner|stjärnor)\b", re.IGNORECASE)


def rating_in(text: str) -> Rating | None:
    """Return the one rating that a text gives, or None when it gives none or several different ones."""
    found: dict[tuple[float, float | None], Rating] = {}
    for line in text.split("\n"):
        if len(line) > 400:
            continue
        rating = _line_rating(line)
        if rating is not None:
            found.setdefault((rating.value, rating.best), rating)
            if len(found) > 1:
                return None
    return next(iter(found.values())) if found else None


def _line_rating(line: str) -> Rating | None:
    short = len(line) <= 80
    match = _STARS.search(line)
    if match and (short or _LABEL.search(line)):
        raw = match.group().strip()
        full = sum(c in "\u2605\u2b50\U0001f31f" for c in raw)
        value = full + 0.5 * ("\u00bd" in raw)
        empty = sum(c in "\u2606\u2729" for c in raw)
        if value <= 5 and full + empty <= 10:
            return Rating(float(value), float(full + empty) if empty else 5.0, None, raw)
    match = _OUT_OF.search(line)
    if match and (match[3] or (short and (_LABEL.search(line) or len(line) <= len(match.group()) + 12))):
        given, best = _half(match[1]), float(match[2])
        if given is not None and given <= best:
            return Rating(given, best, None, match.group().strip())
    match = _N_STARS.search(line)
    if match and short and (_LABEL.search(line[: match.start()]) or len(line) <= len(match.group()) + 6):
        given = _half(match[1])
        if given is not None and given <= 5:
            return Rating(given, 5.0, None, match.group().strip())
    return None


def _half(value: str) -> float | None:
    whole = value.replace("\u00bd", "").replace(" ", "").replace(",", ".")
    try:
        return (float(whole) if whole else 0.0) + 0.5 * ("\u00bd" in value)
    except ValueError:
        return None
