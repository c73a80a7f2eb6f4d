"""Every exception that this project raises on purpose.

::

    ArchiverError               has `hint` (what to do) and `exit_code` (design: exit codes)
    ├── UsageError              2   a spider argument or a command line is wrong
    ├── OutputError             3   the archive cannot be written (no right, no space)
    │   └── OutputNotWritable   1   found out before the crawl began
    ├── BlogLocked              75  another run works on the same blog
    ├── CaptureError            1   a response came without its wire bytes: capture is broken
    ├── BadRecord                   a WARC file holds something else than a record at an offset
    ├── BadSurface                  a feed, sitemap or API answered something that cannot be read
    └── ExtractionFailed            a page hung, killed its worker, or broke the extractor

Each message is one line that names the file or URL; `hint` says what the person can do about it.
"""

from __future__ import annotations


class ArchiverError(Exception):
    """Base of all errors here; `str()` is one line, `hint` says what to do, "" when nothing helps."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def line(self) -> str:
        """The message and the hint in one line, free of control characters."""
        text = f"{self}. {self.hint}" if self.hint else str(self)
        return "".join(c if c.isprintable() else " " for c in text)


class UsageError(ArchiverError):
    """A spider argument or a command line is wrong."""

    exit_code = 2


class OutputError(ArchiverError):
    """The archive cannot be written while a crawl runs: no space, no right, a broken disk."""

    exit_code = 3


class OutputNotWritable(OutputError):
    """The output folder cannot be made or written; found before the first request."""

    exit_code = 1


class BlogLocked(ArchiverError):
    """Another run holds the blog's folder."""

    exit_code = 75


class CaptureError(ArchiverError):
    """A response reached us without the bytes that crossed the wire."""

    exit_code = 1


class BadRecord(ArchiverError):
    """There is no whole WARC record at this offset of this file."""


class BadSurface(ArchiverError):
    """A feed, sitemap or API answer that cannot be read."""


class ExtractionFailed(ArchiverError):
    """No article could be made of a page: `reason` is one of timeout, died, error."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
