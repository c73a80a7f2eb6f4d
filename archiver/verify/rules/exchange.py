"""Our exchanges: which records stand together, and what they share (docs/warc.md, "The records of one exchange")."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.verify.message import Message
from archiver.verify.records import Record
from archiver.verify.rules.state import FileState


@dataclass(slots=True)
class Exchange:
    """The exchange that the records read last belong to."""

    lead: Record | None = None
    request: bool = False
    sent: frozenset[str] = frozenset()  # names of the request's header fields

    def take(self, record: Record, message: Message | None, redacted: str, state: FileState) -> None:
        """Check where a record of our file stands; `redacted` is what a metadata record says was left out."""
        if record.kind in ("response", "revisit"):
            self._begin(record)
        elif record.kind in ("request", "metadata"):
            self._join(record, state)
        if record.kind == "request" and message:
            self.sent = frozenset(name for name, _ in message.fields)
        kept = [name for part in redacted.split(",") if (name := part.strip().lower()) in self.sent]
        if kept:
            state.tell("secret-redacted", record, ", ".join(kept)[:80])

    def _begin(self, record: Record) -> None:
        self.lead, self.request, self.sent = record, record.kind == "request", frozenset()

    def _join(self, record: Record, state: FileState) -> None:
        targets = [value.strip("<>") for value in record.all("warc-concurrent-to")]
        lead = self.lead
        if not targets:
            if record.kind == "metadata" and not record.get("warc-refers-to"):
                self.lead = None  # a fetch that failed before a request went out
            elif record.kind == "request":
                if lead is not None and not self.request and lead.get("warc-date") == record.get("warc-date"):
                    state.tell("concurrent-missing", record, "none on a request behind its response")
                self._begin(record)
            return
        if lead is None or targets[0] != lead.record_id:
            state.tell("exchange-apart", record, f"a {record.kind} of {targets[0][:60]}, which does not lead here")
            return
        if len(targets) > 1:
            state.tell("concurrent-lead", record, f"{len(targets)} records")
        if record.kind == "request":
            if self.request:
                state.tell("exchange-apart", record, "a second request")
            self.request = True
