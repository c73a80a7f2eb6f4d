"""The forms that values of named fields may have (WARC 1.1 section 5, RFC 3986, RFC 4122): pure functions.

Each returns what is wrong in a few words, "" if nothing is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

UUID = re.compile(r"urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}")
# Section 5.4: any of the six levels of W3CDTF, a fraction of one to nine digits, always UTC.
DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z)?)?)?",
    re.ASCII,
)
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
MICROSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
NO_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Square brackets are allowed around a host only, which is cut off where this is used.
ESCAPED = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)([^#]*)")
MEDIA_TYPE = re.compile(
    r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+/[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
    r"(?:\s*;\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|\"[^\"]*\"))*\s*;?"
)
DIGEST = re.compile(r"([A-Za-z0-9][A-Za-z0-9\-_/]*):(\S+)")
# Forms that archives compare as text, by the digest's label (notes on section 5.8).
FORMS = {
    "sha1": re.compile(r"[A-Z2-7]{32}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "md5": re.compile(r"[0-9a-f]{32}"),
    "sha512": re.compile(r"[0-9a-f]{128}"),
}
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s")
MAX_DIGEST = 300
PORTS = {"http": "80", "https": "443"}


def bracketed(value: str) -> bool:
    """Whether a value is a URI in angle brackets, as ids are written."""
    return value.startswith("<") and value.endswith(">") and bool(URI.fullmatch(value[1:-1]))


def uuid_version(record_id: str) -> str:
    """Return the version digit of a urn:uuid of the RFC's variant in lower case, "" if it is none."""
    match = UUID.fullmatch(record_id)
    return match[3] if match and match[4] in "89ab" else ""


def date(value: str) -> str:
    """Check a WARC-Date."""
    match = DATE.fullmatch(value)
    if not match:
        return "is no W3C date in UTC"
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        # a leap second is a legal time that Python does not know
        datetime(year or 1, month or 1, day or 1, hour, minute, min(second, 59) if second <= 60 else second)  # noqa: DTZ001
    except ValueError:
        return "is a moment that no calendar has"
    return ""


def digits(value: str) -> str:
    """Return the digits of a date, cut or filled to fourteen: the timestamp of an index."""
    return re.sub(r"[^0-9]", "", value.partition(".")[0])[:14]


def uri(value: str) -> str:
    """Check an absolute URI (RFC 3986, the characters and escapes)."""
    if not PARTS.match(value) and not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:.", value):
        return "is not absolute"
    if not URI.fullmatch(value):
        bad = NO_URI.search(value)
        return f"holds {bad[0]!r}, which RFC 3986 does not allow" if bad else "is not absolute"
    if BAD_ESCAPE.search(value):
        return "holds a % that is no escape"
    return ""


def loose_brackets(value: str) -> bool:
    """Whether square brackets stand elsewhere than around the host (RFC 3986 section 3.2.2)."""
    match = PARTS.match(value)
    return match is not None and any(c in match[3] for c in "[]")


def user_info(value: str) -> bool:
    """Whether a URI holds a user name or a password."""
    match = PARTS.match(value)
    return match is not None and "@" in match[2]


def same_address(asked: str, told: str) -> str:
    """Compare an address that a request asked for with a target URI: same, escapes (differ by these alone), other.

    What RFC 3986 does not allow may stand in a request; a target URI has it percent-encoded.
    """
    one, two = _normal(asked), _normal(told)
    if one == two:
        return "same"
    if one and two and one[0] == two[0] and unquote_to_bytes(one[1]) == unquote_to_bytes(two[1]):
        return "escapes"
    return "other"


def _normal(value: str) -> tuple[str, str] | None:
    match = PARTS.match(value)
    if not match:
        return None
    scheme, host, rest = match[1].lower(), match[2].rpartition("@")[2].lower(), match[3]
    host = host.removesuffix(f":{PORTS.get(scheme, '')}") if host.count(":") and scheme in PORTS else host
    return f"{scheme}://{host}", ESCAPED.sub(_escape, rest if rest.startswith("/") else "/" + rest)


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("latin-1", "replace"))


def ip(value: str) -> str:
    """Check an IP address: one that is, in its canonical form (RFC 5952)."""
    try:
        canonical = ipaddress.ip_address(value).compressed
    except ValueError:
        return "is no IP address"
    return "" if canonical == value else f"is written {canonical} canonically"


def digest_parts(value: str) -> tuple[str, bytes] | None:
    """Return a labelled digest's algorithm, as hashlib names it, and its bytes, None if it is none.

    Any usual coding of the bytes is understood; the bytes are b"" if the algorithm is not known here.
    """
    return _digest_parts(value) if len(value) < MAX_DIGEST else None


@lru_cache(maxsize=64)  # a record's digests are looked at several times
def _digest_parts(value: str) -> tuple[str, bytes] | None:
    match = DIGEST.fullmatch(value)
    if not match:
        return None
    name = match[1].lower().replace("-", "").replace("_", "")
    if name not in ALGORITHMS:
        return name, b""
    size = hashlib.new(name, usedforsecurity=False).digest_size
    for decode in (_from_hex, _from_base32, _from_base64):
        data = decode(match[2])
        if len(data) == size:
            return name, data
    return None


def digest_form(value: str) -> str:
    """Check that a digest is written in the form that archives compare."""
    label, _, text = value.partition(":")
    form = FORMS.get(label)
    if form is None:
        return "" if label == label.lower() else "has a label that is not in lower case"
    if form.fullmatch(text):
        return ""
    return "is not 32 characters of upper-case Base32" if label == "sha1" else "is not lower-case hex"


def written(name: str, data: bytes) -> str:
    """Return a digest in its usual form."""
    return f"{name}:" + (base64.b32encode(data).decode() if name == "sha1" else data.hex())


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _from_base32(text: str) -> bytes:
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)
    except (ValueError, binascii.Error):
        return b""


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""
