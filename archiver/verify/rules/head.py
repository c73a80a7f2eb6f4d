"""What a record's named fields say by themselves (WARC 1.1 sections 5 and 6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from archiver.verify import values
from archiver.verify.records import Record
from archiver.verify.rules.state import FileState

Tell = Callable[[str, str], None]  # check, what was found

TYPES = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
OUR_TYPES = ("warcinfo", "response", "request", "metadata", "revisit", "conversion")
MANDATORY = ("warc-record-id", "content-length", "warc-date", "warc-type")
ADDRESSED = ("response", "resource", "request", "revisit", "conversion", "continuation")
PAYLOADS = ("response", "resource", "request", "revisit", "conversion", "continuation")
# Section 5: "shall not be used" on these types.
MISPLACED = {
    "warc-concurrent-to": ("warcinfo", "conversion", "continuation"),
    "warc-ip-address": ("warcinfo", "conversion", "continuation"),
    "warc-refers-to": ("warcinfo", "response", "resource", "request", "continuation"),
    "warc-target-uri": ("warcinfo",),
    "warc-warcinfo-id": ("warcinfo",),
    "warc-filename": tuple(t for t in TYPES if t != "warcinfo"),
    "warc-profile": tuple(t for t in TYPES if t != "revisit"),
    "warc-refers-to-target-uri": tuple(t for t in TYPES if t != "revisit"),
    "warc-refers-to-date": tuple(t for t in TYPES if t != "revisit"),
    "warc-segment-origin-id": tuple(t for t in TYPES if t != "continuation"),
    "warc-segment-total-length": tuple(t for t in TYPES if t != "continuation"),
}  # fmt: skip
# Sections 5.12 and 5.13 of 1.1.
NEW = ("warc-refers-to-target-uri", "warc-refers-to-date")
STANDARD = {
    *MANDATORY, *MISPLACED, "content-type", "warc-block-digest", "warc-payload-digest", "warc-truncated",
    "warc-identified-payload-type", "warc-segment-number",
}  # fmt: skip
IDS = ("warc-record-id", "warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id", "warc-segment-origin-id")
BARE = ("warc-target-uri", "warc-profile", "warc-refers-to-target-uri")
TRUNCATED = ("length", "time", "disconnect", "unspecified")
PROFILE = re.compile(r"http://netpreserve\.org/warc/(1\.[01])/revisit/(identical-payload-digest|server-not-modified)")
PROTOCOL = re.compile(r"http/1\.[01]|(?:tls|ssl)/[0-9.]+")
BLOCK_TYPES = {"response": "response", "request": "request", "revisit": "response"}
AHEAD = timedelta(days=1)


def check_head(record: Record, state: FileState) -> None:
    """Check the fields of a record by themselves; `state` gives the file's version."""

    def tell(check: str, found: str) -> None:
        state.tell(check, record, found)

    _presence(record, tell)
    _version(record, state, tell)
    _type(record, tell)
    _ids(record, tell)
    _dates(record, tell)
    _addresses(record, tell)
    _metadata_address(record, tell)
    _ip(record, tell)
    _digests(record, tell)
    _truncated(record, tell)
    _payload_type(record, tell)
    _protocols(record, tell)
    _segments(record, tell)
    if record.kind == "revisit":
        _revisit(record, tell)
    if record.kind == "conversion" and not record.get("warc-refers-to"):
        tell("conversion-source", "none")


def profile(record: Record) -> str:
    """Return identical-payload-digest or server-not-modified, "" for what is neither."""
    match = PROFILE.fullmatch(record.get("warc-profile").strip("<>"))
    return match[2] if match else ""


def _presence(record: Record, tell: Tell) -> None:
    needed = [*MANDATORY, *(["warc-target-uri"] if record.kind in ADDRESSED else [])]
    needed += ["warc-profile"] if record.kind == "revisit" else []
    missing = [name for name in needed if not record.get(name)]
    if missing:
        tell("field-missing", f"no {', '.join(missing)}")
    if record.size is None and record.get("content-length"):
        tell("content-length", f"{record.get('content-length')[:40]!r}")
    for name, kinds in MISPLACED.items():
        if name in record.names and record.kind in kinds:
            tell("field-misplaced", f"{name} on a {record.kind} record")
    if len(record.fields) == len(record.names):
        return
    seen: set[str] = set()
    for name, _ in record.fields:
        if name in seen and name in STANDARD and name != "warc-concurrent-to":
            tell("field-repeated", name)
        seen.add(name)


def _version(record: Record, state: FileState, tell: Tell) -> None:
    if not state.version:
        state.version = record.version
    elif record.version != state.version:
        tell("version-mixed", f"WARC/{record.version} in a file of WARC/{state.version}")
    if record.version != "1.1":
        tell("version-not-ours", f"WARC/{record.version}")
    if record.version == "1.0" and (new := [name for name in NEW if name in record.names]):
        tell("field-too-new", ", ".join(new))


def _type(record: Record, tell: Tell) -> None:
    kind, content = record.kind, record.get("content-type")
    if kind and kind not in TYPES:
        tell("type-unknown", kind)
        return
    if kind and kind not in OUR_TYPES:
        tell("type-not-ours", kind)
    if not content:
        if record.size and kind != "continuation":
            tell("content-type-missing", f"a {kind} record of {record.size:,} bytes")
        return
    if not values.MEDIA_TYPE.fullmatch(content[:1000]):
        tell("content-type", f"{content[:60]!r}")
    elif kind in BLOCK_TYPES and record.get("warc-target-uri").lstrip("<").lower().startswith("http"):
        words = content.lower().replace(" ", "").replace('"', "").split(";")
        fits = words[0] == "application/http" and f"msgtype={BLOCK_TYPES[kind]}" in words[1:]
        # an empty revisit says nothing by its type
        if not fits and not (kind == "revisit" and not record.size):
            tell("content-type", f"{content[:60]!r} on a {kind} record")
    _dns(record, kind, content, tell)


def _dns(record: Record, kind: str, content: str, tell: Tell) -> None:
    is_dns = record.get("warc-target-uri").lower().startswith("dns:") and kind in ("resource", "response")
    if is_dns and not content.lower().startswith("text/dns"):  # section 6.4
        tell("dns", f"a {kind} of type {content[:60]!r}")


def _ids(record: Record, tell: Tell) -> None:
    for name, value in record.fields:
        if name in IDS and not values.bracketed(value):
            tell("id-unbracketed", f"{name}: {value[:80]!r}")
    if not record.record_id:
        return
    version = values.uuid_version(record.record_id)
    if version == "1":
        tell("id-tells", record.record_id)
    elif version != "4":
        tell("id-form", record.record_id)
    if record.record_id in (value.strip("<>") for value in record.all("warc-concurrent-to")):
        tell("concurrent-self", "its own id")


def _dates(record: Record, tell: Tell) -> None:
    for name in ("warc-date", "warc-refers-to-date"):
        value = record.get(name)
        if not value:
            continue
        if wrong := values.date(value):
            tell("date-form", f"{name}: {value[:40]!r} {wrong}")
        elif record.version == "1.0" and not values.SECONDS.fullmatch(value):
            tell("date-too-new", f"{name}: {value}")
        elif name == "warc-date" and not values.MICROSECONDS.fullmatch(value):
            tell("date-precision", value)
        elif name == "warc-date" and values.digits(value) > (datetime.now(UTC) + AHEAD).strftime("%Y%m%d%H%M%S"):
            tell("date-future", value)


def _addresses(record: Record, tell: Tell) -> None:
    for name in BARE:
        value = record.get(name)
        if not value:
            continue
        if value.startswith("<") and value.endswith(">"):
            tell("uri-bracketed" if record.version != "1.0" else "uri-bracketed-1.0", f"{name}: {value[:80]}")
            value = value[1:-1]
        if wrong := values.uri(value):
            tell("uri-syntax", f"{name}: {value[:80]!r} {wrong}")
        elif name != "warc-profile":
            if values.loose_brackets(value):
                tell("uri-square", f"{name}: {value[:80]}")
            if "#" in value and record.kind not in ("resource", "metadata"):
                tell("uri-fragment", f"{name}: {value[:80]}")


def _metadata_address(record: Record, tell: Tell) -> None:
    fields = record.get("content-type").lower().startswith("application/warc-fields")
    if record.kind == "metadata" and bool(record.get("warc-target-uri")) != fields:
        what = "an address" if record.get("warc-target-uri") else "no address"
        tell("uri-on-metadata", f"{what} on metadata of type {record.get('content-type')[:60]!r}")


def _ip(record: Record, tell: Tell) -> None:
    value = record.get("warc-ip-address")
    if value and (wrong := values.ip(value)):
        tell("ip" if "no IP" in wrong else "ip-form", f"{value[:60]!r} {wrong}")


def _digests(record: Record, tell: Tell) -> None:
    if not record.get("warc-block-digest"):
        tell("block-digest-missing", "none")
    for name in ("warc-block-digest", "warc-payload-digest"):
        value = record.get(name)
        if not value:
            continue
        parts = values.digest_parts(value)
        if parts is None:
            tell("digest-syntax", f"{name}: {value[:80]!r}")
        elif not parts[1]:
            tell("digest-unknown", f"{name}: {value[:80]!r}")
        else:
            if wrong := values.digest_form(value):
                tell("digest-form", f"{name}: {value[:80]} {wrong}")
            if parts[0] != "sha1":
                tell("digest-not-sha1", f"{name}: {parts[0]}")
    if record.get("warc-payload-digest") and record.kind in TYPES and record.kind not in PAYLOADS:
        tell("payload-digest-misplaced", f"on a {record.kind} record")
    if not record.get("warc-payload-digest") and record.kind in ("response", "conversion"):
        tell("payload-digest-missing", f"none on a {record.kind} record")


def _truncated(record: Record, tell: Tell) -> None:
    value = record.get("warc-truncated")
    if "warc-truncated" in record.names and value not in TRUNCATED:
        tell("truncated-word", f"{value[:40]!r}")


def _payload_type(record: Record, tell: Tell) -> None:
    value = record.get("warc-identified-payload-type")
    if value and not values.MEDIA_TYPE.fullmatch(value[:1000]):
        tell("payload-type-syntax", f"{value[:60]!r}")
    if value and record.kind in TYPES and record.kind not in PAYLOADS:
        tell("payload-type-misplaced", f"on a {record.kind} record")


def _protocols(record: Record, tell: Tell) -> None:
    protocols = record.all("warc-protocol")
    for value in protocols:
        if "," in value:
            tell("protocol-list", value[:60])
        elif not PROTOCOL.fullmatch(value) and value not in ("h2", "http/2"):
            tell("protocol-value", f"{value[:40]!r}")
    exchanged = record.kind in ("request", "response", "revisit")
    if exchanged and not any(value.startswith(("http/", "h2")) for value in protocols):
        tell("protocol-missing", "no http/…")
    secure = any(value.startswith(("tls/", "ssl/")) for value in protocols)
    https = record.get("warc-target-uri").lower().startswith("https:")
    if exchanged and protocols and secure != https:
        tell("protocol-value", f"{', '.join(protocols)[:60]} for {record.get('warc-target-uri')[:60]}")
    if secure != bool(record.get("warc-cipher-suite")):
        tell(
            "cipher-suite",
            f"{record.get('warc-cipher-suite')[:40] or 'none'} with {', '.join(protocols)[:60] or 'none'}",
        )


def _segments(record: Record, tell: Tell) -> None:
    number = record.get("warc-segment-number")
    if record.kind == "continuation":
        right = number.isascii() and number.isdecimal() and int(number[:9]) >= 2
        if not right or not record.get("warc-segment-origin-id"):
            tell("segment", f"number {number[:20]!r}, origin {record.get('warc-segment-origin-id')[:60]!r}")
    elif number:
        tell("segmented" if number == "1" else "segment", f"segment number {number[:20]!r} on a {record.kind} record")


def _revisit(record: Record, tell: Tell) -> None:
    value = record.get("warc-profile").strip("<>")
    match = PROFILE.fullmatch(value)
    if match is None and value:
        tell("profile-unknown", value[:80])
    elif match and match[1] != record.version:
        tell("profile-version", f"{value} in a record of WARC/{record.version}")
    if not record.get("warc-payload-digest"):
        tell("revisit-no-digest" if profile(record) == "identical-payload-digest" else "payload-digest-missing", "none")
    if not record.get("warc-refers-to"):
        tell("revisit-refers-to", "none")
    if missing := [name for name in NEW if not record.get(name)]:
        tell("revisit-refers-address", f"no {', '.join(missing)}")
