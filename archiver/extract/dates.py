"""Dates as pages write them, as ISO 8601 strings."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from htmldate import find_date  # type: ignore[import-untyped,unused-ignore]
from lxml.html import HtmlElement

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T"
    r" ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|UTC|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.I,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_SLASHES = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_ASIAN = re.compile(r"(\d{4})\s?[年/.년]\s?(\d{1,2})\s?[月/.월]\s?(\d{1,2})")
_WORDY = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s,]+(?:de\s+)?)?([^\W\d_]{3,12})\.?[\s,]+(?:de\s+)?"
    r"(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b"
)
_MONTHS = (
    "jan january januar janvier enero gennaio janeiro januari stycznia styczen ledna januára января",
    "feb february februar février febrero febbraio fevereiro februari lutego luty února февраля",
    "mar march märz mars marzo março maart marts marca marzec března марта",
    "apr april avril abril aprile kwietnia kwiecień dubna апреля",
    "may mai mayo maggio maio mei maj maja května мая",
    "jun june juni juin junio giugno junho czerwca czerwiec června июня",
    "jul july juli juillet julio luglio julho lipca lipiec července июля",
    "aug august août agosto augustus augusti sierpnia sierpień srpna августа",
    "sep sept september septembre septiembre settembre setembro września wrzesień září сентября",
    "oct okt october oktober octobre octubre ottobre outubro października październik října октября",
    "nov november novembre noviembre novembro listopada listopad ноября",
    "dec dez december dezember décembre diciembre dicembre dezembro grudnia grudzień prosince декабря",
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}


def iso(value: str | None) -> str | None:
    """Return a date or moment in ISO 8601, to the precision that the text has, or None."""
    if not value:
        return None
    value = value.strip()[:200]
    match = _ISO.search(value)
    if match:
        return _from_iso(match)
    match = _COMPACT.search(value)
    if match:
        return _checked(f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}:00")
    if re.match(r"[A-Za-z]{3},? ", value):
        try:
            return parsedate_to_datetime(value).isoformat()
        except (ValueError, TypeError, IndexError):
            pass
    return from_words(value)


def from_words(value: str) -> str | None:
    """Return the day that a text names in words or figures, or None when it is not certain."""
    value = value[:200]
    for pattern, order in ((_ASIAN, (1, 2, 3)), (_DAY_FIRST, (3, 2, 1))):
        match = pattern.search(value)
        if match:
            return _day(*(int(match[i]) for i in order))
    match = _SLASHES.search(value)
    if match:
        first, second, year = (int(x) for x in match.groups())
        # Only where one reading is left; 3/4/2012 is April in one country and March in another.
        if first > 12:
            return _day(year, second, first)
        if second > 12 or first == second:
            return _day(year, first, second)
        return None
    for match in _WORDY.finditer(value):
        month = _MONTH.get(match[2].lower())
        number = match[1] or match[3]
        if month and number:
            return _day(int(match[4]), month, int(number))
    return None


def guess(tree: HtmlElement, url: str) -> str | None:
    """Return the date that htmldate finds when the page states none."""
    try:
        found = find_date(tree, url=url, original_date=True, extensive_search=True)
    except Exception:  # noqa: BLE001 - htmldate meets pages it cannot read; no date is an answer
        return None
    return found if isinstance(found, str) else None


def _from_iso(match: re.Match[str]) -> str | None:
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return _checked(day)
    zone = (match[7] or "").upper()
    if zone in ("Z", "UTC"):
        zone = "+00:00"
    elif zone:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return _checked(f"{day}T{match[4]}:{match[5]}:{match[6] or '00'}{zone}") or _checked(day)


def _checked(value: str) -> str | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return value if moment.year > 1000 else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if 1900 < year < 2100 else None
    except ValueError:
        return None
