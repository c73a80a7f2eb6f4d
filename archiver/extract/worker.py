"""The process in which pages become articles: `python -m archiver.extract.worker`.

Reads jobs from standard input, one a line, and answers each with one line on standard output.
It opens the WARC file itself and reads what the record holds, so the text is made of what is archived and
nothing else. It ends when its standard input does: a crawl that is killed leaves no process behind.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from archiver.errors import BadRecord, BadSurface
from archiver.extract.article import extract
from archiver.extract.jobs import Done, Job, decode, encode
from archiver.models import Article, Page, Said
from archiver.warc.reader import page_of, record_at


def work(job: Job) -> Done:
    """Do one job; whatever a page provokes becomes an answer."""
    record: Any = None
    try:
        origin = _open_record(*job.origin) if job.origin else None
        record = _open_record(job.file, job.offset)
        page = page_of(record, job.max_bytes, origin)
        article, said = _read(job, page)
    except BadRecord as error:
        return Done(None, None, str(error), unreadable=record is None)
    except BadSurface as error:
        return Done(None, None, str(error))
    except MemoryError:
        return Done(None, None, "needs more memory than a page may have")
    except Exception as error:  # noqa: BLE001 - a page must not end the process; the caller reports it
        return Done(None, None, f"{type(error).__name__}: {error}")
    return Done(Page(page.url, b"", page.headers, page.status), article, said=said)


def _read(job: Job, page: Page) -> tuple[Article | None, tuple[Said, ...]]:
    """Return what a job wants of a record: comments, the article of an entry, or that of the page itself."""
    url = job.url or page.url
    if job.said is not None:
        from archiver.extract.comments.sources import read_said  # imported late: not every crawl has comments

        return None, read_said(job.said, url, page.body)
    if job.entry is not None:
        from archiver.extract.entries import extract_entry  # imported late: few crawls need what a feed says

        return extract_entry(page.body, page.header("content-type"), job.entry, url, job.hints), ()
    return extract(page, job.hints), ()


def _open_record(file: str, offset: int) -> Any:
    # A file loses its ".open" the moment it is finished, which can be between the job and now.
    path = Path(file)
    for candidate in (path, path.with_name(path.name + ".open"), path):
        if candidate.exists():
            return record_at(candidate, offset)
    raise BadRecord(f"{path}: the file is gone")


def main(max_memory: int) -> None:
    """Serve jobs until standard input ends; `max_memory` bytes of address space, 0 for no limit."""
    answers = _private_stdout()
    if max_memory:
        resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    for line in sys.stdin.buffer:
        if not line.endswith(b"\n"):
            return  # the crawl was killed in mid-sentence
        try:
            answers.write(encode(work(decode(line))))
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # the crawl was killed: nobody is left to be told, and what is buffered has no place to go


def _private_stdout() -> BinaryIO:
    """Keep standard output for answers: whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main(int(sys.argv[1]))
