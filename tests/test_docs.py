"""The docs say what the code does: names in one exist in the other."""

from __future__ import annotations

import dataclasses
import itertools
import re
from pathlib import Path

from archiver import settings
from archiver.models import Comment, Post
from archiver.runs import outcome

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "archiver" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_settings_named_in_the_docs_exist() -> None:
    """A setting that the docs tell of can be set."""
    named = {name for path in DOCS for name in re.findall(r"\bARCHIVER_[A-Z_]+\b", path.read_text("utf-8"))}
    assert "ARCHIVER_CONTACT" in named
    assert {name for name in named if not hasattr(settings, name)} == set()


def test_every_setting_of_ours_gives_its_reason() -> None:
    """A comment stands above each ARCHIVER_ setting."""
    lines = (ROOT / "archiver" / "settings.py").read_text("utf-8").splitlines()
    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if re.match(r"ARCHIVER_\w+ =", line) and not before.startswith("#")
    ]
    assert bare == []


def test_files_named_in_the_docs_exist() -> None:
    """Links between the docs lead somewhere."""
    broken = [
        f"{path.name}: {target}"
        for path in DOCS
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_field_of_an_item_is_explained() -> None:
    """docs/items.md has each field of a post and of a comment."""
    text = (ROOT / "docs" / "items.md").read_text("utf-8")
    fields = [field.name for item in (Post, Comment) for field in dataclasses.fields(item)]
    assert [name for name in fields if f"`{name}`" not in text] == []


def test_every_exit_code_is_explained() -> None:
    """docs/exit-codes.md has a row for each code that a run can end with."""
    text = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    codes = [value for name, value in vars(outcome).items() if name.isupper() and isinstance(value, int)]
    assert len(codes) >= 8
    assert [code for code in codes if f"\n| {code} |" not in text] == []


def test_the_map_has_every_folder_of_the_package() -> None:
    """archiver/README.md names each folder and each module at the package's top."""
    text = (ROOT / "archiver" / "README.md").read_text("utf-8")
    names = [f"{p.name}/" for p in (ROOT / "archiver").iterdir() if p.is_dir() and p.name != "__pycache__"]
    names += [p.name for p in (ROOT / "archiver").glob("*.py") if p.name != "__init__.py"]
    assert [name for name in sorted(names) if name not in text] == []
