"""What a file's checks know of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from archiver.verify.findings import Findings
from archiver.verify.records import Record

OURS = "blog-archiver/"


@dataclass(slots=True)
class FileState:
    """A file while it is read. `place` is where it lies in its blog's folder; `warcinfo` is the id of the latest
    warcinfo, `info` its fields, `ours` whether it names this archiver."""

    path: str
    name: str
    blog: int
    place: str
    findings: Findings
    kind: str = "plain"
    ours: bool = False
    version: str = ""
    warcinfo: str = ""
    info: dict[str, str] = field(default_factory=dict)
    count: int = 0
    first: tuple[int, str, str] = (0, "", "")  # offset, id and type of the first record

    def tell(self, check: str, record: Record, found: str) -> None:
        """Note a finding about a record."""
        self.findings.add(self.path, record.offset, check, found, record.record_id, ours=self.ours)

    def tell_at(self, check: str, offset: int, record_id: str, found: str) -> None:
        """Note a finding at a place of the file."""
        self.findings.add(self.path, offset, check, found, record_id, ours=self.ours)

    @property
    def policy(self) -> str:
        """What warcinfo says about secrets: redact, keep, or nothing."""
        return self.info.get("secrets-policy", "").lower()

    @property
    def redacts(self) -> bool:
        """Whether secrets must not be there."""
        return self.policy.startswith("redact")
