"""A verification as a person reads it, and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

from archiver.verify.checks import CHECKS, ERROR, NOTE, WARNING
from archiver.verify.findings import printable
from archiver.verify.run import Result


def passed(result: Result, *, strict: bool) -> bool:
    """Whether nothing was found that fails a verification: no error, and with `strict` no warning."""
    return not result.findings.errors and not (strict and result.findings.counts[WARNING])


def lines(result: Result) -> Iterator[str]:
    """Yield a line per finding, a line for those that were only counted, and a summary."""
    for finding in result.findings:
        yield finding.line()
    for file, check, count in result.findings.passed_over():
        yield printable(f"{file}: and {count:,} more of {CHECKS[check].rule}: {CHECKS[check].expected}")
    yield _summary(result)


def _summary(result: Result) -> str:
    items = f"{_count(result.items, 'item')}, " if result.items else ""
    counts = result.findings.counts
    found = ", ".join(_count(counts[name], name) for name in (ERROR, WARNING, NOTE))
    return f"{_count(result.files, 'file')}, {_count(result.records, 'record')}, {items}{result.bytes:,} bytes: {found}"


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def as_json(result: Result) -> Iterator[str]:
    """Yield the pieces of a JSON object: findings, those only counted, and a summary."""
    yield '{"findings": ['
    for number, finding in enumerate(result.findings):
        yield (",\n" if number else "\n") + json.dumps(dataclasses.asdict(finding))
    rest = {
        "more": [
            {"file": file, "check": check, "rule": CHECKS[check].rule, "count": count}
            for file, check, count in result.findings.passed_over()
        ],
        "summary": {
            "files": result.files,
            "records": result.records,
            "items": result.items,
            "bytes": result.bytes,
            "errors": result.findings.errors,
            "warnings": result.findings.counts[WARNING],
            "notes": result.findings.counts[NOTE],
            "rules": {f"{rule} {severity}": count for (rule, severity), count in sorted(result.findings.rules.items())},
        },
    }
    yield "\n], " + json.dumps(rest, indent=1)[1:]
