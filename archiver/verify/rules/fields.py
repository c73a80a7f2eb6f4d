"""Blocks of application/warc-fields: warcinfo's and those of metadata records (WARC 1.1 sections 6.2, 6.6, 8.3)."""

from __future__ import annotations

import json
import re

from archiver.verify import values
from archiver.verify.records import TOKEN, Record
from archiver.verify.rules.state import OURS, FileState

# docs/warc.md; operator and contact are left out if the person gave none.
OUR_INFO = (
    "software", "format", "conformsTo", "isPartOf", "robots", "http-header-user-agent", "secrets-policy",
    "dedup-policy", "settings",
)  # fmt: skip
NUMBER = re.compile(r"\d{1,15}", re.ASCII)
OUTCOMES = ("dns", "refused", "tls", "timeout", "disconnect", "parse", "length", "cancelled", "error")
OUR_METADATA = {
    "fetchtimems": NUMBER,
    "outcome": re.compile("|".join(OUTCOMES)),
    "error": re.compile(r".*"),
    "noresponse": re.compile("true"),
    "surplusbytesafterresponse": re.compile(r"[1-9]\d{0,15}", re.ASCII),
    "redactedrequestheaders": re.compile(r".+"),
    "attempt": re.compile(r"[2-9]|[1-9]\d{1,8}", re.ASCII),
}


def read_fields(block: bytes) -> tuple[dict[str, str], str]:
    """Return the fields (names in lower case; a repeated one's first value), and what is no field, "" if nothing."""
    found: dict[str, str] = {}
    name, wrong = "", ""
    for line in block.splitlines():
        if not line.strip():
            continue
        if line[:1] in b" \t" and name:
            found[name] = f"{found[name]} {_text(line)}".strip()
            continue
        label, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(label.strip()):
            wrong = wrong or f"{line[:40]!r}"
            continue
        name = label.strip().lower().decode("latin-1")
        found.setdefault(name, _text(value))
    return found, wrong


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()


def check_warcinfo(record: Record, block: bytes, state: FileState) -> None:
    """Read a warcinfo into `state`, and check it."""
    fields, wrong = read_fields(block)
    state.ours = fields.get("software", "").startswith(OURS)
    if state.warcinfo:
        state.tell("warcinfo-second", record, "another")
    state.warcinfo, state.info = record.record_id, fields
    if not record.get("content-type").lower().startswith("application/warc-fields"):
        state.tell("warcinfo-type", record, f"{record.get('content-type')[:60]!r}")
    elif wrong:
        state.tell("warcinfo-fields", record, wrong)
    _filename(record, state)
    if missing := [name for name in OUR_INFO if not fields.get(name.lower())]:
        state.tell("warcinfo-incomplete", record, f"no {', '.join(missing)}")
    for text in _untrue(record, fields):
        state.tell("warcinfo-untrue", record, text)


def _filename(record: Record, state: FileState) -> None:
    told = record.get("warc-filename").strip('"')
    if not told:
        state.tell("filename-missing", record, "none")
    elif state.name and told != state.name.removesuffix(".open"):
        state.tell("filename-other", record, f"{told[:100]!r} in {state.name}")


def _untrue(record: Record, fields: dict[str, str]) -> list[str]:
    wrong = []
    if (told := fields.get("format")) and record.version not in told:
        wrong.append(f"format {told[:60]!r} in a record of WARC/{record.version}")
    if (told := fields.get("conformsto")) and values.uri(told):
        wrong.append(f"conformsTo {told[:60]!r}")
    policy = fields.get("secrets-policy", "")
    if policy and not policy.lower().startswith(("redact", "keep")):
        wrong.append(f"secrets-policy {policy[:40]!r}")
    try:
        if fields.get("settings") and not isinstance(json.loads(fields["settings"]), dict):
            wrong.append("settings that are no JSON object")
    except (ValueError, RecursionError):
        wrong.append("settings that are no JSON")
    return wrong


def check_metadata(record: Record, block: bytes, state: FileState) -> dict[str, str]:
    """Check a metadata record's fields and return them."""
    fields, wrong = read_fields(block)
    if wrong:
        state.tell("metadata-fields", record, wrong)
    for name, value in fields.items():
        form = OUR_METADATA.get(name)
        if form is None:
            state.tell("metadata-unknown", record, name[:60])
        elif not form.fullmatch(value):
            state.tell("metadata-value", record, f"{name}: {value[:60]!r}")
    return fields
