"""The `archiver` command: what comes after a crawl. Each verb is a thin call that joins stages.

Crawling is Scrapy's: `scrapy crawl blog -a url=URL`.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from archiver import __version__
from archiver.errors import ArchiverError, UsageError
from archiver.export.items import make_page_item
from archiver.extract.article import extract
from archiver.models import Page
from archiver.runs import status as status_
from archiver.runs.report import size_of

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
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        typer.echo(f"nothing is archived below {output}")
    for row in rows:
        _show(row, whole=blog is not None)


def _show(row: dict[str, Any], *, whole: bool) -> None:
    size = size_of(row["warc_bytes"])
    typer.echo(f"{row['blog']}: {row['posts']} posts, {row['comments']} comments, {size} of WARC")
    for name in row["unfinished"]:
        typer.echo(f"  being written, or left by a run that was killed: {name}")
    for run in row["runs"] if whole else row["runs"][:1]:
        posts = {k: n for k, n in run["posts"].items() if n}
        told = ", ".join(f"{n} {k}" for k, n in posts.items()) or "nothing"
        typer.echo(f"  {run['started']}  exit {run['exit_code']}  {run['found']} found: {told}")
        if run["message"]:
            typer.echo(f"    {run['message']}")
        for finding in run["findings"] if whole else []:
            typer.echo(f"    {finding['reason']}: {finding['url']} {finding['detail']}".rstrip())


@app.command("extract")
def extract_(
    pages: Annotated[
        bool, typer.Option("--pages", help="Read JSON lines {id, url, path} on standard input; write items.")
    ] = False,
) -> None:
    """Make items of HTML pages: one JSON line each, in the order of the input, comments inlined."""
    if not pages:
        raise UsageError("nothing to extract is named", "Use --pages with JSON lines {id, url, path} on standard input")
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            job = json.loads(line)
            path = Path(job["path"])
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            page = Page(str(job["url"]), body)
        except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
            raise UsageError(f"line {number} of standard input: {type(error).__name__}: {error}") from error
        item = make_page_item(str(job.get("id", page.url)), page, extract(page))
        typer.echo(json.dumps(item, ensure_ascii=False))


def main() -> None:
    """Run the command; an error is one line and an exit code (docs/exit-codes.md)."""
    try:
        app()
    except ArchiverError as error:
        typer.echo(f"archiver: {error.line()}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
