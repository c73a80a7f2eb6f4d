"""What a person names, as WARC files and blogs' folders."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archiver.errors import UsageError

STANDARD_INPUT = "-"
WARC = re.compile(r".+\.warc(\.gz|\.zst)?(\.open)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A WARC file: the blog that it belongs to, 0 if to none, and where it lies in the blog's folder.

    `ours` says that it lies where this archiver writes: what a file without a readable warcinfo is judged by.
    """

    path: Path
    blog: int = 0
    place: str = ""
    ours: bool = False


@dataclass(slots=True)
class Work:
    """The files to read, and the blogs' folders by number, from 1 on.

    `odd` are those that bear a WARC file's name in a folder and cannot be read as files, with what they are.
    """

    files: list[Source] = field(default_factory=list)
    blogs: dict[int, Path] = field(default_factory=dict)
    odd: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(file.path.stat().st_size for file in self.files if str(file.path) != STANDARD_INPUT)


def find(paths: Iterable[str]) -> Work:
    """Return the files to read. Raises UsageError for a path that is not there, not readable, or without WARC files."""
    work = Work()
    found: list[Source] = []
    for name in dict.fromkeys(paths):
        path = Path(name)
        if name == STANDARD_INPUT:
            found.append(Source(path))
        elif path.is_dir():
            found += _folder(path, work)
        else:
            _named(path)
            found.append(Source(path))
    # what is named twice is read once; as part of a blog if it is one
    once: dict[Path, Source] = {}
    for file in found:
        real = file.path.resolve()
        once[real] = once[real] if real in once and once[real].blog else file
    work.files = list(once.values())
    return work


def _folder(path: Path, work: Work) -> list[Source]:
    found: list[Source] = []
    blog_of: dict[Path, int] = {}
    for folder, names in _walk(path):
        blog = blog_of.get(folder.parent, 0)
        if (folder / "archive").is_dir():
            blog = len(work.blogs) + 1
            work.blogs[blog] = folder
        blog_of[folder] = blog
        for name in names:
            if WARC.fullmatch(name) and (what := _oddity(folder / name)):
                work.odd.append((folder / name, what))
            elif WARC.fullmatch(name):
                _readable(folder / name)
                place = (folder / name).relative_to(work.blogs[blog]).as_posix() if blog else ""
                # items and index know the name that an open file is going to have
                found.append(Source(folder / name, blog, place.removesuffix(".open"), _is_ours(work.blogs.get(blog))))
    if not found and not work.odd and not blog_of.keys() & set(work.blogs.values()):
        raise UsageError(f"there is no WARC file below {path}")
    return found


def _is_ours(blog: Path | None) -> bool:
    return blog is not None and any((blog / name).exists() for name in ("state.sqlite", "posts.jsonl"))


def _walk(path: Path) -> Iterator[tuple[Path, list[str]]]:
    def refuse(error: OSError) -> None:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}")

    for folder, folders, names in os.walk(path, onerror=refuse):
        folders.sort()
        yield Path(folder), sorted(names)


def _oddity(path: Path) -> str:
    """Return what a path is if it is no regular file: opening it might wait or never end."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"a link that leads nowhere ({error.strerror})" if path.is_symlink() else f"{error.strerror}"
    if stat.S_ISREG(mode):
        return ""
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"


def _named(path: Path) -> None:
    """Refuse what cannot be read; a pipe is not opened yet, as who writes into it would hear it being closed."""
    what = _oddity(path)
    if what == "a device or socket":
        raise UsageError(f"cannot read {path}: {what}")
    if what != "a pipe":
        _readable(path)


def _readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
