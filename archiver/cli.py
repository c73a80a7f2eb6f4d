"""The `archiver` command: what comes after a crawl. Each verb is a thin call that joins stages.

Crawling is Scrapy's: `scrapy crawl blog -a url=URL`.
"""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from archiver import __version__, urls
from archiver.errors import ArchiverError, UsageError
from archiver.export.items import make_page_item
from archiver.extract.article import extract
from archiver.models import Page
from archiver.runs import status as status_
from archiver.runs.outcome import ERRORS, NOT_STARTED, UNVERIFIED
from archiver.verify import progress, report
from archiver.verify.run import verify

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Look at archives of blogs, and make their texts anew. To archive one: scrapy crawl blog -a url=URL",
)

Output = Annotated[Path, typer.Option("--output", metavar="DIR", help="The folder of all blogs.")]


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
) -> None:
    """Look at archives of blogs, and make their texts anew."""
    if show:
        typer.echo(f"archiver {__version__}")
        raise typer.Exit


@app.command()
def status(
    blog: Annotated[str | None, typer.Argument(help="The blog's folder below the output folder.")] = None,
    output: Output = Path("output"),
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Say what is archived, how the last runs went, and what failed."""
    names = status_.blogs(output)
    if blog is not None and blog not in names:
        raise UsageError(f"there is no blog {blog!r} below {output}", f"There are: {', '.join(names) or 'none'}")
    rows = [status_.status(output, name) for name in ([blog] if blog else names)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        typer.echo(f"nothing is archived below {output}")
    for row in rows:
        for line in status_.lines(row, whole=blog is not None):
            # what blogs wrote may hold what steers a terminal
            typer.echo("".join(c if c.isprintable() else " " for c in line))


@app.command("verify")
def verify_(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="WARC files, folders, a blog's folder; - for standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Findings and summary, as JSON.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every finding, not the first 20 of each kind and file.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count like errors.")] = False,
) -> None:
    """Judge WARC files and a blog's folder by the standard and by docs/warc.md; exit code 7 if an error is found."""
    with progress.bar() as advanced:
        result = verify(paths, limit=0 if everything else 20, advanced=advanced)
    for text in report.as_json(result) if as_json else report.lines(result):
        typer.echo(text, nl=not as_json)
    if as_json:
        typer.echo()
    if not report.passed(result, strict=strict):
        raise typer.Exit(UNVERIFIED)


@app.command("extract")
def extract_(
    pages: Annotated[
        bool, typer.Option("--pages", help="Read JSON lines {id, url, path} on standard input; write items.")
    ] = False,
) -> None:
    """Make items of HTML pages: one JSON line each, in the order of the input, comments inlined."""
    if not pages:
        raise UsageError("nothing to extract is named", "Use --pages with JSON lines {id, url, path} on standard input")
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            item = _item(json.loads(line))
        except (ValueError, KeyError, TypeError, OSError, EOFError, zlib.error, RecursionError) as error:
            bad += 1
            typer.echo(f"archiver: line {number} of standard input: {type(error).__name__}: {error!s:.200}", err=True)
            continue
        sys.stdout.buffer.write(json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
    if bad:
        raise typer.Exit(ERRORS)


def _item(job: dict[str, Any]) -> dict[str, Any]:
    path = Path(job["path"])
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    page = Page(urls.normalise(str(job["url"])), body)
    return make_page_item(str(job.get("id", page.url)), page, extract(page))


def main() -> None:
    """Run the command; an error is one line and an exit code (docs/exit-codes.md)."""
    try:
        app()
    except ArchiverError as error:
        typer.echo(f"archiver: {error.line()}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:  # what is written to is full, for instance
        with suppress(OSError):
            typer.echo(f"archiver: {error}", err=True)
        sys.exit(NOT_STARTED)
