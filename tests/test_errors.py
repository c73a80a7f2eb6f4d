"""Errors: one tree, one line each, and the exit code that goes with them."""

from __future__ import annotations

import re

import pytest

from archiver import errors


def tree(cls: type[Exception]) -> set[type[Exception]]:
    """Return a class and all below it."""
    return {cls}.union(*(tree(below) for below in cls.__subclasses__() if below.__module__ == errors.__name__))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.OutputNotWritable, 1),
        (errors.CaptureError, 1),
        (errors.UsageError, 2),
        (errors.OutputError, 3),
        (errors.BlogLocked, 75),
    ],
)
def test_exit_codes(error, code):
    """An error that ends a crawl has the exit code that the contract gives it."""
    assert error("x").exit_code == code


def test_the_drawing_is_the_tree():
    """The tree in the module's docstring names every class, and no other, with its exit code."""
    drawn = dict(re.findall(r"^ {4}[│├└─ ]*(\w+) {2,}(\d*)", errors.__doc__ or "", re.MULTILINE))
    classes = {cls.__name__: cls for cls in tree(errors.ArchiverError)}
    assert set(drawn) == set(classes)
    assert all(classes[name].exit_code == int(code) for name, code in drawn.items() if code)


def test_line():
    """A message and its hint are one line without control characters, whatever a server put into them."""
    error = errors.OutputError("no space\x1b[31m\r\non \u2028disk", "Make space")
    line = error.line()
    assert line == "no space [31m  on  disk. Make space"
    assert errors.OutputError("no space").line() == "no space"


def test_reason():
    """A page that could not be extracted says why."""
    assert errors.ExtractionFailed("http://example.org/", "timeout").reason == "timeout"
